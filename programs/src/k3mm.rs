//! Three products of matrices.

use hloom::prelude::*;

use crate::inputs::noise;

/// `(ab)(cd)`.
///
/// **Shapes**: `[m, k]`, `[k, l]`, `[l, o]` and `[o, n]`, to `[m, n]`.
pub fn k3mm(a: &NdArray, b: &NdArray, c: &NdArray, d: &NdArray) -> (NdArray,) {
    (a.matmul(b).matmul(c.matmul(d)),)
}

/// Matrices of `n` rows, and of ten columns more than rows each.
pub fn inputs(n: usize) -> [NdArray; 4] {
    let matrix = |rows: usize, seed| noise([rows, rows + 10], seed) - 0.5;
    [matrix(n, 1), matrix(n + 10, 2), matrix(n + 20, 3), matrix(n + 30, 4)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [300, 800, 1_800];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let [m, k, l, o, n] = [n, n + 10, n + 20, n + 30, n + 40].map(|n| n as f64);
    (8.0 * (m * k + k * l + l * o + o * n + m * n), 2.0 * (m * k * l + l * o * n + m * l * n))
}
