//! The cache of compiled programs, keyed by the canonical graph itself.
//!
//! A key is compared in full; its hash only finds the candidates. The cache is bounded, shared by all
//! threads, and misses on one key that happen at once compile once.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use hloom_backend::{Backend, Executable, Signature};
use hloom_hlo::{Lowered, Options, Place};
use hloom_ir::{Program, Type};
use parking_lot::Mutex;
use rustc_hash::FxHasher;
use smallvec::SmallVec;

use super::{disk, exit, pool, stats};
use crate::Result;

/// The most programs kept. A program of a hundred operations takes about a megabyte.
const CAPACITY: usize = 1024;

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Cache {
    entries: HashMap<u64, SmallVec<[Arc<Entry>; 1]>>,
    n_entries: usize,
    clock: u64,
}

/// A program of the cache: compiled, being compiled, or about to be.
pub(crate) struct Entry {
    key: Box<[u64]>,
    id: u64,
    last_use: AtomicU64,
    program: Program,
    places: Vec<Place>,
    executable: OnceLock<Arc<dyn Executable>>,
    compiling: Mutex<()>,
}

/// The entry of a canonical key. `build` makes the program on a miss.
pub(crate) fn entry(key: &[u64], build: impl FnOnce() -> Program) -> Arc<Entry> {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    let hash = hasher.finish();
    let mut cache = CACHE.lock();
    cache.clock += 1;
    let clock = cache.clock;
    if let Some(candidates) = cache.entries.get(&hash)
        && let Some(entry) = candidates.iter().find(|entry| *entry.key == *key)
    {
        entry.last_use.store(clock, Ordering::Relaxed);
        stats::COUNTERS.cache_hits.fetch_add(1, Ordering::Relaxed);
        return entry.clone();
    }
    if cache.n_entries >= CAPACITY {
        cache.evict();
    }
    let entry = Arc::new(Entry::new(key, clock, build()));
    cache.entries.entry(hash).or_default().push(entry.clone());
    cache.n_entries += 1;
    entry
}

impl Cache {
    /// Drops the eighth of the entries that were used longest ago.
    fn evict(&mut self) {
        let mut uses: Vec<u64> =
            self.entries.values().flatten().map(|entry| entry.last_use.load(Ordering::Relaxed)).collect();
        let n_evicted = uses.len() / 8;
        let (_, &mut bound, _) = uses.select_nth_unstable(n_evicted);
        self.entries.retain(|_, candidates| {
            candidates.retain(|entry| entry.last_use.load(Ordering::Relaxed) >= bound);
            !candidates.is_empty()
        });
        self.n_entries = self.entries.values().map(SmallVec::len).sum();
    }
}

impl Entry {
    fn new(key: &[u64], id: u64, program: Program) -> Entry {
        Entry {
            key: key.into(),
            id,
            last_use: AtomicU64::new(id),
            places: options(&program).places,
            program,
            executable: OnceLock::new(),
            compiling: Mutex::new(()),
        }
    }

    /// A number that tells programs of this process apart in traces.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The types of the memory that is donated as the place of large results, after the inputs and
    /// numbers.
    pub(super) fn places(&self) -> impl Iterator<Item = &Type> {
        self.places.iter().map(|place| &place.ty)
    }

    /// The compiled program; compiles it, or loads it from disk, if nobody did yet.
    pub(super) fn executable(&self, backend: &dyn Backend) -> Result<Arc<dyn Executable>> {
        if let Some(executable) = self.executable.get() {
            return Ok(executable.clone());
        }
        let _one_at_a_time = self.compiling.lock();
        if let Some(executable) = self.executable.get() {
            return Ok(executable.clone());
        }
        let compiled = self.compile(backend)?;
        Ok(self.executable.get_or_init(|| compiled).clone())
    }

    fn compile(&self, backend: &dyn Backend) -> Result<Arc<dyn Executable>> {
        let lowered = {
            let _span = tracing::debug_span!("lower", program = self.id, nodes = self.program.graph.len()).entered();
            lower(&self.program)?
        };
        let signature = Signature { parameters: lowered.parameters.clone(), results: lowered.results.clone() };
        if let Some(executable) = disk::load(backend, &lowered, &signature) {
            stats::COUNTERS.disk_hits.fetch_add(1, Ordering::Relaxed);
            return Ok(executable);
        }
        let _span = tracing::debug_span!("compile", program = self.id, nodes = self.program.graph.len()).entered();
        stats::COUNTERS.compiles.fetch_add(1, Ordering::Relaxed);
        let executable = backend.compile(&lowered.encode(), &signature)?;
        // Compiling may have made objects in the plugin that are destroyed before earlier guards run.
        exit::guard();
        disk::store(backend, &lowered, &*executable);
        Ok(executable)
    }
}

/// Verifies and lowers a program, as it is compiled.
pub(crate) fn lower(program: &Program) -> Result<Lowered> {
    program.verify()?;
    Ok(hloom_hlo::lower(program, &options(program))?)
}

/// Large results get places: parameters whose memory they take.
fn options(program: &Program) -> Options {
    let results = program.result_types().into_iter().enumerate();
    let large = results.filter(|(_, ty)| ty.size_bytes() >= pool::MIN_BYTES);
    Options { places: large.map(|(output, ty)| Place { output, ty }).collect(), ..Options::default() }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({}, {} nodes)", self.id, self.program.graph.len())
    }
}
