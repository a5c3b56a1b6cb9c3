//! What can be wrong with an operation. Knows nothing about devices or plugins.

use thiserror::Error;

/// The result of building or checking a graph.
pub type Result<T> = std::result::Result<T, Error>;

/// NumPy's exception class for an illegal operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `ValueError`: a right type with an impossible value, such as shapes that do not broadcast.
    Value,
    /// `TypeError`: a dtype that the operation does not take.
    Type,
    /// `IndexError`: an index out of bounds or of the wrong kind.
    Index,
    /// `AxisError`: an axis that the array does not have.
    Axis,
    /// `OverflowError`: a number that its dtype cannot hold.
    Overflow,
    /// `ZeroDivisionError`: a division by zero that gives no number.
    ZeroDivision,
    /// A broken invariant of this library.
    Internal,
}

/// An illegal operation, in NumPy's kind and wording.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
#[error("{message}")]
pub struct Error {
    /// NumPy's exception class.
    pub kind: ErrorKind,
    /// What was wrong, expected and got.
    pub message: String,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),* $(,)?) => { $(
        $(#[$doc])*
        pub fn $name(message: impl Into<String>) -> Error {
            Error { kind: ErrorKind::$kind, message: message.into() }
        }
    )* };
}

impl Error {
    constructors! {
        /// A `ValueError`.
        value => Value,
        /// A `TypeError`.
        type_ => Type,
        /// An `IndexError`.
        index => Index,
        /// An `AxisError`.
        axis => Axis,
        /// An `OverflowError`.
        overflow => Overflow,
        /// A `ZeroDivisionError`.
        zero_division => ZeroDivision,
    }

    /// A broken invariant of this library, with the request to report it.
    pub fn internal(message: impl std::fmt::Display) -> Error {
        Error { kind: ErrorKind::Internal, message: format!("{message}; this is a bug in hloom, please report it") }
    }
}
