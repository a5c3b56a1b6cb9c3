//! What the machine can do: bytes a second from and to memory, and arithmetic a second in matrix products. Knows nothing of
//! benchmarks.

use std::time::Instant;

use anyhow::Result;
use hloom as np;
use hloom::DType;

use crate::record::Roofline;

/// Float64 elements of each of the three arrays that all threads have together: 384 MiB in all, beyond any cache.
const TRIAD: usize = 1 << 24;

/// How often the arrays are gone through.
const PASSES: usize = 5;

/// The sides of the matrices: the peak is reached at one of them.
const SIDES: [usize; 2] = [1024, 2048];

/// Measures. The triad is that of the [STREAM benchmark](https://www.cs.virginia.edu/stream/), which counts two reads and a
/// write; a cache that reads a line before it is written moves a third more.
pub(super) fn measure() -> Result<Roofline> {
    Ok(Roofline { bytes_per_second: bandwidth(), flops_f32: product(DType::F32)?, flops_f64: product(DType::F64)? })
}

fn bandwidth() -> f64 {
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = TRIAD / n_threads;
    let barrier = std::sync::Barrier::new(n_threads + 1);
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                let (mut a, b, c) = (vec![0.0f64; share], vec![1.0; share], vec![2.0; share]);
                triad(&mut a, &b, &c);
                for _ in 0..PASSES {
                    barrier.wait();
                    triad(&mut a, &b, &c);
                    barrier.wait();
                }
            });
        }
        let bytes = (3 * 8 * share * n_threads) as f64;
        let rates = (0..PASSES).map(|_| {
            barrier.wait();
            let start = Instant::now();
            barrier.wait();
            bytes / start.elapsed().as_secs_f64()
        });
        rates.fold(0.0, f64::max)
    })
}

fn triad(a: &mut [f64], b: &[f64], c: &[f64]) {
    for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
        *a = b + 3.0 * c;
    }
    std::hint::black_box(a);
}

fn product(dtype: DType) -> Result<f64> {
    let mut most = 0.0f64;
    for side in SIDES {
        let x = np::linspace(-1.0, 1.0, side * side).astype(dtype).reshape((side, side));
        x.wait()?;
        for _ in 0..PASSES {
            let start = Instant::now();
            x.matmul(&x).wait()?;
            most = most.max(2.0 * (side as f64).powi(3) / start.elapsed().as_secs_f64());
        }
    }
    Ok(most)
}
