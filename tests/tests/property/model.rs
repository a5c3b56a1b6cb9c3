//! NumPy's indexing written down once more, element by element and without regard to speed.
//!
//! Shares nothing with the library but the meaning.

use hloom::{Index, NdArray};

use super::dice::Dice;

/// An entry of an index, in plain data.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    At(i64),
    Slice(Option<i64>, Option<i64>, i64),
    Ellipsis,
    NewAxis,
    Integers(Vec<usize>, Vec<i64>),
    Mask(Vec<usize>, Vec<bool>),
}

impl Entry {
    pub(super) fn to_index(&self) -> Index {
        match self {
            Entry::At(position) => Index::At(*position),
            Entry::Slice(start, stop, step) => Index::Slice { start: *start, stop: *stop, step: *step },
            Entry::Ellipsis => Index::Ellipsis,
            Entry::NewAxis => Index::NewAxis,
            Entry::Integers(shape, values) => Index::Array(NdArray::from(values.clone()).reshape(shape.as_slice())),
            Entry::Mask(shape, values) => Index::Array(NdArray::from(values.clone()).reshape(shape.as_slice())),
        }
    }

    /// The axes that the entry takes; an ellipsis takes what is left.
    fn n_axes(&self) -> usize {
        match self {
            Entry::At(_) | Entry::Slice(..) | Entry::Integers(..) => 1,
            Entry::Ellipsis | Entry::NewAxis => 0,
            Entry::Mask(shape, _) => shape.len(),
        }
    }
}

/// An index that NumPy takes for an array of a shape. `basic` leaves arrays and masks out.
pub(super) fn draw(dice: &mut Dice, shape: &[usize], basic: bool) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut axis = 0;
    let mut ellipsis_allowed = true;
    // Index arrays broadcast: each has this shape, or one that broadcasts to it.
    let common: Vec<usize> = (0..dice.below(3)).map(|_| 1 + dice.below(3)).collect();
    while axis < shape.len() {
        let extent = shape[axis];
        match dice.below(if basic { 7 } else { 10 }) {
            0..=2 => {
                let mut bound = || match dice.below(3) {
                    0 => None,
                    1 => Some(dice.between(-6, 6)),
                    _ => Some([i64::MIN, i64::MAX, -1, 0][dice.below(4)]),
                };
                let (start, stop) = (bound(), bound());
                let step = [1, 1, 2, -1, -2, 3, -3, i64::MAX, i64::MIN][dice.below(9)];
                entries.push(Entry::Slice(start, stop, step));
                axis += 1;
            }
            3 | 4 if extent > 0 => {
                entries.push(Entry::At(position(dice, extent)));
                axis += 1;
            }
            5 => entries.push(Entry::NewAxis),
            6 if ellipsis_allowed => {
                ellipsis_allowed = false;
                entries.push(Entry::Ellipsis);
                axis += dice.below(shape.len() - axis + 1);
            }
            7 | 8 if extent > 0 => {
                let mut own: Vec<usize> = common[dice.below(common.len() + 1)..].to_vec();
                for extent in &mut own {
                    if dice.once_in(4) {
                        *extent = 1;
                    }
                }
                let values = (0..own.iter().product()).map(|_| position(dice, extent)).collect();
                entries.push(Entry::Integers(own, values));
                axis += 1;
            }
            // A mask gives as many positions as it has truths, which no other array may contradict.
            9 if !entries.iter().any(|entry| matches!(entry, Entry::Integers(..) | Entry::Mask(..))) => {
                let n_axes = 1 + dice.below((shape.len() - axis).min(2));
                let own = shape[axis..axis + n_axes].to_vec();
                let values = (0..own.iter().product()).map(|_| dice.once_in(2)).collect();
                entries.push(Entry::Mask(own, values));
                axis += n_axes;
                break;
            }
            _ => break,
        }
        if entries.len() > 8 {
            break;
        }
    }
    if !ellipsis_allowed {
        // The ellipsis would take the axes that were left over too, and shift the entries after it.
        entries.resize(entries.len() + shape.len() - axis, Entry::Slice(None, None, 1));
    }
    entries
}

fn position(dice: &mut Dice, extent: usize) -> i64 {
    dice.between(-(extent as i64), extent as i64 - 1)
}

/// An axis of the result: from an axis of the array, or new.
enum Part {
    Basic { axis: Option<usize>, positions: Vec<usize> },
    Advanced { axis: usize, shape: Vec<usize>, positions: Vec<usize> },
}

/// The shape that an index names, and for each of its elements the row-major place in the array.
pub(super) fn places(shape: &[usize], entries: &[Entry]) -> (Vec<usize>, Vec<usize>) {
    let taken: usize = entries.iter().map(Entry::n_axes).sum();
    let mut whole: Vec<Entry> = entries.to_vec();
    if !whole.iter().any(|entry| matches!(entry, Entry::Ellipsis)) {
        whole.push(Entry::Ellipsis);
    }
    let is_array = |entry: &Entry| matches!(entry, Entry::Integers(..) | Entry::Mask(..));
    let has_arrays = whole.iter().any(is_array);
    let is_advanced = |entry: &Entry| is_array(entry) || has_arrays && matches!(entry, Entry::At(_));
    // Arrays with anything between them, an ellipsis for no axis too, put their axes in front.
    let firsts =
        (0..whole.len()).filter(|&idx| is_advanced(&whole[idx]) && (idx == 0 || !is_advanced(&whole[idx - 1])));
    let in_front = firsts.count() > 1;
    let mut parts = Vec::new();
    let mut axis = 0;
    for entry in &whole {
        match entry {
            Entry::At(at) => {
                let at = from_end(*at, shape[axis]);
                parts.push(Part::Advanced { axis, shape: Vec::new(), positions: vec![at] });
                axis += 1;
            }
            Entry::Slice(start, stop, step) => {
                parts.push(Part::Basic { axis: Some(axis), positions: slice(*start, *stop, *step, shape[axis]) });
                axis += 1;
            }
            Entry::NewAxis => parts.push(Part::Basic { axis: None, positions: vec![0] }),
            Entry::Ellipsis => {
                for _ in 0..shape.len() - taken {
                    parts.push(Part::Basic { axis: Some(axis), positions: (0..shape[axis]).collect() });
                    axis += 1;
                }
            }
            Entry::Integers(own, values) => {
                let positions = values.iter().map(|&value| from_end(value, shape[axis])).collect();
                parts.push(Part::Advanced { axis, shape: own.clone(), positions });
                axis += 1;
            }
            Entry::Mask(own, values) => {
                let truths: Vec<usize> = (0..values.len()).filter(|&flat| values[flat]).collect();
                for inner in 0..own.len() {
                    let stride: usize = own[inner + 1..].iter().product();
                    let positions: Vec<usize> = truths.iter().map(|flat| flat / stride % own[inner]).collect();
                    parts.push(Part::Advanced { axis, shape: vec![positions.len()], positions });
                    axis += 1;
                }
            }
        }
    }
    gather(shape, &parts, has_arrays, in_front)
}

fn gather(shape: &[usize], parts: &[Part], has_arrays: bool, in_front: bool) -> (Vec<usize>, Vec<usize>) {
    let advanced: Vec<&Vec<usize>> = parts
        .iter()
        .filter_map(|part| if let Part::Advanced { shape, .. } = part { Some(shape) } else { None })
        .collect();
    let common = broadcast(&advanced).expect("an index was drawn whose arrays broadcast");
    let mut before = 0;
    let mut result = Vec::new();
    for part in parts {
        match part {
            Part::Basic { positions, .. } => result.push(positions.len()),
            Part::Advanced { .. } if before == 0 && !advanced.is_empty() => {
                before = result.len() + 1;
            }
            Part::Advanced { .. } => {}
        }
    }
    let at = if in_front || !has_arrays { 0 } else { before - 1 };
    result.splice(at..at, common.iter().copied());
    let mut places = Vec::new();
    for flat in 0..result.iter().product() {
        let multi = unravel(flat, &result);
        let array_part = &multi[at..at + common.len()];
        let mut rest = multi[..at].iter().chain(&multi[at + common.len()..]);
        let mut source = vec![0; shape.len()];
        for part in parts {
            match part {
                Part::Basic { axis, positions } => {
                    let position = positions[*rest.next().expect("the result has an axis for each part")];
                    if let Some(axis) = axis {
                        source[*axis] = position;
                    }
                }
                Part::Advanced { axis, shape: own, positions } => {
                    source[*axis] = positions[ravel(&broadcast_index(array_part, own), own)];
                }
            }
        }
        places.push(ravel(&source, shape));
    }
    (result, places)
}

fn from_end(position: i64, extent: usize) -> usize {
    (if position < 0 { position + extent as i64 } else { position }) as usize
}

/// Python's positions of a slice, one after another.
fn slice(start: Option<i64>, stop: Option<i64>, step: i64, extent: usize) -> Vec<usize> {
    let (n, step) = (extent as i128, i128::from(step));
    let bound = |bound: i64, low: i128, high: i128| {
        let bound = i128::from(bound);
        (if bound < 0 { bound + n } else { bound }).clamp(low, high)
    };
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let (first, last) = if step > 0 { (low, high) } else { (high, low) };
    let mut position = start.map_or(first, |start| bound(start, low, high));
    let stop = stop.map_or(last, |stop| bound(stop, low, high));
    let mut positions = Vec::new();
    while if step > 0 { position < stop } else { position > stop } {
        positions.push(position as usize);
        position += step;
    }
    positions
}

/// The shape that shapes broadcast to, if they do.
pub(super) fn broadcast(shapes: &[&Vec<usize>]) -> Option<Vec<usize>> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    (0..ndim)
        .map(|axis| {
            let mut extents =
                shapes.iter().filter_map(|shape| (axis + shape.len()).checked_sub(ndim).map(|own| shape[own]));
            extents.try_fold(1, |merged, extent| match (merged, extent) {
                (1, extent) => Some(extent),
                (merged, 1) => Some(merged),
                (merged, extent) => (merged == extent).then_some(merged),
            })
        })
        .collect()
}

/// The index into an array of shape `own` that a broadcast index stands for.
pub(super) fn broadcast_index(index: &[usize], own: &[usize]) -> Vec<usize> {
    let offset = index.len() - own.len();
    own.iter().enumerate().map(|(axis, &extent)| if extent == 1 { 0 } else { index[offset + axis] }).collect()
}

/// The index of the row-major place `flat`.
pub(super) fn unravel(mut flat: usize, shape: &[usize]) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    for axis in (0..shape.len()).rev() {
        index[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    index
}

/// The row-major place of an index.
pub(super) fn ravel(index: &[usize], shape: &[usize]) -> usize {
    index.iter().zip(shape).fold(0, |flat, (&position, &extent)| flat * extent + position)
}
