//! A value that is known, being computed, or failed: what a leaf of the graph stands for.
//!
//! Knows nothing about graphs; the job that computes a value is held only to be tried again.

use std::sync::Arc;

use hloom_backend::{Backend, Buffer, HostBytes, HostData};
use hloom_ir::Type;
use parking_lot::{Condvar, Mutex};

use super::job::Job;
use super::{exit, pool};
use crate::{Error, ErrorKind, Result};

/// A materialized array, or the promise of one.
pub(crate) struct Value {
    ty: Type,
    state: Mutex<State>,
    settled: Condvar,
}

enum State {
    /// A job that was started will settle it.
    Computing,
    /// In host memory, not on a device yet.
    Host(Arc<dyn HostBytes>),
    /// On the device.
    Device(Arc<dyn Buffer>),
    /// The job failed. It is kept where trying again may help.
    Failed { error: Error, retry: Option<Arc<Job>> },
}

impl Value {
    /// A value that a job will settle.
    pub(crate) fn computing(ty: Type) -> Arc<Value> {
        Value::with_state(ty, State::Computing)
    }

    /// A value in host memory. The bytes are as many as the type asks for.
    pub(crate) fn host(ty: Type, bytes: Arc<dyn HostBytes>) -> Arc<Value> {
        debug_assert_eq!(bytes.bytes().len(), ty.size_bytes());
        Value::with_state(ty, State::Host(bytes))
    }

    fn with_state(ty: Type, state: State) -> Arc<Value> {
        Arc::new(Value { ty, state: Mutex::new(state), settled: Condvar::new() })
    }

    pub(crate) fn ty(&self) -> &Type {
        &self.ty
    }

    /// Settles the value with a buffer of the device.
    pub(super) fn fulfill(&self, buffer: Arc<dyn Buffer>) {
        *self.state.lock() = State::Device(buffer);
        self.settled.notify_all();
    }

    /// Settles the value with an error. The job is kept for another try where the cause may go away.
    pub(super) fn fail(&self, error: &Error, job: &Arc<Job>) {
        let transient = matches!(error.kind(), ErrorKind::Plugin | ErrorKind::OutOfMemory | ErrorKind::Io);
        let retry = transient.then(|| job.clone());
        *self.state.lock() = State::Failed { error: error.clone(), retry };
        self.settled.notify_all();
    }

    /// The value on the device. Waits for the job that computes it to be started, not to be done; tries
    /// a failed job again if that may help.
    pub(crate) fn buffer(&self, backend: &dyn Backend) -> Result<Arc<dyn Buffer>> {
        let mut state = self.state.lock();
        loop {
            match &*state {
                State::Device(buffer) => return Ok(buffer.clone()),
                State::Host(bytes) => {
                    let buffer = backend.upload(HostData::Shared(bytes.clone()), &self.ty)?;
                    *state = State::Device(buffer.clone());
                    return Ok(buffer);
                }
                State::Computing => self.settled.wait(&mut state),
                State::Failed { .. } => self.try_again(&mut state)?,
            }
        }
    }

    /// Waits until the value is there and lends its bytes, row-major.
    pub(crate) fn read<T>(&self, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
        let mut state = self.state.lock();
        loop {
            match &*state {
                State::Device(buffer) => {
                    let buffer = buffer.clone();
                    drop(state);
                    wait_for(&*buffer)?;
                    let (mut reader, mut result) = (Some(reader), None);
                    buffer.read(&mut |bytes| {
                        if let Some(reader) = reader.take() {
                            result = Some(reader(bytes));
                        }
                    })?;
                    return result.ok_or_else(|| Error::internal("a buffer was read without lending its bytes"));
                }
                State::Host(bytes) => {
                    let bytes = bytes.clone();
                    drop(state);
                    return Ok(reader(bytes.bytes()));
                }
                State::Computing => self.settled.wait(&mut state),
                State::Failed { .. } => self.try_again(&mut state)?,
            }
        }
    }

    /// Waits until the value is there, or known to have failed.
    pub(super) fn wait(&self) {
        let state = self.state.lock();
        if let State::Device(buffer) = &*state {
            let buffer = buffer.clone();
            drop(state);
            // Whoever reads the value is told of the error.
            let _ = wait_for(&*buffer);
        }
    }

    /// Runs a failed job once more where that may help, else returns its error.
    fn try_again(&self, state: &mut parking_lot::MutexGuard<'_, State>) -> Result<()> {
        let State::Failed { error, retry } = &mut **state else { return Ok(()) };
        let Some(job) = retry.take() else { return Err(error.clone()) };
        **state = State::Computing;
        parking_lot::MutexGuard::unlocked(state, || job.run());
        match &**state {
            State::Failed { error, .. } => Err(error.clone()),
            _ => Ok(()),
        }
    }
}

fn wait_for(buffer: &dyn Buffer) -> Result<()> {
    let _inside = exit::enter();
    Ok(buffer.wait()?)
}

impl Drop for Value {
    fn drop(&mut self) {
        if let State::Device(buffer) = std::mem::replace(self.state.get_mut(), State::Computing) {
            let _inside = exit::enter();
            pool::recycle(buffer);
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &*self.state.lock() {
            State::Computing => "computing",
            State::Host(_) => "host",
            State::Device(_) => "device",
            State::Failed { .. } => "failed",
        };
        write!(f, "Value({}, {state})", self.ty)
    }
}
