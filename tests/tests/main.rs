//! The workspace's suites in one test binary, because linking is what building tests costs.

mod conformance;
mod dtypes;
mod golden;
