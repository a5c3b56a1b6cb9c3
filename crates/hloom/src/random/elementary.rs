//! Logarithms and exponentials made of sums, products and bits alone, which round as written: what is drawn with
//! them does not depend on a library of functions. Of float64 only.

use hloom_ir::{Binary, DType, NodeId, Unary};

use super::philox::with_bits;
use super::uniform::converted;
use crate::Result;
use crate::record::{Build, Builder};

/// A float64 constant.
pub(super) fn number(builder: &mut Builder<'_>, value: f64) -> NodeId {
    builder.constant_of(value, DType::F64)
}

/// An operation with a float64 constant on the right.
pub(super) fn with(builder: &mut Builder<'_>, op: Binary, x: NodeId, value: f64) -> Result<NodeId> {
    let value = number(builder, value);
    builder.apply(op, x, value)
}

/// An operation with a float64 constant on the left.
pub(super) fn number_with(builder: &mut Builder<'_>, op: Binary, value: f64, x: NodeId) -> Result<NodeId> {
    let value = number(builder, value);
    builder.apply(op, value, x)
}

/// A polynomial by Horner's rule, coefficients from the highest power.
pub(super) fn polynomial(builder: &mut Builder<'_>, x: NodeId, coefficients: &[f64]) -> Result<NodeId> {
    let mut sum = number(builder, coefficients.first().copied().unwrap_or_default());
    for &coefficient in coefficients.iter().skip(1) {
        let product = builder.apply(Binary::Multiply, sum, x)?;
        sum = with(builder, Binary::Add, product, coefficient)?;
    }
    Ok(sum)
}

/// The bits of 1.
const ONE: u64 = 0x3FF0_0000 << 32;

/// The bits of the root of 2 halved, but for the lower half of them.
const ROOT: u64 = 0x3FE6_A09E << 32;

/// The bits of the fraction.
const FRACTION: u64 = (1 << 52) - 1;

/// The logarithm of 2 in two parts, of which the upper times an exponent is exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// The coefficients of `log` of the C library fdlibm, from the highest power.
const LOG: [f64; 7] = [
    1.479_819_860_511_658_6e-1,
    1.531_383_769_920_937_3e-1,
    1.818_357_216_161_805e-1,
    2.222_219_843_214_978_4e-1,
    2.857_142_874_366_239e-1,
    3.999_999_999_940_942e-1,
    6.666_666_666_666_735e-1,
];

/// The natural logarithm of positive, normal, finite numbers, to less than one unit in the last place.
///
/// **Source**: the reduction and polynomial of fdlibm's `e_log.c`, <https://www.netlib.org/fdlibm/e_log.c>.
pub(super) fn log(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    // The number as 2^exponent times one between the root of 2 halved and the root of 2.
    let bits = builder.bitcast(x, DType::U64)?;
    let moved = with_bits(builder, Binary::Add, bits, ONE - ROOT)?;
    let exponent = with_bits(builder, Binary::RightShift, moved, 52)?;
    let exponent = converted(builder, exponent, DType::F64)?;
    let exponent = with(builder, Binary::Subtract, exponent, 1023.0)?;
    let fraction = with_bits(builder, Binary::BitwiseAnd, moved, FRACTION)?;
    let fraction = with_bits(builder, Binary::Add, fraction, ROOT)?;
    let reduced = builder.bitcast(fraction, DType::F64)?;
    let f = with(builder, Binary::Subtract, reduced, 1.0)?;

    let half = with(builder, Binary::Multiply, f, 0.5)?;
    let half_square = builder.apply(Binary::Multiply, half, f)?;
    let denominator = with(builder, Binary::Add, f, 2.0)?;
    let s = builder.apply(Binary::Divide, f, denominator)?;
    let z = builder.apply(Binary::Multiply, s, s)?;
    let series = polynomial(builder, z, &LOG)?;
    let series = builder.apply(Binary::Multiply, series, z)?;
    // exponent * upper - ((half_square - (s * (half_square + series) + exponent * lower)) - f)
    let sum = builder.apply(Binary::Add, half_square, series)?;
    let sum = builder.apply(Binary::Multiply, s, sum)?;
    let lower = with(builder, Binary::Multiply, exponent, LN_2[1])?;
    let sum = builder.apply(Binary::Add, sum, lower)?;
    let rest = builder.apply(Binary::Subtract, half_square, sum)?;
    let rest = builder.apply(Binary::Subtract, rest, f)?;
    let upper = with(builder, Binary::Multiply, exponent, LN_2[0])?;
    builder.apply(Binary::Subtract, upper, rest)
}

/// The coefficients of `exp` of fdlibm, from the highest power.
const EXP: [f64; 5] = [
    4.138_136_797_057_238_5e-8,
    -1.653_390_220_546_525_2e-6,
    6.613_756_321_437_934e-5,
    -2.777_777_777_701_559_3e-3,
    1.666_666_666_666_660_2e-1,
];

/// The exponential of numbers between -700 and 700, to less than one unit in the last place.
///
/// **Source**: the reduction and rational function of fdlibm's `e_exp.c`, <https://www.netlib.org/fdlibm/e_exp.c>.
pub(super) fn exp(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    // 2^exponent times the exponential of `upper - lower`, which is at most half of the logarithm of 2.
    let scaled = with(builder, Binary::Multiply, x, std::f64::consts::LOG2_E)?;
    let scaled = with(builder, Binary::Add, scaled, 0.5)?;
    let exponent = builder.op(Unary::Floor, &[scaled])?;
    let upper = with(builder, Binary::Multiply, exponent, LN_2[0])?;
    let upper = builder.apply(Binary::Subtract, x, upper)?;
    let lower = with(builder, Binary::Multiply, exponent, LN_2[1])?;
    let reduced = builder.apply(Binary::Subtract, upper, lower)?;
    let square = builder.apply(Binary::Multiply, reduced, reduced)?;
    let series = polynomial(builder, square, &EXP)?;
    let series = builder.apply(Binary::Multiply, series, square)?;
    let c = builder.apply(Binary::Subtract, reduced, series)?;
    // 1 - ((lower - reduced c / (2 - c)) - upper)
    let numerator = builder.apply(Binary::Multiply, reduced, c)?;
    let denominator = number_with(builder, Binary::Subtract, 2.0, c)?;
    let quotient = builder.apply(Binary::Divide, numerator, denominator)?;
    let rest = builder.apply(Binary::Subtract, lower, quotient)?;
    let rest = builder.apply(Binary::Subtract, rest, upper)?;
    let fraction = number_with(builder, Binary::Subtract, 1.0, rest)?;

    let biased = with(builder, Binary::Add, exponent, 1023.0)?;
    let biased = builder.convert(biased, DType::I32)?;
    let biased = builder.convert(biased, DType::U64)?;
    let power = with_bits(builder, Binary::LeftShift, biased, 52)?;
    let power = builder.bitcast(power, DType::F64)?;
    builder.apply(Binary::Multiply, fraction, power)
}

#[cfg(test)]
mod tests {
    use crate::NdArray;
    use crate::record::Call;

    use super::*;

    #[track_caller]
    fn check(
        function: fn(&mut Builder<'_>, NodeId) -> Result<NodeId>,
        arguments: impl Iterator<Item = f64>,
        exact: fn(f64) -> f64,
    ) {
        let arguments: Vec<f64> = arguments.collect();
        let x = NdArray::from(arguments.as_slice());
        let found = Call::named("test").record(|builder| function(builder, x.node())).to_vec::<f64>().unwrap();
        for (x, found) in arguments.into_iter().zip(found) {
            let exact = exact(x);
            let error = (found - exact).abs() / exact.abs().max(f64::MIN_POSITIVE);
            assert!(error <= 2.0 * f64::EPSILON, "{x:e}: {found:e} is not {exact:e}");
        }
    }

    #[test]
    fn logarithms_are_those_of_the_c_library() {
        let powers = (-53..60).map(|exponent| 2f64.powi(exponent));
        let others = (1..5000).flat_map(|n| [f64::from(n) / 5000.0, f64::from(n) * 3.7, f64::from(n).powi(20)]);
        check(log, powers.chain(others), f64::ln);
    }

    #[test]
    fn exponentials_are_those_of_the_c_library() {
        check(exp, (-10_000..10_000).map(|n| f64::from(n) * 0.069_7), f64::exp);
        check(exp, (0..10_000).map(|n| f64::from(n) * -0.001), f64::exp);
    }
}
