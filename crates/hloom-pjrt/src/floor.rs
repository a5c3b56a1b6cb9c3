//! The floor that benchmarks compare with: a program called through the bare C API.
//!
//! Finds and loads a plugin as [`open`](crate::open) does, and compiles as a backend does. Knows nothing of the backend
//! traits but their error type, and nothing of what is measured.

use std::sync::Arc;

use hloom_backend::{Error, ErrorKind, Result};
use hloom_ir::Type;

use crate::ffi::floor::error;
use crate::ffi::{Client, Executable, Plugin};
use crate::open::find_or_install;
use crate::options::{FAST_LOWERING, client_options, compile_options};
use crate::{DeviceKind, flags};

pub use crate::ffi::floor::{Chain, Program};

/// The first device of a plugin, with a client of its own.
#[derive(Debug)]
pub struct Device {
    client: Arc<Client>,
    kind: DeviceKind,
}

impl Device {
    /// Finds and loads the plugin for a class of devices, and connects to it.
    ///
    /// # Errors
    /// [`ErrorKind::Plugin`] if there is none or it does not start; [`ErrorKind::Unsupported`] if its
    /// memory is not the host's, where there is no bare way to read a result.
    pub fn open(kind: DeviceKind) -> Result<Device> {
        let path = find_or_install(kind)?.path;
        flags::check(&path)?;
        let plugin = Plugin::load(&path).map_err(|message| crate::Error::Load { path, message })?;
        let client =
            Client::create(&plugin, client_options(kind)).map_err(|failure| error(ErrorKind::Plugin, &failure))?;
        if !client.is_on_host() {
            let message = format!("floor: results of {} cannot be read in place", client.platform());
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        Ok(Device { client, kind })
    }

    /// Compiles a serialized `HloModuleProto`, and uploads its arguments: a type and as many bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Compile`] if the compiler refuses the module, [`ErrorKind::Execute`] if the program
    /// does not run with these arguments.
    pub fn program(&self, module: &[u8], arguments: &[(Type, Vec<u8>)]) -> Result<Program> {
        self.program_in_places(module, arguments, &[])
    }

    /// As [`Device::program`], for a module whose results at the positions `in_places` are written to memory that it takes as
    /// further parameters. Each call's results are the next call's places.
    ///
    /// # Errors
    /// Those of [`Device::program`]; [`ErrorKind::Internal`] if there are no such results.
    pub fn program_in_places(
        &self,
        module: &[u8],
        arguments: &[(Type, Vec<u8>)],
        in_places: &[usize],
    ) -> Result<Program> {
        Program::new(self.compile(module)?, arguments, in_places)
    }

    /// Compiles a module for being called with its own result, as [`Chain`] does. The arguments are those
    /// of all parameters but the last.
    ///
    /// # Errors
    /// Those of [`Device::program`].
    pub fn chain(&self, module: &[u8], arguments: &[(Type, Vec<u8>)]) -> Result<Chain> {
        Chain::new(self.compile(module)?, arguments)
    }

    fn compile(&self, module: &[u8]) -> Result<Executable> {
        let compiled = match self.client.compile(module, &compile_options(self.kind, true, &[], None)) {
            Err(failure) if failure.message.contains(FAST_LOWERING) => {
                self.client.compile(module, &compile_options(self.kind, false, &[], None))
            }
            compiled => compiled,
        };
        compiled.map_err(|failure| error(ErrorKind::Compile, &failure))
    }
}
