//! Fetches wheels that are pinned to a version and a hash, through pip or uv. Knows nothing of what is in them, and no
//! package index: pip's own settings decide where it asks.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fs4::fs_std::FileExt;
use tempfile::TempDir;

use crate::fingerprint::hash_reader;
use crate::{Error, PrivateDir, Result};

/// The beginning of the names of folders that downloads go to.
const DOWNLOAD_PREFIX: &str = ".download-";

/// How often the size of a download is looked at.
const POLL: Duration = Duration::from_millis(50);

/// How far an installation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another process installs into the folder; this one waits for it.
    Waiting,
    /// The wheel is being fetched.
    Downloading {
        /// Bytes that have arrived, as far as can be seen.
        bytes: u64,
        /// The wheel's size.
        total: u64,
    },
    /// The wheel's hash is being computed.
    Checking,
    /// What is needed of the wheel is being unpacked.
    Unpacking {
        /// Bytes that were written.
        bytes: u64,
        /// The bytes there are.
        total: u64,
    },
    /// Everything is in its place.
    Done,
}

/// A wheel on the Python package index, pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wheel {
    /// The package.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The wheel's platform tag.
    pub tag: &'static str,
    /// The Python version in the wheel's name, for packages that have a wheel for each.
    pub python: &'static str,
    /// The wheel's size in bytes.
    pub bytes: u64,
    /// The wheel's SHA-256.
    pub sha256: &'static str,
}

/// Fetches a wheel into a new folder of `folder`, with pip, and checks its hash.
///
/// # Errors
/// [`Error::NoInstaller`], [`Error::Download`], [`Error::WrongHash`], [`Error::Wheel`] and [`Error::Io`].
pub fn fetch_wheel(wheel: &Wheel, folder: &Path, progress: &mut dyn FnMut(Progress)) -> Result<PathBuf> {
    let folder = folder.join(wheel.package);
    fs::create_dir(&folder).map_err(Error::io("cannot create the folder", &folder))?;
    // uv would unpack the wheel, whose hash is what is pinned.
    let pips: Vec<Installer> = Installer::ALL.into_iter().filter(|installer| *installer != Installer::Uv).collect();
    fetch(wheel, choose_installer(&pips, "")?, &folder, progress)?;
    let path = find_wheel(&folder)?;
    progress(Progress::Checking);
    check_wheel(wheel, &path)?;
    Ok(path)
}

/// A folder of the cache that this process alone installs into.
#[derive(Debug)]
pub struct Downloads {
    dir: PathBuf,
    /// Closed by the system when the process ends, whatever ends it.
    _lock: File,
}

impl Downloads {
    /// Makes the folder if need be, and waits until no other process installs into it.
    ///
    /// # Errors
    /// [`Error::NotPrivate`] if others can change the folder, and [`Error::Io`].
    pub fn lock(dir: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Downloads> {
        const NAME: &str = ".lock";
        let folder = PrivateDir::create(dir)?;
        let path = folder.path().join(NAME);
        let file = folder.create_file(NAME.as_ref())?;
        if !matches!(FileExt::try_lock_exclusive(&file), Ok(true)) {
            progress(Progress::Waiting);
            FileExt::lock_exclusive(&file).map_err(Error::io("cannot lock", &path))?;
        }
        Ok(Downloads { dir: dir.to_owned(), _lock: file })
    }

    /// A new folder beside what is installed, which is removed with all that is in it when it is dropped. What processes left
    /// behind that were killed is removed first.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn folder(&self) -> Result<TempDir> {
        remove_abandoned(&self.dir);
        let folder = tempfile::Builder::new().prefix(DOWNLOAD_PREFIX).tempdir_in(&self.dir);
        folder.map_err(Error::io("cannot create a folder in", &self.dir))
    }
}

/// Removes what processes left behind that were killed. Only under the lock: nobody else downloads.
fn remove_abandoned(dir: &Path) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(DOWNLOAD_PREFIX) {
            // If it cannot be removed it is only a waste of space.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// How a wheel is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installer {
    /// A command that behaves as pip does: it leaves the wheel.
    Pip(&'static [&'static str]),
    /// uv, which cannot download without unpacking.
    Uv,
}

impl Installer {
    /// The installers, in the order in which they are tried.
    pub(crate) const ALL: [Installer; 5] = [
        Installer::Pip(&["python3", "-m", "pip"]),
        Installer::Pip(&["python", "-m", "pip"]),
        Installer::Pip(&["pip3"]),
        Installer::Pip(&["pip"]),
        Installer::Uv,
    ];

    fn words(self) -> &'static [&'static str] {
        match self {
            Installer::Pip(words) => words,
            Installer::Uv => &["uv"],
        }
    }
}

/// The first of the installers that runs. `otherwise` ends the error.
pub(crate) fn choose_installer(installers: &[Installer], otherwise: &str) -> Result<Installer> {
    let works = |installer: &Installer| {
        let mut command = start(installer.words());
        let status = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    installers.iter().copied().find(works).ok_or_else(|| {
        let tried: Vec<String> = installers.iter().map(|installer| installer.words().join(" ")).collect();
        Error::NoInstaller { tried: tried.join(", "), otherwise: otherwise.to_owned() }
    })
}

/// A command from its words, of which there is at least one.
fn start(words: &[&str]) -> Command {
    let mut command = Command::new(words.first().copied().unwrap_or_default());
    command.args(words.iter().skip(1));
    command
}

/// The command that fetches a wheel into the folder `wheel` of `dir`.
fn fetch_command(wheel: &Wheel, installer: Installer, dir: &Path) -> Command {
    let requirement = format!("{}=={}", wheel.package, wheel.version);
    let target = dir.join("wheel");
    let mut command = start(installer.words());
    match installer {
        Installer::Pip(_) => {
            command.args(["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off"]);
            // The wheel's hash is pinned, so that it has to be the same on each Python.
            command.args(["--python-version", wheel.python, "--platform", wheel.tag]);
            command.arg("--dest").arg(target).arg(requirement);
        }
        Installer::Uv => {
            command.args(["pip", "install", "--no-deps", "--only-binary=:all:", "--link-mode=copy"]);
            // uv knows few tags by name. This one takes wheels for older systems, too, and the
            // library's hash is pinned in any case.
            command.args(["--python-version", wheel.python]);
            command.args(["--python-platform", "x86_64-manylinux_2_31"]);
            command.arg("--target").arg(target).arg(requirement);
        }
    }
    // Downloads grow where they can be measured, and are removed with the folder.
    command.env("TMPDIR", dir).env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INPUT", "1");
    command
}

/// Runs the command that fetches a wheel into the folder `wheel` of `dir`.
pub(crate) fn fetch(wheel: &Wheel, installer: Installer, dir: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut command = fetch_command(wheel, installer, dir);
    let log_path = dir.join("log");
    let log = File::create(&log_path).map_err(Error::io("cannot create", &log_path))?;
    let log_too = log.try_clone().map_err(Error::io("cannot create", &log_path))?;
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let shown = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let failed = |output: String| Error::Download { command: shown.clone(), output };
    let mut child =
        command.stdin(Stdio::null()).stdout(log).stderr(log_too).spawn().map_err(|error| failed(error.to_string()))?;
    let status = loop {
        match child.try_wait().map_err(|error| failed(error.to_string()))? {
            Some(status) => break status,
            None => {
                let bytes = size_of_folder(dir).min(wheel.bytes);
                progress(Progress::Downloading { bytes, total: wheel.bytes });
                std::thread::sleep(POLL);
            }
        }
    };
    if status.success() {
        return Ok(());
    }
    let log = fs::read_to_string(&log_path).unwrap_or_default();
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    // pip says what matters last.
    let end = lines[lines.len().saturating_sub(4)..].join("; ");
    Err(failed(if end.is_empty() { status.to_string() } else { end }))
}

/// The bytes of the files in a folder; what disappears meanwhile does not count.
fn size_of_folder(dir: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(dir) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size_of_folder(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// The one wheel that pip left.
pub(crate) fn find_wheel(dir: &Path) -> Result<PathBuf> {
    let dir = dir.join("wheel");
    let entries = fs::read_dir(&dir).map_err(Error::io("cannot read", &dir))?;
    let wheel = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    wheel.ok_or_else(|| Error::Wheel { path: dir, message: "pip left no wheel".into() })
}

/// Opens a file if it is the pinned wheel.
pub(crate) fn check_wheel(wheel: &Wheel, path: &Path) -> Result<File> {
    let mut file = File::open(path).map_err(Error::io("cannot open", path))?;
    let found = hash_reader(&mut file).map_err(Error::io("cannot read", path))?;
    check_hash(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), wheel.sha256, found)?;
    Ok(file)
}

pub(crate) fn check_hash(what: String, expected: &str, found: String) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::WrongHash { what, expected: expected.to_owned(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_pin_version_and_platform() {
        let (package, version, tag, python) = ("libtpu", "1.2", "manylinux_2_31_x86_64", "3.11");
        let wheel = Wheel { package, version, tag, python, bytes: 1, sha256: "" };
        let pip = format!("{:?}", fetch_command(&wheel, Installer::ALL[0], Path::new("dir")));
        for word in ["libtpu==1.2", "--no-deps", "manylinux_2_31_x86_64", "3.11"] {
            assert!(pip.contains(word), "{pip}");
        }
        let uv = format!("{:?}", fetch_command(&wheel, Installer::Uv, Path::new("dir")));
        assert!(uv.contains("x86_64-manylinux_2_31"), "{uv}");
    }

    #[test]
    fn abandoned_downloads_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join(".download-old/wheel")).unwrap();
        fs::write(dir.path().join("plugin"), "").unwrap();
        remove_abandoned(dir.path());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_removed_with_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().canonicalize().unwrap();
        let downloads = Downloads::lock(&dir, &mut |_| {}).unwrap();
        let folder = downloads.folder().unwrap();
        fs::write(folder.path().join("half"), "").unwrap();
        drop(folder);
        let left: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [".lock"]);
    }

    #[test]
    fn what_is_missing_is_named() {
        let nowhere = Installer::Pip(&["no-such-program", "-m", "pip"]);
        let error = choose_installer(&[nowhere], ", or wait").unwrap_err().to_string();
        assert!(error.contains("tried no-such-program -m pip") && error.ends_with("one of them, or wait"), "{error}");
    }
}
