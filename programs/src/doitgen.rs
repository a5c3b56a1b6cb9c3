//! A matrix that is applied to each vector of a cube.

use hloom::prelude::*;

use crate::inputs::noise;

/// The vectors along the last axis, each times the matrix: a kernel of multiresolution analysis.
///
/// **Shapes**: `[r, q, p]` and `[p, p]` to `[r, q, p]`.
pub fn doitgen(a: &NdArray, c: &NdArray) -> (NdArray,) {
    (a.matmul(c),)
}

/// A cube of `n` by `n + 10` by `n + 20`.
pub fn inputs(n: usize) -> [NdArray; 2] {
    [noise([n, n + 10, n + 20], 1) - 0.5, noise([n + 20, n + 20], 2) - 0.5]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [80, 160, 240];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let [r, q, p] = [n, n + 10, n + 20].map(|n| n as f64);
    (8.0 * (2.0 * r * q * p + p * p), 2.0 * r * q * p * p)
}
