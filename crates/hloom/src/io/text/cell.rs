//! A number as text, read for a dtype, by the rules that Python reads numbers by.

use hloom_ir::{DType, Kind, Literal, Weak};
use num_complex::Complex;

/// The number that a cell holds, or `None` if it is no number of the dtype.
pub(super) fn literal(cell: &str, dtype: DType) -> Option<Literal> {
    let cell = cell.trim();
    match dtype.kind() {
        Kind::Bool => integer(cell).map(|value| Literal::new(value != 0)),
        Kind::Signed | Kind::Unsigned => Weak::Int(integer(cell)?).to_literal(dtype).ok(),
        Kind::Float => Some(Weak::Float(float(cell)?).saturating_literal(dtype)),
        Kind::Complex => Some(Weak::Complex(complex(cell)?).saturating_literal(dtype)),
    }
}

fn integer(cell: &str) -> Option<i128> {
    cell.parse().ok()
}

/// A real number. Rust reads what Python reads, but for a sign before `nan` that both take and underscores that neither does.
fn float(cell: &str) -> Option<f64> {
    cell.parse().ok()
}

/// A complex number, with or without parentheses: `1+2j`, `2j`, `(1-0.5j)`, `3`.
fn complex(cell: &str) -> Option<Complex<f64>> {
    let inner = cell.strip_prefix('(').and_then(|cell| cell.strip_suffix(')')).unwrap_or(cell).trim();
    let Some(parts) = inner.strip_suffix(['j', 'J']) else { return float(inner).map(|re| Complex::new(re, 0.0)) };
    let imaginary = |text: &str| match text {
        "" | "+" => Some(1.0),
        "-" => Some(-1.0),
        text => float(text),
    };
    // The sign that parts the two is the last one that belongs to no exponent.
    let bytes = parts.as_bytes();
    let is_between = |at: &usize| matches!(bytes[*at], b'+' | b'-') && !matches!(bytes[at - 1], b'e' | b'E');
    match (1..bytes.len()).rev().find(is_between) {
        Some(at) => Some(Complex::new(float(&parts[..at])?, imaginary(&parts[at..])?)),
        None => imaginary(parts).map(|im| Complex::new(0.0, im)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_python_reads() {
        assert_eq!(float("+1.5e-3"), Some(1.5e-3));
        assert_eq!(float(".5"), Some(0.5));
        assert_eq!(float("-inf"), Some(f64::NEG_INFINITY));
        assert_eq!((float("1_000"), float("0x10"), float("")), (None, None, None));
        assert!(float("NaN").is_some_and(f64::is_nan));
        assert_eq!(complex("1+2j"), Some(Complex::new(1.0, 2.0)));
        assert_eq!(complex("(-1e-5-2.5e+3j)"), Some(Complex::new(-1e-5, -2.5e3)));
        assert_eq!(complex("-j"), Some(Complex::new(0.0, -1.0)));
        assert_eq!(complex("7"), Some(Complex::new(7.0, 0.0)));
        assert_eq!((complex("1+2"), complex("j1"), complex("1+é")), (None, None, None));
    }

    #[test]
    fn integers_must_fit() {
        assert_eq!(literal("300", DType::U8), None);
        assert_eq!(literal(" -7 ", DType::I8), Some(Literal::new(-7i8)));
        assert_eq!(literal("1.5", DType::I64), None);
        assert_eq!(literal("2", DType::Bool), Some(Literal::new(true)));
        assert_eq!(literal("1e39", DType::F32), Some(Literal::new(f32::INFINITY)));
    }
}
