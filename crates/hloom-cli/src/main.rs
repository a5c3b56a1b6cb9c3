//! The `hloom` program: installs plugins, checks the set-up, manages the cache.
//! Knows only what `hloom-pjrt` offers in public.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod cache;
mod doctor;
mod plugin;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hloom_pjrt::DeviceKind;

/// NumPy programs on XLA: plugins, set-up and cache.
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
    let result = match Arguments::parse().command {
        Command::Plugin(PluginCommand::Install { name }) => plugin::install(&name, &mut out),
        Command::Plugin(PluginCommand::List) => plugin::list(&mut out),
        Command::Doctor { platforms } => doctor::run(&platforms, &mut out),
        Command::Cache(CacheCommand::Info) => cache::info(&mut out),
        Command::Cache(CacheCommand::Clear { plugins }) => cache::clear(plugins, &mut out),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
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
