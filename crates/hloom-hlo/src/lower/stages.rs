//! Reductions in stages, each of which a compiler for processors makes into code for vectors.
//!
//! XLA's CPU compiler makes of a reduction a loop over its results with one over the reduced elements inside. LLVM makes code
//! for vectors of the innermost loop only, and may not exchange the order of floats, so that each element waits for the one
//! before. In a stage few elements are reduced, which stand far apart: the loop over them is written out, and the
//! innermost is one over neighbours. What a stage leaves is written to memory: fused with the next it would be two loops again.
//! Along the inner axis of 3,162² float32 the greatest took 10 ms in one reduction, and takes 1.2 ms in stages.

use hloom_ir::{AxisSet, Reducer, Shape};

use crate::value::Value;

use super::{binary, combination, layout};

/// The most elements that one stage makes one: LLVM does not write out the loop over 32 of them.
const MOST: usize = 16;

/// The fewest, of which a stage leaves many.
const FEWEST: usize = 4;

/// From this size on the stages, which are calls of their own, take less time than they save.
const MIN_SIZE: usize = 4096;

/// How many elements a vector holds.
const VECTOR: usize = 16;

/// Rows of fewer neighbours are a multiple of what a vector holds.
const SHORT: usize = 64;

/// Whether elements along axes are made one in stages.
pub(super) fn are_worth_it(x: Value<'_>, axes: AxisSet) -> bool {
    let shape = x.shape();
    x.builder().module().target().is_cpu()
        && shape.size() >= MIN_SIZE
        && lines(&shape, axes).any(|line| line.extent > MOST)
}

/// The elements along axes made one, in any order.
pub(super) fn reduce<'b>(x: Value<'b>, reducer: Reducer, axes: AxisSet) -> Value<'b> {
    let kept = x.shape().without(axes);
    // The last first, whose results are the most.
    lines(&x.shape(), axes).fold(x, |x, line| of_line(x, reducer, line)).reshape(&kept)
}

/// Reduced axes beside each other, as one: what is before them, their own extent, and what is behind.
#[derive(Clone, Copy)]
struct Line {
    outer: usize,
    extent: usize,
    inner: usize,
}

impl Line {
    fn shape(self, split: &[usize]) -> Shape {
        [self.outer].iter().chain(split).chain([&self.inner]).copied().collect()
    }
}

/// Groups of reduced axes beside each other, from the last to the first; what is behind one is reduced before it.
fn lines(shape: &Shape, axes: AxisSet) -> impl Iterator<Item = Line> + use<'_> {
    let mut ends = Vec::new();
    let mut axis = shape.ndim();
    while let Some(last) = (0..axis).rev().find(|&axis| axes.contains(axis)) {
        let first = (0..last).rev().take_while(|&axis| axes.contains(axis)).last().unwrap_or(last);
        ends.push(first..last + 1);
        axis = first;
    }
    ends.into_iter().map(move |range| Line {
        outer: shape[..range.start].iter().product(),
        inner: (range.end..shape.ndim()).filter(|&axis| !axes.contains(axis)).map(|axis| shape[axis]).product(),
        extent: shape[range].iter().product(),
    })
}

/// The elements of a line made one, its extent 1.
fn of_line<'b>(x: Value<'b>, reducer: Reducer, line: Line) -> Value<'b> {
    let computation = combination::apart(x.builder().module(), reducer, x.dtype());
    let reduced = |x: Value<'b>| x.reduce(reducer.neutral(x.dtype()), AxisSet::from_iter([1]), computation);
    let both = |x, y| binary::combined(reducer.row(), x, y);
    let mut left = x.reshape(&line.shape(&[line.extent]));
    if line.extent <= MOST {
        return reduced(left).reshape(&line.shape(&[1]));
    }
    let mut extent = line.extent;
    let mut parts = Vec::new();
    while extent > MOST {
        let (n_rows, width) = split(extent, line.inner, extent == line.extent);
        let n_taken = n_rows * width;
        if n_taken < extent {
            parts.push(reduced(layout::range(left, 1, n_taken, extent)).reshape(&line.shape(&[1])));
        }
        let rows = layout::range(left, 1, 0, n_taken).reshape(&line.shape(&[n_rows, width]));
        (left, extent) = (reduced(rows).barrier(), width);
    }
    // In pairs, so that few wait for others.
    parts.extend((0..extent).map(|idx| layout::range(left, 1, idx, idx + 1)));
    while parts.len() > 1 {
        parts = parts.chunks(2).filter_map(|pair| pair.iter().copied().reduce(both)).collect();
    }
    parts.pop().unwrap_or(left)
}

/// How many rows of how many neighbours a stage has. What is left over is added up one element after another, each of which
/// takes as long as a vector. The first stage leaves nothing over if it can: XLA would write what an expensive function yields to
/// memory for two readers.
fn split(extent: usize, inner: usize, is_first: bool) -> (usize, usize) {
    let width = |n_rows: usize| match extent / n_rows {
        // A short row is one vector or a few, of four elements or a multiple.
        width if inner == 1 && width < SHORT => width / 4 * 4,
        width => width,
    };
    let cost = |n_rows: usize| {
        let rest = extent - n_rows * width(n_rows);
        (is_first && rest > 0, VECTOR * rest + width(n_rows))
    };
    let n_rows = (FEWEST..=MOST).rev().min_by_key(|&n_rows| cost(n_rows)).unwrap_or(MOST);
    (n_rows, width(n_rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_beside_each_other_are_one_line() {
        let shape = Shape::from([2, 3, 5, 7, 11]);
        let of = |axes: &[usize]| -> Vec<[usize; 3]> {
            let lines = lines(&shape, axes.iter().copied().collect());
            lines.map(|line| [line.outer, line.extent, line.inner]).collect()
        };
        assert_eq!(of(&[0, 1, 2, 3, 4]), [[1, 2 * 3 * 5 * 7 * 11, 1]]);
        assert_eq!(of(&[1, 2]), [[2, 15, 77]]);
        assert_eq!(of(&[0, 3, 4]), [[30, 77, 1], [1, 2, 15]]);
    }

    #[test]
    fn a_stage_leaves_few_elements_over() {
        for extent in MOST + 1..10_000 {
            for (inner, is_first) in [(1, true), (1, false), (2, true), (2, false)] {
                let (n_rows, width) = split(extent, inner, is_first);
                assert!((FEWEST..=MOST).contains(&n_rows) && width > 0, "{extent}: {n_rows} rows of {width}");
                assert!(extent - n_rows * width < MOST, "{extent}: {n_rows} rows of {width}");
            }
        }
    }
}
