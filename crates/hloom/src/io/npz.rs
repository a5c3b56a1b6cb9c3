//! Archives of arrays: a ZIP file with an `.npy` file for each. Knows names of entries; what is in them is `npy`'s.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use parking_lot::Mutex;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{failed, header, npy, open, replace, with_suffix};
use crate::record::{IntoOperand, Operand};
use crate::{Error, IntoOperands, NdArray, Result};

/// The most bytes that a compressed byte can stand for.
///
/// **Source**: <https://www.zlib.net/zlib_tech.html>
const MAX_RATIO: u64 = 1032;

/// Bytes of an archive's entry from which on it needs the format's 64-bit fields.
const LARGE: usize = 1 << 31;

/// Arrays with names, as [`savez`] takes them: pairs of a name and an array, or arrays alone, which are named `arr_0`,
/// `arr_1` and so on.
///
/// `Form` only tells these apart, and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of arrays",
    label = "expected arrays such as `(&x, &y)`, or pairs of a name and an array such as `[(\"x\", &x), (\"y\", &y)]`"
)]
pub trait IntoNamedArrays<'a, Form> {
    /// The names and arrays.
    fn into_named_arrays(self) -> Vec<(String, Operand<'a>)>;
}

/// Arrays with names of their own.
#[derive(Debug)]
pub struct Named;

/// Arrays named by their position.
#[derive(Debug)]
pub struct Numbered<Form>(std::marker::PhantomData<Form>);

impl<'a, S: Into<String>, T: IntoOperand<'a>, I: IntoIterator<Item = (S, T)>> IntoNamedArrays<'a, Named> for I {
    fn into_named_arrays(self) -> Vec<(String, Operand<'a>)> {
        self.into_iter().map(|(name, array)| (name.into(), array.into_operand())).collect()
    }
}

impl<'a, Form, T: IntoOperands<'a, Form>> IntoNamedArrays<'a, Numbered<Form>> for T {
    fn into_named_arrays(self) -> Vec<(String, Operand<'a>)> {
        let arrays = self.into_operands().into_iter().enumerate();
        arrays.map(|(idx, array)| (format!("arr_{idx}"), array)).collect()
    }
}

/// Writes arrays to an `.npz` file, as NumPy does: `.npz` is appended to a name that lacks it, a file that is there is
/// replaced once the new one is complete.
///
/// **Dtypes**: every dtype but bfloat16, for which the format has no name.
///
/// # Errors
/// The error of an array in error, and what computing it reports; `TypeError` for bfloat16; `ValueError` for a name that
/// is given twice; `OSError` if the file cannot be written.
///
/// # Examples
/// ```
/// use hloom as np;
/// let folder = tempfile::tempdir().unwrap();
/// let path = folder.path().join("fit.npz");
/// np::savez(&path, [("weights", np::ones((2, 3))), ("bias", np::zeros(2))])?;
/// let fit = np::load_npz(&path)?;
/// assert_eq!(fit.names(), ["weights", "bias"]);
/// assert_eq!(fit.get("weights")?.shape(), [2, 3]);
/// np::savez(&path, (np::ones(2), 3))?;
/// assert_eq!(np::load_npz(&path)?.get("arr_1")?.tolist()?, 3);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.savez.html>
#[track_caller]
pub fn savez<'a, Form>(path: impl AsRef<Path>, arrays: impl IntoNamedArrays<'a, Form>) -> Result<()> {
    write(path.as_ref(), arrays.into_named_arrays(), CompressionMethod::Stored, "savez")
}

/// As [`savez`], compressed.
///
/// # Errors
/// As [`savez`].
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.savez_compressed.html>
#[track_caller]
pub fn savez_compressed<'a, Form>(path: impl AsRef<Path>, arrays: impl IntoNamedArrays<'a, Form>) -> Result<()> {
    write(path.as_ref(), arrays.into_named_arrays(), CompressionMethod::Deflated, "savez_compressed")
}

#[track_caller]
fn write(path: &Path, arrays: Vec<(String, Operand<'_>)>, method: CompressionMethod, what: &'static str) -> Result<()> {
    let path = with_suffix(path, ".npz");
    let subject = || format!("{what} {}", path.display());
    let mut names = BTreeSet::new();
    if let Some((name, _)) = arrays.iter().find(|(name, _)| !names.insert(name.clone())) {
        return Err(Error::value(format!("two arrays are named '{name}'")).about(subject()));
    }
    let arrays: Vec<(String, NdArray)> = arrays.into_iter().map(|(name, array)| (name, array.into_array())).collect();
    // Everything that the arrays may be in error for is known before a file is begun.
    crate::eval(arrays.iter().map(|(_, array)| array.clone()).collect::<Vec<NdArray>>())?;
    let mut parts = Vec::new();
    for (name, array) in &arrays {
        let header =
            header::write(&array.try_type()?).map_err(|error| error.about(format!("{}: {name}", subject())))?;
        parts.push((format!("{name}.npy"), header, array.materialize(what)?));
    }
    let written = replace(&path, |file| {
        let mut archive = ZipWriter::new(file);
        for (name, header, value) in &parts {
            let is_large = value.ty().size_bytes() >= LARGE;
            let options = SimpleFileOptions::default().compression_method(method).large_file(is_large);
            archive.start_file(name.as_str(), options)?;
            archive.write_all(header)?;
            let data = value.read(|data| archive.write_all(data));
            data.map_err(std::io::Error::other)??;
        }
        archive.finish()?;
        Ok(())
    });
    written.map_err(|error| failed("cannot be written", error).about(subject()))
}

/// Opens an `.npz` file. Its arrays are read when they are asked for.
///
/// # Errors
/// Each names the file. `OSError` if it cannot be read or is no regular file, `ValueError` if it is no archive.
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.load.html>
pub fn load_npz(path: impl AsRef<Path>) -> Result<Npz> {
    let path = path.as_ref();
    let subject = || format!("load_npz {}", path.display());
    let (file, _) = open(path).map_err(|error| failed("cannot be read", error).about(subject()))?;
    let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| broken(error).about(subject()))?;
    let names = (0..archive.len()).filter_map(|idx| archive.name_for_index(idx));
    let names = names.map(|name| name.strip_suffix(".npy").unwrap_or(name).to_owned()).collect();
    Ok(Npz { subject: subject(), names, archive: Mutex::new(archive) })
}

/// An open `.npz` file.
pub struct Npz {
    subject: String,
    names: Vec<String>,
    archive: Mutex<ZipArchive<BufReader<File>>>,
}

impl Npz {
    /// The names of the arrays, in the order of the file; NumPy's `files`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads an array.
    ///
    /// # Errors
    /// `KeyError`, which is of kind [`ErrorKind::Index`](crate::ErrorKind::Index), for a name that the file does not have;
    /// those of [`load`](crate::load) for what is not as the format says.
    #[track_caller]
    pub fn get(&self, name: &str) -> Result<NdArray> {
        let Some(idx) = self.names.iter().position(|known| known == name) else {
            let message = format!("{name} is not a file in the archive, which has {}", self.names.join(", "));
            return Err(Error::index(message).about(&self.subject));
        };
        let read = || {
            let mut archive = self.archive.lock();
            let mut entry = archive.by_index(idx).map_err(broken)?;
            let (len, stored) = (entry.size(), entry.compressed_size());
            // What an entry says of its length is not believed beyond what its bytes can stand for.
            if len > stored.saturating_mul(MAX_RATIO) {
                return Err(Error::value(format!("{len} bytes cannot come out of {stored} compressed ones")));
            }
            npy::read(&mut entry, len)
        };
        read().map_err(|error| error.about(format!("{}: {name}", self.subject)))
    }

    /// Reads all arrays, with their names.
    ///
    /// # Errors
    /// As [`Npz::get`].
    #[track_caller]
    pub fn arrays(&self) -> Result<Vec<(String, NdArray)>> {
        let mut arrays = Vec::new();
        for name in &self.names {
            arrays.push((name.clone(), self.get(name)?));
        }
        Ok(arrays)
    }
}

impl fmt::Debug for Npz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Npz").field("names", &self.names).finish_non_exhaustive()
    }
}

fn broken(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => failed("cannot be read", error),
        other => Error::value(format!("not an archive of arrays: {other}")),
    }
}
