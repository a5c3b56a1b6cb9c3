//! The end of the process. Knows nothing of what is to be done then.

use std::ffi::c_int;

unsafe extern "C" {
    /// The C library's `atexit`: handlers run in the reverse order of their registration.
    fn atexit(handler: extern "C" fn()) -> c_int;
}

/// Registers a function that runs when the process ends normally, before the destructors of every
/// library loaded so far. False if there is no room for it.
///
/// The function must not panic: that would abort the process.
pub(crate) fn at_exit(handler: extern "C" fn()) -> bool {
    // SAFETY: a safe function pointer is valid until the process ends, which is all that `atexit` asks for.
    (unsafe { atexit(handler) }) == 0
}
