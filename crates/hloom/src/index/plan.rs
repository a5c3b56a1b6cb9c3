//! From steps to a plan: in which order the axes come out, and which index arrays apply to what is left. Computes
//! nothing.

use hloom_ir::{MAX_NDIM, Shape, broadcast_shapes};
use smallvec::SmallVec;

use super::cut::{Cut, no_position, within};
use super::step::{ComputedIndex, Positions, Step};
use crate::{Error, Result};

/// What an index does to an array of a known shape.
pub(super) struct IndexPlan {
    /// For each axis of the array, the positions that the first step takes.
    pub(super) cuts: SmallVec<[Cut; 4]>,
    /// The shape after the first step: vanished axes left out, new ones put in.
    pub(super) view: Shape,
    /// The second step, if there are index arrays.
    pub(super) advanced: Option<Advanced>,
    /// The positions that [`Cut::Traced`] numbers.
    pub(super) traced: Vec<ComputedIndex>,
}

/// Index arrays on the view.
pub(super) struct Advanced {
    /// The axes of the view that the arrays index, ascending.
    pub(super) axes: SmallVec<[usize; 4]>,
    /// The positions along each of them.
    pub(super) positions: Vec<Positions>,
    /// The broadcast shape of the index arrays.
    pub(super) shape: Shape,
    /// The number of axes left over by the arrays that come before theirs.
    pub(super) position: usize,
}

/// An index array, with what it indexes.
struct Placed {
    /// The axis of the view.
    in_view: usize,
    shape: Shape,
    positions: Positions,
    /// The axis of the array, with its extent.
    axis: usize,
    extent: usize,
}

impl IndexPlan {
    /// The plan of steps for an array of a shape.
    ///
    /// # Errors
    /// `IndexError` for index arrays that do not broadcast, positions out of bounds, and too many axes.
    pub(super) fn new(shape: &Shape, steps: Vec<Step>) -> Result<IndexPlan> {
        let is_advanced = |step: &Step| matches!(step, Step::Positions { .. } | Step::Truth(_));
        let has_arrays = steps.iter().any(is_advanced);
        let mut plan = IndexPlan { cuts: SmallVec::new(), view: Shape::scalar(), advanced: None, traced: Vec::new() };
        let mut arrays: Vec<Placed> = Vec::new();
        let mut groups = 0;
        let mut position = None;
        let mut in_group = false;
        for step in steps {
            // Beside index arrays, an integer is a 0-d index array itself.
            let step = match step {
                Step::Cut(Cut::At(at)) if has_arrays => {
                    Step::Positions { shape: Shape::scalar(), positions: Positions::Known(vec![at as i64]) }
                }
                Step::Traced(traced) if has_arrays => {
                    Step::Positions { shape: Shape::scalar(), positions: Positions::Traced(traced) }
                }
                other => other,
            };
            if is_advanced(&step) {
                if !in_group {
                    groups += 1;
                    position.get_or_insert(plan.view.ndim() - arrays.len());
                }
                in_group = true;
            } else {
                in_group = false;
            }
            match step {
                Step::Cut(cut) => {
                    plan.cuts.push(cut);
                    if !cut.is_single() {
                        plan.view.push(cut.len());
                    }
                }
                Step::Traced(traced) => {
                    plan.cuts.push(Cut::Traced(plan.traced.len()));
                    plan.traced.push(traced);
                }
                Step::NewAxis => plan.view.push(1),
                Step::Gap => {}
                Step::Positions { shape: index_shape, positions } => {
                    let (axis, extent) = (plan.cuts.len(), shape[plan.cuts.len()]);
                    arrays.push(Placed { in_view: plan.view.ndim(), shape: index_shape, positions, axis, extent });
                    plan.cuts.push(Cut::Static { start: 0, len: extent, stride: 1, reversed: false });
                    plan.view.push(extent);
                }
                Step::Truth(truth) => {
                    // A new axis of extent 1, indexed by one zero or by none.
                    let positions = vec![0; usize::from(truth)];
                    let shape = Shape::from([positions.len()]);
                    let positions = Positions::Known(positions);
                    arrays.push(Placed {
                        in_view: plan.view.ndim(),
                        shape,
                        positions,
                        axis: plan.cuts.len(),
                        extent: 1,
                    });
                    plan.view.push(1);
                }
            }
        }
        if has_arrays {
            let position = if groups > 1 { 0 } else { position.unwrap_or(0) };
            plan.advanced = Some(Advanced::new(arrays, position)?);
        }
        let ndim = plan.result_shape().ndim();
        if ndim > MAX_NDIM {
            return Err(Error::index(format!(
                "number of dimensions must be within [0, {MAX_NDIM}], indexing result would have {ndim}"
            )));
        }
        Ok(plan)
    }

    /// The shape of what the index names.
    pub(super) fn result_shape(&self) -> Shape {
        let Some(advanced) = &self.advanced else { return self.view.clone() };
        let rest: Vec<usize> =
            (0..self.view.ndim()).filter(|axis| !advanced.axes.contains(axis)).map(|axis| self.view[axis]).collect();
        rest[..advanced.position]
            .iter()
            .chain(advanced.shape.iter())
            .chain(&rest[advanced.position..])
            .copied()
            .collect()
    }

    /// Whether the first step takes the whole array as it is.
    pub(super) fn is_whole(&self, shape: &Shape) -> bool {
        self.cuts.iter().zip(shape.iter()).all(|(cut, &extent)| cut.is_whole(extent))
    }
}

impl Advanced {
    /// Positions are looked at only if there are any after broadcasting, as in NumPy: beside an empty array, an array
    /// of positions that are out of bounds names nothing.
    fn new(arrays: Vec<Placed>, position: usize) -> Result<Advanced> {
        let shape = broadcast_shapes(arrays.iter().map(|placed| &*placed.shape)).map_err(|error| {
            let shapes = error.message.rsplit("with shapes ").next().unwrap_or_default().to_owned();
            Error::index(format!(
                "shape mismatch: indexing arrays could not be broadcast together with shapes {shapes}"
            ))
        })?;
        let axes = arrays.iter().map(|placed| placed.in_view).collect();
        let mut all = Vec::with_capacity(arrays.len());
        for Placed { shape: from, positions, axis, extent, .. } in arrays {
            all.push(match positions {
                Positions::Known(_) if shape.size() == 0 => Positions::Known(Vec::new()),
                Positions::Known(mut positions) => {
                    // Nearly always all are within bounds, which is found many at a time.
                    let is_outside = |position: i64| position as u64 >= extent as u64;
                    if positions.iter().fold(false, |any, &position| any | is_outside(position)) {
                        for position in &mut positions {
                            *position = within(*position, axis, extent)? as i64;
                        }
                    }
                    Positions::Known(spread(positions, &from, &shape))
                }
                Positions::Traced(_) if extent == 0 && shape.size() > 0 => return Err(no_position(axis)),
                traced => traced,
            });
        }
        Ok(Advanced { axes, positions: all, shape, position })
    }
}

/// The elements of a small row-major array broadcast to a shape.
fn spread(elements: Vec<i64>, from: &Shape, to: &Shape) -> Vec<i64> {
    if from == to {
        return elements;
    }
    let offset = to.ndim() - from.ndim();
    let mut strides = vec![0; to.ndim()];
    let mut stride = 1;
    for axis in (0..from.ndim()).rev() {
        if from[axis] != 1 {
            strides[offset + axis] = stride;
        }
        stride *= from[axis];
    }
    let mut result = Vec::with_capacity(to.size());
    for flat in 0..to.size() {
        let (mut rest, mut place) = (flat, 0);
        for axis in (0..to.ndim()).rev() {
            place += rest % to[axis] * strides[axis];
            rest /= to[axis];
        }
        result.push(elements[place]);
    }
    result
}

#[cfg(test)]
mod tests {
    use hloom_ir::Access;

    use super::*;
    use crate::index::Index;
    use crate::index::step::steps;

    fn plan(shape: &Shape, index: Vec<Index>) -> Result<IndexPlan> {
        IndexPlan::new(shape, steps(Access::Get, shape, index)?)
    }

    #[test]
    fn index_arrays_come_out_in_place_or_in_front() {
        let shape = Shape::from([4, 5, 6]);
        let rows = || Index::from(vec![1i64, 2]);
        let all = || Index::from(..);
        let result = |index| plan(&shape, index).unwrap().result_shape();
        assert_eq!(result(vec![all(), rows()]), [4, 2, 6]);
        assert_eq!(result(vec![rows(), all(), rows()]), [2, 5]);
        assert_eq!(result(vec![all(), rows(), Index::At(0)]), [4, 2]);
        assert_eq!(result(vec![Index::At(0), all(), rows()]), [2, 5]);
        assert_eq!(result(vec![all(), rows(), Index::Ellipsis, rows()]), [2, 4]);
        assert_eq!(result(vec![Index::from(true)]), [1, 4, 5, 6]);
        assert_eq!(result(vec![Index::from(false), Index::At(1)]), [0, 5, 6]);
    }

    #[test]
    fn positions_beside_none_are_not_looked_at() {
        let shape = Shape::from([3, 4]);
        let result = |index| plan(&shape, index).map(|plan| plan.result_shape());
        let far = || Index::from(vec![9i64]);
        let none = || Index::from(Vec::<i64>::new());
        assert_eq!(result(vec![far(), none()]).unwrap(), [0]);
        assert_eq!(result(vec![Index::from(false), far()]).unwrap(), [0, 4]);
        for index in [vec![far(), Index::from(0..0)], vec![Index::At(9), none()], vec![Index::from(true), far()]] {
            assert_eq!(result(index).unwrap_err().kind(), crate::ErrorKind::Index);
        }
        let message = result(vec![Index::from(vec![9i64, 1]), none()]).unwrap_err();
        assert!(message.message().starts_with("shape mismatch"), "{message}");
    }

    #[test]
    fn elements_spread_over_a_shape() {
        let spread_out = spread(vec![7, 8], &Shape::from([2, 1]), &Shape::from([2, 3]));
        assert_eq!(spread_out, [7, 7, 7, 8, 8, 8]);
    }
}
