//! The cube root. Knows floats of 32 and 64 bits only.

use hloom_ir::DType;

use crate::value::Value;

use super::float;

/// The cube root, within a unit in the last place.
///
/// A third of the exponent is a guess of five bits; a polynomial makes 23 bits of it, and a step of Newton's all of them. Compilers
/// call the C library instead, for each element.
///
/// **Source**: [`s_cbrt.c`](https://cgit.freebsd.org/src/tree/lib/msun/src/s_cbrt.c) of FreeBSD.
pub(super) fn cbrt(x: Value<'_>) -> Value<'_> {
    if !x.builder().module().target().is_cpu() {
        return x.unary("cbrt");
    }
    if x.dtype() == DType::F32 {
        return of_double(float::doubled(x)).convert(DType::F32);
    }
    of_double(x)
}

fn of_double(x: Value<'_>) -> Value<'_> {
    // What is added to a third of the upper half of the bits.
    const BIAS: i64 = 715_094_163;
    let bits = float::bits(x.abs());
    // A denormal number is its bits times 2^-1074, of which the cube root is 2^-358.
    let is_denormal = float::is_below_normal(x);
    let size = is_denormal.select(bits.convert(DType::F64), x.abs());

    let upper = float::bits(size).binary("shift-right-logical", 32).convert(DType::I32);
    let guess = ((upper / 3).convert(DType::I64) + BIAS).binary("shift-left", 32).bitcast(DType::F64);
    let ratio = guess * guess * (guess / size);
    let factor = float::polynomial(
        ratio,
        &[
            1.875_951_824_271_77,
            -1.884_979_795_433_771_7,
            1.621_429_720_105_354_5,
            -0.758_397_934_778_766,
            0.145_996_192_886_612_45,
        ],
    );
    // The square of 23 bits is exact.
    let rounded = float::bits(guess * factor) + (1 << 31);
    let root = (rounded & !((1 << 30) - 1)).bitcast(DType::F64);
    let quotient = size / (root * root);
    let root = root + root * ((quotient - root) / (root * 2.0 + quotient));

    let root = is_denormal.select(root * 2f64.powi(-358), root);
    let is_its_own = bits.equals(0) | x.is_nan() | x.is_inf();
    is_its_own.select(x, float::copysign(root, x))
}
