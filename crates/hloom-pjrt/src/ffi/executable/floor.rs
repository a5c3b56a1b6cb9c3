//! Programs called through the bare C API, with nothing around the calls that a caller written in C would leave out.
//!
//! The first call goes through the checked layers; those that follow go past them. Knows nothing of the backend traits
//! but their error type, and nothing of where programs come from.

use std::cell::RefCell;
use std::fmt;
use std::ptr::{NonNull, null_mut};

use hloom_backend::{Error, ErrorKind, Result};
use hloom_ir::Type;
use smallvec::SmallVec;

use super::{Executable, Input};
use crate::ffi::api::{Api, slice};
use crate::ffi::buffer::Buffer;
use crate::ffi::event::Event;
use crate::ffi::failure::Failure;
use crate::ffi::raw;

/// A compiled program with its arguments on the device.
pub struct Program {
    executable: Executable,
    arguments: Vec<Buffer>,
    /// What some of the results are written to, and which: each result of a call is the place of the next call's.
    places: RefCell<Vec<Buffer>>,
    in_places: Vec<usize>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program").field("executable", &self.executable).finish_non_exhaustive()
    }
}

impl Program {
    /// Uploads the arguments of an executable, a type and as many bytes each, and calls it for the first time. The results at
    /// the positions `in_places` are written to memory that is donated as further parameters, one each in that order.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`] if the program does not run with these arguments, [`ErrorKind::Internal`] if it has no such
    /// results.
    pub(crate) fn new(executable: Executable, arguments: &[(Type, Vec<u8>)], in_places: &[usize]) -> Result<Program> {
        let arguments = upload(&executable, arguments)?;
        let mut places = Vec::new();
        for &output in in_places {
            let missing = || Error::new(ErrorKind::Internal, format!("floor: the program has no result {output}"));
            let ty = executable.results().get(output).ok_or_else(missing)?;
            places.push(executable.client.allocate(0, ty).map_err(|failure| error(ErrorKind::Execute, &failure))?);
        }
        let inputs = arguments.iter().map(|buffer| Input { buffer, donated: false });
        let inputs: Vec<Input<'_>> =
            inputs.chain(places.iter().map(|buffer| Input { buffer, donated: true })).collect();
        let mut results = Vec::new();
        let started = executable.execute(&inputs, |_, result| results.push(Some(result)));
        started.map_err(|failure| error(ErrorKind::Execute, &failure))?;
        for result in results.iter().flatten() {
            result.wait().map_err(|failure| error(ErrorKind::Execute, &failure))?;
        }
        drop(inputs);
        let places = in_places.iter().filter_map(|&output| results[output].take()).collect();
        Ok(Program { executable, arguments, places: RefCell::new(places), in_places: in_places.to_vec() })
    }

    /// Starts the program, waits for its one result, copies the bytes out and frees the result.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`]; [`ErrorKind::Internal`] if it has another number of results.
    pub fn call(&self) -> Result<Vec<u8>> {
        let mut results = self.results()?;
        match (results.pop(), results.len()) {
            (Some(bytes), 0) => Ok(bytes),
            (_, others) => {
                let message = format!("floor: the program has {} results, expected 1", others + 1);
                Err(Error::new(ErrorKind::Internal, message))
            }
        }
    }

    /// Starts the program, waits for its results, copies the bytes of each out and frees them.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`].
    pub fn results(&self) -> Result<Vec<Vec<u8>>> {
        self.read_raw().map_err(|failure| error(ErrorKind::Execute, &failure))
    }

    /// Starts the program, waits for its results and frees them.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`].
    pub fn run(&self) -> Result<()> {
        let done = self.run_raw().and_then(|results| self.keep_places(results));
        done.map_err(|failure| error(ErrorKind::Execute, &failure))
    }

    /// Keeps the results that are the next call's places, and frees the others.
    fn keep_places(&self, results: OwnedResults) -> std::result::Result<(), Failure> {
        if self.in_places.is_empty() {
            return Ok(());
        }
        let mut results: SmallVec<[Option<Owned>; 2]> = results.into_iter().map(Some).collect();
        let mut places = self.places.borrow_mut();
        for (place, &output) in places.iter_mut().zip(&self.in_places) {
            let missing = || Failure::broken("LoadedExecutable_Execute", "the plugin returned no result");
            let result = results.get_mut(output).and_then(Option::take).ok_or_else(missing)?;
            *place = result.into_buffer(&self.executable, output)?;
        }
        Ok(())
    }

    fn run_raw(&self) -> std::result::Result<OwnedResults, Failure> {
        let mut handles: SmallVec<[*mut raw::Buffer; 8]> = self.arguments.iter().map(Buffer::handle).collect();
        let places = self.places.borrow();
        handles.extend(places.iter().map(Buffer::handle));
        // Arguments stay, which the program may overwrite if it is asked to.
        let is_argument = |idx: &i64| usize::try_from(*idx).is_ok_and(|idx| idx < self.arguments.len());
        let kept: SmallVec<[i64; 8]> = self.executable.donatable.iter().copied().filter(is_argument).collect();
        // SAFETY: the arguments are live buffers of the client, of which the program may overwrite none. The places are, too:
        // a call that starts is followed by `keep_places`, which replaces them, and one that does not leaves them.
        let results = unsafe { start(&self.executable, &handles, &kept) }?;
        results.iter().try_for_each(Owned::wait)?;
        Ok(results)
    }

    fn read_raw(&self) -> std::result::Result<Vec<Vec<u8>>, Failure> {
        let results = self.run_raw()?;
        let read = |(result, &size): (&Owned, &usize)| {
            if size == 0 {
                return Ok(Vec::new());
            }
            let mut arguments = raw::Buffer_UnsafePointer { buffer: result.handle.as_ptr(), ..Default::default() };
            // SAFETY: the result is live and ready.
            unsafe { result.api.call(&mut arguments) }?;
            let start = std::ptr::with_exposed_provenance::<u8>(arguments.pointer);
            // SAFETY: the pointer is to the bytes of the result in host memory, which are `size`: the checked
            // call that every `Program` starts with has found the result dense. Nobody else has the result.
            let bytes = unsafe { slice(start, size) };
            Ok(bytes.to_vec())
        };
        let bytes = results.iter().zip(&self.executable.sizes).map(read).collect::<std::result::Result<_, _>>()?;
        self.keep_places(results)?;
        Ok(bytes)
    }
}

/// A program that is called with its own result again and again, and writes each result into the memory
/// of the one before last: large results without fresh pages.
pub struct Chain {
    executable: Executable,
    /// The value of the last call, then the arguments that stay.
    arguments: Vec<Buffer>,
    /// What the next result is written to.
    place: Buffer,
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("executable", &self.executable).finish_non_exhaustive()
    }
}

impl Chain {
    /// Uploads the arguments of an executable but for the last parameter's, and calls it for the first time.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`] if the program does not run with these arguments, [`ErrorKind::Internal`] if it cannot be
    /// called with its own result.
    pub(crate) fn new(executable: Executable, arguments: &[(Type, Vec<u8>)]) -> Result<Chain> {
        let [result] = executable.results() else {
            let message = format!("floor: the program has {} results, expected 1", executable.results().len());
            return Err(Error::new(ErrorKind::Internal, message));
        };
        let place_idx = i64::try_from(arguments.len()).unwrap_or(i64::MAX);
        let fed = arguments.first().is_some_and(|(ty, _)| ty == result);
        if !fed || executable.donatable() != [place_idx] {
            let message = "floor: a chain needs a result of the type of its first parameter, and a place for it";
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let place = executable.client.allocate(0, result).map_err(|failure| error(ErrorKind::Execute, &failure))?;
        let mut arguments = upload(&executable, arguments)?;
        let mut inputs: SmallVec<[Input<'_>; 4]> =
            arguments.iter().map(|buffer| Input { buffer, donated: false }).collect();
        inputs.push(Input { buffer: &place, donated: true });
        let mut results = Vec::new();
        let started = executable.execute(&inputs, |_, result| results.push(result));
        started.map_err(|failure| error(ErrorKind::Execute, &failure))?;
        drop(inputs);
        let Some(result) = results.into_iter().next() else {
            return Err(Error::new(ErrorKind::Internal, "floor: the program returned nothing"));
        };
        result.wait().map_err(|failure| error(ErrorKind::Execute, &failure))?;
        // From here on a result takes the memory of the input before last.
        let place = std::mem::replace(&mut arguments[0], result);
        Ok(Chain { executable, arguments, place })
    }

    /// Calls the program with the last result and waits for the next one, which is not copied out.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`].
    pub fn advance(&mut self) -> Result<()> {
        self.advance_raw().map_err(|failure| error(ErrorKind::Execute, &failure))
    }

    fn advance_raw(&mut self) -> std::result::Result<(), Failure> {
        let mut handles: SmallVec<[*mut raw::Buffer; 8]> = self.arguments.iter().map(Buffer::handle).collect();
        handles.push(self.place.handle());
        // SAFETY: the arguments are live buffers of the client. The program may overwrite the last one
        // only, which nothing but this function uses, and which is given up below.
        let mut results = unsafe { start(&self.executable, &handles, &[]) }?;
        let missing = || Failure::broken("LoadedExecutable_Execute", "the plugin returned no result");
        let result = results.pop().ok_or_else(missing)?;
        result.wait()?;
        let result = result.into_buffer(&self.executable, 0)?;
        self.place = std::mem::replace(&mut self.arguments[0], result);
        Ok(())
    }

    /// The bytes of the last result.
    ///
    /// # Errors
    /// [`ErrorKind::Execute`].
    pub fn value(&self) -> Result<Vec<u8>> {
        let ndim = self.executable.results()[0].shape.ndim();
        self.arguments[0].read(ndim, <[u8]>::to_vec).map_err(|failure| error(ErrorKind::Execute, &failure))
    }
}

/// The results of a call.
type OwnedResults = SmallVec<[Owned; 2]>;

/// A result that nobody else has, without what [`Buffer`] keeps beside it.
struct Owned {
    api: Api,
    handle: NonNull<raw::Buffer>,
}

impl Owned {
    fn wait(&self) -> std::result::Result<(), Failure> {
        let mut arguments = raw::Buffer_ReadyEvent { buffer: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the buffer is live.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: a successful call hands over an event.
        match unsafe { Event::new(self.api, arguments.event) } {
            Some(event) => event.wait(),
            None => Ok(()),
        }
    }

    fn into_buffer(self, executable: &Executable, output: usize) -> std::result::Result<Buffer, Failure> {
        let handle = self.handle.as_ptr();
        // The owner changes, so that this one must not free the buffer.
        std::mem::forget(self);
        // SAFETY: the buffer is live, owned, and of the executable's client; the first call of the program,
        // a checked one, has found its result to have this size.
        unsafe { Buffer::new(&executable.client, handle, executable.sizes[output], "LoadedExecutable_Execute") }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut arguments = raw::Buffer_Destroy { buffer: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the buffer is live and owned.
        let _ = unsafe { self.api.call(&mut arguments) };
    }
}

fn upload(executable: &Executable, arguments: &[(Type, Vec<u8>)]) -> Result<Vec<Buffer>> {
    let buffers = arguments.iter().map(|(ty, bytes)| executable.client.upload_copy(0, bytes, ty));
    buffers.collect::<std::result::Result<_, _>>().map_err(|failure| error(ErrorKind::Execute, &failure))
}

/// Starts a program.
///
/// # Safety
/// `arguments` must be live buffers of the executable's client. Those that the program may overwrite and
/// `kept` does not list must not be used again.
unsafe fn start(
    executable: &Executable,
    arguments: &[*mut raw::Buffer],
    kept: &[i64],
) -> std::result::Result<OwnedResults, Failure> {
    let mut options = raw::ExecuteOptions {
        non_donatable_input_indices: kept.as_ptr(),
        num_non_donatable_input_indices: kept.len(),
        ..Default::default()
    };
    let mut outputs: SmallVec<[*mut raw::Buffer; 2]> = SmallVec::from_elem(null_mut(), executable.sizes.len());
    let argument_list = arguments.as_ptr();
    let output_list = outputs.as_mut_ptr();
    let mut call = raw::LoadedExecutable_Execute {
        executable: executable.loaded.as_ptr(),
        options: &raw mut options,
        argument_lists: &raw const argument_list,
        num_devices: 1,
        num_args: arguments.len(),
        output_lists: &raw const output_list,
        ..Default::default()
    };
    let api = executable.client.api();
    // SAFETY: all lists outlive the call, and there is a place for each result. The caller promises the rest; the plugin
    // checks number and sizes of the arguments.
    unsafe { api.call(&mut call) }?;
    let owned = |handle: &*mut raw::Buffer| {
        let missing = || Failure::broken("LoadedExecutable_Execute", "the plugin returned no result");
        Ok(Owned { api, handle: NonNull::new(*handle).ok_or_else(missing)? })
    };
    outputs.iter().map(owned).collect()
}

/// A failure as an error of a kind.
pub(crate) fn error(kind: ErrorKind, failure: &Failure) -> Error {
    Error::new(kind, failure.to_string())
}
