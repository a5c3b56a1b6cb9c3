//! Keeps threads out of the plugin while the process ends.
//!
//! When a process ends, the plugin's destructors run while other threads are still running. A thread that compiles or
//! computes then works on objects that are gone, and the process crashes instead of ending. Every thread therefore
//! enters the plugin through a gate. The gate is closed before the destructors run: it waits for the threads that are
//! inside, and lets no other in.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parking_lot::{RwLock, RwLockReadGuard};

use super::driver::driver;

static GATE: RwLock<()> = RwLock::new(());

/// How long the end of the process waits for threads that are inside the plugin. If one is still there after that, a crash
/// is no worse than a process that never ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whether the gate has been closed.
static CLOSED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// How many times the thread has entered: code that runs inside may drop the last reference to a value, which enters
    /// again.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Set on the main thread only. Its destructor closes the gate when the main thread ends.
    static WATCH: Cell<Option<MainThread>> = const { Cell::new(None) };
}

/// A thread's presence inside the plugin.
pub(super) struct Entered(Option<RwLockReadGuard<'static, ()>>);

/// The calling thread is inside the plugin until the guard is dropped. Waits forever once the process
/// ends.
pub(super) fn enter() -> Entered {
    let depth = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)).unwrap_or(0);
    Entered((depth == 0).then(|| GATE.read()))
}

impl Drop for Entered {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get() - 1));
        self.0 = None;
    }
}

/// Has the gate closed before the destructors of what the plugin has made so far.
pub(super) fn guard() {
    // Handlers run in the reverse order of their registration. Whenever the plugin may have registered new destructors, a
    // handler is therefore registered behind them. If there is no room for it, an earlier one closes the gate.
    let _ = driver().at_exit(close_at_exit);
    watch_main_thread();
}

extern "C" fn close_at_exit() {
    close();
}

/// Closes the gate for good, once the threads inside have come out.
fn close() {
    // A forked child never enters the plugin, and the threads that were inside do not exist in it.
    if driver().check_process().is_err() {
        return;
    }
    let inside = DEPTH.try_with(Cell::get).unwrap_or(0) > 0;
    // A thread that ends the process from inside cannot wait for itself.
    if inside || CLOSED.swap(true, Ordering::AcqRel) {
        return;
    }
    if let Some(closed) = GATE.try_write_for(PATIENCE) {
        std::mem::forget(closed);
    }
    // This thread goes on to destroy what it still holds, which may be arrays. The plugin's destructors
    // come after that, so that it may still enter.
    let _ = DEPTH.try_with(|depth| depth.set(depth.get() + 1));
}

/// Closes the gate when the main thread's variables are destroyed, which comes before everything else
/// that happens at the end of a process, and only then.
struct MainThread;

impl Drop for MainThread {
    fn drop(&mut self) {
        close();
    }
}

/// Closes the gate when the main thread ends, if it is the calling one.
pub(crate) fn watch_main_thread() {
    if is_main_thread() {
        // Replacing a value would destroy the old one, and close the gate.
        let _ = WATCH.try_with(|watch| match watch.take() {
            Some(watched) => watch.set(Some(watched)),
            None => watch.set(Some(MainThread)),
        });
    }
}

#[cfg(target_os = "linux")]
fn is_main_thread() -> bool {
    rustix::thread::gettid() == rustix::process::getpid()
}

#[cfg(not(target_os = "linux"))]
fn is_main_thread() -> bool {
    std::thread::current().name() == Some("main")
}
