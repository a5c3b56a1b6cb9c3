//! Columns of floats: one notation, one width for all elements shown. Knows nothing of arrays or bytes.

use half::f16;

use super::digits::{Digits, Format, MAX_PRECISION};
use super::{FloatMode, PrintOptions, Sign};

/// How the floats of one array are written, found by looking at all that are shown.
///
/// Source: `FloatingFormat` in NumPy's `arrayprint.py`.
pub(super) struct FloatFormat {
    format: Format,
    sign: Sign,
    notation: Notation,
    /// Whether digits stop where they name the value, or always run to the precision.
    unique: bool,
    /// The most digits after the point; all the value needs if `None`.
    precision: Option<usize>,
    /// The fewest digits after the point.
    min_places: usize,
    /// Whether zeros at the end stay, up to the precision.
    keep_zeros: bool,
    /// Columns before the point.
    left: usize,
    /// Columns after the point.
    right: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Notation {
    Positional,
    /// With so many digits of exponent at least.
    Scientific(usize),
}

/// A number in writing, before it is set in its column.
struct Written {
    whole: String,
    fraction: String,
    exponent: i32,
}

impl FloatFormat {
    /// Finds the notation and width that suit the values.
    pub(super) fn new(format: Format, values: &[f64], options: &PrintOptions, sign: Sign) -> FloatFormat {
        let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let mode = options.floatmode;
        let mut this = FloatFormat {
            format,
            sign,
            notation: Notation::Positional,
            unique: mode != FloatMode::Fixed,
            precision: (mode != FloatMode::Unique).then_some(options.precision.min(MAX_PRECISION)),
            min_places: 0,
            keep_zeros: mode == FloatMode::Fixed,
            left: 0,
            right: 0,
        };
        if needs_exponent(format, &finite, options.suppress) {
            this.fit_scientific(&finite);
        } else {
            this.fit_positional(&finite, mode);
        }
        if sign == Sign::Space && !finite.iter().any(|value| value.is_sign_negative()) {
            this.left += 1;
        }
        if finite.len() < values.len() {
            let signed_inf = sign != Sign::Minus || values.contains(&f64::NEG_INFINITY);
            let width = "inf".len() + usize::from(signed_inf);
            this.left = this.left.max(width.saturating_sub(this.right + 1));
        }
        this
    }

    fn fit_scientific(&mut self, finite: &[f64]) {
        let written: Vec<Written> = finite.iter().map(|&value| self.scientific(value)).collect();
        let exponent_digits = widest(&written, |number| exponent_text(number.exponent, 2).len() - 1);
        let precision = widest(&written, |number| number.fraction.len());
        self.left = widest(&written, |number| number.whole.len());
        self.right = exponent_digits + 2 + precision;
        self.notation = Notation::Scientific(exponent_digits);
        self.precision = Some(precision);
        self.min_places = precision;
        self.keep_zeros = true;
    }

    fn fit_positional(&mut self, finite: &[f64], mode: FloatMode) {
        let written: Vec<Written> = finite.iter().map(|&value| self.positional(value)).collect();
        self.left = widest(&written, |number| number.whole.len());
        self.right = widest(&written, |number| number.fraction.len());
        if matches!(mode, FloatMode::Fixed | FloatMode::MaxPrecEqual) {
            self.precision = Some(self.right);
            self.min_places = self.right;
            self.keep_zeros = true;
        }
    }

    /// The value in its column.
    pub(super) fn text(&self, value: f64) -> String {
        if !value.is_finite() {
            let name = if value.is_nan() { "nan" } else { "inf" };
            // NumPy shows no sign on a NaN but the plus that was asked for.
            let negative = value == f64::NEG_INFINITY;
            let text = self.sign_of(negative).to_owned() + name;
            return format!("{text:>width$}", width = self.left + self.right + 1);
        }
        match self.notation {
            Notation::Positional => {
                let Written { whole, fraction, .. } = self.positional(value);
                format!("{whole:>left$}.{fraction:<right$}", left = self.left, right = self.right)
            }
            Notation::Scientific(exponent_digits) => {
                let Written { whole, fraction, exponent } = self.scientific(value);
                let exponent = exponent_text(exponent, exponent_digits);
                format!("{whole:>left$}.{fraction}e{exponent}", left = self.left)
            }
        }
    }

    fn positional(&self, value: f64) -> Written {
        let digits = self.rounded(value, Digits::places, Format::fractional);
        let (whole, fraction) = digits.split_at_point();
        self.finish(&digits, whole, fraction)
    }

    fn scientific(&self, value: f64) -> Written {
        let digits = self.rounded(
            value,
            |digits| digits.digits.len() - 1,
            |format, value, places, unique| format.significant(value, places.saturating_add(1), unique),
        );
        let (whole, fraction) = digits.split_at_first();
        self.finish(&digits, whole, fraction)
    }

    /// The digits of a value within the limits on places after the point, as `places` counts and `round` cuts them.
    fn rounded(
        &self,
        value: f64,
        places: impl Fn(&Digits) -> usize,
        round: impl Fn(Format, f64, usize, bool) -> Digits,
    ) -> Digits {
        if let (false, Some(precision)) = (self.unique, self.precision) {
            return round(self.format, value, precision, false);
        }
        let shortest = self.format.shortest(value);
        let count = places(&shortest);
        match self.precision {
            Some(precision) if count > precision => round(self.format, value, precision, true),
            _ if count < self.min_places => round(self.format, value, self.min_places, true),
            _ => shortest,
        }
    }

    fn finish(&self, digits: &Digits, whole: String, mut fraction: String) -> Written {
        if self.keep_zeros {
            let width = self.precision.unwrap_or(0);
            fraction = format!("{fraction:0<width$}");
        } else {
            fraction.truncate(fraction.trim_end_matches('0').len());
        }
        Written { whole: self.sign_of(digits.negative).to_owned() + &whole, fraction, exponent: digits.exponent }
    }

    /// The sign to write. A space is not written: it is part of the column's width.
    fn sign_of(&self, negative: bool) -> &'static str {
        match self.sign {
            _ if negative => "-",
            Sign::Plus => "+",
            Sign::Minus | Sign::Space => "",
        }
    }
}

/// Whether the magnitudes are too large, too small or too far apart to be written without an exponent.
///
/// NumPy decides this in the arithmetic of the array's dtype, in which 0.0001 and the quotient are rounded.
fn needs_exponent(format: Format, finite: &[f64], suppress: bool) -> bool {
    let nonzero = finite.iter().map(|value| value.abs()).filter(|&value| value != 0.0);
    let (min, max) = nonzero.fold((f64::INFINITY, 0.0), |(min, max), value| (value.min(min), value.max(max)));
    if max == 0.0 {
        return false;
    }
    let (too_large, too_small, ratio) = match format {
        Format::Half => (1e3, f16::from_f64(1e-4).to_f64(), f16::from_f32(max as f32 / min as f32).to_f64()),
        Format::Single => (1e6, f64::from(1e-4f32), f64::from(max as f32 / min as f32)),
        Format::Double => (1e8, 1e-4, max / min),
    };
    max >= too_large || (!suppress && (min < too_small || ratio > 1000.0))
}

/// An exponent with its sign and at least so many digits: `+05`.
pub(super) fn exponent_text(exponent: i32, digits: usize) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{:0digits$}", exponent.unsigned_abs())
}

fn widest(written: &[Written], measure: impl Fn(&Written) -> usize) -> usize {
    written.iter().map(measure).max().unwrap_or(0)
}
