//! Heat that spreads in a cube.

use hloom as np;
use hloom::prelude::*;

/// The steps of time.
pub const N_STEPS: i64 = 40;

/// The heat after [`N_STEPS`] steps in which every point but those at the border approaches its six neighbours.
///
/// **Shapes**: `[n, n, n]` to `[n, n, n]`.
pub fn heat_3d(a: &NdArray) -> (NdArray,) {
    let step = |_: NdArray, mut a: NdArray| {
        let inner = a.get(s![1..-1, 1..-1, 1..-1]);
        let along = |before: NdArray, after: NdArray| 0.125 * (after - 2.0 * &inner + before);
        let change = along(a.get(s![..-2, 1..-1, 1..-1]), a.get(s![2.., 1..-1, 1..-1]))
            + along(a.get(s![1..-1, ..-2, 1..-1]), a.get(s![1..-1, 2.., 1..-1]))
            + along(a.get(s![1..-1, 1..-1, ..-2]), a.get(s![1..-1, 1..-1, 2..]));
        a.set(s![1..-1, 1..-1, 1..-1], inner + change);
        a
    };
    (np::fori_loop(0, N_STEPS, a, step),)
}

/// A cube with a side of `n`, warmer from corner to corner.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [np::fromfunction(|[i, j, k]| (i + j - k + n) * 10 / n, [n, n, n])]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [32, 56, 96];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (inner, n) = ((n - 2) as f64, n as f64);
    (2.0 * 8.0 * n.powi(3), N_STEPS as f64 * 15.0 * inner.powi(3))
}
