//! How a client makes executables: it compiles modules, and loads what was compiled before. Knows nothing about which
//! options a compiler takes.

use std::sync::Arc;

use super::client::Client;
use super::exception::contained;
use super::executable::Executable;
use super::failure::Failure;
use super::raw;
use crate::blob::Blob;
use crate::module::donatable_parameters;

impl Client {
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
            client: self.handle(),
            program: &raw const program,
            compile_options: options.as_ptr(),
            compile_options_size: options.len(),
            ..Default::default()
        };
        // SAFETY: the program, which the plugin only reads, and the options outlive the call.
        unsafe { self.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new executable, compiled from a module that lets only
        // these parameters be overwritten.
        unsafe { Executable::new(self, arguments.executable, donatable) }
    }

    /// Loads an executable that [`Executable::serialize`] wrote.
    pub(crate) fn load(self: &Arc<Client>, blob: &Blob<'_>) -> Result<Executable, Failure> {
        let mut arguments = raw::Executable_DeserializeAndLoad {
            client: self.handle(),
            bytes: blob.payload().as_ptr(),
            bytes_size: blob.payload().len(),
            ..Default::default()
        };
        // SAFETY: the bytes outlive the call. A blob is checksummed and bears the fingerprint of the
        // plugin and the processor that it was compiled for.
        unsafe { self.api().call(&mut arguments) }?;
        // SAFETY: a successful call hands over a new executable; the blob carries the donatable
        // parameters that were read from its module.
        unsafe { Executable::new(self, arguments.executable, blob.donatable()) }
    }
}
