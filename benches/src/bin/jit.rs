//! `jit [--json FILE]`: what compiled functions cost, beside the bare executables and beside jax.jit.
#![forbid(unsafe_code)]

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use hloom::NdArray;
use hloom_benches::jit;
use hloom_benches::peer::Peer;
use hloom_benches::report::Report;
use hloom_pjrt::floor::Device;
use hloom_pjrt::{DeviceKind, DeviceSpec};

#[derive(Debug, Parser)]
#[command(about = "Measures compiled functions on the CPU, beside jax.jit if HLOOM_PYTHON or python3 has jax")]
struct Arguments {
    /// Where the results go, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only groups that have this in their name: calls, traces, loops.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// How many times as long to measure as usual, for machines that do other things too.
    #[arg(long, value_name = "N", default_value_t = 1)]
    effort: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let report = measure(&arguments.only, arguments.effort)?;
    report.publish(arguments.json.as_deref())?;
    if report.peer.is_none() {
        println!("no Python with jax was found: HLOOM_PYTHON names one");
    }
    Ok(())
}

fn measure(only: &str, effort: usize) -> Result<Report> {
    let mut peer = Peer::start();
    // The library opens the device first, as it does in a user's process.
    (NdArray::from([0.0f32]) + 1.0).data()?;
    let backend = hloom_pjrt::open(&DeviceSpec { kind: DeviceKind::Cpu, index: 0 })?;
    let device = Device::open(DeviceKind::Cpu)?;
    let mut entries = Vec::new();
    if "calls".contains(only) {
        entries.extend(jit::calls(&device, peer.as_mut(), effort)?);
    }
    if "traces".contains(only) {
        entries.extend(jit::traces(peer.as_mut(), effort)?);
    }
    if "loops".contains(only) {
        entries.extend(jit::loops(&device, peer.as_mut(), effort)?);
    }
    let peer = peer.map(|peer| format!("jax {}", peer.version()));
    Ok(Report { version: env!("CARGO_PKG_VERSION"), device: backend.description().to_owned(), peer, entries })
}
