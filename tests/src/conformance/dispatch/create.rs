//! Arrays from sizes, numbers and nested lists.
//!
//! The library's constructors take no dtype; a `dtype` argument is the conversion that a user writes.

use hloom::NdArray;
use hloom_ir::Weak;

use super::call::Call;
use super::item::{Halt, Item};
use super::literal;
use crate::conformance::value::Nested;

/// Calls a constructor; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<NdArray, Halt> = match call.op() {
        "zeros" => |call| Ok(hloom::zeros(call.shape("shape")?)),
        "ones" => |call| Ok(hloom::ones(call.shape("shape")?)),
        "full" => |call| Ok(hloom::full(call.shape("shape")?, fill_value(call)?.operand()?)),
        "zeros_like" => |call| Ok(hloom::zeros_like(call.operand(0)?)),
        "ones_like" => |call| Ok(hloom::ones_like(call.operand(0)?)),
        "full_like" => |call| Ok(hloom::full_like(call.operand(0)?, fill_value(call)?.operand()?)),
        "identity" => |call| Ok(hloom::identity(size(call, "n")?)),
        "eye" => |call| {
            let n = size(call, "N")?;
            Ok(hloom::eye(n, call.size("M")?.unwrap_or(n), call.int("k")?.unwrap_or_default()))
        },
        "arange" => arange,
        "array" => |call| {
            let object = call.take("object").and_then(|object| Nested::parse(&object).ok());
            literal::array(&object.ok_or_else(|| Halt::unsupported("array: malformed object"))?)
        },
        "linspace" => |call| {
            let num = call.int("num")?.unwrap_or(50);
            Ok(hloom::linspace(weak(call, 0)?, weak(call, 1)?, num))
        },
        _ => return None,
    };
    let create = || {
        let array = function(call)?;
        Ok(call.dtype("dtype")?.map_or(array.clone(), |dtype| array.astype(dtype)).into())
    };
    Some(create())
}

fn size(call: &Call<'_>, name: &str) -> Result<usize, Halt> {
    call.size(name)?.ok_or_else(|| Halt::unsupported(format!("{}: {name} is missing", call.op())))
}

fn fill_value(call: &Call<'_>) -> Result<Item, Halt> {
    call.item("fill_value")?.ok_or_else(|| Halt::unsupported(format!("{}: fill_value is missing", call.op())))
}

/// A Python number among the arguments.
fn weak(call: &Call<'_>, place: usize) -> Result<Weak, Halt> {
    match call.args().get(place) {
        Some(Item::Py(scalar)) => Ok((*scalar).into()),
        _ => Err(Halt::unsupported(format!("{}: argument {place} is no number", call.op()))),
    }
}

fn arange(call: &Call<'_>) -> Result<NdArray, Halt> {
    let one = Weak::Int(1);
    Ok(match call.args().len() {
        1 => hloom::arange(0, weak(call, 0)?, one),
        2 => hloom::arange(weak(call, 0)?, weak(call, 1)?, one),
        _ => hloom::arange(weak(call, 0)?, weak(call, 1)?, weak(call, 2)?),
    })
}
