//! What a pending operation takes in memory. Knows nothing of how memory is counted.

use std::sync::Barrier;

use hloom::NdArray;

/// Threads that record at once. The library bounds what each has pending; so many fill tables of a power
/// of two almost to the brim, where their spare room counts least.
const THREADS: usize = 16;

/// Operations that each thread records: fewer than the number at which the library starts to compute them.
const PENDING: usize = 62;

/// The bytes that the heap grows by for one recorded addition, with the user's handle on its result.
/// `allocated` says how many bytes are allocated.
pub fn bytes_per_pending_node(allocated: impl Fn() -> usize) -> f64 {
    let (x, y) = (NdArray::from([1.0f32, 2.0, 3.0, 4.0]), NdArray::from([0.5f32; 4]));
    let barrier = Barrier::new(THREADS + 1);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                // What a thread's first operation sets up once is not a cost of a node.
                drop(&x + &y);
                barrier.wait();
                barrier.wait();
                let mut handles: Vec<NdArray> = Vec::with_capacity(PENDING);
                handles.extend((0..PENDING).map(|_| &x + &y));
                barrier.wait();
                barrier.wait();
            });
        }
        barrier.wait();
        let before = allocated();
        barrier.wait();
        barrier.wait();
        let after = allocated();
        barrier.wait();
        after.saturating_sub(before) as f64 / (THREADS * PENDING) as f64
    })
}
