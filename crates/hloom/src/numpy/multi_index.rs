//! Positions in flattened arrays and on their axes, made of each other.

use hloom_ir::{Access, Binary, Bounds, DType, Kind, Literal, Shape, Type, broadcast_shapes};

use super::manipulate::Order;
use crate::index::{IndexMode, Located};
use crate::record::{Build, Call, IntoOperand, Operand};
use crate::{Error, IntoOperands, IntoShape, NdArray, Result};

/// What [`ravel_multi_index`] has NumPy's keyword arguments for: what becomes of positions that are not on their axis, and in which
/// order elements are counted.
///
/// Written as `..`, as a mode for all axes, as one for each, or as an order; [`MultiIndexModes::order`] completes it.
#[derive(Clone, Debug)]
pub struct MultiIndexModes {
    modes: Modes,
    order: Order,
}

#[derive(Clone, Debug)]
enum Modes {
    All(IndexMode),
    Each(Vec<IndexMode>),
}

impl MultiIndexModes {
    /// The order in which elements are counted.
    pub fn order(mut self, order: Order) -> MultiIndexModes {
        self.order = order;
        self
    }
}

impl From<std::ops::RangeFull> for MultiIndexModes {
    fn from(_: std::ops::RangeFull) -> Self {
        MultiIndexModes::from(IndexMode::Raise)
    }
}

impl From<IndexMode> for MultiIndexModes {
    fn from(mode: IndexMode) -> Self {
        MultiIndexModes { modes: Modes::All(mode), order: Order::C }
    }
}

impl<const N: usize> From<[IndexMode; N]> for MultiIndexModes {
    fn from(modes: [IndexMode; N]) -> Self {
        MultiIndexModes::from(modes.to_vec())
    }
}

impl From<Vec<IndexMode>> for MultiIndexModes {
    fn from(modes: Vec<IndexMode>) -> Self {
        MultiIndexModes { modes: Modes::Each(modes), order: Order::C }
    }
}

impl From<Order> for MultiIndexModes {
    fn from(order: Order) -> Self {
        MultiIndexModes::from(..).order(order)
    }
}

/// Positions in a flattened array of a shape, from those along each of its axes.
///
/// In the modes [`IndexMode::Wrap`] and [`IndexMode::Clip`] every position is one of its axis. In [`IndexMode::Raise`], positions
/// that have a value are read, to find those that are not.
///
/// **Shapes**: as many arrays as axes, which broadcast, to the broadcast shape. **Dtypes**: integers and bools, to int64.
///
/// # Errors
/// The result is in error: `ValueError` for positions that are not on their axis (negative ones are not), another number of arrays
/// or modes than axes, an empty shape, and shapes that do not broadcast; `TypeError` for positions that are no integers.
///
/// # Examples
/// ```
/// use hloom::IndexMode;
/// use hloom::prelude::*;
/// let positions = ([3, 6, 6], [4, 5, 1]);
/// assert_eq!(hloom::ravel_multi_index(positions, (7, 6), ..).to_string(), "[22 41 37]");
/// assert_eq!(hloom::ravel_multi_index(positions, (7, 6), Order::F).to_string(), "[31 41 13]");
/// assert_eq!(hloom::ravel_multi_index(positions, (4, 6), IndexMode::Clip).to_string(), "[22 23 19]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ravel_multi_index.html>
#[track_caller]
pub fn ravel_multi_index<'a, Form>(
    multi_index: impl IntoOperands<'a, Form>,
    dims: impl IntoShape,
    modes: impl Into<MultiIndexModes>,
) -> NdArray {
    let (positions, dims, modes) = (multi_index.into_operands(), dims.into_shape(), modes.into());
    let order = modes.order;
    let located = located(&positions, dims, modes);
    Call::of("ravel_multi_index", &positions).record(|builder| {
        let (dims, located) = located?;
        let steps = steps(&dims, order);
        let mut nodes = Vec::with_capacity(located.len());
        for (positions, step) in located.iter().zip(steps) {
            let positions = positions.record(builder)?;
            let step = builder.constant(Literal::new(step));
            nodes.push(builder.apply(Binary::Multiply, positions, step)?);
        }
        let shapes = nodes.iter().map(|&node| builder.shape(node)).collect::<Result<Vec<Shape>>>()?;
        broadcast_shapes(shapes.iter().map(|shape| &**shape))?;
        let mut sum = builder.constant(Literal::new(0i64));
        for node in nodes {
            sum = builder.apply(Binary::Add, sum, node)?;
        }
        Ok(sum)
    })
}

/// Positions along each axis of an array of a shape, from those in the flattened array. There is an array for each axis.
///
/// Positions that have a value are read, to find those that are not in the array.
///
/// **Shapes**: `[…]` to `[…]` each. **Dtypes**: integers and bools, to int64.
///
/// # Errors
/// The results are in error: `ValueError` for positions that are not in the array (negative ones are not), `TypeError` for positions
/// that are no integers. For the empty shape there is no result that could be.
///
/// # Examples
/// ```
/// let places = hloom::unravel_index([22, 41, 37], (7, 6), ..);
/// assert_eq!(places[0].to_string(), "[3 6 6]");
/// assert_eq!(places[1].to_string(), "[4 5 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unravel_index.html>
#[track_caller]
pub fn unravel_index<'a>(
    indices: impl IntoOperand<'a>,
    shape: impl IntoShape,
    order: impl Into<Order>,
) -> Vec<NdArray> {
    let (indices, shape, order) = (indices.into_operand().into_array(), shape.into_shape(), order.into());
    let n_axes = shape.as_ref().map_or(1, |shape| shape.ndim());
    let found = flat_positions(&indices, shape);
    Call::of("unravel_index", &indices).record_several(n_axes, |builder| {
        let (shape, positions) = found?;
        let mut rest = positions.record(builder)?;
        let axes: Vec<usize> = match order {
            Order::C => (0..shape.ndim()).rev().collect(),
            Order::F => (0..shape.ndim()).collect(),
        };
        let mut places = vec![rest; shape.ndim()];
        for (turn, &axis) in axes.iter().enumerate() {
            let is_last = turn + 1 == axes.len();
            if is_last {
                places[axis] = rest;
                break;
            }
            let extent = builder.constant(Literal::new(shape[axis] as i64));
            places[axis] = builder.apply(Binary::Remainder, rest, extent)?;
            rest = builder.apply(Binary::FloorDivide, rest, extent)?;
        }
        Ok(places)
    })
}

impl From<std::ops::RangeFull> for Order {
    fn from(_: std::ops::RangeFull) -> Order {
        Order::C
    }
}

/// How far apart neighbours along each axis are in the flattened array.
fn steps(dims: &Shape, order: Order) -> Vec<i64> {
    let mut steps = vec![1; dims.ndim()];
    let mut step = 1;
    let axes: Vec<usize> = match order {
        Order::C => (0..dims.ndim()).rev().collect(),
        Order::F => (0..dims.ndim()).collect(),
    };
    for axis in axes {
        steps[axis] = step;
        step *= dims[axis] as i64;
    }
    steps
}

/// The positions along each axis.
#[track_caller]
fn located(positions: &[Operand<'_>], dims: Result<Shape>, modes: MultiIndexModes) -> Result<(Shape, Vec<Located>)> {
    let dims = dims?;
    if positions.len() != dims.ndim() {
        return Err(Error::value(format!("parameter multi_index must be a sequence of length {}", dims.ndim())));
    }
    let modes = match modes.modes {
        Modes::All(mode) => vec![mode; dims.ndim()],
        Modes::Each(modes) if modes.len() == dims.ndim() => modes,
        Modes::Each(modes) => {
            return Err(Error::value(format!(
                "list of clipmodes has wrong length ({} instead of {})",
                modes.len(),
                dims.ndim()
            )));
        }
    };
    let mut located = Vec::with_capacity(dims.ndim());
    for (axis, (operand, mode)) in positions.iter().zip(modes).enumerate() {
        let array = operand.clone().into_array();
        require_integers(&array)?;
        if dims.size() == 0 && array.try_shape()?.size() > 0 {
            return Err(Error::value("cannot unravel if shape has zero entries (is empty)."));
        }
        let array_type = Type { dtype: DType::I64, shape: dims.clone() };
        let bounds = Bounds { access: Access::RavelMultiIndex, array: array_type, axis };
        located.push(Located::new(&array, bounds, mode)?);
    }
    Ok((dims, located))
}

/// The positions in the flattened array.
#[track_caller]
fn flat_positions(indices: &NdArray, shape: Result<Shape>) -> Result<(Shape, Located)> {
    let shape = shape?;
    require_integers(indices)?;
    let ndim = indices.try_shape()?.ndim();
    if shape.is_empty() && ndim > 0 {
        return Err(Error::value("multiple indices are not supported for 0d arrays"));
    }
    if shape.size() == 0 && indices.try_shape()?.size() > 0 {
        return Err(Error::value("index is out of bounds for array with size 0"));
    }
    let array = Type::new(DType::I64, [shape.size()]);
    let located = Located::new(indices, Bounds { access: Access::UnravelIndex, array, axis: 0 }, IndexMode::Raise)?;
    Ok((shape, located))
}

fn require_integers(array: &NdArray) -> Result<()> {
    match array.try_dtype()?.kind() {
        Kind::Bool | Kind::Signed | Kind::Unsigned => Ok(()),
        Kind::Float | Kind::Complex => Err(Error::type_("only int indices permitted")),
    }
}
