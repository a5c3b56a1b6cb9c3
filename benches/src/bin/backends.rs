//! Measures one backend and prints what it costs as JSON: `cargo xtask xla bench` runs it for each.
#![forbid(unsafe_code)]

use anyhow::Result;
use clap::Parser;
use hloom_benches::backends::{Costs, measure, process_start};
use serde::Serialize;

/// Measures the backend that the program was built with: the `xla` crate if it has the feature, else the plugin.
#[derive(Debug, Parser)]
struct Options {
    /// Ends at once.
    #[arg(long)]
    nothing: bool,
}

#[derive(Serialize)]
struct Report {
    process_start: f64,
    process_memory: u64,
    #[serde(flatten)]
    costs: Costs,
}

fn main() -> Result<()> {
    if Options::parse().nothing {
        return Ok(());
    }
    let process_memory = hloom_benches::backends::resident()?;
    #[cfg(not(feature = "xla"))]
    let driver = hloom::backends::Pjrt;
    // Made first, while there is one thread.
    #[cfg(feature = "xla")]
    let driver = hloom::backends::Xla::new();
    let costs = measure(&driver)?;
    let start = process_start(std::process::Command::new(std::env::current_exe()?).arg("--nothing"))?;
    println!("{}", serde_json::to_string(&Report { process_start: start.as_secs_f64() * 1e9, process_memory, costs })?);
    Ok(())
}
