//! The environment, the end and the forks of the process. The one place with unsafe code. Knows nothing of XLA.

use std::ffi::{OsStr, c_int};
use std::sync::atomic::{AtomicU32, Ordering};

unsafe extern "C" {
    /// The C library's `atexit`: handlers run in the reverse order of their registration.
    fn atexit(handler: extern "C" fn()) -> c_int;
}

/// Registers a function that runs when the process ends normally, before the destructors of the libraries that it was linked
/// with. False if there is no room for it. The function must not panic.
pub(crate) fn at_exit(handler: extern "C" fn()) -> bool {
    // SAFETY: a safe function pointer is valid until the process ends, which is all that `atexit` asks for.
    (unsafe { atexit(handler) }) == 0
}

/// Sets a variable of the environment if that can be done safely. False if the process has, or may have, other threads,
/// which could read the environment at the same time.
pub(crate) fn set_variable(name: &str, value: impl AsRef<OsStr>) -> bool {
    if !is_single_threaded() {
        return false;
    }
    // SAFETY: this is the only thread of the process, and only it could start another one.
    unsafe { std::env::set_var(name, value) };
    true
}

/// Whether the calling thread is known to be the only one of the process.
fn is_single_threaded() -> bool {
    cfg!(target_os = "linux") && std::fs::read_dir("/proc/self/task").is_ok_and(|tasks| tasks.count() == 1)
}

/// The process that has opened a device first; 0 before.
static OWNER: AtomicU32 = AtomicU32::new(0);

/// Remembers that this process has opened a device.
pub(crate) fn own() {
    let _ = OWNER.compare_exchange(0, std::process::id(), Ordering::Relaxed, Ordering::Relaxed);
}

/// Whether the process was forked from one that had opened a device: XLA's threads do not exist in it.
pub(crate) fn is_forked() -> bool {
    let owner = OWNER.load(Ordering::Relaxed);
    owner != 0 && owner != std::process::id()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_left_alone_beside_other_threads() {
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        std::thread::scope(|scope| {
            scope.spawn(move || stopped.recv());
            assert!(!set_variable("XLA_TEST_VARIABLE", "1"));
            drop(stop);
        });
        assert_eq!(std::env::var_os("XLA_TEST_VARIABLE"), None);
    }

    #[test]
    fn the_owner_is_no_fork() {
        own();
        assert!(!is_forked());
    }
}
