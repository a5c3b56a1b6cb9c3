//! Array values as nested lists: what `ndarray.tolist()` gives in Python.
//!
//! A list is plain host data. It knows nothing of devices, graphs or `NdArray`.

mod compare;
mod convert;
mod serial;

use std::fmt;
use std::ops::Index;

use half::{bf16, f16};
use hloom_ir::{DType, Element, Type};
use num_complex::Complex;

use crate::print::{complex_text, float_text};

pub use convert::ListError;

/// A value or a nested list of values, as Python's `ndarray.tolist()` returns them.
///
/// A 0-d array gives one value, any other a list with one item for each index of its first axis. Narrow numbers
/// are widened exactly: every integer is an [`Int`](List::Int) if it fits and a [`UInt`](List::UInt) if not,
/// every real float a [`Float`](List::Float).
///
/// Lists compare as in Python (`True == 1 == 1.0`, exactly and by value; NaN differs from itself), print as
/// in Python, and compare with Rust numbers, arrays, slices and vectors:
///
/// ```
/// use hloom::List;
///
/// let list = List::from(vec![vec![1.0, 2.5], vec![3.0, f64::NAN]]);
/// assert_eq!(list.to_string(), "[[1.0, 2.5], [3.0, nan]]");
/// assert_eq!(list[0], [1.0, 2.5]);
/// assert_ne!(list, list);
/// ```
///
/// They convert to numbers and nested vectors where no value changes:
///
/// ```
/// use hloom::List;
///
/// let list = List::from([[1, 2], [3, 4]]);
/// let rows: Vec<Vec<i32>> = list.try_into()?;
/// assert_eq!(rows[1][0], 3);
/// # Ok::<(), hloom::ListError>(())
/// ```
///
/// With serde, numbers and lists are written as what they are, and a complex number as a map `{"re": 1.0, "im": 2.0}`
/// to tell it from a list of two. Formats that cannot say what comes next, such as bincode, can write
/// lists but not read them; JSON has no NaN and no infinity, and writes them as `null`, which is not read back.
///
/// Most of the methods descend once for each level of nesting. A list made from an array is nested as deep as the array
/// has axes, so this is bounded; whoever nests lists by hand has to keep the depth within what the stack holds.
///
/// **Source**: [numpy.ndarray.tolist](https://numpy.org/doc/stable/reference/generated/numpy.ndarray.tolist.html).
#[derive(Clone)]
pub enum List {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A real number.
    Float(f64),
    /// A complex number.
    Complex(Complex<f64>),
    /// The items along one axis.
    List(Vec<List>),
}

impl List {
    /// The elements of an array, given its type and its bytes: dense, in C order, each in native byte order.
    ///
    /// ```
    /// use hloom::{DType, List, Type};
    ///
    /// let list = List::from_bytes(&[1, 2, 3, 4], &Type::new(DType::U8, [2, 2]))?;
    /// assert_eq!(list, [[1, 2], [3, 4]]);
    /// # Ok::<(), hloom::ListError>(())
    /// ```
    ///
    /// # Errors
    /// - [`ListError::Shape`] if no array can have so many elements.
    /// - [`ListError::Size`] if the bytes are not as many as an array of this type has.
    /// - [`ListError::Memory`] if there is not enough for the lists.
    pub fn from_bytes(bytes: &[u8], ty: &Type) -> Result<List, ListError> {
        // A shape that passes this has a size in bytes that can be computed.
        ty.shape.clone().checked().map_err(|_| ListError::Shape { shape: ty.shape.clone() })?;
        if bytes.len() != ty.size_bytes() {
            return Err(ListError::Size { expected: ty.size_bytes(), got: bytes.len() });
        }
        match ty.dtype {
            DType::Bool => nested::<bool>(bytes, &ty.shape),
            DType::I8 => nested::<i8>(bytes, &ty.shape),
            DType::I16 => nested::<i16>(bytes, &ty.shape),
            DType::I32 => nested::<i32>(bytes, &ty.shape),
            DType::I64 => nested::<i64>(bytes, &ty.shape),
            DType::U8 => nested::<u8>(bytes, &ty.shape),
            DType::U16 => nested::<u16>(bytes, &ty.shape),
            DType::U32 => nested::<u32>(bytes, &ty.shape),
            DType::U64 => nested::<u64>(bytes, &ty.shape),
            DType::F16 => nested::<f16>(bytes, &ty.shape),
            DType::BF16 => nested::<bf16>(bytes, &ty.shape),
            DType::F32 => nested::<f32>(bytes, &ty.shape),
            DType::F64 => nested::<f64>(bytes, &ty.shape),
            DType::C64 => nested::<Complex<f32>>(bytes, &ty.shape),
            DType::C128 => nested::<Complex<f64>>(bytes, &ty.shape),
        }
    }

    /// The number of items; 0 for a single value, which has none.
    ///
    /// ```
    /// # use hloom::List;
    /// assert_eq!(List::from([1, 2, 3]).len(), 3);
    /// assert_eq!(List::from(1.5).len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are no items, as in an empty list and in a single value.
    ///
    /// ```
    /// # use hloom::List;
    /// assert!(!List::from([0]).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// The items, none for a single value.
    ///
    /// ```
    /// # use hloom::List;
    /// assert_eq!(List::from([1, 2]).as_slice()[1], 2);
    /// ```
    pub fn as_slice(&self) -> &[List] {
        match self {
            List::List(items) => items,
            _ => &[],
        }
    }

    /// The item at `index`, or `None` if there is none.
    ///
    /// ```
    /// # use hloom::List;
    /// let list = List::from([1, 2]);
    /// assert!(list.get(1).is_some() && list.get(2).is_none());
    /// ```
    pub fn get(&self, index: usize) -> Option<&List> {
        self.as_slice().get(index)
    }

    /// Visits the items.
    ///
    /// ```
    /// # use hloom::List;
    /// let list = List::from([[1, 2], [3, 4]]);
    /// let texts: Vec<String> = list.iter().map(|row| row.to_string()).collect();
    /// assert_eq!(texts, ["[1, 2]", "[3, 4]"]);
    /// ```
    pub fn iter(&self) -> std::slice::Iter<'_, List> {
        self.as_slice().iter()
    }
}

/// Cuts the bytes into the items of the first axis until there are no axes left; as deep as the array has axes.
fn nested<T: Element + Into<List>>(bytes: &[u8], shape: &[usize]) -> Result<List, ListError> {
    Ok(match shape {
        // The caller has made sure of exactly one element here.
        [] => T::from_bytes(bytes).into_iter().next().map_or_else(|| List::List(Vec::new()), T::into),
        [_] => T::from_bytes(bytes).into_iter().collect(),
        [extent, inner @ ..] => {
            let stride = inner.iter().product::<usize>() * size_of::<T>();
            // An array without elements may still have more rows than there is memory for their lists.
            let mut items = Vec::new();
            items.try_reserve_exact(*extent).map_err(|_| ListError::Memory { items: *extent })?;
            for index in 0..*extent {
                items.push(nested::<T>(&bytes[index * stride..][..stride], inner)?);
            }
            List::List(items)
        }
    })
}

/// Items may be indexed as in a slice.
///
/// # Panics
/// If there is no item at the index, as in every single value. [`List::get`] does not.
impl Index<usize> for List {
    type Output = List;

    fn index(&self, index: usize) -> &List {
        &self.as_slice()[index]
    }
}

impl<'a> IntoIterator for &'a List {
    type Item = &'a List;
    type IntoIter = std::slice::Iter<'a, List>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The items, none for a single value.
impl IntoIterator for List {
    type Item = List;
    type IntoIter = std::vec::IntoIter<List>;

    fn into_iter(self) -> Self::IntoIter {
        match self {
            List::List(items) => items.into_iter(),
            _ => Vec::new().into_iter(),
        }
    }
}

/// Python's text of the value.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            List::Bool(true) => f.write_str("True"),
            List::Bool(false) => f.write_str("False"),
            List::Int(value) => write!(f, "{value}"),
            List::UInt(value) => write!(f, "{value}"),
            List::Float(value) => f.write_str(&float_text(*value)),
            List::Complex(value) => f.write_str(&complex_text(*value)),
            List::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    fmt::Display::fmt(item, f)?;
                }
                f.write_str("]")
            }
        }
    }
}

/// The same text as `Display`: Python's `str` and `repr` of a list agree.
impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use hloom_ir::Shape;

    use super::*;

    fn list_of<T: Element>(values: &[T], shape: &[usize]) -> List {
        List::from_bytes(T::as_bytes(values), &Type::new(T::DTYPE, shape)).unwrap()
    }

    #[test]
    fn prints_as_python() {
        let check = |list: List, text: &str| {
            assert_eq!(list.to_string(), text);
            assert_eq!(format!("{list:?}"), text);
        };
        check(list_of(&[1.0, 2.5, 3.0, f64::NAN], &[2, 2]), "[[1.0, 2.5], [3.0, nan]]");
        check(
            list_of(&[1e16, 1e15, 1e-5, 1e-4, -0.0, f64::INFINITY], &[6]),
            "[1e+16, 1000000000000000.0, 1e-05, 0.0001, -0.0, inf]",
        );
        check(list_of(&[true, false], &[2, 1]), "[[True], [False]]");
        check(
            list_of(&[Complex::new(1.0, 2.0), Complex::new(0.0, -1.5), Complex::new(-0.0, f64::NAN)], &[3]),
            "[(1+2j), -1.5j, (-0+nanj)]",
        );
        check(list_of(&[0.1f32], &[]), "0.10000000149011612");
        check(list_of(&[f16::from_f32(0.1)], &[1]), "[0.0999755859375]");
        check(list_of(&[bf16::from_f32(1e30)], &[1]), "[1.0002555517425873e+30]");
        check(list_of(&[u64::MAX, 7], &[2]), "[18446744073709551615, 7]");
        check(list_of::<f64>(&[], &[2, 0]), "[[], []]");
        check(list_of::<f64>(&[], &[0, 2]), "[]");
    }

    #[test]
    fn integers_take_the_signed_form_where_they_fit() {
        let list = list_of(&[u64::MAX, 7], &[2]);
        assert!(matches!(list.as_slice(), [List::UInt(u64::MAX), List::Int(7)]));
    }

    #[test]
    fn bytes_must_be_as_many_as_the_type_says() {
        let error = List::from_bytes(&[0; 7], &Type::new(DType::F64, [1])).unwrap_err();
        assert_eq!(error.to_string(), "list: expected 8 bytes of array data, got 7");
        assert!(List::from_bytes(&[], &Type::scalar(DType::Bool)).is_err());
    }

    #[test]
    fn impossible_shapes_are_refused() {
        let refused = |shape: &[usize]| List::from_bytes(&[], &Type::new(DType::F64, shape)).unwrap_err();
        assert_eq!(
            refused(&[1 << 40, 1 << 40, 0]).to_string(),
            format!("list: no array has shape {:?}", Shape::from([1 << 40, 1 << 40, 0]))
        );
        assert!(matches!(refused(&[1 << 58, 0]), ListError::Memory { items } if items == 1 << 58));
    }

    #[test]
    fn items_are_reached_by_index_and_iteration() {
        let list = list_of(&[1i8, 2, 3, 4, 5, 6], &[2, 3]);
        assert_eq!(list.len(), 2);
        assert_eq!(list[1][2], 6);
        assert!(list.get(2).is_none());
        assert_eq!(list.iter().map(List::len).collect::<Vec<_>>(), [3, 3]);
        assert_eq!(list.into_iter().map(|row| row[0].clone()).collect::<List>(), [1, 4]);
    }

    #[test]
    fn many_axes_are_no_trouble() {
        let mut list = &list_of(&[9i64], &[1; 64]);
        for _ in 0..64 {
            list = &list[0];
        }
        assert_eq!(*list, 9);
    }
}
