//! Elements in order along an axis, in the order that [`hloom_ir::Sort`] states.
//!
//! XLA's CPU compiler sorts one array of integers by a plain comparison at the speed of C++'s `std::sort`. It calls any
//! other comparison through a pointer, and moves the elements of several arrays one by one: two arrays of a million
//! int64 took four times as long as one. So floats are sorted as the integers that have their order, and positions are
//! found with one array too: each element goes into the upper bits of an integer and its position into the lower ones,
//! which makes all of them different. Keys of 64 bits take two turns, one for each half.
//!
//! Where there are kernels, they put the integers in order, and find those at positions without putting all in order.

use hloom_ir::{AxisSet, DType, IndexDims, Kind, Shape, Sort, Type};

use crate::Result;
use crate::builder::{Computation, Form, Module, call};
use crate::kernel::{Kernel, called};
use crate::types::int;
use crate::value::Value;

use super::{exactly, float, indexing, layout};

/// A sort of elements of which there is at least one.
pub(super) fn lower<'b>(op: &Sort, operands: &[Value<'b>]) -> Result<Value<'b>> {
    match *op {
        Sort::Values { axis } => {
            let x = exactly(operands).map(|[x]| x)?;
            let lines = Lines::of(x, axis);
            if lines.is_sorted() { Ok(x) } else { lines.values().map(|sorted| lines.back(sorted)) }
        }
        Sort::Positions { axis } => {
            let lines = Lines::of(exactly(operands).map(|[x]| x)?, axis);
            let positions = if lines.is_sorted() { lines.iota(DType::I64) } else { lines.positions()? };
            Ok(lines.back(positions.convert(DType::I64)))
        }
        Sort::Select { axis } => {
            let [x, positions] = exactly(operands)?;
            Lines::of(x, axis).selected(Lines::of(positions, axis).x)
        }
    }
}

/// An array with the axis that is sorted as the last of two.
struct Lines<'b> {
    x: Value<'b>,
    /// The extent of the axis.
    extent: usize,
    /// The shape of the array before, with the axis moved to the end.
    moved: Shape,
    /// Where the axis was.
    axis: usize,
}

impl<'b> Lines<'b> {
    fn of(x: Value<'b>, axis: usize) -> Lines<'b> {
        let last = x.shape().ndim().saturating_sub(1);
        let order: Vec<usize> = (0..=last).filter(|&other| other != axis).chain([axis]).collect();
        let x = layout::transposed(x, &order);
        let moved = x.shape();
        let extent = moved.last().copied().unwrap_or(1);
        let n_lines = moved.size() / extent.max(1);
        Lines { x: x.reshape(&Shape::from([n_lines, extent])), extent, moved, axis }
    }

    /// An array like the lines as it was before.
    fn back(&self, x: Value<'b>) -> Value<'b> {
        let last = self.moved.ndim().saturating_sub(1);
        let order: Vec<usize> = (0..self.axis).chain([last]).chain(self.axis..last).collect();
        layout::transposed(x.reshape(&self.moved), &order)
    }

    /// Whether there is nothing to be moved.
    fn is_sorted(&self) -> bool {
        self.extent <= 1 || self.x.number().is_some()
    }

    /// The positions along the lines.
    fn iota(&self, dtype: DType) -> Value<'b> {
        let ty = Type { dtype, shape: self.x.shape() };
        self.x.builder().array("iota", ty, &[], |instruction| instruction.dimensions = vec![1])
    }

    /// The dtype that positions are computed in: the narrower, the faster.
    fn counted(&self) -> DType {
        if i32::try_from(self.x.shape().size()).is_ok() { DType::I32 } else { DType::I64 }
    }

    fn values(&self) -> Result<Value<'b>> {
        match self.keys() {
            Some(keys) => Ok(self.of_keys(sorted(keys))),
            None => self.along(self.x, self.positions()?),
        }
    }

    /// The elements that would be at positions of each line if it were in order. There are as many lines of positions, or one for
    /// all.
    fn selected(&self, positions: Value<'b>) -> Result<Value<'b>> {
        let b = self.x.builder();
        let [n_lines, n_positions] = [self.x.shape()[0], positions.shape()[1]];
        let lines = Shape::from([n_lines, n_positions]);
        let is_kernel = b.module().has_kernels() && !self.is_sorted() && pays_to_select(self.extent, n_positions);
        let selected = match self.keys().filter(|_| is_kernel) {
            Some(keys) => {
                let positions = positions.broadcast(&lines);
                let selected = Type { dtype: keys.dtype(), shape: lines };
                self.of_keys(called(b, Kernel::Select, selected, &[keys, positions]))
            }
            None => {
                let x = if self.is_sorted() { self.x } else { self.values()? };
                let positions = positions.binary("maximum", 0).binary("minimum", int(self.extent) - 1);
                if positions.shape() != lines {
                    let dims = IndexDims { axes: AxisSet::from_iter([1]), position: 1 };
                    let positions = positions.reshape(&Shape::from([n_positions]));
                    indexing::gather(&[x, positions], dims, &Type { dtype: x.dtype(), shape: lines })?
                } else {
                    self.along(x, positions)?
                }
            }
        };
        let moved = self.moved.iter().take(self.moved.ndim() - 1).copied().chain([n_positions]).collect();
        Ok(Lines { moved, ..*self }.back(selected))
    }

    /// One integer for each element, in the order of the elements; `None` if one is not enough.
    fn keys(&self) -> Option<Value<'b>> {
        let dtype = self.x.dtype();
        match dtype.kind() {
            Kind::Bool => Some(self.x.convert(DType::U8)),
            Kind::Unsigned | Kind::Signed => Some(self.x),
            // As integers, NaN with the sign bit set comes before all numbers: it is moved behind them.
            Kind::Float => Some(float::rank(self.x) - nans(dtype)),
            Kind::Complex => None,
        }
    }

    /// The elements that keys are of.
    fn of_keys(&self, keys: Value<'b>) -> Value<'b> {
        let dtype = self.x.dtype();
        match dtype.kind() {
            Kind::Bool => keys.is_nonzero(),
            Kind::Unsigned | Kind::Signed | Kind::Complex => keys,
            Kind::Float => float::of_rank(keys + nans(dtype), dtype),
        }
    }

    /// The positions of the elements in order, int32 if that is enough.
    fn positions(&self) -> Result<Value<'b>> {
        let position_bits = self.extent.next_power_of_two().ilog2();
        let is_packed = self.x.builder().module().target().is_cpu() && position_bits <= 32;
        let mut found: Option<Value<'b>> = None;
        for word in words(self.x) {
            let turns = match (is_packed, word.dtype().size()) {
                (true, 8) => vec![(word, Half::Lower), (word, Half::Upper)],
                _ => vec![(word, Half::Both)],
            };
            for (word, half) in turns {
                let word = found.map_or(Ok(word), |found| self.along(word, found))?;
                let next = if is_packed { self.packed(word, half, position_bits) } else { self.paired(word) };
                found = Some(found.map_or(Ok(next), |found| self.along(found, next))?);
            }
        }
        found.map_or_else(|| Ok(self.iota(self.counted())), Ok)
    }

    /// The positions of integers in order, by integers that hold both.
    fn packed(&self, word: Value<'b>, half: Half, position_bits: u32) -> Value<'b> {
        let own = word.dtype();
        let of_size = |kind, size| DType::of(kind, size).unwrap_or(own);
        let fits = 8 * own.size() + position_bits as usize <= 32;
        let (wide, unsigned) = (of_size(own.kind(), if fits { 4 } else { 8 }), of_size(Kind::Unsigned, 8));
        let upper = match half {
            Half::Both => word.convert(wide).binary("shift-left", i64::from(position_bits)),
            Half::Lower => word.bitcast(unsigned).binary("shift-left", 32),
            Half::Upper => word.binary("shift-right-logical", 32).binary("shift-left", 32),
        };
        let position_mask = match half {
            Half::Both => (1 << position_bits) - 1,
            Half::Lower | Half::Upper => i64::from(u32::MAX),
        };
        (sorted(upper | self.iota(upper.dtype())) & position_mask).convert(self.counted())
    }

    /// The positions of integers in order, by a stable sort of both.
    fn paired(&self, word: Value<'b>) -> Value<'b> {
        let b = word.builder();
        let iota = self.iota(self.counted());
        let form = Form::Tuple(vec![word.ty(), iota.ty()]);
        let computation = below(b.module(), &[word.dtype(), iota.dtype()]);
        let both = b.emit("sort", form, &[word, iota], |instruction| {
            instruction.dimensions = vec![1];
            instruction.is_stable = true;
            call(instruction, computation);
        });
        b.part(both, 1)
    }

    /// The elements of lines at positions along them.
    fn along(&self, x: Value<'b>, positions: Value<'b>) -> Result<Value<'b>> {
        let n_lines = self.x.shape()[0];
        let places = if n_lines == 1 {
            positions
        } else {
            let line = Type { dtype: positions.dtype(), shape: positions.shape() };
            let line = x.builder().array("iota", line, &[], |instruction| instruction.dimensions = vec![0]);
            line * int(self.extent) + positions
        };
        let flat = x.reshape(&Shape::from([x.shape().size()]));
        let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
        indexing::gather(&[flat, places], dims, &Type { dtype: x.dtype(), shape: places.shape() })
    }
}

/// Whether a few elements of a line are found sooner than it is put in order, without many positions beside few elements.
fn pays_to_select(extent: usize, n_positions: usize) -> bool {
    const LEAST: usize = 64;
    const MOST_SHARE: usize = 16;
    extent >= LEAST && n_positions <= extent / MOST_SHARE
}

/// Which bits of an integer are looked at.
#[derive(Clone, Copy)]
enum Half {
    Both,
    Lower,
    Upper,
}

/// The integers whose order is that of the elements, those that count least first. Elements that are equal have equal
/// ones.
fn words(x: Value<'_>) -> Vec<Value<'_>> {
    match x.dtype().kind() {
        Kind::Bool => vec![x.convert(DType::U8)],
        Kind::Unsigned | Kind::Signed => vec![x],
        Kind::Float => vec![float_word(x)],
        Kind::Complex => {
            let [real, imag] = [x.real(), x.imag()];
            let [real_word, imag_word] = [float_word(real), float_word(imag)];
            let [real_nan, imag_nan] = [real.is_nan(), imag.is_nan()];
            let behind = |distance: i64| real_word.like(highest(real_word.dtype()) - distance);
            let of_nan = imag_nan.select(behind(0), behind(1));
            let of_number = imag_nan.select(behind(2), real_word);
            let least = (imag_nan & !real_nan).select(real_word, imag_word);
            vec![least, real_nan.select(of_nan, of_number)]
        }
    }
}

/// The integer of a float: one for both zeros, and the greatest for NaN.
fn float_word(x: Value<'_>) -> Value<'_> {
    let rank = float::rank(x);
    let of_zeros = rank.equals(-1).select(rank.like(0), rank);
    float::rank_is_nan(rank, x.dtype()).select(rank.like(highest(rank.dtype())), of_zeros)
}

/// How many NaN there are of one sign.
fn nans(dtype: DType) -> i64 {
    (1 << dtype.mantissa_bits()) - 1
}

fn highest(dtype: DType) -> i64 {
    dtype.int_range().and_then(|(_, highest)| i64::try_from(highest).ok()).unwrap_or(i64::MAX)
}

/// Integers in ascending order along the last of two axes.
fn sorted(x: Value<'_>) -> Value<'_> {
    if x.builder().module().has_kernels() {
        return called(x.builder(), Kernel::Sort, x.ty(), &[x]);
    }
    let computation = below(x.builder().module(), &[x.dtype()]);
    x.builder().array("sort", x.ty(), &[x], |instruction| {
        instruction.dimensions = vec![1];
        call(instruction, computation);
    })
}

/// The computation that says whether the first of two elements goes before the second, for one array or several of
/// these dtypes: that of the first counts.
fn below(module: &Module, dtypes: &[DType]) -> Computation {
    module.shared(format!("below {dtypes:?}"), || {
        let b = module.computation("below");
        let parameters = dtypes.iter().flat_map(|&dtype| [dtype; 2]);
        let parameters: Vec<Value<'_>> =
            parameters.map(|dtype| b.parameter(Form::Array(Type::scalar(dtype)))).collect();
        b.finish(parameters[0].below(parameters[1]))
    })
}
