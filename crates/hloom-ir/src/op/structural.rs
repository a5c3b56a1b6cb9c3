//! Operations that move elements without computing, and the contraction of two arrays.

use smallvec::SmallVec;

use crate::{Error, Result, Shape, Type, broadcast_shapes};

use super::require;

/// The bounds of a [`super::Op::Slice`], one entry an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SliceDims {
    /// The first index taken.
    pub start: SmallVec<[usize; 4]>,
    /// The index before which to stop.
    pub limit: SmallVec<[usize; 4]>,
    /// The distance between indices, at least 1.
    pub stride: SmallVec<[usize; 4]>,
}

/// The widths of a [`super::Op::Pad`], one entry an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PadDims {
    /// Elements put before the first.
    pub low: SmallVec<[usize; 4]>,
    /// Elements put after the last.
    pub high: SmallVec<[usize; 4]>,
    /// Elements put between neighbours.
    pub interior: SmallVec<[usize; 4]>,
}

/// The axes of a [`super::Op::Dot`]. The result has the batch axes, then the left operand's free axes,
/// then the right one's, each in their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DotDims {
    /// Batch axes of the left operand, paired with those of the right.
    pub lhs_batch: SmallVec<[usize; 2]>,
    /// Batch axes of the right operand.
    pub rhs_batch: SmallVec<[usize; 2]>,
    /// Contracted axes of the left operand, paired with those of the right.
    pub lhs_contracting: SmallVec<[usize; 2]>,
    /// Contracted axes of the right operand.
    pub rhs_contracting: SmallVec<[usize; 2]>,
}

pub(super) fn infer_broadcast([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
    require("broadcast", operand.dtype == declared.dtype, || format!("dtype {}, got {declared}", operand.dtype))?;
    let fits = operand.shape.ndim() <= declared.shape.ndim()
        && broadcast_shapes([&*operand.shape, &*declared.shape].into_iter()).is_ok_and(|shape| shape == declared.shape);
    if !fits {
        return Err(Error::value(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: {}  \
             and requested shape {}",
            operand.shape, declared.shape
        )));
    }
    Ok(declared.clone())
}

pub(super) fn infer_reshape([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
    require("reshape", operand.dtype == declared.dtype, || format!("dtype {}, got {declared}", operand.dtype))?;
    if operand.shape.size() != declared.shape.size() {
        return Err(Error::value(format!(
            "cannot reshape array of size {} into shape {}",
            operand.shape.size(),
            declared.shape
        )));
    }
    Ok(declared.clone())
}

pub(super) fn infer_transpose([operand]: [&Type; 1], permutation: &[usize]) -> Result<Type> {
    let axes: super::AxisSet = permutation.iter().copied().collect();
    let ndim = operand.shape.ndim();
    require("transpose", permutation.len() == ndim && axes == super::AxisSet::all(ndim), || {
        format!("a permutation of the axes of {operand}, got {permutation:?}")
    })?;
    Ok(Type { dtype: operand.dtype, shape: permutation.iter().map(|&axis| operand.shape[axis]).collect() })
}

pub(super) fn infer_slice([operand]: [&Type; 1], dims: &SliceDims) -> Result<Type> {
    let ndim = operand.shape.ndim();
    let legal = [&dims.start, &dims.limit, &dims.stride].iter().all(|entries| entries.len() == ndim)
        && (0..ndim).all(|axis| {
            dims.start[axis] <= dims.limit[axis] && dims.limit[axis] <= operand.shape[axis] && dims.stride[axis] >= 1
        });
    require("slice", legal, || format!("bounds within {operand}, got {dims:?}"))?;
    let shape = (0..ndim).map(|axis| (dims.limit[axis] - dims.start[axis]).div_ceil(dims.stride[axis])).collect();
    Ok(Type { dtype: operand.dtype, shape })
}

pub(super) fn infer_pad([operand, value]: [&Type; 2], dims: &PadDims) -> Result<Type> {
    let ndim = operand.shape.ndim();
    let legal = [&dims.low, &dims.high, &dims.interior].iter().all(|entries| entries.len() == ndim);
    require("pad", legal, || format!("widths for {operand}, got {dims:?}"))?;
    require("pad", *value == Type::scalar(operand.dtype), || {
        format!("a 0-d {} as padding, got {value}", operand.dtype)
    })?;
    let mut shape = Shape::scalar();
    for axis in 0..ndim {
        let between = operand.shape[axis].saturating_sub(1).checked_mul(dims.interior[axis]);
        let extent = between
            .and_then(|extent| extent.checked_add(operand.shape[axis]))
            .and_then(|extent| extent.checked_add(dims.low[axis]))
            .and_then(|extent| extent.checked_add(dims.high[axis]))
            .ok_or_else(|| Error::value("array is too big; the padded extent overflows"))?;
        shape.push(extent);
    }
    Ok(Type { dtype: operand.dtype, shape })
}

pub(super) fn infer_concatenate(operands: &[&Type], axis: usize) -> Result<Type> {
    let [first, rest @ ..] = operands else {
        return Err(Error::value("need at least one array to concatenate"));
    };
    let mut result = (*first).clone();
    require("concatenate", axis < first.shape.ndim(), || format!("an axis of {first}, got {axis}"))?;
    for (idx, operand) in rest.iter().enumerate() {
        require("concatenate", operand.dtype == first.dtype, || format!("{}, got {operand}", first.dtype))?;
        if operand.shape.ndim() != first.shape.ndim() {
            return Err(Error::value(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} \
                 dimension(s) and the array at index {} has {} dimension(s)",
                first.shape.ndim(),
                idx + 1,
                operand.shape.ndim()
            )));
        }
        for other in (0..first.shape.ndim()).filter(|&other| other != axis) {
            if operand.shape[other] != first.shape[other] {
                return Err(Error::value(format!(
                    "all the input array dimensions except for the concatenation axis must match exactly, \
                     but along dimension {other}, the array at index 0 has size {} and the array at index {} \
                     has size {}",
                    first.shape[other],
                    idx + 1,
                    operand.shape[other]
                )));
            }
        }
        let extent = &mut result.shape.as_mut_slice()[axis];
        *extent = extent
            .checked_add(operand.shape[axis])
            .ok_or_else(|| Error::value("array is too big; the concatenated extent overflows"))?;
    }
    Ok(result)
}

pub(super) fn infer_dot([lhs, rhs]: [&Type; 2], dims: &DotDims) -> Result<Type> {
    require("dot", lhs.dtype == rhs.dtype, || format!("operands of one dtype, got {lhs} and {rhs}"))?;
    let pairs = |left: &[usize], right: &[usize]| {
        left.len() == right.len()
            && left.iter().zip(right).all(|(&left, &right)| {
                left < lhs.shape.ndim() && right < rhs.shape.ndim() && lhs.shape[left] == rhs.shape[right]
            })
    };
    let legal = pairs(&dims.lhs_batch, &dims.rhs_batch) && pairs(&dims.lhs_contracting, &dims.rhs_contracting);
    require("dot", legal, || format!("axes that fit {lhs} and {rhs}, got {dims:?}"))?;
    let free = |ty: &Type, batch: &[usize], contracting: &[usize]| -> Vec<usize> {
        (0..ty.shape.ndim())
            .filter(|axis| !batch.contains(axis) && !contracting.contains(axis))
            .map(|axis| ty.shape[axis])
            .collect()
    };
    let batch = dims.lhs_batch.iter().map(|&axis| lhs.shape[axis]);
    let shape: Shape = batch
        .chain(free(lhs, &dims.lhs_batch, &dims.lhs_contracting))
        .chain(free(rhs, &dims.rhs_batch, &dims.rhs_contracting))
        .collect();
    Ok(Type { dtype: lhs.dtype, shape })
}
