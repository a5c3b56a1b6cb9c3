//! Cuts recorded operations out of the graph, as jobs that compute them, and has the jobs run once the recorder is
//! unlocked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hloom_ir::NodeId;
use parking_lot::MutexGuard;
use smallvec::SmallVec;

use super::Recorder;
use super::extract::{Extraction, Purpose};
use super::references::Garbage;
use crate::check::{Check, Checks, Fault};
use crate::eval::job::Job;
use crate::eval::runtime::runtime;
use crate::eval::value::Value;
use crate::eval::{stats, worker};
use crate::guard;

/// The values that a job settles.
type Results = SmallVec<[Arc<Value>; 2]>;

/// Has nodes computed that have no value yet, by the calling thread unless it is worthwhile to wait in line. `read` is run when they are values, while the
/// recorder is still locked; the job is started after that.
pub(crate) fn start<T>(
    mut recorder: MutexGuard<'_, Recorder>,
    pending: &[NodeId],
    read: impl FnOnce(&Recorder) -> T,
) -> T {
    let mut garbage = Garbage::default();
    let job = (!pending.is_empty()).then(|| recorder.cut(pending, &mut garbage));
    let program = job.as_ref().map(|job| job.program.id());
    let enqueued = job.map(worker::follow);
    let result = read(&recorder);
    drop(recorder);
    drop(garbage);
    let _span = program.map(|program| tracing::debug_span!("materialize", program).entered());
    run(enqueued);
    result
}

/// Unlocks the recorder, and has a job run that was cut out of its graph, by the worker if that is worthwhile.
/// `read` is run before.
pub(super) fn start_in_background<T>(
    recorder: MutexGuard<'_, Recorder>,
    garbage: Garbage,
    job: Option<Arc<Job>>,
    read: impl FnOnce(&Recorder) -> T,
) -> T {
    // Queued before the lock is released: jobs are run in the order they are cut.
    let enqueued = job.map(worker::enqueue);
    let result = read(&recorder);
    drop(recorder);
    drop(garbage);
    run(enqueued);
    result
}

/// Has a job run that was put in line, if there is one, or runs it if it was given back.
fn run(enqueued: Option<Option<Arc<Job>>>) {
    match enqueued {
        Some(Some(job)) => job.run(),
        Some(None) => worker::proceed(),
        None => {}
    }
}

impl Recorder {
    /// Cuts off a part of what the calling thread has recorded, if that has grown to the limit.
    pub(super) fn enforce_limit(&mut self, garbage: &mut Garbage) -> Option<Arc<Job>> {
        let roots = self.limit_reached()?;
        stats::COUNTERS.cuts.fetch_add(1, Ordering::Relaxed);
        Some(self.cut(&roots, garbage))
    }

    /// Cuts the operations that `roots` need out of the graph, as a job that computes them.
    pub(super) fn cut(&mut self, roots: &[NodeId], garbage: &mut Garbage) -> Arc<Job> {
        let mut extraction = self.extract(roots, Purpose::Compute);
        let (job, results) = self.job(&mut extraction, garbage);
        for (&output, value) in extraction.outputs.iter().zip(results) {
            self.seal(output, value, garbage);
        }
        // A job may write over what nobody else holds.
        garbage.let_go_of_held();
        self.sweep();
        self.extraction.put_back(extraction);
        job
    }

    /// The job that computes an extraction, and the values that it settles.
    fn job(&self, extraction: &mut Extraction, garbage: &mut Garbage) -> (Arc<Job>, Results) {
        let program = runtime().programs.entry(&extraction.key, &mut garbage.programs, || self.program(extraction));
        let results = self.results(extraction);
        let outputs = results.iter().map(Arc::downgrade).collect();
        // The memory of the extraction is used again: it must not keep values alive until then.
        let inputs = std::mem::take(&mut extraction.inputs);
        let denied = AtomicBool::new(guard::denies_recompile());
        let scalars = extraction.scalars.clone();
        (Arc::new(Job { program, inputs, scalars, outputs, denied }), results)
    }

    /// The values that an extraction computes, each with the checks that it depends on.
    fn results(&self, extraction: &Extraction) -> Results {
        let value = |&id: &NodeId, checks| Value::computing(self.graph[id].ty.clone(), checks);
        let Extraction { outputs, inputs, conditions, .. } = extraction;
        if conditions.is_empty() {
            return outputs.iter().map(|id| value(id, Checks::default())).collect();
        }
        // The values of offenders are made first, as the checks of other values refer to them.
        let mut results: SmallVec<[Option<Arc<Value>>; 4]> = SmallVec::from_elem(None, outputs.len());
        let own = conditions.in_program(|id| {
            let node = &self.graph[id];
            let (requirement, offender) = node.requirement()?;
            let value = match self.value(offender) {
                Some(known) => known.clone(),
                None => {
                    let result = &mut results[outputs.iter().position(|output| *output == offender)?];
                    result.get_or_insert_with(|| value(&offender, Checks::default())).clone()
                }
            };
            Some(Check { offender: value, fault: Fault::at(node.line, requirement.clone()) })
        });
        let finished = outputs.iter().zip(results).map(|(id, result)| {
            let set = self.graph[*id].data.marks.conditions;
            result.unwrap_or_else(|| value(id, conditions.checks(set, inputs, &own)))
        });
        finished.collect()
    }
}
