//! Integers between bounds, scaled and added.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// `clip(first, 2, 10) a + second b + c`.
///
/// **Shapes**: two arrays of one shape and three numbers. **Dtypes**: integers.
pub fn compute(first: &NdArray, second: &NdArray, a: &NdArray, b: &NdArray, c: &NdArray) -> (NdArray,) {
    (first.clip(2, 10) * a + second * b + c,)
}

/// Square matrices with a side of `n`.
pub fn inputs(n: usize) -> [NdArray; 5] {
    let matrix = |seed| (noise([n, n], seed) * 1000).astype(int64);
    [matrix(1), matrix(2), np::array(4i64), np::array(3i64), np::array(9i64)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [700, 1_500, 3_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (3.0 * 8.0 * n * n, 6.0 * n * n)
}
