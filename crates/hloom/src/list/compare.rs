//! Equality as Python has it: numbers by exact value whatever their kind, lists item by item.

use half::{bf16, f16};
use num_complex::Complex;

use super::List;

impl PartialEq for List {
    fn eq(&self, other: &List) -> bool {
        match (self, other) {
            (List::List(left), List::List(right)) => left == right,
            (List::List(_), _) | (_, List::List(_)) => false,
            (List::Complex(left), List::Complex(right)) => left == right,
            (List::Complex(complex), real) | (real, List::Complex(complex)) => {
                complex.im == 0.0 && *real == List::Float(complex.re)
            }
            (List::Float(left), List::Float(right)) => left == right,
            (List::Float(float), integer) | (integer, List::Float(float)) => {
                integer.as_integer().is_some_and(|integer| equal(*float, integer))
            }
            (left, right) => left.as_integer() == right.as_integer(),
        }
    }
}

/// Whether a float is an integer of at most 64 bits and a sign. Both are compared as integers: as floats, 2^53 + 1
/// would equal 2^53.
fn equal(float: f64, integer: i128) -> bool {
    float.trunc() == float && float.abs() < 2f64.powi(65) && float as i128 == integer
}

macro_rules! scalars {
    ($($ty:ty),*) => { $(
        impl PartialEq<$ty> for List {
            fn eq(&self, other: &$ty) -> bool {
                <List as PartialEq>::eq(self, &List::from(*other))
            }
        }

        impl PartialEq<List> for $ty {
            fn eq(&self, other: &List) -> bool {
                other == self
            }
        }
    )* };
}

scalars!(bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);
scalars!(f16, bf16, f32, f64, Complex<f16>, Complex<bf16>, Complex<f32>, Complex<f64>);

fn items_equal<T>(list: &List, items: &[T]) -> bool
where
    List: PartialEq<T>,
{
    matches!(list, List::List(own) if own.len() == items.len() && own.iter().zip(items).all(|(own, item)| own == item))
}

impl<T> PartialEq<[T]> for List
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &[T]) -> bool {
        items_equal(self, other)
    }
}

impl<T> PartialEq<&[T]> for List
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &&[T]) -> bool {
        items_equal(self, other)
    }
}

impl<T> PartialEq<Vec<T>> for List
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &Vec<T>) -> bool {
        items_equal(self, other)
    }
}

impl<T, const N: usize> PartialEq<[T; N]> for List
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &[T; N]) -> bool {
        items_equal(self, other)
    }
}

impl<T> PartialEq<List> for Vec<T>
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &List) -> bool {
        items_equal(other, self)
    }
}

impl<T, const N: usize> PartialEq<List> for [T; N]
where
    List: PartialEq<T>,
{
    fn eq(&self, other: &List) -> bool {
        items_equal(other, self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_by_exact_value() {
        assert_eq!(List::from(true), 1);
        assert_eq!(List::from(1), 1.0);
        assert_eq!(List::from(1.0f32), Complex::new(1.0, 0.0));
        assert_eq!(List::from(-0.0), 0.0);
        assert_eq!(List::UInt(7), List::Int(7));
        assert_eq!(List::from(u64::MAX), u64::MAX);
        assert_ne!(List::from(u64::MAX), -1);
        assert_ne!(List::from(u64::MAX), u64::MAX as f64);
        assert_eq!(List::from(1u64 << 63), 2f64.powi(63));
        assert_ne!(List::from((1i64 << 53) + 1), 2f64.powi(53));
        assert_ne!(List::from(1), 1.5);
        assert_ne!(List::from(1), f64::NAN);
        assert_ne!(List::from(0), f64::INFINITY);
        assert_ne!(List::from(f64::NAN), f64::NAN);
        assert_ne!(List::from(1), Complex::new(1.0, 1.0));
        assert_ne!(List::from(f16::from_f32(0.1)), 0.1);
    }

    #[test]
    fn lists_compare_item_by_item() {
        let list = List::from([[1.0, 2.0], [3.0, 4.0]]);
        assert_eq!(list, [[1, 2], [3, 4]]);
        assert_eq!(list, vec![vec![1.0, 2.0], vec![3.0, 4.0]]);
        assert_eq!([[1.0, 2.0], [3.0, 4.0]], list);
        assert_eq!(list[0], &[1.0, 2.0][..]);
        assert_ne!(list, [[1.0, 2.0], [3.0, 5.0]]);
        assert_ne!(list, [[1.0, 2.0]]);
        assert_ne!(list[0], 1.0);
        assert_ne!(List::from([1.0]), 1.0);
        assert_eq!(List::from(Vec::<f64>::new()), List::from(Vec::<i64>::new()));
    }
}
