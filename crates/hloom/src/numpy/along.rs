//! Arrays cut, turned around and put together along axes, which is [`hloom_transform::along`], and what that needs of a user's
//! words: which axis it is, and where a part starts. Knows no function of NumPy's.

use hloom_ir::{Indexing, Literal, NodeId, Shape, Type, normalize_axis};
use smallvec::SmallVec;

pub(super) use hloom_transform::along::{
    element, flat, gather, joined, moved, padded, padded_by, part, reversed, spaced, with_leading_ones,
};

use crate::Result;
use crate::record::{Build, Builder};

/// What a 0-d array has for who names an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of0d {
    /// One axis of one element.
    OneAxis,
    /// No axis: naming one is an error.
    NoAxis,
}

/// What a function goes along that takes one axis or, if it names none, the flattened array: the shape of that, and its axis.
///
/// # Errors
/// `AxisError`.
pub(super) fn line_in(shape: &Shape, axis: Option<i64>, of_0d: Of0d) -> Result<(Shape, usize)> {
    let shape = match axis {
        None => Shape::from([shape.size()]),
        Some(_) if shape.is_empty() && of_0d == Of0d::OneAxis => Shape::from([1]),
        Some(_) => shape.clone(),
    };
    let axis = normalize_axis(axis.unwrap_or_default(), shape.ndim())?;
    Ok((shape, axis))
}

/// As [`line_in`], the array and its axis.
///
/// # Errors
/// `AxisError`.
pub(super) fn line_of(builder: &mut Builder<'_>, x: NodeId, axis: Option<i64>, of_0d: Of0d) -> Result<(NodeId, usize)> {
    let (shape, axis) = line_in(&builder.shape(x)?, axis, of_0d)?;
    Ok((builder.reshape(x, shape)?, axis))
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
