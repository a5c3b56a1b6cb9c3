//! Positions that are known only when the program runs, and the checks that they are on their axis.
//!
//! A check is computed with the program. It yields an *offender*: the first position that is out of bounds, or 0 if
//! there is none. 0 is never out of bounds, as positions on axes without elements are refused when they are recorded.

use hloom_ir::{
    AxisSet, Binary, Bounds, DType, Indexing, Layout, Literal, NodeId, Op, Positions, Reducer, Shape, SourceLine, Type,
};

use super::{Build, Builder, Recorder};
use crate::Result;

/// How many operations are followed back to find out where positions come from.
const MAX_STEPS: usize = 16;

impl Builder<'_> {
    /// Turns positions as a user writes them, where negative ones count from the end, into int64 positions that count
    /// from the start. What depends on the result is in error if a position is not on the axis.
    ///
    /// # Errors
    /// The error of a node in error.
    pub(crate) fn checked_positions(&mut self, positions: NodeId, bounds: Bounds) -> Result<NodeId> {
        let ty = self.ty(positions)?.clone();
        let extent = bounds.extent();
        if ty.shape.size() == 0 || self.recorder().is_within(positions, extent) {
            return self.convert(positions, DType::I64);
        }
        let given = self.within_i64(positions)?;
        let given = self.convert(given, DType::I64)?;
        let (zero, extent) = (self.constant(Literal::new(0i64)), self.constant(Literal::new(extent as i64)));
        let is_negative = self.apply(Binary::Less, given, zero)?;
        let from_end = self.apply(Binary::Add, given, extent)?;
        let from_start = self.select(is_negative, from_end, given)?;
        let is_before = self.apply(Binary::Less, from_start, zero)?;
        let is_after = self.apply(Binary::GreaterEqual, from_start, extent)?;
        let is_outside = self.apply(Binary::LogicalOr, is_before, is_after)?;
        let offender = self.first_where(is_outside, given)?;
        self.op(Indexing::InBounds(Box::new(bounds)), &[from_start, offender])
    }

    /// The value, in error if one of the positions is out of bounds. The positions are a result of
    /// [`Builder::checked_positions`], or such a result broadcast.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn checked_as(&mut self, value: NodeId, positions: NodeId) -> Result<NodeId> {
        let graph = &self.recorder().graph;
        let mut node = &graph[positions];
        if let (Op::Layout(Layout::Broadcast), Some(&operand)) = (&node.op, node.operands.first()) {
            node = &graph[operand];
        }
        match node.in_bounds() {
            Some((bounds, offender)) => {
                let op = Indexing::InBounds(Box::new(bounds.clone()));
                self.op(op, &[value, offender])
            }
            None => Ok(value),
        }
    }

    /// Integers limited to the range of int64. Converted to int64, greater ones would become negative.
    pub(crate) fn within_i64(&mut self, integers: NodeId) -> Result<NodeId> {
        if self.dtype(integers)? != DType::U64 {
            return Ok(integers);
        }
        let most = self.constant(Literal::new(i64::MAX as u64));
        self.apply(Binary::Minimum, integers, most)
    }

    /// The first element of an int64 array at which a condition of its shape holds, or 0.
    fn first_where(&mut self, condition: NodeId, elements: NodeId) -> Result<NodeId> {
        let zero = self.constant(Literal::new(0i64));
        let shape = self.shape(elements)?;
        if shape.is_empty() {
            return self.select(condition, elements, zero);
        }
        let flat = Shape::from([shape.size()]);
        let (condition, elements) = (self.reshape(condition, flat.clone())?, self.reshape(elements, flat.clone())?);
        let places = self.iota(Type { dtype: DType::I64, shape: flat }, 0)?;
        let none = self.constant(Literal::new(shape.size() as i64));
        let candidates = self.select(condition, places, none)?;
        let first = self.reduce(Reducer::Min, candidates, AxisSet::all(1))?;
        let element = self.declared(Indexing::DynamicSlice, &[elements, first], Type::new(DType::I64, [1]))?;
        let element = self.reshape(element, Shape::scalar())?;
        let is_found = self.apply(Binary::Less, first, none)?;
        self.select(is_found, element, zero)
    }

    /// The value, in error if an offender is not 0. The error is that of the check, with the check's line.
    ///
    /// # Errors
    /// What [`Op::infer`] says.
    pub(crate) fn checked(&mut self, value: NodeId, offender: NodeId, check: &TracedCheck) -> Result<NodeId> {
        let op = Indexing::InBounds(Box::new(check.bounds.clone()));
        self.at_line(check.line, |builder| builder.op(op, &[value, offender]))
    }
}

/// A check in a traced function.
#[derive(Clone, Debug)]
pub(crate) struct TracedCheck {
    /// A 0-d int64: the position that is out of bounds, or 0.
    pub(crate) offender: NodeId,
    pub(crate) bounds: Bounds,
    /// The line of the operation at fault.
    pub(crate) line: SourceLine,
}

impl Recorder {
    /// The checks among the nodes of a traced function, each offender once.
    pub(crate) fn checks_among(&self, nodes: impl Iterator<Item = NodeId>) -> Vec<TracedCheck> {
        let mut checks: Vec<TracedCheck> = Vec::new();
        for id in nodes {
            let node = &self.graph[id];
            if let Some((bounds, offender)) = node.in_bounds()
                && !checks.iter().any(|check| check.offender == offender)
            {
                checks.push(TracedCheck { offender, bounds: bounds.clone(), line: node.line });
            }
        }
        checks
    }

    /// Whether the elements of a node are known to be positions on an axis of this extent.
    fn is_within(&self, id: NodeId, extent: usize) -> bool {
        let mut node = &self.graph[id];
        for _ in 0..MAX_STEPS {
            let along = |ty: &Type, axis: usize| ty.shape.get(axis).is_some_and(|&limit| limit <= extent);
            match (node.op.facts().positions, node.operands.first()) {
                (Positions::AlongResult(axis), _) => return along(&node.ty, axis),
                (Positions::AlongOperand(axis), Some(&operand)) => return along(&self.graph[operand].ty, axis),
                (Positions::OfOperand, Some(&operand)) => node = &self.graph[operand],
                (Positions::Unknown, _) | (_, None) => return false,
            }
        }
        false
    }
}
