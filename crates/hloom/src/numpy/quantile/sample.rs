//! Elements of slices, and those at positions of their order.

use hloom_ir::{AxisSet, Binary, DType, NodeId, Reducer, Shape, Unary};

use crate::numpy::along::{joined, moved, part};
use crate::numpy::nan::{has_nan, is_number};
use crate::numpy::sort::{positions_along, selected_along, taken_along};
use crate::record::{Build, Builder};
use crate::{Axes, Error, Result};

/// An array with the axes that are reduced as its last one.
pub(super) struct Sample {
    pub(super) x: NodeId,
    /// The extents of the other axes.
    pub(super) kept: Shape,
    /// The extent of the last axis.
    pub(super) n: usize,
}

impl Sample {
    /// Puts the axes that are reduced last, as one.
    pub(super) fn of(builder: &mut Builder<'_>, x: NodeId, axes: &Axes) -> Result<Sample> {
        let shape = builder.shape(x)?;
        let set = axes.resolve(shape.ndim())?;
        let (reduced, kept): (Vec<usize>, Vec<usize>) = (0..shape.ndim()).partition(|&axis| set.contains(axis));
        let extents = |axes: &[usize]| axes.iter().map(|&axis| shape[axis]).collect::<Shape>();
        let n = extents(&reduced).size();
        let x = builder.transpose(x, &[kept.clone(), reduced].concat())?;
        let kept = extents(&kept);
        let x = builder.reshape(x, kept.iter().copied().chain([n]).collect())?;
        Ok(Sample { x, kept, n })
    }

    /// The elements at lists of positions, as if each slice were in order. Positions that all slices share have a shape of their own;
    /// those of each slice have the slices' axes behind that. All lists are of one kind. The axes of their own come first in what is
    /// found, the slices' behind them.
    pub(super) fn in_order(&self, builder: &mut Builder<'_>, positions: Positions<'_>) -> Result<InOrder> {
        let axis = self.kept.ndim();
        let ones = Shape::from(vec![1; axis]);
        let (lists, around) = match positions {
            Positions::Shared(lists) => (lists, &ones),
            Positions::OfEach(lists) => (lists, &self.kept),
        };
        let mut lines = Vec::with_capacity(lists.len() + 1);
        let mut shapes = Vec::with_capacity(lists.len());
        for &list in lists {
            let shape = builder.shape(list)?;
            let own = match positions {
                Positions::Shared(_) => shape,
                Positions::OfEach(_) => Shape::from(&shape[..shape.ndim().saturating_sub(axis)]),
            };
            lines.push(behind(builder, list, &own, around)?);
            shapes.push(own);
        }
        let last = builder.constant_of(self.n.saturating_sub(1), DType::I64);
        lines.push(builder.broadcast(last, &around.iter().copied().chain([1]).collect())?);
        let all = joined(builder, &lines, axis)?;
        let all = selected_along(builder, self.x, all, axis)?;
        let (mut at, mut start) = (Vec::with_capacity(lists.len()), 0);
        for own in shapes {
            let taken = part(builder, all, axis, start..start + own.size())?;
            let taken = moved(builder, taken, axis, 0)?;
            at.push(builder.reshape(taken, own.iter().chain(self.kept.iter()).copied().collect())?);
            start += own.size();
        }
        let last = part(builder, all, axis, start..start + 1)?;
        Ok(InOrder { at, last: builder.reshape(last, self.kept.clone())? })
    }

    /// The elements in order, and those of an array of the same shape in the order of the elements.
    pub(super) fn sorted_with(self, builder: &mut Builder<'_>, other: NodeId) -> Result<(Sample, NodeId)> {
        let axis = self.kept.ndim();
        let order = positions_along(builder, self.x, axis)?;
        let x = taken_along(builder, self.x, order, axis)?;
        let other = taken_along(builder, other, order, axis)?;
        Ok((Sample { x, ..self }, other))
    }

    /// How many elements of each slice are not NaN, as int64.
    pub(super) fn n_numbers(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let is_number = is_number(builder, self.x)?;
        let ones = builder.convert(is_number, DType::I64)?;
        builder.reduce(Reducer::Sum, ones, AxisSet::from_iter([self.kept.ndim()]))
    }

    /// The last element of each slice.
    pub(super) fn last(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let last = part(builder, self.x, self.kept.ndim(), self.n - 1..self.n)?;
        builder.reshape(last, self.kept.clone())
    }

    /// The elements at positions of each slice. The positions have axes of their own, and behind these those of the slices.
    pub(super) fn at_own(&self, builder: &mut Builder<'_>, positions: NodeId) -> Result<NodeId> {
        let (axis, whole) = (self.kept.ndim(), builder.shape(positions)?);
        let own = Shape::from(&whole[..whole.ndim().saturating_sub(axis)]);
        let lines = behind(builder, positions, &own, &self.kept)?;
        let taken = taken_along(builder, self.x, lines, axis)?;
        let taken = moved(builder, taken, axis, 0)?;
        builder.reshape(taken, whole)
    }

    /// The last dimension must hold elements wherever there is a slice, as NumPy has it.
    pub(super) fn require_elements(&self) -> Result<()> {
        match self.n == 0 && self.kept.size() > 0 {
            true => Err(Error::index("index -1 is out of bounds for axis 0 with size 0")),
            false => Ok(()),
        }
    }
}

/// Lists of positions.
#[derive(Clone, Copy)]
pub(super) enum Positions<'a> {
    /// Of all slices.
    Shared(&'a [NodeId]),
    /// Of each slice.
    OfEach(&'a [NodeId]),
}

/// Positions of a shape of their own before that of what is around, as one axis behind it.
fn behind(builder: &mut Builder<'_>, positions: NodeId, own: &Shape, around: &Shape) -> Result<NodeId> {
    let lines = builder.reshape(positions, std::iter::once(own.size()).chain(around.iter().copied()).collect())?;
    moved(builder, lines, 0, around.ndim())
}

/// Elements of slices as if these were in order.
pub(super) struct InOrder {
    /// Those of each list of positions.
    pub(super) at: Vec<NodeId>,
    /// The last one of each slice, which is NaN if any is.
    pub(super) last: NodeId,
}

/// NaN where the last element of a slice is NaN, else what is given.
pub(super) fn with_nan(builder: &mut Builder<'_>, last: NodeId, result: NodeId) -> Result<NodeId> {
    if !has_nan(builder.dtype(last)?) {
        return Ok(result);
    }
    let is_nan = builder.op(Unary::IsNan, &[last])?;
    let last = builder.convert(last, builder.dtype(result)?)?;
    builder.select(is_nan, last, result)
}

/// Positions limited to those from 0.
pub(super) fn not_negative(builder: &mut Builder<'_>, positions: NodeId) -> Result<NodeId> {
    let zero = builder.constant_of(0, DType::I64);
    builder.apply(Binary::Maximum, positions, zero)
}
