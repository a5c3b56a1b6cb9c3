//! Elements as text in columns, for every dtype. Knows nothing of bytes and shapes.

use hloom_ir::DType;

use super::digits::Format;
use super::float::FloatFormat;
use super::scalar::brief_text;
use super::value::Value;
use super::{PrintOptions, Sign};

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
