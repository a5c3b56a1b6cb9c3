//! The value of an array that a leaf of the graph stands for: known, being computed, or failed.
//!
//! With it are the [`job`] that computes it and the values that are [`join`]ed in it. The checks that it depends on are
//! looked at before it is read. Knows nothing about graphs.

pub(crate) mod job;
pub(crate) mod join;

use std::sync::{Arc, OnceLock};

use hloom_backend::{Backend, Buffer, HostBytes, HostData};
use hloom_ir::Type;
use parking_lot::{Condvar, Mutex, MutexGuard};

use self::job::Job;
use self::join::Join;
use super::runtime::runtime;
use super::{device, exit};
use crate::check::{self, Conditional};
use crate::{Error, ErrorKind, Result};

/// The checks that a value depends on.
pub(crate) type Checks = check::Checks<Value>;

/// A materialized array, or the promise of one.
pub(crate) struct Value {
    ty: Type,
    /// The value on its device, once it is there: it stays there, and is found without a lock.
    buffer: BufferCell,
    /// The error of whoever uses the value after a compiled function took its memory.
    donated: OnceLock<Error>,
    state: Mutex<State>,
    settled: Condvar,
    /// The checks that the value depends on, if any. It is in error if one of them fails.
    checks: Option<Box<Mutex<Checks>>>,
}

/// Holds the buffer of a value.
enum BufferCell {
    /// It is here from the beginning: a call returned it.
    Filled(Arc<dyn Buffer>),
    /// It is here once the value is on its device.
    Awaited(OnceLock<Arc<dyn Buffer>>),
}

impl BufferCell {
    fn get(&self) -> Option<&Arc<dyn Buffer>> {
        match self {
            BufferCell::Filled(buffer) => Some(buffer),
            BufferCell::Awaited(buffer) => buffer.get(),
        }
    }

    fn fill(&self, buffer: Arc<dyn Buffer>) {
        if let BufferCell::Awaited(awaited) = self {
            awaited.get_or_init(|| buffer);
        }
    }

    fn take(&mut self) -> Option<Arc<dyn Buffer>> {
        match std::mem::replace(self, BufferCell::Awaited(OnceLock::new())) {
            BufferCell::Filled(buffer) => Some(buffer),
            BufferCell::Awaited(buffer) => buffer.into_inner(),
        }
    }
}

enum State {
    /// A job that was started will settle it.
    Computing,
    /// In host memory, not on a device yet.
    Host(Arc<dyn HostBytes>),
    /// Other values, not copied together yet.
    Joined(Arc<Join>),
    /// On the device: there is a buffer.
    Device,
    /// The job failed. It is kept where trying again may help.
    Failed { error: Error, retry: Option<Arc<Job>> },
}

/// A value on a device.
pub(in crate::eval) enum OnDevice<'a> {
    /// The value's own buffer.
    Own(&'a dyn Buffer),
    /// A copy, as the value is on another device.
    Copy(Arc<dyn Buffer>),
}

impl OnDevice<'_> {
    pub(in crate::eval) fn buffer(&self) -> &dyn Buffer {
        match self {
            OnDevice::Own(buffer) => *buffer,
            OnDevice::Copy(buffer) => &**buffer,
        }
    }

    /// Whether it is the value's own buffer.
    pub(in crate::eval) fn is_own(&self) -> bool {
        matches!(self, OnDevice::Own(_))
    }
}

impl Value {
    /// A value that a job will settle.
    pub(crate) fn computing(ty: Type, checks: Checks) -> Arc<Value> {
        Value::new(ty, State::Computing, BufferCell::Awaited(OnceLock::new()), checks)
    }

    /// A value in host memory. The bytes are as many as the type asks for.
    pub(crate) fn host(ty: Type, bytes: Arc<dyn HostBytes>) -> Arc<Value> {
        debug_assert_eq!(bytes.bytes().len(), ty.size_bytes());
        Value::new(ty, State::Host(bytes), BufferCell::Awaited(OnceLock::new()), Checks::default())
    }

    /// Other values as one. Their bytes are as many as the type asks for.
    pub(crate) fn joined(ty: Type, join: Join) -> Arc<Value> {
        let checks = Checks::of(join.parts().iter());
        Value::new(ty, State::Joined(Arc::new(join)), BufferCell::Awaited(OnceLock::new()), checks)
    }

    /// The value of an array that was donated: reading it is an error.
    pub(crate) fn donated(ty: Type, error: Error) -> Arc<Value> {
        let value = Value::new(ty, State::Device, BufferCell::Awaited(OnceLock::new()), Checks::default());
        value.donated.get_or_init(|| error);
        value
    }

    /// A value on the device, or on its way there.
    pub(crate) fn device(ty: Type, buffer: Arc<dyn Buffer>, checks: Checks) -> Arc<Value> {
        Value::new(ty, State::Device, BufferCell::Filled(buffer), checks)
    }

    fn new(ty: Type, state: State, buffer: BufferCell, checks: Checks) -> Arc<Value> {
        let checks = (!checks.is_empty()).then(|| Box::new(Mutex::new(checks)));
        let (donated, state) = (OnceLock::new(), Mutex::new(state));
        Arc::new(Value { ty, buffer, donated, state, settled: Condvar::new(), checks })
    }

    pub(crate) fn ty(&self) -> &Type {
        &self.ty
    }

    /// Whether a program may overwrite the value's memory, which whoever asks is alone to hold.
    pub(in crate::eval) fn is_replaceable(&mut self) -> bool {
        let buffer = self.buffer.get().filter(|_| self.donated.get().is_none());
        buffer.is_some_and(|buffer| Arc::strong_count(buffer) == 1 && buffer.is_recyclable())
    }

    /// Waits for checks that were taken over from other values, if they are many. Called before the value is computed.
    pub(in crate::eval) fn trim_checks(&self) {
        if let Some(own) = &self.checks {
            let mut checks = own.lock().clone();
            checks.trim();
            *own.lock() = checks;
        }
    }

    fn verify(&self) -> Result<()> {
        if self.checks.is_some() { self.checks().verify() } else { Ok(()) }
    }

    /// Whether it can be read without waiting for a device: it never was on one.
    pub(crate) fn is_on_host(&self) -> bool {
        let join = match &*self.state.lock() {
            State::Host(_) => return true,
            State::Joined(join) => join.clone(),
            State::Computing | State::Device | State::Failed { .. } => return false,
        };
        join.parts().iter().all(|part| part.is_on_host())
    }

    /// How many joins that are not copied together yet are nested in one another here. 0 if the value is no join.
    pub(crate) fn join_depth(&self) -> usize {
        let join = match &*self.state.lock() {
            State::Joined(join) => join.clone(),
            _ => return 0,
        };
        join.depth()
    }

    /// Copies the parts of a joined value together. `retries` says whether the jobs of parts that failed are run again.
    fn gather(&self, join: &Join, retries: bool) -> Result<()> {
        let bytes = Arc::new(join.copied(self.ty.size_bytes(), retries)?);
        let mut state = self.state.lock();
        if matches!(&*state, State::Joined(_)) {
            let parts = std::mem::replace(&mut *state, State::Host(bytes));
            // The last reference to a part frees memory of the device: without the lock.
            drop(state);
            drop(parts);
        }
        Ok(())
    }

    /// Notes that a compiled function took the memory. From now on, reading the value is this error.
    pub(crate) fn donate(&self, error: Error) {
        self.donated.get_or_init(|| error);
        match self.buffer.get() {
            // Does nothing if a result took the memory.
            Some(buffer) => {
                let _inside = exit::enter();
                buffer.release();
            }
            None => {
                let before = std::mem::replace(&mut *self.state.lock(), State::Device);
                // A failed job holds memory of the device: freed without the lock.
                drop(before);
            }
        }
    }

    /// Settles the value with a buffer of the device.
    pub(in crate::eval) fn fulfill(&self, buffer: Arc<dyn Buffer>) {
        let mut state = self.state.lock();
        self.buffer.fill(buffer);
        *state = State::Device;
        drop(state);
        self.settled.notify_all();
    }

    /// The buffer, if the value is on a device and nothing has to be waited for.
    fn at_hand(&self) -> Result<Option<&dyn Buffer>> {
        match self.donated.get() {
            Some(error) => Err(error.clone()),
            None => Ok(self.buffer.get().map(|buffer| &**buffer)),
        }
    }

    /// Settles the value with an error. The job is kept for another try where the cause may go away.
    pub(in crate::eval) fn fail(&self, error: &Error, job: &Arc<Job>) {
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
    pub(in crate::eval) fn on_device(&self, backend: &dyn Backend) -> Result<OnDevice<'_>> {
        loop {
            match self.at_hand()? {
                Some(buffer) if backend.owns(buffer) => return Ok(OnDevice::Own(buffer)),
                Some(buffer) => return self.moved(buffer, backend).map(OnDevice::Copy),
                None => {}
            }
            let mut state = self.lock()?;
            match &*state {
                State::Device => {}
                State::Host(bytes) => {
                    let uploaded = backend.upload(HostData::Shared(bytes.clone()), &self.ty)?;
                    self.buffer.fill(uploaded);
                    *state = State::Device;
                }
                State::Joined(join) => {
                    let join = join.clone();
                    drop(state);
                    self.gather(&join, false)?;
                }
                State::Computing => self.wait(&mut state)?,
                State::Failed { error, .. } => return Err(error.clone()),
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
    pub(in crate::eval) fn on_device_at_hand(&self, backend: &dyn Backend) -> Option<OnDevice<'_>> {
        let buffer = self.at_hand().ok().flatten()?;
        backend.owns(buffer).then_some(OnDevice::Own(buffer))
    }

    /// Waits until the value is there.
    ///
    /// # Errors
    /// What computing it reported; the error of a check that did not hold.
    pub(crate) fn ready(&self) -> Result<()> {
        self.verify()?;
        loop {
            if let Some(buffer) = self.at_hand()? {
                let _inside = exit::enter();
                return Ok(buffer.wait()?);
            }
            let mut state = self.lock()?;
            match &*state {
                State::Host(_) => return Ok(()),
                State::Joined(join) => {
                    let join = join.clone();
                    drop(state);
                    self.gather(&join, true)?;
                }
                State::Device => {}
                State::Computing => self.wait(&mut state)?,
                State::Failed { .. } => self.try_again(&mut state)?,
            }
        }
    }

    /// Waits until what was started is done. What failed is not tried again.
    pub(in crate::eval) fn finish(&self) {
        if let Ok(Some(buffer)) = self.at_hand() {
            let _inside = exit::enter();
            // Whoever reads the value is told of an error.
            let _ = buffer.wait();
        }
    }

    /// Waits until the value is there and lends its bytes, row-major.
    ///
    /// # Errors
    /// As [`Value::ready`].
    pub(crate) fn read<T>(&self, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.verify()?;
        self.lend(reader, true)
    }

    /// As [`Value::read`], but a failed job is not run again, and the checks of the value are not looked at. Both is done
    /// when somebody reads the result.
    pub(in crate::eval) fn read_once<T>(&self, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.lend(reader, false)
    }

    fn lend<T>(&self, reader: impl FnOnce(&[u8]) -> T, retries: bool) -> Result<T> {
        loop {
            if let Some(buffer) = self.at_hand()? {
                let _inside = exit::enter();
                let (mut reader, mut result) = (Some(reader), None);
                buffer.read(&mut |bytes| {
                    if let Some(reader) = reader.take() {
                        result = Some(reader(bytes));
                    }
                })?;
                return result.ok_or_else(|| Error::internal("a buffer was read without lending its bytes"));
            }
            let mut state = self.lock()?;
            match &*state {
                State::Host(bytes) => {
                    let bytes = bytes.clone();
                    drop(state);
                    return Ok(reader(bytes.bytes()));
                }
                State::Joined(join) => {
                    let join = join.clone();
                    drop(state);
                    self.gather(&join, retries)?;
                }
                State::Device => {}
                State::Computing => self.wait(&mut state)?,
                State::Failed { .. } if retries => self.try_again(&mut state)?,
                State::Failed { error, .. } => return Err(error.clone()),
            }
        }
    }

    /// Waits until the job that computes the value has been started or has failed. For a joined value, waits for the jobs of
    /// all its parts.
    pub(in crate::eval) fn settle(&self) {
        let Ok(mut state) = self.lock() else { return };
        while matches!(&*state, State::Computing) && self.wait(&mut state).is_ok() {}
        if let State::Joined(join) = &*state {
            let join = join.clone();
            drop(state);
            join.parts().iter().for_each(|part| part.settle());
        }
    }

    /// Locks the state. In a forked child, a thread that exists only in the parent may hold the lock: that is an error.
    fn lock(&self) -> Result<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Some(state) => Ok(state),
            None => {
                device::check_process()?;
                Ok(self.state.lock())
            }
        }
    }

    /// Waits for the job that computes the value. In a forked child, where no thread runs the job, that is an error.
    fn wait(&self, state: &mut MutexGuard<'_, State>) -> Result<()> {
        device::check_process()?;
        self.settled.wait(state);
        Ok(())
    }

    /// If the value failed and its job may succeed the next time, runs the job again. Returns the error that is left.
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

    /// The job of a value that failed, if it may succeed the next time. The caller runs it before a job that reads this
    /// value, which counts as being computed meanwhile.
    pub(in crate::eval) fn take_retry(&self) -> Option<Arc<Job>> {
        let mut state = self.state.lock();
        let State::Failed { retry, .. } = &mut *state else { return None };
        let job = retry.take()?;
        *state = State::Computing;
        Some(job)
    }

    /// Adds the values that this one is made of and that jobs settle: the parts of a joined value, else the value itself.
    pub(in crate::eval) fn sources(self: &Arc<Value>, sources: &mut Vec<Arc<Value>>) {
        let join = match &*self.state.lock() {
            State::Joined(join) => Some(join.clone()),
            _ => None,
        };
        match join {
            Some(join) => join.parts().iter().for_each(|part| part.sources(sources)),
            None => sources.push(self.clone()),
        }
    }

    /// Takes the failed jobs out that this value refers to, so that the caller frees them without recursion.
    pub(in crate::eval) fn abandon(&mut self, jobs: &mut Vec<Arc<Job>>) {
        match std::mem::replace(self.state.get_mut(), State::Device) {
            State::Failed { retry, .. } => jobs.extend(retry),
            State::Joined(join) => {
                let parts = Arc::into_inner(join).map(Join::into_parts).unwrap_or_default();
                for mut part in parts.into_iter().filter_map(Arc::into_inner) {
                    part.abandon(jobs);
                }
            }
            State::Computing | State::Host(_) | State::Device => {}
        }
    }
}

impl Conditional for Value {
    fn is_conditional(&self) -> bool {
        self.checks.is_some()
    }

    fn checks(&self) -> Checks {
        self.checks.as_ref().map(|checks| checks.lock().clone()).unwrap_or_default()
    }

    fn read_offender(&self) -> Result<i64> {
        let offender = self.read(|bytes| <[u8; 8]>::try_from(bytes).map(i64::from_ne_bytes))?;
        offender.map_err(|_| Error::internal("an index that was checked is no int64"))
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if let Some(buffer) = self.buffer.take() {
            let _inside = exit::enter();
            runtime().pool.recycle(buffer);
        }
        if let State::Failed { retry: Some(job), .. } = std::mem::replace(self.state.get_mut(), State::Computing) {
            job::dismantle(job);
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match &*self.state.lock() {
            _ if self.donated.get().is_some() => "donated",
            State::Computing => "computing",
            State::Host(_) => "host",
            State::Joined(_) => "joined",
            State::Device => "device",
            State::Failed { .. } => "failed",
        };
        write!(f, "Value({}, {state})", self.ty)
    }
}
