//! Arrays in NumPy's `.npy` format. Knows bytes and where they come from in order; nothing of names of files.

use std::io::Read;

use hloom_ir::{DType, Type};
use ndarray::{ArrayView, ArrayViewMut, Axis, IxDyn, ShapeBuilder};

use super::failed;
use super::header::{self, Header, MAGIC};
use crate::convert::from_filled;
use crate::{Error, NdArray, Result};

/// The extent of a block, along each of two axes, whose elements are copied together.
const BLOCK: usize = 64;

impl NdArray {
    /// The array of bytes in the `.npy` format, as a file has them.
    ///
    /// **Shapes** and **Dtypes**: as of [`load`](crate::load).
    ///
    /// # Errors
    /// `ValueError` and `TypeError` as of [`load`](crate::load).
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = NdArray::from([[1, 2], [3, 4]]);
    /// let y = NdArray::from_npy(&x.to_npy()?)?;
    /// assert_eq!((y.tolist()?, y.dtype()), (x.tolist()?, int32));
    /// assert!(NdArray::from_npy(b"[[1, 2], [3, 4]]").is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.read_array.html>
    #[track_caller]
    pub fn from_npy(bytes: &[u8]) -> Result<NdArray> {
        read(&mut &*bytes, bytes.len() as u64).map_err(|error| error.about("from_npy"))
    }

    /// The array in the `.npy` format, byte for byte what NumPy writes.
    ///
    /// **Shapes** and **Dtypes**: as of [`save`](crate::save).
    ///
    /// # Errors
    /// The error of an array in error, and what computing it reports; `TypeError` for bfloat16.
    ///
    /// # Examples
    /// ```
    /// let bytes = hloom::zeros([2, 3]).to_npy()?;
    /// assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    /// assert_eq!(bytes.len(), 128 + 2 * 3 * 8);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.write_array.html>
    #[track_caller]
    pub fn to_npy(&self) -> Result<Vec<u8>> {
        let header = header::write(&self.try_type()?).map_err(|error| error.about("to_npy"))?;
        self.materialize("to_npy")?.read(|data| [&header, data].concat())
    }
}

/// Reads an array from the beginning of `len` bytes.
#[track_caller]
pub(super) fn read(reader: &mut dyn Read, len: u64) -> Result<NdArray> {
    let mut source = Source { reader, n_left: len };
    let Header { ty, is_fortran, is_swapped } = read_header(&mut source)?;
    let n_bytes = ty.size_bytes();
    if source.n_left < n_bytes as u64 {
        return Err(Error::value(format!(
            "Failed to read all data for array. Expected {} = {} elements, could only read {} elements. (file seems \
             not fully written?)",
            ty.shape,
            ty.shape.size(),
            source.n_left / ty.dtype.size() as u64
        )));
    }
    // With at most one axis along which anything can lie, both orders are the same.
    let is_transposed = is_fortran && ty.shape.iter().filter(|&&extent| extent > 1).count() > 1;
    from_filled(ty.clone(), |data| {
        if is_transposed {
            let stored = source.take(n_bytes, "array data")?;
            reorder(&stored, data, &ty)?;
        } else {
            source.fill(data, "array data")?;
        }
        make_native(data, ty.dtype, is_swapped);
        Ok(())
    })
}

fn read_header(source: &mut Source<'_>) -> Result<Header> {
    if source.n_left == 0 {
        return Err(Error::value("No data left in file: expected an array in the .npy format, got nothing"));
    }
    let mut magic = [0; 8];
    let n_magic = source.n_left.min(8) as usize;
    source.fill(&mut magic[..n_magic], "magic string")?;
    let [prefix @ .., major, minor] = magic;
    if prefix != *MAGIC {
        let guess = match prefix {
            [b'P', b'K', 3, 4, ..] => "; this is an archive of arrays (.npz), which load_npz reads",
            [0x80, 2..=5, ..] => "; pickled Python objects are not loaded",
            _ => "",
        };
        return Err(Error::value(format!(
            "the magic string is not correct; expected '{}', got '{}'{guess}",
            MAGIC.escape_ascii(),
            magic[..n_magic.min(MAGIC.len())].escape_ascii()
        )));
    }
    if n_magic < magic.len() {
        return Err(too_short("magic string", magic.len(), n_magic as u64));
    }
    let len = match (major, minor) {
        (1, 0) => {
            let mut len = [0; 2];
            source.fill(&mut len, "array header length")?;
            u32::from(u16::from_le_bytes(len))
        }
        (2 | 3, 0) => {
            let mut len = [0; 4];
            source.fill(&mut len, "array header length")?;
            u32::from_le_bytes(len)
        }
        version => {
            return Err(Error::value(format!(
                "we only support format version (1, 0), (2, 0), and (3, 0), not {version:?}"
            )));
        }
    };
    match usize::try_from(len) {
        Ok(len) if len <= header::MAX_BYTES => header::parse(&source.take(len, "array header")?),
        _ => Err(Error::value(format!(
            "Header info length ({len}) is large and may not be safe to load securely: expected at most {} bytes",
            header::MAX_BYTES
        ))),
    }
}

/// Bytes in their order, and how many there are.
struct Source<'a> {
    reader: &'a mut dyn Read,
    n_left: u64,
}

impl Source<'_> {
    fn fill(&mut self, bytes: &mut [u8], what: &str) -> Result<()> {
        self.promise(bytes.len(), what)?;
        self.reader.read_exact(bytes).map_err(|error| failed(format!("cannot read the {what}"), error))?;
        self.n_left -= bytes.len() as u64;
        Ok(())
    }

    /// Bytes in new memory, which is asked for only if they are there.
    fn take(&mut self, n_bytes: usize, what: &str) -> Result<Vec<u8>> {
        self.promise(n_bytes, what)?;
        let mut bytes = bytemuck::try_zeroed_vec(n_bytes).map_err(|()| crate::memory::out_of_memory(n_bytes))?;
        self.fill(&mut bytes, what)?;
        Ok(bytes)
    }

    fn promise(&self, n_bytes: usize, what: &str) -> Result<()> {
        if n_bytes as u64 <= self.n_left { Ok(()) } else { Err(too_short(what, n_bytes, self.n_left)) }
    }
}

fn too_short(what: &str, expected: usize, got: u64) -> Error {
    Error::value(format!("EOF: reading {what}, expected {expected} bytes got {got}"))
}

/// Gives each number this machine's byte order, and each truth value one of its two bytes.
fn make_native(data: &mut [u8], dtype: DType, is_swapped: bool) {
    if dtype == DType::Bool {
        // To NumPy any byte but 0 is true. Devices compute with the bytes as they are.
        data.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
    }
    if is_swapped {
        match dtype.real().size() {
            2 => reverse::<2>(data),
            4 => reverse::<4>(data),
            8 => reverse::<8>(data),
            _ => {}
        }
    }
}

fn reverse<const N: usize>(data: &mut [u8]) {
    data.as_chunks_mut::<N>().0.iter_mut().for_each(|number| number.reverse());
}

/// Copies elements from Fortran order to row-major order.
fn reorder(stored: &[u8], data: &mut [u8], ty: &Type) -> Result<()> {
    match ty.dtype.size() {
        1 => reorder_elements::<1>(stored, data, &ty.shape),
        2 => reorder_elements::<2>(stored, data, &ty.shape),
        4 => reorder_elements::<4>(stored, data, &ty.shape),
        8 => reorder_elements::<8>(stored, data, &ty.shape),
        16 => reorder_elements::<16>(stored, data, &ty.shape),
        size => Err(Error::internal(format!("elements of {size} bytes were to be reordered"))),
    }
}

fn reorder_elements<const N: usize>(stored: &[u8], data: &mut [u8], shape: &[usize]) -> Result<()> {
    let stored = ArrayView::from_shape(IxDyn(shape).f(), stored.as_chunks::<N>().0).map_err(Error::internal)?;
    let mut data = ArrayViewMut::from_shape(IxDyn(shape), data.as_chunks_mut::<N>().0).map_err(Error::internal)?;
    // Neighbours lie along the first axis here and along the last one there. Blocks of both stay in the cache.
    let (first, last) = (Axis(0), Axis(shape.len() - 1));
    for (mut data, stored) in data.axis_chunks_iter_mut(first, BLOCK).zip(stored.axis_chunks_iter(first, BLOCK)) {
        for (mut data, stored) in data.axis_chunks_iter_mut(last, BLOCK).zip(stored.axis_chunks_iter(last, BLOCK)) {
            data.assign(&stored);
        }
    }
    Ok(())
}
