//! The maps between [`DType`] and `PJRT_Buffer_Type`, and `XLA_FFI_DataType` of custom calls.
//!
//! They are not the same: `XLA_FFI_DataType` numbers bfloat16 and the complex types as XLA's `PrimitiveType` does.

use std::ffi::c_int;

use hloom_ir::{DType, Type};
use smallvec::SmallVec;

use super::raw;

/// Dimensions as the C API takes them.
pub(super) type Dims = SmallVec<[i64; 6]>;

/// The `PJRT_Buffer_Type` of a dtype.
pub(super) const fn to_raw(dtype: DType) -> c_int {
    match dtype {
        DType::Bool => 1,
        DType::I8 => 2,
        DType::I16 => 3,
        DType::I32 => 4,
        DType::I64 => 5,
        DType::U8 => 6,
        DType::U16 => 7,
        DType::U32 => 8,
        DType::U64 => 9,
        DType::F16 => 10,
        DType::F32 => 11,
        DType::F64 => 12,
        DType::BF16 => 13,
        DType::C64 => 14,
        DType::C128 => 15,
    }
}

/// The dtype of a `PJRT_Buffer_Type`, if it has one.
pub(super) fn from_raw(raw: c_int) -> Option<DType> {
    DType::ALL.into_iter().find(|&dtype| to_raw(dtype) == raw)
}

/// The `XLA_FFI_DataType` of a dtype.
const fn to_data_type(dtype: DType) -> c_int {
    match dtype {
        DType::Bool
        | DType::I8
        | DType::I16
        | DType::I32
        | DType::I64
        | DType::U8
        | DType::U16
        | DType::U32
        | DType::U64
        | DType::F16
        | DType::F32
        | DType::F64 => to_raw(dtype),
        DType::C64 => 15,
        DType::BF16 => 16,
        DType::C128 => 18,
    }
}

/// The dtype of an `XLA_FFI_DataType`, if it has one.
pub(super) fn from_data_type(data_type: c_int) -> Option<DType> {
    DType::ALL.into_iter().find(|&dtype| to_data_type(dtype) == data_type)
}

/// The extents of a type as the C API takes them. Only for types that [`Type::checked_size_bytes`] accepts.
pub(super) fn dims(ty: &Type) -> Dims {
    ty.shape.iter().map(|&extent| extent as i64).collect()
}

/// The axes of a row-major array, the fastest first.
pub(super) fn row_major(ndim: usize) -> Dims {
    (0..ndim as i64).rev().collect()
}

/// A dense layout with the axes in this order, which it points to.
pub(super) fn dense(order: &Dims) -> raw::MemoryLayout {
    let mut layout = raw::MemoryLayout { kind: raw::LAYOUT_TILED, ..Default::default() };
    layout.tiled.minor_to_major = order.as_ptr();
    layout.tiled.minor_to_major_size = order.len();
    layout
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_types_map_back() {
        for dtype in DType::ALL {
            assert_eq!(from_raw(to_raw(dtype)), Some(dtype));
            assert_eq!(from_data_type(to_data_type(dtype)), Some(dtype));
        }
        assert_eq!(from_raw(0), None);
        assert_eq!(from_raw(16), None);
    }
}
