//! Reading what an index names.

use hloom_ir::{Access, AxisSet, Bounds, DType, IndexDims, Indexing, Layout, Literal, NodeId, Shape, SliceDims, Type};
use smallvec::SmallVec;

use super::cut::Cut;
use super::plan::{Advanced, IndexPlan};
use super::step::{ComputedIndex, Positions, nonzero, steps};
use super::{Index, IntoIndex};
use crate::check::BuildChecks;
use crate::convert::from_elements;
use crate::record::{Build, Builder, Call};
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
    /// let x = hloom::arange(10);
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
        let call = Call::of(Access::Get.name(), self);
        // Index arrays are read before the recorder is locked: that may compile and run.
        let (plan, known) = match self.planned(Access::Get, index) {
            Ok(planned) => planned,
            Err(error) => return call.error(error),
        };
        call.record(|builder| {
            let places = IndexNodes::new(builder, Access::Get, self.node(), &plan, &known)?;
            let view = take(builder, self.node(), &plan, &places)?;
            match &plan.advanced {
                Some(advanced) => gather(builder, view, advanced, &places),
                None => Ok(view),
            }
        })
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
        let positions = nonzero(&self.astype(DType::Bool), &shape, "nonzero")?;
        Ok(positions.into_iter().map(NdArray::from).collect())
    }

    /// The plan of an index, with what [`known_arrays`] makes of it. Reads index arrays.
    #[track_caller]
    pub(super) fn planned(&self, access: Access, index: Vec<Index>) -> Result<(IndexPlan, Vec<Option<NdArray>>)> {
        let shape = self.try_shape()?;
        let mut plan = IndexPlan::new(&shape, steps(access, &shape, index)?)?;
        let known = known_arrays(&mut plan);
        Ok((plan, known))
    }
}

/// For each index array in the order of the axes, its positions as an array if they are known; the plan keeps none of those.
#[track_caller]
fn known_arrays(plan: &mut IndexPlan) -> Vec<Option<NdArray>> {
    let Some(advanced) = &mut plan.advanced else { return Vec::new() };
    let shape = &advanced.shape;
    let array = |positions: &mut Positions| match positions {
        Positions::Known(positions) => Some(from_elements(shape.clone(), std::mem::take(positions))),
        Positions::Traced(_) => None,
    };
    advanced.positions.iter_mut().map(array).collect()
}

/// The positions of a plan in the graph: int64, counted from the start of their axes.
pub(super) struct IndexNodes {
    /// Of each index array, broadcast, in the order of the axes.
    pub(super) arrays: SmallVec<[NodeId; 4]>,
    /// Of each integer of a trace.
    traced: SmallVec<[NodeId; 4]>,
}

impl IndexNodes {
    /// Records the positions of a plan for `x`. `known` is what [`known_arrays`] made of it; `access` is for
    /// messages.
    pub(super) fn new(
        builder: &mut Builder<'_>,
        access: Access,
        x: NodeId,
        plan: &IndexPlan,
        known: &[Option<NdArray>],
    ) -> Result<IndexNodes> {
        let mut places = IndexNodes { arrays: SmallVec::new(), traced: SmallVec::new() };
        let array = builder.ty(x)?.clone();
        let checked = |builder: &mut Builder<'_>, traced: &ComputedIndex| {
            let bounds = Bounds { access, array: array.clone(), axis: traced.axis };
            builder.checked_positions(traced.array.node(), bounds)
        };
        if let Some(advanced) = &plan.advanced {
            for (positions, known) in advanced.positions.iter().zip(known) {
                let place = match (positions, known) {
                    (Positions::Traced(traced), _) => {
                        let position = traced.array.node();
                        // Beside an empty array, an array of positions names nothing; one position is an integer.
                        let names_nothing = advanced.shape.size() == 0 && !builder.ty(position)?.shape.is_empty();
                        let place = match names_nothing {
                            true => builder.convert(position, DType::I64)?,
                            false => checked(builder, traced)?,
                        };
                        builder.broadcast(place, &advanced.shape)?
                    }
                    (Positions::Known(_), Some(known)) => known.node(),
                    (Positions::Known(_), None) => {
                        return Err(Error::internal("known positions were not made an array"));
                    }
                };
                places.arrays.push(place);
            }
        }
        for traced in &plan.traced {
            places.traced.push(checked(builder, traced)?);
        }
        Ok(places)
    }

    /// A value that is in error if a position is out of bounds, for where none of them is used.
    pub(super) fn checked(&self, builder: &mut Builder<'_>, mut value: NodeId) -> Result<NodeId> {
        for &place in self.arrays.iter().chain(&self.traced) {
            value = builder.checked_as(value, place)?;
        }
        Ok(value)
    }

    /// Where a part begins along each axis, if it begins anywhere at a place that is an input of the program or
    /// computed by it.
    pub(super) fn starts(&self, builder: &mut Builder<'_>, cuts: &[Cut]) -> Option<SmallVec<[NodeId; 4]>> {
        if cuts.iter().all(|cut| matches!(cut, Cut::Static { .. })) {
            return None;
        }
        let mut zero = None;
        let start = |cut: &Cut| match *cut {
            Cut::At(start) | Cut::Window { start, .. } => builder.position(start),
            Cut::Traced(at) => self.traced[at],
            Cut::Static { .. } => *zero.get_or_insert_with(|| builder.constant(Literal::new(0i64))),
        };
        Some(cuts.iter().map(start).collect())
    }
}

/// The first step of a plan: slices, integers and new axes.
pub(super) fn take(builder: &mut Builder<'_>, x: NodeId, plan: &IndexPlan, places: &IndexNodes) -> Result<NodeId> {
    let x = dynamic(builder, x, &plan.cuts, places)?;
    let x = fixed(builder, x, &plan.cuts)?;
    builder.reshape(x, plan.view.clone())
}

/// Applies the cuts whose place does not shape the program.
pub(super) fn dynamic(builder: &mut Builder<'_>, x: NodeId, cuts: &[Cut], places: &IndexNodes) -> Result<NodeId> {
    let Some(starts) = places.starts(builder, cuts) else { return Ok(x) };
    let ty = builder.ty(x)?.clone();
    let shape = dynamic_shape(&ty.shape, cuts);
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[x]);
    operands.extend(starts);
    builder.declared(Indexing::DynamicSlice, &operands, Type { dtype: ty.dtype, shape })
}

/// The shape after the cuts whose place does not shape the program.
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
            Cut::At(_) | Cut::Traced(_) | Cut::Window { .. } => (0, extent, 1),
        };
        dims.start.push(start);
        dims.limit.push(limit);
        dims.stride.push(stride);
    }
    let is_whole = dims.start.iter().all(|&start| start == 0)
        && dims.limit.iter().eq(shape.iter())
        && dims.stride.iter().all(|&stride| stride == 1);
    let sliced = if is_whole { x } else { builder.op(Layout::Slice(Box::new(dims)), &[x])? };
    let axes = reversed_axes(cuts);
    if axes.is_empty() { Ok(sliced) } else { builder.op(Layout::Reverse { axes }, &[sliced]) }
}

/// The axes whose positions come out in descending order.
pub(super) fn reversed_axes(cuts: &[Cut]) -> AxisSet {
    let reversed = cuts.iter().enumerate().filter(|(_, cut)| matches!(cut, Cut::Static { reversed: true, .. }));
    reversed.map(|(axis, _)| axis).collect()
}

/// The second step of a plan: index arrays.
fn gather(builder: &mut Builder<'_>, view: NodeId, advanced: &Advanced, places: &IndexNodes) -> Result<NodeId> {
    let mut operands: SmallVec<[NodeId; 8]> = SmallVec::from_slice(&[view]);
    operands.extend_from_slice(&places.arrays);
    builder.op(Indexing::Gather(index_dims(advanced)), &operands)
}

pub(super) fn index_dims(advanced: &Advanced) -> IndexDims {
    IndexDims { axes: advanced.axes.iter().copied().collect(), position: advanced.position }
}
