//! Arrays cut, turned around and put together along axes, in the vocabulary of [`Build`]. Knows neither where the operations
//! go nor who asks for them.
//!
//! The axes and positions are those of the arrays: who has them from a user has checked them.

use std::ops::Range;

use hloom_ir::{
    AxisSet, Binary, DType, IndexDims, Indexing, Layout, Literal, NodeId, PadDims, Shape, SliceDims, Type, Unary,
};
use smallvec::SmallVec;

use crate::Build;

/// A node, or what the owner of the graph reports.
type Made<B> = std::result::Result<NodeId, <B as Build>::Error>;

/// Consecutive positions of an axis.
///
/// # Errors
/// As [`Build::op`].
pub fn part<B: Build>(builder: &mut B, x: NodeId, axis: usize, range: Range<usize>) -> Made<B> {
    spaced(builder, x, axis, range, 1)
}

/// One element of an array of one axis, as a 0-d array.
///
/// # Errors
/// As [`Build::op`].
pub fn element<B: Build>(builder: &mut B, line: NodeId, position: usize) -> Made<B> {
    let element = part(builder, line, 0, position..position + 1)?;
    builder.reshape(element, Shape::scalar())
}

/// Every `stride`-th position of a range of an axis.
///
/// # Errors
/// As [`Build::op`].
pub fn spaced<B: Build>(builder: &mut B, x: NodeId, axis: usize, range: Range<usize>, stride: usize) -> Made<B> {
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

/// The elements at positions of an axis, which are on it. The axes of the positions take its place.
///
/// # Errors
/// As [`Build::op`].
pub fn gather<B: Build>(builder: &mut B, x: NodeId, axis: usize, positions: NodeId) -> Made<B> {
    let dims = IndexDims { axes: AxisSet::from_iter([axis]), position: axis };
    builder.op(Indexing::Gather(dims), &[x, positions])
}

/// The elements in row-major order, along one axis.
///
/// # Errors
/// As [`Build::reshape`].
pub fn flat<B: Build>(builder: &mut B, x: NodeId) -> Made<B> {
    let size = builder.ty(x)?.shape.size();
    builder.reshape(x, Shape::from([size]))
}

/// The order of elements reversed along axes.
///
/// # Errors
/// As [`Build::op`].
pub fn reversed<B: Build>(builder: &mut B, x: NodeId, axes: AxisSet) -> Made<B> {
    let shape = builder.shape(x)?;
    let axes: AxisSet = axes.iter().filter(|&axis| shape[axis] != 1).collect();
    if axes.is_empty() { Ok(x) } else { builder.op(Layout::Reverse { axes }, &[x]) }
}

/// One or more nodes one after another along an axis.
///
/// # Errors
/// As [`Build::op`].
pub fn joined<B: Build>(builder: &mut B, nodes: &[NodeId], axis: usize) -> Made<B> {
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
///
/// # Errors
/// As [`Build::op`].
pub fn padded<B: Build>(
    builder: &mut B,
    x: NodeId,
    axis: usize,
    (low, high): (usize, usize),
    around: NodeId,
) -> Made<B> {
    let ndim = builder.ty(x)?.shape.ndim();
    let zeros = || SmallVec::from_elem(0, ndim);
    let mut dims = PadDims { low: zeros(), high: zeros(), interior: zeros() };
    (dims.low[axis], dims.high[axis]) = (low, high);
    padded_by(builder, x, dims, around)
}

/// An array with a 0-d node around it and between its elements.
///
/// # Errors
/// As [`Build::op`].
pub fn padded_by<B: Build>(builder: &mut B, x: NodeId, dims: PadDims, around: NodeId) -> Made<B> {
    let is_none = [&dims.low, &dims.high, &dims.interior].iter().all(|widths| widths.iter().all(|&width| width == 0));
    if is_none { Ok(x) } else { builder.op(Layout::Pad(Box::new(dims)), &[x, around]) }
}

/// Where an axis of a shape lies in a range and on a stride from its start, as a bool array that broadcasts along the others.
///
/// # Errors
/// As [`Build::op`].
pub fn within<B: Build>(builder: &mut B, axis: usize, shape: &Shape, range: Range<usize>, stride: usize) -> Made<B> {
    let line: Shape = (0..shape.ndim()).map(|other| if other == axis { shape[axis] } else { 1 }).collect();
    let places = builder.iota(Type { dtype: DType::I64, shape: line }, axis)?;
    let mut conditions: SmallVec<[NodeId; 3]> = SmallVec::new();
    if range.start > 0 {
        let first = builder.constant_of(range.start, DType::I64);
        conditions.push(builder.apply(Binary::GreaterEqual, places, first)?);
    }
    if range.end < shape[axis] {
        let end = builder.constant_of(range.end, DType::I64);
        conditions.push(builder.apply(Binary::Less, places, end)?);
    }
    if stride > 1 {
        let (first, stride) = (builder.constant_of(range.start, DType::I64), builder.constant_of(stride, DType::I64));
        let offset = builder.apply(Binary::Subtract, places, first)?;
        let rest = builder.apply(Binary::Remainder, offset, stride)?;
        conditions.push(builder.op(Unary::LogicalNot, &[rest])?);
    }
    match conditions.split_first() {
        Some((&first, others)) => {
            others.iter().try_fold(first, |all, &other| builder.apply(Binary::LogicalAnd, all, other))
        }
        None => Ok(builder.constant(Literal::new(true))),
    }
}

/// An array with one axis moved to another place, the others in their order.
///
/// # Errors
/// As [`Build::transpose`].
pub fn moved<B: Build>(builder: &mut B, x: NodeId, from: usize, to: usize) -> Made<B> {
    let ndim = builder.ty(x)?.shape.ndim();
    let mut permutation: SmallVec<[usize; 4]> = (0..ndim).filter(|&axis| axis != from).collect();
    permutation.insert(to, from);
    builder.transpose(x, &permutation)
}

/// An array with axes of extent 1 put in front until there are `ndim`.
///
/// # Errors
/// As [`Build::reshape`].
pub fn with_leading_ones<B: Build>(builder: &mut B, x: NodeId, ndim: usize) -> Made<B> {
    let shape = builder.shape(x)?;
    let missing = ndim.saturating_sub(shape.ndim());
    builder.reshape(x, std::iter::repeat_n(1, missing).chain(shape.iter().copied()).collect())
}

#[cfg(test)]
mod tests {
    use hloom_ir::{DType, Literal, Type};

    use super::*;
    use crate::ProgramBuilder;

    /// The shape of what is made of a 2x3 array.
    fn made(make: impl FnOnce(&mut ProgramBuilder, NodeId) -> NodeId) -> (Shape, bool) {
        let mut b = ProgramBuilder::new();
        let x = b.input(Type::new(DType::F32, [2, 3]));
        let made = make(&mut b, x);
        let shape = b.shape(made).unwrap();
        b.finish(&[made]).verify().unwrap();
        (shape, made == x)
    }

    #[test]
    fn shapes_follow() {
        assert_eq!(made(|b, x| part(b, x, 1, 1..3).unwrap()).0, [2, 2]);
        assert_eq!(made(|b, x| spaced(b, x, 1, 0..3, 2).unwrap()).0, [2, 2]);
        assert_eq!(made(|b, x| flat(b, x).unwrap()).0, [6]);
        assert_eq!(made(|b, x| joined(b, &[x, x], 0).unwrap()).0, [4, 3]);
        assert_eq!(made(|b, x| moved(b, x, 0, 1).unwrap()).0, [3, 2]);
        assert_eq!(made(|b, x| with_leading_ones(b, x, 4).unwrap()).0, [1, 1, 2, 3]);
        let with_zeros = made(|b, x| {
            let zero = b.constant(Literal::zero(DType::F32));
            padded(b, x, 0, (1, 2), zero).unwrap()
        });
        assert_eq!(with_zeros.0, [5, 3]);
        let taken = made(|b, x| {
            let positions = b.full(Literal::new(0i64), &Shape::from([4, 5])).unwrap();
            gather(b, x, 1, positions).unwrap()
        });
        assert_eq!(taken.0, [2, 4, 5]);
    }

    #[test]
    fn what_changes_nothing_is_not_done() {
        assert!(made(|b, x| part(b, x, 1, 0..3).unwrap()).1);
        assert!(made(|b, x| joined(b, &[x], 0).unwrap()).1);
        assert!(made(|b, x| moved(b, x, 1, 1).unwrap()).1);
        assert!(made(|b, x| reversed(b, x, AxisSet::default()).unwrap()).1);
        assert!(made(|b, x| with_leading_ones(b, x, 1).unwrap()).1);
        let empty = made(|b, x| {
            let zero = b.constant(Literal::zero(DType::F32));
            padded(b, x, 0, (0, 0), zero).unwrap()
        });
        assert!(empty.1);
    }
}
