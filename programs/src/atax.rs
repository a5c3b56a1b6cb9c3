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
