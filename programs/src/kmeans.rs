//! Centres of clusters, and which points belong to each.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The rounds.
pub const N_ROUNDS: i64 = 10;

const N_CENTRES: usize = 16;
const N_DIMS: usize = 16;

/// The centres after [`N_ROUNDS`] rounds of the
/// [standard algorithm](https://en.wikipedia.org/wiki/K-means_clustering#Standard_algorithm_(naive_k-means)), and the
/// centre that each point was nearest to in the last.
///
/// **Shapes**: points `[n, dims]` and centres `[k, dims]`, to the latter and `[n]`.
pub fn kmeans(points: &NdArray, centres: &NdArray) -> (NdArray, NdArray) {
    let none = np::zeros(points.shape()[0]).astype(int64);
    let step = |_: NdArray, (centres, _): (NdArray, NdArray)| {
        let label = (centres.square().sum(1) - 2 * points.matmul(centres.t())).argmin(1);
        let mut sums = np::zeros_like(&centres);
        sums.add_at(&label, points);
        let mut counts = np::zeros([N_CENTRES, 1]).astype(int64);
        counts.add_at(&label, 1);
        (np::where_(counts.gt(0), sums / np::maximum(&counts, 1), centres), label)
    };
    np::fori_loop(0, N_ROUNDS, (centres.clone(), none), step)
}

/// `n` points, the first of which are the centres.
pub fn inputs(n: usize) -> [NdArray; 2] {
    let points = noise([n, N_DIMS], 1);
    let centres = points.get(..N_CENTRES);
    [points, centres]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [2_000, 20_000, 160_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (n, dims, centres) = (n as f64, N_DIMS as f64, N_CENTRES as f64);
    (
        8.0 * (n * (dims + 1.0) + 2.0 * centres * dims),
        N_ROUNDS as f64 * n * (2.0 * dims * centres + centres + dims + 1.0),
    )
}
