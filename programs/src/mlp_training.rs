//! The training of a neural network of two layers.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps, and how far each goes down the slope.
pub const N_STEPS: usize = 10;
const RATE: f64 = 0.1;

/// The layers' sizes.
const N_INPUTS: usize = 80;
const N_HIDDEN: usize = 100;
const N_OUTPUTS: usize = 10;

/// Weights and biases after [`N_STEPS`] steps of [gradient descent](https://en.wikipedia.org/wiki/Gradient_descent), and the
/// mean squared error before each. The slopes are those of
/// [backpropagation](https://en.wikipedia.org/wiki/Backpropagation), written out.
///
/// **Shapes**: inputs `[n, inputs]`, what they should give `[n, outputs]`, and weights and biases of both layers, to the
/// latter four and `[steps]`. **Dtypes**: float32.
pub fn mlp_training(
    x: &NdArray,
    y: &NdArray,
    w_1: &NdArray,
    b_1: &NdArray,
    w_2: &NdArray,
    b_2: &NdArray,
) -> (NdArray, NdArray, NdArray, NdArray, NdArray) {
    let step = |(w_1, b_1, w_2, b_2): (NdArray, NdArray, NdArray, NdArray), _: NdArray| {
        let hidden = (x.matmul(&w_1) + &b_1).tanh();
        let error = hidden.matmul(&w_2) + &b_2 - y;
        let loss = error.square().mean(..);
        let slope = 2 * error / y.size() as f64;
        let hidden_slope = slope.matmul(w_2.t()) * (1 - hidden.square());
        let first = (w_1 - RATE * x.t().matmul(&hidden_slope), b_1 - RATE * hidden_slope.sum(0));
        let second = (w_2 - RATE * hidden.t().matmul(&slope), b_2 - RATE * slope.sum(0));
        ((first.0, first.1, second.0, second.1), loss)
    };
    let ((w_1, b_1, w_2, b_2), losses) = np::scan(step, (w_1, b_1, w_2, b_2), np::arange(N_STEPS));
    (w_1, b_1, w_2, b_2, losses)
}

/// `n` rows of inputs and outputs.
pub fn inputs(n: usize) -> [NdArray; 6] {
    let weights = |shape: [usize; 2], seed| (noise(shape, seed).astype(float32) - 0.5) * 0.2;
    [
        noise([n, N_INPUTS], 1).astype(float32),
        noise([n, N_OUTPUTS], 2).astype(float32),
        weights([N_INPUTS, N_HIDDEN], 3),
        np::zeros(N_HIDDEN).astype(float32),
        weights([N_HIDDEN, N_OUTPUTS], 4),
        np::zeros(N_OUTPUTS).astype(float32),
    ]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [500, 5_000, 40_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (x, y) = (N_INPUTS as f64, N_OUTPUTS as f64);
    let (n, hidden, n_steps) = (n as f64, N_HIDDEN as f64, N_STEPS as f64);
    let weights = x * hidden + hidden * y;
    let bytes = 4.0 * (n * (x + y) + 2.0 * (weights + hidden + y) + n_steps);
    // Forwards, and the slopes of the weights; those of the inputs are not needed.
    (bytes, n_steps * n * (4.0 * weights + 2.0 * hidden * y + 7.0 * hidden + 7.0 * y))
}
