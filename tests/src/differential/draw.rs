//! Draws programs from seeds. Knows what operations take, so that most of what is drawn is legal; what is not is drawn
//! again.

use fastrand::Rng;
use hloom::NdArray;
use hloom_ir::{Binary, DType, Kind, Unary, Weak, Work};
use num_complex::Complex;

use super::action::{Action, Reduction};
use super::functions::FUNCTIONS;
use super::program::{Program, Source, Step};
use crate::conformance::value::{HostArray, PyScalar};

/// The largest array of a program.
const MAX_SIZE: usize = 40_000;

/// A program of two to five steps.
pub fn program(seed: u64) -> Program {
    let rng = &mut Rng::with_seed(seed);
    let shapes = shapes(rng);
    let n_steps = rng.usize(2..=5);
    // Most programs stay with one dtype, so that steps on it get long.
    let dtype = FAVOURED[rng.usize(..FAVOURED.len())];
    let n_sources = rng.usize(1..=3);
    let sources: Vec<Source> = (0..n_sources)
        .map(|_| {
            let dtype = if rng.u8(..5) == 0 { any_dtype(rng) } else { dtype };
            source(rng, dtype, &shapes)
        })
        .collect();
    let mut program = Program { seed, sources, steps: Vec::new() };
    let mut values: Vec<NdArray> = program.sources.iter().map(|source| source.build(None)).collect();
    for _ in 0..20 * n_steps {
        if program.steps.len() == n_steps {
            break;
        }
        let (a, b) = (recent(rng, values.len()), rng.usize(..values.len()));
        let Some(action) = action(rng, &values[a], &values[b], &shapes) else { continue };
        let value = action.apply(&values[a], &values[b]);
        if value.try_shape().is_ok_and(|shape| shape.size() <= MAX_SIZE && shape.ndim() <= 6) {
            values.push(value);
            program.steps.push(Step { action, a, b });
        }
    }
    program
}

/// Every pair of element-wise operations, the second on the result of the first, on arrays of a dtype: data with special
/// values, and each kind of constant.
pub fn pairs(dtype: DType) -> impl Iterator<Item = Program> {
    let unary = Unary::ALL.iter().map(|&row| Action::Unary(row));
    let rows: Vec<Action> = unary.chain(Binary::ALL.iter().map(|&row| Action::Binary(row))).collect();
    let n_pairs = rows.len() * rows.len();
    let sources = move |turn: usize| {
        let shape = vec![PAIR_SIZE];
        let rng = &mut Rng::with_seed(turn as u64);
        let first = match turn {
            0 => Source::Data(data(rng, dtype, shape.clone())),
            1 => Source::Zeros(dtype, shape.clone()),
            2 => Source::Ones(dtype, shape.clone()),
            3 => Source::Full(number(rng, dtype), dtype, shape.clone()),
            _ => Source::Arange(-2, dtype, shape.clone()),
        };
        vec![first, Source::Data(data(rng, dtype, shape))]
    };
    (0..5).flat_map(move |turn| {
        let (rows, sources) = (rows.clone(), sources(turn));
        (0..n_pairs).map(move |idx| {
            let (first, second) = (rows[idx / rows.len()].clone(), rows[idx % rows.len()].clone());
            let steps = vec![Step { action: first, a: 0, b: 1 }, Step { action: second, a: 2, b: 1 }];
            Program { seed: (turn * n_pairs + idx) as u64, sources: sources.clone(), steps }
        })
    })
}

/// Whether every step of a program takes what it is given.
pub fn is_legal(program: &Program) -> bool {
    program.record(&program.inputs()).check().is_ok()
}

/// More than a vector of elements, and not a multiple of one.
const PAIR_SIZE: usize = 67;

/// The modes in which nothing is computed but extremes.
const PAD_MODES: &[&str] = &["constant", "edge", "maximum", "minimum", "reflect", "symmetric", "wrap"];

const FAVOURED: &[DType] = &[
    DType::F64,
    DType::F64,
    DType::F32,
    DType::F32,
    DType::F16,
    DType::BF16,
    DType::I64,
    DType::I32,
    DType::I8,
    DType::U8,
    DType::C64,
    DType::C128,
    DType::Bool,
    DType::U64,
];

fn any_dtype(rng: &mut Rng) -> DType {
    DType::ALL[rng.usize(..DType::ALL.len())]
}

/// The later values are taken most of the time, so that programs become deep.
fn recent(rng: &mut Rng, n_values: usize) -> usize {
    n_values - 1 - rng.usize(..n_values.min(2))
}

/// A shape and ones that broadcast to it.
fn shapes(rng: &mut Rng) -> Vec<Vec<usize>> {
    let size: usize = *rng.choice(&[1, 7, 12, 64, 100, 4095, 4096, 4096, 5000, 20_000]).unwrap_or(&1);
    let factor = [2, 3, 4, 5, 7, 16].into_iter().filter(|factor| size > *factor && size.is_multiple_of(*factor));
    let factors: Vec<usize> = factor.collect();
    let whole = match (rng.u8(..6), factors.as_slice()) {
        (0, _) if size == 1 => Vec::new(),
        (1, [factor, ..]) => vec![*factor, size / factor],
        (2, [.., factor]) => vec![size / factor, *factor],
        (3, _) => vec![1, size],
        (4, [factor, ..]) => vec![1, *factor, 1, size / factor, 1],
        (5, _) => vec![size, 1],
        _ => vec![size],
    };
    let mut shapes = vec![whole.clone(), whole.clone(), whole.clone(), Vec::new()];
    if let [_, inner @ ..] = whole.as_slice() {
        shapes.push(inner.to_vec());
        shapes.push([&[1], inner].concat());
    }
    shapes
}

fn source(rng: &mut Rng, dtype: DType, shapes: &[Vec<usize>]) -> Source {
    let shape = shapes[rng.usize(..shapes.len())].clone();
    match rng.u8(..12) {
        0 => Source::Zeros(dtype, shape),
        1 => Source::Ones(dtype, shape),
        2 => Source::Full(number(rng, dtype), dtype, shape),
        3 => Source::Arange(rng.i64(-4..4), dtype, shape),
        _ => Source::Data(data(rng, dtype, shape)),
    }
}

/// Data with special values among it, or without any, or of few.
pub fn data(rng: &mut Rng, dtype: DType, shape: Vec<usize>) -> HostArray {
    let size = shape.iter().product();
    let special = *rng.choice(&[0, 0, 4, 12]).unwrap_or(&0);
    let lone = rng.usize(..64);
    let scalars: Vec<PyScalar> = (0..size)
        .map(|idx| {
            let is_special = special > 0 && rng.u32(..100) < special || special == 0 && idx == lone;
            let mut part = || if is_special { special_float(rng, dtype) } else { plain_float(rng) };
            match dtype.kind() {
                Kind::Bool => PyScalar::Bool(rng.bool()),
                Kind::Float => PyScalar::Float(part()),
                Kind::Complex => {
                    let re = part();
                    PyScalar::Complex(Complex::new(re, part()))
                }
                Kind::Signed | Kind::Unsigned => PyScalar::Int(integer(rng, dtype, is_special)),
            }
        })
        .collect();
    HostArray::from_scalars(dtype, shape, &scalars).unwrap_or_else(|error| panic!("{error}"))
}

fn plain_float(rng: &mut Rng) -> f64 {
    match rng.u8(..4) {
        0 => f64::from(rng.i8(-8..=8)),
        1 => f64::from(rng.i8(-32..=32)) / 8.0,
        _ => rng.f64() * 6.0 - 3.0,
    }
}

fn special_float(rng: &mut Rng, dtype: DType) -> f64 {
    let exponent_bits = 8 * dtype.real().size() - 1 - dtype.mantissa_bits() as usize;
    let max_exponent = (1 << (exponent_bits - 1)) - 1;
    let min_exponent = 1 - max_exponent;
    let power = |exponent: i32| 2f64.powi(exponent);
    let special = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        0.0,
        -0.0,
        1.0,
        -1.0,
        49.0,
        power(max_exponent),
        -power(max_exponent),
        power(max_exponent - 1) * 1.5,
        power(max_exponent / 2),
        power(min_exponent),
        -power(min_exponent + 3),
        power(min_exponent / 2),
    ];
    special[rng.usize(..special.len())]
}

fn integer(rng: &mut Rng, dtype: DType, is_special: bool) -> i128 {
    let (low, high) = dtype.int_range().unwrap_or((0, 1));
    let any = i128::from(rng.i64(..));
    let value = match rng.u8(..6) {
        _ if is_special => [low, high, low + 1, high - 1, 0][rng.usize(..5)],
        0 => low + (any.unsigned_abs() % (high - low + 1).unsigned_abs()) as i128,
        _ => any % 12,
    };
    value.clamp(low, high)
}

/// A number that a user writes beside an array of a dtype.
fn number(rng: &mut Rng, dtype: DType) -> Weak {
    let float = [0.0, -0.0, 0.5, -1.5, 2.0, 3.0, 1e30, f64::INFINITY, f64::NAN][rng.usize(..9)];
    match dtype.kind() {
        Kind::Bool => Weak::Bool(rng.bool()),
        Kind::Unsigned => Weak::Int(rng.i8(0..6).into()),
        Kind::Signed => Weak::Int(rng.i8(-5..6).into()),
        Kind::Float | Kind::Complex => match rng.u8(..6) {
            0 => Weak::Bool(rng.bool()),
            1 | 2 => Weak::Int(rng.i8(-3..4).into()),
            _ => Weak::Float(float),
        },
    }
}

/// An operation that may fit two arrays, or `None`.
fn action(rng: &mut Rng, a: &NdArray, b: &NdArray, shapes: &[Vec<usize>]) -> Option<Action> {
    let (shape, dtype) = (a.try_shape().ok()?, a.try_dtype().ok()?);
    let (ndim, size) = (shape.ndim(), shape.size());
    let axis = |rng: &mut Rng| if ndim == 0 { None } else { Some(rng.usize(..ndim)) };
    let rows = shape.first().copied().unwrap_or(0) as i64;
    Some(match rng.u8(..57) {
        0..9 => Action::Unary(Unary::ALL[rng.usize(..Unary::ALL.len())]),
        9..17 => Action::Binary(binary(rng)),
        17..20 => Action::NumberRight(binary(rng), number(rng, dtype)),
        20 => Action::NumberLeft(binary(rng), number(rng, dtype)),
        21 => Action::Cast(any_dtype(rng)),
        22 => match rng.bool() {
            true => Action::Choose,
            false => Action::ChooseNumber(number(rng, dtype)),
        },
        23 => Action::Clip(number(rng, dtype), number(rng, dtype)),
        24 => match rng.u8(..3) {
            0 => Action::Reshape(vec![size]),
            1 => Action::Reshape([&[1], &shape[..]].concat()),
            _ => Action::Reshape(vec![size, 1]),
        },
        25 => Action::Transpose,
        26 => Action::Broadcast(shapes[0].clone()),
        27 => Action::ExpandDims(rng.usize(..=ndim)),
        28 | 29 => {
            let axis = axis(rng)?;
            let bound = |rng: &mut Rng| rng.bool().then(|| rng.i64(-9..9));
            let step = [1, 1, 2, -1, -1, -3][rng.usize(..6)];
            Action::Slice { axis, entry: (bound(rng), bound(rng), step) }
        }
        30 if rows > 0 => Action::Take((0..rng.i64(1..6)).map(|_| rng.i64(-rows..rows)).collect()),
        31 => match rng.bool() {
            true => Action::Concatenate(axis(rng)?),
            false => Action::StackOne(0),
        },
        32..36 => {
            let reduction = Reduction::ALL[rng.usize(..Reduction::ALL.len())];
            let is_position = matches!(reduction, Reduction::ArgMax | Reduction::ArgMin);
            let axes: Vec<usize> = if is_position {
                vec![axis(rng)?]
            } else {
                match rng.u8(..3) {
                    0 => (0..ndim).collect(),
                    _ => vec![axis(rng)?],
                }
            };
            Action::Reduce(reduction, axes, rng.bool())
        }
        36 if ndim == 2 && size <= 4096 && shape[0] <= 64 => Action::Gram,
        36 if ndim == 1 && b.try_shape().is_ok_and(|other| other == shape) => Action::Matmul,
        37 if rows > 1 => {
            let n_rows = rng.i64(1..rows.min(9));
            let start = rng.i64(0..=rows - n_rows);
            let from = rng.i64(0..=rows - n_rows);
            let source = match (rng.bool(), from) {
                (true, _) => (Some(from), Some(from + n_rows), 1),
                (false, 0) => (Some(n_rows - 1), None, -1),
                (false, _) => (Some(from + n_rows - 1), Some(from - 1), -1),
            };
            Action::MoveWithin { target: (start, start + n_rows), source }
        }
        38 if rows > 0 => {
            let positions: Vec<i64> = (0..rng.i64(1..=rows.min(5))).map(|_| rng.i64(-rows..rows)).collect();
            if rng.bool() { Action::Scatter(positions) } else { Action::AddAt(positions) }
        }
        39 => Action::SetMask(number(rng, dtype)),
        45 => Action::Flip(axis(rng)?),
        46 => {
            let along = if rng.bool() { Some(axis(rng)?) } else { None };
            Action::Roll(rng.i64(-9..9), along)
        }
        47 if size > 0 => {
            let mode = PAD_MODES[rng.usize(..PAD_MODES.len())];
            Action::Pad(mode, (rng.usize(..4), rng.usize(..4)))
        }
        48 => match rng.bool() {
            true => Action::Tile((0..rng.usize(1..3)).map(|_| rng.usize(1..3)).collect()),
            false => Action::Repeat(rng.usize(1..4), axis(rng)),
        },
        49..57 => Action::Call(FUNCTIONS[rng.usize(..FUNCTIONS.len())]),
        40 => Action::Accumulate(accumulated(rng, dtype)?, axis(rng)?),
        41 => {
            if rng.bool() {
                Action::Ldexp(rng.i32(-40..40))
            } else {
                Action::Significand
            }
        }
        42 => Action::Round(rng.i64(-2..3)),
        43 => Action::Sort(axis(rng)?),
        44 => Action::ArgSort(axis(rng)?),
        _ => return None,
    })
}

/// An operation that yields the same however it is taken along an axis of a dtype, or `None`.
fn accumulated(rng: &mut Rng, dtype: DType) -> Option<Binary> {
    use Binary::{Add, Maximum, Minimum, Multiply, Subtract};
    let row = match rng.bool() {
        true => [Add, Multiply, Maximum, Minimum][rng.usize(..4)],
        false => Binary::ALL[rng.usize(..Binary::ALL.len())],
    };
    let is_exact = match dtype.kind() {
        Kind::Complex => matches!(row, Add | Subtract | Maximum | Minimum),
        Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float => row.work() == Work::PerElement,
    };
    is_exact.then_some(row)
}

fn binary(rng: &mut Rng) -> Binary {
    match rng.u8(..3) {
        0 => [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide][rng.usize(..4)],
        _ => Binary::ALL[rng.usize(..Binary::ALL.len())],
    }
}
