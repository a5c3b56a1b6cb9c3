//! Installs a plugin of the table: lets pip or uv fetch its wheel, checks it, and puts its library into
//! the cache. Loads nothing, and knows no package index: pip's own settings decide where it asks.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use fs4::fs_std::FileExt;

use crate::cache::plugins_dir;
use crate::find::{Found, Origin, installed};
use crate::fingerprint::{PluginFile, hash_reader};
use crate::table::PLUGINS;
use crate::{Error, Plugin, PrivateDir, Result, table::plugin_variable};

use sha2::{Digest, Sha256};

/// The beginning of the names of folders that downloads go to.
const DOWNLOAD_PREFIX: &str = ".download-";

/// How many bytes of a library are copied between two reports of it.
const CHUNK: usize = 1 << 18;

/// How often the size of a download is looked at.
const POLL: Duration = Duration::from_millis(50);

/// How far an installation has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Another process installs a plugin; this one waits for it.
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
    /// The library is being unpacked.
    Unpacking {
        /// Bytes that were written.
        bytes: u64,
        /// The library's size.
        total: u64,
    },
    /// The library is in its place.
    Done,
}

/// How a wheel is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Installer {
    /// A command that behaves as pip does: it leaves the wheel.
    Pip(&'static [&'static str]),
    /// uv, which cannot download without unpacking.
    Uv,
}

/// The installers, in the order in which they are tried.
const INSTALLERS: [Installer; 5] = [
    Installer::Pip(&["python3", "-m", "pip"]),
    Installer::Pip(&["python", "-m", "pip"]),
    Installer::Pip(&["pip3"]),
    Installer::Pip(&["pip"]),
    Installer::Uv,
];

/// Installs a plugin by its name in the table. One that is there already, and intact, is left alone.
///
/// Whatever fails, the cache is left as it was.
///
/// # Errors
/// [`Error::UnknownPlugin`], [`Error::WrongPlatform`], [`Error::NoInstaller`], [`Error::Download`],
/// [`Error::WrongHash`], [`Error::Wheel`] and [`Error::Io`].
pub fn install(name: &str, progress: &mut dyn FnMut(Progress)) -> Result<Found> {
    let plugin = Plugin::named(name).ok_or_else(|| {
        let known: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
        Error::UnknownPlugin { name: name.to_owned(), known: known.join(", ") }
    })?;
    check_platform(plugin)?;
    let dir = plugins_dir()?;
    let _lock = lock(&PrivateDir::create(&dir)?, progress)?;
    if let Some(found) = installed(plugin)
        && PluginFile::new(&found.path)?.hash()? == plugin.member_sha256
    {
        progress(Progress::Done);
        return Ok(found);
    }
    remove_abandoned(&dir);
    // Removed when dropped, whatever happens.
    let download = tempfile::Builder::new()
        .prefix(DOWNLOAD_PREFIX)
        .tempdir_in(&dir)
        .map_err(Error::io("cannot create a folder in", &dir))?;
    let target = dir.join(plugin.installed_path());
    let installer = choose_installer(plugin)?;
    fetch(plugin, installer, download.path(), progress)?;
    let placed = match installer {
        Installer::Pip(_) => find_wheel(download.path()).and_then(|wheel| unpack(plugin, &wheel, &target, progress)),
        Installer::Uv => place_unpacked(plugin, download.path(), &target, progress),
    };
    if placed.is_err() {
        remove_empty_folders(&dir, &target);
    }
    placed?;
    // Computed now, so that the first program does not wait for it.
    PluginFile::new(&target)?.hash()?;
    progress(Progress::Done);
    Ok(Found { path: target, origin: Origin::Installed(plugin.name) })
}

/// Installs with a line on standard error now and then.
pub(crate) fn install_with_log(name: &str) -> Result<Found> {
    eprintln!("hloom: installing the plugin {name}, because HLOOM_AUTO_INSTALL=1");
    let mut reported = 0;
    let found = install(name, &mut |progress| match progress {
        Progress::Waiting => eprintln!("hloom: waiting for another process that installs a plugin"),
        Progress::Downloading { bytes, total } => {
            let tenths = bytes * 10 / total.max(1);
            if tenths > reported {
                reported = tenths;
                eprintln!("hloom: downloading, {} of {} MB", bytes / 1_000_000, total / 1_000_000);
            }
        }
        Progress::Checking | Progress::Unpacking { .. } | Progress::Done => {}
    })?;
    eprintln!("hloom: installed {}", found.path.display());
    Ok(found)
}

/// Refuses what could be fetched but not loaded.
fn check_platform(plugin: &Plugin) -> Result<()> {
    if cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")) {
        return Ok(());
    }
    Err(Error::WrongPlatform {
        name: plugin.name,
        expected: "x86-64 Linux with glibc",
        found: format!("{} {}", std::env::consts::ARCH, std::env::consts::OS),
        variable: plugin_variable(plugin.kind),
    })
}

/// Keeps other processes from installing until the file is closed, which the system does for a process
/// that ends.
fn lock(dir: &PrivateDir, progress: &mut dyn FnMut(Progress)) -> Result<File> {
    const NAME: &str = ".lock";
    let path = dir.path().join(NAME);
    let file = dir.create_file(NAME.as_ref())?;
    if !matches!(FileExt::try_lock_exclusive(&file), Ok(true)) {
        progress(Progress::Waiting);
        FileExt::lock_exclusive(&file).map_err(Error::io("cannot lock", &path))?;
    }
    Ok(file)
}

/// Removes the folders that were made for a library that did not get there.
fn remove_empty_folders(dir: &Path, target: &Path) {
    for folder in target.ancestors().skip(1).take_while(|folder| *folder != dir) {
        // Fails if something else is in it, which then stays.
        let _ = fs::remove_dir(folder);
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

fn choose_installer(plugin: &Plugin) -> Result<Installer> {
    let works = |installer: &Installer| {
        let mut command = match installer {
            Installer::Pip(words) => start(words),
            Installer::Uv => start(&["uv"]),
        };
        let status = command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    INSTALLERS.into_iter().find(works).ok_or_else(|| Error::NoInstaller {
        tried: "python3 -m pip, python -m pip, pip3, pip, uv".into(),
        variable: plugin_variable(plugin.kind),
    })
}

/// A command from its words, of which there is at least one.
fn start(words: &[&str]) -> Command {
    let mut command = Command::new(words.first().copied().unwrap_or_default());
    command.args(words.iter().skip(1));
    command
}

/// The command that fetches a plugin into the folder `wheel` of `dir`.
fn fetch_command(plugin: &Plugin, installer: Installer, dir: &Path) -> Command {
    let requirement = format!("{}=={}", plugin.package, plugin.version);
    let wheel = dir.join("wheel");
    let mut command;
    match installer {
        Installer::Pip(words) => {
            command = start(words);
            command.args(["download", "--no-deps", "--only-binary=:all:", "--progress-bar=off"]);
            // The wheel's hash is pinned, so that it has to be the same on each Python.
            command.args(["--python-version", plugin.python, "--platform", plugin.tag]);
            command.arg("--dest").arg(wheel).arg(requirement);
        }
        Installer::Uv => {
            command = start(&["uv", "pip", "install", "--no-deps", "--only-binary=:all:", "--link-mode=copy"]);
            // uv knows few tags by name. This one takes wheels for older systems, too, and the
            // library's hash is pinned in any case.
            command.args(["--python-version", plugin.python]);
            command.args(["--python-platform", "x86_64-manylinux_2_31"]);
            command.arg("--target").arg(wheel).arg(requirement);
        }
    }
    // Downloads grow where they can be measured, and are removed with the folder.
    command.env("TMPDIR", dir).env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INPUT", "1");
    command
}

/// Runs the command that fetches a plugin.
fn fetch(plugin: &Plugin, installer: Installer, dir: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut command = fetch_command(plugin, installer, dir);
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
                let bytes = size_of_folder(dir).min(plugin.wheel_size);
                progress(Progress::Downloading { bytes, total: plugin.wheel_size });
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
fn find_wheel(dir: &Path) -> Result<PathBuf> {
    let dir = dir.join("wheel");
    let entries = fs::read_dir(&dir).map_err(Error::io("cannot read", &dir))?;
    let wheel = entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"));
    wheel.ok_or_else(|| Error::Wheel { path: dir, message: "pip left no wheel".into() })
}

/// Checks a wheel and unpacks its library.
fn unpack(plugin: &Plugin, wheel: &Path, target: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    progress(Progress::Checking);
    let mut file = File::open(wheel).map_err(Error::io("cannot open", wheel))?;
    let found = hash_reader(&mut file).map_err(Error::io("cannot read", wheel))?;
    let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    check_hash(name, plugin.wheel_sha256, found)?;
    let invalid = |message: String| Error::Wheel { path: wheel.to_owned(), message };
    let mut archive = zip::ZipArchive::new(file).map_err(|error| invalid(error.to_string()))?;
    let member = archive.by_name(plugin.member).map_err(|error| invalid(format!("{}: {error}", plugin.member)))?;
    let total = member.size();
    place(plugin, member, total, target, progress)
}

/// Copies the library that uv has unpacked already.
fn place_unpacked(plugin: &Plugin, dir: &Path, target: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let library = dir.join("wheel").join(plugin.member);
    let file = File::open(&library).map_err(Error::io("cannot open", &library))?;
    let total = file.metadata().map_err(Error::io("cannot read", &library))?.len();
    place(plugin, file, total, target, progress)
}

/// Copies a library to its place if its hash is the pinned one.
fn place(
    plugin: &Plugin,
    mut library: impl Read,
    total: u64,
    target: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
        return Err(Error::NotPrivate { path: target.to_owned() });
    };
    PrivateDir::create(folder)?.write_durably(name, |file| {
        let mut hasher = Sha256::new();
        let unreadable = |error: io::Error| Error::Wheel { path: plugin.member.into(), message: error.to_string() };
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut bytes = 0;
        while library.by_ref().take(CHUNK as u64).read_to_end(&mut chunk).map_err(unreadable)? > 0 {
            hasher.update(&chunk);
            file.write_all(&chunk).map_err(Error::io("cannot write", target))?;
            bytes += chunk.len() as u64;
            progress(Progress::Unpacking { bytes, total });
            chunk.clear();
        }
        check_hash(plugin.member.to_owned(), plugin.member_sha256, format!("{:x}", hasher.finalize()))
    })
}

fn check_hash(what: String, expected: &str, found: String) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::WrongHash { what, expected: expected.to_owned(), found })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wheel with one library, and the row of the table that describes it.
    fn wheel(dir: &Path) -> (Plugin, PathBuf) {
        let path = dir.join("made_up.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        let plugin = *Plugin::named("cpu").unwrap();
        let library: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        writer.start_file(plugin.member, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&library).unwrap();
        writer.finish().unwrap();
        let member = leak(format!("{:x}", Sha256::digest(&library)));
        let plugin = Plugin { wheel_sha256: wheel_hash(&path), member_sha256: member, ..plugin };
        (plugin, path)
    }

    fn leak(text: String) -> &'static str {
        Box::leak(text.into_boxed_str())
    }

    fn wheel_hash(path: &Path) -> &'static str {
        leak(hash_reader(&mut File::open(path).unwrap()).unwrap())
    }

    /// Unpacks, and says what is in the folder that the library should have come to.
    fn outcome(plugin: &Plugin, wheel: &Path) -> (Result<()>, usize) {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("plugins").join("lib.so");
        let result = unpack(plugin, wheel, &target, &mut |_| {});
        let files = fs::read_dir(dir.path().join("plugins")).map_or(0, Iterator::count);
        (result, files)
    }

    #[test]
    fn a_good_wheel_is_unpacked() {
        let dir = tempfile::tempdir().unwrap();
        let (plugin, wheel) = wheel(dir.path());
        let (result, files) = outcome(&plugin, &wheel);
        result.unwrap();
        assert_eq!(files, 1);
    }

    #[test]
    fn bad_wheels_leave_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (plugin, wheel) = wheel(dir.path());

        let wrong = Plugin { wheel_sha256: leak("0".repeat(64)), ..plugin };
        let (result, files) = outcome(&wrong, &wheel);
        assert!(matches!(result, Err(Error::WrongHash { .. })));
        assert_eq!(files, 0);

        let wrong = Plugin { member_sha256: leak("0".repeat(64)), ..plugin };
        let (result, files) = outcome(&wrong, &wheel);
        assert!(matches!(result, Err(Error::WrongHash { .. })));
        assert_eq!(files, 0);

        let wrong = Plugin { member: "not/there.so", ..plugin };
        let (result, files) = outcome(&wrong, &wheel);
        assert!(matches!(result, Err(Error::Wheel { .. })));
        assert_eq!(files, 0);
    }

    #[test]
    fn truncated_wheels_leave_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let (plugin, wheel) = wheel(dir.path());
        let bytes = fs::read(&wheel).unwrap();
        let cut = dir.path().join("cut.whl");
        fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        let (result, files) = outcome(&plugin, &cut);
        assert!(matches!(result, Err(Error::WrongHash { .. })));
        assert_eq!(files, 0);
        // The archive's own checks hold even if somebody pinned the cut file.
        let pinned = Plugin { wheel_sha256: wheel_hash(&cut), ..plugin };
        let (result, files) = outcome(&pinned, &cut);
        assert!(matches!(result, Err(Error::Wheel { .. })));
        assert_eq!(files, 0);
    }

    #[test]
    fn unknown_names_are_refused_with_the_known_ones() {
        let error = install("cuda99", &mut |_| {}).unwrap_err().to_string();
        assert!(error.contains("'cuda99'") && error.contains("cuda13"), "{error}");
    }

    #[test]
    fn commands_pin_version_and_platform() {
        let plugin = Plugin::named("tpu").unwrap();
        let pip = format!("{:?}", fetch_command(plugin, INSTALLERS[0], Path::new("dir")));
        for word in ["libtpu==", "--no-deps", "manylinux_2_31_x86_64", "3.11"] {
            assert!(pip.contains(word), "{pip}");
        }
        let uv = format!("{:?}", fetch_command(plugin, Installer::Uv, Path::new("dir")));
        assert!(uv.contains("x86_64-manylinux_2_31"), "{uv}");
    }

    #[test]
    fn empty_folders_are_removed_and_full_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("cpu/1.0/lib.so");
        fs::create_dir_all(dir.path().join("cpu/1.0")).unwrap();
        fs::create_dir_all(dir.path().join("cpu/0.9")).unwrap();
        remove_empty_folders(dir.path(), &target);
        assert!(!dir.path().join("cpu/1.0").exists());
        assert!(dir.path().join("cpu/0.9").exists());
    }

    #[test]
    fn abandoned_downloads_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join(".download-old/wheel")).unwrap();
        fs::write(dir.path().join("plugin"), "").unwrap();
        remove_abandoned(dir.path());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
