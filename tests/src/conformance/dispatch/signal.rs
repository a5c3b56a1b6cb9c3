//! Convolutions, correlations and interpolation.

use super::call::Call;
use super::item::{Halt, Item};

/// Calls such a function; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    Some(match call.op() {
        "convolve" => mode(call).and_then(|mode| Ok(hloom::convolve(call.operand(0)?, call.operand(1)?, mode).into())),
        "correlate" => {
            mode(call).and_then(|mode| Ok(hloom::correlate(call.operand(0)?, call.operand(1)?, mode).into()))
        }
        "interp" => interp(call),
        _ => return None,
    })
}

fn mode(call: &Call<'_>) -> Result<hloom::ConvolveMode, Halt> {
    Ok(call.text("mode")?.map_or_else(|| (..).into(), |mode| mode.as_str().into()))
}

fn interp(call: &Call<'_>) -> Result<Item, Halt> {
    let mut how = hloom::Interp::default();
    if let Some(left) = call.item_or_number("left")? {
        how = how.left(left.operand()?);
    }
    if let Some(right) = call.item_or_number("right")? {
        how = how.right(right.operand()?);
    }
    if let Some(item) = call.item_or_number("period")? {
        let Item::Py(period) = item else { return Err(Halt::unsupported("period: no number")) };
        how = how.period(hloom_ir::Weak::from(period));
    }
    Ok(hloom::interp(call.operand(0)?, call.operand(1)?, call.operand(2)?, how).into())
}
