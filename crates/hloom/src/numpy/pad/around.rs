//! What each mode puts beside the elements of an axis, in the builder's vocabulary.

use hloom_ir::{ArgType, AxisSet, Binary, DType, Literal, NodeId, PadDims, Reducer, Type, Unary, Weak, result_type};
use smallvec::SmallVec;

use super::{Mode, Statistic, element, is_whole, lengths};
use crate::numbers::Numbers;
use crate::numpy::along::{joined, moved, padded, padded_by, part, reversed, with_extent};
use crate::numpy::moments::mean_of;
use crate::numpy::over::over_axis;
use crate::numpy::quantile::median_of;
use crate::numpy::space::{between, num};
use crate::record::{Build, Builder, Operand};
use crate::{Error, Result};

/// An array with something beside its elements along each axis.
pub(super) fn pad(builder: &mut Builder<'_>, x: NodeId, widths: &[(usize, usize)], mode: &Mode<'_>) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let ndim = shape.ndim();
    if let Mode::Constant(values) = mode {
        return constant(builder, x, widths, *values);
    }
    if shape.size() == 0 {
        let extended = (0..ndim).find(|&axis| shape[axis] == 0 && widths[axis] != (0, 0));
        return match extended {
            Some(axis) => Err(Error::value(format!(
                "can't extend empty axis {axis} using modes other than 'constant' or 'empty'"
            ))),
            None => constant(builder, x, widths, None),
        };
    }
    match mode {
        Mode::Constant(_) => Ok(x),
        Mode::Edge => each_axis(builder, x, widths, edges),
        Mode::Wrap => each_axis(builder, x, widths, wrapped),
        Mode::Mirror { repeats_edge, odd } => each_axis(builder, x, widths, |builder, x, axis, widths| {
            mirrored(builder, x, axis, widths, *repeats_edge, *odd)
        }),
        Mode::LinearRamp(values) => {
            let zero = Operand::Number(Weak::Int(0));
            let ends = match values {
                Some(values) => values.pairs(ndim)?,
                None => vec![[&zero; 2]; ndim],
            };
            // Up to two numbers are of their own dtype for NumPy, more are numbers of Python's.
            let are_weak = values.is_some_and(|values| values.len() > 2);
            each_axis(builder, x, widths, |builder, x, axis, widths| {
                ramps(builder, x, axis, widths, ends[axis], are_weak)
            })
        }
        Mode::Statistic(statistic, length) => {
            let lengths = lengths(*length, ndim)?;
            if lengths.iter().any(|pair| pair.contains(&0))
                && matches!(statistic, Statistic::Maximum | Statistic::Minimum)
            {
                return Err(Error::value("stat_length of 0 yields no value for padding"));
            }
            each_axis(builder, x, widths, |builder, x, axis, widths| {
                statistics(builder, x, axis, widths, *statistic, lengths[axis])
            })
        }
    }
}

/// An array padded along one axis after another.
fn each_axis(
    builder: &mut Builder<'_>,
    x: NodeId,
    widths: &[(usize, usize)],
    mut pad: impl FnMut(&mut Builder<'_>, NodeId, usize, (usize, usize)) -> Result<NodeId>,
) -> Result<NodeId> {
    let mut padded = x;
    for (axis, &widths) in widths.iter().enumerate() {
        if widths != (0, 0) {
            padded = pad(builder, padded, axis, widths)?;
        }
    }
    Ok(padded)
}

fn constant(
    builder: &mut Builder<'_>,
    x: NodeId,
    widths: &[(usize, usize)],
    values: Option<&Numbers>,
) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let pairs = match values {
        Some(values) => values.pairs(widths.len())?,
        None => Vec::new(),
    };
    let all_alike = |number: &Operand<'_>| {
        let alike = |other: &Operand<'_>| match (number, other) {
            (Operand::Number(number), Operand::Number(other)) => number == other,
            _ => false,
        };
        pairs.iter().flatten().all(|other| alike(other))
    };
    let around = match pairs.first() {
        None if values.is_some() => return Ok(x),
        None => Some(builder.constant(Literal::zero(dtype))),
        Some([first, _]) if all_alike(first) => Some(element(builder, first, dtype)?),
        Some(_) => None,
    };
    if let Some(around) = around {
        let (low, high): (SmallVec<[usize; 4]>, SmallVec<[usize; 4]>) = widths.iter().copied().unzip();
        let interior = SmallVec::from_elem(0, widths.len());
        return padded_by(builder, x, PadDims { low, high, interior }, around);
    }
    let mut result = x;
    for (axis, (&(low, high), [before, after])) in widths.iter().zip(pairs).enumerate() {
        let (before, after) = (element(builder, before, dtype)?, element(builder, after, dtype)?);
        result = padded(builder, result, axis, (low, 0), before)?;
        result = padded(builder, result, axis, (0, high), after)?;
    }
    Ok(result)
}

/// A part of extent 1 of an axis as often as a width.
fn spread(builder: &mut Builder<'_>, x: NodeId, axis: usize, width: usize) -> Result<NodeId> {
    let shape = with_extent(&builder.shape(x)?, axis, width);
    builder.broadcast(x, &shape)
}

fn edges(builder: &mut Builder<'_>, x: NodeId, axis: usize, (low, high): (usize, usize)) -> Result<NodeId> {
    let extent = builder.ty(x)?.shape[axis];
    let first = part(builder, x, axis, 0..1)?;
    let last = part(builder, x, axis, extent - 1..extent)?;
    let (before, after) = (spread(builder, first, axis, low)?, spread(builder, last, axis, high)?);
    joined(builder, &[before, x, after], axis)
}

/// The elements from the other end. Where there are too few, all that is there is put on, again and again.
fn wrapped(builder: &mut Builder<'_>, x: NodeId, axis: usize, (mut low, mut high): (usize, usize)) -> Result<NodeId> {
    let own = builder.ty(x)?.shape[axis];
    let mut result = x;
    while low > 0 || high > 0 {
        let extent = builder.ty(result)?.shape[axis];
        // Whole periods only, so that the next elements follow.
        let period = extent / own * own;
        let (n_before, n_after) = (low.min(period), high.min(period));
        let before = part(builder, result, axis, period - n_before..period)?;
        let after = part(builder, result, axis, extent - period..extent - period + n_after)?;
        result = joined(builder, &[before, result, after], axis)?;
        (low, high) = (low - n_before, high - n_after);
    }
    Ok(result)
}

/// The elements mirrored about the outermost ones, or with these repeated. Where there are too few, all that is there is
/// mirrored, again and again.
fn mirrored(
    builder: &mut Builder<'_>,
    x: NodeId,
    axis: usize,
    (mut low, mut high): (usize, usize),
    repeats_edge: bool,
    odd: bool,
) -> Result<NodeId> {
    let own = builder.ty(x)?.shape[axis];
    if own == 1 {
        return edges(builder, x, axis, (low, high));
    }
    let only = AxisSet::from_iter([axis]);
    let beside = usize::from(!repeats_edge);
    let mut result = x;
    while low > 0 || high > 0 {
        let extent = builder.ty(result)?.shape[axis];
        // Whole periods only, so that the next elements follow.
        let period = own - beside;
        let n_mirrored = (extent - beside) / period * period;
        let (n_before, n_after) = (low.min(n_mirrored), high.min(n_mirrored));
        let before = part(builder, result, axis, beside..beside + n_before)?;
        let after = part(builder, result, axis, extent - beside - n_after..extent - beside)?;
        let (mut before, mut after) = (reversed(builder, before, only)?, reversed(builder, after, only)?);
        if odd {
            let (first, last) = (part(builder, result, axis, 0..1)?, part(builder, result, axis, extent - 1..extent)?);
            before = beyond(builder, first, before)?;
            after = beyond(builder, last, after)?;
        }
        result = joined(builder, &[before, result, after], axis)?;
        (low, high) = (low - n_before, high - n_after);
    }
    Ok(result)
}

/// What lies as far beyond an edge as elements lie before it.
fn beyond(builder: &mut Builder<'_>, edge: NodeId, elements: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(edge)?;
    let computed = if dtype == DType::Bool { DType::I64 } else { dtype };
    let (edge, elements) = (builder.convert(edge, computed)?, builder.convert(elements, computed)?);
    let two = builder.constant_of(2, computed);
    let twice = builder.apply(Binary::Multiply, two, edge)?;
    let beyond = builder.apply(Binary::Subtract, twice, elements)?;
    builder.convert(beyond, dtype)
}

fn ramps(
    builder: &mut Builder<'_>,
    x: NodeId,
    axis: usize,
    (low, high): (usize, usize),
    [start, stop]: [&Operand<'static>; 2],
    are_weak: bool,
) -> Result<NodeId> {
    let extent = builder.ty(x)?.shape[axis];
    let first = part(builder, x, axis, 0..1)?;
    let last = part(builder, x, axis, extent - 1..extent)?;
    let before = ramp(builder, start, first, axis, low, are_weak)?;
    let after = ramp(builder, stop, last, axis, high, are_weak)?;
    let after = reversed(builder, after, AxisSet::from_iter([axis]))?;
    joined(builder, &[before, x, after], axis)
}

/// Numbers evenly spaced from one to before an edge.
fn ramp(
    builder: &mut Builder<'_>,
    end: &Operand<'static>,
    edge: NodeId,
    axis: usize,
    width: usize,
    is_weak: bool,
) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(edge)?.clone();
    if width == 0 {
        return part(builder, edge, axis, 0..0);
    }
    let own = match (is_weak, builder.arg_type(end)?) {
        (true, own) => own,
        (false, own) => ArgType::Strong(own.default_dtype()),
    };
    let common = result_type(&[own, ArgType::Strong(dtype)])?;
    let computed = if common.is_float() || common.is_complex() { common } else { DType::F64 };
    let rest = shape.without(AxisSet::from_iter([axis]));
    let stop = builder.reshape(edge, rest)?;
    let stop = builder.convert(stop, computed)?;
    let start = element(builder, end, computed)?;
    let numbers = between(builder, start, stop, &num(width).endpoint(false))?.numbers;
    let numbers = moved(builder, numbers, 0, axis)?;
    let numbers = if is_whole(dtype) {
        let floor = Unary::Floor.resolve(ArgType::Strong(computed))?;
        let numbers = builder.convert(numbers, floor.operand)?;
        builder.op(Unary::Floor, &[numbers])?
    } else {
        numbers
    };
    builder.convert(numbers, dtype)
}

fn statistics(
    builder: &mut Builder<'_>,
    x: NodeId,
    axis: usize,
    (low, high): (usize, usize),
    statistic: Statistic,
    [n_first, n_last]: [usize; 2],
) -> Result<NodeId> {
    let extent = builder.ty(x)?.shape[axis];
    let (n_first, n_last) = (n_first.min(extent), n_last.min(extent));
    let first = part(builder, x, axis, 0..n_first)?;
    let before = statistic_of(builder, first, axis, statistic)?;
    let after = if n_first == extent && n_last == extent {
        before
    } else {
        let last = part(builder, x, axis, extent - n_last..extent)?;
        statistic_of(builder, last, axis, statistic)?
    };
    let (before, after) = (spread(builder, before, axis, low)?, spread(builder, after, axis, high)?);
    joined(builder, &[before, x, after], axis)
}

/// A number that stands for the elements along an axis, which stays with extent 1.
fn statistic_of(builder: &mut Builder<'_>, x: NodeId, axis: usize, statistic: Statistic) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    let axes = AxisSet::from_iter([axis]);
    let reduced = match statistic {
        Statistic::Maximum => builder.reduce(Reducer::Max, x, axes)?,
        Statistic::Minimum => builder.reduce(Reducer::Min, x, axes)?,
        Statistic::Mean => mean_of(builder, x, &over_axis(&crate::Axes::from(axis), axis))?,
        Statistic::Median => median_of(builder, x, &crate::Axes::from(axis))?,
    };
    let own = builder.dtype(reduced)?;
    let rounded = if is_whole(dtype) && own.is_float() { builder.op(Unary::Rint, &[reduced])? } else { reduced };
    let result = builder.convert(rounded, dtype)?;
    builder.reshape(result, with_extent(&shape, axis, 1))
}
