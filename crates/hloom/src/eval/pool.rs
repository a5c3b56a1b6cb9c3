//! Device memory of arrays that are gone, kept for later results.
//!
//! Fresh pages cost more than most arithmetic, so a large result is written into memory that an
//! earlier array of the same size left behind. The pool is bounded; what does not fit is freed.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hloom_backend::{Backend, Buffer};
use parking_lot::Mutex;

use super::stats;

/// Results from this size on are placed in recycled memory. Below it, allocators reuse pages
/// themselves, and an extra argument would cost more than it saves.
pub(super) const MIN_BYTES: usize = 1 << 20;

/// The most memory kept. Enough for the few arrays that a loop over large data alternates between.
const MAX_BYTES: usize = 1 << 30;

/// The memory that is kept.
pub(super) struct Pool(Mutex<Kept>);

/// The oldest first.
#[derive(Default)]
struct Kept {
    free: VecDeque<Arc<dyn Buffer>>,
    bytes: usize,
}

impl Pool {
    pub(super) const fn new() -> Pool {
        Pool(Mutex::new(Kept { free: VecDeque::new(), bytes: 0 }))
    }

    /// Keeps a buffer whose value is gone, if its memory is worth it and nobody else holds it. What was kept
    /// longest makes room for it.
    pub(super) fn recycle(&self, buffer: Arc<dyn Buffer>) {
        let bytes = buffer.ty().size_bytes();
        if !(MIN_BYTES..=MAX_BYTES).contains(&bytes) || Arc::strong_count(&buffer) > 1 || !buffer.is_recyclable() {
            return;
        }
        let mut evicted = Vec::new();
        let mut pool = self.0.lock();
        while pool.bytes + bytes > MAX_BYTES {
            let Some(oldest) = pool.free.pop_front() else { break };
            pool.bytes -= oldest.ty().size_bytes();
            evicted.push(oldest);
        }
        pool.bytes += bytes;
        pool.free.push_back(buffer);
        drop(pool);
        drop(evicted);
    }

    /// Memory of exactly this size on the backend's device, if there is any; the latest, which is likeliest to be in the processor's
    /// caches.
    pub(super) fn take(&self, backend: &dyn Backend, bytes: usize) -> Option<Arc<dyn Buffer>> {
        let mut pool = self.0.lock();
        let fits = |buffer: &Arc<dyn Buffer>| buffer.ty().size_bytes() == bytes && backend.owns(&**buffer);
        let position = pool.free.iter().rposition(fits)?;
        let buffer = pool.free.remove(position)?;
        pool.bytes -= bytes;
        stats::COUNTERS.recycled.fetch_add(1, Ordering::Relaxed);
        Some(buffer)
    }

    /// Frees everything that is kept.
    pub(super) fn clear(&self) {
        let freed = std::mem::take(&mut *self.0.lock());
        drop(freed);
    }
}
