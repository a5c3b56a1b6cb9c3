//! Grids of places: indices along the axes of a shape, coordinates of all combinations of some numbers.

use std::ops::{Range, RangeFull};

use hloom_ir::{Binary, DType, Layout, Literal, NodeId, Shape, Type, Weak, WeakKind};
use num_complex::Complex;

use super::along::line;
use crate::record::{Build, Builder, Call};
use crate::{Error, Index, IntoOperands, IntoShape, NdArray, Result};

/// For each axis of a shape, the index along it of every place: int64.
///
/// **Shapes**: to `[number of axes, …]` with the extents given.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::indices([2, 2]).to_string(), "[[[0 0]\n  [1 1]]\n\n [[0 1]\n  [0 1]]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.indices.html>; with `sparse`, it is
/// [`indices_sparse`].
#[track_caller]
pub fn indices(dimensions: impl IntoShape) -> NdArray {
    let shape = dimensions.into_shape();
    Call::named("indices").record(|builder| {
        let shape = shape?;
        let lines = (0..shape.ndim()).map(|axis| index_line(builder, &shape, axis)).collect::<Result<Vec<NodeId>>>()?;
        stacked(builder, &lines, &shape, DType::I64)
    })
}

/// For each axis of a shape, the indices along it as an array that broadcasts against those of the others: int64.
///
/// **Shapes**: to `[1, …, n, …, 1]` for each axis.
///
/// # Errors
/// There is one array, in error (`ValueError`), for a negative extent or an array that is too big.
///
/// # Examples
/// ```
/// let lines = hloom::indices_sparse([2, 3]);
/// assert_eq!((lines[0].shape(), lines[1].to_string()), (vec![2, 1].into(), "[[0 1 2]]".to_owned()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.indices.html>
#[track_caller]
pub fn indices_sparse(dimensions: impl IntoShape) -> Vec<NdArray> {
    let shape = dimensions.into_shape();
    Call::named("indices").record_several(1, |builder| {
        let shape = shape?;
        (0..shape.ndim()).map(|axis| index_line(builder, &shape, axis)).collect()
    })
}

/// The indices along an axis of a shape, as a line along it.
fn index_line(builder: &mut Builder<'_>, shape: &Shape, axis: usize) -> Result<NodeId> {
    let shape = line(shape.ndim(), axis, shape[axis]);
    builder.iota(Type { dtype: DType::I64, shape }, axis)
}

/// Arrays that broadcast to a shape, broadcast and put together along a new first axis.
fn stacked(builder: &mut Builder<'_>, lines: &[NodeId], shape: &Shape, dtype: DType) -> Result<NodeId> {
    let mut whole = shape.clone();
    whole.insert(0, lines.len());
    whole.check()?;
    if lines.is_empty() {
        return builder.full(Literal::zero(dtype), &whole);
    }
    let mut one = shape.clone();
    one.insert(0, 1);
    let mut layers = Vec::with_capacity(lines.len());
    for &line in lines {
        let layer = builder.broadcast(line, shape)?;
        layers.push(builder.reshape(layer, one.clone())?);
    }
    builder.op(Layout::Concatenate { axis: 0 }, &layers)
}

/// What a function makes of the indices along each axis of a shape: float64 arrays of that shape.
///
/// How many axes there are is said by the function's argument.
///
/// # Errors
/// The function is given arrays in error: `ValueError` for a negative extent, an array that is too big, or another number
/// of axes than of arguments.
///
/// # Examples
/// ```
/// let x = hloom::fromfunction(|[i, j]| 10 * i + j, (2, 3));
/// assert_eq!(x.to_string(), "[[ 0.  1.  2.]\n [10. 11. 12.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.fromfunction.html>; for indices of another dtype, the
/// function converts them.
#[track_caller]
pub fn fromfunction<R, const N: usize>(function: impl FnOnce([NdArray; N]) -> R, shape: impl IntoShape) -> R {
    let shape = shape.into_shape().and_then(|shape| match shape.ndim() == N {
        true => Ok(shape),
        false => Err(Error::value(format!("expected a shape of {N} axes for a function of {N} arrays, got {shape}"))),
    });
    let arrays = Call::named("fromfunction").record_several(N, |builder| {
        let shape = shape?;
        (0..N).map(|axis| builder.iota(Type { dtype: DType::F64, shape: shape.clone() }, axis)).collect()
    });
    let mut arrays = arrays.into_iter();
    function(std::array::from_fn(|_| {
        arrays.next().unwrap_or_else(|| Call::named("fromfunction").error(Error::internal("an index is missing")))
    }))
}

/// How [`meshgrid`] lays its arrays out: as NumPy does without keywords (`..`), with an `indexing`, or by
/// [`indexing`] and the methods here.
#[derive(Clone, Debug)]
pub struct Meshgrid {
    indexing: String,
    sparse: bool,
}

/// Which axes of a [`meshgrid`] its first two arrays go along: `"xy"`, the second and the first, as plots are drawn, or
/// `"ij"`, the first and the second, as matrices are.
pub fn indexing(indexing: impl Into<String>) -> Meshgrid {
    Meshgrid { indexing: indexing.into(), sparse: false }
}

impl Meshgrid {
    /// Leaves the arrays as lines, which broadcast to the grid.
    pub fn sparse(self) -> Meshgrid {
        Meshgrid { sparse: true, ..self }
    }
}

impl From<RangeFull> for Meshgrid {
    fn from(_: RangeFull) -> Meshgrid {
        indexing("xy")
    }
}

impl From<&str> for Meshgrid {
    fn from(text: &str) -> Meshgrid {
        indexing(text)
    }
}

/// The coordinates of all combinations of the elements of some arrays: for each array, an array of the grid's shape.
///
/// **Shapes**: `[n]`, `[m]`, `[k]`, … each to `[m, n, k, …]`, or to `[n, m, k, …]` with the indexing `"ij"`. Arrays of
/// other shapes are flattened.
/// **Dtypes**: any, each to its own.
///
/// # Errors
/// Every result is in error (`ValueError`) for another indexing than `"xy"` and `"ij"`.
///
/// # Examples
/// ```
/// let grid = hloom::meshgrid(([1, 2, 3], [10, 20]), ..);
/// assert_eq!(grid[0].to_string(), "[[1 2 3]\n [1 2 3]]");
/// assert_eq!(grid[1].to_string(), "[[10 10 10]\n [20 20 20]]");
/// let open = hloom::meshgrid(([1, 2, 3], [10, 20]), hloom::indexing("ij").sparse());
/// assert_eq!((open[0].shape(), open[1].shape()), (vec![3, 1].into(), vec![1, 2].into()));
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.meshgrid.html>; there is no `copy`, as arrays are
/// immutable.
#[track_caller]
pub fn meshgrid<'a, Form>(xi: impl IntoOperands<'a, Form>, layout: impl Into<Meshgrid>) -> Vec<NdArray> {
    let (arrays, layout) = (xi.into_operands(), layout.into());
    Call::of("meshgrid", &arrays).record_several(arrays.len(), |builder| {
        let exchanges = match layout.indexing.as_str() {
            "xy" => arrays.len() > 1,
            "ij" => false,
            _ => return Err(Error::value("Valid values for `indexing` are 'xy' and 'ij'.")),
        };
        let mut whole: Shape = std::iter::repeat_n(1, arrays.len()).collect();
        let mut lines = Vec::with_capacity(arrays.len());
        for (idx, array) in arrays.iter().enumerate() {
            let axis = if exchanges && idx < 2 { 1 - idx } else { idx };
            let array = builder.operand(array)?;
            let size = builder.ty(array)?.shape.size();
            whole.as_mut_slice()[axis] = size;
            lines.push(builder.reshape(array, line(arrays.len(), axis, size))?);
        }
        if layout.sparse {
            return Ok(lines);
        }
        whole.check()?;
        lines.into_iter().map(|line| builder.broadcast(line, &whole)).collect()
    })
}

/// An open mesh of positions: what is indexed with all of its arrays are the elements at every combination of them.
///
/// **Shapes**: `[n]` each, to `[1, …, n, …, 1]`; of an array of bool, `n` is the number of true elements.
/// **Dtypes**: any, each to the same; bool to int64, the positions of what is true, which computes the array.
///
/// # Errors
/// A result is in error: `ValueError` if its array is not 1-d; for an array of bool, as [`NdArray::data`].
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::arange(10).reshape([2, 5]);
/// let mesh = hloom::ix_((vec![1, 0], vec![2, 4]));
/// assert_eq!(x.get(s![&mesh[0], &mesh[1]]).to_string(), "[[7 9]\n [2 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ix_.html>
#[track_caller]
pub fn ix_<'a, Form>(arrays: impl IntoOperands<'a, Form>) -> Vec<NdArray> {
    let arrays = arrays.into_operands();
    let n_arrays = arrays.len();
    let mut mesh = Vec::with_capacity(n_arrays);
    for (axis, array) in arrays.into_iter().enumerate() {
        let array = array.into_array();
        let positions = match array.try_type() {
            Ok(ty) if ty.dtype == DType::Bool && ty.shape.ndim() == 1 => match array.nonzero() {
                Ok(mut positions) => positions.remove(0),
                Err(error) => Call::of("ix_", &array).error(error),
            },
            _ => array,
        };
        mesh.push(Call::of("ix_", &positions).record(|builder| match *builder.shape(positions.node())? {
            [n] => builder.reshape(positions.node(), line(n_arrays, axis, n)),
            _ => Err(Error::value("Cross index must be 1 dimensional")),
        }));
    }
    mesh
}

/// Numbers of a grid along one axis: a range of Rust's, `(start, stop)`, `(start, stop, step)`, or a slice of
/// [`s!`](crate::s). If the step is a complex number, the whole part of its magnitude is how many numbers there are from
/// start to stop, both included.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which numbers there are along an axis",
    label = "expected a range such as `0..3`, or a tuple `(start, stop)` or `(start, stop, step)`"
)]
pub trait IntoGridLine {
    /// Start, stop and step; `None` if it has no stop.
    fn into_grid_line(self) -> Option<[Weak; 3]>;
}

impl<T: Into<Weak>> IntoGridLine for Range<T> {
    fn into_grid_line(self) -> Option<[Weak; 3]> {
        Some([self.start.into(), self.end.into(), Weak::Int(1)])
    }
}

impl<A: Into<Weak>, B: Into<Weak>> IntoGridLine for (A, B) {
    fn into_grid_line(self) -> Option<[Weak; 3]> {
        Some([self.0.into(), self.1.into(), Weak::Int(1)])
    }
}

impl<A: Into<Weak>, B: Into<Weak>, C: Into<Weak>> IntoGridLine for (A, B, C) {
    fn into_grid_line(self) -> Option<[Weak; 3]> {
        Some([self.0.into(), self.1.into(), self.2.into()])
    }
}

impl IntoGridLine for Index {
    fn into_grid_line(self) -> Option<[Weak; 3]> {
        match self {
            Index::Slice { start, stop, step } => Some([start.unwrap_or(0).into(), stop?.into(), step.into()]),
            Index::At(_) | Index::Ellipsis | Index::NewAxis | Index::Array(_) => None,
        }
    }
}

/// The numbers of a grid along each of its axes: several of [`IntoGridLine`], as a tuple, an array or a vector.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which numbers there are along each axis",
    label = "expected a tuple of ranges such as `(0..3, 0..4)`, or of tuples `(start, stop, step)`"
)]
pub trait IntoGrid {
    /// Start, stop and step for each axis.
    fn into_grid(self) -> Vec<Option<[Weak; 3]>>;
}

impl<T: IntoGridLine, const N: usize> IntoGrid for [T; N] {
    fn into_grid(self) -> Vec<Option<[Weak; 3]>> {
        self.into_iter().map(T::into_grid_line).collect()
    }
}

impl<T: IntoGridLine> IntoGrid for Vec<T> {
    fn into_grid(self) -> Vec<Option<[Weak; 3]>> {
        self.into_iter().map(T::into_grid_line).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: IntoGridLine),+> IntoGrid for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_grid(self) -> Vec<Option<[Weak; 3]>> {
                let ($($name,)+) = self;
                vec![$($name.into_grid_line()),+]
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

/// The coordinates of all places of a grid: int64 if all numbers are integers, else float64.
///
/// **Shapes**: to `[number of axes, …]`.
///
/// # Errors
/// The result is in error: `ValueError` for a step of zero, no stop, a stop on the wrong side of the start, or an array
/// that is too big; `TypeError` for a start or stop that is complex.
///
/// # Examples
/// ```
/// use num_complex::Complex;
/// assert_eq!(hloom::mgrid((0..2, 0..3)).to_string(), "[[[0 0 0]\n  [1 1 1]]\n\n [[0 1 2]\n  [0 1 2]]]");
/// let three = Complex::new(0.0, 3.0);
/// assert_eq!(hloom::mgrid([(-1.0, 1.0, three)]).to_string(), "[[-1.  0.  1.]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.mgrid.html>; what one slice without a comma gives in
/// Python is [`arange`](crate::arange()) or [`linspace`](crate::linspace).
#[track_caller]
pub fn mgrid(grid: impl IntoGrid) -> NdArray {
    let grid = grid.into_grid();
    Call::named("mgrid").record(|builder| {
        let grid = Grid::new(&grid)?;
        let lines = grid.lines(builder)?;
        stacked(builder, &lines, &grid.shape(), grid.dtype)
    })
}

/// The coordinates along each axis of a grid, as arrays that broadcast against each other.
///
/// **Shapes**: to `[1, …, n, …, 1]` for each axis.
///
/// # Errors
/// As for [`mgrid`]; every result is in error.
///
/// # Examples
/// ```
/// let lines = hloom::ogrid((0..2, (0, 10, 5)));
/// assert_eq!(lines[0].to_string(), "[[0]\n [1]]");
/// assert_eq!(lines[1].to_string(), "[[0 5]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ogrid.html>
#[track_caller]
pub fn ogrid(grid: impl IntoGrid) -> Vec<NdArray> {
    let grid = grid.into_grid();
    Call::named("ogrid").record_several(grid.len(), |builder| Grid::new(&grid)?.lines(builder))
}

/// The numbers along each axis, in their common dtype.
struct Grid {
    dtype: DType,
    lines: Vec<GridLine>,
}

struct GridLine {
    len: usize,
    start: Weak,
    step: Weak,
}

impl Grid {
    fn new(lines: &[Option<[Weak; 3]>]) -> Result<Grid> {
        let mut kind = WeakKind::Int;
        let mut found = Vec::with_capacity(lines.len());
        for line in lines {
            let [start, stop, step] = line.ok_or_else(|| Error::value("expected a stop for every axis of a grid"))?;
            if [start, stop].iter().any(|bound| matches!(bound, Weak::Complex(_))) {
                return Err(Error::type_("expected real numbers as the bounds of a grid, got a complex one"));
            }
            let is_float = [start, stop, step].iter().any(|number| number.kind() > WeakKind::Int);
            kind = kind.max(if is_float { WeakKind::Float } else { WeakKind::Int });
            found.push(GridLine::new(start, stop, step)?);
        }
        Ok(Grid { dtype: kind.dtype(), lines: found })
    }

    fn shape(&self) -> Shape {
        self.lines.iter().map(|line| line.len).collect()
    }

    fn lines(&self, builder: &mut Builder<'_>) -> Result<Vec<NodeId>> {
        self.shape().check()?;
        let ndim = self.lines.len();
        let mut nodes = Vec::with_capacity(ndim);
        for (axis, &GridLine { len, start, step }) in self.lines.iter().enumerate() {
            let count = builder.iota(Type { dtype: self.dtype, shape: line(ndim, axis, len) }, axis)?;
            let step = builder.scalar(step.to_literal(self.dtype)?);
            let start = builder.scalar(start.to_literal(self.dtype)?);
            let scaled = builder.apply(Binary::Multiply, count, step)?;
            nodes.push(builder.apply(Binary::Add, scaled, start)?);
        }
        Ok(nodes)
    }
}

impl GridLine {
    fn new(start: Weak, stop: Weak, step: Weak) -> Result<GridLine> {
        if let Weak::Complex(step) = step {
            let len = Complex::norm(step).trunc();
            let distance = stop.real() - start.real();
            let step = if len == 1.0 { Weak::Int(1) } else { Weak::Float(distance / (len - 1.0)) };
            return Ok(GridLine { len: len as usize, start, step });
        }
        let quotient = (stop.real() - start.real()) / step.real();
        if step.real() == 0.0 || !quotient.is_finite() {
            return Err(Error::value("expected finite numbers and a step that is not zero along an axis of a grid"));
        }
        if quotient <= -1.0 {
            return Err(Error::value("negative dimensions are not allowed"));
        }
        Ok(GridLine { len: quotient.ceil() as usize, start, step })
    }
}
