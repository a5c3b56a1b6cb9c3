//! Rust's operators on arrays, borrowed or owned, and numbers on either side.
//!
//! On the right of an array stands anything that is an operand. On the left, Rust lets a literal such as
//! the `2.0` of `2.0 * &x` be used only if one float type has the operator, and likewise for integers:
//! these are `f64` and `i64`. Numbers of other widths go on the right.
//!
//! The assigning forms keep dtype and shape, as NumPy's do: `x += y` is an error if the sum is of another
//! kind or shape than `x`.

use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul, MulAssign,
    Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

use hloom_ir::{Binary, Unary};
use num_complex::Complex;

use super::elementwise::assigned;
use super::{binary, unary};
use crate::{IntoOperand, NdArray};

macro_rules! operators {
    ($($op:ident $method:ident $assign:ident $assign_method:ident $variant:ident;)*) => { $(
        impl<'a, T: IntoOperand<'a>> $op<T> for NdArray {
            type Output = NdArray;

            #[track_caller]
            fn $method(self, other: T) -> NdArray {
                binary(Binary::$variant, self, other)
            }
        }

        impl<'a, T: IntoOperand<'a>> $op<T> for &NdArray {
            type Output = NdArray;

            #[track_caller]
            fn $method(self, other: T) -> NdArray {
                binary(Binary::$variant, self, other)
            }
        }

        impl<'a, T: IntoOperand<'a>> $assign<T> for NdArray {
            #[track_caller]
            fn $assign_method(&mut self, other: T) {
                *self = assigned(Binary::$variant, self, other);
            }
        }

        operators!(@left $op $method $variant; bool, i64, f64, Complex<f32>, Complex<f64>);
    )* };
    (@left $op:ident $method:ident $variant:ident; $($number:ty),*) => { $(
        impl $op<NdArray> for $number {
            type Output = NdArray;

            #[track_caller]
            fn $method(self, other: NdArray) -> NdArray {
                binary(Binary::$variant, self, other)
            }
        }

        impl $op<&NdArray> for $number {
            type Output = NdArray;

            #[track_caller]
            fn $method(self, other: &NdArray) -> NdArray {
                binary(Binary::$variant, self, other)
            }
        }
    )* };
}

operators! {
    Add add AddAssign add_assign Add;
    Sub sub SubAssign sub_assign Subtract;
    Mul mul MulAssign mul_assign Multiply;
    Div div DivAssign div_assign Divide;
    Rem rem RemAssign rem_assign Remainder;
    BitAnd bitand BitAndAssign bitand_assign BitwiseAnd;
    BitOr bitor BitOrAssign bitor_assign BitwiseOr;
    BitXor bitxor BitXorAssign bitxor_assign BitwiseXor;
    Shl shl ShlAssign shl_assign LeftShift;
    Shr shr ShrAssign shr_assign RightShift;
}

/// The sum of arrays, added one after another as by `+`; 0 without any.
impl std::iter::Sum<NdArray> for NdArray {
    #[track_caller]
    fn sum<I: Iterator<Item = NdArray>>(arrays: I) -> NdArray {
        arrays.reduce(|sum, array| sum + array).unwrap_or_else(|| NdArray::from(0i64))
    }
}

impl<'a> std::iter::Sum<&'a NdArray> for NdArray {
    #[track_caller]
    fn sum<I: Iterator<Item = &'a NdArray>>(arrays: I) -> NdArray {
        arrays.cloned().sum()
    }
}

/// The product of arrays, multiplied one after another as by `*`; 1 without any.
impl std::iter::Product<NdArray> for NdArray {
    #[track_caller]
    fn product<I: Iterator<Item = NdArray>>(arrays: I) -> NdArray {
        arrays.reduce(|product, array| product * array).unwrap_or_else(|| NdArray::from(1i64))
    }
}

impl<'a> std::iter::Product<&'a NdArray> for NdArray {
    #[track_caller]
    fn product<I: Iterator<Item = &'a NdArray>>(arrays: I) -> NdArray {
        arrays.cloned().product()
    }
}

macro_rules! prefix_operators {
    ($($op:ident $method:ident $variant:ident;)*) => { $(
        impl $op for NdArray {
            type Output = NdArray;

            #[track_caller]
            fn $method(self) -> NdArray {
                unary(Unary::$variant, self)
            }
        }

        impl $op for &NdArray {
            type Output = NdArray;

            #[track_caller]
            fn $method(self) -> NdArray {
                unary(Unary::$variant, self)
            }
        }
    )* };
}

prefix_operators! {
    Neg neg Negative;
    Not not Invert;
}
