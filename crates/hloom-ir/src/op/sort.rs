//! Elements in order along an axis.
//!
//! The order is NumPy's: ascending, NaN behind all numbers, zeros of both signs equal. Complex numbers go by their real
//! parts, then by their imaginary ones; those with a NaN come behind the others, first those with a NaN as imaginary part
//! only, then those with one as real part only, then those with two.

use std::fmt;

use crate::{DType, Result, Type};

use super::{Facts, InPlace, Positions, Types, Work, exactly, one, require};

/// An operation that finds the order of elements along an axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The operand's elements in ascending order along an axis. Which of two equal ones comes first is not said.
    Values {
        /// The axis.
        axis: usize,
    },
    /// Where along an axis the elements are that come first, second, …, as int64. Equal ones stay in their order.
    Positions {
        /// The axis.
        axis: usize,
    },
}

impl Sort {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        let (Sort::Values { axis } | Sort::Positions { axis }) = self;
        // All elements are read before the first is written.
        let sorted = Facts { in_place: InPlace::Always, work: Work::Comparisons { axis: *axis }, ..Facts::WRITTEN };
        match self {
            Sort::Values { .. } => Facts { name: "sort", positions: Positions::OfOperand, ..sorted },
            Sort::Positions { axis } => Facts { name: "argsort", positions: Positions::AlongOperand(*axis), ..sorted },
        }
    }

    pub(super) fn infer(&self, operands: &[&Type]) -> Result<Types> {
        let name = self.facts().name;
        let [operand] = exactly(name, operands)?;
        let (Sort::Values { axis } | Sort::Positions { axis }) = self;
        require(name, *axis < operand.shape.ndim(), || format!("an axis of {operand}, got {axis}"))?;
        let dtype = match self {
            Sort::Values { .. } => operand.dtype,
            Sort::Positions { .. } => DType::I64,
        };
        one(Ok(Type { dtype, shape: operand.shape.clone() }))
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sort::Values { axis } | Sort::Positions { axis } => write!(f, " {{axis={axis}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_their_type_and_positions_are_int64() {
        let ty = Type::new(DType::F32, [2, 3]);
        let infer = |op: Sort| op.infer(&[&ty]);
        assert_eq!(infer(Sort::Values { axis: 1 }).unwrap()[..], *std::slice::from_ref(&ty));
        assert_eq!(infer(Sort::Positions { axis: 0 }).unwrap()[..], [Type::new(DType::I64, [2, 3])]);
        assert!(infer(Sort::Values { axis: 2 }).is_err());
    }
}
