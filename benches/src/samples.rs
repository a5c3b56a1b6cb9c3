//! Values that benchmarks measure themselves. Knows nothing of what is measured.

use std::time::Instant;

use anyhow::{Context, Result};
use hloom_bench::statistics::median;

/// A function that measures: what [`hloom_bench::Benchmark::sampler`] takes.
pub(crate) type Sample = Box<dyn FnMut() -> Result<f64>>;

/// The median time of several runs of something, in nanoseconds for each of its parts. What `prepare` makes is no part of
/// the time.
pub(crate) fn median_of<T: 'static, U>(
    n_runs: usize,
    n_parts: usize,
    mut prepare: impl FnMut() -> T + 'static,
    mut run: impl FnMut(T) -> Result<U> + 'static,
) -> Sample {
    Box::new(move || {
        let mut times = Vec::with_capacity(n_runs);
        for _ in 0..n_runs {
            let prepared = prepare();
            let start = Instant::now();
            let result = run(prepared)?;
            times.push(start.elapsed().as_secs_f64() * 1e9 / n_parts.max(1) as f64);
            drop(result);
        }
        median(&times).context("nothing was measured")
    })
}
