//! Element types. Knows nothing about how a device stores them.

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

/// The dtypes, in the order in which NumPy lists its types.
///
/// `$then!` is called with every row of the table, after the arguments that follow it. A row is the variant, NumPy's name, the
/// name in printed graphs, facts, the Rust type of an element, which gives the size, and the meaning. The facts are
///
/// - the [`Kind`](crate::Kind),
/// - the stored bits of the significand, for complex numbers those of each part,
/// - `NumPy`, or `Other` for what NumPy takes from a package of its own,
/// - the dtypes that [`real`](crate::DType::real), [`complex`](crate::DType::complex), [`to_float`](crate::DType::to_float) and
///   [`wide`](crate::DType::wide) give.
///
/// Whoever needs something for each dtype (an enum, a method, a conversion, a test) takes it from here.
#[macro_export]
macro_rules! for_each_dtype {
    ($($then:tt)::+ $(, $($arguments:tt)*)?) => {
        $($then)::+! {
            $($($arguments)*)?
            Bool bool bool {Bool 0 NumPy Bool C128 F16 Bool} (bool) "Truth value, one byte.";
            I8 int8 i8 {Signed 0 NumPy I8 C128 F16 I8} (i8) "Signed integer, 8 bits.";
            I16 int16 i16 {Signed 0 NumPy I16 C128 F32 I16} (i16) "Signed integer, 16 bits.";
            I32 int32 i32 {Signed 0 NumPy I32 C128 F64 I32} (i32) "Signed integer, 32 bits.";
            I64 int64 i64 {Signed 0 NumPy I64 C128 F64 I64} (i64) "Signed integer, 64 bits; the default integer.";
            U8 uint8 u8 {Unsigned 0 NumPy U8 C128 F16 U8} (u8) "Unsigned integer, 8 bits.";
            U16 uint16 u16 {Unsigned 0 NumPy U16 C128 F32 U16} (u16) "Unsigned integer, 16 bits.";
            U32 uint32 u32 {Unsigned 0 NumPy U32 C128 F64 U32} (u32) "Unsigned integer, 32 bits.";
            U64 uint64 u64 {Unsigned 0 NumPy U64 C128 F64 U64} (u64) "Unsigned integer, 64 bits.";
            F16 float16 f16 {Float 10 NumPy F16 C64 F16 F32} (half::f16) "IEEE 754 binary16.";
            BF16 bfloat16 bf16 {Float 7 Other BF16 C64 BF16 F32} (half::bf16) "bfloat16: the upper half of a binary32.";
            F32 float32 f32 {Float 23 NumPy F32 C64 F32 F32} (f32) "IEEE 754 binary32.";
            F64 float64 f64 {Float 52 NumPy F64 C128 F64 F64} (f64) "IEEE 754 binary64; the default float.";
            C64 complex64 c64 {Complex 23 NumPy F32 C64 C64 C64} (num_complex::Complex<f32>) "Complex number of two [`DType::F32`].";
            C128 complex128 c128 {Complex 52 NumPy F64 C128 C128 C128} (num_complex::Complex<f64>) "Complex number of two [`DType::F64`]; the default complex.";
        }
    };
}

macro_rules! define {
    ($($variant:ident $name:ident $short:ident
        {$kind:ident $mantissa:literal $home:ident $real:ident $complex:ident $float:ident $wide:ident}
        ($element:ty) $meaning:literal;)*) => {
        /// The type of an array's elements.
        ///
        /// The order of the variants is the order in which NumPy lists its types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum DType {
            $(#[doc = $meaning] $variant,)*
        }

        impl DType {
            /// Every dtype, in the order of the enumeration.
            pub const ALL: [DType; [$(DType::$variant),*].len()] = [$(DType::$variant),*];

            /// NumPy's name, such as `float64`.
            pub const fn name(self) -> &'static str {
                match self { $(DType::$variant => stringify!($name)),* }
            }

            /// The short name used in printed graphs, such as `f64`.
            pub const fn short_name(self) -> &'static str {
                match self { $(DType::$variant => stringify!($short)),* }
            }

            /// Size of one element in bytes.
            pub const fn size(self) -> usize {
                match self { $(DType::$variant => size_of::<$element>()),* }
            }

            /// The class of numbers this dtype belongs to.
            pub const fn kind(self) -> Kind {
                match self { $(DType::$variant => Kind::$kind),* }
            }

            /// The stored bits of the significand, for complex numbers those of each part; 0 for what is no float.
            pub const fn mantissa_bits(self) -> u32 {
                match self { $(DType::$variant => $mantissa),* }
            }

            /// True for the dtypes that NumPy has itself.
            pub const fn is_in_numpy(self) -> bool {
                match self { $(DType::$variant => matches!(Home::$home, Home::NumPy)),* }
            }

            /// The dtype of the real and imaginary parts; a real dtype is its own.
            pub const fn real(self) -> DType {
                match self { $(DType::$variant => DType::$real),* }
            }

            /// The complex dtype whose parts hold this dtype's values: `complex128` for float64 and integers,
            /// `complex64` for narrower floats.
            pub const fn complex(self) -> DType {
                match self { $(DType::$variant => DType::$complex),* }
            }

            /// The float dtype that holds every value of an integer dtype, as NumPy's unary functions choose it;
            /// floats and complex dtypes stay.
            pub const fn to_float(self) -> DType {
                match self { $(DType::$variant => DType::$float),* }
            }

            /// The dtype that sums and formulas are computed in before they are rounded to this one: float32 for half
            /// precision, which would lose digits on the way, else the dtype itself.
            pub const fn wide(self) -> DType {
                match self { $(DType::$variant => DType::$wide),* }
            }
        }
    };
}

for_each_dtype!(define);

/// Who defines a dtype.
enum Home {
    NumPy,
    Other,
}

/// The class of numbers a [`DType`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Truth values.
    Bool,
    /// Unsigned integers.
    Unsigned,
    /// Signed integers.
    Signed,
    /// Real floating point.
    Float,
    /// Complex floating point.
    Complex,
}

impl DType {
    /// The dtype of a kind and a size in bytes; of several the first.
    pub fn of(kind: Kind, size: usize) -> Option<DType> {
        DType::ALL.into_iter().find(|dtype| dtype.kind() == kind && dtype.size() == size)
    }

    /// True for signed and unsigned integers, false for bool.
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    /// True for real floating-point dtypes.
    pub const fn is_float(self) -> bool {
        matches!(self.kind(), Kind::Float)
    }

    /// True for complex dtypes.
    pub const fn is_complex(self) -> bool {
        matches!(self.kind(), Kind::Complex)
    }

    /// True for half precision, which is computed in a wider dtype.
    pub const fn is_half(self) -> bool {
        self.wide() as u8 != self as u8
    }

    /// The range of an integer dtype as `i128`, or `None` for other kinds.
    pub const fn int_range(self) -> Option<(i128, i128)> {
        let bits = 8 * self.size();
        match self.kind() {
            Kind::Signed => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
            Kind::Unsigned => Some((0, (1 << bits) - 1)),
            Kind::Bool | Kind::Float | Kind::Complex => None,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for DType {
    type Err = Error;

    /// Parses NumPy's name (`float32`) or the short name (`f32`).
    fn from_str(text: &str) -> Result<DType> {
        DType::ALL
            .into_iter()
            .find(|dtype| dtype.name() == text || dtype.short_name() == text)
            .ok_or_else(|| Error::type_(format!("data type '{text}' not understood")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for dtype in DType::ALL {
            assert_eq!(dtype.name().parse::<DType>().unwrap(), dtype);
            assert_eq!(dtype.short_name().parse::<DType>().unwrap(), dtype);
        }
        assert!("float128".parse::<DType>().is_err());
    }

    #[test]
    fn sizes_follow_the_names() {
        for dtype in DType::ALL {
            let bits: usize = dtype.short_name().trim_start_matches(|c: char| c.is_alphabetic()).parse().unwrap_or(8);
            assert_eq!(dtype.size() * 8, bits, "{dtype}");
        }
    }

    #[test]
    fn ranges_are_those_of_the_elements() {
        assert_eq!(DType::I8.int_range(), Some((i8::MIN.into(), i8::MAX.into())));
        assert_eq!(DType::I64.int_range(), Some((i64::MIN.into(), i64::MAX.into())));
        assert_eq!(DType::U64.int_range(), Some((0, u64::MAX.into())));
        assert_eq!(DType::Bool.int_range(), None);
    }

    #[test]
    fn facts_of_rows_fit_each_other() {
        for dtype in DType::ALL {
            let (real, complex, float, wide) = (dtype.real(), dtype.complex(), dtype.to_float(), dtype.wide());
            assert_eq!(dtype.is_complex(), real != dtype, "{dtype}");
            assert_eq!(dtype.size(), if dtype.is_complex() { 2 * real.size() } else { real.size() }, "{dtype}");
            assert!(complex.is_complex() && complex.complex() == complex, "{dtype}");
            assert!(float.mantissa_bits() > 0 && float.to_float() == float, "{dtype}");
            assert_eq!(dtype.mantissa_bits() > 0, float == dtype, "{dtype}");
            assert!(wide.kind() == dtype.kind() && wide.wide() == wide, "{dtype}");
        }
    }
}
