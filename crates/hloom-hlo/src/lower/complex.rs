//! Arithmetic, order, exponentials, logarithms and inverse functions of complex numbers, by parts.
//!
//! HLO has instructions for some of these; they differ from NumPy at infinities and zeros or lose
//! digits, and for others the plugin aborts. Knows complex numbers only.

use std::f64::consts;

use hloom_ir::{DType, Literal};

use crate::value::Value;

use super::arctangent::arctan2;
use super::float::{self, Precision};

/// A function that is another one along the other axis: `-i f(iz)` for an odd `f` that commutes with
/// conjugation, which swaps the parts before and after.
pub(super) fn turned<'b>(z: Value<'b>, f: fn(Value<'b>) -> Value<'b>) -> Value<'b> {
    let result = f(z.imag().complex(z.real()));
    result.imag().complex(result.real())
}

/// The magnitude.
pub(super) fn abs(z: Value<'_>) -> Value<'_> {
    float::hypot(z.real(), z.imag())
}

/// `z / |z|`; 0 of 0.
pub(super) fn sign<'b>(z: Value<'b>) -> Value<'b> {
    let (x, y) = (z.real(), z.imag());
    let size = abs(z);
    let zero = size.equals(0);
    let part = |part: Value<'b>, other: Value<'b>| {
        // Beside an infinite part a finite one vanishes; two infinite ones have no direction.
        let of_infinite = part.is_inf().select(other.is_inf().select(part.like(f64::NAN), float::sign(part)), 0);
        size.is_nan().select(size, zero.select(part.like(0), size.is_inf().select(of_infinite, part / size)))
    };
    part(x, y).complex(part(y, x))
}

/// The sum, part by part: compilers leave out a zero that is added to a complex number, whatever its sign, and a number
/// that is added and subtracted again.
///
/// **Source**: `AddOp::fold` and `SubOp::fold` in MLIR's
/// [`ComplexOps.cpp`](https://github.com/llvm/llvm-project/blob/main/mlir/lib/Dialect/Complex/IR/ComplexOps.cpp).
pub(super) fn add<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    float::add(a.real(), b.real()).complex(float::add(a.imag(), b.imag()))
}

/// The difference, part by part as [`add`].
pub(super) fn subtract<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    (a.real() - b.real()).complex(a.imag() - b.imag())
}

/// The product. Its four products are rounded each, as NumPy's are.
pub(super) fn multiply<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    let (ar, ai, br, bi) = (a.real(), a.imag(), b.real(), b.imag());
    let product = |x: Value<'b>, y: Value<'b>| (x * y).unknown();
    (product(ar, br) - product(ai, bi)).complex(product(ar, bi) + product(ai, br))
}

/// The quotient, by Smith's algorithm as NumPy has it.
///
/// NumPy's numbers on the way may be denormal where the quotient is not, and the CPU takes those for zero. They are
/// computed times a power of two, which changes no other digit.
///
/// **Source**: `@TYPE@_divide` in NumPy's
/// [`loops.c.src`](https://github.com/numpy/numpy/blob/main/numpy/_core/src/umath/loops.c.src).
pub(super) fn divide<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    let (ar, ai, br, bi) = (a.real(), a.imag(), b.real(), b.imag());
    let (br_size, bi_size) = (br.abs(), bi.abs());
    let by_zero = br_size.equals(0) & bi_size.equals(0);
    let powers = Powers::of(ar.dtype());
    // Small operands are made greater, and the quotient is scaled back.
    let a_is_small = ar.abs().max(ai.abs()).below(powers.small);
    let b_is_small = br_size.max(bi_size).below(powers.small);
    let (grown, grown_back) = (ar.like(powers.growth), ar.like(1.0 / powers.growth));
    let (a_scale, b_scale) = (a_is_small.select(grown, 1.0), b_is_small.select(grown, 1.0));
    let undo = a_is_small.select(b_is_small.select(ar.like(1), grown_back), b_scale);
    let (re, im, br, bi) = (ar * a_scale, ai * a_scale, br * b_scale, bi * b_scale);

    let by_real = br_size.at_least(bi_size);
    let (major, minor) = (by_real.select(br, bi), by_real.select(bi, br));
    // The product of a great number with a denormal ratio is not small.
    let is_steep = minor.abs().below(major.abs() * powers.steep) & !major.is_inf();
    let (up, down) =
        (is_steep.select(minor.like(powers.lift), 1.0), is_steep.select(minor.like(1.0 / powers.lift), 1.0));
    let ratio = minor * up / major;
    let denominator = major + minor * (ratio * down);
    // So is the reciprocal of a number near the greatest.
    let shrunk = denominator.abs().at_least(powers.great).select(denominator.like(1.0 / 16.0), 1.0);
    let scale = denominator.like(1) / (denominator * shrunk);
    let part = |sum: Value<'b>| sum * shrunk * scale * undo;
    let (re_ratio, im_ratio) = (re * down * ratio, im * down * ratio);
    let quotient_re = part(by_real.select(re + im_ratio, re_ratio + im));
    let quotient_im = part(by_real.select(im - re_ratio, im_ratio - re));
    by_zero.select(ar / br_size, quotient_re).complex(by_zero.select(ai / br_size, quotient_im))
}

/// Powers of two for quotients: what counts as small or great, and what it is multiplied by.
struct Powers {
    small: f64,
    growth: f64,
    great: f64,
    /// Ratios below this may be denormal, and are taken times `lift`.
    steep: f64,
    lift: f64,
}

impl Powers {
    fn of(dtype: DType) -> Powers {
        let [small, growth, great, steep, lift] = match Precision::of(dtype) {
            Precision::Single => [-40, 60, 124, -100, 24],
            Precision::Double => [-400, 500, 1020, -900, 60],
        }
        .map(|exponent| 2f64.powi(exponent));
        Powers { small, growth, great, steep, lift }
    }
}

/// One divided by the value, by Smith's algorithm as NumPy has it, with care for denormal numbers as [`divide`].
pub(super) fn reciprocal(z: Value<'_>) -> Value<'_> {
    let powers = Powers::of(z.real().dtype());
    let is_small = z.real().abs().max(z.imag().abs()).below(powers.small);
    let growth = is_small.select(z.real().like(powers.growth), 1.0);
    let (x, y) = (z.real() * growth, z.imag() * growth);
    let by_real = y.abs().at_most(x.abs());
    let (major, minor) = (by_real.select(x, y), by_real.select(y, x));
    // A quotient of a quotient would be rewritten to one by a product, which underflows.
    let ratio = by_real.select(y / x, x / y);
    let denominator = major + minor * ratio;
    let (one, part) = (x.like(1) / denominator * growth, ratio / denominator * growth);
    by_real.select(one, part).complex(-by_real.select(part, one))
}

/// Where both parts are equal.
pub(super) fn equal<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    a.real().equals(b.real()) & a.imag().equals(b.imag())
}

/// Where the first comes before: by the real part, then by the imaginary part.
pub(super) fn below<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    ordered(a, b, a.imag().below(b.imag()))
}

/// Where the first does not come after.
pub(super) fn at_most<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    ordered(a, b, a.imag().at_most(b.imag()))
}

/// Where the first does not come before.
pub(super) fn at_least<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    at_most(b, a)
}

/// A lesser real part decides unless an imaginary part is NaN, as in NumPy.
fn ordered<'b>(a: Value<'b>, b: Value<'b>, imag_decides: Value<'b>) -> Value<'b> {
    let comparable = !(a.imag().is_nan() | b.imag().is_nan());
    (a.real().below(b.real()) & comparable) | (a.real().equals(b.real()) & imag_decides)
}

/// The exponential: `exp(x) (cos(y) + i sin(y))`.
pub(super) fn exp(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let bound = float::overflow_bound(x.dtype());
    let large = x.above(bound);
    // Where the exponential overflows, its product need not, and is taken with two factors.
    let size = large.select(x - bound, x).exp();
    let rest = large.select(x.like(bound).exp(), 1.0);
    let (sin, cos) = (y.unary("sine"), y.unary("cosine"));
    let angle_is_lost = y.is_nan() | y.is_inf();
    // Infinity and zero keep their size at an angle that is not a number.
    let re = (angle_is_lost & x.is_inf()).select(x.above(0).select(x, 0), size * cos * rest);
    let im = (angle_is_lost & x.equals(f64::NEG_INFINITY)).select(float::copysign(x.like(0), y), size * sin * rest);
    re.complex(y.equals(0).select(y, im))
}

/// Two to the power of the value.
pub(super) fn exp2(z: Value<'_>) -> Value<'_> {
    exp((z.real() * consts::LN_2).complex(z.imag() * consts::LN_2))
}

/// `exp(z) - 1`, in NumPy's formula for which small arguments do not cancel.
pub(super) fn expm1(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let half_sine = (y * 0.5).unary("sine");
    let re = x.unary("exponential-minus-one") * y.unary("cosine") - half_sine * half_sine * 2.0;
    re.complex(x.exp() * y.unary("sine"))
}

/// The natural logarithm.
pub(super) fn log(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    // At the end of the range the magnitude overflows where its logarithm does not.
    let huge = x.abs().max(y.abs()).above(float::greatest(x.dtype()) * 0.5);
    let scale = huge.select(x.like(0.5), 1.0);
    let size = log_size(x * scale, y * scale) + huge.select(x.like(consts::LN_2), 0.0);
    size.complex(arctan2(y, x))
}

/// The logarithm of a magnitude, accurate also near 1.
///
/// There `log(x² + y²) / 2` loses all digits. With the greater part `1 + d` the sum is
/// `1 + (2d + d² + y²)`, and the parenthesis is summed with the rounding errors of its terms.
fn log_size<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let (major, minor) = (x.abs().max(y.abs()), x.abs().min(y.abs()));
    let d = major - 1.0;
    let (d_square, d_error) = square(d);
    let (minor_square, minor_error) = square(minor);
    let (first, first_error) = sum(d * 2.0, minor_square);
    let (second, second_error) = sum(first, d_square);
    let excess = second + (first_error + second_error + d_error + minor_error);
    let near = major.above(0.5) & major.below(1.5) & minor.below(1.5);
    near.select(excess.log1p() * 0.5, float::hypot(x, y).log())
}

/// A square and its rounding error, by splitting the factor in halves whose products are exact.
///
/// **Source**: T. J. Dekker, A floating-point technique for extending the available precision, 1971.
fn square(x: Value<'_>) -> (Value<'_>, Value<'_>) {
    let product = x * x;
    let factor = match Precision::of(x.dtype()) {
        Precision::Single => 4097.0,
        Precision::Double => 134_217_729.0,
    };
    let scaled = x * factor;
    let high = scaled - (scaled - x);
    let low = x - high;
    let error = low * low + (high * low * 2.0 + (high * high - product));
    (product, error)
}

/// A sum and its rounding error.
///
/// **Source**: D. E. Knuth, The Art of Computer Programming, volume 2, section 4.2.2, theorem B.
fn sum<'b>(a: Value<'b>, b: Value<'b>) -> (Value<'b>, Value<'b>) {
    let total = a + b;
    let b_part = total - a;
    let error = (a - (total - b_part)) + (b - b_part);
    (total, error)
}

/// The logarithm to base 2.
pub(super) fn log2(z: Value<'_>) -> Value<'_> {
    let log = log(z);
    (log.real() * consts::LOG2_E).complex(log.imag() * consts::LOG2_E)
}

/// The logarithm to base 10.
pub(super) fn log10(z: Value<'_>) -> Value<'_> {
    let log = log(z);
    (log.real() * consts::LOG10_E).complex(log.imag() * consts::LOG10_E)
}

/// `log(1 + z)`, accurate for small arguments.
pub(super) fn log1p(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    let shifted = x + 1.0;
    let small = x.abs().below(0.5) & y.abs().below(0.5);
    let near = (x * (x + 2.0) + y * y).log1p() * 0.5;
    small.select(near, log_size(shifted, y)).complex(arctan2(y, shifted))
}

/// The square root with a real part that is not negative.
pub(super) fn sqrt(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real(), z.imag());
    // Halving the argument's exponent keeps the sum of magnitude and part from overflowing.
    let large = x.abs().max(y.abs()).above(float::greatest(x.dtype()) / 4.0);
    let (xs, ys) = (large.select(x * 0.25, x), large.select(y * 0.25, y));
    let root = ((float::hypot(xs, ys) + xs.abs()) * 0.5).sqrt();
    let other = ys.abs() / (root * 2.0);
    let other = root.equals(0).select(root, other);
    let (root, other) = (large.select(root * 2.0, root), large.select(other * 2.0, other));
    let positive = !x.below(0);
    let re = positive.select(root, other);
    let im = float::copysign(positive.select(other, root), y);
    // An infinite imaginary part is stronger than NaN; an infinite real part leaves zero or infinity.
    let endless = x.is_inf() & !y.is_inf();
    let infinity = x.like(f64::INFINITY);
    let zero = y.is_nan().select(y, 0);
    let re = endless.select(x.above(0).select(infinity, zero), re);
    let im_of_endless =
        x.above(0).select(y.is_nan().select(y, float::copysign(x.like(0), y)), float::copysign(infinity, y));
    let im = endless.select(im_of_endless, im);
    y.is_inf().select(infinity, re).complex(y.is_inf().select(y, im))
}

/// The power, with NumPy's special cases: anything to the zeroth is 1, and small integer exponents are
/// repeated multiplications.
///
/// **Source**: `nc_pow` in NumPy's
/// [`funcs.inc.src`](https://github.com/numpy/numpy/blob/main/numpy/_core/src/umath/funcs.inc.src).
pub(super) fn power<'b>(a: Value<'b>, b: Value<'b>) -> Value<'b> {
    const BITS: i64 = 7;
    let (br, bi) = (b.real(), b.imag());
    let whole = bi.equals(0) & br.above(-100.0) & br.below(100.0) & br.unary("floor").equals(br);
    let count = whole.select(br.abs(), 0.0).convert(DType::I32);
    let mut product = one(a);
    let mut square = a;
    for bit in 0..BITS {
        let is_set = (count & (1i64 << bit)).differs(0);
        // The first factor is taken as it is: a product with 1 would turn infinities into NaN.
        let factor = count.below(1i64 << (bit + 1)) & (count & ((1i64 << bit) - 1)).equals(0);
        product = is_set.select(factor.select(square, multiply(product, square)), product);
        if bit + 1 < BITS {
            square = multiply(square, square);
        }
    }
    let repeated = br.below(0).select(divide(one(a), product), product);
    let general = exp(multiply(log(a), b));
    let zero = a.real().equals(0) & a.imag().equals(0);
    let nan = a.real().like(f64::NAN);
    let of_zero = br.above(0);
    let of_zero = of_zero.select(a.real().like(0), nan).complex(of_zero.select(a.real().like(0), nan));
    let general = whole.select(repeated, zero.select(of_zero, general));
    let general = (zero & !br.above(0)).select(of_zero, general);
    (br.equals(0) & bi.equals(0)).select(one(a), general)
}

fn one(z: Value<'_>) -> Value<'_> {
    z.literal_like(Literal::one(z.dtype()))
}

/// What inverse sine and cosine are made of, for the first quadrant.
struct Inverse<'b> {
    /// The tangent of the inverse sine is the real part over this.
    adjacent: Value<'b>,
    /// The size of the imaginary part.
    imag: Value<'b>,
}

/// **Source**: T. E. Hull, T. F. Fairgrieve, P. T. P. Tang, Implementing the complex arcsine and
/// arccosine functions using exception handling, 1997.
fn inverse(z: Value<'_>) -> Inverse<'_> {
    let (x, y) = (z.real().abs(), z.imag().abs());
    let (plus, minus) = (x + 1.0, x - 1.0);
    let (r, s) = (float::hypot(plus, y), float::hypot(minus, y));
    let a = (r + s) * 0.5;
    let square = y * y;
    let inside = x.at_most(1.0);
    let half_sum = (a + x) * 0.5;
    let near_plus = r + plus;

    let inner = (half_sum * (square / near_plus + (s - minus))).sqrt();
    let outer = y * (half_sum / near_plus + half_sum / (s + minus)).sqrt();
    // Beyond the root of the greatest number squares overflow, and y alone is left.
    let huge = x.max(y).above(float::greatest(x.dtype()).sqrt() / 8.0);
    let adjacent = huge.select(y, inside.select(inner, outer));
    // The angle of a number on the imaginary axis is known even if its size is not.
    let adjacent = (x.equals(0) & y.is_nan()).select(x.like(1), adjacent);

    let excess_inside = (square / near_plus + square / (s - minus)) * 0.5;
    let excess_outside = (square / near_plus + (s + minus)) * 0.5;
    let excess = a.at_most(1.5).select(x.below(1.0).select(excess_inside, excess_outside), a - 1.0);
    let imag = (excess + (excess * (a + 1.0)).sqrt()).log1p();
    // Squares of the smallest numbers vanish; the imaginary part is then proportional to y.
    let tiny = y.below(float::smallest(x.dtype()).sqrt() * 8.0) & x.below(1.0);
    let imag = tiny.select(y / (-(plus * minus)).sqrt(), imag);
    let imag = huge.select(float::hypot(x * 0.5, y * 0.5).log() + 2.0 * consts::LN_2, imag);
    Inverse { adjacent, imag }
}

/// Inverse sine.
pub(super) fn arcsin(z: Value<'_>) -> Value<'_> {
    let parts = inverse(z);
    arctan2(z.real(), parts.adjacent).complex(float::copysign(parts.imag, z.imag()))
}

/// Inverse cosine.
pub(super) fn arccos(z: Value<'_>) -> Value<'_> {
    let parts = inverse(z);
    arctan2(parts.adjacent, z.real()).complex(float::copysign(parts.imag, -z.imag()))
}

/// Inverse hyperbolic sine, which is the inverse sine along the other axis.
pub(super) fn arcsinh(z: Value<'_>) -> Value<'_> {
    turned(z, arcsin)
}

/// Inverse hyperbolic cosine: the inverse cosine turned so that its real part is not negative.
pub(super) fn arccosh(z: Value<'_>) -> Value<'_> {
    let parts = inverse(z);
    parts.imag.complex(float::copysign(arctan2(parts.adjacent, z.real()), z.imag()))
}

/// Inverse tangent, which is the inverse hyperbolic tangent along the other axis.
pub(super) fn arctan(z: Value<'_>) -> Value<'_> {
    turned(z, arctanh)
}

/// Inverse hyperbolic tangent.
///
/// **Source**: W. Kahan, Branch Cuts for Complex Elementary Functions, 1987, procedure `CATANH`.
pub(super) fn arctanh(z: Value<'_>) -> Value<'_> {
    let (x, y) = (z.real().abs(), z.imag().abs());
    let bound = float::greatest(x.dtype()).sqrt() / 8.0;
    let huge = x.above(bound) | y.above(bound);
    let minus = x.like(1) - x;
    let square = y * y;
    let re = (x * 4.0 / (minus * minus + square)).log1p() * 0.25;
    // At 1 the square of a small imaginary part vanishes, and the logarithm is that of its quotient.
    let pole = minus.equals(0) & y.below(float::epsilon(x.dtype()));
    let re = pole.select((y * 0.5).log() * -0.5, re);
    // Far away the function is the reciprocal, whose real part is x over the square of the size.
    let far = reciprocal((x * 0.5).complex(y * 0.5)).real() * 0.5;
    let on_axis = x.equals(0) | x.is_inf() | y.is_inf();
    let re = on_axis.select(x.like(0), huge.select(far, re));
    let angle = arctan2(y * 2.0, minus * (x + 1.0) - square) * 0.5;
    let angle =
        y.is_inf().select(y.like(consts::FRAC_PI_2), (huge & !z.is_nan()).select(x.like(consts::FRAC_PI_2), angle));
    let zero = y.equals(0) & x.below(1.0);
    let angle = zero.select(y, angle);
    float::copysign(re, z.real()).complex(float::copysign(angle, z.imag()))
}
