//! Elements at positions, and elements chosen from several arrays.

use hloom::{Axes, IndexMode, Order, axis};
use serde_json::Value as Json;

use super::call::Call;
use super::item::{Halt, Item};

/// Calls such a function; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "take" => |call| {
            let axis = axis(axes(call)?).mode(mode(call)?);
            Ok(hloom::take(call.operand(0)?, call.operand(1)?, axis).into())
        },
        "take_along_axis" => |call| {
            let axes = match call.take_null("axis") {
                true => Axes::from(..),
                false => Axes::from(call.int("axis")?.unwrap_or(-1)),
            };
            Ok(hloom::take_along_axis(call.operand(0)?, call.operand(1)?, axes).into())
        },
        "compress" => |call| {
            let axes = axes(call)?;
            Ok(hloom::compress(call.operand(0)?, call.operand(1)?, axes).into())
        },
        "extract" => |call| Ok(hloom::extract(call.operand(0)?, call.operand(1)?).into()),
        "choose" => |call| {
            let mode = mode(call)?;
            let choices = call.operands(1)?;
            Ok(hloom::choose(call.operand(0)?, choices, mode).into())
        },
        "select" => |call| {
            let (conditions, choices) = (call.operands(0)?, call.operands(1)?);
            let default = call.item_or_number("default")?;
            Ok(match &default {
                Some(default) => hloom::select(conditions, choices, default.operand()?),
                None => hloom::select(conditions, choices, ..),
            }
            .into())
        },
        "ravel_multi_index" => |call| {
            let dims = call.shape("dims")?;
            let order = order(call)?;
            let modes = match call.take("mode") {
                None => hloom::MultiIndexModes::from(..),
                Some(Json::Array(modes)) => modes.iter().map(mode_of).collect::<Result<Vec<IndexMode>, Halt>>()?.into(),
                Some(mode) => mode_of(&mode)?.into(),
            };
            Ok(hloom::ravel_multi_index(call.operands(0)?, dims, modes.order(order)).into())
        },
        "unravel_index" => |call| {
            let shape = call.shape("shape")?;
            let places = hloom::unravel_index(call.operand(0)?, shape, order(call)?);
            Ok(Item::Tuple(places.into_iter().map(Item::Array).collect()))
        },
        _ => return None,
    };
    Some(function(call))
}

/// One axis, or none for the flattened array.
fn axes(call: &Call<'_>) -> Result<Axes, Halt> {
    Ok(call.ints("axis")?.map_or(Axes::from(..), Axes::from))
}

fn mode(call: &Call<'_>) -> Result<IndexMode, Halt> {
    call.take("mode").map_or(Ok(IndexMode::Raise), |mode| mode_of(&mode))
}

fn mode_of(mode: &Json) -> Result<IndexMode, Halt> {
    match mode.as_str() {
        Some("raise") => Ok(IndexMode::Raise),
        Some("wrap") => Ok(IndexMode::Wrap),
        Some("clip") => Ok(IndexMode::Clip),
        _ => {
            Err(Halt::Raised("ValueError", format!("clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode})")))
        }
    }
}

fn order(call: &Call<'_>) -> Result<Order, Halt> {
    match call.text("order")?.as_deref() {
        None | Some("C") => Ok(Order::C),
        Some("F") => Ok(Order::F),
        Some(order) => Err(Halt::unsupported(format!("{}: order {order}", call.op()))),
    }
}
