//! Polynomials as arrays of their coefficients, the highest power first.

use std::ops::RangeFull;

use hloom_ir::{AxisSet, Binary, Contraction, DType, DotDims, Layout, Literal, NodeId, Shape, Type};
use num_complex::Complex;
use smallvec::SmallVec;

use super::along::{gather, padded, part, with_leading_ones};
use super::compare::{isclose, rtol};
use super::terms::in_common_dtype;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, IntoSetting, NdArray, Result, array, s, scan};

/// The most coefficients that a program evaluates one by one. More are a loop, which reads and writes the whole array in
/// each turn.
const MAX_UNROLLED: usize = 32;

macro_rules! sums {
    ($($name:ident $op:ident $meaning:literal, $dtypes:literal, $result:literal;)*) => { $(
        #[doc = $meaning]
        ///
        /// **Shapes**: `[n]` and `[m]` to the longer of both; a number counts as `[1]`.
        #[doc = concat!("**Dtypes**: ", $dtypes, ".")]
        ///
        /// # Errors
        /// The result is in error (`ValueError`) for arrays of more axes that have not the same length.
        ///
        /// # Examples
        /// ```
        #[doc = concat!("let p = hloom::", stringify!($name), "([1, 2], [9, 5, 4]);")]
        #[doc = concat!("assert_eq!(p.to_string(), \"", $result, "\");")]
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a, 'b>(a1: impl IntoOperand<'a>, a2: impl IntoOperand<'b>) -> NdArray {
            let (a1, a2) = (a1.into_operand(), a2.into_operand());
            Call::of(stringify!($name), &[&a1, &a2]).record(|builder| {
                let (a1, a2) = (at_least_1d(builder, &a1)?, at_least_1d(builder, &a2)?);
                let (n, m) = (builder.shape(a1)?[0], builder.shape(a2)?[0]);
                let (a1, a2) = (with_zeros(builder, a1, n.max(m) - n, 0)?, with_zeros(builder, a2, n.max(m) - m, 0)?);
                builder.apply_promoted(Binary::$op, a1, a2)
            })
        }
    )* };
}

sums! {
    polyadd Add "The sum of two polynomials.", "any, to the promoted dtype", "[9 6 6]";
    polysub Subtract "The difference of two polynomials.", "any but two of bool, to the promoted dtype", "[-9 -4 -2]";
}

/// The product of two polynomials, without zeros before the first coefficient that is none.
///
/// How many there are depends on the values, so this computes the arrays. Inside a traced function
/// a convolution is the product with these zeros.
///
/// **Shapes**: `[n]` and `[m]`, less the zeros at the beginning of each, to `[n + m - 1]`.
/// **Dtypes**: any, to the promoted dtype.
///
/// # Errors
/// The result is in error: `ValueError` for arrays of more axes, `TraceError` in a traced function.
///
/// # Examples
/// ```
/// assert_eq!(hloom::polymul([1, 2, 3], [9, 5, 1]).to_string(), "[ 9 23 38 17  3]");
/// assert_eq!(hloom::polymul([0, 0, 1], [2, 3]).to_string(), "[2 3]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.polymul.html>
#[track_caller]
pub fn polymul<'a, 'b>(a1: impl IntoOperand<'a>, a2: impl IntoOperand<'b>) -> NdArray {
    let factors = [a1.into_operand().into_array(), a2.into_operand().into_array()];
    let call = Call::of("polymul", &factors);
    let mut trimmed = Vec::new();
    for factor in &factors {
        match without_leading_zeros(factor) {
            Ok(polynomial) => trimmed.push(polynomial),
            Err(error) => return call.error(error),
        }
    }
    call.record(|builder| convolved(builder, trimmed[0].node(), trimmed[1].node()))
}

/// Quotient and remainder of two polynomials. The remainder has no near-zeros before the first coefficient that is none.
///
/// How many there are depends on the values, so this computes the remainder.
///
/// **Shapes**: `[n]` and `[m]` to `[n - m + 1]`, or `[1]` if that is less, and at most `[n]`.
/// **Dtypes**: any, to the promoted dtype; bool and integers to float64.
///
/// # Errors
/// The results are in error: `ValueError` for arrays of more axes, `IndexError` for arrays without elements; the remainder
/// (`TraceError`) in a traced function.
///
/// # Examples
/// ```
/// let (quotient, remainder) = hloom::polydiv([3.0, 5.0, 2.0], [2.0, 1.0]);
/// assert_eq!((quotient.to_string(), remainder.to_string()), ("[1.5  1.75]".into(), "[0.25]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.polydiv.html>
#[track_caller]
pub fn polydiv<'a, 'b>(u: impl IntoOperand<'a>, v: impl IntoOperand<'b>) -> (NdArray, NdArray) {
    let operands = [u.into_operand().into_array(), v.into_operand().into_array()];
    let call = Call::of("polydiv", &operands);
    let [u, v] = match of_floats(&operands) {
        Ok(operands) => operands,
        Err(error) => {
            let array = call.error(error);
            return (array.clone(), array);
        }
    };
    let dtype = crate::promote_types(u.dtype(), v.dtype());
    let (n_dividend, n_divisor) = (u.size(), v.size());
    let (quotient, rest) = if n_dividend < n_divisor {
        (crate::zeros(1).astype(dtype), u.astype(dtype))
    } else {
        let scale = 1.0 / v.get(0);
        let (u, v) = (u.astype(dtype), v.astype(dtype));
        // What is subtracted from moves along the dividend; behind its end nothing is read.
        let next = crate::concatenate((u.get(s![n_divisor..]), crate::zeros(1).astype(dtype)), 0);
        let step = |part: NdArray, next: NdArray| {
            let digit = &scale * part.get(0);
            let part = part - &digit * &v;
            let moved = crate::concatenate((part.get(s![1..]), next.reshape(1)), 0);
            (moved, (digit, part.get(0)))
        };
        let (last, (quotient, head)) = scan(step, u.get(s![..n_divisor]), next);
        (quotient, crate::concatenate((head, last.get(s![..n_divisor - 1])), 0))
    };
    let is_rest = isclose(&rest, 0, rtol(1e-14)).logical_not();
    let rest = match first_or_last(&is_rest, "polydiv") {
        Ok(first) => rest.get(s![first..]),
        Err(error) => call.error(error),
    };
    (quotient, rest)
}

/// A derivative of a polynomial: the first one with `..`, or the `m`-th.
///
/// **Shapes**: `[n]` to `[n - m]`.
/// **Dtypes**: any, promoted with int64.
///
/// # Errors
/// The result is in error: `ValueError` for a negative `m`, `TypeError` for a 0-d array.
///
/// # Examples
/// ```
/// assert_eq!(hloom::polyder([1, 1, 1, 1], ..).to_string(), "[3 2 1]");
/// assert_eq!(hloom::polyder([1, 1, 1, 1], 2).to_string(), "[6 2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.polyder.html>
#[track_caller]
pub fn polyder<'a>(p: impl IntoOperand<'a>, m: impl IntoSetting<i64>) -> NdArray {
    let (p, m) = (p.into_operand(), m.into_setting().unwrap_or(1));
    Call::of("polyder", &p).record(|builder| {
        if m < 0 {
            return Err(Error::value("Order of derivative must be positive (see polyint)"));
        }
        let mut p = builder.operand(&p)?;
        // Once there is nothing left, nothing changes any more.
        for _ in 0..m.min(length(builder, p)? as i64 + 1) {
            let degree = length(builder, p)?.saturating_sub(1);
            let powers = descending(builder, degree)?;
            let rest = part(builder, p, 0, 0..degree)?;
            p = builder.apply_promoted(Binary::Multiply, rest, powers)?;
        }
        Ok(p)
    })
}

/// How often [`polyint`] integrates, and the constants: `..` for once, `m`, or `(m, k)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how often to integrate",
    label = "expected `..`, an integer `m`, or `(m, k)` with the constants of integration"
)]
pub trait IntoIntegration<'a> {
    /// How often, and the constants.
    fn into_integration(self) -> (i64, Option<Operand<'a>>);
}

impl<'a> IntoIntegration<'a> for RangeFull {
    fn into_integration(self) -> (i64, Option<Operand<'a>>) {
        (1, None)
    }
}

macro_rules! integers {
    ($($ty:ty),*) => { $(
        impl<'a> IntoIntegration<'a> for $ty {
            fn into_integration(self) -> (i64, Option<Operand<'a>>) {
                (self.into_extent(), None)
            }
        }
    )* };
}

integers!(i32, i64, isize, u32, u64, usize);

impl<'a, M: IntoExtent, K: IntoOperand<'a>> IntoIntegration<'a> for (M, K) {
    fn into_integration(self) -> (i64, Option<Operand<'a>>) {
        (self.0.into_extent(), Some(self.1.into_operand()))
    }
}

/// An antiderivative of a polynomial: the first one with `..`, or the `m`-th. `(m, k)` gives the constants of integration,
/// in the order in which they are added, or one for all; they are 0 if nothing is said.
///
/// **Shapes**: `[n]` to `[n + m]`.
/// **Dtypes**: any, as quotients by integers: bool and integers to float64.
///
/// # Errors
/// The result is in error: `ValueError` for a negative `m` or too few constants, `TypeError` for a 0-d array.
///
/// # Examples
/// ```
/// assert_eq!(hloom::polyint([6.0, 2.0], ..).to_string(), "[3. 2. 0.]");
/// assert_eq!(hloom::polyint([6.0, 2.0], (2, [7.0, 9.0])).to_string(), "[1. 1. 7. 9.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.polyint.html>
#[track_caller]
pub fn polyint<'a, 'b>(p: impl IntoOperand<'a>, m: impl IntoIntegration<'b>) -> NdArray {
    let (p, (m, k)) = (p.into_operand(), m.into_integration());
    Call::of("polyint", &p).record(|builder| {
        let n_times =
            usize::try_from(m).map_err(|_| Error::value("Order of integral must be positive (see polyder)"))?;
        let mut p = builder.operand(&p)?;
        let constants = k.as_ref().map(|k| constants_of(builder, k, n_times)).transpose()?;
        for turn in 0..n_times {
            let powers = length(builder, p)?;
            let powers = descending(builder, powers)?;
            let quotient = builder.apply_promoted(Binary::Divide, p, powers)?;
            let constant = match constants {
                Some(constants) => part(builder, constants, 0, turn..turn + 1)?,
                None => builder.full(Literal::new(0.0), &Shape::from([1]))?,
            };
            let parts = in_common_dtype(builder, quotient, constant)?;
            p = builder.op(Layout::Concatenate { axis: 0 }, &parts)?;
        }
        Ok(p)
    })
}

/// A polynomial evaluated at each element of `x`, by Horner's scheme.
///
/// **Shapes**: `[n]` and `[…]` to `[…]`. Coefficients that have axes themselves broadcast with `x`.
/// **Dtypes**: any, to the promoted dtype.
///
/// # Errors
/// The result is in error (`TypeError`) for 0-d coefficients.
///
/// # Examples
/// ```
/// assert_eq!(hloom::polyval([3, 0, 1], 5).to_string(), "76");
/// assert_eq!(hloom::polyval([1.0, -1.0], [0.0, 0.5, 1.0]).to_string(), "[-1.  -0.5  0. ]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.polyval.html>
#[track_caller]
pub fn polyval<'a, 'b>(p: impl IntoOperand<'a>, x: impl IntoOperand<'b>) -> NdArray {
    let (p, x) = (p.into_operand().into_array(), x.into_operand().into_array());
    let arguments = [&p, &x];
    let call = Call::of("polyval", &arguments);
    let n_coefficients = match p.try_shape() {
        Ok(shape) => shape.first().copied().ok_or_else(|| Error::type_("iteration over a 0-d array")),
        Err(error) => Err(error),
    };
    match n_coefficients {
        Err(error) => call.error(error),
        Ok(n_coefficients @ ..=MAX_UNROLLED) => call.record(|builder| {
            let zero = builder.constant(Literal::zero(builder.dtype(x.node())?));
            let shape = builder.shape(x.node())?;
            let mut value = builder.broadcast(zero, &shape)?;
            for at in 0..n_coefficients {
                let coefficient = row(builder, p.node(), at)?;
                value = horner(builder, value, x.node(), coefficient)?;
            }
            Ok(value)
        }),
        Ok(_) => {
            let first = crate::zeros_like(&x) * &x + p.get(0);
            // Each turn has the dtype and the shape of the first.
            let step = |value: NdArray, coefficient: NdArray| (value * &x + coefficient, ());
            scan(step, first, p.get(s![1..])).0
        }
    }
}

/// The polynomial with the given zeros, whose first coefficient is 1.
///
/// Of complex zeros the coefficients are real if the zeros are conjugates of each other, which depends on their values: this
/// computes them.
///
/// **Shapes**: `[n]` to `[n + 1]`; no zeros at all to `[]`.
/// **Dtypes**: any, to the same dtype; bool, integers and half floats to float64.
///
/// # Errors
/// The result is in error: `ValueError` for arrays of more axes, `TraceError` for complex zeros in a traced function.
///
/// # Examples
/// ```
/// assert_eq!(hloom::poly([-1, 1, 3]).to_string(), "[ 1. -3. -1.  3.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.poly.html>; there, a square matrix stands for its
/// eigenvalues.
#[track_caller]
pub fn poly<'a>(seq_of_zeros: impl IntoOperand<'a>) -> NdArray {
    let zeros = seq_of_zeros.into_operand().into_array();
    let call = Call::of("poly", &zeros);
    let Type { dtype, shape } = match zeros.try_type() {
        Ok(ty) => ty,
        Err(_) => return zeros,
    };
    if shape.ndim() > 1 {
        return call.error(Error::value("input must be 1d or non-empty square 2d array."));
    }
    let n_zeros = shape.size();
    if n_zeros == 0 {
        return array(1.0);
    }
    let dtype = if dtype.mantissa_bits() > 0 && !dtype.is_half() { dtype } else { DType::F64 };
    let zeros = zeros.reshape([n_zeros]).astype(dtype);
    let one = crate::eye((1, n_zeros + 1)).reshape([n_zeros + 1]).astype(dtype);
    let step = |product: NdArray, zero: NdArray| {
        let moved = crate::concatenate((crate::zeros(1).astype(dtype), product.get(s![..-1])), 0);
        (product + zero.negative() * moved, ())
    };
    let (product, ()) = scan(step, one, &zeros);
    if !dtype.is_complex() {
        return product;
    }
    match has_conjugates(&zeros) {
        Ok(true) => product.real(),
        Ok(false) => product,
        Err(error) => call.error(error),
    }
}

/// Whether complex zeros are conjugates of each other, so that they are those of a real polynomial.
#[track_caller]
fn has_conjugates(zeros: &NdArray) -> Result<bool> {
    let mut zeros = zeros.astype(DType::C128).elements::<Complex<f64>>("poly")?;
    let mut conjugates: Vec<Complex<f64>> = zeros.iter().map(Complex::conj).collect();
    for numbers in [&mut zeros, &mut conjugates] {
        numbers.sort_by(|a, b| a.re.total_cmp(&b.re).then(a.im.total_cmp(&b.im)));
    }
    Ok(zeros == conjugates)
}

/// A polynomial without zeros before the first coefficient that is none; at least one coefficient is left.
#[track_caller]
fn without_leading_zeros(polynomial: &NdArray) -> Result<NdArray> {
    let Type { dtype, shape } = polynomial.try_type()?;
    if shape.ndim() > 1 {
        return Err(Error::value("Polynomial must be 1d only."));
    }
    if shape.size() == 0 {
        return Ok(crate::zeros(1).astype(dtype));
    }
    let polynomial = polynomial.reshape(-1);
    let first = first_or_last(&polynomial.astype(DType::Bool), "polymul")?;
    Ok(if first == 0 { polynomial } else { polynomial.get(s![first..]) })
}

/// Where the first true element is, or the last of all if none is true. Reads the position.
#[track_caller]
fn first_or_last(truths: &NdArray, what: &'static str) -> Result<usize> {
    let last = truths.try_shape()?.size().saturating_sub(1) as i64;
    let place = crate::where_(truths.any(..), truths.argmax(0), last);
    let place = place.elements::<i64>(what)?.first().copied().unwrap_or_default();
    Ok(place as usize)
}

/// Dividend and divisor as floats, both of one axis.
#[track_caller]
fn of_floats(operands: &[NdArray; 2]) -> Result<[NdArray; 2]> {
    let mut floats = operands.clone();
    for operand in &mut floats {
        let Type { dtype, shape } = operand.try_type()?;
        if shape.ndim() > 1 {
            return Err(Error::value("Polynomial must be 1d only."));
        }
        if shape.size() == 0 {
            return Err(Error::index("index 0 is out of bounds for axis 0 with size 0"));
        }
        let float = if dtype.mantissa_bits() > 0 { dtype } else { DType::F64 };
        *operand = operand.reshape(-1).astype(float);
    }
    Ok(floats)
}

/// The products of all elements of two arrays of one axis, added up where their places have the same sum.
fn convolved(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let [a, b] = in_common_dtype(builder, a, b)?;
    let (n, m) = (length(builder, a)?, length(builder, b)?);
    let (long, short) = if n >= m { (a, b) } else { (b, a) };
    let (n, m) = (n.max(m), n.min(m));
    let long = with_zeros(builder, long, m - 1, m - 1)?;
    // Each row holds what lies beside the shorter array, turned around, when it is moved along the longer one.
    let ty = Type::new(DType::I64, [n + m - 1, m]);
    let (row, place) = (builder.iota(ty.clone(), 0)?, builder.iota(ty, 1)?);
    let places = builder.apply(Binary::Add, row, place)?;
    let rows = gather(builder, long, 0, places)?;
    let turned = builder.op(Layout::Reverse { axes: AxisSet::all(1) }, &[short])?;
    let dims = DotDims {
        lhs_batch: SmallVec::new(),
        rhs_batch: SmallVec::new(),
        lhs_contracting: SmallVec::from_slice(&[1]),
        rhs_contracting: SmallVec::from_slice(&[0]),
    };
    builder.op(Contraction::Dot(Box::new(dims)), &[rows, turned])
}

/// One turn of Horner's scheme.
fn horner(builder: &mut Builder<'_>, value: NodeId, x: NodeId, coefficient: NodeId) -> Result<NodeId> {
    let product = builder.apply_promoted(Binary::Multiply, value, x)?;
    builder.apply_promoted(Binary::Add, product, coefficient)
}

/// The constants of integration, as many as are needed.
fn constants_of(builder: &mut Builder<'_>, k: &Operand<'_>, n_times: usize) -> Result<NodeId> {
    let constants = at_least_1d(builder, k)?;
    let n_constants = length(builder, constants)?;
    if n_constants == 1 && n_times > 1 {
        let one = builder.constant(Literal::new(1.0));
        let all = builder.apply_promoted(Binary::Multiply, constants, one)?;
        return builder.broadcast(all, &Shape::from([n_times]));
    }
    if n_constants < n_times {
        return Err(Error::value("k must be a scalar or a rank-1 array of length 1 or >m."));
    }
    Ok(constants)
}

/// The extent of the first axis.
fn length(builder: &Builder<'_>, x: NodeId) -> Result<usize> {
    builder.ty(x)?.shape.first().copied().ok_or_else(|| Error::type_("len() of unsized object"))
}

/// The integers from `n` down to 1.
fn descending(builder: &mut Builder<'_>, n: usize) -> Result<NodeId> {
    let places = builder.iota(Type::new(DType::I64, [n]), 0)?;
    let most = builder.constant(Literal::new(n as i64));
    builder.apply(Binary::Subtract, most, places)
}

/// An operand as an array that has an axis.
fn at_least_1d(builder: &mut Builder<'_>, x: &Operand<'_>) -> Result<NodeId> {
    let x = builder.operand(x)?;
    with_leading_ones(builder, x, 1)
}

/// An array of one axis with zeros before and behind it.
fn with_zeros(builder: &mut Builder<'_>, x: NodeId, before: usize, after: usize) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    if shape.ndim() != 1 && (before, after) != (0, 0) {
        return Err(Error::value(format!(
            "all the input arrays must have same number of dimensions, but the array at index 0 has 1 dimension(s) and \
             the array at index 1 has {} dimension(s)",
            shape.ndim()
        )));
    }
    let zero = builder.constant(Literal::zero(dtype));
    padded(builder, x, 0, (before, after), zero)
}

/// A row without its axis.
fn row(builder: &mut Builder<'_>, x: NodeId, at: usize) -> Result<NodeId> {
    let rest = builder.shape(x)?.iter().skip(1).copied().collect();
    let row = part(builder, x, 0, at..at + 1)?;
    builder.reshape(row, rest)
}
