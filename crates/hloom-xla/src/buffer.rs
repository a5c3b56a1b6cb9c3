//! An array on the device. Knows who may still use it, and nothing of how it is computed.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use hloom_backend::{Buffer, Error, ErrorKind, Result};
use hloom_ir::Type;
use parking_lot::{RwLock, RwLockReadGuard};
use xla::PjRtBuffer;

use crate::device::Device;
use crate::error::{check_process, failure, internal};
use crate::host;
use crate::process::is_forked;

/// Keeps a buffer from being donated.
type Held<'a> = RwLockReadGuard<'a, Option<Arc<PjRtBuffer>>>;

/// An array on a device.
pub(crate) struct XlaBuffer {
    device: Arc<Device>,
    ty: Type,
    /// Gone once it was donated or released. Whoever reads it holds the lock, whoever takes it has it alone.
    raw: RwLock<Option<Arc<PjRtBuffer>>>,
    /// False for memory without a value.
    is_readable: bool,
}

impl XlaBuffer {
    pub(crate) fn new(device: &Arc<Device>, raw: PjRtBuffer, ty: Type, is_readable: bool) -> XlaBuffer {
        XlaBuffer { device: Arc::clone(device), ty, raw: RwLock::new(Some(Arc::new(raw))), is_readable }
    }

    /// Whether it is on this device.
    pub(crate) fn is_on(&self, device: &Arc<Device>) -> bool {
        Arc::ptr_eq(&self.device, device)
    }

    /// XLA's buffer, to be read by a program; `None` if it was given away.
    pub(crate) fn share(&self) -> Option<Arc<PjRtBuffer>> {
        self.raw.read_recursive().clone()
    }

    /// XLA's buffer, to be donated to a program; `None` if it was given away before, or is being read.
    pub(crate) fn take(&self) -> Option<Arc<PjRtBuffer>> {
        self.raw.try_write()?.take()
    }

    /// Gives back what a program that did not start was to overwrite.
    pub(crate) fn give_back(&self, raw: Arc<PjRtBuffer>) {
        *self.raw.write() = Some(raw);
    }

    /// The lock that keeps the buffer from being donated, and the buffer.
    fn hold(&self, call: &str) -> Result<(Held<'_>, Arc<PjRtBuffer>)> {
        check_process()?;
        let guard = self.raw.read_recursive();
        match guard.clone() {
            Some(raw) => Ok((guard, raw)),
            None => Err(Error::new(ErrorKind::Donated, format!("{call}: the buffer was donated to a program"))),
        }
    }
}

impl Drop for XlaBuffer {
    fn drop(&mut self) {
        // XLA would wait for threads that a forked child does not have.
        if is_forked() {
            std::mem::forget(self.raw.get_mut().take());
        }
    }
}

impl fmt::Debug for XlaBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_there = self.raw.try_read().map(|raw| raw.is_some());
        f.debug_struct("XlaBuffer").field("ty", &self.ty).field("is_there", &is_there).finish_non_exhaustive()
    }
}

impl Buffer for XlaBuffer {
    fn ty(&self) -> &Type {
        &self.ty
    }

    fn wait(&self) -> Result<()> {
        let (_held, raw) = self.hold("wait")?;
        host::wait(&raw, &self.ty).map_err(|error| failure(ErrorKind::Execute, "wait", error))
    }

    fn read(&self, reader: &mut dyn FnMut(&[u8])) -> Result<()> {
        if !self.is_readable {
            return Err(internal("read: the buffer was allocated without a value".to_owned()));
        }
        // Held while the bytes are lent, so that the buffer is not donated meanwhile.
        let (_held, raw) = self.hold("read")?;
        host::read(&raw, &self.ty, reader).map_err(|error| failure(ErrorKind::Execute, "read", error))
    }

    fn release(&self) {
        // A child leaves it to the end of the process.
        if !is_forked() {
            drop(self.take());
        }
    }

    fn is_recyclable(&self) -> bool {
        self.raw.read_recursive().is_some()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
