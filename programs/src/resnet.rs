//! A block of a residual network: three convolutions, and the input added to their result.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The block with a narrow middle of [residual networks](https://arxiv.org/abs/1512.03385): every point by itself to fewer
/// channels, each with its neighbours, and by itself back to all channels, each followed by a norm over the batch.
///
/// **Shapes**: pictures `[n, h, w, channels]`, and weights `[channels, few]`, `[3, 3, few, few]` and `[few, channels]`, to
/// that of the pictures. **Dtypes**: float32.
pub fn resnet(x: &NdArray, w_1: &NdArray, w_2: &NdArray, w_3: &NdArray) -> (NdArray,) {
    let relu = |x: NdArray| np::maximum(x, 0);
    let y = relu(normed(x.matmul(w_1)));
    let y = relu(normed(with_neighbours(&y, w_2)));
    (relu(normed(y.matmul(w_3)) + x),)
}

/// Each channel with a mean of 0 and a variance of 1.
fn normed(x: NdArray) -> NdArray {
    (&x - x.mean((0, 1, 2))) / (x.var((0, 1, 2)) + 1e-5).sqrt()
}

/// The convolution with kernels of 3 by 3, beyond the border with zeros.
fn with_neighbours(x: &NdArray, kernels: &NdArray) -> NdArray {
    let (height, width) = (x.shape()[1], x.shape()[2]);
    let padded = np::pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], ..);
    let places = (0..3).flat_map(|row| (0..3).map(move |column| (row, column)));
    let products = places.map(|(row, column)| {
        padded.get(s![.., row..row + height, column..column + width]).matmul(kernels.get((row, column)))
    });
    products.fold(np::zeros_like(x), |sum, product| sum + product)
}

/// Four pictures with a side of `n` and 64 channels, and 16 channels within.
pub fn inputs(n: usize) -> [NdArray; 4] {
    let weights = |x: NdArray| x.astype(float32) - 0.5;
    [
        noise([4, n, n, 64], 1).astype(float32),
        weights(noise([64, 16], 2)),
        weights(noise([3, 3, 16, 16], 3)),
        weights(noise([16, 64], 4)),
    ]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [20, 80, 200];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let places = 4.0 * (n * n) as f64;
    let weights = (64 * 16 + 3 * 3 * 16 * 16 + 16 * 64) as f64;
    (4.0 * (2.0 * places * 64.0 + weights), places * (2.0 * weights + 8.0 * 96.0))
}
