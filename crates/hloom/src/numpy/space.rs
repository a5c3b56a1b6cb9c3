//! Numbers evenly spaced between two, by their differences or by their quotients.
//!
//! Steps between numbers are computed here, those between arrays and all elements by the program, in NumPy's order of
//! operations: both round where NumPy rounds, so that every bit of what is evenly spaced is NumPy's.

use std::ops::{RangeFull, Sub};

use hloom_ir::{
    ArgType, AxisSet, Binary, DType, Element, Literal, NodeId, Reducer, Shape, Type, Unary, Weak, WeakKind, result_type,
};
use num_complex::Complex;

use super::along::{line, moved, with_leading_ones};
use super::permute::named_axis;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, NdArray, Result};

/// How many numbers [`linspace`], [`logspace`] and [`geomspace`] make, and NumPy's other keyword arguments of theirs: 50
/// (`..`), so many (an integer), or [`num`] of them with the methods here.
#[derive(Clone, Debug)]
pub struct Linspace {
    num: i128,
    endpoint: bool,
    base: Option<Operand<'static>>,
    dtype: Option<DType>,
    axis: i64,
}

/// So many numbers, to add keyword arguments.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::linspace(0, 1, hloom::num(4).endpoint(false).dtype(float32));
/// assert_eq!((x.to_string(), x.dtype()), ("[0.   0.25 0.5  0.75]".to_owned(), float32));
/// ```
pub fn num(num: impl IntoExtent) -> Linspace {
    Linspace { num: num.exact(), endpoint: true, base: None, dtype: None, axis: 0 }
}

impl Linspace {
    /// Whether the last number is the second bound, as it is unless this says otherwise; without it, the bound is where one
    /// number more would be.
    pub fn endpoint(self, endpoint: bool) -> Linspace {
        Linspace { endpoint, ..self }
    }

    /// What is raised to powers in [`logspace`]: 10 unless it is given.
    pub fn base<'a>(self, base: impl IntoOperand<'a>) -> Linspace {
        Linspace { base: Some(base.into_operand().into_owned()), ..self }
    }

    /// The dtype of the result. Numbers that become integers are rounded down by [`linspace`], and cut off by the others.
    pub fn dtype(self, dtype: DType) -> Linspace {
        Linspace { dtype: Some(dtype), ..self }
    }

    /// Which axis of the result the numbers lie along, if the bounds are arrays: the first unless it is given.
    pub fn axis(self, axis: impl IntoExtent) -> Linspace {
        Linspace { axis: axis.into_extent(), ..self }
    }

    /// The number of numbers.
    fn len(&self) -> Result<usize> {
        let num = self.num;
        usize::try_from(num).map_err(|_| Error::value(format!("Number of samples, {num}, must be non-negative.")))
    }

    /// How many steps there are between the bounds.
    fn n_steps(&self) -> Result<usize> {
        Ok(self.len()?.saturating_sub(usize::from(self.endpoint)))
    }

    fn refuse_base(&self, function: &str) -> Result<()> {
        match self.base {
            None => Ok(()),
            Some(_) => Err(Error::type_(format!("{function}() got an unexpected keyword argument 'base'"))),
        }
    }
}

impl From<RangeFull> for Linspace {
    fn from(_: RangeFull) -> Linspace {
        num(50)
    }
}

macro_rules! nums {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Linspace {
            fn from(n: $ty) -> Linspace {
                num(n)
            }
        }
    )* };
}

nums!(i32, i64, isize, u32, u64, usize);

/// Numbers evenly spaced from `start` to `stop`, both included.
///
/// **Shapes**: `start` and `stop` broadcast to `[…]`, to the same with an axis of the number of numbers.
/// **Dtypes**: any, to the float or complex dtype that both promote to, float64 for integers; or that of the keyword.
/// **Keywords**, through [`num`]: endpoint dtype axis.
///
/// # Errors
/// The result is in error: `ValueError` for a negative number of numbers, or bounds that do not broadcast; `AxisError`;
/// `TypeError` for integers between complex bounds.
///
/// # Examples
/// ```
/// assert_eq!(hloom::linspace(0, 1, 5).to_string(), "[0.   0.25 0.5  0.75 1.  ]");
/// assert_eq!(hloom::linspace([0, 10], [1, 20], 2).to_string(), "[[ 0. 10.]\n [ 1. 20.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linspace.html>; with `retstep`, it is
/// [`linspace_step`].
#[track_caller]
pub fn linspace<'a, 'b>(
    start: impl IntoOperand<'a>,
    stop: impl IntoOperand<'b>,
    samples: impl Into<Linspace>,
) -> NdArray {
    let (start, stop, samples) = (start.into_operand(), stop.into_operand(), samples.into());
    Call::of("linspace", &[&start, &stop]).record(|builder| Ok(laid_out(builder, &start, &stop, &samples)?.numbers))
}

/// As [`linspace`], with the distance between the numbers as the second result: NaN if there is none.
///
/// # Examples
/// ```
/// let (x, step) = hloom::linspace_step(0, 1, 5);
/// assert_eq!((x.shape().size(), step.to_string()), (5, "0.25".to_owned()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linspace.html>
#[track_caller]
pub fn linspace_step<'a, 'b>(
    start: impl IntoOperand<'a>,
    stop: impl IntoOperand<'b>,
    samples: impl Into<Linspace>,
) -> (NdArray, NdArray) {
    let (start, stop, samples) = (start.into_operand(), stop.into_operand(), samples.into());
    let operands = [&start, &stop];
    let call = Call::of("linspace", &operands);
    let both = call.record_several(2, |builder| {
        let Spaced { numbers, step } = laid_out(builder, &start, &stop, &samples)?;
        Ok(vec![numbers, step])
    });
    match <[NdArray; 2]>::try_from(both) {
        Ok([numbers, step]) => (numbers, step),
        Err(_) => {
            let missing = Call::named("linspace").error(Error::internal("there are two results"));
            (missing.clone(), missing)
        }
    }
}

/// Powers of a base, 10 unless another is given, whose exponents are evenly spaced from `start` to `stop`.
///
/// **Shapes**: as for [`linspace`]; a base that is an array is broadcast with `start` and `stop`.
/// **Dtypes**: as for [`linspace`], promoted with the base.
/// **Keywords**, through [`num`]: endpoint base dtype axis.
///
/// # Errors
/// The result is in error as that of [`linspace`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::logspace(0, 3, 4).to_string(), "[   1.   10.  100. 1000.]");
/// assert_eq!(hloom::logspace(0, 3, hloom::num(4).base(2)).to_string(), "[1. 2. 4. 8.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.logspace.html>
#[track_caller]
pub fn logspace<'a, 'b>(
    start: impl IntoOperand<'a>,
    stop: impl IntoOperand<'b>,
    samples: impl Into<Linspace>,
) -> NdArray {
    let (start, stop, samples) = (start.into_operand(), stop.into_operand(), samples.into());
    let Linspace { num, endpoint, base, dtype, axis } = samples;
    let exponents = Linspace { num, endpoint, base: None, dtype: None, axis };
    let base = base.unwrap_or(Operand::Number(Weak::Float(10.0)));
    Call::of("logspace", &[&start, &stop]).record(|builder| {
        let base_ndim = builder.arg_shape(&base)?.ndim();
        let ndim = base_ndim.max(builder.arg_shape(&start)?.ndim()).max(builder.arg_shape(&stop)?.ndim());
        let numbers = laid_out_with(builder, &start, &stop, &exponents, if base_ndim > 0 { ndim } else { 0 })?.numbers;
        let own = ArgType::Strong(builder.dtype(numbers)?);
        let computed = Binary::Power.resolve(builder.arg_type(&base)?, own)?.operand;
        let mut base = builder.operand_as(&base, computed)?;
        if base_ndim > 0 {
            base = with_leading_ones(builder, base, ndim)?;
            let mut shape = builder.shape(base)?;
            shape.insert(named_axis("destination", axis, ndim + 1)?, 1);
            base = builder.reshape(base, shape)?;
        }
        let numbers = builder.convert(numbers, computed)?;
        let powers = builder.apply(Binary::Power, base, numbers)?;
        match dtype {
            Some(dtype) => builder.convert(powers, dtype),
            None => Ok(powers),
        }
    })
}

/// Numbers from `start` to `stop`, both included, each a constant multiple of the one before.
///
/// Between negative numbers they are negative, between complex ones they lie on a spiral. The values of bounds that are
/// arrays are looked at, so that they are computed, unless a function is being traced.
///
/// **Shapes**: as for [`linspace`].
/// **Dtypes**: float64 or complex128, or that of the keyword.
/// **Keywords**, through [`num`]: endpoint dtype axis.
///
/// # Errors
/// The result is in error: `ValueError` if a bound is zero; else as that of [`linspace`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::geomspace(1, 1000, 4).to_string(), "[   1.   10.  100. 1000.]");
/// assert_eq!(hloom::geomspace(-1, -16, 3).to_string(), "[ -1.  -4. -16.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.geomspace.html>
#[track_caller]
pub fn geomspace<'a, 'b>(
    start: impl IntoOperand<'a>,
    stop: impl IntoOperand<'b>,
    samples: impl Into<Linspace>,
) -> NdArray {
    let (start, stop, samples) = (start.into_operand(), stop.into_operand(), samples.into());
    let operands = [&start, &stop];
    let call = Call::of("geomspace", &operands);
    for bound in operands {
        match has_zero(bound) {
            Ok(false) => {}
            Ok(true) => return call.error(Error::value("Geometric sequence cannot include zero")),
            Err(error) => return call.error(error),
        }
    }
    call.record(|builder| {
        samples.refuse_base("geomspace")?;
        let own = |builder: &Builder<'_>, bound: &Operand<'_>| -> Result<ArgType> {
            Ok(ArgType::Strong(builder.arg_type(bound)?.default_dtype()))
        };
        let asked = ArgType::Strong(samples.dtype.unwrap_or(DType::F64));
        let args = [own(builder, &start)?, own(builder, &stop)?, ArgType::Weak(WeakKind::Float), asked];
        let dtype = result_type(&args)?;
        let geometric = Geometric::new(builder, &start, &stop, dtype)?;
        let numbers = geometric.numbers(builder, &samples)?;
        let ndim = builder.ty(numbers)?.shape.ndim();
        let moved = moved(builder, numbers, 0, named_axis("destination", samples.axis, ndim)?)?;
        builder.convert(moved, samples.dtype.unwrap_or(dtype))
    })
}

/// Whether a bound has a zero; one of a trace is not looked at.
#[track_caller]
fn has_zero(bound: &Operand<'_>) -> Result<bool> {
    match bound {
        Operand::Number(number) => Ok(match number {
            Weak::Complex(value) => *value == Complex::ZERO,
            number => number.real() == 0.0,
        }),
        Operand::Borrowed(array) if !array.is_traced() => array.equal(0).any(..).truth(),
        Operand::Owned(array) if !array.is_traced() => array.equal(0).any(..).truth(),
        Operand::Borrowed(_) | Operand::Owned(_) => Ok(false),
    }
}

/// Bounds turned so that the first is positive, with their logarithms.
struct Geometric {
    direction: NodeId,
    start: NodeId,
    stop: NodeId,
    log_start: NodeId,
    log_stop: NodeId,
}

impl Geometric {
    fn new(builder: &mut Builder<'_>, start: &Operand<'_>, stop: &Operand<'_>, dtype: DType) -> Result<Geometric> {
        let start = builder.operand(start)?;
        let start = builder.convert(start, dtype)?;
        let stop = builder.operand(stop)?;
        let stop = builder.convert(stop, dtype)?;
        let direction = builder.op(Unary::Sign, &[start])?;
        let start = builder.apply(Binary::Divide, start, direction)?;
        let stop = builder.apply(Binary::Divide, stop, direction)?;
        let (log_start, log_stop) = (builder.op(Unary::Log10, &[start])?, builder.op(Unary::Log10, &[stop])?);
        Ok(Geometric { direction, start, stop, log_start, log_stop })
    }

    /// The numbers along a new first axis.
    fn numbers(&self, builder: &mut Builder<'_>, samples: &Linspace) -> Result<NodeId> {
        let exponents = between(builder, self.log_start, self.log_stop, samples)?.numbers;
        let dtype = builder.dtype(exponents)?;
        let ten = builder.constant_of(10.0, dtype);
        let powers = builder.apply(Binary::Power, ten, exponents)?;
        // The bounds themselves, whatever rounding makes of the powers of their logarithms.
        let first = at(builder, powers, 0, self.start)?;
        let (len, last) = (samples.len()?, self.stop);
        let bounded = if samples.endpoint && len > 1 { at(builder, first, len - 1, last)? } else { first };
        builder.apply(Binary::Multiply, bounded, self.direction)
    }
}

/// Evenly spaced numbers, and the distance between them.
pub(super) struct Spaced {
    pub(super) numbers: NodeId,
    step: NodeId,
}

/// The numbers of a [`linspace`] as it returns them.
fn laid_out(builder: &mut Builder<'_>, start: &Operand<'_>, stop: &Operand<'_>, samples: &Linspace) -> Result<Spaced> {
    laid_out_with(builder, start, stop, samples, 0)
}

/// As [`laid_out`], with bounds of at least so many axes.
fn laid_out_with(
    builder: &mut Builder<'_>,
    start: &Operand<'_>,
    stop: &Operand<'_>,
    samples: &Linspace,
    min_ndim: usize,
) -> Result<Spaced> {
    samples.refuse_base("linspace")?;
    let Spaced { numbers, step } = match (start, stop) {
        (Operand::Number(start), Operand::Number(stop)) if min_ndim == 0 => {
            Spacing::new(*start, *stop, samples.n_steps()?).spaced(builder, samples)?
        }
        _ => {
            let common = result_type(&[builder.arg_type(start)?, builder.arg_type(stop)?])?;
            let dtype = if common.is_float() || common.is_complex() { common } else { DType::F64 };
            let (start, stop) = (builder.operand_as(start, dtype)?, builder.operand_as(stop, dtype)?);
            let start = with_leading_ones(builder, start, min_ndim)?;
            let stop = with_leading_ones(builder, stop, min_ndim)?;
            between(builder, start, stop, samples)?
        }
    };
    let ndim = builder.ty(numbers)?.shape.ndim();
    let mut numbers = moved(builder, numbers, 0, named_axis("destination", samples.axis, ndim)?)?;
    if let Some(dtype) = samples.dtype {
        if dtype.is_integer() {
            let own = builder.dtype(numbers)?;
            let floor = Unary::Floor.resolve(ArgType::Strong(own))?;
            numbers = builder.convert(numbers, floor.operand)?;
            numbers = builder.op(Unary::Floor, &[numbers])?;
        }
        numbers = builder.convert(numbers, dtype)?;
    }
    Ok(Spaced { numbers, step })
}

/// Numbers between nodes of one float or complex dtype, along a new first axis.
pub(super) fn between(builder: &mut Builder<'_>, start: NodeId, stop: NodeId, samples: &Linspace) -> Result<Spaced> {
    let (len, n_steps) = (samples.len()?, samples.n_steps()?);
    let distance = builder.apply(Binary::Subtract, stop, start)?;
    let Type { dtype, shape } = builder.ty(distance)?.clone();
    let counts = Type { dtype, shape: line(shape.ndim() + 1, 0, len) };
    [len].into_iter().chain(shape.iter().copied()).collect::<Shape>().check()?;
    let counts = builder.iota(counts, 0)?;
    let (scaled, step) = if n_steps > 0 {
        let n_steps = builder.constant_of(n_steps, dtype);
        let step = builder.apply(Binary::Divide, distance, n_steps)?;
        let plain = builder.apply(Binary::Multiply, counts, step)?;
        // A step that is too small for a number is zero. If one of them is, NumPy divides before it multiplies for all.
        let part = builder.apply(Binary::Divide, counts, n_steps)?;
        let exact = builder.apply(Binary::Multiply, part, distance)?;
        let zero = builder.constant(Literal::zero(dtype));
        let is_zero = builder.apply(Binary::Equal, step, zero)?;
        let any_is_zero = builder.reduce(Reducer::Any, is_zero, AxisSet::all(shape.ndim()))?;
        (builder.select(any_is_zero, exact, plain)?, step)
    } else {
        (builder.apply(Binary::Multiply, counts, distance)?, builder.constant(Literal::new(f64::NAN)))
    };
    let numbers = builder.apply(Binary::Add, scaled, start)?;
    let numbers = if samples.endpoint && len > 1 { at(builder, numbers, len - 1, stop)? } else { numbers };
    Ok(Spaced { numbers, step })
}

/// An array with the part at a position of its first axis replaced.
fn at(builder: &mut Builder<'_>, x: NodeId, position: usize, part: NodeId) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let places = Type { dtype: DType::I64, shape: line(shape.ndim(), 0, shape[0]) };
    let places = builder.iota(places, 0)?;
    let position = builder.constant(Literal::new(position as i64));
    let is_there = builder.apply(Binary::Equal, places, position)?;
    builder.select(is_there, part, x)
}

/// The numbers of a [`linspace`] between two numbers.
struct Spacing {
    start: Literal,
    stop: Literal,
    step: Step,
    /// The distance between two numbers; NaN if there is none.
    distance: Literal,
}

/// What the indices are multiplied by.
enum Step {
    By(Literal),
    /// By a fraction that is too small for a number: by the numerator, after the division by the denominator.
    Fraction(Literal, Literal),
}

impl Spacing {
    fn new(start: Weak, stop: Weak, n_steps: usize) -> Spacing {
        let is_complex = [start, stop].iter().any(|bound| matches!(bound, Weak::Complex(_)));
        let n_steps = n_steps as f64;
        let [start, stop] = [start, stop].map(complex_number);
        if is_complex {
            let step = quotient(stop - start, n_steps);
            Spacing::by_step(start, stop, step, Complex::new(n_steps, 0.0))
        } else {
            Spacing::by_step(start.re, stop.re, (stop.re - start.re) / n_steps, n_steps)
        }
    }

    /// The numbers of one type, with what their distance comes to as a number.
    fn by_step<T: Element + Default + Sub<Output = T>>(start: T, stop: T, step: T, n_steps: T) -> Spacing {
        let (whole, zero) = (stop - start, T::default());
        let (start, stop, distance) = (Literal::new(start), Literal::new(stop), Literal::new(step));
        if n_steps == zero {
            return Spacing { start, stop, step: Step::By(Literal::new(whole)), distance: Literal::new(f64::NAN) };
        }
        let step = if step == zero && whole != zero {
            Step::Fraction(Literal::new(whole), Literal::new(n_steps))
        } else {
            Step::By(distance)
        };
        Spacing { start, stop, step, distance }
    }

    fn spaced(&self, builder: &mut Builder<'_>, samples: &Linspace) -> Result<Spaced> {
        let len = samples.len()?;
        let ty = Type { dtype: self.start.dtype(), shape: Shape::from([len]).checked()? };
        let indices = builder.iota(ty, 0)?;
        let scaled = match self.step {
            Step::By(step) => {
                let step = builder.scalar(step);
                builder.apply(Binary::Multiply, indices, step)?
            }
            Step::Fraction(numerator, denominator) => {
                let (numerator, denominator) = (builder.scalar(numerator), builder.scalar(denominator));
                let part = builder.apply(Binary::Divide, indices, denominator)?;
                builder.apply(Binary::Multiply, part, numerator)?
            }
        };
        let start = builder.scalar(self.start);
        let mut numbers = builder.apply(Binary::Add, scaled, start)?;
        if samples.endpoint && len > 1 {
            // The last value is `stop` itself, whatever rounding makes of the sum.
            let last_index = builder.constant_of(len - 1, self.stop.dtype());
            let is_last = builder.apply(Binary::Equal, indices, last_index)?;
            let stop = builder.scalar(self.stop);
            numbers = builder.select(is_last, stop, numbers)?;
        }
        Ok(Spaced { numbers, step: builder.scalar(self.distance) })
    }
}

fn complex_number(number: Weak) -> Complex<f64> {
    match number {
        Weak::Bool(value) => Complex::new(f64::from(u8::from(value)), 0.0),
        Weak::Int(value) => Complex::new(value as f64, 0.0),
        Weak::Float(value) => Complex::new(value, 0.0),
        Weak::Complex(value) => value,
    }
}

/// A complex number over a real one as NumPy rounds it: it divides by a complex one whose imaginary part is zero.
fn quotient(dividend: Complex<f64>, divisor: f64) -> Complex<f64> {
    let (ratio, scale) = (0.0 / divisor, 1.0 / divisor);
    let Complex { re, im } = dividend;
    Complex::new((re + im * ratio) * scale, (im - re * ratio) * scale)
}
