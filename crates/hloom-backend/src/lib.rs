//! The traits through which `hloom` compiles and runs programs, and their error type.
//!
//! A [`Driver`] opens devices, a [`Backend`] is one of them: it compiles a [`Program`] and runs it. What it makes of the
//! program on the way is its own matter, so that PJRT plugins, another XLA binding and an interpreter all fit.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod device;
mod error;
mod memory;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use hloom_ir::{Program, Type};
use smallvec::SmallVec;

pub use device::{DeviceKind, DeviceSpec};
pub use error::{Error, ErrorKind, Result};
pub use memory::{check_memory, host_memory};

/// A way to reach devices.
pub trait Driver: Debug + Send + Sync {
    /// Opens a device.
    ///
    /// # Errors
    /// [`ErrorKind::Plugin`] if it is not there or cannot be used.
    fn open(&self, device: &DeviceSpec) -> Result<Arc<dyn Backend>>;

    /// Refuses a process in which what was opened cannot be used, such as a child of the one that opened it. Asked before
    /// every use, so that it has to be fast.
    ///
    /// # Errors
    /// [`ErrorKind::Plugin`].
    fn check_process(&self) -> Result<()>;

    /// Registers a function that runs when the process ends, before the destructors of what was opened so far. It may wait
    /// for threads that are inside a backend; it must not panic. False if it could not be registered.
    fn at_exit(&self, handler: extern "C" fn()) -> bool;

    /// What the compiler of a device is given for a program that calls nothing of this process, as bytes for other tools.
    /// Needs no device.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the driver's compiler takes no such thing; as [`Backend::compile`].
    fn module(&self, program: &Program, options: &CompileOptions) -> Result<Vec<u8>>;

    /// As [`Driver::module`], as text for people.
    ///
    /// # Errors
    /// As [`Driver::module`].
    fn module_text(&self, program: &Program, options: &CompileOptions) -> Result<String>;
}

/// A device, ready to compile and run.
pub trait Backend: Debug + Send + Sync {
    /// Whether a buffer is on this device, so that programs of this backend can read it.
    fn owns(&self, buffer: &dyn Buffer) -> bool;

    /// Compiles a program, or finds it where an earlier process has left it.
    ///
    /// The backend verifies the program ([`Program::verify`]) before it makes anything of it: nobody has done so before. That
    /// over plugins does it in `hloom-pjrt-backend/src/lower.rs`, where it also simplifies the program.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the compiler refuses the program, [`ErrorKind::OutOfMemory`] if an array of it has more
    /// bytes than any device, [`ErrorKind::Internal`] if it is not one that the verifier accepts.
    fn compile(&self, program: &Program, options: &CompileOptions) -> Result<Compiled>;

    /// Loads what [`Executable::serialize`] returned.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the bytes are not a program of this backend.
    fn load(&self, bytes: &[u8], signature: &Signature) -> Result<Arc<dyn Executable>>;

    /// Moves host data to the device. Borrowed bytes are copied before this returns. Shared ones may be kept and read until
    /// the buffer and everything computed from it is gone, so that a host device needs no copy.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the length does not fit the type, [`ErrorKind::OutOfMemory`].
    fn upload(&self, data: HostData<'_>, ty: &Type) -> Result<Arc<dyn Buffer>>;

    /// Device memory of a type with unspecified content, to be donated as the buffer of an output.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`].
    fn allocate(&self, ty: &Type) -> Result<Arc<dyn Buffer>>;
}

/// How a program is compiled.
///
/// The parameters of the executable are the program's ([`Program::parameter_types`]), then one for each output buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// A name for people.
    pub name: String,
    /// The outputs, by position, that are written to memory which the caller donates as a parameter of the output's size.
    pub output_buffers: Vec<usize>,
    /// Inputs whose memory outputs may take.
    pub donations: Vec<Donation>,
    /// Whether [`Executable::serialize`] has to work: what comes from a store may not be written again.
    pub serializable: bool,
}

/// An input that the program may overwrite with an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Donation {
    /// The position of the input.
    pub input: usize,
    /// The position of the output, of as many bytes.
    pub output: usize,
}

/// What [`Backend::compile`] returns.
#[derive(Debug)]
pub struct Compiled {
    /// The program, ready to run.
    pub executable: Arc<dyn Executable>,
    /// Whether it was found in a store, and nothing was compiled.
    pub from_store: bool,
}

/// Host bytes on their way to a device.
#[derive(Debug)]
pub enum HostData<'a> {
    /// Borrowed for the call only: copied before it returns.
    Borrowed(&'a [u8]),
    /// Shared: a device that can address host memory may read it in place until the buffer and everything computed from it
    /// is gone.
    Shared(Arc<dyn HostBytes>),
}

/// Owned host memory that never moves or changes, such as a vector of elements.
pub trait HostBytes: Debug + Send + Sync {
    /// The bytes.
    fn bytes(&self) -> &[u8];
}

/// The types of a program's parameters and results, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// The parameters.
    pub parameters: Vec<Type>,
    /// The results.
    pub results: Vec<Type>,
}

/// One argument of [`Executable::execute`].
#[derive(Clone, Copy, Debug)]
pub struct Argument<'a> {
    /// The value. Its bytes must be as many as the parameter's type asks for.
    pub buffer: &'a dyn Buffer,
    /// Whether the program may overwrite the memory. The buffer must not be used again.
    pub donated: bool,
}

/// The results of a run. Most programs have one or two, which must not cost an allocation.
pub type Results = SmallVec<[Arc<dyn Buffer>; 2]>;

/// A compiled program.
pub trait Executable: Debug + Send + Sync {
    /// Starts the program and returns its results, which may not be ready yet.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the arguments do not fit the signature (checked here, because
    /// plugins do not), [`ErrorKind::Execute`], [`ErrorKind::OutOfMemory`].
    fn execute(&self, arguments: &[Argument<'_>]) -> Result<Results>;

    /// The parameter and result types.
    fn signature(&self) -> &Signature;

    /// The compiled program as bytes for [`Backend::load`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot.
    fn serialize(&self) -> Result<Vec<u8>>;

    /// The program as the compiler has optimized it, as text for people, if the backend keeps it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot.
    fn optimized_text(&self) -> Result<String>;

    /// The memory that a run takes.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot tell.
    fn memory(&self) -> Result<Memory>;
}

/// Bytes that a run of a program takes on its device, as the compiler planned them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The arguments.
    pub argument_bytes: u64,
    /// The results, with the table that says where each of them is.
    pub output_bytes: u64,
    /// What of the results lies in the memory of arguments.
    pub reused_bytes: u64,
    /// Values that are gone when the run ends.
    pub temporary_bytes: u64,
    /// The program itself.
    pub code_bytes: u64,
}

/// An array on a device.
pub trait Buffer: Debug + Send + Sync {
    /// Dtype and shape.
    fn ty(&self) -> &Type;

    /// Blocks until the value is there.
    ///
    /// # Errors
    /// The error of the program that computes it.
    fn wait(&self) -> Result<()>;

    /// Blocks until the value is there and lends its bytes, dense and in row-major order.
    ///
    /// On a host device these are the device's own bytes; elsewhere they are copied first.
    ///
    /// # Errors
    /// The error of the program that computes it, or of the transfer.
    fn read(&self, reader: &mut dyn FnMut(&[u8])) -> Result<()>;

    /// Gives the memory back before the buffer is dropped, once the programs that read it are done. The buffer must not be
    /// used again.
    ///
    /// While [`Buffer::read`] lends the bytes this is refused without a word, not put off: the memory then stays until the
    /// buffer is dropped. So it is if the buffer was donated before.
    fn release(&self);

    /// Whether the memory may become the place of an output once nobody else holds the buffer: false
    /// for memory that belongs to the host.
    fn is_recyclable(&self) -> bool;

    /// For the backend that made it.
    fn as_any(&self) -> &dyn Any;
}
