//! Programs of [NPBench](https://github.com/spcl/npbench), a suite of small programs for NumPy, written from their definitions.
//!
//! Each file holds a program as its user writes it, a function over arrays that can be run lazily and compiled, and
//! inputs of a size. [`PROGRAMS`] lists them. The Python file of the same name holds it as a user of NumPy writes it, and
//! where JAX cannot trace that, or would make a slow program of it, `NAME_jax.py` as a user of JAX does. What the programs
//! should answer is computed by `answers.py` with NumPy and kept in `answers.json`; this crate knows nothing of tests and
//! times.
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
    /// What is computed, in a line.
    pub about: &'static str,
    /// The size for which NumPy's answers are kept: a side or a length, what it is the program's file says.
    pub n: usize,
    /// The sizes at which it is measured: small, middle and large, at which NumPy takes some milliseconds, a tenth of a
    /// second and a second.
    pub sizes: [usize; 3],
    /// The inputs for any size.
    pub inputs: fn(usize) -> Vec<NdArray>,
    /// The program, of as many inputs as `inputs` makes.
    pub run: fn(&[NdArray]) -> Vec<NdArray>,
    /// How far a result may be from NumPy's, relative to the greatest element; 0 where they must be equal.
    pub tolerance: f64,
    /// A Python source that defines `run(np, *inputs)`, which returns an array or a tuple of them, in NumPy's functions.
    pub numpy: &'static str,
    /// The same in JAX's, where it is another.
    pub jax: Option<&'static str>,
    /// What has to be done at a size: the bytes of inputs and results, each read or written once, and the operations of
    /// arithmetic by the algorithm, where a function such as a sine counts as one.
    pub work: fn(usize) -> (f64, f64),
}

/// The answers of all programs, as JSON that `answers.py` wrote.
pub const ANSWERS: &str = include_str!("../answers.json");

/// Sums in another order and other functions than NumPy's differ in the last digits of float64.
const LAST_DIGITS: f64 = 1e-13;
/// Every square of a number doubles how far it is away, relative to it.
const SQUARES: f64 = 1e-12;
/// The last digits of float32.
const SINGLE: f64 = 1e-6;

/// Rows of a table: the module and function, its inputs, its results, the size and the tolerance of the answers, `jax`
/// where JAX has a source of its own, and what is computed.
macro_rules! programs {
    ($($name:ident($($input:ident),*) -> ($($result:ident),*), $n:literal, $tolerance:expr, [$($jax:ident)?], $about:literal;)*) => {
        /// All programs.
        pub const PROGRAMS: &[Program] = &[$(Program {
            name: stringify!($name),
            about: $about,
            n: $n,
            sizes: $name::SIZES,
            inputs: |n| $name::inputs(n).to_vec(),
            run: |inputs| {
                let [$($input),*] = inputs else {
                    unreachable!("{} takes {} inputs, got {}", stringify!($name), [$(stringify!($input)),*].len(), inputs.len())
                };
                let ($($result,)*) = $name::$name($($input),*);
                vec![$($result),*]
            },
            tolerance: $tolerance,
            numpy: include_str!(concat!(stringify!($name), ".py")),
            jax: programs!(@source $name $($jax)?),
            work: $name::work,
        }),*];
    };
    (@source $name:ident jax) => { Some(include_str!(concat!(stringify!($name), "_jax.py"))) };
    (@source $name:ident) => { None };
}

programs! {
    arc_distance(theta_1, phi_1, theta_2, phi_2) -> (distance), 10_000, LAST_DIGITS, [], "angles between points of a sphere";
    atax(a, x) -> (y), 80, LAST_DIGITS, [], "a matrix and its transpose, times a vector";
    azimint(data, radius) -> (mean), 20_000, LAST_DIGITS, [], "means over rings, by two histograms";
    compute(first, second, a, b, c) -> (value), 80, 0.0, [], "integers between bounds, scaled and added";
    conv2d(images, kernels, bias) -> (result), 24, SINGLE, [jax], "a convolution of pictures with a bias";
    correlation(data) -> (coefficients), 66, LAST_DIGITS, [jax], "coefficients of correlation of columns";
    crc16(data) -> (checksum), 5_000, 0.0, [jax], "a checksum, byte after byte";
    floyd_warshall(path) -> (shortest), 72, 0.0, [jax], "shortest ways between all nodes of a graph";
    go_fast(a) -> (sum), 80, LAST_DIGITS, [], "a number made of the diagonal, added to the matrix";
    gramschmidt(a) -> (q, r), 66, LAST_DIGITS, [jax], "orthogonal columns, one after another";
    hdiff(field, strength) -> (diffused), 20, LAST_DIGITS, [], "horizontal diffusion of a field";
    heat_3d(a) -> (heat), 20, LAST_DIGITS, [jax], "heat that spreads in a cube, 40 steps";
    mandelbrot(real, imaginary) -> (left_after, z), 90, SQUARES, [jax], "when numbers leave the Mandelbrot set, 60 steps";
    mlp(x, w_1, b_1, w_2, b_2, w_3, b_3) -> (shares), 64, SINGLE, [], "a neural network of three layers";
    nbody(mass, position, velocity) -> (moved, changed, kinetic, potential), 72, LAST_DIGITS, [jax], "bodies that attract each other, 20 steps";
    spmv(starts, columns, values, x) -> (y), 5_000, LAST_DIGITS, [jax], "a sparse matrix times a vector";
    stockham_fft(x) -> (spectrum), 8_192, LAST_DIGITS, [], "a Fourier transform of basic operations";
}
