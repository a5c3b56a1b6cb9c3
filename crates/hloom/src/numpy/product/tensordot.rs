//! Sums of products over any axes of two arrays: `tensordot`.

use hloom_ir::{NodeId, normalize_axis};

use super::contract::{Labelled, arranged, product};
use super::operands_in_common_dtype;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, IntoExtent, NdArray, Result};

/// The axes that [`tensordot`] sums over.
///
/// Written as a number of axes, the last of the first array and the first of the second; as a pair of axes or of lists of
/// axes, one for each array; or as `..`, which is 2.
#[derive(Clone, Debug)]
pub struct TensordotAxes(Summed);

#[derive(Clone, Debug)]
enum Summed {
    /// So many axes where the arrays meet.
    Between(i64),
    /// Axes of each array.
    Pairs(Axes, Axes),
}

impl From<std::ops::RangeFull> for TensordotAxes {
    fn from(_: std::ops::RangeFull) -> TensordotAxes {
        TensordotAxes(Summed::Between(2))
    }
}

macro_rules! numbers {
    ($($ty:ty),*) => { $(
        impl From<$ty> for TensordotAxes {
            fn from(n_axes: $ty) -> TensordotAxes {
                TensordotAxes(Summed::Between(n_axes.into_extent()))
            }
        }
    )* };
}

numbers!(i32, i64, isize, u32, u64, usize);

impl<A: Into<Axes>, B: Into<Axes>> From<(A, B)> for TensordotAxes {
    fn from((a, b): (A, B)) -> TensordotAxes {
        TensordotAxes(Summed::Pairs(a.into(), b.into()))
    }
}

impl<A: Into<Axes>> From<[A; 2]> for TensordotAxes {
    fn from([a, b]: [A; 2]) -> TensordotAxes {
        TensordotAxes::from((a, b))
    }
}

/// The sum of products over axes of two arrays.
///
/// **Shapes**: the axes that are not summed over, first those of `a`, then those of `b`.
/// **Dtypes**: any, to the promoted dtype, where a number counts as an array; bool is OR of ANDs, integers wrap, half floats
/// are summed in float32.
///
/// # Errors
/// The result is in error: `ValueError` for axes of different extents or numbers, and axes given twice; `IndexError` for axes
/// that an array does not have.
///
/// # Examples
/// ```
/// let a = hloom::arange(6).reshape([2, 3]);
/// let b = hloom::arange(12).reshape([2, 3, 2]);
/// assert_eq!(hloom::tensordot(&a, &b, ..).to_string(), "[110 125]");
/// assert_eq!(hloom::tensordot(&a, &b, (0, 0)).shape(), [3, 3, 2]);
/// assert_eq!(hloom::tensordot(&a, &b, ((0, 1), (0, 1))).to_string(), "[110 125]");
/// assert_eq!(hloom::tensordot(&a, [1, 2], 0).shape(), [2, 3, 2]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.tensordot.html>
#[track_caller]
pub fn tensordot<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>, axes: impl Into<TensordotAxes>) -> NdArray {
    let (a, b, axes) = (a.into_operand(), b.into_operand(), axes.into());
    Call::of("tensordot", &[&a, &b]).record(|builder| {
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        tensordot_of(builder, a, b, &axes)
    })
}

/// `tensordot` of two arrays of one dtype.
fn tensordot_of(builder: &mut Builder<'_>, a: NodeId, b: NodeId, axes: &TensordotAxes) -> Result<NodeId> {
    let (a_shape, b_shape) = (builder.shape(a)?, builder.shape(b)?);
    let (a_axes, b_axes) = match &axes.0 {
        Summed::Between(n_axes) if *n_axes > a_shape.ndim() as i64 => {
            return Err(Error::index("tuple index out of range"));
        }
        Summed::Between(n_axes) => ((-n_axes..0).collect::<Vec<i64>>(), (0..*n_axes).collect::<Vec<i64>>()),
        Summed::Pairs(a_axes, b_axes) => (listed(a_axes)?, listed(b_axes)?),
    };
    let mismatch = || Error::value("shape-mismatch for sum");
    if a_axes.len() != b_axes.len() {
        return Err(mismatch());
    }
    let place =
        |axis: i64, ndim: usize| normalize_axis(axis, ndim).map_err(|_| Error::index("tuple index out of range"));
    let is_repeated = |axes: &[i64]| axes.iter().enumerate().any(|(idx, axis)| axes[..idx].contains(axis));
    let duplicate = || Error::value("duplicate axes are not allowed in tensordot");
    if is_repeated(&a_axes) || is_repeated(&b_axes) {
        return Err(duplicate());
    }
    let mut pairs: Vec<(usize, usize)> = Vec::with_capacity(a_axes.len());
    for (&a_axis, &b_axis) in a_axes.iter().zip(&b_axes) {
        let pair = (place(a_axis, a_shape.ndim())?, place(b_axis, b_shape.ndim())?);
        if a_shape[pair.0] != b_shape[pair.1] {
            return Err(mismatch());
        }
        // The same axis counted from either end.
        if pairs.iter().any(|earlier| earlier.0 == pair.0 || earlier.1 == pair.1) {
            return Err(duplicate());
        }
        pairs.push(pair);
    }
    let n_left = a_shape.ndim();
    let partner = |axis: usize| pairs.iter().find(|pair| pair.1 == axis).map(|pair| pair.0);
    let left = Labelled::new(a, 0..n_left);
    let right = Labelled::new(b, (0..b_shape.ndim()).map(|axis| partner(axis).unwrap_or(n_left + axis)));
    let is_free = |label: &usize| !left.labels.contains(label) || !right.labels.contains(label);
    let kept: Vec<usize> = left.labels.iter().chain(&right.labels).copied().filter(is_free).collect();
    let result = product(builder, left, right, &kept)?;
    arranged(builder, &result, &kept)
}

/// The axes of one of the arrays. All as one is nothing that `tensordot` takes.
fn listed(axes: &Axes) -> Result<Vec<i64>> {
    axes.keywords("tensordot", &[])?;
    axes.written().map(<[i64]>::to_vec).ok_or_else(|| Error::type_("tensordot: expected axes, got all of them as `..`"))
}
