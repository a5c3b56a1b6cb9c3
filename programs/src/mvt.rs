//! A matrix and its transpose, each times a vector.

use hloom::prelude::*;

use crate::inputs::noise;

/// `x₁ + ay₁` and `x₂ + aᵀy₂`.
///
/// **Shapes**: `[n, n]` and four of `[n]`, to two of `[n]`.
pub fn mvt(a: &NdArray, x_1: &NdArray, x_2: &NdArray, y_1: &NdArray, y_2: &NdArray) -> (NdArray, NdArray) {
    (x_1 + a.matmul(y_1), x_2 + a.t().matmul(y_2))
}

/// A matrix with a side of `n`, and vectors.
pub fn inputs(n: usize) -> [NdArray; 5] {
    let vector = |seed| noise([n], seed) - 0.5;
    [noise([n, n], 1) - 0.5, vector(2), vector(3), vector(4), vector(5)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [2_000, 4_000, 6_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * (n * n + 6.0 * n), 4.0 * n * n + 2.0 * n)
}
