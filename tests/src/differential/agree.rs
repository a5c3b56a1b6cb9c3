//! Whether two ways of computing a program agree. Knows values, not how they were computed.
//!
//! What a program makes of rounding is found by experiment: its result is computed again with the inexact values on the
//! way moved by some units in the last place. Where that changes nothing, nothing may differ; where it changes a number
//! by a little, results may differ by a multiple of that; where it turns a number into NaN, another integer or a zero of
//! another sign, the result hangs on the rounding and says nothing.

use hloom_ir::{DType, Kind};
use num_complex::Complex;

use crate::conformance::value::{HostArray, PyScalar};

/// Units in the last place that a function or a sum may lie off, generously.
const UNITS: f64 = 8.0;

/// How much more than the observed changes results may differ.
const MARGIN: f64 = 4.0;

/// The distance of 1 to the next number of a float dtype, or of the parts of a complex one.
pub fn epsilon(dtype: DType) -> f64 {
    if dtype.mantissa_bits() > 0 { 0.5f64.powi(dtype.mantissa_bits() as i32) } else { 0.0 }
}

/// The array with each number moved by a random part of some units in the last place: of itself, or of the magnitude in
/// its place.
pub fn moved(array: &HostArray, magnitude: Option<&HostArray>, rng: &mut fastrand::Rng) -> HostArray {
    let unit = UNITS * epsilon(array.dtype);
    let magnitudes: Option<Vec<f64>> =
        magnitude.map(|host| host.complexes().iter().map(|value| value.norm()).collect());
    let mut move_by = |value: f64, own: f64| {
        // Beside an infinite part, or in an infinite sum, a number has its own magnitude only.
        let own = if own.is_finite() { own } else { value.abs() };
        if value.is_finite() { value + own * unit * (2.0 * rng.f64() - 1.0) } else { value }
    };
    let scalars = array.scalars().into_iter().enumerate().map(|(idx, scalar)| {
        let given = magnitudes.as_ref().and_then(|all| all.get(idx).copied());
        match scalar {
            PyScalar::Float(value) => PyScalar::Float(move_by(value, given.unwrap_or(value.abs()))),
            PyScalar::Complex(value) => {
                let own = given.unwrap_or(value.norm());
                PyScalar::Complex(Complex::new(move_by(value.re, own), move_by(value.im, own)))
            }
            other => other,
        }
    });
    let scalars: Vec<PyScalar> = scalars.collect();
    HostArray::from_scalars(array.dtype, array.shape.clone(), &scalars).unwrap_or_else(|_| array.clone())
}

/// The least normal number of a float dtype that is computed in without those below it, or of the parts of a complex one;
/// 0 for others.
fn least_normal(dtype: DType) -> f64 {
    match dtype {
        DType::F64 | DType::C128 => f64::MIN_POSITIVE,
        DType::F32 | DType::BF16 | DType::C64 => f64::from(f32::MIN_POSITIVE),
        // Its least numbers are normal ones of float32, in which it is computed.
        DType::F16 => 0.0,
        DType::Bool | DType::I8 | DType::I16 | DType::I32 | DType::I64 => 0.0,
        DType::U8 | DType::U16 | DType::U32 | DType::U64 => 0.0,
    }
}

/// Whether a number of an array lies between zero and the least normal number, or is that: whether a result is rounded up to
/// it or down hangs on its last digit. A processor that has no such numbers takes
/// it for zero when it computes with it, and a compiler that knows it does not.
pub fn has_subnormal(array: &HostArray) -> bool {
    let is_subnormal = |value: f64| value != 0.0 && value.abs() <= least_normal(array.dtype);
    array.scalars().into_iter().any(|scalar| match scalar {
        PyScalar::Float(value) => is_subnormal(value),
        PyScalar::Complex(value) => is_subnormal(value.re) || is_subnormal(value.im),
        PyScalar::Bool(_) | PyScalar::Int(_) => false,
    })
}

/// What of a number must be equal whatever is rounded.
fn class(value: f64) -> u8 {
    if value.is_nan() {
        0
    } else if value == f64::INFINITY {
        1
    } else if value == f64::NEG_INFINITY {
        2
    } else if value == 0.0 {
        3 + u8::from(value.is_sign_negative())
    } else {
        5
    }
}

/// The parts of an element; integers and truths as they are.
fn parts(scalar: PyScalar) -> (i128, [f64; 2]) {
    match scalar {
        PyScalar::Bool(value) => (i128::from(value), [1.0, 1.0]),
        PyScalar::Int(value) => (value, [1.0, 1.0]),
        PyScalar::Float(value) => (0, [value, 1.0]),
        PyScalar::Complex(value) => (0, [value.re, value.im]),
    }
}

/// Holds a result against the one computed step by step. `moved` are the results of computing with moved values.
///
/// # Errors
/// The first element that differs by more than rounding explains.
pub fn compare(expected: &HostArray, got: &HostArray, moved: &[HostArray]) -> Result<(), String> {
    if (expected.dtype, &expected.shape) != (got.dtype, &got.shape) {
        return Err(format!("{}{:?}, expected {}{:?}", got.dtype, got.shape, expected.dtype, expected.shape));
    }
    if expected.bytes == got.bytes {
        return Ok(());
    }
    let moved: Vec<Vec<PyScalar>> = moved.iter().map(HostArray::scalars).collect();
    let is_complex = expected.dtype.kind() == Kind::Complex;
    // What comes out of a function may be a product that the next sum does not round.
    let last_digit = if moved.is_empty() { 0.0 } else { epsilon(expected.dtype) };
    // What is added up in a function may be too small to be a number: then it counts or not, as it was computed.
    let tiny = if moved.is_empty() { 0.0 } else { 8.0 * least_normal(expected.dtype) };
    for (idx, (want, have)) in expected.scalars().into_iter().zip(got.scalars()).enumerate() {
        let ((want_int, want_parts), (have_int, have_parts)) = (parts(want), parts(have));
        let others: Vec<(i128, [f64; 2])> = moved.iter().filter_map(|all| all.get(idx)).map(|&s| parts(s)).collect();
        let hangs = others
            .iter()
            .any(|(int, parts)| *int != want_int || (0..2).any(|part| class(parts[part]) != class(want_parts[part])));
        if hangs {
            continue;
        }
        // The parts of a complex number are rounded together.
        let spread = |part: usize| {
            others
                .iter()
                .map(|(_, parts)| (parts[part] - want_parts[part]).abs())
                .filter(|d| !d.is_nan())
                .fold(0.0, f64::max)
        };
        let spread = if is_complex { [spread(0).max(spread(1)); 2] } else { [spread(0), spread(1)] };
        let agrees = want_int == have_int
            && (0..2).all(|part| {
                let (want, have) = (want_parts[part], have_parts[part]);
                want.abs() < tiny && have.abs() < tiny
                    || class(want) == class(have)
                        && (want == have
                            || want.is_nan()
                            || (want - have).abs() <= MARGIN * spread[part] + last_digit * want.abs() + tiny)
            });
        if !agrees {
            return Err(format!("element {idx} of {}{:?} is {have:?}, expected {want:?}", got.dtype, got.shape));
        }
    }
    Ok(())
}
