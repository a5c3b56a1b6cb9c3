//! The tables of operations and of their dtype rules. Knows only what `hloom-ir` defines: the rows come
//! from its tables, the dtypes from asking its rules.

use anyhow::{Context, Result, ensure};
use hloom_ir::{ArgType, Binary, DType, Signature, Unary, WeakKind, promote, result_type};

use super::table;
use crate::workspace;

/// A row of the tables of element-wise operations, as it is written.
struct Row {
    name: &'static str,
    rule: &'static str,
    meaning: &'static str,
}

macro_rules! rows {
    ($list:ident $($variant:ident $name:ident {$rule:ident $($property:ident)*} $meaning:literal ($($arg:tt)*) $result:literal;)*) => {
        const $list: &[Row] = &[$(Row {
            name: stringify!($name),
            rule: stringify!($rule),
            meaning: $meaning,
        }),*];
    };
}

macro_rules! unary_rows {
    ($($rows:tt)*) => { rows!(UNARY $($rows)*); };
}

macro_rules! binary_rows {
    ($($rows:tt)*) => { rows!(BINARY $($rows)*); };
}

hloom_ir::unary_ops!(unary_rows);
hloom_ir::binary_ops!(binary_rows);

/// The operations, one a line.
pub(super) fn elementwise() -> Result<String> {
    let list = |rows: &[Row]| {
        let cells = |row: &Row| vec![format!("`{}`", row.name), row.meaning.to_owned(), row.rule.to_owned()];
        table(&["name", "what", "dtype rule"], rows.iter().map(cells))
    };
    Ok(format!("### One operand\n\n{}\n### Two operands\n\n{}", list(UNARY), list(BINARY)))
}

/// What each rule makes of each dtype.
pub(super) fn rules() -> Result<String> {
    let unary = |name: &str, dtype: DType| -> Result<Option<Signature>> {
        let op = Unary::from_name(name).with_context(|| format!("no operation {name}"))?;
        Ok(op.resolve(dtype.into()).ok())
    };
    let binary = |name: &str, dtype: DType| -> Result<Option<Signature>> {
        let op = Binary::from_name(name).with_context(|| format!("no operation {name}"))?;
        Ok(op.resolve(dtype.into(), dtype.into()).ok())
    };
    Ok(format!(
        "### One operand\n\n{}\n### Two operands of one dtype\n\n{}",
        rule_table(UNARY, unary)?,
        rule_table(BINARY, binary)?
    ))
}

fn rule_table(rows: &[Row], resolve: impl Fn(&str, DType) -> Result<Option<Signature>>) -> Result<String> {
    let mut rules: Vec<(&str, Vec<String>)> = Vec::new();
    for row in rows {
        let cells = DType::ALL.into_iter().map(|dtype| Ok(cell(dtype, resolve(row.name, dtype)?)));
        let cells = cells.collect::<Result<Vec<String>>>()?;
        match rules.iter().find(|(rule, _)| *rule == row.rule) {
            Some((_, known)) => ensure!(*known == cells, "{} does not follow its rule, {}", row.name, row.rule),
            None => rules.push((row.rule, cells)),
        }
    }
    let header: Vec<&str> = std::iter::once("rule").chain(DType::ALL.map(DType::short_name)).collect();
    let rows = rules.into_iter().map(|(rule, cells)| std::iter::once(rule.to_owned()).chain(cells).collect());
    Ok(table(&header, rows))
}

/// The result's dtype, and in front of it what the operand is converted to where it is neither its own
/// dtype nor the result's.
fn cell(dtype: DType, signature: Option<Signature>) -> String {
    match signature {
        None => "–".to_owned(),
        Some(Signature { operand, result }) if operand == dtype || operand == result => result.short_name().to_owned(),
        Some(Signature { operand, result }) => format!("{}: {}", operand.short_name(), result.short_name()),
    }
}

/// The dtype of two operands together, and of an operand and a number.
pub(super) fn promotion() -> Result<String> {
    let weak = [WeakKind::Bool, WeakKind::Int, WeakKind::Float, WeakKind::Complex];
    let mut header = vec![""];
    header.extend(DType::ALL.map(DType::short_name));
    header.extend(["`true`", "`1`", "`1.0`", "`Complex`"]);
    let rows = DType::ALL.into_iter().map(|dtype| {
        let arrays = DType::ALL.into_iter().map(|other| Ok(promote(dtype, other)));
        let numbers = weak.into_iter().map(|kind| result_type(&[ArgType::Strong(dtype), ArgType::Weak(kind)]));
        let cells = arrays.chain(numbers).map(|dtype| Ok(dtype?.short_name().to_owned()));
        std::iter::once(Ok(format!("**{}**", dtype.short_name()))).chain(cells).collect::<Result<Vec<String>>>()
    });
    Ok(table(&header, rows.collect::<Result<Vec<_>>>()?))
}

/// The families of operations: the enum of each, in the file that is named like it.
const FAMILIES: &[&str] = &["Leaf", "Elementwise", "Layout", "Indexing", "Reduction", "Sort", "Contraction", "Control"];

/// The operations by family, with what they reduce and combine by.
pub(super) fn structured() -> Result<String> {
    let list = |file: &str, name: &str| -> Result<Vec<(String, String)>> {
        let path = format!("crates/hloom-ir/src/op/{file}.rs");
        variants(&workspace::read(&path)?, name).with_context(|| format!("{path} has no enum {name}"))
    };
    let mut rows = Vec::new();
    for family in FAMILIES {
        for (idx, (name, what)) in list(&family.to_lowercase(), family)?.into_iter().enumerate() {
            let family = if idx == 0 { format!("`{family}`") } else { String::new() };
            rows.push(vec![family, format!("`{name}`"), what]);
        }
    }
    let of = |file, name| -> Result<String> {
        let rows = list(file, name)?.into_iter().map(|(name, what)| vec![format!("`{name}`"), what]);
        Ok(table(&["name", "what"], rows))
    };
    Ok(format!(
        "{}\n### What `Reduce` reduces by\n\n{}\n### How `Scatter` combines\n\n{}",
        table(&["family", "name", "what"], rows),
        of("reduction", "Reducer")?,
        of("indexing", "Combine")?,
    ))
}

/// The variants of an enum and their documentation, as the source has them.
fn variants(source: &str, name: &str) -> Option<Vec<(String, String)>> {
    let body = source.split_once(&format!("pub enum {name} {{\n"))?.1.split_once("\n}")?.0;
    let mut variants = Vec::new();
    let mut what = String::new();
    // Variants and their documentation are indented once; what is indented more belongs to fields.
    for line in body.lines().filter_map(|line| line.strip_prefix("    ")).filter(|line| !line.starts_with(' ')) {
        if let Some(text) = line.strip_prefix("///") {
            what += text;
        } else if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
            variants.push((line[..end].to_owned(), without_links(what.trim())));
            what.clear();
        }
    }
    Some(variants)
}

/// Documentation with the names that it links to, but not the links, which lead nowhere in the book.
fn without_links(text: &str) -> String {
    text.replace("[`crate::", "`").replace("[`super::", "`").replace("[`", "`").replace("`]", "`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_listed() {
        assert_eq!(UNARY.len(), Unary::ALL.len());
        assert_eq!(BINARY.len(), Binary::ALL.len());
        let text = elementwise().unwrap();
        assert!(Unary::ALL.iter().all(|op| text.contains(&format!("| `{}` |", op.name()))));
    }

    #[test]
    fn every_family_is_listed() {
        let families = variants(&workspace::read("crates/hloom-ir/src/op/mod.rs").unwrap(), "Op").unwrap();
        assert!(families.iter().map(|(name, _)| name).eq(FAMILIES.iter()), "{families:?}");
    }

    #[test]
    fn rules_show_results_and_refusals() {
        let text = rules().unwrap();
        let row = text.lines().find(|line| line.starts_with("| Float |")).unwrap();
        assert!(row.starts_with("| Float | f16 | f16 | f32 |"), "{row}");
        let row = text.lines().find(|line| line.starts_with("| Numeric |")).unwrap();
        assert!(row.starts_with("| Numeric | – | i8 |"), "{row}");
    }

    #[test]
    fn enums_are_read_from_their_source() {
        let source = "pub enum E {\n    /// One,\n    /// [`super::x`].\n    One,\n    /// Two.\n    Two {\n        /// Field.\n        \
                      x: u8,\n    },\n    /// Three.\n    Three(X),\n}\n";
        let expected = [("One", "One, `x`."), ("Two", "Two."), ("Three", "Three.")];
        assert_eq!(variants(source, "E").unwrap(), expected.map(|(name, what)| (name.to_owned(), what.to_owned())));
        assert_eq!(variants(source, "F"), None);
    }
}
