//! Integers between bounds.

use std::panic::Location;

use hloom_ir::{Binary, DType, Kind, NodeId, Shape, Weak};

use super::Generator;
use super::philox::{high, low, with_bits};
use super::size::Size;
use super::state::Source;
use super::uniform::{shapes, written};
use super::words::whole;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

impl Generator {
    /// Integers from `low` to below `high`, or to `high` with `size(…).endpoint(true)`.
    ///
    /// Each is the upper part of the product of 128 random bits and the number of integers there are to draw from: of `n` of
    /// them, none is more probable than another by more than `n / 2^128` of its probability, so less than 2^-64.
    ///
    /// Fractions of bounds are cut off. Arrays of bounds are computed to look for what is wrong with them; inside of a trace
    /// that is not found, and integers wrap.
    ///
    /// **Shapes**: to the size, to which the bounds broadcast; with `..` to what they broadcast to. **Dtypes**: int64, or any
    /// integer dtype or bool as `size(…).dtype(uint8)`.
    ///
    /// # Errors
    /// The result is in error: `ValueError` if there is no integer to draw, for bounds that the dtype does not hold, and for
    /// shapes that do not broadcast; `TypeError` for other dtypes and keyword arguments.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// use hloom::random::{default_rng, size};
    ///
    /// let mut rng = default_rng(42);
    /// let dice = rng.integers(1, 6, size(1000).endpoint(true));
    /// assert_eq!((dice.min(..).item::<i64>()?, dice.max(..).item::<i64>()?), (1, 6));
    /// assert_eq!(rng.integers(0, [1, 10], size((4, 2)).dtype(uint8)).dtype(), uint8);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.integers.html>, of which both
    /// bounds are given here; D. Lemire, "Fast random integer generation in an interval" (2019),
    /// <https://doi.org/10.1145/3230636>, without the rejection.
    #[track_caller]
    pub fn integers<'a, 'b>(
        &mut self,
        low: impl IntoOperand<'a>,
        high: impl IntoOperand<'b>,
        size: impl Into<Size>,
    ) -> NdArray {
        self.whole_numbers("integers", [low.into_operand(), high.into_operand()], &size.into())
    }

    /// As [`Generator::integers`], under another name.
    #[track_caller]
    pub(super) fn whole_numbers(&mut self, name: &'static str, bounds: [Operand<'_>; 2], size: &Size) -> NdArray {
        let call = Call::of(name, &bounds);
        let known: &[&str] = if name == "integers" { &["dtype", "endpoint"] } else { &["dtype"] };
        let asked = size.check(name, known).and_then(|()| {
            let shape = size.over(&shapes(&bounds)?)?;
            let dtype = integer_dtype(name, size)?;
            // A size without elements is no reason to look for what is wrong with the bounds, as NumPy does not.
            if shape.size() > 0 {
                check(name, &bounds, dtype, size.endpoint == Some(true))?;
            }
            Ok((shape, dtype))
        });
        let (shape, dtype) = match asked {
            Ok(asked) => asked,
            Err(error) => return call.error(error),
        };
        let source = self.take(shape.size(), Location::caller());
        let is_closed = size.endpoint == Some(true);
        call.record(|builder| {
            let [low, high] = &bounds;
            let (low, mut high) = (wrapped(builder, low)?, wrapped(builder, high)?);
            if !is_closed {
                high = with_bits(builder, Binary::Subtract, high, 1)?;
            }
            let last = builder.apply(Binary::Subtract, high, low)?;
            let offset = below(builder, &source, last, &shape)?;
            let number = builder.apply(Binary::Add, low, offset)?;
            let number = narrowed(builder, number, dtype)?;
            written(builder, number)
        })
    }
}

/// The dtype of integers, in NumPy's words where it is none that there is.
fn integer_dtype(name: &str, size: &Size) -> Result<DType> {
    match size.dtype {
        None => Ok(DType::I64),
        Some(dtype) if dtype.is_integer() || dtype == DType::Bool => Ok(dtype),
        Some(dtype) => Err(Error::type_(format!("Unsupported dtype dtype('{dtype}') for {name}"))),
    }
}

/// The least and the greatest element of a bound, cut to an integer, if they are known without a trace.
#[track_caller]
fn extremes(name: &'static str, bound: &Operand<'_>) -> Result<Option<(i128, i128)>> {
    let Some(array) = bound.as_array() else {
        let Operand::Number(number) = bound else { return Ok(None) };
        let value = whole_of(*number)?;
        return Ok(Some((value, value)));
    };
    if array.is_traced() || array.try_shape()?.size() == 0 {
        return Ok(None);
    }
    let dtype = array.try_dtype()?;
    let ends = crate::stack((array.min(..), array.max(..)), 0);
    let ends = match dtype.kind() {
        Kind::Unsigned => ends.astype(DType::U64).elements::<u64>(name)?.into_iter().map(i128::from).collect(),
        Kind::Signed | Kind::Bool => {
            ends.astype(DType::I64).elements::<i64>(name)?.into_iter().map(i128::from).collect::<Vec<_>>()
        }
        Kind::Float | Kind::Complex => {
            let ends = ends.astype(DType::F64).elements::<f64>(name)?;
            ends.into_iter().map(|end| whole_of(Weak::Float(end))).collect::<Result<Vec<_>>>()?
        }
    };
    match ends[..] {
        [least, greatest] => Ok(Some((least, greatest))),
        _ => Err(Error::internal("expected two ends")),
    }
}

/// The whole part of a number.
fn whole_of(number: Weak) -> Result<i128> {
    match number {
        Weak::Bool(value) => Ok(value.into()),
        Weak::Int(value) => Ok(value),
        Weak::Float(value) if value.is_nan() => Err(Error::value("cannot convert float NaN to integer")),
        Weak::Float(value) => Ok(value as i128),
        Weak::Complex(_) => Err(Error::type_("int() argument must be a string or a real number, not 'complex'")),
    }
}

/// Refuses bounds between which there is nothing, or that the dtype does not hold.
#[track_caller]
fn check(name: &'static str, bounds: &[Operand<'_>; 2], dtype: DType, is_closed: bool) -> Result<()> {
    let [low, high] = bounds;
    let ends = [extremes(name, low)?, extremes(name, high)?];
    let (least, greatest) = dtype.int_range().unwrap_or((0, 1));
    if ends[0].is_some_and(|(low, _)| low < least) {
        return Err(Error::value(format!("low is out of bounds for {dtype}")));
    }
    if ends[1].is_some_and(|(_, high)| high > greatest + i128::from(!is_closed)) {
        return Err(Error::value(format!("high is out of bounds for {dtype}")));
    }
    let (Some((least, greatest)), Some((least_high, greatest_high))) = (ends[0], ends[1]) else { return Ok(()) };
    let is_wrong = |low: i128, high: i128| if is_closed { low > high } else { low >= high };
    let mut wrong = is_wrong(greatest, least_high);
    let numbers = (least, least_high) == (greatest, greatest_high);
    if wrong && !numbers {
        // Single pairs may still be in order.
        let (low, high) = (low.clone().into_array(), high.clone().into_array());
        let pairs = if is_closed { crate::greater(low, high) } else { crate::greater_equal(low, high) };
        wrong = pairs.any(..).truth()?;
    }
    match wrong {
        false => Ok(()),
        true if is_closed => Err(Error::value("low > high")),
        true if name == "integers" && matches!((low, least), (Operand::Number(_), 0)) && numbers => {
            Err(Error::value("high <= 0"))
        }
        true => Err(Error::value("low >= high")),
    }
}

/// A bound as 64 bits, in which a negative one wraps, and 2^64 too.
fn wrapped(builder: &mut Builder<'_>, bound: &Operand<'_>) -> Result<NodeId> {
    if let Operand::Number(number) = bound {
        let number = Weak::Int(whole_of(*number)?).wrapping_literal(DType::U64);
        return Ok(builder.scalar(number));
    }
    let bound = builder.operand(bound)?;
    match builder.dtype(bound)?.kind() {
        Kind::Complex => Err(Error::type_("int() argument must be a string or a real number, not 'complex'")),
        Kind::Unsigned => builder.convert(bound, DType::U64),
        Kind::Bool | Kind::Signed => {
            let bound = builder.convert(bound, DType::I64)?;
            builder.bitcast(bound, DType::U64)
        }
        Kind::Float => {
            // Those that int64 does not hold are converted as they are, and 2^64 wraps.
            let bound = builder.convert(bound, DType::F64)?;
            let signed = builder.convert(bound, DType::I64)?;
            let signed = builder.bitcast(signed, DType::U64)?;
            let unsigned = builder.convert(bound, DType::U64)?;
            let (half, whole) =
                (builder.constant_of(2f64.powi(63), DType::F64), builder.constant_of(2f64.powi(64), DType::F64));
            let is_beyond = builder.apply(Binary::GreaterEqual, bound, half)?;
            let is_wrapped = builder.apply(Binary::GreaterEqual, bound, whole)?;
            let zero = builder.constant_of(0, DType::U64);
            let bound = builder.select(is_beyond, unsigned, signed)?;
            builder.select(is_wrapped, zero, bound)
        }
    }
}

/// Integers of 64 bits from 0 to `last`, of a shape that `last` broadcasts to.
///
/// With `d` of 128 random bits and `s` of 64 bits, which is `last`, the upper 64 of the 192 bits of `d * (s + 1) = d * s + d`,
/// by long multiplication in digits of 32 bits. No sum overflows: a product of two digits and two more digits fit in 64 bits.
pub(super) fn below(builder: &mut Builder<'_>, source: &Source, last: NodeId, shape: &Shape) -> Result<NodeId> {
    let mut digits = whole(builder, source, shape.size(), None)?;
    for digit in &mut digits {
        *digit = builder.reshape(*digit, shape.clone())?;
    }
    let [last_low, last_high] = [low(builder, last)?, high(builder, last)?];
    // What is carried to the next digit from the rows of the lower and of the upper half of `last`.
    let mut carried: Option<NodeId> = None;
    let mut carried_high: Option<NodeId> = None;
    let mut before: Option<NodeId> = None;
    let add = |builder: &mut Builder<'_>, a: NodeId, b: Option<NodeId>| match b {
        Some(b) => builder.apply(Binary::Add, a, b),
        None => Ok(a),
    };
    // From the lowest digit, which is the last word.
    for &digit in digits.iter().rev() {
        let product = builder.apply(Binary::Multiply, digit, last_low)?;
        let sum = builder.apply(Binary::Add, product, digit)?;
        let sum = add(builder, sum, carried)?;
        carried = Some(high(builder, sum)?);
        let own = low(builder, sum)?;
        if let Some(before) = before {
            let product = builder.apply(Binary::Multiply, before, last_high)?;
            let sum = builder.apply(Binary::Add, product, own)?;
            let sum = add(builder, sum, carried_high)?;
            carried_high = Some(high(builder, sum)?);
        }
        before = Some(digit);
    }
    let product = builder.apply(Binary::Multiply, digits[0], last_high)?;
    let sum = add(builder, product, carried)?;
    add(builder, sum, carried_high)
}

/// 64 bits as an integer of a dtype that holds it.
fn narrowed(builder: &mut Builder<'_>, number: NodeId, dtype: DType) -> Result<NodeId> {
    match dtype.kind() {
        Kind::Signed => {
            let number = builder.bitcast(number, DType::I64)?;
            builder.convert(number, dtype)
        }
        Kind::Bool => with_bits(builder, Binary::NotEqual, number, 0),
        Kind::Unsigned | Kind::Float | Kind::Complex => builder.convert(number, dtype),
    }
}
