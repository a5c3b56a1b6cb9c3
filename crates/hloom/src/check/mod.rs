//! Checks that only the run of a program can make: whether an index that the program computes lies on its axis, or whether
//! the elements of an array keep a rule of a function.
//!
//! A program cannot raise an error. For everything that has to be checked it computes one number more, the *offender*: the
//! first index that is out of bounds, 1 for a broken rule, or 0 if nothing is wrong. (0 is never out of bounds: an axis
//! without elements is refused when the index is recorded.) An offender that is not 0 becomes an error when somebody reads
//! a value that depends on it.
//!
//! There are three doors, one for each module that checks pass through:
//!
//! - **The recorder** adds checks to its graph. [`BuildChecks`] takes an index as the user wrote it and the
//!   [`hloom_ir::Bounds`] of its axis, and yields the index as an int64 counted from the start; or it takes a value and the
//!   [`hloom_ir::Rule`] without which it is none. [`checks_among`] finds the checks of a traced function again, and
//!   [`dependences`] which of its results they concern. [`Conditions`] collects, while the recorder walks over the graph,
//!   which checks each node depends on.
//! - **Evaluation** keeps with each value its [`Checks`], and calls [`Checks::verify`] before the value is read. It
//!   implements [`Conditional`] for its values.
//! - **Compiled functions** keep a [`ProgramChecks`] for each program: which of its results depends on which inputs and
//!   which offenders. Each call turns it into the [`Checks`] of the results.
//!
//! Three things about checks lie elsewhere, because they belong to what is there: the operation that ties an offender
//! to a value is one of the IR (`hloom-ir/src/op/indexing.rs`, with what it asks in `requirement.rs`); loops and branches carry
//! offenders out of their bodies as a part of their state (`control/`); saved functions write faults to bytes
//! (`jit/file.rs`). This module knows nothing about the recorder, devices or compiled functions: they depend on it.

mod build;
mod checks;
mod conditions;
mod program;

pub(crate) use build::{BuildChecks, TracedCheck, checks_among, dependences, is_within};
pub(crate) use checks::{Check, Checks, Conditional, Fault, RecordedAt};
pub(crate) use conditions::{Condition, Conditions};
pub(crate) use program::{ProgramChecks, Reach};
