//! Pieces of the sources that pages show: lines as they are written, and the functions that others are written with. Knows
//! where they stand; what they do is said in the pages.

use anyhow::{Context, Result, ensure};

use super::table;
use crate::workspace;

/// The row of `tanh`.
pub(super) fn row() -> Result<String> {
    excerpt("crates/hloom-ir/src/op/unary.rs", "Tanh tanh", "Tanh tanh")
}

/// How `tanh` is computed.
pub(super) fn arm() -> Result<String> {
    excerpt("crates/hloom-hlo/src/lower/unary.rs", "Unary::Tanh =>", "Unary::Tanh =>")
}

/// How `mean` is recorded.
pub(super) fn composite() -> Result<String> {
    excerpt("crates/hloom/src/numpy/moments.rs", "pub(super) fn mean_of(", "}")
}

/// How `broadcast_to` is recorded.
pub(super) fn call() -> Result<String> {
    excerpt("crates/hloom/src/numpy/manipulate.rs", "Call::of(\"broadcast_to\"", "})")
}

/// What is known of `ArgReduce`.
pub(super) fn facts() -> Result<String> {
    excerpt("crates/hloom-ir/src/op/reduction.rs", "Reduction::ArgReduce { extreme, axis } => {", "}")
}

/// The lines of a file from the first one that begins with `first` to the one that ends it: it begins with `last` and is
/// indented alike.
fn excerpt(path: &str, first: &str, last: &str) -> Result<String> {
    let text = workspace::read(path)?;
    let lines = lines_between(&text, first, last).with_context(|| format!("{path} has no lines from `{first}`"))?;
    Ok(format!("```text\n{lines}```\n"))
}

fn lines_between(text: &str, first: &str, last: &str) -> Option<String> {
    let indented = text.lines().skip_while(|line| !line.trim_start().starts_with(first));
    let indent = indented.clone().next()?.len() - indented.clone().next()?.trim_start().len();
    let mut shown = String::new();
    for line in indented {
        let line = line.get(indent..).unwrap_or_default();
        shown += line;
        shown.push('\n');
        if line.starts_with(last) {
            return Some(shown);
        }
    }
    None
}

/// Files of functions that composites are written with, and who may call these.
const VOCABULARY: &[(&str, &str)] = &[
    ("crates/hloom-transform/src/along.rs", "pub fn "),
    ("crates/hloom/src/numpy/along.rs", "pub(super) fn "),
    ("crates/hloom/src/axes.rs", "pub(crate) fn "),
    ("crates/hloom/src/numpy/over.rs", "pub(super) fn "),
    ("crates/hloom/src/numpy/terms.rs", "pub(super) fn "),
    ("crates/hloom/src/numpy/take.rs", "pub(super) fn "),
    ("crates/hloom/src/numpy/trace.rs", "pub(super) fn "),
    ("crates/hloom/src/numpy/product/contract.rs", "pub(in crate::numpy) fn "),
];

/// The functions that composites are written with.
pub(super) fn vocabulary() -> Result<String> {
    let mut rows = Vec::new();
    for &(path, visibility) in VOCABULARY {
        let functions = functions(&workspace::read(path)?, visibility);
        ensure!(!functions.is_empty(), "{path} has no `{visibility}`");
        for (idx, (name, what)) in functions.into_iter().enumerate() {
            let path = path.strip_prefix("crates/").unwrap_or(path);
            rows.push(vec![if idx == 0 { format!("`{path}`") } else { String::new() }, format!("`{name}`"), what]);
        }
    }
    Ok(table(&["file", "function", "what"], rows))
}

/// The functions of a visibility that are documented, with the first sentence of each.
fn functions(text: &str, visibility: &str) -> Vec<(String, String)> {
    let mut functions = Vec::new();
    let (mut documentation, mut of) = (String::new(), String::new());
    for line in text.lines() {
        of = match line.strip_prefix("impl ") {
            Some(ty) => word(ty) + "::",
            None if line == "}" => String::new(),
            None => of,
        };
        let line = line.trim_start();
        if let Some(words) = line.strip_prefix("///") {
            documentation += words;
        } else if let Some(rest) = line.strip_prefix(visibility) {
            let text = documentation.trim().replace("[`", "`").replace("`]", "`");
            let sentence = text.split_once(". ").map_or(text.as_str(), |(first, _)| first).trim_end_matches('.');
            if !sentence.is_empty() {
                functions.push((format!("{of}{}", word(rest)), sentence.to_owned()));
            }
        }
        if !line.starts_with("///") && !line.starts_with("#[") {
            documentation.clear();
        }
    }
    functions
}

/// The word that a text begins with.
fn word(text: &str) -> String {
    text.chars().take_while(|&c| c.is_alphanumeric() || c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lose_their_indent() {
        let text = "a\n    b(\n        c\n    }\n}\nd\n";
        assert_eq!(lines_between(text, "b(", "}").unwrap(), "b(\n    c\n}\n");
        assert_eq!(lines_between(text, "d", "d").unwrap(), "d\n");
        assert_eq!(lines_between(text, "e", "}"), None);
    }

    #[test]
    fn functions_have_their_first_sentence() {
        let text = "/// Cuts as\n/// [`x`] does. More.\n///\n/// # Errors\n/// None.\n#[inline]\npub fn cut<B>(a: B) {}\n\
                    fn own() {}\npub fn bare() {}\n/// Joins\npub(super) fn join() {}\n\
                    impl Part<'_> {\n    /// Its end.\n    pub(crate) fn end(&self) {}\n}\n";
        assert_eq!(functions(text, "pub fn "), [("cut".to_owned(), "Cuts as `x` does".to_owned())]);
        assert_eq!(functions(text, "pub(super) fn "), [("join".to_owned(), "Joins".to_owned())]);
        assert_eq!(functions(text, "pub(crate) fn "), [("Part::end".to_owned(), "Its end".to_owned())]);
    }
}
