//! Which of NumPy's names there are: the lists of names, what the test of names imports, and a note on each that is not
//! there or is written otherwise. Knows nothing of what the functions do.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

use super::table;
use crate::workspace;

/// The lists of names, and what they are the public names of.
const LISTS: &[(&str, &str)] = &[("numpy", "NumPy 2.4"), ("tf-numpy", "`tf.experimental.numpy` of TensorFlow 2")];

/// Where the names are imported that exist, so that the compiler says whether they do.
const IMPORTS: &str = "tests/tests/surface/names.rs";

/// What is said of a name.
enum Note {
    /// It is written otherwise.
    Named(&'static str),
    /// It is there, and differs: what, or where that is described.
    Differs(&'static str),
    /// It is planned for later.
    Later(&'static str),
}

use Note::{Differs, Later, Named};

const NOTES: &[(&str, Note)] = &[
    ("where", Named("`where_`: `where` is a keyword of Rust; with one argument it is `nonzero`")),
    ("mod", Named("`remainder`, `mod_` or the operator `%`: `mod` is a keyword of Rust")),
    ("poisson", Named("`random::poisson`, as in NumPy")),
    ("rand", Named("`random::rand`, as in NumPy")),
    ("randint", Named("`random::randint`, as in NumPy")),
    ("randn", Named("`random::randn`, as in NumPy")),
    ("random", Named("`random::random`, as in NumPy")),
    ("seed", Named("`random::seed`, as in NumPy")),
    ("standard_normal", Named("`random::standard_normal`, as in NumPy")),
    ("uniform", Named("`random::uniform`, as in NumPy")),
    ("polyfit", Later("needs least squares, which come with `linalg`")),
    ("roots", Later("needs eigenvalues, which come with `linalg`")),
    ("asarray_chkfinite", Differs("reads the values, and so cannot be traced")),
];

/// Prefixes of names that are all at one stage.
const FAMILIES: &[(&str, Note)] = &[
    ("fft.", Later("Fourier transforms are the next family")),
    ("linalg.", Later("decompositions and solvers are the next family")),
];

/// The page's tables, with a summary above.
pub(super) fn block() -> Result<String> {
    let done = imported(&workspace::read(IMPORTS)?)?;
    let mut text = String::new();
    for (file, of) in LISTS {
        let names = workspace::read(&format!("tests/conformance/names/{file}.txt"))?;
        let names: Vec<&str> = names.split_whitespace().collect();
        let rows = names.iter().map(|name| row(name, &done)).collect::<Result<Vec<_>>>()?;
        let count = |state: &str| rows.iter().filter(|row| row[1] == state).count();
        text += &format!(
            "## {of}\n\n{} names: {} are there, {} of them with a difference; {} are for later.\n\n{}\n",
            names.len(),
            count("yes") + count("differs"),
            count("differs"),
            count("later"),
            table(&["name", "there", "note"], rows.iter().cloned())
        );
    }
    ensure_used(&done)?;
    Ok(text)
}

/// The line of a name.
fn row(name: &str, done: &BTreeMap<String, String>) -> Result<Vec<String>> {
    let note = NOTES.iter().find(|(noted, _)| *noted == name).map(|(_, note)| note);
    let family = || FAMILIES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, note)| note);
    let (state, text) = match (done.contains_key(name), note) {
        (true, None) => ("yes", ""),
        (true, Some(Differs(how))) => ("differs", *how),
        (false, Some(Named(how))) => ("yes", *how),
        (true, Some(Named(_) | Later(_))) => bail!("{name} is there, and noted as if it were not"),
        (false, Some(Differs(_))) => bail!("{name} is noted as different, but {IMPORTS} does not import it"),
        (false, note) => match note.or_else(family) {
            Some(Later(when)) => ("later", *when),
            Some(Named(_) | Differs(_)) | None => {
                bail!("{name} is neither imported by {IMPORTS} nor has a note in xtask/src/docs/coverage.rs")
            }
        },
    };
    Ok(vec![format!("`{name}`"), state.to_owned(), text.to_owned()])
}

/// Refuses notes on names that no list has.
fn ensure_used(done: &BTreeMap<String, String>) -> Result<()> {
    let mut known = Vec::new();
    for (file, _) in LISTS {
        let names = workspace::read(&format!("tests/conformance/names/{file}.txt"))?;
        known.extend(names.split_whitespace().map(str::to_owned));
    }
    for (name, _) in NOTES {
        ensure!(known.iter().any(|known| known == name), "{name} has a note, but is in no list of names");
    }
    ensure!(!done.is_empty(), "{IMPORTS} imports nothing");
    Ok(())
}

/// The names that a file imports from the library: by the name as NumPy writes it, modules with a dot.
fn imported(source: &str) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for item in syn::parse_file(source).context(IMPORTS)?.items {
        if let syn::Item::Use(item) = item
            && let syn::UseTree::Path(path) = &item.tree
            && path.ident == "hloom"
        {
            collect(&path.tree, "", &mut names)?;
        }
    }
    Ok(names)
}

fn collect(tree: &syn::UseTree, prefix: &str, names: &mut BTreeMap<String, String>) -> Result<()> {
    match tree {
        syn::UseTree::Path(path) => collect(&path.tree, &format!("{prefix}{}.", path.ident), names)?,
        syn::UseTree::Name(name) => {
            names.insert(format!("{prefix}{}", name.ident), name.ident.to_string());
        }
        syn::UseTree::Rename(rename) => {
            names.insert(format!("{prefix}{}", rename.ident), rename.rename.to_string());
        }
        syn::UseTree::Group(group) => group.items.iter().try_for_each(|tree| collect(tree, prefix, names))?,
        syn::UseTree::Glob(_) => bail!("{IMPORTS} imports everything, which says nothing"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_names() {
        let source = "use hloom::{abs, linalg::{norm as _norm, trace}};\nuse std::fmt;";
        let names: Vec<String> = imported(source).unwrap().into_keys().collect();
        assert_eq!(names, ["abs", "linalg.norm", "linalg.trace"]);
        assert!(imported("use hloom::*;").is_err());
    }

    #[test]
    fn a_name_without_a_note_is_refused() {
        let done = imported("use hloom::{abs, sin};").unwrap();
        assert_eq!(row("abs", &done).unwrap()[1], "yes");
        assert_eq!(row("where", &done).unwrap()[1], "yes");
        assert_eq!(row("fft.fft", &done).unwrap()[1], "later");
        assert!(row("frobnicate", &done).is_err());
    }
}
