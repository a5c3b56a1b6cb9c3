//! Checked calls: each looks its function up in the table, and turns a `PJRT_Error` into a [`Failure`].
//! Knows nothing about what a call does with its arguments.

use std::ffi::{c_char, c_int};
use std::fmt;
use std::ptr::NonNull;

use super::exception::Watch;
use super::failure::{Failure, FailureKind};
use super::fork::is_forked;
use super::raw::{self, Arguments};
use crate::Error;

/// An untyped entry of the function table.
type Entry = Option<unsafe extern "C-unwind" fn()>;

/// A function of the table that can fail. It must not throw, but some do.
type Fallible<A> = unsafe extern "C-unwind" fn(*mut A) -> *mut raw::Error;

/// A function of the table that cannot fail.
type Infallible<A> = unsafe extern "C-unwind" fn(*mut A);

/// The function table of a loaded plugin, checked on loading.
#[derive(Clone, Copy)]
pub(crate) struct Api {
    table: NonNull<Entry>,
    len: usize,
    extensions: *mut raw::Extension,
    version: (c_int, c_int),
}

// SAFETY: the table and the extensions are constant data of a library that is never unloaded, and `Api` only
// reads them.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Api {}.{} ({} functions)", self.version.0, self.version.1, self.len)
    }
}

impl Api {
    /// Functions that every supported plugin has: all up to `Executable_OutputDimensions`.
    const REQUIRED: usize = raw::Executable_OutputDimensions::INDEX + 1;

    /// Checks what `GetPjrtApi` returned. The error is a text that follows the plugin's path.
    ///
    /// # Safety
    /// `prefix` must be null or point to a `PJRT_Api` that stays valid for the rest of the process.
    pub(crate) unsafe fn new(prefix: *const raw::ApiPrefix) -> Result<Api, String> {
        let Some(start) = NonNull::new(prefix.cast_mut()) else {
            return Err("GetPjrtApi returned null".into());
        };
        if !start.is_aligned() {
            return Err("GetPjrtApi returned a misaligned table".into());
        }
        // SAFETY: the caller promises a `PJRT_Api`, whose first field is its size; it is aligned.
        let size = unsafe { start.cast::<usize>().read() };
        let prefix_size = size_of::<raw::ApiPrefix>();
        if size < prefix_size {
            return Err(format!("its function table has {size} bytes, less than its fixed beginning"));
        }
        // SAFETY: the struct says that it is at least as large as its fixed beginning.
        let prefix = unsafe { start.as_ref() };
        let version = (prefix.version.major, prefix.version.minor);
        if version.0 != raw::MAJOR_VERSION {
            return Err(format!(
                "it speaks PJRT {}.{}, this library speaks {}.x",
                version.0,
                version.1,
                raw::MAJOR_VERSION
            ));
        }
        let len = (size - prefix_size) / size_of::<Entry>();
        if len < Api::REQUIRED {
            return Err(format!(
                "it speaks PJRT {}.{} with {len} functions, expected at least {}; a newer plugin is needed",
                version.0,
                version.1,
                Api::REQUIRED
            ));
        }
        // SAFETY: the struct says that it goes on for `len` entries after its fixed beginning.
        let table = unsafe { start.byte_add(prefix_size) }.cast::<Entry>();
        Ok(Api { table, len, extensions: prefix.extension_start, version })
    }

    /// The major and minor version that the plugin reports.
    pub(crate) fn version(self) -> (i32, i32) {
        self.version
    }

    /// What tells the plugin's table from any other's.
    pub(super) fn address(self) -> usize {
        self.table.addr().get()
    }

    /// The first of the plugin's extensions, or null.
    pub(super) fn extension_start(self) -> *mut raw::Extension {
        self.extensions
    }

    /// Whether the plugin has the function.
    pub(crate) fn offers<A: Arguments>(self) -> bool {
        self.entry(A::INDEX).is_some()
    }

    /// Calls the function that `arguments` belong to.
    ///
    /// # Safety
    /// All pointers in `arguments` must be what the function's documentation asks for.
    pub(crate) unsafe fn call<A: Arguments>(self, arguments: &mut A) -> Result<(), Failure> {
        if is_forked() {
            // The plugin's threads are not there, and some calls would wait for them forever.
            return Err(Failure { kind: FailureKind::Forked, call: A::NAME, message: Error::Forked.to_string() });
        }
        let Some(entry) = self.entry(A::INDEX) else {
            let message = format!("the plugin (PJRT {}.{}) lacks it", self.version.0, self.version.1);
            return Err(Failure::unsupported(A::NAME, message));
        };
        // SAFETY: `Arguments` promises that the function at this place takes a pointer to `A`, and
        // all but the two that `call_infallible` is for return a `PJRT_Error`.
        let function = unsafe { std::mem::transmute::<unsafe extern "C-unwind" fn(), Fallible<A>>(entry) };
        let watch = Watch::over(A::NAME);
        // SAFETY: the caller promises that the arguments are valid.
        let error = unsafe { function(arguments) };
        watch.end();
        match NonNull::new(error) {
            None => Ok(()),
            // SAFETY: a call that fails hands over a `PJRT_Error`, which nobody else frees.
            Some(error) => Err(unsafe { self.take(error, A::NAME) }),
        }
    }

    /// Reads an error that a plugin handed over, and frees it.
    ///
    /// # Safety
    /// `error` must be a live error of this plugin, owned by the caller.
    pub(crate) unsafe fn take(self, error: NonNull<raw::Error>, call: &'static str) -> Failure {
        let mut message = raw::Error_Message { error: error.as_ptr(), ..Default::default() };
        // SAFETY: the error is live, and this function returns nothing.
        unsafe { self.call_infallible(&mut message) };
        // SAFETY: the plugin says that the text is this long; it lives as long as the error.
        let text = unsafe { text(message.message, message.message_size) };
        let mut code = raw::Error_GetCode { error: error.as_ptr(), ..Default::default() };
        // SAFETY: the error is live. The function does return an error of its own, which is null for
        // a live error and is ignored here, so that errors never nest.
        unsafe { self.call_infallible(&mut code) };
        let mut destroy = raw::Error_Destroy { error: error.as_ptr(), ..Default::default() };
        // SAFETY: the caller owns the error and nothing borrows from it any more.
        unsafe { self.call_infallible(&mut destroy) };
        let kind = match code.code {
            raw::CODE_INVALID_ARGUMENT => FailureKind::InvalidArgument,
            raw::CODE_RESOURCE_EXHAUSTED => FailureKind::OutOfMemory,
            raw::CODE_UNIMPLEMENTED => FailureKind::Unsupported,
            _ => FailureKind::Other,
        };
        Failure { kind, call, message: text }
    }

    /// Calls a function whose result does not matter.
    ///
    /// # Safety
    /// As for [`Api::call`].
    unsafe fn call_infallible<A: Arguments>(self, arguments: &mut A) {
        if let Some(entry) = self.entry(A::INDEX) {
            // SAFETY: `Arguments` promises that the function at this place takes a pointer to `A`;
            // ignoring a returned pointer is sound in the C calling conventions.
            let function = unsafe { std::mem::transmute::<unsafe extern "C-unwind" fn(), Infallible<A>>(entry) };
            let watch = Watch::over(A::NAME);
            // SAFETY: the caller promises that the arguments are valid.
            unsafe { function(arguments) };
            watch.end();
        }
    }

    /// The table's entry, or `None` if the table is too short or holds null there.
    fn entry(self, index: usize) -> Entry {
        if index >= self.len {
            return None;
        }
        // SAFETY: the place was checked to lie inside the table.
        let entry = unsafe { self.table.add(index) };
        // SAFETY: it is an aligned function pointer or null, both valid values of `Entry`.
        unsafe { entry.read() }
    }
}

/// A copy of a text that a plugin lends; null is empty.
///
/// # Safety
/// `start` must be null or point to `len` readable bytes.
pub(crate) unsafe fn text(start: *const c_char, len: usize) -> String {
    // SAFETY: the caller promises it.
    let bytes = unsafe { slice(start.cast::<u8>(), len) };
    String::from_utf8_lossy(bytes).into_owned()
}

/// A list that a plugin lends; null is empty.
///
/// # Safety
/// `start` must be null or point to `len` initialized values that stay unchanged for `'a`.
pub(crate) unsafe fn slice<'a, T>(start: *const T, len: usize) -> &'a [T] {
    if start.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: the caller promises `len` values, and the pointer is not null.
    unsafe { std::slice::from_raw_parts(start, len) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up table: the fixed beginning and as many null functions.
    #[repr(C)]
    struct Table {
        prefix: raw::ApiPrefix,
        functions: [usize; 128],
    }

    fn table(size: usize, major: c_int) -> Table {
        Table {
            prefix: raw::ApiPrefix {
                struct_size: size,
                extension_start: std::ptr::null_mut(),
                version: raw::ApiVersion { major, minor: 7, ..Default::default() },
            },
            functions: [0; 128],
        }
    }

    fn check(size: usize, major: c_int) -> Result<(i32, i32), String> {
        let table = table(size, major);
        // SAFETY: the table lives until the end of this function, and no `Api` leaves it.
        unsafe { Api::new(&raw const table.prefix) }.map(Api::version)
    }

    #[test]
    fn hostile_tables_are_refused() {
        assert_eq!(check(40 + 128 * 8, 0), Ok((0, 7)));
        assert!(check(40 + 128 * 8, 1).unwrap_err().contains("PJRT 1.7"));
        assert!(check(0, 0).unwrap_err().contains("0 bytes"));
        assert!(check(40, 0).unwrap_err().contains("0 functions"));
        assert!(check(40 + 91 * 8, 0).unwrap_err().contains("newer plugin"));
        // SAFETY: null is allowed.
        assert!(unsafe { Api::new(std::ptr::null()) }.unwrap_err().contains("null"));
    }

    #[test]
    fn missing_functions_are_failures() {
        let mut table = table(40 + 100 * 8, 0);
        table.functions[99] = 1;
        // SAFETY: the table outlives the `Api`.
        let api = unsafe { Api::new(&raw const table.prefix) }.unwrap();
        assert!(!api.offers::<raw::Client_CreateUninitializedBuffer>());
        // SAFETY: the entry is null, so that nothing is called.
        let failure = unsafe { api.call(&mut raw::Plugin_Initialize::default()) }.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unsupported);
    }
}
