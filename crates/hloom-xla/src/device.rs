//! What programs are compiled for and buffers lie on. Knows neither.

use hloom_backend::host_memory;
use hloom_hlo::Target;
use xla::PjRtClient;

use crate::process::is_forked;

/// The first device of a client, which is the only one that the `xla` crate compiles for.
pub(crate) struct Device {
    pub(crate) client: PjRtClient,
    /// Its name, such as `cpu` or `cuda`.
    pub(crate) platform: String,
}

impl Device {
    pub(crate) fn new(client: PjRtClient) -> Device {
        let platform = client.platform_name();
        Device { client, platform }
    }

    /// The most bytes that arrays can have here.
    pub(crate) fn memory(&self) -> usize {
        match self.target() {
            Target::Cpu | Target::OlderCpu => host_memory(),
            Target::Other => isize::MAX as usize,
        }
    }

    /// What modules are written for.
    pub(crate) fn target(&self) -> Target {
        match Target::of_platform(&self.platform) {
            // What the pinned library and those before it have no code for is written out.
            Target::Cpu | Target::OlderCpu => Target::OlderCpu,
            Target::Other => Target::Other,
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // XLA would wait for threads that a forked child does not have. The clone keeps the client.
        if is_forked() {
            std::mem::forget(self.client.clone());
        }
    }
}
