//! Points of a plane that approach the mean of their neighbours.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps.
pub const N_STEPS: i64 = 50;

/// The plane after [`N_STEPS`] steps of the [method of Jacobi](https://en.wikipedia.org/wiki/Jacobi_method), in which every
/// point but those at the border becomes the mean of itself and its four neighbours.
///
/// **Shapes**: `[n, n]` to `[n, n]`.
pub fn jacobi_2d(a: &NdArray) -> (NdArray,) {
    let step = |_: NdArray, mut a: NdArray| {
        let sum = a.get(s![1..-1, 1..-1])
            + a.get(s![1..-1, ..-2])
            + a.get(s![1..-1, 2..])
            + a.get(s![2.., 1..-1])
            + a.get(s![..-2, 1..-1]);
        a.set(s![1..-1, 1..-1], 0.2 * sum);
        a
    };
    (np::fori_loop(0, N_STEPS, a, step),)
}

/// A plane with a side of `n`.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n, n], 1)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [120, 450, 1_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (inner, n) = ((n - 2) as f64, n as f64);
    (2.0 * 8.0 * n * n, N_STEPS as f64 * 5.0 * inner * inner)
}
