//! The angle of a point, and the inverse functions that are one. Knows floats of 32 and 64 bits only.
//!
//! XLA calls the C library for each element, which takes 4 ns for a float32 and 6 ns for a float64. These formulas are the same for
//! all elements, so that they are code for vectors: they take a sixth of that.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use hloom_ir::DType;

use crate::value::Value;

use super::float::{self, Precision, nearly_linear, polynomial};

/// The angle of the point (`x`, `y`).
pub(super) fn arctan2<'b>(y: Value<'b>, x: Value<'b>) -> Value<'b> {
    if !y.builder().module().target().is_cpu() {
        return y.atan2(x);
    }
    let size = match Precision::of(y.dtype()) {
        Precision::Single => single([float::doubled(y), float::doubled(x)]).convert(y.dtype()),
        Precision::Double => double(y, x),
    };
    float::copysign(size, y)
}

/// The inverse tangent.
pub(super) fn arctan(x: Value<'_>) -> Value<'_> {
    nearly_linear(x, arctan2(x, x.like(1)))
}

/// The inverse sine.
pub(super) fn arcsin(x: Value<'_>) -> Value<'_> {
    let angle = match Precision::of(x.dtype()) {
        Precision::Single => {
            let wide = x.convert(DType::F64);
            float::copysign(single([wide, complement(wide)]).convert(x.dtype()), x)
        }
        Precision::Double => arctan2(x, complement(x)),
    };
    nearly_linear(x, angle)
}

/// The inverse cosine.
pub(super) fn arccos(x: Value<'_>) -> Value<'_> {
    match Precision::of(x.dtype()) {
        Precision::Single => {
            let wide = x.convert(DType::F64);
            single([complement(wide), wide]).convert(x.dtype())
        }
        Precision::Double => arctan2(complement(x), x),
    }
}

/// The other short side of a right triangle whose long side is 1.
fn complement(x: Value<'_>) -> Value<'_> {
    ((x.like(1) - x) * (x + 1.0)).sqrt()
}

/// Coefficients of `arctan(t) / t` by `t * t`, to 2^-28 of it for `t` up to 1; by Remez' algorithm.
const SINGLE: [f64; 10] = [
    0.999_999_997_630_637,
    -0.333_332_836_414_966,
    0.199_982_660_368_174_2,
    -0.142_619_330_645_396_11,
    0.109_420_304_774_851_24,
    -0.083_773_149_453_693_53,
    0.057_552_093_886_337_75,
    -0.030_804_589_368_133_235,
    0.010_726_940_039_327_11,
    -0.001_753_929_280_583_417_4,
];

/// The angle of a point between 0 and π, to a little more than float32 has, of floats that are neither too great nor too small
/// for products of two.
fn single<'b>([y, x]: [Value<'b>; 2]) -> Value<'b> {
    let (rise, run) = (y.abs(), x.abs());
    let (less, more) = (rise.min(run), rise.max(run));
    let ratio = less / more.equals(0).select(more.like(1), more);
    let ratio = less.is_inf().select(less.like(1), ratio);
    let angle = ratio * polynomial(ratio * ratio, &SINGLE);
    let angle = rise.above(run).select(angle.like(FRAC_PI_2) - angle, angle);
    float::signbit(x).select(angle.like(PI) - angle, angle)
}

/// Coefficients of `(1 - arctan(t) / t) / (t * t)` by `t * t`, to 2^-51 of it for `t` up to 7/16; by Remez' algorithm.
const DOUBLE: [f64; 11] = [
    0.333_333_333_333_333_24,
    -0.199_999_999_999_880_38,
    0.142_857_142_831_947_87,
    -0.111_111_109_036_256_82,
    0.090_909_002_990_601_7,
    -0.076_920_893_577_044_51,
    0.066_632_630_527_737_27,
    -0.058_478_986_404_192_815,
    0.050_347_126_308_533_21,
    -0.037_844_092_008_264_06,
    0.017_566_905_474_521_794,
];

/// A number as the sum of a float64 and what that lacks.
struct Sum(f64, f64);

const ARCTAN_HALF: Sum = Sum(0.463_647_609_000_806_1, 2.269_877_745_296_168_7e-17);
const QUARTER: Sum = Sum(FRAC_PI_4, 3.061_616_997_868_383e-17);
const HALF: Sum = Sum(FRAC_PI_2, 6.123_233_995_736_766e-17);
const WHOLE: Sum = Sum(PI, 1.224_646_799_147_353_2e-16);

/// The angle of a point of float64 between 0 and π.
///
/// The angle from a near direction is found instead, whose tangent is at most 7/16: those of slope 0, 1/2 and 1.
fn double<'b>(y: Value<'b>, x: Value<'b>) -> Value<'b> {
    let (rise, run) = (y.abs(), x.abs());
    // Products and sums stay within the range, and denormal numbers leave it only where the ratio is none.
    let is_great = rise.max(run).at_least(2f64.powi(400));
    let scale = is_great.select(x.like(2f64.powi(-100)), 2f64.powi(500));
    let last = is_great.select(x.like(0), 2f64.powi(500 - 1074));
    let scaled = |size: Value<'b>| {
        float::is_below_normal(size).select(float::bits(size).convert(DType::F64) * last, size * scale)
    };
    let (rise_scaled, run_scaled) = (scaled(rise), scaled(run));
    let (less, more) = (rise_scaled.min(run_scaled), rise_scaled.max(run_scaled));
    let is_infinite = less.is_inf();
    let less = is_infinite.select(less.like(1), less);
    let more = (is_infinite | more.equals(0)).select(more.like(1), more);

    let is_flat = less.below(more * (7.0 / 16.0));
    let is_middling = less.below(more * (11.0 / 16.0));
    let of_three = |flat: Value<'b>, middling: Value<'b>, steep: Value<'b>| {
        is_flat.select(flat, is_middling.select(middling, steep))
    };
    let above = of_three(less, less * 2.0 - more, less - more);
    let below = of_three(more, more * 2.0 + less, more + less);
    let tangent = above / below;
    let square = tangent * tangent;
    let curve = tangent * square * polynomial(square, &DOUBLE);
    let number = |flat: f64, middling: f64, steep: f64| of_three(x.like(flat), x.like(middling), x.like(steep));
    let direction = number(0.0, ARCTAN_HALF.0, QUARTER.0);
    let rest = number(0.0, ARCTAN_HALF.1, QUARTER.1);
    let angle = direction - (curve - rest - tangent);
    let from = |Sum(sum, rest): Sum, angle: Value<'b>| angle.like(sum) - (angle - rest);
    let angle = rise_scaled.above(run_scaled).select(from(HALF, angle), angle);
    float::signbit(x).select(from(WHOLE, angle), angle)
}
