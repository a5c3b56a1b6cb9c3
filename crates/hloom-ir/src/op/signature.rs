//! What dtypes an operation computes with.

use crate::{DType, Error};

/// The dtypes an element-wise operation computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    /// What every operand is converted to.
    pub operand: DType,
    /// What the operation yields.
    pub result: DType,
}

impl Signature {
    pub(super) const fn uniform(dtype: DType) -> Signature {
        Signature { operand: dtype, result: dtype }
    }
}

/// The error for dtypes that an operation does not take.
pub fn not_supported(name: &str) -> Error {
    Error::type_(format!(
        "ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced \
         to any supported types according to the casting rule ''safe''"
    ))
}
