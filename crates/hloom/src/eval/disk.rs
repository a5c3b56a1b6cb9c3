//! Compiled programs kept on disk, so that a second process starts warm.
//!
//! A file is found by the hash of the program and of everything that shapes its machine code: plugin,
//! processor, options, version of this library. Loading one runs it as native code, so the folder must
//! belong to this user and be closed to others, and every file carries a checksum. Whatever is wrong
//! here means that the program is compiled, never an error.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use hloom_backend::{Backend, Executable, Signature};
use hloom_hlo::Lowered;
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 8] = b"hloomex1";

/// The most bytes kept: enough for some thousand programs.
const MAX_BYTES: u64 = 512 << 20;

/// A program larger than this is not worth reading back.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Every how many stored programs the folder is looked through for old ones.
const STORES_PER_SWEEP: u64 = 64;

/// The program from disk, if it is there and intact.
pub(super) fn load(backend: &dyn Backend, lowered: &Lowered, signature: &Signature) -> Option<Arc<dyn Executable>> {
    let path = path(backend, lowered)?;
    let _span = tracing::debug_span!("load_executable").entered();
    let payload = read_checked(&path)?;
    match backend.load(&payload, signature) {
        Ok(executable) => {
            // Programs in use stay when old ones are swept. Failing to say so only ages this one.
            let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
            Some(executable)
        }
        Err(error) => {
            tracing::debug!(%error, "a stored program could not be loaded");
            let _ = fs::remove_file(&path);
            None
        }
    }
}

/// Keeps a compiled program for other processes, if it can be kept.
pub(super) fn store(backend: &dyn Backend, lowered: &Lowered, executable: &dyn Executable) {
    let Some(path) = path(backend, lowered) else { return };
    let stored = executable.serialize().map_err(std::io::Error::other).and_then(|payload| write_checked(&path, &payload));
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

/// Where a program would lie; `None` if there is no private folder, or `HLOOM_DISK_CACHE=0`.
fn path(backend: &dyn Backend, lowered: &Lowered) -> Option<PathBuf> {
    if std::env::var_os("HLOOM_DISK_CACHE").is_some_and(|value| value == "0") {
        return None;
    }
    let folder = hloom_pjrt::executables_dir().ok()?;
    if !is_private(&folder) {
        tracing::debug!(folder = %folder.display(), "programs are not stored in a folder that others can change");
        return None;
    }
    let mut hash = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION").as_bytes(), backend.fingerprint().as_bytes(), &lowered.identity()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    Some(folder.join(format!("{:x}.bin", hash.finalize())))
}

/// Makes the folder if need be, and checks that it is this user's and nobody else's.
#[cfg(unix)]
fn is_private(folder: &Path) -> bool {
    use std::os::unix::fs::{DirBuilderExt, MetadataExt};
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let Ok(metadata) = made.and_then(|()| fs::symlink_metadata(folder)) else { return false };
    metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_private(_folder: &Path) -> bool {
    // Without a way to tell who may write the folder, programs are not kept.
    false
}

/// The payload of a file with the right magic number, length and checksum.
fn read_checked(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let len = file.metadata().ok()?.len();
    if !(40..=MAX_FILE_BYTES).contains(&len) {
        return None;
    }
    let mut content = Vec::with_capacity(len as usize);
    file.take(MAX_FILE_BYTES).read_to_end(&mut content).ok()?;
    let (header, payload) = content.split_at_checked(40)?;
    let intact = header[..8] == *MAGIC && header[8..] == *Sha256::digest(payload);
    if !intact {
        tracing::debug!(path = %path.display(), "a stored program is damaged");
        let _ = fs::remove_file(path);
    }
    intact.then(|| payload.to_vec())
}

/// Writes a file that other processes see whole or not at all.
fn write_checked(path: &Path, payload: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().ok_or_else(|| std::io::Error::other("a stored program has no folder"))?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(MAGIC)?;
    file.write_all(&Sha256::digest(payload))?;
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
            metadata.is_file().then(|| (metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), entry.path()))
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
    fn damaged_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program.bin");
        write_checked(&path, b"payload").unwrap();
        assert_eq!(read_checked(&path).unwrap(), b"payload");
        let mut content = fs::read(&path).unwrap();
        *content.last_mut().unwrap() ^= 1;
        fs::write(&path, content).unwrap();
        assert!(read_checked(&path).is_none());
        assert!(!path.exists());
    }

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

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_can_write_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        assert!(is_private(folder.path()));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert!(!is_private(folder.path()));
    }
}
