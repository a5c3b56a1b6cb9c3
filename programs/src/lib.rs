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
pub mod attention;
pub mod azimint;
pub mod bicg;
pub mod black_scholes;
pub mod cavity_flow;
pub mod channel_flow;
pub mod compute;
pub mod conv2d;
pub mod correlation;
pub mod covariance;
pub mod crc16;
pub mod doitgen;
pub mod fdtd_2d;
pub mod floyd_warshall;
pub mod gemm;
pub mod go_fast;
pub mod gramschmidt;
pub mod hdiff;
pub mod heat_3d;
mod inputs;
pub mod jacobi_1d;
pub mod jacobi_2d;
pub mod k2mm;
pub mod k3mm;
pub mod kmeans;
pub mod life;
pub mod mandelbrot;
pub mod mlp;
pub mod mlp_training;
pub mod mvt;
pub mod nbody;
pub mod resnet;
pub mod softmax;
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

impl Program {
    /// How far a result may be from NumPy's at the sizes that are measured: sums are longer there, and those of NumPy,
    /// which adds rows in order, are off by more than the last digits.
    ///
    /// Points next to the edge of the Mandelbrot set double their distance with each of 60 steps, and there are more of them.
    pub fn measured_tolerance(&self) -> f64 {
        if self.name == "mandelbrot" { 1e5 * self.tolerance } else { 100.0 * self.tolerance }
    }
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
    attention(query, key, value) -> (mixed), 40, SINGLE, [], "attention of a neural network, eight heads";
    azimint(data, radius) -> (mean), 20_000, LAST_DIGITS, [], "means over rings, by two histograms";
    bicg(a, p, r) -> (transposed, product), 80, LAST_DIGITS, [], "a matrix and its transpose, each times a vector";
    black_scholes(price, strike, years, rate, volatility) -> (call, put), 10_000, LAST_DIGITS, [], "what options are worth";
    cavity_flow(u, v, p) -> (across, along, pressure), 40, LAST_DIGITS, [jax], "a fluid in a box whose lid moves, 10 steps";
    channel_flow(u, v, p) -> (along, across, pressure), 40, LAST_DIGITS, [jax], "a fluid that is driven through a channel, 10 steps";
    compute(first, second, a, b, c) -> (value), 80, 0.0, [], "integers between bounds, scaled and added";
    conv2d(images, kernels, bias) -> (result), 24, SINGLE, [jax], "a convolution of pictures with a bias";
    correlation(data) -> (coefficients), 66, LAST_DIGITS, [jax], "coefficients of correlation of columns";
    covariance(data) -> (covariances), 66, LAST_DIGITS, [], "covariances of columns";
    crc16(data) -> (checksum), 5_000, 0.0, [jax], "a checksum, byte after byte";
    doitgen(a, c) -> (result), 20, LAST_DIGITS, [], "a matrix that is applied to each vector of a cube";
    fdtd_2d(ex, ey, hz, pulse) -> (along_x, along_y, magnetic), 40, LAST_DIGITS, [jax], "electric and magnetic fields, 50 steps";
    floyd_warshall(path) -> (shortest), 72, 0.0, [jax], "shortest ways between all nodes of a graph";
    gemm(alpha, beta, a, b, c) -> (result), 66, LAST_DIGITS, [], "a scaled product of matrices, and a matrix";
    go_fast(a) -> (sum), 80, LAST_DIGITS, [], "a number made of the diagonal, added to the matrix";
    gramschmidt(a) -> (q, r), 66, LAST_DIGITS, [jax], "orthogonal columns, one after another";
    hdiff(field, strength) -> (diffused), 20, LAST_DIGITS, [], "horizontal diffusion of a field";
    heat_3d(a) -> (heat), 20, LAST_DIGITS, [jax], "heat that spreads in a cube, 40 steps";
    jacobi_1d(a) -> (line), 1_000, LAST_DIGITS, [jax], "means of neighbours on a line, 200 steps";
    jacobi_2d(a) -> (plane), 60, LAST_DIGITS, [jax], "means of neighbours on a plane, 50 steps";
    k2mm(alpha, beta, a, b, c, d) -> (result), 60, LAST_DIGITS, [], "two products of matrices, and a matrix";
    k3mm(a, b, c, d) -> (result), 50, LAST_DIGITS, [], "three products of matrices";
    kmeans(points, centres) -> (moved, label), 500, LAST_DIGITS, [jax], "centres of clusters, 10 rounds";
    life(board) -> (later), 60, 0.0, [jax], "the game of life, 50 generations";
    mandelbrot(real, imaginary) -> (left_after, z), 90, SQUARES, [jax], "when numbers leave the Mandelbrot set, 60 steps";
    mlp(x, w_1, b_1, w_2, b_2, w_3, b_3) -> (shares), 64, SINGLE, [], "a neural network of three layers";
    mlp_training(x, y, w_1, b_1, w_2, b_2) -> (v_1, c_1, v_2, c_2, losses), 64, SINGLE, [jax], "training of two layers, 10 steps";
    mvt(a, x_1, x_2, y_1, y_2) -> (z_1, z_2), 80, LAST_DIGITS, [], "a matrix and its transpose, each times a vector, added";
    nbody(mass, position, velocity) -> (moved, changed, kinetic, potential), 72, LAST_DIGITS, [jax], "bodies that attract each other, 20 steps";
    resnet(x, w_1, w_2, w_3) -> (y), 8, SINGLE, [jax], "a block of a residual network";
    softmax(x) -> (shares), 12, SINGLE, [], "shares of rows";
    spmv(starts, columns, values, x) -> (y), 5_000, LAST_DIGITS, [jax], "a sparse matrix times a vector";
    stockham_fft(x) -> (spectrum), 8_192, LAST_DIGITS, [], "a Fourier transform of basic operations";
}
