//! How many points are in each cell of a grid.

use hloom_ir::{ArgType, Binary, DType, Layout, Literal, NodeId, Shape, SliceDims, Type, result_type};

use super::along::{element, part};
use super::bincount::{counted, unsafe_cast};
use super::bins::{Bins, Edges, Histogram, spaced_bins};
use super::histogram::density;
use super::search::{Side, places_of};
use super::terms::in_common_dtype;
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Error, NdArray, Result};

/// How many of some points in the plane are in each cell of a grid, and the edges of the cells along `x` and along `y`.
///
/// **Shapes**: `x` and `y` have one axis, of one extent; to `[n, m]`, `[n + 1]` and `[m + 1]`.
/// **Dtypes**: real numbers and bool; to float64, and edges as of [`histogram`](crate::histogram()).
///
/// # Errors
/// The results are in error: as of [`histogramdd`], and `ValueError` for `x` and `y` of different lengths.
///
/// # Examples
/// ```
/// let (x, y) = (hloom::array([0.0, 1.0, 2.0]), hloom::array([5.0, 5.0, 7.0]));
/// let (counts, _, along_y) = hloom::histogram2d(&x, &y, (2, [5.0, 6.0, 7.0]));
/// assert_eq!(counts.to_string(), "[[1. 0.]\n [1. 1.]]");
/// assert_eq!(along_y.to_string(), "[5. 6. 7.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.histogram2d.html>; an array is edges of both axes, where
/// NumPy takes a list of two numbers for numbers of bins: they are written as a tuple.
#[track_caller]
pub fn histogram2d<'a, 'b>(
    x: impl IntoOperand<'a>,
    y: impl IntoOperand<'b>,
    how: impl Into<Histogram>,
) -> (NdArray, NdArray, NdArray) {
    let (x, y, how) = (x.into_operand().into_array(), y.into_operand().into_array(), how.into());
    let found = columns_of_both(&x, &y).and_then(|columns| Grid::of("histogram2d", columns, &how));
    let (counts, mut edges) = match found {
        Ok(grid) => grid.histogram(&how),
        Err(error) => {
            let failed = Call::of("histogram2d", &[&x, &y]).error(error);
            (failed.clone(), vec![failed.clone(), failed])
        }
    };
    match (edges.pop(), edges.pop()) {
        (Some(along_y), Some(along_x)) => (counts, along_x, along_y),
        _ => (counts.clone(), counts.clone(), counts),
    }
}

/// How many of some points are in each cell of a grid, and the edges of the cells along each dimension.
///
/// A point is a row of `sample`, which has one column for each dimension. A cell holds its lower edges, the last ones their
/// upper edges too.
///
/// **Shapes**: `[n_points, n_dimensions]`, or `[n_points]` for one dimension; to as many axes as there are dimensions.
/// **Dtypes**: real numbers and bool; to float64, and edges that are not given as float64 or the float of the sample.
///
/// # Errors
/// The results are in error: `ValueError` for bins or ranges that are not as many as there are dimensions, for no bins, for
/// edges that decrease or have not one axis, for ranges that are not finite, and for weights of another length; `TypeError`
/// for complex points or weights and for rules for the number of bins. What has to be read for that is not found inside of
/// a trace.
///
/// # Examples
/// ```
/// let points = hloom::array([[0.0, 5.0], [1.0, 5.0], [2.0, 7.0]]);
/// let (counts, edges) = hloom::histogramdd(&points, (2, 2));
/// assert_eq!(counts.to_string(), "[[1. 0.]\n [1. 1.]]");
/// assert_eq!(edges[1].to_string(), "[5. 6. 7.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.histogramdd.html>, which takes a list of columns too:
/// write `stack((x, y), 1)`.
#[track_caller]
pub fn histogramdd<'a>(sample: impl IntoOperand<'a>, how: impl Into<Histogram>) -> (NdArray, Vec<NdArray>) {
    let (sample, how) = (sample.into_operand().into_array(), how.into());
    match columns_of(&sample).and_then(|columns| Grid::of("histogramdd", columns, &how)) {
        Ok(grid) => grid.histogram(&how),
        Err(error) => {
            let failed = Call::of("histogramdd", &sample).error(error);
            (failed.clone(), vec![failed])
        }
    }
}

/// The columns of points.
#[track_caller]
fn columns_of(sample: &NdArray) -> Result<Vec<NdArray>> {
    let Type { dtype, shape } = sample.try_type()?;
    let n_columns = match *shape {
        [] | [_] => 1,
        [_, n_columns] => n_columns,
        _ => {
            return Err(Error::value(format!(
                "sample: expected rows of points, got an array of {} axes",
                shape.ndim()
            )));
        }
    };
    if dtype.is_complex() {
        return Err(unsafe_cast(dtype, DType::F64));
    }
    let n_points = shape.first().copied().unwrap_or(1);
    let mut columns = Vec::with_capacity(n_columns);
    for at in 0..n_columns {
        columns.push(Call::of("histogramdd", sample).record(|builder| {
            let rows = builder.reshape(sample.node(), Shape::from([n_points, n_columns]))?;
            let flipped = builder.transpose(rows, &[1, 0])?;
            let column = part(builder, flipped, 0, at..at + 1)?;
            builder.reshape(column, Shape::from([n_points]))
        }));
    }
    Ok(columns)
}

/// Two columns in one dtype.
#[track_caller]
fn columns_of_both(x: &NdArray, y: &NdArray) -> Result<Vec<NdArray>> {
    let (of_x, of_y) = (x.try_type()?, y.try_type()?);
    if of_x.shape.ndim() != 1 || of_y.shape.ndim() != 1 {
        return Err(Error::value("x and y must have one axis"));
    }
    if of_x.shape != of_y.shape {
        return Err(Error::value("x and y must have the same length."));
    }
    let dtype = result_type(&[ArgType::Strong(of_x.dtype), ArgType::Strong(of_y.dtype)])?;
    if dtype.is_complex() {
        return Err(unsafe_cast(dtype, DType::F64));
    }
    Ok(vec![x.astype(dtype), y.astype(dtype)])
}

/// A histogram of several dimensions whose bins are known.
struct Grid {
    name: &'static str,
    columns: Vec<NdArray>,
    edges: Vec<Edges>,
    /// What each point counts for.
    weights: Option<NdArray>,
}

impl Grid {
    #[track_caller]
    fn of(name: &'static str, columns: Vec<NdArray>, how: &Histogram) -> Result<Grid> {
        let n_points = columns.first().map_or(Ok(0), |column| column.try_shape().map(|shape| shape.size()))?;
        let bins = match &how.bins {
            Bins::Each(bins) if bins.len() != columns.len() => {
                return Err(Error::value("The dimension of bins must be equal to the dimension of the sample x."));
            }
            Bins::Each(bins) => bins.clone(),
            bins => vec![bins.clone(); columns.len()],
        };
        let ranges = how.range.of_each(columns.len())?;
        let mut edges = Vec::with_capacity(columns.len());
        for (at, ((column, bins), range)) in columns.iter().zip(&bins).zip(ranges).enumerate() {
            edges.push(match bins {
                Bins::Rule(_) | Bins::Each(_) => {
                    return Err(Error::type_(format!("`bins[{at}]` must be an integer, when a scalar")));
                }
                Bins::Count(count) if *count < 1 => {
                    return Err(Error::value(format!("`bins[{at}]` must be positive, when an integer")));
                }
                Bins::Count(_) | Bins::Edges(_) => Edges::of(name, column, bins, range, false)?,
            });
        }
        let weights = how.weights.clone().map(|weights| weights.into_array());
        if let Some(weights) = &weights {
            let Type { dtype, shape } = weights.try_type()?;
            if dtype.is_complex() {
                return Err(unsafe_cast(dtype, DType::F64));
            }
            if *shape != [n_points] {
                return Err(Error::value("The weights and list don't have the same length."));
            }
        }
        Ok(Grid { name, columns, edges, weights })
    }

    /// The counts, and the edges of each dimension.
    #[track_caller]
    fn histogram(&self, how: &Histogram) -> (NdArray, Vec<NdArray>) {
        let mut results = Call::named(self.name).record_several(self.columns.len() + 1, |builder| {
            let mut results = Vec::with_capacity(self.columns.len() + 1);
            for edges in &self.edges {
                results.push(match edges {
                    Edges::Equal(ends, count) => spaced_bins(builder, ends, *count)?.edges,
                    Edges::Given(edges) => edges.node(),
                });
            }
            let counts = self.counts(builder, &results)?;
            let counts = if how.density { density(builder, counts, &results)? } else { counts };
            results.insert(0, counts);
            Ok(results)
        });
        let counts = results.remove(0);
        (counts, results)
    }

    fn counts(&self, builder: &mut Builder<'_>, edges: &[NodeId]) -> Result<NodeId> {
        let n_points = builder.ty(self.columns[0].node())?.shape.size();
        let mut cell = builder.full(Literal::zero(DType::I64), &Shape::from([n_points]))?;
        // Each dimension has a place before its first and one behind its last bin.
        let mut cells = Shape::scalar();
        for (column, &edges) in self.columns.iter().zip(edges) {
            let n_edges = builder.ty(edges)?.shape.size();
            let n_places = builder.constant_of(n_edges + 1, DType::I64);
            let place = place_along(builder, column.node(), edges, n_edges)?;
            let block = builder.apply(Binary::Multiply, cell, n_places)?;
            cell = builder.apply(Binary::Add, block, place)?;
            cells.push(n_edges + 1);
        }
        let cells = cells.checked()?;
        let weights = match &self.weights {
            Some(weights) => builder.convert(weights.node(), DType::F64)?,
            None => builder.full(Literal::one(DType::F64), &Shape::from([n_points]))?,
        };
        let counts = counted(builder, cell, Some(weights), cells.size())?;
        let counts = builder.reshape(counts, cells.clone())?;
        let inner = SliceDims {
            start: cells.iter().map(|_| 1).collect(),
            limit: cells.iter().map(|&n_places| (n_places - 1).max(1)).collect(),
            stride: cells.iter().map(|_| 1).collect(),
        };
        builder.op(Layout::Slice(Box::new(inner)), &[counts])
    }
}

/// The number of edges that are not behind each element, one less on the last edge.
fn place_along(builder: &mut Builder<'_>, x: NodeId, edges: NodeId, n_edges: usize) -> Result<NodeId> {
    if n_edges == 0 {
        let shape = builder.shape(x)?;
        return builder.full(Literal::zero(DType::I64), &shape);
    }
    let [edges, x] = in_common_dtype(builder, edges, x)?;
    let place = places_of(builder, edges, x, Side::Right)?;
    let last = element(builder, edges, n_edges - 1)?;
    let is_last = builder.apply(Binary::Equal, x, last)?;
    let one = builder.constant(Literal::one(DType::I64));
    let before = builder.apply(Binary::Subtract, place, one)?;
    builder.select(is_last, before, place)
}
