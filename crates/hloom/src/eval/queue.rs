//! A queue of tasks that are run one after another. Knows nothing about what a task does, or about threads.

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
struct State {
    tasks: VecDeque<Arc<dyn Task>>,
    /// Whether a task is being run.
    busy: bool,
}

/// The tasks that wait.
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    pub(super) const fn new() -> Queue {
        Queue { state: Mutex::new(State { tasks: VecDeque::new(), busy: false }), changed: Condvar::new() }
    }

    /// Puts a task into the queue, without waiting. A quick one is given back to be run by the caller, if none is ahead of it:
    /// waking a thread would take longer.
    pub(super) fn enqueue<T: Task + 'static>(&self, task: Arc<T>) -> Option<Arc<T>> {
        let mut state = self.state.lock();
        if task.is_quick() && !state.busy && state.tasks.is_empty() {
            return Some(task);
        }
        state.tasks.push_back(task);
        None
    }

    /// Puts a task into the queue behind those that are there; it is given back if there are none.
    pub(super) fn follow<T: Task + 'static>(&self, task: Arc<T>) -> Option<Arc<T>> {
        let mut state = self.state.lock();
        if !state.busy && state.tasks.is_empty() {
            return Some(task);
        }
        state.tasks.push_back(task);
        None
    }

    /// Wakes the thread that runs the tasks, and waits until few enough are left.
    pub(super) fn proceed(&self) {
        self.changed.notify_all();
        let mut state = self.state.lock();
        while state.tasks.len() > MAX_WAITING {
            self.changed.wait(&mut state);
        }
    }

    /// Runs what comes into the queue, forever.
    pub(super) fn work(&self) {
        loop {
            if !self.run_next() {
                let mut state = self.state.lock();
                if state.tasks.is_empty() {
                    self.changed.wait(&mut state);
                }
            }
        }
    }

    /// Runs the first task of the queue, if there is one.
    pub(super) fn run_next(&self) -> bool {
        let mut state = self.state.lock();
        let Some(task) = state.tasks.pop_front() else { return false };
        state.busy = true;
        drop(state);
        self.changed.notify_all();
        // If a task panics, as a tracing subscriber may make it do, the tasks behind it must still be run. The next task
        // starts when this one is done and not when its program has been started: this bounds how much runs at once.
        let _ = catch_unwind(AssertUnwindSafe(|| task.run_to_end()));
        self.state.lock().busy = false;
        true
    }
}
