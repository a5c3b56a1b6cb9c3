//! The traits through which `hloom` compiles and runs programs, and their error type.
//!
//! A backend takes a serialized HLO module and runs it on one device. This crate knows no
//! implementation: PJRT plugins, another XLA binding and an interpreter all fit behind it.
#![forbid(unsafe_code)]

mod error;

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use hloom_ir::Type;
use smallvec::SmallVec;

pub use error::{Error, ErrorKind, Result};

/// A device of a backend, ready to compile and run.
pub trait Backend: Debug + Send + Sync {
    /// The platform's name in lower case, such as `cpu` or `cuda`.
    fn platform(&self) -> &str;

    /// What tells compiled programs of this backend from any other's: the hash of the plugin file,
    /// its version and the processor's features. Executables are only ever loaded under an equal one.
    fn fingerprint(&self) -> &str;

    /// The device that programs run on, for people.
    fn device(&self) -> &str;

    /// Whether a buffer is on this device, so that programs of this backend can read it.
    fn owns(&self, buffer: &dyn Buffer) -> bool;

    /// Compiles a serialized `HloModuleProto` whose entry takes and returns `signature`.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the compiler refuses the module.
    fn compile(&self, module: &[u8], signature: &Signature) -> Result<Arc<dyn Executable>>;

    /// Loads what [`Executable::serialize`] returned.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the bytes are not a program of this backend.
    fn load(&self, bytes: &[u8], signature: &Signature) -> Result<Arc<dyn Executable>>;

    /// Moves host data to the device. `data` may be kept and read until the buffer and everything
    /// computed from it is gone, so that a host device needs no copy.
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the length does not fit the type, [`ErrorKind::OutOfMemory`].
    fn upload(&self, data: HostData<'_>, ty: &Type) -> Result<Arc<dyn Buffer>>;

    /// Device memory of a type with unspecified content, to be donated as the place of an output.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`].
    fn allocate(&self, ty: &Type) -> Result<Arc<dyn Buffer>>;
}

/// Host bytes on their way to a device.
#[derive(Debug)]
pub enum HostData<'a> {
    /// Borrowed for the call only: copied before it returns.
    Borrowed(&'a [u8]),
    /// Shared: a device that can address host memory may read it in place for as long as it likes.
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
    /// The results. The entry computation returns them as one tuple.
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

    /// The optimized program as a serialized `HloModuleProto`, if the backend keeps it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the backend cannot.
    fn optimized_module(&self) -> Result<Vec<u8>>;

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

    /// Gives the memory back before the buffer is dropped, unless it is being read. The buffer must not be used again.
    fn release(&self);

    /// Whether the memory may become the place of an output once nobody else holds the buffer: false
    /// for memory that belongs to the host.
    fn is_recyclable(&self) -> bool;

    /// For the backend that made it.
    fn as_any(&self) -> &dyn Any;
}
