//! The thread that runs programs cut from a graph that had grown to its limit.
//!
//! Jobs are put into the queue while the recorder is locked, so that they are run in the order they were cut:
//! every job comes after the ones it reads from. Knows nothing about what a job computes.

use std::sync::{Arc, OnceLock};

use super::device;
use super::runtime::runtime;
use super::value::job::Job;

/// Puts a job into the queue, without waiting. Called under the recorder's lock; the caller calls [`proceed`]
/// once it has released it.
///
/// A job that is only a matter of microseconds is given back to be run by the caller then, if none is
/// ahead of it.
pub(crate) fn enqueue(job: Arc<Job>) -> Option<Arc<Job>> {
    // A child of the process that started the thread has none, and the queue may be locked forever.
    if device::check_process().is_err() {
        return Some(job);
    }
    runtime().queue.enqueue(job)
}

/// As [`enqueue`], for a job that whoever reads its values would run: it is given back if no other is ahead of it.
///
/// A job that can write over its inputs has to wait until those who made them let go of them.
pub(crate) fn follow(job: Arc<Job>) -> Option<Arc<Job>> {
    if !job.can_replace() || device::check_process().is_err() {
        return Some(job);
    }
    runtime().queue.follow(job)
}

/// Has the jobs of the queue run, and waits until few enough are left.
pub(crate) fn proceed() {
    if device::check_process().is_err() {
        return;
    }
    if start() {
        runtime().queue.proceed();
    } else {
        // Without threads to be had, whoever records runs the jobs itself.
        while runtime().queue.run_next() {}
    }
}

/// Starts the thread, unless it runs already. False if none can be had.
fn start() -> bool {
    static STARTED: OnceLock<bool> = OnceLock::new();
    *STARTED.get_or_init(|| {
        // Opened here, while the process may still have one thread: only then can a plugin be told to be
        // quiet. If it fails, the job reports it.
        let _ = runtime().devices.default_backend();
        let worker = std::thread::Builder::new().name("hloom-worker".to_owned());
        worker.spawn(|| runtime().queue.work()).is_ok()
    })
}
