//! A fluid in a box whose lid moves.

use hloom as np;
use hloom::prelude::*;

/// The steps of time, and the rounds in which the pressure of each is found.
pub const N_STEPS: i64 = 10;
const N_ROUNDS: i64 = 25;
const VISCOSITY: f64 = 0.1;

/// The velocities and the pressure after [`N_STEPS`] steps of the
/// [equations of Navier and Stokes](https://en.wikipedia.org/wiki/Navier%E2%80%93Stokes_equations) for a fluid that cannot
/// be compressed, in a box with a side of 2 and a lid of velocity 1. The pressure solves an
/// [equation of Poisson](https://en.wikipedia.org/wiki/Projection_method_(fluid_dynamics)), approached in rounds.
///
/// **Shapes**: velocities across and along and the pressure, `[n, n]` each, to these. The last row is at the lid.
pub fn cavity_flow(u: &NdArray, v: &NdArray, p: &NdArray) -> (NdArray, NdArray, NdArray) {
    let h = 2.0 / (u.shape()[0] - 1) as f64;
    let dt = h * h;
    let step = |_: NdArray, (mut u, mut v, p): (NdArray, NdArray, NdArray)| {
        let ([u_x, u_y], [v_x, v_y]) = (slopes(&u, h), slopes(&v, h));
        let source = h * h * ((&u_x + &v_y) / dt - u_x.square() - 2 * u_y * v_x - v_y.square());
        let p: NdArray = np::fori_loop(0, N_ROUNDS, p, |_, p| relaxed(p, &source));
        let [p_x, p_y] = slopes(&p, h);
        let inner = |f: &NdArray| f.get(s![1..-1, 1..-1]);
        let changed = |f: &NdArray, slope: NdArray| {
            let (middle, left, below) = (inner(f), f.get(s![1..-1, ..-2]), f.get(s![..-2, 1..-1]));
            let carried = (inner(&u) * (&middle - &left) + inner(&v) * (&middle - &below)) / h;
            let spread = (f.get(s![1..-1, 2..]) + left + f.get(s![2.., 1..-1]) + below - 4 * &middle) / (h * h);
            middle + dt * (VISCOSITY * spread - carried - slope)
        };
        let (across, along) = (changed(&u, p_x), changed(&v, p_y));
        u.set(s![1..-1, 1..-1], across);
        v.set(s![1..-1, 1..-1], along);
        u.set(-1, 1);
        (u, v, p)
    };
    np::fori_loop(0, N_STEPS, (u, v, p), step)
}

/// How steep a field is across and along, where it is not the border.
fn slopes(f: &NdArray, h: f64) -> [NdArray; 2] {
    let across = (f.get(s![1..-1, 2..]) - f.get(s![1..-1, ..-2])) / (2.0 * h);
    let along = (f.get(s![2.., 1..-1]) - f.get(s![..-2, 1..-1])) / (2.0 * h);
    [across, along]
}

/// The pressure one round closer: it does not change across walls, and is 0 at the lid.
fn relaxed(mut p: NdArray, source: &NdArray) -> NdArray {
    let around = p.get(s![1..-1, 2..]) + p.get(s![1..-1, ..-2]) + p.get(s![2.., 1..-1]) + p.get(s![..-2, 1..-1]);
    p.set(s![1..-1, 1..-1], (around - source) / 4);
    p.set(s![.., -1], p.get(s![.., -2]));
    p.set(0, p.get(1));
    p.set(s![.., 0], p.get(s![.., 1]));
    p.set(-1, 0);
    p
}

/// A box of `n` points a side, at rest.
pub fn inputs(n: usize) -> [NdArray; 3] {
    let rest = np::zeros([n, n]);
    [rest.clone(), rest.clone(), rest]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [60, 250, 500];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (inner, n) = ((n - 2) as f64, n as f64);
    (8.0 * 6.0 * n * n, N_STEPS as f64 * (5.0 * N_ROUNDS as f64 + 56.0) * inner * inner)
}
