//! The backend over the `xla` crate: what it needs, and its tests, which the workspace's own leave out. Knows neither what is
//! pinned nor how it is fetched.

mod bench;
mod environment;
mod install;
mod pins;
mod tests;

use anyhow::Result;
use clap::Subcommand;

use environment::Environment;

/// A task of the backend over the `xla` crate.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Assemble an `xla_extension` in the cache from pinned wheels.
    Install,
    /// Print the variables with which the `xla` crate is built and run, for a shell's `eval`.
    Env,
    /// Build the backend and run its tests, after installing an `xla_extension` if none is known.
    Test,
    /// Measure the backend beside that over plugins, and print a table.
    Bench,
}

pub(crate) fn run(task: Task) -> Result<()> {
    match task {
        Task::Install => {
            println!("{}", install::install()?.display());
            Ok(())
        }
        Task::Env => {
            print!("{}", Environment::find()?);
            Ok(())
        }
        Task::Test => tests::run(),
        Task::Bench => bench::run(),
    }
}
