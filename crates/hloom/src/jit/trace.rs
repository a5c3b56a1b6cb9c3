//! Tracing: a function is run once on arrays that stand for its arguments, and what it records becomes a program.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hloom_backend::Donation;
use hloom_ir::{DType, NodeId, Program, SourceLine};

use super::options::Options;
use super::plan::{CallPlan, Kept, placeholders};
use super::signature::{Key, LeafType};
use crate::check::{Fault, ProgramChecks};
use crate::eval::stats;
use crate::record::{self, Inside, Scalars, Scope, ScopeId};
use crate::tree::{Failure, Tree, TreeLeaf, Visitor, rebuild};
use crate::{Error, NdArray, Result};

/// What tracing a function gave.
pub(super) enum Outcome<R> {
    /// A program, and how to call it.
    Traced(Box<(Program, CallPlan<R>)>),
    /// The function reads arrays of a trace around it: it has to be run as a part of that.
    Inline,
    /// The function returned this, which is an error.
    Failed(R, Error),
}

/// Traces a function for a signature.
///
/// # Errors
/// The error of a result in error; what computing the captured arrays reports.
pub(super) fn trace<A, R: Tree>(
    function: &(dyn Fn(A) -> R + Send + Sync),
    arguments: &impl Tree<A>,
    leaves: &[TreeLeaf<'_>],
    owners: &[u32],
    key: Key,
    options: &Options,
    line: SourceLine,
) -> Result<Outcome<R>> {
    stats::COUNTERS.traces.fetch_add(1, Ordering::Relaxed);
    let span = tracing::debug_span!("trace", function = %options.name);
    let _span = span.enter();
    let scope = Scope::open(&options.name, line);
    let parameters: Vec<NdArray> = leaves
        .iter()
        .zip(&key.leaves)
        .map(|(leaf, ty)| match (leaf, ty) {
            (TreeLeaf::Array(array), LeafType::Static(_)) => (*array).clone(),
            (TreeLeaf::Number(number), LeafType::Static(_)) => record::scalar_at(line, *number),
            (_, LeafType::Number(_)) => scope.scalar(ty.ty(), true),
            _ => scope.parameter(ty.ty()),
        })
        .collect();
    let result = function(rebuild(arguments, parameters.iter().cloned()));
    let visitor = Visitor::of(&result);
    let results: Vec<NodeId> = visitor
        .leaves
        .iter()
        .filter_map(|leaf| match leaf {
            TreeLeaf::Array(array) => Some(array.node()),
            TreeLeaf::Number(_) | TreeLeaf::Spec(_) => None,
        })
        .collect();
    let failure = match visitor.failure {
        None => None,
        Some(Failure::Whole(error)) => Some(error.clone()),
        // What is beside the error has no value, and never will have.
        Some(Failure::Part(error)) => return Err(error.clone()),
    };
    drop(visitor);
    if let Some(error) = failure {
        return Ok(Outcome::Failed(result, error));
    }

    let recorder = record::lock();
    let traced = recorder.traced(Inside::Scope(scope.id()), &results, Scalars::Constants)?;
    if traced.captures.iter().any(|&capture| recorder.scope(capture) != ScopeId::ROOT) {
        return Ok(Outcome::Inline);
    }
    let read: HashSet<NodeId> = traced.nodes().collect();
    let Inputs { mut nodes, kept, numbers, unread } = inputs(&parameters, owners, &read, &key, options);
    nodes.extend(&traced.captures);
    let checks = recorder.checks_among(&traced);
    let outputs: Vec<NodeId> = results.iter().copied().chain(checks.iter().map(|check| check.offender)).collect();
    let program = recorder.closed(&traced, &nodes, &outputs, Scalars::Constants);
    let pending = traced.captures.iter().copied().filter(|&node| recorder.value(node).is_none());
    let pending: Vec<NodeId> = pending.collect();
    let captures = record::start(recorder, &pending, |recorder| {
        traced.captures.iter().filter_map(|&node| recorder.value(node).cloned()).collect()
    });
    let mut results = program.result_types();
    results.truncate(results.len() - checks.len());
    let faults = checks.into_iter().map(|check| Fault::at(check.line, check.requirement)).collect();
    let checks = ProgramChecks::of(&program, faults);
    let template = rebuild(&result, placeholders());
    let name: Arc<str> = options.name.as_str().into();
    let plan = CallPlan { name, key, kept, numbers, taken_unread: unread, captures, results, checks, template };
    Ok(Outcome::Traced(Box::new((program, plan))))
}

/// What the arguments are to a program.
#[derive(Default)]
struct Inputs {
    /// The parameters that are its inputs.
    nodes: Vec<NodeId>,
    /// Of these the arrays.
    kept: Vec<Kept>,
    /// Of these the numbers.
    numbers: Vec<(usize, DType)>,
    /// The donated arrays that are none.
    unread: Vec<usize>,
}

/// Which of the parameters are inputs of the program: those that are read, or all that may be.
fn inputs(parameters: &[NdArray], owners: &[u32], read: &HashSet<NodeId>, key: &Key, options: &Options) -> Inputs {
    let mut inputs = Inputs::default();
    for (leaf, (parameter, ty)) in parameters.iter().zip(&key.leaves).enumerate() {
        let node = parameter.node();
        let donated = options.donates(owners[leaf]);
        if !read.contains(&node) && !options.keep_unused {
            if donated && matches!(ty, LeafType::Array(_)) {
                inputs.unread.push(leaf);
            }
            continue;
        }
        match ty {
            LeafType::Array(_) => inputs.kept.push(Kept { leaf, donated, is_reused: false }),
            LeafType::Number(dtype) => inputs.numbers.push((leaf, *dtype)),
            LeafType::Static(_) => continue,
        }
        inputs.nodes.push(node);
    }
    inputs
}

/// Runs a function as it is, on the arrays themselves: its operations become part of the trace they belong to.
pub(super) fn inline<A, R>(
    function: &(dyn Fn(A) -> R + Send + Sync),
    arguments: &impl Tree<A>,
    leaves: &[TreeLeaf<'_>],
) -> R {
    let arrays: Vec<NdArray> = leaves.iter().map(|leaf| leaf.to_array()).collect();
    function(rebuild(arguments, arrays))
}

impl<R> CallPlan<R> {
    /// Which inputs the program may overwrite.
    pub(super) fn donated_inputs(&self) -> Vec<usize> {
        let donated = self.kept.iter().enumerate().filter(|(_, kept)| kept.donated);
        donated.map(|(input, _)| input).collect()
    }

    /// Notes which inputs the compiled program overwrites.
    pub(super) fn note_reuse(&mut self, donations: &[Donation]) {
        for (input, kept) in self.kept.iter_mut().enumerate() {
            kept.is_reused = donations.iter().any(|donation| donation.input == input);
        }
    }
}
