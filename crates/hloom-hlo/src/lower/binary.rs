//! Element-wise operations of two operands: one arm for each row of the table. Formulas are in the files
//! of their number kind.

use hloom_ir::{Binary, Kind};

use crate::value::Value;

use super::float::widened;
use super::integer::Repeat;
use super::{arctangent, complex, float, integer, logarithm};

/// The instructions of a row. The operands have one shape and the dtype that the row's rule names.
pub(super) fn lower<'b>(row: Binary, x: Value<'b>, y: Value<'b>) -> Value<'b> {
    repeating(row, x, y, Repeat::Loop)
}

/// As [`lower`], for the computation of one element, in which there can be no loop.
pub(super) fn of_element<'b>(row: Binary, x: Value<'b>, y: Value<'b>) -> Value<'b> {
    repeating(row, x, y, Repeat::Written)
}

fn repeating<'b>(row: Binary, x: Value<'b>, y: Value<'b>, repeat: Repeat) -> Value<'b> {
    let kind = x.dtype().kind();
    match row {
        Binary::Add if kind == Kind::Bool => x | y,
        Binary::Add if kind == Kind::Float => float::add(x, y),
        Binary::Add if kind == Kind::Complex => complex::add(x, y),
        Binary::Add => x + y,
        Binary::Subtract if kind == Kind::Complex => complex::subtract(x, y),
        Binary::Subtract => x - y,
        Binary::Multiply if kind == Kind::Bool => x & y,
        Binary::Multiply if kind == Kind::Complex => complex::multiply(x, y),
        Binary::Multiply => x * y,
        Binary::Divide if kind == Kind::Complex => complex::divide(x, y),
        Binary::Divide => widened([x, y], |[x, y]| float::divide(x, y)),
        Binary::FloorDivide => integer_or_float(x, y, integer::floor_divide, float::floor_divide),
        Binary::Remainder => integer_or_float(x, y, integer::remainder, float::remainder),
        Binary::Fmod => integer_or_float(x, y, integer::fmod, |x, y| x.binary("remainder", y)),
        Binary::Power | Binary::FloatPower if kind == Kind::Complex => complex::power(x, y),
        Binary::Power | Binary::FloatPower if x.dtype().is_integer() => integer::power(x, y, repeat),
        Binary::Power | Binary::FloatPower => widened([x, y], |[x, y]| float::power(x, y)),
        Binary::Maximum => extremum(x, y, Value::max, comes_last),
        Binary::Minimum => extremum(x, y, Value::min, comes_first),
        Binary::Fmax => preferred(x, y, Value::max, comes_last),
        Binary::Fmin => preferred(x, y, Value::min, comes_first),
        Binary::Equal if kind == Kind::Complex => complex::equal(x, y),
        Binary::Equal => x.equals(y),
        Binary::NotEqual if kind == Kind::Complex => !complex::equal(x, y),
        Binary::NotEqual => x.differs(y),
        Binary::Less if kind == Kind::Complex => complex::below(x, y),
        Binary::Less => x.below(y),
        Binary::LessEqual if kind == Kind::Complex => complex::at_most(x, y),
        Binary::LessEqual => x.at_most(y),
        Binary::Greater if kind == Kind::Complex => complex::below(y, x),
        Binary::Greater => x.above(y),
        Binary::GreaterEqual if kind == Kind::Complex => complex::at_least(x, y),
        Binary::GreaterEqual => x.at_least(y),
        Binary::LogicalAnd => x.is_nonzero() & y.is_nonzero(),
        Binary::LogicalOr => x.is_nonzero() | y.is_nonzero(),
        Binary::LogicalXor => x.is_nonzero() ^ y.is_nonzero(),
        Binary::BitwiseAnd => x & y,
        Binary::BitwiseOr => x | y,
        Binary::BitwiseXor => x ^ y,
        Binary::LeftShift => integer::left_shift(x, y),
        Binary::RightShift => integer::right_shift(x, y),
        Binary::Arctan2 => widened([x, y], |[x, y]| arctangent::arctan2(x, y)),
        Binary::Hypot => widened([x, y], |[x, y]| float::hypot(x, y)),
        Binary::Logaddexp => widened([x, y], |[x, y]| logarithm::logaddexp(x, y)),
        Binary::Logaddexp2 => widened([x, y], |[x, y]| logarithm::logaddexp2(x, y)),
        Binary::Copysign => float::copysign(x, y),
        Binary::Nextafter => float::nextafter(x, y),
        Binary::Heaviside => float::heaviside(x, y),
        Binary::Gcd => integer::gcd(x, y, repeat),
        Binary::Lcm => integer::lcm(x, y, repeat),
    }
}

/// As [`lower`], for elements that are combined in any order: which of two zeros comes out is then left open, and
/// compilers know the one instruction for real numbers.
pub(super) fn combined<'b>(row: Binary, x: Value<'b>, y: Value<'b>) -> Value<'b> {
    match row {
        Binary::Maximum if x.dtype().kind() != Kind::Complex => x.max(y),
        Binary::Minimum if x.dtype().kind() != Kind::Complex => x.min(y),
        row => of_element(row, x, y),
    }
}

type Formula<'b> = fn(Value<'b>, Value<'b>) -> Value<'b>;

fn integer_or_float<'b>(x: Value<'b>, y: Value<'b>, integer: Formula<'b>, float: Formula<'b>) -> Value<'b> {
    if x.dtype().is_integer() { integer(x, y) } else { widened([x, y], |[x, y]| float(x, y)) }
}

/// The greater or lesser of both: the first if it is NaN or `wins`, else the second.
fn extremum<'b>(x: Value<'b>, y: Value<'b>, integer: Formula<'b>, wins: Formula<'b>) -> Value<'b> {
    match x.dtype().kind() {
        Kind::Float | Kind::Complex => (x.is_nan() | wins(x, y)).select(x, y),
        Kind::Bool | Kind::Unsigned | Kind::Signed => integer(x, y),
    }
}

/// The greater or lesser of both, or the other one if one is NaN.
fn preferred<'b>(x: Value<'b>, y: Value<'b>, integer: Formula<'b>, wins: Formula<'b>) -> Value<'b> {
    match x.dtype().kind() {
        Kind::Float | Kind::Complex => (y.is_nan() | wins(x, y)).select(x, y),
        Kind::Bool | Kind::Unsigned | Kind::Signed => integer(x, y),
    }
}

/// Where the first of two floats is their maximum. Of zeros of either sign NumPy takes the second in float32 and
/// float64, as the processor's instruction does, and the first in dtypes for which there is none.
fn comes_last<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    match x.dtype() {
        dtype if dtype.is_complex() => complex::at_least(x, y),
        dtype if float::is_by_numpy(dtype) => x.at_least(y),
        _ => x.above(y),
    }
}

/// Where the first of two floats is their minimum, as [`comes_last`] for their maximum.
fn comes_first<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    match x.dtype() {
        dtype if dtype.is_complex() => complex::at_most(x, y),
        dtype if float::is_by_numpy(dtype) => x.at_most(y),
        _ => x.below(y),
    }
}
