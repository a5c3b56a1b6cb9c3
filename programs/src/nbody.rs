//! Bodies that attract each other.

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The steps of time, and how long one is.
pub const N_STEPS: usize = 20;
const STEP: f64 = 0.01;
/// What is added to distances, so that bodies that meet do not fly apart.
const SOFTENING: f64 = 0.1;

/// Where the bodies are after [`N_STEPS`] steps and how fast, and the kinetic and potential energies from step to step,
/// by [leapfrog integration](https://en.wikipedia.org/wiki/Leapfrog_integration) with a constant of gravity of 1.
///
/// **Shapes**: masses `[n]`, positions and velocities `[n, 3]`, to two of these and two of `[steps + 1]`.
pub fn nbody(mass: &NdArray, position: &NdArray, velocity: &NdArray) -> (NdArray, NdArray, NdArray, NdArray) {
    let velocity = velocity - velocity.mean(0);
    let acceleration = acceleration(mass, position);
    let first = energies(mass, position, &velocity);
    let step = |(position, velocity, acceleration): (NdArray, NdArray, NdArray), _: NdArray| {
        let velocity = velocity + acceleration * STEP / 2;
        let position = position + &velocity * STEP;
        let acceleration = self::acceleration(mass, &position);
        let velocity = velocity + &acceleration * STEP / 2;
        let found = energies(mass, &position, &velocity);
        ((position, velocity, acceleration), found)
    };
    let ((position, velocity, _), (kinetic, potential)) =
        np::scan(step, (position, velocity, acceleration), np::arange(N_STEPS));
    let joined = |first: NdArray, rest| np::concatenate((first.get(None), rest), 0);
    (position, velocity, joined(first.0, kinetic), joined(first.1, potential))
}

/// From each body to each other.
fn apart(position: &NdArray) -> NdArray {
    position - position.get((.., None))
}

fn acceleration(mass: &NdArray, position: &NdArray) -> NdArray {
    let apart = apart(position);
    let inverse_cube = (apart.square().sum(2) + SOFTENING.powi(2)).power(-1.5);
    np::einsum("ijk,ij,j->ik", (apart, inverse_cube, mass))
}

fn energies(mass: &NdArray, position: &NdArray, velocity: &NdArray) -> (NdArray, NdArray) {
    let kinetic = 0.5 * (mass.get((.., None)) * velocity.square()).sum(..);
    let distance = apart(position).square().sum(2).sqrt();
    let [i, j] = np::triu_indices((mass.shape()[0], 1));
    let potential = -(np::outer(mass, mass).get((&i, &j)) / distance.get((&i, &j))).sum(..);
    (kinetic, potential)
}

/// `n` bodies.
pub fn inputs(n: usize) -> [NdArray; 3] {
    [20 * np::ones(n) / n, (noise([n, 3], 1) - 0.5) * 4, (noise([n, 3], 2) - 0.5) * 4]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [56, 150, 320];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let (n, n_steps) = (n as f64, N_STEPS as f64);
    (8.0 * (13.0 * n + 2.0 * (n_steps + 1.0)), (n_steps + 1.0) * (25.0 * n * n + 12.0 * n))
}
