//! When a run ends: when its time is up, or when the user says so. Knows nothing of what is run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// The time of a run.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    start: Instant,
    limit: Option<Duration>,
    interrupted: Arc<AtomicBool>,
}

impl Clock {
    /// A clock that starts now, with a limit if there is one.
    pub(crate) fn new(limit: Option<Duration>) -> Clock {
        Clock { start: Instant::now(), limit, interrupted: Arc::default() }
    }

    /// Lets an interrupt (Ctrl-C) or a request to end the process end the run in order. A second one ends the process.
    ///
    /// # Errors
    /// If the process handles interrupts already.
    pub(crate) fn listen(&self) -> Result<()> {
        let interrupted = Arc::clone(&self.interrupted);
        let handler = move || {
            if interrupted.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            eprintln!("interrupted: keeping what was measured");
        };
        ctrlc::set_handler(handler).context("cannot listen for interrupts")
    }

    /// Since when the run goes on.
    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether the user ended the run.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the run has to end.
    pub(crate) fn is_over(&self) -> bool {
        self.is_interrupted() || self.left().is_some_and(|left| left.is_zero())
    }

    /// What is left of the limit, if there is one.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.start.elapsed()))
    }
}
