//! From entries to a plan: which positions of which axes, in which order the axes come out, and which
//! index arrays apply to what is left.

use hloom_ir::{Access, Kind, MAX_NDIM, Shape, broadcast_shapes};
use smallvec::SmallVec;

use super::Index;
use crate::{Error, NdArray, Result};

/// What an index does to an array of a known shape.
pub(super) struct Plan {
    /// For each axis of the array, the positions that the first step takes.
    pub(super) cuts: SmallVec<[Cut; 4]>,
    /// The shape after the first step: vanished axes left out, new ones put in.
    pub(super) view: Shape,
    /// The second step, if there are index arrays.
    pub(super) advanced: Option<Advanced>,
    /// The positions that [`Cut::Traced`] numbers.
    pub(super) traced: Vec<Traced>,
}

/// An integer array of a trace, whose elements are known when the program runs.
#[derive(Clone, Debug)]
pub(super) struct Traced {
    /// The positions, as the user has them.
    pub(super) array: NdArray,
    /// The axis that they are on.
    pub(super) axis: usize,
}

/// The positions that are taken of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// One position, an input of the program; the axis vanishes.
    At(usize),
    /// One position that the program computes, by its number in [`Plan::traced`]; the axis vanishes.
    Traced(usize),
    /// Positions from a start that is an input of the program.
    Window {
        /// The first position.
        start: usize,
        /// How many.
        len: usize,
    },
    /// Positions that shape the program.
    Static {
        /// The lowest position.
        start: usize,
        /// How many.
        len: usize,
        /// The distance between them.
        stride: usize,
        /// Whether they come out in descending order.
        reversed: bool,
    },
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

/// The positions that an index array names.
#[derive(Clone, Debug)]
pub(super) enum Positions {
    /// In a plan, within bounds and of the broadcast shape.
    Known(Vec<i64>),
    /// Of a shape that broadcasts to it.
    Traced(Traced),
}

impl Cut {
    /// How many positions are taken.
    pub(super) fn len(self) -> usize {
        match self {
            Cut::At(_) | Cut::Traced(_) => 1,
            Cut::Window { len, .. } | Cut::Static { len, .. } => len,
        }
    }

    /// Whether one position is taken, and the axis vanishes.
    fn is_single(self) -> bool {
        matches!(self, Cut::At(_) | Cut::Traced(_))
    }

    /// Whether all positions are taken, in order.
    fn is_whole(self, extent: usize) -> bool {
        self == Cut::Static { start: 0, len: extent, stride: 1, reversed: false }
    }
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

/// An entry, once it is known how many axes it takes.
enum Step {
    Cut(Cut),
    NewAxis,
    /// An ellipsis, which keeps the index arrays on its two sides apart even if it stands for no axis.
    Gap,
    /// An index array on one axis; integers beside arrays count as 0-d arrays.
    Positions {
        shape: Shape,
        positions: Positions,
    },
    /// An integer of a trace on one axis.
    Traced(Traced),
    /// A 0-d bool: takes no axis, but one array of no or one position.
    Truth(bool),
}

impl Plan {
    #[track_caller]
    pub(super) fn new(access: Access, shape: &Shape, index: Vec<Index>) -> Result<Plan> {
        let steps = steps(access, shape, index)?;
        let is_advanced = |step: &Step| matches!(step, Step::Positions { .. } | Step::Truth(_));
        let has_arrays = steps.iter().any(is_advanced);
        let mut plan = Plan { cuts: SmallVec::new(), view: Shape::scalar(), advanced: None, traced: Vec::new() };
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
                    for position in &mut positions {
                        *position = within(*position, axis, extent)? as i64;
                    }
                    Positions::Known(spread(&positions, &from, &shape))
                }
                Positions::Traced(_) if extent == 0 && shape.size() > 0 => return Err(no_position(axis)),
                traced => traced,
            });
        }
        Ok(Advanced { axes, positions: all, shape, position })
    }
}

/// The error of a position on an axis that has none.
fn no_position(axis: usize) -> Error {
    Error::index(format!("index is out of bounds for axis {axis} with size 0"))
}

/// The elements of a small row-major array broadcast to a shape.
fn spread(elements: &[i64], from: &Shape, to: &Shape) -> Vec<i64> {
    if from == to {
        return elements.to_vec();
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

/// Resolves every entry against the axes it takes, with the ellipsis filled in.
#[track_caller]
fn steps(access: Access, shape: &Shape, index: Vec<Index>) -> Result<Vec<Step>> {
    let ndim = shape.ndim();
    let mut taken = 0;
    let mut ellipses = 0;
    for entry in &index {
        match entry {
            Index::At(_) | Index::Slice { .. } => taken += 1,
            Index::Ellipsis => ellipses += 1,
            Index::NewAxis => {}
            Index::Array(array) => taken += axes_taken(array)?,
        }
    }
    if ellipses > 1 {
        return Err(Error::index("an index can only have a single ellipsis ('...')"));
    }
    if taken > ndim {
        return Err(Error::index(format!(
            "too many indices for array: array is {ndim}-dimensional, but {taken} were indexed"
        )));
    }
    let mut result = Vec::with_capacity(ndim);
    let mut axis = 0;
    let whole = |axis: usize| Step::Cut(Cut::Static { start: 0, len: shape[axis], stride: 1, reversed: false });
    for entry in index {
        match entry {
            Index::At(position) => {
                result.push(Step::Cut(Cut::At(within(position, axis, shape[axis])?)));
                axis += 1;
            }
            Index::Slice { start, stop, step } => {
                result.push(Step::Cut(slice(start, stop, step, shape[axis])?));
                axis += 1;
            }
            Index::NewAxis => result.push(Step::NewAxis),
            Index::Ellipsis => {
                let left_over = ndim - taken;
                result.push(Step::Gap);
                result.extend((axis..axis + left_over).map(whole));
                axis += left_over;
            }
            Index::Array(array) => {
                let n_axes = axes_taken(&array)?;
                push_array(access, &mut result, &array, axis, &shape[axis..axis + n_axes], shape)?;
                axis += n_axes;
            }
        }
    }
    result.extend((axis..ndim).map(whole));
    Ok(result)
}

/// The number of axes that an index array takes: one, or as many as a mask has.
fn axes_taken(array: &NdArray) -> Result<usize> {
    let ty = array.try_type()?;
    match ty.dtype.kind() {
        Kind::Bool => Ok(ty.shape.ndim()),
        Kind::Signed | Kind::Unsigned => Ok(1),
        // NumPy takes an empty list, which is float64, as an empty index.
        Kind::Float if ty.shape.size() == 0 && ty.shape.ndim() == 1 => Ok(1),
        Kind::Float | Kind::Complex => Err(Error::index("arrays used as indices must be of integer (or boolean) type")),
    }
}

/// The steps of an index array. Its values decide shapes and errors, so they are read here; but integers of a
/// trace decide errors only, which are found when the program runs.
#[track_caller]
fn push_array(
    access: Access,
    steps: &mut Vec<Step>,
    array: &NdArray,
    first_axis: usize,
    extents: &[usize],
    whole_shape: &Shape,
) -> Result<()> {
    let ty = array.try_type()?;
    if ty.dtype.kind() != Kind::Bool && ty.dtype.is_integer() && array.is_traced() {
        if whole_shape[first_axis] == 0 && ty.shape.is_empty() {
            return Err(no_position(first_axis));
        }
        let traced = Traced { array: array.clone(), axis: first_axis };
        steps.push(match ty.shape.is_empty() {
            true => Step::Traced(traced),
            false => Step::Positions { shape: ty.shape, positions: Positions::Traced(traced) },
        });
        return Ok(());
    }
    if ty.dtype.kind() != Kind::Bool {
        let mut positions = array.astype(hloom_ir::DType::I64).elements::<i64>(access.name())?;
        let beyond_signed = ty.dtype == hloom_ir::DType::U64;
        for position in &mut positions {
            if beyond_signed && *position < 0 {
                *position = i64::MAX;
            }
            // One position alone is an integer, which is looked at in any case.
            if ty.shape.is_empty() {
                *position = within(*position, first_axis, whole_shape[first_axis])? as i64;
            }
        }
        steps.push(Step::Positions { shape: ty.shape, positions: Positions::Known(positions) });
        return Ok(());
    }
    for (offset, (&extent, &found)) in extents.iter().zip(ty.shape.iter()).enumerate() {
        // A mask without elements along an axis names nothing of an axis of any extent.
        if extent != found && found != 0 {
            return Err(Error::index(format!(
                "boolean index did not match indexed array along axis {}; size of axis is {extent} but size of \
                 corresponding boolean axis is {found}",
                first_axis + offset
            )));
        }
    }
    let truths = match ty.shape.size() {
        0 => Vec::new(),
        _ => array.elements::<bool>(access.name())?,
    };
    if ty.shape.is_empty() {
        steps.push(Step::Truth(truths.first().copied().unwrap_or(false)));
        return Ok(());
    }
    steps.extend(nonzero(&truths, &ty.shape).into_iter().map(|positions| Step::Positions {
        shape: Shape::from([positions.len()]),
        positions: Positions::Known(positions),
    }));
    Ok(())
}

/// The positions of the true elements along each axis, in row-major order.
pub(super) fn nonzero(truths: &[bool], shape: &Shape) -> Vec<Vec<i64>> {
    let mut positions = vec![Vec::new(); shape.ndim()];
    for (flat, _) in truths.iter().enumerate().filter(|&(_, &truth)| truth) {
        let mut rest = flat;
        for axis in (0..shape.ndim()).rev() {
            positions[axis].push((rest % shape[axis]) as i64);
            rest /= shape[axis];
        }
    }
    positions
}

/// A position counted from the end if negative.
fn within(position: i64, axis: usize, extent: usize) -> Result<usize> {
    let from_start = if position < 0 { position.saturating_add_unsigned(extent as u64) } else { position };
    usize::try_from(from_start)
        .ok()
        .filter(|&position| position < extent)
        .ok_or_else(|| Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}")))
}

/// A slice's positions, clipped to the axis as Python clips them.
fn slice(start: Option<i64>, stop: Option<i64>, step: i64, extent: usize) -> Result<Cut> {
    if step == 0 {
        return Err(Error::value("slice step cannot be zero"));
    }
    let n = extent as i64;
    let clip = |bound: i64, low: i64, high: i64| {
        let bound = if bound < 0 { bound.saturating_add(n) } else { bound };
        bound.clamp(low, high)
    };
    let (first, before) = if step > 0 {
        (start.map_or(0, |start| clip(start, 0, n)), stop.map_or(n, |stop| clip(stop, 0, n)))
    } else {
        (start.map_or(n - 1, |start| clip(start, -1, n - 1)), stop.map_or(-1, |stop| clip(stop, -1, n - 1)))
    };
    let distance = if step > 0 { before - first } else { first - before };
    let stride = step.unsigned_abs();
    let len = if distance <= 0 { 0 } else { (distance as u64).div_ceil(stride) as usize };
    if len == 0 {
        return Ok(Cut::Static { start: 0, len: 0, stride: 1, reversed: false });
    }
    let last_offset = (len as u64 - 1) * stride;
    let lowest = if step > 0 { first as u64 } else { first as u64 - last_offset };
    // A stride that reaches beyond the last position is as good as none.
    let stride = if len == 1 { 1 } else { stride as usize };
    let (start, reversed) = (lowest as usize, step < 0 && len > 1);
    // A part that is small beside its axis is one of many that a loop takes one after another: where it
    // starts is a number. A part that is most of its axis is a neighbour's view: its place shapes the
    // program, which lets the compiler fuse it.
    if stride == 1 && !reversed && len * 2 <= extent {
        return Ok(Cut::Window { start, len });
    }
    Ok(Cut::Static { start, len, stride, reversed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn static_cut(start: usize, len: usize, stride: usize, reversed: bool) -> Cut {
        Cut::Static { start, len, stride, reversed }
    }

    #[test]
    fn slices_clip_as_python() {
        let cut = |start, stop, step| slice(start, stop, step, 10).unwrap();
        assert_eq!(cut(None, None, 1), static_cut(0, 10, 1, false));
        assert_eq!(cut(None, None, -1), static_cut(0, 10, 1, true));
        assert_eq!(cut(Some(-100), Some(100), 3), static_cut(0, 4, 3, false));
        assert_eq!(cut(Some(8), Some(1), -3), static_cut(2, 3, 3, true));
        assert_eq!(cut(Some(100), None, -4), static_cut(1, 3, 4, true));
        assert_eq!(cut(Some(5), Some(2), 1).len(), 0);
        assert_eq!(cut(Some(2), Some(6), 1), Cut::Window { start: 2, len: 4 });
        assert_eq!(cut(Some(3), Some(4), i64::MAX), Cut::Window { start: 3, len: 1 });
        assert_eq!(cut(Some(i64::MIN), Some(i64::MAX), i64::MAX).len(), 1);
        assert_eq!(cut(Some(9), Some(i64::MIN), i64::MIN).len(), 1);
        assert!(slice(None, None, 0, 10).is_err());
    }

    #[test]
    fn index_arrays_come_out_in_place_or_in_front() {
        let shape = Shape::from([4, 5, 6]);
        let rows = || Index::from(vec![1i64, 2]);
        let all = || Index::from(..);
        let result = |index| Plan::new(Access::Get, &shape, index).unwrap().result_shape();
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
        let plan = |index| Plan::new(Access::Get, &shape, index).map(|plan| plan.result_shape());
        let far = || Index::from(vec![9i64]);
        let none = || Index::from(Vec::<i64>::new());
        assert_eq!(plan(vec![far(), none()]).unwrap(), [0]);
        assert_eq!(plan(vec![Index::from(false), far()]).unwrap(), [0, 4]);
        for index in [vec![far(), Index::from(0..0)], vec![Index::At(9), none()], vec![Index::from(true), far()]] {
            assert_eq!(plan(index).unwrap_err().kind(), crate::ErrorKind::Index);
        }
        let message = plan(vec![Index::from(vec![9i64, 1]), none()]).unwrap_err();
        assert!(message.message().starts_with("shape mismatch"), "{message}");
    }

    #[test]
    fn elements_spread_over_a_shape() {
        let spread_out = spread(&[7, 8], &Shape::from([2, 1]), &Shape::from([2, 3]));
        assert_eq!(spread_out, [7, 7, 7, 8, 8, 8]);
    }
}
