//! The owner of a `PJRT_Client`: a plugin's devices. Knows nothing of the buffers and executables that are made with it.

use std::fmt;
use std::ptr::NonNull;
use std::sync::Arc;

use super::api::{Api, slice, text};
use super::custom_call::{self, CustomCall};
use super::failure::Failure;
use super::plugin::Plugin;
use super::raw;

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

    /// Makes a function known to the plugin, so that programs can call it.
    ///
    /// # Errors
    /// What the plugin says; unsupported where the memory is not the host's, or the plugin knows no custom calls.
    pub(crate) fn register<C: CustomCall>(&self) -> Result<(), Failure> {
        if self.is_on_host() { custom_call::register::<C>(self.api) } else { Err(custom_call::not_on_host()) }
    }

    pub(super) fn api(&self) -> Api {
        self.api
    }

    pub(super) fn handle(&self) -> *mut raw::Client {
        self.handle.as_ptr()
    }

    /// The handle of one of the devices.
    ///
    /// # Errors
    /// A refusal of `call` if the client has no such device.
    pub(super) fn device(&self, index: usize, call: &'static str) -> Result<*mut raw::Device, Failure> {
        let device = self.devices.get(index).map(|device| device.handle.as_ptr());
        device.ok_or_else(|| Failure::refused(call, format!("the client has no device {index}")))
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
