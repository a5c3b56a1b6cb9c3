//! A value that is known, being computed, or failed: what a leaf of the graph stands for.
//!
//! Knows nothing about graphs; the job that computes a value is held only to be tried again.

use std::sync::Arc;

use hloom_backend::{Backend, Buffer, HostBytes, HostData};
use hloom_ir::Type;
use parking_lot::{Condvar, Mutex, MutexGuard};

use super::check::Checks;
use super::job::{self, Job};
use super::{exit, pool};
use crate::{Error, ErrorKind, Result};

/// A materialized array, or the promise of one.
pub(crate) struct Value {
    ty: Type,
    state: Mutex<State>,
    settled: Condvar,
    /// What has to hold for the value to be one, if anything has to.
    checks: Option<Box<Mutex<Checks>>>,
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
    /// A compiled function took the memory.
    Donated(Error),
}

impl Value {
    /// A value that a job will settle.
    pub(crate) fn computing(ty: Type, checks: Checks) -> Arc<Value> {
        Value::with_state(ty, State::Computing, checks)
    }

    /// A value in host memory. The bytes are as many as the type asks for.
    pub(crate) fn host(ty: Type, bytes: Arc<dyn HostBytes>) -> Arc<Value> {
        debug_assert_eq!(bytes.bytes().len(), ty.size_bytes());
        Value::with_state(ty, State::Host(bytes), Checks::default())
    }

    fn with_state(ty: Type, state: State, checks: Checks) -> Arc<Value> {
        let checks = (!checks.is_empty()).then(|| Box::new(Mutex::new(checks)));
        Arc::new(Value { ty, state: Mutex::new(state), settled: Condvar::new(), checks })
    }

    pub(crate) fn ty(&self) -> &Type {
        &self.ty
    }

    /// A value on the device, or on its way there.
    pub(crate) fn device(ty: Type, buffer: Arc<dyn Buffer>, checks: Checks) -> Arc<Value> {
        Value::with_state(ty, State::Device(buffer), checks)
    }

    /// What has to hold for the value to be one.
    pub(crate) fn checks(&self) -> Checks {
        self.checks.as_ref().map(|checks| checks.lock().clone()).unwrap_or_default()
    }

    /// Waits for what has to hold, if that is much. Called before the value is computed.
    pub(super) fn trim_checks(&self) {
        if let Some(own) = &self.checks {
            let mut checks = own.lock().clone();
            checks.trim();
            *own.lock() = checks;
        }
    }

    /// Whether anything has to hold for the value to be one.
    pub(crate) fn is_conditional(&self) -> bool {
        self.checks.is_some()
    }

    fn verify(&self) -> Result<()> {
        if self.checks.is_some() { self.checks().verify() } else { Ok(()) }
    }

    /// Whether it can be read without waiting for a device: it never was on one.
    pub(crate) fn is_on_host(&self) -> bool {
        matches!(&*self.state.lock(), State::Host(_))
    }

    /// The memory was taken by a compiled function; whoever reads the value is told so.
    pub(crate) fn donate(&self, error: Error) {
        *self.state.lock() = State::Donated(error);
    }

    /// Settles the value with a buffer of the device.
    pub(super) fn fulfill(&self, buffer: Arc<dyn Buffer>) {
        *self.state.lock() = State::Device(buffer);
        self.settled.notify_all();
    }

    /// Settles the value with an error. The job is kept for another try where the cause may go away.
    pub(super) fn fail(&self, error: &Error, job: &Arc<Job>) {
        let transient =
            matches!(error.kind(), ErrorKind::Plugin | ErrorKind::OutOfMemory | ErrorKind::Io | ErrorKind::Denied);
        let retry = transient.then(|| job.clone());
        *self.state.lock() = State::Failed { error: error.clone(), retry };
        self.settled.notify_all();
    }

    /// The value on the device. Waits for the job that computes it to be started, not to be done.
    ///
    /// A failed job is not tried again here but by whoever reads the result: trying again on the way would
    /// try the same jobs once for each that depends on them.
    pub(super) fn buffer(&self, backend: &dyn Backend) -> Result<Arc<dyn Buffer>> {
        let mut state = self.state.lock();
        loop {
            match &*state {
                State::Device(buffer) if backend.owns(&**buffer) => return Ok(buffer.clone()),
                State::Device(buffer) => {
                    let buffer = buffer.clone();
                    drop(state);
                    return self.moved(&*buffer, backend);
                }
                State::Host(bytes) => {
                    let buffer = backend.upload(HostData::Shared(bytes.clone()), &self.ty)?;
                    *state = State::Device(buffer.clone());
                    return Ok(buffer);
                }
                State::Computing => self.settled.wait(&mut state),
                State::Failed { error, .. } | State::Donated(error) => return Err(error.clone()),
            }
        }
    }

    /// A copy on another device, by way of the host. The value itself stays where it is.
    fn moved(&self, buffer: &dyn Buffer, backend: &dyn Backend) -> Result<Arc<dyn Buffer>> {
        let mut moved = None;
        buffer.read(&mut |bytes| moved = Some(backend.upload(HostData::Borrowed(bytes), &self.ty)))?;
        Ok(moved.ok_or_else(|| Error::internal("a buffer was read without lending its bytes"))??)
    }

    /// The value on the backend's device, if it is there and nothing has to be waited for.
    pub(super) fn buffer_at_hand(&self, backend: &dyn Backend) -> Option<Arc<dyn Buffer>> {
        match &*self.state.lock() {
            State::Device(buffer) if backend.owns(&**buffer) => Some(buffer.clone()),
            _ => None,
        }
    }

    /// Waits until the value is there.
    ///
    /// # Errors
    /// What computing it reported; the error of a check that did not hold.
    pub(crate) fn ready(&self) -> Result<()> {
        self.verify()?;
        let mut state = self.state.lock();
        loop {
            match &*state {
                State::Host(_) => return Ok(()),
                State::Device(buffer) => {
                    let buffer = buffer.clone();
                    drop(state);
                    let _inside = exit::enter();
                    return Ok(buffer.wait()?);
                }
                State::Computing => self.settled.wait(&mut state),
                State::Failed { .. } => self.try_again(&mut state)?,
                State::Donated(error) => return Err(error.clone()),
            }
        }
    }

    /// Waits until the value is there and lends its bytes, row-major.
    ///
    /// # Errors
    /// As [`Value::ready`].
    pub(crate) fn read<T>(&self, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.verify()?;
        let mut state = self.state.lock();
        loop {
            match &*state {
                State::Device(buffer) => {
                    let buffer = buffer.clone();
                    drop(state);
                    let _inside = exit::enter();
                    let (mut reader, mut result) = (Some(reader), None);
                    let outcome = buffer.read(&mut |bytes| {
                        if let Some(reader) = reader.take() {
                            result = Some(reader(bytes));
                        }
                    });
                    // Dropped while still inside: it may be the last reference.
                    drop(buffer);
                    outcome?;
                    return result.ok_or_else(|| Error::internal("a buffer was read without lending its bytes"));
                }
                State::Host(bytes) => {
                    let bytes = bytes.clone();
                    drop(state);
                    return Ok(reader(bytes.bytes()));
                }
                State::Computing => self.settled.wait(&mut state),
                State::Failed { .. } => self.try_again(&mut state)?,
                State::Donated(error) => return Err(error.clone()),
            }
        }
    }

    /// Waits until the job that computes the value was started, or has failed.
    pub(super) fn settle(&self) {
        let mut state = self.state.lock();
        while matches!(&*state, State::Computing) {
            self.settled.wait(&mut state);
        }
    }

    /// Runs a failed job once more where that may help, else returns its error.
    fn try_again(&self, state: &mut MutexGuard<'_, State>) -> Result<()> {
        let State::Failed { error, retry } = &mut **state else { return Ok(()) };
        let Some(job) = retry.take() else { return Err(error.clone()) };
        **state = State::Computing;
        MutexGuard::unlocked(state, || job::run_again(job));
        match &**state {
            State::Failed { error, .. } => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// The job to run again before one that reads this value, if it failed and that may help. The value is
    /// then being computed.
    pub(super) fn take_retry(&self) -> Option<Arc<Job>> {
        let mut state = self.state.lock();
        let State::Failed { retry, .. } = &mut *state else { return None };
        let job = retry.take()?;
        *state = State::Computing;
        Some(job)
    }

    /// The failed job that the value held on to.
    pub(super) fn abandon(&mut self) -> Option<Arc<Job>> {
        match self.state.get_mut() {
            State::Failed { retry, .. } => retry.take(),
            _ => None,
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        match std::mem::replace(self.state.get_mut(), State::Computing) {
            State::Device(buffer) => {
                let _inside = exit::enter();
                pool::recycle(buffer);
            }
            State::Failed { retry: Some(job), .. } => job::dismantle(job),
            _ => {}
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
            State::Donated(_) => "donated",
        };
        write!(f, "Value({}, {state})", self.ty)
    }
}
