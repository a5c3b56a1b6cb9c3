//! The device that programs run on: chosen once, when the first program needs it.

use std::sync::{Arc, OnceLock};

use hloom_backend::Backend;
use parking_lot::Mutex;

use super::exit;
use crate::Result;

/// The backend of `HLOOM_DEVICE` (`cpu`, `gpu:0`, `tpu:0`; `cpu` if unset), opened on first use.
///
/// A failure is not remembered: the next attempt tries again, so that a plugin may be installed while
/// the program runs.
pub(crate) fn backend() -> Result<&'static Arc<dyn Backend>> {
    static BACKEND: OnceLock<Arc<dyn Backend>> = OnceLock::new();
    static OPENING: Mutex<()> = Mutex::new(());
    if let Some(backend) = BACKEND.get() {
        return Ok(backend);
    }
    let _one_at_a_time = OPENING.lock();
    if let Some(backend) = BACKEND.get() {
        return Ok(backend);
    }
    let spec = std::env::var("HLOOM_DEVICE").unwrap_or_else(|_| "cpu".to_owned());
    let spec: hloom_pjrt::DeviceSpec = spec.parse().map_err(hloom_backend::Error::from)?;
    let _span = tracing::debug_span!("open_device", device = %spec).entered();
    let opened = hloom_pjrt::open(&spec)?;
    exit::guard();
    Ok(BACKEND.get_or_init(|| opened))
}
