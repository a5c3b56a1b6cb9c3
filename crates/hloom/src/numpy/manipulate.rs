//! Shapes changed, arrays broadcast: nothing is computed.

use hloom_ir::{NodeId, Shape, broadcast_shapes as broadcast, normalize_axes};

use super::permute::reverse_axes;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, IntoExtents, IntoOperands, IntoShape, NdArray, Result};

/// The order in which [`reshape_order`] and [`ravel_order`] read and place elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Last axis fastest, as in C.
    #[default]
    C,
    /// First axis fastest, as in Fortran.
    F,
}

/// The elements in row-major order under another shape.
///
/// **Shapes**: `[…]` to the extents given, of which one may be -1: as many as are left.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) if the number of elements differs, more than one extent is
/// -1, or what is left is not whole.
///
/// # Examples
/// ```
/// let x = hloom::arange(6);
/// assert_eq!(hloom::reshape(&x, [2, -1]).to_string(), "[[0 1 2]\n [3 4 5]]");
/// assert_eq!(x.reshape((3, 2)).shape(), [3, 2]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.reshape.html>; the keyword `order` is
/// [`reshape_order`], and there is no `copy`, as arrays are immutable.
#[track_caller]
pub fn reshape<'a>(x: impl IntoOperand<'a>, shape: impl IntoExtents) -> NdArray {
    reshape_order(x, shape, Order::C)
}

/// As [`reshape`], with the order in which elements are read and placed.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::arange(6);
/// assert_eq!(hloom::reshape_order(&x, [2, 3], Order::F).to_string(), "[[0 2 4]\n [1 3 5]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.reshape.html>
#[track_caller]
pub fn reshape_order<'a>(x: impl IntoOperand<'a>, shape: impl IntoExtents, order: Order) -> NdArray {
    let (x, extents) = (x.into_operand(), shape.into_extents());
    Call::of("reshape", &x).with(&format_args!("{extents:?}")).record(|builder| {
        let x = builder.operand(&x)?;
        let shape = whole_shape(&extents, builder.ty(x)?.shape.size())?;
        reshape_in(builder, x, shape, order)
    })
}

/// The elements in row-major order, 1-d.
///
/// **Shapes**: `[…]` to `[n]`.
/// **Dtypes**: any, to the same.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ravel([[1, 2], [3, 4]]).to_string(), "[1 2 3 4]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ravel.html>; the keyword `order` is
/// [`ravel_order`].
#[track_caller]
pub fn ravel<'a>(x: impl IntoOperand<'a>) -> NdArray {
    reshape(x, -1)
}

/// The elements in row-major order, 1-d: as arrays are immutable, the same as [`ravel`].
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.flatten.html>
#[track_caller]
pub fn flatten<'a>(x: impl IntoOperand<'a>) -> NdArray {
    ravel(x)
}

/// The elements in an order, 1-d.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// assert_eq!(hloom::ravel_order([[1, 2], [3, 4]], Order::F).to_string(), "[1 3 2 4]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ravel.html>
#[track_caller]
pub fn ravel_order<'a>(x: impl IntoOperand<'a>, order: Order) -> NdArray {
    reshape_order(x, -1, order)
}

/// The array with the axes of extent 1 taken away: all of them (`..`), or those given.
///
/// **Shapes**: `[…]` to the same without those axes.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `ValueError` if an axis given has another extent or is given twice, `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::zeros([1, 3, 1]);
/// assert_eq!(hloom::squeeze(&x, ..).shape(), [3]);
/// assert_eq!(hloom::squeeze(&x, 0).shape(), [3, 1]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.squeeze.html>
#[track_caller]
pub fn squeeze<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axis.into());
    Call::of("squeeze", &x).record(|builder| {
        axes.arguments("squeeze", &[])?;
        let x = builder.operand(&x)?;
        let shape = builder.shape(x)?;
        let set = axes.resolve_0d(shape.ndim())?;
        if !axes.is_all() && set.iter().any(|axis| shape[axis] != 1) {
            return Err(Error::value("cannot select an axis to squeeze out which has size not equal to one"));
        }
        let kept = shape.iter().enumerate().filter(|&(axis, &extent)| !(set.contains(axis) && extent == 1));
        let kept = kept.map(|(_, &extent)| extent).collect();
        builder.reshape(x, kept)
    })
}

/// The array with new axes of extent 1 at places of the result.
///
/// **Shapes**: `[…]` to the same with the new axes.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `AxisError` for a place beyond the result's axes, `ValueError` for one that is given twice.
///
/// # Examples
/// ```
/// let x = hloom::zeros([2, 3]);
/// assert_eq!(hloom::expand_dims(&x, 1).shape(), [2, 1, 3]);
/// assert_eq!(hloom::expand_dims(&x, (0, -1)).shape(), [1, 2, 3, 1]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.expand_dims.html>
#[track_caller]
pub fn expand_dims<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand(), axis.into());
    Call::of("expand_dims", &x).with(&axes).record(|builder| {
        axes.arguments("expand_dims", &[])?;
        let Some(written) = axes.written() else {
            return Err(Error::type_("expand_dims: expected the places of new axes, got .."));
        };
        let x = builder.operand(&x)?;
        let shape = builder.shape(x)?;
        let ndim = shape.ndim() + written.len();
        let new = normalize_axes(written, ndim).map_err(|error| match error.kind {
            hloom_ir::ErrorKind::Value => Error::value("repeated axis"),
            _ => error.into(),
        })?;
        let mut old = shape.iter().copied();
        let extent = |axis: usize| if new.contains(&axis) { Some(1) } else { old.next() };
        builder.reshape(x, (0..ndim).filter_map(extent).collect::<Shape>().checked()?)
    })
}

/// Shapes.
impl NdArray {
    /// The elements in row-major order under another shape; see [`reshape`].
    #[track_caller]
    pub fn reshape(&self, shape: impl IntoExtents) -> NdArray {
        reshape(self, shape)
    }

    /// As [`NdArray::reshape`], with the order in which elements are read and placed; see [`reshape_order`].
    #[track_caller]
    pub fn reshape_order(&self, shape: impl IntoExtents, order: Order) -> NdArray {
        reshape_order(self, shape, order)
    }

    /// The elements in row-major order, 1-d; see [`ravel`].
    #[track_caller]
    pub fn ravel(&self) -> NdArray {
        ravel(self)
    }

    /// The elements in an order, 1-d; see [`ravel_order`].
    #[track_caller]
    pub fn ravel_order(&self, order: Order) -> NdArray {
        ravel_order(self, order)
    }

    /// The elements in row-major order, 1-d: as arrays are immutable, the same as [`NdArray::ravel`].
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.flatten.html>
    #[track_caller]
    pub fn flatten(&self) -> NdArray {
        ravel(self)
    }

    /// The array with axes of extent 1 taken away; see [`squeeze`].
    #[track_caller]
    pub fn squeeze(&self, axis: impl Into<Axes>) -> NdArray {
        squeeze(self, axis)
    }

    /// The array with new axes of extent 1; see [`expand_dims`].
    #[track_caller]
    pub fn expand_dims(&self, axis: impl Into<Axes>) -> NdArray {
        expand_dims(self, axis)
    }
}

/// The shape that extents name for a number of elements, with the unknown one filled in. NumPy takes any
/// negative extent for the unknown one.
fn whole_shape(extents: &[i128], size: usize) -> Result<Shape> {
    let unknowns = extents.iter().filter(|&&extent| extent < 0).count();
    if unknowns > 1 {
        return Err(Error::value("can only specify one unknown dimension"));
    }
    let mismatch = || {
        let shape: Vec<String> =
            extents.iter().map(|&extent| if extent < 0 { "newaxis".to_owned() } else { extent.to_string() }).collect();
        let comma = if shape.len() == 1 { "," } else { "" };
        Error::value(format!("cannot reshape array of size {size} into shape ({}{comma})", shape.join(",")))
    };
    let mut known = 1usize;
    for &extent in extents {
        if let Ok(extent) = usize::try_from(extent) {
            known = known.checked_mul(extent).ok_or_else(mismatch)?;
        }
    }
    let rest = match (unknowns, known) {
        (0, _) if known == size => 0,
        (1, 1..) if size.is_multiple_of(known) => size / known,
        _ => return Err(mismatch()),
    };
    Ok(extents.iter().map(|&extent| usize::try_from(extent).unwrap_or(rest)).collect())
}

fn reshape_in(builder: &mut Builder<'_>, x: NodeId, shape: Shape, order: Order) -> Result<NodeId> {
    match order {
        Order::C => builder.reshape(x, shape),
        Order::F => {
            // Reading and placing with the first axis fastest is the C order of reversed axes.
            let reversed = reverse_axes(builder, x)?;
            let placed = builder.reshape(reversed, shape.iter().rev().copied().collect())?;
            reverse_axes(builder, placed)
        }
    }
}

/// The array broadcast to a shape.
///
/// **Shapes**: `[…]` to the shape given.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) if it does not broadcast to it.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.broadcast_to.html>
#[track_caller]
pub fn broadcast_to<'a>(x: impl IntoOperand<'a>, shape: impl IntoShape) -> NdArray {
    let (x, shape) = (x.into_operand(), shape.into_shape());
    Call::of("broadcast_to", &x).record(|builder| {
        let x = builder.operand(&x)?;
        builder.broadcast(x, &shape?)
    })
}

/// The shape that shapes broadcast to.
///
/// # Errors
/// `ValueError` if they do not broadcast.
///
/// # Examples
/// ```
/// assert_eq!(hloom::broadcast_shapes([vec![2, 1], vec![3]])?, [2, 3]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.broadcast_shapes.html>
pub fn broadcast_shapes<S: IntoShape>(shapes: impl IntoIterator<Item = S>) -> Result<Shape> {
    let shapes = shapes.into_iter().map(IntoShape::into_shape).collect::<Result<Vec<_>>>()?;
    broadcast(shapes.iter().map(|shape| &**shape)).map_err(|error| {
        let wording = error.message.replace("operands could not be broadcast together with shapes", "");
        Error::value(format!("shape mismatch: objects cannot be broadcast to a single shape, got{wording}"))
    })
}

/// The arrays broadcast against each other.
///
/// **Shapes**: any that broadcast, each to the broadcast shape.
/// **Dtypes**: any, each to its own.
///
/// # Errors
/// Every result is in error (`ValueError`) if they do not broadcast.
///
/// # Examples
/// ```
/// let both = hloom::broadcast_arrays(([1, 2], [[3], [4]]));
/// assert_eq!(both[0].to_string(), "[[1 2]\n [1 2]]");
/// assert_eq!(both[1].to_string(), "[[3 3]\n [4 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.broadcast_arrays.html>
#[track_caller]
pub fn broadcast_arrays<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> Vec<NdArray> {
    let arrays: Vec<Operand<'a>> = arrays.into_operands();
    Call::of("broadcast_arrays", &arrays).record_several(arrays.len(), |builder| {
        let nodes = arrays.iter().map(|array| builder.operand(array)).collect::<Result<Vec<NodeId>>>()?;
        let shapes = nodes.iter().map(|&node| builder.shape(node)).collect::<Result<Vec<Shape>>>()?;
        let shape = broadcast_shapes(shapes)?;
        nodes.into_iter().map(|node| builder.broadcast(node, &shape)).collect()
    })
}
