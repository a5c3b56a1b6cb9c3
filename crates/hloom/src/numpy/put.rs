//! Elements replaced in place at positions or where a mask is true: `put`, `put_along_axis`, `place`, `putmask` and `copyto`.
//!
//! Arrays are immutable: a handle is made to refer to the array with those elements replaced. Other handles keep the old one.

use hloom_ir::{
    Access, AxisSet, Bounds, Casting, Combine, DType, IndexDims, Indexing, Kind, NodeId, Shape, Type, Weak, can_cast,
};

use super::repeat::filling;
use super::take::{AlongAxis, int64, true_positions};
use crate::check::BuildChecks;
use crate::index::{INPUT_ARRAY, IndexMode, Located, assigned, fitted, require_positions, value_as};
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

/// Replaces the elements of the flattened array at positions. Values are repeated as often as it takes; where a position is
/// named twice, the last value counts.
///
/// **Shapes**: any three. **Dtypes**: values are converted to the array's dtype; positions are integers or bools.
///
/// # Errors
/// The array is then in error: `IndexError` for positions that are not on it, and for an array without elements; `TypeError` for
/// positions that are no integers; `OverflowError` for a Rust integer that the dtype cannot hold.
///
/// # Examples
/// ```
/// use hloom::IndexMode;
/// let mut x = hloom::arange(5);
/// hloom::put(&mut x, [0, 2], [-44, -55], ..);
/// assert_eq!(x.to_string(), "[-44   1 -55   3   4]");
/// hloom::put(&mut x, 22, -5, IndexMode::Clip);
/// assert_eq!(x.to_string(), "[-44   1 -55   3  -5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.put.html>
#[track_caller]
pub fn put<'a, 'b>(a: &mut NdArray, ind: impl IntoOperand<'a>, v: impl IntoOperand<'b>, mode: impl Into<IndexMode>) {
    let (ind, v, mode) = (ind.into_operand().into_array(), v.into_operand(), mode.into());
    let positions = put_positions(a, &ind, mode);
    *a = Call::of("put", &*a).record(|builder| {
        let positions = positions?;
        let x = a.node();
        let value = assigned(builder, &v, x)?;
        let Type { shape, .. } = builder.ty(x)?.clone();
        let places = positions.record(builder)?;
        let n_places = builder.ty(places)?.shape.size();
        if n_places == 0 || builder.ty(value)?.shape.size() == 0 {
            return builder.checked_as(x, places);
        }
        let value = filling(builder, value, &Shape::from([n_places]))?;
        let places = builder.reshape(places, Shape::from([n_places]))?;
        let flat = builder.reshape(x, Shape::from([shape.size()]))?;
        let changed = scatter(builder, flat, value, places)?;
        builder.reshape(changed, shape)
    });
}

/// Replaces the elements at positions along an axis, where each place has positions of its own; of the flattened array with `..`.
///
/// **Shapes**: as for [`take_along_axis`](crate::take_along_axis()); values broadcast to the shape that it returns.
/// **Dtypes**: values are converted to the array's dtype; positions are integers.
///
/// # Errors
/// The array is then in error, as the result of [`take_along_axis`](crate::take_along_axis()) is; `ValueError` for values that do
/// not broadcast; `OverflowError` for a Rust integer that the dtype cannot hold.
///
/// # Examples
/// ```
/// let mut x = hloom::array([[10, 30, 20], [60, 40, 50]]);
/// let greatest = x.argmax(hloom::axis(1).keepdims());
/// hloom::put_along_axis(&mut x, &greatest, 99, 1);
/// assert_eq!(x.to_string(), "[[10 99 20]\n [99 40 50]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.put_along_axis.html>
#[track_caller]
pub fn put_along_axis<'a, 'b>(
    arr: &mut NdArray,
    indices: impl IntoOperand<'a>,
    values: impl IntoOperand<'b>,
    axis: impl Into<Axes>,
) {
    let (indices, values, axes) = (indices.into_operand().into_array(), values.into_operand(), axis.into());
    let along = AlongAxis::new(Access::PutAlongAxis, arr, &indices, &axes);
    *arr = Call::of("put_along_axis", &[&*arr, &indices]).record(|builder| {
        let along = along?;
        let x = arr.node();
        let shape = builder.shape(x)?;
        let n_places = along.shape.size();
        let value = value_as(builder, &values, x, &along.shape)?;
        let positions = along.record(builder)?;
        if n_places == 0 {
            return builder.checked_as(x, positions);
        }
        let value = builder.reshape(value, Shape::from([n_places]))?;
        let positions = builder.reshape(positions, Shape::from([n_places]))?;
        let flat = builder.reshape(x, Shape::from([shape.size()]))?;
        let changed = scatter(builder, flat, value, positions)?;
        builder.reshape(changed, shape)
    });
}

/// Replaces the elements where a mask is true by values, one after another, repeated as often as it takes.
///
/// How many there are depends on the mask, so it is computed, unless there is one value alone.
///
/// **Shapes**: a mask of as many elements as the array. **Dtypes**: values that convert safely to the array's dtype.
///
/// # Errors
/// The array is then in error: `ValueError` for a mask of another size, and for no values where the mask is true somewhere;
/// `TypeError` for values that do not convert safely; `OverflowError` for a Rust integer that the dtype cannot hold; the error of
/// reading the mask.
///
/// # Examples
/// ```
/// let mut x = hloom::arange(6).reshape([2, 3]);
/// let mask = x.gt(2);
/// hloom::place(&mut x, &mask, [44, 55]);
/// assert_eq!(x.to_string(), "[[ 0  1  2]\n [44 55 44]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.place.html>
#[track_caller]
pub fn place<'a, 'b>(arr: &mut NdArray, mask: impl IntoOperand<'a>, vals: impl IntoOperand<'b>) {
    let (mask, vals) = (mask.into_operand().into_array(), vals.into_operand());
    let positions = placed(arr, &mask, &vals);
    *arr = Call::of("place", &[&*arr, &mask]).record(|builder| {
        let positions = positions?;
        let x = arr.node();
        let value = safely(builder, &vals, x)?;
        let shape = builder.shape(x)?;
        let Some(positions) = positions else { return chosen(builder, mask.node(), value, x) };
        let n_places = builder.ty(positions.node())?.shape.size();
        if n_places == 0 {
            return Ok(x);
        }
        if builder.ty(value)?.shape.size() == 0 {
            return Err(Error::value("Cannot insert from an empty array!"));
        }
        let value = filling(builder, value, &Shape::from([n_places]))?;
        let flat = builder.reshape(x, Shape::from([shape.size()]))?;
        let changed = scatter(builder, flat, value, positions.node())?;
        builder.reshape(changed, shape)
    });
}

/// Replaces the elements where a mask is true by the values in the same places, which are repeated as often as it takes.
///
/// **Shapes**: a mask of as many elements as the array. **Dtypes**: values that convert safely to the array's dtype.
///
/// # Errors
/// The array is then in error: `ValueError` for a mask of another size; `TypeError` for values that do not convert safely;
/// `OverflowError` for a Rust integer that the dtype cannot hold.
///
/// # Examples
/// ```
/// let mut x = hloom::arange(6).reshape([2, 3]);
/// let mask = x.gt(2);
/// hloom::putmask(&mut x, &mask, [-33, -44]);
/// assert_eq!(x.to_string(), "[[  0   1   2]\n [-44 -33 -44]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.putmask.html>
#[track_caller]
pub fn putmask<'a, 'b>(a: &mut NdArray, mask: impl IntoOperand<'a>, values: impl IntoOperand<'b>) {
    let (mask, values) = (mask.into_operand().into_array(), values.into_operand());
    *a = Call::of("putmask", &[&*a, &mask]).record(|builder| {
        let x = a.node();
        let size = builder.ty(x)?.shape.size();
        if builder.ty(mask.node())?.shape.size() != size {
            return Err(Error::value("putmask: mask and data must be the same size"));
        }
        let value = safely(builder, &values, x)?;
        if size == 0 || builder.ty(value)?.shape.size() == 0 {
            return Ok(x);
        }
        let value = filling(builder, value, &Shape::from([size]))?;
        chosen(builder, mask.node(), value, x)
    });
}

/// What [`copyto`] has NumPy's keyword arguments for.
///
/// Written as `..` (every element, by casts within a kind), as the mask of NumPy's `where`, or as a casting rule; completed by
/// methods.
#[derive(Clone, Debug, Default)]
pub struct Copyto<'a> {
    mask: Option<Operand<'a>>,
    casting: Option<Casting>,
}

impl<'a> Copyto<'a> {
    /// Which elements are replaced: those where this, broadcast to the array, is true.
    pub fn where_(mut self, mask: impl IntoOperand<'a>) -> Copyto<'a> {
        self.mask = Some(mask.into_operand());
        self
    }

    /// Which conversions to the array's dtype are allowed.
    pub fn casting(mut self, casting: Casting) -> Copyto<'a> {
        self.casting = Some(casting);
        self
    }
}

impl From<std::ops::RangeFull> for Copyto<'_> {
    fn from(_: std::ops::RangeFull) -> Self {
        Copyto::default()
    }
}

impl From<Casting> for Copyto<'_> {
    fn from(casting: Casting) -> Self {
        Copyto::default().casting(casting)
    }
}

impl<'a, T: IntoOperand<'a>> From<T> for Copyto<'a> {
    fn from(mask: T) -> Self {
        Copyto::default().where_(mask)
    }
}

/// Replaces elements by those of another array, which is broadcast.
///
/// **Shapes**: a source and a mask that broadcast to the array's shape. **Dtypes**: a source that converts to the array's dtype
/// within its kind, or as another casting rule allows.
///
/// # Errors
/// The array is then in error: `TypeError` for a source that does not convert, `ValueError` for shapes that do not broadcast,
/// `OverflowError` for a Rust integer that the dtype cannot hold.
///
/// # Examples
/// ```
/// use hloom::{Casting, Copyto};
/// let mut x = hloom::arange(6).reshape([2, 3]);
/// let mask = x.gt(2);
/// hloom::copyto(&mut x, [7, 8, 9], &mask);
/// assert_eq!(x.to_string(), "[[0 1 2]\n [7 8 9]]");
/// hloom::copyto(&mut x, 1.5, Copyto::from([true, false, false]).casting(Casting::Unsafe));
/// assert_eq!(x.to_string(), "[[1 1 2]\n [1 8 9]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.copyto.html>
#[track_caller]
pub fn copyto<'a, 'b>(dst: &mut NdArray, src: impl IntoOperand<'a>, options: impl Into<Copyto<'b>>) {
    let (src, options) = (src.into_operand(), options.into());
    *dst = Call::of("copyto", &[&Operand::Borrowed(&*dst), &src]).record(|builder| {
        let x = dst.node();
        let Type { dtype, shape } = builder.ty(x)?.clone();
        require_cast(builder, &src, dtype, options.casting.unwrap_or(Casting::SameKind))?;
        let value = match &src {
            Operand::Number(Weak::Float(number)) if dtype.is_integer() => {
                builder.scalar(Weak::Float(number.trunc()).wrapping_literal(dtype))
            }
            Operand::Number(number @ Weak::Complex(_)) if !dtype.is_complex() => {
                builder.scalar(number.wrapping_literal(dtype))
            }
            _ => {
                let node = builder.operand_as(&src, dtype)?;
                builder.convert(node, dtype)?
            }
        };
        let value = fitted(builder, value, &shape, INPUT_ARRAY)?;
        let Some(mask) = &options.mask else { return Ok(value) };
        let mask = builder.operand(mask)?;
        let mask = builder.convert(mask, DType::Bool)?;
        let mask = fitted(builder, mask, &shape, "where mask")?;
        builder.select(mask, value, x)
    });
}

/// Elements replaced in place.
impl NdArray {
    /// Replaces the elements of the flattened array at positions; see [`put`].
    #[track_caller]
    pub fn put<'a, 'b>(&mut self, ind: impl IntoOperand<'a>, v: impl IntoOperand<'b>, mode: impl Into<IndexMode>) {
        put(self, ind, v, mode);
    }
}

/// Where `put` writes.
#[track_caller]
fn put_positions(a: &NdArray, ind: &NdArray, mode: IndexMode) -> Result<Located> {
    let Type { dtype, shape } = a.try_type()?;
    require_positions(ind, Casting::Safe)?;
    if shape.size() == 0 && ind.try_shape()?.size() > 0 {
        return Err(Error::index("cannot replace elements of an empty array"));
    }
    let bounds = Bounds { access: Access::Put, array: Type::new(dtype, [shape.size()]), axis: 0 };
    Located::new(ind, bounds, mode)
}

/// Where `place` writes; `None` if it needs not know, since there is one value for all places.
#[track_caller]
fn placed(arr: &NdArray, mask: &NdArray, vals: &Operand<'_>) -> Result<Option<NdArray>> {
    if mask.try_shape()?.size() != arr.try_shape()?.size() {
        return Err(Error::value("place: mask and data must be the same size"));
    }
    let n_values = match vals.as_array() {
        Some(vals) => vals.try_shape()?.size(),
        None => 1,
    };
    match n_values {
        1 => Ok(None),
        _ => Ok(Some(int64(&true_positions(mask, "place")?))),
    }
}

/// A value for some elements of `x`, of its dtype.
///
/// # Errors
/// `TypeError` for an array that does not convert safely; as [`assigned`].
fn safely(builder: &mut Builder<'_>, value: &Operand<'_>, x: NodeId) -> Result<NodeId> {
    let dtype = builder.dtype(x)?;
    if !builder.is_weak(value) {
        let own = builder.arg_type(value)?.default_dtype();
        if !can_cast(own, dtype, Casting::Safe) {
            return Err(refused("array data", own, dtype, Casting::Safe));
        }
    }
    assigned(builder, value, x)
}

fn refused(what: &str, from: DType, to: DType, casting: Casting) -> Error {
    Error::type_(format!(
        "Cannot cast {what} from dtype('{from}') to dtype('{to}') according to the rule '{}'",
        casting.name()
    ))
}

/// Refuses a source that a casting rule does not let become a dtype. A number has no dtype, but a kind.
fn require_cast(builder: &Builder<'_>, src: &Operand<'_>, to: DType, casting: Casting) -> Result<()> {
    let from = builder.arg_type(src)?.default_dtype();
    let is_scalar = match src.as_array() {
        Some(array) => builder.ty(array.node())?.shape.is_empty(),
        None => true,
    };
    let is_number = builder.is_weak(src) && from != DType::Bool;
    let is_allowed = match is_number {
        true => casting == Casting::Unsafe || kind_rank(from.kind()) <= kind_rank(to.kind()),
        false => can_cast(from, to, casting),
    };
    match is_allowed {
        true => Ok(()),
        false => Err(refused(if is_scalar { "scalar" } else { "array data" }, from, to, casting)),
    }
}

/// The kinds of Python's numbers in their order.
const fn kind_rank(kind: Kind) -> u8 {
    match kind {
        Kind::Bool => 0,
        Kind::Unsigned | Kind::Signed => 1,
        Kind::Float => 2,
        Kind::Complex => 3,
    }
}

/// A flat array with values at positions.
fn scatter(builder: &mut Builder<'_>, flat: NodeId, value: NodeId, positions: NodeId) -> Result<NodeId> {
    let dims = IndexDims { axes: AxisSet::from_iter([0]), position: 0 };
    builder.op(Indexing::Scatter { dims, combine: Combine::Set }, &[flat, value, positions])
}

/// The array with the elements where a mask of its size is true replaced by one value, or by those in the same places.
fn chosen(builder: &mut Builder<'_>, mask: NodeId, value: NodeId, x: NodeId) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let size = builder.ty(value)?.shape.size();
    let mask = builder.convert(mask, DType::Bool)?;
    let mask = builder.reshape(mask, shape.clone())?;
    let value = builder.reshape(value, if size == 1 { Shape::scalar() } else { shape })?;
    builder.select(mask, value, x)
}
