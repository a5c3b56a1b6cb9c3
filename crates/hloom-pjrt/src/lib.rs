//! PJRT plugins: finds, installs and loads them, and runs programs through them.
//!
//! A plugin is a shared library with XLA's compiler and runtime for one kind of device. [`open`] turns
//! the name of a device into a [`Device`]. This crate works from serialized
//! HLO modules: it knows no operations and no graphs.
//!
//! # Environment
//! - `HLOOM_PLUGIN_CPU`, `HLOOM_PLUGIN_GPU`, `HLOOM_PLUGIN_TPU`: a plugin's file.
//! - `HLOOM_CACHE_DIR`: the folder for plugins, hashes and compiled programs.
//! - `HLOOM_AUTO_INSTALL=1`: install a missing plugin for the CPU on first use.
//! - `XLA_FLAGS`: read by the plugin. It would end the process on a flag that it does not know or a value
//!   that it cannot read, so that such flags are refused before.
//! - `TF_CPP_MIN_LOG_LEVEL`: set to 3 before a plugin is loaded if it is unset and the process has one
//!   thread; in a process with more, set it yourself to silence XLA's start-up messages.
#![deny(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod blob;
mod cache;
mod device;
mod elf;
mod error;
#[allow(unsafe_code, reason = "the one place of the workspace that calls C")]
mod ffi;
mod find;
mod fingerprint;
mod flags;
#[cfg(feature = "floor")]
pub mod floor;
mod install;
mod known_flags;
mod messages;
mod module;
mod open;
mod options;
mod private;
mod self_test;
mod table;
mod wheel;

pub use cache::{cache_dir, executables_dir, plugins_dir};
pub use device::{Device, Executable};
pub use error::{Error, Result};
#[cfg(feature = "fork")]
pub use ffi::fork;
pub use ffi::{CallArguments, CallArray, CustomCall};
pub use find::{Found, Origin, find, installed};
pub use hloom_backend::{DeviceKind, DeviceSpec};
pub use install::install;
pub use open::{open, open_plugin};
pub use private::{Entry, PrivateDir};
pub use self_test::{SelfTest, self_test};
pub use table::{PLUGINS, Plugin, plugin_variable};
pub use wheel::{Downloads, Progress, Wheel, fetch_wheel};

/// Whether the process was forked from one that had loaded a plugin. Plugins cannot be used in it: what the parent
/// has loaded has lost its threads, and every call of it is refused.
///
/// It costs a read of memory, where the system allows that.
pub fn is_forked() -> bool {
    ffi::is_forked()
}

/// Registers a function that runs when the process ends normally, before the destructors of the plugins
/// loaded so far. False if it could not be registered.
///
/// A plugin's destructors must not run while a thread is inside the plugin: that ends in a crash. The
/// function may wait for such threads; it must not panic, which would abort the process.
pub fn at_exit(handler: extern "C" fn()) -> bool {
    ffi::at_exit(handler)
}
