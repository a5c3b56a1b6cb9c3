//! Questions about dtypes: which kind of number an array, a number or a dtype is of.

use std::fmt;

use hloom_ir::{ArgType, DType, Kind, Weak, promote, with_element};

use super::dtypes::arg_type;
use crate::record::{IntoOperand, Operand};
use crate::{Error, IntoOperands, Result};

/// A class of dtypes, as NumPy's abstract types are, or a single dtype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// One dtype.
    Of(DType),
    /// Every dtype.
    Generic,
    /// Every dtype but bool.
    Number,
    /// Integers.
    Integer,
    /// Signed integers.
    SignedInteger,
    /// Unsigned integers.
    UnsignedInteger,
    /// Floats and complex numbers.
    Inexact,
    /// Real floats.
    Floating,
    /// Complex numbers.
    ComplexFloating,
}

macro_rules! classes {
    ($($name:ident => $class:ident $what:literal;)*) => { $(
        #[doc = concat!("The class of ", $what, ", for [`issubdtype`].")]
        #[expect(non_upper_case_globals, reason = "these are NumPy's names")]
        pub const $name: Class = Class::$class;
    )* };
}

classes! {
    generic => Generic "all dtypes";
    number => Number "all dtypes but bool";
    integer => Integer "integers";
    signedinteger => SignedInteger "signed integers";
    unsignedinteger => UnsignedInteger "unsigned integers";
    inexact => Inexact "floats and complex numbers";
    floating => Floating "real floats";
    complexfloating => ComplexFloating "complex numbers";
}

impl From<DType> for Class {
    fn from(dtype: DType) -> Class {
        Class::Of(dtype)
    }
}

impl Class {
    /// The class that this one belongs to at once; of the widest class itself.
    fn parent(self) -> Class {
        match self {
            Class::Of(dtype) => match dtype.kind() {
                Kind::Bool => Class::Generic,
                Kind::Signed => Class::SignedInteger,
                Kind::Unsigned => Class::UnsignedInteger,
                Kind::Float => Class::Floating,
                Kind::Complex => Class::ComplexFloating,
            },
            Class::SignedInteger | Class::UnsignedInteger => Class::Integer,
            Class::Floating | Class::ComplexFloating => Class::Inexact,
            Class::Integer | Class::Inexact => Class::Number,
            Class::Number | Class::Generic => Class::Generic,
        }
    }
}

/// Whether a dtype, or a class of them, belongs to another.
///
/// # Examples
/// ```
/// use hloom::{float32, float64, floating, inexact, integer, issubdtype};
/// assert!(issubdtype(float64, floating) && issubdtype(floating, inexact));
/// assert!(!issubdtype(float64, integer) && !issubdtype(float64, float32));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.issubdtype.html>
pub fn issubdtype(arg1: impl Into<Class>, arg2: impl Into<Class>) -> bool {
    let (mut class, wanted) = (arg1.into(), arg2.into());
    while class != wanted && class != class.parent() {
        class = class.parent();
    }
    class == wanted
}

/// A kind of dtypes as [`isdtype`] takes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DTypeKind {
    /// One dtype.
    Of(DType),
    /// A name of the array API standard.
    Named(String),
}

impl From<DType> for DTypeKind {
    fn from(dtype: DType) -> DTypeKind {
        DTypeKind::Of(dtype)
    }
}

impl From<&str> for DTypeKind {
    fn from(name: &str) -> DTypeKind {
        DTypeKind::Named(name.to_owned())
    }
}

impl fmt::Display for DTypeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DTypeKind::Of(dtype) => dtype.fmt(f),
            DTypeKind::Named(name) => name.fmt(f),
        }
    }
}

impl DTypeKind {
    fn has(&self, dtype: DType) -> Result<bool> {
        let kind = dtype.kind();
        let name = match self {
            DTypeKind::Of(wanted) => return Ok(*wanted == dtype),
            DTypeKind::Named(name) => name,
        };
        Ok(match name.as_str() {
            "bool" => kind == Kind::Bool,
            "signed integer" => kind == Kind::Signed,
            "unsigned integer" => kind == Kind::Unsigned,
            "integral" => dtype.is_integer(),
            "real floating" => kind == Kind::Float,
            "complex floating" => kind == Kind::Complex,
            "numeric" => kind != Kind::Bool,
            _ => {
                return Err(Error::value(format!("kind argument is a string, but '{name}' is not a known kind name.")));
            }
        })
    }
}

/// One or several kinds of dtypes: a dtype, a name, or a tuple or an array of these.
pub trait IntoDTypeKinds {
    /// The kinds.
    fn into_kinds(self) -> Vec<DTypeKind>;
}

impl IntoDTypeKinds for DType {
    fn into_kinds(self) -> Vec<DTypeKind> {
        vec![self.into()]
    }
}

impl IntoDTypeKinds for &str {
    fn into_kinds(self) -> Vec<DTypeKind> {
        vec![self.into()]
    }
}

impl<T: Into<DTypeKind>, const N: usize> IntoDTypeKinds for [T; N] {
    fn into_kinds(self) -> Vec<DTypeKind> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => { $(
        impl<$($name: Into<DTypeKind>),*> IntoDTypeKinds for ($($name,)*) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_kinds(self) -> Vec<DTypeKind> {
                let ($($name,)*) = self;
                vec![$($name.into()),*]
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// Whether a dtype is of a kind, or of one of several: dtypes, and `"bool"`, `"signed integer"`, `"unsigned integer"`,
/// `"integral"`, `"real floating"`, `"complex floating"` and `"numeric"`.
///
/// # Errors
/// `ValueError` for another name.
///
/// # Examples
/// ```
/// use hloom::{float32, int8, isdtype};
/// assert!(isdtype(float32, "real floating")?);
/// assert!(isdtype(float32, ("integral", float32))?);
/// assert!(!isdtype(int8, ("bool", "complex floating"))?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.isdtype.html>; bfloat16 is a real floating dtype.
pub fn isdtype(dtype: DType, kind: impl IntoDTypeKinds) -> Result<bool> {
    let mut is_one = false;
    for kind in kind.into_kinds() {
        is_one |= kind.has(dtype)?;
    }
    Ok(is_one)
}

/// Whether an array or a number is of complex dtype, whatever its imaginary parts are.
///
/// # Errors
/// The error of an array in error.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// assert!(hloom::iscomplexobj(Complex::new(1.0, 0.0))?);
/// assert!(!hloom::iscomplexobj([1.0, 2.0])?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.iscomplexobj.html>
pub fn iscomplexobj<'a>(x: impl IntoOperand<'a>) -> Result<bool> {
    Ok(arg_type(&x.into_operand())?.default_dtype().is_complex())
}

/// Whether an array or a number is not of complex dtype.
///
/// # Errors
/// The error of an array in error.
///
/// # Examples
/// ```
/// assert!(hloom::isrealobj(2.5)?);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.isrealobj.html>
pub fn isrealobj<'a>(x: impl IntoOperand<'a>) -> Result<bool> {
    Ok(!iscomplexobj(x)?)
}

/// Whether an argument is a number, and no array. An array without axes is an array.
///
/// # Examples
/// ```
/// assert!(hloom::isscalar(2.5));
/// assert!(!hloom::isscalar(hloom::array(2.5)));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.isscalar.html>
pub fn isscalar<'a>(element: impl IntoOperand<'a>) -> bool {
    element.into_operand().as_array().is_none()
}

/// The float or complex dtype that all arrays can be computed in: integers count as float64.
///
/// # Errors
/// `TypeError` for bool, and for a number, which has no dtype; the error of an array in error.
///
/// # Examples
/// ```
/// let (x, y) = (hloom::ones(2).astype(hloom::float32), hloom::array([1, 2]));
/// assert_eq!(hloom::common_type([&x])?, hloom::float32);
/// assert_eq!(hloom::common_type((&x, &y))?, hloom::float64);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.common_type.html>
pub fn common_type<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> Result<DType> {
    // The narrowest float is what NumPy begins with.
    let mut common = None;
    for array in arrays.into_operands() {
        let float = match arg_type(&array)? {
            ArgType::Strong(dtype) if dtype.is_integer() => DType::F64,
            ArgType::Strong(dtype) if dtype.kind() != Kind::Bool => dtype,
            ArgType::Strong(_) | ArgType::Weak(_) => {
                return Err(Error::type_("can't get common type for non-numeric array"));
            }
        };
        common = Some(common.map_or(float, |so_far| promote(so_far, float)));
    }
    Ok(common.unwrap_or(DType::F16))
}

/// The smallest dtype of its kind that holds a number, or the number in an array without axes, which is computed; the
/// dtype of an array that has axes. Floats are judged by their range only, and integers from 0 on are unsigned.
///
/// # Errors
/// `OverflowError` for an integer beyond 64 bits; the error of an array in error; `TraceError` for an array without axes
/// in a traced function.
///
/// # Examples
/// ```
/// assert_eq!(hloom::min_scalar_type(300)?, hloom::uint16);
/// assert_eq!(hloom::min_scalar_type(1e5)?, hloom::float32);
/// assert_eq!(hloom::min_scalar_type([1.0])?, hloom::float64);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.min_scalar_type.html>
#[track_caller]
pub fn min_scalar_type<'a>(a: impl IntoOperand<'a>) -> Result<DType> {
    let operand = a.into_operand();
    let array = match operand {
        Operand::Number(weak) => return least_dtype(weak),
        Operand::Borrowed(array) => array.clone(),
        Operand::Owned(array) => array,
    };
    let ty = array.try_type()?;
    if !ty.shape.is_empty() || ty.dtype == DType::C64 {
        return Ok(ty.dtype);
    }
    let elements: Vec<Weak> =
        with_element!(ty.dtype, T => array.elements::<T>("min_scalar_type")?.into_iter().map(Weak::from).collect());
    elements
        .first()
        .map_or_else(|| Err(Error::internal("an array of size 1 has no element")), |&weak| least_dtype(weak))
}

/// The smallest dtype that holds a number.
fn least_dtype(weak: Weak) -> Result<DType> {
    /// Below these NumPy takes a float for one of 16 and of 32 bits.
    const HALF: f64 = 65000.0;
    const SINGLE: f64 = 3.4e38;
    let is_within = |value: f64, bound: f64| !value.is_finite() || value.abs() < bound;
    match weak {
        Weak::Bool(_) => Ok(DType::Bool),
        Weak::Int(value) => {
            let kind = if value < 0 { Kind::Signed } else { Kind::Unsigned };
            let holds = |dtype: &DType| dtype.kind() == kind && !weak.overflows(*dtype);
            let least = DType::ALL.into_iter().find(holds);
            least.ok_or_else(|| {
                Error::new(crate::ErrorKind::Overflow, format!("no dtype holds the Python integer {value}"))
            })
        }
        Weak::Float(value) if is_within(value, HALF) => Ok(DType::F16),
        Weak::Float(value) if is_within(value, SINGLE) => Ok(DType::F32),
        Weak::Float(_) => Ok(DType::F64),
        Weak::Complex(value) if [value.re, value.im].iter().all(|part| part.abs() < SINGLE) => Ok(DType::C64),
        Weak::Complex(_) => Ok(DType::C128),
    }
}
