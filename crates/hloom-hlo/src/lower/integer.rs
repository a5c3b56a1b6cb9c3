//! Integer functions without an HLO instruction of NumPy's meaning. Knows integers only.

use hloom_ir::{AxisSet, DType, Kind, Literal, Type};

use crate::builder::Form;
use crate::value::Value;

use super::quotient::{self, Divisor};

/// The quotient rounded down; 0 by zero.
pub(super) fn floor_divide<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    Divisor::new(y).floor_quotient(x)
}

/// The remainder with the divisor's sign; 0 by zero.
pub(super) fn remainder<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    Divisor::new(y).floor_remainder(x)
}

/// The remainder with the dividend's sign; 0 by zero.
pub(super) fn fmod<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    Divisor::new(y).remainder(x)
}

/// One divided by the value, truncated. NumPy divides in float64, so that 1/0 is what x86-64 makes of
/// converting infinity: the least integer in 32 and 64 signed bits, else 0.
pub(super) fn reciprocal(x: Value<'_>) -> Value<'_> {
    let is_signed = x.dtype().kind() == Kind::Signed;
    let has_least = is_signed && x.dtype().size() >= 4;
    let of_zero = if has_least { x.literal_like(Literal::lowest(x.dtype())) } else { x.like(0) };
    let is_unit = if is_signed { x.equals(1) | x.equals(-1) } else { x.equals(1) };
    x.equals(0).select(of_zero, is_unit.select(x, 0))
}

/// -1, 0 or 1.
pub(super) fn sign(x: Value<'_>) -> Value<'_> {
    match x.dtype().kind() {
        Kind::Bool | Kind::Unsigned => x.min(1),
        Kind::Signed | Kind::Float | Kind::Complex => x.unary("sign"),
    }
}

/// How a step is repeated until it changes nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// By a loop, as often as the elements need it.
    Loop,
    /// Written out as often as any element of the dtype needs it, where there can be no loop: the computations that scatters call
    /// have none, and compilers end the process if they find one there.
    Written,
}

/// The greatest common divisor, by Euclid's algorithm on all elements at once.
pub(super) fn gcd<'b>(x: Value<'b>, y: Value<'b>, repeat: Repeat) -> Value<'b> {
    euclid(magnitude(x), magnitude(y), repeat).bitcast(x.dtype())
}

/// The least common multiple; 0 if either is 0.
pub(super) fn lcm<'b>(x: Value<'b>, y: Value<'b>, repeat: Repeat) -> Value<'b> {
    let (x_size, y_size) = (magnitude(x), magnitude(y));
    let divisor = euclid(x_size, y_size, repeat).max(1);
    (quotient::quotient(x_size, divisor) * y_size).bitcast(x.dtype())
}

/// The absolute value in the unsigned dtype of the width, which holds that of the least integer too.
fn magnitude(x: Value<'_>) -> Value<'_> {
    let unsigned = DType::of(Kind::Unsigned, x.dtype().size());
    x.abs().bitcast(unsigned.unwrap_or(x.dtype()))
}

fn euclid<'b>(x: Value<'b>, y: Value<'b>, repeat: Repeat) -> Value<'b> {
    // The numbers that take the most steps are Fibonacci's, of which there are 1.44 for each bit.
    let n_most = 3 * 8 * x.dtype().size() / 2 + 1;
    repeated("euclid", [x, y], repeat, n_most, |[x, y]| {
        let done = y.equals(0);
        let rest = quotient::remainder(x, done.select(y.like(1), y));
        [done.select(x, y), done.select(y, rest)]
    })
}

/// The power, wrapping. Of negative exponents the result is unspecified.
///
/// XLA's instruction reads the lowest six bits of an exponent, so the exponent is taken in digits of six
/// bits; most need one turn.
pub(super) fn power<'b>(x: Value<'b>, y: Value<'b>, repeat: Repeat) -> Value<'b> {
    const DIGIT: i64 = 6;
    const BASE: i64 = 1 << DIGIT;
    let n_most = (8 * x.dtype().size()).div_ceil(DIGIT as usize);
    repeated("power", [x.like(1), x, y], repeat, n_most, |[product, base, exponent]| {
        let product = product * base.binary("power", exponent & (BASE - 1));
        let next = (0..DIGIT).fold(base, |power, _| power * power);
        [product, next, exponent.binary("shift-right-logical", DIGIT)]
    })
}

/// Repeats a step on values of one type until all elements of the last are zero, which takes `n_most` times at most, and returns
/// the first.
fn repeated<'b, const N: usize>(
    name: &str,
    state: [Value<'b>; N],
    repeat: Repeat,
    n_most: usize,
    step: impl for<'s> Fn([Value<'s>; N]) -> [Value<'s>; N],
) -> Value<'b> {
    match repeat {
        Repeat::Loop => while_any(name, state, step),
        Repeat::Written => (0..n_most).fold(state, |state, _| step(state))[0],
    }
}

/// Repeats a step on values of one type while any element of the last is not zero, and returns the
/// first. The name tells the step.
fn while_any<'b, const N: usize>(
    name: &str,
    state: [Value<'b>; N],
    step: impl for<'s> FnOnce([Value<'s>; N]) -> [Value<'s>; N],
) -> Value<'b> {
    let b = state[0].builder();
    let (module, ty) = (b.module(), state[0].ty());
    let form = Form::Tuple(state.iter().map(|value| value.ty()).collect());
    let condition = module.shared(format!("{name} condition {ty}"), || {
        let b = module.computation(&format!("{name}_condition"));
        let last = b.part(b.parameter(form.clone()), N - 1);
        b.finish(any(last.is_nonzero()))
    });
    let body = module.shared(format!("{name} body {ty}"), || {
        let b = module.computation(&format!("{name}_body"));
        let parameter = b.parameter(form.clone());
        let next = step(std::array::from_fn(|idx| b.part(parameter, idx)));
        b.finish(b.tuple(&next))
    });
    b.part(b.while_loop(condition, body, b.tuple(&state)), 0)
}

/// Whether any element is true.
fn any(x: Value<'_>) -> Value<'_> {
    let module = x.builder().module();
    let either = module.shared("logical_or bool".to_owned(), || {
        let b = module.computation("logical_or");
        let [x, y] = [(); 2].map(|()| b.parameter(Form::Array(Type::scalar(DType::Bool))));
        b.finish(x | y)
    });
    x.reduce(Literal::new(false), AxisSet::all(x.shape().ndim()), either)
}

/// The first shifted left; 0 from the width on. HLO's shift has this meaning, negative amounts included,
/// which NumPy takes for great ones.
pub(super) fn left_shift<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    x.binary("shift-left", y)
}

/// The first shifted right; nothing but copies of the sign from the width on.
pub(super) fn right_shift<'b>(x: Value<'b>, y: Value<'b>) -> Value<'b> {
    match x.dtype().kind() {
        Kind::Signed => x.binary("shift-right-arithmetic", y),
        Kind::Bool | Kind::Unsigned | Kind::Float | Kind::Complex => x.binary("shift-right-logical", y),
    }
}

/// The number of one bits of the magnitude, as uint8.
pub(super) fn bitwise_count(x: Value<'_>) -> Value<'_> {
    x.abs().unary("popcnt").convert(DType::U8)
}
