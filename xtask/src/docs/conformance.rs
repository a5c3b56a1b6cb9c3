//! The table of conformance: what share of NumPy's recorded answers each family of functions must give.
//! Knows the two files, not how the suite runs.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde_json::Value;

use super::table;
use crate::workspace;

const CASES: &str = "tests/conformance/cases.jsonl.gz";
const FLOORS: &str = "tests/conformance/floors.json";

/// The share from which on a family counts as matched.
const MATCHED: f64 = 0.99;

/// One family of functions.
struct Family {
    name: String,
    /// Questions that have one right answer.
    n_cases: usize,
    /// The share of them that must be answered so; 0 if nothing is claimed.
    floor: f64,
}

/// What is matched, in a few lines.
pub(super) fn summary() -> Result<String> {
    Ok(summarized(&families()?))
}

/// Every family that something is claimed for.
pub(super) fn details() -> Result<String> {
    Ok(listed(&families()?))
}

fn families() -> Result<Vec<Family>> {
    let file = File::open(workspace::root().join(CASES)).with_context(|| format!("cannot open {CASES}"))?;
    let cases = count(BufReader::new(GzDecoder::new(file))).context(CASES)?;
    let floors: BTreeMap<String, f64> = serde_json::from_str(&workspace::read(FLOORS)?).context(FLOORS)?;
    let family = |(name, n_cases)| {
        let floor = floors.get(&name).copied().unwrap_or_default();
        Family { name, n_cases, floor }
    };
    Ok(cases.into_iter().map(family).collect())
}

/// The number of questions that have one right answer, for each family.
fn count(lines: impl BufRead) -> Result<BTreeMap<String, usize>> {
    let mut cases = BTreeMap::new();
    for line in lines.lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let group = case["group"].as_str().context("a case without a group")?;
        let family = group.split('.').next().unwrap_or(group);
        let is_strict = matches!(case["class"].as_str(), Some("strict" | "strict_dtype"));
        *cases.entry(family.to_owned()).or_default() += usize::from(is_strict);
    }
    Ok(cases)
}

fn summarized(families: &[Family]) -> String {
    let n_cases: usize = families.iter().map(|family| family.n_cases).sum();
    let n_answered: f64 = families.iter().map(|family| (family.n_cases as f64 * family.floor).floor()).sum();
    let row = |what: &str, holds: fn(&Family) -> bool, show: fn(&Family) -> String| {
        let names: Vec<String> = families.iter().filter(|family| holds(family)).map(show).collect();
        (!names.is_empty()).then(|| vec![what.to_owned(), names.join(", ")])
    };
    let name = |family: &Family| format!("`{}`", family.name);
    let rows = [
        row("99 % or more", |family| family.floor >= MATCHED, name),
        row(
            "at least",
            |family| family.floor > 0.0 && family.floor < MATCHED,
            |family| format!("`{}` {:.0} %", family.name, (family.floor * 100.0).floor()),
        ),
        row("not claimed yet", |family| family.floor <= 0.0, name),
    ];
    let table = table(&["answered as NumPy does", "families"], rows.into_iter().flatten());
    format!("At least {n_answered} of {n_cases} questions are answered as NumPy answers them.\n\n{table}")
}

fn listed(families: &[Family]) -> String {
    let claimed = families.iter().filter(|family| family.floor > 0.0).map(|family| {
        vec![format!("`{}`", family.name), family.n_cases.to_string(), format!("{:.1} %", family.floor * 100.0)]
    });
    table(&["family", "questions", "answered as NumPy does, at least"], claimed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_with_one_answer_are_counted() {
        let lines = "{\"group\":\"a.x\",\"class\":\"strict\"}\n{\"group\":\"a\",\"class\":\"impl_defined\"}\n\
                     {\"group\":\"b.y\",\"class\":\"strict_dtype\"}\n{\"group\":\"c\",\"class\":\"strict\"}\n";
        let cases = count(lines.as_bytes()).unwrap();
        assert_eq!((cases["a"], cases["b"]), (1, 1));
        assert!(count("{}".as_bytes()).is_err());
    }

    #[test]
    fn families_without_a_floor_are_not_claimed() {
        let family = |name: &str, n_cases, floor| Family { name: name.to_owned(), n_cases, floor };
        let families = [family("a", 10, 0.999), family("b", 4, 0.5), family("c", 6, 0.0)];
        let text = summarized(&families);
        assert!(text.starts_with("At least 11 of 20 questions"), "{text}");
        assert!(text.contains("| 99 % or more | `a` |\n| at least | `b` 50 % |\n| not claimed yet | `c` |"), "{text}");
        assert!(listed(&families).ends_with("| `a` | 10 | 99.9 % |\n| `b` | 4 | 50.0 % |\n"));
    }
}
