//! Formulas for real functions whose instructions some compilers have no code for: hyperbolic functions and inverse
//! functions. Knows floats of 32 and 64 bits only.
//!
//! **Source**: the identities are those of Abramowitz and Stegun, sections 4.4 to 4.6, in forms in which nothing cancels.

use std::f64::consts::LN_2;

use crate::value::Value;

use super::float::{Precision, copysign};

/// Where `exp(-x)` is lost beside `exp(x)`.
fn decayed(x: Value<'_>) -> f64 {
    match Precision::of(x.dtype()) {
        Precision::Single => 10.0,
        Precision::Double => 22.0,
    }
}

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

pub(super) fn sinh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let growth = size.unary("exponential-minus-one");
    let small = (growth + growth / (growth + 1.0)) * 0.5;
    copysign(size.above(decayed(x)).select(half_exp(size), small), x)
}

pub(super) fn cosh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let growth = size.exp();
    let small = (growth + x.like(1) / growth) * 0.5;
    size.above(decayed(x)).select(half_exp(size), small)
}

pub(super) fn arcsin(x: Value<'_>) -> Value<'_> {
    x.atan2(complement(x))
}

pub(super) fn arccos(x: Value<'_>) -> Value<'_> {
    complement(x).atan2(x)
}

/// The other short side of a right triangle whose long side is 1.
fn complement(x: Value<'_>) -> Value<'_> {
    ((x.like(1) - x) * (x + 1.0)).sqrt()
}

pub(super) fn arcsinh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    let square = size * size;
    let small = (size + square / ((square + 1.0).sqrt() + 1.0)).log1p();
    copysign(size.above(dwarfing_one(x)).select(size.log() + LN_2, small), x)
}

pub(super) fn arccosh(x: Value<'_>) -> Value<'_> {
    let excess = x - 1.0;
    let small = (excess + (excess * (excess + 2.0)).sqrt()).log1p();
    let value = x.above(dwarfing_one(x)).select(x.log() + LN_2, small);
    x.below(1).select(x.like(f64::NAN), value)
}

pub(super) fn arctanh(x: Value<'_>) -> Value<'_> {
    let size = x.abs();
    copysign((size * 2.0 / (x.like(1) - size)).log1p() * 0.5, x)
}
