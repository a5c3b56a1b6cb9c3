//! Element-wise operations of two operands: the table, and the dtype rules its rows name.
//!
//! Knows what dtypes an operation takes and gives; knows nothing about how it is computed.

use crate::{ArgType, DType, Error, Kind, Result, WeakKind, result_type};

use super::signature::{Signature, not_supported};
use super::unary::{Syntax, common_float};
use super::{Chain, Work};

/// The element-wise operations of two operands.
///
/// `$then!` is called with every row of the table: variant, NumPy name, dtype rule, [`crate::Work`] of an
/// element, whether Python writes it as an operator, whether several of it may be grouped in any way, [`crate::Chain`], meaning,
/// example arguments and the example's printed result. Whoever needs something for each operation (an enum, a method,
/// documentation, a test) takes it from here.
#[macro_export]
macro_rules! binary_ops {
    ($then:path) => {
        $then! {
            Add add {Arithmetic PerElement Operator Associative Sum} "Sum; logical OR for bool." ([1.0, 2.0], [0.5, -2.0]) "[1.5 0. ]";
            Subtract subtract {Subtraction PerElement Operator Ordered Sum} "Difference; fails for bool as NumPy does." ([1.0, 2.0], [0.5, -2.0]) "[0.5 4. ]";
            Multiply multiply {Arithmetic PerElement Operator Associative Product} "Product; logical AND for bool." ([1.0, 2.0], [0.5, -2.0]) "[ 0.5 -4. ]";
            Divide divide {TrueDivision PerElement Operator Ordered Other} "Quotient as a float, also of integers." ([1, 2], [4, 0]) "[0.25  inf]";
            FloorDivide floor_divide {Division PerElement Operator Ordered Other} "The greatest integer not above the quotient; integers by zero give 0." ([7, -7, 1], [2, 2, 0]) "[ 3 -4  0]";
            Remainder remainder {Division PerElement Operator Ordered Other} "What floor division leaves, with the divisor's sign; integers by zero give 0." ([7, -7, 1], [3, 3, 0]) "[1 2 0]";
            Fmod fmod {Division PerElement Function Ordered Other} "What truncating division leaves, with the dividend's sign; integers by zero give 0." ([7, -7, 1], [3, 3, 0]) "[ 1 -1  0]";
            Power power {Power Transcendental Operator Ordered Other} "The first argument to the power of the second." ([2.0, 3.0], [3.0, 0.5]) "[8.         1.73205081]";
            Maximum maximum {Extremum PerElement Function Associative Other} "The greater of both; NaN if either is." ([1.0, 5.0], [2.0, 3.0]) "[2. 5.]";
            Minimum minimum {Extremum PerElement Function Associative Other} "The lesser of both; NaN if either is." ([1.0, 5.0], [2.0, 3.0]) "[1. 3.]";
            Fmax fmax {Extremum PerElement Function Associative Other} "The greater of both; the other one if one is NaN." ([1.0, f64::NAN], [2.0, 3.0]) "[2. 3.]";
            Fmin fmin {Extremum PerElement Function Associative Other} "The lesser of both; the other one if one is NaN." ([1.0, f64::NAN], [2.0, 3.0]) "[1. 3.]";
            Equal equal {Comparison PerElement Function Ordered Other} "Whether both are equal." ([1, 2, 3], [1, 5, 1]) "[ True False False]";
            NotEqual not_equal {Comparison PerElement Function Ordered Other} "Whether both differ." ([1, 2, 3], [1, 5, 1]) "[False  True  True]";
            Less less {Comparison PerElement Function Ordered Other} "Whether the first is less than the second." ([1, 2, 3], [1, 5, 1]) "[False  True False]";
            LessEqual less_equal {Comparison PerElement Function Ordered Other} "Whether the first is at most the second." ([1, 2, 3], [1, 5, 1]) "[ True  True False]";
            Greater greater {Comparison PerElement Function Ordered Other} "Whether the first is greater than the second." ([1, 2, 3], [1, 5, 1]) "[False False  True]";
            GreaterEqual greater_equal {Comparison PerElement Function Ordered Other} "Whether the first is at least the second." ([1, 2, 3], [1, 5, 1]) "[ True False  True]";
            LogicalAnd logical_and {Logical PerElement Function Associative Other} "Whether both are nonzero." ([0, 1], [1, 2]) "[False  True]";
            LogicalOr logical_or {Logical PerElement Function Associative Other} "Whether one or both are nonzero." ([0, 0], [0, 2]) "[False  True]";
            LogicalXor logical_xor {Logical PerElement Function Associative Other} "Whether just one is nonzero." ([0, 1], [1, 2]) "[ True False]";
            BitwiseAnd bitwise_and {Bitwise PerElement Function Associative Other} "Bitwise AND." ([12, 10], [10, 3]) "[8 2]";
            BitwiseOr bitwise_or {Bitwise PerElement Function Associative Other} "Bitwise OR." ([12, 10], [10, 3]) "[14 11]";
            BitwiseXor bitwise_xor {Bitwise PerElement Function Associative Other} "Bitwise exclusive OR." ([12, 10], [10, 3]) "[6 9]";
            LeftShift left_shift {Shift PerElement Function Ordered Other} "The first shifted left by the second; 0 from the dtype's width on." ([1, 3], [4, 1]) "[16  6]";
            RightShift right_shift {Shift PerElement Function Ordered Other} "The first shifted right by the second, keeping its sign." ([16, -8], [2, 1]) "[ 4 -4]";
            Arctan2 arctan2 {RealFloat Transcendental Function Ordered Other} "The angle of the point (second, first) in radians." ([1.0, -1.0], [1.0, 0.0]) "[ 0.78539816 -1.57079633]";
            Hypot hypot {RealFloat Transcendental Function Associative Other} "The length of the hypotenuse, without overflow on the way." ([3.0, 5.0], [4.0, 12.0]) "[ 5. 13.]";
            Logaddexp logaddexp {RealFloat Transcendental Function Ordered Other} "`log(exp(a) + exp(b))`, without overflow on the way." ([0.0, 1000.0], [0.0, 1000.0]) "[6.93147181e-01 1.00069315e+03]";
            Logaddexp2 logaddexp2 {RealFloat Transcendental Function Ordered Other} "`log2(2**a + 2**b)`, without overflow on the way." ([0.0, 1000.0], [0.0, 1000.0]) "[1.000e+00 1.001e+03]";
            Copysign copysign {RealFloat PerElement Function Ordered Other} "The first with the sign of the second." ([1.0, -2.0], [-0.0, 1.0]) "[-1.  2.]";
            Nextafter nextafter {RealFloat PerElement Function Ordered Other} "The next number after the first towards the second." ([1.0, 0.0], [2.0, 0.0]) "[1. 0.]";
            Heaviside heaviside {RealFloat PerElement Function Ordered Other} "0 below zero, 1 above, the second argument at zero." ([-1.0, 0.0, 2.0], [0.5, 0.5, 0.5]) "[0.  0.5 1. ]";
            FloatPower float_power {DoublePower Transcendental Function Ordered Other} "The power, in float64 or complex128 at least." ([2, 4], [-1, 2]) "[ 0.5 16. ]";
            Gcd gcd {Integer PerElement Function Associative Other} "The greatest common divisor." ([12, -18], [8, 27]) "[4 9]";
            Lcm lcm {Integer PerElement Function Associative Other} "The least common multiple." ([4, 6], [6, 0]) "[12  0]";
        }
    };
}

macro_rules! define {
    ($($variant:ident $name:ident {$rule:ident $work:ident $syntax:ident $grouping:ident $chain:ident} $meaning:literal ($($arg:tt)*) $result:literal;)*) => {
        /// An element-wise operation of two operands of one dtype, broadcast against each other.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Binary {
            $(#[doc = $meaning] $variant,)*
        }

        impl Binary {
            /// Every row of the table.
            pub const ALL: &[Binary] = &[$(Binary::$variant),*];

            /// NumPy's name.
            pub const fn name(self) -> &'static str {
                match self { $(Binary::$variant => stringify!($name)),* }
            }

            /// What an element takes to compute.
            pub const fn work(self) -> Work {
                match self { $(Binary::$variant => Work::$work),* }
            }

            /// Whether Python has an operator for it, which makes a number of numbers.
            pub const fn is_operator(self) -> bool {
                match self { $(Binary::$variant => matches!(Syntax::$syntax, Syntax::Operator)),* }
            }

            /// Whether `(a ∘ b) ∘ c` is `a ∘ (b ∘ c)`, but for rounding.
            pub const fn is_associative(self) -> bool {
                match self { $(Binary::$variant => matches!(Grouping::$grouping, Grouping::Associative)),* }
            }

            /// Which chains of operations it is a link of.
            pub const fn chain(self) -> Chain {
                match self { $(Binary::$variant => Chain::$chain),* }
            }

            const fn rule(self) -> BinaryRule {
                match self { $(Binary::$variant => BinaryRule::$rule),* }
            }
        }
    };
}

binary_ops!(define);

/// How the operations of a row may be grouped where several of it follow each other.
enum Grouping {
    /// In any way, but for rounding.
    Associative,
    /// As it is written.
    Ordered,
}

/// How the operands' dtypes decide what is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BinaryRule {
    /// Any dtype, to itself.
    Arithmetic,
    /// Any dtype but bool, with NumPy's advice.
    Subtraction,
    /// Integers and bool become float64.
    TrueDivision,
    /// Integers and real floats; bool becomes int8.
    Division,
    /// Numbers; bool becomes int8.
    Power,
    /// Any dtype, to itself; complex numbers order by real part, then imaginary part.
    Extremum,
    /// Any dtype, to bool.
    Comparison,
    /// Computed in bool.
    Logical,
    /// Bool and integers.
    Bitwise,
    /// Integers; bool becomes int8.
    Shift,
    /// Real floats that hold both operands.
    RealFloat,
    /// float64, or complex128 if an operand is complex.
    DoublePower,
    /// Integers.
    Integer,
}

impl Binary {
    /// The operation of a NumPy name.
    pub fn from_name(name: &str) -> Option<Binary> {
        Binary::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// Whether the operation compares its operands.
    pub fn is_comparison(self) -> bool {
        self.rule() == BinaryRule::Comparison
    }

    /// The dtype both operands are converted to, and the dtype of the result.
    ///
    /// # Errors
    /// `TypeError` if the operation does not take the dtypes.
    pub fn resolve(self, a: ArgType, b: ArgType) -> Result<Signature> {
        if let (ArgType::Strong(a), ArgType::Strong(b)) = (a, b)
            && a == b
        {
            return self.resolve_dtype(a);
        }
        let args = [a, b];
        match self.rule() {
            BinaryRule::RealFloat => {
                let float = common_float(&args)?;
                if float.is_complex() { Err(not_supported(self.name())) } else { Ok(Signature::uniform(float)) }
            }
            BinaryRule::Logical => Ok(Signature::uniform(DType::Bool)),
            // Two numbers of the user alone, or a number beside a bool array, are Python's int.
            BinaryRule::Subtraction | BinaryRule::Arithmetic
                if args.contains(&ArgType::Weak(WeakKind::Bool)) && result_type(&args)? == DType::Bool =>
            {
                self.resolve_dtype(DType::Bool)
            }
            _ => self.resolve_dtype(result_type(&args)?),
        }
    }

    /// The signature for operands that already share a dtype.
    fn resolve_dtype(self, dtype: DType) -> Result<Signature> {
        let kind = dtype.kind();
        let same = Signature::uniform(dtype);
        let refused = || Err(not_supported(self.name()));
        let bool_as_i8 = if kind == Kind::Bool { Signature::uniform(DType::I8) } else { same };
        match self.rule() {
            BinaryRule::Arithmetic | BinaryRule::Extremum => Ok(same),
            BinaryRule::Subtraction if kind == Kind::Bool => Err(Error::type_(
                "numpy boolean subtract, the `-` operator, is not supported, \
                 use the bitwise_xor, the `^` operator, or the logical_xor function instead.",
            )),
            BinaryRule::Subtraction => Ok(same),
            BinaryRule::TrueDivision if dtype.is_float() || dtype.is_complex() => Ok(same),
            BinaryRule::TrueDivision => Ok(Signature::uniform(DType::F64)),
            BinaryRule::Division if kind == Kind::Complex => refused(),
            BinaryRule::Division | BinaryRule::Power => Ok(bool_as_i8),
            BinaryRule::Comparison => Ok(Signature { operand: dtype, result: DType::Bool }),
            BinaryRule::Logical => Ok(Signature::uniform(DType::Bool)),
            BinaryRule::Bitwise | BinaryRule::Shift if matches!(kind, Kind::Float | Kind::Complex) => refused(),
            BinaryRule::Bitwise => Ok(same),
            BinaryRule::Shift => Ok(bool_as_i8),
            BinaryRule::RealFloat if kind == Kind::Complex => refused(),
            BinaryRule::RealFloat => Ok(Signature::uniform(dtype.to_float())),
            BinaryRule::DoublePower if kind == Kind::Complex => Ok(Signature::uniform(DType::C128)),
            BinaryRule::DoublePower => Ok(Signature::uniform(DType::F64)),
            BinaryRule::Integer if !dtype.is_integer() => refused(),
            BinaryRule::Integer => Ok(same),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(op: Binary, a: DType, b: DType) -> Result<DType> {
        op.resolve(a.into(), b.into()).map(|signature| signature.result)
    }

    fn with_number(op: Binary, a: DType, b: WeakKind) -> Result<DType> {
        op.resolve(a.into(), ArgType::Weak(b)).map(|signature| signature.result)
    }

    #[test]
    fn arithmetic_promotes() {
        assert_eq!(result(Binary::Add, DType::U8, DType::I8), Ok(DType::I16));
        assert_eq!(result(Binary::Divide, DType::I8, DType::I8), Ok(DType::F64));
        assert_eq!(result(Binary::FloorDivide, DType::Bool, DType::Bool), Ok(DType::I8));
        assert_eq!(result(Binary::FloatPower, DType::F16, DType::I8), Ok(DType::F64));
        assert_eq!(with_number(Binary::Divide, DType::I8, WeakKind::Complex), Ok(DType::C128));
    }

    #[test]
    fn functions_of_real_floats_take_the_narrowest_that_holds_both() {
        for (a, b, float) in [
            (DType::U8, DType::I8, DType::F16),
            (DType::I8, DType::I16, DType::F32),
            (DType::F32, DType::I16, DType::F32),
            (DType::Bool, DType::I32, DType::F64),
        ] {
            assert_eq!(result(Binary::Arctan2, a, b), Ok(float), "{a} {b}");
        }
        assert_eq!(with_number(Binary::Hypot, DType::I8, WeakKind::Int), Ok(DType::F16));
        assert_eq!(with_number(Binary::Hypot, DType::I8, WeakKind::Float), Ok(DType::F64));
        assert_eq!(with_number(Binary::Hypot, DType::Bool, WeakKind::Int), Ok(DType::F64));
        assert_eq!(with_number(Binary::Hypot, DType::F16, WeakKind::Float), Ok(DType::F16));
        assert!(with_number(Binary::Hypot, DType::F32, WeakKind::Complex).is_err());
    }

    #[test]
    fn bfloat16_promotes_alike_in_every_operation() {
        for &op in Binary::ALL {
            for other in DType::ALL {
                let expected = match op.rule() {
                    BinaryRule::DoublePower if other.is_complex() => DType::C128,
                    BinaryRule::DoublePower => DType::F64,
                    BinaryRule::Comparison | BinaryRule::Logical => DType::Bool,
                    _ => crate::promote(DType::BF16, other),
                };
                for found in [result(op, DType::BF16, other), result(op, other, DType::BF16)] {
                    assert!(found.as_ref().is_ok_and(|found| *found == expected) || found.is_err(), "{op:?} {other}");
                    let is_taken = !matches!(op.rule(), BinaryRule::Bitwise | BinaryRule::Shift | BinaryRule::Integer)
                        && (!other.is_complex() || result(op, other, other).is_ok());
                    assert_eq!(found.is_ok(), is_taken, "{op:?} {other}");
                }
            }
        }
        assert_eq!(with_number(Binary::Hypot, DType::BF16, WeakKind::Float), Ok(DType::BF16));
    }

    #[test]
    fn what_numpy_refuses_is_refused() {
        assert!(result(Binary::Subtract, DType::Bool, DType::Bool).is_err());
        assert!(result(Binary::Remainder, DType::F32, DType::C64).is_err());
        assert!(result(Binary::BitwiseAnd, DType::I8, DType::F16).is_err());
        assert!(result(Binary::LeftShift, DType::U64, DType::I8).is_err());
        let message = result(Binary::Arctan2, DType::C64, DType::F32).unwrap_err().message;
        assert!(message.starts_with("ufunc 'arctan2' not supported for the input types"), "{message}");
    }
}
