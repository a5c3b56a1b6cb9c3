//! Conditions that only the run of a program can tell: whether an index lies within its axis.
//!
//! A program cannot raise an error. It computes beside its results what would have to be one, and whoever
//! reads a result looks at that first. Knows nothing of how that is done.

use crate::{DType, Error, Result, Type};

use super::require;

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

/// What an [`super::Op::Checked`] checks: positions along an axis of an array.
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

pub(super) fn infer([value, offender]: [&Type; 2], bounds: &Bounds) -> Result<Type> {
    require("checked", *offender == Type::scalar(DType::I64), || format!("a 0-d int64 as offender, got {offender}"))?;
    // A position of 0 stands for none that is out of bounds, so that it must not be one itself.
    require("checked", bounds.extent() > 0, || format!("an axis with elements, got {bounds:?}"))?;
    Ok(value.clone())
}
