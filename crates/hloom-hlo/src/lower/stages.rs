//! Reductions in stages, each of which a compiler for processors makes into code for vectors.
//!
//! XLA's CPU compiler makes of a reduction a loop over its results with one over the reduced elements inside. LLVM makes code
//! for vectors of the innermost loop only, and may not exchange the order of floats, so that each element waits for the one
//! before. In a stage few rows are reduced: the loop over them is written out, and the innermost is one over neighbours, which are as
//! many as a vector holds, or thousands. What a stage leaves is written to memory: fused with the next it would be two loops again.
//! Along the inner axis of 3,162² float32 the greatest took 10 ms in one reduction, and takes 0.8 ms in stages.

use std::cell::Cell;

use hloom_ir::{AxisSet, Reducer, Shape, Type};

use crate::builder::{Form, Judgement, is_in_memory};
use crate::value::Value;

use super::{binary, combination, layout};

/// From so many elements on a line is reduced in stages.
const MOST: usize = 16;

/// The most rows of short runs, and of long ones, of which a processor follows only so many.
const MOST_SHORT: usize = 25;
const MOST_LONG: usize = 16;

/// The fewest, of which a stage leaves many, and the fewest where nothing must be left over.
const FEWEST: usize = 4;
const FEWEST_OF_ALL: usize = 2;

/// How many instructions LLVM writes out for a loop over rows, and how many each row has beside what its elements are computed by.
const WRITTEN: usize = 272;
const OF_A_ROW: usize = 9;

/// How many instructions an integer's quotient counts as, which is written as products and shifts.
const QUOTIENT: usize = 8;

/// From this size on the stages, which are calls of their own, take less time than they save.
const MIN_SIZE: usize = 4096;

/// From how many instructions on an element takes so long that it does not matter how long its run is.
const SLOW: usize = 30;

/// How many bytes a vector holds. If elements are converted on the way, only pairs of vectors are read at full speed.
const VECTOR: usize = 32;

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
    let mut elements = MadeOf::of(x);
    let mut extent = line.extent;
    let mut parts = Vec::new();
    while extent > MOST {
        let stage = Stage::of(extent, line.inner, elements);
        let n_taken = extent - stage.rest(extent);
        if n_taken < extent {
            parts.push(reduced(layout::range(left, 1, n_taken, extent), 1).reshape(&line.shape(&[1])));
        }
        let rows = layout::range(left, 1, 0, n_taken);
        let rows = rows.reshape(&line.shape(&[stage.n_blocks, stage.n_rows, stage.width]));
        extent = stage.n_left();
        elements = MadeOf::in_memory(x);
        left = reduced(rows, 2).barrier().reshape(&line.shape(&[extent]));
    }
    // In pairs, so that few wait for others.
    parts.extend((0..extent).map(|idx| layout::range(left, 1, idx, idx + 1)));
    while parts.len() > 1 {
        parts = parts.chunks(2).filter_map(|pair| pair.iter().copied().reduce(both)).collect();
    }
    parts.pop().unwrap_or(left)
}

/// What the elements of an array are computed by where they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct MadeOf {
    /// Whether XLA computes them again for each reader.
    is_cheap: bool,
    /// The most bytes that anything takes that an element is computed from.
    widest: usize,
    /// Whether all of it takes that many.
    is_uniform: bool,
    /// How many instructions an element takes.
    n_instructions: usize,
}

impl MadeOf {
    fn in_memory(x: Value<'_>) -> MadeOf {
        MadeOf { is_cheap: true, widest: x.dtype().size(), is_uniform: true, n_instructions: 0 }
    }

    fn of(x: Value<'_>) -> MadeOf {
        let found = Cell::new(MadeOf::in_memory(x));
        let size = x.shape().size();
        x.builder().is_made_of(x, |opcode, form| {
            let Form::Array(Type { dtype, shape }) = form else { return Judgement::Known };
            let mut known = found.get();
            let is_of_each_element = shape.size() == size && opcode != "broadcast";
            if is_of_each_element {
                known.is_uniform &= dtype.size() == known.widest;
                known.widest = known.widest.max(dtype.size());
            }
            let is_known = is_in_memory(opcode) || opcode == "iota";
            let n_instructions = match opcode {
                _ if is_known => 0,
                "broadcast" | "reshape" | "slice" => 0,
                "divide" | "remainder" if dtype.is_integer() => QUOTIENT,
                _ => 1,
            };
            known.n_instructions += if is_of_each_element { n_instructions } else { 0 };
            known.is_cheap &= n_instructions == 0 || is_computed_again(opcode);
            found.set(known);
            if is_known { Judgement::Known } else { Judgement::AsItsOperands }
        });
        found.get()
    }

    /// The most rows over which LLVM writes out a loop.
    fn most_rows(self) -> usize {
        (WRITTEN / (OF_A_ROW + self.n_instructions)).clamp(FEWEST, MOST_SHORT)
    }

    /// How many vectors a run of so many bytes is read in. Behind the last, ever smaller ones are read.
    fn vectors(self, run: usize) -> usize {
        let n_together = if self.is_uniform { 1 } else { 2 };
        let together = n_together * VECTOR;
        let n_left_over = (run % together).div_ceil(self.widest);
        // Functions are computed for one after another of them.
        let n_rests = if self.is_cheap { n_left_over.count_ones() as usize } else { n_left_over };
        n_together * (run / together + n_rests)
    }
}

/// Whether XLA computes what an instruction yields again for each reader.
fn is_computed_again(opcode: &str) -> bool {
    matches!(
        opcode,
        "abs"
            | "add"
            | "and"
            | "bitcast-convert"
            | "compare"
            | "convert"
            | "maximum"
            | "minimum"
            | "multiply"
            | "negate"
            | "not"
            | "or"
            | "select"
            | "subtract"
            | "xor"
    )
}

/// How a line is taken apart: blocks of rows, each of which becomes one row.
#[derive(Clone, Copy, Debug)]
struct Stage {
    n_blocks: usize,
    n_rows: usize,
    width: usize,
}

impl Stage {
    /// The stage that takes the least time, of a line of elements with so many neighbours each. What is computed once leaves
    /// nothing over if it can: XLA would write what an expensive function yields to memory for two readers.
    fn of(extent: usize, inner: usize, elements: MadeOf) -> Stage {
        let element_bytes = inner * elements.widest;
        let most = elements.most_rows();
        let fewest = if elements.is_cheap { FEWEST } else { FEWEST_OF_ALL };
        let stages = (fewest..=most).rev().flat_map(|n_rows| {
            let spread = Stage { n_blocks: 1, n_rows, width: extent / n_rows };
            let widths = 1..=(SHORT / element_bytes).min(extent / n_rows);
            let blocks = widths.map(move |width| Stage { n_blocks: extent / (n_rows * width), n_rows, width });
            std::iter::once(spread).filter(move |_| n_rows <= MOST_LONG).chain(blocks)
        });
        let cost = |stage: &Stage| {
            let has_rest = !elements.is_cheap && stage.rest(extent) > 0;
            (has_rest, stage.cost(extent, inner, elements))
        };
        let least = stages.filter(|stage| stage.n_left() > 0).min_by_key(cost);
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

    /// The time that it takes, in vectors that are read; to write a row takes three more, of a long one two, and to begin a block two. What is
    /// left over takes as long as eight and two for each element, as they are combined one after another. A loop over runs that are
    /// neither short nor long takes twice as long, unless it computes a function, which takes longer.
    fn cost(self, extent: usize, inner: usize, elements: MadeOf) -> usize {
        let element_bytes = inner * elements.widest;
        let run = self.width * element_bytes;
        let is_between = run > SHORT && run < LONG && elements.n_instructions < SLOW;
        let vectors = elements.vectors(run) * if is_between { 2 } else { 1 };
        let written = if run < LONG { 3 } else { 2 };
        let of_rest = match self.rest(extent) {
            0 => 0,
            rest => 8 + 2 * rest * element_bytes.div_ceil(2 * VECTOR),
        };
        self.n_blocks * ((self.n_rows + written) * vectors + 2) + of_rest
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

    const FLOATS: MadeOf = MadeOf { is_cheap: true, widest: 4, is_uniform: true, n_instructions: 0 };

    #[test]
    fn a_stage_leaves_few_elements_over() {
        let kinds = [
            FLOATS,
            MadeOf { widest: 1, ..FLOATS },
            MadeOf { widest: 8, is_uniform: false, n_instructions: 7, ..FLOATS },
            MadeOf { is_cheap: false, n_instructions: 40, ..FLOATS },
        ];
        for extent in (MOST + 1..2_000).chain((2_000..10_000).step_by(7)).chain([99_991, 9_998_243, 10_000_000]) {
            for (inner, elements) in kinds.into_iter().flat_map(|kind| [(1, kind), (200, kind)]) {
                let stage = Stage::of(extent, inner, elements);
                let most = elements.most_rows();
                assert!((FEWEST_OF_ALL..=most).contains(&stage.n_rows) && stage.n_left() > 0, "{extent}: {stage:?}");
                assert!(stage.rest(extent) < MOST_SHORT.max(extent / 8), "{extent}: {stage:?}");
            }
        }
    }

    #[test]
    fn rows_are_short_or_long() {
        let shape = |extent, inner, elements| {
            let Stage { n_rows, width, .. } = Stage::of(extent, inner, elements);
            [n_rows, width]
        };
        let of = |widest| MadeOf { widest, ..FLOATS };
        assert_eq!(shape(3_200, 1, of(4)), [25, 16]);
        assert_eq!(shape(3_200, 1, of(8)), [25, 8]);
        assert_eq!(shape(3_200, 1, of(1)), [25, 64]);
        assert_eq!(shape(1_000, 1, of(4)), [25, 8]);
        assert_eq!(shape(10_240_000, 1, of(4)), [16, 10_240_000 / 16]);
        // Neighbours along another axis are a run already.
        assert_eq!(shape(25_000, 400, of(4)), [16, 25_000 / 16]);
        // Where each element takes many instructions, the loop over rows is written out for few.
        assert_eq!(shape(3_200, 1, MadeOf { is_cheap: false, n_instructions: 40, ..FLOATS }), [5, 640]);
    }
}
