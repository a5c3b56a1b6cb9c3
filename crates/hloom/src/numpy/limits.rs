//! The limits of numbers: [`finfo`] and [`iinfo`].

use hloom_ir::{DType, Kind};

use crate::{Error, Result};

/// What a float dtype can hold, with NumPy's names. Numbers of any float dtype are float64 here, which holds them all.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct FInfo {
    /// The dtype; for complex numbers that of their parts.
    pub dtype: DType,
    /// The bits of a number.
    pub bits: u32,
    /// The distance from 1 to the next greater number.
    pub eps: f64,
    /// The distance from 1 to the next smaller number.
    pub epsneg: f64,
    /// The bits of the exponent.
    pub iexp: u32,
    /// The exponent of two that gives `eps`.
    pub machep: i32,
    /// The greatest finite number.
    pub max: f64,
    /// The least exponent of two whose power is too great.
    pub maxexp: i32,
    /// The least finite number.
    pub min: f64,
    /// The least exponent of two whose power is a normal number.
    pub minexp: i32,
    /// The exponent of two that gives `epsneg`.
    pub negep: i32,
    /// The bits of the exponent.
    pub nexp: u32,
    /// The stored bits of the significand.
    pub nmant: u32,
    /// How many decimal digits every number is exact to.
    pub precision: i32,
    /// Ten to the power of `-precision`, as a number of the dtype.
    pub resolution: f64,
    /// The smallest positive normal number.
    pub smallest_normal: f64,
    /// The smallest positive number. Devices take those below `smallest_normal` for zero when they compute.
    pub smallest_subnormal: f64,
    /// Another name of `smallest_normal`.
    pub tiny: f64,
}

/// The limits of a float dtype, or of the parts of a complex one.
///
/// # Errors
/// `ValueError` for other dtypes.
///
/// # Examples
/// ```
/// use hloom::{complex64, finfo, float32};
/// assert_eq!(finfo(float32)?.eps, f64::from(f32::EPSILON));
/// assert_eq!(finfo(complex64)?.max, f64::from(f32::MAX));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.finfo.html>
pub fn finfo(dtype: DType) -> Result<FInfo> {
    let dtype = dtype.real();
    if !dtype.is_float() {
        return Err(Error::value(format!("data type {dtype} not inexact")));
    }
    let (bits, nmant) = (8 * dtype.size() as u32, dtype.mantissa_bits());
    let nexp = bits - 1 - nmant;
    let maxexp = 1 << (nexp - 1);
    let (minexp, machep) = (2 - maxexp, -(nmant as i32));
    let (eps, smallest_normal) = (2f64.powi(machep), 2f64.powi(minexp));
    let max = (2.0 - eps) * 2f64.powi(maxexp - 1);
    // What `k` decimal digits tell apart, `nmant` bits behind the first do too.
    let precision = (f64::from(nmant) * std::f64::consts::LOG10_2) as i32;
    Ok(FInfo {
        dtype,
        bits,
        eps,
        epsneg: eps / 2.0,
        iexp: nexp,
        machep,
        max,
        maxexp,
        min: -max,
        minexp,
        negep: machep - 1,
        nexp,
        nmant,
        precision,
        resolution: rounded(10f64.powi(-precision), dtype),
        smallest_normal,
        smallest_subnormal: smallest_normal * eps,
        tiny: smallest_normal,
    })
}

/// A number as one of a float dtype.
fn rounded(number: f64, dtype: DType) -> f64 {
    hloom_ir::Weak::Float(number).saturating_literal(dtype).weak().real()
}

/// What an integer dtype can hold, with NumPy's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct IInfo {
    /// The dtype.
    pub dtype: DType,
    /// The bits of a number.
    pub bits: u32,
    /// `'i'` for signed integers, `'u'` for unsigned ones.
    pub kind: char,
    /// The greatest number.
    pub max: i128,
    /// The least number.
    pub min: i128,
}

/// The limits of an integer dtype.
///
/// # Errors
/// `ValueError` for other dtypes.
///
/// # Examples
/// ```
/// use hloom::{iinfo, uint64};
/// assert_eq!(iinfo(uint64)?.max, i128::from(u64::MAX));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.iinfo.html>
pub fn iinfo(dtype: DType) -> Result<IInfo> {
    let kind = match dtype.kind() {
        Kind::Signed => 'i',
        Kind::Unsigned => 'u',
        Kind::Bool => 'b',
        Kind::Float => 'f',
        Kind::Complex => 'c',
    };
    let (min, max) = dtype.int_range().ok_or_else(|| Error::value(format!("Invalid integer data type '{kind}'.")))?;
    Ok(IInfo { dtype, bits: 8 * dtype.size() as u32, kind, max, min })
}
