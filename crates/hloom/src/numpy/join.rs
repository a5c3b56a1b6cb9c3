//! Arrays joined: one after another along an axis, or side by side along a new one.
//!
//! Many values are copied together by the host, because a program of so many arrays would take long to compile.

use std::sync::Arc;

use hloom_ir::{
    AxisSet, Casting, DType, IndexDims, Indexing, Layout, NodeId, Shape, Type, can_cast, normalize_axis, result_type,
};
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
/// **Dtypes**: promoted, or that of the keyword.
/// **Keywords**, through [`axis`](crate::axis()): dtype casting.
///
/// # Errors
/// The result is in error: `ValueError` without arrays or for shapes that differ elsewhere,
/// `AxisError`, `TypeError` for a conversion that `casting` forbids, which is `SameKind` unless it is given.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([1, 2]);
/// assert_eq!(hloom::concatenate((&x, &x), 0).to_string(), "[1 2 1 2]");
/// assert_eq!(hloom::concatenate((&x, [[3], [4]], 5), ..).to_string(), "[1 2 3 4 5]");
/// assert_eq!(hloom::concatenate((&x, &x), axis(0).dtype(float32)).to_string(), "[1. 2. 1. 2.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.concatenate.html>
#[track_caller]
pub fn concatenate<'a, Form>(arrays: impl IntoOperands<'a, Form>, axis: impl Into<Axes>) -> NdArray {
    concatenated("concatenate", arrays.into_operands(), axis.into())
}

/// Another name of [`concatenate`], as in the array API standard.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.concat.html>
#[track_caller]
pub fn concat<'a, Form>(arrays: impl IntoOperands<'a, Form>, axis: impl Into<Axes>) -> NdArray {
    concatenated("concat", arrays.into_operands(), axis.into())
}

/// The arrays, all of one shape, along a new axis.
///
/// **Shapes**: `n` times `[…]` to `[…]` with an axis of extent `n` at the position given.
/// **Dtypes**: promoted, or that of the keyword.
/// **Keywords**, through [`axis`](crate::axis()): dtype casting.
///
/// # Errors
/// The result is in error: `ValueError` without arrays or for different shapes, `AxisError`, `TypeError` for a conversion
/// that `casting` forbids, which is `SameKind` unless it is given.
///
/// # Examples
/// ```
/// let x = hloom::array([1, 2]);
/// assert_eq!(hloom::stack([&x, &x], 1).to_string(), "[[1 1]\n [2 2]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.stack.html>
#[track_caller]
pub fn stack<'a, Form>(arrays: impl IntoOperands<'a, Form>, axis: impl Into<Axes>) -> NdArray {
    let (arrays, axes) = (arrays.into_operands(), axis.into());
    let call = Call::of("stack", &arrays);
    let (axis, keywords) = match one_axis("stack", &axes) {
        Ok(found) => found,
        Err(error) => return call.error(error),
    };
    if keywords.is_none()
        && let Some(joined) = by_host(&arrays, Along::New(axis))
    {
        return joined;
    }
    call.record(|builder| {
        let mut nodes = converted(builder, &arrays, keywords)?;
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

/// Arrays one after another along an axis, or flattened.
#[track_caller]
pub(super) fn concatenated(name: &str, arrays: Vec<Operand<'_>>, axes: Axes) -> NdArray {
    if axes.is_all() {
        let flat = arrays.into_iter().map(|array| Operand::Owned(array.into_array().ravel())).collect();
        return concatenated(name, flat, axes.moved_to(0));
    }
    let call = Call::of(name, &arrays);
    let (axis, keywords) = match one_axis(name, &axes) {
        Ok(found) => found,
        Err(error) => return call.error(error),
    };
    if keywords.is_none()
        && let Some(joined) = by_host(&arrays, Along::Own(axis))
    {
        return joined;
    }
    call.record(|builder| {
        let nodes = converted(builder, &arrays, keywords)?;
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

/// What a caller says of the dtype and of conversions to it.
#[derive(Clone, Copy)]
struct Conversion {
    dtype: Option<DType>,
    casting: Option<Casting>,
}

impl Conversion {
    fn is_none(self) -> bool {
        self.dtype.is_none() && self.casting.is_none()
    }
}

/// The one axis that is given, and the keyword arguments.
fn one_axis(name: &str, axes: &Axes) -> Result<(i64, Conversion)> {
    let keywords = axes.arguments(name, &["dtype", "casting"])?;
    let axis = axes.single()?.ok_or_else(|| Error::type_(format!("{name}: expected an axis, got ..")))?;
    Ok((axis, Conversion { dtype: keywords.dtype, casting: keywords.casting }))
}

/// The operands as nodes of one dtype: the common one, to which numbers are fitted, or the one that is asked for.
fn converted(builder: &mut Builder<'_>, operands: &[Operand<'_>], conversion: Conversion) -> Result<Vec<NodeId>> {
    let args = operands.iter().map(|operand| builder.arg_type(operand)).collect::<Result<Vec<_>>>()?;
    if args.is_empty() {
        return Ok(Vec::new());
    }
    let dtype = match conversion.dtype {
        Some(dtype) => dtype,
        None => result_type(&args)?,
    };
    let casting = conversion.casting.unwrap_or(Casting::SameKind);
    let mut nodes = Vec::with_capacity(operands.len());
    for operand in operands {
        nodes.push(match operand {
            Operand::Number(_) if conversion.dtype.is_none() => builder.operand_as(operand, dtype)?,
            _ => {
                let own = builder.operand(operand)?;
                let found = builder.dtype(own)?;
                if !can_cast(found, dtype, casting) {
                    return Err(Error::type_(format!(
                        "Cannot cast array data from dtype('{found}') to dtype('{dtype}') according to the rule \
                         '{casting}'"
                    )));
                }
                builder.convert(own, dtype)?
            }
        });
    }
    Ok(nodes)
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
