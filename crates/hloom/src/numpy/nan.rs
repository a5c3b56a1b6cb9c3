//! Reductions that leave out NaN. Means and variances round where NumPy rounds them, which is not where those of all elements
//! are rounded.

use hloom_ir::{Binary, DType, Extreme, Kind, Literal, NodeId, Reducer, Rule, Unary, Weak};

use super::cumulative::with_nans_as;
use super::moments::{mean_of, std_of, var_of};
use super::over::{Over, over_axes, reduce_masked};
use super::reduce::{by, position_of, reduction_functions};
use crate::check::BuildChecks;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

reduction_functions! {
    nansum (sum_of(Reducer::Sum)) resolve_0d ["dtype", "initial", "where"] "Sum of the elements, with NaN as zero",
        "any; bool and signed integers to int64, unsigned to uint64", "`AxisError`", "[1.0, f64::NAN, 2.0], ..", "3.0";
    nanprod (sum_of(Reducer::Prod)) resolve_0d ["dtype", "initial", "where"] "Product of the elements, with NaN as one",
        "any; bool and signed integers to int64, unsigned to uint64", "`AxisError`", "[3.0, f64::NAN, 2.0], ..", "6.0";
    nanmax (by(Reducer::Fmax)) resolve_0d ["initial", "where"]
        "The greatest element that is not NaN; NaN if all are", "any, to the same dtype",
        "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, f64::NAN, 5.0], ..", "5.0";
    nanmin (by(Reducer::Fmin)) resolve_0d ["initial", "where"]
        "The least element that is not NaN; NaN if all are", "any, to the same dtype",
        "`AxisError`, `ValueError` of no elements without `initial`", "[3.0, f64::NAN, 5.0], ..", "3.0";
    nanmean (nanmean_of) resolve_0d ["dtype", "where"]
        "Arithmetic mean of the elements that are not NaN; NaN if all are", "any; bool and integers to float64",
        "`AxisError`, `TypeError` for a dtype of integers for floats", "[[1.0, f64::NAN], [3.0, 5.0]], 0", "[2. 5.]";
    nanvar (nanvar_of) resolve_0d ["dtype", "where", "ddof", "mean"]
        "Variance of the elements that are not NaN; NaN if there are no more than `ddof`",
        "any; bool and integers to float64, complex to its real dtype",
        "`AxisError`, `TypeError` for a dtype of integers for floats", "[1.0, f64::NAN, 3.0], ..", "1.0";
    nanstd (nanstd_of) resolve_0d ["dtype", "where", "ddof", "mean"]
        "Standard deviation of the elements that are not NaN, the square root of their variance",
        "any; bool and integers to float64, complex to its real dtype",
        "`AxisError`, `TypeError` for a dtype of integers for floats", "[1.0, f64::NAN, 7.0], ..", "3.0";
    nanargmax (nan_position_of(Extreme::Max)) resolve_position []
        "Where the greatest element that is not NaN is: the first of equal ones. With `..`, the position is that in the \
         flattened array",
        "any, to int64", "`AxisError`, `ValueError` of no elements or of NaN only, `TypeError` for several axes",
        "[[f64::NAN, 1.0], [5.0, f64::NAN]], 1", "[1 0]";
    nanargmin (nan_position_of(Extreme::Min)) resolve_position []
        "Where the least element that is not NaN is: the first of equal ones. With `..`, the position is that in the \
         flattened array",
        "any, to int64", "`AxisError`, `ValueError` of no elements or of NaN only, `TypeError` for several axes",
        "[[f64::NAN, 1.0], [5.0, f64::NAN]], ..", "1";
}

/// A sum or product with what changes nothing in the place of NaN.
fn sum_of(reducer: Reducer) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
    move |builder, x, over| {
        let dtype = builder.dtype(x)?;
        let x = with_nans_as(builder, x, reducer.neutral(dtype))?;
        by(reducer)(builder, x, over)
    }
}

/// Whether a dtype has NaN.
pub(super) fn has_nan(dtype: DType) -> bool {
    matches!(dtype.kind(), Kind::Float | Kind::Complex)
}

/// Where elements are not NaN.
pub(super) fn is_number(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let is_nan = builder.op(Unary::IsNan, &[x])?;
    builder.op(Unary::LogicalNot, &[is_nan])
}

/// The dtype that a mean or variance of floats is asked for in, if any.
fn inexact_dtype(over: &Over<'_>) -> Result<Option<DType>> {
    match over.keywords.dtype {
        Some(dtype) if !has_nan(dtype) => Err(Error::type_("If a is inexact, then dtype must be inexact")),
        dtype => Ok(dtype),
    }
}

/// A reduction of numbers without NaN, which has no axis in a 0-d array.
fn of_all(
    builder: &mut Builder<'_>,
    x: NodeId,
    over: &Over<'_>,
    reduce: impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId>,
) -> Result<NodeId> {
    over.written.resolve(builder.shape(x)?.ndim())?;
    reduce(builder, x, over)
}

pub(super) fn nanmean_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let own = builder.dtype(x)?;
    if !has_nan(own) {
        return of_all(builder, x, over, mean_of);
    }
    let dtype = inexact_dtype(over)?.unwrap_or(own);
    let n_elements = count(builder, x, over)?;
    let x = with_nans_as(builder, x, Literal::zero(own))?;
    mean(builder, x, n_elements, dtype, over)
}

fn nanvar_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let own = builder.dtype(x)?;
    if !has_nan(own) {
        return of_all(builder, x, over, var_of);
    }
    let dtype = inexact_dtype(over)?;
    let shape = builder.shape(x)?;
    let n_elements = count(builder, x, over)?;
    let is_nan = builder.op(Unary::IsNan, &[x])?;
    let mean = match &over.keywords.mean {
        Some(mean) => builder.operand(mean)?,
        None => {
            let x = with_nans_as(builder, x, Literal::zero(own))?;
            let mean = mean(builder, x, n_elements, dtype.unwrap_or(own), over)?;
            builder.reshape(mean, shape.with_ones_at(over.axes))?
        }
    };
    // The distances and their squares are rounded to the array's dtype.
    let common = Binary::Subtract.resolve(own.into(), builder.dtype(mean)?.into())?.operand;
    let (wide, mean) = (builder.convert(x, common)?, builder.convert(mean, common)?);
    let distance = builder.apply(Binary::Subtract, wide, mean)?;
    let distance = builder.convert(distance, own)?;
    let zero = builder.constant(Literal::zero(own));
    let distance = builder.select(is_nan, zero, distance)?;
    let square = match own.kind() {
        Kind::Complex => {
            let conjugate = builder.op(Unary::Conjugate, &[distance])?;
            let square = builder.apply(Binary::Multiply, distance, conjugate)?;
            builder.op(Unary::Real, &[square])?
        }
        Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float => builder.op(Unary::Square, &[distance])?,
    };
    let summed = dtype.unwrap_or(own.real());
    let square = builder.convert(square, summed)?;
    let total = reduce_masked(builder, Reducer::Sum, square, over)?;
    let ddof = over.keywords.ddof.unwrap_or_default();
    let ddof = builder.scalar(Literal::new(ddof));
    let n_elements = builder.convert(n_elements, DType::F64)?;
    let n_free = builder.apply(Binary::Subtract, n_elements, ddof)?;
    let variance = quotient_in_common_dtype(builder, total, n_free)?;
    let zero = builder.constant(Literal::zero(DType::F64));
    let is_bad = builder.apply(Binary::LessEqual, n_free, zero)?;
    let nan = builder.constant_of(f64::NAN, summed);
    builder.select(is_bad, nan, variance)
}

fn nanstd_of(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    if !has_nan(builder.dtype(x)?) {
        return of_all(builder, x, over, std_of);
    }
    let variance = nanvar_of(builder, x, over)?;
    builder.op(Unary::Sqrt, &[variance])
}

/// How many elements are counted that are not NaN, as int64.
fn count(builder: &mut Builder<'_>, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let counts = is_number(builder, x)?;
    let ones = builder.convert(counts, DType::I64)?;
    reduce_masked(builder, Reducer::Sum, ones, over)
}

/// The sum in a dtype over the number of elements.
fn mean(builder: &mut Builder<'_>, x: NodeId, n_elements: NodeId, dtype: DType, over: &Over<'_>) -> Result<NodeId> {
    let x = builder.convert(x, dtype)?;
    let total = reduce_masked(builder, Reducer::Sum, x, over)?;
    quotient_in_common_dtype(builder, total, n_elements)
}

/// A quotient in the dtype that both promote to, rounded to that of the dividend.
fn quotient_in_common_dtype(builder: &mut Builder<'_>, dividend: NodeId, divisor: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(dividend)?;
    let common = Binary::Divide.resolve(dtype.into(), builder.dtype(divisor)?.into())?.operand;
    let (dividend, divisor) = (builder.convert(dividend, common)?, builder.convert(divisor, common)?);
    let quotient = builder.apply(Binary::Divide, dividend, divisor)?;
    builder.convert(quotient, dtype)
}

/// Where an extreme element is, with the least extreme number in the place of NaN.
fn nan_position_of(extreme: Extreme) -> impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId> {
    move |builder, x, over| {
        let last = match extreme {
            Extreme::Max => f64::NEG_INFINITY,
            Extreme::Min => f64::INFINITY,
        };
        let last = Weak::Float(last).saturating_literal(builder.dtype(x)?);
        let (given, x) = (x, with_nans_as(builder, x, last)?);
        let position = position_of(extreme)(builder, x, over)?;
        if !has_nan(builder.dtype(given)?) {
            return Ok(position);
        }
        let is_number = is_number(builder, given)?;
        let holds = builder.reduce(Reducer::Any, is_number, over.axes)?;
        let rule = match extreme {
            Extreme::Max => Rule::NanArgMax,
            Extreme::Min => Rule::NanArgMin,
        };
        builder.required(position, holds, rule)
    }
}
