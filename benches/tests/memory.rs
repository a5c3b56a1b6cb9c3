//! What a pending operation takes is read while it is pending. A process of its own: what is pending is counted for all
//! threads, those of other tests too.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicUsize, Ordering};

use hloom_benches::memory::bytes_per_pending_node;

#[test]
fn the_nodes_are_pending_between_the_readings() {
    let readings = AtomicUsize::new(0);
    let bytes = bytes_per_pending_node(|| {
        let pending = usize::try_from(hloom::stats().pending).unwrap();
        readings.fetch_add(1, Ordering::Relaxed);
        pending * 100
    });
    assert_eq!(readings.load(Ordering::Relaxed), 2);
    assert_eq!(bytes, 100.0);
}
