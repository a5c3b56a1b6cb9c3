//! Benchmarks of hloom, each beside the same executable called through the bare C API in the same run.
//!
//! The programs measured are in [`chain`], twice each: as a user writes them and as hloom lowers them.
//! [`timing`] interleaves the two, [`overhead`], [`memory`], [`start`] and [`jit`] say what is measured, [`peer`] has
//! another library measured beside it, [`report`] prints it. [`surface`] goes through NumPy's functions one by one.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

pub mod chain;
pub mod jit;
pub mod memory;
pub mod overhead;
pub mod peer;
pub mod python;
pub mod report;
pub mod rows;
pub mod start;
pub mod surface;
pub mod timing;

/// All suites of the command `hloom bench`.
pub fn suites() -> Vec<hloom_bench::Suite> {
    rows::suites()
}
