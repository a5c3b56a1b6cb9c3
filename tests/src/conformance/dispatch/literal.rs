//! Nested lists of Python numbers as nested vectors, from which the library makes arrays.
//!
//! A vector has one element type, so the numbers are brought to the widest kind among them here, as a
//! Rust programmer has to.

use hloom::NdArray;
use num_complex::Complex;

use super::item::Halt;
use crate::conformance::value::{Nested, PyScalar};

/// The array of nested lists.
pub(super) fn array(nested: &Nested) -> Result<NdArray, Halt> {
    match widest(nested) {
        Kind::Bool => typed::<bool>(nested),
        Kind::Int => typed::<i64>(nested),
        Kind::UInt => typed::<u64>(nested),
        Kind::Huge => Err(Halt::unsupported("array: an integer beyond 64 bits")),
        Kind::Float => typed::<f64>(nested),
        Kind::Complex => typed::<Complex<f64>>(nested),
    }
}

/// The numbers of nested lists.
pub(super) fn numbers(nested: &Nested) -> Vec<PyScalar> {
    match nested {
        Nested::List(items) => items.iter().flat_map(numbers).collect(),
        Nested::Number(number) => vec![*number],
    }
}

/// The element types of Python's numbers, each wider than those before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bool,
    Int,
    UInt,
    /// An integer that no element type holds.
    Huge,
    Float,
    Complex,
}

/// The widest kind; lists without numbers are of floats, as in NumPy.
fn widest(nested: &Nested) -> Kind {
    fn kind(nested: &Nested) -> Option<Kind> {
        match nested {
            Nested::List(items) => items.iter().filter_map(kind).max(),
            Nested::Number(PyScalar::Bool(_)) => Some(Kind::Bool),
            Nested::Number(PyScalar::Int(value)) => Some(match *value {
                value if i64::try_from(value).is_ok() => Kind::Int,
                value if u64::try_from(value).is_ok() => Kind::UInt,
                _ => Kind::Huge,
            }),
            Nested::Number(PyScalar::Float(_)) => Some(Kind::Float),
            Nested::Number(PyScalar::Complex(_)) => Some(Kind::Complex),
        }
    }
    kind(nested).unwrap_or(Kind::Float)
}

fn typed<T: Leaf>(nested: &Nested) -> Result<NdArray, Halt>
where
    NdArray: From<T> + From<Vec<T>> + From<Vec<Vec<T>>> + From<Vec<Vec<Vec<T>>>>,
{
    let array = match depth(nested) {
        0 => T::read(nested).map(NdArray::from),
        1 => Vec::<T>::read(nested).map(NdArray::from),
        2 => Vec::<Vec<T>>::read(nested).map(NdArray::from),
        3 => Vec::<Vec<Vec<T>>>::read(nested).map(NdArray::from),
        depth => return Err(Halt::unsupported(format!("array: lists {depth} deep"))),
    };
    // Lists and numbers side by side have no Rust type.
    array.ok_or_else(|| Halt::Raised("ValueError", "the array has an inhomogeneous shape".to_owned()))
}

/// How deep the lists are nested along their first items.
fn depth(nested: &Nested) -> usize {
    match nested {
        Nested::List(items) => 1 + items.first().map_or(0, depth),
        Nested::Number(_) => 0,
    }
}

/// A Rust type that nested lists can be read as.
trait Read: Sized {
    fn read(nested: &Nested) -> Option<Self>;
}

/// A number.
trait Leaf: Read {}

impl<T: Read> Read for Vec<T> {
    fn read(nested: &Nested) -> Option<Vec<T>> {
        match nested {
            Nested::List(items) => items.iter().map(T::read).collect(),
            Nested::Number(_) => None,
        }
    }
}

macro_rules! leaves {
    ($($ty:ty: |$scalar:ident| $read:expr;)*) => { $(
        impl Read for $ty {
            fn read(nested: &Nested) -> Option<$ty> {
                match *nested {
                    Nested::Number($scalar) => $read,
                    Nested::List(_) => None,
                }
            }
        }

        impl Leaf for $ty {}
    )* };
}

/// The integer that a bool or an integer is.
fn integer(scalar: PyScalar) -> Option<i128> {
    match scalar {
        PyScalar::Bool(value) => Some(value.into()),
        PyScalar::Int(value) => Some(value),
        PyScalar::Float(_) | PyScalar::Complex(_) => None,
    }
}

leaves! {
    bool: |scalar| integer(scalar).map(|value| value != 0);
    i64: |scalar| i64::try_from(integer(scalar)?).ok();
    u64: |scalar| u64::try_from(integer(scalar)?).ok();
    f64: |scalar| scalar.as_real();
    Complex<f64>: |scalar| Some(scalar.as_complex());
}

#[cfg(test)]
mod tests {
    use hloom::DType;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<(DType, &[usize])>) {
        let json = serde_json::from_str(text).expect("a literal of this file is JSON");
        let made = array(&Nested::parse(&json).expect("a literal of this file is a nested list"));
        let made = made.ok().and_then(|array| Some((array.try_dtype().ok()?, array.try_shape().ok()?.to_vec())));
        assert_eq!(made, expected.map(|(dtype, shape)| (dtype, shape.to_vec())), "{text}");
    }

    #[test]
    fn lists_become_arrays_of_their_widest_kind() {
        check("true", Some((DType::Bool, &[])));
        check("[true, 2]", Some((DType::I64, &[2])));
        check("[[1, 18446744073709551615]]", Some((DType::U64, &[1, 2])));
        check(r#"[[1], [{"f": 2}]]"#, Some((DType::F64, &[2, 1])));
        check(r#"[{"re": 1, "im": 2}, 3]"#, Some((DType::C128, &[2])));
        check("[[], []]", Some((DType::F64, &[2, 0])));
        check("[18446744073709551616]", None);
        check(r#"[18446744073709551616, {"f": 0.5}]"#, Some((DType::F64, &[2])));
        check("[[1], 2]", None);
        check("[[1], [2, 3]]", None);
    }
}
