//! Quotients and remainders of integers. Knows what processors divide, and nothing of the operations that divide.
//!
//! Processors divide vectors of floats, and integers one after another: by a divisor that the compiler does not know, a million
//! int32 took 0.9 ms, and takes 0.15 ms where floats are divided that hold every one of these integers. A known divisor the
//! compiler makes a product of, which is faster still.

use hloom_ir::{DType, Kind, Weak};

use crate::value::Value;

/// A divisor that no processor traps on.
pub(super) struct Divisor<'b> {
    safe: Value<'b>,
    /// What was replaced by 1; `None` for a number that needs no replacing. That is decided here, as XLA moves out of loops what
    /// it could fold, and a divisor that comes from outside a loop is no number any more.
    replaced: Option<Replaced<'b>>,
}

/// Whether a divisor was 0, and whether it was -1.
#[derive(Clone, Copy)]
struct Replaced<'b> {
    is_zero: Value<'b>,
    /// Set for signed dtypes: dividing the least integer by -1 overflows.
    is_minus_one: Option<Value<'b>>,
}

impl<'b> Divisor<'b> {
    pub(super) fn new(y: Value<'b>) -> Divisor<'b> {
        if y.number().is_some_and(|number| !matches!(number.weak(), Weak::Int(0 | -1))) {
            return Divisor { safe: y, replaced: None };
        }
        let is_zero = y.equals(0);
        let is_minus_one = (y.dtype().kind() == Kind::Signed).then(|| y.equals(-1));
        let is_either = is_minus_one.map_or(is_zero, |minus_one| is_zero | minus_one);
        Divisor { safe: is_either.select(y.like(1), y), replaced: Some(Replaced { is_zero, is_minus_one }) }
    }

    /// The quotient rounded down; 0 by zero.
    pub(super) fn floor_quotient(&self, x: Value<'b>) -> Value<'b> {
        let quotient = quotient(x, self.safe);
        let Some(Replaced { is_zero, is_minus_one }) = self.replaced else { return quotient };
        let signed = is_minus_one.map_or(quotient, |minus_one| minus_one.select(-x, quotient));
        is_zero.select(x.like(0), signed)
    }

    /// What the quotient rounded down leaves, which has the divisor's sign; 0 by zero, as the divisor is then 1.
    pub(super) fn floor_remainder(&self, x: Value<'b>) -> Value<'b> {
        floor_remainder(x, self.safe)
    }

    /// What the truncated quotient leaves, which has the dividend's sign; 0 by zero.
    pub(super) fn remainder(&self, x: Value<'b>) -> Value<'b> {
        remainder(x, self.safe)
    }
}

/// What the truncated quotient by a divisor leaves that is neither 0 nor -1.
pub(super) fn remainder<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    if Way::of(x, y) == Way::Integers {
        return x.binary("remainder", y);
    }
    let remainder = floor_remainder(x, y);
    of_sign(remainder, x, remainder, |remainder| remainder - y)
}

/// The quotient rounded down by a divisor that is neither 0 nor -1.
pub(super) fn quotient<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let (quotient, remainder) = match Way::of(x, y) {
        Way::Integers => (x / y, x.binary("remainder", y)),
        Way::Floats(float) => return quotient_of_floats(x, y, float),
        Way::FloatsTwice => divided_twice(x, y),
    };
    of_sign(remainder, y, quotient, |quotient| quotient - 1)
}

/// What the quotient rounded down leaves.
fn floor_remainder<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    let remainder = match Way::of(x, y) {
        Way::Integers => x.binary("remainder", y),
        Way::Floats(float) => return x - quotient_of_floats(x, y, float) * y,
        Way::FloatsTwice => divided_twice(x, y).1,
    };
    of_sign(remainder, y, remainder, |remainder| remainder + y)
}

/// A value, and what is made of it where a remainder that is not zero has not the sign of `other`.
fn of_sign<'b>(
    remainder: Value<'b>,
    other: Value<'b>,
    value: Value<'b>,
    changed: impl FnOnce(Value<'b>) -> Value<'b>,
) -> Value<'b> {
    match remainder.dtype().kind() {
        Kind::Signed => {
            let differs = remainder.differs(0) & (remainder ^ other).below(0);
            differs.select(changed(value), value)
        }
        Kind::Bool | Kind::Unsigned | Kind::Float | Kind::Complex => value,
    }
}

/// From this size on vectors of floats are worth their conversions.
const MIN_SIZE: usize = 16;

/// How integers are divided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Integers,
    /// As floats that hold every integer of the dtype with bits to spare.
    Floats(DType),
    /// As float64, which holds the first 53 bits of int64, and once more what this leaves.
    FloatsTwice,
}

impl Way {
    fn of(x: Value<'_>, y: Value<'_>) -> Way {
        let is_cpu = x.builder().module().target().is_cpu();
        if !is_cpu || y.number().is_some() || x.shape().size() < MIN_SIZE {
            return Way::Integers;
        }
        match x.dtype() {
            DType::I8 | DType::I16 | DType::U8 | DType::U16 => Way::Floats(DType::F32),
            DType::I32 | DType::U32 => Way::Floats(DType::F64),
            DType::I64 => Way::FloatsTwice,
            // What the first quotient leaves may have either sign, and all bits of the dividend.
            DType::U64 => Way::Integers,
            DType::Bool | DType::F16 | DType::BF16 | DType::F32 | DType::F64 | DType::C64 | DType::C128 => {
                Way::Integers
            }
        }
    }
}

/// The quotient rounded down, by floats that hold the integers.
///
/// It is never rounded to a whole number that it is not: up to the next whole number `n` it lacks `1/y` at least, which is a
/// difference that the float has room for, as `n * y` is less than the sum of dividend and divisor.
fn quotient_of_floats<'b>(x: Value<'b>, y: Value<'b>, float: DType) -> Value<'b> {
    (x.convert(float) / y.convert(float)).unary("floor").convert(x.dtype())
}

/// The quotient of int64 rounded down or one more than that, and what it leaves.
///
/// The quotient of floats, truncated, is wrong by a few thousand at most. What it leaves has a small quotient, or lies
/// beside a great divisor. Rounding keeps numbers in order, so that the second quotient is right or one too great.
fn divided_twice<'b>(x: Value<'b>, y: Value<'b>) -> (Value<'b>, Value<'b>) {
    let divisor = y.convert(DType::F64);
    let first = (x.convert(DType::F64) / divisor).convert(DType::I64);
    let rest = x - first * y;
    let second = (rest.convert(DType::F64) / divisor).unary("floor").convert(DType::I64);
    (first + second, rest - second * y)
}
