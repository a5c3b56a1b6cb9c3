//! One device of a plugin, with its programs and buffers: checks what plugins do not check, and keeps types. Programs are
//! serialized HLO modules. Knows no raw pointers and no operations.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use hloom_backend::{Argument, Buffer, Error, ErrorKind, HostData, Memory, Result, Results, Signature};
use hloom_ir::Type;
use sha2::{Digest, Sha256};
use smallvec::SmallVec;

use crate::blob::Blob;
use crate::ffi::{self, Failure, FailureKind};
use crate::fingerprint::{PluginFile, processor};
use crate::module::without_config;
use crate::options::{FAST_LOWERING, compile_options};
use crate::{CustomCall, DeviceKind, DeviceSpec, flags};

/// One device of a loaded plugin.
#[derive(Debug)]
pub struct Device {
    target: Arc<Target>,
    description: String,
    /// False once the plugin has refused the option.
    fast_lowering: AtomicBool,
}

/// What programs are compiled for. They hold it for its fingerprint, which is computed on first use.
#[derive(Debug)]
struct Target {
    client: Arc<ffi::Client>,
    spec: DeviceSpec,
    device_id: i32,
    device_kind: String,
    plugin: PluginFile,
    version: (i32, i32),
    fingerprint: OnceLock<String>,
}

impl Target {
    fn options(&self, fast_lowering: bool, avoided_passes: &[&str]) -> Vec<u8> {
        let id = (self.spec.index > 0).then_some(self.device_id);
        compile_options(self.spec.kind, fast_lowering, avoided_passes, id)
    }

    fn fingerprint(&self) -> &str {
        self.fingerprint.get_or_init(|| self.compute_fingerprint())
    }

    /// Hashes all that a compiled program depends on but itself.
    fn compute_fingerprint(&self) -> String {
        let hash = self.plugin.hash().unwrap_or_else(|error| {
            // Nothing may be loaded under this fingerprint, so that it has to be unlike any other.
            tracing::warn!(%error, "a plugin could not be hashed; its programs are not kept");
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            format!("unknown {} {:?} {:p}", std::process::id(), now, self)
        });
        let mut hasher = Sha256::new();
        let (major, minor) = self.version;
        for part in [
            hash.as_bytes(),
            format!("{major}.{minor}").as_bytes(),
            self.client.platform().as_bytes(),
            self.client.platform_version().as_bytes(),
            self.device_kind.as_bytes(),
            processor().as_bytes(),
            flags::text().as_bytes(),
            &self.options(true, &[]),
        ] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        format!("{:x}", hasher.finalize())
    }
}

impl Device {
    /// A device of a client, or `None` if the client has no such device.
    pub(crate) fn new(
        client: Arc<ffi::Client>,
        spec: DeviceSpec,
        plugin: PluginFile,
        version: (i32, i32),
    ) -> Option<Device> {
        let device = client.devices().get(spec.index)?;
        let (device_id, device_kind) = (device.id, device.kind.clone());
        let description = format!("{spec} ({device_kind}, PJRT {}.{})", version.0, version.1);
        let fingerprint = OnceLock::new();
        let target = Arc::new(Target { client, spec, device_id, device_kind, plugin, version, fingerprint });
        Some(Device { target, description, fast_lowering: AtomicBool::new(true) })
    }

    fn buffer(&self, raw: ffi::Buffer, ty: &Type, recyclable: bool) -> Arc<dyn Buffer> {
        Arc::new(DeviceBuffer { raw, device: self.target.spec.index, ty: ty.clone(), recyclable })
    }

    fn executable(&self, raw: ffi::Executable, signature: &Signature, can_serialize: bool) -> Result<Executable> {
        if raw.results() != signature.results {
            return Err(Error::new(
                ErrorKind::Compile,
                format!("compile: the module returns {:?}, expected {:?}", raw.results(), signature.results),
            ));
        }
        Ok(Executable { raw, signature: signature.clone(), target: Arc::clone(&self.target), can_serialize })
    }

    /// Refuses what no machine can hold before the plugin tries.
    fn check_memory(&self, call: &str, types: &[Type]) -> Result<()> {
        let limit = if self.target.client.is_on_host() { hloom_backend::host_memory() } else { isize::MAX as usize };
        hloom_backend::check_memory(call, types, limit)
    }
}

impl Device {
    /// The platform's name in lower case, such as `cpu` or `cuda`.
    pub fn platform(&self) -> &str {
        self.target.client.platform()
    }

    /// What tells compiled programs of this device from any other's: the hash of the plugin file, its version and the
    /// processor's features. Executables are only ever loaded under an equal one.
    pub fn fingerprint(&self) -> &str {
        self.target.fingerprint()
    }

    /// The device, for people.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Makes a function known to the device's programs, once in a process.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the device cannot call functions of this process.
    pub fn register<C: CustomCall>(&self) -> Result<()> {
        self.target.client.register::<C>().map_err(|failure| error(ErrorKind::Unsupported, failure))
    }

    /// Whether a buffer is on this device, so that its programs can read it.
    pub fn owns(&self, buffer: &dyn Buffer) -> bool {
        let buffer = buffer.as_any().downcast_ref::<DeviceBuffer>();
        buffer.is_some_and(|buffer| buffer.device == self.target.spec.index && buffer.raw.is_of(&self.target.client))
    }

    /// Compiles a serialized `HloModuleProto` whose entry takes `signature`'s parameters and returns its results as one
    /// tuple.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the compiler refuses the module.
    pub fn compile(&self, module: &[u8], signature: &Signature) -> Result<Executable> {
        self.compile_without(&[], module, signature)
    }

    /// As [`Device::compile`], without some passes of the compiler, by their names.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the compiler refuses the module.
    pub fn compile_without(&self, passes: &[&str], module: &[u8], signature: &Signature) -> Result<Executable> {
        let _span = tracing::debug_span!("compile", bytes = module.len()).entered();
        self.check_memory("compile", &signature.parameters)?;
        self.check_memory("compile", &signature.results)?;
        let fast = self.fast_lowering.load(Ordering::Relaxed);
        let mut compiled = self.target.client.compile(module, &self.target.options(fast, passes));
        if let Err(failure) = &compiled
            && fast
            && self.target.spec.kind == DeviceKind::Cpu
            && failure.message.contains(FAST_LOWERING)
        {
            tracing::debug!(%failure, "the plugin does not know an option; going on without it");
            self.fast_lowering.store(false, Ordering::Relaxed);
            compiled = self.target.client.compile(module, &self.target.options(false, passes));
        }
        self.executable(compiled.map_err(|failure| error(ErrorKind::Compile, failure))?, signature, true)
    }

    /// Loads what [`Executable::serialize`] returned.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the bytes are not a program of this device.
    pub fn load(&self, bytes: &[u8], signature: &Signature) -> Result<Executable> {
        let _span = tracing::debug_span!("load", bytes = bytes.len()).entered();
        let blob = Blob::open(bytes, self.fingerprint(), signature)
            .map_err(|message| Error::new(ErrorKind::Compile, format!("load: {message}")))?;
        let loaded = self.target.client.load(&blob).map_err(|failure| error(ErrorKind::Compile, failure))?;
        self.executable(loaded, signature, false)
    }

    /// Moves host data to the device, as [`hloom_backend::Backend::upload`].
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the length does not fit the type, [`ErrorKind::OutOfMemory`].
    pub fn upload(&self, data: HostData<'_>, ty: &Type) -> Result<Arc<dyn Buffer>> {
        let len = match &data {
            HostData::Borrowed(bytes) => bytes.len(),
            HostData::Shared(shared) => shared.bytes().len(),
        };
        if ty.checked_size_bytes() != Some(len) {
            return Err(internal(format!("upload: {len} bytes do not make {ty}")));
        }
        let uploaded = match data {
            HostData::Borrowed(bytes) => {
                self.target.client.upload_copy(self.target.spec.index, bytes, ty).map(|raw| (raw, false))
            }
            HostData::Shared(shared) => self.target.client.upload_shared(self.target.spec.index, shared, ty),
        };
        let (raw, in_place) = uploaded.map_err(|failure| error(ErrorKind::Execute, failure))?;
        Ok(self.buffer(raw, ty, !in_place))
    }

    /// Device memory of a type with unspecified content.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`].
    pub fn allocate(&self, ty: &Type) -> Result<Arc<dyn Buffer>> {
        self.check_memory("allocate", std::slice::from_ref(ty))?;
        let allocated = if self.target.client.can_allocate() {
            self.target.client.allocate(self.target.spec.index, ty)
        } else {
            // Plugins before PJRT 0.69 can only copy.
            let zeros = vec![0u8; ty.checked_size_bytes().unwrap_or(0)];
            self.target.client.upload_copy(self.target.spec.index, &zeros, ty)
        };
        Ok(self.buffer(allocated.map_err(|failure| error(ErrorKind::Execute, failure))?, ty, true))
    }
}

/// An array on the backend's device.
#[derive(Debug)]
struct DeviceBuffer {
    raw: ffi::Buffer,
    /// The index of its device among the client's.
    device: usize,
    ty: Type,
    recyclable: bool,
}

impl Buffer for DeviceBuffer {
    fn ty(&self) -> &Type {
        &self.ty
    }

    fn wait(&self) -> Result<()> {
        self.raw.wait().map_err(|failure| error(ErrorKind::Execute, failure))
    }

    fn read(&self, reader: &mut dyn FnMut(&[u8])) -> Result<()> {
        let expected = self.ty.size_bytes();
        let found = self.raw.read(self.ty.shape.ndim(), |bytes| {
            if bytes.len() == expected {
                reader(bytes);
            }
            bytes.len()
        });
        match found {
            Ok(found) if found == expected => Ok(()),
            Ok(found) => Err(internal(format!("read: {} has {found} bytes on the device", self.ty))),
            Err(failure) => Err(error(ErrorKind::Execute, failure)),
        }
    }

    fn release(&self) {
        self.raw.release();
    }

    fn is_recyclable(&self) -> bool {
        self.recyclable && !self.raw.is_donated()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A compiled program of a device.
#[derive(Debug)]
pub struct Executable {
    raw: ffi::Executable,
    signature: Signature,
    target: Arc<Target>,
    /// False for a program that was loaded: plugins write such a one without its code, and load what
    /// they wrote without complaint.
    can_serialize: bool,
}

impl Executable {
    /// Starts the program, as [`hloom_backend::Executable::execute`].
    ///
    /// # Errors
    /// [`ErrorKind::Internal`] if the arguments do not fit the signature (checked here, because
    /// plugins do not), [`ErrorKind::Execute`], [`ErrorKind::OutOfMemory`].
    pub fn execute(&self, arguments: &[Argument<'_>]) -> Result<Results> {
        let parameters = &self.signature.parameters;
        if arguments.len() != parameters.len() {
            return Err(internal(format!("execute: {} arguments, expected {}", arguments.len(), parameters.len())));
        }
        let mut inputs: SmallVec<[ffi::Input<'_>; 16]> = SmallVec::with_capacity(arguments.len());
        for (index, (argument, parameter)) in arguments.iter().zip(parameters).enumerate() {
            let Some(buffer) = argument.buffer.as_any().downcast_ref::<DeviceBuffer>() else {
                return Err(internal(format!("execute: argument {index} belongs to another backend")));
            };
            // A donated buffer may be nothing but a place for an output, of which only the size matters.
            let fits = buffer.ty == *parameter || argument.donated && buffer.ty.size_bytes() == parameter.size_bytes();
            if !fits {
                return Err(internal(format!("execute: argument {index} is {}, expected {parameter}", buffer.ty)));
            }
            inputs.push(ffi::Input { buffer: &buffer.raw, donated: argument.donated });
        }
        let device = self.target.spec.index;
        let mut results = Results::new();
        let started = self.raw.execute(&inputs, |idx, raw| {
            let ty = self.signature.results[idx].clone();
            results.push(Arc::new(DeviceBuffer { raw, device, ty, recyclable: true }));
        });
        started.map_err(|failure| error(ErrorKind::Execute, failure))?;
        Ok(results)
    }

    /// The parameter and result types.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// The compiled program as bytes for [`Device::load`].
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the plugin cannot, or the program was loaded.
    pub fn serialize(&self) -> Result<Vec<u8>> {
        if !self.can_serialize {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "serialize: the program was loaded; the bytes it was loaded from can be used again",
            ));
        }
        let payload = self.raw.serialize().map_err(|failure| error(ErrorKind::Unsupported, failure))?;
        Ok(Blob::write(self.target.fingerprint(), &self.signature, self.raw.donatable(), &payload))
    }

    /// The optimized program as a serialized `HloModuleProto`, if the plugin keeps it.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the plugin cannot.
    pub fn optimized_module(&self) -> Result<Vec<u8>> {
        let program = self.raw.optimized_program();
        let (format, bytes) = program.map_err(|failure| error(ErrorKind::Unsupported, failure))?;
        tracing::debug!(%format, bytes = bytes.len(), "read the optimized module");
        match format.as_str() {
            "hlo" => Ok(bytes),
            "hlo_with_config" => without_config(&bytes)
                .map_err(|malformed| Error::caused(ErrorKind::Unsupported, "optimized module", malformed)),
            other => Err(Error::new(ErrorKind::Unsupported, format!("optimized module: unknown format '{other}'"))),
        }
    }

    /// The memory that a run takes.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] if the plugin cannot tell.
    pub fn memory(&self) -> Result<Memory> {
        self.raw.memory().map_err(|failure| error(ErrorKind::Unsupported, failure))
    }
}

/// A plugin's failure as a backend's error, of `kind` unless the plugin is more precise.
fn error(kind: ErrorKind, failure: Failure) -> Error {
    let kind = match failure.kind {
        FailureKind::OutOfMemory => ErrorKind::OutOfMemory,
        FailureKind::Unsupported => ErrorKind::Unsupported,
        FailureKind::Donated => ErrorKind::Donated,
        // The device is as good as not there. The call, which anything may be, says nothing to the user.
        FailureKind::Forked => return Error::new(ErrorKind::Plugin, failure.message),
        FailureKind::Refused if kind != ErrorKind::Compile => ErrorKind::Internal,
        _ => kind,
    };
    Error::new(kind, failure.to_string())
}

fn internal(message: String) -> Error {
    Error::new(ErrorKind::Internal, message)
}
