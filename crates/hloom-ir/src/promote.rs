//! Type promotion by NEP 50, and casting rules. Knows dtypes only.
//!
//! Source: <https://numpy.org/neps/nep-0050-scalar-promotion.html>. bfloat16, which NumPy does not have,
//! takes the place that JAX gives it: any integer promotes to it, float16 beside it becomes float32.

use std::fmt;

use crate::{DType, Error, Kind, Result, WeakKind};

/// What an operand contributes to promotion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArgType {
    /// An array.
    Strong(DType),
    /// A number written by the user.
    Weak(WeakKind),
}

impl ArgType {
    /// The dtype the operand has on its own.
    pub const fn default_dtype(self) -> DType {
        match self {
            ArgType::Strong(dtype) => dtype,
            ArgType::Weak(kind) => kind.dtype(),
        }
    }
}

impl From<DType> for ArgType {
    fn from(dtype: DType) -> ArgType {
        ArgType::Strong(dtype)
    }
}

/// The smallest dtype to which both can be converted.
pub fn promote(a: DType, b: DType) -> DType {
    if a == b {
        return a;
    }
    match (a.kind(), b.kind()) {
        (Kind::Bool, _) => b,
        (_, Kind::Bool) => a,
        (Kind::Signed, Kind::Signed) | (Kind::Unsigned, Kind::Unsigned) => wider(a, b),
        (Kind::Signed, Kind::Unsigned) => promote_mixed_sign(a, b),
        (Kind::Unsigned, Kind::Signed) => promote_mixed_sign(b, a),
        // Of two floats of one size, one has more digits and the other the wider range.
        (Kind::Float, Kind::Float) if a.size() == b.size() => a.wide(),
        (Kind::Float, Kind::Float) | (Kind::Complex, Kind::Complex) => wider(a, b),
        (Kind::Complex, _) => wider(a, complex_beside(b)),
        (_, Kind::Complex) => wider(complex_beside(a), b),
        (Kind::Float, _) => float_with_int(a, b),
        (_, Kind::Float) => float_with_int(b, a),
    }
}

/// The complex dtype that a real one has beside complex numbers.
const fn complex_beside(real: DType) -> DType {
    real.to_float().complex()
}

fn wider(a: DType, b: DType) -> DType {
    if a.size() >= b.size() { a } else { b }
}

/// The narrowest signed integer that holds both, float64 if there is none.
fn promote_mixed_sign(signed: DType, unsigned: DType) -> DType {
    let holds = |size: usize| size >= signed.size() && size > unsigned.size();
    DType::ALL.into_iter().find(|dtype| dtype.kind() == Kind::Signed && holds(dtype.size())).unwrap_or(DType::F64)
}

fn float_with_int(float: DType, int: DType) -> DType {
    if float.is_in_numpy() { wider(float, int.to_float()) } else { float }
}

/// The dtype of an operation on arrays and numbers together.
///
/// Arrays decide among themselves, each beside one of the highest kind: uint16, int8 and float32 are float32, though
/// uint16 and int8 alone would be an int32 that float32 does not hold. A number then only raises the kind, to the default
/// width of the dtype found so far. Numbers alone have their default dtypes.
///
/// # Errors
/// `ValueError` without operands.
pub fn result_type(args: &[ArgType]) -> Result<DType> {
    let arrays = args.iter().filter_map(|&arg| match arg {
        ArgType::Strong(dtype) => Some(dtype),
        ArgType::Weak(WeakKind::Bool) => Some(DType::Bool),
        ArgType::Weak(_) => None,
    });
    let strong = arrays.clone().max_by_key(|dtype| dtype.kind()).map(|highest| arrays.fold(highest, promote));
    let weak = args
        .iter()
        .filter_map(|&arg| match arg {
            ArgType::Weak(kind) if kind != WeakKind::Bool => Some(kind),
            _ => None,
        })
        .max();
    match (strong, weak) {
        (None, None) => Err(Error::value("at least one array or dtype is required")),
        (Some(dtype), None) => Ok(dtype),
        (None, Some(kind)) => Ok(ArgType::Weak(kind).default_dtype()),
        (Some(dtype), Some(kind)) => Ok(raise(dtype, kind)),
    }
}

/// A dtype raised to the kind of a weak number.
pub(crate) fn raise(dtype: DType, kind: WeakKind) -> DType {
    match (kind, dtype.kind()) {
        (WeakKind::Bool, _) => dtype,
        (WeakKind::Int, Kind::Bool) => DType::I64,
        (WeakKind::Float, Kind::Bool | Kind::Signed | Kind::Unsigned) => DType::F64,
        (WeakKind::Complex, _) => dtype.complex(),
        (WeakKind::Int, Kind::Signed | Kind::Unsigned) => dtype,
        (WeakKind::Int | WeakKind::Float, Kind::Float | Kind::Complex) => dtype,
    }
}

/// How far a conversion may change values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Casting {
    /// No change of dtype.
    No,
    /// No change of dtype; byte order may differ, which here it never does.
    Equiv,
    /// Only conversions that keep every value.
    Safe,
    /// Safe conversions, or to a narrower dtype of the same kind.
    SameKind,
    /// Any conversion.
    Unsafe,
}

impl Casting {
    const ALL: [Casting; 5] = [Casting::No, Casting::Equiv, Casting::Safe, Casting::SameKind, Casting::Unsafe];

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Casting::No => "no",
            Casting::Equiv => "equiv",
            Casting::Safe => "safe",
            Casting::SameKind => "same_kind",
            Casting::Unsafe => "unsafe",
        }
    }
}

impl From<std::ops::RangeFull> for Casting {
    /// What NumPy has as the default where it asks: safe conversions.
    fn from(_: std::ops::RangeFull) -> Casting {
        Casting::Safe
    }
}

impl fmt::Display for Casting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Casting::No => "no",
            Casting::Equiv => "equiv",
            Casting::Safe => "safe",
            Casting::SameKind => "same_kind",
            Casting::Unsafe => "unsafe",
        })
    }
}

impl std::str::FromStr for Casting {
    type Err = Error;

    fn from_str(text: &str) -> Result<Casting> {
        Casting::ALL.into_iter().find(|casting| casting.name() == text).ok_or_else(|| {
            Error::value(format!("casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', got '{text}'"))
        })
    }
}

/// Whether a conversion from one dtype to another is allowed under a rule.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.can_cast.html>
pub fn can_cast(from: DType, to: DType, casting: Casting) -> bool {
    // NumPy counts an integer as safely converted to a float64 or complex128 of any width.
    let safe = || promote(from, to) == to;
    match casting {
        Casting::No | Casting::Equiv => from == to,
        Casting::Safe => safe(),
        Casting::SameKind => safe() || same_kind(from.kind(), to.kind()),
        Casting::Unsafe => true,
    }
}

fn same_kind(from: Kind, to: Kind) -> bool {
    // Unsigned to signed counts as the same kind, signed to unsigned does not.
    from <= to
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promotion_is_commutative_and_reaches_a_common_dtype() {
        for a in DType::ALL {
            for b in DType::ALL {
                let both = promote(a, b);
                assert_eq!(both, promote(b, a), "{a} {b}");
                assert_eq!(promote(both, a), both, "{a} {b}");
            }
        }
    }

    #[test]
    fn mixed_kinds_follow_numpy() {
        use DType::*;
        for (a, b, both) in [
            (U8, I8, I16),
            (U32, I8, I64),
            (U64, I8, F64),
            (I16, F16, F32),
            (I32, F32, F64),
            (I8, F16, F16),
            (I32, C64, C128),
            (F64, C64, C128),
            (F16, C64, C64),
            (BF16, F16, F32),
        ] {
            assert_eq!(promote(a, b), both, "{a} {b}");
        }
    }

    #[test]
    fn numbers_raise_the_kind_only() {
        let with = |dtype, kind| result_type(&[ArgType::Strong(dtype), ArgType::Weak(kind)]).unwrap();
        assert_eq!(with(DType::I8, WeakKind::Int), DType::I8);
        assert_eq!(with(DType::F16, WeakKind::Float), DType::F16);
        assert_eq!(with(DType::I8, WeakKind::Float), DType::F64);
        assert_eq!(with(DType::F32, WeakKind::Complex), DType::C64);
        assert_eq!(with(DType::Bool, WeakKind::Int), DType::I64);
        assert!(result_type(&[]).is_err());
    }

    #[test]
    fn arrays_promote_beside_one_of_the_highest_kind() {
        use DType::*;
        let of =
            |dtypes: &[DType]| result_type(&dtypes.iter().map(|&dtype| ArgType::Strong(dtype)).collect::<Vec<_>>());
        for (dtypes, expected) in [
            (&[U16, I8, F32][..], F32),
            (&[F32, I8, U16], F32),
            (&[I8, U8, F16], F16),
            (&[U64, I8, F32], F64),
            (&[I16, U16, C64, I8], C64),
            (&[U8, I8, U32], I64),
        ] {
            assert_eq!(of(dtypes), Ok(expected), "{dtypes:?}");
        }
    }

    #[test]
    fn casting_rules() {
        use DType::*;
        assert!(can_cast(I64, F64, Casting::Safe));
        assert!(!can_cast(I64, F32, Casting::Safe));
        assert!(can_cast(F64, F32, Casting::SameKind));
        assert!(can_cast(U8, I8, Casting::SameKind));
        assert!(!can_cast(I8, U8, Casting::SameKind));
        assert!(!can_cast(C64, F64, Casting::SameKind));
    }
}
