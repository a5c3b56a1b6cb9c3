//! Which numbers leave the plane's middle when they are squared again and again.

use hloom as np;
use hloom::prelude::*;

/// The steps after which a number counts as one that stays.
pub const N_STEPS: i64 = 60;

/// The step in which each number of the plane leaves the circle of radius 2, 0 for those that stay, and where those
/// that leave are then: the [Mandelbrot set](https://en.wikipedia.org/wiki/Mandelbrot_set).
///
/// **Shapes**: the axes `[w]` and `[h]`, to `[h, w]` twice.
pub fn mandelbrot(real: &NdArray, imaginary: &NdArray) -> (NdArray, NdArray) {
    let c = real + np::c64(0.0, 1.0) * imaginary.get((.., None));
    let state = (np::zeros_like(&c), np::zeros(c.shape()).astype(int64));
    let step = |step: NdArray, (z, mut left_after): (NdArray, NdArray)| {
        let inside = z.abs().lt(2);
        left_after.set(&inside, step);
        (np::where_(inside, z.square() + &c, z), left_after)
    };
    let (z, mut left_after): (NdArray, NdArray) = np::fori_loop(0, N_STEPS, state, step);
    left_after.set(left_after.eq(N_STEPS - 1), 0);
    let z = np::where_(left_after.gt(0), z, 0);
    (left_after, z)
}

/// A plane with sides of `n` points.
pub fn inputs(n: usize) -> [NdArray; 2] {
    [np::linspace(-2.25, 0.75, n), np::linspace(-1.25, 1.25, n)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [110, 320, 800];

/// The bytes of inputs and results, and the operations. A fifth of the plane never leaves, and takes all the steps.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * 2.0 * n + 24.0 * n * n, 0.2 * n * n * N_STEPS as f64 * 10.0)
}
