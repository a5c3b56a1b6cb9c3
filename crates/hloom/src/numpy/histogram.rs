//! How many elements are in each of some bins.

use hloom_ir::{AxisSet, Binary, DType, IndexDims, Indexing, Kind, Literal, NodeId, Reducer, Shape, Type};

use super::along::part;
use super::bincount::{counted, unsafe_cast};
use super::bins::{Edges, Equal, Histogram, check_width, equal_bins};
use super::ends::{Ends, between};
use super::search::{Side, is_before, places_of};
use super::terms::in_common_dtype;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, NdArray, Result};

/// How many elements are in each of some bins, and the edges of these. A bin holds its left edge, the last one its right
/// edge too.
///
/// Without edges or a range, the array is computed to find its least and greatest element; inside of a trace, the program
/// finds them. A rule for the number of bins always computes the array.
///
/// **Shapes**: any; to `[n]` and `[n + 1]`.
/// **Dtypes**: real numbers and bool; counts as int64, sums of weights in their dtype, densities as float64 or complex128;
/// edges that are not given as float64 or the float of the array.
///
/// # Errors
/// The results are in error: `ValueError` for no bins, for edges that decrease or have not one axis, for a range that is not
/// finite or whose ends are not in order, for bins so narrow that edges coincide, for weights of another shape, and for
/// unknown rules; `TypeError` for complex elements and for weights beside a rule. What has to be read for that is not found
/// inside of a trace.
///
/// # Examples
/// ```
/// let x = hloom::array([1.0, 2.0, 2.5, 4.0]);
/// let (counts, edges) = hloom::histogram(&x, 3);
/// assert_eq!((counts.to_string(), edges.to_string()), ("[1 2 1]".into(), "[1. 2. 3. 4.]".into()));
/// let (counts, _) = hloom::histogram(&x, [0.0, 2.0, 4.0]);
/// assert_eq!(counts.to_string(), "[1 3]");
/// let (_, edges) = hloom::histogram(&x, "auto");
/// assert_eq!(edges.to_string(), "[1. 2. 3. 4.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.histogram.html>; bool is counted as uint8 without a
/// warning, and sums of float weights are taken in float64 at once.
#[track_caller]
pub fn histogram<'a>(a: impl IntoOperand<'a>, how: impl Into<Histogram>) -> (NdArray, NdArray) {
    let (a, how) = (a.into_operand().into_array(), how.into());
    let planned = Plan::of("histogram", &a, &how);
    let results = match planned {
        Ok(plan) => Call::of("histogram", &a).record_several(2, |builder| {
            let (counts, edges) = plan.counts(builder)?;
            let counts = if how.density { density(builder, counts, &[edges])? } else { counts };
            Ok(vec![counts, edges])
        }),
        Err(error) => vec![Call::of("histogram", &a).error(error); 2],
    };
    match <[NdArray; 2]>::try_from(results) {
        Ok([counts, edges]) => (counts, edges),
        Err(_) => {
            let failed = Call::of("histogram", &a).error(Error::internal("expected two results"));
            (failed.clone(), failed)
        }
    }
}

/// The edges of the bins of a [`histogram`].
///
/// # Errors
/// As of [`histogram`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::histogram_bin_edges([0.0, 1.0, 4.0], 2).to_string(), "[0. 2. 4.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.histogram_bin_edges.html>
#[track_caller]
pub fn histogram_bin_edges<'a>(a: impl IntoOperand<'a>, how: impl Into<Histogram>) -> NdArray {
    let (a, how) = (a.into_operand().into_array(), how.into());
    match Plan::of("histogram_bin_edges", &a, &how) {
        Ok(plan) => Call::of("histogram_bin_edges", &a).record(|builder| match &plan.edges {
            Edges::Equal(ends, count) => Ok(equal_bins(builder, plan.a.node(), ends, *count)?.edges),
            Edges::Given(edges) => Ok(edges.node()),
        }),
        Err(error) => Call::of("histogram_bin_edges", &a).error(error),
    }
}

/// A histogram of one dimension whose bins are known.
struct Plan {
    /// The elements along one axis.
    a: NdArray,
    edges: Edges,
    /// What each element counts for, of as many elements.
    weights: Option<NdArray>,
}

impl Plan {
    #[track_caller]
    fn of(name: &'static str, a: &NdArray, how: &Histogram) -> Result<Plan> {
        let Type { dtype, shape } = a.try_type()?;
        if dtype.is_complex() {
            return Err(unsafe_cast(dtype, DType::F64));
        }
        let a = if dtype == DType::Bool { a.astype(DType::U8) } else { a.clone() }.ravel();
        let mut weights = None;
        if let Some(given) = &how.weights {
            let given = given.clone().into_array();
            if given.try_shape()? != shape {
                return Err(Error::value("weights should have the same shape as a."));
            }
            weights = Some(given.ravel());
        }
        let range = how.range.of_each(1)?;
        let edges = Edges::of(name, &a, &how.bins, range.first().copied().flatten(), weights.is_some())?;
        check_width(name, &a, &edges)?;
        Ok(Plan { a, edges, weights })
    }

    /// The counts and the edges.
    fn counts(&self, builder: &mut Builder<'_>) -> Result<(NodeId, NodeId)> {
        let (places, edges, n_bins) = match &self.edges {
            Edges::Equal(ends, count) => {
                let equal = equal_bins(builder, self.a.node(), ends, *count)?;
                (places_in_equal(builder, &self.a, ends, &equal, *count)?, equal.edges, *count)
            }
            Edges::Given(edges) => {
                let edges = edges.node();
                let n_bins = builder.ty(edges)?.shape.size().saturating_sub(1);
                if n_bins == 0 {
                    let dtype =
                        self.weights.as_ref().map_or(Ok(DType::I64), |weights| builder.dtype(weights.node()))?;
                    return Ok((builder.full(Literal::zero(dtype), &Shape::from([0]))?, edges));
                }
                (places_between(builder, self.a.node(), edges, n_bins)?, edges, n_bins)
            }
        };
        let weights =
            self.weights.as_ref().map(|weights| Ok::<_, Error>((weights.node(), builder.dtype(weights.node())?)));
        let counts = match weights.transpose()? {
            None => counted(builder, places, None, n_bins + 1)?,
            Some((weights, dtype)) => {
                let weights = builder.convert(weights, summed_in(dtype))?;
                let sums = counted(builder, places, Some(weights), n_bins + 1)?;
                builder.convert(sums, dtype)?
            }
        };
        Ok((part(builder, counts, 0, 0..n_bins)?, edges))
    }
}

/// The dtype that weights are added up in.
fn summed_in(dtype: DType) -> DType {
    match dtype.kind() {
        Kind::Bool => DType::Bool,
        Kind::Signed => DType::I64,
        Kind::Unsigned => DType::U64,
        Kind::Float => DType::F64,
        Kind::Complex => DType::C128,
    }
}

/// The bin of each element in equal ones; those outside are put in one behind the last. NumPy's order of operations, whose
/// rounding is made good by a look at the edges.
fn places_in_equal(builder: &mut Builder<'_>, a: &NdArray, ends: &Ends, equal: &Equal, count: usize) -> Result<NodeId> {
    let own = builder.dtype(a.node())?;
    let x = builder.convert(a.node(), builder.dtype(equal.first)?)?;
    let is_inside = match ends {
        Ends::Given(first, last) => Some(between(builder, a, *first, *last)?),
        // Not so of NaN.
        Ends::Found(_) if own.is_float() => Some(builder.apply(Binary::Equal, x, x)?),
        Ends::Found(_) => None,
    };
    let computed = builder.dtype(equal.width)?;
    let offset = builder.apply(Binary::Subtract, x, equal.first)?;
    let offset = builder.convert(offset, computed)?;
    let part = builder.apply(Binary::Divide, offset, equal.width)?;
    let n_bins = builder.constant_of(count, computed);
    let mut place = builder.apply(Binary::Multiply, part, n_bins)?;
    if let Some(is_inside) = is_inside {
        let zero = builder.constant(Literal::zero(computed));
        place = builder.select(is_inside, place, zero)?;
    }
    let place = builder.convert(place, DType::I64)?;
    let [zero, one, last] = [0, 1, count - 1].map(|number| builder.constant_of(number, DType::I64));
    let place = builder.apply(Binary::Minimum, place, last)?;
    let place = builder.apply(Binary::Maximum, place, zero)?;
    let edge = |builder: &mut Builder<'_>, place: NodeId| {
        let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
        builder.op(Indexing::Gather(dims), &[equal.edges, place])
    };
    let left = edge(builder, place)?;
    let is_left = builder.apply(Binary::Less, x, left)?;
    let before = builder.apply(Binary::Subtract, place, one)?;
    let before = builder.apply(Binary::Maximum, before, zero)?;
    let place = builder.select(is_left, before, place)?;
    let behind = builder.apply(Binary::Add, place, one)?;
    let right = edge(builder, behind)?;
    let is_right = builder.apply(Binary::GreaterEqual, x, right)?;
    let behind = builder.apply(Binary::Minimum, behind, last)?;
    let place = builder.select(is_right, behind, place)?;
    match is_inside {
        Some(is_inside) => {
            let outside = builder.constant_of(count, DType::I64);
            builder.select(is_inside, place, outside)
        }
        None => Ok(place),
    }
}

/// The bin of each element between edges; those outside are put in one behind the last.
fn places_between(builder: &mut Builder<'_>, a: NodeId, edges: NodeId, n_bins: usize) -> Result<NodeId> {
    let [edges, a] = in_common_dtype(builder, edges, a)?;
    let place = places_of(builder, edges, a, Side::Right)?;
    let [zero, one, n, n_edges] = [0, 1, n_bins, n_bins + 1].map(|number| builder.constant_of(number, DType::I64));
    let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
    let last_edge = builder.op(Indexing::Gather(dims), &[edges, n])?;
    let is_beyond = is_before(builder, last_edge, a)?;
    let own = builder.apply(Binary::Subtract, place, one)?;
    let last = builder.apply(Binary::Subtract, n, one)?;
    let at_end = builder.select(is_beyond, n, last)?;
    let is_end = builder.apply(Binary::Equal, place, n_edges)?;
    let own = builder.select(is_end, at_end, own)?;
    let is_first = builder.apply(Binary::Equal, place, zero)?;
    builder.select(is_first, n, own)
}

/// Counts over the extents of their bins and over all of them together. Each dimension has edges.
pub(super) fn density(builder: &mut Builder<'_>, counts: NodeId, edges: &[NodeId]) -> Result<NodeId> {
    let ndim = builder.ty(counts)?.shape.ndim();
    let own = builder.dtype(counts)?;
    let dtype = if own.is_complex() { DType::C128 } else { DType::F64 };
    let summed = Reducer::Sum.resolve(own);
    let counted = builder.convert(counts, summed)?;
    let total = builder.reduce(Reducer::Sum, counted, AxisSet::all(ndim))?;
    let total = builder.convert(total, dtype)?;
    let mut density = builder.convert(counts, dtype)?;
    for (axis, &edges) in edges.iter().enumerate() {
        let n_edges = builder.ty(edges)?.shape.size();
        if n_edges < 2 {
            continue;
        }
        let (before, after) = (part(builder, edges, 0, 0..n_edges - 1)?, part(builder, edges, 0, 1..n_edges)?);
        let distance = if builder.dtype(edges)? == DType::Bool { Binary::NotEqual } else { Binary::Subtract };
        let extents = builder.apply(distance, after, before)?;
        let extents = builder.convert(extents, dtype)?;
        let line: Shape = (0..ndim).map(|other| if other == axis { n_edges - 1 } else { 1 }).collect();
        let extents = builder.reshape(extents, line)?;
        density = builder.apply(Binary::Divide, density, extents)?;
    }
    builder.apply(Binary::Divide, density, total)
}
