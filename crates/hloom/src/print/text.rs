//! Arrays as text under settings that are given: NumPy's `array2string` and its relatives.

use super::{FloatMode, PrintOptions, Sign, get_printoptions, list_with, repr, str};
use crate::Result;
use crate::record::IntoOperand;

/// How [`array2string`] writes: `..` is as arrays are printed, [`PrintOptions`] are those options, and the methods set what
/// NumPy's arguments of these names set.
#[derive(Clone, Debug)]
#[must_use]
pub struct ArrayText {
    options: PrintOptions,
    separator: String,
    prefix: String,
    suffix: String,
}

impl Default for ArrayText {
    fn default() -> ArrayText {
        ArrayText::from(get_printoptions())
    }
}

impl From<std::ops::RangeFull> for ArrayText {
    fn from(_: std::ops::RangeFull) -> ArrayText {
        ArrayText::default()
    }
}

impl From<PrintOptions> for ArrayText {
    fn from(options: PrintOptions) -> ArrayText {
        ArrayText { options, separator: " ".to_owned(), prefix: String::new(), suffix: String::new() }
    }
}

impl From<&PrintOptions> for ArrayText {
    fn from(options: &PrintOptions) -> ArrayText {
        ArrayText::from(options.clone())
    }
}

impl ArrayText {
    /// What stands between elements; a space by default.
    pub fn separator(mut self, separator: impl Into<String>) -> ArrayText {
        self.separator = separator.into();
        self
    }

    /// What the text will stand behind: lines are indented by as much.
    pub fn prefix(mut self, prefix: impl Into<String>) -> ArrayText {
        self.prefix = prefix.into();
        self
    }

    /// What the text will be followed by: lines are shorter by as much.
    pub fn suffix(mut self, suffix: impl Into<String>) -> ArrayText {
        self.suffix = suffix.into();
        self
    }

    /// See [`PrintOptions::precision`].
    pub fn precision(mut self, precision: usize) -> ArrayText {
        self.options.precision = precision;
        self
    }

    /// See [`PrintOptions::suppress`].
    pub fn suppress_small(mut self, suppress: bool) -> ArrayText {
        self.options.suppress = suppress;
        self
    }

    /// See [`PrintOptions::linewidth`].
    pub fn max_line_width(mut self, width: usize) -> ArrayText {
        self.options.linewidth = width;
        self
    }

    /// See [`PrintOptions::threshold`].
    pub fn threshold(mut self, threshold: usize) -> ArrayText {
        self.options.threshold = threshold;
        self
    }

    /// See [`PrintOptions::edgeitems`].
    pub fn edgeitems(mut self, edgeitems: usize) -> ArrayText {
        self.options.edgeitems = edgeitems;
        self
    }

    /// See [`PrintOptions::sign`].
    pub fn sign(mut self, sign: Sign) -> ArrayText {
        self.options.sign = sign;
        self
    }

    /// See [`PrintOptions::floatmode`].
    pub fn floatmode(mut self, floatmode: FloatMode) -> ArrayText {
        self.options.floatmode = floatmode;
        self
    }
}

/// The text of an array under settings.
///
/// # Errors
/// The error of an array in error, and what computing it reports.
///
/// # Examples
/// ```
/// use hloom::{ArrayText, self as np};
/// let x = np::array([1.5, -0.25]);
/// assert_eq!(np::array2string(&x, ArrayText::default().separator(", ").precision(1))?, "[ 1.5, -0.2]");
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array2string.html>; elements have no formatters of the
/// caller's.
#[track_caller]
pub fn array2string<'a>(x: impl IntoOperand<'a>, settings: impl Into<ArrayText>) -> Result<String> {
    let (x, settings) = (x.into_operand().into_array(), settings.into());
    let ArrayText { options, separator, prefix, suffix } = &settings;
    let value = x.materialize("array2string")?;
    value.read(|bytes| list_with(bytes, value.ty(), options, separator, prefix.chars().count(), suffix.chars().count()))
}

/// The text of an array as Python's `repr` gives it.
///
/// # Errors
/// As [`array2string`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::array_repr([1i64, 2])?, "array([1, 2])");
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array_repr.html>
#[track_caller]
pub fn array_repr<'a>(x: impl IntoOperand<'a>) -> Result<String> {
    let value = x.into_operand().into_array().materialize("array_repr")?;
    value.read(|bytes| repr(bytes, value.ty()))
}

/// The text of an array as Python's `str` gives it.
///
/// # Errors
/// As [`array2string`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::array_str([1.0, 2.0])?, "[1. 2.]");
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.array_str.html>
#[track_caller]
pub fn array_str<'a>(x: impl IntoOperand<'a>) -> Result<String> {
    let value = x.into_operand().into_array().materialize("array_str")?;
    value.read(|bytes| str(bytes, value.ty()))
}
