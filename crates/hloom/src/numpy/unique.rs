//! Distinct elements, where they are and how often.
//!
//! How many there are depends on the values. So what is sorted is computed, the host finds where runs of equal elements
//! begin, and the rest is recorded again. How elements come to be sorted is not known here.

use std::panic::Location;

use hloom_ir::{
    AxisSet, Binary, Combine, DType, Extreme, IndexDims, Indexing, Kind, Layout, Literal, NodeId, Reducer, Reduction,
    Shape, Type, Unary, normalize_axis,
};

use super::along::{gather, part};
use super::sort::{positions_along, sorted_along};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, Error, NdArray, Result};

/// The distinct elements in ascending order, or the distinct parts along an axis in the order of their elements.
///
/// NaN counts as one element; with `axis(..).equal_nan(false)`, and along an axis, each NaN differs from every other. The
/// order is that of [`sort`](crate::sort()).
///
/// How many there are depends on the values, so this computes the array.
///
/// **Shapes**: to one axis with `..`; else kept but for the axis.
/// **Dtypes**: any, to the same dtype.
/// **Keywords**, through [`axis`](crate::axis()): equal_nan.
///
/// # Errors
/// The result is in error: `AxisError`, `TypeError` for several axes, or if the array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// let x = hloom::array([[1, 0], [1, 0], [2, 1]]);
/// assert_eq!(hloom::unique(&x, ..).to_string(), "[0 1 2]");
/// assert_eq!(hloom::unique(&x, 0).to_string(), "[[1 0]\n [2 1]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique.html>; what NumPy returns beside the elements
/// has functions of its own: [`unique_index`], [`unique_inverse`], [`unique_counts`], [`unique_all`].
#[track_caller]
pub fn unique<'a>(ar: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (ar, axes) = (ar.into_operand().into_array(), axis.into());
    distinct_values("unique", &ar, &axes, true)
}

/// The distinct elements in ascending order, as [`unique`], with each NaN different from every other.
///
/// # Errors
/// As of [`unique`].
///
/// # Examples
/// ```
/// let x = [f64::NAN, 1.0, f64::NAN, 1.0];
/// assert_eq!(hloom::unique_values(x, ..).to_string(), "[ 1. nan nan]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique_values.html>, which has no axis and promises no
/// order.
#[track_caller]
pub fn unique_values<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (x, axes) = (x.into_operand().into_array(), axis.into());
    distinct_values("unique_values", &x, &axes, false)
}

/// The distinct elements as [`unique`], and where each of them is for the first time.
///
/// # Errors
/// As of [`unique`].
///
/// # Examples
/// ```
/// let (values, indices) = hloom::unique_index([5, 3, 5, 4], ..);
/// assert_eq!((values.to_string(), indices.to_string()), ("[3 4 5]".into(), "[1 3 0]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique.html> with `return_index=True`.
#[track_caller]
pub fn unique_index<'a>(ar: impl IntoOperand<'a>, axis: impl Into<Axes>) -> (NdArray, NdArray) {
    let (ar, axes) = (ar.into_operand().into_array(), axis.into());
    match Distinct::of("unique_index", &ar, &axes, true) {
        Ok(distinct) => (distinct.values(), distinct.indices()),
        Err(error) => {
            let [values, indices] = in_error("unique_index", &ar, error);
            (values, indices)
        }
    }
}

/// The distinct elements as [`unique`], and for each element which of them it is: the values at these positions are the
/// array.
///
/// **Shapes**: the positions have the shape of the array, along an axis the extent of that.
///
/// # Errors
/// As of [`unique`].
///
/// # Examples
/// ```
/// let x = hloom::array([[5, 3], [5, 4]]);
/// let (values, inverse) = hloom::unique_inverse(&x, ..);
/// assert_eq!((values.to_string(), inverse.to_string()), ("[3 4 5]".into(), "[[2 0]\n [2 1]]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique_inverse.html>, by which each NaN differs from
/// every other unless `equal_nan(true)` is written, and `numpy.unique` with `return_inverse=True`, which has an axis.
#[track_caller]
pub fn unique_inverse<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> (NdArray, NdArray) {
    let (x, axes) = (x.into_operand().into_array(), axis.into());
    match Distinct::of("unique_inverse", &x, &axes, false) {
        Ok(distinct) => (distinct.values(), distinct.inverse()),
        Err(error) => {
            let [values, inverse] = in_error("unique_inverse", &x, error);
            (values, inverse)
        }
    }
}

/// The distinct elements as [`unique`], and how often each of them is there.
///
/// # Errors
/// As of [`unique`].
///
/// # Examples
/// ```
/// let (values, counts) = hloom::unique_counts([5, 3, 5, 4], ..);
/// assert_eq!((values.to_string(), counts.to_string()), ("[3 4 5]".into(), "[1 1 2]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique_counts.html>, by which each NaN differs from
/// every other unless `equal_nan(true)` is written, and `numpy.unique` with `return_counts=True`, which has an axis.
#[track_caller]
pub fn unique_counts<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> (NdArray, NdArray) {
    let (x, axes) = (x.into_operand().into_array(), axis.into());
    match Distinct::of("unique_counts", &x, &axes, false) {
        Ok(distinct) => (distinct.values(), distinct.counts()),
        Err(error) => {
            let [values, counts] = in_error("unique_counts", &x, error);
            (values, counts)
        }
    }
}

/// The distinct elements with their indices, the inverse and the counts: what [`unique_index`], [`unique_inverse`] and
/// [`unique_counts`] return, in this order.
///
/// # Errors
/// As of [`unique`].
///
/// # Examples
/// ```
/// let (values, indices, inverse, counts) = hloom::unique_all([5, 3, 5], ..);
/// assert_eq!((values.to_string(), indices.to_string()), ("[3 5]".into(), "[1 0]".into()));
/// assert_eq!((inverse.to_string(), counts.to_string()), ("[1 0 1]".into(), "[1 2]".into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unique_all.html>, by which each NaN differs from every
/// other unless `equal_nan(true)` is written, and `numpy.unique`, which has an axis.
#[track_caller]
pub fn unique_all<'a>(x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> (NdArray, NdArray, NdArray, NdArray) {
    let (x, axes) = (x.into_operand().into_array(), axis.into());
    match Distinct::of("unique_all", &x, &axes, false) {
        Ok(distinct) => (distinct.values(), distinct.indices(), distinct.inverse(), distinct.counts()),
        Err(error) => {
            let [values, indices, inverse, counts] = in_error("unique_all", &x, error);
            (values, indices, inverse, counts)
        }
    }
}

/// Arrays in error.
#[track_caller]
fn in_error<const N: usize>(name: &str, ar: &NdArray, error: Error) -> [NdArray; N] {
    let failed = Call::of(name, ar).error(error);
    std::array::from_fn(|_| failed.clone())
}

#[track_caller]
fn distinct_values(name: &'static str, ar: &NdArray, axes: &Axes, equal_nan: bool) -> NdArray {
    match Distinct::values_of(name, ar, axes, equal_nan) {
        Ok(distinct) => distinct.values(),
        Err(error) => Call::of(name, ar).error(error),
    }
}

/// The distinct elements of an array, or rows of a matrix.
struct Distinct {
    name: &'static str,
    /// The elements or rows in order.
    sorted: NdArray,
    /// Where they were, if that is wanted.
    order: Option<NdArray>,
    /// Where each run of equal ones begins.
    starts: Vec<i64>,
    /// How many elements or rows there are.
    n: usize,
    /// The shape of the array, with the axis at the front if there is one.
    moved: Shape,
    axis: Option<usize>,
}

impl Distinct {
    /// Without the order.
    #[track_caller]
    fn values_of(name: &'static str, ar: &NdArray, axes: &Axes, equal_nan: bool) -> Result<Distinct> {
        let (rows, moved, axis) = rows(name, ar, axes)?;
        if axis.is_some() {
            return Distinct::of(name, ar, axes, equal_nan);
        }
        let equal_nan = axes.keywords(name, &["equal_nan"])?.equal_nan.unwrap_or(equal_nan);
        let sorted = Call::of(name, ar).record(|builder| {
            let x = if equal_nan { with_one_nan(builder, rows.node())? } else { rows.node() };
            sorted_along(builder, x, 0)
        });
        Distinct::from_sorted(name, sorted, None, moved, None, equal_nan)
    }

    /// With the order.
    #[track_caller]
    fn of(name: &'static str, ar: &NdArray, axes: &Axes, equal_nan: bool) -> Result<Distinct> {
        let (rows, moved, axis) = rows(name, ar, axes)?;
        let keywords = axes.keywords(name, &["equal_nan"])?;
        // Rows differ wherever one of them has a NaN.
        let equal_nan = axis.is_none() && keywords.equal_nan.unwrap_or(equal_nan);
        let order = order_of(name, &rows);
        let sorted = Call::of(name, ar).record(|builder| gather(builder, rows.node(), 0, order.node()));
        Distinct::from_sorted(name, sorted, Some(order), moved, axis, equal_nan)
    }

    #[track_caller]
    fn from_sorted(
        name: &'static str,
        sorted: NdArray,
        order: Option<NdArray>,
        moved: Shape,
        axis: Option<usize>,
        equal_nan: bool,
    ) -> Result<Distinct> {
        let is_start = Call::named(name).record(|builder| starts(builder, sorted.node(), equal_nan));
        let is_start = is_start.elements::<bool>(name)?;
        let starts = is_start.iter().enumerate().filter(|&(_, &is_start)| is_start).map(|(at, _)| at as i64);
        Ok(Distinct { name, sorted, order, starts: starts.collect(), n: is_start.len(), moved, axis })
    }

    #[track_caller]
    fn values(&self) -> NdArray {
        let starts = NdArray::from(self.starts.clone());
        Call::named(self.name).record(|builder| {
            let rows = gather(builder, self.sorted.node(), 0, starts.node())?;
            let Some(axis) = self.axis else { return Ok(rows) };
            let mut shape = self.moved.clone();
            shape.as_mut_slice()[0] = self.starts.len();
            let rows = builder.reshape(rows, shape)?;
            let order: Vec<usize> = (1..=axis).chain([0]).chain(axis + 1..self.moved.ndim()).collect();
            builder.transpose(rows, &order)
        })
    }

    /// Where each is for the first time.
    #[track_caller]
    fn indices(&self) -> NdArray {
        let starts = NdArray::from(self.starts.clone());
        let order = self.order.as_ref();
        Call::named(self.name).record(|builder| match order {
            Some(order) => gather(builder, order.node(), 0, starts.node()),
            None => Err(Error::internal("an order that was not asked for")),
        })
    }

    /// For each element or row, which of the distinct ones it is.
    #[track_caller]
    fn inverse(&self) -> NdArray {
        let mut runs = vec![0_i64; self.n];
        for (run, (&start, count)) in self.starts.iter().zip(self.run_lengths()).enumerate() {
            runs[start as usize..start as usize + count].fill(run as i64);
        }
        let (runs, order) = (NdArray::from(runs), self.order.as_ref());
        Call::named(self.name).record(|builder| {
            let Some(order) = order else { return Err(Error::internal("an order that was not asked for")) };
            let places = builder.full(Literal::zero(DType::I64), &Shape::from([self.n]))?;
            let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
            let scatter = Indexing::Scatter { dims, combine: Combine::Set };
            let inverse = builder.op(scatter, &[places, runs.node(), order.node()])?;
            if self.axis.is_some() { Ok(inverse) } else { builder.reshape(inverse, self.moved.clone()) }
        })
    }

    /// How often each is there.
    #[track_caller]
    fn counts(&self) -> NdArray {
        NdArray::from(self.run_lengths().map(|count| count as i64).collect::<Vec<i64>>())
    }

    fn run_lengths(&self) -> impl Iterator<Item = usize> {
        let ends = self.starts.iter().skip(1).copied().chain([self.n as i64]);
        self.starts.iter().zip(ends).map(|(&start, end)| (end - start) as usize)
    }
}

/// What is told apart: the elements, or the parts along an axis, each as a row. With them come the shape of the array, with
/// the axis at the front, and the axis.
#[track_caller]
fn rows(name: &'static str, ar: &NdArray, axes: &Axes) -> Result<(NdArray, Shape, Option<usize>)> {
    if axes.keeps_dims() {
        return Err(Error::type_(format!("{name}() got an unexpected keyword argument 'keepdims'")));
    }
    let shape = ar.try_shape()?;
    let axis = axes.single()?.map(|axis| normalize_axis(axis, shape.ndim())).transpose()?;
    let Some(axis) = axis.filter(|_| shape.ndim() > 1) else {
        return Ok((ar.ravel(), shape, None));
    };
    let order: Vec<usize> = [axis].into_iter().chain((0..shape.ndim()).filter(|&other| other != axis)).collect();
    let moved: Shape = order.iter().map(|&axis| shape[axis]).collect();
    let rows = Call::of(name, ar).record(|builder| {
        let front = builder.transpose(ar.node(), &order)?;
        builder.reshape(front, Shape::from([moved[0], moved[1..].iter().product()]))
    });
    Ok((rows, moved, Some(axis)))
}

/// The positions of elements in ascending order, or of rows in the order of their elements, first ones first.
#[track_caller]
fn order_of(name: &'static str, rows: &NdArray) -> NdArray {
    let line = Location::caller();
    let n_columns = match rows.try_shape() {
        Ok(shape) if shape.ndim() == 2 => shape[1],
        _ => return Call::named(name).record(|builder| positions_along(builder, rows.node(), 0)),
    };
    let columns = rows.t();
    let start = Call::named(name).record(|builder| {
        let shape = Shape::from([builder.ty(rows.node())?.shape[0]]);
        builder.iota(Type { dtype: DType::I64, shape }, 0)
    });
    if n_columns == 0 {
        return start;
    }
    // A round for each column: a program of all of them would take long to compile.
    crate::fori_loop(0, n_columns as i64, start, |round: NdArray, order: NdArray| {
        Call::named(name).at(line).record(|builder| {
            let Type { dtype, shape } = builder.ty(columns.node())?.clone();
            let round = builder.convert(round.node(), DType::I64)?;
            let last = builder.constant_of(n_columns - 1, DType::I64);
            let column = builder.apply(Binary::Subtract, last, round)?;
            let zero = builder.constant(Literal::new(0_i64));
            let ty = Type { dtype, shape: Shape::from([1, shape[1]]) };
            let key = builder.declared(Indexing::DynamicSlice, &[columns.node(), column, zero], ty)?;
            let key = builder.reshape(key, Shape::from([shape[1]]))?;
            let key = gather(builder, key, 0, order.node())?;
            let next = positions_along(builder, key, 0)?;
            gather(builder, order.node(), 0, next)
        })
    })
}

/// Complex numbers with every NaN replaced by the first one: all of them are one element, and which is returned is that.
/// Among other numbers it is not to be told which.
fn with_one_nan(builder: &mut Builder<'_>, x: NodeId) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    if dtype.kind() != Kind::Complex || shape.size() == 0 {
        return Ok(x);
    }
    let is_nan = builder.op(Unary::IsNan, &[x])?;
    let first = builder.op(Reduction::ArgReduce { extreme: Extreme::Max, axis: 0 }, &[is_nan])?;
    let first = gather(builder, x, 0, first)?;
    builder.select(is_nan, first, x)
}

/// Where runs of equal elements, or rows, begin in what is sorted.
pub(super) fn starts(builder: &mut Builder<'_>, sorted: NodeId, equal_nan: bool) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(sorted)?.clone();
    let n = shape[0];
    if n <= 1 {
        return builder.full(Literal::new(true), &Shape::from([n]));
    }
    let (before, after) = (part(builder, sorted, 0, 0..n - 1)?, part(builder, sorted, 0, 1..n)?);
    let mut differs = builder.apply(Binary::NotEqual, before, after)?;
    if equal_nan && matches!(dtype.kind(), Kind::Float | Kind::Complex) {
        let (before, after) = (builder.op(Unary::IsNan, &[before])?, builder.op(Unary::IsNan, &[after])?);
        let is_nan = builder.apply(Binary::LogicalAnd, before, after)?;
        let is_other = builder.op(Unary::LogicalNot, &[is_nan])?;
        differs = builder.apply(Binary::LogicalAnd, differs, is_other)?;
    }
    if shape.ndim() == 2 {
        differs = builder.reduce(Reducer::Any, differs, AxisSet::from_iter([1]))?;
    }
    let first = builder.full(Literal::new(true), &Shape::from([1]))?;
    builder.op(Layout::Concatenate { axis: 0 }, &[first, differs])
}
