//! Operations on shapes: axes in another order, elements turned around, arrays joined and taken apart.

use hloom::{Axes, Block, Index, NdArray, Numbers, Operand, Pad, Sections, Vander};
use serde_json::Value as Json;

use super::call::Call;
use super::item::{Halt, Item};
use super::structure::required;
use crate::conformance::value::{PyScalar, integer};

/// Calls such an operation; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "moveaxis" => |call| {
            let source = required(call, call.ints("source")?, "source")?;
            let destination = required(call, call.ints("destination")?, "destination")?;
            Ok(hloom::moveaxis(call.operand(0)?, source, destination).into())
        },
        "rollaxis" => |call| {
            let axis = required(call, call.int("axis")?, "axis")?;
            Ok(hloom::rollaxis(call.operand(0)?, (axis, call.int("start")?.unwrap_or_default())).into())
        },
        "swapaxes" => |call| {
            let axis1 = required(call, call.int("axis1")?, "axis1")?;
            let axis2 = required(call, call.int("axis2")?, "axis2")?;
            Ok(hloom::swapaxes(call.operand(0)?, axis1, axis2).into())
        },
        "permute_dims" => |call| Ok(hloom::permute_dims(call.operand(0)?, axes(call, "axes")?).into()),
        "flip" => |call| Ok(hloom::flip(call.operand(0)?, axes(call, "axis")?).into()),
        "fliplr" => |call| Ok(hloom::fliplr(call.operand(0)?).into()),
        "flipud" => |call| Ok(hloom::flipud(call.operand(0)?).into()),
        "rot90" => |call| {
            let k = call.int("k")?.unwrap_or(1);
            let axes = call.ints("axes")?.unwrap_or_else(|| vec![0, 1]);
            Ok(hloom::rot90(call.operand(0)?, (k, axes)).into())
        },
        "roll" => |call| {
            let shift = required(call, call.ints("shift")?, "shift")?;
            Ok(hloom::roll(call.operand(0)?, shift, axes(call, "axis")?).into())
        },
        "atleast_1d" => |call| each(call, |arrays| hloom::atleast_1d(arrays)),
        "atleast_2d" => |call| each(call, |arrays| hloom::atleast_2d(arrays)),
        "atleast_3d" => |call| each(call, |arrays| hloom::atleast_3d(arrays)),
        "vstack" | "row_stack" => |call| Ok(hloom::vstack(&call.list(0)?).into()),
        "hstack" => |call| Ok(hloom::hstack(&call.list(0)?).into()),
        "dstack" => |call| Ok(hloom::dstack(&call.list(0)?).into()),
        "column_stack" => |call| Ok(hloom::column_stack(&call.list(0)?).into()),
        "append" => |call| Ok(hloom::append(call.operand(0)?, call.operand(1)?, axes(call, "axis")?).into()),
        "block" => |call| match call.args() {
            [blocks] => Ok(hloom::block(block(blocks)?).into()),
            _ => Err(Halt::unsupported("block: expected one argument")),
        },
        "split" => |call| {
            let (sections, axis) = (sections(call)?, call.int("axis")?.unwrap_or_default());
            Ok(parts(hloom::split(call.operand(0)?, sections, axis)))
        },
        "array_split" => |call| {
            let (sections, axis) = (sections(call)?, call.int("axis")?.unwrap_or_default());
            Ok(parts(hloom::array_split(call.operand(0)?, sections, axis)))
        },
        "vsplit" => |call| Ok(parts(hloom::vsplit(call.operand(0)?, sections(call)?))),
        "hsplit" => |call| Ok(parts(hloom::hsplit(call.operand(0)?, sections(call)?))),
        "dsplit" => |call| Ok(parts(hloom::dsplit(call.operand(0)?, sections(call)?))),
        "tile" => |call| {
            let reps = required(call, call.ints("reps")?, "reps")?;
            Ok(hloom::tile(call.operand(0)?, reps).into())
        },
        "repeat" => repeat,
        "resize" => |call| Ok(hloom::resize(call.operand(0)?, call.shape("new_shape")?).into()),
        "pad" => pad,
        "diag" => |call| Ok(hloom::diag(call.operand(0)?, call.int("k")?.unwrap_or_default()).into()),
        "diagflat" => |call| Ok(hloom::diagflat(call.operand(0)?, call.int("k")?.unwrap_or_default()).into()),
        "tril" => |call| Ok(hloom::tril(call.operand(0)?, call.int("k")?.unwrap_or_default()).into()),
        "triu" => |call| Ok(hloom::triu(call.operand(0)?, call.int("k")?.unwrap_or_default()).into()),
        "diagonal" => |call| {
            let offset = call.int("offset")?.unwrap_or_default();
            let axes = (call.int("axis1")?.unwrap_or_default(), call.int("axis2")?.unwrap_or(1));
            Ok(hloom::diagonal(call.operand(0)?, (offset, axes.0, axes.1)).into())
        },
        "meshgrid" => |call| {
            let mut layout = hloom::indexing(call.text("indexing")?.unwrap_or_else(|| "xy".to_owned()));
            if call.flag("sparse")?.unwrap_or_default() {
                layout = layout.sparse();
            }
            Ok(parts(hloom::meshgrid(&arrays(call)?, layout)))
        },
        "ix_" => |call| Ok(parts(hloom::ix_(&arrays(call)?))),
        "insert" => |call| {
            let obj = position(call, "obj")?;
            let values = required(call, call.item("values")?, "values")?;
            Ok(hloom::insert(call.operand(0)?, obj, values.operand()?, axes(call, "axis")?).into())
        },
        "delete" => |call| Ok(hloom::delete(call.operand(0)?, position(call, "obj")?, axes(call, "axis")?).into()),
        "extract" => |call| Ok(hloom::extract(call.operand(0)?, call.operand(1)?).into()),
        "trim_zeros" => |call| {
            let mut axes = axes(call, "axis")?;
            if let Some(trim) = call.text("trim")? {
                axes = axes.trim(trim);
            }
            Ok(hloom::trim_zeros(call.operand(0)?, axes).into())
        },
        "kron" => |call| Ok(hloom::kron(call.operand(0)?, call.operand(1)?).into()),
        "vander" => |call| {
            let increasing = call.flag("increasing")?.unwrap_or_default();
            let columns = call.int("N")?.map_or(Vander::from((.., increasing)), |n| Vander::from((n, increasing)));
            Ok(hloom::vander(call.operand(0)?, columns).into())
        },
        "unstack" => |call| Ok(parts(hloom::unstack(call.operand(0)?, call.int("axis")?.unwrap_or_default()))),
        _ => return None,
    };
    Some(function(call))
}

/// Axes, or all of them if none are given.
pub(super) fn axes(call: &Call<'_>, name: &str) -> Result<Axes, Halt> {
    Ok(call.ints(name)?.map_or(Axes::from(..), Axes::from))
}

/// Arrays as a Python tuple.
pub(super) fn parts(arrays: Vec<NdArray>) -> Item {
    Item::Tuple(arrays.into_iter().map(Item::Array).collect())
}

/// The arguments as arrays.
fn arrays(call: &Call<'_>) -> Result<Vec<NdArray>, Halt> {
    call.args().iter().map(Item::array).collect()
}

/// What a function makes of each argument: one array of one.
fn each(call: &Call<'_>, function: fn(&[NdArray]) -> Vec<NdArray>) -> Result<Item, Halt> {
    let mut results = function(&arrays(call)?);
    Ok(match results.len() {
        1 => results.remove(0).into(),
        _ => parts(results),
    })
}

fn block(item: &Item) -> Result<Block<'static>, Halt> {
    match item {
        Item::List(items) => Ok(items.iter().map(block).collect::<Result<Vec<Block<'_>>, Halt>>()?.into()),
        other => Ok(Operand::into_owned(other.operand()?).into()),
    }
}

fn sections(call: &Call<'_>) -> Result<Sections, Halt> {
    let is_list = matches!(call.peek("indices_or_sections"), Some(Json::Array(_)));
    let numbers = required(call, call.ints("indices_or_sections")?, "indices_or_sections")?;
    Ok(match numbers.as_slice() {
        &[parts] if !is_list => Sections::from(parts),
        positions => Sections::from(positions),
    })
}

fn repeat(call: &Call<'_>) -> Result<Item, Halt> {
    let is_list = matches!(call.peek("repeats"), Some(Json::Array(_)));
    let repeats = required(call, call.ints("repeats")?, "repeats")?;
    let axes = axes(call, "axis")?;
    Ok(match repeats.as_slice() {
        &[count] if !is_list => hloom::repeat(call.operand(0)?, count, axes),
        _ => hloom::repeat(call.operand(0)?, repeats, axes),
    }
    .into())
}

fn pad(call: &Call<'_>) -> Result<Item, Halt> {
    let width = required(call, numbers(call, "pad_width")?, "pad_width")?;
    let mut pad = Pad::mode(required(call, call.text("mode")?, "mode")?);
    if let Some(values) = numbers(call, "constant_values")? {
        pad = pad.constant_values(values);
    }
    if let Some(values) = numbers(call, "end_values")? {
        pad = pad.end_values(values);
    }
    if let Some(length) = numbers(call, "stat_length")? {
        pad = pad.stat_length(length);
    }
    if let Some(reflect_type) = call.text("reflect_type")? {
        pad = pad.reflect_type(reflect_type);
    }
    Ok(hloom::pad(call.operand(0)?, width, pad).into())
}

/// A number, or nested lists of them.
fn numbers(call: &Call<'_>, name: &str) -> Result<Option<Numbers>, Halt> {
    fn read(json: &Json) -> Option<Numbers> {
        match json {
            Json::Array(items) => Some(items.iter().map(read).collect::<Option<Vec<Numbers>>>()?.into()),
            Json::Bool(value) => Some((*value).into()),
            number => match integer(number) {
                Ok(value) => Some(value.into()),
                Err(_) => Some(number.as_f64()?.into()),
            },
        }
    }
    let Some(json) = call.take(name) else { return Ok(None) };
    read(&json).map(Some).ok_or_else(|| Halt::unsupported(format!("{}: malformed {name}", call.op())))
}

/// A position, or an array of them.
fn position(call: &Call<'_>, name: &str) -> Result<Index, Halt> {
    match required(call, call.item(name)?, name)? {
        Item::Py(PyScalar::Int(position)) => match i64::try_from(position) {
            Ok(position) => Ok(Index::At(position)),
            Err(_) => Err(Halt::unsupported(format!("{}: a position beyond 64 bits", call.op()))),
        },
        item => Ok(Index::Array(item.array()?)),
    }
}
