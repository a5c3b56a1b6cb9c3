//! Where extreme elements are: one reduction of elements together with their positions, or for long lines one of elements and
//! one of positions.

use hloom_ir::{AxisSet, DType, Extreme, Kind, Literal, Reducer, Shape, Type};

use crate::builder::{Computation, Form, Module, call};
use crate::types::int;
use crate::value::Value;

use super::{complex, reduce, stages};

/// From how many elements on a line is gone through twice, also where reductions are not taken in stages. The two reductions are
/// vectors of elements at once, which one of elements with their positions is not: a million float32 take 0.6 ms instead of 4.5 ms,
/// 25,000 lines of 400 of them 2.2 ms instead of 22 ms.
const LONG: usize = 512;

/// From how many elements on the compiler does not write out the one reduction, of integers, and of floats along the last axis. It
/// never does of floats along another.
const MANY_INTEGERS: usize = 64;
const MANY_FLOATS: usize = 24;

/// The position of the extreme element along an axis, as int64: the first where all are one number.
pub(super) fn lower<'b>([x]: [Value<'b>; 1], extreme: Extreme, axis: usize, ty: &Type) -> Value<'b> {
    let b = x.builder();
    if x.number().is_some() {
        return b.constant(Literal::zero(ty.dtype), &ty.shape);
    }
    // The narrower positions are, the more of them the compiler handles at once.
    let extent = x.shape().get(axis).copied().unwrap_or(0);
    let counted = if i32::try_from(extent).is_ok() { DType::I32 } else { DType::I64 };
    let x = x.convert(x.dtype().wide());
    let positions = Type { dtype: counted, shape: x.shape() };
    let positions = b.array("iota", positions, &[], |instruction| instruction.dimensions = vec![int(axis)]);
    let reducer = match extreme {
        Extreme::Max => Reducer::Max,
        Extreme::Min => Reducer::Min,
    };
    let n_many = match x.dtype().kind() {
        Kind::Bool | Kind::Unsigned | Kind::Signed => MANY_INTEGERS,
        Kind::Float | Kind::Complex if axis + 1 == x.shape().ndim() => MANY_FLOATS,
        Kind::Float | Kind::Complex => 0,
    };
    let is_long = extent >= LONG || extent >= n_many && stages::are_worth_it(x, AxisSet::from_iter([axis]));
    if is_long && x.dtype().kind() != Kind::Complex {
        return first_of([x, positions], reducer, axis, extent).convert(ty.dtype);
    }
    let of_element = b.constant(reducer.neutral(x.dtype()), &Shape::scalar());
    // Beyond all positions, so that an element equal to the neutral one is found all the same.
    let of_position = b.constant(Literal::highest(counted), &Shape::scalar());
    let computation = combination(b.module(), extreme, x.dtype(), counted);
    let results = [x.dtype(), counted].map(|dtype| Type { dtype, shape: ty.shape.clone() });
    let operands = [x, positions, of_element, of_position];
    let reduced = b.emit("reduce", Form::Tuple(results.to_vec()), &operands, |instruction| {
        instruction.dimensions = vec![int(axis)];
        call(instruction, computation);
    });
    b.part(reduced, 1).convert(ty.dtype)
}

/// The first position along an axis at which the extreme element is, or a NaN, to which any number of them reduces.
fn first_of<'b>([x, positions]: [Value<'b>; 2], reducer: Reducer, axis: usize, extent: usize) -> Value<'b> {
    let axes = AxisSet::from_iter([axis]);
    // What the elements are computed from is not computed twice.
    let x = if x.dtype() == DType::Bool { x.convert(DType::U8) } else { x }.barrier();
    let whole = x.shape();
    let most = reduce::reduce([x], reducer, axes).reshape(&whole.with_ones_at(axes)).broadcast(&whole);
    let is_it = x.equals(most);
    let is_it = if x.dtype().kind() == Kind::Float { is_it | x.is_nan() } else { is_it };
    let candidates = is_it.select(positions, extent as i64);
    reduce::reduce([candidates], Reducer::Min, axes)
}

/// The computation that keeps one of two elements with its position.
///
/// Whether each of the two goes before the other is asked alike for both: neither does if they are equal, both do
/// if both are NaN, and then the lesser position counts. A compiler sees through this form. With the tests for NaN
/// nested, the distances of k-means with 16 centres were searched at a fifth of the speed.
fn combination(module: &Module, extreme: Extreme, dtype: DType, counted: DType) -> Computation {
    module.shared(format!("{} {dtype} {counted}", extreme.name()), || {
        let b = module.computation(extreme.name());
        let parameter = |dtype| b.parameter(Form::Array(Type::scalar(dtype)));
        let (old, old_position) = (parameter(dtype), parameter(counted));
        let (new, new_position) = (parameter(dtype), parameter(counted));
        let goes_before = |a, b| goes_before(extreme, a, b);
        let (old_first, new_first) = (goes_before(old, new), goes_before(new, old));
        let by_element = old_first.select(old_position, new_position);
        let position = (old_first ^ new_first).select(by_element, old_position.min(new_position));
        b.finish(b.tuple(&[old_first.select(old, new), position]))
    })
}

/// Whether an element is more extreme than another, or NaN.
fn goes_before<'b>(extreme: Extreme, a: Value<'b>, b: Value<'b>) -> Value<'b> {
    let is_more = match (extreme, a.dtype().kind()) {
        (Extreme::Max, Kind::Complex) => complex::below(b, a),
        (Extreme::Min, Kind::Complex) => complex::below(a, b),
        (Extreme::Max, _) => a.above(b),
        (Extreme::Min, _) => a.below(b),
    };
    match a.dtype().kind() {
        Kind::Float | Kind::Complex => is_more | a.is_nan(),
        Kind::Bool | Kind::Unsigned | Kind::Signed => is_more,
    }
}
