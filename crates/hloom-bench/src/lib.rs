//! A benchmark harness for array functions: hloom, lazily and compiled, beside its floor, NumPy, JAX and Rust crates.
//!
//! A [`Benchmark`] is one definition: sizes, inputs, a tolerance, what has to be done at least, and implementations. Each
//! implementation runs in a process of its own, its result is compared with NumPy's before it is timed, and all take turns
//! in one run. A ratio is the median of the rounds' ratios with an interval, and no verdict is finer than the noise that
//! two measurements of the same show.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

pub mod analysis;
mod benchmark;
mod clock;
mod command;
pub mod compare;
mod engine;
mod file;
pub mod html;
mod machine;
pub mod markdown;
pub mod peers;
mod process;
mod protocol;
pub mod record;
mod select;
pub mod sides;
pub mod statistics;
pub mod table;
mod units;
mod why;
mod worker;

pub use benchmark::{
    Benchmark, Budget, Implementation, Limit, Native, NativeRun, Program, Sampler, Size, Suite, Unit, Work,
};
pub use command::{Arguments, main, run};
pub use file::read;
pub use worker::difference;
