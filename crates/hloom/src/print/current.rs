//! The options that hold where none are given: those of the process.

use std::sync::OnceLock;

use parking_lot::RwLock;

use super::PrintOptions;

fn current() -> &'static RwLock<PrintOptions> {
    static CURRENT: OnceLock<RwLock<PrintOptions>> = OnceLock::new();
    CURRENT.get_or_init(RwLock::default)
}

/// Sets how arrays are printed from now on, by every thread.
///
/// # Examples
/// ```
/// use hloom::{self as np, PrintOptions};
/// let mut options = PrintOptions::default();
/// options.precision = 2;
/// np::set_printoptions(options);
/// assert_eq!(np::array([0.123, 2.0]).to_string(), "[0.12 2.  ]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.set_printoptions.html>
pub fn set_printoptions(options: PrintOptions) {
    *current().write() = options;
}

/// How arrays are printed now.
///
/// # Examples
/// ```
/// assert_eq!(hloom::get_printoptions().threshold, 1000);
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.get_printoptions.html>
pub fn get_printoptions() -> PrintOptions {
    current().read().clone()
}

/// Has arrays printed in another way, by every thread, until what it returns is dropped.
///
/// # Examples
/// ```
/// use hloom::{self as np, PrintOptions};
/// let x = np::array([1.0 / 3.0]);
/// {
///     let mut options = PrintOptions::default();
///     options.precision = 3;
///     let _guard = np::printoptions(options);
///     assert_eq!(x.to_string(), "[0.333]");
/// }
/// assert_eq!(x.to_string(), "[0.33333333]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.printoptions.html>
#[must_use = "the options hold until the guard is dropped"]
pub fn printoptions(options: PrintOptions) -> PrintGuard {
    PrintGuard { earlier: std::mem::replace(&mut *current().write(), options) }
}

/// Puts back how arrays were printed when it is dropped; see [`printoptions`].
#[derive(Debug)]
pub struct PrintGuard {
    earlier: PrintOptions,
}

impl Drop for PrintGuard {
    fn drop(&mut self) {
        *current().write() = std::mem::take(&mut self.earlier);
    }
}
