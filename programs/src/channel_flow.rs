//! A fluid that is driven through a channel, whose ends meet.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps of time, and the rounds in which the pressure of each is found.
pub const N_STEPS: i64 = 10;
const N_ROUNDS: i64 = 25;
const VISCOSITY: f64 = 0.1;
const FORCE: f64 = 1.0;

/// The velocities and the pressure after [`N_STEPS`] steps of the
/// [equations of Navier and Stokes](https://en.wikipedia.org/wiki/Navier%E2%80%93Stokes_equations) for a fluid that cannot
/// be compressed, between two walls, with a force of 1 along them. What leaves at one end enters at the other.
///
/// **Shapes**: velocities along and across and the pressure, `[n, n]` each, to these. The first and last rows are the walls.
pub fn channel_flow(u: &NdArray, v: &NdArray, p: &NdArray) -> (NdArray, NdArray, NdArray) {
    let h = 2.0 / (u.shape()[0] - 1) as f64;
    let dt = h * h;
    let step = |_: NdArray, (mut u, mut v, p): (NdArray, NdArray, NdArray)| {
        let ([u_x, u_y], [v_x, v_y]) = (slopes(&u, h), slopes(&v, h));
        let source = h * h * ((&u_x + &v_y) / dt - u_x.square() - 2 * u_y * v_x - v_y.square());
        let p: NdArray = np::fori_loop(0, N_ROUNDS, p, |_, p| relaxed(p, &source));
        let [p_x, p_y] = slopes(&p, h);
        let inner = |f: &NdArray| f.get(s![1..-1]);
        let changed = |f: &NdArray, slope: NdArray| {
            let (middle, below) = (inner(f), f.get(s![..-2]));
            let [left, right] = sides(f);
            let carried = (inner(&u) * (&middle - &left) + inner(&v) * (&middle - &below)) / h;
            let spread = (right + left + f.get(s![2..]) + below - 4 * &middle) / (h * h);
            middle + dt * (VISCOSITY * spread - carried - slope)
        };
        let (along, across) = (changed(&u, p_x - FORCE), changed(&v, p_y));
        u.set(s![1..-1], along);
        v.set(s![1..-1], across);
        (u, v, p)
    };
    np::fori_loop(0, N_STEPS, (u, v, p), step)
}

/// What is left and right of each point that is not at a wall.
fn sides(f: &NdArray) -> [NdArray; 2] {
    let inner = f.get(s![1..-1]);
    [np::roll(&inner, 1, 1), np::roll(&inner, -1, 1)]
}

/// How steep a field is along and across, where there is no wall.
fn slopes(f: &NdArray, h: f64) -> [NdArray; 2] {
    let [left, right] = sides(f);
    [(right - left) / (2.0 * h), (f.get(s![2..]) - f.get(s![..-2])) / (2.0 * h)]
}

/// The pressure one round closer: it does not change across walls.
fn relaxed(mut p: NdArray, source: &NdArray) -> NdArray {
    let [left, right] = sides(&p);
    p.set(s![1..-1], (right + left + p.get(s![2..]) + p.get(s![..-2]) - source) / 4);
    p.set(0, p.get(1));
    p.set(-1, p.get(-2));
    p
}

/// A channel of `n` points along and across, with some whirls.
pub fn inputs(n: usize) -> [NdArray; 3] {
    let field = |seed| (noise([n, n], seed) - 0.5) * 0.1;
    let at_rest = |mut f: NdArray| {
        f.set(0, 0);
        f.set(-1, 0);
        f
    };
    [at_rest(field(1)), at_rest(field(2)), field(3)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [50, 200, 450];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (inner, n) = ((n - 2) as f64, n as f64);
    (8.0 * 6.0 * n * n, N_STEPS as f64 * (5.0 * N_ROUNDS as f64 + 57.0) * inner * n)
}
