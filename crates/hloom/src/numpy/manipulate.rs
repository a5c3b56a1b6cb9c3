//! Shapes changed, arrays broadcast: nothing is computed.

use hloom_ir::{NodeId, Shape, broadcast_shapes as broadcast, normalize_axes, normalize_axis};
use smallvec::SmallVec;

use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, IntoExtent, IntoShape, NdArray, Result};

/// The order in which [`NdArray::reshape_order`] and [`NdArray::ravel_order`] read and place elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Last axis fastest, as in C.
    #[default]
    C,
    /// First axis fastest, as in Fortran.
    F,
}

/// The extents of a reshape: integers, of which one may be -1 for what is left.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no shape",
    label = "expected an integer, or integers such as `[2, -1]` or `(2, -1)`"
)]
pub trait IntoExtents {
    /// The extents.
    fn into_extents(self) -> SmallVec<[i128; 4]>;
}

impl<T: IntoExtent, const N: usize> IntoExtents for [T; N] {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        self.into_iter().map(T::exact).collect()
    }
}

impl<T: IntoExtent> IntoExtents for &[T] {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        self.iter().map(|&extent| extent.exact()).collect()
    }
}

impl<T: IntoExtent> IntoExtents for Vec<T> {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        self.as_slice().into_extents()
    }
}

impl IntoExtents for &Shape {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        (&**self).into_extents()
    }
}

impl IntoExtents for Shape {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        (&self).into_extents()
    }
}

impl IntoExtents for () {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        SmallVec::new()
    }
}

macro_rules! single_extents {
    ($($ty:ty),*) => { $(
        impl IntoExtents for $ty {
            fn into_extents(self) -> SmallVec<[i128; 4]> {
                SmallVec::from_slice(&[self.exact()])
            }
        }
    )* };
}

single_extents!(i32, i64, isize, u32, u64, usize);

impl<T: IntoExtent, const N: usize> IntoExtents for &[T; N] {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        self.as_slice().into_extents()
    }
}

impl<T: IntoExtent> IntoExtents for &Vec<T> {
    fn into_extents(self) -> SmallVec<[i128; 4]> {
        self.as_slice().into_extents()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: IntoExtent),+> IntoExtents for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_extents(self) -> SmallVec<[i128; 4]> {
                let ($($name,)+) = self;
                SmallVec::from_slice(&[$($name.exact()),+])
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// Shape and layout.
impl NdArray {
    /// The elements in row-major order under another shape.
    ///
    /// **Shapes**: `[…]` to the extents given, of which one may be -1: as many as are left.
    ///
    /// # Errors
    /// The result is in error (`ValueError`) if the number of elements differs, more than one extent is
    /// -1, or what is left is not whole.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::arange(6);
    /// assert_eq!(x.reshape([2, -1]).to_string(), "[[0 1 2]\n [3 4 5]]");
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.reshape.html>
    #[track_caller]
    pub fn reshape(&self, shape: impl IntoExtents) -> NdArray {
        self.reshape_order(shape, Order::C)
    }

    /// As [`NdArray::reshape`], with the order in which elements are read and placed.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = hloom::arange(6);
    /// assert_eq!(x.reshape_order([2, 3], Order::F).to_string(), "[[0 2 4]\n [1 3 5]]");
    /// ```
    #[track_caller]
    pub fn reshape_order(&self, shape: impl IntoExtents, order: Order) -> NdArray {
        let extents = shape.into_extents();
        Call::of("reshape", self).with(&format_args!("{extents:?}")).record(|builder| {
            let shape = whole_shape(&extents, builder.ty(self.node())?.shape.size())?;
            reshape_in(builder, self.node(), shape, order)
        })
    }

    /// The elements in row-major order, 1-d.
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ravel.html>
    #[track_caller]
    pub fn ravel(&self) -> NdArray {
        self.reshape(-1)
    }

    /// The elements in an order, 1-d.
    #[track_caller]
    pub fn ravel_order(&self, order: Order) -> NdArray {
        self.reshape_order(-1, order)
    }

    /// The array with its axes reversed.
    ///
    /// **Shapes**: `[a, …, z]` to `[z, …, a]`.
    #[track_caller]
    pub fn t(&self) -> NdArray {
        Call::of("transpose", self).record(|builder| {
            let permutation: SmallVec<[usize; 4]> = (0..builder.ty(self.node())?.shape.ndim()).rev().collect();
            builder.transpose(self.node(), &permutation)
        })
    }

    /// The array with its last two axes exchanged.
    ///
    /// **Shapes**: `[…, n, m]` to `[…, m, n]`.
    ///
    /// # Errors
    /// The result is in error (`ValueError`) for fewer than two axes.
    #[track_caller]
    pub fn mt(&self) -> NdArray {
        Call::of("matrix_transpose", self).record(|builder| {
            let ndim = builder.ty(self.node())?.shape.ndim();
            if ndim < 2 {
                return Err(Error::value(format!(
                    "matrix transpose with ndim < 2 is undefined, got {ndim} dimension(s)"
                )));
            }
            let mut permutation: SmallVec<[usize; 4]> = (0..ndim).collect();
            permutation.swap(ndim - 2, ndim - 1);
            builder.transpose(self.node(), &permutation)
        })
    }

    /// The array with axis `axes[i]` as its axis `i`, or with its axes reversed (`..`).
    ///
    /// # Errors
    /// The result is in error: `ValueError` if the axes are not a permutation, `AxisError`.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::zeros([2, 3, 4]);
    /// assert_eq!(x.transpose([1, 0, -1]).shape(), [3, 2, 4]);
    /// assert_eq!(x.transpose(..).shape(), [4, 3, 2]);
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.transpose.html>
    #[track_caller]
    pub fn transpose(&self, axes: impl Into<Axes>) -> NdArray {
        let axes = axes.into();
        let Some(written) = axes.written() else { return self.t() };
        Call::of("transpose", self).with(&format_args!("{written:?}")).record(|builder| {
            let ndim = builder.ty(self.node())?.shape.ndim();
            if written.len() != ndim {
                return Err(Error::value("axes don't match array"));
            }
            let permutation = normalize_axes(written, ndim).map_err(|error| match error.kind {
                hloom_ir::ErrorKind::Value => Error::value("repeated axis in transpose"),
                _ => error.into(),
            })?;
            builder.transpose(self.node(), &permutation)
        })
    }

    /// The array with the axes of extent 1 taken away: all of them, or those given.
    ///
    /// # Errors
    /// The result is in error: `ValueError` if an axis given has another extent, `AxisError`.
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.squeeze.html>
    #[track_caller]
    pub fn squeeze(&self, axes: impl Into<Axes>) -> NdArray {
        let axes = axes.into();
        Call::of("squeeze", self).record(|builder| {
            let shape = builder.shape(self.node())?;
            let set = axes.resolve_0d(shape.ndim())?;
            if !axes.is_all() && set.iter().any(|axis| shape[axis] != 1) {
                return Err(Error::value("cannot select an axis to squeeze out which has size not equal to one"));
            }
            let kept = shape.iter().enumerate().filter(|&(axis, &extent)| !(set.contains(axis) && extent == 1));
            let kept = kept.map(|(_, &extent)| extent).collect();
            builder.reshape(self.node(), kept)
        })
    }

    /// The array with a new axis of extent 1 at a position of the result.
    ///
    /// # Errors
    /// The result is in error (`AxisError`) for a position beyond the result's axes.
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.expand_dims.html>
    #[track_caller]
    pub fn expand_dims(&self, axis: i64) -> NdArray {
        Call::of("expand_dims", self).with(&axis).record(|builder| {
            let mut shape = builder.shape(self.node())?;
            shape.insert(normalize_axis(axis, shape.ndim() + 1)?, 1);
            builder.reshape(self.node(), shape)
        })
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

fn reverse_axes(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let permutation: SmallVec<[usize; 4]> = (0..builder.ty(x)?.shape.ndim()).rev().collect();
    builder.transpose(x, &permutation)
}

/// The array broadcast to a shape.
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
/// # Errors
/// Every result is in error (`ValueError`) if they do not broadcast.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.broadcast_arrays.html>
#[track_caller]
pub fn broadcast_arrays<'a>(arrays: impl IntoIterator<Item = &'a NdArray>) -> Vec<NdArray> {
    let arrays: Vec<&NdArray> = arrays.into_iter().collect();
    let shape = arrays.iter().map(|array| array.try_shape()).collect::<Result<Vec<_>>>();
    let shape = shape.and_then(broadcast_shapes);
    let broadcast = |array: &NdArray| {
        Call::of("broadcast_arrays", array).record(|builder| builder.broadcast(array.node(), &shape.clone()?))
    };
    arrays.into_iter().map(broadcast).collect()
}
