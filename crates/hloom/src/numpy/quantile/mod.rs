//! Quantiles: what a given share of the elements does not exceed.
//!
//! [`methods`] says between which elements of the order a quantile lies, and [`sample`] finds those. The dtype of each step is
//! NumPy's, so that results round as NumPy's do.

mod median;
mod methods;
mod sample;

use hloom_ir::{
    AxisSet, Binary, Casting, DType, Kind, Literal, NodeId, Reducer, Rule, Shape, Type, Unary, Weak, can_cast,
};

pub(super) use median::median_of;
pub use median::{median, nanmedian};

use self::methods::{Count, Method, Place, place};
use self::sample::{Positions, Sample, not_negative, with_nan};
use super::along::part;
use super::average::fitted;
use super::cumulative::running_sum;
use super::nan::nanmean_of;
use super::over::over_axes;
use super::terms::{Term, combined};
use crate::axes::NONE;
use crate::check::BuildChecks;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

macro_rules! quantile_functions {
    ($($(#[doc = $doc:literal])* $name:ident ($scale:ident $leaves_nan:literal) $page:literal;)*) => { $(
        $(#[doc = $doc])*
        ///
        /// The elements are counted along `axis`, or all of them with `..`. Keyword arguments: `keepdims`, `method` (one of
        /// NumPy's thirteen names, `"linear"` by default), and `weights` with the method `"inverted_cdf"`.
        ///
        /// **Shapes**: those of `q`, then those of the array without the axes. `q` has at most two axes.
        /// **Dtypes**: real. Where elements are taken as they are, the array's dtype; else floats keep theirs beside a
        /// number as `q`, and integers give float64.
        ///
        /// # Errors
        /// The result is in error: `ValueError` for `q` out of range, an unknown method, weights that are negative or sum to
        /// no positive number; `IndexError` of no elements; `TypeError` for complex numbers, `AxisError`.
        ///
        #[doc = concat!("**Source**: <https://numpy.org/doc/stable/reference/generated/numpy.", $page, ".html>")]
        #[track_caller]
        pub fn $name<'a, 'b>(a: impl IntoOperand<'a>, q: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
            let (a, q, axes) = (a.into_operand(), q.into_operand(), axis.into());
            let asked = Asked { function: stringify!($name), scale: Scale::$scale, leaves_nan: $leaves_nan };
            Call::of(asked.function, &a).record(|builder| record(builder, &asked, &a, &q, &axes))
        }
    )* };
}

quantile_functions! {
    /// The quantiles of probabilities from 0 to 1. A slice with NaN gives NaN.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = hloom::array([[10, 7, 4], [3, 2, 1]]);
    /// assert_eq!(hloom::quantile(&x, 0.5, ..).to_string(), "3.5");
    /// assert_eq!(hloom::quantile(&x, [0.25, 0.75], 1).to_string(), "[[5.5 1.5]\n [8.5 2.5]]");
    /// assert_eq!(hloom::quantile(&x, 0.4, axis(1).method("nearest")).to_string(), "[7 2]");
    /// ```
    quantile (One false) "quantile";
    /// The quantiles of percentages from 0 to 100. A slice with NaN gives NaN.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::array([10.0, 7.0, 4.0, 3.0, 2.0, 1.0]);
    /// assert_eq!(hloom::percentile(&x, [0, 50, 100], ..).to_string(), "[ 1.   3.5 10. ]");
    /// ```
    percentile (Hundred false) "percentile";
    /// The quantiles of probabilities from 0 to 1 among the elements that are not NaN; NaN if all are.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::array([[10.0, f64::NAN, 4.0], [3.0, 2.0, 1.0]]);
    /// assert_eq!(hloom::nanquantile(&x, 0.5, 1).to_string(), "[7. 2.]");
    /// ```
    nanquantile (One true) "nanquantile";
    /// The quantiles of percentages from 0 to 100 among the elements that are not NaN; NaN if all are.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::array([[10.0, f64::NAN, 4.0], [3.0, 2.0, 1.0]]);
    /// assert_eq!(hloom::nanpercentile(&x, 50, 0).to_string(), "[6.5 2.  2.5]");
    /// ```
    nanpercentile (Hundred true) "nanpercentile";
}

/// What a function of this family does.
struct Asked {
    function: &'static str,
    scale: Scale,
    leaves_nan: bool,
}

/// What the greatest quantile is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    One,
    Hundred,
}

fn record(builder: &mut Builder<'_>, asked: &Asked, a: &Operand<'_>, q: &Operand<'_>, axes: &Axes) -> Result<NodeId> {
    let keywords = axes.keywords(asked.function, &["method", "weights"])?;
    let x = builder.operand(a)?;
    let Type { dtype, shape } = builder.ty(x)?.clone();
    if dtype.is_complex() {
        return Err(Error::type_("a must be an array of real numbers"));
    }
    let q = Probabilities::of(builder, asked.scale, q)?;
    let method = keywords.method.as_deref().unwrap_or("linear");
    if keywords.weights.is_some() && method != "inverted_cdf" {
        return Err(Error::value(format!("Only method 'inverted_cdf' supports weights. Got: {method}.")));
    }
    let result = if asked.leaves_nan && shape.size() == 0 {
        // NumPy answers with a mean, whatever is asked.
        return over_axes(builder, x, axes, &NONE, Axes::resolve, nanmean_of);
    } else if let Some(weights) = &keywords.weights {
        weighted(builder, asked, x, &q, weights, axes)?
    } else {
        let sample = Sample::of(builder, x, axes)?;
        plain(builder, asked, sample, &q, Method::from_name(method)?)?
    };
    let result = q.checked(builder, asked.scale, result)?;
    if !axes.keeps_dims() {
        return Ok(result);
    }
    let kept = shape.with_ones_at(axes.resolve(shape.ndim())?);
    builder.reshape(result, q.shape.iter().chain(kept.iter()).copied().collect())
}

/// The quantiles of elements that all count as much.
fn plain(
    builder: &mut Builder<'_>,
    asked: &Asked,
    sample: Sample,
    q: &Probabilities,
    method: Method,
) -> Result<NodeId> {
    sample.require_elements()?;
    let Type { dtype, .. } = *builder.ty(sample.x)?;
    let whole: Shape = q.shape.iter().chain(sample.kept.iter()).copied().collect();
    if sample.n == 0 {
        // There is no slice either. What is asked for is of the right shape and dtype.
        let between = place(builder, method, Count::Same(1), q.node)?;
        let none = builder.full(Literal::zero(dtype), &whole)?;
        return match between {
            Place::At(_) => Ok(none),
            Place::Between { fraction, .. } => interpolated(builder, none, none, fraction, q, sample.kept.ndim()),
        };
    }
    let leaves_nan = asked.leaves_nan && dtype.kind() == Kind::Float;
    let count = match leaves_nan {
        true => Count::Each(sample.n_numbers(builder)?),
        false => Count::Same(sample.n),
    };
    let probabilities = match count {
        Count::Same(_) => q.node,
        Count::Each(_) => q.before(builder, sample.kept.ndim())?,
    };
    let find = |builder: &mut Builder<'_>, positions: &mut [NodeId]| match count {
        Count::Same(_) => sample.in_order(builder, Positions::Shared(positions)),
        Count::Each(_) => {
            for position in &mut *positions {
                let from_start = not_negative(builder, *position)?;
                *position = builder.broadcast(from_start, &whole)?;
            }
            sample.in_order(builder, Positions::OfEach(positions))
        }
    };
    let (result, last) = match place(builder, method, count, probabilities)? {
        Place::At(position) => {
            let found = find(builder, &mut [position])?;
            (found.at[0], found.last)
        }
        Place::Between { previous, next, fraction } => {
            let found = find(builder, &mut [previous, next])?;
            let n_kept = if leaves_nan { 0 } else { sample.kept.ndim() };
            (interpolated(builder, found.at[0], found.at[1], fraction, q, n_kept)?, found.last)
        }
    };
    match count {
        Count::Same(_) => with_nan(builder, last, result),
        // The first of no elements is NaN, as NaN come last.
        Count::Each(_) => Ok(result),
    }
}

/// Numbers a fraction of the way from some to others, from the nearer end as NumPy does. The fractions get axes behind their
/// own for the slices.
fn interpolated(
    builder: &mut Builder<'_>,
    a: NodeId,
    b: NodeId,
    fraction: NodeId,
    q: &Probabilities,
    n_kept: usize,
) -> Result<NodeId> {
    let shape = builder.shape(fraction)?;
    let fraction = builder.reshape(fraction, shape.iter().copied().chain(std::iter::repeat_n(1, n_kept)).collect())?;
    let half = Term::Constant(Weak::Float(0.5));
    let is_nearer_b = combined(builder, Binary::GreaterEqual, fraction, half)?;
    let rest = combined(builder, Binary::Subtract, Term::Constant(Weak::Int(1)), fraction)?;
    let difference = combined(builder, Binary::Subtract, b, a)?;
    let (fraction, rest) = if q.is_number {
        // As Python's numbers they take the dtype of the elements.
        let own = builder.dtype(difference)?;
        let dtype = if own.kind() == Kind::Float { own } else { DType::F64 };
        (builder.convert(fraction, dtype)?, builder.convert(rest, dtype)?)
    } else {
        (fraction, rest)
    };
    let from_a = combined(builder, Binary::Multiply, difference, fraction)?;
    let from_a = combined(builder, Binary::Add, a, from_a)?;
    let from_b = combined(builder, Binary::Multiply, difference, rest)?;
    let from_b = combined(builder, Binary::Subtract, b, from_b)?;
    let shape = builder.shape(from_a)?;
    let is_nearer_b = builder.broadcast(is_nearer_b, &shape)?;
    builder.select(is_nearer_b, from_b, from_a)
}

/// The quantiles of elements that count by their weights.
fn weighted(
    builder: &mut Builder<'_>,
    asked: &Asked,
    x: NodeId,
    q: &Probabilities,
    weights: &Operand<'_>,
    axes: &Axes,
) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    let weights = builder.operand(weights)?;
    let given = builder.dtype(weights)?;
    if !can_cast(given, DType::F64, Casting::SameKind) {
        return Err(Error::type_(format!(
            "Cannot cast ufunc 'add' output from dtype('{given}') to dtype('float64') with casting rule 'same_kind'"
        )));
    }
    let weights = fitted(builder, weights, &shape, axes)?;
    let zero = builder.constant(Literal::zero(given));
    let is_negative = builder.apply(Binary::Less, weights, zero)?;
    let is_right = builder.op(Unary::LogicalNot, &[is_negative])?;
    let weights = builder.broadcast(weights, &shape)?;
    let weights = builder.convert(weights, DType::F64)?;
    let sample = Sample::of(builder, x, axes)?;
    let weights = Sample::of(builder, weights, axes)?.x;
    sample.require_elements()?;
    let whole: Shape = q.shape.iter().chain(sample.kept.iter()).copied().collect();
    if sample.n == 0 {
        return builder.full(Literal::zero(dtype), &whole);
    }
    let axis = sample.kept.ndim();
    let leaves_nan = asked.leaves_nan && dtype.kind() == Kind::Float;
    let (weights, n_numbers) = if leaves_nan {
        let is_nan = builder.op(Unary::IsNan, &[sample.x])?;
        let none = builder.constant_of(0, DType::F64);
        (builder.select(is_nan, none, weights)?, Some(sample.n_numbers(builder)?))
    } else {
        (weights, None)
    };
    let (sample, weights) = sample.sorted_with(builder, weights)?;
    let sums = running_sum(builder, weights, axis)?;
    let total = part(builder, sums, axis, sample.n - 1..sample.n)?;
    let share = builder.apply(Binary::Divide, sums, total)?;
    // A share of a total is 1 at the end unless the total is 0, infinite or NaN.
    let is_nan = builder.op(Unary::IsNan, &[share])?;
    let is_nan = part(builder, is_nan, axis, sample.n - 1..sample.n)?;
    let is_nan = builder.reshape(is_nan, sample.kept.clone())?;
    let mut is_sum = builder.op(Unary::LogicalNot, &[is_nan])?;
    if let Some(n_numbers) = n_numbers {
        let is_empty = builder.op(Unary::LogicalNot, &[n_numbers])?;
        is_sum = builder.apply(Binary::LogicalOr, is_sum, is_empty)?;
    }
    // The share is compared in the dtype of the probabilities. Elements without weight before all others are left out.
    let q_dtype = builder.dtype(q.node)?;
    let share = if q_dtype.kind() == Kind::Float { builder.convert(share, q_dtype)? } else { share };
    let is_none = combined(builder, Binary::Equal, share, 0.0)?;
    let out = builder.constant_of(-1, builder.dtype(share)?);
    let share = builder.select(is_none, out, share)?;
    // An element is passed over if the share up to it is less than the probability.
    let probability = q.before(builder, axis + 1)?;
    let is_passed = combined(builder, Binary::Less, share, probability)?;
    let n_passed = builder.convert(is_passed, DType::I64)?;
    let position = builder.reduce(Reducer::Sum, n_passed, AxisSet::from_iter([q.shape.ndim() + axis]))?;
    let last = builder.constant_of(sample.n - 1, DType::I64);
    let position = builder.apply(Binary::Minimum, position, last)?;
    let position = builder.broadcast(position, &whole)?;
    let mut result = sample.at_own(builder, position)?;
    if !leaves_nan {
        let last = sample.last(builder)?;
        result = with_nan(builder, last, result)?;
    }
    let result = builder.required(result, is_right, Rule::QuantileWeights)?;
    builder.required(result, is_sum, Rule::QuantileWeightsSum)
}

/// Probabilities from 0 to 1.
struct Probabilities {
    node: NodeId,
    shape: Shape,
    /// Whether it is a number without a dtype of its own.
    is_number: bool,
    /// Whether it is known to be in range.
    is_checked: bool,
}

impl Probabilities {
    fn of(builder: &mut Builder<'_>, scale: Scale, q: &Operand<'_>) -> Result<Probabilities> {
        let is_number = builder.is_weak(q);
        let mut node = builder.operand(q)?;
        if builder.dtype(node)?.is_complex() {
            return Err(Error::type_(
                "ufunc 'floor' not supported for the input types, and the inputs could not be safely coerced to any \
                 supported types according to the casting rule ''safe''",
            ));
        }
        let is_checked = match q {
            Operand::Number(number) => {
                let greatest = if scale == Scale::One { 1.0 } else { 100.0 };
                if !(0.0..=greatest).contains(&number.real()) {
                    return Err(Error::from(scale.rule().error()));
                }
                true
            }
            Operand::Borrowed(_) | Operand::Owned(_) => false,
        };
        if scale == Scale::Hundred {
            node = combined(builder, Binary::Divide, node, Term::Constant(Weak::Int(100)))?;
        }
        let shape = builder.shape(node)?;
        match shape.ndim() {
            0..=2 => Ok(Probabilities { node, shape, is_number, is_checked }),
            _ => Err(Error::value("q must be a scalar or 1d")),
        }
    }

    /// With axes of extent 1 behind their own.
    fn before(&self, builder: &mut Builder<'_>, n_axes: usize) -> Result<NodeId> {
        builder.reshape(self.node, self.shape.iter().copied().chain(std::iter::repeat_n(1, n_axes)).collect())
    }

    /// A result that is in error if a probability is out of range.
    fn checked(&self, builder: &mut Builder<'_>, scale: Scale, result: NodeId) -> Result<NodeId> {
        if self.is_checked {
            return Ok(result);
        }
        let (least, most) = (Term::Constant(Weak::Int(0)), Term::Constant(Weak::Int(1)));
        let is_above = combined(builder, Binary::GreaterEqual, self.node, least)?;
        let is_below = combined(builder, Binary::LessEqual, self.node, most)?;
        let is_within = builder.apply(Binary::LogicalAnd, is_above, is_below)?;
        builder.required(result, is_within, scale.rule())
    }
}

impl Scale {
    fn rule(self) -> Rule {
        match self {
            Scale::One => Rule::Quantiles,
            Scale::Hundred => Rule::Percentiles,
        }
    }
}
