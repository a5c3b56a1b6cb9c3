//! Numbers as people read them: three digits and a unit. Knows nothing of what they mean.

use std::fmt::Write;

use crate::benchmark::Unit;

/// What stands where there is no number.
pub(crate) const NOTHING: &str = "–";

/// A space that is narrow and does not break a line.
const THIN: char = '\u{202f}';

const TIMES: [(f64, &str); 4] = [(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")];
const SIZES: [(f64, &str); 5] = [
    (1.0, "B"),
    (1024.0, "KiB"),
    (1024.0 * 1024.0, "MiB"),
    (1024.0 * 1024.0 * 1024.0, "GiB"),
    (1024.0 * 1024.0 * 1024.0 * 1024.0, "TiB"),
];
const RATES: [(f64, &str); 5] = [(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"), (1e12, "T")];

/// An amount in the unit of a row.
pub(crate) fn amount(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Ns => time(value),
        Unit::Bytes => bytes(value),
    }
}

/// Nanoseconds, such as `12.3 µs`.
pub(crate) fn time(ns: f64) -> String {
    scaled(ns, &TIMES, 1e3)
}

/// Bytes, such as `1.50 KiB`.
pub(crate) fn bytes(bytes: f64) -> String {
    scaled(bytes, &SIZES, 1024.0)
}

/// So many of something a second, such as `12.3 GB/s`.
pub(crate) fn rate(value: f64, of: &str) -> String {
    format!("{}{of}/s", scaled(value, &RATES, 1e3))
}

/// An interval in the unit of its upper end, such as `12.1–12.9 µs`.
pub(crate) fn interval(low: f64, high: f64, unit: Unit) -> String {
    let (low, high) = (amount(low, unit), amount(high, unit));
    match (low.split_once(THIN), high.split_once(THIN)) {
        (Some((number, one)), Some((_, other))) if one == other => format!("{number}–{high}"),
        _ => format!("{low}–{high}"),
    }
}

/// A ratio, such as `0.41`, `12.4` or `0.0032`.
pub(crate) fn ratio(value: f64) -> String {
    if !value.is_finite() {
        return NOTHING.into();
    }
    match value.abs() {
        0.0 => "0".into(),
        size if size < 0.0995 => {
            let decimals = 1 - (size * 1.005).log10().floor() as i32;
            if decimals > 6 { format!("{value:.1e}") } else { format!("{value:.*}", decimals.unsigned_abs() as usize) }
        }
        size if size < 9.995 => format!("{value:.2}"),
        size if size < 99.95 => format!("{value:.1}"),
        size if size < 1e5 => grouped(value.round() as u64),
        _ => format!("{value:.1e}"),
    }
}

/// How far a factor is from 1, such as `2.1 %` for 1.021.
pub(crate) fn percent(factor: f64) -> String {
    share(factor - 1.0)
}

/// A share, such as `41 %` for 0.41.
pub(crate) fn share(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return NOTHING.into();
    }
    let decimals = if percent.abs() < 9.95 { 1 } else { 0 };
    format!("{percent:.decimals$}{THIN}%")
}

/// A whole number with its digits in groups of three.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push(THIN);
        }
        text.push(digit);
    }
    text
}

/// So many of something, such as `1 row` or `2 rows`.
pub(crate) fn count(number: usize, one: &str) -> String {
    format!("{} {one}{}", grouped(number as u64), if number == 1 { "" } else { "s" })
}

/// How long something took, such as `12 min 3 s`.
pub(crate) fn elapsed(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return NOTHING.into();
    }
    if seconds < 59.5 {
        return time(seconds * 1e9);
    }
    let seconds = seconds.round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours} h {minutes} min") } else { format!("{minutes} min {seconds} s") }
}

/// A power of ten, such as `10⁴`; 1 and 10 as they are.
pub(crate) fn power(exponent: i32) -> String {
    match exponent {
        0 => "1".into(),
        1 => "10".into(),
        _ => {
            let mut text = String::from("10");
            for digit in exponent.to_string().chars() {
                text.push(match digit {
                    '-' => '⁻',
                    '0' => '⁰',
                    '1' => '¹',
                    '2' => '²',
                    '3' => '³',
                    other => char::from_u32(0x2070 + other.to_digit(10).unwrap_or_default()).unwrap_or(other),
                });
            }
            text
        }
    }
}

/// A point in time as the format has it, for people: `2026-01-31 12:00 UTC`.
pub(crate) fn moment(utc: &str) -> String {
    match (utc.get(..10), utc.get(10..11), utc.get(11..16), utc.ends_with('Z')) {
        (Some(day), Some("T"), Some(time), true) => format!("{day} {time} UTC"),
        _ => utc.into(),
    }
}

/// A command as it would be typed.
pub(crate) fn command(words: &[String]) -> String {
    let is_plain =
        |word: &str| !word.is_empty() && word.chars().all(|it| it.is_alphanumeric() || "-_./:=,+@%".contains(it));
    let mut text = String::new();
    for (idx, word) in words.iter().enumerate() {
        let gap = if idx > 0 { " " } else { "" };
        let result = if is_plain(word) {
            write!(text, "{gap}{word}")
        } else {
            write!(text, "{gap}'{}'", word.replace('\'', r"'\''"))
        };
        result.expect("a string takes what is written to it");
    }
    text
}

/// A number in three digits with the largest unit that it has one of.
fn scaled(value: f64, units: &[(f64, &str)], step: f64) -> String {
    if !value.is_finite() {
        return NOTHING.into();
    }
    let fits = |scale: f64| digits(value / scale).trim_start_matches('-').parse().is_ok_and(|it: f64| it < step);
    let (scale, unit) = units.iter().copied().find(|&(scale, _)| fits(scale)).unwrap_or(units[units.len() - 1]);
    // There are no fractions of a byte.
    let is_whole = unit == "B" && value.fract() == 0.0;
    let number = if is_whole { format!("{value:.0}") } else { digits(value / scale) };
    format!("{number}{THIN}{unit}")
}

fn digits(value: f64) -> String {
    let size = value.abs();
    let decimals = if size == 0.0 || size >= 99.95 {
        0
    } else if size >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With plain spaces, as they are easier to read in a test.
    fn plain(text: String) -> String {
        text.replace(THIN, " ")
    }

    #[test]
    fn times_have_three_digits() {
        let cases = [
            (0.0, "0 ns"),
            (0.324, "0.32 ns"),
            (7.0, "7.00 ns"),
            (99.94, "99.9 ns"),
            (999.4, "999 ns"),
            (999.6, "1.00 µs"),
            (12_345.0, "12.3 µs"),
            (1_500_000.0, "1.50 ms"),
            (2.5e9, "2.50 s"),
            (3.6e12, "3600 s"),
            (-1_500.0, "-1.50 µs"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ];
        for (ns, expected) in cases {
            assert_eq!(plain(time(ns)), expected, "{ns}");
        }
    }

    #[test]
    fn bytes_are_counted_in_powers_of_1024() {
        let cases = [
            (0.0, "0 B"),
            (7.0, "7 B"),
            (1000.0, "1000 B"),
            (1536.0, "1.50 KiB"),
            (3.0 * 1024.0_f64.powi(3), "3.00 GiB"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain(bytes(value)), expected, "{value}");
        }
        assert_eq!(plain(rate(12.34e9, "B")), "12.3 GB/s");
        assert_eq!(plain(rate(12.0, "B")), "12.0 B/s");
    }

    #[test]
    fn an_interval_names_its_unit_once() {
        assert_eq!(plain(interval(12_100.0, 12_900.0, Unit::Ns)), "12.1–12.9 µs");
        assert_eq!(plain(interval(990.0, 1_100.0, Unit::Ns)), "990 ns–1.10 µs");
    }

    #[test]
    fn ratios_keep_two_digits_that_say_something() {
        let cases = [
            (0.0, "0"),
            (1.0, "1.00"),
            (0.412, "0.41"),
            (0.0999, "0.10"),
            (0.0994, "0.099"),
            (0.0326, "0.033"),
            (0.003_24, "0.0032"),
            (0.009_99, "0.010"),
            (1e-9, "1.0e-9"),
            (12.44, "12.4"),
            (123.4, "123"),
            (12_345.0, "12 345"),
            (1e9, "1.0e9"),
            (f64::NAN, "–"),
        ];
        for (value, expected) in cases {
            assert_eq!(plain(ratio(value)), expected, "{value}");
        }
        assert_eq!(plain(percent(1.0213)), "2.1 %");
        assert_eq!(plain(share(0.41)), "41 %");
    }

    #[test]
    fn counts_and_durations() {
        assert_eq!(plain(grouped(100_000_000)), "100 000 000");
        assert_eq!(grouped(1000), "1000");
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(0, "row"), "0 rows");
        assert_eq!(plain(elapsed(12.34)), "12.3 s");
        assert_eq!(elapsed(723.0), "12 min 3 s");
        assert_eq!(elapsed(7_300.0), "2 h 1 min");
        assert_eq!([-3, 0, 1, 2, 8].map(power), ["10⁻³", "1", "10", "10²", "10⁸"]);
    }

    #[test]
    fn moments_and_commands() {
        assert_eq!(moment("2026-01-31T12:00:00Z"), "2026-01-31 12:00 UTC");
        assert_eq!(moment("yesterday"), "yesterday");
        let words = ["hloom", "bench", "--filter", "a b", "it's", ""].map(String::from);
        assert_eq!(command(&words), r"hloom bench --filter 'a b' 'it'\''s' ''");
    }
}
