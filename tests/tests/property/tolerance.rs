//! How far two ways of computing one value may lie apart: the one table of tolerances.

use hloom::DType;

/// The distance of 1 to the next number of a dtype. Nothing for integers, which agree exactly.
fn epsilon(dtype: DType) -> f64 {
    if dtype.is_float() { 0.5f64.powi(dtype.mantissa_bits() as i32) } else { 0.0 }
}

/// Each operation may round by half a unit of a value up to 1, and a fused one by none; sums of up to 64
/// elements may be added in another order; functions of the library's may differ by vectorization.
const UNITS_PER_OPERATION: f64 = 8.0;

/// The greatest difference of values up to 1 that so many operations lead to, none of which makes a
/// difference of its operands greater.
pub(super) fn tolerance(dtype: DType, n_operations: usize) -> f64 {
    UNITS_PER_OPERATION * n_operations as f64 * epsilon(dtype)
}
