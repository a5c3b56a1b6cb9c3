//! Electric and magnetic fields of a plane, step by step in time.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps of time.
pub const N_STEPS: usize = 50;

/// The fields after as many steps as the pulse has, by
/// [finite differences in the time domain](https://en.wikipedia.org/wiki/Finite-difference_time-domain_method): in each
/// the electric field changes by the magnetic one's differences, then the magnetic field by the electric one's. The pulse
/// enters at one side.
///
/// **Shapes**: the electric field along both axes and the magnetic field, `[n, n]` each, and the pulse, `[steps]`, to the
/// three fields.
pub fn fdtd_2d(ex: &NdArray, ey: &NdArray, hz: &NdArray, pulse: &NdArray) -> (NdArray, NdArray, NdArray) {
    let step = |(mut ex, mut ey, mut hz): (NdArray, NdArray, NdArray), strength: NdArray| {
        ey.set(0, strength);
        ey.add_at(s![1..], -0.5 * np::diff(&hz, 0));
        ex.add_at(s![.., 1..], -0.5 * np::diff(&hz, 1));
        let curl = np::diff(ex.get(s![..-1]), 1) + np::diff(ey.get(s![.., ..-1]), 0);
        hz.add_at(s![..-1, ..-1], -0.7 * curl);
        ((ex, ey, hz), ())
    };
    let (fields, ()) = np::scan(step, (ex, ey, hz), pulse);
    fields
}

/// Fields with a side of `n`.
pub fn inputs(n: usize) -> [NdArray; 4] {
    [noise([n, n], 1), noise([n, n], 2), noise([n, n], 3), noise([N_STEPS], 4)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [100, 400, 800];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (n, n_steps) = (n as f64, N_STEPS as f64);
    (8.0 * (6.0 * n * n + n_steps), n_steps * 11.0 * n * (n - 1.0))
}
