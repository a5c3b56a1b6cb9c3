//! Places in what is sorted, and positions of what is not zero.
//!
//! Sorted arrays are searched by halves, in the program, one round after the other. How elements come to be sorted is not
//! known here.

use hloom_ir::{
    Access, AxisSet, Binary, Bounds, DType, IndexDims, Indexing, Kind, Layout, Literal, NodeId, Type, Unary,
};

use super::along::element;
use super::terms::in_common_dtype;
use crate::check::BuildChecks;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// The optional arguments of [`searchsorted`]: `..` for NumPy's defaults, `"left"` or `"right"`, or [`side`] and [`sorter`]
/// with what else is to be set.
#[derive(Clone, Debug, Default)]
pub struct Searchsorted {
    side: Option<String>,
    sorter: Option<Operand<'static>>,
}

/// Where [`searchsorted`] puts what is equal to elements: before them (`"left"`, NumPy's default) or behind them
/// (`"right"`).
pub fn side(side: &str) -> Searchsorted {
    Searchsorted::default().side(side)
}

/// The positions that sort the array that [`searchsorted`] looks into, as [`argsort`](crate::argsort()) yields them.
pub fn sorter<'a>(sorter: impl IntoOperand<'a>) -> Searchsorted {
    Searchsorted::default().sorter(sorter)
}

impl Searchsorted {
    /// See [`side`](side()).
    pub fn side(self, side: &str) -> Searchsorted {
        Searchsorted { side: Some(side.to_owned()), ..self }
    }

    /// See [`sorter`](sorter()).
    pub fn sorter<'a>(self, sorter: impl IntoOperand<'a>) -> Searchsorted {
        Searchsorted { sorter: Some(sorter.into_operand().into_owned()), ..self }
    }
}

impl From<std::ops::RangeFull> for Searchsorted {
    fn from(_: std::ops::RangeFull) -> Searchsorted {
        Searchsorted::default()
    }
}

impl From<&str> for Searchsorted {
    fn from(side: &str) -> Searchsorted {
        Searchsorted::default().side(side)
    }
}

/// The places in a sorted array where values would have to be put to keep it sorted.
///
/// The order is that of [`sort`](crate::sort()): NaN behind all numbers.
///
/// **Shapes**: `a` has one axis; to the shape of `v`.
/// **Dtypes**: any, compared as promoted, where a Rust number has its own dtype; to int64.
///
/// # Errors
/// The result is in error: `ValueError` for an `a` of another number of axes, for another `side`, or for a `sorter` of
/// another length; `TypeError` for a `sorter` that is not made of integers; `IndexError` for one that leaves the array.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let a = hloom::array([1, 2, 2, 3]);
/// assert_eq!(hloom::searchsorted(&a, [0, 2, 9], ..).to_string(), "[0 1 4]");
/// assert_eq!(a.searchsorted([0, 2, 9], "right").to_string(), "[0 3 4]");
/// let mixed = hloom::array([3, 1, 2]);
/// assert_eq!(mixed.searchsorted(2, hloom::sorter(mixed.argsort(0))).tolist()?, 1);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.searchsorted.html>; positions in a `sorter` may count
/// from the end.
#[track_caller]
pub fn searchsorted<'a, 'b>(a: impl IntoOperand<'a>, v: impl IntoOperand<'b>, how: impl Into<Searchsorted>) -> NdArray {
    let (a, v, how) = (a.into_operand(), v.into_operand(), how.into());
    Call::of("searchsorted", &[&a, &v]).record(|builder| {
        let side = Side::of(how.side.as_deref().unwrap_or("left"))?;
        let (a, v) = (builder.operand(&a)?, builder.operand(&v)?);
        require_1d(builder, a)?;
        let a = match &how.sorter {
            Some(sorter) => sorted_by(builder, a, sorter)?,
            None => a,
        };
        let [a, v] = in_common_dtype(builder, a, v)?;
        places_of(builder, a, v, side)
    })
}

/// The optional argument of [`digitize`]: `..` for NumPy's default, or whether a bin holds its right edge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digitize {
    right: bool,
}

impl From<std::ops::RangeFull> for Digitize {
    fn from(_: std::ops::RangeFull) -> Digitize {
        Digitize::default()
    }
}

impl From<bool> for Digitize {
    fn from(right: bool) -> Digitize {
        Digitize { right }
    }
}

/// The number of the bin that each element is in: 0 before the first edge, the number of edges behind the last one.
///
/// The edges increase or decrease. A bin holds its left edge and not its right one, and with `true` as last argument the
/// other way round.
///
/// **Shapes**: `bins` has one axis; to the shape of `x`.
/// **Dtypes**: real numbers and bool, compared as promoted; to int64.
///
/// # Errors
/// The result is in error: `TypeError` for complex numbers, `ValueError` for `bins` of another number of axes, or that
/// neither increase nor decrease. That is only found of edges outside of a trace: inside of one, the result says nothing.
///
/// # Examples
/// ```
/// let x = hloom::array([0.2, 6.4, 3.0]);
/// assert_eq!(hloom::digitize(&x, [0.0, 1.0, 3.0, 10.0], ..).to_string(), "[1 3 3]");
/// assert_eq!(hloom::digitize(&x, [0.0, 1.0, 3.0, 10.0], true).to_string(), "[1 3 2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.digitize.html>
#[track_caller]
pub fn digitize<'a, 'b>(x: impl IntoOperand<'a>, bins: impl IntoOperand<'b>, how: impl Into<Digitize>) -> NdArray {
    let (x, bins, how) = (x.into_operand(), bins.into_operand(), how.into());
    let bins = bins.into_array();
    let arguments = [&x, &Operand::Borrowed(&bins)];
    let call = Call::of("digitize", &arguments);
    let edges = match Direction::of(&bins) {
        Ok(Some(Direction::Neither)) => {
            return call.error(Error::value("bins must be monotonically increasing or decreasing"));
        }
        Ok(direction) => direction,
        Err(error) => return call.error(error),
    };
    call.record(|builder| {
        let x = builder.operand(&x)?;
        if builder.dtype(x)?.is_complex() {
            return Err(Error::type_("x may not be complex"));
        }
        let bins = bins.node();
        let n_edges = builder.ty(bins)?.shape.size();
        let side = if how.right { Side::Left } else { Side::Right };
        let reversed = builder.op(Layout::Reverse { axes: AxisSet::all(1) }, &[bins])?;
        let from_end = |builder: &mut Builder<'_>, place: NodeId| {
            let n_edges = builder.constant_of(n_edges, DType::I64);
            builder.apply(Binary::Subtract, n_edges, place)
        };
        match edges {
            Some(Direction::Up | Direction::Neither) => {
                let [bins, x] = in_common_dtype(builder, bins, x)?;
                places_of(builder, bins, x, side)
            }
            Some(Direction::Down) => {
                let [bins, x] = in_common_dtype(builder, reversed, x)?;
                let place = places_of(builder, bins, x, side)?;
                from_end(builder, place)
            }
            None => {
                let is_down = ends_below(builder, bins)?;
                let bins = builder.select(is_down, reversed, bins)?;
                let [bins, x] = in_common_dtype(builder, bins, x)?;
                let place = places_of(builder, bins, x, side)?;
                let from_end = from_end(builder, place)?;
                builder.select(is_down, from_end, place)
            }
        }
    })
}

/// The positions of the elements that are not zero: for each axis, a 1-d int64 array, in row-major order of the elements.
///
/// This is NumPy's `where` of one argument, too. How many there are depends on the values, so this computes the array.
///
/// # Errors
/// `ValueError` for a 0-d array; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// let positions = hloom::nonzero([[0, 5], [6, 0]])?;
/// assert_eq!(positions[0].tolist()?, [0, 1]);
/// assert_eq!(positions[1].tolist()?, [1, 0]);
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.nonzero.html>
#[track_caller]
pub fn nonzero<'a>(a: impl IntoOperand<'a>) -> Result<Vec<NdArray>> {
    a.into_operand().into_array().nonzero()
}

/// The positions of the elements that are not zero, each a row, in row-major order of the elements.
///
/// How many there are depends on the values, so this computes the array.
///
/// **Shapes**: to `[n, ndim]`.
/// **Dtypes**: any, to int64.
///
/// # Errors
/// The result is in error if the array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::argwhere([[0, 5], [6, 0]]).to_string(), "[[0 1]\n [1 0]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.argwhere.html>
#[track_caller]
pub fn argwhere<'a>(a: impl IntoOperand<'a>) -> NdArray {
    let a = a.into_operand().into_array();
    let call = Call::of("argwhere", &a);
    let found = a.try_shape().and_then(|shape| match shape.is_empty() {
        true => Ok(crate::zeros([a.truth()?.into(), 0_usize]).astype(DType::I64)),
        false => Ok(crate::stack(a.nonzero()?, 1)),
    });
    found.unwrap_or_else(|error| call.error(error))
}

/// The positions in the flattened array of the elements that are not zero.
///
/// How many there are depends on the values, so this computes the array.
///
/// **Shapes**: to one axis.
/// **Dtypes**: any, to int64.
///
/// # Errors
/// The result is in error if the array has no value, as inside of a trace.
///
/// # Examples
/// ```
/// assert_eq!(hloom::flatnonzero([[0, 5], [6, 0]]).to_string(), "[1 2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.flatnonzero.html>
#[track_caller]
pub fn flatnonzero<'a>(a: impl IntoOperand<'a>) -> NdArray {
    let a = a.into_operand().into_array();
    match a.ravel().nonzero() {
        Ok(mut positions) if positions.len() == 1 => positions.swap_remove(0),
        Ok(_) => Call::of("flatnonzero", &a).error(Error::internal("positions along several axes")),
        Err(error) => Call::of("flatnonzero", &a).error(error),
    }
}

/// Search.
impl NdArray {
    /// The places of values in the array, which is sorted; see [`searchsorted`].
    #[track_caller]
    pub fn searchsorted<'b>(&self, v: impl IntoOperand<'b>, how: impl Into<Searchsorted>) -> NdArray {
        searchsorted(self, v, how)
    }
}

/// On which side of equal elements a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    fn of(name: &str) -> Result<Side> {
        match name {
            "left" => Ok(Side::Left),
            "right" => Ok(Side::Right),
            other => Err(Error::value(format!("search side must be 'left' or 'right' (got '{other}')"))),
        }
    }
}

/// The places of values in a sorted array of one axis and of their dtype.
pub(super) fn places_of(builder: &mut Builder<'_>, sorted: NodeId, values: NodeId, side: Side) -> Result<NodeId> {
    let shape = builder.shape(values)?;
    let mut left = builder.ty(sorted)?.shape.size();
    // Places are read and written in every round, so they are as small as they can be.
    let dtype = if i32::try_from(left).is_ok() { DType::I32 } else { DType::I64 };
    let mut place = builder.full(Literal::zero(dtype), &shape)?;
    let value = Ordered::of(builder, values)?;
    while left > 0 {
        // What is sought lies in the `left` elements from the place on, or behind them. The middle one tells in which half.
        let half = left.div_ceil(2);
        let (last, step) = (builder.constant_of(half - 1, dtype), builder.constant_of(half, dtype));
        let middle = builder.apply(Binary::Add, place, last)?;
        let middle = builder.convert(middle, DType::I64)?;
        let dims = IndexDims { axes: AxisSet::all(1), position: 0 };
        let element = builder.op(Indexing::Gather(dims), &[sorted, middle])?;
        let element = Ordered::of(builder, element)?;
        let is_before = match side {
            Side::Left => element.is_below(builder, &value)?,
            Side::Right => {
                let is_after = value.is_below(builder, &element)?;
                builder.op(Unary::LogicalNot, &[is_after])?
            }
        };
        let behind = builder.apply(Binary::Add, place, step)?;
        place = builder.select(is_before, behind, place)?;
        // Otherwise every round computes the places anew, from what all rounds before have gathered.
        place = builder.op(Layout::Kept, &[place])?;
        left -= half;
    }
    builder.convert(place, DType::I64)
}

/// Where elements come before those of another array of their dtype, in the order of a sorted array.
pub(super) fn is_before(builder: &mut Builder<'_>, a: NodeId, b: NodeId) -> Result<NodeId> {
    let (a, b) = (Ordered::of(builder, a)?, Ordered::of(builder, b)?);
    a.is_below(builder, &b)
}

/// Elements with what their order depends on.
enum Ordered {
    /// Without NaN.
    Total(NodeId),
    /// With where they are NaN.
    Real(NodeId, NodeId),
    /// Parts, where each of them is NaN, and how far behind the numbers that puts them.
    Complex { parts: [NodeId; 2], nans: [NodeId; 2], class: NodeId },
}

impl Ordered {
    fn of(builder: &mut Builder<'_>, x: NodeId) -> Result<Ordered> {
        match builder.dtype(x)?.kind() {
            Kind::Bool | Kind::Unsigned | Kind::Signed => Ok(Ordered::Total(x)),
            Kind::Float => Ok(Ordered::Real(x, builder.op(Unary::IsNan, &[x])?)),
            Kind::Complex => {
                let parts = [builder.op(Unary::Real, &[x])?, builder.op(Unary::Imag, &[x])?];
                let nans = [builder.op(Unary::IsNan, &[parts[0]])?, builder.op(Unary::IsNan, &[parts[1]])?];
                let [real, imag] = [builder.convert(nans[0], DType::I8)?, builder.convert(nans[1], DType::I8)?];
                let twice = builder.apply(Binary::Add, real, real)?;
                let class = builder.apply(Binary::Add, twice, imag)?;
                Ok(Ordered::Complex { parts, nans, class })
            }
        }
    }

    /// Where elements come before others.
    fn is_below(&self, builder: &mut Builder<'_>, other: &Ordered) -> Result<NodeId> {
        match (self, other) {
            (Ordered::Real(x, x_nan), Ordered::Real(y, y_nan)) => {
                let is_less = builder.apply(Binary::Less, *x, *y)?;
                let is_number = builder.op(Unary::LogicalNot, &[*x_nan])?;
                let before_nan = builder.apply(Binary::LogicalAnd, is_number, *y_nan)?;
                builder.apply(Binary::LogicalOr, is_less, before_nan)
            }
            (
                Ordered::Complex { parts: x, nans, class: x_class },
                Ordered::Complex { parts: y, class: y_class, nans: _ },
            ) => {
                let is_class_less = builder.apply(Binary::Less, *x_class, *y_class)?;
                let is_one_class = builder.apply(Binary::Equal, *x_class, *y_class)?;
                let is_real_less = builder.apply(Binary::Less, x[0], y[0])?;
                let is_real_equal = builder.apply(Binary::Equal, x[0], y[0])?;
                // Of one class, both real parts are NaN or none.
                let is_real_tied = builder.apply(Binary::LogicalOr, is_real_equal, nans[0])?;
                let is_imag_less = builder.apply(Binary::Less, x[1], y[1])?;
                let by_imag = builder.apply(Binary::LogicalAnd, is_real_tied, is_imag_less)?;
                let by_parts = builder.apply(Binary::LogicalOr, is_real_less, by_imag)?;
                let within = builder.apply(Binary::LogicalAnd, is_one_class, by_parts)?;
                builder.apply(Binary::LogicalOr, is_class_less, within)
            }
            (Ordered::Total(x), Ordered::Total(y)) => builder.apply(Binary::Less, *x, *y),
            _ => Err(Error::internal("elements of different dtypes in one order")),
        }
    }
}

/// Requires an array of one axis, in NumPy's words.
pub(super) fn require_1d(builder: &Builder<'_>, x: NodeId) -> Result<()> {
    match builder.ty(x)?.shape.ndim() {
        1 => Ok(()),
        0 => Err(Error::value("object of too small depth for desired array")),
        _ => Err(Error::value("object too deep for desired array")),
    }
}

/// The elements in the order of positions that a user gives.
fn sorted_by(builder: &mut Builder<'_>, a: NodeId, sorter: &Operand<'_>) -> Result<NodeId> {
    let positions = builder.operand(sorter)?;
    let Type { dtype, shape } = builder.ty(positions)?.clone();
    if dtype == DType::Bool || !dtype.is_integer() {
        return Err(Error::type_("sorter must only contain integers"));
    }
    let array = builder.ty(a)?.clone();
    match shape.ndim() {
        1 if shape == array.shape => {}
        1 => return Err(Error::value("sorter.size must equal a.size")),
        _ => return Err(Error::type_("could not parse sorter argument")),
    }
    if shape.size() == 0 {
        return Ok(a);
    }
    let positions = builder.checked_positions(positions, Bounds { access: Access::Get, array, axis: 0 })?;
    builder.op(Indexing::Gather(IndexDims { axes: AxisSet::all(1), position: 0 }), &[a, positions])
}

/// In which direction edges go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    Neither,
}

impl Direction {
    /// The direction of edges; `None` of a trace's, whose values are not known.
    #[track_caller]
    fn of(bins: &NdArray) -> Result<Option<Direction>> {
        let Type { dtype, shape } = bins.try_type()?;
        match shape.ndim() {
            1 if dtype.is_complex() => Err(Error::type_(format!(
                "Cannot cast array data from dtype('{dtype}') to dtype('float64') according to the rule 'safe'"
            ))),
            1 if bins.is_traced() => Ok(None),
            1 => Ok(Some(Direction::among(&bins.astype(DType::F64).elements::<f64>("digitize")?))),
            0 => Err(Error::value("object of too small depth for desired array")),
            _ => Err(Error::value("object too deep for desired array")),
        }
    }

    /// The direction in which the first two edges that differ go, if the others follow it. NaN does not hinder.
    #[expect(clippy::neg_cmp_op_on_partial_ord, reason = "NaN is not less and not greater")]
    fn among(edges: &[f64]) -> Direction {
        let mut pairs = edges.windows(2).map(|pair| (pair[0], pair[1])).skip_while(|(before, after)| before == after);
        match pairs.next() {
            None => Direction::Up,
            Some((before, after)) if before < after => match pairs.all(|(before, after)| !(before > after)) {
                true => Direction::Up,
                false => Direction::Neither,
            },
            Some(_) => match pairs.all(|(before, after)| !(before < after)) {
                true => Direction::Down,
                false => Direction::Neither,
            },
        }
    }
}

/// Whether the last of some edges is less than the first.
fn ends_below(builder: &mut Builder<'_>, bins: NodeId) -> Result<NodeId> {
    let Some(last) = builder.ty(bins)?.shape.size().checked_sub(1) else {
        return Ok(builder.constant(Literal::new(false)));
    };
    let (first, last) = (element(builder, bins, 0)?, element(builder, bins, last)?);
    builder.apply(Binary::Less, last, first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_go_one_way() {
        let direction = Direction::among;
        assert_eq!(direction(&[]), Direction::Up);
        assert_eq!(direction(&[2.0, 2.0, 2.0]), Direction::Up);
        assert_eq!(direction(&[2.0, 2.0, 3.0, 3.0, 5.0]), Direction::Up);
        assert_eq!(direction(&[2.0, 2.0, 1.0, 1.0]), Direction::Down);
        assert_eq!(direction(&[1.0, 3.0, 2.0]), Direction::Neither);
        assert_eq!(direction(&[3.0, 1.0, 2.0]), Direction::Neither);
        assert_eq!(direction(&[1.0, f64::NAN]), Direction::Down);
        assert_eq!(direction(&[f64::NAN, 1.0, 2.0]), Direction::Neither);
    }
}
