//! Functions on slices that programs call on processors, where XLA has no fast code: elements in order, and those that would be
//! at given positions if they were in order.
//!
//! Arrays come as lines: slices of one extent, one behind the other. Knows nothing of programs, of plugins and of NumPy's
//! order, which callers bring about by integers that have it.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod order;
mod pool;

pub use order::{Key, select, sort};
