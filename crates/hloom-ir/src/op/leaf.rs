//! What a graph begins with: values that follow from no other.

use std::fmt;

use crate::{DType, Literal, Result, Type};

use super::{Cost, Facts, Op, Positions, Types, Work, declared, exactly, one, require};

/// A value that follows from no other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Leaf {
    /// An array known before the program runs. Declared type.
    Input,
    /// A number written by the user: an input of the program, never part of its identity. Declared 0-d type.
    Scalar,
    /// A number of a formula. 0-d.
    Constant(Literal),
    /// Each element is its index along `axis`. Declared type of any dtype but bool.
    Iota {
        /// The axis that is counted along.
        axis: usize,
    },
}

impl From<Literal> for Op {
    fn from(literal: Literal) -> Op {
        Op::Leaf(Leaf::Constant(literal))
    }
}

impl Leaf {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        match self {
            Leaf::Input => Facts { name: "input", ..Facts::AT_HAND },
            Leaf::Scalar => Facts { name: "scalar", ..Facts::AT_HAND },
            Leaf::Constant(_) => Facts { name: "constant", ..Facts::AT_HAND },
            Leaf::Iota { axis } => Facts {
                name: "iota",
                cost: Cost::Cheap,
                positions: Positions::AlongResult(*axis),
                work: Work::Moves,
                ..Facts::AT_HAND
            },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type], given: Option<&Type>) -> Result<Types> {
        let name = self.facts().name;
        let [] = exactly(name, operands)?;
        one(match self {
            Leaf::Input => declared(name, given).cloned(),
            Leaf::Scalar => infer_scalar(declared(name, given)?),
            Leaf::Constant(literal) => Ok(Type::scalar(literal.dtype())),
            Leaf::Iota { axis } => infer_iota(declared(name, given)?, *axis),
        })
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Leaf::Input | Leaf::Scalar => Ok(()),
            Leaf::Constant(literal) => write!(f, " {{{literal}}}"),
            Leaf::Iota { axis } => write!(f, " {{axis={axis}}}"),
        }
    }
}

fn infer_scalar(ty: &Type) -> Result<Type> {
    require("scalar", ty.shape.is_empty(), || format!("a 0-d type, got {ty}"))?;
    Ok(ty.clone())
}

fn infer_iota(ty: &Type, axis: usize) -> Result<Type> {
    require("iota", axis < ty.shape.ndim(), || format!("an axis of {ty}, got {axis}"))?;
    require("iota", ty.dtype != DType::Bool, || format!("a number type, got {ty}"))?;
    Ok(ty.clone())
}
