//! What reductions have in common: axes that vanish or stay, elements that count, and what a reduction begins with.

use hloom_ir::{AxisSet, DType, NodeId, Reducer, Shape, Weak};

use crate::axes::{Keywords, NONE};
use crate::record::{Build, Builder, Operand};
use crate::{Axes, Error, Result};

/// What is reduced over: axes, and the elements that count.
pub(super) struct Over<'k> {
    /// The axes as they are written.
    pub(super) written: &'k Axes,
    pub(super) axes: AxisSet,
    pub(super) keywords: &'k Keywords,
    /// Which elements count, as bools of the operand's shape.
    pub(super) mask: Option<NodeId>,
}

/// One axis reduced over, without keyword arguments.
pub(super) fn over_axis(written: &Axes, axis: usize) -> Over<'_> {
    Over { written, axes: AxisSet::from_iter([axis]), keywords: &NONE, mask: None }
}

/// Reduces over axes and puts them back with extent 1 if they are to stay.
pub(super) fn over_axes(
    builder: &mut Builder<'_>,
    x: NodeId,
    axes: &Axes,
    keywords: &Keywords,
    resolve: impl FnOnce(&Axes, usize) -> Result<AxisSet>,
    reduce: impl FnOnce(&mut Builder<'_>, NodeId, &Over<'_>) -> Result<NodeId>,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let set = resolve(axes, shape.ndim())?;
    let mask = keywords.where_.as_ref().map(|mask| mask_of(builder, mask, &shape)).transpose()?;
    let over = Over { written: axes, axes: set, keywords, mask };
    let reduced = reduce(builder, x, &over)?;
    if !axes.keeps_dims() {
        return Ok(reduced);
    }
    builder.reshape(reduced, shape.with_ones_at(over.axes))
}

/// Which elements of an array of a shape count.
fn mask_of(builder: &mut Builder<'_>, mask: &Operand<'_>, shape: &Shape) -> Result<NodeId> {
    let mask = builder.operand(mask)?;
    let ty = builder.ty(mask)?.clone();
    if ty.dtype != DType::Bool {
        return Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('bool') according to the rule 'safe'",
            ty.dtype
        )));
    }
    builder.broadcast(mask, shape).map_err(|_| {
        Error::value(format!(
            "non-broadcastable operand with shape {shape} doesn't match the mask's shape {}",
            ty.shape
        ))
    })
}

/// A reduction of the elements that count, beginning with what the caller says.
pub(super) fn reduce_masked(builder: &mut Builder<'_>, reducer: Reducer, x: NodeId, over: &Over<'_>) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let identity = reducer.identity(dtype);
    let initial = over.keywords.initial.as_ref().map(|initial| initial_of(builder, initial, dtype)).transpose()?;
    // NumPy begins with the identity where it leaves elements out, which makes a difference to the sign of a zero.
    let initial = match (initial, over.mask, identity) {
        (Some(initial), _, _) => Some(initial),
        (None, Some(_), Some(identity)) => Some(builder.constant(identity)),
        (None, Some(_), None) => {
            return Err(Error::value(format!(
                "reduction operation '{}' does not have an identity, so to use a where mask one has to specify \
                 'initial'",
                reducer.row().name()
            )));
        }
        (None, None, _) => None,
    };
    let Some(initial) = initial else { return builder.reduce(reducer, x, over.axes) };
    let shape = builder.shape(x)?;
    let kept = shape.without(over.axes);
    let start = builder.broadcast(initial, &kept)?;
    if over.axes.iter().any(|axis| shape[axis] == 0) {
        return Ok(start);
    }
    let x = match over.mask {
        Some(mask) => {
            let left_out = match identity {
                Some(identity) => builder.constant(identity),
                None => initial,
            };
            let left_out = builder.broadcast(left_out, &shape)?;
            builder.select(mask, x, left_out)?
        }
        None => x,
    };
    let reduced = builder.reduce(reducer, x, over.axes)?;
    builder.apply(reducer.row(), reduced, start)
}

/// What a reduction begins with, as a number of its dtype: cast as an assignment to one element is.
fn initial_of(builder: &mut Builder<'_>, initial: &Operand<'_>, dtype: DType) -> Result<NodeId> {
    let node = match initial {
        Operand::Number(Weak::Float(value)) if dtype.is_integer() => {
            builder.scalar(Weak::Float(value.trunc()).wrapping_literal(dtype))
        }
        Operand::Number(_) => builder.operand_as(initial, dtype)?,
        _ => {
            let own = builder.operand(initial)?;
            builder.convert(own, dtype)?
        }
    };
    if !builder.ty(node)?.shape.is_empty() {
        return Err(Error::value("setting an array element with a sequence."));
    }
    Ok(node)
}
