//! Loading a plugin's library. Knows nothing about where plugins come from.

use std::ffi::c_int;
use std::path::Path;

use libloading::Library;

use super::api::Api;
use super::raw;
use crate::elf;

/// `GetPjrtApi`, the one symbol that a plugin exports.
type GetPjrtApi = unsafe extern "C" fn() -> *const raw::ApiPrefix;

/// A loaded plugin. Its library stays in memory until the process ends: its threads outlive every
/// client, and no plugin supports being unloaded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plugin {
    pub(super) api: Api,
}

impl Plugin {
    /// Loads and initializes a plugin. The error is a text that follows the plugin's path.
    pub(crate) fn load(path: &Path) -> Result<Plugin, String> {
        elf::check(path)?;
        super::fork::mark();
        quiet();
        // SAFETY: the file was checked to be a complete shared library. Whoever names it as a plugin
        // trusts the code in it, its initializers included, as with any library of the system.
        let library = unsafe { Library::new(path) }.map_err(|error| format!("it cannot be loaded: {error}"))?;
        // Given up on purpose, even if what follows fails: initializers may have started threads.
        let library: &'static Library = Box::leak(Box::new(library));
        let symbol =
            // SAFETY: every library that exports this name declares it so in `pjrt_c_api.h`.
            unsafe { library.get::<GetPjrtApi>(b"GetPjrtApi\0") }.map_err(|_| {
                "it is not a PJRT plugin: it does not export GetPjrtApi".to_owned()
            })?;
        // SAFETY: the function takes nothing and may be called at any time.
        let prefix = unsafe { symbol() };
        // SAFETY: it points to a table in the library, which is never unloaded.
        let api = unsafe { Api::new(prefix) }?;
        let mut arguments = raw::Plugin_Initialize::default();
        // SAFETY: the struct has no further arguments.
        unsafe { api.call(&mut arguments) }.map_err(|failure| format!("it cannot start: {}", failure.message))?;
        Ok(Plugin { api })
    }

    /// The major and minor version of the API that the plugin speaks.
    pub(crate) fn version(&self) -> (i32, i32) {
        let (major, minor): (c_int, c_int) = self.api.version();
        (major, minor)
    }
}

/// Asks XLA's logging for errors only, unless the user has chosen a level.
///
/// It is a setting of the process, so it can only be made while there is no other thread that might
/// read the environment at the same time. Where that is not known, XLA's start-up lines stay.
fn quiet() {
    const LEVEL: &str = "TF_CPP_MIN_LOG_LEVEL";
    if std::env::var_os(LEVEL).is_none() && is_single_threaded() {
        // SAFETY: this is the only thread of the process, and only it could start another one.
        unsafe { std::env::set_var(LEVEL, "3") };
    }
}

/// Whether the calling thread is known to be the only one of the process.
fn is_single_threaded() -> bool {
    cfg!(target_os = "linux") && std::fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
}
