//! The workspace's suites in one test binary, because linking is what building tests costs.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod backend;
mod child;
mod conformance;
mod control;
mod dtypes;
mod faults;
mod golden;
mod jit;
mod kernels;
mod programs;
mod property;
mod random;
mod scale;
mod surface;
