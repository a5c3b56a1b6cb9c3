//! Conversion of dtypes, and the names NumPy gives them.

use hloom_ir::{ArgType, Casting, DType};

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

/// The dtype of an operation on all operands together, by NEP 50.
///
/// # Errors
/// `ValueError` without operands; the error of an array in error.
///
/// # Examples
/// ```
/// use hloom::{IntoOperand, float32, zeros};
/// let x = zeros(3).astype(float32);
/// assert_eq!(hloom::result_type([(&x).into_operand(), 2.5.into_operand()])?, float32);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.result_type.html>
pub fn result_type<'a>(operands: impl IntoIterator<Item = Operand<'a>>) -> Result<DType> {
    let args = operands.into_iter().map(|operand| match &operand {
        Operand::Number(number) => Ok(ArgType::Weak(number.kind())),
        Operand::Borrowed(array) => Ok(ArgType::Strong(array.try_dtype()?)),
        Operand::Owned(array) => Ok(ArgType::Strong(array.try_dtype()?)),
    });
    Ok(hloom_ir::result_type(&args.collect::<Result<Vec<_>>>()?)?)
}

/// The smallest dtype to which both can be converted.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.promote_types.html>
pub fn promote_types(a: DType, b: DType) -> DType {
    hloom_ir::promote(a, b)
}

/// Whether a conversion is allowed under a casting rule.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.can_cast.html>
pub fn can_cast(from: DType, to: DType, casting: Casting) -> bool {
    hloom_ir::can_cast(from, to, casting)
}

/// An array of anything an operation takes; a number becomes 0-d.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.asarray.html>
#[track_caller]
pub fn asarray<'a>(object: impl IntoOperand<'a>) -> NdArray {
    object.into_operand().into_array()
}
