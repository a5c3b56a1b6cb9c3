//! Formulas for hyperbolic functions and their inverse functions, for compilers that call the C library for each element or have no
//! code for them at all. Knows floats of 32 and 64 bits only.
//!
//! **Source**: the identities are those of Abramowitz and Stegun, sections 4.4 to 4.6, in forms in which nothing cancels.

use std::f64::consts::LN_2;

use crate::value::Value;

use super::float::{self, Precision, copysign, nearly_linear};
use super::logarithm::{log, log1p};

/// Where 1 is lost beside the square.
fn dwarfing_one(x: Value<'_>) -> f64 {
    match Precision::of(x.dtype()) {
        Precision::Single => f64::from(1u32 << 14),
        Precision::Double => f64::from(1u32 << 28),
    }
}

/// Half of the exponential, in two factors, so that it overflows no sooner than it must.
fn half_exp(x: Value<'_>) -> Value<'_> {
    let root = (x * 0.5).exp();
    root * 0.5 * root
}

/// Coefficients of `sinh(x) / x` by `x * x`: `1 / (2n + 1)!`. Up to 1 more of them change nothing.
const SINH: [f64; 10] = [
    1.0,
    1.0 / 6.0,
    1.0 / 120.0,
    1.0 / 5_040.0,
    1.0 / 362_880.0,
    1.0 / 39_916_800.0,
    1.0 / 6_227_020_800.0,
    1.0 / 1_307_674_368_000.0,
    1.0 / 355_687_428_096_000.0,
    1.0 / 121_645_100_408_832_000.0,
];

/// The hyperbolic sine of numbers up to 1.
fn sinh_near(x: Value<'_>) -> Value<'_> {
    let n_terms = match Precision::of(x.dtype()) {
        Precision::Single => 6,
        Precision::Double => SINH.len(),
    };
    x * float::polynomial(x * x, &SINH[..n_terms])
}

/// The hyperbolic tangent: up to 1 by the sine, as the cosine is the root of its square and 1.
pub(super) fn tanh(x: Value<'_>) -> Value<'_> {
    let sine = sinh_near(x);
    let near = sine / (sine * sine + 1.0).sqrt();
    let size = x.abs();
    let far = x.like(1) - x.like(2) / ((size * 2.0).exp() + 1.0);
    nearly_linear(x, size.below(1).select(near, copysign(far, x)))
}

pub(super) fn sinh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let near = sinh_near(x);
    let half = half_exp(size);
    let far = half - x.like(0.25) / half;
    nearly_linear(x, size.below(1).select(near, copysign(far, x)))
}

pub(super) fn cosh(x: Value<'_>) -> Value<'_> {
    let half = half_exp(x.abs());
    half + x.like(0.25) / half
}

pub(super) fn arcsinh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let square = size * size;
    let small = log1p(size + square / ((square + 1.0).sqrt() + 1.0));
    nearly_linear(x, copysign(size.above(dwarfing_one(x)).select(log(size) + LN_2, small), x))
}

pub(super) fn arccosh(x: Value<'_>) -> Value<'_> {
    let excess = x - 1.0;
    let small = log1p(excess + (excess * (excess + 2.0)).sqrt());
    let value = x.above(dwarfing_one(x)).select(log(x) + LN_2, small);
    x.below(1).select(x.like(f64::NAN), value)
}

pub(super) fn arctanh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    nearly_linear(x, copysign(log1p(size * 2.0 / (x.like(1) - size)) * 0.5, x))
}
