//! Where the elements of triangles and diagonals are. The places are computed by the program, from a formula.

use hloom_ir::{Binary, DType, Literal, NodeId, Shape, Type, Unary};

use super::diagonal::Offset;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, IntoExtent, NdArray, Result};

/// The matrix whose triangle is meant: its number of rows `n` as for a square one, `(n, k)` with the diagonal that bounds
/// the triangle, or `(n, k, m)` with the number of columns.
#[derive(Clone, Copy, Debug)]
pub struct Triangle {
    n: i64,
    k: i64,
    m: i64,
}

macro_rules! squares {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Triangle {
            fn from(n: $ty) -> Triangle {
                Triangle::from((n, 0, n))
            }
        }

        impl From<$ty> for DiagonalPlaces {
            fn from(n: $ty) -> DiagonalPlaces {
                DiagonalPlaces { n: n.into_extent(), ndim: 2 }
            }
        }
    )* };
}

squares!(i32, i64, isize, u32, u64, usize);

impl<N: IntoExtent, K: IntoExtent> From<(N, K)> for Triangle {
    fn from((n, k): (N, K)) -> Triangle {
        Triangle::from((n, k, n))
    }
}

impl<N: IntoExtent, K: IntoExtent, M: IntoExtent> From<(N, K, M)> for Triangle {
    fn from((n, k, m): (N, K, M)) -> Triangle {
        Triangle { n: n.into_extent(), k: k.into_extent(), m: m.into_extent() }
    }
}

/// The positions of the elements on and below the `k`-th diagonal of a matrix: their rows and their columns, int64, row by
/// row.
///
/// # Errors
/// Both are in error (`ValueError`) for more elements than can be addressed.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let [rows, columns] = hloom::tril_indices(3);
/// assert_eq!(rows.to_string(), "[0 1 1 2 2 2]");
/// assert_eq!(columns.to_string(), "[0 0 1 0 1 2]");
/// let x = hloom::arange(9).reshape([3, 3]);
/// assert_eq!(x.get(s![&rows, &columns]).to_string(), "[0 3 4 6 7 8]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.tril_indices.html>
#[track_caller]
pub fn tril_indices(size: impl Into<Triangle>) -> [NdArray; 2] {
    let triangle = size.into();
    pair("tril_indices", move |builder| triangle.lower(builder))
}

/// The positions of the elements on and above the `k`-th diagonal of a matrix; see [`tril_indices`].
///
/// # Examples
/// ```
/// let [rows, columns] = hloom::triu_indices((3, 1));
/// assert_eq!((rows.to_string(), columns.to_string()), ("[0 0 1]".to_owned(), "[1 2 2]".to_owned()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.triu_indices.html>
#[track_caller]
pub fn triu_indices(size: impl Into<Triangle>) -> [NdArray; 2] {
    let triangle = size.into();
    pair("triu_indices", move |builder| triangle.upper(builder))
}

/// As [`tril_indices`], of the matrix that an array is.
///
/// # Errors
/// Both are in error (`ValueError`) if the array is no matrix.
///
/// # Examples
/// ```
/// let [rows, _] = hloom::tril_indices_from(hloom::zeros([2, 3]), 1);
/// assert_eq!(rows.to_string(), "[0 0 1 1 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.tril_indices_from.html>
#[track_caller]
pub fn tril_indices_from<'a>(x: impl IntoOperand<'a>, k: impl Into<Offset>) -> [NdArray; 2] {
    let (triangle, k) = (crate::shape(x), k.into());
    pair("tril_indices_from", move |builder| Triangle::of(triangle?, k)?.lower(builder))
}

/// As [`triu_indices`], of the matrix that an array is.
///
/// # Errors
/// Both are in error (`ValueError`) if the array is no matrix.
///
/// # Examples
/// ```
/// let [rows, _] = hloom::triu_indices_from(hloom::zeros([2, 3]), 1);
/// assert_eq!(rows.to_string(), "[0 0 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.triu_indices_from.html>
#[track_caller]
pub fn triu_indices_from<'a>(x: impl IntoOperand<'a>, k: impl Into<Offset>) -> [NdArray; 2] {
    let (triangle, k) = (crate::shape(x), k.into());
    pair("triu_indices_from", move |builder| Triangle::of(triangle?, k)?.upper(builder))
}

/// Rows and columns.
#[track_caller]
fn pair(name: &str, build: impl FnOnce(&mut Builder<'_>) -> Result<[NodeId; 2]>) -> [NdArray; 2] {
    let mut arrays = Call::named(name).record_several(2, |builder| Ok(build(builder)?.to_vec())).into_iter();
    std::array::from_fn(|_| {
        arrays.next().unwrap_or_else(|| Call::named(name).error(Error::internal("an array of positions is missing")))
    })
}

impl Triangle {
    fn of(shape: Shape, Offset(k): Offset) -> Result<Triangle> {
        match *shape {
            [n, m] => Ok(Triangle::from((n, k, m))),
            _ => Err(Error::value("input array must be 2-d")),
        }
    }

    /// The extents, with a diagonal no further away than the corners. What is negative has no elements, and nothing that is
    /// larger than the bound here could be addressed.
    fn clamped(self) -> Triangle {
        let [n, m] = [self.n, self.m].map(|extent| extent.clamp(0, 1 << 60));
        Triangle { n, k: self.k.clamp(-n, m), m }
    }

    /// Places on and below the diagonal.
    fn lower(self, builder: &mut Builder<'_>) -> Result<[NodeId; 2]> {
        let rows = Rows::new(self.clamped());
        let places = builder.iota(rows.places()?, 0)?;
        rows.row_and_column(builder, places)
    }

    /// Places on and above the diagonal: those of the lower triangle of the matrix turned around, from the last to the first.
    fn upper(self, builder: &mut Builder<'_>) -> Result<[NodeId; 2]> {
        let Triangle { n, k, m } = self.clamped();
        let rows = Rows::new(Triangle { n, k: m - n - k, m }.clamped());
        let ty = rows.places()?;
        let n_places = ty.shape.size() as i64;
        let places = builder.iota(ty, 0)?;
        let places = counted_down(builder, n_places, places)?;
        let [row, column] = rows.row_and_column(builder, places)?;
        Ok([counted_down(builder, n, row)?, counted_down(builder, m, column)?])
    }
}

/// Positions counted from the end of `n`.
fn counted_down(builder: &mut Builder<'_>, n: i64, positions: NodeId) -> Result<NodeId> {
    let last = builder.constant(Literal::new(n - 1));
    builder.apply(Binary::Subtract, last, positions)
}

/// The rows of a lower triangle: first those that have one element more than the one before, then whole ones.
struct Rows {
    /// The first row with an element, and how many it has.
    first: i64,
    n_in_first: i64,
    /// How many rows grow, and how many elements they have.
    n_growing: i64,
    n_in_growing: i128,
    /// How many whole rows follow, and how many elements each has.
    n_whole: i64,
    m: i64,
}

impl Rows {
    fn new(Triangle { n, k, m }: Triangle) -> Rows {
        let first = (-k).clamp(0, n);
        let n_in_first = first + k + 1;
        let n_growing = (m - n_in_first).clamp(0, n - first);
        let (growing, start) = (i128::from(n_growing), i128::from(n_in_first));
        Rows {
            first,
            n_in_first,
            n_growing,
            n_in_growing: growing * start + growing * (growing - 1).max(0) / 2,
            n_whole: n - first - n_growing,
            m,
        }
    }

    /// The type of an array with an element for each place.
    fn places(&self) -> Result<Type> {
        let n_places = self.n_in_growing + i128::from(self.n_whole) * i128::from(self.m);
        let n_places = usize::try_from(n_places).unwrap_or(usize::MAX);
        Ok(Type { dtype: DType::I64, shape: Shape::from([n_places]).checked()? })
    }

    /// Row and column of each place, which counts from the first element on.
    fn row_and_column(&self, builder: &mut Builder<'_>, places: NodeId) -> Result<[NodeId; 2]> {
        let number = |builder: &mut Builder<'_>, number: i64| builder.constant(Literal::new(number));
        let n_in_growing = self.n_in_growing as i64;
        let growing = (n_in_growing > 0).then(|| self.growing(builder, places)).transpose()?;
        let whole = if self.n_whole == 0 || self.m == 0 {
            None
        } else {
            let before = number(builder, n_in_growing);
            let rest = builder.apply(Binary::Subtract, places, before)?;
            let m = number(builder, self.m);
            let row = builder.apply(Binary::FloorDivide, rest, m)?;
            let column = builder.apply(Binary::Remainder, rest, m)?;
            let start = number(builder, self.first + self.n_growing);
            Some([builder.apply(Binary::Add, row, start)?, column])
        };
        match (growing, whole) {
            (Some(growing), Some(whole)) => {
                let end = number(builder, n_in_growing);
                let is_growing = builder.apply(Binary::Less, places, end)?;
                Ok([
                    builder.select(is_growing, growing[0], whole[0])?,
                    builder.select(is_growing, growing[1], whole[1])?,
                ])
            }
            (Some(only), None) | (None, Some(only)) => Ok(only),
            (None, None) => Ok([places, places]),
        }
    }

    /// Row and column among the rows that grow.
    fn growing(&self, builder: &mut Builder<'_>, places: NodeId) -> Result<[NodeId; 2]> {
        // j rows have s(j) = j a + j (j - 1) / 2 elements, where a are in the first. The row of place p is the greatest j with
        // s(j) <= p. The root of the equation is rounded, so that it is off by one at most.
        let a = self.n_in_first;
        let floats = builder.convert(places, DType::F64)?;
        let float = |builder: &mut Builder<'_>, number: f64| builder.constant(Literal::new(number));
        let b = (2 * a - 1) as f64;
        let eight = float(builder, 8.0);
        let scaled = builder.apply(Binary::Multiply, floats, eight)?;
        let square = float(builder, b * b);
        let square = builder.apply(Binary::Add, scaled, square)?;
        let root = builder.op(Unary::Sqrt, &[square])?;
        let offset = float(builder, b);
        let twice = builder.apply(Binary::Subtract, root, offset)?;
        let half = float(builder, 0.5);
        let guess = builder.apply(Binary::Multiply, twice, half)?;
        let guess = builder.convert(guess, DType::I64)?;
        let row = self.corrected(builder, guess, places)?;
        let before = self.n_before(builder, row)?;
        let column = builder.apply(Binary::Subtract, places, before)?;
        let first = builder.constant(Literal::new(self.first));
        Ok([builder.apply(Binary::Add, row, first)?, column])
    }

    /// A row, one more or one less: the last one that begins no later than a place.
    fn corrected(&self, builder: &mut Builder<'_>, row: NodeId, places: NodeId) -> Result<NodeId> {
        let one = builder.constant(Literal::new(1i64));
        let before = self.n_before(builder, row)?;
        let is_late = builder.apply(Binary::Greater, before, places)?;
        let earlier = builder.apply(Binary::Subtract, row, one)?;
        let later = builder.apply(Binary::Add, row, one)?;
        let after = self.n_before(builder, later)?;
        let is_early = builder.apply(Binary::LessEqual, after, places)?;
        let row = builder.select(is_early, later, row)?;
        builder.select(is_late, earlier, row)
    }

    /// How many elements are in the rows before one that grows.
    fn n_before(&self, builder: &mut Builder<'_>, row: NodeId) -> Result<NodeId> {
        // j a + j (j - 1) / 2 = j (j + 2 a - 1) / 2, and one of the factors of the product is even.
        let b = builder.constant(Literal::new(2 * self.n_in_first - 1));
        let sum = builder.apply(Binary::Add, row, b)?;
        let product = builder.apply(Binary::Multiply, row, sum)?;
        let one = builder.constant(Literal::new(1i64));
        builder.apply(Binary::RightShift, product, one)
    }
}

/// The length of a diagonal, or `(length, number of axes)`; the axes are two unless they are given.
#[derive(Clone, Copy, Debug)]
pub struct DiagonalPlaces {
    n: i64,
    ndim: usize,
}

impl<N: IntoExtent, D: IntoExtent> From<(N, D)> for DiagonalPlaces {
    fn from((n, ndim): (N, D)) -> DiagonalPlaces {
        DiagonalPlaces { n: n.into_extent(), ndim: usize::try_from(ndim.into_extent()).unwrap_or(0) }
    }
}

/// The positions of the main diagonal of an array with axes of `n`: for each axis, the numbers from 0 to before `n`, int64.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let places = hloom::diag_indices(2);
/// assert_eq!((places.len(), places[0].to_string()), (2, "[0 1]".to_owned()));
/// let mut x = hloom::zeros([2, 2]);
/// x.set(s![&places[0], &places[1]], 5);
/// assert_eq!(x.to_string(), "[[5. 0.]\n [0. 5.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diag_indices.html>
#[track_caller]
pub fn diag_indices(size: impl Into<DiagonalPlaces>) -> Vec<NdArray> {
    let DiagonalPlaces { n, ndim } = size.into();
    vec![crate::arange(n.max(0)); ndim.min(hloom_ir::MAX_NDIM)]
}

/// As [`diag_indices`], of an array whose axes are of one extent.
///
/// # Errors
/// There is one array, in error (`ValueError`), for fewer than two axes, or different extents.
///
/// # Examples
/// ```
/// assert_eq!(hloom::diag_indices_from(hloom::zeros([3, 3])).len(), 2);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.diag_indices_from.html>
#[track_caller]
pub fn diag_indices_from<'a>(x: impl IntoOperand<'a>) -> Vec<NdArray> {
    let x = x.into_operand();
    let shape = crate::shape(&x).and_then(|shape| match *shape {
        [] | [_] => Err(Error::value("input array must be at least 2-d")),
        [n, ref rest @ ..] if rest.iter().any(|&extent| extent != n) => {
            Err(Error::value("All dimensions of input must be of equal length"))
        }
        _ => Ok(shape),
    });
    match shape {
        Ok(shape) => diag_indices((shape[0], shape.ndim())),
        Err(error) => vec![Call::of("diag_indices_from", &x).error(error)],
    }
}
