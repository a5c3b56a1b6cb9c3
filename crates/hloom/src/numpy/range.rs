//! Numbers a step apart.
//!
//! The length and the first two numbers are computed here, in NumPy's order of operations, and the elements by the program:
//! both round where NumPy rounds, so that every bit is NumPy's.

use hloom_ir::{Binary, DType, Kind, Literal, NodeId, Shape, Type, Weak};

use crate::record::{Build, Builder, Call, for_each_number};
use crate::{Error, NdArray, Result};

/// The bounds of an [`arange`] as a caller writes them: where to stop, a range of Rust's, or `(start, stop)`,
/// `(start, stop, step)` or `(start, stop, step, dtype)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which numbers",
    label = "expected a number, a range such as `2..8`, or a tuple `(start, stop)`, `(start, stop, step)` or `(start, stop, step, dtype)`"
)]
pub trait IntoRange {
    /// Start, stop and step.
    fn into_range(self) -> [Weak; 3];

    /// The dtype, if one is asked for.
    fn dtype(&self) -> Option<DType> {
        None
    }
}

macro_rules! stops {
    ($($ty:ty),* $(,)?) => { $(
        impl IntoRange for $ty {
            fn into_range(self) -> [Weak; 3] {
                [Weak::Int(0), self.into(), Weak::Int(1)]
            }
        }
    )* };
}

for_each_number!(stops);

impl<T: Into<Weak>> IntoRange for std::ops::Range<T> {
    fn into_range(self) -> [Weak; 3] {
        (self.start, self.end).into_range()
    }
}

impl<A: Into<Weak>, B: Into<Weak>> IntoRange for (A, B) {
    fn into_range(self) -> [Weak; 3] {
        [self.0.into(), self.1.into(), Weak::Int(1)]
    }
}

impl<A: Into<Weak>, B: Into<Weak>, C: Into<Weak>> IntoRange for (A, B, C) {
    fn into_range(self) -> [Weak; 3] {
        [self.0.into(), self.1.into(), self.2.into()]
    }
}

impl<A: Into<Weak>, B: Into<Weak>, C: Into<Weak>> IntoRange for (A, B, C, DType) {
    fn into_range(self) -> [Weak; 3] {
        [self.0.into(), self.1.into(), self.2.into()]
    }

    fn dtype(&self) -> Option<DType> {
        Some(self.3)
    }
}

/// Numbers from `start` to before `stop`, `step` apart: int64 if all are integers of int64, else float64.
///
/// Of a dtype, the first two numbers are converted, and the others are as far apart as these.
///
/// # Errors
/// The result is in error: `ZeroDivisionError` for a step of zero, `ValueError` for an array that is too big, `TypeError` for a
/// complex number and for more than two bools, `OverflowError` for an integer beyond 64 bits or beyond the dtype.
///
/// # Examples
/// ```
/// assert_eq!(hloom::arange(4).to_string(), "[0 1 2 3]");
/// assert_eq!(hloom::arange(2..5).to_string(), "[2 3 4]");
/// assert_eq!(hloom::arange((0, 10, 3)).to_string(), "[0 3 6 9]");
/// assert_eq!(hloom::arange((1.0, 0.0, -0.25)).to_string(), "[1.   0.75 0.5  0.25]");
/// assert_eq!(hloom::arange((0, 4, 1, hloom::float32)).to_string(), "[0. 1. 2. 3.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.arange.html>
#[track_caller]
pub fn arange(range: impl IntoRange) -> NdArray {
    let dtype = range.dtype();
    let [start, stop, step] = range.into_range();
    Call::named("arange").record(|builder| {
        let range = Range::new(start, stop, step)?;
        if let Some(dtype) = dtype {
            return range_of(builder, [start, step], range.len, dtype);
        }
        let ty = Type { dtype: range.dtype, shape: Shape::from([range.len]).checked()? };
        let indices = builder.iota(ty, 0)?;
        let step = builder.scalar(range.step);
        let start = builder.scalar(range.start);
        let scaled = builder.apply(Binary::Multiply, indices, step)?;
        let sum = builder.apply(Binary::Add, scaled, start)?;
        let Some(second) = range.second else { return Ok(sum) };
        let one = builder.constant(Literal::one(range.dtype));
        let is_second = builder.apply(Binary::Equal, indices, one)?;
        let second = builder.scalar(second);
        let first_two = builder.select(is_second, second, start)?;
        let is_later = builder.apply(Binary::Greater, indices, one)?;
        builder.select(is_later, sum, first_two)
    })
}

/// Numbers of a dtype, filled in as NumPy does from the first two.
fn range_of(builder: &mut Builder<'_>, [start, step]: [Weak; 2], len: usize, dtype: DType) -> Result<NodeId> {
    let shape = Shape::from([len]).checked()?;
    if dtype == DType::Bool && len > 2 {
        return Err(Error::type_("arange() is only supported for booleans when the result has at most length 2."));
    }
    if len == 0 {
        return builder.full(Literal::zero(dtype), &shape);
    }
    let next = match (integer(start), integer(step)) {
        (Some(start), Some(step)) => Weak::Int(start + step),
        _ => Weak::Float(real(start)? + real(step)?),
    };
    // Of complex numbers the real parts are computed.
    let (complex, dtype) = (dtype, dtype.real());
    let first = builder.scalar(assigned(start, dtype)?);
    if len == 1 {
        let first = builder.broadcast(first, &shape)?;
        return builder.convert(first, complex);
    }
    let second = builder.scalar(assigned(next, dtype)?);
    let (one, positions) = (builder.constant_of(1, DType::I64), Type { dtype: DType::I64, shape });
    let positions = builder.iota(positions, 0)?;
    // Half-precision numbers are computed in float32 and rounded once.
    let computed = dtype.wide();
    let later = match dtype {
        DType::Bool => first,
        _ => {
            let (first, second) = (builder.convert(first, computed)?, builder.convert(second, computed)?);
            let distance = builder.apply(Binary::Subtract, second, first)?;
            let counted = builder.convert(positions, computed)?;
            let scaled = builder.apply(Binary::Multiply, counted, distance)?;
            let sum = builder.apply(Binary::Add, scaled, first)?;
            builder.convert(sum, dtype)?
        }
    };
    let is_first = builder.apply(Binary::Less, positions, one)?;
    let is_later = builder.apply(Binary::Greater, positions, one)?;
    let numbers = builder.select(is_later, later, second)?;
    let numbers = builder.select(is_first, first, numbers)?;
    builder.convert(numbers, complex)
}

/// A number as an element of a dtype, as Python assigns it.
fn assigned(number: Weak, dtype: DType) -> Result<Literal> {
    let number = match (number, dtype.kind()) {
        (Weak::Float(value), Kind::Bool) => Weak::Bool(value != 0.0),
        (Weak::Int(value), Kind::Bool) => Weak::Bool(value != 0),
        (Weak::Float(value), Kind::Signed | Kind::Unsigned) => Weak::Int(value.trunc() as i128),
        (number, _) => number,
    };
    Ok(number.to_literal(dtype)?)
}

/// The length and the numbers of an [`arange`].
struct Range {
    dtype: DType,
    len: usize,
    start: Literal,
    /// The second number, if the first two are not what the sums make of them.
    second: Option<Literal>,
    /// The difference of the first two numbers, as NumPy fills arrays.
    step: Literal,
}

impl Range {
    fn new(start: Weak, stop: Weak, step: Weak) -> Result<Range> {
        let bounds = [start, stop, step];
        let [Some(first), Some(last), Some(distance)] = bounds.map(integer) else {
            return Range::of_floats(start, stop, step);
        };
        let dtypes = bounds.map(Weak::own_dtype);
        for (number, dtype) in bounds.into_iter().zip(dtypes) {
            number.to_literal(dtype)?;
        }
        if distance == 0 {
            return Err(Error::zero_division("division by zero"));
        }
        let len = length_of_integers(last - first, distance);
        // NumPy's dtype for integers of int64 and beyond together.
        if dtypes.contains(&DType::U64) {
            return Ok(Range::filled(len, first as f64, (first + distance) as f64));
        }
        Ok(Range {
            dtype: DType::I64,
            len,
            start: start.to_literal(DType::I64)?,
            second: None,
            step: step.to_literal(DType::I64)?,
        })
    }

    fn of_floats(start: Weak, stop: Weak, step: Weak) -> Result<Range> {
        let exact = integer(start).zip(integer(stop)).and_then(|(start, stop)| stop.checked_sub(start));
        let [start, stop, step] = [start, stop, step].map(real);
        let (start, stop, step) = (start?, stop?, step?);
        let distance = exact.map_or(stop - start, |exact| exact as f64);
        let quotient = distance / step;
        if step == 0.0 {
            return Err(Error::zero_division("float division by zero"));
        }
        if quotient.is_nan() {
            return Err(Error::value(format!(
                "arange: cannot compute length, expected finite numbers, got start {start}, \
                 stop {stop}, step {step}"
            )));
        }
        // A step beyond the distance takes one number, however far beyond.
        let is_lost = quotient == 0.0 && distance != 0.0 && quotient.is_sign_positive();
        let len = if is_lost { 1 } else { quotient.ceil().max(0.0) as usize };
        Ok(Range::filled(len, start, start + step))
    }

    /// Floats that begin with two numbers.
    fn filled(len: usize, start: f64, second: f64) -> Range {
        let step = second - start;
        let is_sum = |number: f64, sum: f64| number.to_bits() == sum.to_bits();
        let is_regular = is_sum(start, 0.0 * step + start) && is_sum(second, step + start);
        Range {
            dtype: DType::F64,
            len,
            start: Literal::new(start),
            second: (!is_regular).then_some(Literal::new(second)),
            step: Literal::new(step),
        }
    }
}

/// How many integers there are, from the quotient as a float64, which NumPy rounds up.
fn length_of_integers(distance: i128, step: i128) -> usize {
    if distance == 0 || (distance > 0) != (step > 0) {
        return 0;
    }
    let (distance, step) = (distance.unsigned_abs(), step.unsigned_abs());
    let (whole, rest) = (distance / step, distance % step);
    // A rest of less than half the last digit is lost where the quotient becomes a float.
    let n_lost_bits = f64::MANTISSA_DIGITS - whole.max(1).ilog2().min(f64::MANTISSA_DIGITS);
    let is_lost = rest == 0 || whole > 0 && rest << n_lost_bits <= step;
    usize::try_from(whole + u128::from(!is_lost)).unwrap_or(usize::MAX)
}

fn integer(number: Weak) -> Option<i128> {
    match number {
        Weak::Bool(value) => Some(value.into()),
        Weak::Int(value) => Some(value),
        Weak::Float(_) | Weak::Complex(_) => None,
    }
}

fn real(number: Weak) -> Result<f64> {
    match number {
        Weak::Bool(value) => Ok(f64::from(u8::from(value))),
        Weak::Int(value) => Ok(value as f64),
        Weak::Float(value) => Ok(value),
        Weak::Complex(value) => Err(Error::type_(format!("expected a real number, got {value}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_integers_are_rounded_as_floats() {
        assert_eq!(length_of_integers(10, 3), 4);
        assert_eq!(length_of_integers(-9, -3), 3);
        assert_eq!(length_of_integers(1, i128::from(u64::MAX)), 1);
        assert_eq!(length_of_integers(5, -1), 0);
        assert_eq!(length_of_integers(0, 1), 0);
        // 2 + 2⁻⁵⁹ is 2 as a float.
        assert_eq!(length_of_integers((1 << 60) + 1, 1 << 59), 2);
        // The last digit of numbers from 2 on is 2⁻⁵¹: half of it is even, more than half is not lost.
        assert_eq!(length_of_integers((1 << 60) + (1 << 7), 1 << 59), 2);
        assert_eq!(length_of_integers((1 << 60) + (1 << 7) + 1, 1 << 59), 3);
        assert_eq!(length_of_integers(i128::from(u64::MAX), 1), usize::MAX);
    }
}
