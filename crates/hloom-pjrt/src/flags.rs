//! Checks `XLA_FLAGS` before a plugin reads it, because XLA ends the process on a flag it does not know.
//! Knows no flag by name: a plugin's own file is asked.
//!
//! A known flag with a value that XLA cannot parse is not found here.

use std::env;
use std::path::Path;

use memchr::memmem;

use crate::{Error, Result};

/// Checks the environment's flags against a plugin's file.
pub(crate) fn check(plugin: &Path) -> Result<()> {
    match env::var("XLA_FLAGS") {
        Err(env::VarError::NotPresent) => Ok(()),
        Err(env::VarError::NotUnicode(_)) => Err(invalid("not valid UTF-8".into())),
        Ok(flags) => check_flags(&flags, plugin),
    }
}

fn check_flags(flags: &str, plugin: &Path) -> Result<()> {
    let flags = flags.trim();
    if flags.is_empty() {
        return Ok(());
    }
    // XLA reads a value that does not look like a flag as the name of a file with flags.
    let flags = if flags.starts_with('-') {
        flags.to_owned()
    } else {
        std::fs::read_to_string(flags)
            .map_err(|error| invalid(format!("'{flags}' is neither a flag nor a file with flags: {error}")))?
    };
    let mut names = Vec::new();
    for flag in flags.split_whitespace() {
        let name = flag.strip_prefix("--").and_then(|flag| flag.split('=').next());
        match name.filter(|name| name.starts_with("xla_")) {
            Some(name) => names.push(name),
            None => return Err(invalid(format!("'{flag}' is not of the form --xla_name=value"))),
        }
    }
    if names.is_empty() {
        return Ok(());
    }
    let library = std::fs::read(plugin).map_err(Error::io("cannot read", plugin))?;
    for name in names {
        // A flag's name is a constant in the library, ended by a zero.
        let constant = [name.as_bytes(), b"\0"].concat();
        if memmem::find(&library, &constant).is_none() {
            return Err(invalid(format!("{} does not know --{name}", plugin.display())));
        }
    }
    Ok(())
}

fn invalid(message: String) -> Error {
    Error::XlaFlags { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_flags_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let plugin = dir.path().join("plugin.so");
        std::fs::write(&plugin, b"\0xla_known\0other\0").unwrap();
        let check = |flags: &str| check_flags(flags, &plugin).map_err(|error| error.to_string());
        assert_eq!(check(""), Ok(()));
        assert_eq!(check(" --xla_known=1 --xla_known"), Ok(()));
        assert!(check("--xla_know=1").unwrap_err().contains("does not know --xla_know"));
        assert!(check("--other=1").unwrap_err().contains("form"));
        assert!(check("-xla_known").unwrap_err().contains("form"));
        assert!(check("--xla_known value").unwrap_err().contains("'value'"));
        assert!(check("no-such-file").unwrap_err().contains("neither"));
        let file = dir.path().join("flags");
        std::fs::write(&file, "--xla_known=2\n--xla_unknown").unwrap();
        assert!(check(file.to_str().unwrap()).unwrap_err().contains("xla_unknown"));
    }
}
