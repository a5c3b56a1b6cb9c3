//! Arrays from sizes, numbers and nested lists.
//!
//! Most of the library's constructors take no dtype; a `dtype` argument is what a user writes instead: a conversion, after the
//! numbers were written into an array of the dtype where NumPy has them converted one by one.

use hloom::{DType, Linspace, NdArray, Triangle, s};
use hloom_ir::Weak;

use super::call::Call;
use super::item::{Halt, Item};
use super::layout::parts;
use super::literal;
use crate::conformance::value::Nested;

/// Calls a constructor; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    several(call).or_else(|| one(call))
}

/// Calls a constructor that takes a dtype, or makes several arrays.
fn several(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "linspace" => |call| {
            let (start, stop, samples) = (call.operand(0)?, call.operand(1)?, samples(call)?);
            if call.flag("retstep")?.unwrap_or_default() {
                let (numbers, step) = hloom::linspace_step(start, stop, samples);
                return Ok(parts(vec![numbers, step]));
            }
            Ok(hloom::linspace(start, stop, samples).into())
        },
        "logspace" => |call| Ok(hloom::logspace(call.operand(0)?, call.operand(1)?, samples(call)?).into()),
        "geomspace" => |call| Ok(hloom::geomspace(call.operand(0)?, call.operand(1)?, samples(call)?).into()),
        "tril_indices" => |call| Ok(parts(hloom::tril_indices(triangle(call)?).into())),
        "triu_indices" => |call| Ok(parts(hloom::triu_indices(triangle(call)?).into())),
        "diag_indices" => |call| {
            let n = integer(call, "n")?;
            Ok(parts(hloom::diag_indices((n, call.int("ndim")?.unwrap_or(2)))))
        },
        _ => return None,
    };
    Some(function(call))
}

/// How many numbers, with the keyword arguments.
fn samples(call: &Call<'_>) -> Result<Linspace, Halt> {
    let mut samples = hloom::num(call.int("num")?.unwrap_or(50)).endpoint(call.flag("endpoint")?.unwrap_or(true));
    if let Some(dtype) = call.dtype("dtype")? {
        samples = samples.dtype(dtype);
    }
    if let Some(base) = call.item_or_number("base")? {
        samples = samples.base(base.operand()?);
    }
    Ok(samples.axis(call.int("axis")?.unwrap_or_default()))
}

fn triangle(call: &Call<'_>) -> Result<Triangle, Halt> {
    let n = integer(call, "n")?;
    Ok((n, call.int("k")?.unwrap_or_default(), call.int("m")?.unwrap_or(n)).into())
}

/// Calls a constructor of one array.
fn one(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<NdArray, Halt> = match call.op() {
        "zeros" => |call| Ok(hloom::zeros(call.shape("shape")?)),
        "ones" => |call| Ok(hloom::ones(call.shape("shape")?)),
        "full" => |call| Ok(hloom::full(call.shape("shape")?, fill_value(call)?.operand()?)),
        "zeros_like" => |call| Ok(hloom::zeros_like(call.operand(0)?)),
        "ones_like" => |call| Ok(hloom::ones_like(call.operand(0)?)),
        "full_like" => |call| {
            let like = call.array(0)?;
            let like = call.dtype("dtype")?.map_or(like.clone(), |dtype| like.astype(dtype));
            Ok(hloom::full_like(like, fill_value(call)?.operand()?))
        },
        "identity" => |call| Ok(hloom::identity(integer(call, "n")?)),
        "eye" => |call| {
            let n = integer(call, "N")?;
            Ok(hloom::eye((n, call.int("M")?.unwrap_or(n), call.int("k")?.unwrap_or_default())))
        },
        "arange" => arange,
        "array" => |call| {
            let object = call.take("object").and_then(|object| Nested::parse(&object).ok());
            let object = object.ok_or_else(|| Halt::unsupported("array: malformed object"))?;
            let array = literal::array(&object)?;
            let Some(dtype) = call.dtype("dtype")? else { return Ok(array) };
            for number in literal::numbers(&object) {
                fits(number.into(), dtype)?;
            }
            Ok(array.astype(dtype))
        },
        "tri" => |call| {
            let n = integer(call, "N")?;
            Ok(hloom::tri((n, call.int("M")?.unwrap_or(n), call.int("k")?.unwrap_or_default())))
        },
        "indices" => |call| Ok(hloom::indices(call.shape("dimensions")?)),
        _ => return None,
    };
    let create = || {
        let array = function(call)?;
        Ok(call.dtype("dtype")?.map_or(array.clone(), |dtype| array.astype(dtype)).into())
    };
    Some(create())
}

fn integer(call: &Call<'_>, name: &str) -> Result<i64, Halt> {
    call.int(name)?.ok_or_else(|| Halt::unsupported(format!("{}: {name} is missing", call.op())))
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
    let (zero, one) = (Weak::Int(0), Weak::Int(1));
    let (start, stop, step) = match call.args().len() {
        1 => (zero, weak(call, 0)?, one),
        2 => (weak(call, 0)?, weak(call, 1)?, one),
        _ => (weak(call, 0)?, weak(call, 1)?, weak(call, 2)?),
    };
    Ok(match call.dtype("dtype")? {
        Some(dtype) => hloom::arange((start, stop, step, dtype)),
        None => hloom::arange((start, stop, step)),
    })
}

/// Writes a number into an array of a dtype, as Python's numbers are converted one by one.
fn fits(number: Weak, dtype: DType) -> Result<(), Halt> {
    let mut place = NdArray::new((), dtype);
    place.set(s![...], number);
    place.check()?;
    Ok(())
}
