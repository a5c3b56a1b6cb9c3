//! Two products of matrices, one after the other.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// `(α ab)c + β d`.
///
/// **Shapes**: two numbers, `[m, k]`, `[k, l]`, `[l, n]` and `[m, n]`, to `[m, n]`.
pub fn k2mm(alpha: &NdArray, beta: &NdArray, a: &NdArray, b: &NdArray, c: &NdArray, d: &NdArray) -> (NdArray,) {
    ((alpha * a.matmul(b)).matmul(c) + beta * d,)
}

/// Matrices of `n` by `n + 10`, `n + 10` by `n + 20`, `n + 20` by `n + 30`, and `n` by `n + 30`.
pub fn inputs(n: usize) -> [NdArray; 6] {
    let matrix = |rows: usize, columns: usize, seed| noise([rows, columns], seed) - 0.5;
    [
        np::array(1.5),
        np::array(1.2),
        matrix(n, n + 10, 1),
        matrix(n + 10, n + 20, 2),
        matrix(n + 20, n + 30, 3),
        matrix(n, n + 30, 4),
    ]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [300, 800, 2_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let [m, k, l, n] = [n, n + 10, n + 20, n + 30].map(|n| n as f64);
    (8.0 * (m * k + k * l + l * n + 2.0 * m * n), 2.0 * m * l * (k + n) + m * l + 2.0 * m * n)
}
