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
    /// Of an array, and of positions along an axis, int64: the elements that would be at these positions if the array were in
    /// ascending order along the axis. The positions are those of each line along the axis, or of all lines: then they have
    /// extents of 1 on all other axes. A position that is not on the axis is the nearer of its ends.
    Select {
        /// The axis.
        axis: usize,
    },
}

impl Sort {
    #[inline]
    pub(super) const fn facts(&self) -> Facts {
        let (Sort::Values { axis } | Sort::Positions { axis } | Sort::Select { axis }) = self;
        // All elements are read before the first is written.
        let sorted = Facts { in_place: InPlace::Always, work: Work::Comparisons { axis: *axis }, ..Facts::WRITTEN };
        match self {
            Sort::Values { .. } => Facts { name: "sort", positions: Positions::OfOperand, ..sorted },
            Sort::Positions { axis } => Facts { name: "argsort", positions: Positions::AlongOperand(*axis), ..sorted },
            Sort::Select { .. } => {
                Facts { name: "select_in_order", positions: Positions::OfOperand, in_place: InPlace::Never, ..sorted }
            }
        }
    }

    pub(super) fn infer(&self, operands: &[&Type]) -> Result<Types> {
        let name = self.facts().name;
        let (Sort::Values { axis } | Sort::Positions { axis } | Sort::Select { axis }) = self;
        let on_axis = |ty: &Type| require(name, *axis < ty.shape.ndim(), || format!("an axis of {ty}, got {axis}"));
        match self {
            Sort::Values { .. } | Sort::Positions { .. } => {
                let [operand] = exactly(name, operands)?;
                on_axis(operand)?;
                let dtype = if matches!(self, Sort::Positions { .. }) { DType::I64 } else { operand.dtype };
                one(Ok(Type { dtype, shape: operand.shape.clone() }))
            }
            Sort::Select { .. } => {
                let [operand, positions] = exactly(name, operands)?;
                on_axis(operand)?;
                on_axis(positions)?;
                let mut lines = operand.shape.clone();
                lines.as_mut_slice()[*axis] = positions.shape[*axis];
                let is_shared = positions.shape.ndim() == lines.ndim()
                    && positions.shape.iter().enumerate().all(|(other, &extent)| other == *axis || extent == 1);
                let fits = positions.dtype == DType::I64 && (is_shared || positions.shape == lines);
                let has_elements = operand.shape[*axis] > 0 || lines.size() == 0;
                require(name, fits && has_elements, || format!("positions of lines of {operand}, got {positions}"))?;
                one(Ok(Type { dtype: operand.dtype, shape: lines }))
            }
        }
    }

    pub(super) fn parameters(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sort::Values { axis } | Sort::Positions { axis } | Sort::Select { axis } => write!(f, " {{axis={axis}}}"),
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

    #[test]
    fn elements_are_selected_by_positions_of_each_line_or_of_all() {
        let infer =
            |x: [usize; 2], positions: Type| Sort::Select { axis: 1 }.infer(&[&Type::new(DType::F32, x), &positions]);
        let positions = Type::new(DType::I64, [2, 5]);
        assert_eq!(infer([2, 3], positions.clone()).unwrap()[..], [Type::new(DType::F32, [2, 5])]);
        assert_eq!(infer([2, 3], Type::new(DType::I64, [1, 5])).unwrap()[..], [Type::new(DType::F32, [2, 5])]);
        assert!(infer([2, 0], Type::new(DType::I64, [1, 5])).is_err());
        assert!(infer([0, 0], Type::new(DType::I64, [1, 5])).is_ok());
        assert!(infer([3, 3], positions.clone()).is_err());
        assert!(infer([2, 0], positions).is_err());
        assert!(infer([2, 0], Type::new(DType::I64, [2, 0])).is_ok());
        assert!(infer([2, 3], Type::new(DType::I32, [2, 5])).is_err());
        assert!(infer([2, 3], Type::new(DType::I64, [2])).is_err());
    }
}
