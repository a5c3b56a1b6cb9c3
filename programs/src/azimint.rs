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
