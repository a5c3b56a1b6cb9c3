//! How the columns of a table hang together.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The coefficients of correlation of the columns; columns that hardly vary are not scaled.
///
/// **Shapes**: `[n, m]` to `[m, m]`.
pub fn correlation(data: &NdArray) -> (NdArray,) {
    let mut deviation = data.std(0);
    deviation.set(deviation.le(0.1), 1.0);
    let n_rows = data.shape()[0] as f64;
    let scaled = (data - data.mean(0)) / (n_rows.sqrt() * deviation);
    let mut coefficients = scaled.t().matmul(&scaled);
    coefficients.fill_diagonal(1);
    (coefficients,)
}

/// A table of `n` columns, one of them constant, and twice as many rows.
pub fn inputs(n: usize) -> [NdArray; 1] {
    let rising = np::arange(2 * n).get((.., None)) / n;
    let mut data = noise([2 * n, n], 1) + rising;
    data.set((.., 3), 1.5);
    [data]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [250, 800, 1_600];

/// The bytes of inputs and results, and the operations. Each pair of columns once.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * 3.0 * n * n, 2.0 * n * n * n + 12.0 * n * n)
}
