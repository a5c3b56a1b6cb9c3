//! Between lists and Rust values: from numbers and nested collections, and back where no value changes.

use std::convert::Infallible;

use half::{bf16, f16};
use hloom_ir::Shape;
use num_complex::Complex;

use super::List;

/// Why a list could not be made or converted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListError {
    /// No array has so many elements.
    #[error("list: no array has shape {shape}")]
    Shape {
        /// The shape given.
        shape: Shape,
    },
    /// There is not enough memory for a list of this length.
    #[error("list: no memory for {items} items")]
    Memory {
        /// Items of the list.
        items: usize,
    },
    /// The bytes are not as many as the array has.
    #[error("list: expected {expected} bytes of array data, got {got}")]
    Size {
        /// Bytes of an array of the type given.
        expected: usize,
        /// Bytes given.
        got: usize,
    },
    /// The value is of another kind than the Rust type holds.
    #[error("list: expected {expected}, got {got}")]
    Kind {
        /// What was asked for, such as `i32`.
        expected: &'static str,
        /// What the list holds, such as `a float`.
        got: &'static str,
    },
    /// The value is of the right kind but the Rust type cannot hold it unchanged.
    #[error("list: {value} does not fit {expected}")]
    Value {
        /// What was asked for, such as `i32`.
        expected: &'static str,
        /// The value as it prints.
        value: String,
    },
    /// A list has another number of items than the Rust array.
    #[error("list: expected {expected} items, got {got}")]
    Length {
        /// Items of the Rust array.
        expected: usize,
        /// Items of the list.
        got: usize,
    },
}

impl From<Infallible> for ListError {
    fn from(never: Infallible) -> ListError {
        match never {}
    }
}

impl List {
    fn kind(&self) -> &'static str {
        match self {
            List::Bool(_) => "a bool",
            List::Int(_) | List::UInt(_) => "an integer",
            List::Float(_) => "a float",
            List::Complex(_) => "a complex number",
            List::List(_) => "a list",
        }
    }

    fn mismatch(&self, expected: &'static str) -> ListError {
        ListError::Kind { expected, got: self.kind() }
    }

    fn misfit(&self, expected: &'static str) -> ListError {
        ListError::Value { expected, value: self.to_string() }
    }

    /// The integer that a bool or an integer is.
    pub(super) fn as_integer(&self) -> Option<i128> {
        match *self {
            List::Bool(value) => Some(value.into()),
            List::Int(value) => Some(value.into()),
            List::UInt(value) => Some(value.into()),
            List::Float(_) | List::Complex(_) | List::List(_) => None,
        }
    }
}

impl From<bool> for List {
    fn from(value: bool) -> List {
        List::Bool(value)
    }
}

impl TryFrom<List> for bool {
    type Error = ListError;

    fn try_from(list: List) -> Result<bool, ListError> {
        match list {
            List::Bool(value) => Ok(value),
            other => Err(other.mismatch("bool")),
        }
    }
}

macro_rules! integers {
    ($($ty:ident),*) => { $(
        impl From<$ty> for List {
            fn from(value: $ty) -> List {
                // What does not fit the signed form is positive, so the unsigned one holds it.
                i64::try_from(value).map_or(List::UInt(value as u64), List::Int)
            }
        }

        /// Takes bools as 0 and 1.
        impl TryFrom<List> for $ty {
            type Error = ListError;

            fn try_from(list: List) -> Result<$ty, ListError> {
                let value = list.as_integer().ok_or_else(|| list.mismatch(stringify!($ty)))?;
                value.try_into().map_err(|_| list.misfit(stringify!($ty)))
            }
        }
    )* };
}

integers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

macro_rules! floats {
    ($($ty:ident: $widen:expr, $narrow:expr;)*) => { $(
        impl From<$ty> for List {
            fn from(value: $ty) -> List {
                List::Float($widen(value))
            }
        }

        impl From<Complex<$ty>> for List {
            fn from(value: Complex<$ty>) -> List {
                List::Complex(Complex::new($widen(value.re), $widen(value.im)))
            }
        }

        /// Takes bools and integers too, if they are kept exactly.
        impl TryFrom<List> for $ty {
            type Error = ListError;

            fn try_from(list: List) -> Result<$ty, ListError> {
                let wide = match list {
                    List::Float(value) => value,
                    _ => {
                        let value = list.as_integer().ok_or_else(|| list.mismatch(stringify!($ty)))?;
                        // Integers of at most 64 bits survive the way back if the float holds them.
                        Some(value as f64)
                            .filter(|&wide| wide as i128 == value)
                            .ok_or_else(|| list.misfit(stringify!($ty)))?
                    }
                };
                let narrow: $ty = $narrow(wide);
                if $widen(narrow) == wide || wide.is_nan() {
                    Ok(narrow)
                } else {
                    Err(list.misfit(stringify!($ty)))
                }
            }
        }

        /// Takes real numbers too, if they are kept exactly.
        impl TryFrom<List> for Complex<$ty> {
            type Error = ListError;

            fn try_from(list: List) -> Result<Complex<$ty>, ListError> {
                let (re, im) = match list {
                    List::Complex(value) => (List::Float(value.re), List::Float(value.im)),
                    List::List(_) => return Err(list.mismatch("a complex number")),
                    real => (real, List::Float(0.0)),
                };
                Ok(Complex::new(re.try_into()?, im.try_into()?))
            }
        }
    )* };
}

floats! {
    f16: f16::to_f64, f16::from_f64;
    bf16: bf16::to_f64, bf16::from_f64;
    f32: f64::from, |wide| wide as f32;
    f64: |value| value, |wide| wide;
}

impl<T: Into<List>> From<Vec<T>> for List {
    fn from(items: Vec<T>) -> List {
        items.into_iter().collect()
    }
}

impl<T: Into<List>, const N: usize> From<[T; N]> for List {
    fn from(items: [T; N]) -> List {
        items.into_iter().collect()
    }
}

impl<T: Clone + Into<List>> From<&[T]> for List {
    fn from(items: &[T]) -> List {
        items.iter().cloned().collect()
    }
}

impl<T: Into<List>> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> List {
        List::List(items.into_iter().map(T::into).collect())
    }
}

/// Takes a list whose items all convert; the item type may be a vector again, or [`List`] itself.
impl<T> TryFrom<List> for Vec<T>
where
    T: TryFrom<List>,
    ListError: From<T::Error>,
{
    type Error = ListError;

    fn try_from(list: List) -> Result<Vec<T>, ListError> {
        match list {
            List::List(items) => items.into_iter().map(|item| T::try_from(item).map_err(ListError::from)).collect(),
            other => Err(other.mismatch("a list")),
        }
    }
}

/// Takes a list of exactly `N` items that all convert.
impl<T, const N: usize> TryFrom<List> for [T; N]
where
    T: TryFrom<List>,
    ListError: From<T::Error>,
{
    type Error = ListError;

    fn try_from(list: List) -> Result<[T; N], ListError> {
        let items = Vec::<T>::try_from(list)?;
        items.try_into().map_err(|items: Vec<T>| ListError::Length { expected: N, got: items.len() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_converts_and_comes_back() {
        let rows = vec![vec![1.5f32, 2.0], vec![f32::MIN_POSITIVE, -0.0]];
        assert_eq!(Vec::<Vec<f32>>::try_from(List::from(rows.clone())), Ok(rows));
        assert_eq!(<[[u8; 2]; 1]>::try_from(List::from([[1u64, 255]])), Ok([[1, 255]]));
        assert_eq!(Vec::<f64>::try_from(List::from([true, false])), Ok(vec![1.0, 0.0]));
        assert_eq!(Complex::<f32>::try_from(List::from(3)), Ok(Complex::new(3.0, 0.0)));
        assert_eq!(u64::try_from(List::from(u64::MAX)), Ok(u64::MAX));
        assert_eq!(bool::try_from(List::from(true)), Ok(true));
        assert!(f16::try_from(List::from(f64::NAN)).is_ok_and(f16::is_nan));
        assert_eq!(bf16::try_from(List::from(f64::INFINITY)), Ok(bf16::INFINITY));
        let items = Vec::<List>::try_from(List::from([1, 2])).unwrap();
        assert_eq!(items[1], 2);
    }

    #[test]
    fn what_would_change_is_refused() {
        let text = |error: ListError| error.to_string();
        assert_eq!(text(u8::try_from(List::from(256)).unwrap_err()), "list: 256 does not fit u8");
        assert_eq!(text(u32::try_from(List::from(-1)).unwrap_err()), "list: -1 does not fit u32");
        assert_eq!(text(i64::try_from(List::from(1.0)).unwrap_err()), "list: expected i64, got a float");
        assert_eq!(text(bool::try_from(List::from(1)).unwrap_err()), "list: expected bool, got an integer");
        assert_eq!(text(f32::try_from(List::from(0.1)).unwrap_err()), "list: 0.1 does not fit f32");
        assert_eq!(
            text(f64::try_from(List::from(i64::MAX)).unwrap_err()),
            "list: 9223372036854775807 does not fit f64"
        );
        assert_eq!(
            text(f64::try_from(List::from(u64::MAX)).unwrap_err()),
            format!("list: {} does not fit f64", u64::MAX)
        );
        assert_eq!(
            text(f64::try_from(List::from(Complex::new(1.0, 0.0))).unwrap_err()),
            "list: expected f64, got a complex number"
        );
        assert_eq!(text(Vec::<f64>::try_from(List::from(1.0)).unwrap_err()), "list: expected a list, got a float");
        assert_eq!(text(<[i32; 3]>::try_from(List::from([1, 2])).unwrap_err()), "list: expected 3 items, got 2");
        assert_eq!(
            text(Vec::<Vec<i32>>::try_from(List::from([1, 2])).unwrap_err()),
            "list: expected a list, got an integer"
        );
    }
}
