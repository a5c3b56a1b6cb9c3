//! Which driver reaches the devices: the one place that names one.

use hloom_backend::Driver;

/// The driver of this process.
pub(crate) fn driver() -> &'static dyn Driver {
    &hloom_pjrt_backend::Pjrt
}
