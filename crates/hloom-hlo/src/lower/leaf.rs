//! Values that follow from no other.

use hloom_ir::{DType, Leaf, Type};

use crate::builder::Builder;
use crate::types::int;
use crate::value::Value;
use crate::{Error, Result};

use super::convert;

/// A constant, or an array that counts. Inputs and scalars are parameters, which are there before.
pub(super) fn lower<'b>(b: &'b Builder<'b>, op: &Leaf, ty: &Type) -> Result<Value<'b>> {
    match op {
        Leaf::Input | Leaf::Scalar => Err(Error::Internal("a parameter is lowered as an operation".to_owned())),
        Leaf::Constant(literal) => Ok(b.constant(*literal, &ty.shape)),
        Leaf::Iota { axis } => Ok(iota(b, *axis, ty)),
    }
}

/// Each element is its index along an axis. Dtypes in which counting would round are counted in int64.
fn iota<'b>(b: &'b Builder<'b>, axis: usize, ty: &Type) -> Value<'b> {
    let counted = if ty.dtype.is_half() || ty.dtype.is_complex() { DType::I64 } else { ty.dtype };
    let of_counted = Type { dtype: counted, shape: ty.shape.clone() };
    let value = b.array("iota", of_counted, &[], |instruction| instruction.dimensions = vec![int(axis)]);
    convert::lower(value, ty.dtype)
}
