//! Fits the record of CO2 at Mauna Loa, prints what it found and plots it.
//!
//! ```text
//! cargo run --release --example co2 [STEPS]
//! ```
//!
//! The model and the loop are in `examples/src/co2.rs`; this file knows arguments and printing.
#![forbid(unsafe_code)]

mod plot;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use hloom_examples::co2::{self, Fit, Record, TERMS};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/co2.csv");
const OUTPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/output");
const DEFAULT_STEPS: usize = 1000;

fn main() -> Result<()> {
    let n_steps = match std::env::args().nth(1) {
        Some(steps) => steps.parse().with_context(|| format!("expected a number of steps, got `{steps}`"))?,
        None => DEFAULT_STEPS,
    };
    let record = co2::load(Path::new(DATA))?;
    let before = hloom::stats();
    let start = Instant::now();
    let fit = co2::fit(&record, n_steps);
    // Reading the coefficients runs what is left of the loop.
    let coefficients = fit.coefficients.to_vec::<f64>()?;
    let elapsed = start.elapsed();
    let after = hloom::stats();

    println!("CO2 at Mauna Loa: {} months, fitted in {n_steps} steps of gradient descent", record.ppm.len()?);
    println!(
        "  {:.3} s, {} programs compiled and {} loaded from the disk cache, run {} times",
        elapsed.as_secs_f64(),
        after.compiles - before.compiles,
        after.disk_hits - before.disk_hits,
        after.executions - before.executions,
    );
    println!("  {} operations recorded, at most {} pending\n", after.recorded - before.recorded, after.pending_peak);
    for ((name, unit), value) in TERMS.iter().zip(&coefficients) {
        println!("  {name:<24} {value:>13.6} {unit}");
    }
    report(&record, &fit)?;
    std::fs::create_dir_all(OUTPUT).with_context(|| format!("cannot create {OUTPUT}"))?;
    let picture = Path::new(OUTPUT).join("co2.png");
    plot::draw(&picture, &record, &fit)?;
    println!("\nplotted in {}", picture.display());
    Ok(())
}

/// Prints what follows from the coefficients.
fn report(record: &Record, fit: &Fit) -> Result<()> {
    println!();
    for year in [record.year.min(..), record.year.max(..)] {
        let name = format!("rise in {:.0}", year.floor().item::<f64>()?);
        println!("  {name:<24} {:>13.6} ppm/yr", fit.rise(&year).item::<f64>()?);
    }
    println!("  {:<24} {:>13.6} ppm", "seasonal range", fit.seasonal_range().item::<f64>()?);
    println!("  {:<24} {:>13.6} ppm", "residual (rms)", fit.rms().item::<f64>()?);
    Ok(())
}
