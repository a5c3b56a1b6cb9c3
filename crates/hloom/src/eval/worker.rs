//! The thread that runs programs cut from a graph that had grown to its limit.
//!
//! Jobs run in the order they were cut, which is an order in which every job comes after the ones it
//! reads from.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use parking_lot::{Condvar, Mutex};

use super::device;
use super::job::Job;

/// The most jobs that wait. A recorder that is further ahead waits for the device, so that what is
/// pending stays bounded.
const MAX_WAITING: usize = 2;

#[derive(Default)]
struct Queue {
    jobs: Mutex<VecDeque<Arc<Job>>>,
    changed: Condvar,
}

static QUEUE: Queue = Queue { jobs: Mutex::new(VecDeque::new()), changed: Condvar::new() };

/// Puts a job in line, without waiting. Gives it back if no thread can be had to run it: the caller
/// then runs it itself.
pub(crate) fn enqueue(job: Arc<Job>) -> Option<Arc<Job>> {
    static STARTED: OnceLock<bool> = OnceLock::new();
    let started = *STARTED.get_or_init(|| {
        // Opened here, while the process may still have one thread: only then can a plugin be told to be
        // quiet. If it fails, the job reports it.
        let _ = device::backend();
        std::thread::Builder::new().name("hloom-worker".to_owned()).spawn(|| QUEUE.work()).is_ok()
    });
    if !started {
        return Some(job);
    }
    QUEUE.jobs.lock().push_back(job);
    QUEUE.changed.notify_all();
    None
}

/// Waits until few enough jobs are in line.
pub(crate) fn throttle() {
    let mut jobs = QUEUE.jobs.lock();
    while jobs.len() > MAX_WAITING {
        QUEUE.changed.wait(&mut jobs);
    }
}

impl Queue {
    fn work(&self) {
        loop {
            let mut jobs = self.jobs.lock();
            let job = loop {
                match jobs.pop_front() {
                    Some(job) => break job,
                    None => self.changed.wait(&mut jobs),
                }
            };
            drop(jobs);
            self.changed.notify_all();
            job.run();
            // The next job starts when this one is done, so that what waits is bounded by what is computed
            // and not by what is started.
            job.wait();
        }
    }
}
