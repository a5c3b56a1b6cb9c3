//! Control flow that is part of a program: choices and loops whose course depends on values.
//!
//! A function given to one of these is traced: it is run once or twice on arrays that stand for its arguments and have
//! no values. Arrays that it uses from around it become operands. Knows nothing about how loops are lowered.

mod choose;
mod loops;
mod numbers;
mod scan;

use std::panic::Location;
use std::sync::atomic::Ordering;

use hloom_ir::{
    ArgType, Binary, Control, DType, Literal, NodeId, Region, SourceLine, Type, WeakKind, While, result_type,
};

use crate::check::{BuildChecks, Reach, TracedCheck};
use crate::eval::stats;
use crate::record::{self, Build, Builder, Call, Inside, Scalars, Scope};
use crate::tree::{KeyPath, Tree, TreeLeaf, Visitor, rebuild};
use crate::{Error, NdArray, Result};

use numbers::Numbers;

pub use choose::{cond, switch};
pub use loops::{fori_loop, while_loop};
pub use scan::{map, scan};

/// The state of a loop: a tree, as arrays.
struct State {
    arrays: Vec<NdArray>,
    /// The type of each array, and whether it is a weak scalar: one that takes the dtype of what it is combined with.
    types: Vec<(Type, bool)>,
    paths: Vec<KeyPath>,
}

impl State {
    /// The arrays of a tree; scalars become arrays.
    ///
    /// # Errors
    /// The error of an array in error.
    #[track_caller]
    fn of<T>(tree: &impl Tree<T>) -> Result<State> {
        let mut arrays = Vec::new();
        for leaf in &Visitor::of(tree).leaves {
            arrays.push(leaf.to_array());
        }
        let recorder = record::lock();
        let ty = |array: &NdArray| Ok((recorder.ty(array.node())?.clone(), recorder.is_weak(array.node())));
        let types = arrays.iter().map(ty).collect::<Result<_>>();
        drop(recorder);
        Ok(State { types: types?, arrays, paths: Visitor::key_paths(tree) })
    }

    /// The state with one more array at its front, which is not the user's.
    fn after(mut self, array: NdArray, ty: Type, is_weak: bool) -> State {
        self.arrays.insert(0, array);
        self.types.insert(0, (ty, is_weak));
        self.paths.insert(0, KeyPath { path: String::new(), value: None });
        self
    }

    /// The arrays that stand for the state in a trace.
    fn parameters(&self, scope: &Scope) -> Vec<NdArray> {
        let parameter = |(ty, is_weak): &(Type, bool)| match is_weak {
            true => scope.weak_parameter(ty.clone()),
            false => scope.parameter(ty.clone()),
        };
        self.types.iter().map(parameter).collect()
    }

    /// Compares the types of the state with those that the body returns. A scalar in the state takes the dtype that the
    /// body returns for it. Returns whether that happened: then the body has to be traced again.
    ///
    /// # Errors
    /// `TypeError` that shows the first difference; the error of a result in error.
    fn settle(&mut self, name: &str, results: &[NdArray]) -> Result<bool> {
        let recorder = record::lock();
        let mut changed = false;
        for (idx, (result, (ty, is_weak))) in results.iter().zip(&mut self.types).enumerate() {
            let found = recorder.ty(result.node())?;
            if found == ty {
                // A weak scalar stays weak only if the body returns a weak one.
                changed |= *is_weak && !recorder.is_weak(result.node());
                *is_weak &= recorder.is_weak(result.node());
                continue;
            }
            if found.shape == ty.shape && recorder.is_weak(result.node()) && raises(found, ty) {
                continue;
            }
            if found.shape == ty.shape && *is_weak && raises(ty, found) {
                (*ty, *is_weak, changed) = (found.clone(), recorder.is_weak(result.node()), true);
                continue;
            }
            let place = path_of(&self.paths, idx);
            return Err(Error::type_(format!(
                "{name}: the body makes {found} of {place}, which is {ty}; dtypes and shapes must stay the same"
            )));
        }
        Ok(changed)
    }
}

/// Whether a weak scalar of one type takes the dtype of the other when they are combined.
fn raises(number: &Type, other: &Type) -> bool {
    let kind = WeakKind::of(number.dtype);
    kind.is_some_and(|kind| {
        result_type(&[ArgType::Weak(kind), ArgType::Strong(other.dtype)]).is_ok_and(|dtype| dtype == other.dtype)
    })
}

/// The path of an array in a state: `the state[0].weights`.
fn path_of(paths: &[KeyPath], leaf: usize) -> String {
    let path = paths.iter().filter(|entry| entry.value.is_none()).nth(leaf);
    format!("the state{}", path.map(|entry| entry.path.as_str()).unwrap_or_default())
}

/// A traced function: the arrays that stand for its arguments, and those that it returned.
struct TracedFunction {
    scope: Scope,
    parameters: Vec<NdArray>,
    results: Vec<NdArray>,
}

impl TracedFunction {
    fn nodes(arrays: &[NdArray]) -> Vec<NodeId> {
        arrays.iter().map(NdArray::node).collect()
    }
}

/// The arrays of a function's results.
fn arrays_of(visitor: &Visitor<'_>) -> Vec<NdArray> {
    let array = |leaf: &TreeLeaf<'_>| match leaf {
        TreeLeaf::Array(array) => Some((*array).clone()),
        TreeLeaf::Number(_) | TreeLeaf::Spec(_) => None,
    };
    visitor.leaves.iter().filter_map(array).collect()
}

/// Traces the body of a loop, again until the types that it returns are those of the state.
///
/// # Errors
/// `TypeError` that shows the first difference in structure or type; the error of a result in error.
fn trace_body(
    name: &str,
    line: SourceLine,
    state: &mut State,
    mut body: impl FnMut(&Scope, &[NdArray]) -> Result<Vec<NdArray>>,
) -> Result<TracedFunction> {
    loop {
        stats::COUNTERS.traces.fetch_add(1, Ordering::Relaxed);
        let scope = Scope::open(name, line);
        let parameters = state.parameters(&scope);
        let results = body(&scope, &parameters)?;
        // This ends: each repetition makes at least one weak scalar of the state a strong one.
        if !state.settle(name, &results)? {
            return Ok(TracedFunction { scope, parameters, results });
        }
    }
}

/// Checks that two trees differ in their arrays only.
fn same_structure<T>(name: &str, what: &str, expected: &impl Tree<T>, found: &impl Tree<T>) -> Result<()> {
    let (a, b) = (Visitor::of(expected), Visitor::of(found));
    let same = a.words == b.words
        && a.statics.len() == b.statics.len()
        && a.statics.iter().zip(&b.statics).all(|(a, b)| a.equals(*b));
    if same {
        return Ok(());
    }
    let (expected, found) = (Visitor::key_paths(expected), Visitor::key_paths(found));
    let text = |found: &KeyPath| match &found.value {
        Some(value) => format!("{} = {value}", found.path),
        None => format!("an array at {}", if found.path.is_empty() { "the top" } else { &found.path }),
    };
    let difference = expected.iter().zip(&found).find(|(a, b)| a != b);
    let difference = match difference {
        Some((a, b)) => format!("expected {}, got {}", text(a), text(b)),
        None => format!("expected {} arrays and static values, got {}", expected.len(), found.len()),
    };
    Err(Error::type_(format!("{name}: {what} has another structure: {difference}")))
}

/// The nodes that are in either list, without repetition.
fn union(a: &[NodeId], b: &[NodeId]) -> Vec<NodeId> {
    let mut all = a.to_vec();
    all.extend(b.iter().copied().filter(|node| !a.contains(node)));
    all
}

/// A loop that was traced.
struct Loop {
    /// The initial state.
    state: State,
    condition: TracedFunction,
    body: TracedFunction,
    /// Whether it ends early when a check in its body fails. A `while_loop` must, as it may never end otherwise; a loop
    /// with a known number of iterations need not.
    stops: bool,
}

/// Records a loop, and returns the state that it leaves.
#[track_caller]
fn record_loop(name: &str, mut traced: Loop) -> Vec<NdArray> {
    let n_results = traced.state.arrays.len();
    let (checks, reach) = match traced.body.checks().and_then(|checks| Ok((traced.reach(&checks)?, checks))) {
        Ok((reach, checks)) => (checks, reach),
        Err(error) => return vec![Call::named(name).error(error); n_results],
    };
    for check in &checks {
        traced.watch(name, check);
    }
    let Loop { state, condition, body, stops } = traced;
    let line = Location::caller();
    Call::named(name).record_several(n_results, |builder| {
        let wanted = condition.results.first().ok_or_else(|| Error::internal("a condition has no result"))?;
        let mut test = truth(builder, wanted.node())?;
        if stops {
            for offender in &condition.parameters[n_results..] {
                let zero = builder.constant(Literal::new(0i64));
                let is_fine = builder.apply(Binary::Equal, offender.node(), zero)?;
                test = builder.apply(Binary::LogicalAnd, test, is_fine)?;
            }
        }
        let (test, next) = ([test], converted(builder, &body.results, &state)?);
        let recorder = builder.recorder();
        let tested = recorder.traced(Inside::Scope(condition.scope.id()), &test, Scalars::Inputs)?;
        let stepped = recorder.traced(Inside::Scope(body.scope.id()), &next, Scalars::Inputs)?;
        let captures = union(&stepped.captures, &tested.captures);
        let region = |function: &TracedFunction, traced, results: &[NodeId]| {
            let mut inputs = TracedFunction::nodes(&function.parameters);
            inputs.extend(&captures);
            Region::new(recorder.closed(traced, &inputs, results, Scalars::Inputs))
        };
        let parts = While { condition: region(&condition, &tested, &test), body: region(&body, &stepped, &next) };
        let mut operands = converted(builder, &state.arrays, &state)?;
        let mut numbers = Numbers::of(line);
        for &capture in &captures {
            let integer = builder.integer(capture).filter(|_| !tested.captures.contains(&capture));
            let constant = integer.filter(|&(line, integer)| numbers.is_constant(line, integer));
            operands.push(constant.map_or(capture, |(_, integer)| builder.constant(integer)));
        }
        let left = builder.several(Control::While(Box::new(parts)), &operands)?;
        let (results, offenders) = left.split_at(n_results);
        let concerns = |result: usize, check: usize| stops || reach[result].contains(n_results + check);
        checked(builder, results, offenders, &checks, concerns)
    })
}

impl TracedFunction {
    /// The checks that are made when the function runs.
    ///
    /// # Errors
    /// The error of a result in error.
    fn checks(&self) -> Result<Vec<TracedCheck>> {
        let recorder = record::lock();
        let results = TracedFunction::nodes(&self.results);
        let traced = recorder.traced(Inside::Scope(self.scope.id()), &results, Scalars::Inputs)?;
        Ok(recorder.checks_among(&traced))
    }

    /// What each result depends on in one run: parameters by their position, and behind them some checks.
    ///
    /// # Errors
    /// The error of a result in error.
    fn reach(&self, checks: &[TracedCheck]) -> Result<Vec<Reach>> {
        let recorder = record::lock();
        let results = TracedFunction::nodes(&self.results);
        let traced = recorder.traced(Inside::Scope(self.scope.id()), &results, Scalars::Inputs)?;
        Ok(recorder.dependences(&traced, &TracedFunction::nodes(&self.parameters), checks, &results))
    }
}

impl Loop {
    /// What each part of the state depends on after any number of iterations: parts, and behind them the body's checks.
    /// All depend on what tells whether there is another iteration. Not asked for without checks.
    ///
    /// # Errors
    /// The error of a result in error.
    fn reach(&self, checks: &[TracedCheck]) -> Result<Vec<Reach>> {
        if checks.is_empty() || self.stops {
            return Ok(Vec::new());
        }
        let (mut parts, told) = (self.body.reach(checks)?, self.condition.reach(&[])?);
        for reach in &mut parts {
            told.iter().for_each(|told| reach.union(told));
        }
        loop {
            let before = parts.clone();
            for reach in &mut parts {
                let needed: Vec<&Reach> = before
                    .iter()
                    .enumerate()
                    .filter(|(part, _)| reach.contains(*part))
                    .map(|(_, other)| other)
                    .collect();
                needed.into_iter().for_each(|other| reach.union(other));
            }
            if parts == before {
                return Ok(parts);
            }
        }
    }

    /// Adds the offender of a check to the state of the loop. It starts as 0, which means no error, and then keeps the
    /// first offender that any iteration finds.
    fn watch(&mut self, name: &str, check: &TracedCheck) {
        let ty = Type::scalar(DType::I64);
        let earlier = self.body.scope.parameter(ty.clone());
        let found = Call::named(name).at(check.line).record(|builder| {
            let zero = builder.constant(Literal::new(0i64));
            let is_found = builder.apply(Binary::NotEqual, earlier.node(), zero)?;
            builder.select(is_found, earlier.node(), check.offender)
        });
        let none = Call::named(name).at(check.line).record(|builder| Ok(builder.constant(Literal::new(0i64))));
        self.body.parameters.push(earlier);
        self.body.results.push(found);
        self.condition.parameters.push(self.condition.scope.parameter(ty.clone()));
        self.state.arrays.push(none);
        self.state.types.push((ty, false));
    }
}

/// The results, each in error if one of the offenders is not 0 that concern it: `concerns` is asked with the positions of a
/// result and of a check.
fn checked(
    builder: &mut Builder<'_>,
    results: &[NodeId],
    offenders: &[NodeId],
    checks: &[TracedCheck],
    concerns: impl Fn(usize, usize) -> bool,
) -> Result<Vec<NodeId>> {
    let result = |(idx, &result): (usize, &NodeId)| {
        let own = offenders.iter().zip(checks).enumerate().filter(|(check, _)| concerns(idx, *check));
        own.map(|(_, pair)| pair).try_fold(result, |value, (&offender, check)| builder.checked(value, offender, check))
    };
    results.iter().enumerate().map(result).collect()
}

/// Arrays in the dtypes of the state.
fn converted(builder: &mut Builder<'_>, arrays: &[NdArray], state: &State) -> Result<Vec<NodeId>> {
    arrays.iter().zip(&state.types).map(|(array, (ty, _))| builder.convert(array.node(), ty.dtype)).collect()
}

/// A 0-d array as a bool.
///
/// # Errors
/// `ValueError` if it is not 0-d.
fn truth(builder: &mut Builder<'_>, node: NodeId) -> Result<NodeId> {
    let ty = builder.ty(node)?;
    if !ty.shape.is_empty() {
        return Err(Error::value(format!("expected a 0-d condition, got {ty}; reduce it with any or all")));
    }
    builder.convert(node, DType::Bool)
}

/// Panics with an error that no array can carry. Without the panic the error would be lost, and the caller would take
/// a wrong result for a right one.
#[track_caller]
fn refuse_without_arrays(n_arrays: usize, error: &Error) {
    assert!(n_arrays > 0, "{error}, and there is no array that could be in error");
}

/// A tree with every array in error.
#[track_caller]
fn in_error<T>(name: &str, tree: &impl Tree<T>, error: Error) -> T {
    refuse_without_arrays(Visitor::of(tree).leaves.len(), &error);
    let array = Call::named(name).error(error);
    rebuild(tree, std::iter::repeat(array))
}
