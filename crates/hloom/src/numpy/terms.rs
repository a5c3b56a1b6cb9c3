//! Formulas of arrays and numbers, with NumPy's dtype rules: a number takes the dtype of the array beside it. Knows no
//! function of NumPy's.

use hloom_ir::{ArgType, Binary, NodeId, Weak, result_type};

use crate::record::{Build, Builder, Operand};
use crate::{DType, Result};

/// One side of an operation of two.
#[derive(Clone, Copy, Debug)]
pub(super) enum Term {
    /// An array, or a number of a trace.
    Node(NodeId),
    /// A number of the user's.
    Number(Weak),
    /// A number of the formula.
    Constant(Weak),
}

impl From<NodeId> for Term {
    fn from(node: NodeId) -> Term {
        Term::Node(node)
    }
}

impl From<f64> for Term {
    fn from(number: f64) -> Term {
        Term::Constant(number.into())
    }
}

impl From<&Operand<'_>> for Term {
    fn from(operand: &Operand<'_>) -> Term {
        match operand {
            Operand::Number(number) => Term::Number(*number),
            Operand::Borrowed(array) => Term::Node(array.node()),
            Operand::Owned(array) => Term::Node(array.node()),
        }
    }
}

impl Term {
    /// What it contributes to promotion.
    pub(super) fn arg_type(self, builder: &Builder<'_>) -> Result<ArgType> {
        match self {
            Term::Node(node) => builder.recorder().arg_type(node),
            Term::Number(number) | Term::Constant(number) => Ok(ArgType::Weak(number.kind())),
        }
    }

    /// The term as an array of a dtype.
    pub(super) fn of(self, builder: &mut Builder<'_>, dtype: DType) -> Result<NodeId> {
        match self {
            Term::Node(node) => builder.convert(node, dtype),
            Term::Number(number) => Ok(builder.scalar(number.to_literal(dtype)?)),
            Term::Constant(number) => Ok(builder.constant(number.to_literal(dtype)?)),
        }
    }
}

/// A row of the table of two operands, with its dtype rule and broadcasting. Numbers make a number.
pub(super) fn combined(
    builder: &mut Builder<'_>,
    op: Binary,
    a: impl Into<Term>,
    b: impl Into<Term>,
) -> Result<NodeId> {
    let (a, b) = (a.into(), b.into());
    let args = [a.arg_type(builder)?, b.arg_type(builder)?];
    let dtype = op.resolve(args[0], args[1])?.operand;
    let (a, b) = (a.of(builder, dtype)?, b.of(builder, dtype)?);
    let result = builder.apply(op, a, b)?;
    if args.iter().all(|arg| matches!(arg, ArgType::Weak(_))) {
        builder.mark_weak(result);
    }
    Ok(result)
}

/// Two arrays in the dtype that both promote to.
pub(super) fn in_common_dtype(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<[NodeId; 2]> {
    let dtype = result_type(&[ArgType::Strong(builder.dtype(a)?), ArgType::Strong(builder.dtype(b)?)])?;
    Ok([builder.convert(a, dtype)?, builder.convert(b, dtype)?])
}
