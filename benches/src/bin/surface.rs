//! `surface [--json FILE]`: what NumPy's functions cost, beside NumPy and jax.jit.
#![forbid(unsafe_code)]

use std::path::PathBuf;

use anyhow::Result;
use clap::Parser;
use hloom_benches::surface::Surface;

#[derive(Debug, Parser)]
#[command(about = "Measures NumPy's functions on the CPU, beside NumPy and jax.jit of HLOOM_PYTHON or python3")]
struct Arguments {
    /// Where the results go, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only expressions that contain this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
    /// The numbers of elements.
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [1_000, 1_000_000, 10_000_000])]
    sizes: Vec<usize>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    Surface::measure(&arguments.only, &arguments.sizes)?.publish(arguments.json.as_deref())
}
