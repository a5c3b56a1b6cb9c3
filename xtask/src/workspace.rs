//! The workspace's folders, files and packages. Knows nothing about rules for them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cargo_metadata::camino::Utf8Path;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// The folders that hold Rust sources.
const SOURCE_FOLDERS: &[&str] = &["benches", "crates", "examples", "programs", "tests", "xtask"];

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
    let metadata = MetadataCommand::new().current_dir(root()).no_deps().exec()?;
    Ok(Metadata {
        packages: metadata.packages.into_iter().map(|found| package(found, &metadata.workspace_root)).collect(),
        target: metadata.target_directory.into_std_path_buf(),
    })
}

fn package(package: cargo_metadata::Package, root: &Utf8Path) -> Package {
    let dependencies = package
        .dependencies
        .into_iter()
        .map(|dependency| Dependency { name: dependency.name, is_dev: dependency.kind == DependencyKind::Development });
    let crates = package.targets.iter().filter(|target| target.is_lib() || target.is_bin() || target.is_proc_macro());
    let roots = crates.map(|target| {
        let path = target.src_path.strip_prefix(root).unwrap_or(&target.src_path);
        path.components().map(|part| part.as_str()).collect::<Vec<_>>().join("/")
    });
    Package { name: package.name.to_string(), dependencies: dependencies.collect(), roots: roots.collect() }
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
    use serde_json::json;

    use super::*;

    #[test]
    fn metadata_tells_kinds_apart() {
        let target = |kind: &str, path: &str| json!({"name": "a", "kind": [kind], "crate_types": ["lib"], "src_path": format!("/a/{path}")});
        let dependency = |name: &str, kind: Option<&str>| {
            json!({
                "name": name, "kind": kind, "req": "1", "optional": false, "uses_default_features": true,
                "features": [], "target": null,
            })
        };
        let text = json!({
            "name": "a", "version": "1.0.0", "id": "a 1.0.0", "manifest_path": "/a/b/Cargo.toml", "features": {},
            "dependencies": [dependency("b", None), dependency("c", Some("dev"))],
            "targets": [target("proc-macro", "b/src/lib.rs"), target("test", "b/tests/c.rs")],
        });
        let package = package(serde_json::from_value(text).unwrap(), "/a".into());
        let found: Vec<_> = package.dependencies.iter().map(|d| (d.name.as_str(), d.is_dev)).collect();
        assert_eq!(found, [("b", false), ("c", true)]);
        assert_eq!(package.roots, ["b/src/lib.rs"]);
    }

    #[test]
    fn this_package_is_a_member() {
        let metadata = metadata().unwrap();
        let package = metadata.packages.iter().find(|package| package.name == "xtask").unwrap();
        assert_eq!(package.roots, ["xtask/src/book.rs", "xtask/src/main.rs"]);
    }
}
