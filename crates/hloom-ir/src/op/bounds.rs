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
    /// They are taken by a function.
    Take,
    /// They are taken along an axis, each place with positions of its own.
    TakeAlongAxis,
    /// They are put there by a function.
    Put,
    /// They are put along an axis, each place with positions of its own.
    PutAlongAxis,
    /// Arrays are chosen from.
    Choose,
    /// Positions on several axes are made one.
    RavelMultiIndex,
    /// One position is made several.
    UnravelIndex,
}

impl Access {
    const ALL: [Access; 9] = [
        Access::Get,
        Access::Set,
        Access::Take,
        Access::TakeAlongAxis,
        Access::Put,
        Access::PutAlongAxis,
        Access::Choose,
        Access::RavelMultiIndex,
        Access::UnravelIndex,
    ];

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Access::Get => "getitem",
            Access::Set => "setitem",
            Access::Take => "take",
            Access::TakeAlongAxis => "take_along_axis",
            Access::Put => "put",
            Access::PutAlongAxis => "put_along_axis",
            Access::Choose => "choose",
            Access::RavelMultiIndex => "ravel_multi_index",
            Access::UnravelIndex => "unravel_index",
        }
    }

    /// The access of a name.
    pub fn from_name(name: &str) -> Option<Access> {
        Access::ALL.into_iter().find(|access| access.name() == name)
    }

    /// Whether a negative position counts from the end of its axis.
    pub const fn counts_from_end(self) -> bool {
        match self {
            Access::Get | Access::Set | Access::Take | Access::TakeAlongAxis | Access::Put | Access::PutAlongAxis => {
                true
            }
            Access::Choose | Access::RavelMultiIndex | Access::UnravelIndex => false,
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
        match self.access {
            Access::Get | Access::Set | Access::Take | Access::TakeAlongAxis | Access::Put | Access::PutAlongAxis => {
                Error::index(format!("index {position} is out of bounds for axis {axis} with size {extent}"))
            }
            Access::Choose => Error::value("invalid entry in choice array"),
            Access::RavelMultiIndex => Error::value("invalid entry in coordinates array"),
            Access::UnravelIndex => {
                Error::value(format!("index {position} is out of bounds for array with size {extent}"))
            }
        }
    }

    /// The operation at fault, with what it is applied to.
    pub fn context(&self) -> String {
        format!("{}({})", self.access.name(), self.array)
    }
}
