//! Finds the colours of a photograph, and saves it in these.
//!
//! ```text
//! cargo run --release --example kmeans [COLOURS [PICTURE.png]]
//! ```
//!
//! What is computed is in `examples/src/kmeans.rs`; this file knows arguments and printing.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use hloom_examples::kmeans::{self, Kmeans, Palette};

const PHOTOGRAPH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chelsea.png");
const OUTPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/output");
const DEFAULT_COLORS: usize = 16;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let n_colors = match arguments.next() {
        Some(n) => n.parse().with_context(|| format!("expected a number of colours, got `{n}`"))?,
        None => DEFAULT_COLORS,
    };
    let path = arguments.next().map_or_else(|| PathBuf::from(PHOTOGRAPH), PathBuf::from);
    let picture = kmeans::load(&path)?;
    let shape = picture.shape();
    println!("{}: {} x {} pixels in {n_colors} colours\n", path.display(), shape[1], shape[0]);

    let kmeans = Kmeans::new();
    let before = hloom::stats();
    let start = Instant::now();
    let palette = kmeans.fit(&picture, n_colors, |palette| {
        let (rounds, moved) = (palette.rounds.item::<i64>()?, palette.moved.item::<f64>()?);
        println!(
            "  after {rounds:>3} rounds ({:>6.3} s): colours move by up to {moved:.3}",
            start.elapsed().as_secs_f64()
        );
        Ok(())
    })?;
    let (painted, _) = kmeans.paint(&picture, &palette)?;
    let elapsed = start.elapsed();
    let spent = hloom::stats() - before;
    println!(
        "\n  {:.3} s, {} functions traced, {} programs compiled and {} loaded from the disk cache, {} calls\n",
        elapsed.as_secs_f64(),
        spent.traces,
        spent.compiles,
        spent.disk_hits,
        spent.calls,
    );
    report(&palette)?;
    let error = (&picture - painted.astype(hloom::int64)).square().mean(..).sqrt().item::<f64>()?;
    println!("\n  root of the mean squared difference: {error:.2} of 255 levels");

    std::fs::create_dir_all(OUTPUT).with_context(|| format!("cannot create {OUTPUT}"))?;
    let output = Path::new(OUTPUT).join("kmeans.png");
    kmeans::save(&output, &painted)?;
    println!("  saved in {}", output.display());
    Ok(())
}

/// Prints the colours, that of most pixels first.
fn report(palette: &Palette) -> Result<()> {
    let (colors, counts) = (palette.colors.to_vec::<f64>()?, palette.counts.to_vec::<i64>()?);
    let total: i64 = counts.iter().sum();
    let mut rows: Vec<(&i64, &[f64])> = counts.iter().zip(colors.chunks_exact(3)).collect();
    rows.sort_by(|a, b| b.0.cmp(a.0));
    for (count, color) in rows {
        let level = |idx: usize| color[idx].round_ties_even() as u8;
        let share = 100.0 * *count as f64 / total as f64;
        println!("  #{:02x}{:02x}{:02x} {share:>6.2} %", level(0), level(1), level(2));
    }
    Ok(())
}
