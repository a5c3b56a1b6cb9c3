//! A call of the user's: records what it adds to the graph, and says in messages what was called on what.

use std::fmt::{Display, Write};
use std::panic::Location;
use std::sync::LazyLock;

use hloom_ir::{NodeId, SourceLine, Weak};
use parking_lot::MutexGuard;

use super::cut::start_in_background;
use super::{Builder, Garbage, NdArray, Operand, Recorder, lock, postponed};
use crate::{Error, Result};

/// A function that the user called. Messages show it as `concatenate(float64 (3,), 2.5)`.
///
/// It holds references only, and nothing is formatted unless there is an error to report: every operation makes one.
pub(crate) struct Call<'a> {
    name: &'a str,
    /// What messages show in parentheses. Without it there are no parentheses either.
    arguments: Option<&'a dyn Arguments>,
    /// What messages show behind the arguments.
    setting: Option<&'a dyn Display>,
    /// The line of the user's that made the call.
    line: SourceLine,
}

/// What a function is called on: an array, shown by its type, an operand, which may be a number, or several of these.
pub(crate) trait Arguments {
    /// Adds each argument as messages show it.
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>);
}

impl Arguments for NdArray {
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>) {
        texts.push(recorder.describe(self.node()));
    }
}

impl Arguments for Operand<'_> {
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>) {
        match self {
            Operand::Borrowed(array) => array.describe(recorder, texts),
            Operand::Owned(array) => array.describe(recorder, texts),
            Operand::Number(number) => texts.push(match number {
                Weak::Bool(value) => value.to_string(),
                Weak::Int(value) => value.to_string(),
                Weak::Float(value) => format!("{value:?}"),
                Weak::Complex(value) => value.to_string(),
            }),
        }
    }
}

impl<T: Arguments + ?Sized> Arguments for &T {
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>) {
        (**self).describe(recorder, texts);
    }
}

impl<T: Arguments, const N: usize> Arguments for [T; N] {
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>) {
        self.iter().for_each(|argument| argument.describe(recorder, texts));
    }
}

impl<T: Arguments> Arguments for Vec<T> {
    fn describe(&self, recorder: &Recorder, texts: &mut Vec<String>) {
        self.iter().for_each(|argument| argument.describe(recorder, texts));
    }
}

impl<'a> Call<'a> {
    /// A call that messages show by its name alone. The line is the caller's.
    #[track_caller]
    pub(crate) fn named(name: &'a str) -> Call<'a> {
        Call { name, arguments: None, setting: None, line: Location::caller() }
    }

    /// A call that messages show with its arguments. The line is the caller's.
    #[track_caller]
    pub(crate) fn of(name: &'a str, arguments: &'a dyn Arguments) -> Call<'a> {
        Call { name, arguments: Some(arguments), setting: None, line: Location::caller() }
    }

    /// The call with a setting for messages to show behind the arguments.
    pub(crate) fn with(self, setting: &'a dyn Display) -> Call<'a> {
        Call { setting: Some(setting), ..self }
    }

    /// The call with another line of the user's than the caller's.
    pub(crate) fn at(self, line: SourceLine) -> Call<'a> {
        Call { line, ..self }
    }

    /// Records what `build` adds to the graph and returns the array it names.
    ///
    /// If `build` fails, the array is in error, with the line of the call.
    pub(crate) fn record(self, build: impl FnOnce(&mut Builder<'_>) -> Result<NodeId>) -> NdArray {
        let line = self.line;
        let mut recorder = lock();
        let mut builder = Builder::new(&mut recorder, line);
        let outcome = postponed::recording(|| build(&mut builder));
        let created = builder.finish();
        let mut refused = None;
        let node = match outcome {
            Ok(node) => node,
            Err(error) => {
                let error = error.at(line, || self.describe(&recorder));
                refused = eager_errors().then(|| error.clone());
                recorder.add_error(error, line)
            }
        };
        recorder.retain(node);
        let described = tracing::enabled!(tracing::Level::TRACE).then(|| recorder.describe(node));
        conclude(recorder, &created);
        let array = NdArray::from_node(node);
        if let Some(ty) = described {
            tracing::trace!(name: "record", %ty, %line);
        }
        if let Some(error) = refused {
            drop(array);
            panic!("{error}");
        }
        array
    }

    /// Records an operation of several results, as [`Call::record`] does one. If `build` fails, all `n_results`
    /// arrays are in error.
    pub(crate) fn record_several(
        self,
        n_results: usize,
        build: impl FnOnce(&mut Builder<'_>) -> Result<Vec<NodeId>>,
    ) -> Vec<NdArray> {
        let mut recorder = lock();
        let mut builder = Builder::new(&mut recorder, self.line);
        let outcome = postponed::recording(|| build(&mut builder));
        let created = builder.finish();
        for &node in outcome.iter().flatten() {
            recorder.retain(node);
        }
        conclude(recorder, &created);
        match outcome {
            Ok(nodes) => nodes.into_iter().map(NdArray::from_node).collect(),
            Err(error) => vec![self.error(error); n_results],
        }
    }

    /// An array in error.
    pub(crate) fn error(self, error: Error) -> NdArray {
        self.record(|_| Err(error))
    }

    /// The call for messages.
    fn describe(&self, recorder: &Recorder) -> String {
        let mut text = self.name.to_owned();
        if let Some(arguments) = self.arguments {
            let mut texts = Vec::new();
            arguments.describe(recorder, &mut texts);
            texts.extend(self.setting.map(ToString::to_string));
            // Writing to a string does not fail.
            let _ = write!(text, "({})", texts.join(", "));
        }
        text
    }
}

/// Ends a call of the user's: frees the nodes that it created and did not use, and cuts off what has grown to the limit.
fn conclude(mut recorder: MutexGuard<'_, Recorder>, created: &[NodeId]) {
    let mut garbage = Garbage::default();
    postponed::settle(&mut recorder, &mut garbage);
    for &intermediate in created.iter().rev() {
        recorder.free_if_unused(intermediate, &mut garbage);
    }
    recorder.sweep();
    let job = recorder.enforce_limit(&mut garbage);
    start_in_background(recorder, garbage, job, |_| ());
}

/// Whether `HLOOM_EAGER_ERRORS=1` asks for a panic at the line of an illegal operation.
fn eager_errors() -> bool {
    static EAGER: LazyLock<bool> =
        LazyLock::new(|| std::env::var_os("HLOOM_EAGER_ERRORS").is_some_and(|value| value == "1"));
    *EAGER
}
