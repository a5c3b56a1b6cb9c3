//! Floats between bounds, every bit of which is random.

use std::panic::Location;

use hloom_ir::{Binary, DType, Layout, NodeId, Weak};

use super::Generator;
use super::philox::with_bits;
use super::size::Size;
use super::state::Source;
use super::words::{halves, quarters};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

impl Generator {
    /// Numbers from 0 to below 1, each as probable as any other multiple of 2^-53, or of 2^-24 in float32.
    ///
    /// **Shapes**: to the size. **Dtypes**: float64, or float32 as `size(…).dtype(float32)`.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for a negative extent, `TypeError` for other dtypes and keyword arguments.
    ///
    /// # Examples
    /// ```
    /// let mut rng = hloom::random::default_rng(42);
    /// let x = rng.random((2, 2));
    /// assert!(x.ge(0).all(..).truth()? && x.lt(1).all(..).truth()?);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.random.html>
    #[track_caller]
    pub fn random(&mut self, size: impl Into<Size>) -> NdArray {
        self.floats("random", &size.into(), unit)
    }

    /// Numbers from `low` to below `high`: `low + (high - low) * x` for `x` as of [`Generator::random`]. By rounding, one can
    /// be `high`.
    ///
    /// Arrays of bounds are computed to look for what is wrong with them; inside of a trace that is not found.
    ///
    /// **Shapes**: to the size, to which the bounds broadcast; with `..` to what they broadcast to. **Dtypes**: float64.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for `high` below `low` and for shapes that do not broadcast; `OverflowError` for
    /// bounds that are infinite or too far apart; `TypeError` for complex bounds.
    ///
    /// # Examples
    /// ```
    /// let mut rng = hloom::random::default_rng(42);
    /// let x = rng.uniform(-1, [0.0, 10.0], ..);
    /// assert_eq!(x.shape(), [2]);
    /// assert!(x.get(0).item::<f64>()? < 0.0);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.uniform.html>
    #[track_caller]
    pub fn uniform<'a, 'b>(
        &mut self,
        low: impl IntoOperand<'a>,
        high: impl IntoOperand<'b>,
        size: impl Into<Size>,
    ) -> NdArray {
        let bounds = [low.into_operand(), high.into_operand()];
        match check_bounds(&bounds, true) {
            Ok(()) => self.between(&bounds, &size.into()),
            Err(error) => Call::of("uniform", &bounds).error(error),
        }
    }

    /// As [`Generator::uniform`], for bounds that were looked at.
    #[track_caller]
    pub(super) fn between(&mut self, bounds: &[Operand<'_>; 2], size: &Size) -> NdArray {
        self.over(
            "uniform",
            bounds,
            size,
            |builder, source, n| unit(builder, source, n, DType::F64),
            |builder, x, [low, high]| {
                let width = builder.apply(Binary::Subtract, high, low)?;
                let part = builder.apply(Binary::Multiply, width, x)?;
                builder.apply(Binary::Add, low, part)
            },
        )
    }

    /// Numbers of a float dtype that a caller may choose.
    #[track_caller]
    pub(super) fn floats(
        &mut self,
        name: &'static str,
        size: &Size,
        numbers: impl FnOnce(&mut Builder<'_>, &Source, usize, DType) -> Result<NodeId>,
    ) -> NdArray {
        let call = Call::named(name);
        let asked = size.check(name, &["dtype"]).and_then(|()| Ok((size.shape()?, float_dtype(name, size)?)));
        let (shape, dtype) = match asked {
            Ok(asked) => asked,
            Err(error) => return call.error(error),
        };
        let per_block = if dtype == DType::F32 && name == "random" { 4 } else { 2 };
        let source = self.take(shape.size().div_ceil(per_block), Location::caller());
        call.record(|builder| {
            let numbers = numbers(builder, &source, shape.size(), dtype)?;
            let numbers = builder.reshape(numbers, shape)?;
            written(builder, numbers)
        })
    }

    /// Numbers made of two words each and of two arguments, which are float64.
    #[track_caller]
    pub(super) fn over(
        &mut self,
        name: &'static str,
        arguments: &[Operand<'_>; 2],
        size: &Size,
        numbers: impl FnOnce(&mut Builder<'_>, &Source, usize) -> Result<NodeId>,
        finish: impl FnOnce(&mut Builder<'_>, NodeId, [NodeId; 2]) -> Result<NodeId>,
    ) -> NdArray {
        let call = Call::of(name, arguments);
        let asked = size.check(name, &[]).and_then(|()| size.over(&shapes(arguments)?));
        let shape = match asked {
            Ok(shape) => shape,
            Err(error) => return call.error(error),
        };
        let source = self.take(shape.size().div_ceil(2), Location::caller());
        call.record(|builder| {
            let numbers = numbers(builder, &source, shape.size())?;
            let numbers = builder.reshape(numbers, shape)?;
            let [a, b] = arguments;
            let arguments = [float64(builder, a)?, float64(builder, b)?];
            let numbers = finish(builder, numbers, arguments)?;
            written(builder, numbers)
        })
    }
}

/// Numbers that were drawn, written to memory. Without that the compiler would compute each anew for every operation that reads
/// it, and one by one, without vectors, for an operation that reduces them.
pub(super) fn written(builder: &mut Builder<'_>, numbers: NodeId) -> Result<NodeId> {
    builder.op(Layout::Kept, &[numbers])
}

/// The dtype of floats, in NumPy's words where it is none that there is.
fn float_dtype(name: &str, size: &Size) -> Result<DType> {
    match size.dtype {
        None | Some(DType::F64) => Ok(DType::F64),
        Some(DType::F32) => Ok(DType::F32),
        Some(dtype) => Err(Error::type_(format!("Unsupported dtype dtype('{dtype}') for {name}"))),
    }
}

/// The shapes of arguments.
pub(super) fn shapes<const N: usize>(arguments: &[Operand<'_>; N]) -> Result<[hloom_ir::Shape; N]> {
    let mut shapes = std::array::from_fn(|_| hloom_ir::Shape::scalar());
    for (shape, argument) in shapes.iter_mut().zip(arguments) {
        if let Some(array) = argument.as_array() {
            *shape = array.try_shape()?;
        }
    }
    Ok(shapes)
}

/// An argument as float64.
pub(super) fn float64(builder: &mut Builder<'_>, argument: &Operand<'_>) -> Result<NodeId> {
    if builder.arg_type(argument)?.default_dtype().is_complex() {
        return Err(Error::type_("float() argument must be a string or a real number, not 'complex'"));
    }
    builder.operand_as(argument, DType::F64)
}

/// The float64 elements of an argument, if they are known without a trace.
#[track_caller]
pub(super) fn known(name: &'static str, argument: &Operand<'_>) -> Result<Option<Vec<f64>>> {
    match argument {
        Operand::Number(Weak::Complex(_)) => Ok(None),
        Operand::Number(number) => Ok(Some(vec![number.real()])),
        Operand::Borrowed(_) | Operand::Owned(_) => {
            let Some(array) = argument.as_array() else { return Ok(None) };
            if array.is_traced() || array.try_dtype()?.is_complex() {
                return Ok(None);
            }
            array.astype(DType::F64).elements(name).map(Some)
        }
    }
}

/// Refuses bounds in NumPy's words, those of its generators or those of its older functions.
#[track_caller]
pub(super) fn check_bounds(bounds: &[Operand<'_>; 2], is_generator: bool) -> Result<()> {
    let widths = match bounds {
        [Operand::Number(low), Operand::Number(high)] => vec![high.real() - low.real()],
        _ => {
            let mut ends = Vec::with_capacity(2);
            for bound in bounds {
                let bound = bound.clone().into_array();
                if bound.is_traced() || bound.try_dtype()?.is_complex() {
                    return Ok(());
                }
                ends.push(bound.astype(DType::F64));
            }
            crate::subtract(&ends[1], &ends[0]).elements("uniform")?
        }
    };
    if widths.iter().any(|width| !width.is_finite()) {
        let what = if is_generator { "high - low range" } else { "Range" };
        return Err(Error::new(crate::ErrorKind::Overflow, format!("{what} exceeds valid bounds")));
    }
    if is_generator && widths.iter().any(|width| width.is_sign_negative()) {
        return Err(Error::value("high - low < 0"));
    }
    Ok(())
}

/// Numbers from 0 to below 1.
pub(super) fn unit(builder: &mut Builder<'_>, source: &Source, n: usize, dtype: DType) -> Result<NodeId> {
    if dtype == DType::F32 {
        let word = quarters(builder, source, n)?;
        let bits = with_bits(builder, Binary::RightShift, word, 8)?;
        let number = converted(builder, bits, DType::F32)?;
        let scale = builder.constant_of(1.0 / f64::from(1 << 24), DType::F32);
        return builder.apply(Binary::Multiply, number, scale);
    }
    let words = halves(builder, source, n)?;
    joined(builder, words, 0, 53)
}

/// An integer of at most 31 bits as a float, by way of the dtype that processors convert many of at once.
pub(super) fn converted(builder: &mut Builder<'_>, bits: NodeId, dtype: DType) -> Result<NodeId> {
    let bits = builder.convert(bits, DType::I32)?;
    builder.convert(bits, dtype)
}

/// The upper `n_bits` bits of two words behind the first `skipped`, as a float64 times 2^-n_bits. The words have their upper bits
/// in front, and 26 bits come from the second.
pub(super) fn joined(
    builder: &mut Builder<'_>,
    [upper, lower]: [NodeId; 2],
    skipped: u32,
    n_bits: u32,
) -> Result<NodeId> {
    let n_upper = n_bits - 26;
    let mut upper = upper;
    if skipped > 0 {
        upper = with_bits(builder, Binary::BitwiseAnd, upper, (1 << (32 - skipped)) - 1)?;
    }
    let upper = with_bits(builder, Binary::RightShift, upper, u64::from(32 - skipped - n_upper))?;
    let lower = with_bits(builder, Binary::RightShift, lower, 6)?;
    let (upper, lower) = (converted(builder, upper, DType::F64)?, converted(builder, lower, DType::F64)?);
    let [above, scale] =
        [f64::from(1 << 26), 0.5f64.powi(n_bits as i32)].map(|number| builder.constant_of(number, DType::F64));
    let upper = builder.apply(Binary::Multiply, upper, above)?;
    let bits = builder.apply(Binary::Add, upper, lower)?;
    builder.apply(Binary::Multiply, bits, scale)
}
