//! Reductions over axes.

use hloom::{Axes, NdArray};

use super::call::Call;
use super::item::{Halt, Item};

/// Calls a reduction; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&NdArray, Axes) -> NdArray = match call.op() {
        "sum" => NdArray::sum,
        "prod" => NdArray::prod,
        "mean" => NdArray::mean,
        "var" => NdArray::var,
        "std" => NdArray::std,
        "ptp" => NdArray::ptp,
        "amax" => NdArray::amax,
        "amin" => NdArray::amin,
        "count_nonzero" => NdArray::count_nonzero,
        "max" => NdArray::max,
        "min" => NdArray::min,
        "any" => NdArray::any,
        "all" => NdArray::all,
        "argmax" => NdArray::argmax,
        "argmin" => NdArray::argmin,
        _ => return None,
    };
    let reduce = || {
        let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
        Ok(function(&call.array(0)?, keywords(call, axes)?).into())
    };
    Some(reduce())
}

/// Axes with the keyword arguments of a case.
pub(super) fn keywords(call: &Call<'_>, mut axes: Axes) -> Result<Axes, Halt> {
    if call.flag("keepdims")?.unwrap_or_default() {
        axes = axes.keepdims();
    }
    if let Some(dtype) = call.dtype("dtype")? {
        axes = axes.dtype(dtype);
    }
    if let Some(initial) = call.item_or_number("initial")? {
        axes = axes.initial(initial.operand()?);
    }
    if let Some(mask) = call.item("where")? {
        axes = axes.where_(mask.operand()?);
    }
    if let Some(mean) = call.item("mean")? {
        axes = axes.mean(mean.operand()?);
    }
    for name in ["ddof", "correction"] {
        if let Some(item) = call.item_or_number(name)? {
            let Item::Py(ddof) = item else { return Err(Halt::unsupported("ddof: no number")) };
            axes = axes.ddof(hloom_ir::Weak::from(ddof));
        }
    }
    Ok(axes)
}
