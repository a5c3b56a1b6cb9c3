//! Running sums and products.

use hloom::{Axes, NdArray, Operand};

use super::call::Call;
use super::item::{Halt, Item};
use super::reduce::keywords;

/// Calls such an operation; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(Operand<'_>, Axes) -> NdArray = match call.op() {
        "cumsum" => |x, axes| hloom::cumsum(x, axes),
        "cumprod" => |x, axes| hloom::cumprod(x, axes),
        "nancumsum" => |x, axes| hloom::nancumsum(x, axes),
        "nancumprod" => |x, axes| hloom::nancumprod(x, axes),
        "cumulative_sum" => |x, axes| hloom::cumulative_sum(x, axes),
        "cumulative_prod" => |x, axes| hloom::cumulative_prod(x, axes),
        _ => return None,
    };
    let accumulate = || {
        let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
        let mut axes = keywords(call, axes)?;
        if call.flag("include_initial")?.unwrap_or_default() {
            axes = axes.include_initial();
        }
        Ok(function(call.operand(0)?, axes).into())
    };
    Some(accumulate())
}
