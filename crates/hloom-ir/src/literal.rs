//! Single numbers: what a user writes next to an array, and what a formula holds as a constant.
//!
//! Knows nothing about arrays; conversion follows NumPy's rules for Python scalars.

use std::fmt;

use half::{bf16, f16};
use num_complex::Complex;

use crate::{DType, Element, Error, Kind, Result, with_element};

/// A number without a width, as Python's `bool`, `int`, `float` and `complex` are: its kind takes part
/// in promotion, its precision does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weak {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A real number.
    Float(f64),
    /// A complex number.
    Complex(Complex<f64>),
}

/// The kind of a [`Weak`] number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WeakKind {
    /// `bool`, which promotes as the dtype bool does.
    Bool,
    /// `int`; alone it is int64.
    Int,
    /// `float`; alone it is float64.
    Float,
    /// `complex`; alone it is complex128.
    Complex,
}

impl WeakKind {
    /// The dtype that a number of this kind has on its own.
    pub const fn dtype(self) -> DType {
        match self {
            WeakKind::Bool => DType::Bool,
            WeakKind::Int => DType::I64,
            WeakKind::Float => DType::F64,
            WeakKind::Complex => DType::C128,
        }
    }

    /// The kind of number that has this dtype on its own.
    pub fn of(dtype: DType) -> Option<WeakKind> {
        let kind = match dtype.kind() {
            Kind::Bool => WeakKind::Bool,
            Kind::Signed | Kind::Unsigned => WeakKind::Int,
            Kind::Float => WeakKind::Float,
            Kind::Complex => WeakKind::Complex,
        };
        (kind.dtype() == dtype).then_some(kind)
    }
}

impl Weak {
    /// The number's kind.
    pub const fn kind(self) -> WeakKind {
        match self {
            Weak::Bool(_) => WeakKind::Bool,
            Weak::Int(_) => WeakKind::Int,
            Weak::Float(_) => WeakKind::Float,
            Weak::Complex(_) => WeakKind::Complex,
        }
    }

    /// The dtype that the number has on its own: the default one of its kind, uint64 for an integer beyond int64.
    pub fn own_dtype(self) -> DType {
        match self {
            Weak::Int(value) if value > i128::from(i64::MAX) => DType::U64,
            _ => self.kind().dtype(),
        }
    }

    /// The number as an element of `dtype`.
    ///
    /// Floats round to nearest and overflow to infinity. A wider kind than the dtype's is narrowed:
    /// fractions are cut, imaginary parts dropped.
    ///
    /// # Errors
    /// `OverflowError` if an integer dtype cannot hold the number's whole part, `ValueError` for NaN in an
    /// integer dtype.
    pub fn to_literal(self, dtype: DType) -> Result<Literal> {
        let Some((low, high)) = dtype.int_range() else { return Ok(self.saturating_literal(dtype)) };
        let whole = match self {
            Weak::Bool(value) => i128::from(value),
            Weak::Int(value) => value,
            Weak::Float(value) | Weak::Complex(Complex { re: value, .. }) if value.is_nan() => {
                return Err(Error::value("cannot convert float NaN to integer"));
            }
            Weak::Float(value) | Weak::Complex(Complex { re: value, .. }) if value.is_infinite() => {
                return Err(Error::overflow("cannot convert float infinity to integer"));
            }
            Weak::Float(value) | Weak::Complex(Complex { re: value, .. }) => value as i128,
        };
        if !(low..=high).contains(&whole) {
            return Err(Error::overflow(format!("Python integer {whole} out of bounds for {dtype}")));
        }
        Ok(Weak::Int(whole).saturating_literal(dtype))
    }

    /// The number as an element of `dtype`; an integer that does not fit wraps, as a C cast does.
    pub fn wrapping_literal(self, dtype: DType) -> Literal {
        match (self, dtype.int_range()) {
            (Weak::Int(value), Some((low, high))) => {
                let modulus = high - low + 1;
                let offset = value.rem_euclid(modulus) - low.rem_euclid(modulus);
                Weak::Int(offset.rem_euclid(modulus) + low).saturating_literal(dtype)
            }
            _ => self.saturating_literal(dtype),
        }
    }

    /// The number as an element of `dtype`, at the nearest bound where an integer does not fit.
    pub fn saturating_literal(self, dtype: DType) -> Literal {
        with_element!(dtype, T => Literal::new(T::saturating(self)))
    }

    /// Whether the number is an integer that `dtype` cannot hold.
    pub fn overflows(self, dtype: DType) -> bool {
        self.to_literal(dtype).is_err()
    }
}

impl Weak {
    /// The whole part of the real part, at the nearest bound where it does not fit.
    fn whole(self) -> i128 {
        match self {
            Weak::Bool(value) => i128::from(value),
            Weak::Int(value) => value,
            Weak::Float(value) => value as i128,
            Weak::Complex(value) => value.re as i128,
        }
    }

    /// The real part.
    pub fn real(self) -> f64 {
        match self {
            Weak::Bool(value) => f64::from(u8::from(value)),
            Weak::Int(value) => value as f64,
            Weak::Float(value) => value,
            Weak::Complex(value) => value.re,
        }
    }

    /// The imaginary part.
    fn imag(self) -> f64 {
        match self {
            Weak::Bool(_) | Weak::Int(_) | Weak::Float(_) => 0.0,
            Weak::Complex(value) => value.im,
        }
    }
}

/// An element that any number can be made to.
trait Saturating: Element {
    /// The number, at the nearest bound where an integer does not fit.
    fn saturating(number: Weak) -> Self;
}

impl Saturating for bool {
    fn saturating(number: Weak) -> bool {
        match number {
            Weak::Bool(value) => value,
            Weak::Int(value) => value != 0,
            Weak::Float(value) => value != 0.0,
            Weak::Complex(value) => value != Complex::ZERO,
        }
    }
}

macro_rules! saturating_integers {
    ($($ty:ty),*) => { $(
        impl Saturating for $ty {
            fn saturating(number: Weak) -> $ty {
                number.whole().clamp(<$ty>::MIN.into(), <$ty>::MAX.into()) as $ty
            }
        }
    )* };
}

saturating_integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! saturating_floats {
    ($($ty:ty => |$value:ident| $float:expr),*) => { $(
        impl Saturating for $ty {
            fn saturating(number: Weak) -> $ty {
                let $value = number.real();
                $float
            }
        }
    )* };
}

saturating_floats!(f16 => |x| f16::from_f64(x), bf16 => |x| bf16::from_f64(x), f32 => |x| x as f32, f64 => |x| x);

impl Saturating for Complex<f32> {
    fn saturating(number: Weak) -> Complex<f32> {
        Complex::new(number.real() as f32, number.imag() as f32)
    }
}

impl Saturating for Complex<f64> {
    fn saturating(number: Weak) -> Complex<f64> {
        Complex::new(number.real(), number.imag())
    }
}

macro_rules! weak_from {
    ($($ty:ty => |$value:ident| $weak:expr),* $(,)?) => { $(
        impl From<$ty> for Weak {
            fn from($value: $ty) -> Weak {
                $weak
            }
        }
    )* };
}

weak_from! {
    bool => |value| Weak::Bool(value),
    i8 => |value| Weak::Int(value.into()), i16 => |value| Weak::Int(value.into()),
    i32 => |value| Weak::Int(value.into()), i64 => |value| Weak::Int(value.into()),
    isize => |value| Weak::Int(value as i128), i128 => |value| Weak::Int(value),
    u8 => |value| Weak::Int(value.into()), u16 => |value| Weak::Int(value.into()),
    u32 => |value| Weak::Int(value.into()), u64 => |value| Weak::Int(value.into()),
    usize => |value| Weak::Int(value as i128),
    f16 => |value| Weak::Float(value.to_f64()), bf16 => |value| Weak::Float(value.to_f64()),
    f32 => |value| Weak::Float(value.into()), f64 => |value| Weak::Float(value),
    Complex<f32> => |value| Weak::Complex(Complex::new(value.re.into(), value.im.into())),
    Complex<f64> => |value| Weak::Complex(value),
}

/// One element of a known dtype, as it lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Literal {
    bytes: [u8; 16],
    dtype: DType,
}

impl Literal {
    /// The literal of a Rust value.
    pub fn new<T: Element>(value: T) -> Literal {
        let mut bytes = [0; 16];
        let source = T::as_bytes(std::slice::from_ref(&value));
        bytes[..source.len()].copy_from_slice(source);
        Literal { bytes, dtype: T::DTYPE }
    }

    /// The literal of an element's bytes in native order, if they are as many as the dtype has.
    pub fn from_bytes(dtype: DType, source: &[u8]) -> Option<Literal> {
        let mut bytes = [0; 16];
        if source.len() != dtype.size() {
            return None;
        }
        bytes[..source.len()].copy_from_slice(source);
        Some(Literal { bytes, dtype })
    }

    /// The zero of a dtype; `false` for bool.
    pub const fn zero(dtype: DType) -> Literal {
        Literal { bytes: [0; 16], dtype }
    }

    /// The one of a dtype; `true` for bool.
    pub fn one(dtype: DType) -> Literal {
        Weak::Int(1).saturating_literal(dtype)
    }

    /// The smallest value: minus infinity for floats, `false` for bool.
    pub fn lowest(dtype: DType) -> Literal {
        match dtype.int_range() {
            Some((low, _)) => Weak::Int(low).saturating_literal(dtype),
            None if dtype.kind() == Kind::Bool => Literal::zero(dtype),
            None => Weak::Float(f64::NEG_INFINITY).saturating_literal(dtype),
        }
    }

    /// The greatest value: infinity for floats, `true` for bool.
    pub fn highest(dtype: DType) -> Literal {
        match dtype.int_range() {
            Some((_, high)) => Weak::Int(high).saturating_literal(dtype),
            None if dtype.kind() == Kind::Bool => Literal::one(dtype),
            None => Weak::Float(f64::INFINITY).saturating_literal(dtype),
        }
    }

    /// The dtype of the element.
    pub const fn dtype(&self) -> DType {
        self.dtype
    }

    /// The element's bytes in native order, as many as the dtype has.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.dtype.size()]
    }

    /// The value as the widest number of its kind.
    pub fn weak(&self) -> Weak {
        with_element!(self.dtype, T => T::from_bytes(self.bytes())[0].into())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.weak() {
            Weak::Bool(value) => write!(f, "{value}"),
            Weak::Int(value) => write!(f, "{value}"),
            Weak::Float(value) => write!(f, "{value}"),
            Weak::Complex(value) => write!(f, "({}, {})", value.re, value.im),
        }
    }
}

impl fmt::Debug for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({self})", self.dtype.short_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_checked_against_the_dtype() {
        let error = Weak::Int(300).to_literal(DType::I8).unwrap_err();
        assert_eq!(error.message, "Python integer 300 out of bounds for int8");
        assert_eq!(Weak::Int(-128).to_literal(DType::I8).unwrap(), Literal::new(-128i8));
        assert_eq!(Weak::Int(300).saturating_literal(DType::I8), Literal::new(127i8));
        assert_eq!(Weak::Int(300).wrapping_literal(DType::I8), Literal::new(44i8));
        assert_eq!(Weak::Int(-1).wrapping_literal(DType::U64), Literal::new(u64::MAX));
    }

    #[test]
    fn floats_are_checked_against_integer_dtypes() {
        assert_eq!(Weak::Float(-1.9).to_literal(DType::I8).unwrap(), Literal::new(-1i8));
        assert_eq!(Weak::Float(f64::NAN).to_literal(DType::I64).unwrap_err().kind, crate::ErrorKind::Value);
        assert_eq!(Weak::Float(300.7).to_literal(DType::U8).unwrap_err().kind, crate::ErrorKind::Overflow);
        assert_eq!(Weak::Float(f64::INFINITY).to_literal(DType::I64).unwrap_err().kind, crate::ErrorKind::Overflow);
    }

    #[test]
    fn floats_overflow_to_infinity() {
        assert_eq!(Weak::Float(1e300).to_literal(DType::F32).unwrap(), Literal::new(f32::INFINITY));
        assert_eq!(Weak::Float(70000.0).to_literal(DType::F16).unwrap(), Literal::new(f16::INFINITY));
    }

    #[test]
    fn bounds_and_values_read_back() {
        assert_eq!(Literal::lowest(DType::I16).weak(), Weak::Int(-32768));
        assert_eq!(Literal::highest(DType::Bool).weak(), Weak::Bool(true));
        assert_eq!(Literal::highest(DType::F16).weak(), Weak::Float(f64::INFINITY));
        assert_eq!(format!("{:?}", Literal::new(2.5f32)), "f32(2.5)");
    }
}
