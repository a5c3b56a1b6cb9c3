//! Arrays of what holds elements, what there is to be known of them, and arrays of at least so many axes.

use std::panic::Location;

use hloom_ir::{Shape, SourceLine, normalize_axes};

use super::along::with_leading_ones;
use crate::record::{Build, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// An array of whatever holds elements: nested Rust arrays and vectors, numbers, another array.
///
/// Vectors of different lengths at one depth give an array in error (`ValueError`).
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!((x.shape().to_vec(), x.dtype()), (vec![2, 2], hloom::int32));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array.html>; a Rust integer
/// keeps its own dtype, where Python's becomes int64.
#[track_caller]
pub fn array(object: impl Into<NdArray>) -> NdArray {
    object.into()
}

/// An array of anything an operation takes; a number becomes 0-d.
///
/// # Examples
/// ```
/// assert_eq!(hloom::asarray(vec![1.5, 2.5]).to_string(), "[1.5 2.5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.asarray.html>
#[track_caller]
pub fn asarray<'a>(object: impl IntoOperand<'a>) -> NdArray {
    object.into_operand().into_array()
}

/// The same as [`asarray`], as there are no subclasses of arrays.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.asanyarray.html>
#[track_caller]
pub fn asanyarray<'a>(object: impl IntoOperand<'a>) -> NdArray {
    object.into_operand().into_array()
}

/// The array with at least one axis: every array lies in row-major order.
///
/// **Shapes**: `[]` to `[1]`, any other to the same.
/// **Dtypes**: any, to the same.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ascontiguousarray(2.5).to_string(), "[2.5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ascontiguousarray.html>
#[track_caller]
pub fn ascontiguousarray<'a>(object: impl IntoOperand<'a>) -> NdArray {
    at_least("ascontiguousarray", object.into_operand(), 1, Location::caller())
}

/// The array, if it holds neither NaN nor infinities. This computes it.
///
/// **Shapes**, **Dtypes**: any, to the same.
///
/// # Errors
/// `ValueError` if an element is NaN or infinite; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// assert!(hloom::asarray_chkfinite([1.0, 2.0]).is_ok());
/// assert!(hloom::asarray_chkfinite([1.0, f64::NAN]).is_err());
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.asarray_chkfinite.html>
#[track_caller]
pub fn asarray_chkfinite<'a>(object: impl IntoOperand<'a>) -> Result<NdArray> {
    let array = object.into_operand().into_array();
    let dtype = array.try_dtype()?;
    let is_finite = !(dtype.is_float() || dtype.is_complex()) || array.isfinite().all(..).truth()?;
    if is_finite { Ok(array) } else { Err(Error::value("array must not contain infs or NaNs")) }
}

/// The array. As arrays are immutable, it is not copied: what is written through one handle is not seen by another.
///
/// # Examples
/// ```
/// let x = hloom::array([1, 2]);
/// let mut y = hloom::copy(&x);
/// y.set(0, 5);
/// assert_eq!((x.to_string(), y.to_string()), ("[1 2]".to_owned(), "[5 2]".to_owned()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.copy.html>
#[track_caller]
pub fn copy<'a>(object: impl IntoOperand<'a>) -> NdArray {
    object.into_operand().into_array()
}

impl NdArray {
    /// The array; see [`copy`].
    pub fn copy(&self) -> NdArray {
        self.clone()
    }
}

/// The number of axes. Runs nothing.
///
/// # Errors
/// The error of an array in error.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ndim([[1, 2], [3, 4]])?, 2);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndim.html>
#[track_caller]
pub fn ndim<'a>(x: impl IntoOperand<'a>) -> Result<usize> {
    Ok(shape(x)?.ndim())
}

/// The extents, outermost axis first. Runs nothing.
///
/// # Errors
/// The error of an array in error.
///
/// # Examples
/// ```
/// assert_eq!(hloom::shape([[1, 2, 3], [4, 5, 6]])?, [2, 3]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.shape.html>
#[track_caller]
pub fn shape<'a>(x: impl IntoOperand<'a>) -> Result<Shape> {
    match x.into_operand().as_array() {
        Some(array) => array.try_shape(),
        None => Ok(Shape::scalar()),
    }
}

/// The number of elements, or the product of the extents of some axes. Runs nothing.
///
/// # Errors
/// `AxisError`, `ValueError` for an axis that is given twice; the error of an array in error.
///
/// # Examples
/// ```
/// let x = hloom::zeros([2, 3, 4]);
/// assert_eq!(hloom::size(&x, ..)?, 24);
/// assert_eq!(hloom::size(&x, (0, 1))?, 6);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.size.html>
#[track_caller]
pub fn size<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> Result<usize> {
    let (shape, axes) = (shape(x)?, axis.into());
    axes.arguments("size", &[])?;
    let Some(written) = axes.written() else { return Ok(shape.size()) };
    let axes = normalize_axes(written, shape.ndim()).map_err(|error| match error.kind {
        hloom_ir::ErrorKind::Value => Error::value("repeated axis"),
        _ => error.into(),
    })?;
    Ok(axes.into_iter().map(|axis| shape[axis]).product())
}

/// One array, or several: a function of them gives one array, or as many.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array and no list of arrays",
    label = "expected an array or a number, or a tuple, vector or slice of arrays"
)]
pub trait IntoArrays<'a> {
    /// What a function of each gives.
    type Arrays;

    /// What `function` makes of each.
    fn each(self, function: impl FnMut(Operand<'a>) -> NdArray) -> Self::Arrays;
}

impl<'a, T: IntoOperand<'a>> IntoArrays<'a> for T {
    type Arrays = NdArray;

    fn each(self, mut function: impl FnMut(Operand<'a>) -> NdArray) -> NdArray {
        function(self.into_operand())
    }
}

impl<'a> IntoArrays<'a> for Vec<NdArray> {
    type Arrays = Vec<NdArray>;

    fn each(self, mut function: impl FnMut(Operand<'a>) -> NdArray) -> Vec<NdArray> {
        self.into_iter().map(|array| function(Operand::Owned(array))).collect()
    }
}

macro_rules! borrowed {
    ($($ty:ty),*) => { $(
        impl<'a> IntoArrays<'a> for &'a $ty {
            type Arrays = Vec<NdArray>;

            fn each(self, mut function: impl FnMut(Operand<'a>) -> NdArray) -> Vec<NdArray> {
                self.iter().map(|array| function(Operand::Borrowed(array))).collect()
            }
        }
    )* };
}

borrowed!(Vec<NdArray>, [NdArray]);

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<'a, $($name: IntoOperand<'a>),+> IntoArrays<'a> for ($($name,)+) {
            type Arrays = ($(tuples!(@ $name),)+);

            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn each(self, mut function: impl FnMut(Operand<'a>) -> NdArray) -> Self::Arrays {
                let ($($name,)+) = self;
                ($(function($name.into_operand()),)+)
            }
        }
    )* };
    (@ $name:ident) => { NdArray };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

macro_rules! at_least {
    ($($name:ident $ndim:literal $meaning:literal, $shapes:literal, $example:literal => $result:literal;)*) => { $(
        #[doc = concat!("The array, or each of several, with at least ", $meaning, ".")]
        ///
        #[doc = concat!("**Shapes**: ", $shapes, ", any other to the same.")]
        /// **Dtypes**: any, each to the same.
        ///
        /// # Examples
        /// ```
        #[doc = concat!("let y = hloom::", stringify!($name), "(", $example, ");")]
        #[doc = concat!("assert_eq!(y.to_string(), \"", $result, "\");")]
        #[doc = concat!("let (a, b) = hloom::", stringify!($name), "((1, &y));")]
        /// assert_eq!(a.ndim(), b.ndim());
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a, T: IntoArrays<'a>>(arrays: T) -> T::Arrays {
            let line = Location::caller();
            arrays.each(|array| at_least(stringify!($name), array, $ndim, line))
        }
    )* };
}

at_least! {
    atleast_1d 1 "one axis", "`[]` to `[1]`", "2.5" => "[2.5]";
    atleast_2d 2 "two axes", "`[]` to `[1, 1]`, `[n]` to `[1, n]`", "[1, 2]" => "[[1 2]]";
    atleast_3d 3 "three axes", "`[]` to `[1, 1, 1]`, `[n]` to `[1, n, 1]`, `[n, m]` to `[n, m, 1]`",
        "[1, 2]" => "[[[1]\\n  [2]]]";
}

/// The array with axes of extent 1 put in front, and in NumPy's place for three axes behind, until there are `ndim`.
pub(super) fn at_least(name: &str, array: Operand<'_>, ndim: usize, line: SourceLine) -> NdArray {
    Call::of(name, &array).at(line).record(|builder| {
        let array = builder.operand(&array)?;
        let shape = builder.shape(array)?;
        let missing = ndim.saturating_sub(shape.ndim());
        let behind = usize::from(ndim == 3 && shape.ndim() > 0).min(missing);
        let ones = |n: usize| std::iter::repeat_n(1, n);
        let shape = ones(missing - behind).chain(shape.iter().copied()).chain(ones(behind)).collect();
        builder.reshape(array, shape)
    })
}

/// The array with axes of extent 1 put in front until there are `ndim`.
pub(super) fn leading(name: &str, array: Operand<'_>, ndim: usize, line: SourceLine) -> NdArray {
    Call::of(name, &array).at(line).record(|builder| {
        let array = builder.operand(&array)?;
        with_leading_ones(builder, array, ndim)
    })
}
