//! Operations element by element. Those of one and of two operands are rows of the tables in [`super::unary`] and
//! [`super::binary`].

use std::fmt;

use crate::{DType, Result, Shape, Type, broadcast_shapes};

use super::{Binary, Facts, Op, Types, Unary, Work, declared, exactly, one, require};

/// An operation element by element.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Elementwise {
    /// A row of [`crate::unary_ops!`] on one operand.
    Unary(Unary),
    /// A row of [`crate::binary_ops!`] on two operands of one dtype, which broadcast.
    Binary(Binary),
    /// The operand's values in the declared dtype, as `astype` converts.
    Convert,
    /// The operand's bits as elements of the declared dtype, which has as many. Neither is bool or complex.
    Bitcast,
    /// Complex numbers of two operands of one float dtype, which broadcast: their real and their imaginary parts.
    Complex,
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
            Elementwise::Bitcast => Facts { name: "bitcast", work: Work::Moves, ..Facts::PER_ELEMENT },
            Elementwise::Complex => Facts { name: "complex", work: Work::Moves, ..Facts::PER_ELEMENT },
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
            Elementwise::Bitcast => infer_bitcast(exactly(name, operands)?, declared(name, given)?),
            Elementwise::Complex => infer_complex(exactly(name, operands)?),
            Elementwise::Select => infer_select(exactly(name, operands)?),
        })
    }

    pub(super) fn parameters(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Elementwise::Unary(_) | Elementwise::Binary(_) => Ok(()),
            Elementwise::Convert | Elementwise::Bitcast | Elementwise::Complex | Elementwise::Select => Ok(()),
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

fn infer_bitcast([operand]: [&Type; 1], declared: &Type) -> Result<Type> {
    require("bitcast", operand.shape == declared.shape, || format!("shape {}, got {declared}", operand.shape))?;
    require("bitcast", operand.dtype.size() == declared.dtype.size(), || {
        format!("a dtype as wide as {}, got {declared}", operand.dtype)
    })?;
    let has_bits = |dtype: DType| dtype != DType::Bool && !dtype.is_complex();
    require("bitcast", has_bits(operand.dtype) && has_bits(declared.dtype), || {
        format!("integers or real floats, got {operand} and {declared}")
    })?;
    Ok(declared.clone())
}

fn infer_complex([re, im]: [&Type; 2]) -> Result<Type> {
    let dtype = re.dtype.complex();
    require("complex", re.dtype == im.dtype && dtype.real() == re.dtype, || {
        format!("parts of one dtype, float32 or float64, got {re} and {im}")
    })?;
    Ok(Type { dtype, shape: broadcast(&[re, im])? })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn infer(op: Elementwise, operands: &[Type], given: Option<Type>) -> Result<Type> {
        let operands: Vec<&Type> = operands.iter().collect();
        op.infer(&operands, given.as_ref()).map(|types| types[0].clone())
    }

    #[test]
    fn bits_are_taken_for_those_of_numbers_as_wide() {
        let bitcast = |from, to| infer(Elementwise::Bitcast, &[Type::new(from, [2])], Some(Type::new(to, [2])));
        assert_eq!(bitcast(DType::F32, DType::I32), Ok(Type::new(DType::I32, [2])));
        assert_eq!(bitcast(DType::U16, DType::BF16), Ok(Type::new(DType::BF16, [2])));
        for (from, to) in [(DType::F32, DType::I64), (DType::U8, DType::Bool), (DType::C64, DType::U64)] {
            assert!(bitcast(from, to).is_err(), "{from} {to}");
        }
        assert!(infer(Elementwise::Bitcast, &[Type::new(DType::F32, [2])], Some(Type::new(DType::I32, [3]))).is_err());
    }

    #[test]
    fn parts_make_complex_numbers() {
        let complex = |re: Type, im: Type| infer(Elementwise::Complex, &[re, im], None);
        let [single, double] = [DType::F32, DType::F64].map(|dtype| Type::new(dtype, [3]));
        assert_eq!(complex(single.clone(), Type::scalar(DType::F32)), Ok(Type::new(DType::C64, [3])));
        assert_eq!(complex(double.clone(), double.clone()), Ok(Type::new(DType::C128, [3])));
        assert!(complex(single, double).is_err());
        for dtype in [DType::F16, DType::I64, DType::C64] {
            assert!(complex(Type::scalar(dtype), Type::scalar(dtype)).is_err(), "{dtype}");
        }
    }
}
