//! What numbers are made of: fraction and whole part, significand and exponent, size and angle.

use std::f64::consts;

use hloom_ir::{
    ArgType, Binary, DType, Kind, Literal, NodeId, Unary, Weak, WeakKind, not_supported, real_float, result_type,
};

use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoSetting, NdArray, Result};

/// Fraction and whole part, both with the sign of the number. Infinities have the fraction 0.
///
/// **Shapes**: `[…]` to two of `[…]`.
/// **Dtypes**: real floats, to the same dtype; bool and integers to the float that holds them.
///
/// # Errors
/// The results are in error (`TypeError`) for complex numbers.
///
/// # Examples
/// ```
/// let (fraction, whole) = hloom::modf([1.5, -0.25]);
/// assert_eq!((fraction.to_string(), whole.to_string()), ("[ 0.5  -0.25]".into(), "[ 1. -0.]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.modf.html>
#[track_caller]
pub fn modf<'a>(x: impl IntoOperand<'a>) -> (NdArray, NdArray) {
    let x = x.into_operand();
    pair(Call::of("modf", &x), |builder| {
        let x = real_operand(builder, "modf", &x)?;
        let dtype = builder.dtype(x)?;
        let whole = builder.op(Unary::Trunc, &[x])?;
        let size = builder.op(Unary::Absolute, &[x])?;
        let (zero, one) = (builder.constant(Literal::zero(dtype)), builder.constant(Literal::one(dtype)));
        let rest = builder.apply(Binary::Subtract, x, whole)?;
        let is_infinite = builder.op(Unary::IsInf, &[x])?;
        let rest = builder.select(is_infinite, zero, rest)?;
        let rest = builder.apply(Binary::Copysign, rest, x)?;
        // The least numbers would not survive a difference.
        let is_small = builder.apply(Binary::Less, size, one)?;
        Ok([builder.select(is_small, x, rest)?, whole])
    })
}

/// Significand, of a size from 0.5 to below 1, and exponent of two: the number is their product. Zeros, infinities and NaN
/// are their own significands, with the exponent 0.
///
/// **Shapes**: `[…]` to two of `[…]`.
/// **Dtypes**: real floats, to the same dtype; bool and integers to the float that holds them. Exponents are int32.
///
/// # Errors
/// The results are in error (`TypeError`) for complex numbers.
///
/// # Examples
/// ```
/// let (significand, exponent) = hloom::frexp([1.0, -6.0]);
/// assert_eq!((significand.to_string(), exponent.to_string()), ("[ 0.5  -0.75]".into(), "[1 3]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.frexp.html>
#[track_caller]
pub fn frexp<'a>(x: impl IntoOperand<'a>) -> (NdArray, NdArray) {
    let x = x.into_operand();
    pair(Call::of("frexp", &x), |builder| {
        let x = real_operand(builder, "frexp", &x)?;
        let (bits, parts) = Bits::taken(builder, x)?;
        let half = builder.constant_of((bits.bias - 1) << bits.mantissa_bits, bits.int);
        let significand = builder.apply(Binary::BitwiseOr, parts.fraction, half)?;
        let significand = builder.apply(Binary::BitwiseOr, significand, parts.sign)?;
        let significand = builder.select(parts.is_kept, parts.all, significand)?;
        let significand = builder.bitcast(significand, bits.float)?;
        let (zero, one) = (builder.constant_of(0, bits.int), builder.constant_of(1, bits.int));
        let exponent = builder.apply(Binary::Add, parts.exponent, one)?;
        let exponent = builder.select(parts.is_kept, zero, exponent)?;
        Ok([significand, builder.convert(exponent, DType::I32)?])
    })
}

/// The product with a power of two, rounded once.
///
/// **Shapes**: any two that broadcast, to the broadcast shape.
/// **Dtypes**: real floats and integers that int64 holds, to the dtype of the first; bool and integers to the float that
/// holds them.
///
/// # Errors
/// The result is in error: `ValueError` for shapes that do not broadcast, `TypeError` for other dtypes, `OverflowError`
/// for a Rust integer as an exponent that int32 cannot hold.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ldexp([1.5, -1.0], [3, -1]).to_string(), "[12.  -0.5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ldexp.html>
#[track_caller]
pub fn ldexp<'a, 'b>(x1: impl IntoOperand<'a>, x2: impl IntoOperand<'b>) -> NdArray {
    let (x, exponents) = (x1.into_operand(), x2.into_operand());
    Call::of("ldexp", &[&x, &exponents]).record(|builder| record_ldexp(builder, &x, &exponents))
}

/// The angle of complex numbers in the complex plane, in radians or, with `true`, in degrees. It is 0 or π for real ones.
///
/// **Shapes**: `[…]` to `[…]`.
/// **Dtypes**: complex, to the real dtype; real floats to the same dtype; integers to the float that holds them, bool to
/// float64.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// let z = hloom::array([Complex::new(1.0, 1.0), Complex::new(-2.0, 0.0)]);
/// assert_eq!(hloom::angle(&z, ..).to_string(), "[0.78539816 3.14159265]");
/// assert_eq!(hloom::angle(&z, true).to_string(), "[ 45. 180.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.angle.html>
#[track_caller]
pub fn angle<'a>(z: impl IntoOperand<'a>, deg: impl IntoSetting<bool>) -> NdArray {
    let (z, deg) = (z.into_operand(), deg.into_setting().unwrap_or_default());
    Call::of("angle", &z).record(|builder| {
        let angle = if builder.arg_type(&z)?.default_dtype().is_complex() {
            let z = builder.operand(&z)?;
            let (re, im) = (builder.op(Unary::Real, &[z])?, builder.op(Unary::Imag, &[z])?);
            builder.apply(Binary::Arctan2, im, re)?
        } else {
            builder.binary(Binary::Arctan2, &Operand::Number(Weak::Int(0)), &z)?
        };
        if !deg {
            return Ok(angle);
        }
        let dtype = builder.dtype(angle)?;
        let degrees = builder.constant_of(180.0 / consts::PI, dtype);
        builder.apply(Binary::Multiply, angle, degrees)
    })
}

/// The two results of a call.
fn pair(call: Call<'_>, build: impl FnOnce(&mut Builder<'_>) -> Result<[NodeId; 2]>) -> (NdArray, NdArray) {
    let mut results = call.record_several(2, |builder| build(builder).map(Vec::from)).into_iter();
    match (results.next(), results.next()) {
        (Some(first), Some(second)) => (first, second),
        _ => unreachable!("two results were asked for"),
    }
}

/// An operand as the float that NumPy computes a function of real numbers in.
fn real_operand(builder: &mut Builder<'_>, name: &str, x: &Operand<'_>) -> Result<NodeId> {
    let dtype = real_float(name, builder.arg_type(x)?)?;
    builder.operand_as(x, dtype)
}

/// How the bits of a float dtype are laid out.
struct Bits {
    float: DType,
    /// The signed integer of the same width.
    int: DType,
    mantissa_bits: i64,
    /// What is added to an exponent; the greatest exponent too.
    bias: i64,
}

/// The bits of floats, taken apart.
struct Parts {
    all: NodeId,
    /// The sign's bit in its place.
    sign: NodeId,
    /// What follows the point of a significand from 1 to below 2.
    fraction: NodeId,
    /// The exponent that belongs to that significand.
    exponent: NodeId,
    /// Where the number is a zero, an infinity or NaN, which has no such parts.
    is_kept: NodeId,
}

impl Bits {
    fn of(float: DType) -> Result<Bits> {
        let int = DType::of(Kind::Signed, float.size());
        let int = int.ok_or_else(|| Error::internal(format!("no integer is as wide as {float}")))?;
        let mantissa_bits = i64::from(float.mantissa_bits());
        let exponent_bits = 8 * float.size() as i64 - 1 - mantissa_bits;
        Ok(Bits { float, int, mantissa_bits, bias: (1 << (exponent_bits - 1)) - 1 })
    }

    fn infinity(&self) -> i64 {
        (2 * self.bias + 1) << self.mantissa_bits
    }

    fn mantissa(&self) -> i64 {
        (1 << self.mantissa_bits) - 1
    }

    /// Takes numbers apart. Those below the normal ones, which devices take for zero, are read as the integers that their
    /// bits are.
    fn taken(builder: &mut Builder<'_>, x: NodeId) -> Result<(Bits, Parts)> {
        let bits = Bits::of(builder.dtype(x)?)?;
        let number = |builder: &mut Builder<'_>, number: i64| builder.constant_of(number, bits.int);
        let all = builder.bitcast(x, bits.int)?;
        let magnitude = number(builder, bits.infinity() | bits.mantissa());
        let size = builder.apply(Binary::BitwiseAnd, all, magnitude)?;
        let sign = builder.apply(Binary::BitwiseXor, all, size)?;
        let least_normal = number(builder, bits.mantissa() + 1);
        let is_subnormal = builder.apply(Binary::Less, size, least_normal)?;
        let counted = builder.convert(size, bits.float)?;
        let counted = builder.bitcast(counted, bits.int)?;
        let normal = builder.select(is_subnormal, counted, size)?;
        let places = number(builder, bits.mantissa_bits);
        let biased = builder.apply(Binary::RightShift, normal, places)?;
        let (bias, lower) = (number(builder, bits.bias), number(builder, 2 * bits.bias - 1 + bits.mantissa_bits));
        let bias = builder.select(is_subnormal, lower, bias)?;
        let exponent = builder.apply(Binary::Subtract, biased, bias)?;
        let mantissa = number(builder, bits.mantissa());
        let fraction = builder.apply(Binary::BitwiseAnd, normal, mantissa)?;
        let (zero, infinity) = (number(builder, 0), number(builder, bits.infinity()));
        let is_zero = builder.apply(Binary::Equal, size, zero)?;
        let is_endless = builder.apply(Binary::GreaterEqual, size, infinity)?;
        let is_kept = builder.apply(Binary::LogicalOr, is_zero, is_endless)?;
        Ok((bits, Parts { all, sign, fraction, exponent, is_kept }))
    }
}

fn record_ldexp(builder: &mut Builder<'_>, x: &Operand<'_>, exponents: &Operand<'_>) -> Result<NodeId> {
    /// Beyond these every product is zero or infinite.
    const MOST: i64 = 5000;
    let (x_type, exponents_type) = (builder.arg_type(x)?, builder.arg_type(exponents)?);
    let float = match (x_type, exponents_type) {
        (ArgType::Weak(WeakKind::Bool), _) | (ArgType::Weak(WeakKind::Int), ArgType::Strong(_)) => DType::F16,
        (ArgType::Weak(_), _) => result_type(&[x_type, ArgType::Weak(WeakKind::Float)])?,
        (ArgType::Strong(_), _) => x_type.default_dtype(),
    };
    let float = real_float("ldexp", float.into())?;
    let exponents = match exponents {
        Operand::Number(number @ (Weak::Bool(_) | Weak::Int(_))) => builder.scalar(number.to_literal(DType::I32)?),
        _ => builder.operand(exponents)?,
    };
    let given = builder.dtype(exponents)?;
    if !matches!(given.kind(), Kind::Bool | Kind::Signed | Kind::Unsigned) || given == DType::U64 {
        return Err(Error::from(not_supported("ldexp")));
    }
    let x = builder.operand_as(x, float)?;
    let (bits, parts) = Bits::taken(builder, x)?;
    let number = |builder: &mut Builder<'_>, number: i64| builder.constant_of(number, bits.int);
    let exponents = builder.convert(exponents, DType::I64)?;
    let (least, most) = (builder.constant_of(-MOST, DType::I64), builder.constant_of(MOST, DType::I64));
    let exponents = builder.apply(Binary::Maximum, exponents, least)?;
    let exponents = builder.apply(Binary::Minimum, exponents, most)?;
    let exponents = builder.convert(exponents, bits.int)?;
    let target = builder.apply(Binary::Add, parts.exponent, exponents)?;

    let (one, bias) = (number(builder, 1), number(builder, bits.bias));
    let places = number(builder, bits.mantissa_bits);
    let biased = builder.apply(Binary::Add, target, bias)?;
    let biased = builder.apply(Binary::LeftShift, biased, places)?;
    let normal = builder.apply(Binary::BitwiseOr, biased, parts.fraction)?;

    // Below the normal numbers the significand is shifted right, and rounded to even.
    let least_exponent = number(builder, 1 - bits.bias);
    let shift = builder.apply(Binary::Subtract, least_exponent, target)?;
    let all_places = number(builder, bits.mantissa_bits + 2);
    let shift = builder.apply(Binary::Minimum, shift, all_places)?;
    let shift = builder.apply(Binary::Maximum, shift, one)?;
    let leading = number(builder, bits.mantissa() + 1);
    let significand = builder.apply(Binary::BitwiseOr, parts.fraction, leading)?;
    let quotient = builder.apply(Binary::RightShift, significand, shift)?;
    let multiple = builder.apply(Binary::LeftShift, quotient, shift)?;
    let rest = builder.apply(Binary::Subtract, significand, multiple)?;
    let is_odd = builder.apply(Binary::BitwiseAnd, quotient, one)?;
    let rest = builder.apply(Binary::Add, rest, is_odd)?;
    let before = builder.apply(Binary::Subtract, shift, one)?;
    let half = builder.apply(Binary::LeftShift, one, before)?;
    let is_up = builder.apply(Binary::Greater, rest, half)?;
    let is_up = builder.convert(is_up, bits.int)?;
    let subnormal = builder.apply(Binary::Add, quotient, is_up)?;

    let is_small = builder.apply(Binary::Less, target, least_exponent)?;
    let is_great = builder.apply(Binary::Greater, target, bias)?;
    let infinity = number(builder, bits.infinity());
    let size = builder.select(is_small, subnormal, normal)?;
    let size = builder.select(is_great, infinity, size)?;
    let product = builder.apply(Binary::BitwiseOr, size, parts.sign)?;
    let product = builder.select(parts.is_kept, parts.all, product)?;
    builder.bitcast(product, bits.float)
}
