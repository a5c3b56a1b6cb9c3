//! Logarithms by the exponent and the significand of a number. Knows real floats of 32 and 64 bits only.

use std::f64::consts;

use crate::value::Value;

use super::float::{self, Precision};

/// The natural logarithm.
pub(super) fn log(x: Value<'_>) -> Value<'_> {
    if is_by_formula(x) { of_positive(x, of_normal(x)) } else { x.log() }
}

/// The natural logarithm of a positive normal number.
fn of_normal(x: Value<'_>) -> Value<'_> {
    if !is_by_formula(x) {
        return x.log();
    }
    let (exponent, significand) = split_near_one(x);
    sum(exponent, significand)
}

/// `log(1 + x)`, accurate for small arguments: what the sum loses to rounding is added to its logarithm.
pub(super) fn log1p(x: Value<'_>) -> Value<'_> {
    if !is_by_formula(x) {
        return x.log1p();
    }
    let shifted = x + 1.0;
    let lost = (x - (shifted - 1.0)) / shifted;
    let logarithm = of_positive(shifted, of_normal(shifted) + lost);
    x.abs().below(2f64.powi(-54)).select(x, logarithm)
}

/// `log(exp(x) + exp(y))`, from the greater of both.
pub(super) fn logaddexp<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let rest = log1p((-(x - y).abs()).exp());
    // Infinities of one sign differ by NaN; equal operands differ by log(2).
    x.equals(y).select(x + consts::LN_2, x.max(y) + rest)
}

/// `log2(2**x + 2**y)`, from the greater of both.
pub(super) fn logaddexp2<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let rest = log1p(float::exp2(-(x - y).abs())) * consts::LOG2_E;
    x.equals(y).select(x + 1.0, x.max(y) + rest)
}

/// The logarithm to base 2, exact for powers of two.
pub(super) fn log2(x: Value<'_>) -> Value<'_> {
    let (exponent, significand) = split_near_one(x);
    of_positive(x, exponent + of_significand(significand) * consts::LOG2_E)
}

/// The logarithm to base 10, exact for powers of ten.
///
/// **Source**: [`e_log10.c`](https://www.netlib.org/fdlibm/e_log10.c), whose upper part of `log10(2)` has
/// trailing zeros so that its product with an exponent is exact.
pub(super) fn log10(x: Value<'_>) -> Value<'_> {
    let (log10_2_high, log10_2_low) = match Precision::of(x.dtype()) {
        Precision::Single => (3.010_292_053_22e-1, 7.903_415_166_8e-7),
        Precision::Double => (3.010_299_956_636_117_7e-1, 3.694_239_077_158_931e-13),
    };
    let (exponent, significand) = float::split(x);
    // The sum does not cancel if significand and exponent are on the same side of 1.
    let lower = exponent.below(0);
    let exponent = lower.select(exponent + 1.0, exponent);
    let significand = lower.select(significand * 0.5, significand);
    let low = exponent * log10_2_low + of_normal(significand) * consts::LOG10_E;
    of_positive(x, low + exponent * log10_2_high)
}

/// The exponent as a float and the significand of a positive normal number, between the root of 1/2 and that of 2.
fn split_near_one(x: Value<'_>) -> (Value<'_>, Value<'_>) {
    let (exponent, significand) = float::split(x);
    let upper = significand.above(consts::SQRT_2);
    (upper.select(exponent + 1.0, exponent), upper.select(significand * 0.5, significand))
}

/// The natural logarithm of a number near 1.
fn of_significand(x: Value<'_>) -> Value<'_> {
    if is_by_formula(x) { sum(x.like(0), x) } else { x.log() }
}

/// Whether XLA's compiler would call the C library for each element, which it does of float64 on processors.
fn is_by_formula(x: Value<'_>) -> bool {
    let is_double = match Precision::of(x.dtype()) {
        Precision::Single => false,
        Precision::Double => true,
    };
    is_double && x.builder().module().target().is_cpu()
}

/// The natural logarithm of a significand between the root of 1/2 and that of 2, times a power of two; within a unit in the
/// last place.
///
/// **Source**: [`e_log.c`](https://www.netlib.org/fdlibm/e_log.c).
fn sum<'b>(exponent: Value<'b>, significand: Value<'b>) -> Value<'b> {
    // The upper part has trailing zeros, so that its product with an exponent is exact.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let excess = significand - 1.0;
    let ratio = excess / (excess + 2.0);
    let square = ratio * ratio;
    let series = square
        * float::polynomial(
            square,
            &[
                6.666_666_666_666_735e-1,
                3.999_999_999_940_942e-1,
                2.857_142_874_366_239e-1,
                2.222_219_843_214_978_4e-1,
                1.818_357_216_161_805e-1,
                1.531_383_769_920_937_3e-1,
                1.479_819_860_511_658_6e-1,
            ],
        );
    let half_square = excess * excess * 0.5;
    let low = ratio * (half_square + series) + exponent * LN_2_LOW;
    exponent * LN_2_HIGH - (half_square - low - excess)
}

/// A logarithm of positive finite numbers, and of all others what every logarithm is. Denormal numbers count as zero.
fn of_positive<'b>(x: Value<'b>, logarithm: Value<'b>) -> Value<'b> {
    let least = float::smallest(x.dtype());
    let of_others = x.abs().below(least).select(x.like(f64::NEG_INFINITY), x.at_least(0).select(x, f64::NAN));
    (x.at_least(least) & x.below(f64::INFINITY)).select(logarithm, of_others)
}
