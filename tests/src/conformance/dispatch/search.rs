//! Places in what is sorted, and positions of what is not zero.

use hloom::{NdArray, Searchsorted};

use super::call::Call;
use super::item::{Halt, Item};

/// Calls a function of the family; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "searchsorted" => searchsorted,
        "digitize" => |call| {
            let right = call.flag("right")?.unwrap_or_default();
            Ok(hloom::digitize(call.operand(0)?, call.operand(1)?, right).into())
        },
        "argwhere" => |call| Ok(hloom::argwhere(call.operand(0)?).into()),
        "flatnonzero" => |call| Ok(hloom::flatnonzero(call.operand(0)?).into()),
        "nonzero" => |call| Ok(list(hloom::nonzero(call.operand(0)?)?)),
        "where" if call.args().len() == 1 => |call| Ok(list(hloom::nonzero(call.operand(0)?)?)),
        _ => return None,
    };
    Some(function(call))
}

/// Several arrays as one result.
pub(super) fn list(arrays: impl IntoIterator<Item = NdArray>) -> Item {
    Item::Tuple(arrays.into_iter().map(Item::Array).collect())
}

fn searchsorted(call: &Call<'_>) -> Result<Item, Halt> {
    let mut how = Searchsorted::default();
    if let Some(side) = call.text("side")? {
        how = how.side(&side);
    }
    if let Some(sorter) = call.item("sorter")? {
        how = how.sorter(sorter.operand()?);
    }
    Ok(hloom::searchsorted(call.operand(0)?, call.operand(1)?, how).into())
}
