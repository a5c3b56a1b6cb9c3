//! Writing what an index names: the array with those elements replaced.

use hloom_ir::{Access, Binary, Combine, Indexing, Kind, Layout, Literal, NodeId, PadDims, Shape, broadcast_shapes};
use hloom_transform::along::within;
use smallvec::SmallVec;

use super::cut::Cut;
use super::get::{IndexNodes, dynamic, index_dims, reversed_axes, take};
use super::plan::IndexPlan;
use super::update::{Update, scatter, update_by};
use super::{Index, IntoIndex};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

impl NdArray {
    /// Makes this handle refer to the array with the elements that an index names replaced, as Python's
    /// `x[…] = value`.
    ///
    /// Arrays are immutable: other handles keep the old values. Where an index array names a place
    /// twice, the last value counts.
    ///
    /// **Shapes**: the value broadcasts to the shape of `x.get(index)`.
    /// **Dtypes**: the value is converted to the array's dtype.
    ///
    /// # Errors
    /// The array is then in error: `IndexError` as for [`NdArray::get`], `ValueError` if the value does
    /// not broadcast, `OverflowError` for a Rust integer that the dtype cannot hold, `TypeError` for a
    /// complex number in a real array; of a complex array the real part is written.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let mut x = hloom::zeros([2, 3]);
    /// x.set(s![.., 1], 5);
    /// x.set(s![0, 0], -1);
    /// assert_eq!(x.tolist()?, [[-1.0, 5.0, 0.0], [0.0, 5.0, 0.0]]);
    /// x.set(x.lt(0), 0);
    /// assert_eq!(x.sum(..).item::<f64>()?, 10.0);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/user/basics.indexing.html#assigning-values-to-indexed-arrays>
    #[track_caller]
    pub fn set<'a>(&mut self, index: impl IntoIndex, value: impl IntoOperand<'a>) {
        *self = self.updated(Access::Set.name(), index.into_index(), &value.into_operand(), How::Set);
    }

    #[track_caller]
    pub(super) fn updated(&self, name: &str, index: Vec<Index>, value: &Operand<'_>, how: How) -> NdArray {
        let own = Operand::Borrowed(self);
        let arguments = [&own, value];
        let call = match how {
            How::Set => Call::of(name, self),
            How::By(_) => Call::of(name, &arguments),
        };
        if let Some(mask) = self.whole_mask(&index, value) {
            return call.record(|builder| masked(builder, self.node(), mask, value, how));
        }
        let (plan, known) = match self.planned(Access::Set, index) {
            Ok(planned) => planned,
            Err(error) => return call.error(error),
        };
        call.record(|builder| {
            let x = self.node();
            let shape = plan.result_shape();
            let (value, update) = match how {
                How::Set => (value_as(builder, value, x, &shape)?, None),
                How::By(op) => {
                    let (value, update) = update_by(builder, op, x, value)?;
                    (spread(builder, value, &shape)?, Some(update))
                }
            };
            let places = IndexNodes::new(builder, Access::Set, x, &plan, &known)?;
            if shape.size() == 0 {
                // There is nothing to write, but positions have to be on their axes nevertheless.
                return places.checked(builder, x);
            }
            match &plan.advanced {
                Some(advanced) => {
                    let view = take(builder, x, &plan, &places)?;
                    let dims = index_dims(advanced);
                    let scattered = match update {
                        None => scatter(builder, view, value, &places.arrays, dims, Combine::Set)?,
                        Some(update) => update.scatter(builder, view, value, &places.arrays, dims)?,
                    };
                    put_back(builder, x, &plan, &places, scattered)
                }
                None => match update {
                    None => put_back(builder, x, &plan, &places, value),
                    Some(update) => combine_with(builder, x, &plan, &places, update, value),
                },
            }
        })
    }

    /// The mask, if the index is one bool array over leading axes and the value is the same for every
    /// element: then nothing needs to be known about the mask.
    fn whole_mask<'i>(&self, index: &'i [Index], value: &Operand<'_>) -> Option<&'i NdArray> {
        let [Index::Array(mask)] = index else { return None };
        let (mask_type, shape) = (mask.try_type().ok()?, self.try_shape().ok()?);
        let is_uniform = value.as_array().is_none_or(|value| value.try_shape().is_ok_and(|shape| shape.is_empty()));
        let covers = shape.starts_with(&mask_type.shape);
        (mask_type.dtype.kind() == Kind::Bool && covers && is_uniform).then_some(mask)
    }
}

/// What becomes of an old value.
#[derive(Clone, Copy)]
pub(super) enum How {
    /// The new value replaces it.
    Set,
    /// What an operation makes of both does.
    By(Binary),
}

/// The array with what basic indices name updated by `value`.
fn combine_with(
    builder: &mut Builder<'_>,
    x: NodeId,
    plan: &IndexPlan,
    places: &IndexNodes,
    update: Update,
    value: NodeId,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    if let Some(neutral) = update.neutral()
        && plan.cuts.iter().all(|cut| matches!(cut, Cut::Static { .. }))
        && !plan.cuts.iter().any(|cut| cut.len() == 0)
    {
        // Surrounded by what changes nothing, the value needs no mask, which a loop would keep and read in each
        // iteration.
        let part = laid_out(builder, plan, value)?;
        let spread =
            if plan.is_whole(&shape) { part } else { padded(builder, part, &plan.cuts, &shape, Some(neutral))? };
        return update.apply(builder, x, spread);
    }
    let old = take(builder, x, plan, places)?;
    let value = update.apply(builder, old, value)?;
    put_back(builder, x, plan, places, value)
}

/// A value in the dtype of the array it is written to, broadcast to the shape that is written.
pub(crate) fn value_as(builder: &mut Builder<'_>, value: &Operand<'_>, x: NodeId, shape: &Shape) -> Result<NodeId> {
    let value = assigned(builder, value, x)?;
    fitted(builder, value, shape, INPUT_ARRAY)
}

/// What a value is called in messages about its shape.
pub(crate) const INPUT_ARRAY: &str = "input array";

/// A value broadcast to the shape that is written. `what` names it in messages.
pub(crate) fn fitted(builder: &mut Builder<'_>, value: NodeId, shape: &Shape, what: &str) -> Result<NodeId> {
    let from = builder.shape(value)?;
    // NumPy lets a value have more axes than what is written, if the extra ones have extent 1.
    let extra = from.ndim().saturating_sub(shape.ndim());
    let trimmed = if from[..extra].iter().all(|&extent| extent == 1) {
        builder.reshape(value, Shape::from(&from[extra..]))?
    } else {
        value
    };
    let fits = broadcast_shapes([&*builder.shape(trimmed)?, &**shape].into_iter()).is_ok_and(|all| all == *shape);
    if !fits {
        let tight = |shape: &Shape| shape.to_string().replace(' ', "");
        return Err(Error::value(format!(
            "could not broadcast {what} from shape {} into shape {}",
            tight(&from),
            tight(shape)
        )));
    }
    builder.broadcast(trimmed, shape)
}

/// A value broadcast to the shape that is updated.
fn spread(builder: &mut Builder<'_>, value: NodeId, shape: &Shape) -> Result<NodeId> {
    builder.broadcast(value, shape).map_err(|_| Error::value("array is not broadcastable to correct shape"))
}

/// A value in the dtype of the array it is written to. Of complex arrays the real part is written. A complex number is
/// refused, as NumPy leaves its conversion to Python.
pub(crate) fn assigned(builder: &mut Builder<'_>, value: &Operand<'_>, x: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    let is_complex = builder.arg_type(value)?.default_dtype().is_complex();
    let takes_parts = dtype.is_complex() || dtype.kind() == Kind::Bool;
    if is_complex && builder.is_weak(value) && !takes_parts {
        return Err(Error::type_(format!(
            "setitem: expected a real number for an array of {dtype}, got a complex one; take its real part first"
        )));
    }
    builder.operand_as(value, dtype)
}

fn masked(builder: &mut Builder<'_>, x: NodeId, mask: &NdArray, value: &Operand<'_>, how: How) -> Result<NodeId> {
    let value = match how {
        How::Set => assigned(builder, value, x)?,
        How::By(op) => {
            let (value, update) = update_by(builder, op, x, value)?;
            update.apply(builder, x, value)?
        }
    };
    let (shape, mut mask_shape) = (builder.shape(x)?, builder.shape(mask.node())?);
    while mask_shape.ndim() < shape.ndim() {
        mask_shape.push(1);
    }
    let mask = builder.reshape(mask.node(), mask_shape)?;
    builder.select(mask, value, x)
}

/// The array with what the first step of a plan takes replaced by `view`.
fn put_back(
    builder: &mut Builder<'_>,
    x: NodeId,
    plan: &IndexPlan,
    places: &IndexNodes,
    view: NodeId,
) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let mut part = laid_out(builder, plan, view)?;
    if plan.is_whole(&shape) {
        return Ok(part);
    }
    let starts = places.starts(builder, &plan.cuts);
    if plan.cuts.iter().zip(shape.iter()).any(|(cut, &extent)| is_partial(*cut, extent)) {
        // What the fixed cuts leave out is taken from the array as it was.
        let old = dynamic(builder, x, &plan.cuts, places)?;
        part = overlay(builder, old, part, &plan.cuts)?;
    }
    let Some(starts) = starts else { return Ok(part) };
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[x, part]);
    operands.extend(starts);
    builder.op(Indexing::DynamicUpdateSlice, &operands)
}

/// A view as it lies in the array, with the axes of the array and in their direction.
fn laid_out(builder: &mut Builder<'_>, plan: &IndexPlan, view: NodeId) -> Result<NodeId> {
    let part = builder.reshape(view, plan.cuts.iter().map(|cut| cut.len()).collect())?;
    let reversed = reversed_axes(&plan.cuts);
    if reversed.is_empty() { Ok(part) } else { builder.op(Layout::Reverse { axes: reversed }, &[part]) }
}

/// Whether a cut shapes the program and leaves something of its axis out.
fn is_partial(cut: Cut, extent: usize) -> bool {
    matches!(cut, Cut::Static { len, .. } if len != extent)
}

/// `part` laid over `old` at the places of the fixed cuts: padded to size, and chosen where its places
/// are. This fuses with what computes both, where an update in place would not.
fn overlay(builder: &mut Builder<'_>, old: NodeId, part: NodeId, cuts: &[Cut]) -> Result<NodeId> {
    let shape = builder.shape(old)?;
    if cuts.iter().any(|cut| cut.len() == 0) {
        return Ok(old);
    }
    let mut combined = padded(builder, part, cuts, &shape, None)?;
    for (axis, (cut, &extent)) in cuts.iter().zip(shape.iter()).enumerate() {
        if is_partial(*cut, extent) {
            let (low, covered, stride) = reach(*cut, extent);
            let here = within(builder, axis, &shape, low..low + covered, stride)?;
            combined = builder.select(here, combined, old)?;
        }
    }
    Ok(combined)
}

/// `part` at the places of the fixed cuts in an array of a number, or of anything.
fn padded(
    builder: &mut Builder<'_>,
    part: NodeId,
    cuts: &[Cut],
    shape: &Shape,
    around: Option<Literal>,
) -> Result<NodeId> {
    let mut dims = PadDims { low: SmallVec::new(), high: SmallVec::new(), interior: SmallVec::new() };
    for (cut, &extent) in cuts.iter().zip(shape.iter()) {
        let (low, covered, stride) = reach(*cut, extent);
        dims.low.push(low);
        dims.high.push(extent - low - covered);
        dims.interior.push(stride - 1);
    }
    let around = around.map(|number| builder.constant(number));
    let operands: SmallVec<[NodeId; 2]> = [part].into_iter().chain(around).collect();
    builder.op(Layout::Pad(Box::new(dims)), &operands)
}

/// Where a fixed cut of an axis begins, how far it reaches, and its stride; all of the axis for another one.
fn reach(cut: Cut, extent: usize) -> (usize, usize, usize) {
    match cut {
        Cut::Static { start, len, stride, .. } => (start, (len - 1) * stride + 1, stride),
        Cut::At(_) | Cut::Traced(_) | Cut::Window { .. } => (0, extent, 1),
    }
}
