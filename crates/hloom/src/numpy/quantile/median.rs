//! The middle of elements in order.

use hloom_ir::{Binary, DType, Literal, NodeId};

use super::sample::{Positions, Sample, not_negative, with_nan};
use crate::numpy::along::joined;
use crate::numpy::moments::mean_of;
use crate::numpy::nan::{has_nan, nanmean_of};
use crate::numpy::over::{over_axes, over_axis};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, NdArray, Result};

/// The middle of the elements in order, or the mean of the two in the middle. A slice with NaN gives NaN.
///
/// **Shapes**: those without the axes. **Keywords**, through [`axis`](crate::axis()): keepdims.
/// **Dtypes**: floats and complex numbers, which go by their real parts first, to the same dtype; bool and integers to
/// float64.
///
/// # Errors
/// The result is in error: `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::array([[10, 7, 4], [3, 2, 1]]);
/// assert_eq!(hloom::median(&x, ..).to_string(), "3.5");
/// assert_eq!(hloom::median(&x, 1).to_string(), "[7. 2.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.median.html>
#[track_caller]
pub fn median<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("median", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let keywords = axes.keywords("median", &[])?;
        over_axes(builder, x, &axes, keywords, Axes::resolve, |builder, x, _| median_of(builder, x, &axes))
    })
}

/// The middle of the elements that are not NaN, or the mean of the two in the middle; NaN if all are.
///
/// **Shapes**: those without the axes. **Keywords**, through [`axis`](crate::axis()): keepdims.
/// **Dtypes**: floats and complex numbers to the same dtype; bool and integers to float64.
///
/// # Errors
/// The result is in error: `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::array([[10.0, f64::NAN, 4.0], [3.0, 2.0, 1.0]]);
/// assert_eq!(hloom::nanmedian(&x, 1).to_string(), "[7. 2.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.nanmedian.html>
#[track_caller]
pub fn nanmedian<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("nanmedian", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let keywords = axes.keywords("nanmedian", &[])?;
        let has_nan = has_nan(builder.dtype(x)?);
        if builder.shape(x)?.size() == 0 {
            return over_axes(builder, x, &axes, keywords, Axes::resolve, nanmean_of);
        }
        over_axes(builder, x, &axes, keywords, Axes::resolve, |builder, x, _| match has_nan {
            true => nanmedian_of(builder, x, &axes),
            false => median_of(builder, x, &axes),
        })
    })
}

/// The median over axes, without keyword arguments.
pub(crate) fn median_of(builder: &mut Builder<'_>, x: NodeId, axes: &Axes) -> Result<NodeId> {
    let sample = Sample::of(builder, x, axes)?;
    let (n, axis) = (sample.n, sample.kept.ndim());
    if n == 0 {
        return mean_of(builder, sample.x, &over_axis(axes, axis));
    }
    let middle: Vec<NodeId> = ((n - 1) / 2..=n / 2).map(|position| builder.constant_of(position, DType::I64)).collect();
    let found = sample.in_order(builder, Positions::Shared(&middle))?;
    let middle = lines(builder, &found.at, axis)?;
    let median = mean_of(builder, middle, &over_axis(axes, axis))?;
    with_nan(builder, found.last, median)
}

fn nanmedian_of(builder: &mut Builder<'_>, x: NodeId, axes: &Axes) -> Result<NodeId> {
    let sample = Sample::of(builder, x, axes)?;
    let counts = sample.n_numbers(builder)?;
    let (one, two) = (builder.constant_of(1, DType::I64), builder.constant_of(2, DType::I64));
    let before = builder.apply(Binary::Subtract, counts, one)?;
    let before = not_negative(builder, before)?;
    let (low, high) =
        (builder.apply(Binary::FloorDivide, before, two)?, builder.apply(Binary::FloorDivide, counts, two)?);
    let found = sample.in_order(builder, Positions::OfEach(&[low, high]))?;
    let pair = lines(builder, &found.at, sample.kept.ndim())?;
    let mean = mean_of(builder, pair, &over_axis(axes, sample.kept.ndim()))?;
    // One in the middle is itself: its double may be too great. NumPy's sum of one begins with 0.
    let zero = builder.constant(Literal::zero(builder.dtype(found.at[0])?));
    let single = builder.apply(Binary::Add, found.at[0], zero)?;
    let is_single = builder.apply(Binary::Equal, low, high)?;
    builder.select(is_single, single, mean)
}

/// Arrays of one shape along a new last axis.
fn lines(builder: &mut Builder<'_>, arrays: &[NodeId], axis: usize) -> Result<NodeId> {
    let mut parts = Vec::with_capacity(arrays.len());
    for &array in arrays {
        let shape = builder.shape(array)?;
        parts.push(builder.reshape(array, shape.iter().copied().chain([1]).collect())?);
    }
    joined(builder, &parts, axis)
}
