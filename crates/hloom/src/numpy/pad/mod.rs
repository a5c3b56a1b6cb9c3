//! Arrays with something around them: what a caller says of it, and the axes in turn.
//!
//! As in NumPy, an axis is padded after those before it, so that what is put at corners follows from what was put at sides.

mod around;

use std::ops::RangeFull;

use hloom_ir::{DType, Kind, NodeId, Shape, Weak};

use super::along::moved;
use crate::numbers::Numbers;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// What [`pad`] puts around an array: zeros (`..`), what a mode of NumPy's says (its name), [`constant_values`], or a
/// [`Pad::mode`] with the methods here.
#[derive(Clone, Debug)]
pub struct Pad {
    mode: String,
    stat_length: Option<Numbers>,
    constant_values: Option<Numbers>,
    end_values: Option<Numbers>,
    reflect_type: Option<String>,
}

/// Numbers to put around an array: one, one for each end of all axes, or a pair for each axis.
///
/// # Examples
/// ```
/// let x = hloom::pad([1, 2], 1, hloom::constant_values((8, 9)));
/// assert_eq!(x.to_string(), "[8 1 2 9]");
/// ```
pub fn constant_values(values: impl Into<Numbers>) -> Pad {
    Pad { constant_values: Some(values.into()), ..Pad::mode("constant") }
}

impl Pad {
    /// A mode of NumPy's:
    ///
    /// | mode | what is put beside the elements of an axis |
    /// | --- | --- |
    /// | `"constant"` | the `constant_values`, or zeros |
    /// | `"edge"` | the outermost elements |
    /// | `"linear_ramp"` | numbers evenly spaced between the `end_values`, or zeros, and the outermost elements |
    /// | `"maximum"`, `"minimum"`, `"mean"`, `"median"` | that of the elements, or of the outermost `stat_length` ones |
    /// | `"reflect"`, `"symmetric"` | the elements mirrored about the outermost ones, or with these repeated |
    /// | `"wrap"` | the elements from the other end |
    /// | `"empty"` | what nobody has asked for: zeros |
    pub fn mode(mode: impl Into<String>) -> Pad {
        Pad { mode: mode.into(), stat_length: None, constant_values: None, end_values: None, reflect_type: None }
    }

    /// How many elements at each end count for the statistics; all unless it is given.
    pub fn stat_length(self, length: impl Into<Numbers>) -> Pad {
        Pad { stat_length: Some(length.into()), ..self }
    }

    /// The numbers of `"constant"`; zeros unless they are given.
    pub fn constant_values(self, values: impl Into<Numbers>) -> Pad {
        Pad { constant_values: Some(values.into()), ..self }
    }

    /// The outermost numbers of `"linear_ramp"`; zeros unless they are given.
    pub fn end_values(self, values: impl Into<Numbers>) -> Pad {
        Pad { end_values: Some(values.into()), ..self }
    }

    /// How `"reflect"` and `"symmetric"` mirror: `"even"`, which is how they do unless it is given, or `"odd"`, for which
    /// mirrored elements are taken from twice the outermost one.
    pub fn reflect_type(self, reflect_type: impl Into<String>) -> Pad {
        Pad { reflect_type: Some(reflect_type.into()), ..self }
    }

    /// The mode with what belongs to it.
    fn resolve(&self) -> Result<Mode<'_>> {
        let given = [
            ("stat_length", self.stat_length.is_some()),
            ("constant_values", self.constant_values.is_some()),
            ("end_values", self.end_values.is_some()),
            ("reflect_type", self.reflect_type.is_some()),
        ];
        let odd = self.reflect_type.as_deref() == Some("odd");
        let (keyword, mode) = match self.mode.as_str() {
            "constant" => ("constant_values", Mode::Constant(self.constant_values.as_ref())),
            "edge" => ("", Mode::Edge),
            "linear_ramp" => ("end_values", Mode::LinearRamp(self.end_values.as_ref())),
            "maximum" => ("stat_length", Mode::Statistic(Statistic::Maximum, self.stat_length.as_ref())),
            "minimum" => ("stat_length", Mode::Statistic(Statistic::Minimum, self.stat_length.as_ref())),
            "mean" => ("stat_length", Mode::Statistic(Statistic::Mean, self.stat_length.as_ref())),
            "median" => ("stat_length", Mode::Statistic(Statistic::Median, self.stat_length.as_ref())),
            "reflect" => ("reflect_type", Mode::Mirror { repeats_edge: false, odd }),
            "symmetric" => ("reflect_type", Mode::Mirror { repeats_edge: true, odd }),
            "wrap" => ("", Mode::Wrap),
            "empty" => ("", Mode::Constant(None)),
            other => return Err(Error::value(format!("mode '{other}' is not supported"))),
        };
        match given.into_iter().find(|&(name, is_given)| is_given && name != keyword) {
            Some((name, _)) => {
                Err(Error::value(format!("unsupported keyword arguments for mode '{}': {{'{name}'}}", self.mode)))
            }
            None => Ok(mode),
        }
    }
}

impl From<RangeFull> for Pad {
    fn from(_: RangeFull) -> Pad {
        Pad::mode("constant")
    }
}

impl From<&str> for Pad {
    fn from(mode: &str) -> Pad {
        Pad::mode(mode)
    }
}

/// What is put beside the elements.
enum Mode<'p> {
    Constant(Option<&'p Numbers>),
    Edge,
    LinearRamp(Option<&'p Numbers>),
    Statistic(Statistic, Option<&'p Numbers>),
    Mirror { repeats_edge: bool, odd: bool },
    Wrap,
}

/// A number that stands for elements.
#[derive(Clone, Copy)]
enum Statistic {
    Maximum,
    Minimum,
    Mean,
    Median,
}

/// The array with something around it. The widths are one number for all ends of all axes, one for each end, or a pair for
/// each axis.
///
/// **Shapes**: `[…, n, …]` to `[…, before + n + after, …]`.
/// **Dtypes**: any, to the same; what is put around is converted.
/// **Keywords**, through [`Pad`]: mode stat_length constant_values end_values reflect_type.
///
/// # Errors
/// The result is in error: `ValueError` for negative widths, numbers that do not broadcast, an unknown mode, a setting that
/// the mode does not have, or an axis without elements in a mode that needs some; `TypeError` for widths that are no
/// integers; `OverflowError` for a Rust integer that the dtype cannot hold.
///
/// # Examples
/// ```
/// use hloom::Pad;
/// let x = hloom::array([1, 2, 3]);
/// assert_eq!(hloom::pad(&x, 2, ..).to_string(), "[0 0 1 2 3 0 0]");
/// assert_eq!(hloom::pad(&x, (1, 2), "edge").to_string(), "[1 1 2 3 3 3]");
/// assert_eq!(hloom::pad(&x, 2, "reflect").to_string(), "[3 2 1 2 3 2 1]");
/// assert_eq!(hloom::pad(&x, 1, Pad::mode("maximum").stat_length(2)).to_string(), "[2 1 2 3 3]");
/// assert_eq!(hloom::pad([[1]], ((0, 1), (2, 0)), ..).to_string(), "[[0 0 1]\n [0 0 0]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.pad.html>; a function as the mode is [`pad_with`], and
/// widths are given for all axes, not by a dictionary.
#[track_caller]
pub fn pad<'a>(x: impl IntoOperand<'a>, pad_width: impl Into<Numbers>, how: impl Into<Pad>) -> NdArray {
    let (x, pad_width, how) = (x.into_operand(), pad_width.into(), how.into());
    Call::of("pad", &x).record(|builder| {
        let x = builder.operand(&x)?;
        let shape = builder.shape(x)?;
        let widths = widths(&pad_width, shape.ndim())?;
        padded_shape(&shape, &widths).check()?;
        around::pad(builder, x, &widths, &how.resolve()?)
    })
}

/// The array with zeros around it, in place of which a function puts something else: it is called for each axis, with the
/// array as it is by then, that axis being the last one, the widths before and after the elements of the axis, and the axis'
/// number; it returns the array with something in their place.
///
/// **Shapes**: as for [`pad`]; the function returns what it is given.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error as that of [`pad`]; `ValueError` if the function returns another shape; the error of any operation
/// in the function.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::pad_with([1, 2], 2, |mut x, (before, after), _axis| {
///     x.set(s![..., ..before], 7);
///     x.set(s![..., -(after as i64)..], 8);
///     x
/// });
/// assert_eq!(x.to_string(), "[7 7 1 2 8 8]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.pad.html>, where the function is called for each vector
/// along an axis, and changes it in place.
#[track_caller]
pub fn pad_with<'a>(
    x: impl IntoOperand<'a>,
    pad_width: impl Into<Numbers>,
    function: impl Fn(NdArray, (usize, usize), usize) -> NdArray,
) -> NdArray {
    let (x, pad_width) = (x.into_operand().into_array(), pad_width.into());
    let call = Call::of("pad", &x);
    let widths = x.try_shape().and_then(|shape| widths(&pad_width, shape.ndim()));
    let widths = match widths {
        Ok(widths) => widths,
        Err(error) => return call.error(error),
    };
    let mut padded = pad(&x, pad_width, ..);
    for (axis, &pair) in widths.iter().enumerate() {
        let along = super::moveaxis(&padded, axis as i64, -1);
        let filled = function(along.clone(), pair, axis);
        padded = Call::of("pad", &padded).record(|builder| {
            let Some(last) = builder.shape(along.node())?.ndim().checked_sub(1) else { return Ok(padded.node()) };
            let (wanted, found) = (builder.shape(along.node())?, builder.shape(filled.node())?);
            if wanted != found {
                return Err(Error::value(format!("expected the function to return an array of {wanted}, got {found}")));
            }
            let filled = builder.convert(filled.node(), builder.dtype(padded.node())?)?;
            moved(builder, filled, last, axis)
        });
    }
    padded
}

/// The widths before and after each axis.
fn widths(pad_width: &Numbers, ndim: usize) -> Result<Vec<(usize, usize)>> {
    let width = |number: &Operand<'_>| match number {
        Operand::Number(Weak::Int(width)) => {
            usize::try_from(*width).map_err(|_| Error::value("index can't contain negative values"))
        }
        _ => Err(Error::type_("`pad_width` must be of integral type.")),
    };
    pad_width.pairs(ndim)?.into_iter().map(|[before, after]| Ok((width(before)?, width(after)?))).collect()
}

/// A shape with its widths.
fn padded_shape(shape: &Shape, widths: &[(usize, usize)]) -> Shape {
    let extents = shape.iter().zip(widths);
    extents.map(|(&extent, &(before, after))| extent.saturating_add(before).saturating_add(after)).collect()
}

/// A number as one of a dtype, converted as an assignment to an element is.
fn element(builder: &mut Builder<'_>, number: &Operand<'_>, dtype: DType) -> Result<NodeId> {
    let node = match number {
        Operand::Number(_) => builder.operand_as(number, dtype)?,
        _ => {
            let own = builder.operand(number)?;
            builder.convert(own, dtype)?
        }
    };
    match builder.ty(node)?.shape.is_empty() {
        true => Ok(node),
        false => Err(Error::value("setting an array element with a sequence.")),
    }
}

/// How many elements count at each end of each axis, if it is not all of them.
fn lengths(stat_length: Option<&Numbers>, ndim: usize) -> Result<Vec<[usize; 2]>> {
    let Some(stat_length) = stat_length else { return Ok(vec![[usize::MAX; 2]; ndim]) };
    let length = |number: &Operand<'_>| match number {
        Operand::Number(Weak::Complex(_)) | Operand::Borrowed(_) | Operand::Owned(_) => {
            Err(Error::type_("expected real numbers as `stat_length`"))
        }
        Operand::Number(number) => match number.real().round_ties_even() {
            length if length < 0.0 => Err(Error::value("index can't contain negative values")),
            length => Ok(length as usize),
        },
    };
    let pairs = stat_length.pairs(ndim)?;
    pairs.into_iter().map(|[before, after]| Ok([length(before)?, length(after)?])).collect()
}

/// Whether a dtype is one of integers, to which NumPy rounds.
fn is_whole(dtype: DType) -> bool {
    matches!(dtype.kind(), Kind::Signed | Kind::Unsigned)
}
