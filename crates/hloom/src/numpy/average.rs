//! Weighted means.

use hloom_ir::{Binary, DType, Kind, Literal, NodeId, Reducer, Rule, Shape, Type, normalize_axes, result_type};

use super::moments::mean_of;
use super::over::over_axes;
use super::terms::combined;
use crate::axes::Keywords;
use crate::check::BuildChecks;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// Arithmetic mean, with [`Axes::weights`] of elements that count more or less.
///
/// Weights have the shape of the array, or that of the axes that it is averaged over, in the order in which these are
/// written.
///
/// **Shapes**: the axes vanish, or stay with extent 1 with [`Axes::keepdims`].
/// **Dtypes**: any; integers and bool to float64, with weights to what all promote to.
/// **Keywords**, through [`axis`](crate::axis()): keepdims, weights.
///
/// # Errors
/// The result is in error: `AxisError`, `TypeError` for weights of another shape without an axis, `ValueError` for those that
/// do not fit the axes, `ZeroDivisionError` for weights that sum to zero.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(hloom::average(&x, ..).to_string(), "2.5");
/// assert_eq!(hloom::average(&x, axis(1).weights([3, 1])).to_string(), "[1.25 3.25]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.average.html>
#[track_caller]
pub fn average<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("average", &a).record(|builder| {
        let (average, _) = averaged(builder, &a, &axes)?;
        Ok(average)
    })
}

/// The mean that [`average`] takes, and the sum of the weights that went into it: the number of elements without weights.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let (mean, sum) = hloom::average_weights([1.0, 2.0, 4.0], axis(0).weights([1.0, 1.0, 2.0]));
/// assert_eq!((mean.to_string(), sum.to_string()), ("2.75".into(), "4.0".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.average.html>, with `returned=True`.
#[track_caller]
pub fn average_weights<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> (NdArray, NdArray) {
    let (a, axes) = (a.into_operand(), axis.into());
    let call = Call::of("average_weights", &a);
    let results = call.record_several(2, |builder| averaged(builder, &a, &axes).map(|(mean, sum)| vec![mean, sum]));
    let [mean, sum] = <[NdArray; 2]>::try_from(results).expect("there are as many results as asked for");
    (mean, sum)
}

/// The mean and the sum of the weights.
fn averaged(builder: &mut Builder<'_>, a: &Operand<'_>, axes: &Axes) -> Result<(NodeId, NodeId)> {
    let keywords = axes.keywords("average", &["weights"])?;
    let x = builder.operand(a)?;
    let shape = builder.shape(x)?;
    let Some(weights) = &keywords.weights else {
        let mean = over_axes(builder, x, axes, keywords, Axes::resolve, mean_of)?;
        let Type { dtype, shape: kept } = builder.ty(mean)?.clone();
        let count = shape.size().checked_div(kept.size()).unwrap_or(0);
        let sum = builder.constant_of(count, dtype);
        return Ok((mean, builder.broadcast(sum, &kept)?));
    };
    let weights = builder.operand(weights)?;
    let weights = fitted(builder, weights, &shape, axes)?;
    let dtype = common_dtype(builder.dtype(x)?, builder.dtype(weights)?)?;
    let sum = |builder: &mut Builder<'_>, x: NodeId| {
        over_axes(builder, x, axes, &Keywords::default(), Axes::resolve, |builder, x, over| {
            builder.reduce(Reducer::Sum, x, over.axes)
        })
    };
    let (x, weights) = (builder.convert(x, dtype)?, builder.convert(weights, dtype)?);
    let product = builder.apply(Binary::Multiply, x, weights)?;
    let total = sum(builder, product)?;
    let weight = sum(builder, weights)?;
    let mean = combined(builder, Binary::Divide, total, weight)?;
    let zero = builder.constant(Literal::zero(dtype));
    let is_sum = builder.apply(Binary::NotEqual, weight, zero)?;
    let mean = builder.required(mean, is_sum, Rule::AverageWeightsSum)?;
    let weight = builder.required(weight, is_sum, Rule::AverageWeightsSum)?;
    let kept = builder.shape(mean)?;
    Ok((mean, builder.broadcast(weight, &kept)?))
}

/// The dtype that an average with weights is taken in.
fn common_dtype(own: DType, weights: DType) -> Result<DType> {
    let mut dtypes = vec![own.into(), weights.into()];
    if matches!(own.kind(), Kind::Bool | Kind::Signed | Kind::Unsigned) {
        dtypes.push(DType::F64.into());
    }
    Ok(result_type(&dtypes)?)
}

/// Weights with as many axes as an array of a shape has.
pub(super) fn fitted(builder: &mut Builder<'_>, weights: NodeId, shape: &Shape, axes: &Axes) -> Result<NodeId> {
    let own = builder.shape(weights)?;
    let set = axes.resolve(shape.ndim())?;
    if own == *shape {
        return Ok(weights);
    }
    let Some(written) = axes.written() else {
        return Err(Error::type_("Axis must be specified when shapes of a and weights differ."));
    };
    let written = normalize_axes(written, shape.ndim())?;
    if !own.iter().copied().eq(written.iter().map(|&axis| shape[axis])) {
        return Err(Error::value("Shape of weights must be consistent with shape of a along specified axis."));
    }
    let mut order: Vec<usize> = (0..written.len()).collect();
    order.sort_by_key(|&place| written[place]);
    let weights = builder.transpose(weights, &order)?;
    let extent = |(axis, &extent)| if set.contains(axis) { extent } else { 1 };
    builder.reshape(weights, shape.iter().enumerate().map(extent).collect())
}
