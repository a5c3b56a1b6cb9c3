//! Development tasks, run as `cargo xtask TASK`. Knows the command line; each task is a module.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod ci;
mod docs;
mod layers;
mod page;
mod process;
mod rings;
mod source;
mod tools;
mod workspace;
mod xla;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use ci::Step;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Development tasks of hloom")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run everything that CI checks, and report every failure.
    Ci {
        /// Leave a step out; may be repeated.
        #[arg(long, value_name = "STEP")]
        skip: Vec<Step>,
        /// Run only this step; may be repeated.
        #[arg(long, value_name = "STEP")]
        only: Vec<Step>,
    },
    /// Regenerate the tables of the documentation.
    Docs {
        /// Fail if one is out of date, and change nothing.
        #[arg(long)]
        check: bool,
    },
    /// Check what each crate and file may know.
    Layers,
    /// Check the page of a benchmark run in Chromium, and leave pictures of it.
    Page,
    /// The backend over the `xla` crate.
    Xla {
        #[command(subcommand)]
        task: xla::Task,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Ci { skip, only } => ci::run(&skip, &only),
        Task::Docs { check } => docs::run(check),
        Task::Layers => layers::check(),
        Task::Page => page::check(),
        Task::Xla { task } => xla::run(task),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
