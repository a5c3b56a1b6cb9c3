//! Elements combined one after another along an axis: running sums, products and the like.

use hloom_ir::{Binary, Kind, Layout, Literal, NodeId, Reducer, Reduction, Type, Unary, normalize_axis};

use super::along::{Of0d, line_of};
use crate::axes::Keywords;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// A row of the table of two operands taken along an axis: the first element, that combined with the second, this with the
/// third, and so on, as the `accumulate` of NumPy's ufuncs.
///
/// **Shapes**: `[…]` to the same shape. `..` is the one axis of a 1-d array.
/// **Dtypes**: those that the operation takes and yields; sums and products of bool and narrow integers are taken in int64 or
/// uint64.
/// **Keywords**, through [`axis`](crate::axis()): dtype.
///
/// # Errors
/// The result is in error: `AxisError`, `ValueError` for several axes, `TypeError` for a 0-d array or an operation that
/// yields another dtype than it takes.
///
/// # Examples
/// ```
/// use hloom::Binary;
/// assert_eq!(hloom::accumulate(Binary::Maximum, [1, 3, 2, 5], 0).to_string(), "[1 3 3 5]");
/// assert_eq!(hloom::accumulate(Binary::Divide, [8.0, 2.0, 4.0], 0).to_string(), "[8. 4. 1.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ufunc.accumulate.html>; the results of half-precision
/// sums and products are rounded once, not after each element.
#[track_caller]
pub fn accumulate<'a>(op: Binary, x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axis.into());
    let name = format!("{}.accumulate", op.name());
    Call::of(&name, &x).record(|builder| {
        let keywords = axes.arguments("accumulate", &["dtype"])?;
        let x = builder.operand(&x)?;
        let ndim = builder.shape(x)?.ndim();
        if ndim == 0 {
            return Err(Error::type_("cannot accumulate on a scalar"));
        }
        let axis = match axes.written() {
            None if ndim == 1 => 0,
            Some(&[axis]) => normalize_axis(axis, ndim)?,
            None | Some(_) => return Err(Error::value("accumulate does not allow multiple axes")),
        };
        accumulated(builder, op, x, axis, keywords)
    })
}

macro_rules! cumulative {
    ($($name:ident $record:ident($reducer:ident) [$($keyword:literal),*] $meaning:literal, $shapes:literal, $errors:literal, $example:literal, $result:literal;)*) => { $(
        #[doc = concat!($meaning, ".")]
        ///
        #[doc = concat!("**Shapes**: ", $shapes, ".")]
        /// **Dtypes**: any; bool and signed integers to int64, unsigned to uint64.
        #[doc = concat!("**Keywords**, through [`axis`](crate::axis()):" $(, " ", $keyword)*, ".")]
        ///
        /// # Errors
        #[doc = concat!("The result is in error: ", $errors, ".")]
        ///
        /// # Examples
        /// ```
        /// use hloom::prelude::*;
        #[doc = concat!("let y = hloom::", stringify!($name), "(", $example, ");")]
        #[doc = concat!("assert_eq!(y.to_string(), \"", $result, "\");")]
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>; results in half \
             precision are rounded once, not after each element."
        )]
        #[track_caller]
        pub fn $name<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
            let (x, axes) = (x.into_operand(), axis.into());
            Call::of(stringify!($name), &x).record(|builder| {
                let keywords = axes.arguments(stringify!($name), &[$($keyword),*])?;
                let x = builder.operand(&x)?;
                $record(builder, Reducer::$reducer, x, axes.single()?, keywords)
            })
        }
    )* };
}

cumulative! {
    cumsum flattened(Sum) ["dtype"] "Sums of the elements up to each, along an axis or, with `..`, of the flattened array",
        "`[…]` to the same shape; with `..`, to 1-d", "`AxisError`, `TypeError` for several axes",
        "[[1, 2], [3, 4]], 0", "[[1 2]\\n [4 6]]";
    cumprod flattened(Prod) ["dtype"]
        "Products of the elements up to each, along an axis or, with `..`, of the flattened array",
        "`[…]` to the same shape; with `..`, to 1-d", "`AxisError`, `TypeError` for several axes",
        "[[1, 2], [3, 4]], ..", "[ 1  2  6 24]";
    nancumsum without_nans(Sum) ["dtype"] "Sums of the elements up to each, as [`cumsum`], with NaN as zero",
        "`[…]` to the same shape; with `..`, to 1-d", "`AxisError`, `TypeError` for several axes",
        "[1.0, f64::NAN, 2.0], 0", "[1. 1. 3.]";
    nancumprod without_nans(Prod) ["dtype"] "Products of the elements up to each, as [`cumprod`], with NaN as one",
        "`[…]` to the same shape; with `..`, to 1-d", "`AxisError`, `TypeError` for several axes",
        "[2.0, f64::NAN, 3.0], 0", "[2. 2. 6.]";
    cumulative_sum of_one_axis(Sum) ["dtype", "include_initial"]
        "Sums of the elements up to each; `..` is the one axis of a 1-d array",
        "`[…]` to the same shape, one longer along the axis with [`Axes::include_initial`]",
        "`AxisError`, `TypeError` for several axes, `ValueError` for `..` and more than one dimension",
        "[1, 2, 3], axis(0).include_initial()", "[0 1 3 6]";
    cumulative_prod of_one_axis(Prod) ["dtype", "include_initial"]
        "Products of the elements up to each; `..` is the one axis of a 1-d array",
        "`[…]` to the same shape, one longer along the axis with [`Axes::include_initial`]",
        "`AxisError`, `TypeError` for several axes, `ValueError` for `..` and more than one dimension",
        "[1, 2, 3], axis(0).include_initial()", "[1 1 2 6]";
}

/// Running sums and products.
impl NdArray {
    /// Sums of the elements up to each; see [`cumsum`].
    #[track_caller]
    pub fn cumsum(&self, axis: impl Into<Axes>) -> NdArray {
        cumsum(self, axis)
    }

    /// Products of the elements up to each; see [`cumprod`].
    #[track_caller]
    pub fn cumprod(&self, axis: impl Into<Axes>) -> NdArray {
        cumprod(self, axis)
    }
}

/// Along an axis, or along the flattened array.
fn flattened(
    builder: &mut Builder<'_>,
    reducer: Reducer,
    x: NodeId,
    axis: Option<i64>,
    keywords: &Keywords,
) -> Result<NodeId> {
    let (x, axis) = line_of(builder, x, axis, Of0d::OneAxis)?;
    accumulated(builder, reducer.row(), x, axis, keywords)
}

/// As [`flattened`], with what changes nothing in the place of NaN.
fn without_nans(
    builder: &mut Builder<'_>,
    reducer: Reducer,
    x: NodeId,
    axis: Option<i64>,
    keywords: &Keywords,
) -> Result<NodeId> {
    let neutral = reducer.neutral(builder.dtype(x)?);
    let x = with_nans_as(builder, x, neutral)?;
    flattened(builder, reducer, x, axis, keywords)
}

/// Along the one axis, or one that is named, beginning with what changes nothing if that is asked for.
fn of_one_axis(
    builder: &mut Builder<'_>,
    reducer: Reducer,
    x: NodeId,
    axis: Option<i64>,
    keywords: &Keywords,
) -> Result<NodeId> {
    if axis.is_none() && builder.shape(x)?.ndim() > 1 {
        return Err(Error::value("For arrays which have more than one dimension ``axis`` argument is required."));
    }
    let (x, axis) = line_of(builder, x, axis, Of0d::OneAxis)?;
    let results = accumulated(builder, reducer.row(), x, axis, keywords)?;
    if !keywords.include_initial {
        return Ok(results);
    }
    let Type { dtype, mut shape } = builder.ty(results)?.clone();
    shape.as_mut_slice()[axis] = 1;
    let initial = builder.full(reducer.neutral(dtype), &shape)?;
    builder.op(Layout::Concatenate { axis }, &[initial, results])
}

/// An operation along an axis, in the dtype that NumPy takes it in.
fn accumulated(builder: &mut Builder<'_>, op: Binary, x: NodeId, axis: usize, keywords: &Keywords) -> Result<NodeId> {
    let own = builder.dtype(x)?;
    let dtype = match (keywords.dtype, op) {
        (Some(dtype), _) => dtype,
        (None, Binary::Add | Binary::Multiply) => Reducer::Sum.resolve(own),
        (None, _) => own,
    };
    let signature = op.resolve(dtype.into(), dtype.into())?;
    let is_asked_for = keywords.dtype.is_none_or(|dtype| dtype == signature.result);
    if signature.operand != signature.result || !is_asked_for {
        return Err(Error::type_(format!(
            "No loop matching the specified signature and casting was found for ufunc {}",
            op.name()
        )));
    }
    let x = builder.convert(x, signature.operand)?;
    builder.op(Reduction::Accumulate { op, axis }, &[x])
}

/// The running sum along an axis, in the array's own dtype.
pub(super) fn running_sum(builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<NodeId> {
    builder.op(Reduction::Accumulate { op: Binary::Add, axis }, &[x])
}

/// An array with a number of its dtype in the place of NaN.
pub(super) fn with_nans_as(builder: &mut Builder<'_>, x: NodeId, number: Literal) -> Result<NodeId> {
    if !matches!(builder.dtype(x)?.kind(), Kind::Float | Kind::Complex) {
        return Ok(x);
    }
    let is_nan = builder.op(Unary::IsNan, &[x])?;
    let number = builder.constant(number);
    builder.select(is_nan, number, x)
}
