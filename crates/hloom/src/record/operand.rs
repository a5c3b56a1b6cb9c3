//! What an operation accepts beside arrays: numbers, and Rust arrays of numbers.

use hloom_ir::Weak;

use super::NdArray;

/// An operand: an array, or a number that takes the dtype of the array beside it.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// A borrowed array.
    Borrowed(&'a NdArray),
    /// An owned array.
    Owned(NdArray),
    /// A number without a width, as a Python number is.
    Number(Weak),
}

impl Operand<'_> {
    /// The array, if the operand is one.
    pub fn as_array(&self) -> Option<&NdArray> {
        match self {
            Operand::Borrowed(array) => Some(array),
            Operand::Owned(array) => Some(array),
            Operand::Number(_) => None,
        }
    }

    /// The operand without a borrow.
    pub fn into_owned(self) -> Operand<'static> {
        match self {
            Operand::Borrowed(array) => Operand::Owned(array.clone()),
            Operand::Owned(array) => Operand::Owned(array),
            Operand::Number(number) => Operand::Number(number),
        }
    }

    /// The operand as an array; a scalar becomes a weak input of the program.
    #[track_caller]
    pub(crate) fn into_recorded(self) -> NdArray {
        match self {
            Operand::Borrowed(array) => array.clone(),
            Operand::Owned(array) => array,
            Operand::Number(number) => super::scalar(number),
        }
    }
}

/// Anything an operation takes as an operand: `&NdArray`, `NdArray`, a Rust number, a Rust array of
/// numbers.
///
/// Rust numbers are weak, as Python's are: `x + 1.0` keeps the dtype of a float `x` of any width.
/// Rust arrays are arrays of their element's dtype.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array and no number",
    label = "expected an `NdArray`, a reference to one, a number, or a Rust array of numbers",
    note = "`hloom::array` makes an array of nested vectors"
)]
pub trait IntoOperand<'a> {
    /// The operand.
    fn into_operand(self) -> Operand<'a>;
}

impl<'a> IntoOperand<'a> for Operand<'a> {
    fn into_operand(self) -> Operand<'a> {
        self
    }
}

impl<'a> IntoOperand<'a> for &'a Operand<'_> {
    fn into_operand(self) -> Operand<'a> {
        match self {
            Operand::Borrowed(array) => Operand::Borrowed(array),
            Operand::Owned(array) => Operand::Borrowed(array),
            Operand::Number(number) => Operand::Number(*number),
        }
    }
}

impl<'a> IntoOperand<'a> for &'a NdArray {
    fn into_operand(self) -> Operand<'a> {
        Operand::Borrowed(self)
    }
}

impl<'a> IntoOperand<'a> for &'a &NdArray {
    fn into_operand(self) -> Operand<'a> {
        Operand::Borrowed(self)
    }
}

impl<'a> IntoOperand<'a> for NdArray {
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(self)
    }
}

/// Calls a macro with the types of Rust numbers.
macro_rules! for_each_number {
    ($name:ident) => {
        $name!(
            bool,
            i8,
            i16,
            i32,
            i64,
            i128,
            isize,
            u8,
            u16,
            u32,
            u64,
            usize,
            half::f16,
            half::bf16,
            f32,
            f64,
            num_complex::Complex<f32>,
            num_complex::Complex<f64>,
            hloom_ir::Weak,
        );
    };
}

pub(crate) use for_each_number;

macro_rules! numbers {
    ($($ty:ty),* $(,)?) => { $(
        impl<'a> IntoOperand<'a> for $ty {
            fn into_operand(self) -> Operand<'a> {
                Operand::Number(Weak::from(self))
            }
        }
    )* };
}

for_each_number!(numbers);
