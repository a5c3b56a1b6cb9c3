//! Reductions in stages, each of which a compiler for processors makes into code for vectors.
//!
//! XLA's CPU compiler makes of a reduction a loop over its results with one over the reduced elements inside. LLVM makes code
//! for vectors of the innermost loop only, and may not exchange the order of floats, so that each element waits for the one
//! before. In a stage few rows are reduced: the loop over them is written out, and the innermost is one over neighbours, which are as
//! many as a vector holds, or thousands. What a stage leaves is written to memory: fused with the next it would be two loops again.
//! Along the inner axis of 3,162² float32 the greatest took 10 ms in one reduction, and takes 0.8 ms in stages.

use std::cell::Cell;

use hloom_ir::{AxisSet, Reducer, Shape};

use crate::builder::{Form, Judgement, is_in_memory};
use crate::value::Value;

use super::{binary, combination, layout};

/// The most elements that one stage makes one: LLVM does not write out the loop over 32 of them.
const MOST: usize = 16;

/// The fewest, of which a stage leaves many.
const FEWEST: usize = 4;

/// From this size on the stages, which are calls of their own, take less time than they save.
const MIN_SIZE: usize = 4096;

/// How many bytes a vector holds.
const VECTOR: usize = 64;

/// The most bytes of a run of neighbours that code without a loop combines with those of the other rows.
const SHORT: usize = 96;

/// The fewest bytes of a run for which a loop takes little time to begin and to end. For runs between, it takes twice as long as
/// for shorter and longer ones.
const LONG: usize = 4096;

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
    let reduced = |x: Value<'b>, axis| x.reduce(reducer.neutral(x.dtype()), AxisSet::from_iter([axis]), computation);
    let both = |x, y| binary::combined(reducer.row(), x, y);
    let mut left = x.reshape(&line.shape(&[line.extent]));
    if line.extent <= MOST {
        return reduced(left, 1).reshape(&line.shape(&[1]));
    }
    let (is_cheap, widest) = made_of(x);
    let element_bytes = line.inner * widest;
    let mut extent = line.extent;
    let mut parts = Vec::new();
    while extent > MOST {
        let stage = Stage::of(extent, element_bytes, !is_cheap && extent == line.extent);
        let n_taken = extent - stage.rest(extent);
        if n_taken < extent {
            parts.push(reduced(layout::range(left, 1, n_taken, extent), 1).reshape(&line.shape(&[1])));
        }
        let rows = layout::range(left, 1, 0, n_taken);
        let rows = rows.reshape(&line.shape(&[stage.n_blocks, stage.n_rows, stage.width]));
        extent = stage.n_left();
        left = reduced(rows, 2).barrier().reshape(&line.shape(&[extent]));
    }
    // In pairs, so that few wait for others.
    parts.extend((0..extent).map(|idx| layout::range(left, 1, idx, idx + 1)));
    while parts.len() > 1 {
        parts = parts.chunks(2).filter_map(|pair| pair.iter().copied().reduce(both)).collect();
    }
    parts.pop().unwrap_or(left)
}

/// Whether XLA computes elements again for each reader, and the most bytes that anything takes that an element is computed from.
fn made_of(x: Value<'_>) -> (bool, usize) {
    let widest = Cell::new(x.dtype().size());
    let size = x.shape().size();
    let judge = |opcode: &str, form: &Form| {
        if let Form::Array(ty) = form
            && ty.shape.size() == size
        {
            widest.set(widest.get().max(ty.dtype.size()));
        }
        match opcode {
            _ if is_in_memory(opcode) => Judgement::Known,
            "iota" => Judgement::Known,
            "abs" | "add" | "and" | "bitcast-convert" | "broadcast" | "compare" | "convert" | "maximum" | "minimum"
            | "multiply" | "negate" | "not" | "or" | "reshape" | "select" | "slice" | "subtract" | "xor" => {
                Judgement::AsItsOperands
            }
            _ => Judgement::Refused,
        }
    };
    (x.builder().is_made_of(x, judge), widest.get())
}

/// How a line is taken apart: blocks of rows, each of which becomes one row.
#[derive(Clone, Copy, Debug)]
struct Stage {
    n_blocks: usize,
    n_rows: usize,
    width: usize,
}

impl Stage {
    /// The stage that takes the least time, of a line whose elements have so many bytes. What is computed once leaves nothing
    /// over if it can: XLA would write what an expensive function yields to memory for two readers.
    fn of(extent: usize, element_bytes: usize, is_computed_once: bool) -> Stage {
        let stages = (FEWEST..=MOST).rev().flat_map(|n_rows| {
            let spread = Stage { n_blocks: 1, n_rows, width: extent / n_rows };
            let widths = 1..=(SHORT / element_bytes).min(extent / n_rows);
            let blocks = widths.map(move |width| Stage { n_blocks: extent / (n_rows * width), n_rows, width });
            std::iter::once(spread).chain(blocks)
        });
        // Beside an expensive function no loop takes long.
        let of_a_loop = if is_computed_once { 1 } else { 2 };
        let cost =
            |stage: &Stage| (is_computed_once && stage.rest(extent) > 0, stage.cost(extent, element_bytes, of_a_loop));
        let least = stages.min_by_key(cost);
        least.unwrap_or(Stage { n_blocks: 1, n_rows: extent, width: 1 })
    }

    /// How many elements it leaves, apart from those that are left over.
    fn n_left(self) -> usize {
        self.n_blocks * self.width
    }

    /// How many elements are left over.
    fn rest(self, extent: usize) -> usize {
        extent - self.n_left() * self.n_rows
    }

    /// The time that it takes, in vectors that are read. What is left over is combined one element after another, each of which
    /// takes as long as a vector. A loop over runs that are neither short nor long takes `of_a_loop` times as long.
    fn cost(self, extent: usize, element_bytes: usize, of_a_loop: usize) -> usize {
        let run = self.width * element_bytes;
        let vectors = run.div_ceil(VECTOR) * if run > SHORT && run < LONG { of_a_loop } else { 1 };
        self.n_blocks * (self.n_rows + 2) * vectors + self.rest(extent) * element_bytes.div_ceil(VECTOR)
    }
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
        for extent in (MOST + 1..2_000).chain((2_000..10_000).step_by(7)).chain([99_991, 9_998_243, 10_000_000]) {
            for (element_bytes, is_computed_once) in [(1, true), (4, true), (4, false), (8, false), (800, true)] {
                let stage = Stage::of(extent, element_bytes, is_computed_once);
                assert!((FEWEST..=MOST).contains(&stage.n_rows) && stage.n_left() > 0, "{extent}: {stage:?}");
                assert!(stage.rest(extent) < MOST.max(extent / 8), "{extent}: {stage:?}");
            }
        }
    }

    #[test]
    fn rows_are_short_or_long() {
        let width = |extent, element_bytes| Stage::of(extent, element_bytes, false).width;
        assert_eq!(width(3_200, 4), 16);
        assert_eq!(width(3_200, 8), 8);
        assert_eq!(width(3_200, 1), 64);
        assert_eq!(width(10_240_000, 4), 10_240_000 / 16);
        // Neighbours along another axis are a run already.
        assert_eq!(width(25_000, 400 * 4), 25_000 / 16);
    }
}
