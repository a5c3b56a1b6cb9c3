//! Matrices made of vectors and of other matrices.

use std::ops::RangeFull;

use hloom_ir::{ArgType, AxisSet, Binary, DType, Literal, NodeId, Shape, promote};

use super::along::{joined, reversed, with_leading_ones};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, IntoExtent, NdArray, Result, scan};

/// The Kronecker product: every element of the first array times the whole second one.
///
/// **Shapes**: `[…, n, m]` and `[…, k, l]` to `[…, n k, m l]`; fewer axes get axes of extent 1 in front.
/// **Dtypes**: any, to the promoted dtype; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) for an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::kron([1, 10], [1, 2, 3]).to_string(), "[ 1  2  3 10 20 30]");
/// assert_eq!(hloom::kron(hloom::eye(2), [[1.0, 2.0]]).to_string(), "[[1. 2. 0. 0.]\n [0. 0. 1. 2.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.kron.html>
#[track_caller]
pub fn kron<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>) -> NdArray {
    let (a, b) = (a.into_operand(), b.into_operand());
    Call::of("kron", &[&a, &b]).record(|builder| {
        let (a, b) = (builder.operand(&a)?, builder.operand(&b)?);
        let args = [builder.dtype(a)?, builder.dtype(b)?].map(ArgType::Strong);
        let dtype = Binary::Multiply.resolve(args[0], args[1])?.operand;
        let (a, b) = (builder.convert(a, dtype)?, builder.convert(b, dtype)?);
        let ndim = builder.ty(a)?.shape.ndim().max(builder.ty(b)?.shape.ndim());
        let (a, b) = (with_leading_ones(builder, a, ndim)?, with_leading_ones(builder, b, ndim)?);
        let (of_a, of_b) = (builder.shape(a)?, builder.shape(b)?);
        let whole = of_a.iter().zip(of_b.iter()).map(|(n, k)| n.saturating_mul(*k));
        let whole = whole.collect::<Shape>().checked()?;
        // The axes of the one beside those of the other. An axis of extent 1 on either side needs no partner.
        let mut apart = (Shape::scalar(), Shape::scalar());
        for (&n, &k) in of_a.iter().zip(of_b.iter()) {
            if n == 1 || k == 1 {
                apart.0.push(n);
                apart.1.push(k);
            } else {
                [n, 1].into_iter().for_each(|extent| apart.0.push(extent));
                [1, k].into_iter().for_each(|extent| apart.1.push(extent));
            }
        }
        let a = builder.reshape(a, apart.0)?;
        let b = builder.reshape(b, apart.1)?;
        let product = builder.apply(Binary::Multiply, a, b)?;
        builder.reshape(product, whole)
    })
}

/// The columns of a [`vander`]: as many as rows, falling powers (`..`), `N` of them, or `(N, increasing)`, with `..` for the
/// `N` that NumPy has.
#[derive(Clone, Copy, Debug)]
pub struct Vander {
    n_columns: Option<i64>,
    increasing: bool,
}

impl From<RangeFull> for Vander {
    fn from(_: RangeFull) -> Vander {
        Vander { n_columns: None, increasing: false }
    }
}

impl From<(RangeFull, bool)> for Vander {
    fn from((_, increasing): (RangeFull, bool)) -> Vander {
        Vander { n_columns: None, increasing }
    }
}

impl<N: IntoExtent> From<(N, bool)> for Vander {
    fn from((n_columns, increasing): (N, bool)) -> Vander {
        Vander { n_columns: Some(n_columns.into_extent()), increasing }
    }
}

macro_rules! columns {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Vander {
            fn from(n_columns: $ty) -> Vander {
                Vander::from((n_columns, false))
            }
        }
    )* };
}

columns!(i32, i64, isize, u32, u64, usize);

/// The most columns that are recorded one by one; more are made by a loop.
const MAX_RECORDED: usize = 32;

/// The Vandermonde matrix of a vector: its columns are the powers of the vector's elements.
///
/// **Shapes**: `[n]` to `[n, N]`.
/// **Dtypes**: any, to the dtype promoted with int64.
///
/// # Errors
/// The result is in error (`ValueError`) for anything but one axis, or a negative number of columns.
///
/// # Examples
/// ```
/// assert_eq!(hloom::vander([2, 3], ..).to_string(), "[[2 1]\n [3 1]]");
/// assert_eq!(hloom::vander([2, 3], (4, true)).to_string(), "[[ 1  2  4  8]\n [ 1  3  9 27]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.vander.html>
#[track_caller]
pub fn vander<'a>(x: impl IntoOperand<'a>, columns: impl Into<Vander>) -> NdArray {
    let (x, Vander { n_columns, increasing }) = (x.into_operand(), columns.into());
    let mut n_rows = 0;
    let vector = Call::of("vander", &x).record(|builder| {
        let x = builder.operand(&x)?;
        match *builder.shape(x)? {
            [n] => n_rows = n,
            _ => return Err(Error::value("x must be a one-dimensional array or sequence.")),
        }
        if n_columns.is_some_and(|n_columns| n_columns < 0) {
            return Err(Error::value("negative dimensions are not allowed"));
        }
        let dtype = promote(builder.dtype(x)?, DType::I64);
        builder.convert(x, dtype)
    });
    let n_columns = n_columns.map_or(n_rows, |n_columns| usize::try_from(n_columns).unwrap_or(0));
    if vector.check().is_err() || n_columns <= MAX_RECORDED {
        return Call::of("vander", &x).record(|builder| powers(builder, vector.node(), n_columns, increasing));
    }
    let steps = Shape::from([n_columns - 1]);
    let steps = Call::named("vander").record(|builder| builder.full(Literal::new(false), &steps));
    let (_, rows) = scan(|power: NdArray, _: NdArray| (&power * &vector, power), &vector, &steps);
    Call::of("vander", &x).record(|builder| {
        let ones = builder.full(Literal::one(builder.dtype(rows.node())?), &Shape::from([1, n_rows]))?;
        let rows = joined(builder, &[ones, rows.node()], 0)?;
        let columns = builder.transpose(rows, &[1, 0])?;
        if increasing { Ok(columns) } else { reversed(builder, columns, AxisSet::from_iter([1])) }
    })
}

/// The powers of a vector's elements as columns, each a product of the one before.
fn powers(builder: &mut Builder<'_>, x: NodeId, n_columns: usize, increasing: bool) -> Result<NodeId> {
    let ty = builder.ty(x)?.clone();
    let column = Shape::from([ty.shape.size(), 1]);
    let whole = Shape::from([ty.shape.size(), n_columns]).checked()?;
    if n_columns == 0 {
        return builder.full(Literal::zero(ty.dtype), &whole);
    }
    let x = builder.reshape(x, column.clone())?;
    let mut columns = vec![builder.full(Literal::one(ty.dtype), &column)?];
    let mut power = x;
    while columns.len() < n_columns {
        columns.push(power);
        power = builder.apply(Binary::Multiply, power, x)?;
    }
    if !increasing {
        columns.reverse();
    }
    joined(builder, &columns, 1)
}
