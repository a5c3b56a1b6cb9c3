//! Derivatives from differences of neighbours.

use hloom_ir::{AxisSet, Binary, DType, Layout, NodeId, Reducer, Shape, Unary, normalize_axes};

use super::along::part;
use super::difference::differences;
use super::terms::{Term, combined};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// The derivative along each axis: from the elements on both sides, which is exact for parabolas, and at the edges from those
/// on one side.
///
/// **Shapes**: kept, one array for each axis.
/// **Dtypes**: floats and complex, to the same dtype; integers to float64.
/// **Keywords**, through [`axis`](crate::axis()): `spacing`, once for all axes or once for each, a number that tells how far
/// elements are apart, 1 by default, or an array that tells where they are; `edge_order`, 1 or 2: the degree up to which the
/// derivatives at the edges are exact.
///
/// # Errors
/// Every result is in error: `ValueError` for fewer than `edge_order + 1` elements along an axis, for another `edge_order`
/// or for places that are not as many as elements, `AxisError`, `TypeError` for bool and for as many spacings as there are
/// neither axes nor one.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([1.0, 2.0, 4.0, 7.0]);
/// assert_eq!(hloom::gradient(&x, ..)[0].to_string(), "[1.  1.5 2.5 3. ]");
/// assert_eq!(hloom::gradient(&x, axis(0).spacing(2.0).edge_order(2))[0].to_string(), "[0.25 0.75 1.25 1.75]");
/// let [rows, columns] = &hloom::gradient([[1.0, 2.0], [4.0, 8.0]], ..)[..] else { unreachable!() };
/// assert_eq!(rows.to_string(), "[[3. 6.]\n [3. 6.]]");
/// assert_eq!(columns.to_string(), "[[1. 1.]\n [4. 4.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.gradient.html>; one axis makes a vector of one array,
/// where NumPy returns the array.
#[track_caller]
pub fn gradient<'a>(f: impl IntoOperand<'a>, axis: impl Into<Axes>) -> Vec<NdArray> {
    let (f, axes) = (f.into_operand(), axis.into());
    let ndim = f.as_array().map_or(0, |array| array.try_shape().map_or(1, |shape| shape.ndim()));
    let n_results = axes.written().map_or(ndim, <[i64]>::len);
    Call::of("gradient", &f).record_several(n_results, |builder| {
        let keywords = axes.arguments("gradient", &["spacing", "edge_order"])?;
        let mut f = builder.operand(&f)?;
        let shape = builder.shape(f)?;
        let axes: Vec<usize> = match axes.written() {
            None => (0..shape.ndim()).collect(),
            Some(axes) => normalize_axes(axes, shape.ndim())?.to_vec(),
        };
        let mut spacings = Vec::with_capacity(axes.len());
        match &keywords.spacing[..] {
            [] => spacings.extend(axes.iter().map(|_| Spacing::Even(1.0.into()))),
            [spacing] if builder.arg_shape(spacing).is_ok_and(|shape| shape.is_empty()) => {
                spacings.extend(axes.iter().map(|_| Spacing::Even(spacing.into())));
            }
            given if given.len() == axes.len() => {
                for (spacing, &axis) in given.iter().zip(&axes) {
                    spacings.push(Spacing::of(builder, spacing, shape[axis])?);
                }
            }
            _ => return Err(Error::type_("invalid number of arguments")),
        }
        let edge_order = keywords.edge_order.unwrap_or(1);
        if edge_order > 2 {
            return Err(Error::value("'edge_order' greater than 2 not supported"));
        }
        let (own, result) = match builder.dtype(f)? {
            dtype if dtype.is_integer() => (DType::F64, DType::F64),
            DType::Bool => (DType::Bool, DType::F64),
            dtype => (dtype, dtype),
        };
        f = builder.convert(f, own)?;
        let mut gradients = Vec::with_capacity(axes.len());
        for (&axis, spacing) in axes.iter().zip(spacings) {
            let line = Line { f, axis, extent: shape[axis], is_exact_at_edges: edge_order != 1, result };
            if (line.extent as i64) < edge_order.saturating_add(1) || line.is_exact_at_edges && line.extent < 3 {
                return Err(Error::value(
                    "Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements \
                     are required.",
                ));
            }
            gradients.push(line.gradient(builder, spacing)?);
        }
        Ok(gradients)
    })
}

/// How elements are spaced along an axis.
#[derive(Clone, Copy)]
enum Spacing {
    /// So far apart.
    Even(Term),
    /// With these distances, 1-d, that may be all the same.
    Uneven(NodeId),
}

impl Spacing {
    fn of(builder: &mut Builder<'_>, spacing: &Operand<'_>, extent: usize) -> Result<Spacing> {
        let Some(places) = spacing.as_array() else { return Ok(Spacing::Even(spacing.into())) };
        let shape = builder.shape(places.node())?;
        match shape.ndim() {
            0 => return Ok(Spacing::Even(spacing.into())),
            1 => {}
            _ => return Err(Error::value("distances must be either scalars or 1d")),
        }
        if shape[0] != extent {
            return Err(Error::value("when 1d, distances must match the length of the corresponding dimension"));
        }
        let dtype = builder.dtype(places.node())?;
        let places = builder.convert(places.node(), if dtype.is_integer() { DType::F64 } else { dtype })?;
        Ok(Spacing::Uneven(differences(builder, places, 0)?))
    }
}

/// An axis that a derivative is taken along.
struct Line {
    f: NodeId,
    axis: usize,
    extent: usize,
    /// Whether parabolas are exact at the edges too.
    is_exact_at_edges: bool,
    result: DType,
}

impl Line {
    fn gradient(&self, builder: &mut Builder<'_>, spacing: Spacing) -> Result<NodeId> {
        let distances = match spacing {
            Spacing::Even(distance) => return self.joined(builder, distance, Line::even),
            Spacing::Uneven(distances) => distances,
        };
        let n_distances = self.extent - 1;
        let first = part(builder, distances, 0, 0..1)?;
        let is_first = combined(builder, Binary::Equal, distances, first)?;
        let is_even = builder.reduce(Reducer::All, is_first, AxisSet::all(1))?;
        let first = builder.reshape(first, Shape::scalar())?;
        let even = self.joined(builder, first.into(), Line::even)?;
        let uneven = self.joined(builder, (distances, n_distances), Line::uneven)?;
        builder.select(is_even, even, uneven)
    }

    /// The derivatives at the first element, at those between, and at the last one.
    fn joined<T: Copy>(
        &self,
        builder: &mut Builder<'_>,
        spacing: T,
        derivatives: impl FnOnce(&Line, &mut Builder<'_>, T) -> Result<[NodeId; 3]>,
    ) -> Result<NodeId> {
        let mut parts = derivatives(self, builder, spacing)?;
        for part in &mut parts {
            *part = builder.convert(*part, self.result)?;
        }
        builder.op(Layout::Concatenate { axis: self.axis }, &parts)
    }

    /// Where elements are a distance apart.
    fn even(&self, builder: &mut Builder<'_>, distance: Term) -> Result<[NodeId; 3]> {
        let n = self.extent;
        let (before, after) = (self.elements(builder, 0, n - 2)?, self.elements(builder, 2, n)?);
        let difference = combined(builder, Binary::Subtract, after, before)?;
        let twice = combined(builder, Binary::Multiply, 2.0, distance)?;
        let between = combined(builder, Binary::Divide, difference, twice)?;
        if !self.is_exact_at_edges {
            return self.with_straight_edges(builder, between, [distance, distance]);
        }
        let mut over = |dividend: f64| combined(builder, Binary::Divide, dividend, distance);
        let (first, last) = ([over(-1.5)?, over(2.0)?, over(-0.5)?], [over(0.5)?, over(-2.0)?, over(1.5)?]);
        Ok([self.weighted(builder, 0, 1, first)?, between, self.weighted(builder, n - 3, 1, last)?])
    }

    /// Where elements are so far apart.
    fn uneven(&self, builder: &mut Builder<'_>, (distances, n): (NodeId, usize)) -> Result<[NodeId; 3]> {
        let mut at = |start: usize, limit: usize| self.distances(builder, distances, start, limit);
        let (before, after) = (at(0, n - 1)?, at(1, n)?);
        let (first, last) = (at(0, 1)?, at(n - 1, n)?);
        let between = Weights::between(builder, before, after)?;
        let between = self.weighted(builder, 0, self.extent - 2, between)?;
        if !self.is_exact_at_edges {
            return self.with_straight_edges(builder, between, [first.into(), last.into()]);
        }
        let mut at = |place: usize| self.distances(builder, distances, place, place + 1);
        let (second, before_last) = (at(1)?, at(n - 2)?);
        let at_first = Weights::first(builder, first, second)?;
        let at_last = Weights::last(builder, before_last, last)?;
        Ok([self.weighted(builder, 0, 1, at_first)?, between, self.weighted(builder, self.extent - 3, 1, at_last)?])
    }

    /// What is between, with the differences at the edges.
    fn with_straight_edges(
        &self,
        builder: &mut Builder<'_>,
        between: NodeId,
        distances: [Term; 2],
    ) -> Result<[NodeId; 3]> {
        let mut slope = |start: usize, distance: Term| {
            let before = self.elements(builder, start, start + 1)?;
            let after = self.elements(builder, start + 1, start + 2)?;
            let difference = combined(builder, Binary::Subtract, after, before)?;
            combined(builder, Binary::Divide, difference, distance)
        };
        Ok([slope(0, distances[0])?, between, slope(self.extent - 2, distances[1])?])
    }

    /// The sums of three elements, one behind the other, with weights: for each start in a range of `n`.
    fn weighted(&self, builder: &mut Builder<'_>, start: usize, n: usize, weights: [NodeId; 3]) -> Result<NodeId> {
        let mut sum = None;
        for (offset, weight) in weights.into_iter().enumerate() {
            let elements = self.elements(builder, start + offset, start + offset + n)?;
            let product = combined(builder, Binary::Multiply, weight, elements)?;
            sum = Some(match sum {
                None => product,
                Some(sum) => combined(builder, Binary::Add, sum, product)?,
            });
        }
        sum.ok_or_else(|| Error::internal("a sum of no elements"))
    }

    fn elements(&self, builder: &mut Builder<'_>, start: usize, limit: usize) -> Result<NodeId> {
        part(builder, self.f, self.axis, start..limit)
    }

    /// Some distances, along the axis.
    fn distances(&self, builder: &mut Builder<'_>, distances: NodeId, start: usize, limit: usize) -> Result<NodeId> {
        let taken = part(builder, distances, 0, start..limit)?;
        let mut shape: Shape = builder.shape(self.f)?.iter().map(|_| 1).collect();
        shape.as_mut_slice()[self.axis] = limit - start;
        builder.reshape(taken, shape)
    }
}

/// The weights of three elements in a derivative, from the distance `a` of the first two and `b` of the last two. The
/// operations round in NumPy's order.
struct Weights;

impl Weights {
    /// At the element in the middle.
    fn between(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<[NodeId; 3]> {
        let sum = combined(builder, Binary::Add, a, b)?;
        let difference = combined(builder, Binary::Subtract, b, a)?;
        let minus_b = builder.op(Unary::Negative, &[b])?;
        Ok([
            over_product(builder, minus_b, a, sum)?,
            over_product(builder, difference, a, b)?,
            over_product(builder, a, b, sum)?,
        ])
    }

    /// At the first element.
    fn first(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<[NodeId; 3]> {
        let sum = combined(builder, Binary::Add, a, b)?;
        let twice = combined(builder, Binary::Multiply, 2.0, a)?;
        let far = combined(builder, Binary::Add, twice, b)?;
        let (minus_far, minus_a) = (builder.op(Unary::Negative, &[far])?, builder.op(Unary::Negative, &[a])?);
        Ok([
            over_product(builder, minus_far, a, sum)?,
            over_product(builder, sum, a, b)?,
            over_product(builder, minus_a, b, sum)?,
        ])
    }

    /// At the last element.
    fn last(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<[NodeId; 3]> {
        let sum = combined(builder, Binary::Add, a, b)?;
        let back = combined(builder, Binary::Add, b, a)?;
        let minus_back = builder.op(Unary::Negative, &[back])?;
        let twice = combined(builder, Binary::Multiply, 2.0, b)?;
        let far = combined(builder, Binary::Add, twice, a)?;
        Ok([
            over_product(builder, b, a, sum)?,
            over_product(builder, minus_back, a, b)?,
            over_product(builder, far, b, sum)?,
        ])
    }
}

/// A quotient by a product.
fn over_product(builder: &mut Builder<'_>, dividend: NodeId, a: NodeId, b: NodeId) -> Result<NodeId> {
    let product = combined(builder, Binary::Multiply, a, b)?;
    combined(builder, Binary::Divide, dividend, product)
}
