//! C++ exceptions that leave a plugin, which the C API does not allow and which happen all the same, such as when no
//! memory is left. Knows nothing of what is called.
//!
//! Rust lets an exception pass through its frames, if the function that throws is declared so, but ends the process
//! where it would be caught. What runs on the way are destructors. One that never returns therefore keeps the process
//! alive: the thread is lost, and has told another one before what happened to it.

use std::cell::Cell;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use super::failure::Failure;

/// Compilers recurse over programs. It is only reserved, not used.
const STACK_BYTES: usize = 16 << 20;

type Report = Box<dyn FnOnce(&'static str)>;

thread_local! {
    /// Whom to tell of an exception, in a thread that may be lost.
    static REPORT: Cell<Option<Report>> = const { Cell::new(None) };
}

/// Present while a plugin's function runs, and dropped only if that throws.
pub(super) struct Watch(&'static str);

impl Watch {
    /// A watch over a call.
    pub(super) fn over(call: &'static str) -> Watch {
        Watch(call)
    }

    /// The call has returned.
    pub(super) fn end(self) {
        std::mem::forget(self);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(report) = REPORT.try_with(Cell::take).ok().flatten() {
            report(self.0);
            loop {
                std::thread::park();
            }
        }
        eprintln!("hloom: the plugin threw an exception in PJRT_{}, which nobody can catch; the process ends", self.0);
    }
}

/// Runs something that calls a plugin in a thread of its own, so that an exception is a failure of it.
///
/// After an exception the thread stays, with all that it holds. If there is no thread to be had, the call is made in
/// this one.
pub(super) fn contained<T, F>(call: &'static str, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Failure> + Send + 'static,
{
    // Taken by whoever runs it: a thread that could not be started does not give back what it was to run.
    let work = Arc::new(Mutex::new(Some(work)));
    let take = |work: &Mutex<Option<F>>| work.lock().ok().and_then(|mut work| work.take());
    let (sender, receiver) = channel();
    let (for_thread, report_to) = (Arc::clone(&work), sender.clone());
    let thread = std::thread::Builder::new().name("hloom-compile".to_owned()).stack_size(STACK_BYTES);
    let started = thread.spawn(move || {
        REPORT.set(Some(report(call, report_to)));
        if let Some(work) = take(&for_thread) {
            let outcome = work();
            // Gone before the receiver is told, so that a drop in this thread cannot report to nobody.
            REPORT.take();
            let _ = sender.send(outcome);
        }
    });
    if started.is_err() {
        return match take(&work) {
            Some(work) => work(),
            None => Err(Failure::broken(call, "a thread has started and has not")),
        };
    }
    let outcome = receiver.recv();
    outcome.unwrap_or_else(|_| Err(Failure::broken(call, "the thread of the call has ended without a result")))
}

fn report<T: Send + 'static>(call: &'static str, to: Sender<Result<T, Failure>>) -> Report {
    Box::new(move |at| {
        let message = if at == call {
            "the plugin threw an exception, perhaps as no memory is left".to_owned()
        } else {
            format!("the plugin threw an exception in PJRT_{at}")
        };
        let _ = to.send(Err(Failure::broken(call, message)));
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::ffi::c_int;

    use super::*;

    /// The head of an exception, as the unwinding library knows it.
    #[repr(C, align(16))]
    struct Exception {
        class: u64,
        cleanup: Option<unsafe extern "C" fn(c_int, *mut Exception)>,
        private: [usize; 6],
    }

    unsafe extern "C-unwind" {
        /// The function below C++'s `throw`, from <https://itanium-cxx-abi.github.io/cxx-abi/abi-eh.html>.
        fn _Unwind_RaiseException(exception: *mut Exception) -> c_int;
    }

    fn throw() {
        let exception = Exception { class: u64::from_be_bytes(*b"TESTC++\0"), cleanup: None, private: [0; 6] };
        let exception = Box::into_raw(Box::new(exception));
        // SAFETY: the exception is never freed, and this function may unwind.
        unsafe { _Unwind_RaiseException(exception) };
    }

    #[test]
    fn an_exception_is_a_failure() {
        for at in ["Outer", "Inner"] {
            let outcome: Result<(), Failure> = contained("Outer", move || {
                let watch = Watch::over(at);
                throw();
                watch.end();
                Ok(())
            });
            let text = outcome.unwrap_err().to_string();
            assert!(text.starts_with("Outer: the plugin threw an exception"), "{text}");
            assert_eq!(text.contains("PJRT_Inner"), at == "Inner", "{text}");
        }
        assert_eq!(contained("Outer", || Ok(7)).unwrap(), 7);
        let refused = contained::<(), _>("Outer", || Err(Failure::refused("Outer", "no")));
        assert_eq!(refused.unwrap_err().to_string(), "Outer: no");
        let panicked = contained::<(), _>("Outer", || panic!("on purpose"));
        assert!(panicked.unwrap_err().to_string().contains("without a result"));
    }
}
