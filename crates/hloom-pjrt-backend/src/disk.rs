//! Compiled programs kept on disk, so that a second process starts warm.
//!
//! A file is found by the hash of the program and of everything that shapes its machine code: plugin,
//! processor, options, version of this library. Loading one runs it as native code, so the folder and all above it
//! must be closed to others. A file begins with the hash it is found by, and with a checksum over that and its
//! program, so that neither a damaged file nor one of another program is loaded; the device checks that the program
//! is its own. Whatever is wrong here means that the program is compiled, never an error. Knows nothing about what is
//! in a program.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use hloom_backend::{Error, ErrorKind, Signature};
use hloom_hlo::Lowered;
use hloom_pjrt::{Device, Executable, PrivateDir};
use sha2::{Digest, Sha256};

/// The most bytes kept: enough for some thousand programs.
const MAX_BYTES: u64 = 512 << 20;

/// A program larger than this is not worth reading back.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Every how many stored programs the folder is looked through for old ones.
const STORES_PER_SWEEP: u64 = 64;

/// The length of a hash.
const HASH: usize = 32;

/// The program from disk, if it is there and intact.
pub(crate) fn load(device: &Device, entry: &Entry, signature: &Signature) -> Option<Executable> {
    let _span = tracing::debug_span!("load_executable").entered();
    let file = match entry.folder.open_file(&entry.name) {
        Ok(file) => file,
        Err(error) => {
            tracing::trace!(%error, "a program is not stored");
            // What is no file of the user's gives way to one.
            if matches!(error, hloom_pjrt::Error::NotPrivate { .. }) {
                entry.folder.remove(&entry.name);
            }
            return None;
        }
    };
    let mut content = Vec::new();
    let len = (&file).take(MAX_FILE_BYTES + 1).read_to_end(&mut content).ok()?;
    let loaded = match payload(&content, &entry.hash) {
        Some(payload) if len as u64 <= MAX_FILE_BYTES => device.load(payload, signature),
        _ => Err(Error::new(ErrorKind::Io, "the file is damaged or of another program")),
    };
    match loaded {
        Ok(executable) => {
            // Programs in use stay when old ones are swept. Failing to say so only ages this one.
            let _ = file.set_modified(SystemTime::now());
            Some(executable)
        }
        Err(error) => {
            tracing::debug!(%error, "a stored program could not be loaded");
            entry.folder.remove(&entry.name);
            None
        }
    }
}

/// Keeps a compiled program for other processes, if it can be kept.
pub(crate) fn store(entry: &Entry, executable: &Executable) {
    let stored = executable.serialize().map_err(std::io::Error::other).and_then(|payload| write(entry, &payload));
    if let Err(error) = stored {
        tracing::debug!(%error, "a program could not be stored");
    }
    static STORES: AtomicU64 = AtomicU64::new(0);
    if STORES.fetch_add(1, Ordering::Relaxed).is_multiple_of(STORES_PER_SWEEP) {
        sweep(&entry.folder, MAX_BYTES);
    }
}

/// Where a program lies, or would lie.
pub(crate) struct Entry {
    folder: PrivateDir,
    name: OsString,
    /// What the file is named by, and begins with.
    hash: [u8; HASH],
}

/// Where a program would lie; `None` if there is no private folder, or `HLOOM_DISK_CACHE=0`.
pub(crate) fn entry(device: &Device, lowered: &Lowered) -> Option<Entry> {
    if std::env::var_os("HLOOM_DISK_CACHE").is_some_and(|value| value == "0") {
        return None;
    }
    let folder = hloom_pjrt::executables_dir().and_then(|folder| PrivateDir::create(&folder));
    let folder = folder.map_err(|error| tracing::debug!(%error, "programs are not stored")).ok()?;
    let mut hash = Sha256::new();
    let (passes, identity) = (lowered.avoided_passes().join(","), lowered.identity());
    let of = [env!("CARGO_PKG_VERSION").as_bytes(), device.fingerprint().as_bytes(), passes.as_bytes(), &identity];
    for part in of {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let hash = hash.finalize();
    Some(Entry { folder, name: format!("{hash:x}.bin").into(), hash: hash.into() })
}

/// What a file holds, if it is intact and the one of this hash.
fn payload<'a>(content: &'a [u8], hash: &[u8; HASH]) -> Option<&'a [u8]> {
    let (found, rest) = content.split_first_chunk::<HASH>()?;
    let (sum, payload) = rest.split_first_chunk::<HASH>()?;
    (found == hash && *sum == checksum(hash, payload)).then_some(payload)
}

/// Binds a program to the hash that it is found by.
fn checksum(hash: &[u8; HASH], payload: &[u8]) -> [u8; HASH] {
    Sha256::new().chain_update(hash).chain_update(payload).finalize().into()
}

/// Writes a file that other processes see whole or not at all.
fn write(entry: &Entry, payload: &[u8]) -> std::io::Result<()> {
    if (2 * HASH + payload.len()) as u64 > MAX_FILE_BYTES {
        return Err(std::io::Error::other("a program is too large to be kept"));
    }
    let written = entry.folder.write(&entry.name, |file| {
        let parts = [&entry.hash[..], &checksum(&entry.hash, payload), payload];
        let written = parts.into_iter().try_for_each(|part| file.write_all(part));
        written.map_err(|source| hloom_pjrt::Error::io("cannot write", entry.folder.path())(source))
    });
    written.map_err(std::io::Error::other)
}

/// Removes the files that were used longest ago until those left fit.
fn sweep(folder: &PrivateDir, max_bytes: u64) {
    let Ok(mut files) = folder.entries() else { return };
    files.sort_by_key(|file| std::cmp::Reverse(file.modified));
    let mut kept = 0;
    for file in files {
        kept += file.len;
        if kept > max_bytes {
            folder.remove(&file.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

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
        sweep(&PrivateDir::open(folder.path()).unwrap(), 250);
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["0.bin", "1.bin"]);
    }

    #[test]
    fn a_program_is_bound_to_its_hash() {
        let (hash, other) = ([1; HASH], [2; HASH]);
        let content = [&hash[..], &checksum(&hash, b"program"), b"program"].concat();
        assert_eq!(payload(&content, &hash), Some(&b"program"[..]));
        assert_eq!(payload(&content, &other), None);
        // With its head exchanged it is still of the hash that it was written for.
        let moved = [&other[..], &content[HASH..]].concat();
        assert_eq!(payload(&moved, &other), None);
        for at in 0..content.len() {
            let mut damaged = content.clone();
            damaged[at] ^= 1;
            assert_eq!(payload(&damaged, &hash), None, "{at}");
            assert_eq!(payload(&content[..at], &hash), None, "{at}");
        }
    }
}
