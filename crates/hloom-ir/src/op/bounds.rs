//! Bounds that only the run of a program can tell to be kept: whether a position lies on its axis.
//!
//! A program cannot raise an error. It computes beside its results what would have to be one, and whoever
//! reads a result looks at that first. Knows nothing of how that is done.

use crate::{Error, Type};

/// What is done at positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Access {
    /// The elements there are read.
    Get,
    /// They are written.
    Set,
}

impl Access {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Access::Get => "getitem",
            Access::Set => "setitem",
        }
    }
}

/// What an [`super::Indexing::InBounds`] checks: positions along an axis of an array.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// What is done at the positions, for messages.
    pub access: Access,
    /// The array that is read or written.
    pub array: Type,
    /// The axis of it that the positions are on. It has at least one element.
    pub axis: usize,
}

impl Bounds {
    /// The extent of the axis.
    pub fn extent(&self) -> usize {
        self.array.shape.get(self.axis).copied().unwrap_or(0)
    }

    /// NumPy's error for a position that is not on the axis.
    pub fn error(&self, position: i64) -> Error {
        let (axis, extent) = (self.axis, self.extent());
        Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}"))
    }

    /// The operation at fault, with what it is applied to.
    pub fn context(&self) -> String {
        format!("{}({})", self.access.name(), self.array)
    }
}
