//! Elements in order along an axis, and their positions.
//!
//! What else needs an order (medians, sets, tables of counts) is written with the functions below the public ones. How an
//! order is found is not known here.

use hloom_ir::{AxisSet, Binary, DType, IndexDims, Indexing, Kind, NodeId, Shape, Sort, Type, normalize_axis};

use super::along::{Of0d, line_of};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, IntoOperands, NdArray, Result};

/// The elements in ascending order along an axis, or of the flattened array with `..`.
///
/// NaN comes last, and zeros of both signs are equal. Complex numbers go by their real parts, then by their imaginary ones;
/// those with a NaN come last, first those with a NaN as imaginary part only.
///
/// **Shapes**: kept; with `..` to one axis.
/// **Dtypes**: any, to the same dtype.
///
/// # Errors
/// The result is in error: `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// let x = hloom::array([[3, 1, 2], [0, 5, 4]]);
/// assert_eq!(hloom::sort(&x, -1).to_string(), "[[1 2 3]\n [0 4 5]]");
/// assert_eq!(hloom::sort(&x, 0).to_string(), "[[0 1 2]\n [3 5 4]]");
/// assert_eq!(hloom::sort(&x, ..).to_string(), "[0 1 2 3 4 5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.sort.html>; the axis is always written, where NumPy's
/// default is -1, and there is no `kind`: which of two equal elements comes first can only be seen of zeros and NaN.
#[track_caller]
pub fn sort<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("sort", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let (x, axis) = line(builder, "sort", x, &axes, Of0d::NoAxis)?;
        sorted_along(builder, x, axis)
    })
}

/// Where along an axis, or in the flattened array with `..`, the elements are that come first, second, … in ascending
/// order. Equal ones stay in their order.
///
/// The order is that of [`sort`].
///
/// **Shapes**: kept; with `..`, or of a 0-d array, to one axis.
/// **Dtypes**: any, to int64.
///
/// # Errors
/// The result is in error: `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// let x = hloom::array([3.0, 1.0, f64::NAN, 1.0]);
/// assert_eq!(hloom::argsort(&x, -1).to_string(), "[1 3 0 2]");
/// assert_eq!(x.get(x.argsort(-1)).to_string(), "[ 1.  1.  3. nan]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.argsort.html>; the axis is always written, where
/// NumPy's default is -1, and the order is NumPy's with `stable=True`.
#[track_caller]
pub fn argsort<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("argsort", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let (x, axis) = line(builder, "argsort", x, &axes, Of0d::OneAxis)?;
        positions_along(builder, x, axis)
    })
}

/// The elements in ascending order along the last axis, as complex numbers.
///
/// **Shapes**: kept.
/// **Dtypes**: integers of 8 and 16 bits to complex64, other real numbers and bool to complex128; complex stays.
///
/// # Errors
/// The result is in error (`AxisError`) for a 0-d array.
///
/// # Examples
/// ```
/// assert_eq!(hloom::sort_complex([3, 1, 2]).to_string(), "[1.+0.j 2.+0.j 3.+0.j]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.sort_complex.html>
#[track_caller]
pub fn sort_complex<'a>(a: impl IntoOperand<'a>) -> NdArray {
    let a = a.into_operand();
    Call::of("sort_complex", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let Type { dtype, shape } = builder.ty(x)?.clone();
        let sorted = sorted_along(builder, x, normalize_axis(-1, shape.ndim())?)?;
        let is_short = dtype != DType::Bool && dtype.is_integer() && dtype.size() <= 2;
        builder.convert(
            sorted,
            match dtype.kind() {
                Kind::Complex => dtype,
                _ if is_short => DType::C64,
                _ => DType::C128,
            },
        )
    })
}

/// Where along an axis the elements are that come first, second, … by several keys: by the last key, then, where that is
/// equal, by the one before it, and so on.
///
/// The keys are arrays of one shape, or the rows of an array. The order of each is that of [`sort`]; where all are equal,
/// elements stay in their order.
///
/// **Shapes**: kept.
/// **Dtypes**: any, to int64.
///
/// # Errors
/// The result is in error: `TypeError` without keys and for `..`, `ValueError` for keys of different shapes, `AxisError`.
///
/// # Examples
/// ```
/// let (first_names, surnames) = ([2, 1, 1], [7, 9, 7]);
/// assert_eq!(hloom::lexsort((first_names, surnames), -1).to_string(), "[2 0 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.lexsort.html>; the axis is always written, where
/// NumPy's default is -1.
#[track_caller]
pub fn lexsort<'a, Form>(keys: impl IntoOperands<'a, Form>, axis: impl Into<Axes>) -> NdArray {
    let (keys, axes) = (keys.into_operands(), axis.into());
    Call::of("lexsort", &keys).record(|builder| {
        axes.arguments("lexsort", &[])?;
        let mut nodes = Vec::with_capacity(keys.len());
        for key in &keys {
            nodes.push(builder.operand(key)?);
        }
        let Some(&first) = nodes.first() else {
            return Err(Error::type_("need sequence of keys with len > 0 in lexsort"));
        };
        let shape = builder.shape(first)?;
        for &node in &nodes {
            if builder.ty(node)?.shape != shape {
                return Err(Error::value("all keys need to be the same shape"));
            }
        }
        let Some(axis) = axes.single()? else {
            return Err(Error::type_("'NoneType' object cannot be interpreted as an integer"));
        };
        if shape.is_empty() && matches!(axis, 0 | -1) {
            return Ok(builder.constant_of(0, DType::I64));
        }
        lexicographic(builder, &nodes, normalize_axis(axis, shape.ndim())?)
    })
}

/// The elements with the `kth` one along an axis where it is in ascending order, no greater ones before it and no lesser
/// ones behind it.
///
/// `kth` is a position, or several of them, counted from the end if negative.
///
/// **Shapes**: kept; with `..` as the axis to one axis.
/// **Dtypes**: any, to the same dtype.
///
/// # Errors
/// The result is in error: `ValueError` for a position that is not on the axis, `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// let x = hloom::array([7, 1, 5, 3]);
/// assert_eq!(hloom::partition(&x, 1, -1).get(1).to_string(), "3");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.partition.html>; the axis is always written, where
/// NumPy's default is -1, and all elements are in order, which is one of the answers that NumPy permits.
#[track_caller]
pub fn partition<'a>(a: impl IntoOperand<'a>, kth: impl Into<Axes>, axis: impl Into<Axes>) -> NdArray {
    let (a, kth, axes) = (a.into_operand(), kth.into(), axis.into());
    Call::of("partition", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let (x, axis) = line(builder, "partition", x, &axes, Of0d::NoAxis)?;
        check_kth(&kth, &builder.shape(x)?, axis)?;
        sorted_along(builder, x, axis)
    })
}

/// Where along an axis the elements of a [`partition`] are.
///
/// **Shapes**: kept; with `..` as the axis, or of a 0-d array, to one axis.
/// **Dtypes**: any, to int64.
///
/// # Errors
/// The result is in error: `ValueError` for a position that is not on the axis, `AxisError`, `TypeError` for several axes.
///
/// # Examples
/// ```
/// let x = hloom::array([7, 1, 5, 3]);
/// assert_eq!(hloom::argpartition(&x, 1, -1).get(1).to_string(), "3");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.argpartition.html>; the axis is always written, where
/// NumPy's default is -1, and all elements are in order, which is one of the answers that NumPy permits.
#[track_caller]
pub fn argpartition<'a>(a: impl IntoOperand<'a>, kth: impl Into<Axes>, axis: impl Into<Axes>) -> NdArray {
    let (a, kth, axes) = (a.into_operand(), kth.into(), axis.into());
    Call::of("argpartition", &a).record(|builder| {
        let x = builder.operand(&a)?;
        let (x, axis) = line(builder, "argpartition", x, &axes, Of0d::OneAxis)?;
        check_kth(&kth, &builder.shape(x)?, axis)?;
        positions_along(builder, x, axis)
    })
}

/// Order.
impl NdArray {
    /// The elements in ascending order along an axis; see [`sort`].
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.sort.html>, which sorts the array in
    /// place; this returns the sorted array, as `numpy.sort` does.
    #[track_caller]
    pub fn sort(&self, axis: impl Into<Axes>) -> NdArray {
        sort(self, axis)
    }

    /// Where the elements in ascending order are along an axis; see [`argsort`].
    #[track_caller]
    pub fn argsort(&self, axis: impl Into<Axes>) -> NdArray {
        argsort(self, axis)
    }

    /// The elements with the `kth` one where it is in ascending order; see [`partition`].
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.partition.html>, which works in place; this
    /// returns the array, as `numpy.partition` does.
    #[track_caller]
    pub fn partition(&self, kth: impl Into<Axes>, axis: impl Into<Axes>) -> NdArray {
        partition(self, kth, axis)
    }

    /// Where the elements of a partition are; see [`argpartition`].
    #[track_caller]
    pub fn argpartition(&self, kth: impl Into<Axes>, axis: impl Into<Axes>) -> NdArray {
        argpartition(self, kth, axis)
    }
}

/// The elements in ascending order along an axis.
pub(super) fn sorted_along(builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<NodeId> {
    builder.op(Sort::Values { axis }, &[x])
}

/// The elements that would be at positions along an axis if the array were in ascending order: int64, with as many along each other
/// axis as the array has, or one for all.
pub(super) fn selected_along(builder: &mut Builder<'_>, x: NodeId, positions: NodeId, axis: usize) -> Result<NodeId> {
    builder.op(Sort::Select { axis }, &[x, positions])
}

/// The positions of the elements in ascending order along an axis: int64, equal ones in their order.
pub(super) fn positions_along(builder: &mut Builder<'_>, x: NodeId, axis: usize) -> Result<NodeId> {
    builder.op(Sort::Positions { axis }, &[x])
}

/// The elements at positions along an axis: int64, not negative and on the axis, and as many along each other axis as the
/// array has.
pub(super) fn taken_along(builder: &mut Builder<'_>, x: NodeId, positions: NodeId, axis: usize) -> Result<NodeId> {
    let (ty, shape) = (builder.ty(x)?.clone(), builder.shape(positions)?);
    let (n_outer, n_inner) = (ty.shape[..axis].iter().product(), ty.shape[axis + 1..].iter().product::<usize>());
    let extent = ty.shape[axis];
    let flat = builder.reshape(x, Shape::from([ty.shape.size()]))?;
    let block = Shape::from([n_outer, shape[axis], n_inner]);
    let positions = builder.reshape(positions, block.clone())?;
    let mut places = scaled(builder, positions, n_inner)?;
    for (other, stride) in [(0, extent * n_inner), (2, 1)] {
        if block[other] > 1 {
            let mut line = Shape::from([1, 1, 1]);
            line.as_mut_slice()[other] = block[other];
            let line = builder.iota(Type { dtype: DType::I64, shape: line }, other)?;
            let line = scaled(builder, line, stride)?;
            places = builder.apply(Binary::Add, places, line)?;
        }
    }
    let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
    let taken = builder.op(Indexing::Gather(dims), &[flat, places])?;
    builder.reshape(taken, shape)
}

fn scaled(builder: &mut Builder<'_>, x: NodeId, factor: usize) -> Result<NodeId> {
    if factor == 1 {
        return Ok(x);
    }
    let factor = builder.constant_of(factor, DType::I64);
    builder.apply(Binary::Multiply, x, factor)
}

/// The positions of elements in ascending order by several keys along an axis, by the last one first.
pub(super) fn lexicographic(builder: &mut Builder<'_>, keys: &[NodeId], axis: usize) -> Result<NodeId> {
    let mut found: Option<NodeId> = None;
    for &key in keys {
        found = Some(match found {
            None => positions_along(builder, key, axis)?,
            Some(found) => {
                let key = taken_along(builder, key, found, axis)?;
                let next = positions_along(builder, key, axis)?;
                taken_along(builder, found, next, axis)?
            }
        });
    }
    found.ok_or_else(|| Error::internal("an order by no key"))
}

/// The array that is ordered along an axis, and the axis: the array itself, or flattened if the axes are all as one.
fn line(builder: &mut Builder<'_>, function: &str, x: NodeId, axes: &Axes, of_0d: Of0d) -> Result<(NodeId, usize)> {
    axes.arguments(function, &[])?;
    line_of(builder, x, axes.single()?, of_0d)
}

/// Requires positions to be on an axis. NumPy does not look at them if there are no elements.
fn check_kth(kth: &Axes, shape: &Shape, axis: usize) -> Result<()> {
    let Some(positions) = kth.written().filter(|positions| !positions.is_empty()) else {
        return Err(Error::type_("Partition index must be integer"));
    };
    let extent = shape[axis] as i64;
    for &position in positions {
        let from_start = if position < 0 { position.saturating_add(extent) } else { position };
        if shape.size() > 0 && !(0..extent).contains(&from_start) {
            return Err(Error::value(format!("kth(={from_start}) out of bounds ({extent})")));
        }
    }
    Ok(())
}
