//! Finds the beats in five minutes of an electrocardiogram, prints what follows from them and plots it.
//!
//! ```text
//! cargo run --release --example ecg [RECORD.npz]
//! ```
//!
//! What is computed is in `examples/src/ecg.rs`; this file knows arguments and printing.
#![forbid(unsafe_code)]

mod plot;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use hloom_examples::ecg::{self, Beats, RATE};

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/ecg.npz");
const OUTPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/output");

fn main() -> Result<()> {
    let path = std::env::args().nth(1).map_or_else(|| PathBuf::from(RECORD), PathBuf::from);
    let record = ecg::load(&path)?;
    let before = hloom::stats();
    let start = Instant::now();
    let filtered = ecg::filter(&record);
    // How many beats there are is what the record is read for.
    let beats = ecg::beats(&filtered);
    let n_beats = beats.places.len()?;
    let elapsed = start.elapsed();
    let spent = hloom::stats() - before;
    println!("{}: {:.1} s of a heart", path.display(), record.len()? as f64 / RATE as f64);
    println!(
        "  {:.3} s, {} operations recorded, {} programs compiled and {} loaded from the disk cache\n",
        elapsed.as_secs_f64(),
        spent.recorded,
        spent.compiles,
        spent.disk_hits,
    );
    println!("  {n_beats} beats");
    report(&beats)?;

    std::fs::create_dir_all(OUTPUT).with_context(|| format!("cannot create {OUTPUT}"))?;
    let picture = Path::new(OUTPUT).join("ecg.png");
    plot::draw(&picture, &record, &filtered, &beats)?;
    println!("\nplotted in {}", picture.display());
    Ok(())
}

/// Prints what follows from the beats.
fn report(beats: &Beats) -> Result<()> {
    let running = beats.running_rates();
    let (deviation, successive) = beats.variability();
    let (rate, slowest, fastest) = (beats.rate(), running.min(..), running.max(..));
    let (early, (counts, ends)) = (beats.n_early(), beats.histogram());
    // All of it is one program.
    hloom::eval([&rate, &slowest, &fastest, &deviation, &successive, &early, &counts, &ends])?;
    println!("  {:<34} {:>7.1} a minute", "usual rate", rate.item::<f64>()?);
    println!("  {:<34} {:>7.1} a minute", "slowest", slowest.item::<f64>()?);
    println!("  {:<34} {:>7.1} a minute", "fastest", fastest.item::<f64>()?);
    println!("  {:<34} {:>7.1} ms", "deviation of times between beats", 1000.0 * deviation.item::<f64>()?);
    println!("  {:<34} {:>7.1} ms", "from one to the next", 1000.0 * successive.item::<f64>()?);
    println!("  {:<34} {:>7} beats\n", "early", early.item::<i64>()?);
    let ends = ends.to_vec::<f64>()?;
    for (count, ends) in counts.to_vec::<i64>()?.into_iter().zip(ends.windows(2)) {
        println!("  {:.2} to {:.2} s {count:>4} {}", ends[0], ends[1], "#".repeat(count as usize / 4));
    }
    Ok(())
}
