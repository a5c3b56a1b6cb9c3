//! The distance of points on a sphere: functions of angles, element by element.

use std::f64::consts::{PI, TAU};

use hloom as np;
use hloom::prelude::*;

use crate::inputs::noise;

/// The angles between points of latitudes `theta` and longitudes `phi`, by the
/// [haversine formula](https://en.wikipedia.org/wiki/Haversine_formula).
///
/// **Shapes**: all the same. **Units**: radians.
pub fn arc_distance(theta_1: &NdArray, phi_1: &NdArray, theta_2: &NdArray, phi_2: &NdArray) -> (NdArray,) {
    let square_of_half_chord =
        ((theta_2 - theta_1) / 2).sin().square() + theta_1.cos() * theta_2.cos() * ((phi_2 - phi_1) / 2).sin().square();
    (2.0 * np::arctan2(square_of_half_chord.sqrt(), (1.0 - &square_of_half_chord).sqrt()),)
}

/// `n` pairs of points.
pub fn inputs(n: usize) -> [NdArray; 4] {
    let theta = |seed| (noise([n], seed) - 0.5) * PI;
    let phi = |seed| (noise([n], seed) - 0.5) * TAU;
    [theta(1), phi(3), theta(2), phi(4)]
}

/// The sizes at which it is measured.
pub const SIZES: [usize; 3] = [160_000, 1_000_000, 5_000_000];

/// The bytes of inputs and results, and the operations.
pub fn work(n: usize) -> (f64, f64) {
    let n = n as f64;
    (5.0 * 8.0 * n, 18.0 * n)
}
