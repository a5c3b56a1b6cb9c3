//! A Fourier transform of basic operations.

use std::f64::consts::TAU;

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The discrete Fourier transform, by [Stockham's algorithm](https://en.wikipedia.org/wiki/Cooley%E2%80%93Tukey_FFT_algorithm#Data_reordering,_bit_reversal,_and_in-place_algorithms)
/// of radix 2.
///
/// **Shapes**: `[n]` to `[n]`, where `n` is a power of two. **Dtypes**: complex.
pub fn stockham_fft(x: &NdArray) -> (NdArray,) {
    let size = x.size();
    let mut x = x.clone();
    let mut stride = 1;
    while stride < size {
        let half = size / stride / 2;
        let halves = x.reshape((2, half, stride));
        let (a, b) = (halves.get(0), halves.get(1));
        let turn = (np::c64(0.0, -TAU / (2 * half) as f64) * np::arange(half)).exp();
        x = np::stack((&a + &b, (a - b) * turn.get((.., None))), 1);
        stride *= 2;
    }
    (x.ravel(),)
}

/// `n` complex numbers.
pub fn inputs(n: usize) -> [NdArray; 1] {
    [noise([n], 1) + np::c64(0.0, 1.0) * noise([n], 2)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [1 << 16, 1 << 18, 1 << 20];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (2.0 * 16.0 * n, 5.0 * n * n.log2())
}
