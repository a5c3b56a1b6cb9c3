//! Elements in another order along their axes: reversed, rotated and shifted around. Nothing is computed.

use hloom_ir::{AxisSet, NodeId, Shape};
use smallvec::SmallVec;

use super::along::{joined, part, reversed};
use super::permute::swapped;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, IntoExtent, IntoExtents, NdArray, Result};

/// The order of elements reversed along axes, or along all of them (`..`).
///
/// **Shapes**: `[…]` to `[…]`.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `AxisError`, `ValueError` for an axis that is given twice.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::flip(&x, 1).to_string(), "[[2 1]\n [4 3]]");
/// assert_eq!(hloom::flip(&x, ..).to_string(), "[[4 3]\n [2 1]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.flip.html>
#[track_caller]
pub fn flip<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axis.into());
    Call::of("flip", &x).record(|builder| {
        axes.arguments("flip", &[])?;
        let x = builder.operand(&x)?;
        let ndim = builder.ty(x)?.shape.ndim();
        let axes = axes.resolve(ndim).map_err(|error| match error.kind() {
            crate::ErrorKind::Value => Error::value("repeated axis"),
            _ => error,
        })?;
        reversed(builder, x, axes)
    })
}

/// The order of elements reversed along the second axis.
///
/// **Shapes**: `[n, m, …]` to the same.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for fewer than two axes.
///
/// # Examples
/// ```
/// assert_eq!(hloom::fliplr([[1, 2], [3, 4]]).to_string(), "[[2 1]\n [4 3]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.fliplr.html>
#[track_caller]
pub fn fliplr<'a>(x: impl IntoOperand<'a>) -> NdArray {
    let x = x.into_operand();
    Call::of("fliplr", &x).record(|builder| flipped(builder, &x, 1))
}

/// The order of elements reversed along the first axis.
///
/// **Shapes**: `[n, …]` to the same.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for a 0-d array.
///
/// # Examples
/// ```
/// assert_eq!(hloom::flipud([[1, 2], [3, 4]]).to_string(), "[[3 4]\n [1 2]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.flipud.html>
#[track_caller]
pub fn flipud<'a>(x: impl IntoOperand<'a>) -> NdArray {
    let x = x.into_operand();
    Call::of("flipud", &x).record(|builder| flipped(builder, &x, 0))
}

fn flipped(builder: &mut Builder<'_>, x: &crate::Operand<'_>, axis: usize) -> Result<NodeId> {
    let x = builder.operand(x)?;
    if builder.ty(x)?.shape.ndim() <= axis {
        return Err(Error::value(format!("Input must be >= {}-d.", axis + 1)));
    }
    reversed(builder, x, AxisSet::from_iter([axis]))
}

/// How far, and in which plane, [`rot90`] turns: once in the plane of the first two axes (`..`), `k` times, or
/// `(k, axes)`.
#[derive(Clone, Debug)]
pub struct Rot90 {
    k: i64,
    axes: Axes,
}

impl From<std::ops::RangeFull> for Rot90 {
    fn from(_: std::ops::RangeFull) -> Rot90 {
        Rot90 { k: 1, axes: Axes::from((0, 1)) }
    }
}

macro_rules! turns {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Rot90 {
            fn from(k: $ty) -> Rot90 {
                Rot90 { k: k.into_extent(), axes: Axes::from((0, 1)) }
            }
        }
    )* };
}

turns!(i32, i64, isize, u32, u64, usize);

impl<K: IntoExtent, A: Into<Axes>> From<(K, A)> for Rot90 {
    fn from((k, axes): (K, A)) -> Rot90 {
        Rot90 { k: k.into_extent(), axes: axes.into() }
    }
}

/// The array rotated by 90 degrees in the plane of two axes, from the first towards the second; backwards for negative
/// turns.
///
/// **Shapes**: `[n, m, …]` to `[m, n, …]` for an odd number of turns, else to the same.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) if there are not two different axes, or the array does not have them.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::rot90(&x, ..).to_string(), "[[2 4]\n [1 3]]");
/// assert_eq!(hloom::rot90(&x, 2).to_string(), "[[4 3]\n [2 1]]");
/// assert_eq!(hloom::rot90(hloom::zeros([2, 3, 4]), (1, (1, 2))).shape(), [2, 4, 3]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.rot90.html>
#[track_caller]
pub fn rot90<'a>(x: impl IntoOperand<'a>, turns: impl Into<Rot90>) -> NdArray {
    let (x, Rot90 { k, axes }) = (x.into_operand(), turns.into());
    Call::of("rot90", &x).record(|builder| {
        axes.arguments("rot90", &[])?;
        let Some(&[first, second]) = axes.written() else { return Err(Error::value("len(axes) must be 2.")) };
        let x = builder.operand(&x)?;
        let rank = builder.ty(x)?.shape.ndim() as i64;
        if first == second || first.abs_diff(second) == rank.unsigned_abs() {
            return Err(Error::value("Axes must be different."));
        }
        if [first, second].iter().any(|&axis| axis < -rank || axis >= rank) {
            return Err(Error::value(format!("Axes=({first}, {second}) out of range for array of ndim={rank}.")));
        }
        let [first, second] = [first, second].map(|axis| axis.rem_euclid(rank) as usize);
        let only = |axis: usize| AxisSet::from_iter([axis]);
        match k.rem_euclid(4) {
            1 => {
                let flipped = reversed(builder, x, only(second))?;
                swapped(builder, flipped, first, second)
            }
            2 => reversed(builder, x, AxisSet::from_iter([first, second])),
            3 => {
                let exchanged = swapped(builder, x, first, second)?;
                reversed(builder, exchanged, only(second))
            }
            _ => Ok(x),
        }
    })
}

/// The elements shifted along axes; those that leave at one end come back at the other. With `..`, the flattened array is
/// shifted.
///
/// A shift and an axis may be several, of which one for all is enough: every shift goes along its axis.
///
/// **Shapes**: `[…]` to `[…]`.
/// **Dtypes**: any, to the same.
///
/// How far they are shifted shapes the program.
///
/// # Errors
/// The result is in error: `AxisError`, `ValueError` for different numbers of shifts and axes.
///
/// # Examples
/// ```
/// let x = hloom::arange(6).reshape([2, 3]);
/// assert_eq!(hloom::roll(&x, 2, ..).to_string(), "[[4 5 0]\n [1 2 3]]");
/// assert_eq!(hloom::roll(&x, 1, 1).to_string(), "[[2 0 1]\n [5 3 4]]");
/// assert_eq!(hloom::roll(&x, (1, -1), (0, 1)).to_string(), "[[4 5 3]\n [1 2 0]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.roll.html>
#[track_caller]
pub fn roll<'a>(x: impl IntoOperand<'a>, shift: impl IntoExtents, axis: impl Into<Axes>) -> NdArray {
    let (x, shifts, axes) = (x.into_operand(), shift.into_extents(), axis.into());
    Call::of("roll", &x).record(|builder| {
        axes.arguments("roll", &[])?;
        let x = builder.operand(&x)?;
        let shape = builder.shape(x)?;
        let Some(written) = axes.written() else {
            let flat = builder.reshape(x, Shape::from([shape.size()]))?;
            let rolled = rolled(builder, flat, 0, shifts.iter().sum())?;
            return builder.reshape(rolled, shape);
        };
        let axes = written.iter().map(|&axis| Ok(hloom_ir::normalize_axis(axis, shape.ndim())?));
        let axes = axes.collect::<Result<SmallVec<[usize; 4]>>>()?;
        let (n_shifts, n_axes) = (shifts.len(), axes.len());
        if n_shifts != n_axes && n_shifts != 1 && n_axes != 1 {
            return Err(Error::value(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape \
                 ({n_shifts},) and arg 1 with shape ({n_axes},)."
            )));
        }
        let n_pairs = if n_shifts == 1 { n_axes } else { n_shifts };
        let mut by_axis: SmallVec<[i128; 4]> = SmallVec::from_elem(0, shape.ndim());
        for pair in 0..n_pairs {
            by_axis[axes[pair % n_axes]] += shifts[pair % n_shifts];
        }
        by_axis.into_iter().enumerate().try_fold(x, |x, (axis, shift)| rolled(builder, x, axis, shift))
    })
}

/// An array shifted around along an axis.
fn rolled(builder: &mut Builder<'_>, x: NodeId, axis: usize, shift: i128) -> Result<NodeId> {
    let extent = builder.ty(x)?.shape[axis];
    // An extent is at most what can be addressed, and so is the rest of a division by it.
    let shift = shift.rem_euclid(extent.max(1) as i128) as usize;
    if shift == 0 {
        return Ok(x);
    }
    let last = part(builder, x, axis, extent - shift..extent)?;
    let first = part(builder, x, axis, 0..extent - shift)?;
    joined(builder, &[last, first], axis)
}
