//! Functions applied along an axis, or along one axis after another.

use hloom_ir::{Shape, normalize_axis};

use crate::record::{Build, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// Applies a function to each 1-d part of an array along an axis.
///
/// The function is run once, on an array that stands for each part and has no values, and becomes the body of a loop over the
/// parts, as for [`map`](crate::map()). A loop takes some microseconds for each of them; where the function can be written for
/// the whole array at once, that is faster.
///
/// **Shapes**: `[…a, n, …b]` to `[…a, …r, …b]`, where the function makes `[…r]` of `[n]`.
/// **Dtypes**: any, to what the function returns.
///
/// # Errors
/// The result is in error: `ValueError` if there are no parts, `AxisError`; the error of any operation in the function.
///
/// # Examples
/// ```
/// use hloom::NdArray;
/// let x = hloom::array([[1, 2, 3], [4, 5, 6]]);
/// let ends = hloom::apply_along_axis(|row: NdArray| row.get(0) + row.get(-1), 0, &x);
/// assert_eq!(ends.to_string(), "[5 7 9]");
/// let turned = hloom::apply_along_axis(|row: NdArray| row.get(hloom::s![..;-1]), 1, &x);
/// assert_eq!(turned.to_string(), "[[3 2 1]\n [6 5 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.apply_along_axis.html>; the function cannot read values.
#[track_caller]
pub fn apply_along_axis<'a>(func1d: impl Fn(NdArray) -> NdArray, axis: i64, arr: impl IntoOperand<'a>) -> NdArray {
    let arr = arr.into_operand().into_array();
    let (axis, shape) = match parts(&arr, axis) {
        Ok(parts) => parts,
        Err(error) => return Call::of("apply_along_axis", &arr).with(&axis).error(error),
    };
    let rest: Shape = shape.iter().enumerate().filter(|&(other, _)| other != axis).map(|(_, &extent)| extent).collect();
    let order: Vec<usize> = (0..shape.ndim()).filter(|&other| other != axis).chain([axis]).collect();
    let rows = Call::of("apply_along_axis", &arr).record(|builder| {
        let moved = builder.transpose(arr.node(), &order)?;
        builder.reshape(moved, Shape::from([rest.size(), shape[axis]]))
    });
    let made = match rest.size() {
        1 => func1d(rows.ravel()).expand_dims(0),
        _ => crate::map(|row: NdArray| func1d(row), &rows),
    };
    Call::of("apply_along_axis", &arr).record(|builder| {
        let made_shape = builder.shape(made.node())?;
        let own = &made_shape[1..];
        let whole: Shape = rest.iter().chain(own).copied().collect();
        let whole = builder.reshape(made.node(), whole)?;
        let (n_rest, n_own) = (rest.ndim(), own.len());
        let order: Vec<usize> = (0..axis).chain(n_rest..n_rest + n_own).chain(axis..n_rest).collect();
        builder.transpose(whole, &order)
    })
}

/// Applies a function of an array and an axis along one axis after another, each time to what it returned before. Axes that it
/// makes vanish are put back with extent 1.
///
/// # Errors
/// The result is in error: `ValueError` if the function returns an array of another number of axes, neither as many nor one less;
/// the error of any operation in the function.
///
/// # Examples
/// ```
/// use hloom::NdArray;
/// let x = hloom::arange(24).reshape([2, 3, 4]);
/// let sums = hloom::apply_over_axes(|x: NdArray, axis| x.sum(axis), &x, (0, 2));
/// assert_eq!(sums.to_string(), "[[[ 60]\n  [ 92]\n  [124]]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.apply_over_axes.html>
#[track_caller]
pub fn apply_over_axes<'a>(
    func: impl Fn(NdArray, i64) -> NdArray,
    a: impl IntoOperand<'a>,
    axes: impl Into<Axes>,
) -> NdArray {
    let (a, axes) = (a.into_operand().into_array(), axes.into());
    let call = || Call::of("apply_over_axes", &a);
    let ndim = match a.try_shape() {
        Ok(shape) => shape.ndim() as i64,
        Err(error) => return call().error(error),
    };
    if let Err(error) = axes.keywords("apply_over_axes", &[]) {
        return call().error(error);
    }
    let axes: Vec<i64> = match axes.written() {
        Some(axes) => axes.to_vec(),
        None => (0..ndim).collect(),
    };
    let mut value = a.clone();
    for axis in axes {
        let axis = if axis < 0 { axis + ndim } else { axis };
        let next = func(value.clone(), axis);
        let n_axes = match next.try_shape() {
            Ok(shape) => shape.ndim() as i64,
            Err(error) => return call().error(error),
        };
        value = match ndim - n_axes {
            0 => next,
            1 => next.expand_dims(axis),
            _ => {
                return call().error(Error::value("function is not returning an array of the correct shape"));
            }
        };
    }
    value
}

/// The axis, and the shape of the array.
fn parts(arr: &NdArray, axis: i64) -> Result<(usize, Shape)> {
    let shape = arr.try_shape()?;
    let axis = normalize_axis(axis, shape.ndim())?;
    if shape.iter().enumerate().any(|(other, &extent)| other != axis && extent == 0) {
        return Err(Error::value("Cannot apply_along_axis when any iteration dimensions are 0"));
    }
    Ok((axis, shape))
}
