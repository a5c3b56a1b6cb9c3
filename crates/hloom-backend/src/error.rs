//! What can go wrong when a program is compiled or run. Knows no implementation.

use thiserror::Error;

/// The result of a backend's call.
pub type Result<T> = std::result::Result<T, Error>;

/// The class of a backend's failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No backend could be found, installed or loaded.
    Plugin,
    /// The compiler refused a program.
    Compile,
    /// A program failed while running.
    Execute,
    /// The device or the host has no memory left.
    OutOfMemory,
    /// A file could not be read or written.
    Io,
    /// The memory of an array was given to a program, or is in use and cannot be.
    Donated,
    /// The backend does not offer what was asked.
    Unsupported,
    /// A call that a backend must never see.
    Internal,
}

/// A backend's failure.
#[derive(Debug, Error)]
#[non_exhaustive]
#[error("{message}")]
pub struct Error {
    /// The class of the failure.
    pub kind: ErrorKind,
    /// What was attempted, and what was said about it.
    pub message: String,
    /// What caused it.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// A failure without a further cause.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), source: None }
    }

    /// A failure caused by another error.
    pub fn caused(
        kind: ErrorKind,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error { kind, message: message.into(), source: Some(source.into()) }
    }
}
