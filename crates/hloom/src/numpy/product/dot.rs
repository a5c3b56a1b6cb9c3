//! Products of vectors and matrices by NumPy's oldest rules: `dot`, `vdot`, `inner` and `outer`. A number is an array of its
//! default dtype in all of them.

use hloom_ir::{Binary, NodeId, Shape, Unary};

use super::contract::{Labelled, arranged, product};
use super::{operands_in_common_dtype, tight};
use crate::numpy::along::flat;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, NdArray, Result};

/// The sum of products over the last axis of `a` and the last but one of `b`, or the only one it has.
///
/// **Shapes**: `[…, k]` and `[k]` to `[…]`; `[…a, k]` and `[…b, k, m]` to `[…a, …b, m]`. A 0-d operand multiplies every element
/// of the other.
/// **Dtypes**: any, to the promoted dtype, where a number counts as an array; bool is OR of ANDs, integers wrap, half floats
/// are summed in float32.
///
/// # Errors
/// The result is in error (`ValueError`) for axes of different extents.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::dot(&a, [10, 1]).to_string(), "[12 34]");
/// assert_eq!(hloom::dot([1, 2], [3, 4]).to_string(), "11");
/// assert_eq!(a.dot(2).to_string(), "[[2 4]\n [6 8]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.dot.html>
#[track_caller]
pub fn dot<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("dot", &[&a, &b]).record(|builder| {
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        dot_of(builder, a, b)
    })
}

/// The sum of the products of all elements, the first array's conjugated.
///
/// **Shapes**: any two of as many elements, to `[]`.
/// **Dtypes**: any, to the promoted dtype, as for [`dot`].
///
/// # Errors
/// The result is in error (`ValueError`) for different numbers of elements.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 4], [5, 6]]);
/// assert_eq!(hloom::vdot(&a, [[4, 1], [2, 2]]).to_string(), "30");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.vdot.html>
#[track_caller]
pub fn vdot<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("vdot", &[&a, &b]).record(|builder| {
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        let sizes = [builder.ty(a)?.shape.size(), builder.ty(b)?.shape.size()];
        if sizes[0] != sizes[1] {
            let message = format!("cannot reshape array of size {} into shape ({},)", sizes[1], sizes[0]);
            return Err(Error::value(message));
        }
        let [a, b] = [flat(builder, a)?, flat(builder, b)?];
        let a = conjugated(builder, a)?;
        let sum = product(builder, Labelled::new(a, [0]), Labelled::new(b, [0]), &[])?;
        Ok(sum.node)
    })
}

/// The sum of products over the last axes of both.
///
/// **Shapes**: `[…a, k]` and `[…b, k]` to `[…a, …b]`. A 0-d operand multiplies every element of the other.
/// **Dtypes**: any, to the promoted dtype, as for [`dot`].
///
/// # Errors
/// The result is in error (`ValueError`) for last axes of different extents.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::inner(&a, &a).to_string(), "[[ 5 11]\n [11 25]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.inner.html>
#[track_caller]
pub fn inner<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("inner", &[&a, &b]).record(|builder| {
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        along(builder, a, b, 1)
    })
}

/// The product of each element of one array with each of another, both flattened.
///
/// **Shapes**: any two, of `n` and `m` elements, to `[n, m]`.
/// **Dtypes**: any, to the promoted dtype, as for [`dot`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::outer([1, 2], [3, 4, 5]).to_string(), "[[ 3  4  5]\n [ 6  8 10]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.outer.html>
#[track_caller]
pub fn outer<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("outer", &[&a, &b]).record(|builder| {
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        outer_of(builder, a, b)
    })
}

/// Products of vectors and matrices.
impl NdArray {
    /// The sum of products over the last axis and the other's last but one; see [`dot`].
    #[track_caller]
    pub fn dot<'b>(&self, other: impl IntoOperand<'b>) -> NdArray {
        dot(self, other)
    }
}

/// `dot` of two arrays of one dtype.
pub(in crate::numpy) fn dot_of(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    along(builder, a, b, 2)
}

/// `outer` of two arrays of one dtype.
pub(in crate::numpy) fn outer_of(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let (a, b) = (flat(builder, a)?, flat(builder, b)?);
    let column = Shape::from([builder.ty(a)?.shape.size(), 1]);
    let column = builder.reshape(a, column)?;
    builder.apply(Binary::Multiply, column, b)
}

/// Sums of products over the last axis of `a` and an axis of `b`, counted from its end, or the only one that it has.
fn along(builder: &mut Builder<'_>, a: NodeId, b: NodeId, from_end: usize) -> Result<NodeId> {
    let (a_shape, b_shape) = (builder.shape(a)?, builder.shape(b)?);
    let Some(last) = a_shape.ndim().checked_sub(1).filter(|_| !b_shape.is_empty()) else {
        return builder.apply(Binary::Multiply, a, b);
    };
    let axis = b_shape.ndim().saturating_sub(from_end);
    let (k, found) = (a_shape[last], b_shape[axis]);
    if k != found {
        // NumPy has the axis moved to where `dot` expects it.
        let (mut shown, place) = (b_shape.clone(), b_shape.ndim().saturating_sub(2));
        shown.as_mut_slice().swap(axis, place);
        return Err(Error::value(format!(
            "shapes {} and {} not aligned: {k} (dim {last}) != {found} (dim {place})",
            tight(&a_shape),
            tight(&shown)
        )));
    }
    let n_left = a_shape.ndim();
    let left = Labelled::new(a, 0..n_left);
    let right = Labelled::new(b, (0..b_shape.ndim()).map(|own| if own == axis { last } else { n_left + own }));
    let kept: Vec<usize> = (0..n_left + b_shape.ndim()).filter(|&label| label != last).collect();
    let result = product(builder, left, right, &kept)?;
    let order: Vec<usize> = kept.into_iter().filter(|label| result.labels.contains(label)).collect();
    arranged(builder, &result, &order)
}

/// Complex elements conjugated; others as they are.
pub(super) fn conjugated(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    if builder.dtype(x)?.is_complex() { builder.op(Unary::Conjugate, &[x]) } else { Ok(x) }
}
