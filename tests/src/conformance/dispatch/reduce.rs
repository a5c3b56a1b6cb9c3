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
        let axes = if call.flag("keepdims")?.unwrap_or_default() { axes.keepdims() } else { axes };
        Ok(function(&call.array(0)?, axes).into())
    };
    Some(reduce())
}
