//! What the workspace's tests share: the machinery of the conformance and the differential suite.
//!
//! The suites themselves are in `tests/tests`, as modules of one test binary. Nothing here is
//! published or used by the library.
#![forbid(unsafe_code)]

pub mod conformance;
pub mod differential;
