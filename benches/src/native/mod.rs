//! The same computations by array libraries of Rust, which run in this process: peers behind the features of their names.
//!
//! Each file is a table from a benchmark's name to a function over that library's arrays, written as a user who knows the
//! library writes it. A row is missing where the library has no such function, or not for such elements; the results are
//! of NumPy's dtypes. Inputs are converted once, before anything is measured, and results for the check only.

#[cfg(feature = "burn")]
mod burn;
#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "ndarray")]
mod ndarray;
#[cfg(feature = "ndarray")]
mod programs;
#[cfg(any(feature = "ndarray", feature = "candle", feature = "burn"))]
mod run;

use hloom_bench::Benchmark;

/// The benchmark with an implementation for each library whose table has one.
pub fn attach(benchmark: Benchmark) -> Benchmark {
    #[cfg(feature = "ndarray")]
    let benchmark = from_table(benchmark, ("ndarray", option_env!("VERSION_NDARRAY")), ndarray::ROWS);
    #[cfg(feature = "ndarray")]
    let benchmark = from_table(benchmark, ("ndarray", option_env!("VERSION_NDARRAY")), programs::ROWS);
    #[cfg(feature = "candle")]
    let benchmark = from_table(benchmark, ("candle", option_env!("VERSION_CANDLE")), candle::ROWS);
    #[cfg(feature = "burn")]
    let benchmark = from_table(benchmark, ("burn", option_env!("VERSION_BURN")), burn::ROWS);
    benchmark
}

#[cfg(any(feature = "ndarray", feature = "candle", feature = "burn"))]
fn from_table(benchmark: Benchmark, peer: (&'static str, Option<&'static str>), rows: &[run::Row]) -> Benchmark {
    match rows.iter().find(|row| row.name == benchmark.name) {
        Some(row) => benchmark.native(peer.0, row.make).native_version(peer.0, peer.1.unwrap_or("unknown")),
        None => benchmark,
    }
}

#[cfg(all(test, any(feature = "ndarray", feature = "candle", feature = "burn")))]
mod tests {
    use std::collections::BTreeSet;

    use hloom_bench::difference;

    use super::*;

    /// Every row is attached to a benchmark, and computes what hloom does, at a size at which that takes no time.
    fn check_table(peer: &str, rows: &[run::Row], n: impl Fn(&str) -> usize) {
        let benchmarks: Vec<_> = crate::suites().into_iter().flat_map(|suite| suite.benchmarks).collect();
        let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), rows.len(), "{peer} has a name twice");
        let differences = names.into_iter().filter_map(|name| {
            let benchmark = benchmarks.iter().find(|benchmark| benchmark.name == name);
            let benchmark = benchmark.unwrap_or_else(|| panic!("{peer}: there is no benchmark {name}"));
            let found = benchmark.compute_by(peer, n(name)).unwrap_or_else(|error| panic!("{peer}: {name}: {error}"));
            let found = found.unwrap_or_else(|| panic!("{peer}: {name} is not attached"));
            let difference = difference(&found, &benchmark.compute(n(name)), benchmark.tolerance).unwrap();
            difference.map(|difference| format!("{name}: {difference}"))
        });
        assert_eq!(differences.collect::<Vec<_>>(), Vec::<String>::new(), "{peer}");
    }

    #[cfg(feature = "ndarray")]
    #[test]
    fn ndarray_computes_what_hloom_does() {
        check_table("ndarray", ndarray::ROWS, |_| 1_000);
    }

    #[cfg(feature = "candle")]
    #[test]
    fn candle_computes_what_hloom_does() {
        check_table("candle", candle::ROWS, |_| 1_000);
    }

    #[cfg(feature = "burn")]
    #[test]
    fn burn_computes_what_hloom_does() {
        check_table("burn", burn::ROWS, |_| 1_000);
    }

    #[cfg(feature = "ndarray")]
    #[test]
    fn ndarray_runs_programs_as_hloom_does() {
        check_table("ndarray", programs::ROWS, |name| {
            let program = hloom_programs::PROGRAMS.iter().find(|program| program.name == name);
            program.map_or(0, |program| program.n)
        });
    }
}
