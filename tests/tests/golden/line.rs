//! The source line of every node in a golden test, in a file that nothing else changes.

use hloom_ir::SourceLine;

/// The line.
pub(crate) fn line() -> SourceLine {
    std::panic::Location::caller()
}
