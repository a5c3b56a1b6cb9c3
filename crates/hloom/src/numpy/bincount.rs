//! How often each number is there.

use hloom_ir::{
    AxisSet, Binary, Combine, DType, IndexDims, Indexing, Kind, Layout, Literal, NodeId, Reducer, Shape, Type,
};

use super::search::require_1d;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, IntoExtent, NdArray, Result};

/// The optional arguments of [`bincount`]: `..` for NumPy's defaults, an array of weights, or [`minlength`] with what else is
/// to be set.
#[derive(Clone, Debug, Default)]
pub struct Bincount {
    minlength: i64,
    weights: Option<Operand<'static>>,
}

/// The least length of what [`bincount`] returns.
pub fn minlength(minlength: impl IntoExtent) -> Bincount {
    Bincount::default().minlength(minlength)
}

impl Bincount {
    /// See [`minlength`](minlength()).
    pub fn minlength(self, minlength: impl IntoExtent) -> Bincount {
        Bincount { minlength: minlength.into_extent(), ..self }
    }

    /// What each number counts for, instead of 1.
    pub fn weights<'a>(self, weights: impl IntoOperand<'a>) -> Bincount {
        Bincount { weights: Some(weights.into_operand().into_owned()), ..self }
    }
}

impl From<std::ops::RangeFull> for Bincount {
    fn from(_: std::ops::RangeFull) -> Bincount {
        Bincount::default()
    }
}

impl From<NdArray> for Bincount {
    fn from(weights: NdArray) -> Bincount {
        Bincount::default().weights(weights)
    }
}

impl From<&NdArray> for Bincount {
    fn from(weights: &NdArray) -> Bincount {
        Bincount::default().weights(weights)
    }
}

/// How often each of the numbers 0, 1, … is in an array, or what the weights of its places add up to.
///
/// How long the result is depends on the values, so this computes the array.
///
/// **Shapes**: one axis; to the greatest number plus one, or `minlength` if that is more.
/// **Dtypes**: integers and bool, to int64; with weights, which are real numbers or bool, to float64.
///
/// # Errors
/// The result is in error: `ValueError` for a negative number or `minlength`, for an array of another number of axes, or
/// for weights of another length; `TypeError` for numbers that are no integers and for complex weights; or if the array has
/// no value, as inside of a trace.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([0, 1, 1, 3]);
/// assert_eq!(hloom::bincount(&x, ..).to_string(), "[1 2 0 1]");
/// assert_eq!(hloom::bincount(&x, hloom::minlength(5).weights([0.5, 1.0, 2.0, 4.0])).to_string(), "[0.5 3.  0.  4.  0. ]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.bincount.html>
#[track_caller]
pub fn bincount<'a>(x: impl IntoOperand<'a>, how: impl Into<Bincount>) -> NdArray {
    let (x, how) = (x.into_operand().into_array(), how.into());
    let length = match length_of(&x, &how) {
        Ok(length) => length,
        Err(error) => return Call::of("bincount", &x).error(error),
    };
    Call::of("bincount", &x).record(|builder| {
        let shape = builder.shape(x.node())?;
        let weights = how.weights.as_ref().map(|weights| weights_of(builder, weights, &shape)).transpose()?;
        if shape.size() == 0 {
            return builder.full(Literal::zero(DType::I64), &Shape::from([length]));
        }
        let places = builder.convert(x.node(), DType::I64)?;
        counted(builder, places, weights, length)
    })
}

/// How many numbers are counted.
#[track_caller]
fn length_of(x: &NdArray, how: &Bincount) -> Result<usize> {
    let Type { dtype, shape } = x.try_type()?;
    match shape.ndim() {
        1 => {}
        0 => return Err(Error::value("object of too small depth for desired array")),
        _ => return Err(Error::value("object too deep for desired array")),
    }
    if !dtype.is_integer() && dtype != DType::Bool {
        return Err(unsafe_cast(dtype, DType::I64));
    }
    let Ok(minlength) = usize::try_from(how.minlength) else {
        return Err(Error::value("'minlength' must not be negative"));
    };
    if shape.size() == 0 {
        return Ok(minlength);
    }
    let numbers = x.astype(DType::I64);
    let extremes = extremes("bincount", &numbers).elements::<i64>("bincount")?;
    match extremes[..] {
        [least, greatest] if least >= 0 => Ok(minlength.max((greatest as usize).saturating_add(1))),
        _ => Err(Error::value("'list' argument must have no negative elements")),
    }
}

/// The least and the greatest element, NaN if there is one.
#[track_caller]
pub(super) fn extremes(name: &str, x: &NdArray) -> NdArray {
    Call::of(name, x).record(|builder| extremes_of(builder, x.node()))
}

/// As [`extremes`].
pub(super) fn extremes_of(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let mut both = Vec::with_capacity(2);
    for reducer in [Reducer::Min, Reducer::Max] {
        let ndim = builder.ty(x)?.shape.ndim();
        let extreme = builder.reduce(reducer, x, AxisSet::all(ndim))?;
        both.push(builder.reshape(extreme, Shape::from([1]))?);
    }
    builder.op(Layout::Concatenate { axis: 0 }, &both)
}

/// Weights of places in an array of a shape, as float64.
fn weights_of(builder: &mut Builder<'_>, weights: &Operand<'_>, shape: &Shape) -> Result<NodeId> {
    let weights = builder.operand(weights)?;
    require_1d(builder, weights)?;
    let ty = builder.ty(weights)?.clone();
    if ty.dtype.is_complex() {
        return Err(unsafe_cast(ty.dtype, DType::F64));
    }
    if ty.shape != *shape {
        return Err(Error::value("The weights and list don't have the same length."));
    }
    builder.convert(weights, DType::F64)
}

/// NumPy's error of a conversion that may lose something.
pub(super) fn unsafe_cast(from: DType, to: DType) -> Error {
    Error::type_(format!("Cannot cast array data from dtype('{from}') to dtype('{to}') according to the rule 'safe'"))
}

/// For each of `n` places, how often it is there as int64, or the sum of its weights in their dtype. The places are int64,
/// and all of them there.
pub(super) fn counted(builder: &mut Builder<'_>, places: NodeId, weights: Option<NodeId>, n: usize) -> Result<NodeId> {
    let shape = builder.shape(places)?;
    let weights = match weights {
        Some(weights) => weights,
        None => builder.full(Literal::one(DType::I64), &shape)?,
    };
    let dtype = builder.dtype(weights)?;
    let zeros = builder.full(Literal::zero(dtype), &Shape::from([n]))?;
    let combine = if dtype.kind() == Kind::Bool {
        Combine::By { op: Binary::Maximum, kept: dtype }
    } else {
        Combine::By { op: Binary::Add, kept: dtype }
    };
    let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
    builder.op(Indexing::Scatter { dims, combine }, &[zeros, weights, places])
}
