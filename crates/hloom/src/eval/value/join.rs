//! Values one after another, to be copied together once somebody needs the whole.
//!
//! A program that joins many arrays takes as long to compile as it has arrays to read; the host only copies bytes.

use std::sync::Arc;

use super::Value;
use crate::Result;
use crate::memory::Aligned;

/// The parts of a value.
pub(crate) struct Join {
    parts: Vec<Arc<Value>>,
    /// How often the parts take turns: the product of the extents in front of the axis along which they are joined.
    n_turns: usize,
}

impl Join {
    /// Parts that take so many turns, each with the same share of its bytes in every turn.
    pub(crate) fn new(parts: Vec<Arc<Value>>, n_turns: usize) -> Join {
        Join { parts, n_turns }
    }

    pub(crate) fn parts(&self) -> &[Arc<Value>] {
        &self.parts
    }

    /// How many joins that are not copied yet are nested in one another, this one included.
    pub(crate) fn depth(&self) -> usize {
        1 + self.parts.iter().map(|part| part.join_depth()).max().unwrap_or_default()
    }

    /// Waits for the parts and copies them together, `n_bytes` in all. `retries` says whether parts that failed are
    /// tried again.
    ///
    /// # Errors
    /// The error of a part; [`crate::ErrorKind::OutOfMemory`].
    pub(in crate::eval) fn copied(&self, n_bytes: usize, retries: bool) -> Result<Aligned> {
        let mut whole = Aligned::zeroed(n_bytes)?;
        let bytes = whole.bytes_mut();
        let turn = n_bytes.checked_div(self.n_turns).unwrap_or_default();
        let mut start = 0;
        for part in &self.parts {
            let copy = |part: &[u8]| {
                let share = part.len().checked_div(self.n_turns).unwrap_or_default();
                if share > 0 {
                    for (idx, share) in part.chunks_exact(share).enumerate() {
                        let place = idx * turn + start;
                        bytes[place..place + share.len()].copy_from_slice(share);
                    }
                }
                share
            };
            start += if retries { part.read(copy)? } else { part.read_once(copy)? };
        }
        Ok(whole)
    }

    pub(in crate::eval) fn into_parts(self) -> Vec<Arc<Value>> {
        self.parts
    }
}
