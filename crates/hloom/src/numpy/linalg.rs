//! Linear algebra, as in NumPy's `linalg`: products under the names of the array API standard, and what is made of them.

use hloom_ir::{Binary, DType, NodeId, Shape, Type};

use super::product::{cross_of, dot_of, matmul_of, operands_in_common_dtype, outer_of};
use super::terms::in_common_dtype;
use super::trace::{Diagonal, diagonal_of, plane, trace_of};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, ErrorKind, IntoExtent, IntoOperands, NdArray, Result};

pub use super::permute::matrix_transpose;
pub use super::product::{TensordotAxes, matmul, tensordot, vecdot};

/// The product of two or more arrays, each the [`dot`](crate::dot()) of its neighbours, in the order that takes the fewest
/// multiplications.
///
/// **Shapes**: matrices that fit one after another; the first may be a row and the last a column.
/// **Dtypes**: any; two at a time to their promoted dtype.
///
/// # Errors
/// The result is in error: `ValueError` for fewer than two arrays and shapes that do not fit, `LinAlgError` for other numbers of
/// axes.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!(hloom::linalg::multi_dot((&a, &a, [1, 0])).to_string(), "[ 7 15]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.multi_dot.html>
#[track_caller]
pub fn multi_dot<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> NdArray {
    let arrays = arrays.into_operands();
    Call::of("multi_dot", &arrays).record(|builder| {
        let nodes = arrays.iter().map(|array| builder.operand(array)).collect::<Result<Vec<NodeId>>>()?;
        match nodes.as_slice() {
            [] | [_] => Err(Error::value("Expecting at least two arrays.")),
            &[a, b] => dot_promoted(builder, a, b),
            nodes => chain(builder, nodes),
        }
    })
}

/// A square matrix, or each of a stack, multiplied with itself.
///
/// **Shapes**: `[…, n, n]` to `[…, n, n]`.
/// **Dtypes**: any, to the same dtype; bool is OR of ANDs, integers wrap.
///
/// # Errors
/// The result is in error: `LinAlgError` for fewer than two axes or matrices that are not square; `ValueError` for a negative
/// exponent.
///
/// # Examples
/// ```
/// let a = hloom::array([[1, 1], [1, 0]]);
/// assert_eq!(hloom::linalg::matrix_power(&a, 10).to_string(), "[[89 55]\n [55 34]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.matrix_power.html>; negative exponents, which need
/// an inverse, are refused.
#[track_caller]
pub fn matrix_power<'a>(a: impl IntoOperand<'a>, n: impl IntoExtent) -> NdArray {
    let (a, n) = (a.into_operand(), n.into_extent());
    Call::of("matrix_power", &a).with(&n).record(|builder| {
        let a = builder.operand(&a)?;
        let shape = builder.shape(a)?;
        let [.., rows, columns] = *shape else {
            return Err(linalg_error(format!(
                "{}-dimensional array given. Array must be at least two-dimensional",
                shape.ndim()
            )));
        };
        if rows != columns {
            return Err(linalg_error("Last 2 dimensions of the array must be square"));
        }
        match u64::try_from(n) {
            Ok(0) => identity(builder, &shape, builder.dtype(a)?),
            Ok(n) => power(builder, a, n),
            Err(_) => Err(Error::value(format!(
                "matrix_power: expected an exponent of at least 0, got {n}, which needs an inverse"
            ))),
        }
    })
}

/// The product of each element of one vector with each of another.
///
/// **Shapes**: `[n]` and `[m]` to `[n, m]`.
/// **Dtypes**: any, to the promoted dtype, where a number counts as an array.
///
/// # Errors
/// The result is in error (`ValueError`) for another number of axes.
///
/// # Examples
/// ```
/// assert_eq!(hloom::linalg::outer([1, 2], [3, 4]).to_string(), "[[3 4]\n [6 8]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.outer.html>
#[track_caller]
pub fn outer<'a, 'b>(x1: impl IntoOperand<'a>, x2: impl IntoOperand<'b>) -> NdArray {
    let (x1, x2) = (x1.into_operand(), x2.into_operand());
    Call::of("outer", &[&x1, &x2]).record(|builder| {
        let [x1, x2] = operands_in_common_dtype(builder, &x1, &x2)?;
        let ndims = [builder.ty(x1)?.shape.ndim(), builder.ty(x2)?.shape.ndim()];
        if ndims != [1, 1] {
            return Err(Error::value(format!(
                "Input arrays must be one-dimensional, but they are x1.ndim={} and x2.ndim={}.",
                ndims[0], ndims[1]
            )));
        }
        outer_of(builder, x1, x2)
    })
}

/// The cross product of vectors of three elements along an axis, the last with `..`; see [`cross`](crate::cross()).
///
/// # Errors
/// The result is in error: `ValueError` for vectors of another length, `AxisError`, `TypeError` for bool and for several axes.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.cross.html>
#[track_caller]
pub fn cross<'a, 'b>(x1: impl IntoOperand<'a>, x2: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (x1, x2, axis) = (x1.into_operand(), x2.into_operand(), axis.into());
    Call::of("cross", &[&x1, &x2]).record(|builder| {
        axis.arguments("cross", &[])?;
        let axis = axis.single()?.unwrap_or(-1);
        let vectors = operands_in_common_dtype(builder, &x1, &x2)?;
        let mut lengths = [0; 2];
        for (length, &vector) in lengths.iter_mut().zip(&vectors) {
            let shape = builder.shape(vector)?;
            *length = shape[hloom_ir::normalize_axis(axis, shape.ndim())?];
        }
        if lengths != [3, 3] {
            return Err(Error::value(format!(
                "Both input arrays must be (arrays of) 3-dimensional vectors, but they are {} and {} dimensional instead.",
                lengths[0], lengths[1]
            )));
        }
        cross_of(builder, vectors, [axis; 3])
    })
}

/// The elements of a diagonal of matrices.
///
/// **Shapes**: `[…, n, m]` to `[…, k]`.
/// **Dtypes**: any, to the same dtype.
///
/// # Errors
/// The result is in error: `ValueError` for fewer than two axes, `TypeError` for other keyword arguments than an offset.
///
/// # Examples
/// ```
/// let x = hloom::arange(9).reshape([3, 3]);
/// assert_eq!(hloom::linalg::diagonal(&x, ..).to_string(), "[0 4 8]");
/// assert_eq!(hloom::linalg::diagonal(&x, 1).to_string(), "[1 5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.diagonal.html>
#[track_caller]
pub fn diagonal<'a>(x: impl IntoOperand<'a>, offset: impl Into<Diagonal>) -> NdArray {
    let (x, diagonal) = (x.into_operand(), offset.into());
    Call::of("diagonal", &x).record(|builder| {
        if diagonal.axes.is_some() || diagonal.dtype.is_some() {
            return Err(Error::type_("diagonal() takes no keyword argument but 'offset'"));
        }
        let x = builder.operand(&x)?;
        let pair = plane(&builder.shape(x)?, LAST)?;
        diagonal_of(builder, x, pair, diagonal.offset)
    })
}

/// The sum over a diagonal of matrices.
///
/// **Shapes**: `[…, n, m]` to `[…]`.
/// **Dtypes**: any; bool and signed integers to int64, unsigned to uint64.
/// **Keywords**, through [`offset`](crate::offset()): dtype.
///
/// # Errors
/// The result is in error: `ValueError` for fewer than two axes, `TypeError` for given axes.
///
/// # Examples
/// ```
/// let x = hloom::arange(8).reshape([2, 2, 2]);
/// assert_eq!(hloom::linalg::trace(&x, ..).to_string(), "[ 3 11]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linalg.trace.html>
#[track_caller]
pub fn trace<'a>(x: impl IntoOperand<'a>, offset: impl Into<Diagonal>) -> NdArray {
    let (x, diagonal) = (x.into_operand(), offset.into());
    Call::of("trace", &x).record(|builder| {
        if diagonal.axes.is_some() {
            return Err(Error::type_("trace() got an unexpected keyword argument 'axis1'"));
        }
        let x = builder.operand(&x)?;
        trace_of(builder, x, &diagonal, LAST)
    })
}

/// The axes of a matrix in a stack.
const LAST: [i64; 2] = [-2, -1];

fn linalg_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::LinAlg, message)
}

fn dot_promoted(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let [a, b] = in_common_dtype(builder, a, b)?;
    dot_of(builder, a, b)
}

/// The product of three or more arrays.
fn chain(builder: &mut Builder<'_>, nodes: &[NodeId]) -> Result<NodeId> {
    let mut matrices = nodes.to_vec();
    let last = nodes.len() - 1;
    let is_vector = |builder: &Builder<'_>, at: usize| Ok::<_, Error>(builder.ty(nodes[at])?.shape.ndim() == 1);
    let (is_row, is_column) = (is_vector(builder, 0)?, is_vector(builder, last)?);
    if is_row {
        let extent = builder.shape(nodes[0])?[0];
        matrices[0] = builder.reshape(nodes[0], Shape::from([1, extent]))?;
    }
    if is_column {
        let extent = builder.shape(nodes[last])?[0];
        matrices[last] = builder.reshape(nodes[last], Shape::from([extent, 1]))?;
    }
    let mut extents = Vec::with_capacity(nodes.len() + 1);
    for &matrix in &matrices {
        let shape = builder.shape(matrix)?;
        if shape.ndim() != 2 {
            return Err(linalg_error(format!(
                "{}-dimensional array given. Array must be two-dimensional",
                shape.ndim()
            )));
        }
        extents.push(shape[0]);
        if extents.len() == matrices.len() {
            extents.push(shape[1]);
        }
    }
    let splits = splits(&extents);
    let product = multiply_between(builder, &matrices, &splits, 0, last)?;
    let shape = builder.shape(product)?;
    let kept = match (is_row, is_column) {
        (true, true) => Shape::scalar(),
        (false, false) => shape,
        _ => Shape::from([shape.size()]),
    };
    builder.reshape(product, kept)
}

/// Where to split each part of a chain of matrices, row after row, so that it takes the fewest multiplications. Matrix `i` is
/// `extents[i]` by `extents[i + 1]`.
///
/// The recurrence is that of T. H. Cormen et al., Introduction to Algorithms, chapter 15.2.
fn splits(extents: &[usize]) -> Vec<Vec<usize>> {
    let n_matrices = extents.len() - 1;
    let extent = |at: usize| extents[at] as f64;
    let mut costs = vec![vec![0.0; n_matrices]; n_matrices];
    let mut splits = vec![vec![0; n_matrices]; n_matrices];
    for length in 1..n_matrices {
        for first in 0..n_matrices - length {
            let last = first + length;
            let cost = |split: usize| {
                costs[first][split] + costs[split + 1][last] + extent(first) * extent(split + 1) * extent(last + 1)
            };
            let mut best = (first, cost(first));
            for split in first + 1..last {
                let found = cost(split);
                if found < best.1 {
                    best = (split, found);
                }
            }
            (splits[first][last], costs[first][last]) = best;
        }
    }
    splits
}

fn multiply_between(
    builder: &mut Builder<'_>,
    matrices: &[NodeId],
    splits: &[Vec<usize>],
    first: usize,
    last: usize,
) -> Result<NodeId> {
    if first == last {
        return Ok(matrices[first]);
    }
    let split = splits[first][last];
    let left = multiply_between(builder, matrices, splits, first, split)?;
    let right = multiply_between(builder, matrices, splits, split + 1, last)?;
    dot_promoted(builder, left, right)
}

/// Ones on the diagonals of the last two axes.
fn identity(builder: &mut Builder<'_>, shape: &Shape, dtype: DType) -> Result<NodeId> {
    let n = shape[shape.ndim() - 1];
    let row = builder.iota(Type::new(DType::I64, [n, 1]), 0)?;
    let column = builder.iota(Type::new(DType::I64, [n]), 0)?;
    let is_on_it = builder.apply(Binary::Equal, row, column)?;
    let ones = builder.convert(is_on_it, dtype)?;
    builder.broadcast(ones, shape)
}

/// A matrix to a power of at least 1, by squares.
fn power(builder: &mut Builder<'_>, a: NodeId, n: u64) -> Result<NodeId> {
    if n == 3 {
        // As NumPy, in whose order of products the results are rounded.
        let square = matmul_of(builder, a, a)?;
        return matmul_of(builder, square, a);
    }
    let (mut square, mut rest, mut result) = (a, n, None);
    loop {
        if rest & 1 == 1 {
            result = Some(match result {
                Some(result) => matmul_of(builder, result, square)?,
                None => square,
            });
        }
        rest >>= 1;
        match result {
            Some(result) if rest == 0 => return Ok(result),
            _ => square = matmul_of(builder, square, square)?,
        }
    }
}
