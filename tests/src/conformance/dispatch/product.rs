//! Products of vectors, matrices and arrays.

use hloom::linalg::{self, TensordotAxes};
use hloom::{Axes, NdArray, Operand};
use serde_json::Value as Json;

use super::call::Call;
use super::item::{Halt, Item};
use crate::conformance::value::integer;

/// Calls a product; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let pair: fn(Operand<'_>, Operand<'_>) -> NdArray = match call.op() {
        "dot" => |a, b| hloom::dot(a, b),
        "vdot" => |a, b| hloom::vdot(a, b),
        "inner" => |a, b| hloom::inner(a, b),
        "outer" => |a, b| hloom::outer(a, b),
        "matvec" => |a, b| hloom::matvec(a, b),
        "vecmat" => |a, b| hloom::vecmat(a, b),
        _ => return others(call),
    };
    Some(both(call).map(|(a, b)| pair(a, b).into()))
}

fn both<'c>(call: &'c Call<'_>) -> Result<(Operand<'c>, Operand<'c>), Halt> {
    Ok((call.operand(0)?, call.operand(1)?))
}

fn others(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "vecdot" | "linalg.vecdot" => |call| {
            let (a, b) = both(call)?;
            let mut axis = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
            if call.flag("keepdims")?.unwrap_or_default() {
                axis = axis.keepdims();
            }
            Ok(hloom::vecdot(a, b, axis).into())
        },
        "tensordot" | "linalg.tensordot" => |call| {
            let (a, b) = both(call)?;
            Ok(hloom::tensordot(a, b, summed_axes(call)?).into())
        },
        "einsum" => |call| {
            let text = call.text("subscripts")?.ok_or_else(|| Halt::unsupported("einsum: subscripts are missing"))?;
            let operands = call.args().iter().map(Item::operand).collect::<Result<Vec<Operand<'_>>, Halt>>()?;
            Ok(hloom::einsum(text, operands).into())
        },
        "cross" => |call| {
            let (a, b) = both(call)?;
            let axis = match call.int("axis")? {
                Some(axis) => [axis; 3],
                None => {
                    let of = |name: &str| Ok::<_, Halt>(call.int(name)?.unwrap_or(-1));
                    [of("axisa")?, of("axisb")?, of("axisc")?]
                }
            };
            Ok(hloom::cross(a, b, axis).into())
        },
        "trace" => |call| {
            let offset = call.int("offset")?.unwrap_or_default();
            let axes = (call.int("axis1")?.unwrap_or(0), call.int("axis2")?.unwrap_or(1));
            let mut diagonal = hloom::offset(offset).axes(axes.0, axes.1);
            if let Some(dtype) = call.dtype("dtype")? {
                diagonal = diagonal.dtype(dtype);
            }
            Ok(hloom::trace(call.operand(0)?, diagonal).into())
        },
        "linalg.matmul" => |call| both(call).map(|(a, b)| linalg::matmul(a, b).into()),
        "linalg.outer" => |call| both(call).map(|(a, b)| linalg::outer(a, b).into()),
        "linalg.cross" => |call| {
            let (a, b) = both(call)?;
            Ok(linalg::cross(a, b, call.int("axis")?.unwrap_or(-1)).into())
        },
        "linalg.trace" => |call| {
            let mut diagonal = hloom::offset(call.int("offset")?.unwrap_or_default());
            if let Some(dtype) = call.dtype("dtype")? {
                diagonal = diagonal.dtype(dtype);
            }
            Ok(linalg::trace(call.operand(0)?, diagonal).into())
        },
        "linalg.diagonal" => {
            |call| Ok(linalg::diagonal(call.operand(0)?, call.int("offset")?.unwrap_or_default()).into())
        }
        "linalg.matrix_transpose" => |call| Ok(linalg::matrix_transpose(call.operand(0)?).into()),
        "linalg.multi_dot" => |call| Ok(linalg::multi_dot(&call.list(0)?).into()),
        "linalg.matrix_power" => |call| {
            let n = call.int("n")?.ok_or_else(|| Halt::unsupported("linalg.matrix_power: n is missing"))?;
            Ok(linalg::matrix_power(call.operand(0)?, n).into())
        },
        _ => return None,
    };
    Some(function(call))
}

/// A number of axes, or a pair of lists.
fn summed_axes(call: &Call<'_>) -> Result<TensordotAxes, Halt> {
    let malformed = || Halt::unsupported("tensordot: malformed axes");
    let list = |json: &Json| -> Option<Vec<i64>> {
        let int = |json: &Json| i64::try_from(integer(json).ok()?).ok();
        match json {
            Json::Array(items) => items.iter().map(int).collect(),
            single => Some(vec![int(single)?]),
        }
    };
    match call.take("axes") {
        None => Ok(TensordotAxes::from(..)),
        Some(Json::Array(pair)) => match pair.as_slice() {
            [a, b] => Ok(TensordotAxes::from((list(a).ok_or_else(malformed)?, list(b).ok_or_else(malformed)?))),
            _ => Err(malformed()),
        },
        Some(number) => match list(&number).as_deref() {
            Some(&[number]) => Ok(TensordotAxes::from(number)),
            _ => Err(malformed()),
        },
    }
}
