//! What the library did so far, for tests, benchmarks and curious users.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::eval::stats::COUNTERS;
use crate::record;

/// What happened so far in this process. Differences of two readings are what is of interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Operations recorded.
    pub recorded: u64,
    /// Recorded operations that wait to be computed.
    pub pending: u64,
    /// The most operations that ever waited.
    pub pending_peak: u64,
    /// Programs compiled.
    pub compiles: u64,
    /// Programs loaded from the disk cache instead of compiled.
    pub disk_hits: u64,
    /// Runs of a program that was already there.
    pub cache_hits: u64,
    /// Programs started.
    pub executions: u64,
    /// Times the pending graph was cut because it had grown to its limit.
    pub cuts: u64,
    /// Functions traced: once for each signature of a compiled function, and for each loop and branch.
    pub traces: u64,
    /// Calls of compiled functions.
    pub calls: u64,
    /// Large results written into memory of earlier arrays.
    pub recycled: u64,
}

impl std::ops::Sub for Stats {
    type Output = Stats;

    /// What happened between two readings. What is pending, and its peak, stay those of the later one.
    fn sub(self, earlier: Stats) -> Stats {
        Stats {
            recorded: self.recorded - earlier.recorded,
            pending: self.pending,
            pending_peak: self.pending_peak,
            compiles: self.compiles - earlier.compiles,
            disk_hits: self.disk_hits - earlier.disk_hits,
            cache_hits: self.cache_hits - earlier.cache_hits,
            executions: self.executions - earlier.executions,
            cuts: self.cuts - earlier.cuts,
            traces: self.traces - earlier.traces,
            calls: self.calls - earlier.calls,
            recycled: self.recycled - earlier.recycled,
        }
    }
}

/// Reads the counters of this process.
///
/// # Examples
/// ```
/// let before = hloom::stats();
/// let x = hloom::arange(4);
/// let y = &x + 1;
/// let since = hloom::stats() - before;
/// assert!(since.recorded > 0);
/// assert_eq!(since.executions, 0);
/// drop(y);
/// ```
pub fn stats() -> Stats {
    let recorder = record::lock();
    let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    Stats {
        recorded: recorder.recorded(),
        pending: recorder.pending() as u64,
        pending_peak: recorder.pending_peak() as u64,
        compiles: load(&COUNTERS.compiles),
        disk_hits: load(&COUNTERS.disk_hits),
        cache_hits: load(&COUNTERS.cache_hits),
        executions: load(&COUNTERS.executions),
        cuts: load(&COUNTERS.cuts),
        traces: load(&COUNTERS.traces),
        calls: load(&COUNTERS.calls),
        recycled: load(&COUNTERS.recycled),
    }
}
