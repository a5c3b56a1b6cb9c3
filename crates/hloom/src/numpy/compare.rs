//! Arrays compared as wholes, or up to a tolerance.

use std::ops::RangeFull;

use hloom_ir::{
    ArgType, AxisSet, Binary, DType, Literal, NodeId, Reducer, Unary, Weak, WeakKind, broadcast_shapes, result_type,
};

use super::elementwise::record_binary;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// How near elements have to be, for [`isclose`], [`allclose`] and [`array_equal`]: `..` as NumPy has it, or made by
/// [`rtol`], [`atol`] or [`equal_nan`] and completed by its methods.
#[derive(Clone, Debug, Default)]
pub struct Closeness {
    rtol: Option<Operand<'static>>,
    atol: Option<Operand<'static>>,
    equal_nan: bool,
}

/// A relative tolerance, in parts of the second argument; 1e-5 if nothing is said.
///
/// # Examples
/// ```
/// assert_eq!(hloom::isclose([1.0, 2.0], [1.1, 3.0], hloom::rtol(0.2)).to_string(), "[ True False]");
/// ```
pub fn rtol<'a>(rtol: impl IntoOperand<'a>) -> Closeness {
    Closeness::default().rtol(rtol)
}

/// An absolute tolerance; 1e-8 if nothing is said.
///
/// # Examples
/// ```
/// assert_eq!(hloom::isclose([0.0, 2.0], [0.1, 3.0], hloom::atol(0.5)).to_string(), "[ True False]");
/// ```
pub fn atol<'a>(atol: impl IntoOperand<'a>) -> Closeness {
    Closeness::default().atol(atol)
}

/// NaN counts as equal to NaN.
///
/// # Examples
/// ```
/// let x = hloom::array([1.0, f64::NAN]);
/// assert_eq!(hloom::array_equal(&x, &x, ..).to_string(), "False");
/// assert_eq!(hloom::array_equal(&x, &x, hloom::equal_nan()).to_string(), "True");
/// ```
pub fn equal_nan() -> Closeness {
    Closeness::default().equal_nan()
}

impl Closeness {
    /// A relative tolerance, in parts of the second argument.
    pub fn rtol<'a>(self, rtol: impl IntoOperand<'a>) -> Closeness {
        Closeness { rtol: Some(rtol.into_operand().into_owned()), ..self }
    }

    /// An absolute tolerance.
    pub fn atol<'a>(self, atol: impl IntoOperand<'a>) -> Closeness {
        Closeness { atol: Some(atol.into_operand().into_owned()), ..self }
    }

    /// NaN counts as equal to NaN.
    pub fn equal_nan(self) -> Closeness {
        Closeness { equal_nan: true, ..self }
    }

    /// Whether NaN equals NaN, for a function without tolerances.
    fn nan_alone(&self, function: &str) -> Result<bool> {
        let given = [(&self.rtol, "rtol"), (&self.atol, "atol")].into_iter().find(|(tolerance, _)| tolerance.is_some());
        match given {
            None => Ok(self.equal_nan),
            Some((_, name)) => Err(Error::type_(format!("{function}() got an unexpected keyword argument '{name}'"))),
        }
    }
}

impl From<RangeFull> for Closeness {
    fn from(_: RangeFull) -> Closeness {
        Closeness::default()
    }
}

/// Where two arrays are equal up to a tolerance: where `|a - b| <= atol + rtol |b|`, or both are the same infinity.
///
/// **Shapes**: any two that broadcast, and the tolerances with them, to the broadcast shape.
/// **Dtypes**: any, to bool.
/// **Keywords**: [`rtol`], [`atol`], [`equal_nan`].
///
/// # Errors
/// The result is in error (`ValueError`) for shapes that do not broadcast.
///
/// # Examples
/// ```
/// assert_eq!(hloom::isclose([1e10, 1e-7], [1.00001e10, 1e-8], ..).to_string(), "[ True False]");
/// assert_eq!(hloom::isclose(f64::NAN, f64::NAN, hloom::equal_nan()).to_string(), "True");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.isclose.html>
#[track_caller]
pub fn isclose<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>, closeness: impl Into<Closeness>) -> NdArray {
    let (a, b, closeness) = (a.into_operand(), b.into_operand(), closeness.into());
    Call::of("isclose", &[&a, &b]).record(|builder| record_close(builder, &a, &b, &closeness))
}

/// Whether two arrays are equal everywhere up to a tolerance; see [`isclose`].
///
/// **Shapes**: any two that broadcast, to `[]`.
/// **Dtypes**: any, to bool.
/// **Keywords**: [`rtol`], [`atol`], [`equal_nan`].
///
/// # Errors
/// The result is in error (`ValueError`) for shapes that do not broadcast.
///
/// # Examples
/// ```
/// assert!(hloom::allclose([1e10, 1e-8], [1.00001e10, 1e-9], ..).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.allclose.html>; the result is an array, so that it
/// can be part of a program.
#[track_caller]
pub fn allclose<'a, 'b>(a: impl IntoOperand<'a>, b: impl IntoOperand<'b>, closeness: impl Into<Closeness>) -> NdArray {
    let (a, b, closeness) = (a.into_operand(), b.into_operand(), closeness.into());
    Call::of("allclose", &[&a, &b]).record(|builder| {
        let close = record_close(builder, &a, &b, &closeness)?;
        everywhere(builder, close)
    })
}

/// Whether two arrays have the same shape and equal elements.
///
/// **Shapes**: any two, to `[]`.
/// **Dtypes**: any, to bool.
/// **Keywords**: [`equal_nan`].
///
/// # Errors
/// The result is in error for an argument in error, and (`TypeError`) with a tolerance.
///
/// # Examples
/// ```
/// assert!(hloom::array_equal([1, 2], [1.0, 2.0], ..).truth()?);
/// assert!(!hloom::array_equal([1, 1], [1], ..).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array_equal.html>; the result is an array, so that
/// it can be part of a program.
#[track_caller]
pub fn array_equal<'a, 'b>(
    a1: impl IntoOperand<'a>,
    a2: impl IntoOperand<'b>,
    closeness: impl Into<Closeness>,
) -> NdArray {
    let [a, b] = [a1.into_operand().into_array(), a2.into_operand().into_array()];
    let closeness = closeness.into();
    Call::of("array_equal", &[&a, &b]).record(|builder| {
        let equal_nan = closeness.nan_alone("array_equal")?;
        if builder.ty(a.node())?.shape != builder.ty(b.node())?.shape {
            return Ok(builder.constant(Literal::new(false)));
        }
        let mut equal = record_binary(builder, Binary::Equal, &Operand::Borrowed(&a), &Operand::Borrowed(&b))?;
        if equal_nan {
            let both = both_nan(builder, a.node(), b.node())?;
            equal = builder.apply(Binary::LogicalOr, equal, both)?;
        }
        everywhere(builder, equal)
    })
}

/// Whether two arrays have equal elements once they are broadcast; arrays that do not broadcast have not.
///
/// **Shapes**: any two, to `[]`.
/// **Dtypes**: any, to bool.
///
/// # Errors
/// The result is in error for an argument in error.
///
/// # Examples
/// ```
/// assert!(hloom::array_equiv([[1, 2], [1, 2]], [1, 2]).truth()?);
/// assert!(!hloom::array_equiv([1, 2], [1, 2, 3]).truth()?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array_equiv.html>; the result is an array, so that
/// it can be part of a program.
#[track_caller]
pub fn array_equiv<'a, 'b>(a1: impl IntoOperand<'a>, a2: impl IntoOperand<'b>) -> NdArray {
    let [a, b] = [a1.into_operand().into_array(), a2.into_operand().into_array()];
    Call::of("array_equiv", &[&a, &b]).record(|builder| {
        let shapes = [builder.shape(a.node())?, builder.shape(b.node())?];
        if broadcast_shapes(shapes.iter().map(|shape| &**shape)).is_err() {
            return Ok(builder.constant(Literal::new(false)));
        }
        let equal = record_binary(builder, Binary::Equal, &Operand::Borrowed(&a), &Operand::Borrowed(&b))?;
        everywhere(builder, equal)
    })
}

fn record_close(builder: &mut Builder<'_>, a: &Operand<'_>, b: &Operand<'_>, closeness: &Closeness) -> Result<NodeId> {
    // NumPy makes a float of the second argument, and compares in what the first promotes with that.
    let b_type = match builder.arg_type(b)? {
        ArgType::Strong(dtype) => ArgType::Strong(result_type(&[dtype.into(), ArgType::Weak(WeakKind::Float)])?),
        ArgType::Weak(kind) => ArgType::Weak(kind.max(WeakKind::Float)),
    };
    let computed = result_type(&[builder.arg_type(a)?, b_type])?;
    let a = builder.operand_as(a, computed)?;
    let (size, is_finite, b) = match b {
        Operand::Number(number) => {
            let size = match *number {
                Weak::Complex(value) => value.norm(),
                real => real.real().abs(),
            };
            let is_finite = builder.constant(Literal::new(size.is_finite()));
            (Term::Number(size), is_finite, builder.scalar(number.saturating_literal(computed)))
        }
        _ => {
            let b = builder.operand_as(b, b_type.default_dtype())?;
            let size = builder.op(Unary::Absolute, &[b])?;
            let is_finite = builder.op(Unary::IsFinite, &[b])?;
            (Term::Node(size), is_finite, builder.convert(b, computed)?)
        }
    };
    let mut tolerance = Term::of(builder, closeness.rtol.as_ref(), 1e-5)?;
    tolerance = tolerance.with(builder, Binary::Multiply, size)?;
    tolerance = Term::of(builder, closeness.atol.as_ref(), 1e-8)?.with(builder, Binary::Add, tolerance)?;

    let distance = builder.apply(Binary::Subtract, a, b)?;
    let distance = Term::Node(builder.op(Unary::Absolute, &[distance])?);
    let (distance, tolerance) = Term::together(builder, distance, tolerance)?;
    let is_near = builder.apply(Binary::LessEqual, distance, tolerance)?;
    let is_near = builder.apply(Binary::LogicalAnd, is_near, is_finite)?;
    let is_equal = builder.apply(Binary::Equal, a, b)?;
    let close = builder.apply(Binary::LogicalOr, is_near, is_equal)?;
    if !closeness.equal_nan {
        return Ok(close);
    }
    let both = both_nan(builder, a, b)?;
    builder.apply(Binary::LogicalOr, close, both)
}

/// A part of a tolerance: a number, which takes the dtype of what it meets, or an array.
#[derive(Clone, Copy)]
enum Term {
    Number(f64),
    Node(NodeId),
}

impl Term {
    /// What the user gave, or a default.
    fn of(builder: &mut Builder<'_>, given: Option<&Operand<'_>>, default: f64) -> Result<Term> {
        Ok(match given {
            None => Term::Number(default),
            Some(Operand::Number(number)) => Term::Number(number.real()),
            Some(array) => Term::Node(builder.operand(array)?),
        })
    }

    /// The sum or product with another term.
    fn with(self, builder: &mut Builder<'_>, op: Binary, other: Term) -> Result<Term> {
        if let (Term::Number(a), Term::Number(b)) = (self, other) {
            return Ok(Term::Number(if op == Binary::Add { a + b } else { a * b }));
        }
        let (a, b) = Term::together(builder, self, other)?;
        Ok(Term::Node(builder.apply(op, a, b)?))
    }

    /// Two terms in the dtype that they promote to.
    fn together(builder: &mut Builder<'_>, a: Term, b: Term) -> Result<(NodeId, NodeId)> {
        let dtype = result_type(&[a.arg_type(builder)?, b.arg_type(builder)?])?;
        Ok((a.as_node(builder, dtype)?, b.as_node(builder, dtype)?))
    }

    fn arg_type(self, builder: &Builder<'_>) -> Result<ArgType> {
        match self {
            Term::Number(_) => Ok(ArgType::Weak(WeakKind::Float)),
            Term::Node(node) => Ok(ArgType::Strong(builder.dtype(node)?)),
        }
    }

    fn as_node(self, builder: &mut Builder<'_>, dtype: DType) -> Result<NodeId> {
        match self {
            Term::Number(number) => Ok(builder.scalar(Weak::Float(number).saturating_literal(dtype))),
            Term::Node(node) => builder.convert(node, dtype),
        }
    }
}

/// Where both are NaN.
fn both_nan(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let (a, b) = (builder.op(Unary::IsNan, &[a])?, builder.op(Unary::IsNan, &[b])?);
    builder.apply(Binary::LogicalAnd, a, b)
}

/// Whether all of an array is true.
pub(super) fn everywhere(builder: &mut Builder<'_>, truths: NodeId) -> Result<NodeId> {
    let ndim = builder.shape(truths)?.ndim();
    builder.reduce(Reducer::All, truths, AxisSet::all(ndim))
}
