//! Decimal digits of a float: the fewest that name it, or as many as asked, correctly rounded.
//!
//! Knows floating-point formats and decimal digits, nothing of columns, signs to show or options.

use half::f16;

/// The floating-point format that a value was stored in; the value itself travels as `f64`, which holds all
/// of them exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// IEEE 754 binary16.
    Half,
    /// IEEE 754 binary32.
    Single,
    /// IEEE 754 binary64.
    Double,
}

/// Beyond this many digits a binary64 has only zeros, so a longer request is answered with this many; it also
/// keeps the request inside what the standard library's formatter accepts.
pub(super) const MAX_PRECISION: usize = 1100;

/// A finite decimal number, `d.ddd… × 10^exponent`, with the sign kept for zero too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    /// Whether the sign bit is set.
    pub(super) negative: bool,
    /// The digits, most significant first, as ASCII; at least one.
    pub(super) digits: Vec<u8>,
    /// The power of ten of the first digit.
    pub(super) exponent: i32,
}

impl Format {
    /// The fewest digits that read back as `value`, and of those the nearest to it.
    pub(super) fn shortest(self, value: f64) -> Digits {
        let shortest = match self {
            Format::Double => Digits::parse(&format!("{value:e}")),
            Format::Single => Digits::parse(&format!("{:e}", value as f32)),
            // Five digits tell any two binary16 numbers apart.
            Format::Half => {
                let rounded = |count| self.significant(value, count, true);
                let fewer = (1..5).map(rounded).find(|digits| self.reads_back(digits, value));
                return fewer.unwrap_or_else(|| rounded(5)).trimmed();
            }
        };
        // Of two such numbers equally near, the standard library takes the greater; NumPy and Python take the one
        // with an even last digit, as correct rounding to this many digits does.
        let even = self.significant(value, shortest.digits.len(), true);
        if self.reads_back(&even, value) { even } else { shortest }
    }

    /// `value` rounded to `count` significant digits, one at least.
    pub(super) fn significant(self, value: f64, count: usize, unique: bool) -> Digits {
        let precision = count.clamp(1, MAX_PRECISION) - 1;
        self.adjusted(Digits::parse(&format!("{value:.precision$e}")), value, unique)
    }

    /// `value` rounded to `places` digits after the decimal point.
    pub(super) fn fractional(self, value: f64, places: usize, unique: bool) -> Digits {
        let places = places.min(MAX_PRECISION);
        self.adjusted(Digits::parse_positional(&format!("{value:.places$}")), value, unique)
    }

    /// Corrects the last digit of a power of two.
    ///
    /// A power of two has a nearer neighbour below than above, so it can happen that the nearest decimal below it
    /// reads back as that neighbour while the next decimal above still reads back as the value. Digits that
    /// are to name the value take the latter, as Dragon4 does.
    fn adjusted(self, digits: Digits, value: f64, unique: bool) -> Digits {
        const MANTISSA: u64 = (1 << 52) - 1;
        let power_of_two = value.to_bits() & MANTISSA == 0 && value != 0.0;
        if unique && power_of_two && !self.reads_back(&digits, value) {
            let above = digits.clone().next_above();
            if self.reads_back(&above, value) {
                return above;
            }
        }
        digits
    }

    /// Whether the digits, read as a number of this format, are `value`.
    fn reads_back(self, digits: &Digits, value: f64) -> bool {
        let text = digits.to_string();
        let read = match self {
            Format::Half => text.parse().map(|read: f64| f16::from_f64(read).to_f64()),
            Format::Single => text.parse().map(|read: f32| f64::from(read)),
            Format::Double => text.parse(),
        };
        read == Ok(value)
    }
}

impl Digits {
    /// Takes apart what `{:e}` writes: `-1.25e-3`.
    fn parse(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        Digits {
            negative: mantissa.starts_with('-'),
            digits: mantissa.bytes().filter(u8::is_ascii_digit).collect(),
            // The formatter writes an exponent of at most four characters, so this cannot fail.
            exponent: exponent.parse().unwrap_or(0),
        }
    }

    /// Takes apart what `{:.n}` writes: `-12.50`.
    fn parse_positional(text: &str) -> Digits {
        let whole = text.trim_start_matches('-').split('.').next().map_or(1, str::len);
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
        let zeros = digits.iter().take_while(|&&digit| digit == b'0').count().min(digits.len() - 1);
        let is_zero = digits[zeros] == b'0';
        Digits {
            negative: text.starts_with('-'),
            exponent: if is_zero { 0 } else { whole as i32 - 1 - zeros as i32 },
            // A zero keeps one digit before the point and those after it.
            digits: if is_zero { digits } else { digits[zeros..].to_vec() },
        }
    }

    /// Without the zeros at the end; one digit stays.
    pub(super) fn trimmed(mut self) -> Digits {
        while self.digits.len() > 1 && self.digits.last() == Some(&b'0') {
            self.digits.pop();
        }
        self
    }

    /// The next number with as many digits, away from zero.
    fn next_above(mut self) -> Digits {
        for digit in self.digits.iter_mut().rev() {
            if *digit == b'9' {
                *digit = b'0';
            } else {
                *digit += 1;
                return self;
            }
        }
        // All were nines: 999 becomes 100 one place further up.
        self.digits[0] = b'1';
        self.exponent += 1;
        self
    }

    /// How many of the digits stand after the decimal point when written without an exponent.
    pub(super) fn places(&self) -> usize {
        (self.digits.len() as i64 - 1 - i64::from(self.exponent)).max(0) as usize
    }

    /// The digits before and after the decimal point, written without an exponent.
    pub(super) fn split_at_point(&self) -> (String, String) {
        let text: String = self.digits.iter().map(|&digit| char::from(digit)).collect();
        if self.exponent < 0 {
            let zeros = "0".repeat((-1 - self.exponent) as usize);
            return ("0".to_owned(), zeros + &text);
        }
        let whole = self.exponent as usize + 1;
        match text.get(whole..) {
            Some(fraction) => (text[..whole].to_owned(), fraction.to_owned()),
            None => (format!("{text:0<whole$}"), String::new()),
        }
    }

    /// The first digit and the others, written with an exponent.
    pub(super) fn split_at_first(&self) -> (String, String) {
        let mut digits = self.digits.iter().map(|&digit| char::from(digit));
        (digits.next().into_iter().collect(), digits.collect())
    }
}

impl std::fmt::Display for Digits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (first, rest) = self.split_at_first();
        let sign = if self.negative { "-" } else { "" };
        write!(f, "{sign}{first}.{rest}e{}", self.exponent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortest(format: Format, value: f64) -> String {
        format.shortest(value).to_string()
    }

    #[test]
    fn each_format_has_its_own_shortest_digits() {
        assert_eq!(shortest(Format::Double, 0.1), "1.e-1");
        assert_eq!(shortest(Format::Single, f64::from(0.1f32)), "1.e-1");
        assert_eq!(shortest(Format::Double, f64::from(0.1f32)), "1.0000000149011612e-1");
        assert_eq!(shortest(Format::Double, 2f64.powi(-25)), "2.9802322387695312e-8");
        assert_eq!(shortest(Format::Half, f16::from_f32(0.1).to_f64()), "1.e-1");
        assert_eq!(shortest(Format::Half, 65504.0), "6.55e4");
        assert_eq!(shortest(Format::Half, -0.0), "-0.e0");
    }

    #[test]
    fn every_half_reads_back_and_none_could_be_shorter() {
        for bits in 0..f16::INFINITY.to_bits() {
            let value = f16::from_bits(bits).to_f64();
            let digits = Format::Half.shortest(value);
            assert!(Format::Half.reads_back(&digits, value), "{value} as {digits}");
            if digits.digits.len() > 1 {
                let fewer = Format::Half.significant(value, digits.digits.len() - 1, true);
                assert!(!Format::Half.reads_back(&fewer, value), "{value} as {fewer}");
            }
        }
    }

    #[test]
    fn ties_go_to_the_even_digit() {
        assert_eq!(Format::Double.fractional(0.125, 2, true).to_string(), "1.2e-1");
        assert_eq!(Format::Double.fractional(0.375, 2, true).to_string(), "3.8e-1");
        assert_eq!(Format::Double.significant(2.5, 1, true).to_string(), "2.e0");
    }

    #[test]
    fn rounding_carries_into_a_new_digit() {
        assert_eq!(Format::Double.fractional(9.996, 2, true).to_string(), "1.000e1");
        assert_eq!(Digits::parse("9.99e2").next_above().to_string(), "1.00e3");
    }

    #[test]
    fn what_rounds_to_zero_keeps_its_sign() {
        let digits = Format::Double.fractional(-1e-12, 3, true);
        assert_eq!(digits.split_at_point(), ("0".to_owned(), "000".to_owned()));
        assert!(digits.negative);
    }
}
