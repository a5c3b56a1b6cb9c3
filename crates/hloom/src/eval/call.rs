//! A call of a compiled function: values in, values out, nothing recorded.
//!
//! Knows nothing about graphs or about how the function was traced.

use std::sync::Arc;

use hloom_backend::{Argument, Backend, Results};
use hloom_ir::Literal;
use smallvec::SmallVec;

use super::check::{Check, Checks, Fault};
use super::program::Compilation;
use super::value::{OnDevice, Value};
use super::{exit, job};
use crate::{Error, Result};

/// What a call yields.
pub(crate) struct Outputs {
    buffers: Results,
    /// What has to hold for each of the values to be one.
    checks: Checks,
}

impl Outputs {
    /// The values, which the device may still be computing.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Arc<Value>> {
        let Outputs { buffers, checks } = self;
        buffers.into_iter().map(move |buffer| Value::device(buffer.ty().clone(), buffer, checks.clone()))
    }
}

/// The results of a program: the first `n_results` are values, the others tell whether they are, one for each
/// fault.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) n_results: usize,
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
    // Waits outside the gate, too.
    let taken_over = taken_over(inputs);
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
        return Ok(Outputs { buffers: results, checks: Checks::default() });
    }
    Ok(checked(results, expected, &taken_over.unwrap_or_default()))
}

/// What the results take over from the inputs, if anything.
fn taken_over(inputs: &[Input<'_>]) -> Option<Checks> {
    inputs.iter().any(|input| input.value.is_conditional()).then(|| {
        let mut checks = Checks::of(inputs.iter().map(|input| input.value));
        checks.trim();
        checks
    })
}

/// Results that have conditions.
fn checked(results: Results, expected: Expected<'_>, taken_over: &Checks) -> Outputs {
    let mut results = results.into_iter();
    let buffers = results.by_ref().take(expected.n_results).collect();
    let own = results.zip(expected.faults).map(|(offender, fault)| Check {
        offender: Value::device(offender.ty().clone(), offender, Checks::default()),
        fault: fault.clone(),
    });
    Outputs { buffers, checks: taken_over.and(&own.collect::<SmallVec<[Check; 4]>>()) }
}
