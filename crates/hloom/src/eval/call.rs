//! A call of a compiled function: values in, values out, nothing recorded.
//!
//! Knows nothing about graphs or about how the function was traced.

use std::sync::Arc;

use hloom_backend::{Argument, Backend, Results};
use hloom_ir::Literal;
use smallvec::SmallVec;

use super::program::Compilation;
use super::value::check::{Check, Checks, Fault};
use super::value::{OnDevice, Value, job};
use super::{device, exit};
use crate::{Error, Result};

/// What a call yields.
pub(crate) struct Outputs {
    buffers: Results,
    /// For each of the values, what has to hold for it to be one; empty if none has a condition.
    checks: Vec<Checks>,
}

impl Outputs {
    /// The values, which the device may still be computing.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Arc<Value>> {
        let Outputs { buffers, checks } = self;
        let checks = checks.into_iter().chain(std::iter::repeat_with(Checks::default));
        buffers.into_iter().zip(checks).map(|(buffer, checks)| Value::device(buffer.ty().clone(), buffer, checks))
    }
}

/// A set of what a result depends on: inputs by their position, and behind them faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach(SmallVec<[u64; 2]>);

impl Reach {
    /// The set of some bits.
    pub(crate) fn from_words(words: &[u64]) -> Reach {
        Reach(words.into())
    }

    /// The bits.
    pub(crate) fn words(&self) -> &[u64] {
        &self.0
    }

    /// Puts a member in.
    pub(crate) fn insert(&mut self, member: usize) {
        let word = member / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (member % 64);
    }

    /// Puts the members of another set in.
    pub(crate) fn union(&mut self, other: &Reach) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }

    fn contains(&self, member: usize) -> bool {
        self.0.get(member / 64).is_some_and(|word| word >> (member % 64) & 1 == 1)
    }
}

/// The results of a program: the first are values, the others tell whether they are, one for each
/// fault.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    /// What each of the values depends on.
    pub(crate) reach: &'a [Reach],
    pub(crate) faults: &'a [Arc<Fault>],
}

/// An argument of a call.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// The value.
    pub(crate) value: &'a Arc<Value>,
    /// Whether the call takes the value's memory.
    pub(crate) donated: bool,
    /// Whether the program has a result that takes it.
    pub(crate) is_reused: bool,
}

/// Calls a program. `donated` makes the error for whoever uses a donated value again.
///
/// # Errors
/// The error of an input that could not be computed; what compiling and starting report. Errors of the run
/// itself are found by whoever reads the results.
pub(crate) fn call(
    program: &Compilation,
    backend: &dyn Backend,
    denied: bool,
    inputs: &[Input<'_>],
    scalars: &[Literal],
    expected: Expected<'_>,
    donated: impl Fn(usize) -> Error,
) -> Result<Outputs> {
    device::check_process()?;
    // Waits outside the gate, too.
    let taken_over = taken_over(inputs, expected.reach);
    let mut values: SmallVec<[OnDevice<'_>; 8]> = SmallVec::new();
    values.extend(inputs.iter().map_while(|input| input.value.on_device_at_hand(backend)));
    // What other threads still have to compute is waited for outside the gate: they may have to pass it.
    for input in &inputs[values.len()..] {
        input.value.settle();
    }
    let _inside = exit::enter();
    for input in &inputs[values.len()..] {
        values.push(input.value.on_device(backend)?);
    }
    let arguments = values.iter().zip(inputs);
    let arguments =
        arguments.map(|(value, input)| Argument { buffer: value.buffer(), donated: input.donated && input.is_reused });
    let results = job::execute(program, backend, denied, arguments, scalars)?;
    for (idx, input) in inputs.iter().enumerate().filter(|(_, input)| input.donated) {
        input.value.donate(donated(idx));
    }
    if taken_over.is_none() && expected.faults.is_empty() {
        return Ok(Outputs { buffers: results, checks: Vec::new() });
    }
    Ok(checked(results, expected, &taken_over.unwrap_or_default(), inputs.len()))
}

/// What each result takes over from the inputs it depends on, if anything.
fn taken_over(inputs: &[Input<'_>], reach: &[Reach]) -> Option<Vec<Checks>> {
    inputs.iter().any(|input| input.value.is_conditional()).then(|| {
        let of_result = |reach: &Reach| {
            let reached = inputs.iter().enumerate().filter(|(idx, _)| reach.contains(*idx));
            let mut checks = Checks::of(reached.map(|(_, input)| input.value));
            checks.trim();
            checks
        };
        reach.iter().map(of_result).collect()
    })
}

/// Results that have conditions.
fn checked(results: Results, expected: Expected<'_>, taken_over: &[Checks], n_inputs: usize) -> Outputs {
    let mut results = results.into_iter();
    let buffers = results.by_ref().take(expected.reach.len()).collect();
    let own = results.zip(expected.faults).map(|(offender, fault)| Check {
        offender: Value::device(offender.ty().clone(), offender, Checks::default()),
        fault: fault.clone(),
    });
    let own: SmallVec<[Check; 4]> = own.collect();
    let of_result = |(idx, reach): (usize, &Reach)| {
        let reached = own.iter().enumerate().filter(|(fault, _)| reach.contains(n_inputs + fault));
        let reached: SmallVec<[Check; 4]> = reached.map(|(_, check)| check.clone()).collect();
        taken_over.get(idx).cloned().unwrap_or_default().and(&reached)
    };
    Outputs { buffers, checks: expected.reach.iter().enumerate().map(of_result).collect() }
}
