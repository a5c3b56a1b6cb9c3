//! `hloom cache`: shows and clears the cache folder. Knows its subfolders, not their files.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use hloom_pjrt::{cache_dir, executables_dir, plugins_dir};

/// What a folder holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Usage {
    files: u64,
    bytes: u64,
}

/// Shows where the cache is and how much is in it.
pub(crate) fn info(out: &mut dyn Write) -> Result<()> {
    let (dir, executables, plugins) = (cache_dir()?, executables_dir()?, plugins_dir()?);
    writeln!(out, "cache: {}", dir.display())?;
    for (name, dir) in [("executables", executables), ("plugins", plugins)] {
        let usage = usage(&dir).with_context(|| format!("cannot read {}", dir.display()))?;
        let megabytes = usage.bytes as f64 / 1e6;
        writeln!(out, "  {name:12} {:>6} files {megabytes:>10.1} MB", usage.files)?;
    }
    Ok(())
}

/// Removes what can be computed again, and the plugins if asked to.
pub(crate) fn clear(plugins: bool, out: &mut dyn Write) -> Result<()> {
    let mut dirs = vec![executables_dir()?, cache_dir()?.join("hashes")];
    if plugins {
        dirs.push(plugins_dir()?);
    }
    for dir in dirs {
        let before = usage(&dir).with_context(|| format!("cannot read {}", dir.display()))?;
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", dir.display()));
            }
            _ => {}
        }
        let megabytes = before.bytes as f64 / 1e6;
        writeln!(out, "removed {} files, {megabytes:.1} MB, from {}", before.files, dir.display())?;
    }
    Ok(())
}

/// Counts the files under a folder; a folder that does not exist is empty. Links are not followed.
fn usage(dir: &Path) -> io::Result<Usage> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Usage::default()),
        Err(error) => return Err(error),
    };
    let mut total = Usage::default();
    for entry in entries {
        let entry = entry?;
        let metadata = match entry.metadata() {
            Ok(metadata) => metadata,
            // Another process has just removed it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let part = if metadata.is_dir() { usage(&entry.path())? } else { Usage { files: 1, bytes: metadata.len() } };
        total = Usage { files: total.files + part.files, bytes: total.bytes + part.bytes };
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_in_all_folders() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("one"), [0; 10]).unwrap();
        fs::write(dir.path().join("sub/two"), [0; 5]).unwrap();
        assert_eq!(usage(dir.path()).unwrap(), Usage { files: 2, bytes: 15 });
        assert_eq!(usage(&dir.path().join("missing")).unwrap(), Usage::default());
    }
}
