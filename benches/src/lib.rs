//! The suites of `hloom bench`: what is measured, each benchmark as one definition. How it is measured is `hloom-bench`'s
//! matter.
//!
//! [`rows`] has NumPy's functions, [`programs`] whole programs, [`jit`] and [`compile`] compiled functions, [`overhead`] and
//! [`start`] what the library adds to the executables that it runs; [`chain`] has the chains of operations that these
//! measure, as a user writes them and as hloom lowers them. [`backends`] measures backends by their traits.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

pub mod backends;
pub mod chain;
pub mod compile;
pub mod jit;
pub mod memory;
pub mod native;
pub mod overhead;
pub mod programs;
pub mod rows;
mod samples;
pub mod start;

/// All suites.
pub fn suites() -> Vec<hloom_bench::Suite> {
    let mut suites = vec![overhead::suite(), start::suite(), jit::suite(), compile::suite()];
    suites.extend(rows::suites());
    suites.push(programs::suite());
    suites
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_unique_and_sizes_grow() {
        let suites = super::suites();
        for (idx, suite) in suites.iter().enumerate() {
            assert!(!suites[..idx].iter().any(|other| other.name == suite.name), "{}", suite.name);
            for (idx, benchmark) in suite.benchmarks.iter().enumerate() {
                let name = &benchmark.name;
                assert!(!suite.benchmarks[..idx].iter().any(|other| other.name == *name), "{}/{name}", suite.name);
                assert!(!benchmark.sizes.is_empty(), "{}/{name}", suite.name);
                assert!(benchmark.sizes.is_sorted_by(|one, other| one.n < other.n), "{}/{name}", suite.name);
            }
        }
    }
}
