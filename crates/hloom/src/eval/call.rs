//! A call of a compiled function: values in, values out, nothing recorded.
//!
//! Knows nothing about graphs or about how the function was traced.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hloom_backend::{Argument, Backend, Executable, Results};
use hloom_ir::Literal;
use smallvec::SmallVec;

use super::check::{Check, Checks, Fault};
use super::program::Compilation;
use super::value::Value;
use super::{exit, job, pool, stats};
use crate::{Error, ErrorKind, Result};

/// The values that a call yields.
pub(crate) type Outputs = SmallVec<[Arc<Value>; 2]>;

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
    let mut arguments: SmallVec<[Argument; 8]> = SmallVec::with_capacity(inputs.len());
    for input in inputs {
        let Some(buffer) = input.value.buffer_at_hand(backend) else { break };
        arguments.push(Argument { buffer, donated: input.donated && input.is_reused });
    }
    // What other threads still have to compute is waited for outside the gate: they may have to pass it.
    for input in &inputs[arguments.len()..] {
        input.value.settle();
    }
    let _inside = exit::enter();
    for input in &inputs[arguments.len()..] {
        let buffer = input.value.buffer(backend)?;
        arguments.push(Argument { buffer, donated: input.donated && input.is_reused });
    }
    let executable = &**program.executable(backend, denied)?;
    let n_inputs = arguments.len();
    let results = match attempt(program, executable, backend, &mut arguments, scalars) {
        Err(error) if error.kind() == ErrorKind::OutOfMemory => {
            // The memory kept for later outputs may be what is missing.
            pool::clear();
            arguments.truncate(n_inputs);
            attempt(program, executable, backend, &mut arguments, scalars)?
        }
        other => other?,
    };
    for (idx, input) in inputs.iter().enumerate().filter(|(_, input)| input.donated) {
        input.value.donate(donated(idx));
    }
    if taken_over.is_none() && expected.faults.is_empty() {
        let values = results.into_iter().map(|buffer| Value::device(buffer.ty().clone(), buffer, Checks::default()));
        return Ok(values.collect());
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

/// The values of results that have conditions.
fn checked(results: Results, expected: Expected<'_>, taken_over: &Checks) -> Outputs {
    let mut results = results.into_iter();
    let values: Vec<_> = results.by_ref().take(expected.n_results).collect();
    let own = results.zip(expected.faults).map(|(offender, fault)| Check {
        offender: Value::device(offender.ty().clone(), offender, Checks::default()),
        fault: fault.clone(),
    });
    let checks = taken_over.and(&own.collect::<SmallVec<[Check; 4]>>());
    values.into_iter().map(|buffer| Value::device(buffer.ty().clone(), buffer, checks.clone())).collect()
}

fn attempt(
    program: &Compilation,
    executable: &dyn Executable,
    backend: &dyn Backend,
    arguments: &mut SmallVec<[Argument; 8]>,
    scalars: &[Literal],
) -> Result<Results> {
    job::push_scalars(backend, scalars, arguments)?;
    job::push_places(backend, program, arguments)?;
    let _span = tracing::debug_span!("execute", program = program.id()).entered();
    stats::COUNTERS.executions.fetch_add(1, Ordering::Relaxed);
    Ok(executable.execute(arguments)?)
}
