//! Attention of a neural network: values, weighted by how well keys suit queries.

use hloom::prelude::*;

use crate::inputs::noise;

/// The numbers of heads and of each vector.
const N_HEADS: usize = 8;
const N_DIMS: usize = 64;

/// The [scaled products' attention](https://arxiv.org/abs/1706.03762) of each head.
///
/// **Shapes**: queries, keys and values `[heads, n, dims]`, to that. **Dtypes**: float32.
pub fn attention(query: &NdArray, key: &NdArray, value: &NdArray) -> (NdArray,) {
    let scores = query.matmul(key.mt()) / (N_DIMS as f64).sqrt();
    let weights = (&scores - scores.max(axis(-1).keepdims())).exp();
    ((&weights / weights.sum(axis(-1).keepdims())).matmul(value),)
}

/// `n` vectors in each of eight heads.
pub fn inputs(n: usize) -> [NdArray; 3] {
    let vectors = |seed| (noise([N_HEADS, n, N_DIMS], seed) - 0.5).astype(float32) * 2;
    [vectors(1), vectors(2), vectors(3)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160, 600, 1_300];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (heads, dims, n) = (N_HEADS as f64, N_DIMS as f64, n as f64);
    (4.0 * 4.0 * heads * n * dims, heads * n * n * (4.0 * dims + 6.0))
}
