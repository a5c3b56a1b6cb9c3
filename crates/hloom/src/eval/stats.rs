//! Counters of what evaluation did.

use std::sync::atomic::AtomicU64;

#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) compiles: AtomicU64,
    pub(crate) disk_hits: AtomicU64,
    pub(crate) cache_hits: AtomicU64,
    pub(crate) executions: AtomicU64,
    pub(crate) cuts: AtomicU64,
    pub(crate) traces: AtomicU64,
    pub(crate) calls: AtomicU64,
    pub(crate) recycled: AtomicU64,
}

pub(crate) static COUNTERS: Counters = Counters {
    compiles: AtomicU64::new(0),
    disk_hits: AtomicU64::new(0),
    cache_hits: AtomicU64::new(0),
    executions: AtomicU64::new(0),
    cuts: AtomicU64::new(0),
    traces: AtomicU64::new(0),
    calls: AtomicU64::new(0),
    recycled: AtomicU64::new(0),
};
