//! `overhead [--json FILE]`: what hloom costs beyond the executables that it runs.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Parser;
use hloom::NdArray;
use hloom_benches::overhead;
use hloom_benches::report::Report;
use hloom_benches::start::{self, Child};
use hloom_pjrt::floor::Device;
use hloom_pjrt::{DeviceKind, DeviceSpec};

#[derive(Debug, Parser)]
#[command(about = "Measures what hloom costs beyond the executables that it runs, on the CPU")]
struct Arguments {
    /// Where the results go, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only what has this in its name.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// How many times as long to measure as usual, for machines that do other things too.
    #[arg(long, value_name = "N", default_value_t = 1)]
    effort: usize,
    /// Print the times of this process instead.
    #[arg(long, hide = true)]
    child: Option<Child>,
    /// The folder of child processes.
    #[arg(long, hide = true, default_value = ".")]
    folder: PathBuf,
}

fn main() -> Result<()> {
    let start = Instant::now();
    let arguments = Arguments::parse();
    if let Some(child) = arguments.child {
        println!("{}", serde_json::to_string(&start::run_child(child, start, &arguments.folder)?)?);
        return Ok(());
    }
    measure(&arguments.only, arguments.effort)?.publish(arguments.json.as_deref())
}

fn measure(only: &str, effort: usize) -> Result<Report> {
    // The library opens the device first, as it does in a user's process.
    (NdArray::from([0.0f32]) + 1.0).data()?;
    let backend = hloom_pjrt::open(&DeviceSpec { kind: DeviceKind::Cpu, index: 0 })?;
    let device = Device::open(DeviceKind::Cpu)?;
    let wanted = |name: &str| name.contains(only);
    let mut entries = Vec::new();
    if wanted("record_add") {
        entries.extend(overhead::record(&device, effort)?);
    }
    if wanted("record_bytes") {
        entries.push(start::record_bytes()?);
    }
    for (name, len) in [
        ("materialize_1", 1),
        ("materialize_10", 10),
        ("materialize_50", 50),
        ("materialize_100", 100),
        ("materialize_1000", 1000),
    ] {
        if wanted(name) {
            entries.push(overhead::materialize(&device, effort, name, len)?);
        }
    }
    if wanted("tolist_tiny") {
        entries.push(overhead::tolist(&device, effort)?);
    }
    if wanted("chain_10M") {
        entries.push(overhead::large(&device, effort)?);
    }
    if wanted("cold_start") {
        entries.extend(start::cold_start()?);
    }
    Ok(Report { version: env!("CARGO_PKG_VERSION"), device: backend.description().to_owned(), peer: None, entries })
}
