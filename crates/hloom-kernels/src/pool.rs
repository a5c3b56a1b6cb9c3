//! The threads that kernels share. They run kernels only, so that none of them ever waits for a program: rayon's global pool is
//! the application's, whose tasks may wait for the very program that calls a kernel.

use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// The threads, started on first use; `None` if there are none to be had.
fn pool() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let start = || ThreadPoolBuilder::new().thread_name(|idx| format!("hloom-kernel-{idx}")).build().ok();
    POOL.get_or_init(start).as_ref()
}

/// Runs something in one of the threads, where it can use the others through rayon, and waits for it; `Err` gives it back if
/// there is no such thread.
pub(crate) fn run<W: FnOnce() + Send>(work: W) -> Result<(), W> {
    let Some(pool) = pool() else { return Err(work) };
    if rayon::current_thread_index().is_none() {
        pool.install(work);
        return Ok(());
    }
    // A thread of another pool would take up that pool's tasks while it waits, perhaps one that runs this program again.
    let mut work = Some(work);
    let taken = &mut work;
    let ended = std::thread::scope(|scope| {
        let run = || taken.take().map(|work| pool.install(work));
        std::thread::Builder::new().spawn_scoped(scope, run).map(std::thread::ScopedJoinHandle::join)
    });
    match ended {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(_) => work.map_or(Ok(()), Err),
    }
}

/// How many threads there are.
pub(crate) fn n_threads() -> usize {
    pool().map_or(1, ThreadPool::current_num_threads)
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    /// What runs inside of a pool of the application's does not keep that pool from going on.
    #[test]
    fn an_applications_own_pool_is_left_alone() {
        let own = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let n_run = own.install(|| {
            let run = |_| {
                let mut is_inside = false;
                assert!(run(|| is_inside = (0..100).into_par_iter().map(|n: u64| n).sum::<u64>() == 4950).is_ok());
                usize::from(is_inside)
            };
            (0..8).into_par_iter().map(run).sum::<usize>()
        });
        assert_eq!(n_run, 8);
        // The global pool has not been started.
        assert!(ThreadPoolBuilder::new().num_threads(1).build_global().is_ok());
    }
}
