//! Rust types that are array elements. Knows only how each maps to a [`DType`].

use half::{bf16, f16};
use num_complex::Complex;

use crate::DType;

mod sealed {
    pub trait Sealed {}
}

/// A Rust type that is stored in arrays as it lies in memory.
///
/// `bool` is the one exception to plain-old-data: its bytes are 0 or 1 on every device.
pub trait Element: sealed::Sealed + Copy + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// The dtype of arrays that hold this type.
    const DTYPE: DType;

    /// The bytes of a slice of elements, in native order.
    fn as_bytes(slice: &[Self]) -> &[u8];

    /// Copies elements out of bytes in native order; a trailing partial element is ignored.
    ///
    /// The bytes need no alignment. For `bool` any byte other than 0 is true.
    fn from_bytes(bytes: &[u8]) -> Vec<Self>;
}

macro_rules! elements {
    ($($ty:ty => $dtype:ident),* $(,)?) => { $(
        impl sealed::Sealed for $ty {}
        impl Element for $ty {
            const DTYPE: DType = DType::$dtype;

            fn as_bytes(slice: &[Self]) -> &[u8] {
                bytemuck::cast_slice(slice)
            }

            fn from_bytes(bytes: &[u8]) -> Vec<Self> {
                let whole = bytes.len() / size_of::<$ty>() * size_of::<$ty>();
                bytemuck::pod_collect_to_vec(&bytes[..whole])
            }
        }
    )* };
}

elements! {
    i8 => I8, i16 => I16, i32 => I32, i64 => I64,
    u8 => U8, u16 => U16, u32 => U32, u64 => U64,
    f16 => F16, bf16 => BF16, f32 => F32, f64 => F64,
    Complex<f32> => C64, Complex<f64> => C128,
}

impl sealed::Sealed for bool {}

impl Element for bool {
    const DTYPE: DType = DType::Bool;

    fn as_bytes(slice: &[Self]) -> &[u8] {
        bytemuck::cast_slice(slice)
    }

    fn from_bytes(bytes: &[u8]) -> Vec<Self> {
        bytes.iter().map(|&byte| byte != 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_round_trip() {
        let values = [Complex::new(1.5f32, -2.0), Complex::new(0.0, 3.0)];
        assert_eq!(Complex::<f32>::from_bytes(Complex::<f32>::as_bytes(&values)), values);
        assert_eq!(bool::from_bytes(&[0, 1, 2]), [false, true, true]);
        assert_eq!(i32::from_bytes(&[1, 0, 0, 0, 9]), [1]);
    }
}
