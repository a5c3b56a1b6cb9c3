//! The folder for what can be had again: plugins, hashes of files and compiled programs.
//! Knows the names of its subfolders and nothing of what is in them.

use std::env;
use std::path::PathBuf;

use crate::{Error, Result};

/// The folder of the cache: `HLOOM_CACHE_DIR`, else `hloom` in `XDG_CACHE_HOME`, else `~/.cache/hloom`.
///
/// It need not exist yet.
///
/// # Errors
/// [`Error::NoCache`] if none of the variables is set.
pub fn cache_dir() -> Result<PathBuf> {
    let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(dir) = variable("HLOOM_CACHE_DIR") {
        return Ok(dir);
    }
    // The specification of the variable asks to ignore a relative path.
    if let Some(dir) = variable("XDG_CACHE_HOME").filter(|dir| dir.is_absolute()) {
        return Ok(dir.join("hloom"));
    }
    variable("HOME").map(|home| home.join(".cache").join("hloom")).ok_or(Error::NoCache)
}

/// The folder of compiled programs.
///
/// # Errors
/// Those of [`cache_dir`].
pub fn executables_dir() -> Result<PathBuf> {
    Ok(cache_dir()?.join("executables"))
}

/// The folder of installed plugins.
///
/// # Errors
/// Those of [`cache_dir`].
pub fn plugins_dir() -> Result<PathBuf> {
    Ok(cache_dir()?.join("plugins"))
}
