//! Reductions that leave out NaN.

use hloom::{Axes, NdArray, Operand};

use super::call::Call;
use super::item::{Halt, Item};
use super::reduce::keywords;

/// Calls such a reduction; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(Operand<'_>, Axes) -> NdArray = match call.op() {
        "nansum" => |x, axes| hloom::nansum(x, axes),
        "nanprod" => |x, axes| hloom::nanprod(x, axes),
        "nanmax" => |x, axes| hloom::nanmax(x, axes),
        "nanmin" => |x, axes| hloom::nanmin(x, axes),
        "nanmean" => |x, axes| hloom::nanmean(x, axes),
        "nanvar" => |x, axes| hloom::nanvar(x, axes),
        "nanstd" => |x, axes| hloom::nanstd(x, axes),
        "nanargmax" => |x, axes| hloom::nanargmax(x, axes),
        "nanargmin" => |x, axes| hloom::nanargmin(x, axes),
        _ => return None,
    };
    let reduce = || {
        let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
        Ok(function(call.operand(0)?, keywords(call, axes)?).into())
    };
    Some(reduce())
}
