//! Indexing, from the corpus' notation of what stands between Python's brackets.

use hloom::{Index, NdArray, Operand};
use hloom_ir::Binary;
use serde_json::Value as Json;

use super::item::{Halt, upload};
use crate::conformance::value::{HostArray, integer};

/// `array[index]`.
pub(super) fn get(array: &NdArray, index: &Json) -> Result<NdArray, Halt> {
    Ok(array.get(entries(index)?))
}

/// A copy of `array` with `[index] = value`.
pub(super) fn set(array: &NdArray, index: &Json, value: Operand<'_>) -> Result<NdArray, Halt> {
    let mut changed = array.clone();
    changed.set(entries(index)?, value);
    Ok(changed)
}

/// A copy of `array` with `value` combined into `[index]`, place by place.
pub(super) fn update(array: &NdArray, index: &Json, value: Operand<'_>, how: &Json) -> Result<NdArray, Halt> {
    let (mut changed, index) = (array.clone(), entries(index)?);
    let op = match how.as_str() {
        Some("min") => Some(Binary::Minimum),
        Some("max") => Some(Binary::Maximum),
        Some(name) => Binary::from_name(name),
        None => None,
    };
    let op = op.ok_or_else(|| Halt::unsupported(format!("at_update: {how}")))?;
    hloom::at(op, &mut changed, index, value);
    Ok(changed)
}

/// The element or part at one position of each leading axis.
pub(super) fn at(array: &NdArray, places: &[i64]) -> NdArray {
    array.get(places.iter().map(|&place| Index::At(place)).collect::<Vec<Index>>())
}

fn entries(index: &Json) -> Result<Vec<Index>, Halt> {
    let malformed = || Halt::unsupported(format!("index: malformed {index}"));
    index.as_array().ok_or_else(malformed)?.iter().map(|entry| self::entry(entry)?.ok_or_else(malformed)).collect()
}

/// One entry, or `None` if it is none of the forms.
fn entry(entry: &Json) -> Result<Option<Index>, Halt> {
    let Some((form, value)) = entry.as_object().and_then(|fields| fields.iter().next()) else { return Ok(None) };
    let int = |json: &Json| i64::try_from(integer(json).ok()?).ok();
    Ok(match form.as_str() {
        "int" => int(value).map(Index::At),
        "slice" => slice(value),
        "ellipsis" => Some(Index::Ellipsis),
        "newaxis" => Some(Index::NewAxis),
        "bool" => value.as_bool().map(Index::from),
        "array" => match HostArray::parse(value) {
            Ok(array) => Some(Index::Array(upload(&array)?)),
            Err(_) => None,
        },
        _ => None,
    })
}

fn slice(bounds: &Json) -> Option<Index> {
    let bound = |json: &Json| match json {
        Json::Null => Some(None),
        number => Some(Some(i64::try_from(integer(number).ok()?).ok()?)),
    };
    match bounds.as_array()?.as_slice() {
        [start, stop, step] => {
            Some(Index::Slice { start: bound(start)?, stop: bound(stop)?, step: bound(step)?.unwrap_or(1) })
        }
        _ => None,
    }
}
