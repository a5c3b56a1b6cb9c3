//! The thread that runs programs cut from a graph that had grown to its limit.
//!
//! Jobs are put in line while the recorder is locked, so that they are run in the order they were cut:
//! every job comes after the ones it reads from. Knows nothing about what a job computes.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};

use parking_lot::{Condvar, Mutex};

use super::device;
use super::job::Job;
use super::value::Value;

/// The most jobs that wait. A recorder that is further ahead waits for the device, so that what is
/// pending stays bounded.
const MAX_WAITING: usize = 2;

#[derive(Default)]
struct Line {
    jobs: VecDeque<Arc<Job>>,
    /// Whether a job is being run.
    busy: bool,
}

struct Queue {
    line: Mutex<Line>,
    changed: Condvar,
}

static QUEUE: Queue = Queue { line: Mutex::new(Line { jobs: VecDeque::new(), busy: false }), changed: Condvar::new() };

/// Puts a job in line, without waiting. Called under the recorder's lock; the caller calls [`proceed`]
/// once it has released it.
///
/// A job that is only a matter of microseconds is given back to be run by the caller then, if none is
/// ahead of it: waking a thread would take longer.
pub(crate) fn enqueue(job: Arc<Job>) -> Option<Arc<Job>> {
    // A child of the process that started the thread has none, and the line may be locked forever.
    if device::check_process().is_err() {
        return Some(job);
    }
    let mut line = QUEUE.line.lock();
    if job.is_quick() && !line.busy && line.jobs.is_empty() {
        return Some(job);
    }
    line.jobs.push_back(job);
    None
}

/// Has the jobs in line run, and waits until few enough are left.
pub(crate) fn proceed() {
    if device::check_process().is_err() {
        return;
    }
    if !start() {
        // Without threads to be had, whoever records runs what is in line.
        while QUEUE.run_next() {}
        return;
    }
    QUEUE.changed.notify_all();
    let mut line = QUEUE.line.lock();
    while line.jobs.len() > MAX_WAITING {
        QUEUE.changed.wait(&mut line);
    }
}

/// Starts the thread, unless it runs already. False if none can be had.
fn start() -> bool {
    static STARTED: OnceLock<bool> = OnceLock::new();
    *STARTED.get_or_init(|| {
        // Opened here, while the process may still have one thread: only then can a plugin be told to be
        // quiet. If it fails, the job reports it.
        let _ = device::backend();
        let worker = std::thread::Builder::new().name("hloom-worker".to_owned());
        worker.spawn(|| QUEUE.work()).is_ok()
    })
}

impl Queue {
    fn work(&self) {
        loop {
            if !self.run_next() {
                let mut line = self.line.lock();
                if line.jobs.is_empty() {
                    self.changed.wait(&mut line);
                }
            }
        }
    }

    /// Runs the first job in line, if there is one.
    fn run_next(&self) -> bool {
        let mut line = self.line.lock();
        let Some(job) = line.jobs.pop_front() else { return false };
        line.busy = true;
        drop(line);
        self.changed.notify_all();
        // A panic, such as one of a tracing subscriber, settles the job's values with an error; the jobs
        // behind it must still be run.
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let outputs: Vec<Arc<Value>> = job.outputs().collect();
            job.run();
            // The next job starts when this one is done, so that what waits is bounded by what is computed
            // and not by what is started. What failed is tried again by whoever reads it, whose guards then hold.
            for output in outputs {
                output.finish();
            }
        }));
        self.line.lock().busy = false;
        true
    }
}
