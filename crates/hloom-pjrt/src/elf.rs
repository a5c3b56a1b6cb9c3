//! Whether a file is a complete ELF library for this machine. Knows nothing of its symbols.
//!
//! The system's loader maps a file by what its headers say. If the file ends earlier, as after an
//! interrupted copy, the process is killed on touching the missing pages; so it is checked first.

use std::fs::File;
use std::path::Path;

use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64, PT_LOAD, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{LittleEndian, ReadCache, ReadRef};

/// Checks a library. The error is a text that follows the file's path.
pub(crate) fn check(path: &Path) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_pointer_width = "64", target_endian = "little")) {
        return Ok(());
    }
    let file = File::open(path).map_err(|error| format!("it cannot be opened: {error}"))?;
    let metadata = file.metadata().map_err(|error| format!("it cannot be read: {error}"))?;
    if !metadata.is_file() {
        return Err("it is not a file".into());
    }
    let content = &ReadCache::new(file);
    let header = FileHeader64::<LittleEndian>::parse(content).map_err(|_| NOT_A_LIBRARY)?;
    let endian = header.endian().map_err(|_| NOT_A_LIBRARY)?;
    let machine = header.e_machine(endian);
    let expected = match std::env::consts::ARCH {
        "x86_64" => EM_X86_64,
        "aarch64" => EM_AARCH64,
        _ => machine,
    };
    if machine != expected {
        return Err(format!("it is a library for another processor than {}", std::env::consts::ARCH));
    }
    if usize::from(header.e_phentsize(endian)) != size_of::<ProgramHeader64<LittleEndian>>() {
        return Err(NOT_A_LIBRARY.into());
    }
    let truncated = || "it is not complete: the file is shorter than its headers say".to_owned();
    // The loader takes the number of segments from here alone, not from where larger numbers are kept.
    let segments = content.read_slice_at(header.e_phoff(endian), header.e_phnum(endian).into());
    let segments: &[ProgramHeader64<LittleEndian>] = segments.map_err(|()| truncated())?;
    for segment in segments.iter().filter(|segment| segment.p_type(endian) == PT_LOAD) {
        let end = segment.p_offset(endian).checked_add(segment.p_filesz(endian));
        if end.is_none_or(|end| end > metadata.len()) {
            return Err(truncated());
        }
    }
    Ok(())
}

const NOT_A_LIBRARY: &str = "it is not a shared library";

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
