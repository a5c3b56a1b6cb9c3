//! A neural network of three layers.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The shares that the network gives to each class.
///
/// **Shapes**: `[n, inputs]`, and weights and biases of each layer, to `[n, classes]`.
pub fn mlp(
    x: &NdArray,
    w_1: &NdArray,
    b_1: &NdArray,
    w_2: &NdArray,
    b_2: &NdArray,
    w_3: &NdArray,
    b_3: &NdArray,
) -> (NdArray,) {
    let relu = |x: NdArray| np::maximum(x, 0);
    let x = relu(x.matmul(w_1) + b_1);
    let x = relu(x.matmul(w_2) + b_2);
    (softmax(x.matmul(w_3) + b_3),)
}

/// Positive shares of each row that sum to 1.
fn softmax(x: NdArray) -> NdArray {
    let x = (&x - x.max(axis(-1).keepdims())).exp();
    &x / x.sum(axis(-1).keepdims())
}

/// `n` rows of 80 numbers, and layers of 100, 60 and 10.
pub fn inputs(n: usize) -> [NdArray; 7] {
    let weights = |shape: [usize; 2], seed| noise(shape, seed).astype(float32) - 0.5;
    let bias = |n, seed| noise([n], seed).astype(float32);
    [
        noise([n, 80], 1).astype(float32),
        weights([80, 100], 2),
        bias(100, 3),
        weights([100, 60], 4),
        bias(60, 5),
        weights([60, 10], 6),
        bias(10, 7),
    ]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [1_000, 16_000, 160_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    let weights = (80 * 100 + 100 * 60 + 60 * 10) as f64;
    (4.0 * (90.0 * n + weights + 170.0), n * (2.0 * weights + 380.0))
}
