//! From the name of a device to the device: finds the plugin, installs it if asked to, loads it once.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use hloom_backend::ErrorKind;
use parking_lot::Mutex;

use crate::device::Device;
use crate::ffi::{self, Client, Plugin as LoadedPlugin};
use crate::find::{Found, find};
use crate::fingerprint::PluginFile;
use crate::options::client_options;
use crate::{DeviceKind, DeviceSpec, Error, Plugin, flags, install};

/// A plugin that this process has loaded, and its client as long as somebody uses it.
struct Loaded {
    plugin: LoadedPlugin,
    file: PluginFile,
    client: Weak<Client>,
}

/// What is loaded, by file: a plugin can be initialized once, and most allow one client at a time.
static LOADED: Mutex<Option<HashMap<(DeviceKind, PathBuf), Loaded>>> = Mutex::new(None);

/// Opens a device: finds its plugin, loads it if this is the first use, and connects to it.
///
/// With `HLOOM_AUTO_INSTALL=1` in the environment a missing plugin for the CPU is installed first, with
/// progress on standard error.
///
/// # Errors
/// [`ErrorKind::Plugin`] if there is no plugin, it cannot be loaded, or it has no such device.
pub fn open(device: &DeviceSpec) -> hloom_backend::Result<Device> {
    open_plugin(device, &find_or_install(device.kind)?)
}

/// The plugin for a class of devices, installed first if there is none and the environment asks for that.
pub(crate) fn find_or_install(kind: DeviceKind) -> crate::Result<Found> {
    match find(kind) {
        Err(Error::NotFound { suggestion, .. }) if may_install(kind) => install::install_with_log(suggestion),
        found => found,
    }
}

/// Opens a device of a plugin that was found before.
///
/// # Errors
/// [`ErrorKind::Plugin`] if it cannot be loaded or has no such device.
pub fn open_plugin(device: &DeviceSpec, found: &Found) -> hloom_backend::Result<Device> {
    if ffi::is_forked() {
        return Err(Error::Forked.into());
    }
    let file = PluginFile::new(&found.path)?;
    let path = file.path().to_owned();
    // The lock is held while loading, so that two threads do not load one plugin.
    let mut guard = LOADED.lock();
    let plugins = guard.get_or_insert_with(HashMap::new);
    let key = (device.kind, path.clone());
    let loaded = match plugins.remove(&key) {
        Some(loaded) => loaded,
        None => {
            flags::check(&path)?;
            let _span = tracing::debug_span!("load_plugin", path = %path.display()).entered();
            let plugin = LoadedPlugin::load(&path).map_err(|message| Error::Load { path: path.clone(), message })?;
            Loaded { plugin, file, client: Weak::new() }
        }
    };
    let loaded = plugins.entry(key).or_insert(loaded);
    let client = match loaded.client.upgrade() {
        Some(client) => client,
        None => connect(device.kind, &loaded.plugin).map_err(|failure| {
            hloom_backend::Error::new(ErrorKind::Plugin, format!("plugin {}: {failure}", path.display()))
        })?,
    };
    loaded.client = Arc::downgrade(&client);
    let version = loaded.plugin.version();
    let file = loaded.file.clone();
    drop(guard);
    if !is_platform_of(device.kind, client.platform()) {
        let message = format!("it is a plugin for {}, expected one for {}", client.platform(), device.kind);
        return Err(Error::Load { path, message }.into());
    }
    let available = client.devices().len();
    match Device::new(client, *device, file, version) {
        Some(device) => Ok(device),
        None => {
            let (kind, index) = (device.kind, device.index);
            Err(Error::NoSuchDevice { kind, index, path, available }.into())
        }
    }
}

/// Connects with the options of the class; without them if the plugin refuses them.
fn connect(kind: DeviceKind, plugin: &LoadedPlugin) -> Result<Arc<Client>, crate::ffi::Failure> {
    let options = client_options(kind);
    match Client::create(plugin, options) {
        Err(failure) if !options.is_empty() && failure.is_refusal() => {
            tracing::debug!(%failure, "the plugin refused its options; connecting without them");
            Client::create(plugin, &[])
        }
        client => client,
    }
}

/// Whether a plugin's platform belongs to a class of devices. GPUs have many names.
fn is_platform_of(kind: DeviceKind, platform: &str) -> bool {
    match kind {
        DeviceKind::Cpu => platform == "cpu",
        DeviceKind::Tpu => platform == "tpu",
        DeviceKind::Gpu => !matches!(platform, "cpu" | "tpu"),
    }
}

/// Whether a missing plugin is installed without asking: only for the CPU, whose plugin is small and
/// needs no driver.
fn may_install(kind: DeviceKind) -> bool {
    kind == DeviceKind::Cpu
        && std::env::var_os("HLOOM_AUTO_INSTALL").is_some_and(|value| value == "1")
        && Plugin::for_kind(kind).next().is_some()
}
