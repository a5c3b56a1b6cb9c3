//! The driver of the `xla` crate: starts its clients. Knows which devices it can reach.

use std::sync::Arc;

use hloom_backend::{Backend, CompileOptions, DeviceKind, DeviceSpec, Driver, Error, ErrorKind, Result};
use hloom_hlo::Target;
use hloom_ir::Program;
use xla::PjRtClient;

use crate::backend::XlaBackend;
use crate::device::Device;
use crate::error::{check_process, failure};
use crate::{flags, process};

/// The driver of the `xla` crate.
///
/// Make it while the process has one thread, such as at the beginning of `main`: XLA needs options that can be put into the
/// environment only then.
#[derive(Clone, Copy, Debug)]
pub struct Xla(());

impl Xla {
    /// The driver. Prepares the environment for XLA if that can still be done; if not, and it is not as it has to be, opening
    /// a device for the CPU is an error that says so.
    pub fn new() -> Xla {
        // What is wrong is told when a device is opened.
        let _ = prepare();
        Xla(())
    }
}

impl Default for Xla {
    fn default() -> Xla {
        Xla::new()
    }
}

/// What a GPU's client may take of its memory, when programs ask for it.
const GPU_MEMORY: f64 = 0.9;

impl Driver for Xla {
    fn open(&self, device: &DeviceSpec) -> Result<Arc<dyn Backend>> {
        self.check_process()?;
        if device.index > 0 {
            let message = format!(
                "device: the xla crate compiles for the first device of each kind only, so that {device} cannot be used; \
                 expected {}:0",
                device.kind
            );
            return Err(Error::new(ErrorKind::Plugin, message));
        }
        xla::set_min_log_level(xla::TfLogLevel::Error);
        let client = match device.kind {
            DeviceKind::Cpu => {
                prepare()?;
                PjRtClient::cpu()
            }
            DeviceKind::Gpu => PjRtClient::gpu(GPU_MEMORY, false),
            DeviceKind::Tpu => {
                let message = "device: tpu cannot be reached through the xla crate here; use a plugin".to_owned();
                return Err(Error::new(ErrorKind::Plugin, message));
            }
        };
        process::own();
        let client = client.map_err(|error| failure(ErrorKind::Plugin, &format!("device: {device}"), error))?;
        Ok(Arc::new(XlaBackend::new(Device::new(client))))
    }

    fn check_process(&self) -> Result<()> {
        check_process()
    }

    fn at_exit(&self, handler: extern "C" fn()) -> bool {
        process::at_exit(handler)
    }

    fn module(&self, program: &Program, options: &CompileOptions) -> Result<Vec<u8>> {
        Ok(hloom_hlo::lower_request(program, options, Target::OlderCpu, false)?.encode())
    }

    fn module_text(&self, program: &Program, options: &CompileOptions) -> Result<String> {
        Ok(hloom_hlo::lower_request(program, options, Target::OlderCpu, false)?.text())
    }
}

/// Sees to it that XLA is started with options under which it computes what was written.
fn prepare() -> Result<()> {
    const NAME: &str = "XLA_FLAGS";
    let invalid = |message: String| Error::new(ErrorKind::Plugin, message);
    let current = match std::env::var(NAME) {
        Ok(current) => current,
        Err(std::env::VarError::NotPresent) => String::new(),
        Err(std::env::VarError::NotUnicode(_)) => return Err(invalid(format!("{NAME} is not valid UTF-8"))),
    };
    let Some(completed) = flags::completed(&current).map_err(invalid)? else { return Ok(()) };
    if process::set_variable(NAME, &completed) {
        return Ok(());
    }
    Err(invalid(format!(
        "device: XLA computes other values than were written unless it is told not to, and this process has other threads \
         already, beside which the environment cannot be changed; open the device before starting threads, or set \
         {NAME}='{completed}'"
    )))
}
