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

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

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
    /// Run a benchmark.
    Bench {
        /// Which.
        benchmark: Benchmark,
        /// Where the results go.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
        /// Further arguments of the benchmark, such as `--effort 4`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Benchmark {
    /// What recording, materializing and calling cost beside the bare executable.
    Overhead,
    /// What compiled functions cost beside the bare executable, and beside jax.jit if there is a Python with jax.
    Jit,
    /// What NumPy's functions cost beside NumPy and jax.jit.
    Surface,
}

impl Benchmark {
    const fn binary(self) -> &'static str {
        match self {
            Benchmark::Overhead => "overhead",
            Benchmark::Jit => "jit",
            Benchmark::Surface => "surface",
        }
    }
}

fn main() -> ExitCode {
    let result = match Arguments::parse().task {
        Task::Ci { skip, only } => ci::run(&skip, &only),
        Task::Docs { check } => docs::run(check),
        Task::Layers => layers::check(),
        Task::Page => page::check(),
        Task::Bench { benchmark, json, arguments } => bench(benchmark, json, &arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn bench(benchmark: Benchmark, json: Option<PathBuf>, arguments: &[String]) -> anyhow::Result<()> {
    let mut cargo = process::cargo();
    cargo.args(["run", "--release", "--package", "hloom-benches", "--bin", benchmark.binary(), "--"]);
    if let Some(json) = json {
        cargo.arg("--json").arg(std::path::absolute(json)?);
    }
    cargo.args(arguments);
    if benchmark == Benchmark::Jit {
        // A first call must not find its program on disk.
        cargo.env("HLOOM_DISK_CACHE", "0");
    }
    process::run(&mut cargo)
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
