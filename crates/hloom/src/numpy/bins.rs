//! The bins of a histogram: what a caller writes for them, and the edges that they come to.

use hloom_ir::{
    ArgType, AxisSet, Binary, DType, IndexDims, Indexing, Kind, Literal, NodeId, Shape, Type, Weak, result_type,
};

use super::ends::Ends;
use super::estimators::Rule;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Nested, Result};

/// The optional arguments of [`histogram`](crate::histogram()) and its relatives: `..` for NumPy's defaults, the bins alone,
/// or [`bins`] with what else is to be set.
///
/// Bins are a number of bins between the least and the greatest element, their edges as an array, or the name of a rule for
/// their number: `"auto"`, `"fd"`, `"doane"`, `"scott"`, `"stone"`, `"rice"`, `"sturges"` or `"sqrt"`. For histograms of
/// several dimensions, a tuple has bins for each of them.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    pub(super) bins: Bins,
    pub(super) range: Ranges,
    pub(super) density: bool,
    pub(super) weights: Option<Operand<'static>>,
}

/// The bins of a histogram.
#[derive(Clone, Debug)]
pub(super) enum Bins {
    Count(i64),
    Rule(String),
    Edges(NdArray),
    /// Those of each dimension.
    Each(Vec<Bins>),
}

impl Default for Bins {
    fn default() -> Bins {
        Bins::Count(10)
    }
}

/// The bins of a histogram, to add other arguments.
///
/// # Examples
/// ```
/// use hloom::bins;
/// let x = hloom::array([1.0, 2.0, 2.5, 4.0]);
/// let (density, edges) = hloom::histogram(&x, bins(2).range((0, 4)).density());
/// assert_eq!((density.to_string(), edges.to_string()), ("[0.125 0.375]".into(), "[0. 2. 4.]".into()));
/// ```
pub fn bins(bins: impl Into<Histogram>) -> Histogram {
    bins.into()
}

impl Histogram {
    /// The lower and the upper end of the bins, which is otherwise found among the elements; for several dimensions those of
    /// each, in an array. Elements that are not between them are not counted.
    pub fn range(self, range: impl Into<Ranges>) -> Histogram {
        Histogram { range: range.into(), ..self }
    }

    /// Densities in place of counts: the integral over the bins is 1.
    pub fn density(self) -> Histogram {
        Histogram { density: true, ..self }
    }

    /// What each element counts for, instead of 1.
    pub fn weights<'a>(self, weights: impl IntoOperand<'a>) -> Histogram {
        Histogram { weights: Some(weights.into_operand().into_owned()), ..self }
    }
}

impl From<Bins> for Histogram {
    fn from(bins: Bins) -> Histogram {
        Histogram { bins, ..Histogram::default() }
    }
}

impl From<std::ops::RangeFull> for Histogram {
    fn from(_: std::ops::RangeFull) -> Histogram {
        Histogram::default()
    }
}

impl From<&str> for Histogram {
    fn from(rule: &str) -> Histogram {
        Bins::Rule(rule.to_owned()).into()
    }
}

impl From<NdArray> for Histogram {
    fn from(edges: NdArray) -> Histogram {
        Bins::Edges(edges).into()
    }
}

impl From<&NdArray> for Histogram {
    fn from(edges: &NdArray) -> Histogram {
        Bins::Edges(edges.clone()).into()
    }
}

impl<T: Nested> From<Vec<T>> for Histogram {
    #[track_caller]
    fn from(edges: Vec<T>) -> Histogram {
        Bins::Edges(NdArray::from(edges)).into()
    }
}

impl<T: Nested, const N: usize> From<[T; N]> for Histogram {
    #[track_caller]
    fn from(edges: [T; N]) -> Histogram {
        Bins::Edges(NdArray::from(edges)).into()
    }
}

macro_rules! counts {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Histogram {
            fn from(count: $ty) -> Histogram {
                Bins::Count(crate::IntoExtent::into_extent(count)).into()
            }
        }
    )* };
}

counts!(i32, i64, isize, u32, u64, usize);

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: Into<Histogram>),+> From<($($name,)+)> for Histogram {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn from(($($name,)+): ($($name,)+)) -> Histogram {
                Bins::Each(vec![$($name.into().bins),+]).into()
            }
        }
    )* };
}

tuples! { (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// Lower and upper ends of bins: of one dimension, or of each of several, where `None` takes them from the elements.
#[derive(Clone, Debug, Default)]
pub struct Ranges(RangeList);

#[derive(Clone, Debug, Default)]
enum RangeList {
    #[default]
    Found,
    One(Weak, Weak),
    Each(Vec<Option<(Weak, Weak)>>),
}

impl Ranges {
    /// The ends in each of `n` dimensions.
    pub(super) fn of_each(&self, n: usize) -> Result<Vec<Option<(Weak, Weak)>>> {
        match &self.0 {
            RangeList::Found => Ok(vec![None; n]),
            RangeList::One(low, high) if n == 1 => Ok(vec![Some((*low, *high))]),
            RangeList::Each(ends) if ends.len() == n => Ok(ends.clone()),
            RangeList::One(..) | RangeList::Each(_) => {
                Err(Error::value("range argument must have one entry per dimension"))
            }
        }
    }
}

macro_rules! ranges {
    ($($ty:ty),* $(,)?) => { $(
        impl From<($ty, $ty)> for Ranges {
            fn from((low, high): ($ty, $ty)) -> Ranges {
                Ranges(RangeList::One(low.into(), high.into()))
            }
        }

        impl<const N: usize> From<[($ty, $ty); N]> for Ranges {
            fn from(ranges: [($ty, $ty); N]) -> Ranges {
                Ranges(RangeList::Each(ranges.iter().map(|&(low, high)| Some((low.into(), high.into()))).collect()))
            }
        }

        impl<const N: usize> From<[Option<($ty, $ty)>; N]> for Ranges {
            fn from(ranges: [Option<($ty, $ty)>; N]) -> Ranges {
                let ends = ranges.iter().map(|range| range.map(|(low, high)| (low.into(), high.into())));
                Ranges(RangeList::Each(ends.collect()))
            }
        }
    )* };
}

ranges!(i32, i64, f32, f64, Weak);

impl From<Vec<Option<(Weak, Weak)>>> for Ranges {
    fn from(ranges: Vec<Option<(Weak, Weak)>>) -> Ranges {
        Ranges(RangeList::Each(ranges))
    }
}

/// Where the bins of one dimension are.
pub(super) enum Edges {
    /// As many equal ones between two ends.
    Equal(Ends, usize),
    /// Where a user says, an array of one axis.
    Given(NdArray),
}

impl Edges {
    /// The bins of an array of one axis. What has to be known of its elements is computed.
    #[track_caller]
    pub(super) fn of(
        name: &'static str,
        a: &NdArray,
        bins: &Bins,
        range: Option<(Weak, Weak)>,
        is_weighted: bool,
    ) -> Result<Edges> {
        let (ends, count) = match bins {
            Bins::Each(_) => return Err(Error::type_("`bins` must be an integer, a string, or an array")),
            Bins::Edges(edges) => return given(name, edges),
            Bins::Count(count) => match usize::try_from(*count) {
                Ok(count) if count > 0 => (Ends::of(name, a, range)?, count),
                _ => return Err(Error::value("`bins` must be positive, when an integer")),
            },
            Bins::Rule(rule) => {
                let rule = Rule::of(rule)?;
                if is_weighted {
                    return Err(Error::type_(
                        "Automated estimation of the number of bins is not supported for weighted data",
                    ));
                }
                let ends = Ends::of(name, a, range)?;
                let count = rule.count(name, a, &ends, range.is_some())?;
                (ends, count)
            }
        };
        Ok(Edges::Equal(ends, count))
    }
}

/// Edges of a user's, which outside of traces are read to see whether they increase.
#[track_caller]
fn given(name: &'static str, edges: &NdArray) -> Result<Edges> {
    let ty = edges.try_type()?;
    if ty.shape.ndim() != 1 {
        return Err(Error::value("`bins` must be 1d, when an array"));
    }
    if ty.dtype.is_complex() {
        return Err(Error::type_("`bins` must be real numbers"));
    }
    if !edges.is_traced() && ty.shape.size() > 1 {
        let is_decreasing = match ty.dtype.kind() {
            Kind::Unsigned => decreases(&edges.astype(DType::U64).elements::<u64>(name)?),
            Kind::Bool | Kind::Signed => decreases(&edges.astype(DType::I64).elements::<i64>(name)?),
            Kind::Float | Kind::Complex => decreases(&edges.astype(DType::F64).elements::<f64>(name)?),
        };
        if is_decreasing {
            return Err(Error::value("`bins` must increase monotonically, when an array"));
        }
    }
    Ok(Edges::Given(edges.clone()))
}

fn decreases<T: PartialOrd>(edges: &[T]) -> bool {
    edges.windows(2).any(|pair| pair[0] > pair[1])
}

/// Refuses equal bins that are so narrow that edges coincide. Edges that lie so close that they may are computed.
#[track_caller]
pub(super) fn check_width(name: &'static str, a: &NdArray, edges: &Edges) -> Result<()> {
    const CLOSE: f64 = 8.0;
    let Edges::Equal(ends, count) = edges else { return Ok(()) };
    let (Some((first, last)), count) = (ends.values(name)?, *count) else { return Ok(()) };
    let dtype = a.try_dtype()?;
    let digits = if dtype.is_float() { dtype.mantissa_bits() } else { f64::MANTISSA_DIGITS - 1 };
    let last_digit = first.abs().max(last.abs()) * 0.5_f64.powi(digits as i32);
    if (last - first) / count as f64 > CLOSE * last_digit {
        return Ok(());
    }
    let edges = Call::of(name, a).record(|builder| Ok(equal_bins(builder, a.node(), ends, count)?.edges));
    let edges = edges.astype(DType::F64).elements::<f64>(name)?;
    if edges.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::value(format!("Too many bins for data range. Cannot create {count} finite-sized bins.")));
    }
    Ok(())
}

/// Equal bins in the graph.
pub(super) struct Equal {
    /// The edges, one more than bins.
    pub(super) edges: NodeId,
    /// The lower end, in the dtype of the edges.
    pub(super) first: NodeId,
    /// The width of all bins together, in the dtype that places are computed in.
    pub(super) width: NodeId,
}

/// `count` equal bins of the elements of an array, in NumPy's order of operations and in the dtype that it promotes to with
/// the ends.
pub(super) fn equal_bins(builder: &mut Builder<'_>, a: NodeId, ends: &Ends, count: usize) -> Result<Equal> {
    let Ends::Given(first, last) = ends else { return spaced_bins(builder, ends, count) };
    let kinds = [ArgType::Weak(first.kind()), ArgType::Weak(last.kind())];
    let dtype = result_type(&[ArgType::Strong(builder.dtype(a)?), kinds[0], kinds[1]])?;
    let dtype = if dtype.is_float() { dtype } else { DType::F64 };
    let Equal { edges, first, width } = spaced_bins(builder, ends, count)?;
    Ok(Equal { edges: builder.convert(edges, dtype)?, first: builder.convert(first, dtype)?, width })
}

/// `count` equal bins, in float64 unless the ends are floats of an array.
pub(super) fn spaced_bins(builder: &mut Builder<'_>, ends: &Ends, count: usize) -> Result<Equal> {
    match ends {
        Ends::Given(first, last) => {
            let [from, to] = [first, last].map(|end| builder.scalar(Literal::new(end.real())));
            let width = match (first, last) {
                (Weak::Int(first), Weak::Int(last)) => builder.scalar(Literal::new((last - first) as f64)),
                _ => builder.apply(Binary::Subtract, to, from)?,
            };
            Ok(Equal { edges: spaced(builder, from, to, count)?, first: from, width })
        }
        Ends::Found(found) => {
            let (first, last) = (end_of(builder, found.node(), 0)?, end_of(builder, found.node(), 1)?);
            let own = builder.dtype(first)?;
            let distance = match own.kind() {
                // The distance of signed integers may be beyond them.
                Kind::Signed | Kind::Unsigned | Kind::Bool => {
                    let (first, last) = (builder.convert(first, DType::U64)?, builder.convert(last, DType::U64)?);
                    let distance = builder.apply(Binary::Subtract, last, first)?;
                    Some(builder.convert(distance, DType::F64)?)
                }
                Kind::Float | Kind::Complex => None,
            };
            let dtype = if own.is_float() { own } else { DType::F64 };
            let (first, last) = (builder.convert(first, dtype)?, builder.convert(last, dtype)?);
            let is_point = builder.apply(Binary::Equal, first, last)?;
            let half = builder.constant_of(0.5, dtype);
            let below = builder.apply(Binary::Subtract, first, half)?;
            let above = builder.apply(Binary::Add, last, half)?;
            let (from, to) = (builder.select(is_point, below, first)?, builder.select(is_point, above, last)?);
            let between = builder.apply(Binary::Subtract, to, from)?;
            let width = match distance {
                Some(distance) => builder.select(is_point, between, distance)?,
                None => between,
            };
            Ok(Equal { edges: spaced(builder, from, to, count)?, first: from, width })
        }
    }
}

/// One of the two ends, 0-d.
fn end_of(builder: &mut Builder<'_>, ends: NodeId, at: usize) -> Result<NodeId> {
    let at = builder.constant_of(at, DType::I64);
    let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
    builder.op(Indexing::Gather(dims), &[ends, at])
}

/// `count + 1` numbers evenly spaced from the first to the last, in their dtype and as NumPy's `linspace` rounds them.
fn spaced(builder: &mut Builder<'_>, first: NodeId, last: NodeId, count: usize) -> Result<NodeId> {
    let dtype = builder.dtype(first)?;
    let shape = Shape::from([count + 1]).checked()?;
    let numbers = builder.iota(Type { dtype: DType::I64, shape }, 0)?;
    let number = builder.constant_of(count, DType::I64);
    let is_last = builder.apply(Binary::Equal, numbers, number)?;
    let (steps, n_steps) = (builder.convert(numbers, dtype)?, builder.constant_of(count, dtype));
    let delta = builder.apply(Binary::Subtract, last, first)?;
    let step = builder.apply(Binary::Divide, delta, n_steps)?;
    let by_step = builder.apply(Binary::Multiply, steps, step)?;
    let part = builder.apply(Binary::Divide, steps, n_steps)?;
    let by_part = builder.apply(Binary::Multiply, part, delta)?;
    let zero = builder.constant(Literal::zero(dtype));
    let vanishes = builder.apply(Binary::Equal, step, zero)?;
    let scaled = builder.select(vanishes, by_part, by_step)?;
    let sum = builder.apply(Binary::Add, scaled, first)?;
    builder.select(is_last, last, sum)
}
