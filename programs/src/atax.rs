//! A matrix and its transpose, times a vector.

use hloom::prelude::*;

use crate::inputs::noise;

/// `aᵀ(ax)`.
///
/// **Shapes**: `[m, n]` and `[n]` to `[n]`.
pub fn atax(a: &NdArray, x: &NdArray) -> (NdArray,) {
    (a.t().matmul(a.matmul(x)),)
}

/// A matrix of `n + 20` rows and `n` columns, and a vector.
pub fn inputs(n: usize) -> [NdArray; 2] {
    [noise([n + 20, n], 1) - 0.5, noise([n], 2) - 0.5]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [2_000, 4_000, 6_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (m, n) = ((n + 20) as f64, n as f64);
    (8.0 * (m * n + 2.0 * n), 4.0 * m * n)
}
