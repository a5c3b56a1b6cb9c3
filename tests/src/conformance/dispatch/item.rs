//! The values that go in and out of calls, between the corpus' notation and the library's arrays.

use hloom::{NdArray, Operand};
use hloom_ir::Weak;

use crate::conformance::value::{Answer, HostArray, PyScalar, Value};

/// An argument or a result. Arrays are lazy until [`Item::materialize`].
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// An array.
    Array(NdArray),
    /// A Python number.
    Py(PyScalar),
    /// A list of arguments.
    List(Vec<Item>),
    /// Several results.
    Tuple(Vec<Item>),
    /// A result that needs no device any more.
    Answer(Answer),
    /// Python's `None`.
    None,
}

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Halt {
    /// The library refused.
    Error(hloom::Error),
    /// What Python would raise by itself, where Rust's types leave the library nothing to refuse.
    Raised(&'static str, String),
    /// The library does not offer it.
    Unsupported(String),
}

impl Halt {
    pub(super) fn unsupported(what: impl Into<String>) -> Halt {
        Halt::Unsupported(what.into())
    }
}

impl From<hloom::Error> for Halt {
    fn from(error: hloom::Error) -> Halt {
        Halt::Error(error)
    }
}

impl From<hloom_ir::Error> for Halt {
    fn from(error: hloom_ir::Error) -> Halt {
        Halt::Error(error.into())
    }
}

impl From<NdArray> for Item {
    fn from(array: NdArray) -> Item {
        Item::Array(array)
    }
}

impl From<PyScalar> for Weak {
    fn from(scalar: PyScalar) -> Weak {
        match scalar {
            PyScalar::Bool(value) => Weak::Bool(value),
            PyScalar::Int(value) => Weak::Int(value),
            PyScalar::Float(value) => Weak::Float(value),
            PyScalar::Complex(value) => Weak::Complex(value),
        }
    }
}

impl Item {
    /// The item of a value; references are looked up among `earlier` results.
    pub(super) fn decode(value: &Value, earlier: &[Item]) -> Result<Item, Halt> {
        Ok(match value {
            Value::Array(array) => Item::Array(upload(array)?),
            Value::Py(scalar) => Item::Py(*scalar),
            Value::None => Item::None,
            Value::List(values) => {
                Item::List(values.iter().map(|value| Item::decode(value, earlier)).collect::<Result<_, Halt>>()?)
            }
            Value::Ref(place) => {
                earlier.get(*place).cloned().ok_or_else(|| Halt::unsupported("program: a reference to nothing"))?
            }
        })
    }

    /// The array; a Python number becomes one of its default dtype.
    pub(super) fn array(&self) -> Result<NdArray, Halt> {
        match self {
            Item::Array(array) => Ok(array.clone()),
            Item::Py(scalar) => Ok(Operand::Number((*scalar).into()).into_array()),
            other => Err(Halt::unsupported(format!("argument: expected an array, got {other:?}"))),
        }
    }

    /// The array, or the number with its weak type.
    pub(super) fn operand(&self) -> Result<Operand<'_>, Halt> {
        match self {
            Item::Array(array) => Ok(Operand::Borrowed(array)),
            Item::Py(scalar) => Ok(Operand::Number((*scalar).into())),
            other => Err(Halt::unsupported(format!("argument: expected an operand, got {other:?}"))),
        }
    }

    /// Computes the item.
    pub(super) fn materialize(self) -> Result<Answer, Halt> {
        Ok(match self {
            Item::Array(array) => Answer::Array(download(&array)?),
            Item::Py(scalar) => Answer::Py(scalar),
            Item::List(items) | Item::Tuple(items) => {
                Answer::Tuple(items.into_iter().map(Item::materialize).collect::<Result<_, Halt>>()?)
            }
            Item::Answer(answer) => answer,
            Item::None => Answer::None,
        })
    }
}

/// A host array on its way to a device.
pub(super) fn upload(array: &HostArray) -> Result<NdArray, Halt> {
    Ok(NdArray::from_bytes(&array.bytes, array.dtype, &array.shape)?)
}

/// An array's value. What the library says of its type is taken from the library, and held against the
/// value it computed.
fn download(array: &NdArray) -> Result<HostArray, Halt> {
    let bytes = array.to_bytes()?;
    let (dtype, shape) = (array.try_dtype()?, array.try_shape()?.to_vec());
    let size: usize = shape.iter().product();
    if bytes.len() != size * dtype.size() {
        let message = format!("{} bytes for {dtype}{shape:?}", bytes.len());
        return Err(Halt::Raised("InternalError", message));
    }
    Ok(HostArray { dtype, shape, bytes })
}
