//! The differential suite: random programs, computed in several ways that must agree.
//!
//! A [`program`] is drawn from a seed over every operation of the library, [`action`] says what each step does, and
//! [`check`] computes it step by step, lazily at once, compiled, in a branch and in the body of a loop. [`agree`] holds
//! the results against each other: what only rounds as written must be equal to the last bit, and what goes through
//! functions or sums may differ by what their own rounding makes of it. No other implementation is asked; NumPy's
//! answers to such programs are in the corpus.

pub mod action;
pub mod agree;
pub mod check;
pub mod draw;
pub mod functions;
pub mod program;
