//! Assembles an `xla_extension` in the cache from wheels. Either all of it gets there or nothing. Knows not what is pinned.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hloom_pjrt::{Downloads, PrivateDir, Progress, cache_dir, fetch_wheel};
use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::pins::{LIBRARIES, NAME, PARTS, Rule, WRITTEN};

/// How many bytes are copied between two reports.
const CHUNK: usize = 1 << 20;

/// The folder that installations are in.
fn folder() -> Result<PathBuf> {
    Ok(cache_dir()?.join("xla-extension"))
}

/// The installation, if there is one that nobody else can change.
pub(crate) fn installed() -> Result<Option<PathBuf>> {
    let path = folder()?.join(NAME);
    if !path.is_dir() {
        return Ok(None);
    }
    // What is in it is linked and run.
    PrivateDir::open(&path)?;
    Ok(Some(path))
}

/// Installs what is pinned, unless it is there and intact. Says on standard error how far it is.
pub(crate) fn install() -> Result<PathBuf> {
    ensure!(
        cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu")),
        "xla install: the wheels are for x86-64 Linux with glibc, this is {} {}; build xla_extension and name its folder in \
         XLA_EXTENSION_DIR",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    let dir = folder()?;
    let downloads = Downloads::lock(&dir, &mut Report::new("xla-extension").progress())?;
    let target = dir.join(NAME);
    if installed()?.is_some() {
        match check(&target) {
            Ok(()) => return Ok(target),
            Err(error) => eprintln!("xla install: {error:#}; installing it again"),
        }
        fs::remove_dir_all(&target).with_context(|| format!("cannot remove {}", target.display()))?;
    }
    let work = downloads.folder()?;
    let assembled = work.path().join("assembled");
    for part in PARTS {
        let mut report = Report::new(part.wheel.package);
        let wheel = fetch_wheel(&part.wheel, work.path(), &mut report.progress()).context("xla install")?;
        unpack(&wheel, part.rules, &assembled, &mut report.progress())
            .with_context(|| format!("xla install: cannot unpack {} {}", part.wheel.package, part.wheel.version))?;
    }
    for (name, text) in WRITTEN {
        create(&assembled, name)?.write_all(text.as_bytes()).with_context(|| format!("cannot write {name}"))?;
    }
    check(&assembled)?;
    fs::rename(&assembled, &target)
        .with_context(|| format!("cannot move what was assembled to {}", target.display()))?;
    Ok(target)
}

/// Refuses libraries other than the pinned ones.
fn check(installation: &Path) -> Result<()> {
    for (name, expected) in LIBRARIES {
        let path = installation.join(name);
        let mut hasher = Sha256::new();
        let read = File::open(&path).and_then(|mut file| io::copy(&mut file, &mut hasher));
        read.with_context(|| format!("cannot read {}", path.display()))?;
        let found = format!("{:x}", hasher.finalize());
        ensure!(found == *expected, "{} has SHA-256 {found}, expected {expected}", path.display());
    }
    Ok(())
}

/// Unpacks the files of a wheel that the rules name.
fn unpack(wheel: &Path, rules: &[Rule], target: &Path, progress: &mut dyn FnMut(Progress)) -> Result<()> {
    let mut archive = ZipArchive::new(File::open(wheel)?)?;
    let names: Vec<String> = archive.file_names().filter(|name| !name.ends_with('/')).map(str::to_owned).collect();
    let mut chosen = Vec::new();
    for Rule { from, to } in rules {
        let n_before = chosen.len();
        let matching = names.iter().filter_map(|name| Some((name, name.strip_prefix(from)?)));
        chosen.extend(matching.map(|(name, rest)| (name, format!("{to}{rest}"))));
        if chosen.len() == n_before {
            bail!("it has no {from}");
        }
    }
    let mut total = 0;
    for (name, _) in &chosen {
        total += archive.by_name(name)?.size();
    }
    let mut bytes = 0;
    let mut chunk = Vec::with_capacity(CHUNK);
    for (name, place) in &chosen {
        let mut member = archive.by_name(name)?;
        let mut file = create(target, place)?;
        loop {
            chunk.clear();
            if member.by_ref().take(CHUNK as u64).read_to_end(&mut chunk).with_context(|| (*name).clone())? == 0 {
                break;
            }
            file.write_all(&chunk).with_context(|| format!("cannot write {place}"))?;
            bytes += chunk.len() as u64;
            progress(Progress::Unpacking { bytes, total });
        }
    }
    Ok(())
}

/// Creates a file and the folders above it. Its name must not lead out of the folder.
fn create(folder: &Path, name: &str) -> Result<File> {
    let is_inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    ensure!(is_inside, "{name} leads out of its folder");
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
    }
    File::create_new(&path).with_context(|| format!("cannot create {}", path.display()))
}

/// Lines on standard error, one for each tenth.
struct Report {
    what: &'static str,
    last: Option<(&'static str, u64)>,
}

impl Report {
    fn new(what: &'static str) -> Report {
        Report { what, last: None }
    }

    fn progress(&mut self) -> impl FnMut(Progress) {
        |progress| match progress {
            Progress::Waiting => eprintln!("{}: waiting for another process that installs it", self.what),
            Progress::Downloading { bytes, total } => self.tenth("downloading", bytes, total),
            Progress::Checking => eprintln!("{}: checking", self.what),
            Progress::Unpacking { bytes, total } => self.tenth("unpacking", bytes, total),
            _ => {}
        }
    }

    fn tenth(&mut self, action: &'static str, bytes: u64, total: u64) {
        let now = (action, bytes * 10 / total.max(1));
        if self.last != Some(now) {
            self.last = Some(now);
            eprintln!("{}: {action}, {} of {} MB", self.what, bytes / 1_000_000, total / 1_000_000);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &[Rule] = &[Rule { from: "a/include/", to: "include/" }, Rule { from: "a/lib.so", to: "lib/lib.so" }];

    fn wheel(dir: &Path, members: &[(&str, &[u8])]) -> PathBuf {
        let path = dir.join("made_up.whl");
        let mut writer = zip::ZipWriter::new(File::create(&path).unwrap());
        for (name, content) in members {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn only_what_is_named_is_unpacked() {
        let dir = tempfile::tempdir().unwrap();
        let library = vec![7; 3 * CHUNK];
        let members: &[(&str, &[u8])] =
            &[("a/include/x/y.h", b"y"), ("a/include/", b""), ("a/lib.so", &library), ("a/other", b"no")];
        let mut last = None;
        unpack(&wheel(dir.path(), members), RULES, &dir.path().join("to"), &mut |progress| last = Some(progress))
            .unwrap();
        assert_eq!(fs::read(dir.path().join("to/include/x/y.h")).unwrap(), b"y");
        assert_eq!(fs::read(dir.path().join("to/lib/lib.so")).unwrap(), library);
        assert_eq!(fs::read_dir(dir.path().join("to")).unwrap().count(), 2);
        let bytes = library.len() as u64 + 1;
        assert_eq!(last, Some(Progress::Unpacking { bytes, total: bytes }));
    }

    #[test]
    fn other_wheels_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let refused = |members: &[(&str, &[u8])]| {
            let to = tempfile::tempdir().unwrap();
            format!("{:#}", unpack(&wheel(dir.path(), members), RULES, to.path(), &mut |_| {}).unwrap_err())
        };
        assert!(refused(&[("a/include/x.h", b"")]).contains("it has no a/lib.so"));
        assert!(refused(&[("a/include/../../x", b""), ("a/lib.so", b"")]).contains("leads out of its folder"));
        let whole = wheel(dir.path(), &[("a/include/x.h", b"x"), ("a/lib.so", &vec![3; CHUNK])]);
        let bytes = fs::read(&whole).unwrap();
        fs::write(&whole, &bytes[..bytes.len() / 2]).unwrap();
        assert!(unpack(&whole, RULES, &dir.path().join("to"), &mut |_| {}).is_err());
    }

    #[test]
    fn changed_libraries_are_found() {
        let dir = tempfile::tempdir().unwrap();
        for (name, _) in LIBRARIES {
            create(dir.path(), name).unwrap();
        }
        let error = format!("{:#}", check(dir.path()).unwrap_err());
        assert!(error.contains("SHA-256 e3b0c442") && error.contains(LIBRARIES[0].1), "{error}");
        fs::remove_file(dir.path().join(LIBRARIES[0].0)).unwrap();
        assert!(format!("{:#}", check(dir.path()).unwrap_err()).starts_with("cannot read"));
    }
}
