//! What each crate and file may know: the table of crates and the rules for sources, as data, and their
//! check. The one place where the layers are written down for a machine; `docs/src/architecture.md` has
//! them for people.

use std::fmt::Write;

use anyhow::{Result, bail};

use crate::rings;
use crate::source::{attributes, paths, tokens, words};
use crate::workspace::{self, File, Metadata};

/// Which members of the workspace a member may depend on, in tests too.
const CRATES: &[(&str, &[&str])] = &[
    ("hloom-ir", &[]),
    ("hloom-kernels", &[]),
    ("hloom-backend", &["hloom-ir"]),
    ("hloom-transform", &["hloom-ir"]),
    ("hloom-hlo", &["hloom-backend", "hloom-ir", "hloom-transform"]),
    ("hloom-pjrt", &["hloom-backend", "hloom-ir"]),
    ("hloom-pjrt-backend", &["hloom-backend", "hloom-hlo", "hloom-ir", "hloom-kernels", "hloom-pjrt"]),
    ("hloom-xla", &["hloom-backend", "hloom-hlo", "hloom-ir"]),
    // Its examples are of the library that depends on it: cargo allows such a circle in tests only.
    ("hloom-macros", &["hloom"]),
    ("hloom", &["hloom-backend", "hloom-ir", "hloom-macros", "hloom-pjrt-backend", "hloom-transform", "hloom-xla"]),
    ("hloom-bench", &["hloom", "hloom-pjrt"]),
    ("hloom-cli", &["hloom", "hloom-backend", "hloom-bench", "hloom-benches", "hloom-pjrt"]),
    ("hloom-programs", &["hloom"]),
    (
        "hloom-tests",
        &["hloom", "hloom-backend", "hloom-hlo", "hloom-ir", "hloom-pjrt", "hloom-programs", "hloom-transform"],
    ),
    ("hloom-examples", &["hloom"]),
    (
        "hloom-benches",
        &[
            "hloom",
            "hloom-backend",
            "hloom-bench",
            "hloom-hlo",
            "hloom-ir",
            "hloom-pjrt",
            "hloom-programs",
            "hloom-transform",
        ],
    ),
    ("xtask", &["hloom", "hloom-ir", "hloom-pjrt", "hloom-xla"]),
];

/// Dependencies that belong to one member; tests of others may use them.
const OWNED: &[(&str, &str)] =
    &[("libloading", "hloom-pjrt"), ("petgraph", "hloom-ir"), ("rayon", "hloom-kernels"), ("rdst", "hloom-kernels")];

/// Where a word may stand in code: in files whose path starts with one of the places.
struct WordRule {
    matches: fn(&str) -> bool,
    places: &'static [&'static str],
    what: &'static str,
}

const WORDS: &[WordRule] = &[
    WordRule {
        matches: |word| word == "petgraph",
        places: &["crates/hloom-ir/src/graph.rs"],
        what: "petgraph is named in one file",
    },
    WordRule {
        matches: |word| word == "unsafe",
        places: &[FFI, "crates/hloom-xla/src/process.rs"],
        what: "unsafe code belongs to the FFI, and to what concerns the process as a whole",
    },
    WordRule {
        matches: |word| word == "xla",
        places: &["crates/hloom-xla/", "tests/tests/backend/", "xtask/"],
        what: "one crate knows the `xla` crate",
    },
    WordRule { matches: |word| word == "libloading", places: &[FFI], what: "libraries are loaded by the FFI" },
    WordRule { matches: |word| word.starts_with("PJRT_"), places: &[FFI], what: "the C API belongs to the FFI" },
    WordRule {
        matches: |word| {
            word == "prost" || word == "PrimitiveType" || word.starts_with("Hlo") && word.ends_with("Proto")
        },
        places: &["crates/hloom-hlo/", "crates/hloom-pjrt/", "crates/hloom-xla/src/backend.rs"],
        what: "HLO's messages belong to hloom-hlo",
    },
    WordRule {
        matches: |word| word == "hloom_hlo",
        places: &["crates/hloom-hlo/", "crates/hloom-pjrt-backend/", "crates/hloom-xla/", "tests/", "benches/"],
        what: "only backends lower",
    },
    WordRule {
        matches: |word| word == "hloom_pjrt",
        places: &[
            "crates/hloom-pjrt/",
            "crates/hloom-pjrt-backend/",
            "crates/hloom-cli/",
            "crates/hloom-bench/",
            "tests/",
            "benches/",
            "xtask/",
        ],
        what: "only the backend over them, the program and the harness, which measures their floor, know of plugins",
    },
    WordRule {
        matches: |word| word == "hloom_pjrt_backend",
        places: &["crates/hloom-pjrt-backend/", "crates/hloom/src/eval/driver.rs"],
        what: "the driver is named in one file",
    },
    WordRule {
        matches: |word| word == "hloom_xla",
        places: &["crates/hloom/src/eval/driver.rs", "tests/", "benches/", "xtask/"],
        what: "the driver is named in one file",
    },
    WordRule {
        matches: |word| matches!(word, "should_panic" | "todo" | "unimplemented" | "dbg"),
        places: &[],
        what: "no test that expects a panic, no unfinished code",
    },
];

const FFI: &str = "crates/hloom-pjrt/src/ffi/";

/// Crates that are pure functions: they reach no files, processes or network.
const PURE: &[&str] =
    &["crates/hloom-backend/src/", "crates/hloom-hlo/src/", "crates/hloom-ir/src/", "crates/hloom-transform/src/"];

/// Modules of the standard library that reach out of the process.
const REACHING_OUT: &[&str] = &["env", "fs", "net", "process"];

/// The crate roots that may not forbid unsafe code, because a module of theirs holds it.
const UNSAFE_ROOTS: &[&str] = &["crates/hloom-pjrt/src/lib.rs", "crates/hloom-xla/src/lib.rs"];

/// The longest a file may be.
const MAX_LINES: usize = 800;

/// Checks every rule on the workspace.
pub(crate) fn check() -> Result<()> {
    let files = workspace::rust_files()?;
    let metadata = workspace::metadata()?;
    let mut violations = packages(&metadata);
    files.iter().for_each(|file| sources(file, &mut violations));
    let roots = metadata.packages.iter().flat_map(|package| &package.roots).map(String::as_str);
    let rings = rings::find(roots.clone(), &files)?;
    violations.extend(rings.into_iter().map(|ring| format!("a ring of modules in {ring}")));
    let unnamed = rings::unnamed(roots, &files)?;
    violations.extend(unnamed.into_iter().map(|path| format!("{path} is no module of a crate")));
    if violations.is_empty() {
        println!("{} packages and {} files keep to their layers", CRATES.len(), files.len());
        return Ok(());
    }
    let mut text = String::new();
    for violation in &violations {
        write!(text, "\n  {violation}")?;
    }
    bail!("{} violations of layers:{text}", violations.len())
}

fn packages(metadata: &Metadata) -> Vec<String> {
    let mut violations = Vec::new();
    let is_member = |name: &str| metadata.packages.iter().any(|package| package.name == name);
    for package in &metadata.packages {
        let Some((_, allowed)) = CRATES.iter().find(|(name, _)| *name == package.name) else {
            violations.push(format!("package {} has no row in the table of crates", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if is_member(name) && !allowed.contains(&name) {
                violations.push(format!("{} must not depend on {name}", package.name));
            }
            let owner = OWNED.iter().find(|(owned, _)| *owned == name).map(|(_, owner)| *owner);
            if let Some(owner) = owner.filter(|&owner| owner != package.name && !dependency.is_dev) {
                violations.push(format!("{} must not depend on {name}, which is {owner}'s", package.name));
            }
        }
    }
    for (name, _) in CRATES.iter().filter(|(name, _)| !is_member(name)) {
        violations.push(format!("the table of crates has a row for {name}, which is no package"));
    }
    violations
}

fn sources(file: &File, violations: &mut Vec<String>) {
    let File { path, text } = file;
    let n_lines = text.lines().count();
    if n_lines > MAX_LINES {
        violations.push(format!("{path} has {n_lines} lines, more than {MAX_LINES}"));
    }
    if !text.starts_with("//!") {
        violations.push(format!("{path} does not open with what it is and what it must not know"));
    }
    let tokens = match tokens(text) {
        Ok(tokens) => tokens,
        Err(error) => return violations.push(format!("{path}: {error}")),
    };
    for word in words(tokens.clone()) {
        for rule in WORDS {
            if (rule.matches)(&word.text) && !rule.places.iter().any(|place| path.starts_with(place)) {
                violations.push(format!("{path}:{}: `{}`: {}", word.line, word.text, rule.what));
            }
        }
    }
    for found in paths(tokens.clone()).iter().filter(|_| PURE.iter().any(|place| path.starts_with(place))) {
        if found.names[0] == "std" && REACHING_OUT.contains(&found.names[1].as_str()) {
            violations.push(format!("{path}:{}: `std::{}` in a crate of pure functions", found.line, found.names[1]));
        }
    }
    let attributes = attributes(tokens);
    for found in attributes.iter().filter(|found| found.words.first().is_some_and(|word| word == "ignore")) {
        violations.push(format!("{path}:{}: a test that is ignored", found.line));
    }
    let is_root = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
    let forbids = attributes.iter().any(|found| found.is_inner && found.words == ["forbid", "unsafe_code"]);
    if is_root && !UNSAFE_ROOTS.contains(&path.as_str()) && !forbids {
        violations.push(format!("{path} does not forbid unsafe code"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{Dependency, Package};

    fn found(path: &str, text: &str) -> usize {
        let mut violations = Vec::new();
        sources(&File { path: path.to_owned(), text: format!("//! About.\n{text}") }, &mut violations);
        violations.len()
    }

    #[test]
    fn words_are_kept_to_their_places() {
        assert_eq!(found("crates/hloom-ir/src/graph.rs", "use petgraph::Graph;"), 0);
        assert_eq!(found("crates/hloom-ir/src/shape.rs", "use petgraph::Graph;"), 1);
        assert_eq!(found("crates/hloom-ir/src/shape.rs", "// As petgraph does.\nconst X: &str = \"unsafe\";"), 0);
        assert_eq!(found("crates/hloom-pjrt/src/ffi/raw.rs", "unsafe fn f() {}"), 0);
        assert_eq!(found("crates/hloom-pjrt/src/find.rs", "unsafe fn f() {}"), 1);
        assert_eq!(found("crates/hloom/src/numpy/linalg.rs", "use hloom_hlo::lower;"), 1);
        assert_eq!(found("crates/hloom-hlo/src/types.rs", "fn f() { std::fs::read(x) }"), 1);
        assert_eq!(found("crates/hloom-hlo/src/types.rs", "use std::{env::var, fmt, fs};"), 2);
        assert_eq!(found("crates/hloom-ir/src/shape.rs", "macro_rules! m { () => { unsafe { ::std::fs::f() } } }"), 2);
    }

    #[test]
    fn tests_that_cannot_fail_are_found() {
        assert_eq!(found("tests/tests/a.rs", "#[test]\n#[ignore]\nfn f() {}"), 1);
        assert_eq!(found("tests/tests/a.rs", "#[ignore = \"slow\"]\nfn f() {}"), 1);
        assert_eq!(found("tests/tests/a.rs", "#[should_panic]\nfn f() { todo!() }"), 2);
    }

    #[test]
    fn files_say_what_they_are_and_stay_short() {
        let mut violations = Vec::new();
        sources(&File { path: "crates/x/src/lib.rs".to_owned(), text: "fn f() {}".to_owned() }, &mut violations);
        assert_eq!(violations.len(), 2);
        assert_eq!(found("crates/x/src/lib.rs", "#![forbid(unsafe_code)]"), 0);
        assert_eq!(found("crates/x/src/a.rs", "fn f() { \""), 1);
        assert_eq!(found("crates/x/src/a.rs", &"\n".repeat(MAX_LINES)), 1);
    }

    #[test]
    fn dependencies_point_down() {
        let dependency = |name: &str, is_dev| Dependency { name: name.to_owned(), is_dev };
        let metadata = |name: &str, dependencies| Metadata {
            packages: CRATES
                .iter()
                .filter(|(member, _)| *member != name)
                .map(|(member, _)| Package { name: (*member).to_owned(), dependencies: Vec::new(), roots: Vec::new() })
                .chain([Package { name: name.to_owned(), dependencies, roots: Vec::new() }])
                .collect(),
            target: "target".into(),
        };
        let found = |name, dependencies| packages(&metadata(name, dependencies)).len();
        assert_eq!(found("hloom", vec![dependency("hloom-ir", false), dependency("smallvec", false)]), 0);
        assert_eq!(found("hloom-ir", vec![dependency("hloom-hlo", true)]), 1);
        assert_eq!(found("hloom-pjrt", vec![dependency("petgraph", false)]), 1);
        assert_eq!(found("hloom-pjrt", vec![dependency("petgraph", true)]), 0);
        assert_eq!(found("hloom-new", Vec::new()), 1);
    }
}
