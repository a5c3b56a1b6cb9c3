//! The C library's allocator, from which a plugin for the CPU takes the memory of intermediate results. Knows nothing of
//! programs.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod glibc {
    use std::ffi::c_int;

    /// The parameters of `mallopt`, from glibc's `malloc.h`.
    const M_TRIM_THRESHOLD: c_int = -1;
    const M_MMAP_THRESHOLD: c_int = -3;

    /// What a user sets to decide about these parameters.
    const VARIABLES: [&str; 3] = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"];

    unsafe extern "C" {
        /// Sets a parameter of the allocator; 0 if it is refused. May be called at any time from any thread.
        fn mallopt(parameter: c_int, value: c_int) -> c_int;
    }

    pub(super) fn keep_pages(max_bytes: usize) -> bool {
        if VARIABLES.iter().any(|name| std::env::var_os(name).is_some()) {
            return false;
        }
        let max_bytes = c_int::try_from(max_bytes).unwrap_or(c_int::MAX);
        [M_MMAP_THRESHOLD, M_TRIM_THRESHOLD].into_iter().all(|parameter| {
            // SAFETY: two numbers are passed, and the allocator takes its lock.
            (unsafe { mallopt(parameter, max_bytes) }) != 0
        })
    }
}

/// Lets the process keep up to so many bytes that are freed, and use them again. Whether it does: not if the user has set
/// how the allocator behaves, or the C library is another.
///
/// glibc returns what is larger than 32 MiB to the system at once, and gets it back page by page: a program with
/// intermediate results of 40 MB took 24 ms so, and 12 ms with pages that are kept.
pub(crate) fn keep_pages(max_bytes: usize) -> bool {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    return glibc::keep_pages(max_bytes);
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    return false;
}
