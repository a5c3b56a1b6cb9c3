//! What can go wrong in lowering. Knows nothing about devices.

use thiserror::Error;

/// The result of lowering.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a program was not lowered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Error {
    /// The program breaks an invariant that the verifier checks, or lowering broke one of its own.
    #[error("lowering: {0}; this is a bug in hloom, please report it")]
    Internal(String),
    /// Bytes that should be a module are none.
    #[error("not a serialized HloModuleProto: {0}")]
    Malformed(String),
    /// An array is larger than compilers handle; plugins abort on some such programs.
    #[error("{op}: array is too big, expected at most {limit} bytes, got {ty}")]
    TooLarge {
        /// The operation that yields it.
        op: &'static str,
        /// Its dtype and shape.
        ty: String,
        /// The most bytes an array may have.
        limit: usize,
    },
}

impl Error {
    /// The error with the operation that it is about.
    pub(crate) fn within(self, op: &str) -> Error {
        match self {
            Error::Internal(message) => Error::Internal(format!("{op}: {message}")),
            Error::Malformed(_) | Error::TooLarge { .. } => self,
        }
    }
}
