//! Sums over diagonals, and the diagonals themselves as a part of other functions.

use hloom_ir::{DType, NodeId, Reducer, Shape};
use smallvec::SmallVec;

use super::along::spaced;
use super::permute::named_axis;
use super::product::{Labelled, summed};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, IntoExtent, NdArray, Result};

/// Which diagonal a function goes along, and NumPy's other keyword arguments of it.
///
/// Written as `..` (the main diagonal of the first two axes; of the last two in [`crate::linalg`]), as an integer, which is
/// NumPy's `offset`, or as NumPy's `(offset, axis1, axis2)`. [`offset`] adds keyword arguments: `offset(1).dtype(float32)`.
#[derive(Clone, Debug, Default)]
pub struct Diagonal {
    pub(super) offset: i64,
    pub(super) axes: Option<[i64; 2]>,
    pub(super) dtype: Option<DType>,
}

impl Diagonal {
    /// The two axes, of which the first counts rows and the second columns.
    pub fn axes(mut self, axis1: impl IntoExtent, axis2: impl IntoExtent) -> Diagonal {
        self.axes = Some([axis1.into_extent(), axis2.into_extent()]);
        self
    }

    /// The dtype to compute in and to return.
    pub fn dtype(mut self, dtype: DType) -> Diagonal {
        self.dtype = Some(dtype);
        self
    }
}

/// A diagonal so many columns to the right of the main one, or to the left if negative, to add keyword arguments.
///
/// # Examples
/// ```
/// use hloom::offset;
/// let x = hloom::arange(8).reshape([2, 2, 2]);
/// assert_eq!(hloom::trace(&x, offset(1).axes(1, 2)).to_string(), "[1 5]");
/// ```
pub fn offset(offset: impl IntoExtent) -> Diagonal {
    Diagonal { offset: offset.into_extent(), ..Diagonal::default() }
}

impl From<std::ops::RangeFull> for Diagonal {
    fn from(_: std::ops::RangeFull) -> Diagonal {
        Diagonal::default()
    }
}

macro_rules! offsets {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Diagonal {
            fn from(value: $ty) -> Diagonal {
                offset(value)
            }
        }
    )* };
}

offsets!(i32, i64, isize, u32, u64, usize);

impl<A: IntoExtent, B: IntoExtent, C: IntoExtent> From<(A, B, C)> for Diagonal {
    fn from((value, axis1, axis2): (A, B, C)) -> Diagonal {
        offset(value).axes(axis1, axis2)
    }
}

/// The sum over a diagonal.
///
/// **Shapes**: the two axes of the diagonal vanish.
/// **Dtypes**: any; bool and signed integers to int64, unsigned to uint64.
/// **Keywords**, through [`offset`]: axes dtype.
///
/// # Errors
/// The result is in error: `ValueError` for fewer than two axes or one axis twice, `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::arange(9).reshape([3, 3]);
/// assert_eq!(x.trace(..).to_string(), "12");
/// assert_eq!(x.trace(1).to_string(), "6");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.trace.html>
#[track_caller]
pub fn trace<'a>(x: impl IntoOperand<'a>, diagonal: impl Into<Diagonal>) -> NdArray {
    let (x, diagonal) = (x.into_operand(), diagonal.into());
    Call::of("trace", &x).record(|builder| {
        let x = builder.operand(&x)?;
        trace_of(builder, x, &diagonal, [0, 1])
    })
}

impl NdArray {
    /// The sum over a diagonal; see [`trace`].
    #[track_caller]
    pub fn trace(&self, diagonal: impl Into<Diagonal>) -> NdArray {
        trace(self, diagonal)
    }
}

/// The sum over a diagonal, of two axes if it does not say which.
pub(super) fn trace_of(builder: &mut Builder<'_>, x: NodeId, diagonal: &Diagonal, axes: [i64; 2]) -> Result<NodeId> {
    let pair = plane(&builder.shape(x)?, diagonal.axes.unwrap_or(axes))?;
    let elements = diagonal_of(builder, x, pair, diagonal.offset)?;
    let dtype = match diagonal.dtype {
        Some(dtype) => dtype,
        None => Reducer::Sum.resolve(builder.dtype(x)?),
    };
    let elements = builder.convert(elements, dtype)?;
    let ndim = builder.ty(elements)?.shape.ndim();
    let kept: Vec<usize> = (0..ndim - 1).collect();
    Ok(summed(builder, Labelled::new(elements, 0..ndim), &kept)?.node)
}

/// Two axes of an array of a shape.
///
/// # Errors
/// `ValueError` for fewer than two axes or one axis twice, `AxisError`.
pub(super) fn plane(shape: &Shape, [first, second]: [i64; 2]) -> Result<[usize; 2]> {
    if shape.ndim() < 2 {
        return Err(Error::value("diag requires an array of at least two dimensions"));
    }
    let pair = [named_axis("axis1", first, shape.ndim())?, named_axis("axis2", second, shape.ndim())?];
    if pair[0] == pair[1] {
        return Err(Error::value("axis1 and axis2 cannot be the same"));
    }
    Ok(pair)
}

/// A diagonal of two axes, which vanish; its elements are along a last axis.
///
/// In the row-major order of a plane, the elements of a diagonal are as many apart as a row is long, and one.
pub(super) fn diagonal_of(
    builder: &mut Builder<'_>,
    x: NodeId,
    [first, second]: [usize; 2],
    offset: i64,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let others: SmallVec<[usize; 4]> = (0..shape.ndim()).filter(|&axis| axis != first && axis != second).collect();
    let (n_rows, n_columns) = (shape[first], shape[second]);
    let distance = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
    let (start, len) = match offset >= 0 {
        true => (distance.min(n_columns), n_rows.min(n_columns.saturating_sub(distance))),
        false => (distance.min(n_rows) * n_columns, n_columns.min(n_rows.saturating_sub(distance))),
    };
    let order: SmallVec<[usize; 4]> = others.iter().copied().chain([first, second]).collect();
    let moved = builder.transpose(x, &order)?;
    let flat: Shape = others.iter().map(|&axis| shape[axis]).chain([n_rows * n_columns]).collect();
    let moved = builder.reshape(moved, flat)?;
    let last = others.len();
    let range = match len.checked_sub(1) {
        Some(n_steps) => start..start + n_steps * (n_columns + 1) + 1,
        None => 0..0,
    };
    spaced(builder, moved, last, range, n_columns + 1)
}
