//! The owner of a `PJRT_Client`: a plugin's devices, and the way to make buffers and executables.
//! Knows nothing about graphs or about which options a compiler takes.

use std::ffi::c_int;
use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use hloom_backend::HostBytes;
use hloom_ir::Type;

use super::api::{Api, Failure, slice, text};
use super::buffer::Buffer;
use super::event::Event;
use super::exception::contained;
use super::executable::Executable;
use super::plugin::Plugin;
use super::types::{checked_size, dense, dims, row_major, to_raw};
use super::{FailureKind, raw};
use crate::blob::Blob;
use crate::module::donatable_parameters;

/// The alignment from which XLA's CPU client reads host memory in place; less aligned memory it copies.
const IN_PLACE_ALIGNMENT: usize = 64;

/// A value of an option that a client is created with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OptionValue {
    /// An integer.
    Int(i64),
    /// A truth value.
    Bool(bool),
}

/// One of a client's devices, which is named by its place in [`Client::devices`].
#[derive(Debug)]
pub(crate) struct Device {
    handle: NonNull<raw::Device>,
    /// The device's number among all devices of all processes.
    pub(crate) id: i32,
    /// The vendor's name for it.
    pub(crate) kind: String,
}

/// A plugin's connection to its devices.
pub(crate) struct Client {
    api: Api,
    handle: NonNull<raw::Client>,
    devices: Vec<Device>,
    platform: String,
    platform_version: String,
}

// SAFETY: the API binds no object to a thread: PJRT lets any thread use a client
// and its devices, and clients, devices and texts taken from them stay put until the client is destroyed.
unsafe impl Send for Client {}
// SAFETY: as above; JAX calls one client from all Python threads without a lock.
unsafe impl Sync for Client {}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("platform", &self.platform)
            .field("devices", &self.devices.len())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Connects to the plugin's devices.
    ///
    /// The caller has to know the options' types: plugins end the process on a wrong one.
    pub(crate) fn create(plugin: &Plugin, options: &[(&'static str, OptionValue)]) -> Result<Arc<Client>, Failure> {
        let api = plugin.api;
        let options: Vec<raw::NamedValue> = options.iter().map(named_value).collect();
        let mut arguments =
            raw::Client_Create { create_options: options.as_ptr(), num_options: options.len(), ..Default::default() };
        // SAFETY: the options outlive the call; no key-value store is given.
        unsafe { api.call(&mut arguments) }?;
        let handle = NonNull::new(arguments.client)
            .ok_or_else(|| Failure::broken("Client_Create", "the plugin returned no client"))?;
        // From here on the client is freed if something fails.
        let mut client =
            Client { api, handle, devices: Vec::new(), platform: String::new(), platform_version: String::new() };
        client.platform = client.read_platform()?;
        client.platform_version = client.read_platform_version()?;
        client.devices = client.read_devices()?;
        Ok(Arc::new(client))
    }

    /// The platform's name, such as `cpu` or `cuda`.
    pub(crate) fn platform(&self) -> &str {
        &self.platform
    }

    /// The platform's version, in the plugin's words.
    pub(crate) fn platform_version(&self) -> &str {
        &self.platform_version
    }

    /// The devices that this process can use.
    pub(crate) fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// Whether the devices' memory is the host's, so that it can be read in place.
    pub(crate) fn is_on_host(&self) -> bool {
        self.platform == "cpu"
    }

    pub(super) fn api(&self) -> Api {
        self.api
    }

    /// Compiles a serialized HLO module under serialized `CompileOptionsProto`.
    pub(crate) fn compile(self: &Arc<Client>, module: &[u8], options: &[u8]) -> Result<Executable, Failure> {
        let donatable =
            donatable_parameters(module).map_err(|error| Failure::refused("Client_Compile", error.to_string()))?;
        let (client, module, options) = (Arc::clone(self), module.to_vec(), options.to_vec());
        // Compiling takes memory as a program asks for it, and the plugin throws if there is none. Beside what
        // compiling takes, a thread is nothing.
        contained("Client_Compile", move || client.compile_here(&module, &options, donatable))
    }

    fn compile_here(
        self: &Arc<Client>,
        module: &[u8],
        options: &[u8],
        donatable: Vec<i64>,
    ) -> Result<Executable, Failure> {
        const FORMAT: &str = "hlo";
        let program = raw::Program {
            code: module.as_ptr().cast_mut(),
            code_size: module.len(),
            format: FORMAT.as_ptr().cast(),
            format_size: FORMAT.len(),
            ..Default::default()
        };
        let mut arguments = raw::Client_Compile {
            client: self.handle.as_ptr(),
            program: &raw const program,
            compile_options: options.as_ptr(),
            compile_options_size: options.len(),
            ..Default::default()
        };
        // SAFETY: the program, which the plugin only reads, and the options outlive the call.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new executable, compiled from a module that lets only
        // these parameters be overwritten.
        unsafe { Executable::new(self, arguments.executable, donatable) }
    }

    /// Loads an executable that [`Executable::serialize`] wrote.
    pub(crate) fn load(self: &Arc<Client>, blob: &Blob<'_>) -> Result<Executable, Failure> {
        let mut arguments = raw::Executable_DeserializeAndLoad {
            client: self.handle.as_ptr(),
            bytes: blob.payload().as_ptr(),
            bytes_size: blob.payload().len(),
            ..Default::default()
        };
        // SAFETY: the bytes outlive the call. A blob is checksummed and bears the fingerprint of the
        // plugin and the processor that it was compiled for.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new executable; the blob carries the donatable
        // parameters that were read from its module.
        unsafe { Executable::new(self, arguments.executable, blob.donatable()) }
    }

    /// Copies host bytes to a device before it returns.
    pub(crate) fn upload_copy(self: &Arc<Client>, device: usize, bytes: &[u8], ty: &Type) -> Result<Buffer, Failure> {
        // SAFETY: the bytes outlive the call, and the semantics forbid reading them after it.
        let (buffer, _) = unsafe { self.upload(device, bytes, ty, raw::SEMANTICS_DURING_CALL) }?;
        Ok(buffer)
    }

    /// Moves shared host bytes to a device, which may read them in place for as long as it likes.
    ///
    /// The second value says whether the buffer lies in the host's memory.
    pub(crate) fn upload_shared(
        self: &Arc<Client>,
        device: usize,
        data: Arc<dyn HostBytes>,
        ty: &Type,
    ) -> Result<(Buffer, bool), Failure> {
        let bytes = data.bytes();
        let in_place = self.is_on_host();
        if in_place && (!bytes.as_ptr().addr().is_multiple_of(IN_PLACE_ALIGNMENT) || bytes.is_empty()) {
            return Ok((self.upload_copy(device, bytes, ty)?, false));
        }
        let semantics = if in_place { raw::SEMANTICS_ZERO_COPY } else { raw::SEMANTICS_UNTIL_TRANSFERRED };
        // SAFETY: `data` keeps the bytes in place and unchanged. It is given up below only when the
        // plugin says that it is done with them.
        let (buffer, done) = unsafe { self.upload(device, bytes, ty, semantics) }?;
        match done {
            Some(done) => done.release_when_ready(Box::new(data))?,
            // Without an event nobody says when the memory is free, so that it never is.
            None => std::mem::forget(data),
        }
        Ok((buffer, in_place))
    }

    /// # Safety
    /// `bytes` must stay readable and unchanged for as long as `semantics` lets the plugin read them.
    unsafe fn upload(
        self: &Arc<Client>,
        device: usize,
        bytes: &[u8],
        ty: &Type,
        semantics: c_int,
    ) -> Result<(Buffer, Option<Event>), Failure> {
        const CALL: &str = "Client_BufferFromHostBuffer";
        let device = self.device(device, CALL)?;
        if checked_size(ty) != Some(bytes.len()) {
            return Err(Failure::refused(CALL, format!("{} bytes do not make {ty}", bytes.len())));
        }
        let dims = dims(ty);
        let mut arguments = raw::Client_BufferFromHostBuffer {
            client: self.handle.as_ptr(),
            data: bytes.as_ptr().cast(),
            element_type: to_raw(ty.dtype),
            dims: dims.as_ptr(),
            num_dims: dims.len(),
            host_buffer_semantics: semantics,
            device: device.handle.as_ptr(),
            ..Default::default()
        };
        // SAFETY: the bytes are as many as the dense type needs, the device is the client's, and null
        // strides mean dense and row-major. The caller promises that the bytes live long enough.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: a successful call hands over an event, or null.
        let done = unsafe { Event::new(self.api, arguments.done_with_host_buffer) };
        // SAFETY: a successful call hands over a new buffer. A host device keeps the bytes as they are.
        let buffer = unsafe { Buffer::new(self, arguments.buffer, bytes.len(), CALL) }?;
        Ok((buffer, done))
    }

    /// Whether [`Client::allocate`] can work.
    pub(crate) fn can_allocate(&self) -> bool {
        self.api.offers::<raw::Client_CreateUninitializedBuffer>()
    }

    /// Device memory without a value. It can be donated but not read.
    pub(crate) fn allocate(self: &Arc<Client>, device: usize, ty: &Type) -> Result<Buffer, Failure> {
        const CALL: &str = "Client_CreateUninitializedBuffer";
        let device = self.device(device, CALL)?;
        let Some(size) = checked_size(ty) else {
            return Err(Failure::refused(CALL, format!("{ty} is too big")));
        };
        let dims = dims(ty);
        let order = row_major(dims.len());
        let mut layout = dense(&order);
        let mut arguments = raw::Client_CreateUninitializedBuffer {
            client: self.handle.as_ptr(),
            dims: dims.as_ptr(),
            num_dims: dims.len(),
            element_type: to_raw(ty.dtype),
            layout: &raw mut layout,
            device: device.handle.as_ptr(),
            ..Default::default()
        };
        // SAFETY: dimensions and layout outlive the call, and the device is the client's.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new buffer, and on the host arrays are dense.
        let mut buffer = unsafe { Buffer::new(self, arguments.buffer, size, CALL) }?;
        buffer.forbid_reading();
        Ok(buffer)
    }

    fn device(&self, index: usize, call: &'static str) -> Result<&Device, Failure> {
        self.devices.get(index).ok_or_else(|| Failure::refused(call, format!("the client has no device {index}")))
    }

    fn read_platform(&self) -> Result<String, Failure> {
        let mut arguments = raw::Client_PlatformName { client: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the client is live.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: the text belongs to the client and is copied here.
        Ok(unsafe { text(arguments.name, arguments.name_size) }.to_lowercase())
    }

    fn read_platform_version(&self) -> Result<String, Failure> {
        let mut arguments = raw::Client_PlatformVersion { client: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the client is live.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: the text belongs to the client and is copied here.
        Ok(unsafe { text(arguments.version, arguments.version_size) })
    }

    fn read_devices(&self) -> Result<Vec<Device>, Failure> {
        let mut arguments = raw::Client_AddressableDevices { client: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the client is live.
        unsafe { self.api.call(&mut arguments) }?;
        // SAFETY: the list belongs to the client and is not used after this function.
        let handles = unsafe { slice(arguments.devices, arguments.num_devices) };
        let mut devices = Vec::with_capacity(handles.len());
        for &handle in handles {
            let handle = NonNull::new(handle)
                .ok_or_else(|| Failure::broken("Client_AddressableDevices", "the plugin listed a null device"))?;
            devices.push(self.read_device(handle)?);
        }
        Ok(devices)
    }

    fn read_device(&self, handle: NonNull<raw::Device>) -> Result<Device, Failure> {
        let mut description = raw::Device_GetDescription { device: handle.as_ptr(), ..Default::default() };
        // SAFETY: the device was listed by this client.
        unsafe { self.api.call(&mut description) }?;
        let description = description.description;
        let mut id = raw::DeviceDescription_Id { description, ..Default::default() };
        // SAFETY: the description belongs to the device.
        unsafe { self.api.call(&mut id) }?;
        let mut kind = raw::DeviceDescription_Kind { description, ..Default::default() };
        // SAFETY: the description belongs to the device.
        unsafe { self.api.call(&mut kind) }?;
        // SAFETY: the text belongs to the description and is copied here.
        let kind = unsafe { text(kind.kind, kind.kind_size) };
        Ok(Device { handle, id: id.id, kind })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let mut arguments = raw::Client_Destroy { client: self.handle.as_ptr(), ..Default::default() };
        // SAFETY: the client is live, and all its buffers and executables, which hold it, are gone.
        if let Err(failure) = unsafe { self.api.call(&mut arguments) } {
            tracing::warn!(%failure, "a client could not be destroyed");
        }
    }
}

/// An option as the C API takes it.
fn named_value((name, value): &(&'static str, OptionValue)) -> raw::NamedValue {
    let (value_type, value) = match *value {
        OptionValue::Int(int) => (raw::VALUE_INT64, int.cast_unsigned()),
        // The C union's bool is its first byte.
        OptionValue::Bool(bool) => (raw::VALUE_BOOL, u64::from_ne_bytes([u8::from(bool), 0, 0, 0, 0, 0, 0, 0])),
    };
    raw::NamedValue {
        name: name.as_ptr().cast(),
        name_size: name.len(),
        value_type,
        value,
        value_size: 1,
        ..Default::default()
    }
}

impl Failure {
    /// Whether the plugin refused an argument, as opposed to having failed on it.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.kind, FailureKind::InvalidArgument | FailureKind::Unsupported)
    }
}
