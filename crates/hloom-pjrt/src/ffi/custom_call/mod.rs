//! Functions of this process that programs call.
//!
//! A plugin calls a function with a frame: operands and results as pointers with types and extents. A frame is checked here,
//! and becomes slices of bytes. Knows nothing of what the functions compute.

mod raw;

use std::any::Any;
use std::collections::HashMap;
use std::ffi::{CString, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use hloom_ir::DType;
use parking_lot::Mutex;
use smallvec::SmallVec;

use super::api::{Api, slice};
use super::exception::Watch;
use super::failure::Failure;
use super::types;

/// A function that programs call by its name, on a device whose memory is the host's.
pub trait CustomCall: 'static {
    /// The name that programs know it by. It says all that the function's meaning depends on, a version included: programs
    /// outlive the process that compiled them.
    const TARGET: &'static str;

    /// Computes the results from the operands. It runs in a thread of the plugin, also for a program that was tampered
    /// with: it has to check dtypes and extents.
    ///
    /// # Errors
    /// A text, with which the run of the program fails.
    fn call(arguments: &mut CallArguments<'_>) -> std::result::Result<(), String>;
}

/// An array of a call.
#[derive(Debug)]
pub struct CallArray<Bytes> {
    /// The dtype of its elements.
    pub dtype: DType,
    /// Its extents.
    pub extents: SmallVec<[usize; 6]>,
    /// Its elements in row-major order.
    pub bytes: Bytes,
}

/// What a function is called with.
#[derive(Debug)]
pub struct CallArguments<'a> {
    /// The operands. One that lies where a result of its type lies is `None`: its elements are those of the result before the
    /// call.
    pub operands: SmallVec<[Option<CallArray<&'a [u8]>>; 4]>,
    /// The results. What is in one that shares no operand's memory is not specified.
    pub results: SmallVec<[CallArray<&'a mut [u8]>; 2]>,
}

/// What became of each function at each plugin, by the place of the plugin's table and the function's name.
type Registered = HashMap<(usize, &'static str), Result<(), Failure>>;

static REGISTERED: Mutex<Option<Registered>> = Mutex::new(None);

/// The name of the call in failures.
const CALL: &str = "FFI_Register_Handler";

/// XLA's name of the platform whose memory is the host's.
const PLATFORM: &str = "Host";

/// Makes a function known to a plugin, whose programs can call it from then on.
pub(super) fn register<C: CustomCall>(api: Api) -> Result<(), Failure> {
    // Held meanwhile: a plugin refuses a name that it knows.
    let mut registered = REGISTERED.lock();
    let registered = registered.get_or_insert_with(HashMap::new);
    registered.entry((api.address(), C::TARGET)).or_insert_with(|| register_first::<C>(api)).clone()
}

/// Why a device with memory of its own cannot call functions of this process.
pub(super) fn not_on_host() -> Failure {
    Failure::unsupported(CALL, "only devices with the host's memory can call functions of the process")
}

fn register_first<C: CustomCall>(api: Api) -> Result<(), Failure> {
    let function = handler_registration(api)
        .ok_or_else(|| Failure::unsupported(CALL, "the plugin has no extension for custom calls"))?;
    let mut arguments = raw::RegisterHandlerArguments {
        struct_size: size_of::<raw::RegisterHandlerArguments>(),
        target_name: C::TARGET.as_ptr().cast(),
        target_name_size: C::TARGET.len(),
        handler: handler::<C>,
        platform_name: PLATFORM.as_ptr().cast(),
        platform_name_size: PLATFORM.len(),
        traits: 0,
    };
    let watch = Watch::over(CALL);
    // SAFETY: the function takes a pointer to these arguments, whose texts are constants; the handler is a function, which
    // never goes away.
    let error = unsafe { function(&mut arguments) };
    watch.end();
    match NonNull::new(error) {
        None => Ok(()),
        // SAFETY: a call that fails hands over a `PJRT_Error`, which nobody else frees.
        Some(error) => Err(unsafe { api.take(error, CALL) }),
    }
}

/// The plugin's function that registers others.
fn handler_registration(api: Api) -> Option<raw::RegisterHandler> {
    // SAFETY: every extension of a plugin begins as all do, and is constant data of its library.
    let extension = unsafe { extension_of(api.extension_start().cast(), raw::EXTENSION_FFI) }?;
    // SAFETY: as above.
    if unsafe { extension.as_ref() }.struct_size < size_of::<raw::FfiExtension>() {
        return None;
    }
    // SAFETY: its type and its size say that it is this extension.
    unsafe { extension.cast::<raw::FfiExtension>().as_ref() }.register_handler
}

/// The first extension of a kind in a list.
///
/// # Safety
/// Every extension of the list must be live, and begin as all do.
unsafe fn extension_of(mut next: *mut raw::ExtensionHead, kind: c_int) -> Option<NonNull<raw::ExtensionHead>> {
    /// More than there are, so that a cyclic list ends.
    const MAX_EXTENSIONS: usize = 256;

    for _ in 0..MAX_EXTENSIONS {
        let extension = NonNull::new(next)?;
        // SAFETY: the caller promises it.
        let head = unsafe { extension.as_ref() };
        if head.kind == kind {
            return Some(extension);
        }
        next = head.next;
    }
    None
}

/// What a plugin calls.
///
/// # Safety
/// `frame` must be null or point to an `XLA_FFI_CallFrame` whose buffers are live during the call, no result's memory being
/// used by anyone else.
unsafe extern "C" fn handler<C: CustomCall>(frame: *mut raw::CallFrame) -> *mut raw::CallError {
    let none = std::ptr::null_mut();
    let Some(frame) = NonNull::new(frame) else { return none };
    // SAFETY: the caller promises a frame, which begins with its size.
    if unsafe { frame.cast::<usize>().read() } < size_of::<raw::CallFrame>() {
        // It has no place for what a call is made with, and perhaps none for a function that makes errors.
        eprintln!("hloom: {}: the plugin calls with a frame that is too short; the process ends", C::TARGET);
        std::process::abort();
    }
    // SAFETY: it is as large as what is read of it.
    let frame = unsafe { frame.as_ref() };
    // SAFETY: the frame's extensions are live.
    if unsafe { tell_version(frame) } || frame.stage != raw::STAGE_EXECUTE {
        return none;
    }
    let call = || {
        // SAFETY: the caller promises that the frame's buffers are live, and the results' nobody else's.
        let mut arguments = unsafe { arguments(frame) }?;
        C::call(&mut arguments)
    };
    // A panic must not go through the plugin's frames.
    let outcome = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|payload| Err(panic_text(&*payload).to_owned()));
    match outcome {
        Ok(()) => none,
        // SAFETY: the frame's API is the plugin's.
        Err(message) => unsafe { error(frame, &format!("{}: {message}", C::TARGET)) },
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<&str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}

/// Says what version of the API the handler speaks, if that is what the frame asks for.
///
/// # Safety
/// The frame's extensions must be live.
unsafe fn tell_version(frame: &raw::CallFrame) -> bool {
    // SAFETY: the caller promises it.
    let Some(extension) = (unsafe { extension_of(frame.extension_start, raw::EXTENSION_METADATA) }) else {
        return false;
    };
    // SAFETY: its type says that it is this extension, whose size plugins give without its last field.
    let metadata = unsafe { extension.cast::<raw::MetadataExtension>().as_ref() }.metadata;
    // SAFETY: the extension points to what is to be filled in, or to nothing.
    if let Some(metadata) = unsafe { metadata.as_mut() }
        && metadata.struct_size >= size_of::<raw::Metadata>()
    {
        (metadata.major, metadata.minor) = raw::VERSION;
    }
    true
}

/// An error that the plugin takes over. The process ends if the plugin has no function that makes one.
///
/// # Safety
/// The frame's API must be the plugin's.
unsafe fn error(frame: &raw::CallFrame, message: &str) -> *mut raw::CallError {
    // SAFETY: the caller promises it.
    let api = unsafe { frame.api.as_ref() };
    let create = api.filter(|api| api.struct_size >= size_of::<raw::CallApi>()).and_then(|api| api.error_create);
    let message = CString::new(message.replace('\0', " ")).unwrap_or_default();
    let mut arguments = raw::ErrorCreateArguments {
        struct_size: size_of::<raw::ErrorCreateArguments>(),
        extension_start: std::ptr::null_mut(),
        message: message.as_ptr().cast::<c_char>(),
        code: raw::CODE_INTERNAL,
    };
    match create {
        // SAFETY: the plugin copies the text.
        Some(create) => unsafe { create(&mut arguments) },
        None => {
            // Results that were not computed must not be taken for values.
            eprintln!("hloom: {}, which the plugin cannot be told; the process ends", message.to_string_lossy());
            std::process::abort();
        }
    }
}

/// The operands and results of a frame.
///
/// # Safety
/// The frame's buffers must be live for `'a`, and the results' memory nobody else's.
unsafe fn arguments<'a>(frame: &raw::CallFrame) -> Result<CallArguments<'a>, String> {
    // SAFETY: the caller promises it.
    let results = unsafe { buffers(&frame.results) }?;
    // SAFETY: as above.
    let operands = unsafe { buffers(&frame.operands) }?;
    if results.iter().enumerate().any(|(idx, result)| results[..idx].iter().any(|other| result.overlaps(other))) {
        return Err("two results lie in the same memory".to_owned());
    }
    let operand = |operand: &Memory| match results.iter().find(|result| result.overlaps(operand)) {
        Some(result) if result.is_same(operand) => Ok(None),
        Some(_) => Err("an operand lies partly in the memory of a result".to_owned()),
        // SAFETY: the memory is live, and no result's, so that nobody writes to it.
        None => Ok(Some(operand.array(unsafe { slice(operand.start, operand.len) }))),
    };
    let operands = operands.iter().map(operand).collect::<Result<_, String>>()?;
    let result = |result: &Memory| {
        let bytes: &'a mut [u8] = match result.len {
            0 => &mut [],
            // SAFETY: the memory is live, this call's alone, and in no other result or operand. It comes from the plugin's
            // allocator, which is outside of the compiler's sight, so that every byte of it has some value.
            len => unsafe { std::slice::from_raw_parts_mut(result.start, len) },
        };
        result.array(bytes)
    };
    let results = results.iter().map(result).collect();
    Ok(CallArguments { operands, results })
}

/// Where an array lies.
struct Memory {
    dtype: DType,
    extents: SmallVec<[usize; 6]>,
    start: *mut u8,
    len: usize,
}

impl Memory {
    fn overlaps(&self, other: &Memory) -> bool {
        let (start, other_start) = (self.start.addr(), other.start.addr());
        self.len > 0 && other.len > 0 && start < other_start + other.len && other_start < start + self.len
    }

    fn is_same(&self, other: &Memory) -> bool {
        self.start == other.start && self.dtype == other.dtype && self.extents == other.extents
    }

    fn array<Bytes>(&self, bytes: Bytes) -> CallArray<Bytes> {
        CallArray { dtype: self.dtype, extents: self.extents.clone(), bytes }
    }
}

/// The arrays of a list.
///
/// # Safety
/// The list and what it points to must be live.
unsafe fn buffers(list: &raw::BufferList) -> Result<SmallVec<[Memory; 4]>, String> {
    let len = usize::try_from(list.size).unwrap_or(0);
    // SAFETY: the caller promises it.
    let types = unsafe { slice(list.types, len) };
    // SAFETY: as above.
    let buffers = unsafe { slice(list.buffers, len) };
    if types.len() != len || buffers.len() != len || types.iter().any(|&kind| kind != raw::TYPE_BUFFER) {
        return Err("the call has arguments that are no arrays".to_owned());
    }
    let memory = |&buffer: &*const raw::CallBuffer| {
        // SAFETY: the list says that these are buffers.
        let buffer = unsafe { buffer.as_ref() }.filter(|buffer| buffer.struct_size >= size_of::<raw::CallBuffer>());
        let buffer = buffer.ok_or("the call has an argument that is no array")?;
        let rank = usize::try_from(buffer.rank).unwrap_or(0);
        // SAFETY: the buffer says that it has as many extents.
        let extents = unsafe { slice(buffer.dims, rank) };
        let extents: Option<SmallVec<[usize; 6]>> =
            extents.iter().map(|&extent| usize::try_from(extent).ok()).collect();
        let extents = extents.filter(|extents| extents.len() == rank).ok_or("the call has an array without extents")?;
        let dtype = types::from_data_type(buffer.data_type).ok_or("the call has an array of an unknown type")?;
        let len = extents.iter().try_fold(dtype.size(), |size, &extent| size.checked_mul(extent));
        let len = len.filter(|&len| len <= isize::MAX as usize && (len == 0 || !buffer.data.is_null()));
        let len = len.ok_or("the call has an array without memory")?;
        Ok(Memory { dtype, extents, start: buffer.data, len })
    };
    buffers.iter().map(memory).collect::<Result<_, &str>>().map_err(str::to_owned)
}

#[cfg(test)]
mod tests;
