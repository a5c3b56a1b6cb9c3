//! Arrays in files. Knows files and their names; what the bytes mean is the format's module.

mod buffer;
mod header;
mod npy;
mod npz;
mod safetensors;
#[cfg(test)]
mod tests;
mod text;

pub use buffer::{frombuffer, fromiter};
pub use npz::{IntoNamedArrays, Npz, load_npz, savez, savez_compressed};
pub use safetensors::{load_safetensors, save_safetensors};
pub use text::{GenFromText, LoadText, SaveText, genfromtxt, loadtxt, savetxt};

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::{Error, ErrorKind, IntoOperand, NdArray, Result};

/// The array of an `.npy` file.
///
/// The file is read once, here. What it says is checked before it is believed: nothing is allocated that the
/// file is too short to fill. Bytes after the array are not looked at, as in NumPy.
///
/// **Shapes**: from the file. Fortran order becomes row-major.
///
/// **Dtypes**: bool, integers, float16, float32, float64, complex64 and complex128, in either byte order.
///
/// # Errors
/// Each names the file. `OSError` ([`ErrorKind::Io`]) if it cannot be read, is a folder or no regular file;
/// `ValueError` if it is not in the format, is cut short or has a shape that is not possible; `TypeError` for a
/// dtype that the library does not have, such as strings, dates, records and Python objects; `MemoryError` if
/// there is no room for the array.
///
/// # Examples
/// ```
/// use hloom as np;
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("x.npy");
/// np::save(&path, &np::array([[1.5, 2.5], [3.5, 4.5]]))?;
/// assert_eq!(np::load(&path)?.tolist()?, [[1.5, 2.5], [3.5, 4.5]]);
/// assert_eq!(np::load(folder.path()).unwrap_err().kind(), np::ErrorKind::Io);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.load.html>; archives (`.npz`) are read by
/// [`load_npz`](crate::load_npz), pickles and memory maps are not.
#[track_caller]
pub fn load(path: impl AsRef<Path>) -> Result<NdArray> {
    let path = path.as_ref();
    let subject = || format!("load {}", path.display());
    let (mut file, len) = open(path).map_err(|error| failed("cannot be read", error).about(subject()))?;
    npy::read(&mut file, len).map_err(|error| error.about(subject()))
}

/// Writes an array to an `.npy` file, as NumPy does: `.npy` is appended to a name that lacks it, a file that is
/// there is replaced.
///
/// The file appears under its name when it is complete and on the disk. If anything fails before, what was
/// there stays as it was.
///
/// **Shapes**: any. The file is in row-major order.
///
/// **Dtypes**: every dtype but bfloat16, for which the format has no name.
///
/// # Errors
/// The error of an array in error, and what computing it reports; `TypeError` for bfloat16; `OSError`
/// ([`ErrorKind::Io`]) if the file cannot be written.
///
/// # Examples
/// ```
/// use hloom as np;
/// let folder = tempfile::tempdir().unwrap();
/// np::save(folder.path().join("squares"), np::arange(4).square())?;
/// assert_eq!(np::load(folder.path().join("squares.npy"))?.tolist()?, [0, 1, 4, 9]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.save.html>
#[track_caller]
pub fn save<'a>(path: impl AsRef<Path>, x: impl IntoOperand<'a>) -> Result<()> {
    let x = x.into_operand().into_array();
    let path = with_suffix(path.as_ref(), ".npy");
    let subject = || format!("save {}", path.display());
    let header = header::write(&x.try_type()?).map_err(|error| error.about(subject()))?;
    let written = x.materialize("save")?.read(|data| {
        replace(&path, |file| {
            file.write_all(&header)?;
            file.write_all(data)
        })
    })?;
    written.map_err(|error| failed("cannot be written", error).about(subject()))
}

/// The name under which NumPy saves.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    if !name.as_encoded_bytes().ends_with(suffix.as_bytes()) {
        name.push(suffix);
    }
    name.into()
}

/// A regular file to be read, and its length.
fn open(path: &Path) -> io::Result<(File, u64)> {
    // Asked before opening, which would wait for the other end of a pipe.
    regular(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let len = file.metadata()?.len();
    Ok((file, len))
}

/// Refuses what has no length, or would be replaced by a file.
fn regular(found: &fs::Metadata) -> io::Result<()> {
    match found.file_type() {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")),
    }
}

/// Writes a file that has its name only once it is complete and on the disk.
fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    // The file that a link leads to is replaced, not the link.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = match fs::metadata(path) {
        Ok(found) => {
            regular(&found)?;
            // Whether it may be written is not asked when another file takes its name.
            File::options().write(true).open(path)?;
            Some(found.permissions())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut options = tempfile::Builder::new();
    options.prefix(".hloom-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As of any new file: what the process's mask leaves. A temporary file is its owner's alone.
        use std::os::unix::fs::PermissionsExt;
        options.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = options.tempfile_in(folder)?;
    write(file.as_file_mut())?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    // A name that reaches the disk before the content would be that of half a file.
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// What the operating system refused.
fn failed(what: impl fmt::Display, error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::OutOfMemory => ErrorKind::OutOfMemory,
        _ => ErrorKind::Io,
    };
    Error::caused(kind, format!("{what}: {error}"), error)
}
