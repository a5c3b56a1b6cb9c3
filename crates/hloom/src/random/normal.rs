//! Normally distributed numbers, by the inverse of the distribution function.

use hloom_ir::{Binary, Layout, NodeId, Unary};

use super::Generator;
use super::elementary::{log, number_with, polynomial, with};
use super::philox::with_bits;
use super::size::Size;
use super::state::Source;
use super::uniform::{joined, known};
use super::words::halves;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, NdArray, Result};

impl Generator {
    /// Numbers of the normal distribution with mean 0 and standard deviation 1.
    ///
    /// A sign and 52 bits are random, so that no number is beyond 8.3. The numbers are those of the bits in the inverse
    /// of the distribution function, to a relative error of 1e-15, made of operations that round as written.
    ///
    /// **Shapes**: to the size. **Dtypes**: float64, or float32 as `size(…).dtype(float32)`: the float64 number, rounded.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for a negative extent, `TypeError` for other dtypes and keyword arguments.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::random::default_rng(42).standard_normal(100_000);
    /// assert!(x.mean(..).item::<f64>()?.abs() < 0.02);
    /// assert!((x.std(..).item::<f64>()? - 1.0).abs() < 0.02);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.standard_normal.html>;
    /// M. J. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), <https://doi.org/10.2307/2347330>, PPND16.
    #[track_caller]
    pub fn standard_normal(&mut self, size: impl Into<Size>) -> NdArray {
        self.floats("standard_normal", &size.into(), |builder, source, n, dtype| {
            let numbers = standard(builder, source, n)?;
            builder.convert(numbers, dtype)
        })
    }

    /// Numbers of the normal distribution with a mean `loc` and a standard deviation `scale`: `loc + scale * x` for `x` as of
    /// [`Generator::standard_normal`].
    ///
    /// An array of deviations is computed to look for negative ones; inside of a trace that is not found.
    ///
    /// **Shapes**: to the size, to which the arguments broadcast; with `..` to what they broadcast to. **Dtypes**: float64.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for a negative scale and for shapes that do not broadcast, `TypeError` for
    /// complex arguments.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::random::default_rng(42).normal([0.0, 100.0], 1, (5, 2));
    /// assert!(x.get((.., 1)).gt(90).all(..).truth()?);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.normal.html>
    #[track_caller]
    pub fn normal<'a, 'b>(
        &mut self,
        loc: impl IntoOperand<'a>,
        scale: impl IntoOperand<'b>,
        size: impl Into<Size>,
    ) -> NdArray {
        let arguments = [loc.into_operand(), scale.into_operand()];
        let scales = match known("normal", &arguments[1]) {
            Ok(scales) => scales.unwrap_or_default(),
            Err(error) => return Call::of("normal", &arguments).error(error),
        };
        if scales.iter().any(|scale| scale.is_sign_negative() && !scale.is_nan()) {
            return Call::of("normal", &arguments).error(Error::value("scale < 0"));
        }
        self.over("normal", &arguments, &size.into(), standard, |builder, x, [loc, scale]| {
            let part = builder.apply(Binary::Multiply, scale, x)?;
            builder.apply(Binary::Add, loc, part)
        })
    }
}

/// Numerator and denominator where the probability is between 0.075 and 0.925, coefficients from the highest power.
const CENTRAL: [[f64; 8]; 2] = [
    [
        2509.0809287301227,
        33430.57558358813,
        67265.7709270087,
        45921.95393154987,
        13731.69376550946,
        1971.5909503065513,
        133.14166789178438,
        3.3871328727963665,
    ],
    [
        5226.495278852854,
        28729.085735721943,
        39307.89580009271,
        21213.794301586597,
        5394.196021424751,
        687.1870074920579,
        42.31333070160091,
        1.0,
    ],
];

/// As [`CENTRAL`], where the probability of what is farther out is at least e^-25.
const OUTER: [[f64; 8]; 2] = [
    [
        0.0007745450142783414,
        0.022723844989269184,
        0.2417807251774506,
        1.2704582524523684,
        3.6478483247632045,
        5.769497221460691,
        4.630337846156546,
        1.4234371107496835,
    ],
    [
        1.0507500716444169e-09,
        0.0005475938084995345,
        0.015198666563616457,
        0.14810397642748008,
        0.6897673349851,
        1.6763848301838038,
        2.053191626637759,
        1.0,
    ],
];

/// As [`CENTRAL`], for what is farther out.
const OUTERMOST: [[f64; 8]; 2] = [
    [
        2.0103343992922881e-07,
        2.7115555687434876e-05,
        0.0012426609473880784,
        0.026532189526576124,
        0.29656057182850487,
        1.7848265399172913,
        5.463784911164114,
        6.657904643501103,
    ],
    [
        2.0442631033899397e-15,
        1.421511758316446e-07,
        1.8463183175100548e-05,
        0.0007868691311456133,
        0.014875361290850615,
        0.1369298809227358,
        0.599832206555888,
        1.0,
    ],
];

/// Numbers of the standard normal distribution.
pub(super) fn standard(builder: &mut Builder<'_>, source: &Source, n: usize) -> Result<NodeId> {
    let words = halves(builder, source, n)?;
    let sign = with_bits(builder, Binary::RightShift, words[0], 31)?;
    let is_negative = with_bits(builder, Binary::NotEqual, sign, 0)?;
    // In the middle of one of 2^52 equal parts of what is between 0 and 1/2: neither end, and exact.
    let bits = joined(builder, words, 1, 52)?;
    let half = with(builder, Binary::Multiply, bits, 0.5)?;
    let tail = with(builder, Binary::Add, half, 0.5f64.powi(54))?;
    let negative = builder.op(Unary::Negative, &[tail])?;
    let signed = builder.select(is_negative, negative, tail)?;
    // Written to memory, as the compiler would otherwise compute the words anew for each part of the formula.
    let signed = builder.op(Layout::Kept, &[signed])?;
    beyond(builder, signed)
}

/// The number that a standard normal one is beyond with a probability between 0 and 1/2; with the sign of that.
fn beyond(builder: &mut Builder<'_>, signed: NodeId) -> Result<NodeId> {
    let tail = builder.op(Unary::Absolute, &[signed])?;
    let q = number_with(builder, Binary::Subtract, 0.5, tail)?;
    let square = builder.apply(Binary::Multiply, q, q)?;
    let r = number_with(builder, Binary::Subtract, 0.180_625, square)?;
    let numerator = polynomial(builder, r, &CENTRAL[0])?;
    let central = [builder.apply(Binary::Multiply, numerator, q)?, polynomial(builder, r, &CENTRAL[1])?];

    let logarithm = log(builder, tail)?;
    let logarithm = builder.op(Unary::Negative, &[logarithm])?;
    let distance = builder.op(Unary::Sqrt, &[logarithm])?;
    let r = with(builder, Binary::Subtract, distance, 1.6)?;
    let outer = [polynomial(builder, r, &OUTER[0])?, polynomial(builder, r, &OUTER[1])?];
    let r = with(builder, Binary::Subtract, distance, 5.0)?;
    let outermost = [polynomial(builder, r, &OUTERMOST[0])?, polynomial(builder, r, &OUTERMOST[1])?];

    let is_outer = with(builder, Binary::LessEqual, distance, 5.0)?;
    let is_central = with(builder, Binary::LessEqual, q, 0.425)?;
    let mut parts = [central[0]; 2];
    for (idx, part) in parts.iter_mut().enumerate() {
        let outside = builder.select(is_outer, outer[idx], outermost[idx])?;
        *part = builder.select(is_central, central[idx], outside)?;
    }
    let numerator = builder.apply(Binary::Copysign, parts[0], signed)?;
    builder.apply(Binary::Divide, numerator, parts[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities, and what Python's `statistics.NormalDist().inv_cdf` has for them.
    #[rustfmt::skip]
    const TAILS: [(f64, f64); 23] = [
        (5.551115123125783e-17, -8.292361075813595),
        (1e-16, -8.222082216130435),
        (1e-14, -7.650628092935268),
        (1e-12, -7.034483825301132),
        (2e-11, -6.604077590405633),
        (1.4e-11, -6.656723091518184),
        (1.3e-11, -6.66761145651074),
        (1e-09, -5.9978070150076865),
        (1e-06, -4.753424308822899),
        (0.0001, -3.71901648545568),
        (0.01, -2.3263478740408408),
        (0.05, -1.6448536269514726),
        (0.0749, -1.4402382675279632),
        (0.075, -1.4395314709384557),
        (0.0751, -1.4388253927525398),
        (0.1, -1.2815515655446008),
        (0.2, -0.8416212335729142),
        (0.25, -0.6744897501960817),
        (0.3, -0.5244005127080407),
        (0.4, -0.2533471031357998),
        (0.49, -0.025068908258711057),
        (0.4999, -0.0002506628300880075),
        (0.49999999999999994, -1.3914582123358838e-16),
    ];

    #[test]
    fn the_inverse_is_that_of_the_distribution_function() {
        let tails = TAILS.map(|(tail, _)| tail);
        let tails = NdArray::from(tails);
        let found = Call::named("test").record(|builder| beyond(builder, tails.node())).to_vec::<f64>().unwrap();
        for ((tail, expected), found) in TAILS.into_iter().zip(found) {
            let error = (found + expected).abs() / expected.abs();
            assert!(error < 1e-15, "{tail:e}: {found:e} is not {:e}", -expected);
        }
    }
}
