//! Differences, derivatives and integrals, averages and covariances.

use hloom::{Axes, NdArray, axis};
use hloom_ir::Weak;

use super::call::Call;
use super::item::{Halt, Item};
use super::reduce::keywords;

/// Calls such a function; `None` if it is none.
pub(super) fn apply(call: &Call<'_>) -> Option<Result<Item, Halt>> {
    let function: fn(&Call<'_>) -> Result<Item, Halt> = match call.op() {
        "diff" => diff,
        "ediff1d" => ediff1d,
        "gradient" => gradient,
        "trapezoid" => trapezoid,
        "unwrap" => unwrap,
        "average" => average,
        "cov" => |call| Ok(covariance(call, |x, how| hloom::cov(x, how))?.into()),
        "corrcoef" => |call| Ok(covariance(call, |x, how| hloom::corrcoef(x, how))?.into()),
        _ => return None,
    };
    Some(function(call))
}

/// The axis of a case, the last one by default.
fn last_axis(call: &Call<'_>) -> Result<Axes, Halt> {
    Ok(axis(call.ints("axis")?.unwrap_or(vec![-1])))
}

fn diff(call: &Call<'_>) -> Result<Item, Halt> {
    let mut axes = last_axis(call)?;
    if let Some(n) = call.int("n")? {
        axes = axes.n(n);
    }
    if let Some(prepend) = call.item_or_number("prepend")? {
        axes = axes.prepend(prepend.operand()?);
    }
    if let Some(append) = call.item_or_number("append")? {
        axes = axes.append(append.operand()?);
    }
    Ok(hloom::diff(call.operand(0)?, axes).into())
}

fn ediff1d(call: &Call<'_>) -> Result<Item, Halt> {
    let mut edges = hloom::Ediff1d::default();
    if let Some(to_begin) = call.item_or_number("to_begin")? {
        edges = edges.to_begin(to_begin.operand()?);
    }
    if let Some(to_end) = call.item_or_number("to_end")? {
        edges = edges.to_end(to_end.operand()?);
    }
    Ok(hloom::ediff1d(call.operand(0)?, edges).into())
}

fn gradient(call: &Call<'_>) -> Result<Item, Halt> {
    let written = call.ints("axis")?;
    let mut axes = written.map_or(Axes::from(..), Axes::from);
    for place in 1..call.args().len() {
        axes = axes.spacing(call.operand(place)?);
    }
    if let Some(edge_order) = call.int("edge_order")? {
        axes = axes.edge_order(edge_order);
    }
    let mut gradients = hloom::gradient(call.operand(0)?, axes);
    match gradients.len() {
        1 => Ok(gradients.remove(0).into()),
        _ => Ok(Item::Tuple(gradients.into_iter().map(Item::Array).collect())),
    }
}

fn trapezoid(call: &Call<'_>) -> Result<Item, Halt> {
    let mut axes = last_axis(call)?;
    let x = if call.args().len() > 1 { Some(call.arg(1)?.clone()) } else { call.item("x")? };
    if let Some(x) = x {
        axes = axes.x(x.operand()?);
    }
    if let Some(dx) = call.item_or_number("dx")? {
        axes = axes.dx(dx.operand()?);
    }
    Ok(hloom::trapezoid(call.operand(0)?, axes).into())
}

fn unwrap(call: &Call<'_>) -> Result<Item, Halt> {
    let mut axes = last_axis(call)?;
    if let Some(discont) = call.item_or_number("discont")? {
        axes = axes.discont(discont.operand()?);
    }
    if let Some(Item::Py(period)) = call.item_or_number("period")? {
        axes = axes.period(Weak::from(period));
    }
    Ok(hloom::unwrap(call.operand(0)?, axes).into())
}

fn average(call: &Call<'_>) -> Result<Item, Halt> {
    let axes = call.ints("axis")?.map_or(Axes::from(..), Axes::from);
    let mut axes = keywords(call, axes)?;
    if let Some(weights) = call.item("weights")? {
        axes = axes.weights(weights.operand()?);
    }
    if call.flag("returned")?.unwrap_or_default() {
        let (mean, sum) = hloom::average_weights(call.operand(0)?, axes);
        return Ok(Item::Tuple(vec![mean.into(), sum.into()]));
    }
    Ok(hloom::average(call.operand(0)?, axes).into())
}

fn covariance(
    call: &Call<'_>,
    function: impl FnOnce(hloom::Operand<'_>, hloom::Cov) -> NdArray,
) -> Result<NdArray, Halt> {
    let mut how = hloom::Cov::default();
    let y = if call.args().len() > 1 { Some(call.arg(1)?.clone()) } else { call.item("y")? };
    if let Some(y) = y {
        how = how.y(y.operand()?);
    }
    if let Some(rowvar) = call.flag("rowvar")? {
        how = how.rowvar(rowvar);
    }
    if let Some(bias) = call.flag("bias")? {
        how = how.bias(bias);
    }
    if let Some(ddof) = call.int("ddof")? {
        how = how.ddof(ddof);
    }
    if let Some(weights) = call.item("fweights")? {
        how = how.fweights(weights.operand()?);
    }
    if let Some(weights) = call.item("aweights")? {
        how = how.aweights(weights.operand()?);
    }
    if let Some(dtype) = call.dtype("dtype")? {
        how = how.dtype(dtype);
    }
    Ok(function(call.operand(0)?, how))
}
