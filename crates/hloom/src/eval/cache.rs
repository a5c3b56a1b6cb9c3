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
use crate::{Error, Result};

/// The most programs kept.
const MAX_PROGRAMS: usize = 1024;

/// The most operations in all programs kept. A hundred of them take about a megabyte when compiled.
const MAX_NODES: usize = 1 << 16;

static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Cache {
    entries: HashMap<u64, SmallVec<[Arc<Entry>; 1]>>,
    n_entries: usize,
    n_nodes: usize,
    clock: u64,
}

/// A program of the cache: compiled, being compiled, or about to be.
pub(crate) struct Entry {
    key: Box<[u64]>,
    id: u64,
    last_use: AtomicU64,
    n_nodes: usize,
    /// Gone once it is compiled.
    program: Mutex<Option<Program>>,
    places: Vec<Place>,
    executable: OnceLock<Arc<dyn Executable>>,
}

/// The entry of a canonical key. `build` makes the program on a miss; what has to make room for it is
/// moved to `evicted`, to be dropped where that may take its time.
pub(crate) fn entry(key: &[u64], evicted: &mut Vec<Arc<Entry>>, build: impl FnOnce() -> Program) -> Arc<Entry> {
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
    if cache.n_entries >= MAX_PROGRAMS || cache.n_nodes >= MAX_NODES {
        cache.evict(evicted);
    }
    let entry = Arc::new(Entry::new(key, clock, build()));
    cache.n_entries += 1;
    cache.n_nodes += entry.n_nodes;
    cache.entries.entry(hash).or_default().push(entry.clone());
    entry
}

impl Cache {
    /// Takes out the eighth of the entries that were used longest ago, and at least one.
    fn evict(&mut self, evicted: &mut Vec<Arc<Entry>>) {
        let last_use = |entry: &Arc<Entry>| entry.last_use.load(Ordering::Relaxed);
        let mut uses: Vec<u64> = self.entries.values().flatten().map(last_use).collect();
        let n_evicted = uses.len() / 8;
        let (_, &mut bound, _) = uses.select_nth_unstable(n_evicted);
        for candidates in self.entries.values_mut() {
            evicted.extend(candidates.iter().filter(|entry| last_use(entry) <= bound).cloned());
            candidates.retain(|entry| last_use(entry) > bound);
        }
        self.entries.retain(|_, candidates| !candidates.is_empty());
        self.n_entries = self.entries.values().map(SmallVec::len).sum();
        self.n_nodes = self.entries.values().flatten().map(|entry| entry.n_nodes).sum();
    }
}

impl Entry {
    fn new(key: &[u64], id: u64, program: Program) -> Entry {
        Entry {
            key: key.into(),
            id,
            last_use: AtomicU64::new(id),
            n_nodes: program.graph.len(),
            places: options(&program).places,
            program: Mutex::new(Some(program)),
            executable: OnceLock::new(),
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

    /// Whether the program is compiled.
    pub(super) fn is_compiled(&self) -> bool {
        self.executable.get().is_some()
    }

    /// The compiled program; compiles it, or loads it from disk, if nobody did yet.
    pub(super) fn executable(&self, backend: &dyn Backend) -> Result<Arc<dyn Executable>> {
        if let Some(executable) = self.executable.get() {
            return Ok(executable.clone());
        }
        // Held while compiling: one thread compiles, the others wait for it.
        let mut program = self.program.lock();
        if let Some(executable) = self.executable.get() {
            return Ok(executable.clone());
        }
        let source = program.as_ref().ok_or_else(|| Error::internal("a program is neither there nor compiled"))?;
        let compiled = self.compile(source, backend)?;
        *program = None;
        Ok(self.executable.get_or_init(|| compiled).clone())
    }

    fn compile(&self, program: &Program, backend: &dyn Backend) -> Result<Arc<dyn Executable>> {
        let lowered = {
            let _span = tracing::debug_span!("lower", program = self.id, nodes = self.n_nodes).entered();
            lower(program)?
        };
        let signature = Signature { parameters: lowered.parameters.clone(), results: lowered.results.clone() };
        let place = disk::place(backend, &lowered);
        if let Some(executable) = place.as_ref().and_then(|place| disk::load(backend, place, &signature)) {
            stats::COUNTERS.disk_hits.fetch_add(1, Ordering::Relaxed);
            exit::guard();
            return Ok(executable);
        }
        let _span = tracing::debug_span!("compile", program = self.id, nodes = self.n_nodes).entered();
        stats::COUNTERS.compiles.fetch_add(1, Ordering::Relaxed);
        let executable = backend.compile(&lowered.encode(), &signature)?;
        // Compiling may have made objects in the plugin that are destroyed before earlier guards run.
        exit::guard();
        if let Some(place) = place {
            disk::store(&place, &*executable);
        }
        Ok(executable)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let _inside = exit::enter();
        drop(self.executable.take());
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
        write!(f, "Entry({}, {} nodes)", self.id, self.n_nodes)
    }
}
