//! NumPy's functions one by one: recorded and read, compiled, and beside NumPy and jax.jit in the same run.
//!
//! A row holds the expression that the peer evaluates and the closure that does the same here. Times are the least of
//! several; each contender has its turn after the others, size by size.

macro_rules! rows {
    ($($kind:ident $expression:literal => |$o:ident| $value:expr;)*) => {
        /// What is measured.
        pub(super) const ROWS: &[Row] = &[$(Row {
            expression: $expression,
            function: |$o: Operands| -> Vec<NdArray> { $crate::surface::Results::into_results($value) },
            is_compiled: rows!(@$kind),
        }),*];
    };
    (@compiled) => { true };
    (@read) => { false };
}

mod peer;
mod rows;

use std::fmt;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use hloom::{self as np, prelude::*};
use serde::Serialize;

use self::peer::Peer;
use self::rows::ROWS;

/// How often each contender evaluates a row, at a size.
const COUNT: usize = 7;

/// The arrays that rows compute with; the peer has the same under the same names.
#[derive(Clone, Debug, Tree)]
pub struct Operands {
    x: NdArray,
    y: NdArray,
    d: NdArray,
    e: NdArray,
    i: NdArray,
    j: NdArray,
    b: NdArray,
    m: NdArray,
    k: NdArray,
}

impl Operands {
    fn new(n: usize) -> Result<Operands> {
        let spread = |factor: u64| {
            let numbers = (0..n as u64).map(|idx| (idx.wrapping_mul(factor) % (1 << 32)) as f64 / (1u64 << 32) as f64);
            np::array(numbers.collect::<Vec<f64>>())
        };
        let (d, e) = (spread(2_654_435_761), spread(2_246_822_519));
        let side = n.isqrt();
        let operands = Operands {
            x: d.astype(float32),
            y: e.astype(float32),
            i: (&d * 1000).astype(int64),
            j: (&e * n).astype(int64),
            b: d.gt(0.5),
            m: d.get(..side * side).astype(float32).reshape((side, side)),
            k: e.get(..31).astype(float32),
            d,
            e,
        };
        np::wait(&operands)?;
        Ok(operands)
    }
}

/// A function of NumPy's as both sides write it.
#[derive(Clone, Copy)]
pub struct Row {
    /// What the peer evaluates.
    expression: &'static str,
    /// The same.
    function: fn(Operands) -> Vec<NdArray>,
    /// Whether the function can be compiled: one whose shapes depend on values cannot.
    is_compiled: bool,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expression)
    }
}

/// What a function returns: an array, or several.
trait Results {
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

/// A measured row. Times are in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// NumPy's expression.
    pub expression: &'static str,
    /// The number of elements.
    pub size: usize,
    /// Recorded and read.
    pub lazy: f64,
    /// Through a compiled function.
    pub compiled: Option<f64>,
    /// NumPy.
    pub numpy: Option<f64>,
    /// The same under jax.jit.
    pub jax: Option<f64>,
}

impl Measured {
    /// The faster of the two ways over what NumPy takes.
    pub fn over_numpy(&self) -> Option<f64> {
        Some(self.best() / self.numpy?)
    }

    /// The faster of the two ways over what jax.jit takes.
    pub fn over_jax(&self) -> Option<f64> {
        Some(self.best() / self.jax?)
    }

    fn best(&self) -> f64 {
        self.compiled.map_or(self.lazy, |compiled| compiled.min(self.lazy))
    }
}

/// All rows of a run.
#[derive(Clone, Debug, Serialize)]
pub struct Surface {
    /// The versions of NumPy and jax.
    pub peers: Vec<Option<String>>,
    /// The rows.
    pub rows: Vec<Measured>,
}

impl Surface {
    /// Measures the rows whose expression contains a text, at some sizes.
    ///
    /// # Errors
    /// Without a Python that has NumPy; the error of a row.
    pub fn measure(only: &str, sizes: &[usize]) -> Result<Surface> {
        let mut peer = Peer::start()?;
        let mut rows = Vec::new();
        for &size in sizes {
            let operands = Operands::new(size)?;
            for row in ROWS.iter().filter(|row| row.expression.contains(only)) {
                let lazy =
                    least(|| np::wait((row.function)(operands.clone()))).with_context(|| row.expression.to_owned())?;
                let compiled = if row.is_compiled {
                    let function = np::jit(row.function);
                    Some(least(|| np::wait(&function.call(&operands)?)).with_context(|| row.expression.to_owned())?)
                } else {
                    None
                };
                let answer = peer.ask(row.expression, size, COUNT)?;
                let [numpy, jax] = [answer.numpy, answer.jax]
                    .map(|times| times.and_then(|times| times.into_iter().min()).map(|time| time as f64));
                let measured = Measured { expression: row.expression, size, lazy, compiled, numpy, jax };
                eprintln!("{measured}");
                rows.push(measured);
            }
        }
        Ok(Surface { peers: peer.versions, rows })
    }

    /// Prints the table, and writes the measurements as JSON where that is asked for.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn publish(&self, json: Option<&Path>) -> Result<()> {
        print!("{self}");
        let Some(path) = json else { return Ok(()) };
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

/// The least time of several, after one that does not count.
fn least(mut work: impl FnMut() -> np::Result<()>) -> Result<f64> {
    work()?;
    let mut least = f64::INFINITY;
    for _ in 0..COUNT {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed().as_secs_f64() * 1e9);
    }
    Ok(least)
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |time: Option<f64>| time.map_or_else(|| "-".to_owned(), |time| format!("{:.3}", time / 1e6));
        let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
        let slow = self.size >= 1_000_000
            && (self.over_jax().is_some_and(|ratio| ratio > 1.0) || self.over_numpy().is_some_and(|ratio| ratio > 1.2));
        write!(
            f,
            "{:<44} {:>9} {:>10} {:>10} {:>10} {:>10} {:>7} {:>7} {}",
            self.expression,
            self.size,
            ms(Some(self.lazy)),
            ms(self.compiled),
            ms(self.numpy),
            ms(self.jax),
            ratio(self.over_numpy()),
            ratio(self.over_jax()),
            if slow { "slow" } else { "" }
        )
    }
}

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let versions: Vec<&str> = self.peers.iter().map(|version| version.as_deref().unwrap_or("none")).collect();
        writeln!(f, "milliseconds; NumPy and jax: {}", versions.join(", "))?;
        writeln!(
            f,
            "{:<44} {:>9} {:>10} {:>10} {:>10} {:>10} {:>7} {:>7}",
            "expression", "size", "lazy", "compiled", "NumPy", "jax.jit", "/NumPy", "/jax"
        )?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{row}"))
    }
}
