//! How dtypes, shapes and numbers are written in HLO: the one map between [`DType`] and XLA's
//! `PrimitiveType`. PJRT numbers its buffer types differently; nothing here applies to them.
//!
//! **Source**: [`xla/xla_data.proto`](https://github.com/openxla/xla/blob/main/xla/xla_data.proto).

use hloom_ir::{DType, Literal, SourceLine, Type};

use crate::proto::{LayoutProto, LiteralProto, OpMetadata, ShapeProto};

/// An operation's name and the line that recorded it.
pub(crate) type OpSource = (&'static str, SourceLine);

/// The `PrimitiveType` of tuples.
pub(crate) const TUPLE: i32 = 13;

/// XLA's number and name of a dtype.
const fn primitive(dtype: DType) -> (i32, &'static str) {
    match dtype {
        DType::Bool => (1, "pred"),
        DType::I8 => (2, "s8"),
        DType::I16 => (3, "s16"),
        DType::I32 => (4, "s32"),
        DType::I64 => (5, "s64"),
        DType::U8 => (6, "u8"),
        DType::U16 => (7, "u16"),
        DType::U32 => (8, "u32"),
        DType::U64 => (9, "u64"),
        DType::F16 => (10, "f16"),
        DType::BF16 => (16, "bf16"),
        DType::F32 => (11, "f32"),
        DType::F64 => (12, "f64"),
        DType::C64 => (15, "c64"),
        DType::C128 => (18, "c128"),
    }
}

/// The `PrimitiveType` of a dtype.
pub(crate) const fn primitive_type(dtype: DType) -> i32 {
    primitive(dtype).0
}

/// The dtype of a `PrimitiveType`, if hloom has it.
pub(crate) fn dtype_of(primitive_type: i32) -> Option<DType> {
    DType::ALL.into_iter().find(|&dtype| primitive(dtype).0 == primitive_type)
}

/// XLA's name of a dtype in HLO text.
pub(crate) const fn primitive_name(dtype: DType) -> &'static str {
    primitive(dtype).1
}

/// An extent or axis as HLO writes it. Verified shapes fit.
pub(crate) fn int(extent: usize) -> i64 {
    i64::try_from(extent).unwrap_or(i64::MAX)
}

/// Extents or axes as HLO writes them.
pub(crate) fn ints(extents: impl IntoIterator<Item = usize>) -> Vec<i64> {
    extents.into_iter().map(int).collect()
}

/// An array shape in row-major layout.
pub(crate) fn shape_proto(ty: &Type) -> ShapeProto {
    ShapeProto {
        element_type: primitive_type(ty.dtype),
        dimensions: ints(ty.shape.iter().copied()),
        tuple_shapes: Vec::new(),
        layout: Some(LayoutProto { minor_to_major: ints((0..ty.shape.ndim()).rev()) }),
    }
}

/// A tuple of array shapes.
pub(crate) fn tuple_proto(types: &[Type]) -> ShapeProto {
    ShapeProto { element_type: TUPLE, tuple_shapes: types.iter().map(shape_proto).collect(), ..ShapeProto::default() }
}

/// Where an instruction comes from.
pub(crate) fn metadata_proto((name, line): OpSource) -> OpMetadata {
    OpMetadata {
        op_type: name.to_owned(),
        op_name: name.to_owned(),
        source_file: line.file().to_owned(),
        source_line: i32::try_from(line.line()).unwrap_or(i32::MAX),
    }
}

/// A 0-d constant.
pub(crate) fn literal_proto(literal: &Literal) -> LiteralProto {
    let bytes = literal.bytes();
    let mut proto =
        LiteralProto { shape: Some(shape_proto(&Type::scalar(literal.dtype()))), ..LiteralProto::default() };
    match literal.dtype() {
        DType::Bool => proto.preds = elements(bytes, |[byte]: [u8; 1]| byte != 0),
        DType::I8 => proto.s8s = bytes.to_vec(),
        DType::U8 => proto.u8s = bytes.to_vec(),
        // XLA reads the elements of 16-bit literals as little-endian whatever the host's order is.
        DType::I16 => proto.s16s = little_endian(bytes),
        DType::U16 => proto.u16s = little_endian(bytes),
        DType::F16 => proto.f16s = little_endian(bytes),
        DType::BF16 => proto.bf16s = little_endian(bytes),
        DType::I32 => proto.s32s = elements(bytes, i32::from_ne_bytes),
        DType::I64 => proto.s64s = elements(bytes, i64::from_ne_bytes),
        DType::U32 => proto.u32s = elements(bytes, u32::from_ne_bytes),
        DType::U64 => proto.u64s = elements(bytes, u64::from_ne_bytes),
        DType::F32 => proto.f32s = elements(bytes, f32::from_ne_bytes),
        DType::F64 => proto.f64s = elements(bytes, f64::from_ne_bytes),
        DType::C64 => proto.c64s = elements(bytes, f32::from_ne_bytes),
        DType::C128 => proto.c128s = elements(bytes, f64::from_ne_bytes),
    }
    proto
}

fn elements<const N: usize, T>(bytes: &[u8], read: impl Fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks::<N>().0.iter().map(|&chunk| read(chunk)).collect()
}

fn little_endian(bytes: &[u8]) -> Vec<u8> {
    elements(bytes, u16::from_ne_bytes).into_iter().flat_map(u16::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primitive_types_read_back_and_differ() {
        for dtype in DType::ALL {
            assert_eq!(dtype_of(primitive_type(dtype)), Some(dtype));
        }
        assert_eq!(dtype_of(TUPLE), None);
        assert_eq!(dtype_of(0), None);
    }

    #[test]
    fn names_tell_the_size() {
        for dtype in DType::ALL {
            let bits: usize = primitive_name(dtype).trim_start_matches(char::is_alphabetic).parse().unwrap_or(8);
            assert_eq!(bits, dtype.size() * 8, "{dtype}");
        }
    }

    #[test]
    fn literals_fill_the_field_of_their_type() {
        let proto = literal_proto(&Literal::new(-2i16));
        assert_eq!(proto.s16s, (-2i16).to_le_bytes());
        assert!(proto.u16s.is_empty() && proto.s32s.is_empty());
        assert_eq!(literal_proto(&Literal::new(true)).preds, [true]);
        assert_eq!(literal_proto(&Literal::one(DType::C128)).c128s, [1.0, 0.0]);
        assert_eq!(literal_proto(&Literal::new(u64::MAX)).u64s, [u64::MAX]);
    }

    #[test]
    fn layouts_are_row_major() {
        let proto = shape_proto(&Type::new(DType::F32, [2, 3, 4]));
        assert_eq!(proto.layout.unwrap().minor_to_major, [2, 1, 0]);
    }
}
