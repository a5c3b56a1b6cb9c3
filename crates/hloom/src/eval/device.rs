//! The devices that programs run on: the default one is chosen once, when the first program needs it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use hloom_backend::Backend;
use parking_lot::Mutex;

use super::driver::driver;
use super::exit;
use crate::{Error, Result};

pub(crate) use hloom_backend::DeviceSpec;

/// The devices that are open.
pub(crate) struct Devices {
    default: OnceLock<Arc<dyn Backend>>,
    /// When and why the default device could not be opened.
    failure: Mutex<Option<(Instant, Error)>>,
    others: Mutex<Vec<(DeviceSpec, Arc<dyn Backend>)>>,
}

impl Devices {
    pub(super) const fn new() -> Devices {
        Devices { default: OnceLock::new(), failure: Mutex::new(None), others: Mutex::new(Vec::new()) }
    }

    /// The backend of `HLOOM_DEVICE` (`cpu`, `gpu:0`, `tpu:0`; `cpu` if unset or empty), opened on first use.
    ///
    /// A failure is remembered only for a moment, so that a plugin may be installed while the program runs,
    /// and a loop of programs does not look for it each time.
    pub(crate) fn default_backend(&self) -> Result<&Arc<dyn Backend>> {
        check_process()?;
        if let Some(backend) = self.default.get() {
            return Ok(backend);
        }
        // Held while opening: one thread opens, the others wait for it.
        let mut failure = self.failure.lock();
        if let Some(backend) = self.default.get() {
            return Ok(backend);
        }
        if let Some((when, error)) = &*failure
            && when.elapsed() < REMEMBERED
        {
            return Err(error.clone());
        }
        match requested().and_then(open) {
            Ok(opened) => Ok(self.default.get_or_init(|| opened)),
            Err(error) => {
                *failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// The backend of any device, opened on first use. The default device is not opened twice.
    pub(crate) fn backend_of(&self, spec: DeviceSpec) -> Result<Arc<dyn Backend>> {
        check_process()?;
        if requested().is_ok_and(|requested| requested == spec) {
            return self.default_backend().cloned();
        }
        // Held while opening: one thread opens, the others wait for it.
        let mut others = self.others.lock();
        if let Some((_, backend)) = others.iter().find(|(known, _)| *known == spec) {
            return Ok(backend.clone());
        }
        let opened = open(spec)?;
        others.push((spec, opened.clone()));
        Ok(opened)
    }
}

/// An error in a forked child of a process that has opened a device. The child has none of its parent's threads, so this is
/// asked before anything that may wait for one: before locks are taken, jobs waited for, and the plugin entered.
///
/// # Errors
/// [`ErrorKind::Plugin`](crate::ErrorKind::Plugin).
pub(crate) fn check_process() -> Result<()> {
    Ok(driver().check_process()?)
}

/// How long a failure to open the device stands.
const REMEMBERED: Duration = Duration::from_millis(200);

/// The device of `HLOOM_DEVICE`. An empty text counts as none, as in the other variables.
fn requested() -> Result<DeviceSpec> {
    let spec = match std::env::var_os("HLOOM_DEVICE") {
        Some(spec) if !spec.is_empty() => spec.to_string_lossy().into_owned(),
        _ => "cpu".to_owned(),
    };
    Ok(spec.parse()?)
}

fn open(spec: DeviceSpec) -> Result<Arc<dyn Backend>> {
    let _span = tracing::debug_span!("open_device", device = %spec).entered();
    let opened = driver().open(&spec)?;
    exit::guard();
    Ok(opened)
}
