//! What a process has once: its devices, compiled programs, free memory of devices, and the queue of jobs. It is
//! reached through [`runtime`] and in no other way.

use std::sync::Arc;

use hloom_backend::{Backend, Executable};

use super::device::Devices;
use super::explain;
use super::pool::Pool;
use super::program::Compilation;
use super::programs::Programs;
use super::queue::Queue;
use crate::{Error, ErrorKind, Result};

/// The state of evaluation.
pub(crate) struct Runtime {
    /// The devices that are open.
    pub(crate) devices: Devices,
    /// The programs that lazily recorded operations were compiled to.
    pub(crate) programs: Programs,
    /// Memory of devices that waits to be used again.
    pub(super) pool: Pool,
    /// The jobs that wait for the thread that runs them.
    pub(super) queue: Queue,
}

static RUNTIME: Runtime =
    Runtime { devices: Devices::new(), programs: Programs::new(), pool: Pool::new(), queue: Queue::new() };

/// The state of this process.
pub(crate) fn runtime() -> &'static Runtime {
    &RUNTIME
}

impl Runtime {
    /// A program, compiled if nobody did yet. `denied` forbids that.
    ///
    /// # Errors
    /// What the compiler says; [`ErrorKind::Denied`].
    pub(crate) fn executable<'p>(
        &self,
        program: &'p Compilation,
        backend: &dyn Backend,
        denied: bool,
    ) -> Result<&'p Arc<dyn Executable>> {
        if denied && !program.is_compiled() {
            return Err(Error::new(ErrorKind::Denied, explain::why_new(program, &self.programs)));
        }
        program.executable(backend)
    }
}
