//! Tasks in line, to be run one after another. Knows nothing about what a task does, or about threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

/// The most tasks that wait. A recorder that is further ahead waits for the device, so that what is
/// pending stays bounded.
const MAX_WAITING: usize = 2;

/// Something to be run.
pub(super) trait Task: Send + Sync {
    /// Whether running it is only a matter of microseconds.
    fn is_quick(&self) -> bool;

    /// Runs it, and waits until what it has started is done. Must not report errors.
    fn run_to_end(self: Arc<Self>);
}

#[derive(Default)]
struct Line {
    tasks: VecDeque<Arc<dyn Task>>,
    /// Whether a task is being run.
    busy: bool,
}

/// The tasks that wait.
pub(super) struct Queue {
    line: Mutex<Line>,
    changed: Condvar,
}

impl Queue {
    pub(super) const fn new() -> Queue {
        Queue { line: Mutex::new(Line { tasks: VecDeque::new(), busy: false }), changed: Condvar::new() }
    }

    /// Puts a task in line, without waiting. A quick one is given back to be run by the caller, if none is ahead of it:
    /// waking a thread would take longer.
    pub(super) fn enqueue<T: Task + 'static>(&self, task: Arc<T>) -> Option<Arc<T>> {
        let mut line = self.line.lock();
        if task.is_quick() && !line.busy && line.tasks.is_empty() {
            return Some(task);
        }
        line.tasks.push_back(task);
        None
    }

    /// Wakes the thread that runs what is in line, and waits until few enough are left.
    pub(super) fn proceed(&self) {
        self.changed.notify_all();
        let mut line = self.line.lock();
        while line.tasks.len() > MAX_WAITING {
            self.changed.wait(&mut line);
        }
    }

    /// Runs what comes into line, forever.
    pub(super) fn work(&self) {
        loop {
            if !self.run_next() {
                let mut line = self.line.lock();
                if line.tasks.is_empty() {
                    self.changed.wait(&mut line);
                }
            }
        }
    }

    /// Runs the first task in line, if there is one.
    pub(super) fn run_next(&self) -> bool {
        let mut line = self.line.lock();
        let Some(task) = line.tasks.pop_front() else { return false };
        line.busy = true;
        drop(line);
        self.changed.notify_all();
        // A panic, such as one of a tracing subscriber, settles the task's values with an error; the tasks
        // behind it must still be run. The next one starts when this one is done, so that what waits is bounded by what
        // is computed and not by what is started.
        let _ = catch_unwind(AssertUnwindSafe(|| task.run_to_end()));
        self.line.lock().busy = false;
        true
    }
}
