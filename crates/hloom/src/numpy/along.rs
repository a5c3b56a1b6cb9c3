//! Arrays cut, turned around and put together along axes, in the builder's vocabulary. Knows no function of NumPy's.

use std::ops::Range;

use hloom_ir::{AxisSet, Indexing, Layout, Literal, NodeId, PadDims, Shape, SliceDims, Type};
use smallvec::SmallVec;

use crate::Result;
use crate::record::{Build, Builder};

/// Consecutive positions of an axis.
pub(super) fn part(builder: &mut Builder<'_>, x: NodeId, axis: usize, range: Range<usize>) -> Result<NodeId> {
    spaced(builder, x, axis, range, 1)
}

/// Consecutive positions of an axis, as an index names them: if they are few of many, where they start is an input of the
/// program, so that other parts of the same length are the same program.
pub(super) fn window(builder: &mut Builder<'_>, x: NodeId, axis: usize, start: usize, len: usize) -> Result<NodeId> {
    let ty = builder.ty(x)?.clone();
    if len == 0 || len * 2 > ty.shape[axis] {
        return part(builder, x, axis, start..start + len);
    }
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[x]);
    let zero = builder.constant(Literal::new(0i64));
    operands.extend(std::iter::repeat_n(zero, ty.shape.ndim()));
    operands[1 + axis] = builder.position(start);
    let shape = with_extent(&ty.shape, axis, len);
    builder.declared(Indexing::DynamicSlice, &operands, Type { dtype: ty.dtype, shape })
}

/// Every `stride`-th position of a range of an axis.
pub(super) fn spaced(
    builder: &mut Builder<'_>,
    x: NodeId,
    axis: usize,
    range: Range<usize>,
    stride: usize,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    if range == (0..shape[axis]) && stride == 1 {
        return Ok(x);
    }
    let mut dims = SliceDims {
        start: SmallVec::from_elem(0, shape.ndim()),
        limit: SmallVec::from_slice(&shape),
        stride: SmallVec::from_elem(1, shape.ndim()),
    };
    (dims.start[axis], dims.limit[axis], dims.stride[axis]) = (range.start, range.end, stride);
    builder.op(Layout::Slice(Box::new(dims)), &[x])
}

/// The elements in row-major order, along one axis.
pub(super) fn flat(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let size = builder.ty(x)?.shape.size();
    builder.reshape(x, Shape::from([size]))
}

/// The order of elements reversed along axes.
pub(super) fn reversed(builder: &mut Builder<'_>, x: NodeId, axes: AxisSet) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let axes: AxisSet = axes.iter().filter(|&axis| shape[axis] != 1).collect();
    if axes.is_empty() { Ok(x) } else { builder.op(Layout::Reverse { axes }, &[x]) }
}

/// One or more nodes one after another along an axis.
pub(super) fn joined(builder: &mut Builder<'_>, nodes: &[NodeId], axis: usize) -> Result<NodeId> {
    let mut filled: SmallVec<[NodeId; 4]> = SmallVec::new();
    for &node in nodes {
        if builder.ty(node)?.shape[axis] > 0 {
            filled.push(node);
        }
    }
    match (filled.as_slice(), nodes) {
        (&[only], _) | (&[], &[only, ..]) => Ok(only),
        (filled, _) => builder.op(Layout::Concatenate { axis }, filled),
    }
}

/// An array with a 0-d node before and after its elements along an axis.
pub(super) fn padded(
    builder: &mut Builder<'_>,
    x: NodeId,
    axis: usize,
    (low, high): (usize, usize),
    around: NodeId,
) -> Result<NodeId> {
    let ndim = builder.ty(x)?.shape.ndim();
    let zeros = || SmallVec::from_elem(0, ndim);
    let mut dims = PadDims { low: zeros(), high: zeros(), interior: zeros() };
    (dims.low[axis], dims.high[axis]) = (low, high);
    padded_by(builder, x, dims, around)
}

/// An array with a 0-d node around it and between its elements.
pub(super) fn padded_by(builder: &mut Builder<'_>, x: NodeId, dims: PadDims, around: NodeId) -> Result<NodeId> {
    let is_none = [&dims.low, &dims.high, &dims.interior].iter().all(|widths| widths.iter().all(|&width| width == 0));
    if is_none {
        return Ok(x);
    }
    let padded = builder.op(Layout::Pad(Box::new(dims)), &[x, around])?;
    builder.ty(padded)?.shape.check()?;
    Ok(padded)
}

/// An array with one axis moved to another place, the others in their order.
pub(super) fn moved(builder: &mut Builder<'_>, x: NodeId, from: usize, to: usize) -> Result<NodeId> {
    let ndim = builder.ty(x)?.shape.ndim();
    let mut permutation: SmallVec<[usize; 4]> = (0..ndim).filter(|&axis| axis != from).collect();
    permutation.insert(to, from);
    builder.transpose(x, &permutation)
}

/// An array with axes of extent 1 put in front until there are `ndim`.
pub(super) fn with_leading_ones(builder: &mut Builder<'_>, x: NodeId, ndim: usize) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let missing = ndim.saturating_sub(shape.ndim());
    builder.reshape(x, std::iter::repeat_n(1, missing).chain(shape.iter().copied()).collect())
}

/// A shape with another extent for an axis.
pub(super) fn with_extent(shape: &Shape, axis: usize, extent: usize) -> Shape {
    let mut shape = shape.clone();
    shape.as_mut_slice()[axis] = extent;
    shape
}

/// The shape of a line along an axis that broadcasts against arrays of `ndim` axes.
pub(super) fn line(ndim: usize, axis: usize, extent: usize) -> Shape {
    (0..ndim).map(|other| if other == axis { extent } else { 1 }).collect()
}
