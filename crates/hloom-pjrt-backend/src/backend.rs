//! A device of a plugin as a backend, and its programs.

use std::sync::Arc;

use hloom_backend::{
    Argument, Backend, Buffer, CompileOptions, Compiled, Executable, HostData, Memory, Result, Results, Signature,
};
use hloom_hlo::Target;
use hloom_ir::{Program, Type};
use hloom_pjrt::Device;

use crate::{disk, kernels};

/// A device of a plugin.
#[derive(Debug)]
pub(crate) struct PjrtBackend {
    device: Device,
    /// Whether its programs may call kernels.
    has_kernels: bool,
}

impl PjrtBackend {
    pub(crate) fn new(device: Device) -> PjrtBackend {
        let has_kernels = kernels::register(&device);
        PjrtBackend { device, has_kernels }
    }
}

impl Backend for PjrtBackend {
    fn owns(&self, buffer: &dyn Buffer) -> bool {
        self.device.owns(buffer)
    }

    fn compile(&self, program: &Program, options: &CompileOptions) -> Result<Compiled> {
        let lowered = {
            let _span = tracing::debug_span!("lower").entered();
            hloom_hlo::lower_request(program, options, Target::of_platform(self.device.platform()), self.has_kernels)?
        };
        let signature = Signature { parameters: lowered.parameters.clone(), results: lowered.results.clone() };
        let entry = disk::entry(&self.device, &lowered);
        // Plugins do not write what they have loaded.
        if let Some(entry) = entry.as_ref().filter(|_| !options.serializable)
            && let Some(loaded) = disk::load(&self.device, entry, &signature)
        {
            return Ok(Compiled { executable: Arc::new(PjrtExecutable(loaded)), from_store: true });
        }
        let compiled = self.device.compile_without(lowered.avoided_passes(), &lowered.encode(), &signature)?;
        if let Some(entry) = entry {
            disk::store(&entry, &compiled);
        }
        Ok(Compiled { executable: Arc::new(PjrtExecutable(compiled)), from_store: false })
    }

    fn load(&self, bytes: &[u8], signature: &Signature) -> Result<Arc<dyn Executable>> {
        Ok(Arc::new(PjrtExecutable(self.device.load(bytes, signature)?)))
    }

    fn upload(&self, data: HostData<'_>, ty: &Type) -> Result<Arc<dyn Buffer>> {
        self.device.upload(data, ty)
    }

    fn allocate(&self, ty: &Type) -> Result<Arc<dyn Buffer>> {
        self.device.allocate(ty)
    }
}

/// A program of a plugin.
#[derive(Debug)]
struct PjrtExecutable(hloom_pjrt::Executable);

impl Executable for PjrtExecutable {
    fn execute(&self, arguments: &[Argument<'_>]) -> Result<Results> {
        self.0.execute(arguments)
    }

    fn signature(&self) -> &Signature {
        self.0.signature()
    }

    fn serialize(&self) -> Result<Vec<u8>> {
        self.0.serialize()
    }

    fn optimized_text(&self) -> Result<String> {
        Ok(hloom_hlo::module_text(&self.0.optimized_module()?)?)
    }

    fn memory(&self) -> Result<Memory> {
        self.0.memory()
    }
}
