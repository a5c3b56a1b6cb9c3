//! How arrays read as text: NumPy's `str` and `repr`, character by character.
//!
//! Works on host bytes and a [`Type`]; only `text` knows that there are arrays. Only the elements that appear in the text are
//! read.
//!
//! Source: `numpy/_core/arrayprint.py` and `numpy/_core/src/multiarray/dragon4.c` of NumPy 2.4; bfloat16 follows
//! the `ml_dtypes` package.

mod current;
mod digits;
mod element;
mod float;
mod layout;
mod options;
mod scalar;
mod text;
mod value;

use hloom_ir::{DType, Type};

pub use current::{PrintGuard, get_printoptions, printoptions, set_printoptions};
pub use options::{FloatMode, PrintOptions, Sign};
pub(crate) use scalar::{complex_text, float_text};
pub use text::{ArrayText, array_repr, array_str, array2string};

use layout::Layout;

/// The text of an array as Python's `str` gives it: `[1. 2.]`.
///
/// A 0-d array reads as its only element, which the options do not touch: `2.5`.
///
/// # Panics
/// If `bytes` holds fewer elements than `ty` has.
pub(crate) fn str(bytes: &[u8], ty: &Type) -> String {
    str_with(bytes, ty, &get_printoptions())
}

/// The text of an array as Python's `repr` gives it: `array([1., 2.])`.
///
/// # Panics
/// If `bytes` holds fewer elements than `ty` has.
pub(crate) fn repr(bytes: &[u8], ty: &Type) -> String {
    repr_with(bytes, ty, &get_printoptions())
}

/// [`str`] under the options given.
///
/// # Panics
/// If `bytes` holds fewer elements than `ty` has.
pub(crate) fn str_with(bytes: &[u8], ty: &Type, options: &PrintOptions) -> String {
    str_of(bytes, ty, &Layout::new(ty, options), options)
}

/// [`repr`] under the options given.
///
/// # Panics
/// If `bytes` holds fewer elements than `ty` has.
pub(crate) fn repr_with(bytes: &[u8], ty: &Type, options: &PrintOptions) -> String {
    repr_of(bytes, ty, &Layout::new(ty, options), options)
}

/// The text of an array with a separator of its own, between a prefix and a suffix of some lengths.
///
/// # Panics
/// If `bytes` holds fewer elements than `ty` has.
fn list_with(
    bytes: &[u8],
    ty: &Type,
    options: &PrintOptions,
    separator: &str,
    n_before: usize,
    n_after: usize,
) -> String {
    if ty.shape.ndim() == 0 {
        return scalar::text(bytes, ty.dtype);
    }
    let width = to_signed(options.linewidth) - to_signed(n_after);
    Layout::new(ty, options).render(bytes, ty.dtype, options, separator, 1 + n_before, width)
}

fn str_of(bytes: &[u8], ty: &Type, layout: &Layout, options: &PrintOptions) -> String {
    if ty.shape.ndim() == 0 {
        return scalar::text(bytes, ty.dtype);
    }
    layout.render(bytes, ty.dtype, options, " ", 1, to_signed(options.linewidth))
}

fn repr_of(bytes: &[u8], ty: &Type, layout: &Layout, options: &PrintOptions) -> String {
    const PREFIX: &str = "array(";
    // The closing parenthesis takes one column of the last line.
    let width = to_signed(options.linewidth) - 1;
    let body = layout.render(bytes, ty.dtype, options, ", ", 1 + PREFIX.len(), width);

    let size = ty.shape.size();
    let mut extras = Vec::new();
    if (size == 0 && ty.shape != [0]) || size > options.threshold {
        extras.push(format!("shape={}", ty.shape));
    }
    if size == 0 || !is_implied(ty.dtype) {
        extras.push(format!("dtype={}", ty.dtype));
    }
    if extras.is_empty() {
        return format!("{PREFIX}{body})");
    }
    let text = format!("{PREFIX}{body},");
    let extras = extras.join(", ") + ")";
    let last_line = text.rsplit('\n').next().map_or(0, str::len);
    if last_line + extras.len() + 1 > options.linewidth {
        format!("{text}\n{:indent$}{extras}", "", indent = PREFIX.len())
    } else {
        format!("{text} {extras}")
    }
}

/// Whether NumPy would give an array of these elements this dtype anyway, so that `repr` leaves it out.
fn is_implied(dtype: DType) -> bool {
    matches!(dtype, DType::Bool | DType::I64 | DType::F64 | DType::C128)
}

/// A width as a signed number, so that indents may be taken off it without a check at every step.
fn to_signed(width: usize) -> isize {
    isize::try_from(width).unwrap_or(isize::MAX)
}

#[cfg(test)]
mod tests;
