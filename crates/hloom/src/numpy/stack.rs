//! Arrays put beside and upon each other: rows, columns and what lies behind.

use std::panic::Location;

use super::as_array::at_least;
use super::join::concatenated;
use crate::record::{Build, Call, IntoOperand, Operand};
use crate::{Axes, IntoOperands, NdArray};

/// The arrays one under another, as rows: along the first axis, after 1-d arrays have become `[1, n]`.
///
/// **Shapes**: equal but for the first axis, or all `[n]`.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) without arrays or for shapes that differ elsewhere.
///
/// # Examples
/// ```
/// assert_eq!(hloom::vstack(([1, 2], [3, 4])).to_string(), "[[1 2]\n [3 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.vstack.html>; the keywords `dtype` and `casting`
/// are those of [`concatenate`](crate::concatenate).
#[track_caller]
pub fn vstack<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    concatenated("vstack", raised("vstack", arrays.into_operands(), 2), 0.into())
}

/// Another name of [`vstack`].
///
/// **Source**: <https://numpy.org/doc/1.26/reference/generated/numpy.row_stack.html>, which NumPy has dropped since.
#[track_caller]
pub fn row_stack<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    concatenated("row_stack", raised("row_stack", arrays.into_operands(), 2), 0.into())
}

/// The arrays beside each other, as columns: along the second axis, 1-d arrays along their first.
///
/// **Shapes**: equal but for that axis.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) without arrays or for shapes that differ elsewhere.
///
/// # Examples
/// ```
/// assert_eq!(hloom::hstack(([1, 2], 3)).to_string(), "[1 2 3]");
/// assert_eq!(hloom::hstack(([[1], [2]], [[3], [4]])).to_string(), "[[1 3]\n [2 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.hstack.html>; the keywords `dtype` and `casting`
/// are those of [`concatenate`](crate::concatenate).
#[track_caller]
pub fn hstack<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    let arrays = raised("hstack", arrays.into_operands(), 1);
    let is_flat = |array: &Operand<'_>| {
        array.as_array().and_then(|array| array.try_shape().ok()).is_some_and(|shape| shape.ndim() == 1)
    };
    let axis = if arrays.first().is_some_and(is_flat) { 0 } else { 1 };
    concatenated("hstack", arrays, axis.into())
}

/// The arrays behind each other: along the third axis, after `[n]` has become `[1, n, 1]` and `[n, m]` `[n, m, 1]`.
///
/// **Shapes**: equal but for the third axis.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) without arrays or for shapes that differ elsewhere.
///
/// # Examples
/// ```
/// assert_eq!(hloom::dstack(([1, 2], [3, 4])).to_string(), "[[[1 3]\n  [2 4]]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.dstack.html>
#[track_caller]
pub fn dstack<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    concatenated("dstack", raised("dstack", arrays.into_operands(), 3), 2.into())
}

/// The arrays beside each other along the second axis, after 1-d arrays have become columns, `[n, 1]`.
///
/// **Shapes**: equal but for the second axis, with one `n`.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) without arrays or for shapes that differ elsewhere.
///
/// # Examples
/// ```
/// assert_eq!(hloom::column_stack(([1, 2], [3, 4])).to_string(), "[[1 3]\n [2 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.column_stack.html>
#[track_caller]
pub fn column_stack<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    let line = Location::caller();
    let column = |array: Operand<'a>| {
        let column = Call::of("column_stack", &array).at(line).record(|builder| {
            let array = builder.operand(&array)?;
            match *builder.shape(array)? {
                [] => builder.reshape(array, [1, 1].into()),
                [n] => builder.reshape(array, [n, 1].into()),
                _ => Ok(array),
            }
        });
        Operand::Owned(column)
    };
    let columns = arrays.into_operands().into_iter().map(column).collect();
    concatenated("column_stack", columns, 1.into())
}

/// The values after the elements of an array along an axis, or both flattened with `..`.
///
/// **Shapes**: equal but for that axis; any with `..`.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error: `ValueError` for shapes that differ elsewhere, `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::append(&x, [5, 6], ..).to_string(), "[1 2 3 4 5 6]");
/// assert_eq!(hloom::append(&x, [[5, 6]], 0).to_string(), "[[1 2]\n [3 4]\n [5 6]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.append.html>
#[track_caller]
pub fn append<'a, 'b>(x: impl IntoOperand<'a>, values: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let own = |operand: Operand<'_>| Operand::Owned(operand.into_array());
    let (arrays, axes) = (vec![own(x.into_operand()), own(values.into_operand())], axis.into());
    let refused = axes.arguments("append", &[]).err();
    match refused {
        Some(error) => Call::of("append", &arrays).error(error),
        None => concatenated("append", arrays, axes),
    }
}

/// The arrays with at least so many axes. Numbers become arrays of their own dtype.
#[track_caller]
fn raised<'a>(name: &str, arrays: Vec<Operand<'a>>, ndim: usize) -> Vec<Operand<'a>> {
    let line = Location::caller();
    arrays.into_iter().map(|array| Operand::Owned(at_least(name, array, ndim, line))).collect()
}
