//! Differences of neighbours along an axis, and what is made of them: derivatives, integrals, and phases without jumps.

use std::f64::consts;

use hloom_ir::{
    Binary, Casting, DType, Layout, Literal, NodeId, Reducer, Reduction, Shape, Unary, Weak, can_cast, normalize_axis,
    result_type,
};

use super::along::{flat, part};
use super::terms::{Term, combined};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// Each element along an axis minus the one before it, `n` times over.
///
/// **Shapes**: `n` elements fewer along the axis.
/// **Dtypes**: numbers, to the same dtype; bool to bool, whether neighbours differ. With `prepend` or `append`, to what all
/// promote to.
/// **Keywords**, through [`axis`](crate::axis()): n, prepend, append.
///
/// # Errors
/// The result is in error: `ValueError` for a negative `n` or a 0-d array, `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([1, 2, 4, 7]);
/// assert_eq!(hloom::diff(&x, -1).to_string(), "[1 2 3]");
/// assert_eq!(hloom::diff(&x, axis(0).n(2)).to_string(), "[1 1]");
/// assert_eq!(hloom::diff(&x, axis(0).prepend(0)).to_string(), "[1 1 2 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diff.html>; the axis is always written, where NumPy's
/// default is -1.
#[track_caller]
pub fn diff<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("diff", &a).record(|builder| {
        let keywords = axes.arguments("diff", &["n", "prepend", "append"])?;
        let x = builder.operand(&a)?;
        let n = keywords.n.unwrap_or(1);
        if n < 0 {
            return Err(Error::value(format!("order must be non-negative but got {n}")));
        }
        if n == 0 {
            return Ok(x);
        }
        let axis = axis_of(builder, x, &axes)?;
        let mut parts = Vec::new();
        if let Some(prepend) = &keywords.prepend {
            parts.push(edge(builder, x, axis, prepend)?);
        }
        parts.push(x);
        if let Some(append) = &keywords.append {
            parts.push(edge(builder, x, axis, append)?);
        }
        let mut x = joined(builder, &parts, axis)?;
        for _ in 0..n {
            if builder.shape(x)?[axis] == 0 {
                break;
            }
            x = differences(builder, x, axis)?;
        }
        Ok(x)
    })
}

/// The optional arguments of [`ediff1d`]: `..` for NumPy's defaults, or [`to_begin`] and [`to_end`].
#[derive(Clone, Debug, Default)]
pub struct Ediff1d {
    to_begin: Option<Operand<'static>>,
    to_end: Option<Operand<'static>>,
}

/// What [`ediff1d`] puts before the differences.
pub fn to_begin<'a>(to_begin: impl IntoOperand<'a>) -> Ediff1d {
    Ediff1d::default().to_begin(to_begin)
}

/// What [`ediff1d`] puts behind the differences.
pub fn to_end<'a>(to_end: impl IntoOperand<'a>) -> Ediff1d {
    Ediff1d::default().to_end(to_end)
}

impl Ediff1d {
    /// See [`to_begin`](to_begin()).
    pub fn to_begin<'a>(self, to_begin: impl IntoOperand<'a>) -> Ediff1d {
        Ediff1d { to_begin: Some(to_begin.into_operand().into_owned()), ..self }
    }

    /// See [`to_end`](to_end()).
    pub fn to_end<'a>(self, to_end: impl IntoOperand<'a>) -> Ediff1d {
        Ediff1d { to_end: Some(to_end.into_operand().into_owned()), ..self }
    }
}

impl From<std::ops::RangeFull> for Ediff1d {
    fn from(_: std::ops::RangeFull) -> Ediff1d {
        Ediff1d::default()
    }
}

/// The differences of neighbours in the flattened array.
///
/// **Shapes**: to 1-d.
/// **Dtypes**: numbers, to the same dtype.
///
/// # Errors
/// The result is in error (`TypeError`) for bool, and for what is put before or behind of a kind that the array does not
/// hold.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [4, 7]]);
/// assert_eq!(hloom::ediff1d(&x, ..).to_string(), "[1 2 3]");
/// assert_eq!(hloom::ediff1d(&x, hloom::to_begin(0).to_end([8, 9])).to_string(), "[0 1 2 3 8 9]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ediff1d.html>
#[track_caller]
pub fn ediff1d<'a>(ary: impl IntoOperand<'a>, edges: impl Into<Ediff1d>) -> NdArray {
    let (ary, edges) = (ary.into_operand(), edges.into());
    Call::of("ediff1d", &ary).record(|builder| {
        let x = builder.operand(&ary)?;
        let x = flat(builder, x)?;
        let dtype = builder.dtype(x)?;
        let edge = |builder: &mut Builder<'_>, edge: &Operand<'_>, name: &str| {
            let edge = builder.operand(edge)?;
            if !can_cast(builder.dtype(edge)?, dtype, Casting::SameKind) {
                return Err(Error::type_(format!(
                    "dtype of `{name}` must be compatible with input `ary` under the `same_kind` rule."
                )));
            }
            let edge = builder.convert(edge, dtype)?;
            flat(builder, edge)
        };
        let mut parts = Vec::new();
        if let Some(to_begin) = &edges.to_begin {
            parts.push(edge(builder, to_begin, "to_begin")?);
        }
        Binary::Subtract.resolve(dtype.into(), dtype.into())?;
        parts.push(differences(builder, x, 0)?);
        if let Some(to_end) = &edges.to_end {
            parts.push(edge(builder, to_end, "to_end")?);
        }
        joined(builder, &parts, 0)
    })
}

/// The integral along an axis of what goes in straight lines from element to element.
///
/// **Shapes**: the axis vanishes.
/// **Dtypes**: any, to the float or complex dtype that the elements and distances promote to.
/// **Keywords**, through [`axis`](crate::axis()): `x`, where the elements are, along the axis or each by itself; `dx`, how far
/// they are apart, 1 by default.
///
/// # Errors
/// The result is in error: `IndexError` for an axis that the array does not have, `ValueError` for places that do not fit,
/// `TypeError` for several axes.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// assert_eq!(hloom::trapezoid([1, 2, 3], -1).to_string(), "4.0");
/// assert_eq!(hloom::trapezoid([1, 2, 3], axis(-1).x([4, 6, 8])).to_string(), "8.0");
/// assert_eq!(hloom::trapezoid([1, 2, 3], axis(-1).dx(0.5)).to_string(), "2.0");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.trapezoid.html>; the axis is always written, where
/// NumPy's default is -1.
#[track_caller]
pub fn trapezoid<'a>(y: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (y, axes) = (y.into_operand(), axis.into());
    Call::of("trapezoid", &y).record(|builder| {
        let keywords = axes.arguments("trapezoid", &["x", "dx"])?;
        let y = builder.operand(&y)?;
        let ndim = builder.shape(y)?.ndim();
        let axis = normalize_axis(written_axis(&axes)?, ndim).map_err(|_| {
            // NumPy finds the axis in a list.
            Error::index("list assignment index out of range")
        })?;
        let distance: Term = match (&keywords.x, &keywords.dx) {
            (Some(x), _) => {
                let x = builder.operand(x)?;
                let shape = builder.shape(x)?;
                if shape.is_empty() {
                    return Err(Error::value("diff requires input that is at least one dimensional"));
                }
                if shape.ndim() == 1 {
                    let distances = differences(builder, x, 0)?;
                    let mut along: Shape = (0..ndim).map(|_| 1).collect();
                    along.as_mut_slice()[axis] = builder.shape(distances)?[0];
                    builder.reshape(distances, along)?.into()
                } else {
                    let axis = normalize_axis(written_axis(&axes)?, shape.ndim())?;
                    differences(builder, x, axis)?.into()
                }
            }
            (None, Some(dx)) => dx.into(),
            (None, None) => 1.0.into(),
        };
        let (before, after) = neighbours(builder, y, axis)?;
        let sum = combined(builder, Binary::Add, after, before)?;
        let area = combined(builder, Binary::Multiply, distance, sum)?;
        let area = combined(builder, Binary::Divide, area, 2.0)?;
        builder.reduce(Reducer::Sum, area, [axis].into_iter().collect())
    })
}

/// Phases without jumps: multiples of the period are added so that no two neighbours along an axis differ by more than half
/// of it.
///
/// **Shapes**: kept.
/// **Dtypes**: real numbers, to the dtype that they and the period promote to.
/// **Keywords**, through [`axis`](crate::axis()): `discont`, the least difference that is taken for a jump, half a period by
/// default; `period`, 2π by default.
///
/// # Errors
/// The result is in error: `ValueError` for a 0-d array, `AxisError`, `TypeError` for several axes or complex numbers,
/// `OverflowError` for a period that the integers' dtype does not hold.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// assert_eq!(hloom::unwrap([0, 3, 1, 2], axis(-1).period(4)).to_string(), "[ 0 -1 -3 -2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unwrap.html>; the axis is always written, where
/// NumPy's default is -1.
#[track_caller]
pub fn unwrap<'a>(p: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (p, axes) = (p.into_operand(), axis.into());
    Call::of("unwrap", &p).record(|builder| {
        let keywords = axes.arguments("unwrap", &["discont", "period"])?;
        let p = builder.operand(&p)?;
        let axis = axis_of(builder, p, &axes)?;
        let period = keywords.period.unwrap_or(Weak::Float(2.0 * consts::PI));
        let steps = differences(builder, p, axis)?;
        let dtype = result_type(&[Term::Node(steps).arg_type(builder)?, Term::Number(period).arg_type(builder)?])?;
        let half = Half::of(period, dtype);
        let shifted = combined(builder, Binary::Subtract, steps, Term::Number(half.low))?;
        let wrapped = combined(builder, Binary::Remainder, shifted, Term::Number(period))?;
        let mut wrapped = combined(builder, Binary::Add, wrapped, Term::Number(half.low))?;
        if half.is_ambiguous {
            // A step of half a period goes in the direction in which it went.
            let is_low = combined(builder, Binary::Equal, wrapped, Term::Number(half.low))?;
            let goes_up = combined(builder, Binary::Greater, steps, 0.0)?;
            let is_turned = builder.apply(Binary::LogicalAnd, is_low, goes_up)?;
            let high = Term::Number(half.high).of(builder, builder.dtype(wrapped)?)?;
            wrapped = builder.select(is_turned, high, wrapped)?;
        }
        let correction = combined(builder, Binary::Subtract, wrapped, steps)?;
        let size = builder.op(Unary::Absolute, &[steps])?;
        let discont = keywords.discont.as_ref().map_or(Term::Number(half.default_discont), Term::from);
        let is_small = combined(builder, Binary::Less, size, discont)?;
        let none = builder.constant(Literal::zero(builder.dtype(correction)?));
        let correction = builder.select(is_small, none, correction)?;
        let summed = Reducer::Sum.resolve(builder.dtype(correction)?);
        let correction = builder.convert(correction, summed)?;
        let correction = builder.op(Reduction::Accumulate { op: Binary::Add, axis }, &[correction])?;
        let extent = builder.shape(p)?[axis];
        let (first, rest) = (part(builder, p, axis, 0..extent.min(1))?, part(builder, p, axis, extent.min(1)..extent)?);
        let rest = combined(builder, Binary::Add, rest, correction)?;
        let (first, rest) = (builder.convert(first, dtype)?, builder.convert(rest, dtype)?);
        builder.op(Layout::Concatenate { axis }, &[first, rest])
    })
}

/// Half a period up and down.
struct Half {
    low: Weak,
    high: Weak,
    /// Whether a step of just half a period may go either way.
    is_ambiguous: bool,
    default_discont: Weak,
}

impl Half {
    /// Half a period of phases of a dtype. Whole phases have a whole half.
    fn of(period: Weak, dtype: DType) -> Half {
        let default_discont = Weak::Float(period.real() / 2.0);
        match period {
            Weak::Int(period) if dtype.is_integer() => {
                let high = period.div_euclid(2);
                let (low, high) = (Weak::Int(-high), Weak::Int(high));
                Half { low, high, is_ambiguous: period.rem_euclid(2) == 0, default_discont }
            }
            _ => {
                let high = period.real() / 2.0;
                Half { low: Weak::Float(-high), high: Weak::Float(high), is_ambiguous: true, default_discont }
            }
        }
    }
}

/// The one axis that is written. NumPy takes no other for it.
fn written_axis(axes: &Axes) -> Result<i64> {
    axes.single()?.ok_or_else(|| Error::type_("'NoneType' object cannot be interpreted as an integer"))
}

/// The axis of an array that differences are taken along.
fn axis_of(builder: &Builder<'_>, x: NodeId, axes: &Axes) -> Result<usize> {
    let ndim = builder.ty(x)?.shape.ndim();
    if ndim == 0 {
        return Err(Error::value("diff requires input that is at least one dimensional"));
    }
    Ok(normalize_axis(written_axis(axes)?, ndim)?)
}

/// All elements along an axis but the last, and all but the first.
fn neighbours(builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<(NodeId, NodeId)> {
    let extent = builder.shape(x)?[axis];
    let before = part(builder, x, axis, 0..extent.saturating_sub(1))?;
    Ok((before, part(builder, x, axis, extent.min(1)..extent)?))
}

/// Each element along an axis minus the one before it; of bools, whether they differ.
pub(super) fn differences(builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<NodeId> {
    let (before, after) = neighbours(builder, x, axis)?;
    let op = if builder.dtype(x)? == DType::Bool { Binary::NotEqual } else { Binary::Subtract };
    builder.apply(op, after, before)
}

/// What comes before or behind an array along an axis; a number is one element in every line.
fn edge(builder: &mut Builder<'_>, x: NodeId, axis: usize, edge: &Operand<'_>) -> Result<NodeId> {
    let edge = builder.operand(edge)?;
    if !builder.shape(edge)?.is_empty() {
        return Ok(edge);
    }
    let mut shape = builder.shape(x)?;
    shape.as_mut_slice()[axis] = 1;
    builder.broadcast(edge, &shape)
}

/// Arrays one after another along an axis, in the dtype that all promote to.
fn joined(builder: &mut Builder<'_>, parts: &[NodeId], axis: usize) -> Result<NodeId> {
    let args = parts.iter().map(|&part| Term::Node(part).arg_type(builder)).collect::<Result<Vec<_>>>()?;
    let dtype = result_type(&args)?;
    let parts = parts.iter().map(|&part| builder.convert(part, dtype)).collect::<Result<Vec<NodeId>>>()?;
    match parts[..] {
        [only] => Ok(only),
        _ => {
            normalize_axis(axis as i64, builder.shape(parts[0])?.ndim())?;
            builder.op(Layout::Concatenate { axis }, &parts)
        }
    }
}
