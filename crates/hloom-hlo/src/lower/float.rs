//! Functions of real floats that HLO has no instruction for, or one of another meaning. Knows real
//! floats only.

use std::f64::consts;

use hloom_ir::{DType, Kind, Literal};

use crate::types::int;
use crate::value::Value;

/// Computes in float32 what half precision would lose digits in, and rounds once, as NumPy does.
pub(super) fn widened<'b, const N: usize>(
    operands: [Value<'b>; N],
    f: impl FnOnce([Value<'b>; N]) -> Value<'b>,
) -> Value<'b> {
    match operands.first().map(|operand| operand.dtype()).filter(|dtype| dtype.is_half()) {
        Some(dtype) => f(operands.map(|x| x.convert(dtype.wide()))).convert(dtype),
        None => f(operands),
    }
}

/// What formulas are computed in, which have constants for each.
pub(super) enum Precision {
    Single,
    Double,
}

impl Precision {
    /// The precision of the formulas for a dtype, or for the parts of a complex one.
    pub(super) const fn of(dtype: DType) -> Precision {
        match dtype {
            DType::F16 | DType::BF16 | DType::F32 | DType::C64 => Precision::Single,
            DType::F64 | DType::C128 => Precision::Double,
            // Formulas of floats are given no integers.
            DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => Precision::Double,
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => Precision::Double,
        }
    }
}

/// How a float dtype lies in memory.
struct Layout {
    /// The signed integer of the same width.
    int: DType,
    /// The number of stored bits of the significand.
    mantissa_bits: i64,
    /// What is added to the exponent; the greatest exponent too.
    bias: i64,
}

impl Layout {
    /// The layout of IEEE 754 for a size and a significand: what they leave but for the sign is the exponent.
    fn of(dtype: DType) -> Layout {
        let mantissa_bits = i64::from(dtype.mantissa_bits());
        let exponent_bits = int(8 * dtype.real().size()) - 1 - mantissa_bits;
        let signed = DType::of(Kind::Signed, dtype.size()).unwrap_or(dtype);
        Layout { int: signed, mantissa_bits, bias: (1 << (exponent_bits - 1)) - 1 }
    }

    /// The bits of positive infinity, which are those of the exponent.
    const fn infinity(&self) -> i64 {
        (2 * self.bias + 1) << self.mantissa_bits
    }

    /// The bits of the significand.
    const fn mantissa(&self) -> i64 {
        (1 << self.mantissa_bits) - 1
    }

    /// Every bit but the sign.
    const fn magnitude(&self) -> i64 {
        self.infinity() | self.mantissa()
    }
}

/// The greatest finite number of float32 or float64.
pub(super) fn greatest(dtype: DType) -> f64 {
    match Precision::of(dtype) {
        Precision::Single => f64::from(f32::MAX),
        Precision::Double => f64::MAX,
    }
}

/// The smallest positive normal number of float32 or float64.
pub(super) fn smallest(dtype: DType) -> f64 {
    match Precision::of(dtype) {
        Precision::Single => f64::from(f32::MIN_POSITIVE),
        Precision::Double => f64::MIN_POSITIVE,
    }
}

/// The distance from 1 to the next number of float32 or float64.
pub(super) fn epsilon(dtype: DType) -> f64 {
    match Precision::of(dtype) {
        Precision::Single => f64::from(f32::EPSILON),
        Precision::Double => f64::EPSILON,
    }
}

/// From here on `exp(x)` overflows although its product with a sine or cosine need not.
pub(super) fn overflow_bound(dtype: DType) -> f64 {
    match Precision::of(dtype) {
        Precision::Single => 88.0,
        Precision::Double => 709.0,
    }
}

/// Whether NumPy computes a dtype by functions of its own, where it has C's and the processor's for others.
pub(super) const fn is_by_numpy(dtype: DType) -> bool {
    dtype.is_half() && dtype.is_in_numpy()
}

/// The bits as a signed integer.
pub(super) fn bits(x: Value<'_>) -> Value<'_> {
    x.bitcast(Layout::of(x.dtype()).int)
}

/// Integers in the order of the numbers, NaN at both ends. Negative numbers are in the reverse order of their bits.
pub(super) fn rank(x: Value<'_>) -> Value<'_> {
    let bits = bits(x);
    bits ^ (bits.below(0).select(bits.like(Layout::of(x.dtype()).magnitude()), 0))
}

/// Where an integer is the [`rank`] of NaN.
pub(super) fn rank_is_nan(rank: Value<'_>, dtype: DType) -> Value<'_> {
    let infinity = Layout::of(dtype).infinity();
    rank.above(infinity) | rank.below(!infinity)
}

/// The number of a [`rank`].
pub(super) fn of_rank(rank: Value<'_>, dtype: DType) -> Value<'_> {
    (rank ^ (rank.below(0).select(rank.like(Layout::of(dtype).magnitude()), 0))).bitcast(dtype)
}

/// The number two to the power of an exponent in the range of normal numbers, given as an integer.
fn power_of_two<'b>(exponent: Value<'b>, dtype: DType) -> Value<'b> {
    let layout = Layout::of(dtype);
    (exponent + layout.bias).binary("shift-left", layout.mantissa_bits).bitcast(dtype)
}

/// Where the sign bit is set.
pub(super) fn signbit(x: Value<'_>) -> Value<'_> {
    bits(x).below(0)
}

/// -1, 0 or 1; NaN stays. Negative zero gives zero as in NumPy.
pub(super) fn sign(x: Value<'_>) -> Value<'_> {
    x.equals(0).select(x.like(0), x.unary("sign"))
}

/// The value without its fraction, with its sign.
pub(super) fn trunc(x: Value<'_>) -> Value<'_> {
    x.below(0).select(x.unary("ceil"), x.unary("floor"))
}

/// The magnitude of the first with the sign of the second.
pub(super) fn copysign<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let magnitude = Layout::of(x.dtype()).magnitude();
    (bits(x) & magnitude | bits(y) & !magnitude).bitcast(x.dtype())
}

/// The next number after the first towards the second, on the bits: in their order the neighbours of a
/// number are one apart.
pub(super) fn nextafter<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let layout = Layout::of(x.dtype());
    let (x_bits, y_bits) = (bits(x), bits(y));
    // Numbers ascend with their ranks; both zeros have rank 0.
    let rank = |of: Value<'b>| of.below(0).select(-(of & layout.magnitude()), of);
    let (from, to) = (rank(x_bits), rank(y_bits));
    let next = from.below(to).select(from + 1, from - 1);
    let sign_of_zero = x_bits & !layout.magnitude();
    let negative = -next | !layout.magnitude();
    let moved = next.equals(0).select(sign_of_zero, next.below(0).select(negative, next));
    // Of equal operands C returns the second, NumPy's own function the first.
    let equal = if is_by_numpy(x.dtype()) { x_bits } else { y_bits };
    let result = from.equals(to).select(equal, moved).bitcast(x.dtype());
    let is_nan =
        (x_bits & layout.magnitude()).above(layout.infinity()) | (y_bits & layout.magnitude()).above(layout.infinity());
    is_nan.select(x + y, result)
}

/// The distance to the next number away from zero, with the sign of the number: to infinity from the greatest, and
/// the least number of all at either zero. NumPy's own function, for float16, takes the next number upwards instead.
pub(super) fn spacing(x: Value<'_>) -> Value<'_> {
    let (layout, is_upwards) = (Layout::of(x.dtype()), is_by_numpy(x.dtype()));
    let x_bits = bits(x);
    let size = x_bits & layout.magnitude();
    let exponent = size.binary("shift-right-logical", layout.mantissa_bits);
    // Upwards from a negative power of two numbers lie closer than away from zero.
    let is_boundary = x_bits.below(0) & (size & layout.mantissa()).equals(0);
    let exponent = if is_upwards { is_boundary.select(exponent - 1, exponent) } else { exponent };
    let exponent = exponent.max(1);
    let normal = (exponent - layout.mantissa_bits).binary("shift-left", layout.mantissa_bits);
    let subnormal = exponent.like(1).binary("shift-left", exponent - 1);
    let spacing = exponent.above(layout.mantissa_bits).select(normal, subnormal);
    let last = if is_upwards { x_bits } else { size };
    let spacing = last.equals(layout.infinity() - 1).select(spacing.like(layout.infinity()), spacing);
    let sign = x_bits & !layout.magnitude();
    let signed = if is_upwards { spacing } else { size.equals(0).select(spacing, spacing | sign) };
    size.at_least(layout.infinity()).select(x.like(f64::NAN), signed.bitcast(x.dtype()))
}

/// `sin(πx) / (πx)`, and 1 at zero. The angle is rounded to the dtype, as NumPy rounds it.
pub(super) fn sinc(x: Value<'_>) -> Value<'_> {
    let angle = x * consts::PI;
    let sine = widened([angle], |[angle]| angle.unary("sine"));
    angle.equals(0).select(angle.like(1), sine / angle)
}

/// 0 below zero, 1 above, the second at zero.
pub(super) fn heaviside<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let step = x.below(0).select(x.like(0), 1);
    x.is_nan().select(x, x.equals(0).select(y, step))
}

/// Two to the power of the value, exact for integers: the integer part goes into the exponent's bits.
pub(super) fn exp2(x: Value<'_>) -> Value<'_> {
    let layout = Layout::of(x.dtype());
    // Beyond these bounds the result overflows or vanishes, and within them each half of the exponent
    // belongs to a normal number.
    let bound = (2 * (layout.bias - 1)) as f64;
    let bounded = x.max(-bound).min(bound);
    let whole = bounded.unary("round-nearest-even");
    let exponent = whole.convert(layout.int);
    let half = exponent.binary("shift-right-arithmetic", 1);
    let fraction = ((bounded - whole) * consts::LN_2).exp();
    fraction * power_of_two(half, x.dtype()) * power_of_two(exponent - half, x.dtype())
}

/// The length of the hypotenuse, without overflow or underflow on the way.
///
/// The greater side is scaled by a power of two, which is exact, into [1, 4).
pub(super) fn hypot<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let dtype = x.dtype();
    if let Precision::Single = Precision::of(dtype) {
        // Squares of float32 neither overflow nor round in float64.
        let (x_wide, y_wide) = (x.convert(DType::F64), y.convert(DType::F64));
        let length = (x_wide * x_wide + y_wide * y_wide).sqrt().convert(dtype);
        return (x.is_inf() | y.is_inf()).select(x.like(f64::INFINITY), length);
    }
    let layout = Layout::of(dtype);
    let (x_size, y_size) = (x.abs(), y.abs());
    let exponent = bits(x_size.max(y_size)).binary("shift-right-logical", layout.mantissa_bits);
    let scale = (-exponent + 2 * layout.bias).max(1).min(2 * layout.bias - 1) - layout.bias;
    let (down, up) = (power_of_two(scale, dtype), power_of_two(-scale, dtype));
    let (x_scaled, y_scaled) = (x_size * down, y_size * down);
    let length = (x_scaled * x_scaled + y_scaled * y_scaled).sqrt() * up;
    (x_size.is_inf() | y_size.is_inf()).select(x.like(f64::INFINITY), length)
}

/// The quotient rounded down, as NumPy takes it from the exact remainder.
///
/// **Source**: `npy_divmod` in NumPy's
/// [`npy_math_internal.h.src`](https://github.com/numpy/numpy/blob/main/numpy/_core/src/npymath/npy_math_internal.h.src).
pub(super) fn floor_divide<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let ratio = x / y;
    let truncated = x.binary("remainder", y);
    let quotient = (x - truncated) / y;
    let quotient = opposes(truncated, y).select(quotient - 1.0, quotient);
    let floor = quotient.unary("floor");
    // The quotient is an integer but for rounding, which must not take it one down.
    let nearest = (quotient - floor).above(0.5).select(floor + 1.0, floor);
    let signed = quotient.equals(0).select(copysign(x.like(0), ratio), nearest);
    y.equals(0).select(ratio, signed)
}

/// The sum of real numbers. XLA's simplifier leaves a zero of the program out, though it makes a negative zero positive.
pub(super) fn add<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let is_zero = |number: Value<'b>| number.number() == Some(Literal::zero(number.dtype()));
    let with_zero = |x: Value<'b>| x.equals(0).select(x.like(0), x);
    if x.builder().module().target().is_cpu() {
        return x + y;
    }
    match (is_zero(x), is_zero(y)) {
        (_, true) => with_zero(x),
        (true, false) => with_zero(y),
        (false, false) => x + y,
    }
}

/// The quotient, correctly rounded.
///
/// XLA's simplifier takes a product with a reciprocal for a quotient by a number or by what is broadcast, and one
/// quotient for two in a row: 49 / 49 came out as 0.9999999999999999, and (x / y) / z as infinity where only the product
/// of y and z leaves the range. NaN put in where the result is NaN anyway hides what the operands are.
///
/// **Source**: `HandleDivide` in XLA's `algebraic_simplifier.cc`.
pub(super) fn divide<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    if x.builder().module().target().is_cpu() {
        return x / y;
    }
    // A comparison of a number with itself would be known, and hide nothing.
    let divisor = if x.number().is_some() { y.hidden() } else { x.equals(x).select(y, f64::NAN) };
    x.hidden() / divisor
}

/// The power. A third one is a product, in a tenth of the time and within two units in the last place.
pub(super) fn power<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let is_three = y.number().is_some() && y.number() == y.like(3.0).number();
    // Where the compiler sees a power of two in the base, it multiplies the exponent instead: the product's rounding grows
    // with the result, to some fifty units in the last place.
    if is_three { (x * x).unknown() * x } else { x.unknown().binary("power", y) }
}

/// The remainder with the divisor's sign.
pub(super) fn remainder<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let truncated = x.binary("remainder", y);
    let shifted = opposes(truncated, y).select(truncated + y, truncated);
    let exact = truncated.equals(0) & y.differs(0);
    exact.select(copysign(x.like(0), y), shifted)
}

/// Where a remainder is not zero and has not the divisor's sign.
fn opposes<'b>(remainder: Value<'b>, divisor: Value<'b>) -> Value<'b> {
    remainder.differs(0) & (remainder.below(0) ^ divisor.below(0))
}

/// An odd function of slope 1 at zero, which is the number itself there, denormal numbers included.
pub(super) fn nearly_linear<'b>(x: Value<'b>, function: Value<'b>) -> Value<'b> {
    let small = match Precision::of(x.dtype()) {
        Precision::Single => 2f64.powi(-13),
        Precision::Double => 2f64.powi(-28),
    };
    x.abs().below(small).select(x, function)
}

/// A float32 as float64. Processors that take denormal numbers for zero do so here too, unless their bits are taken as a number.
pub(super) fn doubled(x: Value<'_>) -> Value<'_> {
    let wide = x.convert(DType::F64);
    let denormal = copysign(bits(x.abs()).convert(DType::F64) * 2f64.powi(-149), wide);
    is_below_normal(x).select(denormal, wide)
}

/// Where a number is denormal or zero, by its bits: processors that take denormal numbers for zero compare them as zero.
pub(super) fn is_below_normal(x: Value<'_>) -> Value<'_> {
    bits(x.abs()).below(1 << Layout::of(x.dtype()).mantissa_bits)
}

/// The polynomial with these coefficients, the constant one first.
pub(super) fn polynomial<'b>(x: Value<'b>, coefficients: &[f64]) -> Value<'b> {
    let highest_first = coefficients.iter().rev().copied();
    let value = highest_first.map(|coefficient| x.like(coefficient)).reduce(|sum, coefficient| sum * x + coefficient);
    value.unwrap_or_else(|| x.like(0))
}

/// The exponent as a float and the significand, in [1, 2), of a positive normal number.
pub(super) fn split(x: Value<'_>) -> (Value<'_>, Value<'_>) {
    let layout = Layout::of(x.dtype());
    let x_bits = bits(x);
    let exponent = x_bits.binary("shift-right-logical", layout.mantissa_bits) - layout.bias;
    let significand = (x_bits & layout.mantissa() | layout.bias << layout.mantissa_bits).bitcast(x.dtype());
    (exponent.convert(x.dtype()), significand)
}
