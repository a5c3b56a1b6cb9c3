//! The one error type of the library.
//!
//! An error knows NumPy's kind, NumPy's wording and the user's line that recorded the operation at
//! fault. It is cheap to clone, because arrays in error carry it along.

use std::fmt;
use std::sync::Arc;

use hloom_ir::SourceLine;

/// The result of anything that needs a value, or checks host data.
pub type Result<T> = std::result::Result<T, Error>;

/// The class of an [`Error`]: NumPy's exceptions, and what a compiler and a device can report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// `ValueError`: a right type with an impossible value.
    Value,
    /// `TypeError`: a dtype or an argument that the operation does not take.
    Type,
    /// `IndexError`: an index out of bounds or of the wrong kind.
    Index,
    /// `AxisError`: an axis that the array does not have.
    Axis,
    /// `OverflowError`: a number that its dtype cannot hold.
    Overflow,
    /// `ZeroDivisionError`: a division by zero that gives no number.
    ZeroDivision,
    /// `LinAlgError`: no matrix where one is needed, or one of the wrong shape.
    LinAlg,
    /// No plugin could be found, installed or loaded.
    Plugin,
    /// The compiler refused a program.
    Compile,
    /// A program failed while it ran.
    Execute,
    /// The device or the host has no memory left.
    OutOfMemory,
    /// A file could not be read or written.
    Io,
    /// A value was asked for that is not known while a function is traced.
    Trace,
    /// An array was used whose memory a function took.
    Donated,
    /// A guard forbade what was asked for.
    Denied,
    /// A broken invariant of this library.
    Internal,
}

impl ErrorKind {
    /// The name under which NumPy raises the error; for the others, a name of the same style.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorKind::Value => "ValueError",
            ErrorKind::Type => "TypeError",
            ErrorKind::Index => "IndexError",
            ErrorKind::Axis => "AxisError",
            ErrorKind::Overflow => "OverflowError",
            ErrorKind::ZeroDivision => "ZeroDivisionError",
            ErrorKind::LinAlg => "LinAlgError",
            ErrorKind::Plugin => "PluginError",
            ErrorKind::Compile => "CompileError",
            ErrorKind::Execute => "ExecuteError",
            ErrorKind::OutOfMemory => "MemoryError",
            ErrorKind::Io => "OSError",
            ErrorKind::Trace => "TraceError",
            ErrorKind::Donated => "DonatedError",
            ErrorKind::Denied => "DeniedError",
            ErrorKind::Internal => "InternalError",
        }
    }
}

/// What went wrong: kind, text in NumPy's wording, and the line of the operation at fault.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    context: Option<String>,
    line: Option<SourceLine>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Arc::new(Inner { kind, message: message.into(), context: None, line: None, source: None }))
    }

    pub(crate) fn zero_division(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::ZeroDivision, message)
    }

    pub(crate) fn value(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Value, message)
    }

    pub(crate) fn type_(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Type, message)
    }

    pub(crate) fn index(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Index, message)
    }

    pub(crate) fn internal(message: impl fmt::Display) -> Error {
        hloom_ir::Error::internal(message).into()
    }

    /// The class of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What was wrong, in NumPy's wording where NumPy has one.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The user's line that recorded the operation at fault, if one did.
    pub fn line(&self) -> Option<&'static std::panic::Location<'static>> {
        self.0.line
    }

    /// The error with the line of the call it arose in, unless it already knows an earlier one.
    pub(crate) fn on(self, line: SourceLine) -> Error {
        match Arc::try_unwrap(self.0) {
            Ok(inner) if inner.line.is_none() => Error(Arc::new(Inner { line: Some(line), ..inner })),
            Ok(inner) => Error(Arc::new(inner)),
            Err(shared) => Error(shared),
        }
    }

    /// The error with the operation and line it arose at, unless it already knows an earlier one.
    pub(crate) fn at(self, line: SourceLine, context: impl FnOnce() -> String) -> Error {
        if self.0.line.is_some() {
            return self;
        }
        let context = Some(context());
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Error(Arc::new(Inner { line: Some(line), context, ..inner })),
            // A shared error without a line belongs to a device, not to one operation.
            Err(shared) => Error(shared),
        }
    }

    /// The error with the operation it arose at, as text.
    pub(crate) fn within(self, context: String) -> Error {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Error(Arc::new(Inner { context: Some(context), ..inner })),
            Err(shared) => Error(shared),
        }
    }

    /// The error with what it is about, such as the name of a file, before its message.
    pub(crate) fn about(self, subject: impl fmt::Display) -> Error {
        let message = format!("{subject}: {}", self.0.message);
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Error(Arc::new(Inner { message, ..inner })),
            Err(shared) => Error::caused(shared.kind, message, Error(shared)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.name(), self.0.message)?;
        match (&self.0.context, self.0.line) {
            (Some(context), Some(line)) => write!(f, ", in {context}, recorded at {line}"),
            (Some(context), None) => write!(f, ", in {context}"),
            (None, Some(line)) => write!(f, ", at {line}"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

impl From<hloom_ir::Error> for Error {
    fn from(error: hloom_ir::Error) -> Error {
        let kind = match error.kind {
            hloom_ir::ErrorKind::Value => ErrorKind::Value,
            hloom_ir::ErrorKind::Type => ErrorKind::Type,
            hloom_ir::ErrorKind::Index => ErrorKind::Index,
            hloom_ir::ErrorKind::Axis => ErrorKind::Axis,
            hloom_ir::ErrorKind::Overflow => ErrorKind::Overflow,
            hloom_ir::ErrorKind::ZeroDivision => ErrorKind::ZeroDivision,
            _ => ErrorKind::Internal,
        };
        Error::new(kind, error.message)
    }
}

impl From<hloom_backend::Error> for Error {
    fn from(error: hloom_backend::Error) -> Error {
        let kind = match error.kind {
            hloom_backend::ErrorKind::Plugin => ErrorKind::Plugin,
            // What a plugin cannot do for a program.
            hloom_backend::ErrorKind::Compile | hloom_backend::ErrorKind::Unsupported => ErrorKind::Compile,
            hloom_backend::ErrorKind::Execute => ErrorKind::Execute,
            hloom_backend::ErrorKind::OutOfMemory => ErrorKind::OutOfMemory,
            hloom_backend::ErrorKind::Io => ErrorKind::Io,
            hloom_backend::ErrorKind::Donated => ErrorKind::Donated,
            _ => ErrorKind::Internal,
        };
        Error::caused(kind, error.message.clone(), error)
    }
}

impl Error {
    pub(crate) fn caused(
        kind: ErrorKind,
        message: String,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error(Arc::new(Inner { kind, message, context: None, line: None, source: Some(source.into()) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_stays() {
        let here = std::panic::Location::caller();
        let error = Error::value("bad").at(here, || "add(f64[3], f64[4])".to_owned());
        let text = error.to_string();
        assert!(text.starts_with("ValueError: bad, in add(f64[3], f64[4]), recorded at "), "{text}");
        assert_eq!(error.at(here, || "later".to_owned()).to_string(), text);
    }
}
