//! Sums of products over axes of two arrays.

use std::fmt;

use smallvec::SmallVec;

use crate::{Result, Shape, Type};

use super::{Facts, Types, Work, exactly, one, require};

/// A sum of products.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Contraction {
    /// Sums of products over contracted axes of two operands of one dtype.
    Dot(Box<DotDims>),
}

/// The axes of a [`Contraction::Dot`]. The result has the batch axes, then the left operand's free axes,
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

impl Contraction {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        match self {
            Contraction::Dot(_) => Facts { name: "dot", work: Work::Products, ..Facts::WRITTEN },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type]) -> Result<Types> {
        match self {
            Contraction::Dot(dims) => one(infer_dot(exactly("dot", operands)?, dims)),
        }
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Contraction::Dot(dims) => write!(
                f,
                " {{batch={:?}x{:?} contracting={:?}x{:?}}}",
                dims.lhs_batch, dims.rhs_batch, dims.lhs_contracting, dims.rhs_contracting
            ),
        }
    }

    /// The number of products in each sum, for a left operand of a shape.
    pub(crate) fn n_terms(&self, lhs: &Shape) -> u64 {
        match self {
            Contraction::Dot(dims) => dims.lhs_contracting.iter().map(|&axis| lhs[axis] as u64).product(),
        }
    }
}

fn infer_dot([lhs, rhs]: [&Type; 2], dims: &DotDims) -> Result<Type> {
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
