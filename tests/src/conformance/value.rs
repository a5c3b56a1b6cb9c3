//! Host values of the corpus and how they are read from JSON. Knows nothing about the library under
//! test, nor about cases and scoring.
//!
//! Numbers are kept exactly: integers as `i128`, which holds every `i64`, every `u64` and the Python
//! integers beyond them that the corpus asks about; floats as `f64`, rounded to the array's dtype.

use anyhow::{Context, Result, anyhow, bail, ensure};
use half::{bf16, f16};
use hloom_ir::{DType, Element, with_element};
use num_complex::Complex;
use serde_json::Value as Json;

/// A dense array on the host, its elements as bytes in native order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostArray {
    /// The type of the elements.
    pub dtype: DType,
    /// The length of each axis.
    pub shape: Vec<usize>,
    /// The elements in row-major order.
    pub bytes: Vec<u8>,
}

/// A Python number, whose type is weak in promotion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PyScalar {
    /// `bool`.
    Bool(bool),
    /// `int`; the corpus holds none beyond 128 bits.
    Int(i128),
    /// `float`.
    Float(f64),
    /// `complex`.
    Complex(Complex<f64>),
}

/// One argument of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An array.
    Array(HostArray),
    /// A Python number.
    Py(PyScalar),
    /// A list of arguments, as `concatenate` takes.
    List(Vec<Value>),
    /// Python's `None`.
    None,
    /// The result of an earlier step of a program.
    Ref(usize),
}

/// Nested Python lists of numbers, as `tolist` returns and `array` takes.
#[derive(Clone, Debug, PartialEq)]
pub enum Nested {
    /// A list.
    List(Vec<Nested>),
    /// A number.
    Number(PyScalar),
}

/// What an operation returned, or should.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// An array.
    Array(HostArray),
    /// A Python number.
    Py(PyScalar),
    /// Several results.
    Tuple(Vec<Answer>),
    /// Text.
    Text(String),
    /// Nested lists.
    Nested(Nested),
    /// A dtype, by its short name.
    DType(String),
    /// Python's `None`.
    None,
}

/// Elements on their way between a dtype's own type and Python's numbers.
pub(super) trait Number: Element {
    /// The number as Python's `item()` returns it.
    fn to_py(self) -> PyScalar;

    /// The number as this type, rounded if it is a float, or `None` if it does not fit.
    fn from_py(scalar: PyScalar) -> Option<Self>;
}

impl Number for bool {
    fn to_py(self) -> PyScalar {
        PyScalar::Bool(self)
    }

    fn from_py(scalar: PyScalar) -> Option<bool> {
        Some(match scalar {
            PyScalar::Bool(value) => value,
            PyScalar::Int(value) => value != 0,
            PyScalar::Float(value) => value != 0.0,
            PyScalar::Complex(value) => value != Complex::ZERO,
        })
    }
}

macro_rules! integers {
    ($($ty:ident),*) => { $(
        impl Number for $ty {
            fn to_py(self) -> PyScalar {
                PyScalar::Int(self.into())
            }

            fn from_py(scalar: PyScalar) -> Option<$ty> {
                match scalar {
                    PyScalar::Bool(value) => Some($ty::from(value)),
                    PyScalar::Int(value) => value.try_into().ok(),
                    // Python truncates; what lies beyond i128 does not fit here either, so that the
                    // saturating conversion cannot turn a wrong number into a right one.
                    PyScalar::Float(value) if value.is_finite() => (value.trunc() as i128).try_into().ok(),
                    PyScalar::Float(_) | PyScalar::Complex(_) => None,
                }
            }
        }
    )* };
}
integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! floats {
    ($($ty:ident: $to:expr, $from:expr;)*) => { $(
        impl Number for $ty {
            fn to_py(self) -> PyScalar {
                let widen: fn($ty) -> f64 = $to;
                PyScalar::Float(widen(self))
            }

            fn from_py(scalar: PyScalar) -> Option<$ty> {
                let round: fn(f64) -> $ty = $from;
                scalar.as_real().map(round)
            }
        }
    )* };
}
floats! {
    f16: f16::to_f64, f16::from_f64;
    bf16: bf16::to_f64, bf16::from_f64;
    f32: f64::from, |value| value as f32;
    f64: |value| value, |value| value;
}

macro_rules! complexes {
    ($($part:ident),*) => { $(
        impl Number for Complex<$part> {
            fn to_py(self) -> PyScalar {
                PyScalar::Complex(Complex::new(f64::from(self.re), f64::from(self.im)))
            }

            fn from_py(scalar: PyScalar) -> Option<Complex<$part>> {
                let value = scalar.as_complex();
                Some(Complex::new(value.re as $part, value.im as $part))
            }
        }
    )* };
}
complexes!(f32, f64);

impl PyScalar {
    /// The number as a float; `None` for complex numbers, as in Python.
    pub fn as_real(self) -> Option<f64> {
        match self {
            PyScalar::Bool(value) => Some(f64::from(u8::from(value))),
            PyScalar::Int(value) => Some(value as f64),
            PyScalar::Float(value) => Some(value),
            PyScalar::Complex(_) => None,
        }
    }

    /// The number as a complex number.
    pub fn as_complex(self) -> Complex<f64> {
        match self {
            PyScalar::Complex(value) => value,
            real => Complex::new(real.as_real().unwrap_or_default(), 0.0),
        }
    }

    /// Reads `{"py": kind, "v": value}`.
    ///
    /// # Errors
    /// An unknown kind, or a value of another kind.
    pub fn parse(json: &Json) -> Result<PyScalar> {
        let value = json.get("v").context("python scalar: no value")?;
        Ok(match json.get("py").and_then(Json::as_str) {
            Some("bool") => PyScalar::Bool(truth(value)?),
            Some("int") => PyScalar::Int(integer(value)?),
            Some("float") => PyScalar::Float(real(value)?),
            Some("complex") => PyScalar::Complex(complex(value)?),
            _ => bail!("python scalar: unknown kind in {json}"),
        })
    }
}

impl HostArray {
    /// Reads `{"dtype", "shape", "data"}`, or `{"dtype", "shape", "tile"}`: the elements over and over.
    ///
    /// # Errors
    /// An unknown dtype, a shape that does not fit the data, or an element that its dtype cannot hold.
    pub fn parse(json: &Json) -> Result<HostArray> {
        let dtype = dtype(json.get("dtype").context("array: no dtype")?)?;
        let shape = sizes(json.get("shape").context("array: no shape")?)?;
        let data = json.get("data").or_else(|| json.get("tile"));
        let data = data.and_then(Json::as_array).context("array: no data")?;
        let scalars = data
            .iter()
            .map(|value| {
                Ok(match value {
                    Json::Bool(value) if dtype == DType::Bool => PyScalar::Bool(*value),
                    value if dtype.is_integer() => PyScalar::Int(integer(value)?),
                    value if dtype.is_float() => PyScalar::Float(real(value)?),
                    value if dtype.is_complex() => PyScalar::Complex(complex(value)?),
                    value => bail!("array: {value} is no element of {dtype}"),
                })
            })
            .collect::<Result<Vec<PyScalar>>>()?;
        if json.get("tile").is_some() {
            let size = shape.iter().product();
            let tiled: Vec<PyScalar> = scalars.iter().copied().cycle().take(size).collect();
            return HostArray::from_scalars(dtype, shape, &tiled);
        }
        HostArray::from_scalars(dtype, shape, &scalars)
    }

    /// An array of Python numbers.
    ///
    /// # Errors
    /// A shape that does not fit the data, or an element that the dtype cannot hold.
    pub fn from_scalars(dtype: DType, shape: Vec<usize>, scalars: &[PyScalar]) -> Result<HostArray> {
        let size = shape.iter().try_fold(1usize, |size, &length| size.checked_mul(length));
        ensure!(size == Some(scalars.len()), "array: shape {shape:?} does not fit {} elements", scalars.len());
        let bytes = with_element!(dtype, T => {
            let elements = scalars
                .iter()
                .map(|&scalar| T::from_py(scalar).ok_or_else(|| anyhow!("array: {scalar:?} does not fit {dtype}")))
                .collect::<Result<Vec<T>>>()?;
            T::as_bytes(&elements).to_vec()
        });
        Ok(HostArray { dtype, shape, bytes })
    }

    /// The number of elements.
    pub fn size(&self) -> usize {
        self.bytes.len() / self.dtype.size()
    }

    /// The elements as Python's `item()` returns them.
    pub fn scalars(&self) -> Vec<PyScalar> {
        with_element!(self.dtype, T => T::from_bytes(&self.bytes).into_iter().map(T::to_py).collect())
    }

    /// The elements as complex numbers.
    pub fn complexes(&self) -> Vec<Complex<f64>> {
        self.scalars().into_iter().map(PyScalar::as_complex).collect()
    }

    /// The elements as nested lists.
    pub fn to_nested(&self) -> Nested {
        fn level(shape: &[usize], scalars: &[PyScalar]) -> Nested {
            match shape {
                [] => Nested::Number(scalars[0]),
                [length, inner @ ..] => {
                    let stride = inner.iter().product::<usize>();
                    let row = |idx: usize| level(inner, &scalars[idx * stride..(idx + 1) * stride]);
                    Nested::List((0..*length).map(row).collect())
                }
            }
        }
        level(&self.shape, &self.scalars())
    }
}

impl Value {
    /// Reads an encoded argument.
    ///
    /// # Errors
    /// Anything that is none of the forms.
    pub fn parse(json: &Json) -> Result<Value> {
        Ok(match json {
            Json::Object(fields) if fields.contains_key("py") => Value::Py(PyScalar::parse(json)?),
            Json::Object(fields) if fields.contains_key("none") => Value::None,
            Json::Object(fields) if fields.contains_key("dtype") => Value::Array(HostArray::parse(json)?),
            Json::Object(fields) => match (fields.get("list"), fields.get("ref")) {
                (Some(Json::Array(items)), _) => Value::List(items.iter().map(Value::parse).collect::<Result<_>>()?),
                (_, Some(place)) => Value::Ref(usize::try_from(integer(place)?)?),
                _ => bail!("argument: unknown form {json}"),
            },
            _ => bail!("argument: unknown form {json}"),
        })
    }
}

impl Nested {
    /// Reads nested lists, in which a float is `{"f": x}` and a complex number `{"re", "im"}`.
    ///
    /// # Errors
    /// Anything that is none of the forms.
    pub fn parse(json: &Json) -> Result<Nested> {
        Ok(match json {
            Json::Array(items) => Nested::List(items.iter().map(Nested::parse).collect::<Result<_>>()?),
            Json::Bool(value) => Nested::Number(PyScalar::Bool(*value)),
            Json::Number(_) => Nested::Number(PyScalar::Int(integer(json)?)),
            Json::Object(fields) => match (fields.get("f"), fields.get("re"), fields.get("im")) {
                (Some(value), _, _) => Nested::Number(PyScalar::Float(real(value)?)),
                (_, Some(re), Some(im)) => Nested::Number(PyScalar::Complex(Complex::new(real(re)?, real(im)?))),
                _ => bail!("nested list: unknown form {json}"),
            },
            _ => bail!("nested list: unknown form {json}"),
        })
    }
}

impl Answer {
    /// Reads an encoded result.
    ///
    /// # Errors
    /// Anything that is none of the forms.
    pub fn parse(json: &Json) -> Result<Answer> {
        let fields = json.as_object().with_context(|| format!("result: unknown form {json}"))?;
        Ok(if let Some(items) = fields.get("tuple") {
            let items = items.as_array().context("result: a tuple is a list")?;
            Answer::Tuple(items.iter().map(Answer::parse).collect::<Result<_>>()?)
        } else if fields.contains_key("dtype") {
            Answer::Array(HostArray::parse(json)?)
        } else if fields.contains_key("py") {
            Answer::Py(PyScalar::parse(json)?)
        } else if let Some(nested) = fields.get("nested") {
            Answer::Nested(Nested::parse(nested)?)
        } else if let Some(Json::String(text)) = fields.get("str") {
            Answer::Text(text.clone())
        } else if let Some(Json::String(name)) = fields.get("dt") {
            Answer::DType(name.clone())
        } else if fields.contains_key("none") {
            Answer::None
        } else {
            bail!("result: unknown form {json}")
        })
    }
}

/// Reads a dtype's name.
///
/// # Errors
/// No dtype of that name.
pub fn dtype(json: &Json) -> Result<DType> {
    let name = json.as_str().with_context(|| format!("{json} is no dtype's name"))?;
    Ok(name.parse()?)
}

/// Reads an integer of any size up to 128 bits.
///
/// # Errors
/// Anything else, a float that happens to be whole among it.
pub fn integer(json: &Json) -> Result<i128> {
    match json {
        Json::Number(number) => number.to_string().parse().with_context(|| format!("{json} is no integer")),
        _ => bail!("{json} is no integer"),
    }
}

/// Reads a float: a number, or `"nan"`, `"inf"`, `"-inf"`.
///
/// # Errors
/// Anything else.
pub fn real(json: &Json) -> Result<f64> {
    match json {
        Json::Number(number) => number.as_f64().with_context(|| format!("{json} is no float")),
        Json::String(text) => match text.as_str() {
            "nan" => Ok(f64::NAN),
            "inf" => Ok(f64::INFINITY),
            "-inf" => Ok(f64::NEG_INFINITY),
            _ => bail!("{json} is no float"),
        },
        _ => bail!("{json} is no float"),
    }
}

/// Reads a list of axis lengths.
///
/// # Errors
/// Anything else, a negative length among it.
pub fn sizes(json: &Json) -> Result<Vec<usize>> {
    let items = json.as_array().with_context(|| format!("{json} is no shape"))?;
    items.iter().map(|item| Ok(usize::try_from(integer(item)?)?)).collect()
}

fn truth(json: &Json) -> Result<bool> {
    json.as_bool().with_context(|| format!("{json} is no bool"))
}

fn complex(json: &Json) -> Result<Complex<f64>> {
    match json {
        Json::Array(parts) => match parts.as_slice() {
            [re, im] => Ok(Complex::new(real(re)?, real(im)?)),
            _ => bail!("{json} is no complex number"),
        },
        _ => bail!("{json} is no complex number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(text: &str) -> Result<HostArray> {
        HostArray::parse(&serde_json::from_str(text)?)
    }

    #[test]
    fn integers_keep_all_their_bits() -> Result<()> {
        let wide = array(r#"{"dtype":"u64","shape":[2],"data":[18446744073709551615,9007199254740993]}"#)?;
        assert_eq!(u64::from_bytes(&wide.bytes), [u64::MAX, (1 << 53) + 1]);
        let low = array(r#"{"dtype":"i64","shape":[1],"data":[-9223372036854775808]}"#)?;
        assert_eq!(i64::from_bytes(&low.bytes), [i64::MIN]);
        assert!(array(r#"{"dtype":"i8","shape":[1],"data":[128]}"#).is_err());
        assert!(array(r#"{"dtype":"i8","shape":[1],"data":[1.0]}"#).is_err());
        let beyond = PyScalar::parse(&serde_json::from_str(r#"{"py":"int","v":-18446744073709551616}"#)?)?;
        assert_eq!(beyond, PyScalar::Int(-(1 << 64)));
        Ok(())
    }

    #[test]
    fn floats_keep_their_signs_and_round_once() -> Result<()> {
        let zeros = array(r#"{"dtype":"f64","shape":[2],"data":[-0.0,0]}"#)?;
        assert_eq!(f64::from_bytes(&zeros.bytes).map_bits(), [1 << 63, 0]);
        let halves = array(r#"{"dtype":"f16","shape":[3],"data":[-2.1641,"inf",65504]}"#)?;
        assert_eq!(f16::from_bytes(&halves.bytes), [f16::from_f64(-2.1641), f16::INFINITY, f16::MAX]);
        let tenth = array(r#"{"dtype":"f32","shape":[1],"data":[0.1]}"#)?;
        assert_eq!(f32::from_bytes(&tenth.bytes), [0.1]);
        let parts = array(r#"{"dtype":"c64","shape":[1],"data":[["nan",-0.0]]}"#)?;
        let parts = Complex::<f32>::from_bytes(&parts.bytes);
        assert!(parts[0].re.is_nan() && parts[0].im.is_sign_negative());
        Ok(())
    }

    #[test]
    fn shapes_are_held_against_the_data() {
        assert!(array(r#"{"dtype":"bool","shape":[2,2],"data":[true,false,true]}"#).is_err());
        assert!(array(r#"{"dtype":"bool","shape":[],"data":[]}"#).is_err());
        assert!(array(r#"{"dtype":"bool","shape":[3,0],"data":[]}"#).is_ok());
        assert!(array(r#"{"dtype":"bool","shape":[-1],"data":[]}"#).is_err());
        assert!(array(r#"{"dtype":"bool","shape":[1],"data":[1]}"#).is_err());
    }

    #[test]
    fn nested_lists_follow_the_shape() -> Result<()> {
        let rows = array(r#"{"dtype":"i8","shape":[2,1],"data":[1,2]}"#)?.to_nested();
        assert_eq!(rows, Nested::parse(&serde_json::from_str("[[1],[2]]")?)?);
        let empty = array(r#"{"dtype":"i8","shape":[2,0],"data":[]}"#)?.to_nested();
        assert_eq!(empty, Nested::parse(&serde_json::from_str("[[],[]]")?)?);
        let float = array(r#"{"dtype":"f16","shape":[],"data":[1]}"#)?.to_nested();
        assert_eq!(float, Nested::Number(PyScalar::Float(1.0)));
        Ok(())
    }

    #[test]
    fn arguments_nest() -> Result<()> {
        let text = r#"{"list":[{"ref":2},{"none":true},{"list":[{"py":"float","v":"nan"}]}]}"#;
        let Value::List(items) = Value::parse(&serde_json::from_str(text)?)? else { bail!("no list") };
        assert_eq!(items[..2], [Value::Ref(2), Value::None]);
        assert!(
            matches!(&items[2], Value::List(inner) if matches!(inner[0], Value::Py(PyScalar::Float(x)) if x.is_nan()))
        );
        assert!(Value::parse(&serde_json::from_str("3")?).is_err());
        Ok(())
    }

    trait MapBits {
        fn map_bits(&self) -> Vec<u64>;
    }

    impl MapBits for Vec<f64> {
        fn map_bits(&self) -> Vec<u64> {
            self.iter().map(|value| value.to_bits()).collect()
        }
    }
}
