//! Benchmarks of one line: NumPy's expression, and the same here, over arrays with fixed names. Knows nothing of what is
//! in the tables.
//!
//! `x` and `y` are float32, `d` and `e` float64, `i` and `j` int64 (below 1000, and below n), `b` bool, `c` complex128, `m` a
//! square float32 matrix of about n elements, `a` a square float64 one, and `k` a short float32 vector. The numbers of `x`, `d` and the others are from 0 to 1, in no order.

/// Rows of a table: whether they can be compiled, the expression, the closure that does the same.
macro_rules! rows {
    ($($kind:ident $expression:literal $(within $tolerance:expr)? => |$o:ident| $value:expr;)*) => {
        const ROWS: &[$crate::rows::Row] = &[$($crate::rows::Row {
            expression: $expression,
            function: |$o: $crate::rows::Operands| -> Vec<hloom::NdArray> { $crate::rows::Results::into_results($value) },
            is_compiled: rows!(@$kind),
            tolerance: rows!(@tolerance $($tolerance)?),
        }),*];
    };
    (@compiled) => { true };
    (@read) => { false };
    (@tolerance) => { None };
    (@tolerance $tolerance:expr) => { Some($tolerance) };
}

mod elementwise;
mod indexing;
mod products;
mod reductions;
mod sort;
mod surface;

use hloom::prelude::*;
use hloom::{self as np};
use hloom_bench::{Benchmark, Suite};

use crate::native;

/// How far results may be from NumPy's, relative to the greatest magnitude: sums are taken in another order.
const SINGLE: f64 = 3e-5;
const DOUBLE: f64 = 1e-11;

/// Only dtype and shape are compared: the numbers are random.
pub(crate) const RANDOM: f64 = f64::INFINITY;

macro_rules! operands {
    ($($name:ident)*) => {
        /// The arrays that rows compute with.
        #[derive(Clone, Debug)]
        pub(crate) struct Operands {
            $(pub(crate) $name: NdArray,)*
        }

        /// The names of the operands.
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        impl Operands {
            /// The arrays of some names. A row does not look at those that it does not name.
            fn of(names: &[&'static str], arrays: &[NdArray]) -> Operands {
                let find = |wanted| names.iter().position(|name| *name == wanted).unwrap_or_default();
                Operands { $($name: arrays[find(stringify!($name))].clone(),)* }
            }
        }
    };
}

operands! { x y d e i j b c m a k }

/// An operand of about n elements.
fn operand(name: &str, n: usize) -> NdArray {
    let side = n.isqrt();
    match name {
        "x" => spread(n, ONE).astype(float32),
        "y" => spread(n, OTHER).astype(float32),
        "d" => spread(n, ONE),
        "e" => spread(n, OTHER),
        "i" => (spread(n, ONE) * 1000).astype(int64),
        "j" => (spread(n, OTHER) * n).astype(int64),
        "b" => spread(n, ONE).gt(0.5),
        "c" => spread(n, ONE) + spread(n, OTHER) * np::c64(0.0, 1.0),
        "m" => spread(side * side, ONE).astype(float32).reshape((side, side)),
        "a" => spread(side * side, ONE).reshape((side, side)),
        "k" => spread(31, OTHER).astype(float32),
        name => unreachable!("{name} is no operand"),
    }
}

/// Two multipliers of which the multiples, modulo two to the 32, are spread evenly.
pub(crate) const ONE: i64 = 2_654_435_761;
const OTHER: i64 = 2_246_822_519;

/// Numbers from 0 to 1 in no order, float64: multiples modulo two to the 32.
pub(crate) fn spread(n: usize, factor: i64) -> NdArray {
    (np::arange(n) * factor % (1i64 << 32)) / 2f64.powi(32)
}

/// A function of NumPy's as both sides write it.
pub(crate) struct Row {
    /// What NumPy evaluates.
    pub(crate) expression: &'static str,
    /// The same.
    pub(crate) function: fn(Operands) -> Vec<NdArray>,
    /// Whether the function can be compiled: one whose shapes depend on values cannot.
    pub(crate) is_compiled: bool,
    /// How far results may be from NumPy's, where it is not what sums of the dtype need.
    pub(crate) tolerance: Option<f64>,
}

impl Row {
    /// The operands that the expression names.
    fn names(&self) -> Vec<&'static str> {
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '\'';
        let words: Vec<&str> = self.expression.split(|c| !is_name(c)).collect();
        // `x.size` and `m.shape` name an operand, too.
        let named = |name: &&str| words.iter().any(|word| word.split('.').next() == Some(*name));
        NAMES.iter().copied().filter(named).collect()
    }

    fn benchmark(&self, sizes: &[(&'static str, usize)]) -> Benchmark {
        let names = self.names();
        let is_single = names.iter().any(|name| ["x", "y", "m", "k"].contains(name));
        let source = format!("def run(np, {}):\n    return {}\n", names.join(", "), self.expression);
        let (function, inputs) = (self.function, names.clone());
        let benchmark = Benchmark::new(self.expression, "")
            .sizes(sizes.iter().copied())
            .inputs(move |n| inputs.iter().map(|name| operand(name, n)).collect())
            .program(move |arrays| function(Operands::of(&names, arrays)))
            .tolerance(self.tolerance.unwrap_or(if is_single { SINGLE } else { DOUBLE }))
            // One for the life of the program, as a literal is.
            .python(String::leak(source));
        let benchmark = native::attach(benchmark);
        if self.is_compiled { benchmark } else { benchmark.lazy_only() }
    }
}

/// What a row returns: an array, or several.
pub(crate) trait Results {
    fn into_results(self) -> Vec<NdArray>;
}

impl Results for NdArray {
    fn into_results(self) -> Vec<NdArray> {
        vec![self]
    }
}

impl Results for Vec<NdArray> {
    fn into_results(self) -> Vec<NdArray> {
        self
    }
}

impl Results for (NdArray, NdArray) {
    fn into_results(self) -> Vec<NdArray> {
        vec![self.0, self.1]
    }
}

impl<T: Results> Results for np::Result<T> {
    /// A row that fails shows as an array in error when it is read.
    fn into_results(self) -> Vec<NdArray> {
        match self {
            Ok(results) => results.into_results(),
            Err(_) => vec![np::zeros(-1)],
        }
    }
}

/// The sizes of most suites: within the caches of a core, beyond them, and far beyond.
const SIZES: [(&str, usize); 3] = [("S", 1_000), ("M", 1_000_000), ("L", 10_000_000)];

fn suite(name: &'static str, about: &'static str, rows: &[Row], sizes: &[(&'static str, usize)]) -> Suite {
    Suite::new(name, about, rows.iter().map(|row| row.benchmark(sizes)))
}

/// The suites of functions.
pub fn suites() -> Vec<Suite> {
    vec![
        elementwise::suite(),
        reductions::suite(),
        indexing::suite(),
        sort::suite(),
        products::suite(),
        surface::suite(),
        elementwise::scaling(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_their_operands() {
        let names = |expression| Row { expression, function: |_| vec![], is_compiled: true, tolerance: None }.names();
        assert_eq!(names("np.where(b, x, y)"), ["x", "y", "b"]);
        assert_eq!(names("np.random.default_rng(1).random(x.size)"), ["x"]);
        assert_eq!(names("np.take(m, i[:100] % m.shape[1], axis=1)"), ["i", "m"]);
        assert_eq!(names("np.einsum('ij,ij->', m, m)"), ["m"]);
    }

    #[test]
    fn every_row_computes_what_it_says() {
        for suite in suites() {
            for benchmark in &suite.benchmarks {
                assert!(!benchmark.sizes.is_empty(), "{}", benchmark.name);
                let results = benchmark.compute(1_000);
                for result in results {
                    result.check().unwrap_or_else(|error| panic!("{}/{}: {error}", suite.name, benchmark.name));
                }
            }
        }
    }
}
