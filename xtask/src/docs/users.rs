//! The table for people who know NumPy: the rows of the test that runs them, by topic. Knows nothing of what they do.

use anyhow::{Context, Result, bail, ensure};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Lit, Token};

use super::table;
use crate::workspace;

/// Where the rows are: `topic!("…");` and `row!("NumPy", code, "printed", "note");`, one a line.
const ROWS: &str = "tests/tests/surface/users.rs";

/// The tables, one a topic.
pub(super) fn block() -> Result<String> {
    let source = workspace::read(ROWS)?;
    let mut topics: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    for line in source.lines().map(str::trim) {
        if let Some(topic) = line.strip_prefix("topic!(\"").and_then(|line| line.strip_suffix("\");")) {
            topics.push((topic.to_owned(), Vec::new()));
        } else if let Some(row) = line.strip_prefix("row!(").and_then(|line| line.strip_suffix(");")) {
            let (_, rows) = topics.last_mut().context("a row before the first topic")?;
            rows.push(cells(row).with_context(|| row.to_owned())?);
        }
    }
    ensure!(!topics.is_empty(), "{ROWS} has no topics");
    let sections = topics
        .into_iter()
        .map(|(topic, rows)| format!("## {topic}\n\n{}", table(&["NumPy", "hloom", "prints", "note"], rows)));
    Ok(sections.collect::<Vec<String>>().join("\n"))
}

/// The cells of a row.
fn cells(row: &str) -> Result<Vec<String>> {
    let parts = Punctuated::<Expr, Token![,]>::parse_terminated.parse_str(row)?;
    let parts: Vec<&Expr> = parts.iter().collect();
    let [numpy, code, printed, note] = parts[..] else { bail!("expected four parts, got {}", parts.len()) };
    let code = code.span().source_text().context("the code has no text")?;
    let printed = text(printed)?;
    let printed =
        if printed.contains('\n') { printed.split('\n').map(str::trim).collect::<Vec<_>>().join(" ") } else { printed };
    Ok(vec![quoted(&text(numpy)?), quoted(&code), quoted(&printed), text(note)?])
}

fn quoted(code: &str) -> String {
    format!("`{code}`")
}

/// What a string literal holds.
fn text(expr: &Expr) -> Result<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(text.value()),
        _ => bail!("expected a string"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_shown_as_they_are_written() {
        let row = r#""x.sum(axis=0)", x.sum(axis(0).keepdims()), "[[1]\n [2]]", "a note""#;
        let expected = ["`x.sum(axis=0)`", "`x.sum(axis(0).keepdims())`", "`[[1] [2]]`", "a note"];
        assert_eq!(cells(row).unwrap(), expected);
        assert!(cells(r#""a", b, "c""#).is_err());
    }
}
