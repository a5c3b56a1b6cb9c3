//! Lowering of verified graphs to XLA's HLO: a pure function from [`hloom_ir::Program`] to
//! [`proto::HloModuleProto`], and its readable text.
//!
//! What XLA computes differently from NumPy is corrected here. Knows nothing about files, plugins or
//! devices.
#![forbid(unsafe_code)]

mod builder;
mod error;
mod kernel;
mod lower;
mod passes;
pub mod proto;
mod readers;
mod request;
mod target;
mod text;
mod types;
mod value;

pub use error::{Error, Result};
pub use kernel::Kernel;
pub use lower::{Donation, Lowered, Options, OutputBuffer, lower};
pub use request::lower_request;
pub use target::Target;
pub use text::module_text;
