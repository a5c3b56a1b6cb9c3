//! Horizontal diffusion, as weather models smooth their fields.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// A step of diffusion of the fourth order, without the fluxes that go up the field.
///
/// **Shapes**: the field with a border of two, `[h + 4, w + 4, levels]`, and the strength, `[h, w, levels]`, to that.
pub fn hdiff(field: &NdArray, strength: &NdArray) -> (NdArray,) {
    let laplacian = 4.0 * field.get(s![1..-1, 1..-1])
        - field.get(s![2.., 1..-1])
        - field.get(s![..-2, 1..-1])
        - field.get(s![1..-1, 2..])
        - field.get(s![1..-1, ..-2]);
    let limited = |flux: NdArray, rise: NdArray| np::where_((&flux * rise).gt(0), 0, flux);
    let down = limited(np::diff(laplacian.get(s![.., 1..-1]), 0), np::diff(field.get(s![1..-1, 2..-2]), 0));
    let right = limited(np::diff(laplacian.get(s![1..-1]), 1), np::diff(field.get(s![2..-2, 1..-1]), 1));
    let inner = field.get(s![2..-2, 2..-2]);
    (inner - strength * (np::diff(down, 0) + np::diff(right, 1)),)
}

/// A field with sides of `n` and 16 levels.
pub fn inputs(n: usize) -> [NdArray; 2] {
    [noise([n + 4, n + 4, 16], 1), noise([n, n, 16], 2)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [80, 256, 640];

/// The bytes of inputs and results, and the operations. The border of the Laplacian is left out.
pub fn work(n: usize) -> (f64, f64) {
    let (outer, n) = ((n + 4) as f64, n as f64);
    (8.0 * 16.0 * (outer * outer + 2.0 * n * n), 16.0 * 18.0 * n * n)
}
