//! Device memory of arrays that are gone, kept as the place of later results.
//!
//! Fresh pages cost more than most arithmetic, so a large result is written into memory that an
//! earlier array of the same size left behind. The pool is bounded; what does not fit is freed.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, LazyLock};

use hloom_backend::Buffer;
use parking_lot::Mutex;

use super::stats;

/// Results from this size on are placed in recycled memory. Below it, allocators reuse pages
/// themselves, and an extra argument would cost more than it saves.
pub(super) const MIN_BYTES: usize = 1 << 20;

/// The most memory kept. Enough for the few arrays that a loop over large data alternates between.
const MAX_BYTES: usize = 1 << 30;

#[derive(Default)]
struct Pool {
    free: HashMap<usize, Vec<Arc<dyn Buffer>>>,
    bytes: usize,
}

static POOL: LazyLock<Mutex<Pool>> = LazyLock::new(Mutex::default);

/// Keeps a buffer whose value is gone, if its memory is worth it and nobody else holds it.
pub(super) fn recycle(buffer: Arc<dyn Buffer>) {
    let bytes = buffer.ty().size_bytes();
    if bytes < MIN_BYTES || Arc::strong_count(&buffer) > 1 || !buffer.is_recyclable() {
        return;
    }
    let mut pool = POOL.lock();
    if pool.bytes + bytes <= MAX_BYTES {
        pool.bytes += bytes;
        pool.free.entry(bytes).or_default().push(buffer);
    }
}

/// Memory of exactly this size, if there is any.
pub(super) fn take(bytes: usize) -> Option<Arc<dyn Buffer>> {
    let mut pool = POOL.lock();
    let buffer = pool.free.get_mut(&bytes)?.pop()?;
    pool.bytes -= bytes;
    stats::COUNTERS.recycled.fetch_add(1, Ordering::Relaxed);
    Some(buffer)
}

/// Frees everything that is kept.
pub(super) fn clear() {
    let freed = std::mem::take(&mut *POOL.lock());
    drop(freed);
}
