//! Positive shares of each row that sum to 1.

use hloom::prelude::*;

use crate::inputs::noise;

/// The [softmax function](https://en.wikipedia.org/wiki/Softmax_function) along the last axis.
///
/// **Shapes**: `[…, n]` to `[…, n]`.
pub fn softmax(x: &NdArray) -> (NdArray,) {
    let x = (x - x.max(axis(-1).keepdims())).exp();
    (&x / x.sum(axis(-1).keepdims()),)
}

/// 32 squares with a side of `n`.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([4, 8, n, n], 1).astype(float32) * 8]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [100, 400, 800];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let elements = 32.0 * (n * n) as f64;
    (2.0 * 4.0 * elements, 5.0 * elements)
}
