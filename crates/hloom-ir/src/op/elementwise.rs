//! Operations element by element. Those of one and of two operands are rows of the tables in [`super::unary`] and
//! [`super::binary`].

use std::fmt;

use crate::{DType, Result, Shape, Type, broadcast_shapes};

use super::{Binary, Facts, Op, Types, Unary, declared, exactly, one, require};

/// An operation element by element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Elementwise {
    /// A row of [`crate::unary_ops!`] on one operand.
    Unary(Unary),
    /// A row of [`crate::binary_ops!`] on two operands of one dtype, which broadcast.
    Binary(Binary),
    /// The operand's values in the declared dtype, as `astype` converts.
    Convert,
    /// Elements of the second operand where the first is true, else of the third; all broadcast.
    Select,
}

impl From<Unary> for Op {
    fn from(row: Unary) -> Op {
        Op::Elementwise(Elementwise::Unary(row))
    }
}

impl From<Binary> for Op {
    fn from(row: Binary) -> Op {
        Op::Elementwise(Elementwise::Binary(row))
    }
}

impl Elementwise {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        match self {
            Elementwise::Unary(row) => Facts { name: row.name(), work: row.work(), ..Facts::PER_ELEMENT },
            Elementwise::Binary(row) => Facts { name: row.name(), work: row.work(), ..Facts::PER_ELEMENT },
            Elementwise::Convert => Facts { name: "convert", ..Facts::PER_ELEMENT },
            Elementwise::Select => Facts { name: "select", ..Facts::PER_ELEMENT },
        }
    }

    #[inline]
    pub(super) fn infer(&self, operands: &[&Type], given: Option<&Type>) -> Result<Types> {
        let name = self.facts().name;
        one(match self {
            Elementwise::Unary(row) => infer_unary(*row, exactly(name, operands)?),
            Elementwise::Binary(row) => infer_binary(*row, exactly(name, operands)?),
            Elementwise::Convert => infer_convert(exactly(name, operands)?, declared(name, given)?),
            Elementwise::Select => infer_select(exactly(name, operands)?),
        })
    }

    pub(super) fn parameters(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Elementwise::Unary(_) | Elementwise::Binary(_) | Elementwise::Convert | Elementwise::Select => Ok(()),
        }
    }
}

#[inline]
fn infer_unary(row: Unary, [operand]: [&Type; 1]) -> Result<Type> {
    let signature = row.resolve(operand.dtype.into())?;
    require(row.name(), signature.operand == operand.dtype, || {
        format!("an operand of {}, got {operand}", signature.operand)
    })?;
    Ok(Type { dtype: signature.result, shape: operand.shape.clone() })
}

#[inline]
fn infer_binary(row: Binary, [a, b]: [&Type; 2]) -> Result<Type> {
    let signature = row.resolve(a.dtype.into(), b.dtype.into())?;
    require(row.name(), signature.operand == a.dtype && a.dtype == b.dtype, || {
        format!("operands of {}, got {a} and {b}", signature.operand)
    })?;
    Ok(Type { dtype: signature.result, shape: broadcast(&[a, b])? })
}

fn infer_convert([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
    require("convert", operand.shape == declared.shape, || format!("shape {}, got {declared}", operand.shape))?;
    Ok(declared.clone())
}

fn infer_select([predicate, a, b]: [&Type; 3]) -> Result<Type> {
    require("select", predicate.dtype == DType::Bool, || format!("a bool condition, got {predicate}"))?;
    require("select", a.dtype == b.dtype, || format!("choices of one dtype, got {a} and {b}"))?;
    Ok(Type { dtype: a.dtype, shape: broadcast(&[predicate, a, b])? })
}

#[inline]
fn broadcast(operands: &[&Type]) -> Result<Shape> {
    if operands.windows(2).all(|pair| pair[0].shape == pair[1].shape) {
        return Ok(operands[0].shape.clone());
    }
    broadcast_shapes(operands.iter().map(|ty| &*ty.shape))
}
