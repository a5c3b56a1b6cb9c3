//! Files that a user names.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result};

/// The content of a file that has an end.
pub(crate) fn content(file: &Path) -> Result<Vec<u8>> {
    regular(file).with_context(|| format!("cannot read {}", file.display()))
}

fn regular(file: &Path) -> io::Result<Vec<u8>> {
    let metadata = fs::metadata(file)?;
    // Devices have no end, and a pipe waits for one.
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    // No more than the file has now, should it grow.
    File::open(file)?.take(metadata.len()).read_to_end(&mut bytes)?;
    Ok(bytes)
}
