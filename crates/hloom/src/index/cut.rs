//! The positions that an integer or a slice takes of one axis, as Python counts and clips them.

use crate::{Error, Result};

/// The positions that are taken of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// One position, an input of the program; the axis vanishes.
    At(usize),
    /// One position that the program computes, by its number in [`IndexPlan::traced`]; the axis vanishes.
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

impl Cut {
    /// How many positions are taken.
    pub(super) fn len(self) -> usize {
        match self {
            Cut::At(_) | Cut::Traced(_) => 1,
            Cut::Window { len, .. } | Cut::Static { len, .. } => len,
        }
    }

    /// Whether one position is taken, and the axis vanishes.
    pub(super) fn is_single(self) -> bool {
        matches!(self, Cut::At(_) | Cut::Traced(_))
    }

    /// Whether all positions are taken, in order.
    pub(super) fn is_whole(self, extent: usize) -> bool {
        self == Cut::Static { start: 0, len: extent, stride: 1, reversed: false }
    }
}

/// A position counted from the end if negative.
pub(crate) fn within(position: i64, axis: usize, extent: usize) -> Result<usize> {
    let from_start = if position < 0 { position.saturating_add_unsigned(extent as u64) } else { position };
    usize::try_from(from_start)
        .ok()
        .filter(|&position| position < extent)
        .ok_or_else(|| Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}")))
}

/// A slice's positions, clipped to the axis as Python clips them.
pub(crate) fn slice(start: Option<i64>, stop: Option<i64>, step: i64, extent: usize) -> Result<Cut> {
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
    // A part that is small beside its axis is probably one of many that a loop takes one after another: its start
    // is a scalar input, so that the loop compiles once. A part that is most of its axis is probably a shifted view,
    // as in stencils: its start is part of the program, which lets the compiler fuse it.
    if stride == 1 && !reversed && len * 2 <= extent {
        return Ok(Cut::Window { start, len });
    }
    Ok(Cut::Static { start, len, stride, reversed })
}

/// The error of a position on an axis that has none.
pub(super) fn no_position(axis: usize) -> Error {
    Error::index(format!("index is out of bounds for axis {axis} with size 0"))
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
}
