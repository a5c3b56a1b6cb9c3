//! Elements that are replaced, or a part of them that is left out, because of what they are.

use std::ops::RangeFull;

use hloom_ir::{Binary, Casting, Elementwise, NodeId, Unary, Weak, can_cast};

use super::limits::finfo;
use crate::record::{Build, Builder, Call, IntoOperand, Operand, for_each_number};
use crate::{Error, IntoSetting, NdArray, Result};

/// What [`nan_to_num`] puts in: `..` as NumPy has it, what is put in for NaN, or made by [`posinf`] or [`neginf`] and
/// completed by its methods.
#[derive(Clone, Debug, Default)]
pub struct Replacements {
    nan: Option<Operand<'static>>,
    posinf: Option<Operand<'static>>,
    neginf: Option<Operand<'static>>,
}

/// What [`nan_to_num`] puts in for infinity; the greatest number of the dtype if nothing is said.
///
/// # Examples
/// ```
/// let x = hloom::array([f64::INFINITY, f64::NAN]);
/// assert_eq!(hloom::nan_to_num(&x, hloom::posinf(9).nan(-1)).to_string(), "[ 9. -1.]");
/// ```
pub fn posinf<'a>(posinf: impl IntoOperand<'a>) -> Replacements {
    Replacements::default().posinf(posinf)
}

/// What [`nan_to_num`] puts in for negative infinity; the least number of the dtype if nothing is said.
///
/// # Examples
/// ```
/// let x = hloom::array([f64::NEG_INFINITY, 1.0]);
/// assert_eq!(hloom::nan_to_num(&x, hloom::neginf(-9)).to_string(), "[-9.  1.]");
/// ```
pub fn neginf<'a>(neginf: impl IntoOperand<'a>) -> Replacements {
    Replacements::default().neginf(neginf)
}

impl Replacements {
    /// What is put in for NaN; 0 if nothing is said.
    pub fn nan<'a>(self, nan: impl IntoOperand<'a>) -> Replacements {
        Replacements { nan: Some(nan.into_operand().into_owned()), ..self }
    }

    /// What is put in for infinity.
    pub fn posinf<'a>(self, posinf: impl IntoOperand<'a>) -> Replacements {
        Replacements { posinf: Some(posinf.into_operand().into_owned()), ..self }
    }

    /// What is put in for negative infinity.
    pub fn neginf<'a>(self, neginf: impl IntoOperand<'a>) -> Replacements {
        Replacements { neginf: Some(neginf.into_operand().into_owned()), ..self }
    }
}

impl From<RangeFull> for Replacements {
    fn from(_: RangeFull) -> Replacements {
        Replacements::default()
    }
}

macro_rules! numbers {
    ($($ty:ty),* $(,)?) => { $(
        impl From<$ty> for Replacements {
            fn from(nan: $ty) -> Replacements {
                Replacements::default().nan(nan)
            }
        }
    )* };
}

for_each_number!(numbers);

/// The array with numbers in the place of NaN and infinities, in each part of complex numbers. Integers stay.
///
/// **Shapes**: `[…]` to `[…]`, to which what is put in broadcasts.
/// **Dtypes**: any, to the same dtype.
/// **Keywords**: [`nan`](Replacements::nan), which may stand alone, [`posinf`], [`neginf`].
///
/// # Errors
/// The result is in error: `TypeError` if what is put in is complex and the array is of floats, `ValueError` if it does
/// not broadcast.
///
/// # Examples
/// ```
/// let x = hloom::array([1.0f32, f32::NAN, f32::INFINITY]);
/// assert_eq!(hloom::nan_to_num(&x, ..).to_string(), "[1.0000000e+00 0.0000000e+00 3.4028235e+38]");
/// assert_eq!(hloom::nan_to_num(&x, 7).to_string(), "[1.0000000e+00 7.0000000e+00 3.4028235e+38]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.nan_to_num.html>
#[track_caller]
pub fn nan_to_num<'a>(x: impl IntoOperand<'a>, replacements: impl Into<Replacements>) -> NdArray {
    let (x, replacements) = (x.into_operand(), replacements.into());
    Call::of("nan_to_num", &x).record(|builder| {
        let x = builder.operand(&x)?;
        let dtype = builder.dtype(x)?;
        if dtype.is_complex() {
            let (re, im) = (builder.op(Unary::Real, &[x])?, builder.op(Unary::Imag, &[x])?);
            let (re, im) = (replaced(builder, re, &replacements)?, replaced(builder, im, &replacements)?);
            return builder.op(Elementwise::Complex, &[re, im]);
        }
        if dtype.is_float() { replaced(builder, x, &replacements) } else { Ok(x) }
    })
}

/// Real floats with numbers in the place of NaN and infinities.
fn replaced(builder: &mut Builder<'_>, x: NodeId, replacements: &Replacements) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let limits = finfo(dtype)?;
    let put_in = [
        (Unary::IsNan, &replacements.nan, 0.0),
        (Unary::IsPosInf, &replacements.posinf, limits.max),
        (Unary::IsNegInf, &replacements.neginf, limits.min),
    ];
    let mut result = x;
    for (row, given, default) in put_in {
        let is_put_in = builder.op(row, &[x])?;
        let number = match given {
            None => builder.constant_of(default, dtype),
            Some(given) => put_in_as(builder, given, x)?,
        };
        result = builder.select(is_put_in, number, result)?;
    }
    Ok(result)
}

/// What is put in, in the dtype and of a shape that broadcasts to that of an array.
fn put_in_as(builder: &mut Builder<'_>, given: &Operand<'_>, x: NodeId) -> Result<NodeId> {
    let (own, dtype) = (builder.arg_type(given)?.default_dtype(), builder.dtype(x)?);
    if !can_cast(own, dtype, Casting::SameKind) {
        let what = if given.as_array().is_some() { "array data" } else { "scalar" };
        return Err(Error::type_(format!(
            "Cannot cast {what} from dtype('{own}') to dtype('{dtype}') according to the rule 'same_kind'"
        )));
    }
    let (number, shape) = (builder.operand_as(given, dtype)?, builder.shape(x)?);
    let own = builder.shape(number)?;
    builder
        .broadcast(number, &shape)
        .map_err(|_| Error::value(format!("could not broadcast input array from shape {own} into shape {shape}")))
}

/// The real parts, if all imaginary ones are near zero; else, and for real arrays, the array itself.
///
/// `tol` is `..` for 100, or what imaginary parts have to be below: in units of the dtype's precision if it is
/// above 1, else as it is.
///
/// The dtype of the result depends on the values, so this computes a complex array.
///
/// **Shapes**: `[…]` to `[…]`.
/// **Dtypes**: any, to the same dtype; complex to itself or to its real dtype.
///
/// # Errors
/// The result is in error for complex numbers in a traced function (`TraceError`).
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// let z = hloom::array([Complex::new(2.0, 1e-15), Complex::new(3.0, 0.0)]);
/// assert_eq!(hloom::real_if_close(&z, ..).dtype(), hloom::float64);
/// assert_eq!(hloom::real_if_close(&z, 1e-16).dtype(), hloom::complex128);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.real_if_close.html>
#[track_caller]
pub fn real_if_close<'a>(a: impl IntoOperand<'a>, tol: impl IntoSetting<Weak>) -> NdArray {
    let (a, tol) = (a.into_operand().into_array(), tol.into_setting().map_or(100.0, Weak::real));
    let Ok(dtype) = a.try_dtype() else { return a };
    if !dtype.is_complex() {
        return a;
    }
    let call = Call::of("real_if_close", &a);
    let is_close = imaginary_parts_below(&a, tol).elements::<bool>("real_if_close");
    match is_close.as_deref() {
        Ok([true]) => call.record(|builder| builder.op(Unary::Real, &[a.node()])),
        Ok(_) => a,
        Err(error) => call.error(error.clone()),
    }
}

/// Whether all imaginary parts are below a tolerance.
#[track_caller]
fn imaginary_parts_below(a: &NdArray, tol: f64) -> NdArray {
    Call::of("real_if_close", a).record(|builder| {
        let im = builder.op(Unary::Imag, &[a.node()])?;
        let dtype = builder.dtype(im)?;
        let tol = if tol > 1.0 { tol * finfo(dtype)?.eps } else { tol };
        let size = builder.op(Unary::Absolute, &[im])?;
        let tol = builder.scalar(Weak::Float(tol).saturating_literal(dtype));
        let is_below = builder.apply(Binary::Less, size, tol)?;
        super::compare::everywhere(builder, is_below)
    })
}
