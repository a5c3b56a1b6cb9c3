//! Azimuthal integration: what a detector measured, averaged over rings around its centre.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The rings.
pub const N_BINS: i64 = 100;

/// The mean of the data in each of [`N_BINS`] rings of equal width, by two histograms.
///
/// **Shapes**: data and their radii `[n]`, to `[bins]`.
pub fn azimint(data: &NdArray, radius: &NdArray) -> (NdArray,) {
    let (counts, _) = np::histogram(radius, N_BINS);
    let (sums, _) = np::histogram(radius, np::bins(N_BINS).weights(data));
    (sums / counts,)
}

/// `n` measurements.
pub fn inputs(n: usize) -> [NdArray; 2] {
    [noise([n], 1), noise([n], 2) * 10]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160_000, 1_000_000, 7_000_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * (2.0 * n + N_BINS as f64), 5.0 * n)
}
