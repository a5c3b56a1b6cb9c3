//! The operations that programs are made of. Knows how the library does each, and how exact it is.

use hloom::prelude::*;
use hloom::{Index, NdArray};
use hloom_ir::{Binary, DType, Kind, Unary, Weak, Work};

use super::functions::{Accuracy, Function};

/// One operation on arrays.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A row of the table of one operand.
    Unary(Unary),
    /// A row of the table of two operands.
    Binary(Binary),
    /// A row of the table of two operands with a number on the right.
    NumberRight(Binary, Weak),
    /// A row of the table of two operands with a number on the left.
    NumberLeft(Binary, Weak),
    /// `astype`.
    Cast(DType),
    /// `where(a < b, a, b)`.
    Choose,
    /// `where(a, a, number)`.
    ChooseNumber(Weak),
    /// `ldexp` with an exponent.
    Ldexp(i32),
    /// The significand of `frexp`.
    Significand,
    /// `round` to decimals, each part of a complex number.
    Round(i64),
    /// `clip` between two numbers.
    Clip(Weak, Weak),
    /// `reshape`.
    Reshape(Vec<usize>),
    /// `transpose` of all axes.
    Transpose,
    /// `broadcast_to`.
    Broadcast(Vec<usize>),
    /// `expand_dims`.
    ExpandDims(usize),
    /// `x[start:stop:step]` along an axis.
    Slice {
        /// The axis.
        axis: usize,
        /// The bounds and the step as Python writes them.
        entry: (Option<i64>, Option<i64>, i64),
    },
    /// Elements along the first axis by an index array.
    Take(Vec<i64>),
    /// `flip` of an axis.
    Flip(usize),
    /// `roll` along an axis, or of the flattened array.
    Roll(i64, Option<usize>),
    /// `pad` in a mode, with the same widths along every axis.
    Pad(&'static str, (usize, usize)),
    /// `tile`.
    Tile(Vec<usize>),
    /// `repeat` along an axis, or of the flattened array.
    Repeat(usize, Option<usize>),
    /// `concatenate` of two along an axis.
    Concatenate(usize),
    /// `stack` of one.
    StackOne(usize),
    /// A reduction over axes.
    Reduce(Reduction, Vec<usize>, bool),
    /// A row of the table of two operands, taken along an axis.
    Accumulate(Binary, usize),
    /// `sort` along an axis.
    Sort(usize),
    /// `argsort` along an axis.
    ArgSort(usize),
    /// `a @ a.T`.
    Gram,
    /// `a @ b`.
    Matmul,
    /// `a[target] = a[source]` along the first axis: a copy that reads what it overwrites.
    MoveWithin {
        /// What is written: start and stop.
        target: (i64, i64),
        /// What is read.
        source: (Option<i64>, Option<i64>, i64),
    },
    /// `a[positions] = a[:n]` by an index array along the first axis.
    Scatter(Vec<i64>),
    /// `a.add_at(positions, a[:n])`.
    AddAt(Vec<i64>),
    /// `a[a > b] = number`.
    SetMask(Weak),
    /// A function of the library.
    Call(Function),
}

/// The reductions of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "NumPy's names")]
pub enum Reduction {
    Sum,
    Prod,
    Mean,
    Max,
    Min,
    All,
    Any,
    ArgMax,
    ArgMin,
}

impl Action {
    /// How many arrays it takes.
    pub fn n_operands(&self) -> usize {
        match self {
            Action::Binary(_) | Action::Choose | Action::Concatenate(_) | Action::Matmul | Action::SetMask(_) => 2,
            Action::Call(function) => function.n_operands,
            _ => 1,
        }
    }

    /// Does it. `b` is what it takes beside `a`, if anything.
    pub fn apply(&self, a: &NdArray, b: &NdArray) -> NdArray {
        let first_axis = |positions: &[i64]| Index::from(positions.to_vec());
        let slice = |&(start, stop, step): &(Option<i64>, Option<i64>, i64)| Index::Slice { start, stop, step };
        match self {
            // A NaN that is computed has whatever sign the processor gives it.
            Action::Unary(Unary::SignBit) => hloom::where_(a.isnan(), false, a.signbit()),
            Action::Binary(Binary::Copysign) => hloom::copysign(a, hloom::where_(b.isnan(), 1, b)),
            Action::Unary(row) => hloom::unary(*row, a),
            Action::Binary(row) => hloom::binary(*row, a, b),
            Action::NumberRight(row, number) => hloom::binary(*row, a, *number),
            Action::NumberLeft(row, number) => hloom::binary(*row, *number, a),
            Action::Cast(dtype) => a.astype(*dtype),
            Action::Choose => hloom::where_(a.lt(b), a, b),
            Action::ChooseNumber(number) => hloom::where_(a, a, *number),
            Action::Ldexp(exponent) => hloom::ldexp(a, *exponent),
            Action::Significand => hloom::frexp(a).0,
            Action::Round(decimals) => a.round(*decimals),
            Action::Clip(low, high) => a.clip(*low, *high),
            Action::Reshape(shape) => a.reshape(shape.as_slice()),
            Action::Transpose => a.t(),
            Action::Broadcast(shape) => hloom::broadcast_to(a, shape.as_slice()),
            Action::ExpandDims(axis) => a.expand_dims(*axis as i64),
            Action::Slice { axis, entry } => {
                let mut index = vec![Index::from(..); *axis];
                index.push(slice(entry));
                a.get(index)
            }
            Action::Take(positions) => a.get(vec![first_axis(positions)]),
            Action::Flip(axis) => hloom::flip(a, *axis),
            Action::Roll(shift, axis) => hloom::roll(a, *shift, *axis),
            Action::Pad(mode, widths) => hloom::pad(a, *widths, *mode),
            Action::Tile(reps) => hloom::tile(a, reps.as_slice()),
            Action::Repeat(count, axis) => a.repeat(*count, *axis),
            Action::Concatenate(axis) => hloom::concatenate([a, b], *axis as i64),
            Action::StackOne(axis) => hloom::stack([a], *axis as i64),
            Action::Reduce(reduction, axes, keep) => {
                let axes: Vec<i64> = axes.iter().map(|&axis| axis as i64).collect();
                let axes = if *keep { axis(axes).keepdims() } else { axis(axes) };
                reduction.apply(a, axes)
            }
            Action::Accumulate(row, axis) => hloom::accumulate(*row, a, *axis),
            Action::Sort(axis) => a.sort(*axis),
            Action::ArgSort(axis) => a.argsort(*axis),
            Action::Gram => a.matmul(a.t()),
            Action::Matmul => a.matmul(b),
            Action::MoveWithin { target: (start, stop), source } => {
                let mut changed = a.clone();
                let target = Index::Slice { start: Some(*start), stop: Some(*stop), step: 1 };
                changed.set(vec![target], a.get(vec![slice(source)]));
                changed
            }
            Action::Scatter(positions) => {
                let mut changed = a.clone();
                changed.set(vec![first_axis(positions)], a.get(s![..positions.len()]));
                changed
            }
            Action::AddAt(positions) => {
                let mut changed = a.clone();
                changed.add_at(vec![first_axis(positions)], a.get(s![..positions.len()]));
                changed
            }
            Action::SetMask(number) => {
                let mut changed = a.clone();
                changed.set(a.gt(b), *number);
                changed
            }
            Action::Call(function) => (function.call)(a, b),
        }
    }

    /// How exact it is on operands of a dtype, with a result of a dtype.
    pub fn accuracy(&self, operand: DType, result: DType) -> Accuracy {
        use Accuracy::{Accumulated, Exact, Relative};
        if !matches!(result.kind(), Kind::Float | Kind::Complex) {
            return Exact;
        }
        let is_complex = operand.is_complex() || result.is_complex();
        match self {
            Action::Unary(row) if is_complex => {
                use Unary::{Conjugate, Imag, Negative, Positive, Real, Rint};
                if matches!(row, Negative | Positive | Real | Imag | Conjugate | Rint) { Exact } else { Relative }
            }
            Action::Unary(Unary::Sqrt) => Exact,
            Action::Unary(row) => {
                if row.work() == Work::Transcendental {
                    Relative
                } else {
                    Exact
                }
            }
            Action::Binary(row) | Action::NumberRight(row, _) | Action::NumberLeft(row, _) => {
                use Binary::{Add, Fmax, Fmin, Maximum, Minimum, Subtract};
                let inexact_if_complex = is_complex && !matches!(row, Add | Subtract | Maximum | Minimum | Fmax | Fmin);
                if row.work() == Work::Transcendental || inexact_if_complex { Relative } else { Exact }
            }
            Action::Reduce(Reduction::Sum | Reduction::Mean, ..) | Action::Gram | Action::Matmul => Accumulated,
            Action::Reduce(Reduction::Prod, ..) => Relative,
            // A product of complex numbers is rounded in an order that nobody wrote.
            Action::Call(function) if is_complex && function.accuracy == Exact => Relative,
            Action::Call(function) => function.accuracy,
            _ => Exact,
        }
    }
}

impl Reduction {
    /// All of them.
    pub const ALL: [Reduction; 9] = {
        use Reduction::*;
        [Sum, Prod, Mean, Max, Min, All, Any, ArgMax, ArgMin]
    };

    fn apply(self, x: &NdArray, axes: hloom::Axes) -> NdArray {
        match self {
            Reduction::Sum => x.sum(axes),
            Reduction::Prod => x.prod(axes),
            Reduction::Mean => x.mean(axes),
            Reduction::Max => x.max(axes),
            Reduction::Min => x.min(axes),
            Reduction::All => x.all(axes),
            Reduction::Any => x.any(axes),
            Reduction::ArgMax => x.argmax(axes),
            Reduction::ArgMin => x.argmin(axes),
        }
    }
}
