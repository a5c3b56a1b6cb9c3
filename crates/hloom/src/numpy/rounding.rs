//! Rounding to a number of decimals.

use hloom_ir::{Binary, DType, Elementwise, NodeId, Unary, Weak};

use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoSetting, NdArray, Result};

/// The elements rounded to a number of decimals, halves to the even digit.
///
/// `decimals` is `..` for none, or how many digits are kept behind the point; a negative number rounds before it. The parts
/// of complex numbers are rounded each. What is rounded is the product with a power of ten, in the array's dtype, so that
/// large numbers of decimals overflow as NumPy's do.
///
/// **Shapes**: `[…]` to `[…]`.
/// **Dtypes**: any, to the same dtype; bool to float16, without decimals only.
///
/// # Errors
/// The result is in error (`TypeError`) for bool with decimals.
///
/// # Examples
/// ```
/// let x = hloom::array([0.5, 1.5, 2.567]);
/// assert_eq!(hloom::round(&x, ..).to_string(), "[0. 2. 3.]");
/// assert_eq!(hloom::round(&x, 2).to_string(), "[0.5  1.5  2.57]");
/// assert_eq!(hloom::round([15, 25], -1).to_string(), "[20 20]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.round.html>
#[track_caller]
pub fn round<'a>(a: impl IntoOperand<'a>, decimals: impl IntoSetting<i64>) -> NdArray {
    let (a, decimals) = (a.into_operand(), decimals.into_setting().unwrap_or_default());
    Call::of("round", &a).record(|builder| record_round(builder, &a, decimals))
}

/// Another name of [`round`].
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.around.html>
#[track_caller]
pub fn around<'a>(a: impl IntoOperand<'a>, decimals: impl IntoSetting<i64>) -> NdArray {
    round(a, decimals)
}

/// Rounding to decimals.
impl NdArray {
    /// The elements rounded to a number of decimals; see [`round`].
    #[track_caller]
    pub fn round(&self, decimals: impl IntoSetting<i64>) -> NdArray {
        round(self, decimals)
    }
}

fn record_round(builder: &mut Builder<'_>, a: &Operand<'_>, decimals: i64) -> Result<NodeId> {
    let dtype = builder.arg_type(a)?.default_dtype();
    if dtype.is_integer() && decimals >= 0 {
        return builder.operand(a);
    }
    if decimals == 0 {
        return builder.unary(Unary::Rint, a);
    }
    let [before, after] =
        if decimals > 0 { [Binary::Multiply, Binary::Divide] } else { [Binary::Divide, Binary::Multiply] };
    if dtype == DType::Bool {
        return Err(Error::type_(format!(
            "Cannot cast ufunc '{}' output from dtype('float64') to dtype('bool') with casting rule 'same_kind'",
            before.name()
        )));
    }
    let computed = if dtype.is_integer() { DType::F64 } else { dtype.real() };
    let power = builder.scalar(Weak::Float(power_of_ten(decimals.unsigned_abs())).saturating_literal(computed));
    let scaled = |builder: &mut Builder<'_>, x: NodeId| {
        let scaled = builder.apply(before, x, power)?;
        let whole = builder.op(Unary::Rint, &[scaled])?;
        builder.apply(after, whole, power)
    };
    let x = builder.operand(a)?;
    if dtype.is_complex() {
        let (re, im) = (builder.op(Unary::Real, &[x])?, builder.op(Unary::Imag, &[x])?);
        let (re, im) = (scaled(builder, re)?, scaled(builder, im)?);
        return builder.op(Elementwise::Complex, &[re, im]);
    }
    let x = builder.convert(x, computed)?;
    let rounded = scaled(builder, x)?;
    builder.convert(rounded, dtype)
}

/// A power of ten as NumPy comes to it: exact to the eighth, and from the ninth on by products, which round.
fn power_of_ten(exponent: u64) -> f64 {
    const EXACT: u64 = 9;
    /// Here the product is infinite.
    const MOST: u64 = 400;
    (EXACT..exponent.clamp(EXACT, MOST)).fold(10f64.powi(exponent.min(EXACT) as i32), |power, _| power * 10.0)
}
