//! The recorder's door: adds checks to a graph, and finds them in it.

use hloom_ir::{
    AxisSet, Binary, Bounds, DType, Graph, Indexing, Layout, Literal, NodeId, Op, Positions, Reducer, Requirement,
    Rule, Shape, SourceLine, Type, Unary,
};
use hloom_transform::Build;

use rustc_hash::FxHashMap;

use super::program::Reach;
use crate::{Error, Result};

/// How many operations are followed back to find out where positions come from.
const MAX_STEPS: usize = 16;

/// Adds checks to a graph. What is recorded, and in what order, is decided here; the implementor has the graph.
pub(crate) trait BuildChecks: Build<Error = Error> {
    /// What the graph keeps with its nodes.
    type Data;

    /// What is recorded so far.
    fn graph(&self) -> &Graph<Self::Data>;

    /// Adds operations with another line of the user's than that of the call.
    fn at_line<T>(&mut self, line: SourceLine, add: impl FnOnce(&mut Self) -> T) -> T;

    /// Turns positions as a user writes them, where negative ones count from the end, into int64 positions that count
    /// from the start. What depends on the result is in error if a position is not on the axis.
    ///
    /// # Errors
    /// The error of a node in error.
    fn checked_positions(&mut self, positions: NodeId, bounds: Bounds) -> Result<NodeId> {
        let ty = self.ty(positions)?.clone();
        let extent = bounds.extent();
        if ty.shape.size() == 0 || is_within(self.graph(), positions, extent) {
            return self.convert(positions, DType::I64);
        }
        let given = self.within_i64(positions)?;
        let given = self.convert(given, DType::I64)?;
        let (zero, extent) = (self.constant(Literal::new(0i64)), self.constant(Literal::new(extent as i64)));
        let from_start = if bounds.access.counts_from_end() {
            let is_negative = self.apply(Binary::Less, given, zero)?;
            let from_end = self.apply(Binary::Add, given, extent)?;
            self.select(is_negative, from_end, given)?
        } else {
            given
        };
        let is_before = self.apply(Binary::Less, from_start, zero)?;
        let is_after = self.apply(Binary::GreaterEqual, from_start, extent)?;
        let is_outside = self.apply(Binary::LogicalOr, is_before, is_after)?;
        let offender = first_where(self, is_outside, given)?;
        self.op(Indexing::Require(Box::new(Requirement::Position(bounds))), &[from_start, offender])
    }

    /// The value, in error if one of the positions is out of bounds. The positions are a result of
    /// [`BuildChecks::checked_positions`], or such a result broadcast.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    fn checked_as(&mut self, value: NodeId, positions: NodeId) -> Result<NodeId> {
        let graph = self.graph();
        let mut node = &graph[positions];
        if let (Op::Layout(Layout::Broadcast), Some(&operand)) = (&node.op, node.operands.first()) {
            node = &graph[operand];
        }
        match node.requirement() {
            Some((requirement, offender)) => {
                let op = Indexing::Require(Box::new(requirement.clone()));
                self.op(op, &[value, offender])
            }
            None => Ok(value),
        }
    }

    /// The value, in error of a rule unless all elements of a bool array are true.
    ///
    /// # Errors
    /// The error of a node in error.
    fn required(&mut self, value: NodeId, holds: NodeId, rule: Rule) -> Result<NodeId> {
        let ndim = self.ty(holds)?.shape.ndim();
        let holds = if ndim == 0 { holds } else { self.reduce(Reducer::All, holds, AxisSet::all(ndim))? };
        let fails = self.op(Unary::LogicalNot, &[holds])?;
        let offender = self.convert(fails, DType::I64)?;
        self.op(Indexing::Require(Box::new(Requirement::Rule(rule))), &[value, offender])
    }

    /// Integers limited to the range of int64. Converted to int64, greater ones would become negative.
    fn within_i64(&mut self, integers: NodeId) -> Result<NodeId> {
        if self.dtype(integers)? != DType::U64 {
            return Ok(integers);
        }
        let most = self.constant(Literal::new(i64::MAX as u64));
        self.apply(Binary::Minimum, integers, most)
    }

    /// The value, in error if an offender is not 0. The error is that of the check, with the check's line.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    fn checked(&mut self, value: NodeId, offender: NodeId, check: &TracedCheck) -> Result<NodeId> {
        let op = Indexing::Require(Box::new(check.requirement.clone()));
        self.at_line(check.line, |builder| builder.op(op, &[value, offender]))
    }
}

/// A check in a traced function.
#[derive(Clone, Debug)]
pub(crate) struct TracedCheck {
    /// A 0-d int64: what is wrong, or 0.
    pub(crate) offender: NodeId,
    pub(crate) requirement: Requirement,
    /// The line of the operation at fault.
    pub(crate) line: SourceLine,
}

/// The checks among the nodes of a traced function, each offender once.
pub(crate) fn checks_among<D>(graph: &Graph<D>, nodes: impl Iterator<Item = NodeId>) -> Vec<TracedCheck> {
    let mut checks: Vec<TracedCheck> = Vec::new();
    for id in nodes {
        let node = &graph[id];
        if let Some((requirement, offender)) = node.requirement()
            && !checks.iter().any(|check| check.offender == offender)
        {
            checks.push(TracedCheck { offender, requirement: requirement.clone(), line: node.line });
        }
    }
    checks
}

/// What each of some results of a traced function depends on: parameters by their position, and behind them checks.
/// The nodes are those of the function, operands before users.
pub(crate) fn dependences<D>(
    graph: &Graph<D>,
    nodes: impl Iterator<Item = NodeId>,
    parameters: &[NodeId],
    checks: &[TracedCheck],
    results: &[NodeId],
) -> Vec<Reach> {
    let mut known: FxHashMap<NodeId, Reach> = FxHashMap::default();
    for id in nodes {
        let node = &graph[id];
        let mut reach = Reach::default();
        node.operands.iter().filter_map(|operand| known.get(operand)).for_each(|other| reach.union(other));
        if let Some(parameter) = parameters.iter().position(|&parameter| parameter == id) {
            reach.insert(parameter);
        }
        if let Some((_, offender)) = node.requirement()
            && let Some(check) = checks.iter().position(|check| check.offender == offender)
        {
            reach.insert(parameters.len() + check);
        }
        known.insert(id, reach);
    }
    results.iter().map(|result| known.get(result).cloned().unwrap_or_default()).collect()
}

/// Whether the elements of a node are known to be positions on an axis of this extent.
pub(crate) fn is_within<D>(graph: &Graph<D>, id: NodeId, extent: usize) -> bool {
    let mut node = &graph[id];
    for _ in 0..MAX_STEPS {
        let along = |ty: &Type, axis: usize| ty.shape.get(axis).is_some_and(|&limit| limit <= extent);
        match (node.op.facts().positions, node.operands.first()) {
            (Positions::AlongResult(axis), _) => return along(&node.ty, axis),
            (Positions::AlongOperand(axis), Some(&operand)) => return along(&graph[operand].ty, axis),
            (Positions::OfOperand, Some(&operand)) => node = &graph[operand],
            (Positions::Unknown, _) | (_, None) => return false,
        }
    }
    false
}

/// The first element of an int64 array at which a condition of its shape holds, or 0.
fn first_where<B: BuildChecks + ?Sized>(builder: &mut B, condition: NodeId, elements: NodeId) -> Result<NodeId> {
    let zero = builder.constant(Literal::new(0i64));
    let shape = builder.shape(elements)?;
    if shape.is_empty() {
        return builder.select(condition, elements, zero);
    }
    let flat = Shape::from([shape.size()]);
    let (condition, elements) = (builder.reshape(condition, flat.clone())?, builder.reshape(elements, flat.clone())?);
    let indices = builder.iota(Type { dtype: DType::I64, shape: flat }, 0)?;
    let none = builder.constant(Literal::new(shape.size() as i64));
    let candidates = builder.select(condition, indices, none)?;
    let first = builder.reduce(Reducer::Min, candidates, AxisSet::all(1))?;
    let element = builder.declared(Indexing::DynamicSlice, &[elements, first], Type::new(DType::I64, [1]))?;
    let element = builder.reshape(element, Shape::scalar())?;
    let is_found = builder.apply(Binary::Less, first, none)?;
    builder.select(is_found, element, zero)
}
