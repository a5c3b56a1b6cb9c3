//! Reading what an index names.

use hloom_ir::{AxisSet, IndexDims, NodeId, Op, Shape, SliceDims, Type};
use smallvec::SmallVec;

use super::plan::{Advanced, Cut, Plan, nonzero};
use super::{Index, IntoIndex};
use crate::convert::from_checked_bytes;
use crate::record::{self, Builder};
use crate::{Error, NdArray, Result};

impl NdArray {
    /// The elements that an index names, as Python's `x[…]`.
    ///
    /// Integers, and where parts of less than half an axis start, are inputs of the program: a loop
    /// over them compiles once. The values of index arrays and masks decide the shape or the errors of
    /// the result, so they are computed when they are used.
    ///
    /// # Errors
    /// The result is in error (`IndexError`) for positions out of bounds, too many entries, masks of
    /// another shape, and index arrays that do not broadcast; `ValueError` for a step of zero.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = hloom::arange(0, 10, 1);
    /// assert_eq!(x.get(3).tolist()?, 3);
    /// assert_eq!(x.get(s![7..]).tolist()?, [7, 8, 9]);
    /// assert_eq!(x.get(x.gt(6)).tolist()?, [7, 8, 9]);
    /// assert_eq!(x.get(vec![-1i64, 0]).tolist()?, [9, 0]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/user/basics.indexing.html>
    #[track_caller]
    pub fn get(&self, index: impl IntoIndex) -> NdArray {
        let index = index.into_index();
        // Index arrays are read before the recorder is locked: that may compile and run.
        let plan = self.plan(index);
        let positions = plan.as_ref().ok().and_then(|plan| plan.advanced.as_ref()).map(position_arrays);
        record::record(
            |builder| {
                let plan = plan?;
                let view = take(builder, self.node(), &plan)?;
                match (&plan.advanced, &positions) {
                    (Some(advanced), Some(positions)) => gather(builder, view, advanced, positions),
                    _ => Ok(view),
                }
            },
            |recorder| format!("getitem({})", recorder.describe(self.node())),
        )
    }

    /// The positions of the elements that are not zero: for each axis, a 1-d int64 array, in row-major
    /// order of the elements.
    ///
    /// How many there are depends on the values, so this computes the array.
    ///
    /// # Errors
    /// `ValueError` for a 0-d array; else as [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// let x = hloom::array([[0, 5], [6, 0]]);
    /// let positions = x.nonzero()?;
    /// assert_eq!(positions[0].tolist()?, [0, 1]);
    /// assert_eq!(positions[1].tolist()?, [1, 0]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.nonzero.html>
    #[track_caller]
    pub fn nonzero(&self) -> Result<Vec<NdArray>> {
        let shape = self.try_shape()?;
        if shape.is_empty() {
            return Err(Error::value(
                "Calling nonzero on 0d arrays is not allowed. Use np.atleast_1d(scalar).nonzero() instead.",
            ));
        }
        let truths = self.astype(hloom_ir::DType::Bool).elements::<bool>("nonzero")?;
        Ok(nonzero(&truths, &shape).into_iter().map(NdArray::from).collect())
    }

    pub(super) fn plan(&self, index: Vec<Index>) -> Result<Plan> {
        Plan::new(&self.try_shape()?, index)
    }
}

/// The positions of index arrays as arrays, in the order of their axes.
#[track_caller]
pub(super) fn position_arrays(advanced: &Advanced) -> Vec<NdArray> {
    let ty = Type { dtype: hloom_ir::DType::I64, shape: advanced.shape.clone() };
    let arrays = advanced.positions.iter();
    arrays.map(|positions| from_checked_bytes(ty.clone(), bytemuck::cast_slice(positions))).collect()
}

/// The first step of a plan: slices, integers and new axes.
pub(super) fn take(builder: &mut Builder<'_>, x: NodeId, plan: &Plan) -> Result<NodeId> {
    let x = dynamic(builder, x, &plan.cuts)?;
    let x = fixed(builder, x, &plan.cuts)?;
    builder.reshape(x, plan.view.clone())
}

/// Applies the cuts whose place is an input of the program.
pub(super) fn dynamic(builder: &mut Builder<'_>, x: NodeId, cuts: &[Cut]) -> Result<NodeId> {
    let ty = builder.ty(x)?.clone();
    let starts = dynamic_starts(cuts);
    if starts.iter().all(Option::is_none) {
        return Ok(x);
    }
    let shape = dynamic_shape(&ty.shape, cuts);
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[x]);
    operands.extend(builder.starts(&starts));
    builder.declared(Op::DynamicSlice, &operands, Type { dtype: ty.dtype, shape })
}

/// Where each axis is cut at a place that is an input of the program.
pub(super) fn dynamic_starts(cuts: &[Cut]) -> SmallVec<[Option<usize>; 4]> {
    cuts.iter()
        .map(|cut| match *cut {
            Cut::At(start) | Cut::Window { start, .. } => Some(start),
            Cut::Static { .. } => None,
        })
        .collect()
}

/// The shape after the cuts whose place is an input of the program.
fn dynamic_shape(shape: &Shape, cuts: &[Cut]) -> Shape {
    cuts.iter()
        .zip(shape.iter())
        .map(|(cut, &extent)| if matches!(cut, Cut::Static { .. }) { extent } else { cut.len() })
        .collect()
}

/// Applies the cuts that shape the program.
fn fixed(builder: &mut Builder<'_>, x: NodeId, cuts: &[Cut]) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let mut dims = SliceDims { start: SmallVec::new(), limit: SmallVec::new(), stride: SmallVec::new() };
    for (cut, &extent) in cuts.iter().zip(shape.iter()) {
        let (start, limit, stride) = match *cut {
            Cut::Static { start, len, stride, .. } => {
                (start, if len == 0 { start } else { start + (len - 1) * stride + 1 }, stride)
            }
            Cut::At(_) | Cut::Window { .. } => (0, extent, 1),
        };
        dims.start.push(start);
        dims.limit.push(limit);
        dims.stride.push(stride);
    }
    let is_whole = dims.start.iter().all(|&start| start == 0)
        && dims.limit.iter().eq(shape.iter())
        && dims.stride.iter().all(|&stride| stride == 1);
    let sliced = if is_whole { x } else { builder.op(Op::Slice(Box::new(dims)), &[x])? };
    let axes = reversed_axes(cuts);
    if axes.is_empty() { Ok(sliced) } else { builder.op(Op::Reverse { axes }, &[sliced]) }
}

/// The axes whose positions come out in descending order.
pub(super) fn reversed_axes(cuts: &[Cut]) -> AxisSet {
    let reversed = cuts.iter().enumerate().filter(|(_, cut)| matches!(cut, Cut::Static { reversed: true, .. }));
    reversed.map(|(axis, _)| axis).collect()
}

/// The second step of a plan: index arrays.
fn gather(builder: &mut Builder<'_>, view: NodeId, advanced: &Advanced, positions: &[NdArray]) -> Result<NodeId> {
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[view]);
    operands.extend(positions.iter().map(NdArray::node));
    builder.op(Op::Gather(index_dims(advanced)), &operands)
}

pub(super) fn index_dims(advanced: &Advanced) -> IndexDims {
    IndexDims { axes: advanced.axes.iter().copied().collect(), position: advanced.position }
}
