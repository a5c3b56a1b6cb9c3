//! Where operations are named in the sources: how much work it is to add one. Knows nothing about what stands there.

use anyhow::Result;

use super::table;
use crate::source::{tokens, words};
use crate::workspace;

/// An operation that stands for its kind.
struct Example {
    /// Its variant.
    variant: &'static str,
    /// What kind of operation it is.
    kind: &'static str,
}

const EXAMPLES: &[Example] = &[
    Example { variant: "Tanh", kind: "a row of a table" },
    Example { variant: "ArgReduce", kind: "an operation of a family" },
];

/// The crates that operations go through on their way from a user's call to a compiler.
const CRATES: &[&str] = &["hloom-ir", "hloom-transform", "hloom-hlo", "hloom-pjrt-backend", "hloom"];

/// A file that names a variant, and on how many lines.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    path: String,
    n_lines: usize,
}

pub(super) fn block() -> Result<String> {
    let mut rows = Vec::new();
    for example in EXAMPLES {
        for (idx, place) in places(example.variant)?.into_iter().enumerate() {
            let name = if idx == 0 { format!("`{}`, {}", example.variant, example.kind) } else { String::new() };
            rows.push(vec![name, format!("`{}`", place.path), place.n_lines.to_string()]);
        }
    }
    Ok(table(&["operation", "file", "lines that name it"], rows))
}

/// The files that name a variant in code that is no test, in the order of the crates.
fn places(variant: &str) -> Result<Vec<Place>> {
    let mut found = Vec::new();
    let files = workspace::rust_files()?;
    for name in CRATES {
        let folder = format!("crates/{name}/src/");
        for file in files.iter().filter(|file| file.path.starts_with(&folder)) {
            let code = file.text.split("#[cfg(test)]").next().unwrap_or_default();
            if !code.contains(variant) {
                continue;
            }
            let mut lines: Vec<usize> =
                words(tokens(code)?).iter().filter(|word| word.text == variant).map(|word| word.line).collect();
            lines.dedup();
            if !lines.is_empty() {
                found.push(Place { path: file.path.clone(), n_lines: lines.len() });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variant: &str) -> Vec<(String, usize)> {
        places(variant).unwrap().into_iter().map(|place| (place.path, place.n_lines)).collect()
    }

    #[test]
    fn a_row_takes_two_lines() {
        for variant in ["Tanh", "Cosh", "Logaddexp", "Heaviside"] {
            let places = found(variant);
            assert_eq!(places.len(), 2, "{places:?}");
            assert!(places.iter().all(|(_, n_lines)| *n_lines == 1), "{places:?}");
        }
    }

    #[test]
    fn an_operation_of_a_family_takes_one_file_a_crate() {
        for (variant, in_ir, in_hlo) in [
            ("ArgReduce", "crates/hloom-ir/src/op/reduction.rs", "crates/hloom-hlo/src/lower/reduction.rs"),
            ("Concatenate", "crates/hloom-ir/src/op/layout.rs", "crates/hloom-hlo/src/lower/layout.rs"),
            ("Scatter", "crates/hloom-ir/src/op/indexing.rs", "crates/hloom-hlo/src/lower/indexing.rs"),
        ] {
            let is_user =
                |path: &str| path.starts_with("crates/hloom/src/") || path == "crates/hloom-transform/src/along.rs";
            let (users, places): (Vec<_>, Vec<_>) = found(variant).into_iter().partition(|(path, _)| is_user(path));
            // A variant, a row of facts, the types and the parameters; an arm.
            assert_eq!(places, [(in_ir.to_owned(), 4), (in_hlo.to_owned(), 1)], "{places:?}");
            assert!(!users.is_empty(), "{variant}");
        }
    }
}
