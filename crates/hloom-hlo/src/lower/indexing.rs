//! Reading and writing at positions that are known when the program runs. The positions are within bounds:
//! whoever records an operation sees to that.

use hloom_ir::{Combine, DType, IndexDims, Indexing, Shape, Type};

use crate::builder::call;
use crate::proto::{GatherDimensionNumbers, ScatterDimensionNumbers};
use crate::types::{int, ints};
use crate::value::Value;
use crate::{Error, Result};

use super::combination::{replacement, update};
use super::exactly;

/// An operation at positions, to a result that is not empty.
pub(super) fn lower<'b>(op: &Indexing, operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    match op {
        Indexing::DynamicSlice => dynamic_slice(operands, ty),
        Indexing::DynamicUpdateSlice => dynamic_update_slice(operands),
        Indexing::Gather(dims) => gather(operands, *dims, ty),
        Indexing::Scatter { dims, combine } => scatter(operands, *dims, *combine),
        // The second operand is an output of the program, for whoever reads what depends on the first.
        Indexing::Require(_) => exactly(operands).map(|[value, _]| value),
    }
}

/// A part of the first operand from the starts that follow.
pub(super) fn dynamic_slice<'b>(operands: &[Value<'b>], ty: &Type) -> Result<Value<'b>> {
    let [x, ..] = operands else { return Err(too_few()) };
    Ok(x.builder().array("dynamic-slice", ty.clone(), operands, |instruction| {
        instruction.dynamic_slice_sizes = ints(ty.shape.iter().copied());
    }))
}

/// The first operand with the second written from the starts that follow.
pub(super) fn dynamic_update_slice<'b>(operands: &[Value<'b>]) -> Result<Value<'b>> {
    let [x, update, ..] = operands else { return Err(too_few()) };
    if update.shape().size() == 0 {
        return Ok(*x);
    }
    Ok(x.builder().array("dynamic-update-slice", x.ty(), operands, |_| {}))
}

/// The elements that index arrays name. No extent of the array is zero, as the result has elements.
pub(super) fn gather<'b>(operands: &[Value<'b>], dims: IndexDims, ty: &Type) -> Result<Value<'b>> {
    let [x, indices @ ..] = operands else { return Err(too_few()) };
    let shape = x.shape();
    let (starts, index_ndim) = stack(indices, &shape)?;
    let sizes = ints(shape.with_ones_at(dims.axes).iter().copied());
    Ok(x.builder().array("gather", ty.clone(), &[*x, starts], |instruction| {
        instruction.gather_dimension_numbers = Some(Box::new(GatherDimensionNumbers {
            offset_dims: window_dims(dims, index_ndim, ty.shape.ndim()),
            collapsed_slice_dims: ints(dims.axes.iter()),
            start_index_map: ints(dims.axes.iter()),
            index_vector_dim: int(index_ndim),
        }));
        instruction.gather_slice_sizes = sizes;
    }))
}

/// The first operand with the second combined into the places that index arrays name.
///
/// XLA's CPU compiler makes the updates one after another in row-major order of the indices, so that the
/// last one stays as NumPy has it. Other compilers promise no order for repeated places.
fn scatter<'b>(operands: &[Value<'b>], dims: IndexDims, combine: Combine) -> Result<Value<'b>> {
    let [x, updates, indices @ ..] = operands else { return Err(too_few()) };
    if updates.shape().size() == 0 {
        return Ok(*x);
    }
    let (starts, index_ndim) = stack(indices, &x.shape())?;
    let dtype = x.dtype();
    let computation = match combine {
        Combine::Set => replacement(x.builder().module(), dtype),
        Combine::By { op, kept } => update(x.builder().module(), op, dtype, kept),
    };
    Ok(x.builder().array("scatter", x.ty(), &[*x, starts, *updates], |instruction| {
        instruction.scatter_dimension_numbers = Some(Box::new(ScatterDimensionNumbers {
            update_window_dims: window_dims(dims, index_ndim, updates.shape().ndim()),
            inserted_window_dims: ints(dims.axes.iter()),
            scatter_dims_to_operand_dims: ints(dims.axes.iter()),
            index_vector_dim: int(index_ndim),
        }));
        call(instruction, computation);
    }))
}

/// The index arrays as vectors along a last axis, and the number of axes before it. One array alone
/// needs no such axis.
///
/// Positions that fit are int32: half as much to read, and what searches yield before it is widened.
fn stack<'b>(indices: &[Value<'b>], shape: &Shape) -> Result<(Value<'b>, usize)> {
    let is_narrow = shape.iter().all(|&extent| i32::try_from(extent).is_ok());
    let dtype = if is_narrow { DType::I32 } else { DType::I64 };
    let indices: Vec<Value<'b>> = indices.iter().map(|index| index.convert(dtype)).collect();
    let [first, rest @ ..] = indices.as_slice() else { return Err(too_few()) };
    let ndim = first.shape().ndim();
    if rest.is_empty() {
        return Ok((*first, ndim));
    }
    let with_axis = |extent: usize| -> Shape { first.shape().iter().copied().chain([extent]).collect() };
    let columns: Vec<Value<'b>> = indices.iter().map(|index| index.reshape(&with_axis(1))).collect();
    let ty = Type { dtype: first.dtype(), shape: with_axis(indices.len()) };
    let stacked = first.builder().array("concatenate", ty, &columns, |instruction| {
        instruction.dimensions = vec![int(ndim)];
    });
    Ok((stacked, ndim))
}

/// The axes of gathered elements that do not come from the index arrays.
fn window_dims(dims: IndexDims, index_ndim: usize, ndim: usize) -> Vec<i64> {
    ints((0..dims.position).chain(dims.position + index_ndim..ndim))
}

fn too_few() -> Error {
    Error::Internal("expected more operands".to_owned())
}
