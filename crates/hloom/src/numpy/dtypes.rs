//! Conversion of dtypes, and the names NumPy gives them.

use hloom_ir::{ArgType, Casting, DType};

use crate::operands::{Tupled, Yielded};
use crate::record::{Build, Call, IntoOperand, Operand};
use crate::{NdArray, Result};

macro_rules! dtype_names {
    ($($name:ident => $dtype:ident $what:literal;)*) => { $(
        #[doc = concat!("The dtype ", $what, ".")]
        #[expect(non_upper_case_globals, reason = "these are NumPy's names")]
        pub const $name: DType = DType::$dtype;
    )* };
}

dtype_names! {
    bool_ => Bool "of truth values";
    int8 => I8 "of signed integers of 8 bits";
    int16 => I16 "of signed integers of 16 bits";
    int32 => I32 "of signed integers of 32 bits";
    int64 => I64 "of signed integers of 64 bits";
    uint8 => U8 "of unsigned integers of 8 bits";
    uint16 => U16 "of unsigned integers of 16 bits";
    uint32 => U32 "of unsigned integers of 32 bits";
    uint64 => U64 "of unsigned integers of 64 bits";
    float16 => F16 "of floats of 16 bits";
    bfloat16 => BF16 "of floats of 16 bits with the range of float32";
    float32 => F32 "of floats of 32 bits";
    float64 => F64 "of floats of 64 bits";
    complex64 => C64 "of complex numbers of two float32";
    complex128 => C128 "of complex numbers of two float64";
}

impl NdArray {
    /// The elements converted to a dtype, as a C cast converts: fractions are cut, integers wrap,
    /// anything but zero is true, imaginary parts are dropped.
    ///
    /// What becomes of a float that an integer dtype cannot hold is the platform's choice, in NumPy
    /// too.
    ///
    /// **Shapes**: `[…]` to `[…]`.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// assert_eq!(hloom::array([1.7, -1.7]).astype(int8).tolist()?, [1, -1]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.astype.html>
    #[track_caller]
    pub fn astype(&self, dtype: DType) -> NdArray {
        Call::of("astype", self).with(&dtype).record(|builder| builder.convert(self.node(), dtype))
    }
}

/// The elements converted to a dtype; see [`NdArray::astype`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::astype([1.7, -1.7], hloom::int8).to_string(), "[ 1 -1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.astype.html>
#[track_caller]
pub fn astype<'a>(x: impl IntoOperand<'a>, dtype: DType) -> NdArray {
    x.into_operand().into_array().astype(dtype)
}

/// Something that has a part in promotion: an array, a number, or a dtype.
pub trait IntoArgType<'a> {
    /// What it contributes.
    ///
    /// # Errors
    /// The error of an array in error.
    fn into_arg_type(self) -> Result<ArgType>;
}

impl<'a, T: IntoOperand<'a>> IntoArgType<'a> for T {
    fn into_arg_type(self) -> Result<ArgType> {
        arg_type(&self.into_operand())
    }
}

impl IntoArgType<'_> for DType {
    fn into_arg_type(self) -> Result<ArgType> {
        Ok(ArgType::Strong(self))
    }
}

/// Several arrays, numbers and dtypes: a tuple of them, or whatever yields them one by one.
///
/// `Form` only tells these two apart, and is always inferred.
pub trait IntoArgTypes<'a, Form> {
    /// What they contribute to promotion.
    ///
    /// # Errors
    /// The error of an array in error.
    fn into_arg_types(self) -> Result<Vec<ArgType>>;
}

impl<'a, I: IntoIterator<Item: IntoArgType<'a>>> IntoArgTypes<'a, Yielded> for I {
    fn into_arg_types(self) -> Result<Vec<ArgType>> {
        self.into_iter().map(IntoArgType::into_arg_type).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<'a, $($name: IntoArgType<'a>),+> IntoArgTypes<'a, Tupled> for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_arg_types(self) -> Result<Vec<ArgType>> {
                let ($($name,)+) = self;
                Ok(vec![$($name.into_arg_type()?),+])
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// The dtype of an operation on all arguments together, by NEP 50: arrays, numbers and dtypes.
///
/// # Errors
/// `ValueError` without arguments; the error of an array in error.
///
/// # Examples
/// ```
/// use hloom::{float32, float64, int64, result_type, zeros};
/// let x = zeros(3).astype(float32);
/// assert_eq!(result_type((&x, 2.5))?, float32);
/// assert_eq!(result_type((&x, int64))?, float64);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.result_type.html>
pub fn result_type<'a, Form>(arguments: impl IntoArgTypes<'a, Form>) -> Result<DType> {
    Ok(hloom_ir::result_type(&arguments.into_arg_types()?)?)
}

/// The smallest dtype to which both can be converted.
///
/// # Examples
/// ```
/// use hloom::{float64, int32, int64, promote_types, uint32, uint64};
/// assert_eq!(promote_types(int32, uint32), int64);
/// assert_eq!(promote_types(int32, uint64), float64);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.promote_types.html>
pub fn promote_types(a: DType, b: DType) -> DType {
    hloom_ir::promote(a, b)
}

/// Whether a conversion is allowed under a casting rule; `..` is `safe`, which keeps every value.
///
/// # Examples
/// ```
/// use hloom::{Casting, can_cast, float32, float64};
/// assert!(can_cast(float32, float64, ..) && !can_cast(float64, float32, ..));
/// assert!(can_cast(float64, float32, Casting::SameKind));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.can_cast.html>
pub fn can_cast(from: DType, to: DType, casting: impl Into<Casting>) -> bool {
    hloom_ir::can_cast(from, to, casting.into())
}

/// What an operand contributes to promotion.
pub(super) fn arg_type(operand: &Operand<'_>) -> Result<ArgType> {
    match operand {
        Operand::Number(number) => Ok(ArgType::Weak(number.kind())),
        Operand::Borrowed(array) => Ok(ArgType::Strong(array.try_dtype()?)),
        Operand::Owned(array) => Ok(ArgType::Strong(array.try_dtype()?)),
    }
}
