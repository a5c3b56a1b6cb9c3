//! Operations that move elements without computing.

use std::fmt;

use smallvec::SmallVec;

use crate::{Error, Result, Shape, Type, broadcast_shapes};

use super::{AxisSet, Facts, InPlace, Positions, Types, Work, declared, exactly, one, require};

/// An operation that moves elements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Layout {
    /// The operand broadcast to the declared shape by NumPy's rule.
    Broadcast,
    /// The operand's elements in row-major order under the declared shape.
    Reshape,
    /// The operand with axis `permutation[i]` as its axis `i`.
    Transpose {
        /// For each axis of the result, the operand's axis.
        permutation: Box<[usize]>,
    },
    /// Every `stride`-th element from `start` to before `limit`, for each axis.
    Slice(Box<SliceDims>),
    /// The operand with the order of elements along some axes reversed.
    Reverse {
        /// The reversed axes.
        axes: AxisSet,
    },
    /// The first operand surrounded, and its elements set apart, by the second, which is 0-d. Without a second one the elements
    /// around may be any: nobody reads them.
    Pad(Box<PadDims>),
    /// The operand, written to memory: what reads it does not compute it again.
    Kept,
    /// The operands one after another along an axis.
    Concatenate {
        /// The axis that grows.
        axis: usize,
    },
}

impl Layout {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        const MOVED: Facts = Facts { in_place: InPlace::Never, ..Facts::VIEW };
        const SHIFTED: Facts = Facts { shifts_reads: true, ..MOVED };
        match self {
            Layout::Broadcast => Facts { name: "broadcast", ..Facts::VIEW },
            Layout::Reshape => Facts { name: "reshape", ..Facts::VIEW },
            Layout::Transpose { .. } => Facts { name: "transpose", ..MOVED },
            Layout::Slice(_) => Facts { name: "slice", ..SHIFTED },
            Layout::Reverse { .. } => Facts { name: "reverse", ..SHIFTED },
            Layout::Pad(_) => Facts { name: "pad", positions: Positions::Unknown, ..SHIFTED },
            Layout::Kept => Facts { name: "kept", in_place: InPlace::Itself, work: Work::None, ..Facts::WRITTEN },
            Layout::Concatenate { .. } => Facts { name: "concatenate", shifts_reads: true, ..Facts::WRITTEN },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type], given: Option<&Type>) -> Result<Types> {
        let name = self.facts().name;
        one(match self {
            Layout::Broadcast => infer_broadcast(exactly(name, operands)?, declared(name, given)?),
            Layout::Reshape => infer_reshape(exactly(name, operands)?, declared(name, given)?),
            Layout::Transpose { permutation } => infer_transpose(exactly(name, operands)?, permutation),
            Layout::Slice(dims) => infer_slice(exactly(name, operands)?, dims),
            Layout::Reverse { axes } => infer_reverse(exactly(name, operands)?, *axes),
            Layout::Pad(dims) => infer_pad(operands, dims),
            Layout::Kept => exactly(name, operands).map(|[operand]| operand.clone()),
            Layout::Concatenate { axis } => infer_concatenate(operands, *axis),
        })
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layout::Broadcast | Layout::Reshape | Layout::Kept => Ok(()),
            Layout::Transpose { permutation } => write!(f, " {{permutation={permutation:?}}}"),
            Layout::Slice(dims) => {
                write!(f, " {{start={:?} limit={:?} stride={:?}}}", dims.start, dims.limit, dims.stride)
            }
            Layout::Reverse { axes } => write!(f, " {{axes={axes}}}"),
            Layout::Pad(dims) => {
                write!(f, " {{low={:?} high={:?} interior={:?}}}", dims.low, dims.high, dims.interior)
            }
            Layout::Concatenate { axis } => write!(f, " {{axis={axis}}}"),
        }
    }
}

/// The bounds of a [`Layout::Slice`], one entry an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SliceDims {
    /// The first index taken.
    pub start: SmallVec<[usize; 4]>,
    /// The index before which to stop.
    pub limit: SmallVec<[usize; 4]>,
    /// The distance between indices, at least 1.
    pub stride: SmallVec<[usize; 4]>,
}

/// The widths of a [`Layout::Pad`], one entry an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PadDims {
    /// Elements put before the first.
    pub low: SmallVec<[usize; 4]>,
    /// Elements put after the last.
    pub high: SmallVec<[usize; 4]>,
    /// Elements put between neighbours.
    pub interior: SmallVec<[usize; 4]>,
}

fn infer_broadcast([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
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

fn infer_reshape([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
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

fn infer_transpose([operand]: [&Type; 1], permutation: &[usize]) -> Result<Type> {
    let axes: AxisSet = permutation.iter().copied().collect();
    let ndim = operand.shape.ndim();
    require("transpose", permutation.len() == ndim && axes == AxisSet::all(ndim), || {
        format!("a permutation of the axes of {operand}, got {permutation:?}")
    })?;
    Ok(Type { dtype: operand.dtype, shape: permutation.iter().map(|&axis| operand.shape[axis]).collect() })
}

fn infer_slice([operand]: [&Type; 1], dims: &SliceDims) -> Result<Type> {
    let ndim = operand.shape.ndim();
    let legal = [&dims.start, &dims.limit, &dims.stride].iter().all(|entries| entries.len() == ndim)
        && (0..ndim).all(|axis| {
            dims.start[axis] <= dims.limit[axis] && dims.limit[axis] <= operand.shape[axis] && dims.stride[axis] >= 1
        });
    require("slice", legal, || format!("bounds within {operand}, got {dims:?}"))?;
    let shape = (0..ndim).map(|axis| (dims.limit[axis] - dims.start[axis]).div_ceil(dims.stride[axis])).collect();
    Ok(Type { dtype: operand.dtype, shape })
}

fn infer_reverse([operand]: [&Type; 1], axes: AxisSet) -> Result<Type> {
    require("reverse", axes.iter().all(|axis| axis < operand.shape.ndim()), || {
        format!("axes of {operand}, got {axes:?}")
    })?;
    Ok(operand.clone())
}

fn infer_pad(operands: &[&Type], dims: &PadDims) -> Result<Type> {
    let ([operand] | [operand, _]) = operands else {
        return Err(Error::internal(format!("pad: expected one operand or two, got {}", operands.len())));
    };
    let ndim = operand.shape.ndim();
    let legal = [&dims.low, &dims.high, &dims.interior].iter().all(|entries| entries.len() == ndim);
    require("pad", legal, || format!("widths for {operand}, got {dims:?}"))?;
    if let [_, value] = operands {
        require("pad", **value == Type::scalar(operand.dtype), || {
            format!("a 0-d {} as padding, got {value}", operand.dtype)
        })?;
    }
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

fn infer_concatenate(operands: &[&Type], axis: usize) -> Result<Type> {
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
