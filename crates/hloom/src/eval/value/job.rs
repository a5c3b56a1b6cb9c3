//! One run of one program: its inputs, its numbers, and the values it settles.
//!
//! Knows nothing about the graph it was cut from.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use hloom_backend::{Argument, Backend, Executable, HostData, Results};
use hloom_ir::{DType, Literal, Type};
use smallvec::SmallVec;

use super::{OnDevice, Value};
use crate::eval::program::Compilation;
use crate::eval::queue::Task;
use crate::eval::runtime::runtime;
use crate::eval::{exit, stats};
use crate::{Error, ErrorKind, Result, guard};

/// A program with its arguments, and the values its results settle.
#[derive(Debug)]
pub(crate) struct Job {
    /// The program, compiled or about to be.
    pub(crate) program: Arc<Compilation>,
    /// The arguments, in the order of the program's inputs.
    pub(crate) inputs: Vec<Arc<Value>>,
    /// The user's numbers, in the order of the program's scalars.
    pub(crate) scalars: SmallVec<[Literal; 4]>,
    /// The values that the results settle, in the order of the results. The references are weak: a value that failed keeps
    /// its job to run it again, and the two would keep each other alive. Nobody will read a value that is gone.
    pub(crate) outputs: SmallVec<[Weak<Value>; 2]>,
    /// Whether a guard forbids compiling the program.
    pub(crate) denied: AtomicBool,
}

impl Job {
    /// Runs the program and settles its values, with an error if it fails.
    pub(crate) fn run(mut self: Arc<Job>) {
        // What other threads still have to compute is waited for outside the gate: they may have to pass it.
        for input in &self.inputs {
            input.settle();
        }
        for output in self.outputs() {
            output.trim_checks();
        }
        let _inside = exit::enter();
        let free = Arc::get_mut(&mut self).map(Job::free_inputs).unwrap_or_default();
        // A panic on the way, such as one of a tracing subscriber, must not leave readers waiting.
        let mut unfinished = Unfinished(Some(&self));
        let outcome = self.execute(&free);
        unfinished.0 = None;
        if let Err(error) = outcome {
            self.fail(&error);
        }
    }

    /// Whether results may be written over inputs.
    pub(in crate::eval) fn can_replace(&self) -> bool {
        self.program.replaceable().next().is_some()
    }

    /// The inputs that nobody holds but this job, which nobody else holds either: nobody can come to them any more, so
    /// that results may be written over them.
    fn free_inputs(&mut self) -> SmallVec<[usize; 2]> {
        let Job { program, inputs, .. } = self;
        let is_free = |input: &usize| Arc::get_mut(&mut inputs[*input]).is_some_and(|value| value.is_replaceable());
        program.replaceable().filter(is_free).collect()
    }

    /// The values that the job settles, as far as anybody refers to them.
    pub(in crate::eval) fn outputs(&self) -> impl Iterator<Item = Arc<Value>> {
        self.outputs.iter().filter_map(Weak::upgrade)
    }

    fn fail(self: &Arc<Job>, error: &Error) {
        for output in self.outputs() {
            output.fail(error, self);
        }
    }

    fn execute(&self, free: &[usize]) -> Result<()> {
        let backend = runtime().devices.default_backend()?;
        let inputs = self.inputs.iter().map(|input| input.on_device(&**backend));
        let inputs = inputs.collect::<Result<SmallVec<[OnDevice<'_>; 8]>>>()?;
        let denied = self.denied.load(Ordering::Relaxed);
        let form = self.program.form(free, denied);
        let program = form.as_ref().unwrap_or(&self.program);
        let donations = &program.options().donations;
        let is_given = |idx| free.contains(&idx) && donations.iter().any(|donation| donation.input == idx);
        let arguments = inputs.iter().enumerate();
        let arguments =
            arguments.map(|(idx, input)| Argument { buffer: input.buffer(), donated: input.is_own() && is_given(idx) });
        let results = execute(program, &**backend, denied, arguments, &self.scalars)?;
        for (output, buffer) in self.outputs.iter().zip(results) {
            match output.upgrade() {
                Some(output) => output.fulfill(buffer),
                None => runtime().pool.recycle(buffer),
            }
        }
        Ok(())
    }
}

impl Task for Job {
    /// The program is compiled, and its results take too little memory for it to matter how many of them are on their way.
    fn is_quick(&self) -> bool {
        self.program.is_compiled() && self.program.options().output_buffers.is_empty()
    }

    fn run_to_end(self: Arc<Job>) {
        let outputs: Vec<Arc<Value>> = self.outputs().collect();
        self.run();
        // A job that failed is run again by whoever reads its values, under the guards of that thread.
        for output in outputs {
            output.finish();
        }
    }
}

/// Starts a program. `denied` forbids compiling it.
///
/// # Errors
/// What compiling and starting report.
pub(in crate::eval) fn execute<'a>(
    program: &Compilation,
    backend: &dyn Backend,
    denied: bool,
    inputs: impl Iterator<Item = Argument<'a>> + Clone,
    scalars: &[Literal],
) -> Result<Results> {
    let executable = &**runtime().executable(program, backend, denied)?;
    let mut is_last = false;
    loop {
        match attempt(program, executable, backend, inputs.clone(), scalars) {
            // The memory kept for later outputs may be what is missing.
            Err(error) if error.kind() == ErrorKind::OutOfMemory && !is_last => runtime().pool.clear(),
            outcome => return outcome,
        }
        is_last = true;
    }
}

fn attempt<'a>(
    program: &Compilation,
    executable: &dyn Executable,
    backend: &dyn Backend,
    inputs: impl Iterator<Item = Argument<'a>>,
    scalars: &[Literal],
) -> Result<Results> {
    let mut owned = Results::new();
    push_packs(backend, scalars, &mut owned)?;
    let n_packs = owned.len();
    push_output_buffers(backend, executable, program.options().output_buffers.len(), &mut owned)?;
    let mut arguments: SmallVec<[Argument<'_>; 8]> = SmallVec::new();
    for input in inputs {
        arguments.push(input);
    }
    for (idx, buffer) in owned.iter().enumerate() {
        arguments.push(Argument { buffer: &**buffer, donated: idx >= n_packs });
    }
    let _span = tracing::debug_span!("execute", program = program.id()).entered();
    stats::COUNTERS.executions.fetch_add(1, Ordering::Relaxed);
    Ok(executable.execute(&arguments)?)
}

/// Packs numbers by dtype, as programs expect them.
fn push_packs(backend: &dyn Backend, scalars: &[Literal], packs: &mut Results) -> Result<()> {
    let mut remaining = scalars.len();
    let mut dtypes = DType::ALL.iter().copied();
    while remaining > 0
        && let Some(dtype) = dtypes.next()
    {
        let mut pack: SmallVec<[u8; 64]> = SmallVec::new();
        let mut n_scalars = 0;
        for scalar in scalars.iter().filter(|scalar| scalar.dtype() == dtype) {
            pack.extend_from_slice(scalar.bytes());
            n_scalars += 1;
        }
        if n_scalars > 0 {
            remaining -= n_scalars;
            packs.push(backend.upload(HostData::Borrowed(&pack), &Type::new(dtype, [n_scalars]))?);
        }
    }
    Ok(())
}

/// The memory that large results are written to: that of the last `n_buffers` parameters.
fn push_output_buffers(
    backend: &dyn Backend,
    executable: &dyn Executable,
    n_buffers: usize,
    buffers: &mut Results,
) -> Result<()> {
    if n_buffers == 0 {
        return Ok(());
    }
    let parameters = &executable.signature().parameters;
    for ty in &parameters[parameters.len().saturating_sub(n_buffers)..] {
        buffers.push(match runtime().pool.take(backend, ty.size_bytes()) {
            Some(buffer) => buffer,
            None => backend.allocate(ty)?,
        });
    }
    Ok(())
}

/// Runs a failed job again, and before it the failed jobs that its inputs depend on. Does not recurse: the chain of jobs
/// that failed because of each other may be long.
pub(in crate::eval) fn run_again(job: Arc<Job>) {
    let sources = |job: &Job| {
        let mut sources = Vec::new();
        job.inputs.iter().for_each(|input| input.sources(&mut sources));
        sources.into_iter()
    };
    let mut stack = vec![(sources(&job), job)];
    while let Some((mut remaining, job)) = stack.pop() {
        match remaining.next() {
            Some(source) => {
                let earlier = source.take_retry();
                stack.push((remaining, job));
                stack.extend(earlier.map(|earlier| (sources(&earlier), earlier)));
            }
            None => {
                job.denied.store(guard::denies_recompile(), Ordering::Relaxed);
                job.run();
            }
        }
    }
}

/// Frees a failed job and the failed jobs that only it held. Does not recurse.
pub(in crate::eval) fn dismantle(job: Arc<Job>) {
    let mut stack = vec![job];
    while let Some(job) = stack.pop() {
        let Some(job) = Arc::into_inner(job) else { continue };
        for input in job.inputs {
            if let Some(mut value) = Arc::into_inner(input) {
                value.abandon(&mut stack);
            }
        }
    }
}

struct Unfinished<'a>(Option<&'a Arc<Job>>);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if let Some(job) = self.0 {
            job.fail(&Error::internal("a program was abandoned while it was being started"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::eval::value::Value;
    use crate::{ErrorKind, NdArray, guard, record};

    fn value(array: &NdArray) -> Arc<Value> {
        record::lock().value(array.node()).cloned().unwrap()
    }

    #[test]
    fn what_failed_and_may_be_tried_again_is_freed_with_its_arrays() {
        let x = crate::array([1.0f32, 2.0, 3.0]);
        let mut y = &x + 41;
        let mut failed = Vec::new();
        for _ in 0..3 {
            // Two values of one program, and one that reads a failed value.
            let z = &y * 43;
            let refused = guard::deny_recompile(|| z.to_vec::<f32>()).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Denied);
            failed.push(Arc::downgrade(&value(&z)));
            y = z;
        }
        assert!(failed.iter().all(|value| value.upgrade().is_some()));
        drop(y);
        assert!(failed.iter().all(|value| value.upgrade().is_none()));
        assert_eq!(Arc::strong_count(&value(&x)), 2, "a job that is gone holds its input");
    }
}
