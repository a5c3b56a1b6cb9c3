//! The compiled programs of a process, found by the canonical graph itself.
//!
//! They are shared by all threads. Misses on one key that happen at once compile once.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hloom_ir::Program;
use parking_lot::Mutex;
use rustc_hash::FxHasher;

use super::program::{Compilation, OpSummary};
use super::stats;
use crate::cache::Cache;

/// The most programs kept.
const MAX_PROGRAMS: usize = 1024;

/// The most operations in all programs kept. A hundred of them take about a megabyte when compiled.
const MAX_NODES: usize = 1 << 16;

/// The programs, each compiled, being compiled, or about to be.
pub(crate) struct Programs(Mutex<Cache<Entry>>);

struct Entry {
    key: Box<[u64]>,
    program: Arc<Compilation>,
}

impl Programs {
    pub(super) const fn new() -> Programs {
        Programs(Mutex::new(Cache::new(MAX_PROGRAMS, MAX_NODES)))
    }

    /// The program of a canonical key. `build` makes it on a miss; what has to make room for it is moved to
    /// `evicted`, to be dropped where that may take its time.
    pub(crate) fn entry(
        &self,
        key: &[u64],
        evicted: &mut Vec<Arc<Compilation>>,
        build: impl FnOnce() -> Program,
    ) -> Arc<Compilation> {
        let mut hasher = FxHasher::default();
        key.hash(&mut hasher);
        let hash = hasher.finish();
        let mut cache = self.0.lock();
        if let Some(entry) = cache.get(hash, |entry| *entry.key == *key) {
            stats::COUNTERS.cache_hits.fetch_add(1, Ordering::Relaxed);
            return entry.program.clone();
        }
        let program = Arc::new(Compilation::lazy(build()));
        let entry = Entry { key: key.into(), program: program.clone() };
        evicted.extend(cache.insert(hash, entry, program.n_nodes()).into_iter().map(|entry| entry.program));
        program
    }

    /// The compiled program of the cache that agrees with a list of operations for longest.
    pub(super) fn nearest(&self, steps: &[OpSummary]) -> Option<Arc<Compilation>> {
        let cache = self.0.lock();
        let compiled = cache.iter().map(|entry| &entry.program).filter(|program| program.has_compiled_form());
        let agreement = |program: &&Arc<Compilation>| {
            let shared = program.steps().iter().zip(steps).take_while(|(a, b)| a == b).count();
            (shared, std::cmp::Reverse(program.steps().len().abs_diff(steps.len())))
        };
        compiled.max_by_key(agreement).cloned()
    }
}
