//! Numbers written by a format of C's `printf`, as far as NumPy's `savetxt` needs it.
//!
//! **Source**: <https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting>

use hloom_ir::Weak;
use num_complex::Complex;

use crate::print::{complex_text, float_text};
use crate::{Error, Result};

/// The most digits and columns that a format may ask for.
const MAX_WIDTH: usize = 1000;

/// A part of a format.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Format {
    /// What is written as it is.
    Text(String),
    /// A number.
    Number(Number),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    is_left: bool,
    is_zero_padded: bool,
    is_alternate: bool,
    /// What stands before a number that is not negative.
    sign: Option<char>,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

impl Format {
    /// The parts of a format.
    ///
    /// # Errors
    /// `ValueError` for a text that is none.
    pub(super) fn parse(text: &str) -> Result<Vec<Format>> {
        let mut parts = Vec::new();
        let mut verbatim = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('%') {
            verbatim += before;
            if let Some(after) = after.strip_prefix('%') {
                verbatim.push('%');
                rest = after;
                continue;
            }
            let (number, after) = Number::parse(after).ok_or_else(|| Error::value(format!("invalid fmt: '{text}'")))?;
            if !verbatim.is_empty() {
                parts.push(Format::Text(std::mem::take(&mut verbatim)));
            }
            parts.push(Format::Number(number));
            rest = after;
        }
        verbatim += rest;
        if !verbatim.is_empty() {
            parts.push(Format::Text(verbatim));
        }
        Ok(parts)
    }

    /// Whether the part writes a number.
    pub(super) const fn is_number(&self) -> bool {
        matches!(self, Format::Number(_))
    }
}

impl Number {
    /// What stands behind a percent sign, and what follows.
    fn parse(text: &str) -> Option<(Number, &str)> {
        let mut number = Number {
            is_left: false,
            is_zero_padded: false,
            is_alternate: false,
            sign: None,
            width: 0,
            precision: None,
            conversion: 's',
        };
        let n_flags = text.find(|c| !"-+ 0#".contains(c))?;
        for flag in text[..n_flags].chars() {
            match flag {
                '-' => number.is_left = true,
                '+' => number.sign = Some('+'),
                ' ' => number.sign = number.sign.or(Some(' ')),
                '0' => number.is_zero_padded = true,
                _ => number.is_alternate = true,
            }
        }
        let (width, text) = count(&text[n_flags..])?;
        number.width = width.unwrap_or(0);
        let text = match text.strip_prefix('.') {
            Some(text) => {
                let (precision, text) = count(text)?;
                number.precision = Some(precision.unwrap_or(0));
                text
            }
            None => text,
        };
        number.conversion = text.chars().next().filter(|c| "dieEfFgGs".contains(*c))?;
        Some((number, &text[1..]))
    }

    /// The number as text.
    ///
    /// # Errors
    /// `ValueError` for NaN or an infinity as an integer.
    pub(super) fn show(&self, number: Weak) -> Result<String> {
        if let Weak::Complex(Complex { re, im }) = number
            && self.conversion != 's'
        {
            let imaginary = Number { sign: Some('+'), ..*self };
            return Ok(format!(" ({}{}j)", self.show(Weak::Float(re))?, imaginary.show(Weak::Float(im))?));
        }
        let text = match self.conversion {
            'd' | 'i' => match number {
                Weak::Float(value) if !value.is_finite() => {
                    return Err(Error::value(format!("cannot convert float {} to integer", float_text(value))));
                }
                Weak::Float(value) => format!("{:.0}", value.trunc() + 0.0),
                Weak::Bool(value) => u8::from(value).to_string(),
                Weak::Int(value) => value.to_string(),
                Weak::Complex(value) => complex_text(value),
            },
            's' => match number {
                Weak::Bool(value) => if value { "True" } else { "False" }.to_owned(),
                Weak::Int(value) => value.to_string(),
                Weak::Float(value) => float_text(value),
                Weak::Complex(value) => complex_text(value),
            },
            _ => self.float(number.real()),
        };
        Ok(self.padded(text))
    }

    fn float(&self, value: f64) -> String {
        if !value.is_finite() {
            let text = if value.is_nan() {
                "nan"
            } else if value > 0.0 {
                "inf"
            } else {
                "-inf"
            };
            return if self.conversion.is_uppercase() { text.to_uppercase() } else { text.to_owned() };
        }
        let precision = self.precision.unwrap_or(6);
        let text = match self.conversion {
            'f' | 'F' => format!("{value:.precision$}"),
            'e' | 'E' => scientific(value, precision),
            _ => self.general(value, precision.max(1)),
        };
        if self.conversion.is_uppercase() { text.to_uppercase() } else { text }
    }

    /// With so many digits that count, and an exponent where the number is very large or small.
    fn general(&self, value: f64, n_digits: usize) -> String {
        let text = scientific(value, n_digits - 1);
        let exponent: i32 = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
        let is_positional = (-4..n_digits as i32).contains(&exponent);
        let text = if is_positional { format!("{value:.*}", (n_digits as i32 - 1 - exponent) as usize) } else { text };
        if self.is_alternate || !text.contains('.') {
            return text;
        }
        let (digits, exponent) = text.split_once('e').map_or((text.as_str(), None), |(d, e)| (d, Some(e)));
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        exponent.map_or_else(|| digits.to_owned(), |exponent| format!("{digits}e{exponent}"))
    }

    /// The text with its sign and in its width.
    fn padded(&self, text: String) -> String {
        let is_number = self.conversion != 's';
        let text = match self.sign {
            Some(sign) if is_number && !text.starts_with('-') => format!("{sign}{text}"),
            _ => text,
        };
        let n_missing = self.width.saturating_sub(text.chars().count());
        if self.is_left {
            return text + &" ".repeat(n_missing);
        }
        if self.is_zero_padded && is_number {
            let n_signs = usize::from(text.starts_with(['-', '+', ' ']));
            return format!("{}{}{}", &text[..n_signs], "0".repeat(n_missing), &text[n_signs..]);
        }
        " ".repeat(n_missing) + &text
    }
}

/// A number at the beginning of a text, if there is one, and what follows. `None` if it is too large.
fn count(text: &str) -> Option<(Option<usize>, &str)> {
    let n_digits = text.find(|c: char| !c.is_ascii_digit())?;
    if n_digits == 0 {
        return Some((None, text));
    }
    let count = text[..n_digits].parse().ok().filter(|&count| count <= MAX_WIDTH)?;
    Some((Some(count), &text[n_digits..]))
}

/// Digits with an exponent of at least two.
fn scientific(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    let Some((digits, exponent)) = text.split_once('e') else { return text };
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(format: &str, number: impl Into<Weak>, expected: &str) {
        let (parts, number) = (Format::parse(format).unwrap(), number.into());
        let text: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Format::Text(text) => text.clone(),
                Format::Number(number_format) => number_format.show(number).unwrap(),
            })
            .collect();
        assert_eq!(text.concat(), expected);
    }

    #[test]
    fn numbers_are_written_as_by_printf() {
        check("%.18e", 0.1, "1.000000000000000056e-01");
        check("%.3f", -2.0005, "-2.001");
        check("%+.1f|", 3, "+3.0|");
        check("%8.2f", 1.5, "    1.50");
        check("%-8.2f|", 1.5, "1.50    |");
        check("%08.2f", -1.5, "-0001.50");
        check("%d%%", 7.9, "7%");
        check("%i", true, "1");
        check("%5d", -3, "   -3");
        check("%g", 1e-5, "1e-05");
        check("%g", 0.0001, "0.0001");
        check("%g", 123456789.0, "1.23457e+08");
        check("%g", 100000.0, "100000");
        check("%.3g", 2.5, "2.5");
        check("%#.3g", 2.0, "2.00");
        check("%G", f64::NAN, "NAN");
        check("%s", 2.0, "2.0");
        check("%d", -0.5, "0");
        check("%.1e", Complex::new(1.0, -2.0), " (1.0e+00-2.0e+00j)");
    }

    #[test]
    fn formats_that_are_none_are_refused() {
        for format in ["%", "%.3", "%q", "%99999999999d", "%.99999f", "%é"] {
            assert!(Format::parse(format).is_err(), "{format}");
        }
        assert_eq!(Format::parse("a%%b").unwrap(), [Format::Text("a%b".to_owned())]);
    }
}
