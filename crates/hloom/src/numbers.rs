//! Nested lists of numbers as a caller writes them, such as one number for all axes, or a pair for each.

use crate::record::{IntoOperand, Operand, for_each_number};
use crate::{Error, NdArray, Result};

/// A number, or a list of numbers or of such lists, as an array, a vector or a tuple. A 0-d array is a number too.
#[derive(Clone, Debug)]
pub struct Numbers(Form);

#[derive(Clone, Debug)]
enum Form {
    Number(Operand<'static>),
    List(Vec<Numbers>),
}

impl Numbers {
    /// For each of `ndim` axes, what is said of its two ends: one number is for all ends, two numbers, if they are not in
    /// lists of their own, are for the two ends of all axes, and others broadcast to a pair for each axis.
    ///
    /// # Errors
    /// `ValueError` if they do not broadcast, or lists differ in length.
    pub(crate) fn pairs(&self, ndim: usize) -> Result<Vec<[&Operand<'static>; 2]>> {
        let (shape, numbers) = self.flattened()?;
        let broadcast = || {
            let shown: Vec<String> = shape.iter().map(ToString::to_string).collect();
            let comma = if shown.len() == 1 { "," } else { "" };
            Error::value(format!(
                "operands could not be broadcast together with remapped shapes [original->remapped]: ({}{comma})  and \
                 requested shape ({ndim},2)",
                shown.join(",")
            ))
        };
        match (shape.as_slice(), numbers.as_slice()) {
            ([] | [_] | [_, _], &[only]) => Ok(vec![[only; 2]; ndim]),
            ([_] | [1, _], &[before, after]) => Ok(vec![[before, after]; ndim]),
            (&[rows, columns], numbers) if (rows == ndim || rows == 1) && (columns == 1 || columns == 2) => {
                let row = |axis: usize| if rows == 1 { 0 } else { axis * columns };
                Ok((0..ndim).map(|axis| [numbers[row(axis)], numbers[row(axis) + columns - 1]]).collect())
            }
            _ => Err(broadcast()),
        }
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        match &self.0 {
            Form::Number(_) => 1,
            Form::List(items) => items.iter().map(Numbers::len).sum(),
        }
    }

    /// The lengths of the lists at each depth, and all numbers.
    fn flattened(&self) -> Result<(Vec<usize>, Vec<&Operand<'static>>)> {
        match &self.0 {
            Form::Number(number) => Ok((Vec::new(), vec![number])),
            Form::List(items) => {
                let mut shape = Vec::new();
                let mut numbers = Vec::new();
                for (idx, item) in items.iter().enumerate() {
                    let (below, more) = item.flattened()?;
                    if idx > 0 && below != shape {
                        return Err(Error::value(
                            "setting an array element with a sequence. The requested array has an inhomogeneous shape",
                        ));
                    }
                    shape = below;
                    numbers.extend(more);
                }
                shape.insert(0, items.len());
                Ok((shape, numbers))
            }
        }
    }
}

impl From<Operand<'_>> for Numbers {
    fn from(number: Operand<'_>) -> Numbers {
        Numbers(Form::Number(number.into_owned()))
    }
}

impl From<NdArray> for Numbers {
    fn from(number: NdArray) -> Numbers {
        Numbers(Form::Number(Operand::Owned(number)))
    }
}

impl From<&NdArray> for Numbers {
    fn from(number: &NdArray) -> Numbers {
        Numbers(Form::Number(number.into_operand().into_owned()))
    }
}

macro_rules! single {
    ($($ty:ty),* $(,)?) => { $(
        impl From<$ty> for Numbers {
            fn from(number: $ty) -> Numbers {
                Numbers(Form::Number(Operand::Number(number.into())))
            }
        }
    )* };
}

for_each_number!(single);

impl<T: Into<Numbers>, const N: usize> From<[T; N]> for Numbers {
    fn from(numbers: [T; N]) -> Numbers {
        Numbers(Form::List(numbers.into_iter().map(T::into).collect()))
    }
}

impl<T: Into<Numbers>> From<Vec<T>> for Numbers {
    fn from(numbers: Vec<T>) -> Numbers {
        Numbers(Form::List(numbers.into_iter().map(T::into).collect()))
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: Into<Numbers>),+> From<($($name,)+)> for Numbers {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn from(($($name,)+): ($($name,)+)) -> Numbers {
                Numbers(Form::List(vec![$($name.into()),+]))
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

#[cfg(test)]
mod tests {
    use hloom_ir::Weak;

    use super::*;

    #[track_caller]
    fn check(numbers: impl Into<Numbers>, ndim: usize, expected: Option<&[[i128; 2]]>) {
        let numbers = numbers.into();
        let integer = |operand: &Operand<'_>| match operand {
            Operand::Number(Weak::Int(value)) => *value,
            _ => i128::MIN,
        };
        let found = numbers.pairs(ndim).ok();
        let found: Option<Vec<[i128; 2]>> =
            found.map(|pairs| pairs.into_iter().map(|pair| pair.map(integer)).collect());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn numbers_become_a_pair_for_each_axis() {
        check(5, 2, Some(&[[5, 5], [5, 5]]));
        check([[5]], 2, Some(&[[5, 5], [5, 5]]));
        check((1, 2), 2, Some(&[[1, 2], [1, 2]]));
        check(((1, 2),), 2, Some(&[[1, 2], [1, 2]]));
        check([[1], [2]], 2, Some(&[[1, 1], [2, 2]]));
        check(((1, 2), (3, 4)), 2, Some(&[[1, 2], [3, 4]]));
        check(vec![vec![1, 2], vec![3, 4], vec![5, 6]], 3, Some(&[[1, 2], [3, 4], [5, 6]]));
        check(5, 0, Some(&[]));
        check([1, 2, 3], 1, None);
        check([[1], [2]], 1, None);
        check([[1, 2], [3, 4]], 1, None);
        check([[[1]]], 1, None);
        check((1, (2, 3)), 2, None);
        check(Vec::<i32>::new(), 1, None);
    }
}
