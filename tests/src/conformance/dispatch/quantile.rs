//! Medians and quantiles.

use hloom::{Axes, NdArray, Operand};

use super::call::Call;
use super::item::{Halt, Item};
use super::reduce::keywords;

/// Calls such a function; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    type Quantile = fn(Operand<'_>, Operand<'_>, Axes) -> NdArray;
    let function: Quantile = match call.op() {
        "median" => return Some(median(call, |x, axes| hloom::median(x, axes))),
        "nanmedian" => return Some(median(call, |x, axes| hloom::nanmedian(x, axes))),
        "quantile" => |x, q, axes| hloom::quantile(x, q, axes),
        "percentile" => |x, q, axes| hloom::percentile(x, q, axes),
        "nanquantile" => |x, q, axes| hloom::nanquantile(x, q, axes),
        "nanpercentile" => |x, q, axes| hloom::nanpercentile(x, q, axes),
        _ => return None,
    };
    Some(quantile(call, function))
}

fn axes(call: &Call<'_>) -> Result<Axes, Halt> {
    let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
    keywords(call, axes)
}

fn median(call: &Call<'_>, function: fn(Operand<'_>, Axes) -> NdArray) -> Result<Item, Halt> {
    Ok(function(call.operand(0)?, axes(call)?).into())
}

fn quantile(call: &Call<'_>, function: fn(Operand<'_>, Operand<'_>, Axes) -> NdArray) -> Result<Item, Halt> {
    let mut axes = axes(call)?;
    if let Some(method) = call.text("method")? {
        axes = axes.method(method);
    }
    if let Some(weights) = call.item("weights")? {
        axes = axes.weights(weights.operand()?);
    }
    let q = match call.item_or_number("q")? {
        Some(q) => q,
        None => call.arg(1)?.clone(),
    };
    Ok(function(call.operand(0)?, q.operand()?, axes).into())
}
