//! The `hloom` program: installs plugins, checks the set-up, manages the cache, runs saved functions, converts modules.
//! Knows only what `hloom` and `hloom-pjrt` offer in public.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod cache;
mod doctor;
mod file;
mod plugin;
mod run;
mod stablehlo;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hloom_pjrt::DeviceKind;

/// NumPy programs on XLA: plugins, set-up, cache and saved functions.
#[derive(Debug, Parser)]
#[command(name = "hloom", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install plugins, and see which there are.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Check the set-up: find each platform's plugin, then compile and run a program on its devices.
    ///
    /// Fails if a platform that was asked for does not work. Without any, all are looked at and only
    /// the CPU has to work.
    Doctor {
        /// Platforms that have to work: cpu, gpu, tpu.
        #[arg(value_parser = platform)]
        platforms: Vec<DeviceKind>,
    },
    /// Call a function that was saved with `Compiled::serialize`.
    ///
    /// The file holds native code for this plugin and this kind of processor: run only what you trust.
    Run {
        /// The file of the function.
        file: PathBuf,
        /// An argument: an .npy file, or a number where the function takes one. As many as the function has
        /// arguments, in their order.
        #[arg(long, value_name = "FILE|NUMBER", allow_hyphen_values = true)]
        input: Vec<String>,
        /// Where a result goes, as an .npy file. As many as the function has results, in their order; without
        /// any, results are printed.
        #[arg(long, value_name = "FILE")]
        output: Vec<PathBuf>,
        /// Show what the function takes and returns, and call nothing.
        #[arg(long, conflicts_with_all = ["input", "output"])]
        signature: bool,
    },
    /// Convert a module of HLO to StableHLO text.
    ///
    /// A Python that has jax does it: the one that HLOOM_PYTHON names, else python3.
    Stablehlo {
        /// The file of the module: a serialized HloModuleProto, as `Lowered::hlo_proto` returns it.
        file: PathBuf,
        /// Where the text goes; to standard output if it is not given.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Measure array programs: hloom beside its floor, NumPy, JAX and Rust crates.
    ///
    /// Every side runs in a process of its own, its result is compared with NumPy's before it is timed, and all take turns.
    Bench(Box<hloom_bench::Arguments>),
    /// See or clear the cache folder.
    #[command(subcommand)]
    Cache(CacheCommand),
}

#[derive(Debug, Subcommand)]
enum PluginCommand {
    /// Fetch a plugin with pip or uv, check its hash and put it into the cache.
    Install {
        /// The plugin's name, as `hloom plugin list` shows it.
        name: String,
    },
    /// Show all plugins, which are installed and where, and which one each platform uses.
    List,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum CacheCommand {
    /// Show where the cache is and how much is in it.
    Info,
    /// Remove compiled programs and hashes.
    Clear {
        /// Remove the installed plugins, too.
        #[arg(long)]
        plugins: bool,
    },
}

fn platform(text: &str) -> Result<DeviceKind, String> {
    DeviceKind::ALL.into_iter().find(|kind| kind.name() == text).ok_or_else(|| "expected cpu, gpu or tpu".into())
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let done = |()| ExitCode::SUCCESS;
    let result = match Arguments::parse().command {
        Command::Bench(arguments) => {
            // Its workers write to standard output themselves.
            drop(out);
            hloom_bench::run(*arguments, &hloom_benches::suites(), &["bench"], &mut std::io::stdout())
        }
        Command::Plugin(PluginCommand::Install { name }) => plugin::install(&name, &mut out).map(done),
        Command::Plugin(PluginCommand::List) => plugin::list(&mut out).map(done),
        Command::Doctor { platforms } => doctor::run(&platforms, &mut out).map(done),
        Command::Run { file, signature: true, .. } => run::show(&file, &mut out).map(done),
        Command::Run { file, input, output, .. } => run::run(&file, &input, &output, &mut out).map(done),
        Command::Stablehlo { file, output } => stablehlo::run(&file, output.as_deref(), &mut out).map(done),
        Command::Cache(CacheCommand::Info) => cache::info(&mut out).map(done),
        Command::Cache(CacheCommand::Clear { plugins }) => cache::clear(plugins, &mut out).map(done),
    };
    match result {
        Ok(code) => code,
        // Whoever reads the output has seen enough, as in `hloom plugin list | head -1`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
        assert_eq!(platform("gpu"), Ok(DeviceKind::Gpu));
        assert!(platform("GPU").is_err());
    }
}
