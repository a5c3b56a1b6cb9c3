//! Window functions: weights that fall off towards both ends.

use std::f64::consts::PI;

use hloom_ir::{Binary, DType, Literal, NodeId, Shape, Type, Unary, Weak};

use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, NdArray, Result};

macro_rules! windows {
    ($($name:ident ($formula:ident) $meaning:literal, $example:literal, $result:literal;)*) => { $(
        #[doc = $meaning]
        ///
        /// **Shapes**: to `[m]`; no elements for `m` below 1, and `[1.]` for 1.
        /// **Dtypes**: to float64.
        ///
        /// # Errors
        /// The result is in error: `TypeError` for a complex number, `ValueError` for NaN and for an array that is too big.
        ///
        /// # Examples
        /// ```
        #[doc = concat!("let w = hloom::", stringify!($name), "(", $example, ");")]
        #[doc = concat!("assert_eq!(w.to_string(), \"", $result, "\");")]
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name(m: impl Into<Weak>) -> NdArray {
            let m = m.into();
            Call::named(stringify!($name)).record(|builder| window(builder, m, $formula))
        }
    )* };
}

windows! {
    bartlett (triangle) "The Bartlett window: a triangle that begins and ends with 0.", "5", "[0.  0.5 1.  0.5 0. ]";
    blackman (three_cosines) "The Blackman window, of three terms of cosines.", "3",
        "[-1.38777878e-17  1.00000000e+00 -1.38777878e-17]";
    hamming (raised_cosine) "The Hamming window: a cosine raised so that its ends are 0.08.", "3", "[0.08 1.   0.08]";
    hanning (cosine) "The Hann window: a cosine that begins and ends with 0.", "5", "[0.  0.5 1.  0.5 0. ]";
}

/// The Kaiser window, of Bessel functions. The greater `beta`, the narrower it is; with 0 it is 1 throughout.
///
/// **Shapes**: to `[m]`; `beta` is 0-d.
/// **Dtypes**: to float64.
///
/// # Errors
/// The result is in error: `TypeError` for a complex number, `ValueError` for NaN, for an array that is too big and for a
/// `beta` that has axes.
///
/// # Examples
/// ```
/// assert_eq!(hloom::kaiser(3, 0.0).to_string(), "[1. 1. 1.]");
/// assert_eq!(hloom::kaiser(3, 14).to_string(), "[7.72686684e-06 1.00000000e+00 7.72686684e-06]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.kaiser.html>
#[track_caller]
pub fn kaiser<'a>(m: impl Into<Weak>, beta: impl IntoOperand<'a>) -> NdArray {
    let (m, beta) = (m.into(), beta.into_operand());
    Call::of("kaiser", &beta).record(|builder| {
        let m = real(m)?;
        let beta = builder.operand(&beta)?;
        let ty = builder.ty(beta)?.clone();
        Unary::I0.resolve(ty.dtype.into())?;
        if !ty.shape.is_empty() {
            return Err(Error::value("setting an array element with a sequence."));
        }
        if m == 1.0 {
            return builder.full(Literal::new(1.0), &Shape::from([1]));
        }
        let beta = builder.convert(beta, DType::F64)?;
        let places = counted(builder, m)?;
        let (middle, one) = (builder.constant(Literal::new((m - 1.0) / 2.0)), builder.constant(Literal::new(1.0)));
        let distance = builder.apply(Binary::Subtract, places, middle)?;
        let ratio = builder.apply(Binary::Divide, distance, middle)?;
        let square = builder.op(Unary::Square, &[ratio])?;
        let rest = builder.apply(Binary::Subtract, one, square)?;
        let root = builder.op(Unary::Sqrt, &[rest])?;
        let at = builder.apply(Binary::Multiply, beta, root)?;
        let (value, greatest) = (builder.op(Unary::I0, &[at])?, builder.op(Unary::I0, &[beta])?);
        builder.apply(Binary::Divide, value, greatest)
    })
}

/// A window of a formula of `n`, which goes from `1 - m` to `m - 1` in steps of 2, and of `m - 1`.
fn window(
    builder: &mut Builder<'_>,
    m: Weak,
    formula: fn(&mut Builder<'_>, NodeId, NodeId) -> Result<NodeId>,
) -> Result<NodeId> {
    let m = real(m)?;
    if m == 1.0 {
        return builder.full(Literal::new(1.0), &Shape::from([1]));
    }
    // The last of those that are before `m`.
    let places = counted(builder, if m < 1.0 { 0.0 } else { m - 0.5 })?;
    let (two, first) = (builder.constant(Literal::new(2.0)), builder.constant(Literal::new(1.0 - m)));
    let n = builder.apply(Binary::Multiply, places, two)?;
    let n = builder.apply(Binary::Add, n, first)?;
    let last = builder.constant(Literal::new(m - 1.0));
    formula(builder, n, last)
}

fn triangle(builder: &mut Builder<'_>, n: NodeId, last: NodeId) -> Result<NodeId> {
    let (zero, one) = (builder.constant(Literal::new(0.0)), builder.constant(Literal::new(1.0)));
    let slope = builder.apply(Binary::Divide, n, last)?;
    let (up, down) = (builder.apply(Binary::Add, one, slope)?, builder.apply(Binary::Subtract, one, slope)?);
    let is_before = builder.apply(Binary::LessEqual, n, zero)?;
    builder.select(is_before, up, down)
}

fn three_cosines(builder: &mut Builder<'_>, n: NodeId, last: NodeId) -> Result<NodeId> {
    let base = builder.constant(Literal::new(0.42));
    let first = weighted_cosine(builder, 0.5, PI, n, last)?;
    let second = weighted_cosine(builder, 0.08, 2.0 * PI, n, last)?;
    let sum = builder.apply(Binary::Add, base, first)?;
    builder.apply(Binary::Add, sum, second)
}

fn raised_cosine(builder: &mut Builder<'_>, n: NodeId, last: NodeId) -> Result<NodeId> {
    let base = builder.constant(Literal::new(0.54));
    let cosine = weighted_cosine(builder, 0.46, PI, n, last)?;
    builder.apply(Binary::Add, base, cosine)
}

fn cosine(builder: &mut Builder<'_>, n: NodeId, last: NodeId) -> Result<NodeId> {
    let base = builder.constant(Literal::new(0.5));
    let cosine = weighted_cosine(builder, 0.5, PI, n, last)?;
    builder.apply(Binary::Add, base, cosine)
}

/// `weight * cos(frequency * n / last)`.
fn weighted_cosine(builder: &mut Builder<'_>, weight: f64, frequency: f64, n: NodeId, last: NodeId) -> Result<NodeId> {
    let (weight, frequency) = (builder.constant(Literal::new(weight)), builder.constant(Literal::new(frequency)));
    let product = builder.apply(Binary::Multiply, frequency, n)?;
    let angle = builder.apply(Binary::Divide, product, last)?;
    let cosine = builder.op(Unary::Cos, &[angle])?;
    builder.apply(Binary::Multiply, weight, cosine)
}

/// The whole numbers from 0 to before a bound, as float64.
fn counted(builder: &mut Builder<'_>, bound: f64) -> Result<NodeId> {
    let len = bound.max(0.0).ceil() as usize;
    builder.iota(Type { dtype: DType::F64, shape: Shape::from([len]).checked()? }, 0)
}

/// The size of a window as the number that NumPy makes of it.
fn real(m: Weak) -> Result<f64> {
    match m {
        Weak::Complex(value) => Err(Error::type_(format!("expected a real number of weights, got {value}"))),
        number if number.real().is_nan() => Err(Error::value("arange: cannot compute length")),
        number => Ok(number.real()),
    }
}
