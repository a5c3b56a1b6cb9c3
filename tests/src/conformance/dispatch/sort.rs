//! Order: sorting, and the positions of sorted elements.

use hloom::{Axes, NdArray};

use super::call::Call;
use super::item::{Halt, Item};

/// Calls a function of the family; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<NdArray, Halt> = match call.op() {
        "sort" => |call| Ok(call.array(0)?.sort(axis(call)?)),
        "argsort" => |call| Ok(call.array(0)?.argsort(axis(call)?)),
        "sort_complex" => |call| Ok(hloom::sort_complex(call.operand(0)?)),
        "lexsort" => |call| {
            let axis = axis(call)?;
            match call.args() {
                [Item::List(_)] => Ok(hloom::lexsort(&call.list(0)?, axis)),
                _ => Ok(hloom::lexsort(&call.array(0)?, axis)),
            }
        },
        "partition" => |call| Ok(call.array(0)?.partition(kth(call)?, axis(call)?)),
        "argpartition" => |call| Ok(call.array(0)?.argpartition(kth(call)?, axis(call)?)),
        _ => return None,
    };
    Some(function(call).map(Item::from))
}

/// The axis: null flattens, and the last one is NumPy's default. An order is always stable.
fn axis(call: &Call<'_>) -> Result<Axes, Halt> {
    call.flag("stable")?;
    call.text("kind")?;
    if call.take_null("axis") {
        return Ok(Axes::from(..));
    }
    Ok(Axes::from(call.int("axis")?.unwrap_or(-1)))
}

fn kth(call: &Call<'_>) -> Result<Axes, Halt> {
    let kth = call.ints("kth")?;
    kth.map(Axes::from).ok_or_else(|| Halt::unsupported(format!("{}: kth is missing", call.op())))
}
