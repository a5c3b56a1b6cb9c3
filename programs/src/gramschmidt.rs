//! Orthogonal columns, one after another.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The factors of `a` with orthogonal columns and above the diagonal, by the
/// [modified process of Gram and Schmidt](https://en.wikipedia.org/wiki/Gram%E2%80%93Schmidt_process#Numerical_stability).
///
/// **Shapes**: `[m, n]` to `[m, n]` and `[n, n]`.
pub fn gramschmidt(a: &NdArray) -> (NdArray, NdArray) {
    let n = a.shape()[1];
    let columns = np::arange(n);
    let state = (a.clone(), np::zeros_like(a), np::zeros((n, n)));
    let step = |k: NdArray, (a, mut q, mut r): (NdArray, NdArray, NdArray)| {
        let column = a.get(s![.., &k]);
        let length = np::dot(&column, &column).sqrt();
        let unit = column / &length;
        // The columns that are done stay, those that follow lose what they have of this one.
        let shares = np::where_(columns.gt(&k), unit.matmul(&a), 0);
        let a = a - np::outer(&unit, &shares);
        q.set(s![.., &k], unit);
        r.set(s![&k], shares);
        r.set(s![&k, &k], length);
        (a, q, r)
    };
    let (_, q, r): (NdArray, NdArray, NdArray) = np::fori_loop(0, n as i64, state, step);
    (q, r)
}

/// A matrix of `n + 20` rows and `n` columns.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n + 20, n], 1) - 0.5]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160, 320, 500];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (m, n) = ((n + 20) as f64, n as f64);
    (8.0 * (2.0 * m * n + n * n), 2.0 * m * n * n)
}
