//! The environment variables that the code reads, against the table of the README. Knows that a variable
//! of this library is a text that starts with its name.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

use crate::workspace;

const PAGE: &str = "README.md";

/// Fails if the README lacks a variable that the library or the program names, or has one that they do
/// not.
pub(super) fn check() -> Result<()> {
    let mut files = Vec::new();
    workspace::files_under("crates", "rs", &mut files)?;
    let sources = files.iter().filter(|file| file.path.contains("/src/"));
    let read: BTreeSet<&str> = sources.flat_map(|file| variables(&file.text, '"')).collect();
    let page = workspace::read(PAGE)?;
    let rows: String = page.lines().filter(|line| line.starts_with('|')).map(|line| format!("{line}\n")).collect();
    let written: BTreeSet<&str> = variables(&rows, '`').collect();
    let missing: Vec<_> = read.difference(&written).collect();
    let unknown: Vec<_> = written.difference(&read).collect();
    ensure!(missing.is_empty(), "{PAGE} does not explain {missing:?}, which the code reads");
    ensure!(unknown.is_empty(), "{PAGE} explains {unknown:?}, which no code reads");
    Ok(())
}

/// The variables that stand right after a quote.
fn variables(text: &str, quote: char) -> impl Iterator<Item = &str> {
    text.split(quote).skip(1).filter_map(|part| {
        let end = part.find(|c: char| !c.is_ascii_uppercase() && c != '_').unwrap_or(part.len());
        let is_whole = part[end..].is_empty() || part[end..].starts_with('=');
        (is_whole && part.starts_with("HLOOM_")).then_some(&part[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_quoted_names_are_found() {
        let found: Vec<_> = variables(r#"x("HLOOM_A"), "HLOOM_B is", "OTHER", HLOOM_C"#, '"').collect();
        assert_eq!(found, ["HLOOM_A"]);
        assert_eq!(variables("| `HLOOM_A=1` | `cpu` |", '`').collect::<Vec<_>>(), ["HLOOM_A"]);
    }
}
