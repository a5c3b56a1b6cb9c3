//! A product of matrices, scaled, and added to another matrix, scaled.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// `α ab + β c`, as [BLAS](https://en.wikipedia.org/wiki/Basic_Linear_Algebra_Subprograms#Level_3) has it.
///
/// **Shapes**: two numbers, `[m, k]`, `[k, n]` and `[m, n]`, to `[m, n]`.
pub fn gemm(alpha: &NdArray, beta: &NdArray, a: &NdArray, b: &NdArray, c: &NdArray) -> (NdArray,) {
    (alpha * a.matmul(b) + beta * c,)
}

/// Matrices of `n` by `n + 10`, `n + 10` by `n + 20`, and `n` by `n + 20`.
pub fn inputs(n: usize) -> [NdArray; 5] {
    let matrix = |shape: [usize; 2], seed| noise(shape, seed) - 0.5;
    [np::array(1.5), np::array(1.2), matrix([n, n + 10], 1), matrix([n + 10, n + 20], 2), matrix([n, n + 20], 3)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [400, 1_000, 2_500];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (m, k, n) = (n as f64, (n + 10) as f64, (n + 20) as f64);
    (8.0 * (m * k + k * n + 2.0 * m * n), 2.0 * m * k * n + 3.0 * m * n)
}
