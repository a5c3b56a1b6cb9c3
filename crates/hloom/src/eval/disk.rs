//! Compiled programs kept on disk, so that a second process starts warm.
//!
//! A file is found by the hash of the program and of everything that shapes its machine code: plugin,
//! processor, options, version of this library. Loading one runs it as native code, so the folder must
//! be closed to others, and a file begins with the hash it is found by, so that it cannot stand in for another;
//! the backend checks that the rest is whole and its own. Whatever is wrong here means that the program is
//! compiled, never an error. Knows nothing about what is in a program.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use hloom_backend::{Backend, Error, ErrorKind, Executable, Signature};
use hloom_hlo::Lowered;
use sha2::{Digest, Sha256};

/// The most bytes kept: enough for some thousand programs.
const MAX_BYTES: u64 = 512 << 20;

/// A program larger than this is not worth reading back.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Every how many stored programs the folder is looked through for old ones.
const STORES_PER_SWEEP: u64 = 64;

/// The program from disk, if it is there and intact.
pub(super) fn load(backend: &dyn Backend, place: &Place, signature: &Signature) -> Option<Arc<dyn Executable>> {
    let Place { path, hash } = place;
    let _span = tracing::debug_span!("load_executable").entered();
    let content = read(path)?;
    let loaded = match content.strip_prefix(hash.as_slice()) {
        Some(payload) => backend.load(payload, signature),
        None => Err(Error::new(ErrorKind::Io, "the file is of another program")),
    };
    match loaded {
        Ok(executable) => {
            // Programs in use stay when old ones are swept. Failing to say so only ages this one.
            let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
            Some(executable)
        }
        Err(error) => {
            tracing::debug!(%error, "a stored program could not be loaded");
            let _ = fs::remove_file(path);
            None
        }
    }
}

/// Keeps a compiled program for other processes, if it can be kept.
pub(super) fn store(place: &Place, executable: &dyn Executable) {
    let Place { path, hash } = place;
    let stored = executable.serialize().map_err(std::io::Error::other).and_then(|payload| write(path, hash, &payload));
    if let Err(error) = stored {
        tracing::debug!(%error, "a program could not be stored");
    }
    static STORES: AtomicU64 = AtomicU64::new(0);
    if STORES.fetch_add(1, Ordering::Relaxed).is_multiple_of(STORES_PER_SWEEP)
        && let Some(folder) = path.parent()
    {
        sweep(folder, MAX_BYTES);
    }
}

/// Where a program lies, or would lie.
pub(super) struct Place {
    path: PathBuf,
    /// What the file is named by, and begins with.
    hash: [u8; 32],
}

/// Where a program would lie; `None` if there is no private folder, or `HLOOM_DISK_CACHE=0`.
pub(super) fn place(backend: &dyn Backend, lowered: &Lowered) -> Option<Place> {
    if std::env::var_os("HLOOM_DISK_CACHE").is_some_and(|value| value == "0") {
        return None;
    }
    let folder = hloom_pjrt::executables_dir().ok()?;
    if let Err(error) = hloom_pjrt::private_dir(&folder) {
        tracing::debug!(%error, "programs are not stored");
        return None;
    }
    let mut hash = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION").as_bytes(), backend.fingerprint().as_bytes(), &lowered.identity()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    Some(Place { path: folder.join(format!("{hash:x}.bin")), hash: hash.into() })
}

/// The content of a file that is not absurdly large.
fn read(path: &Path) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    let len = File::open(path).ok()?.take(MAX_FILE_BYTES + 1).read_to_end(&mut content).ok()?;
    (len as u64 <= MAX_FILE_BYTES).then_some(content)
}

/// Writes a file that other processes see whole or not at all.
fn write(path: &Path, hash: &[u8; 32], payload: &[u8]) -> std::io::Result<()> {
    if (hash.len() + payload.len()) as u64 > MAX_FILE_BYTES {
        return Err(std::io::Error::other("a program is too large to be kept"));
    }
    let folder = path.parent().ok_or_else(|| std::io::Error::other("a stored program has no folder"))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(hash)?;
    file.write_all(payload)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Removes the files that were used longest ago until those left fit.
fn sweep(folder: &Path, max_bytes: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let metadata = entry.metadata().ok()?;
            metadata
                .is_file()
                .then(|| (metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), entry.path()))
        })
        .collect();
    files.sort_by_key(|(modified, ..)| std::cmp::Reverse(*modified));
    let mut kept = 0;
    for (_, len, path) in files {
        kept += len;
        if kept > max_bytes {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_go_first() {
        let folder = tempfile::tempdir().unwrap();
        for age in 0..4u64 {
            let path = folder.path().join(format!("{age}.bin"));
            fs::write(&path, [0; 100]).unwrap();
            let modified = SystemTime::now() - std::time::Duration::from_secs(age * 60);
            File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        }
        sweep(folder.path(), 250);
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["0.bin", "1.bin"]);
    }
}
