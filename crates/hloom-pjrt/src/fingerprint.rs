//! What tells a plugin file and a processor from any other. Knows nothing about programs.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cache;
use crate::{Error, PrivateDir, Result};

/// The lines of `/proc/cpuinfo` that describe a processor; the others change while it runs.
const CPUINFO_LINES: [&str; 12] = [
    "vendor_id",
    "cpu family",
    "model",
    "model name",
    "stepping",
    "flags",
    "Features",
    "CPU implementer",
    "CPU architecture",
    "CPU variant",
    "CPU part",
    "isa",
];

/// A plugin's file as it was when it was loaded.
#[derive(Clone, Debug)]
pub(crate) struct PluginFile {
    path: PathBuf,
    /// Path, size, times and inode: equal only if the file was not touched.
    stamp: String,
    identity: Identity,
}

/// Size, time of the last change and inode, as text: equal only if the content is.
type Identity = String;

impl PluginFile {
    /// Looks at a file.
    pub(crate) fn new(path: &Path) -> Result<PluginFile> {
        let path = path.canonicalize().map_err(Error::io("cannot find", path))?;
        let metadata = path.metadata().map_err(Error::io("cannot read", &path))?;
        let stamp = stamp(&path, &metadata);
        let identity = identity(&metadata);
        Ok(PluginFile { path, stamp, identity })
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The error for a file that is not the one that was loaded.
    fn replaced(&self) -> Error {
        Error::Load { path: self.path.clone(), message: "it was replaced after it had been loaded".into() }
    }

    /// The SHA-256 of the file in hexadecimal.
    ///
    /// It is remembered in the cache under the file's stamp, because the files have hundreds of MB.
    pub(crate) fn hash(&self) -> Result<String> {
        // What was loaded lay there after the file was looked at, so that it may be another one, of which the stamp says
        // nothing. A name more or less for the file changes the stamp as well, and that is no other file.
        let metadata = self.path.metadata().map_err(Error::io("cannot read", &self.path))?;
        if identity(&metadata) != self.identity {
            return Err(self.replaced());
        }
        let key = format!("{:x}", Sha256::digest(&self.stamp));
        let remembered = cache::cache_dir().and_then(|dir| PrivateDir::create(&dir.join("hashes")));
        let remembered = remembered.map_err(|error| tracing::debug!(%error, "hashes are not remembered")).ok();
        if let Some(hash) = remembered.as_ref().and_then(|dir| remembered_hash(dir, &key, &self.stamp)) {
            return Ok(hash);
        }
        let mut file = File::open(&self.path).map_err(Error::io("cannot open", &self.path))?;
        let hash = hash_reader(&mut file).map_err(Error::io("cannot read", &self.path))?;
        let metadata = file.metadata().map_err(Error::io("cannot read", &self.path))?;
        if stamp(&self.path, &metadata) != self.stamp {
            return Err(self.replaced());
        }
        if let Some(dir) = remembered {
            let line = record(&hash, &self.stamp);
            let written = dir.write_durably(key.as_ref(), |file| {
                file.write_all(line.as_bytes()).map_err(Error::io("cannot write", &dir.path().join(&key)))
            });
            if let Err(error) = written {
                tracing::debug!(%error, "the hash of a plugin could not be remembered");
            }
        }
        Ok(hash)
    }
}

/// What is written beside a hash, so that a damaged or misplaced record is not believed.
fn record(hash: &str, stamp: &str) -> String {
    format!("{hash} {:x}\n", Sha256::digest(format!("{hash}\n{stamp}")))
}

fn remembered_hash(dir: &PrivateDir, key: &str, stamp: &str) -> Option<String> {
    /// More than a record has.
    const MAX_BYTES: u64 = 1 << 10;
    let mut line = String::new();
    dir.open_file(key.as_ref()).ok()?.take(MAX_BYTES).read_to_string(&mut line).ok()?;
    let hash = line.split(' ').next()?.to_owned();
    (hash.len() == 64 && line == record(&hash, stamp)).then_some(hash)
}

/// All that changes when anything about the file does.
fn stamp(path: &Path, metadata: &Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
    format!("{}\n{} {seconds}.{nanoseconds:09}", path.display(), identity(metadata))
}

fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    let (seconds, nanoseconds) = (metadata.mtime(), metadata.mtime_nsec());
    format!("{} {seconds}.{nanoseconds:09} {} {}", metadata.len(), metadata.dev(), metadata.ino())
}

/// The SHA-256 of all that a reader yields, in hexadecimal.
pub(crate) fn hash_reader(reader: &mut dyn Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    io::copy(reader, &mut hasher)?;
    Ok(format!("{:x}", hasher.finalize()))
}

/// What a compiler for the CPU may have looked at: architecture, model and features.
pub(crate) fn processor() -> String {
    let mut text = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    // The first processor's description is at the beginning; all together can be long.
    let mut info = Vec::new();
    let read = File::open("/proc/cpuinfo").and_then(|file| file.take(1 << 14).read_to_end(&mut info));
    if read.is_ok() {
        for line in String::from_utf8_lossy(&info).lines().take_while(|line| !line.trim().is_empty()) {
            if line.split_once(':').is_some_and(|(name, _)| CPUINFO_LINES.contains(&name.trim())) {
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_sha256() {
        let hash = hash_reader(&mut &b"abc"[..]).unwrap();
        assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_touched_file_is_another_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("plugin.so");
        std::fs::write(&path, "one").unwrap();
        let before = PluginFile::new(&path).unwrap();
        std::fs::write(&path, "two!").unwrap();
        let after = PluginFile::new(&path).unwrap();
        assert_ne!(before.stamp, after.stamp);
        assert!(before.hash().unwrap_err().to_string().contains("replaced"));
    }

    #[test]
    fn wrong_records_are_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("record");
        let folder = PrivateDir::open(dir.path()).unwrap();
        let remembered_hash = |stamp| remembered_hash(&folder, "record", stamp);
        let hash = "a".repeat(64);
        std::fs::write(&file, record(&hash, "stamp")).unwrap();
        assert_eq!(remembered_hash("stamp"), Some(hash.clone()));
        assert_eq!(remembered_hash("other stamp"), None);
        std::fs::write(&file, record(&hash, "stamp").replace('a', "b")).unwrap();
        assert_eq!(remembered_hash("stamp"), None);
        std::fs::write(&file, "").unwrap();
        assert_eq!(remembered_hash("stamp"), None);
    }

    #[test]
    fn the_processor_is_described_the_same_twice() {
        assert!(processor().starts_with(std::env::consts::ARCH));
        assert_eq!(processor(), processor());
    }
}
