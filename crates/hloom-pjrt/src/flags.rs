//! Checks `XLA_FLAGS` before a plugin reads it, because XLA ends the process on what it cannot read.
//! Knows no flag by name: a plugin's own file is asked.
//!
//! What a flag refuses for reasons of its own, such as a feature that was not built, is not found here.

use std::env;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::known_flags::KnownFlags;
use crate::{Error, Result};

/// The largest file with flags that is read.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// The longest piece of a flag that is quoted in an error.
const MAX_SHOWN: usize = 200;

/// Checks the environment's flags against a plugin's file.
pub(crate) fn check(plugin: &Path) -> Result<()> {
    match environment()? {
        Some(flags) => check_flags(&flags, plugin),
        None => Ok(()),
    }
}

/// What a plugin reads as flags: the text of the variable, or of the file that it names. Empty if there is nothing
/// that could be read.
pub(crate) fn text() -> String {
    environment().ok().flatten().and_then(|flags| resolve(flags).ok()).unwrap_or_default()
}

fn environment() -> Result<Option<String>> {
    match env::var("XLA_FLAGS") {
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(invalid("not valid UTF-8".into())),
        Ok(flags) if flags.is_empty() => Ok(None),
        Ok(flags) => Ok(Some(flags)),
    }
}

/// XLA reads a value that does not look like a flag as the name of a file with flags, blanks included.
fn resolve(flags: String) -> Result<String> {
    if flags.trim_ascii_start().starts_with('-') {
        return Ok(flags);
    }
    if flags.trim().is_empty() {
        return Err(invalid("it holds nothing but blanks, expected flags or no text at all".into()));
    }
    let shown = shown(&flags);
    read(Path::new(&flags))
        .map_err(|message| invalid(format!("'{shown}' is neither a flag nor a file with flags: {message}")))
}

/// The text of a file. The error is a text that says why it cannot be had.
fn read(path: &Path) -> std::result::Result<String, String> {
    let metadata = path.metadata().map_err(|error| error.to_string())?;
    // Devices and pipes may have no end.
    if !metadata.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text));
    let len = read.map_err(|error| error.to_string())?;
    if len as u64 > MAX_FILE_BYTES {
        return Err(format!("it has more than {MAX_FILE_BYTES} bytes"));
    }
    Ok(text)
}

fn check_flags(flags: &str, plugin: &Path) -> Result<()> {
    let flags = resolve(flags.to_owned())?;
    let flags = split(&flags)?;
    if flags.is_empty() {
        return Ok(());
    }
    let library = std::fs::read(plugin).map_err(Error::io("cannot read", plugin))?;
    let shown_plugin = plugin.display();
    let known = KnownFlags::find(&library).ok_or_else(|| {
        invalid(format!("{shown_plugin} does not say which flags it knows; unset XLA_FLAGS to use it"))
    })?;
    for (name, value) in flags {
        let shown_name = shown(name);
        let Some(kind) = known.get(name) else {
            let nearest = known.nearest(name).map(|nearest| format!("; the nearest flag that it knows is --{nearest}"));
            let nearest = nearest.unwrap_or_default();
            return Err(invalid(format!("{shown_plugin} does not know --{shown_name}{nearest}")));
        };
        match value {
            None => {
                let message =
                    format!("--{shown_name} has no value, expected --{shown_name}=… with {}", kind.expected());
                return Err(invalid(message));
            }
            Some(value) if !kind.accepts(value) => {
                let value = shown(value);
                let message = format!("--{shown_name} of {shown_plugin} takes {}, got '{value}'", kind.expected());
                return Err(invalid(message));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Flags with their values, which may stand in quotation marks.
fn split(text: &str) -> Result<Vec<(&str, Option<&str>)>> {
    let malformed = |flag: &str| invalid(format!("'{}' is not of the form --xla_name=value", shown(flag)));
    let mut flags = Vec::new();
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let word = rest.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or(rest);
        let flag = rest.strip_prefix("--").ok_or_else(|| malformed(word))?;
        let end = flag.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(flag.len());
        let (name, after) = flag.split_at(end);
        if !name.starts_with("xla_") {
            return Err(malformed(word));
        }
        let (value, after) = match after.strip_prefix('=') {
            None => (None, after),
            Some(value) => match value.chars().next().filter(|quote| matches!(quote, '\'' | '"')) {
                Some(quote) => {
                    let quoted = value[1..].split_once(quote);
                    let (inner, after) = quoted.ok_or_else(|| malformed(word))?;
                    // XLA takes a backslash for an escape there.
                    if inner.contains('\\') {
                        return Err(malformed(word));
                    }
                    (Some(inner), after)
                }
                None => {
                    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
                    (Some(&value[..end]), &value[end..])
                }
            },
        };
        // XLA would ignore what follows.
        if after.starts_with(|c: char| !c.is_ascii_whitespace()) {
            return Err(malformed(word));
        }
        flags.push((name, value));
        rest = after.trim_ascii_start();
    }
    Ok(flags)
}

/// As much of a text as belongs into an error.
fn shown(text: &str) -> String {
    if text.chars().nth(MAX_SHOWN).is_none() {
        return text.to_owned();
    }
    text.chars().take(MAX_SHOWN).chain(['…']).collect()
}

fn invalid(message: String) -> Error {
    Error::XlaFlags { message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known_flags::tests::library;

    #[test]
    fn what_would_end_the_process_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let plugin = dir.path().join("plugin.so");
        let fields = [("xla_known", false, 8), ("xla_text", false, 9)];
        std::fs::write(&plugin, library(&fields, &["xla_known", "xla_text", "xla_other", "xla_"])).unwrap();
        let check = |flags: &str| check_flags(flags, &plugin).map_err(|error| error.to_string());
        let file = dir.path().join("flags");
        std::fs::write(&file, "\n--xla_known=1\n--xla_text=x\n").unwrap();
        for accepted in [
            " --xla_known=1\t--xla_known=false ",
            "--xla_text= --xla_known=1",
            "--xla_text='a b' --xla_text=\"c d\"",
            file.to_str().unwrap(),
        ] {
            assert_eq!(check(accepted), Ok(()), "{accepted}");
        }
        let path = plugin.display().to_string();
        for (refused, why) in [
            ("--xla_know=1", "does not know --xla_know; the nearest flag that it knows is --xla_known"),
            ("--xla_other=1", path.as_str()),
            ("--xla_=1", "does not know --xla_"),
            ("--xla_known", "has no value"),
            ("--xla_text", "has no value"),
            ("--xla_known=2", "takes true or false, got '2'"),
            ("--xla_known=", "got ''"),
            ("--xla_known=true=", "got 'true='"),
            ("--xla_known =1", "form"),
            ("--other=1", "form"),
            ("-xla_known=1", "form"),
            ("--", "form"),
            ("--xla_known=1 value", "'value'"),
            ("--xla_text='a b", "form"),
            ("--xla_text='a'b", "form"),
            ("--xla_text=\"a\\\"b\"", "form"),
            ("--xla-known=1", "form"),
            ("--xla_ä=1", "form"),
            (" ", "nothing but blanks"),
            ("\n", "nothing but blanks"),
            ("no-such-file", "neither a flag nor a file"),
            ("/dev/zero", "not a regular file"),
            ("/", "not a regular file"),
        ] {
            let error = check(refused).expect_err(refused);
            assert!(error.contains(why), "{refused:?}: {error}");
        }
        std::fs::write(&file, "--xla_known=2\n--xla_unknown").unwrap();
        assert!(check(file.to_str().unwrap()).unwrap_err().contains("got '2'"));
        std::fs::write(&plugin, b"\0xla_known\0").unwrap();
        assert!(check("--xla_known=1").unwrap_err().contains("does not say which flags"));
        assert!(check(&format!("--xla_{}=1", "x".repeat(1 << 16))).unwrap_err().len() < 1000);
    }
}
