//! Axes in another order: nothing is computed, and nothing is moved before a value is read.

use hloom_ir::{NodeId, normalize_axes, normalize_axis};
use smallvec::SmallVec;

use super::along::moved;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// The array with axis `axes[i]` as its axis `i`, or with its axes reversed (`..`).
///
/// **Shapes**: `[…]` to the same extents in another order.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `ValueError` if the axes are not a permutation, `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::zeros([2, 3, 4]);
/// assert_eq!(hloom::transpose(&x, [1, 0, -1]).shape(), [3, 2, 4]);
/// assert_eq!(x.transpose(..).shape(), [4, 3, 2]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.transpose.html>
#[track_caller]
pub fn transpose<'a>(x: impl IntoOperand<'a>, axes: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axes.into());
    Call::of("transpose", &x).with(&axes).record(|builder| {
        axes.arguments("transpose", &[])?;
        let x = builder.operand(&x)?;
        let Some(written) = axes.written() else { return reverse_axes(builder, x) };
        let ndim = builder.ty(x)?.shape.ndim();
        if written.len() != ndim {
            return Err(Error::value("axes don't match array"));
        }
        let permutation = normalize_axes(written, ndim).map_err(|error| match error.kind {
            hloom_ir::ErrorKind::Value => Error::value("repeated axis in transpose"),
            _ => error.into(),
        })?;
        builder.transpose(x, &permutation)
    })
}

/// Another name of [`transpose`], as in the array API standard.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.permute_dims.html>
#[track_caller]
pub fn permute_dims<'a>(x: impl IntoOperand<'a>, axes: impl Into<Axes>) -> NdArray {
    transpose(x, axes)
}

/// The array with its last two axes exchanged.
///
/// **Shapes**: `[…, n, m]` to `[…, m, n]`.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for fewer than two axes.
///
/// # Examples
/// ```
/// assert_eq!(hloom::matrix_transpose([[1, 2], [3, 4]]).to_string(), "[[1 3]\n [2 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.matrix_transpose.html>
#[track_caller]
pub fn matrix_transpose<'a>(x: impl IntoOperand<'a>) -> NdArray {
    let x = x.into_operand();
    Call::of("matrix_transpose", &x).record(|builder| {
        let x = builder.operand(&x)?;
        let ndim = builder.ty(x)?.shape.ndim();
        if ndim < 2 {
            return Err(Error::value(format!("Input array must be at least 2-dimensional, but it is {ndim}")));
        }
        swapped(builder, x, ndim - 2, ndim - 1)
    })
}

/// The array with two axes exchanged.
///
/// **Shapes**: `[…]` to the same with the two extents exchanged.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`AxisError`) for an axis that the array does not have.
///
/// # Examples
/// ```
/// let x = hloom::zeros([2, 3, 4]);
/// assert_eq!(hloom::swapaxes(&x, 0, -1).shape(), [4, 3, 2]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.swapaxes.html>
#[track_caller]
pub fn swapaxes<'a>(x: impl IntoOperand<'a>, axis1: i64, axis2: i64) -> NdArray {
    let x = x.into_operand();
    Call::of("swapaxes", &x).with(&format_args!("{axis1}, {axis2}")).record(|builder| {
        let x = builder.operand(&x)?;
        let ndim = builder.ty(x)?.shape.ndim();
        let (axis1, axis2) = (named_axis("axis1", axis1, ndim)?, named_axis("axis2", axis2, ndim)?);
        swapped(builder, x, axis1, axis2)
    })
}

/// The array with the axes `source` at the places `destination` of the result, the others in their order.
///
/// **Shapes**: `[…]` to the same extents in another order.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `AxisError` for an axis or a place that there is not, `ValueError` for one that is given
/// twice, or another number of places than of axes.
///
/// # Examples
/// ```
/// let x = hloom::zeros([2, 3, 4]);
/// assert_eq!(hloom::moveaxis(&x, 0, -1).shape(), [3, 4, 2]);
/// assert_eq!(hloom::moveaxis(&x, (0, 1), (-1, -2)).shape(), [4, 3, 2]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.moveaxis.html>
#[track_caller]
pub fn moveaxis<'a>(x: impl IntoOperand<'a>, source: impl Into<Axes>, destination: impl Into<Axes>) -> NdArray {
    let (x, source, destination) = (x.into_operand(), source.into(), destination.into());
    Call::of("moveaxis", &x).record(|builder| {
        let x = builder.operand(&x)?;
        let ndim = builder.ty(x)?.shape.ndim();
        let places = |name: &str, axes: &Axes| {
            axes.arguments("moveaxis", &[])?;
            let written = axes.written().ok_or_else(|| Error::type_(format!("moveaxis: expected axes as {name}")))?;
            let axes = written.iter().map(|&axis| named_axis(name, axis, ndim));
            let axes = axes.collect::<Result<SmallVec<[usize; 4]>>>()?;
            match axes.iter().enumerate().any(|(idx, axis)| axes[..idx].contains(axis)) {
                true => Err(Error::value(format!("repeated axis in `{name}` argument"))),
                false => Ok(axes),
            }
        };
        let (source, destination) = (places("source", &source)?, places("destination", &destination)?);
        if source.len() != destination.len() {
            return Err(Error::value("`source` and `destination` arguments must have the same number of elements"));
        }
        let mut others = (0..ndim).filter(|axis| !source.contains(axis));
        let at = |place: usize| match destination.iter().position(|&destination| destination == place) {
            Some(idx) => Some(source[idx]),
            None => others.next(),
        };
        let permutation: SmallVec<[usize; 4]> = (0..ndim).filter_map(at).collect();
        builder.transpose(x, &permutation)
    })
}

/// The array with an axis moved to before another one: `axis` to the front, or `(axis, start)`.
///
/// [`moveaxis`] does the same in a way that is easier to understand.
///
/// **Shapes**: `[…]` to the same extents in another order.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `AxisError` for an axis or a start that there is not, `TypeError` for anything but one or two
/// integers.
///
/// # Examples
/// ```
/// let x = hloom::zeros([3, 4, 5]);
/// assert_eq!(hloom::rollaxis(&x, 2).shape(), [5, 3, 4]);
/// assert_eq!(hloom::rollaxis(&x, (2, 1)).shape(), [3, 5, 4]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.rollaxis.html>
#[track_caller]
pub fn rollaxis<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axis.into());
    Call::of("rollaxis", &x).record(|builder| {
        axes.arguments("rollaxis", &[])?;
        let (axis, start) = match axes.written() {
            Some(&[axis]) => (axis, 0),
            Some(&[axis, start]) => (axis, start),
            _ => return Err(Error::type_("rollaxis: expected an axis, or an axis and where it is to start")),
        };
        let x = builder.operand(&x)?;
        let ndim = builder.ty(x)?.shape.ndim();
        let axis = normalize_axis(axis, ndim)?;
        let from_front = if start < 0 { start.saturating_add_unsigned(ndim as u64) } else { start };
        let start = usize::try_from(from_front).ok().filter(|&start| start <= ndim).ok_or_else(|| {
            let message =
                format!("'start' arg requires -{ndim} <= start < {}, but {from_front} was passed in", ndim + 1);
            Error::from(hloom_ir::Error::axis(message))
        })?;
        moved(builder, x, axis, if axis < start { start - 1 } else { start })
    })
}

/// The order of axes.
impl NdArray {
    /// The array with its axes reversed, as NumPy's attribute `T`.
    ///
    /// **Shapes**: `[a, …, z]` to `[z, …, a]`.
    #[track_caller]
    pub fn t(&self) -> NdArray {
        transpose(self, ..)
    }

    /// The array with its last two axes exchanged, as NumPy's attribute `mT`; see [`matrix_transpose`].
    #[track_caller]
    pub fn mt(&self) -> NdArray {
        matrix_transpose(self)
    }

    /// The array with its axes in another order; see [`transpose`].
    #[track_caller]
    pub fn transpose(&self, axes: impl Into<Axes>) -> NdArray {
        transpose(self, axes)
    }

    /// The array with two axes exchanged; see [`swapaxes`].
    #[track_caller]
    pub fn swapaxes(&self, axis1: i64, axis2: i64) -> NdArray {
        swapaxes(self, axis1, axis2)
    }
}

/// The array with its axes reversed.
pub(super) fn reverse_axes(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let permutation: SmallVec<[usize; 4]> = (0..builder.ty(x)?.shape.ndim()).rev().collect();
    builder.transpose(x, &permutation)
}

/// The array with two axes exchanged.
pub(super) fn swapped(builder: &mut Builder<'_>, x: NodeId, axis1: usize, axis2: usize) -> Result<NodeId> {
    let mut permutation: SmallVec<[usize; 4]> = (0..builder.ty(x)?.shape.ndim()).collect();
    permutation.swap(axis1, axis2);
    builder.transpose(x, &permutation)
}

/// An axis counted from the end if negative. The error says which argument it was.
pub(super) fn named_axis(name: &str, axis: i64, ndim: usize) -> Result<usize> {
    normalize_axis(axis, ndim).map_err(|error| Error::from(error).about(name))
}
