//! Elements combined one after another along an axis. Knows nothing about how two of them are combined.

use hloom_ir::{Binary, Chain, Literal, Shape, Type};

use crate::builder::{Builder, Computation, Form};
use crate::types::int;
use crate::value::Value;
use crate::{Error, Result, Target};

use super::{binary, indexing, layout};

/// The results of combining along an axis. Sums and products of half-precision numbers are taken in float32, and each result
/// is rounded once.
///
/// Processors go through the elements in turn, as NumPy does, with the same rounding. The compiler makes one piece of machine
/// code of a loop whose iterations touch few bytes: a sum of 1 million float64 took 0.45 of the time that NumPy takes. Others,
/// for which each iteration would be a launch, combine by doubling where the grouping is open.
pub(super) fn lower<'b>([x]: [Value<'b>; 1], op: Binary, axis: usize) -> Result<Value<'b>> {
    let (shape, dtype) = (x.shape(), x.dtype());
    let (Some(&extent), Some(outer), Some(inner)) = (shape.get(axis), shape.get(..axis), shape.get(axis + 1..)) else {
        return Err(Error::Internal(format!("{} has no axis {axis}", x.ty())));
    };
    if extent == 1 {
        return Ok(x);
    }
    let is_sum_or_product = op.is_associative() && op.chain() != Chain::Other;
    let wide = if is_sum_or_product { dtype.wide() } else { dtype };
    let x = x.convert(wide);
    let (n_lines, width): (usize, usize) = (outer.iter().product(), inner.iter().product());
    let results = match x.builder().module().target() {
        Target::Other if op.is_associative() => doubled(x.reshape(&Shape::from([n_lines, extent, width])), op)?,
        Target::Cpu | Target::OlderCpu | Target::Other => {
            let rows = x.reshape(&Shape::from([n_lines * extent, width]));
            Loop::new(rows, op, extent).results(rows)?
        }
    };
    Ok(results.reshape(&shape).convert(dtype))
}

/// Whether two elements are combined in a few instructions, which cost nothing to write out several times.
const fn is_short(op: Binary) -> bool {
    matches!(op, Binary::Subtract) || op.is_associative() && !matches!(op, Binary::Gcd | Binary::Lcm | Binary::Hypot)
}

/// Combines with the element one before, then two, then four before, until the first is reached.
fn doubled<'b>(mut x: Value<'b>, op: Binary) -> Result<Value<'b>> {
    const AXIS: usize = 1;
    let ty = x.ty();
    let extent = ty.shape[AXIS];
    let mut distance = 1;
    while distance < extent {
        let before = layout::range(x, AXIS, 0, extent - distance);
        let combined = binary::lower(op, before, layout::range(x, AXIS, distance, extent));
        // Fused with the next step, each would be computed twice there.
        x = layout::join(&[layout::range(x, AXIS, 0, distance), combined], AXIS, &ty)?.barrier();
        distance *= 2;
    }
    Ok(x)
}

/// A loop over rows, which are lines of `extent` rows one after another. Each iteration takes a few rows.
struct Loop {
    op: Binary,
    rows: Type,
    extent: usize,
    n_together: usize,
}

/// What an iteration begins with.
struct State<'b> {
    /// The first row of the iteration.
    row: Value<'b>,
    results: Value<'b>,
    rows: Value<'b>,
    /// The result before the first row, unless an iteration takes whole lines.
    before: Option<Value<'b>>,
    /// If there are several lines and an iteration may take parts of two: how many rows of a line come before the first row,
    /// from 1 on. Where the first row begins a line, it is counted with the line before.
    n_before: Option<Value<'b>>,
}

/// The most rows of an iteration: with 16 float64, it touches more bytes than XLA takes into one piece of machine code.
const MAX_ROWS: usize = 8;

/// The most bytes of the rows of an iteration, if there are several: those that 8 float64 have.
const MAX_BYTES: usize = 64;

impl Loop {
    fn new(rows: Value<'_>, op: Binary, extent: usize) -> Loop {
        let rows = rows.ty();
        let row_bytes = (rows.shape[1] * rows.dtype.size()).max(1);
        let n_together = if is_short(op) { (MAX_BYTES / row_bytes).clamp(1, MAX_ROWS).min(extent) } else { 1 };
        Loop { op, rows, extent, n_together }
    }

    /// The results of all rows.
    fn results<'b>(&self, rows: Value<'b>) -> Result<Value<'b>> {
        let b = rows.builder();
        let n_rows = self.rows.shape[0];
        // What is left over by the iterations comes before them.
        let n_first = match n_rows % self.n_together {
            0 => self.n_together,
            rest => rest,
        };
        let first = self.combined(layout::range(rows, 0, 0, n_first), None, None)?;
        if n_first == n_rows {
            return Ok(first);
        }
        let takes_lines = self.n_together == self.extent;
        let has_several = self.extent < n_rows;
        let results = b.constant(Literal::zero(self.rows.dtype), &self.rows.shape);
        let state = State {
            row: number(b, n_first),
            results: written(results, first, number(b, 0))?,
            rows,
            before: (!takes_lines).then(|| layout::range(first, 0, n_first - 1, n_first)),
            n_before: (has_several && !takes_lines).then(|| number(b, n_first)),
        };
        let state = state.tuple();
        let condition = self.condition(b, state);
        let body = self.body(b, state)?;
        Ok(State::of(b.while_loop(condition, body, state)).results)
    }

    /// Whether there are rows left.
    fn condition(&self, outside: &Builder<'_>, state: Value<'_>) -> Computation {
        let b = outside.module().computation("condition");
        let state = State::of(b.parameter(outside.form(state)));
        b.finish(state.row.below(int(self.rows.shape[0])))
    }

    /// An iteration.
    fn body(&self, outside: &Builder<'_>, state: Value<'_>) -> Result<Computation> {
        let b = outside.module().computation("body");
        let State { row, results, rows, before, n_before } = State::of(b.parameter(outside.form(state)));
        let combined = self.combined(taken(rows, row, self.n_together)?, before, n_before)?;
        let results = written(results, combined, row)?;
        // Read from where it was written, it is not computed a second time.
        let last = |_| taken(results, row + int(self.n_together - 1), 1);
        let next = State {
            row: row + int(self.n_together),
            results,
            rows,
            before: before.map(last).transpose()?,
            n_before: n_before.map(|n_before| {
                let reached = n_before + int(self.n_together);
                reached.above(int(self.extent)).select(reached - int(self.extent), reached)
            }),
        };
        Ok(b.finish(next.tuple()))
    }

    /// The results of some rows, after the result before them. Where rows of the line are counted, one of these may begin
    /// another line.
    fn combined<'b>(
        &self,
        rows: Value<'b>,
        before: Option<Value<'b>>,
        n_before: Option<Value<'b>>,
    ) -> Result<Value<'b>> {
        let mut results: Vec<Value<'b>> = Vec::new();
        for idx in 0..rows.shape()[0] {
            let row = layout::range(rows, 0, idx, idx + 1);
            let result = match (results.last().copied().or(before), n_before) {
                (None, _) => row,
                (Some(before), None) => binary::lower(self.op, before, row),
                (Some(before), Some(n_before)) => {
                    let is_start = (n_before + int(idx)).equals(int(self.extent)).broadcast(&row.shape());
                    is_start.select(row, binary::lower(self.op, before, row))
                }
            };
            results.push(result);
        }
        match results[..] {
            [only] => Ok(only),
            _ => layout::join(&results, 0, &rows.ty()),
        }
    }
}

impl<'b> State<'b> {
    /// The state as one value, without what it does not have.
    fn tuple(&self) -> Value<'b> {
        let &State { row, results, rows, before, n_before } = self;
        let parts: Vec<Value<'b>> = [row, results, rows].into_iter().chain(before).chain(n_before).collect();
        row.builder().tuple(&parts)
    }

    fn of(tuple: Value<'b>) -> State<'b> {
        let b = tuple.builder();
        let n_parts = b.inspect(tuple, |form| if let Form::Tuple(types) = form { types.len() } else { 0 });
        let part = |idx| b.part(tuple, idx);
        let optional = |idx| (idx < n_parts).then(|| part(idx));
        State { row: part(0), results: part(1), rows: part(2), before: optional(3), n_before: optional(4) }
    }
}

/// Some rows, from one on.
fn taken<'b>(rows: Value<'b>, row: Value<'b>, n_rows: usize) -> Result<Value<'b>> {
    let mut ty = rows.ty();
    ty.shape.as_mut_slice()[0] = n_rows;
    indexing::dynamic_slice(&[rows, row, number(row.builder(), 0)], &ty)
}

/// The results with those of some rows written from a row on.
fn written<'b>(results: Value<'b>, rows: Value<'b>, row: Value<'b>) -> Result<Value<'b>> {
    indexing::dynamic_update_slice(&[results, rows, row, number(row.builder(), 0)])
}

/// A row or a number of rows.
fn number<'b>(b: &'b Builder<'_>, number: usize) -> Value<'b> {
    b.constant(Literal::new(int(number)), &Shape::scalar())
}
