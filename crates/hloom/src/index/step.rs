//! From entries to steps: each entry with the axes that it takes. The elements of index arrays are read here, which may
//! compile and run programs.

use hloom_ir::{Access, DType, Kind, Shape};

use super::Index;
use super::cut::{Cut, no_position, slice, within};
use crate::{Error, NdArray, Result};

/// An entry, once it is known how many axes it takes.
pub(super) enum Step {
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
    Traced(ComputedIndex),
    /// A 0-d bool: takes no axis, but one array of no or one position.
    Truth(bool),
}

/// The positions that an index array names.
#[derive(Clone, Debug)]
pub(super) enum Positions {
    /// In a plan, within bounds and of the broadcast shape.
    Known(Vec<i64>),
    /// Of a shape that broadcasts to it.
    Traced(ComputedIndex),
}

/// An integer array of a trace, whose elements are known when the program runs.
#[derive(Clone, Debug)]
pub(super) struct ComputedIndex {
    /// The positions, as the user has them.
    pub(super) array: NdArray,
    /// The axis that they are on.
    pub(super) axis: usize,
}

/// Resolves every entry against the axes it takes, with the ellipsis filled in.
#[track_caller]
pub(super) fn steps(access: Access, shape: &Shape, index: Vec<Index>) -> Result<Vec<Step>> {
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
        let traced = ComputedIndex { array: array.clone(), axis: first_axis };
        steps.push(match ty.shape.is_empty() {
            true => Step::Traced(traced),
            false => Step::Positions { shape: ty.shape, positions: Positions::Traced(traced) },
        });
        return Ok(());
    }
    if ty.dtype.kind() != Kind::Bool {
        let mut positions = array.astype(DType::I64).elements::<i64>(access.name())?;
        let beyond_signed = ty.dtype == DType::U64;
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
    if ty.shape.is_empty() {
        let truths = array.elements::<bool>(access.name())?;
        steps.push(Step::Truth(truths.first().copied().unwrap_or(false)));
        return Ok(());
    }
    let positions = match ty.shape.size() {
        0 => vec![Vec::new(); ty.shape.ndim()],
        _ => nonzero(array, &ty.shape, access.name())?,
    };
    steps.extend(positions.into_iter().map(|positions| Step::Positions {
        shape: Shape::from([positions.len()]),
        positions: Positions::Known(positions),
    }));
    Ok(())
}

/// The positions of the true elements of a bool array along each axis, in row-major order. Reads the array.
#[track_caller]
pub(super) fn nonzero(array: &NdArray, shape: &Shape, what: &'static str) -> Result<Vec<Vec<i64>>> {
    array.materialize(what)?.read(|truths| true_positions(truths, shape))
}

/// The positions of the bytes that are not zero.
fn true_positions(truths: &[u8], shape: &Shape) -> Vec<Vec<i64>> {
    let n_true = truths.iter().filter(|&&truth| truth != 0).count();
    let Some((&extent, outer)) = shape.split_last() else { return Vec::new() };
    // One more, as each element is written and only then found to count or not.
    let mut positions = vec![vec![0; n_true + 1]; shape.ndim()];
    let mut end = 0;
    for (line, truths) in truths.chunks_exact(extent.max(1)).enumerate() {
        let start = end;
        end = append_true(truths, &mut positions[outer.len()], start);
        let mut rest = line;
        for axis in (0..outer.len()).rev() {
            positions[axis][start..end].fill((rest % shape[axis]) as i64);
            rest /= shape[axis];
        }
    }
    positions.iter_mut().for_each(|positions| positions.truncate(n_true));
    positions
}

/// Writes where a line is true to positions from `end` on, of which there is one more than that takes; the new end.
///
/// Without branches on elements, which take ten times as long where they cannot be foreseen.
fn append_true(truths: &[u8], positions: &mut [i64], mut end: usize) -> usize {
    const CHUNK: usize = 16;
    let mut append = |at: usize, truth: u8| {
        positions[end] = at as i64;
        end += usize::from(truth != 0);
    };
    for (idx, chunk) in truths.chunks(CHUNK).enumerate() {
        if chunk.iter().any(|&truth| truth != 0) {
            chunk.iter().enumerate().for_each(|(offset, &truth)| append(CHUNK * idx + offset, truth));
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_what_is_not_zero() {
        for shape in [vec![0], vec![1], vec![5, 0], vec![15], vec![16], vec![3, 33], vec![2, 3, 40], vec![4096 + 5]] {
            let shape = Shape::from(shape.as_slice());
            for keep in
                [|_| true, |_| false, |at: usize| at.is_multiple_of(3), |at| at % 37 == 36, |at| at / 20 % 2 == 0]
            {
                let truths: Vec<u8> = (0..shape.size()).map(|at| u8::from(keep(at))).collect();
                let mut expected = vec![Vec::new(); shape.ndim()];
                for flat in (0..shape.size()).filter(|&at| keep(at)) {
                    let mut rest = flat;
                    for axis in (0..shape.ndim()).rev() {
                        expected[axis].push((rest % shape[axis]) as i64);
                        rest /= shape[axis];
                    }
                }
                assert_eq!(true_positions(&truths, &shape), expected, "{shape:?}");
            }
        }
    }
}
