//! Sums of products: of vectors, matrices and arrays of any number of axes.

mod contract;
mod cross;
mod dot;
mod matrix;
mod tensordot;

use hloom_ir::{NodeId, Shape};

pub use cross::*;
pub use dot::*;
pub use matrix::*;
pub use tensordot::*;

pub(super) use contract::{Label, Labelled, arranged, product, summed, without};
pub(super) use cross::cross_of;
pub(super) use dot::{dot_of, outer_of};

use super::terms::in_common_dtype;
use crate::Result;
use crate::record::{Builder, Operand};

/// Two operands as arrays of the dtype that they promote to, in which a number counts as an array of its default dtype.
pub(super) fn operands_in_common_dtype(
    builder: &mut Builder<'_>,
    a: &Operand<'_>,
    b: &Operand<'_>,
) -> Result<[NodeId; 2]> {
    let (a, b) = (builder.operand(a)?, builder.operand(b)?);
    in_common_dtype(builder, a, b)
}

/// A shape as NumPy's messages about products show it: `(2,3)`.
pub(super) fn tight(shape: &Shape) -> String {
    shape.to_string().replace(' ', "")
}
