//! The values of elements, as they lie in bytes. Knows nothing of text.

use half::{bf16, f16};
use hloom_ir::DType;
use num_complex::Complex;

/// One element's value, wide enough for every dtype of its kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    Bool(bool),
    Int(i128),
    Float(f64),
    Complex(Complex<f64>),
}

impl Value {
    /// Reads the element number `index`.
    ///
    /// # Panics
    /// If the bytes end before it does.
    pub(super) fn read(bytes: &[u8], dtype: DType, index: usize) -> Value {
        let size = dtype.size();
        let bytes = &bytes[index * size..][..size];
        match dtype {
            DType::Bool => Value::Bool(bytes[0] != 0),
            DType::I8 => Value::Int(i8::from_ne_bytes(lane(bytes)).into()),
            DType::I16 => Value::Int(i16::from_ne_bytes(lane(bytes)).into()),
            DType::I32 => Value::Int(i32::from_ne_bytes(lane(bytes)).into()),
            DType::I64 => Value::Int(i64::from_ne_bytes(lane(bytes)).into()),
            DType::U8 => Value::Int(bytes[0].into()),
            DType::U16 => Value::Int(u16::from_ne_bytes(lane(bytes)).into()),
            DType::U32 => Value::Int(u32::from_ne_bytes(lane(bytes)).into()),
            DType::U64 => Value::Int(u64::from_ne_bytes(lane(bytes)).into()),
            DType::F16 => Value::Float(f16::from_ne_bytes(lane(bytes)).to_f64()),
            DType::BF16 => Value::Float(bf16::from_ne_bytes(lane(bytes)).to_f64()),
            DType::F32 => Value::Float(f32::from_ne_bytes(lane(bytes)).into()),
            DType::F64 => Value::Float(f64::from_ne_bytes(lane(bytes))),
            DType::C64 => {
                let part = |at: usize| f64::from(f32::from_ne_bytes(lane(&bytes[at..])));
                Value::Complex(Complex::new(part(0), part(4)))
            }
            DType::C128 => {
                let part = |at: usize| f64::from_ne_bytes(lane(&bytes[at..]));
                Value::Complex(Complex::new(part(0), part(8)))
            }
        }
    }

    /// The value as a float, of a complex number the real part.
    pub(super) fn float(self) -> f64 {
        match self {
            Value::Bool(value) => f64::from(u8::from(value)),
            Value::Int(value) => value as f64,
            Value::Float(value) => value,
            Value::Complex(value) => value.re,
        }
    }

    /// The imaginary part, 0 of a real number.
    pub(super) fn imaginary(self) -> f64 {
        match self {
            Value::Complex(value) => value.im,
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0.0,
        }
    }

    /// The value as an integer, of a complex number the real part.
    pub(super) fn int(self) -> i128 {
        match self {
            Value::Bool(value) => i128::from(value),
            Value::Int(value) => value,
            Value::Float(value) => value as i128,
            Value::Complex(value) => value.re as i128,
        }
    }
}

fn lane<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut lane = [0; N];
    lane.copy_from_slice(&bytes[..N]);
    lane
}
