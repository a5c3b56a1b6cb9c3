//! Element-wise operations: looked up in the library's tables, and the few that are composites of them.

use hloom_ir::{Binary, Unary};

use super::call::Call;
use super::item::{Halt, Item};

/// Calls an element-wise operation; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    // Python's operators are the functions of these names.
    let name = match call.op() {
        "neg_op" => "negative",
        "pos_op" => "positive",
        "abs_op" => "absolute",
        "invert_op" => "invert",
        name => name,
    };
    match call.args().len() {
        1 => Unary::from_name(name).map(|op| Ok(hloom::unary(op, call.operand(0)?).into())),
        2 => Binary::from_name(name).map(|op| Ok(hloom::binary(op, call.operand(0)?, call.operand(1)?).into())),
        _ => None,
    }
}
