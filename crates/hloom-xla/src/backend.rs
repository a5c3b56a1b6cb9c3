//! A device of the `xla` crate as a backend. Knows no operations.

use std::fmt;
use std::sync::Arc;

use hloom_backend::{
    Backend, Buffer, CompileOptions, Compiled, Error, ErrorKind, Executable, HostData, Result, Signature, check_memory,
};
use hloom_ir::{Program, Type};
use xla::{HloModuleProto, XlaComputation};

use crate::buffer::XlaBuffer;
use crate::device::Device;
use crate::error::{check_process, failure, internal, unsupported};
use crate::executable::XlaExecutable;
use crate::host;

/// A device of the `xla` crate.
pub(crate) struct XlaBackend {
    device: Arc<Device>,
}

impl XlaBackend {
    pub(crate) fn new(device: Device) -> XlaBackend {
        XlaBackend { device: Arc::new(device) }
    }

    fn buffer(&self, bytes: &[u8], ty: &Type, is_readable: bool) -> Result<Arc<dyn Buffer>> {
        check_process()?;
        let raw = host::upload(&self.device.client, bytes, ty);
        let raw = raw.map_err(|error| failure(ErrorKind::Execute, "upload", error))?;
        Ok(Arc::new(XlaBuffer::new(&self.device, raw, ty.clone(), is_readable)))
    }
}

impl fmt::Debug for XlaBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XlaBackend").field("platform", &self.device.platform).finish_non_exhaustive()
    }
}

impl Backend for XlaBackend {
    fn owns(&self, buffer: &dyn Buffer) -> bool {
        buffer.as_any().downcast_ref::<XlaBuffer>().is_some_and(|buffer| buffer.is_on(&self.device))
    }

    fn compile(&self, program: &Program, options: &CompileOptions) -> Result<Compiled> {
        check_process()?;
        let lowered = {
            let _span = tracing::debug_span!("lower").entered();
            hloom_hlo::lower_request(program, options, self.device.target(), false)?
        };
        check_memory("compile", &lowered.parameters, self.device.memory())?;
        check_memory("compile", &lowered.results, self.device.memory())?;
        let _span = tracing::debug_span!("compile").entered();
        let module = snapshot(&lowered.encode());
        let refused = |error| failure(ErrorKind::Compile, "compile", error);
        let computation = XlaComputation::from_proto(&HloModuleProto::parse_proto(&module, true).map_err(refused)?);
        let raw = self.device.client.compile(&computation).map_err(refused)?;
        // Output buffers are the last parameters.
        let first_buffer = lowered.parameters.len().saturating_sub(options.output_buffers.len());
        let is_donated = |parameter| options.donations.iter().any(|donation| donation.input == parameter);
        let overwritten = |parameter| parameter >= first_buffer || is_donated(parameter);
        let overwritten = (0..lowered.parameters.len()).map(overwritten).collect();
        let signature = Signature { parameters: lowered.parameters, results: lowered.results };
        let executable = XlaExecutable::new(&self.device, raw, signature, overwritten);
        Ok(Compiled { executable: Arc::new(executable), from_store: false })
    }

    fn load(&self, _bytes: &[u8], _signature: &Signature) -> Result<Arc<dyn Executable>> {
        Err(unsupported("load", "reads no executables"))
    }

    fn upload(&self, data: HostData<'_>, ty: &Type) -> Result<Arc<dyn Buffer>> {
        // XLA copies the bytes before it returns, whoever holds them.
        let bytes = match &data {
            HostData::Borrowed(bytes) => bytes,
            HostData::Shared(shared) => shared.bytes(),
        };
        if ty.checked_size_bytes() != Some(bytes.len()) {
            return Err(internal(format!("upload: {} bytes do not make {ty}", bytes.len())));
        }
        self.buffer(bytes, ty, true)
    }

    fn allocate(&self, ty: &Type) -> Result<Arc<dyn Buffer>> {
        check_memory("allocate", std::slice::from_ref(ty), self.device.memory())?;
        let mut zeros = Vec::new();
        let size = ty.checked_size_bytes().unwrap_or(0);
        zeros.try_reserve_exact(size).map_err(|error| {
            Error::caused(ErrorKind::OutOfMemory, format!("allocate: there is no memory for {ty}"), error)
        })?;
        zeros.resize(size, 0u8);
        self.buffer(&zeros, ty, false)
    }
}

/// A module inside of the two messages, `HloSnapshot` and `HloProto`, that the crate's parser looks for first. It would take
/// a bare module for one of these if its bytes happened to read as such; the module is the first field of the one, and that
/// is the first field of the other.
fn snapshot(module: &[u8]) -> Vec<u8> {
    let inner = field(module);
    field(&inner)
}

/// The bytes as field 1 of a message: tag and length before them, both as variable-length numbers.
fn field(bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![1 << 3 | 2];
    let mut rest = bytes.len();
    while rest >= 0x80 {
        field.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    field.push(rest as u8);
    field.extend_from_slice(bytes);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_wrapped_twice() {
        assert_eq!(snapshot(b"ab"), [10, 4, 10, 2, b'a', b'b']);
        let long = snapshot(&[7; 300]);
        assert_eq!(long[..6], [10, 0xaf, 2, 10, 0xac, 2]);
        assert_eq!(long.len(), 306);
    }
}
