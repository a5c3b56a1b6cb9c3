//! Numbers and their parts: rounding, comparison up to a tolerance, bits, polynomials, window functions, and questions about
//! dtypes.

use hloom::{Axes, BitOrder, Closeness, NdArray, Operand, Replacements, axis};
use hloom_ir::Weak;

use super::call::Call;
use super::item::{Halt, Item};
use super::structure::named;
use crate::conformance::value::PyScalar;

/// Calls such a function; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "abs" => |call| one(call, hloom::abs),
        "acos" => |call| one(call, hloom::acos),
        "acosh" => |call| one(call, hloom::acosh),
        "asin" => |call| one(call, hloom::asin),
        "asinh" => |call| one(call, hloom::asinh),
        "atan" => |call| one(call, hloom::atan),
        "atanh" => |call| one(call, hloom::atanh),
        "bitwise_invert" => |call| one(call, hloom::bitwise_invert),
        "bitwise_not" => |call| one(call, hloom::bitwise_not),
        "conj" => |call| one(call, hloom::conj),
        "degrees" => |call| one(call, hloom::degrees),
        "fix" => |call| one(call, hloom::fix),
        "radians" => |call| one(call, hloom::radians),
        "atan2" => |call| two(call, hloom::atan2),
        "bitwise_left_shift" => |call| two(call, hloom::bitwise_left_shift),
        "bitwise_right_shift" => |call| two(call, hloom::bitwise_right_shift),
        "mod" => |call| two(call, hloom::mod_),
        "pow" => |call| two(call, hloom::pow),
        "true_divide" => |call| two(call, hloom::true_divide),
        "round" | "around" => |call| {
            Ok(match call.int("decimals")? {
                Some(decimals) => hloom::round(call.operand(0)?, decimals),
                None => hloom::round(call.operand(0)?, ..),
            }
            .into())
        },
        "modf" => |call| Ok(pair(hloom::modf(call.operand(0)?))),
        "frexp" => |call| Ok(pair(hloom::frexp(call.operand(0)?))),
        "ldexp" => |call| two(call, hloom::ldexp),
        "angle" => |call| Ok(hloom::angle(call.operand(0)?, call.flag("deg")?.unwrap_or_default()).into()),
        "isclose" => |call| Ok(hloom::isclose(call.operand(0)?, call.operand(1)?, closeness(call)?).into()),
        "allclose" => |call| Ok(hloom::allclose(call.operand(0)?, call.operand(1)?, closeness(call)?).into()),
        "array_equal" => |call| Ok(hloom::array_equal(call.operand(0)?, call.operand(1)?, closeness(call)?).into()),
        "array_equiv" => |call| two(call, hloom::array_equiv),
        "nan_to_num" => |call| Ok(hloom::nan_to_num(call.operand(0)?, replacements(call)?).into()),
        "real_if_close" => |call| {
            Ok(match number(call, "tol")? {
                Some(tol) => hloom::real_if_close(call.operand(0)?, tol),
                None => hloom::real_if_close(call.operand(0)?, ..),
            }
            .into())
        },
        "iscomplexobj" => |call| Ok(truth(hloom::iscomplexobj(call.operand(0)?)?)),
        "isrealobj" => |call| Ok(truth(hloom::isrealobj(call.operand(0)?)?)),
        "isscalar" => |call| Ok(truth(hloom::isscalar(call.operand(0)?))),
        "min_scalar_type" => |call| Ok(named(hloom::min_scalar_type(call.operand(0)?)?)),
        "common_type" => |call| {
            let arrays = call.args().iter().map(Item::operand).collect::<Result<Vec<Operand<'_>>, Halt>>()?;
            Ok(named(hloom::common_type(arrays)?))
        },
        "packbits" => |call| Ok(hloom::packbits(call.operand(0)?, bits(call)?).into()),
        "unpackbits" => |call| Ok(hloom::unpackbits(call.operand(0)?, bits(call)?).into()),
        "poly" => |call| one(call, hloom::poly),
        "polyadd" => |call| two(call, hloom::polyadd),
        "polysub" => |call| two(call, hloom::polysub),
        "polymul" => |call| two(call, hloom::polymul),
        "polydiv" => |call| Ok(pair(hloom::polydiv(call.operand(0)?, call.operand(1)?))),
        "polyval" => |call| two(call, hloom::polyval),
        "polyder" => |call| Ok(hloom::polyder(call.operand(0)?, call.int("m")?.unwrap_or(1)).into()),
        "polyint" => |call| {
            let m = call.int("m")?.unwrap_or(1);
            Ok(match call.item_or_number("k")? {
                Some(k) => hloom::polyint(call.operand(0)?, (m, k.operand()?)),
                None => hloom::polyint(call.operand(0)?, m),
            }
            .into())
        },
        "bartlett" => |call| window(call, hloom::bartlett),
        "blackman" => |call| window(call, hloom::blackman),
        "hamming" => |call| window(call, hloom::hamming),
        "hanning" => |call| window(call, hloom::hanning),
        "kaiser" => |call| Ok(hloom::kaiser(size(call)?, call.operand(1)?).into()),
        _ => return None,
    };
    Some(function(call))
}

fn one<'a>(call: &'a Call<'_>, function: fn(Operand<'a>) -> NdArray) -> Result<Item, Halt> {
    Ok(function(call.operand(0)?).into())
}

fn two<'a>(call: &'a Call<'_>, function: fn(Operand<'a>, Operand<'a>) -> NdArray) -> Result<Item, Halt> {
    Ok(function(call.operand(0)?, call.operand(1)?).into())
}

fn pair((first, second): (NdArray, NdArray)) -> Item {
    Item::Tuple(vec![first.into(), second.into()])
}

fn truth(value: bool) -> Item {
    Item::Py(PyScalar::Bool(value))
}

fn closeness(call: &Call<'_>) -> Result<Closeness, Halt> {
    let mut closeness = Closeness::from(..);
    if let Some(rtol) = call.item_or_number("rtol")? {
        closeness = closeness.rtol(rtol.operand()?);
    }
    if let Some(atol) = call.item_or_number("atol")? {
        closeness = closeness.atol(atol.operand()?);
    }
    Ok(if call.flag("equal_nan")?.unwrap_or_default() { closeness.equal_nan() } else { closeness })
}

fn replacements(call: &Call<'_>) -> Result<Replacements, Halt> {
    let mut replacements = Replacements::from(..);
    if let Some(nan) = call.item_or_number("nan")? {
        replacements = replacements.nan(nan.operand()?);
    }
    if let Some(posinf) = call.item_or_number("posinf")? {
        replacements = replacements.posinf(posinf.operand()?);
    }
    if let Some(neginf) = call.item_or_number("neginf")? {
        replacements = replacements.neginf(neginf.operand()?);
    }
    Ok(replacements)
}

/// A Python number among the keyword arguments.
fn number(call: &Call<'_>, name: &str) -> Result<Option<Weak>, Halt> {
    match call.item_or_number(name)? {
        None => Ok(None),
        Some(Item::Py(scalar)) => Ok(Some(scalar.into())),
        Some(_) => Err(Halt::unsupported(format!("{}: {name} is no number", call.op()))),
    }
}

fn bits(call: &Call<'_>) -> Result<Axes, Halt> {
    let mut axes = axis(call.ints("axis")?.map_or(Axes::from(..), Axes::from));
    match call.text("bitorder")?.as_deref() {
        None => {}
        Some("big") => axes = axes.bitorder(BitOrder::Big),
        Some("little") => axes = axes.bitorder(BitOrder::Little),
        Some(_) => return Err(Halt::Raised("ValueError", "'order' must be either 'little' or 'big'".to_owned())),
    }
    Ok(match call.int("count")? {
        Some(count) => axes.count(count),
        None => axes,
    })
}

/// The size of a window, the first argument.
fn size(call: &Call<'_>) -> Result<Weak, Halt> {
    match call.args().first() {
        Some(Item::Py(scalar)) => Ok((*scalar).into()),
        _ => Err(Halt::unsupported(format!("{}: the size is no number", call.op()))),
    }
}

fn window(call: &Call<'_>, function: fn(Weak) -> NdArray) -> Result<Item, Halt> {
    Ok(function(size(call)?).into())
}
