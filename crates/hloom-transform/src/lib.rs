//! Programs built and rewritten, without a recorder.
//!
//! [`Build`] is the vocabulary in which operations are put together; [`ProgramBuilder`] has it over a program of its own,
//! the recorder of `hloom` over its graph; [`along`] is written in it. Rewrites take a program to one that yields the same values, each in a file with
//! its tests beside it; [`simplify`] is those that every program goes through before it is compiled. Knows no HLO, no
//! devices and no recorder.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

pub mod along;
mod build;
mod pads;
mod program_builder;
mod rewrite;
mod transposes;

use std::borrow::Cow;

use hloom_ir::Program;

pub use build::Build;
pub use pads::compute_around;
pub use program_builder::ProgramBuilder;
pub use transposes::cancel_transposes;

/// The program without what is done only to be undone, and with values computed where anything may be around them. Every value that
/// is read stays what it was, to the last bit.
pub fn simplify(program: &Program) -> Cow<'_, Program> {
    [cancel_transposes, compute_around].into_iter().fold(Cow::Borrowed(program), |program, rewrite| {
        match rewrite(&program) {
            Some(rewritten) => Cow::Owned(rewritten),
            None => program,
        }
    })
}
