//! A call of a compiled function: values in, values out, nothing recorded.
//!
//! Knows nothing about graphs or about how the function was traced.

use std::sync::Arc;

use hloom_backend::{Argument, Backend, Results};
use hloom_ir::Literal;
use smallvec::SmallVec;

use super::program::Compilation;
use super::value::{Checks, OnDevice, Value, job};
use super::{device, exit};
use crate::check::ProgramChecks;
use crate::{Error, Result};

/// What a call yields.
pub(crate) struct Outputs {
    buffers: Results,
    /// The checks of each of the values; empty if none has any.
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
    program_checks: &ProgramChecks,
    donated: impl Fn(usize) -> Error,
) -> Result<Outputs> {
    device::check_process()?;
    // Waits outside the gate, too.
    let taken_over = program_checks.taken_over(inputs.iter().map(|input| input.value));
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
    if taken_over.is_none() && program_checks.faults().is_empty() {
        return Ok(Outputs { buffers: results, checks: Vec::new() });
    }
    let mut results = results.into_iter();
    let buffers = results.by_ref().take(program_checks.n_results()).collect();
    let offenders = results.map(|offender| Value::device(offender.ty().clone(), offender, Checks::default()));
    let checks = program_checks.of_results(&taken_over.unwrap_or_default(), offenders, inputs.len());
    Ok(Outputs { buffers, checks })
}
