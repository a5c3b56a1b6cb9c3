//! Host memory that devices on the host read where it lies.

use std::fmt;

use bytemuck::Zeroable;
use hloom_backend::HostBytes;

use crate::{Error, ErrorKind, Result};

/// A cache line, the alignment at which devices on the host read memory in place.
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(64))]
struct CacheLine([u8; 64]);

/// Host memory at the alignment that devices on the host read in place.
#[derive(Debug)]
pub(crate) struct Aligned {
    lines: Vec<CacheLine>,
    len: usize,
}

impl fmt::Debug for CacheLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CacheLine")
    }
}

impl Aligned {
    /// A copy of bytes.
    pub(crate) fn copy_of(bytes: &[u8]) -> Aligned {
        let mut lines = vec![CacheLine::zeroed(); bytes.len().div_ceil(size_of::<CacheLine>())];
        bytemuck::cast_slice_mut(&mut lines)[..bytes.len()].copy_from_slice(bytes);
        Aligned { lines, len: bytes.len() }
    }

    /// Zeros. The pages come from the system as they are first written.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`].
    pub(crate) fn zeroed(len: usize) -> Result<Aligned> {
        let lines = bytemuck::try_zeroed_vec(len.div_ceil(size_of::<CacheLine>())).map_err(|()| out_of_memory(len))?;
        Ok(Aligned { lines, len })
    }

    /// The bytes, to be written.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.len]
    }
}

/// The error of memory that the host does not have.
pub(crate) fn out_of_memory(n_bytes: usize) -> Error {
    Error::new(ErrorKind::OutOfMemory, format!("cannot allocate {n_bytes} bytes"))
}

impl HostBytes for Aligned {
    fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.lines)[..self.len]
    }
}
