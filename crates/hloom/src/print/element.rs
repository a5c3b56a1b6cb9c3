//! Elements as text in columns, for every dtype. Knows how elements lie in bytes, nothing of shapes.

use half::{bf16, f16};
use hloom_ir::DType;
use num_complex::Complex;

use super::digits::Format;
use super::float::FloatFormat;
use super::scalar::brief_text;
use super::{PrintOptions, Sign};

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

    fn float(self) -> f64 {
        match self {
            Value::Bool(value) => f64::from(u8::from(value)),
            Value::Int(value) => value as f64,
            Value::Float(value) => value,
            Value::Complex(value) => value.re,
        }
    }

    fn imaginary(self) -> f64 {
        match self {
            Value::Complex(value) => value.im,
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => 0.0,
        }
    }

    fn int(self) -> i128 {
        match self {
            Value::Bool(value) => i128::from(value),
            Value::Int(value) => value,
            Value::Float(value) => value as i128,
            Value::Complex(value) => value.re as i128,
        }
    }
}

/// How the elements of one array are written.
pub(super) enum ElementFormat {
    /// Padded, so that `True` is as wide as `False`.
    Bool {
        pad: bool,
    },
    Int {
        width: usize,
        sign: Sign,
    },
    Float(FloatFormat),
    Complex {
        real: FloatFormat,
        imaginary: FloatFormat,
    },
    /// bfloat16 is not set in columns: `ml_dtypes` prints each element by itself, in six digits.
    Brief,
}

impl ElementFormat {
    /// The format that suits the elements shown.
    pub(super) fn new(dtype: DType, ndim: usize, shown: &[Value], options: &PrintOptions) -> ElementFormat {
        let format = match dtype {
            DType::Bool => return ElementFormat::Bool { pad: ndim > 0 },
            DType::BF16 => return ElementFormat::Brief,
            DType::I8 | DType::I16 | DType::I32 | DType::I64 => return int_format(shown, options.sign),
            DType::U8 | DType::U16 | DType::U32 | DType::U64 => return int_format(shown, options.sign),
            DType::F16 => Format::Half,
            DType::F32 | DType::C64 => Format::Single,
            DType::F64 | DType::C128 => Format::Double,
        };
        let real: Vec<f64> = shown.iter().map(|value| value.float()).collect();
        let real = FloatFormat::new(format, &real, options, options.sign);
        if !dtype.is_complex() {
            return ElementFormat::Float(real);
        }
        let imaginary: Vec<f64> = shown.iter().map(|value| value.imaginary()).collect();
        let imaginary = FloatFormat::new(format, &imaginary, options, Sign::Plus);
        ElementFormat::Complex { real, imaginary }
    }

    /// The element in its column.
    pub(super) fn text(&self, value: Value) -> String {
        match self {
            ElementFormat::Bool { pad } => match (value.int() != 0, pad) {
                (true, true) => " True".to_owned(),
                (true, false) => "True".to_owned(),
                (false, _) => "False".to_owned(),
            },
            ElementFormat::Int { width, sign } => {
                format!("{:>width$}", signed(value.int(), *sign))
            }
            ElementFormat::Float(format) => format.text(value.float()),
            ElementFormat::Complex { real, imaginary } => {
                let mut text = real.text(value.float()) + &imaginary.text(value.imaginary());
                // The unit belongs to the number, before the blanks that fill its column.
                text.insert(text.trim_end().len(), 'j');
                text
            }
            ElementFormat::Brief => brief_text(value.float()),
        }
    }
}

/// Source: `IntegerFormat` in NumPy's `arrayprint.py`.
fn int_format(shown: &[Value], sign: Sign) -> ElementFormat {
    let values = || shown.iter().map(|value| value.int());
    let sign = match sign {
        Sign::Space if values().any(|value| value < 0) => Sign::Minus,
        other => other,
    };
    let max = values().max().map_or(0, |max| max.to_string().len() + usize::from(max >= 0 && sign != Sign::Minus));
    let min = values().min().map_or(0, |min| min.to_string().len());
    ElementFormat::Int { width: max.max(min), sign }
}

fn signed(value: i128, sign: Sign) -> String {
    match sign {
        Sign::Plus if value >= 0 => format!("+{value}"),
        Sign::Space if value >= 0 => format!(" {value}"),
        _ => value.to_string(),
    }
}

fn lane<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut lane = [0; N];
    lane.copy_from_slice(&bytes[..N]);
    lane
}
