//! How the columns of a table vary together.

use hloom::prelude::*;

use crate::inputs::noise;

/// The [covariances](https://en.wikipedia.org/wiki/Sample_mean_and_covariance) of the columns.
///
/// **Shapes**: `[n, m]` to `[m, m]`.
pub fn covariance(data: &NdArray) -> (NdArray,) {
    let n_rows = data.shape()[0] as f64;
    let centred = data - data.mean(0);
    (centred.t().matmul(&centred) / (n_rows - 1.0),)
}

/// A table of `n` columns and twice as many rows.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([2 * n, n], 1)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [250, 800, 1_800];

/// The bytes of inputs and results, and the operations. Each pair of columns once.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * 3.0 * n * n, 2.0 * n * n * n + 5.0 * n * n)
}
