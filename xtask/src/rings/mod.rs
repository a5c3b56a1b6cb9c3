//! Rings of dependencies among the modules of a crate: none may depend on a sibling that depends on it, through
//! others or at once. Beside them, the files that are no module of any crate.
//!
//! A module depends on what the paths in its code pass and lead to, and so does the module around it. Dependencies
//! are looked at where two modules are siblings: what a module and its own children have of each other is theirs.
//! Methods are not seen, as they are called without a path.

mod graph;
mod mentions;
mod names;
mod tree;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;

use anyhow::{Context, Result};

use crate::workspace::File;

use graph::{Graph, Ring};
use mentions::mentions;
use names::Names;
use tree::Tree;

/// Looks for rings in every crate, by the files of their roots, and shows each with the places that make it.
pub(crate) fn find<'a>(roots: impl IntoIterator<Item = &'a str>, files: &[File]) -> Result<Vec<String>> {
    let files: HashMap<&str, &str> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let mut rings = Vec::new();
    for root in roots {
        for (level, graph) in levels(root, &files).with_context(|| format!("cannot look for rings from {root}"))? {
            for ring in graph.rings() {
                rings.push(shown(&format!("{root}: {level}"), &graph, &ring)?);
            }
        }
    }
    Ok(rings)
}

/// The sources in the folders of crates that no module names, so that nothing compiles them.
pub(crate) fn unnamed<'a>(roots: impl IntoIterator<Item = &'a str>, files: &[File]) -> Result<Vec<String>> {
    let texts: HashMap<&str, &str> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let (mut named, mut folders) = (HashSet::new(), HashSet::new());
    for root in roots {
        let tree = Tree::parse_all(root, &texts).with_context(|| format!("cannot follow the modules of {root}"))?;
        named.extend(tree.modules.into_iter().map(|module| module.file));
        // Programs of a crate are in a folder below.
        folders.extend(root.find("/src/").map(|at| &root[..at + "/src/".len()]));
    }
    let is_unnamed = |path: &str| !named.contains(path) && folders.iter().any(|folder| path.starts_with(folder));
    Ok(files.iter().filter(|file| is_unnamed(&file.path)).map(|file| file.path.clone()).collect())
}

/// The dependencies among the children of each module of a crate that has any.
fn levels(root: &str, files: &HashMap<&str, &str>) -> Result<BTreeMap<String, Graph>> {
    let tree = Tree::parse(root, files)?;
    let names = Names::of(&tree);
    let mut levels: BTreeMap<String, Graph> = BTreeMap::new();
    for (idx, module) in tree.modules.iter().enumerate() {
        let here = tree.line(idx);
        for mention in module.items.iter().flat_map(mentions) {
            for passed in names.passed(idx, &mention) {
                let there = tree.line(passed);
                let Some(level) = here.iter().zip(&there).position(|(from, to)| from != to) else { continue };
                let name = |module: usize| tree.modules[module].name.as_str();
                let parent = tree.modules[here[level]].parent.unwrap_or(tree::ROOT);
                let graph = levels.entry(tree.path(parent)).or_default();
                graph.add(name(here[level]), name(there[level]), (module.file.clone(), mention.line));
            }
        }
    }
    Ok(levels)
}

/// A ring with the places that say so: all of the dependency that closes it, the first of each other.
fn shown(title: &str, graph: &Graph, ring: &Ring) -> Result<String> {
    let modules: Vec<&str> = ring.iter().map(|(from, _)| from.as_str()).collect();
    let mut text = format!("{title}: {} -> {}", modules.join(" -> "), modules[0]);
    for (idx, edge) in ring.iter().enumerate() {
        let places = graph.edges.get(edge).into_iter().flatten();
        let n_shown = if idx == 0 { usize::MAX } else { 1 };
        let n_more = places.clone().count().saturating_sub(n_shown);
        let shown: Vec<String> = places.take(n_shown).map(|(file, line)| format!("{file}:{line}")).collect();
        write!(text, "\n    {} -> {}: {}", edge.0, edge.1, shown.join(", "))?;
        if n_more > 0 {
            write!(text, " and {n_more} more")?;
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        let files: Vec<File> = files.iter().map(file).collect();
        find(["lib.rs"], &files).unwrap()
    }

    /// The first line of every ring, without the crate.
    fn rings(files: &[(&str, &str)]) -> Vec<String> {
        let first = |ring: &String| ring.lines().next().map(|line| line["lib.rs: ".len()..].to_owned());
        found(files).iter().filter_map(first).collect()
    }

    /// The rings of two modules of a crate.
    fn between(root: &str, a: &str, b: &str) -> Vec<String> {
        rings(&[("lib.rs", &format!("mod a; mod b; {root}")), ("a.rs", a), ("b.rs", b)])
    }

    #[test]
    fn files_that_no_module_names_are_found() {
        let files = [
            ("a/src/lib.rs", "mod b; #[cfg(test)] mod tests;"),
            ("a/src/b/mod.rs", "mod c { mod d; }"),
            ("a/src/b/c/d.rs", ""),
            ("a/src/b/d.rs", ""),
            ("a/src/tests.rs", ""),
            ("a/src/bin/program.rs", ""),
            ("a/src/other.rs", "mod never;"),
            ("a/build.rs", ""),
        ];
        let files = files.map(|(path, text)| File { path: path.to_owned(), text: text.to_owned() });
        let found = unnamed(["a/src/lib.rs", "a/src/bin/program.rs"], &files).unwrap();
        assert_eq!(found, ["a/src/b/d.rs", "a/src/other.rs"]);
    }

    const NONE: [&str; 0] = [];
    const RING: [&str; 1] = ["crate: a -> b -> a"];

    #[test]
    fn a_plain_ring_is_found() {
        let files = [
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B;\nfn f() { super::b::g(); }"),
            ("b.rs", "use super::c;"),
            ("c.rs", "\nfn h(x: crate::a::A) {}"),
        ];
        let expected =
            "lib.rs: crate: b -> c -> a -> b\n    b -> c: b.rs:1\n    c -> a: c.rs:2\n    a -> b: a.rs:1 and 1 more";
        assert_eq!(found(&files), [expected]);
    }

    #[test]
    fn no_ring_is_found_where_none_is() {
        assert_eq!(between("", "use crate::b::B;", "use std::a::A;"), NONE);
        // A parent and its children may know each other.
        assert_eq!(rings(&[("lib.rs", "mod a; use a::A; struct P;"), ("a.rs", "use super::P; struct A;")]), NONE);
        assert_eq!(between("struct P;", "use crate::{P, b::B};", "use super::P;"), NONE);
        // Names of other crates, also where a module has the same.
        assert_eq!(between("", "use crate::b;", "use ::a::A; fn f() { ::a::g() }"), NONE);
        assert_eq!(between("use other::A;", "use crate::b;", "use crate::A;"), NONE);
    }

    #[test]
    fn a_ring_by_names_of_the_parent_is_found() {
        assert_eq!(between("pub use b::B;", "use crate::B;", "use crate::a;"), RING);
        assert_eq!(between("pub use b::*;", "use super::B;", "use crate::a; pub struct B;"), RING);
        assert_eq!(between("pub use b::*;", "use super::*; fn f(x: B) {}", "use crate::a; pub struct B;"), RING);
        assert_eq!(between("pub use b::*;", "fn f() { crate::g() }", "use crate::a; make! { g }"), RING);
        assert_eq!(between("pub use b::B as C;", "use crate::{C as D};", "use crate::a;"), RING);
        assert_eq!(between("", "use crate::m;", "use crate::a; #[macro_export] macro_rules! m { () => {} }"), RING);
        // The module and the function have one name.
        assert_eq!(between("pub use b::b;", "fn f() { crate::b() }", "use crate::a; pub fn b() {}"), RING);
    }

    #[test]
    fn a_ring_in_code_and_macros_is_found() {
        assert_eq!(between("", "use super::b;", "impl crate::a::T for S {}"), RING);
        assert_eq!(between("", "use super::b;", "fn f() { use super::a as x; x::g() }"), RING);
        assert_eq!(between("", "use super::b;", "fn f() { print!(\"{}\", crate::a::g()) }"), RING);
        assert_eq!(between("", "use super::b;", "macro_rules! m { () => { $crate::a::g() } }"), RING);
        assert_eq!(between("", "use super::b;", "/// See [`crate::a`].\nfn f() -> &str { \"crate::a::g\" }"), NONE);
    }

    #[test]
    fn a_ring_is_one_of_the_level_where_its_modules_are_siblings() {
        let nested = |a: &str, d: &str, c: &str| {
            rings(&[("lib.rs", "mod a; mod c;"), ("a/mod.rs", a), ("a/b.rs", ""), ("a/d.rs", d), ("c.rs", c)])
        };
        assert_eq!(nested("mod b; mod d;", "use crate::c;", "use crate::a::b::B;"), ["crate: a -> c -> a"]);
        assert_eq!(nested("mod d; mod b { use super::d; }", "use super::b::B;", ""), ["crate::a: b -> d -> b"]);
        let by_parent = nested("mod d; mod b { use super::D; struct B; } use {b::B, d::D};", "use super::B;", "");
        assert_eq!(by_parent, ["crate::a: b -> d -> b"]);
        assert_eq!(nested("mod b; mod d; use crate::c;", "use super::b;", ""), NONE);
    }

    #[test]
    fn tests_may_use_everything() {
        let test = "#[cfg(test)] mod tests { use crate::a; } #[cfg(all(test, unix))] use crate::a;";
        assert_eq!(between("", "use super::b;", test), NONE);
        assert_eq!(rings(&[("lib.rs", "mod a; #[cfg(test)] mod b;"), ("a.rs", "use crate::b;")]), NONE);
    }
}
