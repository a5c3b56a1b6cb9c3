//! A sparse matrix times a vector.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The product of a matrix of [compressed rows](https://en.wikipedia.org/wiki/Sparse_matrix#Compressed_sparse_row_(CSR,_CRS_or_Yale_format))
/// and a vector.
///
/// **Shapes**: where rows start `[rows + 1]`, columns and values `[entries]`, the vector `[columns]`, to `[rows]`.
pub fn spmv(starts: &NdArray, columns: &NdArray, values: &NdArray, x: &NdArray) -> (NdArray,) {
    let rows = starts.searchsorted(np::arange(values.size()), np::side("right")) - 1;
    let mut y = np::zeros(starts.size() - 1);
    y.add_at(rows, values * x.take(columns, ..));
    (y,)
}

/// `n` rows and columns, of up to five entries a row.
pub fn inputs(n: usize) -> [NdArray; 4] {
    let counts = np::arange(n) % 6;
    let starts = np::concatenate(([0i64], counts.cumsum(..)), 0);
    let n_entries = (0..n).map(|row| row % 6).sum();
    [starts, (noise([n_entries], 1) * n).astype(int64), noise([n_entries], 2) - 0.5, noise([n], 3)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160_000, 900_000, 3_000_000];

/// The bytes of inputs and results, and the operations. A row has two and a half entries in the mean.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (8.0 * (3.0 * n + 2.0 * 2.5 * n), 2.0 * 2.5 * n)
}
