//! From the errors of the `xla` crate to those of a backend. Knows what XLA says when memory is short or given away.

use hloom_backend::{Error, ErrorKind, Result};

use crate::process::is_forked;

/// An error of the crate, of `kind` unless its text is more precise. The crate gives no codes.
pub(crate) fn failure(kind: ErrorKind, call: &str, error: xla::Error) -> Error {
    // What the crate prints has a backtrace behind it.
    let text = match &error {
        xla::Error::XlaError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    Error::caused(refined(kind, &text), format!("{call}: {text}"), error)
}

/// Refuses a forked child of the process that has opened a device, where XLA would wait for threads that there are not.
pub(crate) fn check_process() -> Result<()> {
    if is_forked() {
        let message = "device: this process was forked from one that had opened the device, which does not work in a child; \
                       open it in the child only, or start another program";
        return Err(Error::new(ErrorKind::Plugin, message));
    }
    Ok(())
}

/// A call that must not reach XLA.
pub(crate) fn internal(message: String) -> Error {
    Error::new(ErrorKind::Internal, message)
}

/// What the crate has no function for.
pub(crate) fn unsupported(call: &str, what: &str) -> Error {
    Error::new(ErrorKind::Unsupported, format!("{call}: the xla crate {what}"))
}

fn refined(kind: ErrorKind, text: &str) -> ErrorKind {
    let text = text.to_ascii_lowercase();
    if text.contains("out of memory") || text.contains("resource_exhausted") || text.contains("failed to allocate") {
        ErrorKind::OutOfMemory
    } else if text.contains("deleted or donated") || text.contains("has been donated") {
        ErrorKind::Donated
    } else {
        kind
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn texts_are_classified_and_sources_kept() {
        let error = |msg: &str| xla::Error::XlaError { msg: msg.to_owned(), backtrace: "frames".to_owned() };
        let failed = failure(ErrorKind::Execute, "execute", error("Out of memory allocating 8 bytes."));
        assert_eq!(failed.kind, ErrorKind::OutOfMemory);
        assert_eq!(failed.to_string(), "execute: Out of memory allocating 8 bytes.");
        assert!(failed.source().is_some_and(|source| source.is::<xla::Error>()));
        let failed = failure(ErrorKind::Execute, "execute", error("Buffer has been deleted or donated."));
        assert_eq!(failed.kind, ErrorKind::Donated);
        assert_eq!(failure(ErrorKind::Compile, "compile", error("no")).kind, ErrorKind::Compile);
    }
}
