//! Real inverse functions, and the hyperbolic and trigonometric functions of complex numbers, which meet
//! in each other's formulas. Knows floats and complex numbers only.

use std::f64::consts;

use crate::Target;
use crate::value::Value;

use super::complex::{self, turned};
use super::float::{self, Precision};
use super::{arctangent, inverse};

/// Hyperbolic sine.
pub(super) fn sinh(x: Value<'_>) -> Value<'_> {
    instruction(x, "sinh", inverse::sinh)
}

/// Hyperbolic cosine.
pub(super) fn cosh(x: Value<'_>) -> Value<'_> {
    instruction(x, "cosh", inverse::cosh)
}

/// An instruction, or a formula for compilers that call the C library for it, or have no code for it.
fn instruction<'b>(x: Value<'b>, opcode: &'static str, formula: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    if x.builder().module().target().is_cpu() { formula(x) } else { x.unary(opcode) }
}

/// A formula, or the instruction where it is as fast, which it is of float64 if the compiler has code for it.
fn instruction_of_double<'b>(x: Value<'b>, opcode: &'static str, formula: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    match (x.builder().module().target(), Precision::of(x.dtype())) {
        (Target::Cpu, Precision::Double) => x.unary(opcode),
        _ => instruction(x, opcode, formula),
    }
}

/// Hyperbolic tangent.
///
/// XLA's polynomial for float64 is off by up to 6 units in the last place where the function nears 1.
pub(super) fn tanh(x: Value<'_>) -> Value<'_> {
    if let Precision::Single = Precision::of(x.dtype()) {
        return x.unary("tanh");
    }
    inverse::tanh(x)
}

/// Inverse sine.
pub(super) fn arcsin(x: Value<'_>) -> Value<'_> {
    instruction_of_double(x, "asin", arctangent::arcsin)
}

/// Inverse cosine.
pub(super) fn arccos(x: Value<'_>) -> Value<'_> {
    instruction_of_double(x, "acos", arctangent::arccos)
}

/// Inverse hyperbolic sine.
pub(super) fn arcsinh(x: Value<'_>) -> Value<'_> {
    instruction(x, "asinh", inverse::arcsinh)
}

/// Inverse hyperbolic cosine.
pub(super) fn arccosh(x: Value<'_>) -> Value<'_> {
    instruction(x, "acosh", inverse::arccosh)
}

/// Inverse hyperbolic tangent.
pub(super) fn arctanh(x: Value<'_>) -> Value<'_> {
    instruction(x, "atanh", inverse::arctanh)
}

/// Hyperbolic sine: `sinh(x) cos(y) + i cosh(x) sin(y)`.
pub(super) fn complex_sinh(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let parts = Parts::new(x, y);
    // A zero part stays zero, whatever becomes of the other.
    let re = (x.equals(0) & parts.angle_is_lost).select(x, parts.sinh_cos);
    let im = y.equals(0).select(y, parts.cosh_sin);
    parts.keep_infinite(x, re).complex(im)
}

/// Hyperbolic cosine: `cosh(x) cos(y) + i sinh(x) sin(y)`.
pub(super) fn complex_cosh(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let parts = Parts::new(x, y);
    // Of the sine of a zero or of any angle.
    let sign = float::copysign(x.like(1), x) * float::copysign(x.like(1), parts.sin);
    let zero = parts.angle_is_lost.select(x.like(0), x.is_nan().select(y, float::copysign(x.like(0), sign)));
    let im = (x.equals(0) | y.equals(0)).select(zero, parts.sinh_sin);
    parts.keep_infinite(x, parts.cosh_cos).complex(im)
}

/// Products of hyperbolic functions of one part and trigonometric functions of the other.
struct Parts<'b> {
    sinh_cos: Value<'b>,
    cosh_sin: Value<'b>,
    cosh_cos: Value<'b>,
    sinh_sin: Value<'b>,
    sin: Value<'b>,
    /// Where the angle is infinite or NaN, so that it has no sine.
    angle_is_lost: Value<'b>,
}

impl<'b> Parts<'b> {
    fn new(x: Value<'b>, y: Value<'b>) -> Parts<'b> {
        let bound = float::overflow_bound(x.dtype());
        let (sin, cos) = (y.unary("sine"), y.unary("cosine"));
        let large = x.abs().above(bound);
        // Both functions are exp(|x|)/2 there; the exponential is taken in two factors.
        let factor = (x.abs() - bound).exp() * 0.5;
        let rest = x.like(bound).exp();
        let even = |other: Value<'b>| large.select(factor * other * rest, cosh(x) * other);
        let odd = |other: Value<'b>| {
            let size = factor * other * rest;
            large.select(x.below(0).select(-size, size), sinh(x) * other)
        };
        let angle_is_lost = y.is_nan() | y.is_inf();
        Parts { sinh_cos: odd(cos), cosh_sin: even(sin), cosh_cos: even(cos), sinh_sin: odd(sin), sin, angle_is_lost }
    }

    /// The real part, infinite if `x` is, even where the angle is lost.
    fn keep_infinite(&self, x: Value<'b>, re: Value<'b>) -> Value<'b> {
        (self.angle_is_lost & x.is_inf()).select(x.like(f64::INFINITY), re)
    }
}

/// Hyperbolic tangent.
///
/// **Source**: W. Kahan, Branch Cuts for Complex Elementary Functions, 1987, procedure `CTANH`.
pub(super) fn complex_tanh(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let (sin, cos) = (y.unary("sine"), y.unary("cosine"));
    let (s, c) = (sinh(x), cosh(x));
    // The denominator is a sum of squares, so nothing cancels.
    let denominator = s * s + cos * cos;
    // Here the squares lose all of the cosine and soon overflow.
    let large = x.abs().above(match Precision::of(x.dtype()) {
        Precision::Single => 11.0,
        Precision::Double => 22.0,
    });
    let decay = (x.abs() * -1.0).exp();
    let one = float::copysign(x.like(1), x);
    let vanishing = sin * cos * 4.0 * decay * decay;
    // The sign of the vanishing part stays where an infinite angle has none.
    let vanishing = x.is_inf().select(float::copysign(x.like(0), (sin * cos).is_nan().select(y, sin * cos)), vanishing);
    // Of an angle that is infinite or NaN nothing is known, unless the other part is infinite.
    let of_large = (sin.is_nan() & !x.is_inf()).select(x.like(f64::NAN), one);
    let re = large.select(of_large, s * c / denominator);
    let im = large.select(vanishing, sin * cos / denominator);
    let re = x.equals(0).select(x, re);
    let im = y.equals(0).select(y, im);
    re.complex(im)
}

/// Sine, which is the hyperbolic sine along the other axis.
pub(super) fn complex_sin(z: Value<'_>) -> Value<'_> {
    turned(z, complex_sinh)
}

/// `sin(πz) / (πz)`, and 1 at zero.
pub(super) fn complex_sinc(z: Value<'_>) -> Value<'_> {
    let angle = complex::multiply(z.real().like(consts::PI).complex(0.0), z);
    let quotient = complex::divide(complex_sin(angle), angle);
    let one = angle.real().like(1).complex(0.0);
    complex::equal(angle, angle.like(0)).select(one, quotient)
}

/// Cosine: the hyperbolic cosine of `iz`.
pub(super) fn complex_cos(z: Value<'_>) -> Value<'_> {
    complex_cosh((-z.imag()).complex(z.real()))
}

/// Tangent, which is the hyperbolic tangent along the other axis.
pub(super) fn complex_tan(z: Value<'_>) -> Value<'_> {
    turned(z, complex_tanh)
}
