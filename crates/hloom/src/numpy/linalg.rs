//! Products of matrices.

use hloom_ir::{Contraction, DotDims, NodeId, Shape, broadcast_shapes, result_type};
use smallvec::SmallVec;

use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// The matrix product.
///
/// **Shapes**: `[…, n, k]` and `[…, k, m]` to `[…, n, m]`, where `…` broadcast; a 1-d operand is a row
/// on the left and a column on the right, and its axis vanishes from the result.
/// **Dtypes**: any, to the promoted dtype; bool is OR of ANDs.
///
/// # Errors
/// The result is in error: `ValueError` for a 0-d operand or shapes that do not fit.
///
/// # Examples
/// ```
/// let a = hloom::array([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(hloom::matmul(&a, [1.0, 0.5]).to_string(), "[2. 5.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.matmul.html>
#[track_caller]
pub fn matmul<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("matmul", &[&a, &b]).record(|builder| record_matmul(builder, &a, &b))
}

impl NdArray {
    /// The matrix product; see [`matmul`].
    #[track_caller]
    pub fn matmul<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
        matmul(self, other)
    }
}

const SIGNATURE: &str = "(n?,k),(k,m?)->(n?,m?)";

fn record_matmul(builder: &mut Builder<'_>, a: &Operand<'_>, b: &Operand<'_>) -> Result<NodeId> {
    let dtype = result_type(&[builder.arg_type(a)?, builder.arg_type(b)?])?;
    let (a, b) = (builder.operand_as(a, dtype)?, builder.operand_as(b, dtype)?);
    let (a_shape, b_shape) = (builder.shape(a)?, builder.shape(b)?);
    for (idx, shape) in [&a_shape, &b_shape].into_iter().enumerate() {
        if shape.is_empty() {
            return Err(Error::value(format!(
                "matmul: Input operand {idx} does not have enough dimensions (has 0, gufunc core with signature \
                 {SIGNATURE} requires 1)"
            )));
        }
    }
    let contracted = b_shape[b_shape.ndim().saturating_sub(2)];
    let k = a_shape[a_shape.ndim() - 1];
    if k != contracted {
        return Err(Error::value(format!(
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature {SIGNATURE} \
             (size {contracted} is different from {k})"
        )));
    }
    let batch = broadcast_shapes([batch_of(&a_shape), batch_of(&b_shape)].into_iter())?;
    let n_batch = batch.ndim();
    let a = with_batch(builder, a, &a_shape, &batch)?;
    let b = with_batch(builder, b, &b_shape, &batch)?;
    let contracting = |shape: &Shape, from_end: usize| {
        if shape.ndim() == 1 { n_batch } else { n_batch + 2 - from_end }
    };
    let batch_axes: SmallVec<[usize; 2]> = (0..n_batch).collect();
    builder.op(
        Contraction::Dot(Box::new(DotDims {
            lhs_batch: batch_axes.clone(),
            rhs_batch: batch_axes,
            lhs_contracting: SmallVec::from_slice(&[contracting(&a_shape, 1)]),
            rhs_contracting: SmallVec::from_slice(&[contracting(&b_shape, 2)]),
        })),
        &[a, b],
    )
}

/// The axes before those of the matrix or vector.
fn batch_of(shape: &Shape) -> &[usize] {
    &shape[..shape.ndim().saturating_sub(2)]
}

/// The operand with its batch axes broadcast to the common ones.
fn with_batch(builder: &mut Builder<'_>, x: NodeId, shape: &Shape, batch: &Shape) -> Result<NodeId> {
    let core = &shape[shape.ndim().saturating_sub(2)..];
    let full = batch.iter().chain(core).copied().collect();
    builder.broadcast(x, &full)
}
