//! Operations that move elements, and contractions. Knows nothing about element-wise operations but
//! conversion.

use hloom_ir::{AxisSet, DType, DotDims, Literal, PadDims, Reducer, SliceDims, Type};

use crate::builder::Builder;
use crate::proto::{DotDimensionNumbers, PaddingConfig, PaddingConfigDimension, PrecisionConfig, SliceDimensions};
use crate::types::{int, ints};
use crate::value::Value;
use crate::{Error, Result};

use super::reduce;

/// Each element is its index along an axis. Dtypes in which counting would round are counted in int64.
pub(super) fn iota<'b>(b: &'b Builder<'b>, axis: usize, ty: &Type) -> Value<'b> {
    let counted = match ty.dtype {
        DType::F16 | DType::BF16 | DType::C64 | DType::C128 => DType::I64,
        dtype => dtype,
    };
    let of_counted = Type { dtype: counted, shape: ty.shape.clone() };
    let value = b.array("iota", of_counted, &[], |instruction| instruction.dimensions = vec![int(axis)]);
    super::convert::lower(value, ty.dtype)
}

/// The operand with axis `permutation[i]` as axis `i`.
pub(super) fn transpose<'b>([x]: [Value<'b>; 1], permutation: &[usize], ty: &Type) -> Value<'b> {
    x.builder().array("transpose", ty.clone(), &[x], |instruction| {
        instruction.dimensions = ints(permutation.iter().copied());
    })
}

/// Every `stride`-th element between bounds.
pub(super) fn slice<'b>([x]: [Value<'b>; 1], dims: &SliceDims, ty: &Type) -> Value<'b> {
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
pub(super) fn reverse<'b>([x]: [Value<'b>; 1], axes: AxisSet) -> Value<'b> {
    x.builder().array("reverse", x.ty(), &[x], |instruction| instruction.dimensions = ints(axes.iter()))
}

/// The operand surrounded, and its elements set apart, by a 0-d value.
pub(super) fn pad<'b>([x, value]: [Value<'b>; 2], dims: &PadDims, ty: &Type) -> Value<'b> {
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
pub(super) fn concatenate<'b>(operands: &[Value<'b>], axis: usize, ty: &Type) -> Result<Value<'b>> {
    let filled: Vec<Value<'b>> = operands.iter().copied().filter(|operand| operand.shape().size() > 0).collect();
    match filled.as_slice() {
        [] => Err(Error::Internal("concatenate: expected operands with elements".to_owned())),
        [only] => Ok(*only),
        _ => joined(filled, axis, ty),
    }
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
fn join<'b>(operands: &[Value<'b>], axis: usize, whole: &Type) -> Result<Value<'b>> {
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
        _ => Err(Error::Internal(format!("concatenate: {whole} has no axis {axis}"))),
    }
}

/// Sums of products over contracted axes.
///
/// Half-precision operands are summed in float32 and rounded once. For bool a sum of products is an OR
/// of ANDs: it is taken in float32, where a sum of ones may round but never becomes zero.
pub(super) fn dot<'b>([x, y]: [Value<'b>; 2], dims: &DotDims, ty: &Type) -> Value<'b> {
    match ty.dtype {
        DType::F16 | DType::BF16 => contract(x, y, dims, ty, DType::F32).convert(ty.dtype),
        DType::Bool => contract(x.convert(DType::F32), y.convert(DType::F32), dims, ty, DType::F32).differs(0),
        dtype => contract(x, y, dims, ty, dtype),
    }
}

fn contract<'b>(x: Value<'b>, y: Value<'b>, dims: &DotDims, ty: &Type, result: DType) -> Value<'b> {
    const HIGHEST: i32 = 2;
    // The compiler divides by the extent of what is summed, and ends the process.
    if dims.lhs_contracting.iter().any(|&axis| x.shape().get(axis) == Some(&0)) {
        return x.builder().constant(Literal::zero(result), &ty.shape);
    }
    let is_line = |value: Value<'b>, axes: &[usize]| axes.len() == 1 && value.shape().ndim() == 1;
    if is_line(x, &dims.lhs_contracting) && is_line(y, &dims.rhs_contracting) && !result.is_complex() {
        // A product of two vectors is no matter for a library of matrix products: as a sum it takes a twentieth of
        // the time for 10 million float32.
        return reduce::lower([x.convert(result) * y.convert(result)], Reducer::Sum, AxisSet::all(1));
    }
    let ty = Type { dtype: result, shape: ty.shape.clone() };
    x.builder().array("dot", ty, &[x, y], |instruction| {
        instruction.dot_dimension_numbers = Some(Box::new(DotDimensionNumbers {
            lhs_contracting_dimensions: ints(dims.lhs_contracting.iter().copied()),
            rhs_contracting_dimensions: ints(dims.rhs_contracting.iter().copied()),
            lhs_batch_dimensions: ints(dims.lhs_batch.iter().copied()),
            rhs_batch_dimensions: ints(dims.rhs_batch.iter().copied()),
        }));
        // Accelerators would otherwise read float32 operands with fewer bits.
        instruction.precision_config = Some(Box::new(PrecisionConfig { operand_precision: vec![HIGHEST, HIGHEST] }));
    })
}
