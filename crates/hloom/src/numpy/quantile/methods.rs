//! Where quantiles lie among elements in order: NumPy's thirteen methods, in the dtypes that NumPy computes them in.

use hloom_ir::{Binary, DType, Kind, NodeId, Unary, Weak};

use crate::numpy::terms::{Term, combined};
use crate::record::{Build, Builder};
use crate::{Error, Result};

/// A way to estimate quantiles. Those of Hyndman and Fan are numbered as in "Sample Quantiles in Statistical Packages"
/// (1996), <https://doi.org/10.1080/00031305.1996.10473566>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// 1.
    InvertedCdf,
    /// 2.
    AveragedInvertedCdf,
    /// 3.
    ClosestObservation,
    /// 4.
    InterpolatedInvertedCdf,
    /// 5.
    Hazen,
    /// 6.
    Weibull,
    /// 7.
    Linear,
    /// 8.
    MedianUnbiased,
    /// 9.
    NormalUnbiased,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

impl Method {
    const ALL: [(Method, &str); 13] = [
        (Method::InvertedCdf, "inverted_cdf"),
        (Method::AveragedInvertedCdf, "averaged_inverted_cdf"),
        (Method::ClosestObservation, "closest_observation"),
        (Method::InterpolatedInvertedCdf, "interpolated_inverted_cdf"),
        (Method::Hazen, "hazen"),
        (Method::Weibull, "weibull"),
        (Method::Linear, "linear"),
        (Method::MedianUnbiased, "median_unbiased"),
        (Method::NormalUnbiased, "normal_unbiased"),
        (Method::Lower, "lower"),
        (Method::Higher, "higher"),
        (Method::Midpoint, "midpoint"),
        (Method::Nearest, "nearest"),
    ];

    /// The method of NumPy's name.
    pub(super) fn from_name(name: &str) -> Result<Method> {
        let known = Method::ALL.iter().find(|(_, known)| *known == name);
        known.map(|&(method, _)| method).ok_or_else(|| {
            let names = Method::ALL.map(|(_, name)| format!("'{name}'")).join(", ");
            Error::value(format!("'{name}' is not a valid method. Use one of: dict_keys([{names}])"))
        })
    }
}

/// How many elements there are in order.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// As many in each slice.
    Same(usize),
    /// So many in each, as int64.
    Each(NodeId),
}

/// Where a quantile lies.
pub(super) enum Place {
    /// At an element: its position, as int64.
    At(NodeId),
    /// Between two elements, at a fraction of the way from the first to the second.
    Between { previous: NodeId, next: NodeId, fraction: NodeId },
}

/// Where the quantiles of probabilities lie. The probabilities are of a shape that the counts broadcast to.
pub(super) fn place(builder: &mut Builder<'_>, method: Method, count: Count, q: NodeId) -> Result<Place> {
    let n = Numbers { count, q };
    let index = match method {
        Method::InvertedCdf => {
            let index = n.less_one(builder)?;
            let index = n.to_boundary(builder, index, |_, _| Ok(None))?;
            return Ok(Place::At(index));
        }
        Method::ClosestObservation => {
            let index = n.less_one(builder)?;
            let index = combined(builder, Binary::Subtract, index, 0.5)?;
            // At a tie the element with the even number is taken, counted from 1.
            let is_odd = |builder: &mut Builder<'_>, below: NodeId| {
                let rest = combined(builder, Binary::Remainder, below, 2.0)?;
                combined(builder, Binary::Equal, rest, 1.0).map(Some)
            };
            return Ok(Place::At(n.to_boundary(builder, index, is_odd)?));
        }
        Method::Lower | Method::Higher | Method::Nearest => {
            let index = n.last_times(builder)?;
            let index = match method {
                Method::Lower => rounded(builder, Unary::Floor, index)?,
                Method::Higher => rounded(builder, Unary::Ceil, index)?,
                _ => rounded(builder, Unary::Rint, index)?,
            };
            return Ok(Place::At(builder.convert(index, DType::I64)?));
        }
        Method::AveragedInvertedCdf => n.less_one(builder)?,
        Method::InterpolatedInvertedCdf => n.by_weights(builder, Weak::Int(0), Weak::Int(0))?,
        Method::Hazen => n.by_weights(builder, Weak::Float(0.5), Weak::Float(0.0))?,
        Method::Weibull => n.by_weights(builder, Weak::Int(0), Weak::Int(1))?,
        Method::MedianUnbiased => {
            let third = 1.0 / 3.0;
            n.by_weights(builder, Weak::Float(third), Weak::Float(1.0 - third - third))?
        }
        Method::NormalUnbiased => n.by_weights(builder, Weak::Float(0.375), Weak::Float(0.25))?,
        Method::Linear => {
            let index = n.last_times(builder)?;
            if builder.dtype(index)?.is_integer() {
                return Ok(Place::At(builder.convert(index, DType::I64)?));
            }
            index
        }
        Method::Midpoint => {
            let index = n.last_times(builder)?;
            let (below, above) = (rounded(builder, Unary::Floor, index)?, rounded(builder, Unary::Ceil, index)?);
            let sum = combined(builder, Binary::Add, below, above)?;
            combined(builder, Binary::Multiply, 0.5, sum)?
        }
    };
    n.between(builder, method, index)
}

/// The number of elements and the probabilities of a formula.
struct Numbers {
    count: Count,
    q: NodeId,
}

impl Numbers {
    /// The number of elements less some, beside the probabilities: as a Python integer is.
    fn count(&self, builder: &mut Builder<'_>, less: usize) -> Result<Term> {
        let counts = match self.count {
            Count::Same(n) => return Ok(Term::Constant(Weak::Int(n as i128 - less as i128))),
            Count::Each(counts) => counts,
        };
        let less = builder.constant_of(less, DType::I64);
        let counts = builder.apply(Binary::Subtract, counts, less)?;
        let dtype = builder.dtype(self.q)?;
        let dtype = if dtype.kind() == Kind::Float { dtype } else { DType::I64 };
        Ok(Term::Node(builder.convert(counts, dtype)?))
    }

    /// `(n - 1) * q`
    fn last_times(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let last = self.count(builder, 1)?;
        combined(builder, Binary::Multiply, last, self.q)
    }

    /// `n * q - 1`
    fn less_one(&self, builder: &mut Builder<'_>) -> Result<NodeId> {
        let n = self.count(builder, 0)?;
        let product = combined(builder, Binary::Multiply, n, self.q)?;
        combined(builder, Binary::Subtract, product, Term::Constant(Weak::Int(1)))
    }

    /// `n * q + (alpha + q * rest) - 1`, where `rest` is `1 - alpha - beta`.
    fn by_weights(&self, builder: &mut Builder<'_>, alpha: Weak, rest: Weak) -> Result<NodeId> {
        let n = self.count(builder, 0)?;
        let product = combined(builder, Binary::Multiply, n, self.q)?;
        // Method 4 has the weights 0 and 1, of which the rest is 0.
        let share = combined(builder, Binary::Multiply, self.q, Term::Constant(rest))?;
        let share = combined(builder, Binary::Add, Term::Constant(alpha), share)?;
        let index = combined(builder, Binary::Add, product, share)?;
        combined(builder, Binary::Subtract, index, Term::Constant(Weak::Int(1)))
    }

    /// The element before an index if the index is whole and a condition holds of it, else the one behind it.
    fn to_boundary(
        &self,
        builder: &mut Builder<'_>,
        index: NodeId,
        condition: impl FnOnce(&mut Builder<'_>, NodeId) -> Result<Option<NodeId>>,
    ) -> Result<NodeId> {
        let below = rounded(builder, Unary::Floor, index)?;
        let above = combined(builder, Binary::Add, below, Term::Constant(Weak::Int(1)))?;
        let mut is_whole = combined(builder, Binary::Equal, below, index)?;
        if let Some(holds) = condition(builder, below)? {
            is_whole = builder.apply(Binary::LogicalAnd, is_whole, holds)?;
        }
        let position = builder.select(is_whole, below, above)?;
        let position = builder.convert(position, DType::I64)?;
        let zero = builder.constant_of(0, DType::I64);
        builder.apply(Binary::Maximum, position, zero)
    }

    /// The neighbours of an index, and how far it is from the first to the second. An index before the first element or
    /// behind the last one has that element as both.
    fn between(&self, builder: &mut Builder<'_>, method: Method, index: NodeId) -> Result<Place> {
        let dtype = builder.dtype(index)?;
        let last = self.count(builder, 1)?;
        let below = rounded(builder, Unary::Floor, index)?;
        let above = combined(builder, Binary::Add, below, Term::Constant(Weak::Int(1)))?;
        let is_behind = combined(builder, Binary::GreaterEqual, index, last)?;
        let is_before = combined(builder, Binary::Less, index, Term::Constant(Weak::Int(0)))?;
        let (zero, minus_one) = (builder.constant_of(0, DType::I64), builder.constant_of(-1, DType::I64));
        let end = match self.count {
            Count::Same(n) => builder.constant_of(n.saturating_sub(1), DType::I64),
            Count::Each(counts) => {
                let end = builder.apply(Binary::Add, counts, minus_one)?;
                builder.apply(Binary::Maximum, end, zero)?
            }
        };
        let neighbour = |builder: &mut Builder<'_>, index: NodeId, end: NodeId| {
            let position = builder.convert(index, DType::I64)?;
            let position = builder.select(is_behind, end, position)?;
            builder.select(is_before, zero, position)
        };
        let (previous, next) = (neighbour(builder, below, end)?, neighbour(builder, above, end)?);
        // NumPy names the last element -1 in the formula of the fraction.
        let counted = neighbour(builder, below, minus_one)?;
        let fraction = combined(builder, Binary::Subtract, index, counted)?;
        let fraction = match method {
            Method::AveragedInvertedCdf => {
                let is_whole = combined(builder, Binary::Equal, fraction, 0.0)?;
                chosen(builder, is_whole, 0.5, 1.0)?
            }
            Method::Midpoint => {
                let rest = combined(builder, Binary::Remainder, index, 1.0)?;
                let is_whole = combined(builder, Binary::Equal, rest, 0.0)?;
                chosen(builder, is_whole, 0.0, 0.5)?
            }
            _ => fraction,
        };
        let fraction = builder.convert(fraction, dtype)?;
        Ok(Place::Between { previous, next, fraction })
    }
}

/// One of two numbers, as float64.
fn chosen(builder: &mut Builder<'_>, condition: NodeId, a: f64, b: f64) -> Result<NodeId> {
    let (a, b) = (builder.constant_of(a, DType::F64), builder.constant_of(b, DType::F64));
    builder.select(condition, a, b)
}

/// A whole number near an index; the index itself if it is one.
fn rounded(builder: &mut Builder<'_>, op: Unary, index: NodeId) -> Result<NodeId> {
    match builder.dtype(index)?.kind() {
        Kind::Float => builder.op(op, &[index]),
        Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Complex => Ok(index),
    }
}
