//! Which driver reaches the devices: the one place that names any.

use std::sync::{Arc, OnceLock};

use hloom_backend::{Backend, CompileOptions, DeviceSpec, Driver};
use hloom_ir::Program;

pub use hloom_pjrt_backend::Pjrt;
#[cfg(feature = "xla")]
pub use hloom_xla::Xla;

use crate::{Error, ErrorKind, Result};

static DRIVER: OnceLock<&'static dyn Driver> = OnceLock::new();

/// The driver of this process, chosen on first use.
pub(crate) fn driver() -> &'static dyn Driver {
    *DRIVER.get_or_init(|| {
        let name = std::env::var_os("HLOOM_BACKEND").unwrap_or_default();
        named(&name.to_string_lossy())
    })
}

/// Chooses what reaches the devices, whatever `HLOOM_BACKEND` says. It has to come before the first use of a device, and
/// should come before threads are started: [`backends::Xla`](crate::backends) needs that.
///
/// Without it the environment variable `HLOOM_BACKEND` decides: `pjrt`, the default, or `xla` in programs built with the
/// feature `xla`.
///
/// # Errors
/// [`ErrorKind::Plugin`] if one was chosen before.
///
/// # Examples
/// ```
/// hloom::set_backend(hloom::backends::Pjrt)?;
/// assert!(hloom::set_backend(hloom::backends::Pjrt).is_err());
/// # Ok::<(), hloom::Error>(())
/// ```
pub fn set_backend(backend: impl Driver + 'static) -> Result<()> {
    let mut is_chosen = false;
    DRIVER.get_or_init(|| {
        is_chosen = true;
        Box::leak(Box::new(backend))
    });
    if is_chosen {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Plugin,
        "set_backend: a backend is in use already; choose it before the first value is read",
    ))
}

/// The driver of a name.
fn named(name: &str) -> &'static dyn Driver {
    match name {
        "" | "pjrt" => &Pjrt,
        #[cfg(feature = "xla")]
        "xla" => Box::leak(Box::new(Xla::new())),
        #[cfg(not(feature = "xla"))]
        "xla" => unknown("HLOOM_BACKEND is xla, but this program was built without the feature `xla` of hloom"),
        other => unknown(&format!("HLOOM_BACKEND is '{other}', expected pjrt or xla")),
    }
}

fn unknown(message: &str) -> &'static dyn Driver {
    Box::leak(Box::new(Unknown(message.to_owned())))
}

/// Stands for a driver that there is not. Whatever needs one says why.
#[derive(Debug)]
struct Unknown(String);

impl Unknown {
    fn error(&self) -> hloom_backend::Error {
        hloom_backend::Error::new(hloom_backend::ErrorKind::Plugin, format!("device: {}", self.0))
    }
}

impl Driver for Unknown {
    fn open(&self, _device: &DeviceSpec) -> hloom_backend::Result<Arc<dyn Backend>> {
        Err(self.error())
    }

    fn check_process(&self) -> hloom_backend::Result<()> {
        Ok(())
    }

    fn at_exit(&self, _handler: extern "C" fn()) -> bool {
        false
    }

    fn module(&self, _program: &Program, _options: &CompileOptions) -> hloom_backend::Result<Vec<u8>> {
        Err(self.error())
    }

    fn module_text(&self, _program: &Program, _options: &CompileOptions) -> hloom_backend::Result<String> {
        Err(self.error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_are_found_by_name() {
        let open = |name: &str| named(name).open(&DeviceSpec { kind: hloom_backend::DeviceKind::Cpu, index: 0 });
        let error = |name: &str| open(name).err().map(|error| error.to_string()).unwrap_or_default();
        assert_eq!(error("tflite"), "device: HLOOM_BACKEND is 'tflite', expected pjrt or xla");
        assert_eq!(format!("{:?}{:?}", named(""), named("pjrt")), "PjrtPjrt");
        match cfg!(feature = "xla") {
            true => assert!(format!("{:?}", named("xla")).starts_with("Xla")),
            false => assert!(error("xla").contains("without the feature `xla`"), "{}", error("xla")),
        }
    }
}
