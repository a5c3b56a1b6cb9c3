//! Distinct elements, and arrays as sets.

use hloom::{Axes, axis};

use super::call::Call;
use super::item::{Halt, Item};
use super::search::list;

/// Calls a function of the family; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "unique" => unique,
        "unique_values" => |call| Ok(hloom::unique_values(call.operand(0)?, ..).into()),
        "unique_counts" => |call| {
            let (values, counts) = hloom::unique_counts(call.operand(0)?, ..);
            Ok(list([values, counts]))
        },
        "unique_inverse" => |call| {
            let (values, inverse) = hloom::unique_inverse(call.operand(0)?, ..);
            Ok(list([values, inverse]))
        },
        "unique_all" => |call| {
            let (values, indices, inverse, counts) = hloom::unique_all(call.operand(0)?, ..);
            Ok(list([values, indices, inverse, counts]))
        },
        "union1d" => |call| Ok(hloom::union1d(call.operand(0)?, call.operand(1)?).into()),
        "intersect1d" => |call| {
            call.flag("assume_unique")?;
            if !call.flag("return_indices")?.unwrap_or_default() {
                return Ok(hloom::intersect1d(call.operand(0)?, call.operand(1)?).into());
            }
            let (values, first, second) = hloom::intersect1d_indices(call.operand(0)?, call.operand(1)?);
            Ok(list([values, first, second]))
        },
        "setxor1d" => |call| {
            call.flag("assume_unique")?;
            Ok(hloom::setxor1d(call.operand(0)?, call.operand(1)?).into())
        },
        "setdiff1d" => |call| {
            if !call.flag("assume_unique")?.unwrap_or_default() {
                return Ok(hloom::setdiff1d(call.operand(0)?, call.operand(1)?).into());
            }
            let first = call.array(0)?.ravel();
            Ok(first.get(hloom::isin(&first, call.operand(1)?, true)).into())
        },
        "isin" => |call| {
            call.flag("assume_unique")?;
            call.text("kind")?;
            let invert = call.flag("invert")?.unwrap_or_default();
            Ok(hloom::isin(call.operand(0)?, call.operand(1)?, invert).into())
        },
        _ => return None,
    };
    Some(function(call))
}

/// `unique` with NumPy's flags: each of them adds a result.
fn unique(call: &Call<'_>) -> Result<Item, Halt> {
    let axes = match call.int("axis")? {
        Some(along) => Axes::from(along),
        None => Axes::from(..),
    };
    let axes = axis(axes).equal_nan(call.flag("equal_nan")?.unwrap_or(true));
    call.flag("sorted")?;
    let flags = ["return_index", "return_inverse", "return_counts"].map(|name| call.flag(name));
    let mut wanted = Vec::new();
    for flag in flags {
        wanted.push(flag?.unwrap_or_default());
    }
    if !wanted.contains(&true) {
        return Ok(hloom::unique(call.operand(0)?, axes).into());
    }
    let (values, indices, inverse, counts) = hloom::unique_all(call.operand(0)?, axes);
    let more = wanted.into_iter().zip([indices, inverse, counts]).filter(|(is_wanted, _)| *is_wanted);
    Ok(list([values].into_iter().chain(more.map(|(_, array)| array))))
}
