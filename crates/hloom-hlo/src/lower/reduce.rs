//! The elements along axes made one. Knows reducers, and what the compiler makes of them.

use hloom_ir::{AxisSet, Binary, Kind, Literal, Reducer, Shape};

use crate::builder::Computation;
use crate::types::int;
use crate::value::Value;

use super::combination::{combination, twice};
use super::{binary, float, layout};

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
    if let (Reducer::Max | Reducer::Min, Kind::Float) = (reducer, dtype.kind())
        && x.shape().size() >= LIBRARY_MIN
    {
        return extreme(x, reducer, axes);
    }
    let wide = match reducer {
        Reducer::Sum | Reducer::Prod | Reducer::Fmax | Reducer::Fmin => dtype.wide(),
        Reducer::Max | Reducer::Min | Reducer::All | Reducer::Any => dtype,
    };
    let computation = combination(x.builder().module(), reducer, wide);
    if matches!(reducer, Reducer::Fmax | Reducer::Fmin) && wide.is_float() {
        return in_lanes::<8>(x.convert(wide), reducer.neutral(wide), axes, computation).convert(dtype);
    }
    x.convert(wide).reduce(reducer.neutral(wide), axes, computation).convert(dtype)
}

/// From this size on, XLA's CPU compiler gives reductions to a library (YNNPACK).
pub(super) const LIBRARY_MIN: usize = 4096;

/// The greatest or least of many floats, NaN if there is one.
///
/// The library loses NaN, so that the computation is written in a form which it does not take. That of half-precision
/// numbers is one of integers that are in the same order. Others are compared with a side that is taken in twice,
/// which costs nothing, as a compiler sees that it changes nothing.
fn extreme<'b>(x: Value<'b>, reducer: Reducer, axes: AxisSet) -> Value<'b> {
    let module = x.builder().module();
    if x.dtype().is_half() {
        let rank = float::rank(x);
        let ranked = rank.dtype();
        let last = if reducer == Reducer::Max { Literal::highest(ranked) } else { Literal::lowest(ranked) };
        let rank = float::rank_is_nan(rank, x.dtype()).select(rank.literal_like(last), rank);
        let computation = combination(module, reducer, ranked);
        return float::of_rank(in_lanes::<32>(rank, reducer.neutral(ranked), axes, computation), x.dtype());
    }
    in_lanes::<8>(x, reducer.neutral(x.dtype()), axes, twice(module, reducer, x.dtype()))
}

/// A reduction with the innermost axis, if that is reduced, parted in rows of `LANES`.
///
/// What XLA makes of a reduction itself is fast along outer axes, where neighbours are combined in one instruction, and
/// slow along the innermost, where each element waits for the one before: the greatest of 10 million float32 took 4.1 ms,
/// and takes 0.8 ms in rows.
fn in_lanes<'b, const LANES: usize>(
    x: Value<'b>,
    initial: Literal,
    axes: AxisSet,
    computation: Computation,
) -> Value<'b> {
    let shape = x.shape();
    // The reduced axes at the end are one.
    let n_inner = (0..shape.ndim()).rev().take_while(|&axis| axes.contains(axis)).count();
    let outer = shape.ndim() - n_inner;
    let extent: usize = shape[outer..].iter().product();
    let (n_rows, n_rest) = (extent / LANES, extent % LANES);
    let reduce = |x: Value<'b>, axes: AxisSet| x.reduce(initial, axes, computation);
    if n_inner == 0 || n_rows < LANES {
        return reduce(x, axes);
    }
    let with = |inner: &[usize]| -> Shape { shape[..outer].iter().chain(inner).copied().collect() };
    let line = x.reshape(&with(&[extent]));
    let and_line: AxisSet = axes.iter().filter(|&axis| axis < outer).chain([outer]).collect();
    let rows = layout::range(line, outer, 0, extent - n_rest).reshape(&with(&[n_rows, LANES]));
    let lanes = reduce(rows, and_line);
    if n_rest == 0 {
        return reduce(lanes, last_axis(lanes));
    }
    // What is left over is a short row of its own.
    let rest = reduce(layout::range(line, outer, extent - n_rest, extent).reshape(&with(&[1, n_rest])), and_line);
    let mut ty = lanes.ty();
    let axis = ty.shape.ndim() - 1;
    ty.shape.as_mut_slice()[axis] += n_rest;
    let both = x.builder().array("concatenate", ty, &[lanes, rest], |instruction| {
        instruction.dimensions = vec![int(axis)];
    });
    reduce(both, last_axis(both))
}

fn last_axis(x: Value<'_>) -> AxisSet {
    x.shape().ndim().checked_sub(1).into_iter().collect()
}
