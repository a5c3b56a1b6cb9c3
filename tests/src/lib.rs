//! What the workspace's tests share: the conformance suite's machinery.
//!
//! The suites themselves are in `tests/tests`, as modules of one test binary. Nothing here is
//! published or used by the library.
#![forbid(unsafe_code)]

pub mod conformance;
