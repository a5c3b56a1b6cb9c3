//! What can go wrong before a program can be compiled: finding, installing and loading a plugin.

use std::io;
use std::path::{Path, PathBuf};

use hloom_backend::ErrorKind;
use thiserror::Error;

use crate::DeviceKind;
use crate::table::plugin_variable;

/// The result of finding, installing or loading a plugin.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure to find, install or load a plugin.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The plugin has fewer devices.
    #[error("device: {kind}:{index} does not exist, {path} offers {available} device(s)", path = path.display())]
    NoSuchDevice {
        /// The class.
        kind: DeviceKind,
        /// The index asked for.
        index: usize,
        /// The plugin.
        path: PathBuf,
        /// How many devices it has.
        available: usize,
    },
    /// No plugin for a class of devices is anywhere.
    #[error("plugin: none is installed for {kind}; install one with `hloom plugin install {suggestion}`, or name a file in {variable}", variable = plugin_variable(*kind))]
    NotFound {
        /// The class.
        kind: DeviceKind,
        /// The name of the plugin to install.
        suggestion: &'static str,
    },
    /// A plugin's file is not one, or could not start.
    #[error("plugin {path}: {message}", path = path.display())]
    Load {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The process is a child of the one that has loaded the plugin.
    #[error(
        "device: this process was forked from one that had opened the device, which does not work in a child; open it in the child only, or start another program"
    )]
    Forked,
    /// Flags on which XLA would end the process.
    #[error("XLA_FLAGS: {message}; XLA would end the process")]
    XlaFlags {
        /// What is wrong with them.
        message: String,
    },
    /// A file or folder whose content is executed, and that others can change.
    #[error("cache: {path} is a link or can be changed by others, and what is in it is executed; make it a folder or file of this user's that nobody else can write", path = path.display())]
    NotPrivate {
        /// The file or folder.
        path: PathBuf,
    },
    /// A name that is not in the table of plugins.
    #[error("plugin install: no plugin is called '{name}', expected one of {known}")]
    UnknownPlugin {
        /// The name.
        name: String,
        /// All names.
        known: String,
    },
    /// A plugin that does not exist for this machine.
    #[error("plugin install: {name} exists for {expected} only, this is {found}; build one and name it in {variable}")]
    WrongPlatform {
        /// The plugin.
        name: &'static str,
        /// What it is built for.
        expected: &'static str,
        /// What this is.
        found: String,
        /// The environment variable that names a plugin's file.
        variable: &'static str,
    },
    /// Neither pip nor uv is there.
    #[error(
        "install: none of the programs that fetch wheels could be run (tried {tried}); install one of them{otherwise}"
    )]
    NoInstaller {
        /// The commands that were tried.
        tried: String,
        /// What could be done instead, to end the sentence.
        otherwise: String,
    },
    /// pip or uv failed.
    #[error("install: `{command}` failed: {output}")]
    Download {
        /// The command.
        command: String,
        /// The end of what it said.
        output: String,
    },
    /// A downloaded file is not the one that was pinned.
    #[error("install: {what} has SHA-256 {found}, expected {expected}; nothing was installed")]
    WrongHash {
        /// The file.
        what: String,
        /// The pinned hash.
        expected: String,
        /// The file's hash.
        found: String,
    },
    /// A wheel that cannot be read.
    #[error("install: {path} is not a valid wheel: {message}; nothing was installed", path = path.display())]
    Wheel {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A file that could not be read or written.
    #[error("{action} {path}", path = path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: io::Error,
    },
    /// No folder for the cache.
    #[error("cache: no folder is known; set HLOOM_CACHE_DIR or HOME")]
    NoCache,
}

impl Error {
    /// Turns a system error into one that names the file.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { action, path, source }
    }
}

impl From<Error> for hloom_backend::Error {
    fn from(error: Error) -> hloom_backend::Error {
        let message = error.to_string();
        hloom_backend::Error::caused(ErrorKind::Plugin, message, error)
    }
}
