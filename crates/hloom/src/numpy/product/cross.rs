//! The cross product of vectors.

use hloom_ir::{ArgType, Binary, Layout, NodeId, Shape, Unary, broadcast_shapes};
use smallvec::SmallVec;

use super::operands_in_common_dtype;
use crate::numpy::along::part;
use crate::numpy::permute::named_axis;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// The vectors that are perpendicular to two others, and as long as the area that these span.
///
/// The axis, which is the last with `..`, is that of the vectors in both arrays and in the result; three integers are
/// NumPy's `axisa`, `axisb` and `axisc`.
///
/// **Shapes**: `[…, 3]` and `[…, 3]` to `[…, 3]`, where `…` broadcast. A vector of two elements has 0 for its third; the product
/// of two such is its third element alone, `[…]`.
/// **Dtypes**: any but bool, to the promoted dtype, where a number counts as an array.
///
/// # Errors
/// The result is in error: `ValueError` for vectors of other lengths and shapes that do not broadcast, `AxisError`, `TypeError`
/// for bool.
///
/// # Examples
/// ```
/// assert_eq!(hloom::cross([1, 2, 3], [4, 5, 6], ..).to_string(), "[-3  6 -3]");
/// let columns = hloom::array([[1, 0], [0, 1], [0, 0]]);
/// assert_eq!(hloom::cross(&columns, [0, 0, 1], (0, 0, 1)).to_string(), "[[ 0 -1  0]\n [ 1  0  0]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.cross.html>; vectors of two elements, which NumPy takes
/// with a warning, are taken without one.
#[track_caller]
pub fn cross<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (a, b, axes) = (a.into_operand(), b.into_operand(), axis.into());
    Call::of("cross", &[&a, &b]).record(|builder| {
        axes.keywords("cross", &[])?;
        let axes = match axes.written() {
            None => [-1; 3],
            Some(&[axis]) => [axis; 3],
            Some(&[a, b, c]) => [a, b, c],
            Some(axes) => {
                return Err(Error::type_(format!("cross: expected one axis or three, got {} axes", axes.len())));
            }
        };
        let [a, b] = operands_in_common_dtype(builder, &a, &b)?;
        cross_of(builder, [a, b], axes)
    })
}

/// The cross product of two arrays of one dtype, with the axes of both and of the result.
pub(in crate::numpy) fn cross_of(builder: &mut Builder<'_>, vectors: [NodeId; 2], axes: [i64; 3]) -> Result<NodeId> {
    let shapes = [builder.shape(vectors[0])?, builder.shape(vectors[1])?];
    if shapes.iter().any(|shape| shape.is_empty()) {
        return Err(Error::value("At least one array has zero dimension"));
    }
    let places = [named_axis("axisa", axes[0], shapes[0].ndim())?, named_axis("axisb", axes[1], shapes[1].ndim())?];
    let lengths = [shapes[0][places[0]], shapes[1][places[1]]];
    if lengths.iter().any(|length| !matches!(length, 2 | 3)) {
        return Err(Error::value("incompatible dimensions for cross product\n(dimension must be 2 or 3)"));
    }
    let rest = |idx: usize| -> Shape {
        let others = shapes[idx].iter().enumerate().filter(|&(axis, _)| axis != places[idx]);
        others.map(|(_, &extent)| extent).collect()
    };
    let rests = [rest(0), rest(1)];
    let shape = broadcast_shapes(rests.iter().map(|rest| &**rest)).map_err(|_| {
        let [a, b] = rests.each_ref().map(super::tight);
        Error::value(format!(
            "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape {a} and \
             arg 1 with shape {b}."
        ))
    })?;
    let has_third = lengths.contains(&3);
    let place = if has_third { Some(named_axis("axisc", axes[2], shape.ndim() + 1)?) } else { None };
    let dtype = builder.dtype(vectors[0])?;
    Binary::Subtract.resolve(ArgType::Strong(dtype), ArgType::Strong(dtype))?;
    let mut element = |idx: usize, at: usize| -> Result<Option<NodeId>> {
        match at < lengths[idx] {
            true => Ok(Some(row(builder, vectors[idx], places[idx], at, &rests[idx])?)),
            false => Ok(None),
        }
    };
    let a = [element(0, 0)?, element(0, 1)?, element(0, 2)?];
    let b = [element(1, 0)?, element(1, 1)?, element(1, 2)?];
    let third = minor(builder, [a[0], b[1]], [a[1], b[0]])?;
    let Some(place) = place else {
        return third.ok_or_else(|| Error::internal("a vector has no first element"));
    };
    let parts = [minor(builder, [a[1], b[2]], [a[2], b[1]])?, minor(builder, [a[2], b[0]], [a[0], b[2]])?, third];
    let mut kept = shape.clone();
    kept.insert(place, 1);
    let mut rows: SmallVec<[NodeId; 3]> = SmallVec::new();
    for part in parts.into_iter().flatten() {
        let part = builder.broadcast(part, &shape)?;
        rows.push(builder.reshape(part, kept.clone())?);
    }
    builder.op(Layout::Concatenate { axis: place }, &rows)
}

/// The product of a pair minus that of another. An element that a vector lacks is 0.
fn minor(builder: &mut Builder<'_>, plus: [Option<NodeId>; 2], minus: [Option<NodeId>; 2]) -> Result<Option<NodeId>> {
    let mut times = |pair: [Option<NodeId>; 2]| match pair {
        [Some(x), Some(y)] => builder.apply(Binary::Multiply, x, y).map(Some),
        _ => Ok(None),
    };
    Ok(match (times(plus)?, times(minus)?) {
        (Some(plus), Some(minus)) => Some(builder.apply(Binary::Subtract, plus, minus)?),
        (Some(plus), None) => Some(plus),
        (None, Some(minus)) => Some(builder.op(Unary::Negative, &[minus])?),
        (None, None) => None,
    })
}

/// The elements at a position of an axis, without the axis.
fn row(builder: &mut Builder<'_>, x: NodeId, axis: usize, at: usize, rest: &Shape) -> Result<NodeId> {
    let row = part(builder, x, axis, at..at + 1)?;
    builder.reshape(row, rest.clone())
}
