//! Arrays from shapes.

use hloom_ir::{Binary, DType, Literal, Shape, Type, Weak};

use crate::record::{Build, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, IntoShape, NdArray, Result};

/// An array of zeros, float64.
///
/// **Shapes**: to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::zeros([2, 2]).to_string(), "[[0. 0.]\n [0. 0.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.zeros.html>
#[track_caller]
pub fn zeros(shape: impl IntoShape) -> NdArray {
    filled(shape.into_shape(), Literal::zero(DType::F64), "zeros")
}

/// An array of ones, float64.
///
/// **Shapes**: to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ones(3).to_string(), "[1. 1. 1.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ones.html>
#[track_caller]
pub fn ones(shape: impl IntoShape) -> NdArray {
    filled(shape.into_shape(), Literal::one(DType::F64), "ones")
}

/// An array whose elements nobody has asked for, float64: zeros, which are one choice of what NumPy leaves open.
///
/// **Shapes**: to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::empty([2, 3]).shape(), [2, 3]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.empty.html>
#[track_caller]
pub fn empty(shape: impl IntoShape) -> NdArray {
    filled(shape.into_shape(), Literal::zero(DType::F64), "empty")
}

#[track_caller]
fn filled(shape: Result<Shape>, literal: Literal, name: &str) -> NdArray {
    Call::named(name).record(|builder| builder.full(literal, &shape?))
}

/// An array with every element equal to a value, of the value's dtype; an integer beyond int64 is uint64.
///
/// **Shapes**: the value broadcast to the shape given.
///
/// # Errors
/// The result is in error: `ValueError` for a negative extent, an array that is too big, or a value
/// that does not broadcast; `OverflowError` for an integer that no dtype holds.
///
/// # Examples
/// ```
/// assert_eq!(hloom::full([2], 7).to_string(), "[7 7]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.full.html>
#[track_caller]
pub fn full<'a>(shape: impl IntoShape, value: impl IntoOperand<'a>) -> NdArray {
    let (shape, value) = (shape.into_shape(), value.into_operand());
    Call::of("full", &value).record(|builder| {
        let value = match value {
            Operand::Number(number) => builder.scalar(number.to_literal(number.own_dtype())?),
            _ => builder.operand(&value)?,
        };
        builder.broadcast(value, &shape?)
    })
}

macro_rules! like {
    ($($name:ident $literal:ident $what:literal;)*) => { $(
        #[doc = concat!("An array of ", $what, " with the shape and dtype of another.")]
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a>(like: impl IntoOperand<'a>) -> NdArray {
            let like = like.into_operand().into_array();
            Call::of(stringify!($name), &like).record(|builder| {
                let Type { dtype, shape } = builder.ty(like.node())?.clone();
                builder.full(Literal::$literal(dtype), &shape)
            })
        }
    )* };
}

like! {
    zeros_like zero "zeros";
    ones_like one "ones";
    empty_like zero "elements that nobody has asked for, which are zeros,";
}

/// An array with the shape and dtype of another, with every element equal to a value.
///
/// # Errors
/// The result is in error: `OverflowError` if the dtype cannot hold the value, `ValueError` if it does
/// not broadcast.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.full_like.html>
#[track_caller]
pub fn full_like<'a, 'b>(like: impl IntoOperand<'a>, value: impl IntoOperand<'b>) -> NdArray {
    let (like, value) = (like.into_operand().into_array(), value.into_operand());
    Call::of("full_like", &like).record(|builder| {
        let Type { dtype, shape } = builder.ty(like.node())?.clone();
        let value = match &value {
            // Integers are checked; everything else is cast as `astype` casts, as NumPy does here.
            Operand::Number(Weak::Int(_)) => builder.operand_as(&value, dtype)?,
            _ => {
                let value = builder.operand(&value)?;
                builder.convert(value, dtype)?
            }
        };
        builder.broadcast(value, &shape)
    })
}

/// The size of a matrix as a caller writes it: the number of rows, `(rows, columns)`, or `(rows, columns, k)` with the
/// diagonal that is meant.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no size of a matrix",
    label = "expected `n`, `(rows, columns)` or `(rows, columns, k)`"
)]
pub trait IntoMatrixSize {
    /// Rows and columns, and the diagonal.
    fn into_matrix_size(self) -> ([i64; 2], i64);
}

macro_rules! squares {
    ($($ty:ty),*) => { $(
        impl IntoMatrixSize for $ty {
            fn into_matrix_size(self) -> ([i64; 2], i64) {
                ([self.into_extent(); 2], 0)
            }
        }
    )* };
}

squares!(i32, i64, isize, u32, u64, usize);

impl<N: IntoExtent, M: IntoExtent> IntoMatrixSize for (N, M) {
    fn into_matrix_size(self) -> ([i64; 2], i64) {
        ([self.0.into_extent(), self.1.into_extent()], 0)
    }
}

impl<N: IntoExtent, M: IntoExtent, K: IntoExtent> IntoMatrixSize for (N, M, K) {
    fn into_matrix_size(self) -> ([i64; 2], i64) {
        ([self.0.into_extent(), self.1.into_extent()], self.2.into_extent())
    }
}

/// A matrix with ones on the `k`-th diagonal (0 the main one, positive above it), float64.
///
/// **Shapes**: to `[n, m]`.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent.
///
/// # Examples
/// ```
/// assert_eq!(hloom::eye(2).to_string(), "[[1. 0.]\n [0. 1.]]");
/// assert_eq!(hloom::eye((2, 3, 1)).to_string(), "[[0. 1. 0.]\n [0. 0. 1.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.eye.html>
#[track_caller]
pub fn eye(size: impl IntoMatrixSize) -> NdArray {
    let (extents, k) = size.into_matrix_size();
    Call::named("eye").record(|builder| {
        let ty = Type { dtype: DType::I64, shape: extents.into_shape()? };
        let row = builder.iota(ty.clone(), 0)?;
        let column = builder.iota(ty, 1)?;
        let offset = builder.constant(Literal::new(k));
        let diagonal = builder.apply(Binary::Add, row, offset)?;
        let on_it = builder.apply(Binary::Equal, column, diagonal)?;
        builder.convert(on_it, DType::F64)
    })
}

/// The square matrix with ones on its diagonal, float64.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.identity.html>
#[track_caller]
pub fn identity(n: impl IntoExtent) -> NdArray {
    eye((n, n))
}

/// Arrays of a shape and dtype.
impl NdArray {
    /// An array of a shape and dtype, filled with zeros.
    ///
    /// NumPy leaves the elements of `ndarray(shape, dtype)` unspecified; zeros are one choice.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = NdArray::new([2, 2], float32);
    /// assert_eq!(x.tolist()?, [[0.0, 0.0], [0.0, 0.0]]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn new(shape: impl IntoShape, dtype: DType) -> NdArray {
        zeros(shape).astype(dtype)
    }

    /// An array over the elements of `buffer`, which must have the shape given.
    ///
    /// # Errors
    /// `ValueError` if the buffer's shape is not `shape`; the error of a buffer in error.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = NdArray::with_buffer([2], float32, [1.0, 2.5])?;
    /// assert_eq!(format!("{x:?}"), "<pending float32 (2,)>");
    /// assert!(NdArray::with_buffer([3], float32, [1.0, 2.5]).is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn with_buffer(shape: impl IntoShape, dtype: DType, buffer: impl Into<NdArray>) -> Result<NdArray> {
        let (shape, buffer) = (shape.into_shape()?, buffer.into());
        let found = buffer.try_shape()?;
        if found != shape {
            return Err(Error::value(format!("Unexpected buffer shape: expected {shape}, got {found}")));
        }
        Ok(buffer.astype(dtype))
    }
}
