//! The cache of compiled programs, keyed by the canonical graph itself.
//!
//! A key is compared in full; its hash only finds the candidates. The cache is bounded, shared by all
//! threads, and misses on one key that happen at once compile once.

use std::hash::{Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use hloom_ir::Program;
use parking_lot::Mutex;
use rustc_hash::FxHasher;

use super::lru::{self, Entries};
use super::program::{Compilation, Step};
use super::stats;

/// The most programs kept.
const MAX_PROGRAMS: usize = 1024;

/// The most operations in all programs kept. A hundred of them take about a megabyte when compiled.
const MAX_NODES: usize = 1 << 16;

/// The compiled programs of a process.
pub(crate) struct Programs(LazyLock<Mutex<Cache>>);

#[derive(Default)]
struct Cache {
    entries: Entries<Entry, RandomState>,
    n_entries: usize,
    n_nodes: usize,
    clock: u64,
}

/// A program of the cache: compiled, being compiled, or about to be.
struct Entry {
    key: Box<[u64]>,
    last_use: AtomicU64,
    program: Arc<Compilation>,
}

impl Programs {
    pub(super) const fn new() -> Programs {
        Programs(LazyLock::new(Mutex::default))
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
        cache.clock += 1;
        let clock = cache.clock;
        if let Some(candidates) = cache.entries.get(&hash)
            && let Some(entry) = candidates.iter().find(|entry| *entry.key == *key)
        {
            entry.last_use.store(clock, Ordering::Relaxed);
            stats::COUNTERS.cache_hits.fetch_add(1, Ordering::Relaxed);
            return entry.program.clone();
        }
        if cache.n_entries >= MAX_PROGRAMS || cache.n_nodes >= MAX_NODES {
            cache.evict(evicted);
        }
        let program = Arc::new(Compilation::lazy(build()));
        cache.n_entries += 1;
        cache.n_nodes += program.n_nodes();
        let entry = Entry { key: key.into(), last_use: AtomicU64::new(clock), program: program.clone() };
        cache.entries.entry(hash).or_default().push(entry);
        program
    }

    /// The compiled program of the cache that agrees with a list of operations for longest.
    pub(super) fn nearest(&self, steps: &[Step]) -> Option<Arc<Compilation>> {
        let cache = self.0.lock();
        let known = cache.entries.values().flatten().map(|entry| &entry.program);
        let compiled = known.filter(|program| program.has_compiled_form());
        let agreement = |program: &&Arc<Compilation>| {
            let shared = program.steps().iter().zip(steps).take_while(|(a, b)| a == b).count();
            (shared, std::cmp::Reverse(program.steps().len().abs_diff(steps.len())))
        };
        compiled.max_by_key(agreement).cloned()
    }
}

impl Cache {
    fn evict(&mut self, evicted: &mut Vec<Arc<Compilation>>) {
        let oldest = lru::take_oldest(&mut self.entries, |entry| entry.last_use.load(Ordering::Relaxed));
        self.n_entries -= oldest.len();
        self.n_nodes -= oldest.iter().map(|entry| entry.program.n_nodes()).sum::<usize>();
        evicted.extend(oldest.into_iter().map(|entry| entry.program));
    }
}
