//! Operations that move elements. Knows nothing about what is computed of them.

use hloom_ir::{AxisSet, DType, Layout, Literal, PadDims, Shape, SliceDims, Type};

use crate::proto::{PaddingConfig, PaddingConfigDimension, SliceDimensions};
use crate::types::{int, ints};
use crate::value::Value;
use crate::{Error, Result};

use super::exactly;

/// An operation that moves elements, to a result that is not empty.
pub(super) fn lower<'b>(op: &Layout, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    Ok(match op {
        Layout::Broadcast => exactly(operands).map(|[x]| x)?.broadcast(&ty.shape),
        Layout::Reshape => exactly(operands).map(|[x]| x)?.reshape(&ty.shape),
        Layout::Transpose { permutation } => transpose(exactly(operands)?, permutation, ty),
        Layout::Slice(dims) => slice(exactly(operands)?, dims, ty),
        Layout::Reverse { axes } => reverse(exactly(operands)?, *axes),
        Layout::Pad(dims) => match operands {
            // Nobody reads what is around.
            [x] => pad([*x, x.builder().constant(Literal::zero(ty.dtype), &Shape::scalar())], dims, ty),
            operands => pad(exactly(operands)?, dims, ty),
        },
        Layout::Kept => exactly(operands).map(|[x]| x)?.barrier(),
        Layout::Concatenate { axis } => concatenate(operands, *axis, ty)?,
    })
}

/// The operand with axis `permutation[i]` as axis `i`.
fn transpose<'b>([x]: [Value<'b>; 1], permutation: &[usize], ty: &Type) -> Value<'b> {
    x.builder().array("transpose", ty.clone(), &[x], |instruction| {
        instruction.dimensions = ints(permutation.iter().copied());
    })
}

/// A value with permuted axes; the value itself if they stay in place.
pub(super) fn transposed<'b>(x: Value<'b>, permutation: &[usize]) -> Value<'b> {
    if permutation.iter().enumerate().all(|(to, &from)| to == from) {
        return x;
    }
    let ty = x.ty();
    let shape = permutation.iter().filter_map(|&axis| ty.shape.get(axis).copied()).collect();
    transpose([x], permutation, &Type { dtype: ty.dtype, shape })
}

/// Every `stride`-th element between bounds.
fn slice<'b>([x]: [Value<'b>; 1], dims: &SliceDims, ty: &Type) -> Value<'b> {
    x.builder().array("slice", ty.clone(), &[x], |instruction| {
        instruction.slice_dimensions = (0..dims.start.len())
            .map(|axis| SliceDimensions {
                start: int(dims.start[axis]),
                limit: int(dims.limit[axis]),
                stride: int(dims.stride[axis]),
            })
            .collect();
    })
}

/// A range of one axis.
pub(super) fn range<'b>(x: Value<'b>, axis: usize, start: usize, limit: usize) -> Value<'b> {
    let ty = x.ty();
    let mut dims = SliceDims {
        start: ty.shape.iter().map(|_| 0).collect(),
        limit: ty.shape.iter().copied().collect(),
        stride: ty.shape.iter().map(|_| 1).collect(),
    };
    let mut shape = ty.shape.clone();
    match (dims.start.get_mut(axis), dims.limit.get_mut(axis), shape.as_mut_slice().get_mut(axis)) {
        (Some(_), Some(_), Some(extent)) if start == 0 && limit == *extent => return x,
        (Some(from), Some(to), Some(extent)) if start <= limit && limit <= *extent => {
            (*from, *to, *extent) = (start, limit, limit - start);
        }
        _ => x.fail(format!("slice: {start}..{limit} of axis {axis} of {ty}")),
    }
    slice([x], &dims, &Type { dtype: ty.dtype, shape })
}

/// The operand with some axes reversed.
fn reverse<'b>([x]: [Value<'b>; 1], axes: AxisSet) -> Value<'b> {
    x.builder().array("reverse", x.ty(), &[x], |instruction| instruction.dimensions = ints(axes.iter()))
}

/// The operand surrounded, and its elements set apart, by a 0-d value.
fn pad<'b>([x, value]: [Value<'b>; 2], dims: &PadDims, ty: &Type) -> Value<'b> {
    if x.shape().size() == 0 {
        return value.broadcast(&ty.shape);
    }
    x.builder().array("pad", ty.clone(), &[x, value], |instruction| {
        let dimensions = (0..dims.low.len()).map(|axis| PaddingConfigDimension {
            edge_padding_low: int(dims.low[axis]),
            edge_padding_high: int(dims.high[axis]),
            interior_padding: int(dims.interior[axis]),
        });
        instruction.padding_config = Some(Box::new(PaddingConfig { dimensions: dimensions.collect() }));
    })
}

/// The most operands of one instruction that joins; its code takes a time to compile that grows faster than their
/// number.
const MAX_JOINED: usize = 16;

/// The operands of one instruction where more are joined, group by group: to compile 1,000 parameters took 2.3 s of
/// processor time as one instruction, 0.55 s in groups of 32, and 0.35 s in groups of 8.
const GROUP: usize = 8;

/// The operands one after another.
fn concatenate<'b>(operands: &[Value<'b>], axis: usize, ty: &Type) -> Result<Value<'b>> {
    let filled: Vec<Value<'b>> = operands.iter().copied().filter(|operand| operand.shape().size() > 0).collect();
    match filled.as_slice() {
        [] => Err(Error::Internal("expected operands with elements".to_owned())),
        [only] => Ok(*only),
        [first, second] if is_slow_to_copy(*first, *second, axis, ty) => Ok(chosen(*first, *second, axis, ty)),
        _ => joined(filled, axis, ty),
    }
}

/// Whether two arrays are joined along their last axis, few bytes in a row of one and many of the other.
///
/// The compiler has one copied behind the other. Copies to a place that lies a few bytes before or behind the place that is read,
/// pages apart, take up to fifty times as long on some processors, perhaps for
/// <https://sourceware.org/bugzilla/show_bug.cgi?id=30994>.
fn is_slow_to_copy(first: Value<'_>, second: Value<'_>, axis: usize, ty: &Type) -> bool {
    const PAGE: usize = 1 << 12;
    const MANY: usize = 16 * PAGE;
    let row = |part: Value<'_>| part.shape().get(axis).copied().unwrap_or(0) * ty.dtype.size();
    let (first, second) = (row(first), row(second));
    axis + 1 == ty.shape.ndim() && first.min(second) < PAGE && first.max(second) >= MANY
}

/// Two arrays joined along an axis, of which an element is chosen for each place.
fn chosen<'b>(first: Value<'b>, second: Value<'b>, axis: usize, ty: &Type) -> Value<'b> {
    let n_first = first.shape().get(axis).copied().unwrap_or(0);
    let n_second = second.shape().get(axis).copied().unwrap_or(0);
    let zeros = || std::iter::repeat_n(0, ty.shape.ndim());
    let at = |amount: usize| zeros().enumerate().map(|(idx, zero)| if idx == axis { amount } else { zero }).collect();
    let none = first.builder().constant(Literal::zero(ty.dtype), &Shape::scalar());
    let behind = PadDims { low: zeros().collect(), high: at(n_second), interior: zeros().collect() };
    let before = PadDims { low: at(n_first), high: zeros().collect(), interior: zeros().collect() };
    let places = Type { dtype: DType::I64, shape: ty.shape.clone() };
    let places = first.builder().array("iota", places, &[], |instruction| instruction.dimensions = vec![int(axis)]);
    places.below(int(n_first)).select(pad([first, none], &behind, ty), pad([second, none], &before, ty))
}

/// Two or more operands, none of them empty, one after another.
fn joined<'b>(mut operands: Vec<Value<'b>>, axis: usize, ty: &Type) -> Result<Value<'b>> {
    while operands.len() > MAX_JOINED {
        let group = |group: &[Value<'b>]| match group {
            [only] => Ok(*only),
            // Fused with the next level, it would be compiled for each of its operands there.
            _ => join(group, axis, ty).map(Value::barrier),
        };
        operands = operands.chunks(GROUP).map(group).collect::<Result<_>>()?;
    }
    join(&operands, axis, ty)
}

/// The operands one after another, as one instruction. All but the extent of the axis is that of `whole`.
pub(super) fn join<'b>(operands: &[Value<'b>], axis: usize, whole: &Type) -> Result<Value<'b>> {
    let mut ty = whole.clone();
    let extents = operands.iter().map(|operand| operand.shape().get(axis).copied());
    let sum = extents.sum::<Option<usize>>();
    match (operands.first(), sum, ty.shape.as_mut_slice().get_mut(axis)) {
        (Some(first), Some(sum), Some(extent)) => {
            *extent = sum;
            Ok(first.builder().array("concatenate", ty, operands, |instruction| {
                instruction.dimensions = vec![int(axis)];
            }))
        }
        _ => Err(Error::Internal(format!("{whole} has no axis {axis}"))),
    }
}
