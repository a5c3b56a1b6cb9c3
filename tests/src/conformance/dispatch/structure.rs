//! Operations of more than one element: on shapes, positions and dtypes, and products of matrices.

use hloom::{Axes, DType, NdArray, Operand};
use serde_json::Value as Json;

use super::call::Call;
use super::index;
use super::item::{Halt, Item};
use crate::conformance::value::{Answer, PyScalar, dtype, sizes};

/// Calls such an operation; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "reshape" => |call| Ok(call.array(0)?.reshape(required(call, call.ints("shape")?, "shape")?).into()),
        "ravel" => |call| Ok(call.array(0)?.ravel().into()),
        "transpose" => transpose,
        "matrix_transpose" | "attr.mT" => |call| Ok(hloom::matrix_transpose(call.operand(0)?).into()),
        "attr.T" => |call| Ok(call.array(0)?.t().into()),
        "squeeze" => |call| {
            let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
            Ok(call.array(0)?.squeeze(axes).into())
        },
        "expand_dims" => |call| {
            let axis = required(call, call.ints("axis")?, "axis")?;
            Ok(call.array(0)?.expand_dims(axis).into())
        },
        "broadcast_to" => |call| Ok(hloom::broadcast_to(call.operand(0)?, call.shape("shape")?).into()),
        "broadcast_arrays" => broadcast_arrays,
        "broadcast_shapes" => broadcast_shapes,
        "concatenate" => concatenate,
        "stack" => |call| {
            let axis = hloom::axis(call.int("axis")?.unwrap_or_default());
            Ok(hloom::stack(&call.list(0)?, converted(call, axis)?).into())
        },
        "astype" => |call| Ok(call.array(0)?.astype(required(call, call.dtype("dtype")?, "dtype")?).into()),
        "where" if call.args().len() == 3 => {
            |call| Ok(hloom::where_(call.operand(0)?, call.operand(1)?, call.operand(2)?).into())
        }
        "clip" => clip,
        "matmul" => |call| Ok(hloom::matmul(call.operand(0)?, call.operand(1)?).into()),
        "result_type" => result_type,
        "can_cast" => can_cast,
        "getitem" => |call| Ok(index::get(&call.array(0)?, &required(call, call.take("index"), "index")?)?.into()),
        "setitem" => |call| {
            let index = required(call, call.take("index"), "index")?;
            Ok(index::set(&call.array(0)?, &index, call.operand(1)?)?.into())
        },
        "at_update" => |call| {
            let index = required(call, call.take("index"), "index")?;
            let how = required(call, call.take("how"), "how")?;
            Ok(index::update(&call.array(0)?, &index, call.operand(1)?, &how)?.into())
        },
        _ => return None,
    };
    Some(function(call))
}

/// An argument that the corpus always gives.
pub(super) fn required<T>(call: &Call<'_>, value: Option<T>, name: &str) -> Result<T, Halt> {
    value.ok_or_else(|| Halt::unsupported(format!("{}: {name} is missing", call.op())))
}

fn transpose(call: &Call<'_>) -> Result<Item, Halt> {
    let array = call.array(0)?;
    Ok(match call.ints("axes")? {
        None => array.t(),
        Some(axes) => array.transpose(axes),
    }
    .into())
}

fn broadcast_arrays(call: &Call<'_>) -> Result<Item, Halt> {
    let arrays = call.args().iter().map(Item::array).collect::<Result<Vec<NdArray>, Halt>>()?;
    Ok(Item::Tuple(hloom::broadcast_arrays(&arrays).into_iter().map(Item::Array).collect()))
}

fn broadcast_shapes(call: &Call<'_>) -> Result<Item, Halt> {
    let malformed = || Halt::unsupported("broadcast_shapes: malformed shapes");
    let Some(Json::Array(shapes)) = call.take("shapes") else { return Err(malformed()) };
    let shapes = shapes.iter().map(|shape| sizes(shape).map_err(|_| malformed()));
    let shape = hloom::broadcast_shapes(shapes.collect::<Result<Vec<Vec<usize>>, Halt>>()?)?;
    Ok(tuple_of_sizes(&shape))
}

/// A shape as Python shows it: a tuple of integers.
pub(super) fn tuple_of_sizes(shape: &[usize]) -> Item {
    Item::Tuple(shape.iter().map(|&length| int(length)).collect())
}

/// A size as a Python integer.
pub(super) fn int(size: usize) -> Item {
    Item::Py(PyScalar::Int(size as i128))
}

fn concatenate(call: &Call<'_>) -> Result<Item, Halt> {
    let arrays = call.list(0)?;
    // Only an axis that is given as None flattens; one that is not given is 0.
    let axis = match call.take_null("axis") {
        true => hloom::axis(..),
        false => hloom::axis(call.int("axis")?.unwrap_or_default()),
    };
    Ok(hloom::concatenate(&arrays, converted(call, axis)?).into())
}

/// An axis with the dtype that is asked for, and the conversions that are allowed.
fn converted(call: &Call<'_>, mut axis: Axes) -> Result<Axes, Halt> {
    if let Some(dtype) = call.dtype("dtype")? {
        axis = axis.dtype(dtype);
    }
    if let Some(casting) = call.text("casting")? {
        axis = axis.casting(casting.parse()?);
    }
    Ok(axis)
}

fn clip(call: &Call<'_>) -> Result<Item, Halt> {
    let bound = |name: &str| match call.item(name)? {
        None | Some(Item::None) => Ok::<_, Halt>(None),
        Some(item) => Ok(Some(item)),
    };
    let (low, high) = (bound("min")?, bound("max")?);
    let low = low.as_ref().map(Item::operand).transpose()?;
    let high = high.as_ref().map(Item::operand).transpose()?;
    Ok(hloom::clip(call.operand(0)?, low, high).into())
}

fn result_type(call: &Call<'_>) -> Result<Item, Halt> {
    let malformed = || Halt::unsupported("result_type: malformed dtypes");
    let mut operands = call.args().iter().map(Item::operand).collect::<Result<Vec<Operand<'_>>, Halt>>()?;
    if let Some(dtypes) = call.take("dtypes") {
        for name in dtypes.as_array().ok_or_else(malformed)? {
            // An array that is never computed stands for its dtype.
            let like = hloom::zeros(()).astype(dtype(name).map_err(|_| malformed())?);
            operands.push(Operand::Owned(like));
        }
    }
    Ok(named(hloom::result_type(operands)?))
}

/// A dtype as a result.
pub(super) fn named(dtype: DType) -> Item {
    Item::Answer(Answer::DType(dtype.short_name().to_owned()))
}

fn can_cast(call: &Call<'_>) -> Result<Item, Halt> {
    let from = required(call, call.dtype("from")?, "from")?;
    let to = required(call, call.dtype("to")?, "to")?;
    let casting: hloom_ir::Casting = required(call, call.text("casting")?, "casting")?.parse()?;
    Ok(Item::Py(PyScalar::Bool(hloom::can_cast(from, to, casting))))
}
