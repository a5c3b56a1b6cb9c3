//! A process that computes twice and prints what it took, as JSON.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Parser;
use hloom_benches::start::{Child, run_child};

#[derive(Debug, Parser)]
struct Arguments {
    /// What it computes with.
    #[arg(long)]
    child: Child,
    /// What it shares with others.
    #[arg(long)]
    folder: PathBuf,
}

fn main() -> Result<()> {
    let start = Instant::now();
    let arguments = Arguments::parse();
    println!("{}", serde_json::to_string(&run_child(arguments.child, start, &arguments.folder)?)?);
    Ok(())
}
