//! Choice between values: `where` and `clip`.

use hloom_ir::{Binary, DType, NodeId, Weak, result_type};

use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{NdArray, Result};

/// Elements of `a` where the condition is true, else of `b`.
///
/// **Shapes**: any three that broadcast, to the broadcast shape.
/// **Dtypes**: the condition as bool; `a` and `b` promoted.
///
/// A Rust integer that the other's dtype cannot hold wraps, as it does in NumPy's `where` alone.
///
/// # Errors
/// The result is in error (`ValueError`) for shapes that do not broadcast.
///
/// # Examples
/// ```
/// let x = hloom::array([-1.0, 2.0]);
/// assert_eq!(hloom::where_(x.gt(0), &x, 0).to_string(), "[0. 2.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.where.html>
#[track_caller]
pub fn where_<'a, 'b, 'c>(
    condition: impl IntoOperand<'a>,
    a: impl IntoOperand<'b>,
    b: impl IntoOperand<'c>,
) -> NdArray {
    let (condition, a, b) = (condition.into_operand(), a.into_operand(), b.into_operand());
    Call::of("where", &[&condition, &a, &b]).record(|builder| {
        let dtype = result_type(&[builder.arg_type(&a)?, builder.arg_type(&b)?])?;
        let condition = builder.operand(&condition)?;
        let condition = builder.convert(condition, DType::Bool)?;
        let (a, b) = (choice(builder, &a, dtype)?, choice(builder, &b, dtype)?);
        builder.select(condition, a, b)
    })
}

/// A choice of [`where_`] in the common dtype.
pub(super) fn choice(builder: &mut Builder<'_>, operand: &Operand<'_>, dtype: DType) -> Result<NodeId> {
    match operand {
        Operand::Number(number) => Ok(builder.scalar(number.wrapping_literal(dtype))),
        _ => builder.operand_as(operand, dtype),
    }
}

/// A bound of [`clip`]: an operand, or `None` for no bound.
///
/// One that is known only at run time is an `Option<Operand>`: `low.map(IntoOperand::into_operand)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no bound",
    label = "expected an array, a number or `None`",
    note = "an `Option` of a number becomes a bound by `.map(IntoOperand::into_operand)`"
)]
pub trait IntoBound<'a> {
    /// The bound.
    fn into_bound(self) -> Option<Operand<'a>>;
}

impl<'a, T: IntoOperand<'a>> IntoBound<'a> for T {
    fn into_bound(self) -> Option<Operand<'a>> {
        Some(self.into_operand())
    }
}

impl<'a> IntoBound<'a> for Option<Operand<'a>> {
    fn into_bound(self) -> Option<Operand<'a>> {
        self
    }
}

/// Elements limited to the range from `a_min` to `a_max`; where the bounds cross, `a_max` counts. NaN
/// stays.
///
/// **Shapes**: any that broadcast, to the broadcast shape.
/// **Dtypes**: any, to the promoted dtype of array and bounds. A Rust integer beyond the array's dtype
/// bounds nothing on that side.
///
/// # Errors
/// The result is in error (`ValueError`) for shapes that do not broadcast.
///
/// # Examples
/// ```
/// let x = hloom::array([-2, 0, 5]);
/// assert_eq!(hloom::clip(&x, -1, 3).to_string(), "[-1  0  3]");
/// assert_eq!(x.clip(None, 3).to_string(), "[-2  0  3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.clip.html>
#[track_caller]
pub fn clip<'a, 'b, 'c>(a: impl IntoOperand<'a>, a_min: impl IntoBound<'b>, a_max: impl IntoBound<'c>) -> NdArray {
    let (a, low, high) = (a.into_operand(), a_min.into_bound(), a_max.into_bound());
    Call::of("clip", &a).record(|builder| record_clip(builder, &a, low.as_ref(), high.as_ref()))
}

impl NdArray {
    /// Elements limited to a range; see [`clip`].
    #[track_caller]
    pub fn clip<'b, 'c>(&self, a_min: impl IntoBound<'b>, a_max: impl IntoBound<'c>) -> NdArray {
        clip(self, a_min, a_max)
    }
}

fn record_clip(
    builder: &mut Builder<'_>,
    a: &Operand<'_>,
    low: Option<&Operand<'_>>,
    high: Option<&Operand<'_>>,
) -> Result<NodeId> {
    let mut args = vec![builder.arg_type(a)?];
    for bound in [low, high].into_iter().flatten() {
        args.push(builder.arg_type(bound)?);
    }
    let dtype = result_type(&args)?;
    let mut result = builder.operand_as(a, dtype)?;
    if let Some(low) = low {
        result = limit(builder, Binary::Maximum, result, low, dtype)?;
    }
    if let Some(high) = high {
        result = limit(builder, Binary::Minimum, result, high, dtype)?;
    }
    Ok(result)
}

fn limit(builder: &mut Builder<'_>, op: Binary, x: NodeId, bound: &Operand<'_>, dtype: DType) -> Result<NodeId> {
    let bound = match bound {
        Operand::Number(number @ Weak::Int(value)) if number.overflows(dtype) => {
            let bounds_nothing = match op {
                Binary::Maximum => *value < 0,
                _ => *value > 0,
            };
            if bounds_nothing {
                return Ok(x);
            }
            builder.scalar(number.to_literal(dtype)?)
        }
        _ => builder.operand_as(bound, dtype)?,
    };
    builder.apply(op, x, bound)
}
