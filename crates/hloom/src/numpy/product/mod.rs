//! Sums of products: of vectors, matrices and arrays of any number of axes.

mod contract;
mod cross;
mod dot;
mod matrix;
mod tensordot;

use hloom_ir::{ArgType, DType, NodeId, Shape, result_type};

pub use cross::*;
pub use dot::*;
pub use matrix::*;
pub use tensordot::*;

pub(super) use contract::{Label, Labelled, arranged, product, summed, without};
pub(super) use cross::cross_of;
pub(super) use dot::{dot_of, outer_of};

use crate::Result;
use crate::record::{Build, Builder, Operand};

/// Two operands as arrays of the dtype that they promote to, in which a number counts as an array of its default dtype.
pub(super) fn promoted(builder: &mut Builder<'_>, a: &Operand<'_>, b: &Operand<'_>) -> Result<[NodeId; 2]> {
    let (a, b) = (builder.operand(a)?, builder.operand(b)?);
    let dtype = common(builder, &[a, b])?;
    Ok([builder.convert(a, dtype)?, builder.convert(b, dtype)?])
}

/// The dtype that arrays promote to.
pub(super) fn common(builder: &Builder<'_>, nodes: &[NodeId]) -> Result<DType> {
    let args = nodes.iter().map(|&node| Ok(ArgType::Strong(builder.dtype(node)?))).collect::<Result<Vec<_>>>()?;
    Ok(result_type(&args)?)
}

/// A shape as NumPy's messages about products show it: `(2,3)`.
pub(super) fn tight(shape: &Shape) -> String {
    shape.to_string().replace(' ', "")
}
