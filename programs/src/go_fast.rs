//! A number that is made of a matrix's diagonal, added to the matrix.

use hloom::prelude::*;

use crate::inputs::noise;

/// `a` and the sum of the hyperbolic tangents of its diagonal.
///
/// **Shapes**: `[n, n]` to `[n, n]`.
pub fn go_fast(a: &NdArray) -> (NdArray,) {
    (a + a.diagonal(..).tanh().sum(..),)
}

/// A matrix with a side of `n`.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n, n], 1)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [1_500, 3_000, 5_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (2.0 * 8.0 * n * n, n * n + 2.0 * n)
}
