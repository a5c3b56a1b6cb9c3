//! Equalizes a picture by its histogram, finds its edges, and saves all three side by side.
//!
//! ```text
//! cargo run --release --example equalize [PICTURE.png]
//! ```
//!
//! What is computed is in `examples/src/equalize.rs`; this file knows arguments and printing.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use hloom as np;
use hloom_examples::{equalize, kmeans};

const PICTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chelsea.png");
const OUTPUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/output");

fn main() -> Result<()> {
    let path = std::env::args().nth(1).map_or_else(|| PathBuf::from(PICTURE), PathBuf::from);
    let picture = kmeans::load(&path)?;
    let shape = picture.shape();
    let start = Instant::now();
    let equalized = equalize::equalize(&picture)?;
    equalized.edges.wait()?;
    println!(
        "{}: {} x {} pixels, equalized in {:.3} s, compiling and all",
        path.display(),
        shape[1],
        shape[0],
        start.elapsed().as_secs_f64()
    );
    for (name, brightness) in [("before", &equalized.before), ("after", &equalized.after)] {
        let levels = np::percentile(brightness, [5, 25, 50, 75, 95], ..);
        println!("  {name:<7} 5, 25, 50, 75 and 95 % of the pixels are at most {levels}");
    }
    std::fs::create_dir_all(OUTPUT).with_context(|| format!("cannot create {OUTPUT}"))?;
    let output = Path::new(OUTPUT).join("equalize.png");
    kmeans::save(&output, &equalize::panels(&picture, &equalized))?;
    println!("  saved in {}", output.display());
    Ok(())
}
