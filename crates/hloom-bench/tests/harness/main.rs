//! The harness as a program: the worker of Python's libraries, and runs of a program with benchmarks of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod own;
mod worker;
