//! Guards: what must not happen while a closure runs becomes an error with its reason.
//!
//! A guard holds for the calling thread, and for what that thread has computed on its behalf.

use std::cell::Cell;

use hloom_ir::SourceLine;

use crate::{Error, ErrorKind};

#[derive(Clone, Copy, Default)]
struct Denied {
    recompile: bool,
    sync: bool,
}

thread_local! {
    static DENIED: Cell<Denied> = const { Cell::new(Denied { recompile: false, sync: false }) };
}

/// Runs a closure in which no program is compiled and no call traces a function: what would need a new program is in
/// error, of kind [`ErrorKind::Denied`], with the nearest program there is and the difference.
///
/// For tests and inner loops, which after the first iteration should find everything compiled. An array whose
/// computation was refused is computed when it is read outside of the guard.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// let double = |x: &NdArray| (x * 2).to_vec::<f64>();
/// double(&hloom::array([1.0, 2.0, 3.0]))?; // compiles
/// hloom::deny_recompile(|| double(&hloom::array([4.0, 5.0, 6.0])))?; // the same program again
/// let error = hloom::deny_recompile(|| double(&hloom::array([7.0, 8.0]))).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Denied);
/// # Ok::<(), hloom::Error>(())
/// ```
pub fn deny_recompile<T>(run: impl FnOnce() -> T) -> T {
    let denied = DENIED.get();
    with(Denied { recompile: true, ..denied }, run)
}

/// Runs a closure in which no value is waited for: reading one is an error of kind [`ErrorKind::Denied`],
/// which names what was read and where.
///
/// For loops that should stay ahead of the device. Values that never left the host can be read.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
///
/// let x = hloom::ones(3) + 1;
/// let error = hloom::deny_sync(|| x.tolist()).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Denied);
/// assert_eq!(x.tolist()?, [2.0, 2.0, 2.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
pub fn deny_sync<T>(run: impl FnOnce() -> T) -> T {
    let denied = DENIED.get();
    with(Denied { sync: true, ..denied }, run)
}

fn with<T>(denied: Denied, run: impl FnOnce() -> T) -> T {
    /// Restores what held before, also if the closure panics.
    struct Restore(Denied);
    impl Drop for Restore {
        fn drop(&mut self) {
            DENIED.set(self.0);
        }
    }
    let _restore = Restore(DENIED.replace(denied));
    run()
}

/// Whether the calling thread must not compile.
pub(crate) fn denies_recompile() -> bool {
    DENIED.try_with(Cell::get).is_ok_and(|denied| denied.recompile)
}

/// Whether the calling thread must not wait for a value.
pub(crate) fn denies_sync() -> bool {
    DENIED.try_with(Cell::get).is_ok_and(|denied| denied.sync)
}

/// The error of a read that is not allowed.
pub(crate) fn sync_denied(what: &str, described: &str, is_started: bool, line: SourceLine) -> Error {
    let state = if is_started { "which a device holds or computes" } else { "which is not computed yet" };
    Error::new(ErrorKind::Denied, format!("{what} would wait for {described}, {state}")).on(line)
}
