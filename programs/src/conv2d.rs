//! The convolution of pictures with kernels that a neural network learned, and a bias.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// Every kernel at every place of every picture: what a kernel sees at a place is a row of one matrix, so that all of them are
/// one product.
///
/// **Shapes**: pictures `[n, h, w, channels]`, kernels `[i, j, channels, results]` and `[results]`, to
/// `[n, h - i + 1, w - j + 1, results]`.
pub fn conv2d(images: &NdArray, kernels: &NdArray, bias: &NdArray) -> (NdArray,) {
    let (images_shape, kernels_shape) = (images.shape(), kernels.shape());
    let (n_rows, n_columns) = (kernels_shape[0], kernels_shape[1]);
    let (height, width) = (images_shape[1] - n_rows + 1, images_shape[2] - n_columns + 1);
    let places = (0..n_rows).flat_map(|row| (0..n_columns).map(move |column| (row, column)));
    let windows: Vec<NdArray> =
        places.map(|(row, column)| images.get(s![.., row..row + height, column..column + width])).collect();
    let seen = np::concatenate(&windows, -1);
    (np::tensordot(seen, kernels.reshape((-1, kernels_shape[3])), 1) + bias,)
}

/// Four pictures with a side of `n` and three channels, and eight kernels of 5 by 5.
pub fn inputs(n: usize) -> [NdArray; 3] {
    let kernels = noise([5, 5, 3, 8], 2).astype(float32) - 0.5;
    [noise([4, n, n, 3], 1).astype(float32), kernels, noise([8], 3).astype(float32)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [80, 220, 450];

/// The bytes of inputs and results, and the operations. Every result is a sum of 75 products.
pub fn work(n: usize) -> (f64, f64) {
    let places = 4.0 * ((n - 4) * (n - 4)) as f64;
    let n = n as f64;
    (4.0 * (4.0 * n * n * 3.0 + 600.0 + 8.0 + places * 8.0), places * 8.0 * (2.0 * 75.0))
}
