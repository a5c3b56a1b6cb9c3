//! Programs of [NPBench](https://github.com/spcl/npbench), a suite of small programs for NumPy, written from their definitions.
//!
//! Each file holds a program as its user writes it, a function over arrays that can be run lazily and compiled, and
//! inputs of a size. [`PROGRAMS`] lists them. What they should answer is computed by `answers.py` with NumPy and kept in
//! `answers.json`; this crate knows nothing of tests and times.
#![forbid(unsafe_code)]

pub mod arc_distance;
pub mod atax;
pub mod azimint;
pub mod compute;
pub mod conv2d;
pub mod correlation;
pub mod crc16;
pub mod floyd_warshall;
pub mod go_fast;
pub mod gramschmidt;
pub mod hdiff;
pub mod heat_3d;
mod inputs;
pub mod mandelbrot;
pub mod mlp;
pub mod nbody;
pub mod spmv;
pub mod stockham_fft;

use hloom::NdArray;

/// A program with its inputs.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The name of the function and its file.
    pub name: &'static str,
    /// The size for which NumPy's answers are kept: a side or a length, what it is the program's file says.
    pub n: usize,
    /// The inputs for any size.
    pub inputs: fn(usize) -> Vec<NdArray>,
    /// The program, of as many inputs as `inputs` makes.
    pub run: fn(&[NdArray]) -> Vec<NdArray>,
    /// How far a result may be from NumPy's, relative to the greatest element; 0 where they must be equal.
    pub tolerance: f64,
}

/// The answers of all programs, as JSON that `answers.py` wrote.
pub const ANSWERS: &str = include_str!("../answers.json");

/// Sums in another order and other functions than NumPy's differ in the last digits of float64.
const LAST_DIGITS: f64 = 1e-13;
/// Every square of a number doubles how far it is away, relative to it.
const SQUARES: f64 = 1e-12;
/// The last digits of float32.
const SINGLE: f64 = 1e-6;

/// Rows of a table: the module and function, its inputs, its results, the size and the tolerance.
macro_rules! programs {
    ($($name:ident($($input:ident),*) -> ($($result:ident),*), $n:literal, $tolerance:expr;)*) => {
        /// All programs.
        pub const PROGRAMS: &[Program] = &[$(Program {
            name: stringify!($name),
            n: $n,
            inputs: |n| $name::inputs(n).to_vec(),
            run: |inputs| {
                let [$($input),*] = inputs else {
                    unreachable!("{} takes {} inputs, got {}", stringify!($name), [$(stringify!($input)),*].len(), inputs.len())
                };
                let ($($result,)*) = $name::$name($($input),*);
                vec![$($result),*]
            },
            tolerance: $tolerance,
        }),*];
    };
}

programs! {
    arc_distance(theta_1, phi_1, theta_2, phi_2) -> (distance), 10_000, LAST_DIGITS;
    atax(a, x) -> (y), 80, LAST_DIGITS;
    azimint(data, radius) -> (mean), 20_000, LAST_DIGITS;
    compute(first, second, a, b, c) -> (value), 80, 0.0;
    conv2d(images, kernels, bias) -> (result), 24, SINGLE;
    correlation(data) -> (coefficients), 66, LAST_DIGITS;
    crc16(data) -> (checksum), 5_000, 0.0;
    floyd_warshall(path) -> (shortest), 72, 0.0;
    go_fast(a) -> (sum), 80, LAST_DIGITS;
    gramschmidt(a) -> (q, r), 66, LAST_DIGITS;
    hdiff(field, strength) -> (diffused), 20, LAST_DIGITS;
    heat_3d(a) -> (heat), 20, LAST_DIGITS;
    mandelbrot(real, imaginary) -> (left_after, z), 90, SQUARES;
    mlp(x, w_1, b_1, w_2, b_2, w_3, b_3) -> (shares), 64, SINGLE;
    nbody(mass, position, velocity) -> (moved, changed, kinetic, potential), 72, LAST_DIGITS;
    spmv(starts, columns, values, x) -> (y), 5_000, LAST_DIGITS;
    stockham_fft(x) -> (spectrum), 8_192, LAST_DIGITS;
}
