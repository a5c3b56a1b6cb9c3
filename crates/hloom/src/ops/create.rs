//! Arrays from shapes and ranges.

use hloom_ir::{Binary, DType, Literal, Shape, Type, Weak};

use crate::record::{self, IntoOperand, Operand};
use crate::{Error, IntoShape, NdArray, Result};

/// An array of whatever holds elements: nested Rust arrays and vectors, numbers, another array.
///
/// Vectors of different lengths at one depth give an array in error (`ValueError`).
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 2], [3, 4]]);
/// assert_eq!((x.shape().to_vec(), x.dtype()), (vec![2, 2], hloom::int32));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array.html>; a Rust integer
/// keeps its own dtype, where Python's becomes int64.
#[track_caller]
pub fn array(object: impl Into<NdArray>) -> NdArray {
    object.into()
}

/// An array of zeros, float64.
///
/// **Shapes**: to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::zeros([2, 2]).to_string(), "[[0. 0.]\n [0. 0.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.zeros.html>
#[track_caller]
pub fn zeros(shape: impl IntoShape) -> NdArray {
    filled(shape.into_shape(), Literal::zero(DType::F64), "zeros")
}

/// An array of ones, float64.
///
/// **Shapes**: to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::ones(3).to_string(), "[1. 1. 1.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ones.html>
#[track_caller]
pub fn ones(shape: impl IntoShape) -> NdArray {
    filled(shape.into_shape(), Literal::one(DType::F64), "ones")
}

#[track_caller]
fn filled(shape: Result<Shape>, literal: Literal, context: &str) -> NdArray {
    record::record(|builder| builder.full(literal, &shape?), |_| context.to_owned())
}

/// An array with every element equal to a value, of the value's dtype.
///
/// **Shapes**: the value broadcast to the shape given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent, an array that is too big, or a value
/// that does not broadcast.
///
/// # Examples
/// ```
/// assert_eq!(hloom::full([2], 7).to_string(), "[7 7]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.full.html>
#[track_caller]
pub fn full<'a>(shape: impl IntoShape, value: impl IntoOperand<'a>) -> NdArray {
    let (shape, value) = (shape.into_shape(), value.into_operand());
    record::record(
        |builder| {
            let value = builder.operand(&value)?;
            builder.broadcast(value, &shape?)
        },
        |recorder| format!("full({})", super::elementwise::describe(recorder, &value)),
    )
}

macro_rules! like {
    ($($name:ident $literal:ident $what:literal;)*) => { $(
        #[doc = concat!("An array of ", $what, " with the shape and dtype of another.")]
        ///
        #[doc = concat!(
            "**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", stringify!($name), ".html>"
        )]
        #[track_caller]
        pub fn $name<'a>(like: impl IntoOperand<'a>) -> NdArray {
            let like = like.into_operand().into_array();
            record::record(
                |builder| {
                    let Type { dtype, shape } = builder.ty(like.node())?.clone();
                    builder.full(Literal::$literal(dtype), &shape)
                },
                |recorder| format!("{}({})", stringify!($name), recorder.describe(like.node())),
            )
        }
    )* };
}

like! {
    zeros_like zero "zeros";
    ones_like one "ones";
}

/// An array with the shape and dtype of another, with every element equal to a value.
///
/// # Errors
/// The result is in error: `OverflowError` if the dtype cannot hold the value, `ValueError` if it does
/// not broadcast.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.full_like.html>
#[track_caller]
pub fn full_like<'a, 'b>(like: impl IntoOperand<'a>, value: impl IntoOperand<'b>) -> NdArray {
    let (like, value) = (like.into_operand().into_array(), value.into_operand());
    record::record(
        |builder| {
            let Type { dtype, shape } = builder.ty(like.node())?.clone();
            let value = match &value {
                // Integers are checked; everything else is cast as `astype` casts, as NumPy does here.
                Operand::Number(Weak::Int(_)) => builder.operand_as(&value, dtype)?,
                _ => {
                    let value = builder.operand(&value)?;
                    builder.convert(value, dtype)?
                }
            };
            builder.broadcast(value, &shape)
        },
        |recorder| format!("full_like({})", recorder.describe(like.node())),
    )
}

/// Numbers from `start` to before `stop`, `step` apart: int64 if all are integers, else float64.
///
/// # Errors
/// The result is in error: `ValueError` for a step of zero, a complex number, or an array that is too
/// big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::arange(0, 10, 3).to_string(), "[0 3 6 9]");
/// assert_eq!(hloom::arange(1.0, 0.0, -0.25).to_string(), "[1.   0.75 0.5  0.25]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.arange.html>
#[track_caller]
pub fn arange(start: impl Into<Weak>, stop: impl Into<Weak>, step: impl Into<Weak>) -> NdArray {
    let (start, stop, step) = (start.into(), stop.into(), step.into());
    record::record(
        |builder| {
            let range = Range::new(start, stop, step)?;
            let ty = Type { dtype: range.dtype, shape: Shape::from([range.len]).checked()? };
            let indices = builder.iota(ty, 0)?;
            let step = builder.number(range.step);
            let start = builder.number(range.start);
            let scaled = builder.apply(Binary::Multiply, indices, step)?;
            builder.apply(Binary::Add, scaled, start)
        },
        |_| "arange".to_owned(),
    )
}

/// The length and the numbers of an [`arange`].
struct Range {
    dtype: DType,
    len: usize,
    start: Literal,
    step: Literal,
}

impl Range {
    fn new(start: Weak, stop: Weak, step: Weak) -> Result<Range> {
        if let (Some(start), Some(stop), Some(step)) = (integer(start), integer(stop), integer(step)) {
            if step == 0 {
                return Err(Error::value("arange: step must not be zero"));
            }
            let distance = if step > 0 { stop.saturating_sub(start) } else { start.saturating_sub(stop) };
            let len = if distance <= 0 { 0 } else { (distance.unsigned_abs() - 1) / step.unsigned_abs() + 1 };
            return Ok(Range {
                dtype: DType::I64,
                len: usize::try_from(len).unwrap_or(usize::MAX),
                start: Weak::Int(start).to_literal(DType::I64)?,
                step: Weak::Int(step).to_literal(DType::I64)?,
            });
        }
        let [start, stop, step] = [start, stop, step].map(real);
        let (start, stop, step) = (start?, stop?, step?);
        let len = ((stop - start) / step).ceil();
        if step == 0.0 || len.is_nan() {
            return Err(Error::value(format!(
                "arange: cannot compute length, expected finite numbers and a nonzero step, got start {start}, \
                 stop {stop}, step {step}"
            )));
        }
        // NumPy steps by the difference of the first two values, which rounding may make another number.
        let delta = (start + step) - start;
        Ok(Range {
            dtype: DType::F64,
            len: len.max(0.0) as usize,
            start: Literal::new(start),
            step: Literal::new(delta),
        })
    }
}

fn integer(number: Weak) -> Option<i128> {
    match number {
        Weak::Bool(value) => Some(value.into()),
        Weak::Int(value) => Some(value),
        Weak::Float(_) | Weak::Complex(_) => None,
    }
}

fn real(number: Weak) -> Result<f64> {
    match number {
        Weak::Bool(value) => Ok(f64::from(u8::from(value))),
        Weak::Int(value) => Ok(value as f64),
        Weak::Float(value) => Ok(value),
        Weak::Complex(value) => Err(Error::type_(format!("expected a real number, got {value}"))),
    }
}

/// `num` numbers evenly spaced from `start` to `stop`, both included, float64.
///
/// # Errors
/// The result is in error: `ValueError` for a negative count, `TypeError` for a complex bound.
///
/// # Examples
/// ```
/// assert_eq!(hloom::linspace(0.0, 1.0, 5).to_string(), "[0.   0.25 0.5  0.75 1.  ]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.linspace.html>
#[track_caller]
pub fn linspace(start: impl Into<Weak>, stop: impl Into<Weak>, num: impl crate::IntoExtent) -> NdArray {
    let (start, stop, num) = (start.into(), stop.into(), num.into_extent());
    record::record(
        |builder| {
            let (start, stop) = (real(start)?, real(stop)?);
            let num = usize::try_from(num)
                .map_err(|_| Error::value(format!("Number of samples, {num}, must be non-negative.")))?;
            let ty = Type { dtype: DType::F64, shape: Shape::from([num]).checked()? };
            let n_steps = num.saturating_sub(1);
            let indices = builder.iota(ty, 0)?;
            let step = if n_steps == 0 { 0.0 } else { (stop - start) / n_steps as f64 };
            let step = builder.number(Literal::new(step));
            let first = builder.number(Literal::new(start));
            let scaled = builder.apply(Binary::Multiply, indices, step)?;
            let shifted = builder.apply(Binary::Add, scaled, first)?;
            if n_steps == 0 {
                return Ok(shifted);
            }
            // The last value is `stop` itself, whatever rounding makes of the sum.
            let last_index = builder.constant(Literal::new(n_steps as f64));
            let is_last = builder.apply(Binary::Equal, indices, last_index)?;
            let last = builder.number(Literal::new(stop));
            builder.select(is_last, last, shifted)
        },
        |_| "linspace".to_owned(),
    )
}

/// A matrix with ones on the `k`-th diagonal (0 the main one, positive above it), float64.
///
/// **Shapes**: to `[n, m]`.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent.
///
/// # Examples
/// ```
/// assert_eq!(hloom::eye(2, 3, 1).to_string(), "[[0. 1. 0.]\n [0. 0. 1.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.eye.html>
#[track_caller]
pub fn eye(n: impl crate::IntoExtent, m: impl crate::IntoExtent, k: i64) -> NdArray {
    let shape = [n.into_extent(), m.into_extent()].into_shape();
    record::record(
        |builder| {
            let ty = Type { dtype: DType::I64, shape: shape? };
            let row = builder.iota(ty.clone(), 0)?;
            let column = builder.iota(ty, 1)?;
            let offset = builder.constant(Literal::new(k));
            let diagonal = builder.apply(Binary::Add, row, offset)?;
            let on_it = builder.apply(Binary::Equal, column, diagonal)?;
            builder.convert(on_it, DType::F64)
        },
        |_| "eye".to_owned(),
    )
}

/// The square matrix with ones on its diagonal, float64.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.identity.html>
#[track_caller]
pub fn identity(n: impl crate::IntoExtent) -> NdArray {
    eye(n, n, 0)
}
