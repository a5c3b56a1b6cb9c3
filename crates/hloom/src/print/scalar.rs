//! Single numbers as text: what Python's `str` gives for a NumPy scalar. Knows nothing of columns or options.

use hloom_ir::DType;
use num_complex::Complex;

use super::digits::{Digits, Format};
use super::float::exponent_text;
use super::value::Value;

/// The only element of a 0-d array.
///
/// # Panics
/// If `bytes` is shorter than the element.
pub(super) fn text(bytes: &[u8], dtype: DType) -> String {
    let format = match dtype {
        DType::F16 => Format::Half,
        DType::F32 | DType::C64 => Format::Single,
        _ => Format::Double,
    };
    match Value::read(bytes, dtype, 0) {
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) if dtype == DType::BF16 => brief_text(value),
        Value::Float(value) => float(format, value, ".0"),
        Value::Complex(value) => complex(format, value),
    }
}

/// A binary64 as Python writes it: `0.1`, `1e+16`, `-inf`.
pub(crate) fn float_text(value: f64) -> String {
    float(Format::Double, value, ".0")
}

/// A complex number as Python writes it: `(1+2j)`, `2j`.
pub(crate) fn complex_text(value: Complex<f64>) -> String {
    complex(Format::Double, value)
}

/// bfloat16 as `ml_dtypes` writes it: C's `%g`, six significant digits.
pub(super) fn brief_text(value: f64) -> String {
    const SIGNIFICANT: usize = 6;
    if !value.is_finite() {
        return float(Format::Single, value, "");
    }
    let digits = Format::Double.significant(value, SIGNIFICANT, false).trimmed();
    if (-4..SIGNIFICANT as i32).contains(&digits.exponent) { positional(&digits, "") } else { scientific(&digits) }
}

/// A float in the fewest digits that name it; `point` follows a whole number.
fn float(format: Format, value: f64, point: &str) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // From here on NumPy uses an exponent: where whole numbers may have more digits than the format keeps.
    let too_large = match format {
        Format::Half => 1e3,
        Format::Single => 1e6,
        Format::Double => 1e16,
    };
    let digits = format.shortest(value);
    if value == 0.0 || (1e-4..too_large).contains(&value.abs()) {
        positional(&digits, point)
    } else {
        scientific(&digits)
    }
}

fn complex(format: Format, value: Complex<f64>) -> String {
    let imaginary = float(format, value.im, "");
    // A positive zero as real part goes unsaid.
    if value.re == 0.0 && value.re.is_sign_positive() {
        return format!("{imaginary}j");
    }
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imaginary}j)", float(format, value.re, ""))
}

fn positional(digits: &Digits, point: &str) -> String {
    let sign = if digits.negative { "-" } else { "" };
    match digits.split_at_point() {
        (whole, fraction) if fraction.is_empty() => format!("{sign}{whole}{point}"),
        (whole, fraction) => format!("{sign}{whole}.{fraction}"),
    }
}

fn scientific(digits: &Digits) -> String {
    let sign = if digits.negative { "-" } else { "" };
    let (first, rest) = digits.split_at_first();
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}e{}", exponent_text(digits.exponent, 2))
}
