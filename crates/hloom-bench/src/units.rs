//! Figures as people read them. Knows nothing of what they are of.

use crate::benchmark::Unit;

/// A value with its unit, in three digits: `1.23 ms`.
pub fn value(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ns => scaled(value, 1e3, &["ns", "µs", "ms", "s"]),
        Unit::Bytes => bytes(value),
    }
}

/// A time in nanoseconds.
pub fn time(ns: f64) -> String {
    value(ns, Unit::Ns)
}

/// A number of bytes.
pub fn bytes(bytes: f64) -> String {
    scaled(bytes, 1024.0, &["B", "KiB", "MiB", "GiB", "TiB"])
}

/// A ratio, with two digits behind the point where it is below ten.
pub fn ratio(ratio: f64) -> String {
    digits(ratio)
}

fn scaled(value: f64, step: f64, units: &[&str]) -> String {
    let mut scaled = value;
    let mut unit = 0;
    // What is rounded to a whole step is of the next unit.
    while scaled.abs() >= step * 0.9995 && unit + 1 < units.len() {
        scaled /= step;
        unit += 1;
    }
    format!("{} {}", digits(scaled), units.get(unit).copied().unwrap_or_default())
}

fn digits(value: f64) -> String {
    match value.abs() {
        size if size >= 99.95 => format!("{value:.0}"),
        size if size >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_and_a_unit() {
        assert_eq!(time(0.0), "0.00 ns");
        assert_eq!(time(999.4), "999 ns");
        assert_eq!(time(999.9), "1.00 µs");
        assert_eq!(time(12_345.0), "12.3 µs");
        assert_eq!(time(1.5e12), "1500 s");
        assert_eq!(bytes(1536.0), "1.50 KiB");
        assert_eq!(bytes(300.0), "300 B");
        assert_eq!(ratio(0.054), "0.05");
        assert_eq!(ratio(123.4), "123");
        assert_eq!(value(f64::NAN, Unit::Ns), "NaN ns");
    }
}
