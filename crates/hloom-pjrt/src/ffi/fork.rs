//! Telling a process from one that it was forked from. Knows nothing of plugins.
//!
//! A fork copies a plugin's memory but not its threads, so that whatever waits for one of them waits forever, at
//! the end of the process too. What must not happen in a child is therefore asked for here, and often: it has to
//! cost less than a system call.

use std::ptr::NonNull;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Pid;

/// What tells the process that has marked itself from its children.
struct Mark {
    /// Not 0 in the process that has set it, and 0 in its children, where the system offers that.
    page: Option<&'static AtomicU32>,
    process: Pid,
}

static MARK: OnceLock<Mark> = OnceLock::new();

/// Marks the process as one whose children are to be told apart. Does nothing if it, or a parent, is marked.
pub(crate) fn mark() {
    MARK.get_or_init(|| Mark { page: wiped_page(), process: rustix::process::getpid() });
}

/// Whether the process was forked from one that had marked itself.
pub(crate) fn is_forked() -> bool {
    match MARK.get() {
        None => false,
        Some(Mark { page: Some(page), .. }) => page.load(Ordering::Relaxed) == 0,
        Some(Mark { page: None, process }) => rustix::process::getpid() != *process,
    }
}

/// A number that is 1 here and 0 in a child; `None` where the system cannot do that.
#[cfg(target_os = "linux")]
fn wiped_page() -> Option<&'static AtomicU32> {
    use rustix::mm::{Advice, MapFlags, ProtFlags, madvise, mmap_anonymous};
    let len = rustix::param::page_size();
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: a new mapping at a place of the system's choice touches no memory of others.
    let page = unsafe { mmap_anonymous(std::ptr::null_mut(), len, access, MapFlags::PRIVATE) }.ok()?;
    // SAFETY: the page was mapped above and is private, as the advice asks for. Its content changes in children only,
    // before anything runs there.
    unsafe { madvise(page, len, Advice::LinuxWipeOnFork) }.ok()?;
    let number = NonNull::new(page.cast::<AtomicU32>())?;
    // SAFETY: the page is aligned, zeroed, writable and never unmapped.
    let number: &'static AtomicU32 = unsafe { number.as_ref() };
    number.store(1, Ordering::Relaxed);
    Some(number)
}

#[cfg(not(target_os = "linux"))]
fn wiped_page() -> Option<&'static AtomicU32> {
    None
}

/// Forks, runs a function in the child, and returns the status that the child ended with and the function's text. For
/// tests of what children are told.
///
/// The status is -1 if a signal ended the child. The child ends without the C library's handlers, unless the function ends it. Locks that other threads hold while
/// this is called stay locked in the child.
///
/// # Errors
/// What the system says if it cannot fork; [`std::io::ErrorKind::TimedOut`] if the child did not end.
#[cfg(feature = "fork")]
pub fn fork(limit: std::time::Duration, child: impl FnOnce() -> String) -> std::io::Result<(i32, String)> {
    use std::ffi::c_int;
    use std::fs::File;
    use std::io::{Error, ErrorKind, Read, Write};
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use rustix::process::{Signal, WaitOptions, kill_process, waitpid};

    unsafe extern "C" {
        #[link_name = "fork"]
        fn c_fork() -> c_int;
        fn _exit(status: c_int) -> !;
    }

    let (reader, writer) = rustix::pipe::pipe()?;
    // SAFETY: the child only runs the function and ends. What it must not do after a fork of a process with threads is
    // to wait for one of them, which the limit is for.
    let forked = unsafe { c_fork() };
    if forked == 0 {
        let said = catch_unwind(AssertUnwindSafe(child)).unwrap_or_else(|_| "panicked".to_owned());
        let written = File::from(writer).write_all(said.as_bytes());
        // SAFETY: ends the process, and needs nothing.
        unsafe { _exit(c_int::from(written.is_err())) }
    }
    let Some(pid) = Pid::from_raw(forked).filter(|_| forked > 0) else { return Err(Error::last_os_error()) };
    drop(writer);
    let start = std::time::Instant::now();
    loop {
        if let Some((_, status)) = waitpid(Some(pid), WaitOptions::NOHANG)? {
            let mut said = String::new();
            File::from(reader).read_to_string(&mut said)?;
            return Ok((status.exit_status().unwrap_or(-1), said));
        }
        if start.elapsed() > limit {
            kill_process(pid, Signal::KILL)?;
            waitpid(Some(pid), WaitOptions::empty())?;
            return Err(Error::new(ErrorKind::TimedOut, "the child hangs"));
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
