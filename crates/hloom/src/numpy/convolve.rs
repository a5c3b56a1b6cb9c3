//! Sums of products at shifted positions: convolution and correlation.
//!
//! Each element of the result is a sum over the taps, the elements of the shorter array. The sums of all elements grow
//! together, tap by tap: neighbours are computed side by side, as processors like it. XLA's own convolution of one line takes ten
//! times as long. Where the arrays overlap in part only, the longer one is continued by zeros, whose products change no sum;
//! but a zero times infinity is NaN, so that products beyond the ends are left out where a tap may not be finite.

use std::panic::Location;

use hloom_ir::{AxisSet, Binary, DType, Indexing, Kind, Literal, NodeId, Reducer, Shape, Type, Unary};

use super::along::{element, padded, part, reversed};
use super::search::require_1d;
use super::terms::in_common_dtype;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// As many taps as one program takes one after another. Of more it takes [`TAPS_PER_ITERATION`] in each iteration of a loop.
const MAX_TAPS: usize = 32;

/// How many taps an iteration of a loop takes. Of more, whose places are not known when the program is compiled, processors
/// compute one element at a time.
const TAPS_PER_ITERATION: usize = 8;

/// How much of the result is wanted: `..` for NumPy's default, or `"full"`, `"same"` or `"valid"`.
#[derive(Clone, Debug, Default)]
pub struct ConvolveMode(Option<String>);

impl From<std::ops::RangeFull> for ConvolveMode {
    fn from(_: std::ops::RangeFull) -> ConvolveMode {
        ConvolveMode::default()
    }
}

impl From<&str> for ConvolveMode {
    fn from(mode: &str) -> ConvolveMode {
        ConvolveMode(Some(mode.to_owned()))
    }
}

/// The discrete convolution of two lines: element `k` is the sum of `a[k - j] * v[j]`.
///
/// With `"full"`, the default, the result has an element wherever the lines overlap; with `"same"` as many as the longer line,
/// in the middle of these; with `"valid"` one wherever the shorter line lies wholly within the longer one.
///
/// **Shapes**: `[n]` and `[m]`, or numbers, to `[n + m - 1]`, `[max(n, m)]` or `[max(n, m) - min(n, m) + 1]`.
/// **Dtypes**: any two, to what both promote to. Half-precision sums are taken in float32.
///
/// # Errors
/// The result is in error: `ValueError` for lines without elements, of several axes, or another mode.
///
/// # Examples
/// ```
/// assert_eq!(hloom::convolve([1, 2, 3], [0, 1, 10], ..).to_string(), "[ 0  1 12 23 30]");
/// assert_eq!(hloom::convolve([1, 2, 3], [0, 1, 10], "same").to_string(), "[ 1 12 23]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.convolve.html>
#[track_caller]
pub fn convolve<'a, 'b>(a: impl IntoOperand<'a>, v: impl IntoOperand<'b>, mode: impl Into<ConvolveMode>) -> NdArray {
    let (a, v, mode) = (a.into_operand(), v.into_operand(), mode.into());
    let lines = Call::of("convolve", &[&a, &v]).record_several(2, |builder| {
        let [a, v] = lines(builder, [&a, &v], ["a cannot be empty", "v cannot be empty"], true)?;
        let (long, short) = in_order(builder, a, v)?;
        let short = reversed(builder, short, AxisSet::all(1))?;
        Ok(vec![long, short])
    });
    overlapped("convolve", lines, Mode::of(&mode, Mode::Full), false)
}

/// The cross-correlation of two lines: element `k` is the sum of `a[n + k] * conj(v[n])`.
///
/// With `"valid"`, the default, the result has an element wherever the shorter line lies wholly within the longer one; see
/// [`convolve`] for the other modes.
///
/// **Shapes**: `[n]` and `[m]`, to `[max(n, m) - min(n, m) + 1]`, `[max(n, m)]` or `[n + m - 1]`.
/// **Dtypes**: any two, to what both promote to. Half-precision sums are taken in float32.
///
/// # Errors
/// The result is in error: `ValueError` for lines without elements, of no or several axes, or another mode.
///
/// # Examples
/// ```
/// assert_eq!(hloom::correlate([1, 2, 3], [0, 1, 10], ..).to_string(), "[32]");
/// assert_eq!(hloom::correlate([1, 2, 3], [0, 1, 10], "full").to_string(), "[10 21 32  3  0]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.correlate.html>
#[track_caller]
pub fn correlate<'a, 'b>(a: impl IntoOperand<'a>, v: impl IntoOperand<'b>, mode: impl Into<ConvolveMode>) -> NdArray {
    let (a, v, mode) = (a.into_operand(), v.into_operand(), mode.into());
    let mut is_swapped = false;
    let lines = Call::of("correlate", &[&a, &v]).record_several(2, |builder| {
        let empty = ["first array argument cannot be empty", "second array argument cannot be empty"];
        let [a, v] = lines(builder, [&a, &v], empty, false)?;
        let v = if builder.dtype(v)?.is_complex() { builder.op(Unary::Conjugate, &[v])? } else { v };
        let (long, short) = in_order(builder, a, v)?;
        is_swapped = long != a;
        Ok(vec![long, short])
    });
    overlapped("correlate", lines, Mode::of(&mode, Mode::Valid), is_swapped)
}

/// Which part of the overlaps is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Full,
    Same,
    Valid,
}

impl Mode {
    fn of(mode: &ConvolveMode, default: Mode) -> Result<Mode> {
        match mode.0.as_deref() {
            None => Ok(default),
            Some("full") => Ok(Mode::Full),
            Some("same") => Ok(Mode::Same),
            Some("valid") => Ok(Mode::Valid),
            Some(other) => Err(Error::value(format!("mode must be one of 'valid', 'same', or 'full' (got '{other}')"))),
        }
    }

    /// How many elements there are beyond the whole overlaps, before and behind them, with `m` taps.
    fn beyond(self, m: usize) -> (usize, usize) {
        match self {
            Mode::Full => (m - 1, m - 1),
            Mode::Same => (m / 2, m - m / 2 - 1),
            Mode::Valid => (0, 0),
        }
    }
}

/// Two operands as lines of the dtype that both promote to.
fn lines(
    builder: &mut Builder<'_>,
    operands: [&Operand<'_>; 2],
    empty: [&str; 2],
    takes_numbers: bool,
) -> Result<[NodeId; 2]> {
    let mut nodes = [builder.operand(operands[0])?, builder.operand(operands[1])?];
    for (node, empty) in nodes.iter_mut().zip(empty) {
        if takes_numbers && builder.ty(*node)?.shape.is_empty() {
            *node = builder.reshape(*node, Shape::from([1]))?;
        }
        require_1d(builder, *node)?;
        if builder.ty(*node)?.shape.size() == 0 {
            return Err(Error::value(empty));
        }
    }
    in_common_dtype(builder, nodes[0], nodes[1])
}

/// The longer line and the shorter one, or the first and the second.
fn in_order(builder: &Builder<'_>, a: NodeId, v: NodeId) -> Result<(NodeId, NodeId)> {
    Ok(if builder.ty(v)?.shape.size() > builder.ty(a)?.shape.size() { (v, a) } else { (a, v) })
}

/// The sums of products of a line and its taps, in the order of the line.
#[track_caller]
fn overlapped(name: &'static str, lines: Vec<NdArray>, mode: Result<Mode>, is_reversed: bool) -> NdArray {
    let line = Location::caller();
    let call = || Call::named(name).at(line);
    let sums = || -> Result<NdArray> {
        let mode = mode?;
        let [long, taps] = &lines[..] else { return Err(Error::internal("a convolution is of two lines")) };
        let (ty, m) = (long.try_type()?, taps.try_shape()?.size());
        let computed = ty.dtype.wide();
        let (before, behind) = mode.beyond(m);
        let n_results = ty.shape.size() + before + behind + 1 - m;
        let prepared = call().record_several(3, |builder| {
            let zero = builder.constant(Literal::zero(computed));
            let long = builder.convert(long.node(), computed)?;
            let long = padded(builder, long, 0, (before, behind), zero)?;
            let taps = builder.convert(taps.node(), computed)?;
            let yes = builder.full(Literal::new(true), &ty.shape)?;
            let no = builder.constant(Literal::new(false));
            let is_there = padded(builder, yes, 0, (before, behind), no)?;
            Ok(vec![long, taps, is_there])
        });
        let [long, taps, is_there] = &prepared[..] else { return Err(Error::internal("three results were asked for")) };
        let products = Products { name, line, long, taps, n_results, computed };
        let is_safe = before + behind == 0 || computed.is_integer();
        let sums = if is_safe {
            products.summed(m, None)
        } else if m <= MAX_TAPS {
            products.summed(m, Some(is_there))
        } else {
            let all_finite = call().record(|builder| {
                let is_finite = builder.op(Unary::IsFinite, &[taps.node()])?;
                builder.reduce(Reducer::All, is_finite, AxisSet::all(1))
            });
            crate::cond(all_finite, || products.summed(m, None), || products.summed(m, Some(is_there)))
        };
        Ok(call().record(|builder| {
            let sums = builder.convert(sums.node(), ty.dtype)?;
            if is_reversed { reversed(builder, sums, AxisSet::all(1)) } else { Ok(sums) }
        }))
    };
    match sums() {
        Ok(sums) => sums,
        Err(error) => call().record(|_| Err(error)),
    }
}

/// The products of a line with its taps, and where they are recorded.
struct Products<'p> {
    name: &'static str,
    line: &'static Location<'static>,
    long: &'p NdArray,
    taps: &'p NdArray,
    n_results: usize,
    computed: DType,
}

impl Products<'_> {
    fn call(&self) -> Call<'static> {
        Call::named(self.name).at(self.line)
    }

    /// The sums over `m` taps, without the products of what is not there.
    fn summed(&self, m: usize, is_there: Option<&NdArray>) -> NdArray {
        let shape = Shape::from([self.n_results]);
        let start = self.call().record(|builder| builder.full(Literal::zero(self.computed), &shape));
        if m <= MAX_TAPS {
            return self.added(&start, &Position::Known(0), m, is_there);
        }
        let n_iterations = m / TAPS_PER_ITERATION;
        let sums = crate::fori_loop(0, n_iterations as i64, start, |iteration: NdArray, sums: NdArray| {
            let first = self.call().record(|builder| {
                let iteration = builder.convert(iteration.node(), DType::I64)?;
                let taps = builder.constant_of(TAPS_PER_ITERATION, DType::I64);
                builder.apply(Binary::Multiply, iteration, taps)
            });
            self.added(&sums, &Position::Node(&first), TAPS_PER_ITERATION, is_there)
        });
        let first = n_iterations * TAPS_PER_ITERATION;
        self.added(&sums, &Position::Known(first), m - first, is_there)
    }

    /// Sums with the products of some taps added.
    fn added(&self, sums: &NdArray, first: &Position<'_>, n_taps: usize, is_there: Option<&NdArray>) -> NdArray {
        let (n, computed) = (self.n_results, self.computed);
        self.call().record(|builder| {
            if n_taps == 0 {
                return Ok(sums.node());
            }
            // Of each line one piece is cut out, at a place that may not be known. The places in it are: the compiler
            // sees that they are neighbours, without which it would compute one element at a time.
            let long = window(builder, self.long, first, n + n_taps - 1)?;
            let taps = window(builder, self.taps, first, n_taps)?;
            let is_there = is_there.map(|line| window(builder, line, first, n + n_taps - 1)).transpose()?;
            let mut sums = sums.node();
            for tap in 0..n_taps {
                let x = part(builder, long, 0, tap..tap + n)?;
                let factor = element(builder, taps, tap)?;
                let mut product = builder.apply(multiply(computed), x, factor)?;
                if let Some(is_there) = is_there {
                    let counts = part(builder, is_there, 0, tap..tap + n)?;
                    let none = builder.constant(Literal::zero(computed));
                    product = builder.select(counts, product, none)?;
                }
                sums = builder.apply(add(computed), sums, product)?;
            }
            Ok(sums)
        })
    }
}

/// Where taps begin.
enum Position<'p> {
    Known(usize),
    Node(&'p NdArray),
}

/// `len` elements of a line from a position on.
fn window(builder: &mut Builder<'_>, line: &NdArray, first: &Position<'_>, len: usize) -> Result<NodeId> {
    match first {
        Position::Known(first) => part(builder, line.node(), 0, *first..first + len),
        Position::Node(first) => {
            let ty = Type::new(builder.dtype(line.node())?, [len]);
            builder.declared(Indexing::DynamicSlice, &[line.node(), first.node()], ty)
        }
    }
}

/// What stands for a product: of bools, whether both are true.
fn multiply(dtype: DType) -> Binary {
    if dtype.kind() == Kind::Bool { Binary::LogicalAnd } else { Binary::Multiply }
}

/// What stands for a sum: of bools, whether one is true.
fn add(dtype: DType) -> Binary {
    if dtype.kind() == Kind::Bool { Binary::LogicalOr } else { Binary::Add }
}
