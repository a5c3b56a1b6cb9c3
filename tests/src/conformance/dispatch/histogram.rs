//! Counts of numbers, and histograms.

use hloom::{Bincount, Histogram, NdArray, Ranges};
use hloom_ir::Weak;
use serde_json::Value as Json;

use super::call::Call;
use super::item::{Halt, Item, upload};
use super::search::list;
use crate::conformance::value::{HostArray, PyScalar, integer};

/// Calls a function of the family; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "bincount" => bincount,
        "histogram" => |call| {
            let (counts, edges) = hloom::histogram(call.operand(0)?, how(call)?);
            Ok(list([counts, edges]))
        },
        "histogram_bin_edges" => |call| Ok(hloom::histogram_bin_edges(call.operand(0)?, how(call)?).into()),
        "histogram2d" => |call| {
            let (counts, along_x, along_y) = hloom::histogram2d(call.operand(0)?, call.operand(1)?, how(call)?);
            Ok(list([counts, along_x, along_y]))
        },
        "histogramdd" => |call| {
            let sample = match call.args() {
                // A list of columns.
                [Item::List(_)] => hloom::stack(&call.list(0)?, 1),
                _ => call.array(0)?,
            };
            let (counts, edges) = hloom::histogramdd(sample, how(call)?);
            Ok(Item::Tuple(vec![counts.into(), list(edges)]))
        },
        _ => return None,
    };
    Some(function(call))
}

fn bincount(call: &Call<'_>) -> Result<Item, Halt> {
    let mut how = Bincount::default();
    if let Some(length) = call.int("minlength")? {
        how = how.minlength(length);
    }
    if let Some(weights) = call.item("weights")? {
        how = how.weights(weights.operand()?);
    }
    Ok(hloom::bincount(call.operand(0)?, how).into())
}

fn how(call: &Call<'_>) -> Result<Histogram, Halt> {
    let mut how = match call.take("bins") {
        None | Some(Json::Null) => Histogram::default(),
        Some(bins) => self::bins(&bins)?,
    };
    if let Some(range) = call.take("range").filter(|range| !range.is_null()) {
        how = how.range(ranges(&range)?);
    }
    if call.flag("density")?.unwrap_or_default() {
        how = how.density();
    }
    if let Some(weights) = call.item("weights")? {
        how = how.weights(weights.operand()?);
    }
    Ok(how)
}

/// Bins as they are written: a number, a name, an array, or a list of edges.
fn bins(bins: &Json) -> Result<Histogram, Halt> {
    match bins {
        Json::String(rule) => Ok(rule.as_str().into()),
        Json::Number(_) => {
            let count = integer(bins).ok().and_then(|count| i64::try_from(count).ok());
            let no_count = || Halt::Raised("TypeError", "`bins` must be an integer, a string, or an array".to_owned());
            count.map(Histogram::from).ok_or_else(no_count)
        }
        Json::Array(edges) => {
            let numbers = edges.iter().map(number).collect::<Result<Vec<Weak>, Halt>>()?;
            let is_whole = numbers.iter().all(|number| matches!(number, Weak::Int(_)));
            let edges = NdArray::from(numbers.iter().map(|number| number.real()).collect::<Vec<f64>>());
            Ok(if is_whole && !numbers.is_empty() { edges.astype(hloom::int64) } else { edges }.into())
        }
        other => match HostArray::parse(other) {
            Ok(edges) => Ok(upload(&edges)?.into()),
            Err(_) => Err(Halt::unsupported(format!("bins: {other}"))),
        },
    }
}

fn ranges(range: &Json) -> Result<Ranges, Halt> {
    let malformed = || Halt::unsupported(format!("range: {range}"));
    let pair = |pair: &Json| match pair.as_array().map(Vec::as_slice) {
        Some([low, high]) => Ok((number(low)?, number(high)?)),
        _ => Err(malformed()),
    };
    let ends = range.as_array().ok_or_else(malformed)?;
    if ends.iter().any(|end| end.is_array() || end.is_null()) {
        let ends = ends.iter().map(|end| if end.is_null() { Ok(None) } else { pair(end).map(Some) });
        return Ok(ends.collect::<Result<Vec<Option<(Weak, Weak)>>, Halt>>()?.into());
    }
    Ok(pair(range)?.into())
}

fn number(json: &Json) -> Result<Weak, Halt> {
    match (integer(json), json.as_f64(), json.as_str()) {
        (Ok(value), ..) => Ok(PyScalar::Int(value).into()),
        (_, Some(value), _) => Ok(Weak::Float(value)),
        (_, _, Some("nan")) => Ok(Weak::Float(f64::NAN)),
        (_, _, Some("inf")) => Ok(Weak::Float(f64::INFINITY)),
        (_, _, Some("-inf")) => Ok(Weak::Float(f64::NEG_INFINITY)),
        _ => Err(Halt::unsupported(format!("{json} is no number"))),
    }
}
