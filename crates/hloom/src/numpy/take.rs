//! Elements taken at positions along an axis: `take`, `take_along_axis`, `compress` and `extract`.

use hloom_ir::{Access, Binary, Bounds, Casting, DType, Kind, Literal, NodeId, Shape, Type, broadcast_shapes};

use super::along::{Of0d, gather, line_in};
use crate::convert::from_checked_bytes;
use crate::index::{IndexMode, Located, require_positions};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// The elements at positions along an axis, or of the flattened array with `..`.
///
/// In the modes [`IndexMode::Wrap`] and [`IndexMode::Clip`] every position names an element. In [`IndexMode::Raise`],
/// positions that have a value are read, to find those that are not on the axis; so is [`NdArray::get`].
///
/// **Shapes**: `[…a, n, …b]` and positions `[…i]` to `[…a, …i, …b]`.
/// **Dtypes**: any, to the same dtype; positions are integers or bools.
/// **Keywords**, through [`axis`](crate::axis()): mode.
///
/// # Errors
/// The result is in error: `IndexError` for positions that are not on the axis, and for any on an axis without elements;
/// `AxisError`; `TypeError` for positions that are no integers and for several axes.
///
/// # Examples
/// ```
/// use hloom::IndexMode;
/// use hloom::prelude::*;
/// let x = hloom::arange(12).reshape([3, 4]);
/// assert_eq!(x.take([0, -1], 1).to_string(), "[[ 0  3]\n [ 4  7]\n [ 8 11]]");
/// assert_eq!(x.take([1, 13], axis(..).mode(IndexMode::Wrap)).to_string(), "[1 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.take.html>
#[track_caller]
pub fn take<'a, 'b>(a: impl IntoOperand<'a>, indices: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (a, indices, axes) = (a.into_operand().into_array(), indices.into_operand().into_array(), axis.into());
    let found = located(&a, &indices, &axes);
    Call::of("take", &[&a, &indices]).record(|builder| {
        let (whole, positions) = found?;
        let x = builder.reshape(a.node(), whole.ty.shape)?;
        let positions = positions.record(builder)?;
        gather(builder, x, whole.axis, positions)
    })
}

/// The elements at positions along an axis, where each place has positions of its own; of the flattened array with `..`.
///
/// **Shapes**: an array and positions of as many axes, which broadcast but for the axis; to their common shape, with the extent
/// of the positions along the axis.
/// **Dtypes**: any, to the same dtype; positions are integers.
///
/// # Errors
/// The result is in error: `IndexError` for positions that are not on the axis or no integers, and shapes that do not fit;
/// `ValueError` for different numbers of axes; `AxisError`; `TypeError` for several axes.
///
/// # Examples
/// ```
/// let x = hloom::array([[10, 30, 20], [60, 40, 50]]);
/// let greatest = hloom::array([[1], [0]]);
/// assert_eq!(hloom::take_along_axis(&x, &greatest, 1).to_string(), "[[30]\n [60]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.take_along_axis.html>
#[track_caller]
pub fn take_along_axis<'a, 'b>(
    arr: impl IntoOperand<'a>,
    indices: impl IntoOperand<'b>,
    axis: impl Into<Axes>,
) -> NdArray {
    let (arr, indices, axes) = (arr.into_operand().into_array(), indices.into_operand().into_array(), axis.into());
    let along = AlongAxis::new(Access::TakeAlongAxis, &arr, &indices, &axes);
    Call::of("take_along_axis", &[&arr, &indices]).record(|builder| {
        let along = along?;
        let flat = builder.reshape(arr.node(), Shape::from([along.ty.shape.size()]))?;
        let positions = along.record(builder)?;
        gather(builder, flat, 0, positions)
    })
}

/// The parts of an array along an axis for which a condition is true, or the elements of the flattened array with `..`.
///
/// How many there are depends on the condition, so it is computed. It may be shorter than the axis.
///
/// **Shapes**: a condition `[m]` and `[…a, n, …b]`, to `[…a, k, …b]`.
/// **Dtypes**: any, to the same dtype.
///
/// # Errors
/// The result is in error: `ValueError` for a condition that is not 1-d, `IndexError` for a true one beyond the axis,
/// `AxisError`; the error of reading the condition.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4], [5, 6]]);
/// assert_eq!(hloom::compress([false, true, true], &x, 0).to_string(), "[[3 4]\n [5 6]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.compress.html>
#[track_caller]
pub fn compress<'a, 'b>(condition: impl IntoOperand<'a>, a: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (condition, a, axes) = (condition.into_operand().into_array(), a.into_operand().into_array(), axis.into());
    let found = compressed(&condition, &a, &axes);
    Call::of("compress", &[&condition, &a]).record(|builder| {
        let (whole, positions) = found?;
        let x = builder.reshape(a.node(), whole.ty.shape)?;
        gather(builder, x, whole.axis, positions.node())
    })
}

/// The elements of a flattened array for which a condition, flattened too, is true.
///
/// How many there are depends on the condition, so it is computed.
///
/// **Shapes**: any two, to `[k]`. **Dtypes**: any, to the same dtype.
///
/// # Errors
/// The result is in error: `IndexError` for a true condition beyond the array; the error of reading the condition.
///
/// # Examples
/// ```
/// let x = hloom::arange(12).reshape([3, 4]);
/// assert_eq!(hloom::extract((&x % 3).eq(0), &x).to_string(), "[0 3 6 9]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.extract.html>
#[track_caller]
pub fn extract<'a, 'b>(condition: impl IntoOperand<'a>, arr: impl IntoOperand<'b>) -> NdArray {
    let condition = condition.into_operand().into_array().ravel();
    compress(&condition, arr, ..)
}

/// Elements at positions.
impl NdArray {
    /// The elements at positions along an axis; see [`take`].
    #[track_caller]
    pub fn take<'b>(&self, indices: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
        take(self, indices, axis)
    }

    /// The parts along an axis for which a condition is true; see [`compress`].
    #[track_caller]
    pub fn compress<'a>(&self, condition: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
        compress(condition, self, axis)
    }
}

/// Where `take` finds its elements.
#[track_caller]
fn located(a: &NdArray, indices: &NdArray, axes: &Axes) -> Result<(Whole, Located)> {
    let mode = axes.arguments("take", &["mode"])?.mode.unwrap_or_default();
    let whole = whole(a, axes, "take")?;
    require_positions(indices, Casting::SameKind)?;
    if whole.ty.shape[whole.axis] == 0 && indices.try_shape()?.size() > 0 {
        return Err(Error::index("cannot do a non-empty take from an empty axes."));
    }
    let bounds = Bounds { access: Access::Take, array: whole.ty.clone(), axis: whole.axis };
    let located = Located::new(indices, bounds, mode)?;
    Ok((whole, located))
}

/// Where `compress` finds its parts.
#[track_caller]
fn compressed(condition: &NdArray, a: &NdArray, axes: &Axes) -> Result<(Whole, NdArray)> {
    axes.arguments("compress", &[])?;
    if condition.try_shape()?.ndim() != 1 {
        return Err(Error::value("condition must be a 1-d array"));
    }
    let whole = whole(a, axes, "compress")?;
    let positions = true_positions(condition, "compress")?;
    let bounds = Bounds { access: Access::Take, array: whole.ty.clone(), axis: whole.axis };
    let extent = bounds.extent() as i64;
    if let Some(&outside) = positions.iter().find(|&&position| position >= extent) {
        return Err(bounds.error(outside).into());
    }
    Ok((whole, int64(&positions)))
}

/// An array as a function along an axis sees it: flattened, if it goes along no axis.
struct Whole {
    ty: Type,
    axis: usize,
}

/// The array that an axis is of. A 0-d array has one element along its first axis.
fn whole(a: &NdArray, axes: &Axes, name: &str) -> Result<Whole> {
    let Type { dtype, shape } = a.try_type()?;
    let axis = axes.single().map_err(|error| Error::type_(format!("{name}: {}", error.message())))?;
    let (shape, axis) = line_in(&shape, axis, Of0d::OneAxis)?;
    Ok(Whole { ty: Type { dtype, shape }, axis })
}

/// Where a condition is true, in its flattened form. Reads it.
#[track_caller]
pub(super) fn true_positions(condition: &NdArray, name: &'static str) -> Result<Vec<i64>> {
    let truths = condition.astype(DType::Bool).elements::<bool>(name)?;
    Ok(truths.iter().enumerate().filter(|&(_, &truth)| truth).map(|(position, _)| position as i64).collect())
}

/// A 1-d int64 array.
#[track_caller]
pub(super) fn int64(elements: &[i64]) -> NdArray {
    from_checked_bytes(Type::new(DType::I64, [elements.len()]), bytemuck::cast_slice(elements))
}

/// Positions along an axis, of which each place has its own.
pub(super) struct AlongAxis {
    /// The array, flattened if it goes along no axis.
    pub(super) ty: Type,
    axis: usize,
    located: Located,
    /// The shape of what is taken or put.
    pub(super) shape: Shape,
}

impl AlongAxis {
    /// Positions along an axis of an array. Reads them, unless they belong to a trace.
    ///
    /// # Errors
    /// As [`take_along_axis`].
    #[track_caller]
    pub(super) fn new(access: Access, arr: &NdArray, indices: &NdArray, axes: &Axes) -> Result<AlongAxis> {
        let name = access.name();
        axes.arguments(name, &[])?;
        let Type { dtype, shape } = arr.try_type()?;
        let index_type = indices.try_type()?;
        let axis = axes.single()?;
        if axis.is_none() && index_type.shape.ndim() != 1 {
            return Err(Error::value("when axis=None, `indices` must have a single dimension."));
        }
        let (shape, axis) = line_in(&shape, axis, Of0d::NoAxis)?;
        let ty = Type { dtype, shape };
        if !matches!(index_type.dtype.kind(), Kind::Signed | Kind::Unsigned) {
            return Err(Error::index("`indices` must be an integer array"));
        }
        if ty.shape.ndim() != index_type.shape.ndim() {
            return Err(Error::value("`indices` and `arr` must have the same number of dimensions"));
        }
        let mut around = ty.shape.clone();
        around.as_mut_slice()[axis] = 1;
        let shape = broadcast_shapes([&*around, &*index_type.shape].into_iter()).map_err(|error| {
            let shapes = error.message.rsplit("with shapes ").next().unwrap_or_default().to_owned();
            Error::index(format!(
                "shape mismatch: indexing arrays could not be broadcast together with shapes {shapes}"
            ))
        })?;
        let bounds = Bounds { access, array: ty.clone(), axis };
        if bounds.extent() == 0 && shape.size() > 0 {
            return Err(Error::index(format!("index is out of bounds for axis {axis} with size 0")));
        }
        let located = Located::new(indices, bounds, IndexMode::Raise)?;
        Ok(AlongAxis { ty, axis, located, shape })
    }

    /// The positions in the flattened array, of the shape of what is taken.
    ///
    /// There they are one number each, which is looked up faster than one for each axis.
    pub(super) fn record(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let positions = self.located.record(builder)?;
        let positions = builder.broadcast(positions, &self.shape)?;
        let mut stride = 1usize;
        let mut flat: Option<NodeId> = None;
        for axis in (0..self.ty.shape.ndim()).rev() {
            let extent = self.ty.shape[axis];
            let along = match axis == self.axis {
                true => Some(positions),
                false if extent == 1 => None,
                false => {
                    let ty = Type { dtype: DType::I64, shape: self.shape.clone() };
                    Some(builder.iota(ty, axis)?)
                }
            };
            if let Some(along) = along {
                let step = builder.constant(Literal::new(stride as i64));
                let steps = if stride == 1 { along } else { builder.apply(Binary::Multiply, along, step)? };
                flat = Some(match flat {
                    Some(flat) => builder.apply(Binary::Add, flat, steps)?,
                    None => steps,
                });
            }
            stride *= extent;
        }
        flat.ok_or_else(|| Error::internal("an array with an axis has none"))
    }
}
