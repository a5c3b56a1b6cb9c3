//! Element-wise operations of one operand: the table, and the dtype rules its rows name.
//!
//! Knows what dtypes an operation takes and gives; knows nothing about how it is computed.

use crate::promote::raise;
use crate::{ArgType, DType, Error, Kind, Result};

use super::signature::{Signature, not_supported};
use super::{Chain, Work};

/// The element-wise operations of one operand.
///
/// `$then!` is called with every row of the table: variant, NumPy name, dtype rule, [`crate::Work`] of an
/// element, whether Python writes it as an operator, [`crate::Chain`], meaning, example arguments and the example's printed
/// result. Whoever needs something for each operation (an enum, a method, documentation, a test) takes it from here.
#[macro_export]
macro_rules! unary_ops {
    ($then:path) => {
        $then! {
            Negative negative {Numeric PerElement Operator Sum} "Numerical negative." ([1.0, -2.5]) "[-1.   2.5]";
            Positive positive {Numeric PerElement Operator Other} "The array itself; fails for bool as NumPy does." ([1.0, -2.5]) "[ 1.  -2.5]";
            Absolute absolute {Magnitude PerElement Operator Other} "Absolute value; the magnitude of complex numbers." ([-1.5, 2.0]) "[1.5 2. ]";
            Sign sign {Numeric PerElement Function Other} "Sign: -1, 0 or 1; `z / abs(z)` for complex numbers; NaN stays NaN." ([-2.5, 0.0, 3.0]) "[-1.  0.  1.]";
            Invert invert {Bitwise PerElement Function Other} "Bitwise NOT; logical NOT for bool." ([0, 5]) "[-1 -6]";
            Square square {Arithmetic PerElement Function Product} "The argument times itself." ([1.5, -2.0]) "[2.25 4.  ]";
            Reciprocal reciprocal {Arithmetic PerElement Function Other} "One divided by the argument; integers divide as integers." ([2.0, -4.0]) "[ 0.5  -0.25]";
            Conjugate conjugate {Arithmetic PerElement Function Other} "Complex conjugate; real arrays stay as they are." ([1.0, -2.0]) "[ 1. -2.]";
            Real real {RealPart PerElement Function Other} "Real part." ([1.0, -2.0]) "[ 1. -2.]";
            Imag imag {RealPart PerElement Function Other} "Imaginary part; zero for real arrays." ([1.0, -2.0]) "[0. 0.]";
            Exp exp {Float Transcendental Function Other} "Exponential." ([0.0, 1.0]) "[1.         2.71828183]";
            Exp2 exp2 {Float Transcendental Function Other} "Two to the power of the argument." ([0.0, 3.0]) "[1. 8.]";
            Expm1 expm1 {Float Transcendental Function Other} "`exp(x) - 1`, accurate for small arguments." ([0.0, 1e-10]) "[0.e+00 1.e-10]";
            Log log {Float Transcendental Function Other} "Natural logarithm." ([1.0, 2.0]) "[0.         0.69314718]";
            Log2 log2 {Float Transcendental Function Other} "Logarithm to base 2." ([1.0, 8.0]) "[0. 3.]";
            Log10 log10 {Float Transcendental Function Other} "Logarithm to base 10." ([1.0, 1000.0]) "[0. 3.]";
            Log1p log1p {Float Transcendental Function Other} "`log(1 + x)`, accurate for small arguments." ([0.0, 1e-10]) "[0.e+00 1.e-10]";
            Sqrt sqrt {Float Transcendental Function Other} "Square root; NaN for negative real numbers." ([4.0, 2.0]) "[2.         1.41421356]";
            Cbrt cbrt {RealFloat Transcendental Function Other} "Cube root." ([8.0, -27.0]) "[ 2. -3.]";
            Sin sin {Float Transcendental Function Other} "Sine, argument in radians." ([0.0, 1.0]) "[0.         0.84147098]";
            Cos cos {Float Transcendental Function Other} "Cosine, argument in radians." ([0.0, 1.0]) "[1.         0.54030231]";
            Tan tan {Float Transcendental Function Other} "Tangent, argument in radians." ([0.0, 1.0]) "[0.         1.55740772]";
            Arcsin arcsin {Float Transcendental Function Other} "Inverse sine, in radians." ([0.0, 0.5]) "[0.         0.52359878]";
            Arccos arccos {Float Transcendental Function Other} "Inverse cosine, in radians." ([1.0, 0.5]) "[0.         1.04719755]";
            Arctan arctan {Float Transcendental Function Other} "Inverse tangent, in radians." ([0.0, 1.0]) "[0.         0.78539816]";
            Sinh sinh {Float Transcendental Function Other} "Hyperbolic sine." ([0.0, 1.0]) "[0.         1.17520119]";
            Cosh cosh {Float Transcendental Function Other} "Hyperbolic cosine." ([0.0, 1.0]) "[1.         1.54308063]";
            Tanh tanh {Float Transcendental Function Other} "Hyperbolic tangent." ([0.0, 1.0]) "[0.         0.76159416]";
            Arcsinh arcsinh {Float Transcendental Function Other} "Inverse hyperbolic sine." ([0.0, 1.0]) "[0.         0.88137359]";
            Arccosh arccosh {Float Transcendental Function Other} "Inverse hyperbolic cosine." ([1.0, 2.0]) "[0.        1.3169579]";
            Arctanh arctanh {Float Transcendental Function Other} "Inverse hyperbolic tangent." ([0.0, 0.5]) "[0.         0.54930614]";
            Floor floor {Rounding PerElement Function Other} "The greatest integer not above the argument." ([-1.5, 1.5]) "[-2.  1.]";
            Ceil ceil {Rounding PerElement Function Other} "The least integer not below the argument." ([-1.5, 1.5]) "[-1.  2.]";
            Trunc trunc {Rounding PerElement Function Other} "The argument without its fraction." ([-1.5, 1.5]) "[-1.  1.]";
            Rint rint {Float PerElement Function Other} "The nearest integer, halves to the even one." ([0.5, 1.5]) "[0. 2.]";
            IsNan isnan {Predicate PerElement Function Other} "Whether the argument is not a number." ([1.0, f64::NAN]) "[False  True]";
            IsInf isinf {Predicate PerElement Function Other} "Whether the argument is an infinity." ([1.0, f64::INFINITY]) "[False  True]";
            IsFinite isfinite {Predicate PerElement Function Other} "Whether the argument is neither NaN nor an infinity." ([1.0, f64::NAN]) "[ True False]";
            SignBit signbit {RealPredicate PerElement Function Other} "Whether the sign bit is set, which it is for negative zero." ([-0.0, 1.0]) "[ True False]";
            IsPosInf isposinf {RealPredicate PerElement Function Other} "Whether the argument is positive infinity." ([f64::INFINITY, -f64::INFINITY]) "[ True False]";
            IsNegInf isneginf {RealPredicate PerElement Function Other} "Whether the argument is negative infinity." ([f64::INFINITY, -f64::INFINITY]) "[False  True]";
            IsReal isreal {Predicate PerElement Function Other} "Whether the imaginary part is zero, as it is for real arrays." ([1.0, f64::NAN]) "[ True  True]";
            IsComplex iscomplex {Predicate PerElement Function Other} "Whether the imaginary part is not zero." ([1.0, f64::NAN]) "[False False]";
            LogicalNot logical_not {Predicate PerElement Function Other} "Whether the argument is zero." ([0.0, 2.0]) "[ True False]";
            Fabs fabs {RealFloat PerElement Function Other} "Absolute value as a float." ([-1.5, 2.0]) "[1.5 2. ]";
            Deg2rad deg2rad {RealFloat PerElement Function Product} "Degrees to radians." ([90.0, 180.0]) "[1.57079633 3.14159265]";
            Rad2deg rad2deg {RealFloat PerElement Function Product} "Radians to degrees." ([0.0, 1.0]) "[ 0.         57.29577951]";
            Spacing spacing {RealFloat PerElement Function Other} "The distance to the next number away from zero, with the argument's sign." ([1.0, -4.0]) "[ 2.22044605e-16 -8.88178420e-16]";
            Sinc sinc {WideFloat Transcendental Function Other} "`sin(pi x) / (pi x)`, and 1 at zero." ([0.0, 0.5]) "[1.         0.63661977]";
            I0 i0 {RealWideFloat Transcendental Function Other} "The modified Bessel function of the first kind of order 0." ([0.0, 1.0]) "[1.         1.26606588]";
            BitwiseCount bitwise_count {BitCount PerElement Function Other} "The number of one bits in the absolute value." ([7, -8]) "[3 1]";
        }
    };
}

macro_rules! define {
    ($($variant:ident $name:ident {$rule:ident $work:ident $syntax:ident $chain:ident} $meaning:literal ($($arg:tt)*) $result:literal;)*) => {
        /// An element-wise operation of one operand.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Unary {
            $(#[doc = $meaning] $variant,)*
        }

        impl Unary {
            /// Every row of the table.
            pub const ALL: &[Unary] = &[$(Unary::$variant),*];

            /// NumPy's name.
            pub const fn name(self) -> &'static str {
                match self { $(Unary::$variant => stringify!($name)),* }
            }

            /// What an element takes to compute.
            pub const fn work(self) -> Work {
                match self { $(Unary::$variant => Work::$work),* }
            }

            /// Whether Python has an operator for it, which makes a number of a number.
            pub const fn is_operator(self) -> bool {
                match self { $(Unary::$variant => matches!(Syntax::$syntax, Syntax::Operator)),* }
            }

            /// Which chains of operations it is a link of.
            pub const fn chain(self) -> Chain {
                match self { $(Unary::$variant => Chain::$chain),* }
            }

            const fn rule(self) -> UnaryRule {
                match self { $(Unary::$variant => UnaryRule::$rule),* }
            }
        }
    };
}

unary_ops!(define);

/// How Python writes an operation.
pub(super) enum Syntax {
    Operator,
    Function,
}

/// How the operand's dtype decides what is computed.
#[derive(Clone, Copy, Debug)]
enum UnaryRule {
    /// Numbers stay as they are; bool has no such operation.
    Numeric,
    /// Numbers stay as they are; bool becomes int8.
    Arithmetic,
    /// Everything stays; complex numbers give their real dtype.
    Magnitude,
    /// As `Magnitude`, but bool stays bool and nothing is refused.
    RealPart,
    /// Bool and integers only.
    Bitwise,
    /// Integers become the float that holds them.
    Float,
    /// As `Float`, without complex numbers.
    RealFloat,
    /// Floats stay; bool and integers become float64.
    WideFloat,
    /// As `WideFloat`, without complex numbers.
    RealWideFloat,
    /// Everything but complex numbers stays.
    Rounding,
    /// Anything to bool.
    Predicate,
    /// Real floats to bool.
    RealPredicate,
    /// Bool and integers to uint8.
    BitCount,
}

impl Unary {
    /// The operation of a NumPy name.
    pub fn from_name(name: &str) -> Option<Unary> {
        Unary::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// The dtypes computed with and returned for an operand.
    ///
    /// # Errors
    /// `TypeError` if the operation does not take the dtype.
    pub fn resolve(self, arg: ArgType) -> Result<Signature> {
        let dtype = arg.default_dtype();
        let kind = dtype.kind();
        let same = Signature::uniform(dtype);
        Ok(match self.rule() {
            UnaryRule::Numeric if kind == Kind::Bool => return Err(self.refuse_bool()),
            UnaryRule::Numeric => same,
            UnaryRule::Arithmetic if kind == Kind::Bool => Signature::uniform(DType::I8),
            UnaryRule::Arithmetic => same,
            UnaryRule::Magnitude | UnaryRule::RealPart => Signature { operand: dtype, result: dtype.real() },
            UnaryRule::Bitwise if matches!(kind, Kind::Float | Kind::Complex) => return Err(self.refuse()),
            UnaryRule::Bitwise => same,
            UnaryRule::Float => Signature::uniform(dtype.to_float()),
            UnaryRule::RealFloat | UnaryRule::RealWideFloat | UnaryRule::Rounding | UnaryRule::RealPredicate
                if kind == Kind::Complex =>
            {
                return Err(self.refuse_complex(dtype));
            }
            UnaryRule::RealFloat => Signature::uniform(dtype.to_float()),
            UnaryRule::WideFloat | UnaryRule::RealWideFloat => match kind {
                Kind::Float | Kind::Complex => same,
                Kind::Bool | Kind::Signed | Kind::Unsigned => Signature::uniform(DType::F64),
            },
            UnaryRule::Rounding => same,
            UnaryRule::Predicate => Signature { operand: dtype, result: DType::Bool },
            UnaryRule::RealPredicate => Signature { operand: dtype.to_float(), result: DType::Bool },
            UnaryRule::BitCount if kind == Kind::Bool => Signature::uniform(DType::U8),
            UnaryRule::BitCount if !dtype.is_integer() => return Err(self.refuse()),
            UnaryRule::BitCount => Signature { operand: dtype, result: DType::U8 },
        })
    }

    fn refuse(self) -> Error {
        not_supported(self.name())
    }

    fn refuse_complex(self, dtype: DType) -> Error {
        match self {
            Unary::IsPosInf | Unary::IsNegInf => Error::type_(format!(
                "This operation is not supported for {dtype} values because it would be ambiguous."
            )),
            Unary::I0 => Error::type_("i0 not supported for complex values"),
            _ => self.refuse(),
        }
    }

    fn refuse_bool(self) -> Error {
        Error::type_(match self {
            Unary::Negative => "The numpy boolean negative, the `-` operator, is not supported, \
                                use the `~` operator or the logical_not function instead."
                .to_owned(),
            _ => format!("ufunc '{}' did not contain a loop with signature matching types bool", self.name()),
        })
    }
}

/// The float dtype that a function of real numbers is computed in, as NumPy finds it: the one that holds an operand.
///
/// # Errors
/// `TypeError` for complex numbers.
pub fn real_float(name: &str, arg: ArgType) -> Result<DType> {
    let float = arg.default_dtype().to_float();
    if float.is_complex() { Err(not_supported(name)) } else { Ok(float) }
}

/// The float dtype that holds every operand, as NumPy finds it for functions without integer loops.
pub(super) fn common_float(args: &[ArgType]) -> Result<DType> {
    let all = crate::result_type(args)?;
    // Integers beside bfloat16, of any width, become bfloat16.
    if !all.is_in_numpy() {
        return Ok(all);
    }
    let mut result: Option<DType> = None;
    let strong = args.iter().filter_map(|&arg| match arg {
        ArgType::Strong(dtype) => Some(dtype),
        ArgType::Weak(_) => None,
    });
    for dtype in strong.clone() {
        let float = dtype.to_float();
        result = Some(result.map_or(float, |so_far| crate::promote(so_far, float)));
    }
    let Some(mut result) = result else { return Ok(all.to_float()) };
    let integral = strong.clone().all(|dtype| !dtype.is_float() && !dtype.is_complex());
    for &arg in args {
        if let ArgType::Weak(kind) = arg {
            let base = strong.clone().reduce(crate::promote).unwrap_or(result);
            let raised = raise(base, kind);
            if raised != base && integral || raised.is_complex() {
                result = crate::promote(result, raised.to_float());
            }
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(op: Unary, dtype: DType) -> Result<Signature> {
        op.resolve(ArgType::Strong(dtype))
    }

    #[test]
    fn integers_become_the_float_that_holds_them() {
        assert_eq!(resolve(Unary::Sin, DType::I8).unwrap().result, DType::F16);
        assert_eq!(resolve(Unary::Sin, DType::U16).unwrap().result, DType::F32);
        assert_eq!(resolve(Unary::Sin, DType::I32).unwrap().result, DType::F64);
        assert_eq!(resolve(Unary::Sin, DType::C64).unwrap().result, DType::C64);
    }

    #[test]
    fn what_numpy_refuses_is_refused() {
        let message = resolve(Unary::Negative, DType::Bool).unwrap_err().message;
        assert!(message.starts_with("The numpy boolean negative"), "{message}");
        assert!(resolve(Unary::Invert, DType::F32).is_err());
        assert!(resolve(Unary::Cbrt, DType::C64).is_err());
        assert!(resolve(Unary::BitwiseCount, DType::F64).is_err());
    }

    #[test]
    fn bits_of_truths_are_counted() {
        assert_eq!(resolve(Unary::BitwiseCount, DType::Bool), Ok(Signature::uniform(DType::U8)));
        assert_eq!(resolve(Unary::BitwiseCount, DType::I64).unwrap().result, DType::U8);
    }

    #[test]
    fn magnitudes_of_complex_numbers_are_real() {
        let signature = resolve(Unary::Absolute, DType::C128).unwrap();
        assert_eq!((signature.operand, signature.result), (DType::C128, DType::F64));
    }

    #[test]
    fn names_find_their_rows() {
        for &op in Unary::ALL {
            assert_eq!(Unary::from_name(op.name()), Some(op));
        }
    }
}
