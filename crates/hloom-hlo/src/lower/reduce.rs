//! The elements along axes made one. Knows reducers, and what the compiler makes of them.

use hloom_ir::{AxisSet, Binary, Literal, Reducer};

use crate::builder::{Form, Judgement, is_in_memory};
use crate::value::Value;

use super::combination::{apart, combination, is_of_the_library};
use super::{binary, float, stages};

/// The elements along `axes` made one. Sums and products of half-precision numbers are taken in float32
/// and rounded once, as NumPy does.
///
/// One instruction is enough for long axes: XLA's CPU compiler sums them in parts itself. Over 10 million
/// float32 numbers, along the inner, the outer or all axes, its error stayed below 1.6e-7 of the sum,
/// where NumPy's reached 1.4e-7 along the inner axis and 2.4e-2 along the outer one.
pub(super) fn reduce<'b>([x]: [Value<'b>; 1], reducer: Reducer, axes: AxisSet) -> Value<'b> {
    let dtype = x.dtype();
    let kept = x.shape().without(axes);
    if x.shape().size() == 0 {
        return x.builder().constant(reducer.neutral(dtype), &kept);
    }
    if axes.is_empty() && reducer == Reducer::Prod && dtype.is_complex() {
        // As NumPy's product, one that begins with 1: an infinity beside a zero makes NaN of it.
        return binary::combined(Binary::Multiply, x.literal_like(Literal::one(dtype)), x);
    }
    if let Some(number) = x.number()
        && !matches!(reducer, Reducer::Sum | Reducer::Prod)
    {
        return x.builder().constant(number, &kept);
    }
    if matches!(reducer, Reducer::Max | Reducer::Min) && dtype.is_half() {
        return of_ranks(x, reducer, axes);
    }
    let wide = match reducer {
        Reducer::Sum | Reducer::Prod | Reducer::Fmax | Reducer::Fmin => dtype.wide(),
        Reducer::Max | Reducer::Min | Reducer::All | Reducer::Any => dtype,
    };
    let x = x.convert(wide);
    // The order matters to complex numbers: of two NaN the first is the greatest, and with infinities among them each order
    // of factors has its own product.
    let is_taken_in_order = wide.is_complex();
    let is_by_a_library = is_summed_by_a_library(x, reducer);
    if !is_taken_in_order && stages::are_worth_it(x, axes) && !is_by_a_library {
        return stages::reduce(x, reducer, axes).convert(dtype);
    }
    let module = x.builder().module();
    let computation = match reducer {
        // The library loses NaN.
        Reducer::Max | Reducer::Min => apart(module, reducer, wide),
        _ => combination(module, reducer, wide),
    };
    let reduced = x.reduce(reducer.neutral(wide), axes, computation);
    if is_by_a_library {
        x.builder().set_in_library(reduced);
    }
    reduced.convert(dtype)
}

/// Whether a sum is left to the library of XLA's CPU compiler (YNNPACK), which takes the arithmetic and the functions that are
/// summed with it, if it has all of them. What it does not take is faster in stages.
fn is_summed_by_a_library(x: Value<'_>, reducer: Reducer) -> bool {
    reducer == Reducer::Sum && x.dtype().is_float() && x.builder().is_made_of(x, by_a_library)
}

/// Whether an instruction is one of [the library's](https://github.com/openxla/xla/blob/main/xla/backends/cpu/ynn_support.cc),
/// or one whose result is in memory.
fn by_a_library(opcode: &str, form: &Form) -> Judgement {
    let has_dtype = match form {
        Form::Array(ty) => is_of_the_library(ty.dtype),
        Form::Tuple(_) => false,
    };
    match opcode {
        // What is in memory as well.
        _ if !has_dtype => Judgement::Refused,
        _ if is_in_memory(opcode) => Judgement::Known,
        "abs"
        | "ceil"
        | "convert"
        | "cosine"
        | "exponential"
        | "exponential-minus-one"
        | "floor"
        | "log"
        | "log-plus-one"
        | "logistic"
        | "negate"
        | "round-nearest-even"
        | "rsqrt"
        | "sign"
        | "sine"
        | "sqrt"
        | "tanh"
        | "tan"
        | "add"
        | "divide"
        | "maximum"
        | "minimum"
        | "multiply"
        | "power"
        | "subtract"
        | "broadcast"
        | "reshape" => Judgement::AsItsOperands,
        _ => Judgement::Refused,
    }
}

/// The greatest or least of half-precision numbers, NaN if there is one, as one of integers that are in the same order.
fn of_ranks<'b>(x: Value<'b>, reducer: Reducer, axes: AxisSet) -> Value<'b> {
    let rank = float::rank(x);
    let ranked = rank.dtype();
    let last = if reducer == Reducer::Max { Literal::highest(ranked) } else { Literal::lowest(ranked) };
    let rank = float::rank_is_nan(rank, x.dtype()).select(rank.literal_like(last), rank);
    float::of_rank(reduce([rank], reducer, axes), x.dtype())
}
