//! Whether a file is a complete ELF library for this machine. Knows nothing of its symbols.
//!
//! The system's loader maps a file by what its headers say. If the file ends earlier, as after an
//! interrupted copy, the process is killed on touching the missing pages; so it is checked first.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// `PT_LOAD`, the type of the segments that are mapped.
const LOADED_SEGMENT: u32 = 1;

/// Checks a library. The error is a text that follows the file's path.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_pointer_width = "64", target_endian = "little")) {
        return Ok(());
    }
    let mut file = File::open(path).map_err(|error| format!("it cannot be opened: {error}"))?;
    let metadata = file.metadata().map_err(|error| format!("it cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err("it is not a file".into());
    }
    let mut header = [0u8; 64];
    file.read_exact(&mut header).map_err(|_| NOT_A_LIBRARY.to_owned())?;
    if &header[..6] != b"\x7fELF\x02\x01" {
        return Err(NOT_A_LIBRARY.into());
    }
    let machine = u16::from_le_bytes([header[18], header[19]]);
    // The numbers are those of <elf.h>: EM_X86_64 and EM_AARCH64.
    let expected = match std::env::consts::ARCH {
        "x86_64" => 62,
        "aarch64" => 183,
        _ => machine,
    };
    if machine != expected {
        return Err(format!("it is a library for another processor than {}", std::env::consts::ARCH));
    }
    let table = read_u64(&header, 32);
    let entry_size = u64::from(u16::from_le_bytes([header[54], header[55]]));
    let entries = u64::from(u16::from_le_bytes([header[56], header[57]]));
    if entry_size < 56 {
        return Err(NOT_A_LIBRARY.into());
    }
    let truncated = || "it is not complete: the file is shorter than its headers say".to_owned();
    for index in 0..entries {
        let mut entry = [0u8; 56];
        let position = table.checked_add(index * entry_size).ok_or_else(truncated)?;
        file.seek(SeekFrom::Start(position)).map_err(|_| truncated())?;
        file.read_exact(&mut entry).map_err(|_| truncated())?;
        let kind = u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let end = read_u64(&entry, 8).checked_add(read_u64(&entry, 32));
        if kind == LOADED_SEGMENT && end.is_none_or(|end| end > metadata.len()) {
            return Err(truncated());
        }
    }
    Ok(())
}

const NOT_A_LIBRARY: &str = "it is not a shared library";

fn read_u64(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0u8; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_is_complete_and_its_beginning_is_not() {
        let program = std::env::current_exe().unwrap();
        assert_eq!(check(&program), Ok(()));
        let dir = tempfile::tempdir().unwrap();
        let cut = dir.path().join("cut.so");
        let bytes = std::fs::read(&program).unwrap();
        // Debugging information fills the end of the file, and is not mapped.
        std::fs::write(&cut, &bytes[..1 << 16]).unwrap();
        assert!(check(&cut).unwrap_err().contains("not complete"));
        std::fs::write(&cut, &bytes[..100]).unwrap();
        assert!(check(&cut).unwrap_err().contains("not complete"));
        std::fs::write(&cut, "hello").unwrap();
        assert_eq!(check(&cut), Err(NOT_A_LIBRARY.into()));
        assert_eq!(check(dir.path()), Err("it is not a file".into()));
    }
}
