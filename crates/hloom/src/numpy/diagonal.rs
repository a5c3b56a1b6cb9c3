//! Diagonals and triangles of matrices: read, written, and made of vectors.

use std::ops::RangeFull;

use hloom_ir::{AxisSet, Binary, Combine, DType, IndexDims, Indexing, Literal, NodeId, Shape, Type};

use super::along::padded;
use super::repeat::filling;
use super::trace::{Diagonal, diagonal_of, plane};
use crate::index::assigned;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, IntoMatrixSize, IntoShape, NdArray, Result};

/// Which diagonal is meant: the main one (`..` or 0), those above it (positive) or below it (negative).
#[derive(Clone, Copy, Debug)]
pub struct Offset(pub(super) i64);

impl From<RangeFull> for Offset {
    fn from(_: RangeFull) -> Offset {
        Offset(0)
    }
}

macro_rules! offsets {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Offset {
            fn from(k: $ty) -> Offset {
                Offset(k.into_extent())
            }
        }
    )* };
}

offsets!(i32, i64, isize, u32, u64, usize);

/// A diagonal of the matrices along two axes.
///
/// **Shapes**: `[…]` to the same without the two axes, with the diagonal as the last one.
/// **Dtypes**: any, to the same.
/// **Keywords**, through [`offset`](crate::offset()): axes.
///
/// # Errors
/// The result is in error: `ValueError` for fewer than two axes, or the same axis twice; `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::arange(6).reshape([2, 3]);
/// assert_eq!(hloom::diagonal(&x, ..).to_string(), "[0 4]");
/// assert_eq!(x.diagonal(1).to_string(), "[1 5]");
/// assert_eq!(hloom::zeros([2, 3, 4]).diagonal((0, 1, 2)).shape(), [2, 3]);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diagonal.html>
#[track_caller]
pub fn diagonal<'a>(x: impl IntoOperand<'a>, which: impl Into<Diagonal>) -> NdArray {
    let (x, which) = (x.into_operand(), which.into());
    Call::of("diagonal", &x).record(|builder| {
        let x = builder.operand(&x)?;
        match which.dtype {
            None => {
                let pair = plane(&builder.shape(x)?, which.axes.unwrap_or([0, 1]))?;
                diagonal_of(builder, x, pair, which.offset)
            }
            Some(_) => Err(Error::type_("diagonal() got an unexpected keyword argument 'dtype'")),
        }
    })
}

/// A diagonal of a matrix, or the matrix that has a vector on a diagonal and zeros elsewhere.
///
/// **Shapes**: `[n, m]` to the length of the diagonal, `[n]` to `[n + |k|, n + |k|]`.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for anything but one or two axes.
///
/// # Examples
/// ```
/// assert_eq!(hloom::diag([1, 2], ..).to_string(), "[[1 0]\n [0 2]]");
/// assert_eq!(hloom::diag([[1, 2], [3, 4]], 1).to_string(), "[2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diag.html>
#[track_caller]
pub fn diag<'a>(v: impl IntoOperand<'a>, k: impl Into<Offset>) -> NdArray {
    let (v, Offset(k)) = (v.into_operand(), k.into());
    Call::of("diag", &v).with(&k).record(|builder| {
        let v = builder.operand(&v)?;
        match builder.ty(v)?.shape.ndim() {
            1 => on_diagonal(builder, v, k),
            2 => diagonal_of(builder, v, [0, 1], k),
            _ => Err(Error::value("Input must be 1- or 2-d.")),
        }
    })
}

/// The matrix that has the elements of an array, in row-major order, on a diagonal, and zeros elsewhere.
///
/// **Shapes**: `[…]` of `n` elements to `[n + |k|, n + |k|]`.
/// **Dtypes**: any, to the same.
///
/// # Examples
/// ```
/// assert_eq!(hloom::diagflat([[1], [2]], 1).to_string(), "[[0 1 0]\n [0 0 2]\n [0 0 0]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diagflat.html>
#[track_caller]
pub fn diagflat<'a>(v: impl IntoOperand<'a>, k: impl Into<Offset>) -> NdArray {
    let (v, Offset(k)) = (v.into_operand(), k.into());
    Call::of("diagflat", &v).with(&k).record(|builder| {
        let v = builder.operand(&v)?;
        let size = builder.ty(v)?.shape.size();
        let flat = builder.reshape(v, Shape::from([size]))?;
        on_diagonal(builder, flat, k)
    })
}

/// The square matrix with a vector on a diagonal.
fn on_diagonal(builder: &mut Builder<'_>, v: NodeId, k: i64) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(v)?.clone();
    let aside = usize::try_from(k.unsigned_abs()).unwrap_or(usize::MAX);
    let n = shape.size().saturating_add(aside);
    let shape = Shape::from([n, n]).checked()?;
    let zero = builder.constant(Literal::zero(dtype));
    // Each element beside its row, or nothing beside the rows that have none.
    let widths = if k >= 0 { (0, aside) } else { (aside, 0) };
    let rows = padded(builder, v, 0, widths, zero)?;
    let rows = builder.reshape(rows, Shape::from([n, 1]))?;
    let on_it = compare_places(builder, &shape, k, Binary::Equal)?;
    builder.select(on_it, rows, zero)
}

/// How the column of each place of a matrix compares with that of the `k`-th diagonal in its row.
pub(super) fn compare_places(builder: &mut Builder<'_>, shape: &Shape, k: i64, op: Binary) -> Result<NodeId> {
    let ty = Type { dtype: DType::I64, shape: shape.clone() };
    let row = builder.iota(ty.clone(), 0)?;
    let column = builder.iota(ty, 1)?;
    let (n, m) = (shape[0] as i64, shape[1] as i64);
    // Far outside, all diagonals are alike.
    let offset = builder.constant(Literal::new(k.clamp(-n - 1, m + 1)));
    let diagonal = builder.apply(Binary::Add, row, offset)?;
    builder.apply(op, column, diagonal)
}

/// The matrix with ones on and below the `k`-th diagonal and zeros above it, float64. The size is written as for
/// [`eye`](crate::eye()), but that a negative one is taken for 0.
///
/// **Shapes**: to `[n, m]`.
///
/// # Errors
/// The result is in error (`ValueError`) for an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::tri(2).to_string(), "[[1. 0.]\n [1. 1.]]");
/// assert_eq!(hloom::tri((2, 3, 1)).to_string(), "[[1. 1. 0.]\n [1. 1. 1.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.tri.html>
#[track_caller]
pub fn tri(size: impl IntoMatrixSize) -> NdArray {
    let ([n, m], k) = size.into_matrix_size();
    Call::named("tri").record(|builder| {
        let shape = [n.max(0), m.max(0)].into_shape()?;
        let inside = compare_places(builder, &shape, k, Binary::LessEqual)?;
        builder.convert(inside, DType::F64)
    })
}

macro_rules! triangles {
    ($($name:ident $op:ident $outside:literal $result:literal;)*) => { $(
        #[doc = concat!("The elements of matrices, with zeros in place of those ", $outside, " the `k`-th diagonal.")]
        ///
        /// **Shapes**: `[…, n, m]` to the same; `[n]` is a row of `n` like ones.
        /// **Dtypes**: any, to the same.
        ///
        /// # Errors
        /// The result is in error (`TypeError`) for a 0-d array.
        ///
        /// # Examples
        /// ```
        #[doc = concat!("let y = hloom::", stringify!($name), "([[1, 2], [3, 4]], ..);")]
        #[doc = concat!("assert_eq!(y.to_string(), \"", $result, "\");")]
        /// ```
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a>(x: impl IntoOperand<'a>, k: impl Into<Offset>) -> NdArray {
            let (x, Offset(k)) = (x.into_operand(), k.into());
            Call::of(stringify!($name), &x).with(&k).record(|builder| triangle(builder, &x, k, Binary::$op))
        }
    )* };
}

triangles! {
    tril LessEqual "above" "[[1 0]\\n [3 4]]";
    triu GreaterEqual "below" "[[1 2]\\n [0 4]]";
}

fn triangle(builder: &mut Builder<'_>, x: &Operand<'_>, k: i64, inside: Binary) -> Result<NodeId> {
    let x = builder.operand(x)?;
    let Type { dtype, shape } = builder.ty(x)?.clone();
    let matrix = match *shape {
        [] => return Err(Error::type_("expected an array of at least one axis, got a 0-d array")),
        [n] => Shape::from([n, n]).checked()?,
        [.., n, m] => Shape::from([n, m]),
    };
    let inside = compare_places(builder, &matrix, k, inside)?;
    let zero = builder.constant(Literal::zero(dtype));
    builder.select(inside, x, zero)
}

/// Diagonals.
impl NdArray {
    /// A diagonal of the matrices along two axes; see [`diagonal`].
    #[track_caller]
    pub fn diagonal(&self, which: impl Into<Diagonal>) -> NdArray {
        diagonal(self, which)
    }

    /// Makes this handle refer to the array with its main diagonal replaced, as [`NdArray::set`] does: of a matrix, or of
    /// an array of more axes of one extent the elements at equal positions. Of a value with several elements, they are
    /// taken in row-major order, again and again.
    ///
    /// **Dtypes**: the value is converted to the array's dtype.
    ///
    /// # Errors
    /// The array is then in error: `ValueError` for fewer than two axes, or more of different extents; `OverflowError` for
    /// a Rust integer that the dtype cannot hold; `TypeError` for a complex number in a real array.
    ///
    /// # Examples
    /// ```
    /// let mut x = hloom::zeros([3, 3]);
    /// x.fill_diagonal([1, 2]);
    /// assert_eq!(x.to_string(), "[[1. 0. 0.]\n [0. 2. 0.]\n [0. 0. 1.]]");
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.fill_diagonal.html>; with `wrap`, it is
    /// [`NdArray::fill_diagonal_wrap`].
    #[track_caller]
    pub fn fill_diagonal<'b>(&mut self, value: impl IntoOperand<'b>) {
        *self = filled(self, &value.into_operand(), false);
    }

    /// As [`NdArray::fill_diagonal`], with the diagonal of a tall matrix beginning anew after each square of rows and an
    /// empty row.
    ///
    /// # Examples
    /// ```
    /// let mut x = hloom::zeros([5, 2]);
    /// x.fill_diagonal_wrap(1);
    /// assert_eq!(x.to_string(), "[[1. 0.]\n [0. 1.]\n [0. 0.]\n [1. 0.]\n [0. 1.]]");
    /// ```
    #[track_caller]
    pub fn fill_diagonal_wrap<'b>(&mut self, value: impl IntoOperand<'b>) {
        *self = filled(self, &value.into_operand(), true);
    }
}

/// Makes a handle refer to the array with its main diagonal replaced; see [`NdArray::fill_diagonal`].
#[track_caller]
pub fn fill_diagonal<'b>(x: &mut NdArray, value: impl IntoOperand<'b>) {
    x.fill_diagonal(value);
}

#[track_caller]
fn filled(x: &NdArray, value: &Operand<'_>, wraps: bool) -> NdArray {
    Call::of("fill_diagonal", x).record(|builder| {
        let shape = builder.shape(x.node())?;
        let size = shape.size();
        let (step, end) = match *shape {
            [] | [_] => return Err(Error::value("array must be at least 2-d")),
            [_, m] if wraps => (m + 1, size),
            [_, m] => (m + 1, m.saturating_mul(m).min(size)),
            [n, ..] if shape.iter().all(|&extent| extent == n) => {
                let strides = shape[1..].iter().scan(1, |stride, &extent| {
                    *stride *= extent;
                    Some(*stride)
                });
                (1 + strides.sum::<usize>(), size)
            }
            _ => return Err(Error::value("All dimensions of input must be of equal length")),
        };
        let value = assigned(builder, value, x.node())?;
        let n_places = end.div_ceil(step);
        let n_values = builder.ty(value)?.shape.size();
        if n_places == 0 || n_values == 0 {
            return Ok(x.node());
        }
        let places = builder.iota(Type::new(DType::I64, [n_places]), 0)?;
        let distance = builder.constant(Literal::new(step as i64));
        let places = builder.apply(Binary::Multiply, places, distance)?;
        let value = filling(builder, value, &Shape::from([n_places]))?;
        let flat = builder.reshape(x.node(), Shape::from([size]))?;
        let dims = IndexDims { axes: AxisSet::from_iter([0]), position: 0 };
        let scatter = Indexing::Scatter { dims, combine: Combine::Set };
        let flat = builder.op(scatter, &[flat, value, places])?;
        builder.reshape(flat, shape)
    })
}
