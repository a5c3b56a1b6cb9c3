//! Element-wise operations of one operand: one arm for each row of the table. Formulas are in the files
//! of their number kind.

use std::f64::consts::PI;

use hloom_ir::{Kind, Unary};

use crate::value::Value;

use super::float::widened;
use super::{arctangent, bessel, complex, float, hyperbolic, integer, logarithm, root};

/// The instructions of a row. The operand has the dtype that the row's rule names.
pub(super) fn lower(row: Unary, x: Value<'_>) -> Value<'_> {
    match row {
        Unary::Negative => -x,
        Unary::Positive => x,
        Unary::Absolute => of_kind(x, Value::abs, Value::abs, complex::abs),
        Unary::Sign => of_kind(x, integer::sign, float::sign, complex::sign),
        Unary::Invert => !x,
        Unary::Square => of_kind(x, |x| x * x, |x| x * x, |x| complex::multiply(x, x)),
        Unary::Reciprocal => of_kind(x, integer::reciprocal, |x| x.like(1) / x, complex::reciprocal),
        Unary::Conjugate => of_kind(x, |x| x, |x| x, |x| x.real().complex(-x.imag())),
        Unary::Real => x.real(),
        Unary::Imag => x.imag(),
        Unary::Exp => function(x, Value::exp, complex::exp),
        Unary::Exp2 => function(x, float::exp2, complex::exp2),
        Unary::Expm1 => function(x, |x| x.unary("exponential-minus-one"), complex::expm1),
        Unary::Log => function(x, logarithm::log, complex::log),
        Unary::Log2 => function(x, logarithm::log2, complex::log2),
        Unary::Log10 => function(x, logarithm::log10, complex::log10),
        Unary::Log1p => function(x, logarithm::log1p, complex::log1p),
        Unary::Sqrt => function(x, Value::sqrt, complex::sqrt),
        Unary::Cbrt => real(x, root::cbrt),
        Unary::Sin => function(x, |x| x.unary("sine"), hyperbolic::complex_sin),
        Unary::Cos => function(x, |x| x.unary("cosine"), hyperbolic::complex_cos),
        Unary::Tan => function(x, |x| x.unary("tan"), hyperbolic::complex_tan),
        Unary::Arcsin => function(x, hyperbolic::arcsin, complex::arcsin),
        Unary::Arccos => function(x, hyperbolic::arccos, complex::arccos),
        Unary::Arctan => function(x, arctangent::arctan, complex::arctan),
        Unary::Sinh => function(x, hyperbolic::sinh, hyperbolic::complex_sinh),
        Unary::Cosh => function(x, hyperbolic::cosh, hyperbolic::complex_cosh),
        Unary::Tanh => function(x, hyperbolic::tanh, hyperbolic::complex_tanh),
        Unary::Arcsinh => function(x, hyperbolic::arcsinh, complex::arcsinh),
        Unary::Arccosh => function(x, hyperbolic::arccosh, complex::arccosh),
        Unary::Arctanh => function(x, hyperbolic::arctanh, complex::arctanh),
        Unary::Floor => rounding(x, |x| x.unary("floor")),
        Unary::Ceil => rounding(x, |x| x.unary("ceil")),
        Unary::Trunc => rounding(x, float::trunc),
        Unary::Rint => of_kind(x, |x| x, nearest, |x| nearest(x.real()).complex(nearest(x.imag()))),
        Unary::IsNan => x.is_nan(),
        Unary::IsInf => x.is_inf(),
        Unary::IsFinite => !(x.is_nan() | x.is_inf()),
        Unary::SignBit => float::signbit(x),
        Unary::IsPosInf => x.equals(f64::INFINITY),
        Unary::IsNegInf => x.equals(f64::NEG_INFINITY),
        Unary::IsReal => x.imag().equals(0),
        Unary::IsComplex => x.imag().differs(0),
        Unary::LogicalNot => !x.is_nonzero(),
        Unary::Fabs => x.abs(),
        Unary::Deg2rad => real(x, |x| x * (PI / 180.0)),
        Unary::Rad2deg => real(x, |x| x * (180.0 / PI)),
        Unary::Spacing => float::spacing(x),
        Unary::Sinc => {
            if x.dtype().is_complex() {
                hyperbolic::complex_sinc(x)
            } else {
                float::sinc(x)
            }
        }
        Unary::I0 => bessel::i0(x),
        Unary::BitwiseCount => integer::bitwise_count(x),
    }
}

/// A formula for each kind of number. What NumPy has no bool loop for arrives as another dtype; the few
/// rows that take bool leave it as integers are left.
fn of_kind<'b>(
    x: Value<'b>,
    integer: fn(Value<'b>) -> Value<'b>,
    float: fn(Value<'b>) -> Value<'b>,
    complex: fn(Value<'b>) -> Value<'b>,
) -> Value<'b> {
    match x.dtype().kind() {
        Kind::Bool | Kind::Unsigned | Kind::Signed => integer(x),
        Kind::Float => float(x),
        Kind::Complex => complex(x),
    }
}

/// A function of real and complex floats.
fn function<'b>(x: Value<'b>, of_real: fn(Value<'b>) -> Value<'b>, complex: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    if x.dtype().is_complex() { complex(x) } else { real(x, of_real) }
}

/// A function of real floats.
fn real<'b>(x: Value<'b>, f: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    widened([x], |[x]| f(x))
}

/// A rounding of floats; integers are round.
fn rounding<'b>(x: Value<'b>, f: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    if x.dtype().is_float() { f(x) } else { x }
}

/// The nearest integer, halves to the even one.
fn nearest(x: Value<'_>) -> Value<'_> {
    x.unary("round-nearest-even")
}
