//! The workspace's folders, files and packages. Knows nothing about rules for them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;

/// The folders that hold Rust sources.
const SOURCE_FOLDERS: &[&str] = &["benches", "crates", "examples", "tests", "xtask"];

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

/// A member of the workspace and what it depends on.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// The files of the roots of its libraries and programs, by their paths from the root of the workspace.
    pub(crate) roots: Vec<String>,
}

/// One entry of a package's dependencies.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Whether only tests, examples and benchmarks use it.
    pub(crate) is_dev: bool,
}

/// What cargo knows about the workspace.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) target: PathBuf,
}

/// Asks cargo for the members of the workspace, without looking at other packages.
pub(crate) fn metadata() -> Result<Metadata> {
    let text = process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    parse(&text).context("cargo metadata: not the format expected")
}

fn parse(text: &str) -> Result<Metadata> {
    let metadata: Value = serde_json::from_str(text)?;
    let target = PathBuf::from(string(&metadata, "target_directory")?);
    let packages = list(&metadata, "packages")?.iter().map(package).collect::<Result<_>>()?;
    Ok(Metadata { packages, target })
}

fn package(value: &Value) -> Result<Package> {
    let dependencies = list(value, "dependencies")?
        .iter()
        .map(|dependency| Ok(Dependency { name: string(dependency, "name")?, is_dev: dependency["kind"] == "dev" }));
    let mut roots = Vec::new();
    for target in list(value, "targets")? {
        let kinds = list(target, "kind")?;
        if kinds.iter().any(|kind| kind == "lib" || kind == "bin" || kind == "proc-macro") {
            roots.push(from_root(&string(target, "src_path")?));
        }
    }
    Ok(Package { name: string(value, "name")?, dependencies: dependencies.collect::<Result<_>>()?, roots })
}

/// The path from the root with `/` between folders.
fn from_root(path: &str) -> String {
    let path = Path::new(path);
    let parts = path.strip_prefix(root()).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn string(value: &Value, key: &str) -> Result<String> {
    value[key].as_str().map(str::to_owned).with_context(|| format!("{key} is no text"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value]> {
    value[key].as_array().map(Vec::as_slice).with_context(|| format!("{key} is no list"))
}

/// A file, by its path from the root with `/` between folders.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Reads a file by its path from the root.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// All Rust sources of the workspace, by path.
pub(crate) fn rust_files() -> Result<Vec<File>> {
    let mut files = Vec::new();
    for folder in SOURCE_FOLDERS.iter().filter(|folder| root().join(folder).is_dir()) {
        files_under(folder, "rs", &mut files)?;
    }
    if files.is_empty() {
        bail!("no Rust source found in {}", root().display());
    }
    Ok(files)
}

/// All files with an extension under a folder of the root, by path.
pub(crate) fn files_under(folder: &str, extension: &str, files: &mut Vec<File>) -> Result<()> {
    let full = root().join(folder);
    let entries = fs::read_dir(&full).with_context(|| format!("cannot read {folder}"))?;
    let mut entries = entries.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            if name != "target" && !name.starts_with('.') {
                files_under(&path, extension, files)?;
            }
        } else if Path::new(&name).extension().is_some_and(|found| found == extension) {
            let text = read(&path)?;
            files.push(File { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_tells_kinds_of_dependencies_apart() {
        let text = r#"{"target_directory": "/t", "packages": [{"name": "a", "dependencies": [
            {"name": "b", "kind": null}, {"name": "c", "kind": "dev"}], "targets": [
            {"kind": ["lib"], "src_path": "a/src/lib.rs"}, {"kind": ["test"], "src_path": "a/tests/b.rs"}]}]}"#;
        let metadata = parse(text).unwrap();
        let found: Vec<_> = metadata.packages[0].dependencies.iter().map(|d| (d.name.as_str(), d.is_dev)).collect();
        assert_eq!(found, [("b", false), ("c", true)]);
        assert_eq!(metadata.packages[0].roots, ["a/src/lib.rs"]);
        assert!(parse(r#"{"packages": []}"#).is_err());
    }
}
