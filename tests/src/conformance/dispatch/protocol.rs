//! What Python asks of an array by itself: attributes, conversions, length, iteration, text.

use hloom::{List, NdArray};

use super::call::Call;
use super::index;
use super::item::{Halt, Item};
use super::structure::{int, named, tuple_of_sizes};
use crate::conformance::value::{Answer, Nested, Number, PyScalar};

/// Calls a part of Python's protocols; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "attr.dtype" => |call| Ok(named(call.array(0)?.try_dtype()?)),
        "attr.shape" | "shape" => |call| Ok(tuple_of_sizes(&call.array(0)?.try_shape()?)),
        "attr.ndim" | "ndim" => |call| Ok(int(checked(call)?.ndim())),
        "attr.size" | "size" => |call| Ok(int(checked(call)?.size())),
        "attr.itemsize" => |call| Ok(int(checked(call)?.itemsize())),
        "attr.nbytes" => |call| Ok(int(checked(call)?.nbytes())),
        "attr.real" => |call| Ok(call.array(0)?.real().into()),
        "attr.imag" => |call| Ok(call.array(0)?.imag().into()),
        "divmod" | "divmod_op" => |call| {
            let (quotient, remainder) = hloom::divmod(call.operand(0)?, call.operand(1)?);
            Ok(Item::Tuple(vec![quotient.into(), remainder.into()]))
        },
        "len" => |call| Ok(int(call.array(0)?.len()?)),
        "iter" => |call| Ok(Item::Tuple(call.array(0)?.iter().map(Item::Array).collect())),
        "tolist" => |call| Ok(Item::Answer(Answer::Nested(nested(&call.array(0)?.tolist()?)))),
        "item" => item,
        "py_bool" => |call| Ok(Item::Py(PyScalar::Bool(call.array(0)?.truth()?))),
        "py_int" => |call| number(call, py_int),
        "py_index" => |call| number(call, py_index),
        "py_float" => |call| number(call, py_float),
        "py_complex" => |call| number(call, |value| Ok(PyScalar::Complex(value.as_complex()))),
        "str" | "array_str" => |call| Ok(Item::Answer(Answer::Text(checked(call)?.to_string()))),
        "repr" => |call| Ok(Item::Answer(Answer::Text(call.array(0)?.repr()?))),
        _ => return None,
    };
    Some(function(call))
}

/// An array that is not in error, so that its accessors do not panic.
fn checked(call: &Call<'_>) -> Result<NdArray, Halt> {
    let array = call.array(0)?;
    array.check()?;
    Ok(array)
}

fn nested(list: &List) -> Nested {
    match list {
        List::Bool(value) => Nested::Number(PyScalar::Bool(*value)),
        List::Int(value) => Nested::Number(PyScalar::Int((*value).into())),
        List::UInt(value) => Nested::Number(PyScalar::Int((*value).into())),
        List::Float(value) => Nested::Number(PyScalar::Float(*value)),
        List::Complex(value) => Nested::Number(PyScalar::Complex(*value)),
        List::List(items) => Nested::List(items.iter().map(nested).collect()),
    }
}

fn item(call: &Call<'_>) -> Result<Item, Halt> {
    let mut array = call.array(0)?;
    match call.ints("args")?.as_deref() {
        None | Some([]) => {}
        // One number counts along the flattened array, several count along an axis each.
        Some([place]) => array = index::at(&array.ravel(), &[*place]),
        Some(places) => array = index::at(&array, places),
    }
    let dtype = array.try_dtype()?;
    Ok(Item::Py(hloom_ir::with_element!(dtype, T => array.item::<T>()?.to_py())))
}

/// Converts an array without axes as Python's number types do: only such an array is a number to them.
fn number(call: &Call<'_>, convert: fn(PyScalar) -> Result<PyScalar, Halt>) -> Result<Item, Halt> {
    match nested(&call.array(0)?.tolist()?) {
        Nested::Number(value) => Ok(Item::Py(convert(value)?)),
        Nested::List(_) => Err(raise("TypeError", "only 0-dimensional arrays can be converted to Python scalars")),
    }
}

fn py_int(value: PyScalar) -> Result<PyScalar, Halt> {
    Ok(PyScalar::Int(match value {
        PyScalar::Bool(value) => value.into(),
        PyScalar::Int(value) => value,
        PyScalar::Float(value) if value.is_nan() => {
            return Err(raise("ValueError", "cannot convert float NaN to integer"));
        }
        PyScalar::Float(value) if value.is_infinite() => {
            return Err(raise("OverflowError", "cannot convert float infinity to integer"));
        }
        PyScalar::Float(value) => value as i128,
        PyScalar::Complex(_) => return Err(raise("TypeError", "int() argument must be a real number")),
    }))
}

fn py_index(value: PyScalar) -> Result<PyScalar, Halt> {
    match value {
        PyScalar::Int(_) => Ok(value),
        _ => Err(raise("TypeError", "only integer scalar arrays can be converted to a scalar index")),
    }
}

fn py_float(value: PyScalar) -> Result<PyScalar, Halt> {
    let real = value.as_real().ok_or_else(|| raise("TypeError", "float() argument must be a real number"))?;
    Ok(PyScalar::Float(real))
}

fn raise(kind: &'static str, message: &str) -> Halt {
    Halt::Raised(kind, message.to_owned())
}
