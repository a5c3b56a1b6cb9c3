//! Arrays joined: one after another along an axis, or side by side along a new one.
//!
//! Many values are copied together by the host, because a program of so many arrays would take long to compile.

use std::sync::Arc;

use hloom_ir::{AxisSet, DType, IndexDims, Indexing, Layout, NodeId, Shape, Type, normalize_axis, result_type};
use indexmap::IndexMap;

use crate::convert::from_checked_bytes;
use crate::eval::join::Join;
use crate::eval::value::Value;
use crate::memory::Aligned;
use crate::record::{self, Build, Builder, Call, Known, Operand, What};
use crate::{Axes, Error, IntoOperands, NdArray, Result};

/// The most arrays that a program joins outside of traced functions: as many operations as a thread leaves pending.
const MAX_RECORDED: usize = 64;

/// Values that wait to be copied together may be such themselves, so deep.
const MAX_DEPTH: usize = 4;

/// How arrays are joined.
#[derive(Clone, Copy)]
enum Along {
    /// Along an axis that they have.
    Own(i64),
    /// Along a new axis.
    New(i64),
}

/// The arrays one after another along an axis, or flattened with `..`.
///
/// **Shapes**: equal but for that axis, whose extents add up; any with `..`.
/// **Dtypes**: promoted.
///
/// # Errors
/// The result is in error: `ValueError` without arrays or for shapes that differ elsewhere,
/// `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::array([1, 2]);
/// assert_eq!(hloom::concatenate((&x, &x), 0).to_string(), "[1 2 1 2]");
/// assert_eq!(hloom::concatenate((&x, [[3], [4]], 5), ..).to_string(), "[1 2 3 4 5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.concatenate.html>
#[track_caller]
pub fn concatenate<'a, Form>(arrays: impl IntoOperands<'a, Form>, axis: impl Into<Axes>) -> NdArray {
    let arrays = arrays.into_operands();
    let axis = match axis.into().single() {
        Ok(Some(axis)) => axis,
        Ok(None) => {
            let flat: Vec<NdArray> = arrays.into_iter().map(|array| array.into_array().ravel()).collect();
            return concatenate(flat, 0);
        }
        Err(error) => return Call::of("concatenate", &arrays).error(error),
    };
    if let Some(joined) = by_host(&arrays, Along::Own(axis)) {
        return joined;
    }
    Call::of("concatenate", &arrays).record(|builder| {
        let nodes = promoted(builder, &arrays)?;
        let Some(&first) = nodes.first() else {
            return Err(Error::value("need at least one array to concatenate"));
        };
        let ndim = builder.ty(first)?.shape.ndim();
        if ndim == 0 {
            return Err(Error::value("zero-dimensional arrays cannot be concatenated"));
        }
        builder.op(Layout::Concatenate { axis: normalize_axis(axis, ndim)? }, &nodes)
    })
}

/// The arrays, all of one shape, along a new axis.
///
/// **Shapes**: `n` times `[…]` to `[…]` with an axis of extent `n` at the position given.
/// **Dtypes**: promoted.
///
/// # Errors
/// The result is in error: `ValueError` without arrays or for different shapes, `AxisError`.
///
/// # Examples
/// ```
/// let x = hloom::array([1, 2]);
/// assert_eq!(hloom::stack([&x, &x], 1).to_string(), "[[1 1]\n [2 2]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.stack.html>
#[track_caller]
pub fn stack<'a, Form>(arrays: impl IntoOperands<'a, Form>, axis: i64) -> NdArray {
    let arrays = arrays.into_operands();
    if let Some(joined) = by_host(&arrays, Along::New(axis)) {
        return joined;
    }
    Call::of("stack", &arrays).record(|builder| {
        let mut nodes = promoted(builder, &arrays)?;
        let Some(&first) = nodes.first() else {
            return Err(Error::value("need at least one array to stack"));
        };
        let mut shape = builder.shape(first)?;
        for &node in &nodes {
            if builder.ty(node)?.shape != shape {
                return Err(Error::value("all input arrays must have the same shape"));
            }
        }
        let axis = normalize_axis(axis, shape.ndim() + 1)?;
        shape.insert(axis, 1);
        for node in &mut nodes {
            *node = builder.reshape(*node, shape.clone())?;
        }
        builder.op(Layout::Concatenate { axis }, &nodes)
    })
}

/// The operands as nodes of their common dtype.
fn promoted(builder: &mut Builder<'_>, operands: &[Operand<'_>]) -> Result<Vec<NodeId>> {
    let args = operands.iter().map(|operand| builder.arg_type(operand)).collect::<Result<Vec<_>>>()?;
    if args.is_empty() {
        return Ok(Vec::new());
    }
    let dtype = result_type(&args)?;
    operands.iter().map(|operand| builder.operand_as(operand, dtype)).collect()
}

/// Many operands joined without a program for all of them, if they can be. If they cannot, or are in error, the
/// operation is recorded, and says so.
#[track_caller]
fn by_host(operands: &[Operand<'_>], along: Along) -> Option<NdArray> {
    if operands.len() <= MAX_RECORDED {
        return None;
    }
    let known = record::known(operands)?;
    let promotions: Vec<_> = known.iter().map(|known| known.promotion).collect();
    let dtype = result_type(&promotions).ok()?;
    let parts = known.into_iter().map(|known| value(known, dtype)).collect::<Option<Vec<_>>>()?;
    let is_deep = parts.iter().any(|part| part.join_depth() >= MAX_DEPTH);
    let (axis, extents) = extents(&parts, along)?;
    (!is_deep).then(|| assembled(parts, axis, &extents, along, dtype))
}

/// An operand as a value. Numbers have the dtype that all are promoted to.
fn value(known: Known, dtype: DType) -> Option<Arc<Value>> {
    let literal = match known.what {
        What::Value(value) => return Some(value),
        What::Literal(literal) => literal,
        What::Number(number) => number.to_literal(dtype).ok()?,
    };
    let memory = Aligned::copy_of(literal.bytes());
    Some(Value::host(Type::scalar(literal.dtype()), Arc::new(memory)))
}

/// The axis of the result that grows, and how much of it each part takes. `None` if their shapes do not fit.
fn extents(parts: &[Arc<Value>], along: Along) -> Option<(usize, Vec<usize>)> {
    let first = &parts.first()?.ty().shape;
    let mut shapes = parts.iter().map(|part| &part.ty().shape);
    match along {
        Along::New(axis) => {
            let axis = normalize_axis(axis, first.ndim() + 1).ok()?;
            shapes.all(|shape| shape == first).then(|| (axis, vec![1; parts.len()]))
        }
        Along::Own(axis) => {
            let axis = normalize_axis(axis, first.ndim()).ok()?;
            let fits = |shape: &Shape| {
                let mut others = shape.iter().zip(first.iter()).enumerate().filter(|&(other, _)| other != axis);
                shape.ndim() == first.ndim() && others.all(|(_, (a, b))| a == b)
            };
            let extents: Vec<usize> = parts.iter().filter_map(|part| part.ty().shape.get(axis).copied()).collect();
            shapes.all(fits).then_some((axis, extents))
        }
    }
}

/// Parts that fit each other as one array: those of each dtype are joined first, and converted together.
#[track_caller]
fn assembled(parts: Vec<Arc<Value>>, axis: usize, extents: &[usize], along: Along, dtype: DType) -> NdArray {
    let mut groups: IndexMap<DType, Vec<usize>> = IndexMap::new();
    for (idx, part) in parts.iter().enumerate() {
        groups.entry(part.ty().dtype).or_default().push(idx);
    }
    let joined: Vec<NdArray> = groups
        .iter()
        .map(|(&own, members)| {
            let mut shape = parts[members[0]].ty().shape.clone();
            if matches!(along, Along::New(_)) {
                shape.insert(axis, 1);
            }
            shape.as_mut_slice()[axis] = members.iter().map(|&member| extents[member]).sum();
            let n_turns = shape[..axis].iter().product();
            let members = members.iter().map(|&member| parts[member].clone()).collect();
            let whole = record::leaf(Value::joined(Type { dtype: own, shape }, Join::new(members, n_turns)));
            if own == dtype { whole } else { whole.astype(dtype) }
        })
        .collect();
    if let [whole] = joined.as_slice() {
        return whole.clone();
    }
    let whole = concatenate(&joined, axis as i64);
    let order: Vec<usize> = groups.into_values().flatten().collect();
    if order.is_sorted() { whole } else { in_order(&whole, axis, &order, extents) }
}

/// The parts of an array along an axis, that lie in it in some order, in their own.
#[track_caller]
fn in_order(whole: &NdArray, axis: usize, order: &[usize], extents: &[usize]) -> NdArray {
    let mut starts = vec![0; extents.len()];
    let mut start = 0;
    for &part in order {
        starts[part] = start;
        start += extents[part];
    }
    let places = starts.iter().zip(extents).flat_map(|(&start, &extent)| start..start + extent);
    let places: Vec<i64> = places.map(|place| place as i64).collect();
    let ty = Type::new(DType::I64, [places.len()]);
    let places = from_checked_bytes(ty, bytemuck::cast_slice(&places));
    Call::named("concatenate").record(|builder| {
        let dims = IndexDims { axes: AxisSet::from_iter([axis]), position: axis };
        builder.op(Indexing::Gather(dims), &[whole.node(), places.node()])
    })
}
