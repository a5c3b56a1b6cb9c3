//! What a caller may write for a shape and for axes.

use hloom_ir::{AxisSet, Shape, normalize_axes, normalize_axis};

use crate::{Error, Result};

/// A shape as a caller writes it: an integer or integers.
pub trait IntoShape {
    /// The shape.
    ///
    /// # Errors
    /// `ValueError` for a negative extent or more elements than can be addressed.
    fn into_shape(self) -> Result<Shape>;
}

/// An extent as a caller writes it. A negative one may stand for "what is left" in a reshape.
pub trait IntoExtent: Copy {
    /// The extent, saturated to `i64`.
    fn into_extent(self) -> i64;

    /// The extent as it was written.
    fn exact(self) -> i128;
}

macro_rules! extents {
    ($($ty:ty),*) => { $(
        impl IntoExtent for $ty {
            fn into_extent(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }

            fn exact(self) -> i128 {
                self as i128
            }
        }

        impl IntoShape for $ty {
            fn into_shape(self) -> Result<Shape> {
                checked_shape([self.exact()])
            }
        }
    )* };
}

extents!(i32, i64, isize, u32, u64, usize);

fn checked_shape(extents: impl IntoIterator<Item = i128>) -> Result<Shape> {
    let shape = extents
        .into_iter()
        .map(|extent| usize::try_from(extent).map_err(|_| Error::value("negative dimensions are not allowed")));
    Ok(shape.collect::<Result<Shape>>()?.checked()?)
}

impl<T: IntoExtent, const N: usize> IntoShape for [T; N] {
    fn into_shape(self) -> Result<Shape> {
        checked_shape(self.into_iter().map(T::exact))
    }
}

impl<T: IntoExtent> IntoShape for &[T] {
    fn into_shape(self) -> Result<Shape> {
        checked_shape(self.iter().map(|&extent| extent.exact()))
    }
}

impl<T: IntoExtent> IntoShape for &Vec<T> {
    fn into_shape(self) -> Result<Shape> {
        self.as_slice().into_shape()
    }
}

impl<T: IntoExtent> IntoShape for Vec<T> {
    fn into_shape(self) -> Result<Shape> {
        self.as_slice().into_shape()
    }
}

impl<T: IntoExtent, const N: usize> IntoShape for &[T; N] {
    fn into_shape(self) -> Result<Shape> {
        self.as_slice().into_shape()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: IntoExtent),+> IntoShape for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_shape(self) -> Result<Shape> {
                let ($($name,)+) = self;
                checked_shape([$($name.exact()),+])
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) }

impl IntoShape for Shape {
    fn into_shape(self) -> Result<Shape> {
        (&*self).into_shape()
    }
}

impl IntoShape for &Shape {
    fn into_shape(self) -> Result<Shape> {
        (&**self).into_shape()
    }
}

impl IntoShape for () {
    fn into_shape(self) -> Result<Shape> {
        Ok(Shape::scalar())
    }
}

/// The axes that a reduction takes away, and whether they stay with extent 1.
///
/// Written as `..` (all axes), an integer, an array of integers, or [`axis`] to add
/// [`Axes::keepdims`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes {
    axes: Option<Vec<i64>>,
    keepdims: bool,
}

impl Axes {
    /// Keeps the reduced axes with extent 1, so that the result broadcasts against the array.
    pub fn keepdims(mut self) -> Axes {
        self.keepdims = true;
        self
    }

    pub(crate) fn is_all(&self) -> bool {
        self.axes.is_none()
    }

    pub(crate) fn keeps_dims(&self) -> bool {
        self.keepdims
    }

    /// The axes of an array of `ndim` axes.
    pub(crate) fn resolve(&self, ndim: usize) -> Result<AxisSet> {
        match &self.axes {
            None => Ok(AxisSet::all(ndim)),
            Some(axes) => Ok(normalize_axes(axes, ndim)?.into_iter().collect()),
        }
    }

    /// As [`Axes::resolve`], but a 0-d array takes axis 0 or -1 for none, as NumPy's ufuncs allow.
    pub(crate) fn resolve_0d(&self, ndim: usize) -> Result<AxisSet> {
        match self.axes.as_deref() {
            Some([0 | -1]) if ndim == 0 => Ok(AxisSet::default()),
            _ => self.resolve(ndim),
        }
    }

    /// As [`Axes::resolve`], for what goes along one axis or along all as one. It sees one axis in a 0-d array.
    pub(crate) fn resolve_position(&self, ndim: usize) -> Result<AxisSet> {
        match self.axes.as_deref() {
            Some(&[axis]) if ndim == 0 => normalize_axis(axis, 1).map(|_| AxisSet::default()).map_err(Error::from),
            None | Some([_]) => self.resolve(ndim),
            Some(axes) => Err(Error::type_(format!("expected one axis or all, got {} axes", axes.len()))),
        }
    }
}

/// The axes of a reduction, to add [`Axes::keepdims`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::ones([2, 3]);
/// assert_eq!(x.sum(axis(1).keepdims()).shape(), [2, 1]);
/// assert_eq!(x.sum(axis(..).keepdims()).shape(), [1, 1]);
/// assert_eq!(x.sum(axis([0, 1])).shape(), []);
/// ```
pub fn axis(axes: impl Into<Axes>) -> Axes {
    axes.into()
}

impl From<std::ops::RangeFull> for Axes {
    fn from(_: std::ops::RangeFull) -> Axes {
        Axes { axes: None, keepdims: false }
    }
}

impl<T: IntoExtent, const N: usize> From<[T; N]> for Axes {
    fn from(axes: [T; N]) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent> From<&[T]> for Axes {
    fn from(axes: &[T]) -> Axes {
        Axes { axes: Some(axes.iter().map(|&axis| axis.into_extent()).collect()), keepdims: false }
    }
}

impl<T: IntoExtent> From<Vec<T>> for Axes {
    fn from(axes: Vec<T>) -> Axes {
        Axes::from(axes.as_slice())
    }
}

impl<T: IntoExtent> From<Option<T>> for Axes {
    /// `None` is all axes, as in NumPy.
    fn from(axis: Option<T>) -> Axes {
        match axis {
            Some(axis) => Axes::from([axis]),
            None => Axes::from(..),
        }
    }
}

macro_rules! single_axes {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Axes {
            fn from(axis: $ty) -> Axes {
                Axes::from([axis])
            }
        }
    )* };
}

single_axes!(i32, i64, isize, u32, u64, usize);
