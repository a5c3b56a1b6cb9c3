//! Installs a plugin of the table: lets pip or uv fetch its wheel, checks it, and puts its library into
//! the cache. Loads nothing, and knows no package index: pip's own settings decide where it asks.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::cache::plugins_dir;
use crate::find::{Found, Origin, installed};
use crate::fingerprint::PluginFile;
use crate::table::PLUGINS;
use crate::wheel::{
    Downloads, Installer, Progress, Wheel, check_hash, check_wheel, choose_installer, fetch, find_wheel,
};
use crate::{Error, Plugin, PrivateDir, Result, table::plugin_variable};

use sha2::{Digest, Sha256};

/// How many bytes of a library are copied between two reports of it.
const CHUNK: usize = 1 << 18;

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
    let downloads = Downloads::lock(&dir, progress)?;
    if let Some(found) = installed(plugin)
        && PluginFile::new(&found.path)?.hash()? == plugin.member_sha256
    {
        progress(Progress::Done);
        return Ok(found);
    }
    let download = downloads.folder()?;
    let target = dir.join(plugin.installed_path());
    let otherwise = format!(", or name a plugin in {}", plugin_variable(plugin.kind));
    let installer = choose_installer(&Installer::ALL, &otherwise)?;
    fetch(&wheel_of(plugin), installer, download.path(), progress)?;
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

/// The wheel that a plugin is in.
fn wheel_of(plugin: &Plugin) -> Wheel {
    let Plugin { package, version, tag, python, wheel_size, wheel_sha256, .. } = *plugin;
    Wheel { package, version, tag, python, bytes: wheel_size, sha256: wheel_sha256 }
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

/// Removes the folders that were made for a library that did not get there.
fn remove_empty_folders(dir: &Path, target: &Path) {
    for folder in target.ancestors().skip(1).take_while(|folder| *folder != dir) {
        // Fails if something else is in it, which then stays.
        let _ = fs::remove_dir(folder);
    }
}

/// Checks a wheel and unpacks its library.
fn unpack(plugin: &Plugin, wheel: &Path, target: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    progress(Progress::Checking);
    let file = check_wheel(&wheel_of(plugin), wheel)?;
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::fingerprint::hash_reader;

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
    fn empty_folders_are_removed_and_full_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let target = dir.path().join("cpu/1.0/lib.so");
        fs::create_dir_all(dir.path().join("cpu/1.0")).unwrap();
        fs::create_dir_all(dir.path().join("cpu/0.9")).unwrap();
        remove_empty_folders(dir.path(), &target);
        assert!(!dir.path().join("cpu/1.0").exists());
        assert!(dir.path().join("cpu/0.9").exists());
    }
}
