//! The two products of a step of the biconjugate gradient method.

use hloom::prelude::*;

use crate::inputs::noise;

/// `aᵀr` and `ap`, as the [method](https://en.wikipedia.org/wiki/Biconjugate_gradient_method) needs them.
///
/// **Shapes**: `[m, n]`, `[n]` and `[m]` to `[n]` and `[m]`.
pub fn bicg(a: &NdArray, p: &NdArray, r: &NdArray) -> (NdArray, NdArray) {
    (r.matmul(a), a.matmul(p))
}

/// A matrix of `n + 20` rows and `n` columns, and vectors for both sides.
pub fn inputs(n: usize) -> [NdArray; 3] {
    [noise([n + 20, n], 1) - 0.5, noise([n], 2) - 0.5, noise([n + 20], 3) - 0.5]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [2_000, 4_000, 6_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (m, n) = ((n + 20) as f64, n as f64);
    (8.0 * (m * n + 2.0 * m + 2.0 * n), 4.0 * m * n)
}
