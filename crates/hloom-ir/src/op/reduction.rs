//! Reductions: many elements made one, at once or one after another, by an operation of two, or by which of them is the
//! extreme one.

use std::fmt;

use num_complex::Complex;

use crate::{DType, Error, Kind, Literal, Result, Type, Weak};

use super::{AxisSet, Binary, Facts, InPlace, Positions, Signature, Types, Work, exactly, one, require};

/// An operation that makes many elements one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// The operand's elements along some axes made one by an associative operation.
    Reduce {
        /// The associative operation.
        reducer: Reducer,
        /// The axes that vanish.
        axes: AxisSet,
    },
    /// Where along an axis the extreme elements of the operand are, as int64.
    ArgReduce {
        /// Which elements.
        extreme: Extreme,
        /// The axis that vanishes.
        axis: usize,
    },
    /// The operand's elements along an axis, each combined with the result before it: the first is that of the operand, the
    /// next `op` of the first result and the second element, and so on.
    Accumulate {
        /// What combines the result before an element, on the left, with the element. It yields the dtype that it takes.
        op: Binary,
        /// The axis along which the results follow each other.
        axis: usize,
    },
}

impl Reduction {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        const REDUCED: Facts = Facts { in_place: InPlace::Always, work: Work::PerReduced, ..Facts::WRITTEN };
        match self {
            Reduction::Reduce { reducer, .. } => Facts { name: reducer.name(), ..REDUCED },
            Reduction::ArgReduce { extreme, axis } => {
                Facts { name: extreme.name(), positions: Positions::AlongOperand(*axis), ..REDUCED }
            }
            Reduction::Accumulate { op, .. } => Facts { name: "accumulate", work: op.work(), ..Facts::WRITTEN },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type]) -> Result<Types> {
        let operand = exactly(self.facts().name, operands)?;
        one(match self {
            Reduction::Reduce { reducer, axes } => infer_reduce(operand, *reducer, *axes),
            Reduction::ArgReduce { extreme, axis } => infer_arg_reduce(operand, *extreme, *axis),
            Reduction::Accumulate { op, axis } => infer_accumulate(operand, *op, *axis),
        })
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reduction::Reduce { axes, .. } => write!(f, " {{axes={axes}}}"),
            Reduction::ArgReduce { axis, .. } => write!(f, " {{axis={axis}}}"),
            Reduction::Accumulate { op, axis } => write!(f, " {{op={} axis={axis}}}", op.name()),
        }
    }
}

/// An associative operation that makes many elements one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Reducer {
    /// The sum; 0 of no elements.
    Sum,
    /// The product; 1 of no elements.
    Prod,
    /// The greatest element, NaN if there is one; an error of no elements.
    Max,
    /// The least element, NaN if there is one; an error of no elements.
    Min,
    /// The greatest element but for NaN, NaN if there is no other; an error of no elements.
    Fmax,
    /// The least element but for NaN, NaN if there is no other; an error of no elements.
    Fmin,
    /// Whether all elements are true; true of no elements.
    All,
    /// Whether any element is true; false of no elements.
    Any,
}

impl Reducer {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Reducer::Sum => "sum",
            Reducer::Prod => "prod",
            Reducer::Max => "max",
            Reducer::Min => "min",
            Reducer::Fmax => "fmax",
            Reducer::Fmin => "fmin",
            Reducer::All => "all",
            Reducer::Any => "any",
        }
    }

    /// The row of the table of two operands that makes one element of two.
    pub const fn row(self) -> Binary {
        match self {
            Reducer::Sum => Binary::Add,
            Reducer::Prod => Binary::Multiply,
            Reducer::Max => Binary::Maximum,
            Reducer::Min => Binary::Minimum,
            Reducer::Fmax => Binary::Fmax,
            Reducer::Fmin => Binary::Fmin,
            Reducer::All => Binary::LogicalAnd,
            Reducer::Any => Binary::LogicalOr,
        }
    }

    /// What changes no element of a dtype that it is combined with, but for the sign of a zero. Extremes of complex numbers,
    /// which are ordered by both parts, have it in both.
    pub fn neutral(self, dtype: DType) -> Literal {
        let number = |number: f64| match dtype.kind() {
            Kind::Complex => Weak::Complex(Complex::new(number, number)).saturating_literal(dtype),
            Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Float => Weak::Float(number).saturating_literal(dtype),
        };
        let is_inexact = matches!(dtype.kind(), Kind::Float | Kind::Complex);
        match self {
            Reducer::Sum | Reducer::Any => Literal::zero(dtype),
            Reducer::Prod | Reducer::All => Literal::one(dtype),
            Reducer::Fmax | Reducer::Fmin if is_inexact => number(f64::NAN),
            Reducer::Max if is_inexact => number(f64::NEG_INFINITY),
            Reducer::Min if is_inexact => number(f64::INFINITY),
            Reducer::Max | Reducer::Fmax => Literal::lowest(dtype),
            Reducer::Min | Reducer::Fmin => Literal::highest(dtype),
        }
    }

    /// What NumPy makes of no elements: the neutral one, but for extremes, of which there has to be one.
    pub fn identity(self, dtype: DType) -> Option<Literal> {
        match self {
            Reducer::Sum | Reducer::Prod | Reducer::All | Reducer::Any => Some(self.neutral(dtype)),
            Reducer::Max | Reducer::Min | Reducer::Fmax | Reducer::Fmin => None,
        }
    }

    /// The dtype that NumPy computes in and returns: sums and products of narrow integers are taken in
    /// the default integer of their sign, truth is bool, the rest stays.
    pub const fn resolve(self, dtype: DType) -> DType {
        match self {
            Reducer::Sum | Reducer::Prod => match dtype.kind() {
                Kind::Bool | Kind::Signed => DType::I64,
                Kind::Unsigned => DType::U64,
                Kind::Float | Kind::Complex => dtype,
            },
            Reducer::Max | Reducer::Min | Reducer::Fmax | Reducer::Fmin => dtype,
            Reducer::All | Reducer::Any => DType::Bool,
        }
    }
}

/// Which element along an axis is sought. Of equal ones it is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Extreme {
    /// The greatest; the first NaN if there is one.
    Max,
    /// The least; the first NaN if there is one.
    Min,
}

impl Extreme {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Extreme::Max => "argmax",
            Extreme::Min => "argmin",
        }
    }
}

/// The dtype that a mean is computed in, and the one it has: integers become float64, half floats are summed
/// and divided in float32 and rounded once.
pub const fn mean_signature(dtype: DType) -> Signature {
    match dtype.kind() {
        Kind::Bool | Kind::Signed | Kind::Unsigned => Signature { operand: DType::F64, result: DType::F64 },
        Kind::Float | Kind::Complex => Signature { operand: dtype.wide(), result: dtype },
    }
}

fn infer_reduce([operand]: [&Type; 1], reducer: Reducer, axes: AxisSet) -> Result<Type> {
    let name = reducer.name();
    require(name, axes.iter().all(|axis| axis < operand.shape.ndim()), || format!("axes of {operand}, got {axes:?}"))?;
    let takes = match reducer {
        Reducer::All | Reducer::Any => operand.dtype == DType::Bool,
        Reducer::Sum | Reducer::Prod => operand.dtype != DType::Bool,
        Reducer::Max | Reducer::Min | Reducer::Fmax | Reducer::Fmin => true,
    };
    require(name, takes, || format!("a dtype it can reduce, got {operand}"))?;
    if axes.iter().any(|axis| operand.shape[axis] == 0) && reducer.identity(operand.dtype).is_none() {
        return Err(Error::value(format!(
            "zero-size array to reduction operation {} which has no identity",
            reducer.row().name()
        )));
    }
    Ok(Type { dtype: operand.dtype, shape: operand.shape.without(axes) })
}

fn infer_arg_reduce([operand]: [&Type; 1], extreme: Extreme, axis: usize) -> Result<Type> {
    let name = extreme.name();
    let Some(&extent) = operand.shape.get(axis) else {
        return Err(Error::internal(format!("{name}: expected an axis of {operand}, got {axis}")));
    };
    if extent == 0 {
        return Err(Error::value(format!("attempt to get {name} of an empty sequence")));
    }
    Ok(Type { dtype: DType::I64, shape: operand.shape.without(AxisSet::from_iter([axis])) })
}

fn infer_accumulate([operand]: [&Type; 1], op: Binary, axis: usize) -> Result<Type> {
    require("accumulate", axis < operand.shape.ndim(), || format!("an axis of {operand}, got {axis}"))?;
    let signature = op.resolve(operand.dtype.into(), operand.dtype.into())?;
    require("accumulate", signature == Signature::uniform(operand.dtype), || {
        format!("a dtype that {} takes and yields, got {operand}", op.name())
    })?;
    Ok(operand.clone())
}
