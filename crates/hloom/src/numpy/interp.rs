//! Values between sample points, on the straight lines through them.

use hloom_ir::{Binary, DType, Elementwise, Kind, Literal, NodeId, Type, Unary, Weak};

use super::along::{element, gather, joined, part};
use super::search::{Side, places_of, require_1d};
use super::sort::positions_along;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// The optional arguments of [`interp`]: `..` for NumPy's defaults, or [`left`], [`right`] and [`period`] with what else is to
/// be set.
#[derive(Clone, Debug, Default)]
pub struct Interp {
    left: Option<Operand<'static>>,
    right: Option<Operand<'static>>,
    period: Option<Weak>,
}

/// What [`interp`] gives before the first sample point.
pub fn left<'a>(left: impl IntoOperand<'a>) -> Interp {
    Interp::default().left(left)
}

/// What [`interp`] gives behind the last sample point.
pub fn right<'a>(right: impl IntoOperand<'a>) -> Interp {
    Interp::default().right(right)
}

/// After which distance the function that [`interp`] evaluates repeats itself.
pub fn period(period: impl Into<Weak>) -> Interp {
    Interp::default().period(period)
}

impl Interp {
    /// See [`left`](left()).
    pub fn left<'a>(self, left: impl IntoOperand<'a>) -> Interp {
        Interp { left: Some(left.into_operand().into_owned()), ..self }
    }

    /// See [`right`](right()).
    pub fn right<'a>(self, right: impl IntoOperand<'a>) -> Interp {
        Interp { right: Some(right.into_operand().into_owned()), ..self }
    }

    /// See [`period`](period()). `left` and `right` have no meaning then.
    pub fn period(self, period: impl Into<Weak>) -> Interp {
        Interp { period: Some(period.into()), ..self }
    }
}

impl From<std::ops::RangeFull> for Interp {
    fn from(_: std::ops::RangeFull) -> Interp {
        Interp::default()
    }
}

/// The values at `x` of the function that goes in straight lines through the sample points `(xp, fp)`.
///
/// `xp` increases, which is not checked, unless there is a period. Before the first point the function has the first value, or
/// `left`; behind the last one the last value, or `right`. NaN in `x` yields NaN.
///
/// **Shapes**: `x` any, `xp` and `fp` `[n]` with one `n` of at least 1; to the shape of `x`.
/// **Dtypes**: real numbers, to float64; complex `fp` to complex128.
///
/// # Errors
/// The result is in error: `ValueError` for sample points of several axes, of different numbers, or none, and for a period of
/// 0; `TypeError` for complex `x` or `xp`, and for complex `left` or `right` of real values.
///
/// # Examples
/// ```
/// let (xp, fp) = ([1, 2, 3], [3, 2, 0]);
/// assert_eq!(hloom::interp([0.0, 1.5, 2.72, 3.14], xp, fp, ..).to_string(), "[3.   2.5  0.56 0.  ]");
/// assert_eq!(hloom::interp(3.14, xp, fp, hloom::right(-99)).to_string(), "-99.0");
/// assert_eq!(hloom::interp([-180, 190], [190, -190, 350, -350], [5, 10, 3, 4], hloom::period(360)).to_string(), "[7.5 5. ]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.interp.html>
#[track_caller]
pub fn interp<'a, 'b, 'c>(
    x: impl IntoOperand<'a>,
    xp: impl IntoOperand<'b>,
    fp: impl IntoOperand<'c>,
    how: impl Into<Interp>,
) -> NdArray {
    let (x, xp, fp, how) = (x.into_operand(), xp.into_operand(), fp.into_operand(), how.into());
    Call::of("interp", &[&x, &xp, &fp]).record(|builder| {
        let mut x = real(builder, &x)?;
        let mut xp = real(builder, &xp)?;
        let fp = builder.operand(&fp)?;
        let dtype = if builder.dtype(fp)?.is_complex() { DType::C128 } else { DType::F64 };
        let mut fp = builder.convert(fp, dtype)?;
        let is_line = |builder: &Builder<'_>, node: NodeId| Ok::<bool, Error>(builder.ty(node)?.shape.ndim() == 1);
        if how.period.is_some() && !(is_line(builder, xp)? && is_line(builder, fp)?) {
            return Err(Error::value("Data points must be 1-D sequences"));
        }
        require_1d(builder, xp)?;
        require_1d(builder, fp)?;
        let n = builder.ty(xp)?.shape.size();
        if n == 0 {
            return Err(Error::value("array of sample points is empty"));
        }
        if builder.ty(fp)?.shape.size() != n {
            return Err(Error::value("fp and xp are not of the same length."));
        }
        let mut ends = [how.left.as_ref(), how.right.as_ref()];
        if let Some(period) = how.period {
            let period = period.real().abs();
            if period == 0.0 {
                return Err(Error::value("period must be a non-zero value"));
            }
            ends = [None, None];
            let period = builder.scalar(Literal::new(period));
            x = builder.apply(Binary::Remainder, x, period)?;
            (xp, fp) = one_period(builder, xp, fp, period)?;
        }
        let points = Points::at(builder, x, xp)?;
        let [left, right] = ends;
        match dtype {
            DType::F64 => points.values(builder, fp, left, right, Part::Only),
            _ => {
                let (re, im) = (builder.op(Unary::Real, &[fp])?, builder.op(Unary::Imag, &[fp])?);
                let re = points.values(builder, re, left, right, Part::Real)?;
                let im = points.values(builder, im, left, right, Part::Imag)?;
                builder.op(Elementwise::Complex, &[re, im])
            }
        }
    })
}

/// An operand as float64.
fn real(builder: &mut Builder<'_>, operand: &Operand<'_>) -> Result<NodeId> {
    let node = builder.operand(operand)?;
    match builder.dtype(node)?.kind() {
        Kind::Complex => Err(Error::type_(
            "Cannot cast array data from dtype('complex128') to dtype('float64') according to the rule 'safe'",
        )),
        Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float => builder.convert(node, DType::F64),
    }
}

/// Sample points in order within one period, with the last one before them and the first one behind them.
fn one_period(builder: &mut Builder<'_>, xp: NodeId, fp: NodeId, period: NodeId) -> Result<(NodeId, NodeId)> {
    let n = builder.ty(xp)?.shape.size();
    let xp = builder.apply(Binary::Remainder, xp, period)?;
    let order = positions_along(builder, xp, 0)?;
    let (xp, fp) = (gather(builder, xp, 0, order)?, gather(builder, fp, 0, order)?);
    let (x_first, x_last) = (part(builder, xp, 0, 0..1)?, part(builder, xp, 0, n - 1..n)?);
    let x_before = builder.apply(Binary::Subtract, x_last, period)?;
    let x_behind = builder.apply(Binary::Add, x_first, period)?;
    let (f_first, f_last) = (part(builder, fp, 0, 0..1)?, part(builder, fp, 0, n - 1..n)?);
    Ok((joined(builder, &[x_before, xp, x_behind], 0)?, joined(builder, &[f_last, fp, f_first], 0)?))
}

/// Which part of the values is computed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Only,
    Real,
    Imag,
}

/// Between which sample points places lie.
struct Points {
    x: NodeId,
    /// The point before, or the first one.
    before: NodeId,
    /// The point behind that, or the last one.
    behind: NodeId,
    x_before: NodeId,
    x_behind: NodeId,
    is_left: NodeId,
    is_right: NodeId,
}

impl Points {
    fn at(builder: &mut Builder<'_>, x: NodeId, xp: NodeId) -> Result<Points> {
        let n = builder.ty(xp)?.shape.size();
        let (zero, one) = (builder.constant_of(0, DType::I64), builder.constant_of(1, DType::I64));
        let last = builder.constant_of(n - 1, DType::I64);
        let n_before = places_of(builder, xp, x, Side::Right)?;
        let before = builder.apply(Binary::Subtract, n_before, one)?;
        let before = builder.apply(Binary::Maximum, before, zero)?;
        let behind = builder.apply(Binary::Add, before, one)?;
        let behind = builder.apply(Binary::Minimum, behind, last)?;
        let (x_before, x_behind) = (gather(builder, xp, 0, before)?, gather(builder, xp, 0, behind)?);
        let (first, end) = (element(builder, xp, 0)?, element(builder, xp, n - 1)?);
        let is_left = builder.apply(Binary::Less, x, first)?;
        let is_right = builder.apply(Binary::Greater, x, end)?;
        Ok(Points { x, before, behind, x_before, x_behind, is_left, is_right })
    }

    /// The values at the places, from those at the sample points.
    fn values(
        &self,
        builder: &mut Builder<'_>,
        fp: NodeId,
        left: Option<&Operand<'_>>,
        right: Option<&Operand<'_>>,
        of: Part,
    ) -> Result<NodeId> {
        let n = builder.ty(fp)?.shape.size();
        let (f_before, f_behind) = (gather(builder, fp, 0, self.before)?, gather(builder, fp, 0, self.behind)?);
        let rise = builder.apply(Binary::Subtract, f_behind, f_before)?;
        let run = builder.apply(Binary::Subtract, self.x_behind, self.x_before)?;
        let slope = builder.apply(Binary::Divide, rise, run)?;
        let from = |builder: &mut Builder<'_>, x: NodeId, f: NodeId| {
            let distance = builder.apply(Binary::Subtract, self.x, x)?;
            let rise = builder.apply(Binary::Multiply, slope, distance)?;
            builder.apply(Binary::Add, rise, f)
        };
        // Infinite values leave NaN on one side of a line and not on the other, or on both sides of a level one.
        let value = from(builder, self.x_before, f_before)?;
        let other = from(builder, self.x_behind, f_behind)?;
        let is_nan = builder.op(Unary::IsNan, &[value])?;
        let value = builder.select(is_nan, other, value)?;
        let is_nan = builder.op(Unary::IsNan, &[value])?;
        let is_level = builder.apply(Binary::Equal, f_before, f_behind)?;
        let is_level = builder.apply(Binary::LogicalAnd, is_nan, is_level)?;
        let is_point = builder.apply(Binary::Equal, self.x, self.x_before)?;
        let is_known = builder.apply(Binary::LogicalOr, is_level, is_point)?;
        let value = builder.select(is_known, f_before, value)?;
        let left = end_value(builder, left, fp, 0, of)?;
        let value = builder.select(self.is_left, left, value)?;
        let right = end_value(builder, right, fp, n - 1, of)?;
        let value = builder.select(self.is_right, right, value)?;
        if n == 1 {
            // NumPy does not look for NaN where there are no two points.
            return Ok(value);
        }
        let is_nan = builder.op(Unary::IsNan, &[self.x])?;
        let nan = match of {
            Part::Only | Part::Real => self.x,
            Part::Imag => builder.constant_of(0, DType::F64),
        };
        builder.select(is_nan, nan, value)
    }
}

/// What the function is beyond its sample points: what is asked for, or its value at one of them.
fn end_value(
    builder: &mut Builder<'_>,
    given: Option<&Operand<'_>>,
    fp: NodeId,
    position: usize,
    of: Part,
) -> Result<NodeId> {
    let Some(given) = given else { return element(builder, fp, position) };
    let given = builder.operand(given)?;
    let Type { dtype, shape } = builder.ty(given)?.clone();
    if !shape.is_empty() {
        return Err(Error::type_("only 0-dimensional arrays can be converted to Python scalars"));
    }
    match (of, dtype.is_complex()) {
        (Part::Only, true) => Err(Error::type_("must be real number, not complex")),
        (Part::Only, false) => builder.convert(given, DType::F64),
        (Part::Real, _) => {
            let re = builder.convert(given, DType::C128)?;
            builder.op(Unary::Real, &[re])
        }
        (Part::Imag, _) => {
            let im = builder.convert(given, DType::C128)?;
            builder.op(Unary::Imag, &[im])
        }
    }
}
