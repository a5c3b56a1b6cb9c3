//! Arrays as sets of their elements, flattened and without those that are there twice.
//!
//! How many elements a result has depends on the values, so the operands are computed. Only [`isin`] needs no value.

use hloom_ir::{ArgType, AxisSet, Binary, DType, Layout, Literal, NodeId, Reducer, Shape, Unary, result_type};

use super::along::{gather, part};
use super::search::{Side, places_of};
use super::sort::sorted_along;
use super::terms::in_common_dtype;
use super::unique::{starts, unique, unique_index};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{NdArray, Result};

/// The distinct elements that are in either of two arrays, in ascending order.
///
/// **Shapes**: any, to one axis.
/// **Dtypes**: promoted.
///
/// # Errors
/// The result is in error if an array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::union1d([3, 1], [2, 1]).to_string(), "[1 2 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.union1d.html>
#[track_caller]
pub fn union1d<'a, 'b>(ar1: impl IntoOperand<'a>, ar2: impl IntoOperand<'b>) -> NdArray {
    let (ar1, ar2) = (ar1.into_operand().into_array(), ar2.into_operand().into_array());
    unique(crate::concatenate((ar1, ar2), ..), ..)
}

/// The distinct elements that are in both of two arrays, in ascending order.
///
/// **Shapes**: any, to one axis.
/// **Dtypes**: promoted.
///
/// # Errors
/// The result is in error if an array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::intersect1d([3, 1, 1], [2, 1, 3]).to_string(), "[1 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.intersect1d.html>; arrays that are known to be distinct
/// need no word of it. For `return_indices=True` there is [`intersect1d_indices`].
#[track_caller]
pub fn intersect1d<'a, 'b>(ar1: impl IntoOperand<'a>, ar2: impl IntoOperand<'b>) -> NdArray {
    let sorted = crate::concatenate((unique(ar1, ..), unique(ar2, ..)), ..).sort(0);
    let (before, after) = neighbours(&sorted);
    before.get(before.eq(after))
}

/// The distinct elements that are in both of two arrays, in ascending order, and where each of them is for the first time in
/// the flattened first and in the flattened second array.
///
/// # Errors
/// As of [`intersect1d`].
///
/// # Examples
/// ```
/// let (values, first, second) = hloom::intersect1d_indices([3, 1, 1], [2, 1, 3]);
/// assert_eq!(values.to_string(), "[1 3]");
/// assert_eq!((first.to_string(), second.to_string()), ("[1 0]".into(), "[1 2]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.intersect1d.html> with `return_indices=True`.
#[track_caller]
pub fn intersect1d_indices<'a, 'b>(
    ar1: impl IntoOperand<'a>,
    ar2: impl IntoOperand<'b>,
) -> (NdArray, NdArray, NdArray) {
    let (first, first_indices) = unique_index(ar1, ..);
    let (second, second_indices) = unique_index(ar2, ..);
    let n_first = first.try_shape().map_or(0, |shape| shape.size()) as i64;
    let both = crate::concatenate((first, second), ..);
    let order = both.argsort(0);
    let sorted = both.get(&order);
    let (before, after) = neighbours(&sorted);
    let is_twice = before.eq(after);
    let (in_first, in_second) = neighbours(&order);
    (
        before.get(&is_twice),
        first_indices.get(in_first.get(&is_twice)),
        second_indices.get(in_second.get(&is_twice) - n_first),
    )
}

/// The distinct elements of the first array that are not in the second one, in ascending order.
///
/// **Shapes**: any, to one axis.
/// **Dtypes**: any, to that of the first array; compared as promoted.
///
/// # Errors
/// The result is in error if the first array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::setdiff1d([3, 1, 2, 1], [2]).to_string(), "[1 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.setdiff1d.html>; for `assume_unique=True`, which leaves
/// the elements in their order, write `a.get(isin(&a, &b, true))`.
#[track_caller]
pub fn setdiff1d<'a, 'b>(ar1: impl IntoOperand<'a>, ar2: impl IntoOperand<'b>) -> NdArray {
    let first = unique(ar1, ..);
    first.get(isin(&first, ar2, true))
}

/// The distinct elements that are in one of two arrays and not in the other, in ascending order.
///
/// **Shapes**: any, to one axis.
/// **Dtypes**: promoted.
///
/// # Errors
/// The result is in error if an array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::setxor1d([3, 1, 2], [2, 5]).to_string(), "[1 3 5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.setxor1d.html>; arrays that are known to be distinct
/// need no word of it.
#[track_caller]
pub fn setxor1d<'a, 'b>(ar1: impl IntoOperand<'a>, ar2: impl IntoOperand<'b>) -> NdArray {
    let sorted = crate::concatenate((unique(ar1, ..), unique(ar2, ..)), ..).sort(0);
    let is_alone = Call::named("setxor1d").record(|builder| {
        let starts = starts(builder, sorted.node(), false)?;
        let n = builder.ty(starts)?.shape.size();
        if n == 0 {
            return Ok(starts);
        }
        let end = builder.full(Literal::new(true), &Shape::from([1]))?;
        let next = part(builder, starts, 0, 1..n)?;
        let is_last = builder.op(Layout::Concatenate { axis: 0 }, &[next, end])?;
        builder.apply(Binary::LogicalAnd, starts, is_last)
    });
    sorted.get(is_alone)
}

/// The optional argument of [`isin`]: `..` for NumPy's default, or whether elements are asked for that are *not* among the
/// others.
#[derive(Clone, Copy, Debug, Default)]
pub struct Isin {
    invert: bool,
}

impl From<std::ops::RangeFull> for Isin {
    fn from(_: std::ops::RangeFull) -> Isin {
        Isin::default()
    }
}

impl From<bool> for Isin {
    fn from(invert: bool) -> Isin {
        Isin { invert }
    }
}

/// Which elements are among others. NaN is not.
///
/// **Shapes**: any; to the shape of the first array.
/// **Dtypes**: any, to bool. They are compared as promoted, integers exactly.
///
/// # Examples
/// ```
/// assert_eq!(hloom::isin([1, 2, 3], [3, 1], ..).to_string(), "[ True False  True]");
/// assert_eq!(hloom::isin([1, 2, 3], [3, 1], true).to_string(), "[False  True False]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.isin.html>; there is no `assume_unique` and no `kind`,
/// which do not change the result.
#[track_caller]
pub fn isin<'a, 'b>(
    element: impl IntoOperand<'a>,
    test_elements: impl IntoOperand<'b>,
    how: impl Into<Isin>,
) -> NdArray {
    let (element, others, how) = (element.into_operand(), test_elements.into_operand(), how.into());
    Call::of("isin", &[&element, &others]).record(|builder| {
        let (x, others) = (builder.operand(&element)?, builder.operand(&others)?);
        let size = builder.ty(others)?.shape.size();
        let others = builder.reshape(others, Shape::from([size]))?;
        let is_in = is_among(builder, x, others)?;
        if how.invert { Ok(builder.op(Unary::LogicalNot, &[is_in])?) } else { Ok(is_in) }
    })
}

/// Which elements are among those of an array of one axis.
fn is_among(builder: &mut Builder<'_>, x: NodeId, others: NodeId) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let n_others = builder.ty(others)?.shape.size();
    if n_others == 0 {
        return builder.full(Literal::new(false), &shape);
    }
    let (x, others, is_possible) = comparable(builder, x, others)?;
    let is_equal = if n_others <= FEW {
        is_one_of(builder, x, others)?
    } else {
        let sorted = sorted_along(builder, others, 0)?;
        let place = places_of(builder, sorted, x, Side::Left)?;
        let last = builder.constant_of(n_others - 1, DType::I64);
        let place = builder.apply(Binary::Minimum, place, last)?;
        let nearest = gather(builder, sorted, 0, place)?;
        builder.apply(Binary::Equal, nearest, x)?
    };
    match is_possible {
        Some(is_possible) => builder.apply(Binary::LogicalAnd, is_equal, is_possible),
        None => Ok(is_equal),
    }
}

/// So many elements are compared with one by one sooner than searched.
const FEW: usize = 32;

/// Which elements are equal to one of an array of one axis, by comparing each with each.
fn is_one_of(builder: &mut Builder<'_>, x: NodeId, others: NodeId) -> Result<NodeId> {
    let n_others = builder.ty(others)?.shape.size();
    let n_axes = builder.ty(x)?.shape.ndim();
    let others = builder.reshape(others, std::iter::once(n_others).chain(std::iter::repeat_n(1, n_axes)).collect())?;
    let is_equal = builder.apply(Binary::Equal, x, others)?;
    builder.reduce(Reducer::Any, is_equal, AxisSet::from_iter([0]))
}

/// Two arrays in one dtype, and where it is possible that elements of the first are among the second. The float that uint64
/// and signed integers promote to does not hold all of them: there, numbers below zero are left out.
fn comparable(builder: &mut Builder<'_>, x: NodeId, others: NodeId) -> Result<(NodeId, NodeId, Option<NodeId>)> {
    let dtypes = [builder.dtype(x)?, builder.dtype(others)?];
    let promoted_dtype = result_type(&dtypes.map(ArgType::Strong))?;
    if promoted_dtype.is_integer() || dtypes.iter().any(|dtype| !dtype.is_integer()) {
        let [x, others] = in_common_dtype(builder, x, others)?;
        return Ok((x, others, None));
    }
    let (of_x, of_others) = (builder.constant(Literal::zero(dtypes[0])), builder.constant(Literal::zero(dtypes[1])));
    let greatest = builder.reduce(Reducer::Max, others, AxisSet::all(1))?;
    let is_below = builder.apply(Binary::Less, others, of_others)?;
    let others = builder.select(is_below, greatest, others)?;
    let is_any = builder.apply(Binary::GreaterEqual, greatest, of_others)?;
    let is_above = builder.apply(Binary::GreaterEqual, x, of_x)?;
    let is_possible = builder.apply(Binary::LogicalAnd, is_any, is_above)?;
    Ok((builder.convert(x, DType::U64)?, builder.convert(others, DType::U64)?, Some(is_possible)))
}

/// An array without its last element, and without its first one.
#[track_caller]
fn neighbours(x: &NdArray) -> (NdArray, NdArray) {
    let end = x.try_shape().map_or(0, |shape| shape.size());
    let before = Call::of("getitem", x).record(|builder| part(builder, x.node(), 0, 0..end.saturating_sub(1)));
    let after = Call::of("getitem", x).record(|builder| part(builder, x.node(), 0, 1.min(end)..end));
    (before, after)
}
