//! Reading and writing at positions that are known when the program runs.

use crate::{DType, Error, Result, Shape, Type};

use super::{AxisSet, require};

/// Which axes index arrays apply to, and where their shape appears in the result.
///
/// `axes.len()` index arrays of one shape `S` name positions along `axes`, in ascending order. The
/// gathered array has the remaining axes in their order with `S` put in before the one at `position`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IndexDims {
    /// The indexed axes of the array.
    pub axes: AxisSet,
    /// The number of remaining axes that come before the shape of the index arrays.
    pub position: usize,
}

/// What a [`super::Op::Scatter`] does with the old value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Combine {
    /// The new value replaces it.
    Set,
    /// The new value is added to it.
    Add,
    /// It is multiplied by the new value.
    Multiply,
    /// The lesser of both stays.
    Min,
    /// The greater of both stays.
    Max,
}

/// The shape that indexing an array of `shape` with index arrays of `index_shape` yields.
fn gathered_shape(shape: &[usize], dims: IndexDims, index_shape: &[usize]) -> Shape {
    let rest = (0..shape.len()).filter(|&axis| !dims.axes.contains(axis)).map(|axis| shape[axis]);
    rest.clone().take(dims.position).chain(index_shape.iter().copied()).chain(rest.skip(dims.position)).collect()
}

fn check_indices<'a>(name: &str, array: &Type, dims: IndexDims, indices: &[&'a Type]) -> Result<&'a Type> {
    let ndim = array.shape.ndim();
    let axes_exist = dims.axes.iter().all(|axis| axis < ndim) && !dims.axes.is_empty();
    require(name, axes_exist && dims.position <= ndim - dims.axes.len(), || format!("axes of {array}, got {dims:?}"))?;
    let alike = indices.len() == dims.axes.len()
        && indices.iter().all(|index| index.dtype == DType::I64 && index.shape == indices[0].shape);
    require(name, alike, || format!("{} int64 index arrays of one shape, got {indices:?}", dims.axes.len()))?;
    Ok(indices[0])
}

pub(super) fn infer_gather(operands: &[&Type], dims: IndexDims) -> Result<Type> {
    let [array, indices @ ..] = operands else {
        return Err(Error::internal("gather: expected an array and indices, got nothing"));
    };
    let index = check_indices("gather", array, dims, indices)?;
    let shape = gathered_shape(&array.shape, dims, &index.shape);
    Ok(Type { dtype: array.dtype, shape })
}

pub(super) fn infer_scatter(operands: &[&Type], dims: IndexDims) -> Result<Type> {
    let [array, updates, indices @ ..] = operands else {
        return Err(Error::internal("scatter: expected an array, updates and indices"));
    };
    let index = check_indices("scatter", array, dims, indices)?;
    let shape = gathered_shape(&array.shape, dims, &index.shape);
    require("scatter", **updates == Type { dtype: array.dtype, shape: shape.clone() }, || {
        format!("updates of {}{shape}, got {updates}", array.dtype)
    })?;
    Ok((*array).clone())
}

fn check_starts(name: &str, array: &Type, starts: &[&Type]) -> Result<()> {
    let legal = starts.len() == array.shape.ndim() && starts.iter().all(|start| **start == Type::scalar(DType::I64));
    require(name, legal, || format!("an int64 start for each axis of {array}, got {starts:?}"))
}

fn check_within(name: &str, array: &Type, part: &Type) -> Result<()> {
    let fits = part.dtype == array.dtype
        && part.shape.ndim() == array.shape.ndim()
        && part.shape.iter().zip(array.shape.iter()).all(|(part, whole)| part <= whole);
    require(name, fits, || format!("a part of {array}, got {part}"))
}

pub(super) fn infer_dynamic_slice(operands: &[&Type], declared: &Type) -> Result<Type> {
    let [array, starts @ ..] = operands else {
        return Err(Error::internal("dynamic_slice: expected an array and starts, got nothing"));
    };
    check_starts("dynamic_slice", array, starts)?;
    check_within("dynamic_slice", array, declared)?;
    Ok(declared.clone())
}

pub(super) fn infer_dynamic_update_slice(operands: &[&Type]) -> Result<Type> {
    let [array, update, starts @ ..] = operands else {
        return Err(Error::internal("dynamic_update_slice: expected an array, an update and starts"));
    };
    check_starts("dynamic_update_slice", array, starts)?;
    check_within("dynamic_update_slice", array, update)?;
    Ok((*array).clone())
}
