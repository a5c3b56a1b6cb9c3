//! Where the extreme elements of an array are.

use crate::{DType, Error, Result, Shape, Type};

/// Which element along an axis is sought. Of equal ones it is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Extreme {
    /// The greatest; the first NaN if there is one.
    Max,
    /// The least; the first NaN if there is one.
    Min,
}

impl Extreme {
    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Extreme::Max => "argmax",
            Extreme::Min => "argmin",
        }
    }
}

pub(super) fn infer([operand]: [&Type; 1], extreme: Extreme, axis: usize) -> Result<Type> {
    let name = extreme.name();
    let Some(&extent) = operand.shape.get(axis) else {
        return Err(Error::internal(format!("{name}: expected an axis of {operand}, got {axis}")));
    };
    if extent == 0 {
        return Err(Error::value(format!("attempt to get {name} of an empty sequence")));
    }
    let kept: Shape =
        (0..operand.shape.ndim()).filter(|&other| other != axis).map(|axis| operand.shape[axis]).collect();
    Ok(Type { dtype: DType::I64, shape: kept })
}
