//! Looks for a plugin: in the environment, in the cache, in Python environments. Loads none.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cache::plugins_dir;
use crate::{DeviceKind, Error, Plugin, PrivateDir, Result, table::plugin_variable};

/// Where a plugin was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Named by an environment variable.
    Variable(&'static str),
    /// Installed in hloom's cache, by this name.
    Installed(&'static str),
    /// Part of a Python package in this folder.
    Python(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Variable(name) => write!(f, "named by {name}"),
            Origin::Installed(name) => write!(f, "installed as {name}"),
            Origin::Python(folder) => write!(f, "Python package in {}", folder.display()),
        }
    }
}

/// A plugin's file and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
}

/// Looks for the plugin for a class of devices.
///
/// # Errors
/// [`Error::Load`] if the environment names a file that is not there, [`Error::NotPrivate`] if others can
/// change the installed one, [`Error::NotFound`] if there is none anywhere.
pub fn find(kind: DeviceKind) -> Result<Found> {
    let variable = plugin_variable(kind);
    if let Some(path) = env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from) {
        if !path.is_file() {
            return Err(Error::Load { path, message: format!("{variable} names it, but it is not a file") });
        }
        return Ok(Found { path, origin: Origin::Variable(variable) });
    }
    if let Some(found) = Plugin::for_kind(kind).find_map(installed) {
        check_private(&found.path)?;
        return Ok(found);
    }
    let active = active_environments();
    if let Some(found) = active.iter().find_map(|folder| in_python(kind, folder)) {
        return Ok(found);
    }
    // Starting Python takes longer than all of the above, so that it comes last.
    if let Some(found) = python_folders().iter().find_map(|folder| in_python(kind, folder)) {
        return Ok(found);
    }
    let suggestion = Plugin::for_kind(kind).next().map_or("cpu", |plugin| plugin.name);
    Err(Error::NotFound { kind, suggestion })
}

/// Refuses a file that others can change or exchange: they would decide what is run.
fn check_private(path: &Path) -> Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Error::NotPrivate { path: path.to_owned() });
    };
    PrivateDir::open(folder)?.open_file(name).map(|_| ())
}

/// A plugin of the table, if it is in hloom's cache.
pub fn installed(plugin: &'static Plugin) -> Option<Found> {
    let path = plugins_dir().ok()?.join(plugin.installed_path());
    path.is_file().then_some(Found { path, origin: Origin::Installed(plugin.name) })
}

/// The first library of the table's packages in a folder of Python packages.
fn in_python(kind: DeviceKind, folder: &Path) -> Option<Found> {
    Plugin::for_kind(kind)
        .map(|plugin| folder.join(plugin.member))
        .find(|path| path.is_file())
        .map(|path| Found { path, origin: Origin::Python(folder.to_owned()) })
}

/// The package folders of the environments that the shell has activated.
fn active_environments() -> Vec<PathBuf> {
    let prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(env::var_os);
    prefixes.flat_map(|prefix| package_folders(Path::new(&prefix))).collect()
}

/// `lib/python3.x/site-packages` under a prefix, the newest Python first.
fn package_folders(prefix: &Path) -> Vec<PathBuf> {
    let Ok(entries) = prefix.join("lib").read_dir() else { return Vec::new() };
    let mut pythons: Vec<(u32, PathBuf)> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let minor = path.file_name()?.to_str()?.strip_prefix("python3.")?.parse().ok()?;
            Some((minor, path.join("site-packages")))
        })
        .collect();
    pythons.sort_by(|left, right| right.cmp(left));
    pythons.into_iter().map(|(_, folder)| folder).collect()
}

/// The package folders of the `python3` that is run by that name.
fn python_folders() -> Vec<PathBuf> {
    const PROGRAM: &str = "import site, sys\n\
        folders = site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])\n\
        sys.stdout.write('\\n'.join(folders))";
    let output = Command::new("python3")
        // -I keeps the current folder out, from which a stray site.py could be run.
        .args(["-I", "-c", PROGRAM])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    match output {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).lines().map(PathBuf::from).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_in_the_newest_python() {
        let dir = tempfile::tempdir().unwrap();
        for minor in [9, 12, 11] {
            std::fs::create_dir_all(dir.path().join(format!("lib/python3.{minor}/site-packages"))).unwrap();
        }
        std::fs::create_dir_all(dir.path().join("lib/other")).unwrap();
        let folders = package_folders(dir.path());
        assert_eq!(folders.len(), 3);
        assert!(folders[0].ends_with("python3.12/site-packages"));
        assert_eq!(in_python(DeviceKind::Tpu, &folders[0]), None);
        let library = folders[0].join("libtpu/libtpu.so");
        std::fs::create_dir_all(library.parent().unwrap()).unwrap();
        std::fs::write(&library, "").unwrap();
        let found = in_python(DeviceKind::Tpu, &folders[0]).unwrap();
        assert_eq!(found.path, library);
        assert_eq!(in_python(DeviceKind::Cpu, &folders[0]), None);
    }
}
