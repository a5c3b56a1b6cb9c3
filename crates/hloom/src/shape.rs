//! What a caller may write for a shape.

use hloom_ir::Shape;
use smallvec::SmallVec;

use crate::{Error, Result};

/// A shape as a caller writes it: an integer, or integers as a tuple, an array, a vector or a slice.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no shape",
    label = "expected an integer, or integers such as `[2, 3]` or `(2, 3)`"
)]
pub trait IntoShape {
    /// The shape.
    ///
    /// # Errors
    /// `ValueError` for a negative extent or more elements than can be addressed.
    fn into_shape(self) -> Result<Shape>;
}

/// An extent as a caller writes it. A negative one may stand for "what is left" in a reshape.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no extent, axis or position",
    label = "expected an integer of 32 or 64 bits"
)]
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

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

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

/// Integers as a caller writes them: the extents of a reshape, of which one may be -1 for what is left, shifts, repetitions.
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

macro_rules! extent_tuples {
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

extent_tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
