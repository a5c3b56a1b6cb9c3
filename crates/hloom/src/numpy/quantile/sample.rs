//! Elements in order, of which some are taken by their positions.

use hloom_ir::{AxisSet, Binary, DType, IndexDims, Indexing, NodeId, Reducer, Shape, Unary};

use crate::numpy::along::{moved, part};
use crate::numpy::nan::{has_nan, is_number};
use crate::numpy::sort::{positions_along, sorted_along, taken_along};
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

    /// The elements in order along the last axis.
    pub(super) fn sorted(self, builder: &mut Builder<'_>) -> Result<Sample> {
        let x = sorted_along(builder, self.x, self.kept.ndim())?;
        Ok(Sample { x, ..self })
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

    /// The last element of each slice, which is NaN if any is.
    pub(super) fn last(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let axis = self.kept.ndim();
        let last = part(builder, self.x, axis, self.n - 1..self.n)?;
        builder.reshape(last, self.kept.clone())
    }

    /// The elements at positions that all slices share. The axes of the positions come first.
    pub(super) fn at_shared(&self, builder: &mut Builder<'_>, positions: NodeId) -> Result<NodeId> {
        let dims = IndexDims { axes: AxisSet::from_iter([self.kept.ndim()]), position: 0 };
        builder.op(Indexing::Gather(dims), &[self.x, positions])
    }

    /// The elements at positions of each slice. The positions have axes of their own, and behind these those of the slices.
    pub(super) fn at_own(&self, builder: &mut Builder<'_>, positions: NodeId) -> Result<NodeId> {
        let axis = self.kept.ndim();
        let whole = builder.shape(positions)?;
        let n_each = whole.iter().take(whole.ndim().saturating_sub(axis)).product();
        let lines = builder.reshape(positions, std::iter::once(n_each).chain(self.kept.iter().copied()).collect())?;
        let lines = moved(builder, lines, 0, axis)?;
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

/// NaN where a slice has one, else what is given.
pub(super) fn with_nan(builder: &mut Builder<'_>, sample: &Sample, result: NodeId) -> Result<NodeId> {
    if !has_nan(builder.dtype(sample.x)?) {
        return Ok(result);
    }
    let last = sample.last(builder)?;
    let is_nan = builder.op(Unary::IsNan, &[last])?;
    let last = builder.convert(last, builder.dtype(result)?)?;
    builder.select(is_nan, last, result)
}

/// Positions limited to those from 0.
pub(super) fn not_negative(builder: &mut Builder<'_>, positions: NodeId) -> Result<NodeId> {
    let zero = builder.constant_of(0, DType::I64);
    builder.apply(Binary::Maximum, positions, zero)
}
