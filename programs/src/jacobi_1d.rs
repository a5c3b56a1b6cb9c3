//! Points of a line that approach the mean of their neighbours.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps.
pub const N_STEPS: i64 = 200;

/// The line after [`N_STEPS`] steps of the [method of Jacobi](https://en.wikipedia.org/wiki/Jacobi_method), in which every
/// point but the ends becomes the mean of itself and its two neighbours.
///
/// **Shapes**: `[n]` to `[n]`.
pub fn jacobi_1d(a: &NdArray) -> (NdArray,) {
    let step = |_: NdArray, mut a: NdArray| {
        let sum = a.get(s![..-2]) + a.get(s![1..-1]) + a.get(s![2..]);
        a.set(s![1..-1], sum / 3);
        a
    };
    (np::fori_loop(0, N_STEPS, a, step),)
}

/// `n` points.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n], 1)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [8_000, 80_000, 500_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (2.0 * 8.0 * n, N_STEPS as f64 * 3.0 * (n - 2.0))
}
