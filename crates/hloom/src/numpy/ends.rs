//! Where the bins of a histogram begin and end, and what is between.

use hloom_ir::{Binary, DType, Literal, NodeId, Type, Weak};

use super::bincount::extremes;
use crate::record::{Build, Builder, Operand};
use crate::{Error, NdArray, Result};

/// The ends of equal bins.
pub(super) enum Ends {
    /// Numbers of the user's, or 0 and 1 without elements.
    Given(Weak, Weak),
    /// The least and the greatest element, an array of two.
    Found(NdArray),
}

impl Ends {
    /// The ends of bins of an array. Outside of traces they are read, and refused if they are not finite.
    #[track_caller]
    pub(super) fn of(name: &'static str, a: &NdArray, range: Option<(Weak, Weak)>) -> Result<Ends> {
        if let Some((low, high)) = range {
            let (first, last) = (low.real(), high.real());
            if first > last {
                return Err(Error::value("max must be larger than min in range parameter."));
            }
            if !(first.is_finite() && last.is_finite()) {
                return Err(not_finite("supplied", first, last));
            }
            return Ok(if first == last {
                Ends::Given(Weak::Float(first - 0.5), Weak::Float(last + 0.5))
            } else {
                Ends::Given(low, high)
            });
        }
        if a.try_shape()?.size() == 0 {
            return Ok(Ends::Given(Weak::Int(0), Weak::Int(1)));
        }
        let found = extremes(name, a);
        if !a.is_traced() && a.try_dtype()?.is_float() {
            let ends = found.astype(DType::F64).elements::<f64>(name)?;
            if let [first, last] = ends[..]
                && !(first.is_finite() && last.is_finite())
            {
                return Err(not_finite("autodetected", first, last));
            }
        }
        Ok(Ends::Found(found))
    }

    /// The ends as float64 numbers, if they are known without computing anything new.
    #[track_caller]
    pub(super) fn values(&self, name: &'static str) -> Result<Option<(f64, f64)>> {
        match self {
            Ends::Given(first, last) => Ok(Some((first.real(), last.real()))),
            Ends::Found(found) if found.is_traced() => Ok(None),
            Ends::Found(found) => match found.astype(DType::F64).elements::<f64>(name)?[..] {
                [first, last] if first == last => Ok(Some((first - 0.5, last + 0.5))),
                [first, last] => Ok(Some((first, last))),
                _ => Err(Error::internal("not two ends")),
            },
        }
    }
}

fn not_finite(which: &str, first: f64, last: f64) -> Error {
    let text = |value: f64| match value {
        value if value.is_nan() => "nan".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "inf" } else { "-inf" }.to_owned(),
        value => format!("{value:?}"),
    };
    Error::value(format!("{which} range of [{}, {}] is not finite", text(first), text(last)))
}

/// Which elements are between two ends.
pub(super) fn between(builder: &mut Builder<'_>, a: &NdArray, first: Weak, last: Weak) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(a.node())?.clone();
    let mut beyond = |op: Binary, end: Weak, is_beyond_below: bool| match end {
        // An integer that is no element is before or behind all of them.
        Weak::Int(value) if end.overflows(dtype) => builder.full(Literal::new((value < 0) == is_beyond_below), &shape),
        _ => builder.binary(op, &Operand::Borrowed(a), &Operand::Number(end)),
    };
    let is_behind = beyond(Binary::GreaterEqual, first, true)?;
    let is_before = beyond(Binary::LessEqual, last, false)?;
    builder.apply(Binary::LogicalAnd, is_behind, is_before)
}
