//! Elements repeated: whole arrays side by side, each element so many times, as many as a shape has room for.

use hloom_ir::{Casting, DType, Literal, NodeId, Shape, Type, Weak, can_cast};

use super::along::{Of0d, gather, line_in, line_of, padded, part, with_leading_ones};
use crate::convert::from_checked_bytes;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, IntoExtents, IntoShape, NdArray, Result};

/// The array side by side with itself so many times along each axis. Fewer numbers than axes count for the last ones;
/// more add axes in front.
///
/// **Shapes**: every extent times its number.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative number, or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::tile([1, 2], 2).to_string(), "[1 2 1 2]");
/// assert_eq!(hloom::tile([1, 2], (2, 2)).to_string(), "[[1 2 1 2]\n [1 2 1 2]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.tile.html>
#[track_caller]
pub fn tile<'a>(x: impl IntoOperand<'a>, reps: impl IntoExtents) -> NdArray {
    let (x, reps) = (x.into_operand(), reps.into_extents());
    Call::of("tile", &x).with(&format_args!("{reps:?}")).record(|builder| {
        let x = builder.operand(&x)?;
        let ndim = reps.len().max(builder.ty(x)?.shape.ndim());
        let x = with_leading_ones(builder, x, ndim)?;
        let shape = builder.shape(x)?;
        let missing = ndim - reps.len();
        let mut counts = Shape::from_iter(std::iter::repeat_n(1, missing));
        for &rep in &reps {
            let count = usize::try_from(rep).map_err(|_| Error::value("negative dimensions are not allowed"))?;
            counts.push(count);
        }
        side_by_side(builder, x, &shape, &counts)
    })
}

/// An array of a shape side by side with itself so many times along each axis.
fn side_by_side(builder: &mut Builder<'_>, x: NodeId, shape: &Shape, counts: &Shape) -> Result<NodeId> {
    let (mut apart, mut spread, mut whole) = (Shape::scalar(), Shape::scalar(), Shape::scalar());
    for (&extent, &count) in shape.iter().zip(counts.iter()) {
        if count != 1 {
            apart.push(1);
            spread.push(count);
        }
        apart.push(extent);
        spread.push(extent);
        whole.push(extent.saturating_mul(count));
    }
    whole.check()?;
    let x = builder.reshape(x, apart)?;
    let x = builder.broadcast(x, &spread)?;
    builder.reshape(x, whole)
}

/// Each element so many times, along an axis or, with `..`, of the flattened array. A number counts for all of them, an
/// array of integers has one for each position of the axis.
///
/// How many elements there are follows from the numbers, so that an array of them is computed.
///
/// **Shapes**: `[…, n, …]` to `[…, sum of the numbers, …]`.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error: `ValueError` for a negative number, or another amount of numbers than of positions;
/// `TypeError` for numbers that are no integers; `AxisError`; else as [`NdArray::data`].
///
/// # Examples
/// ```
/// assert_eq!(hloom::repeat([1, 2], 2, ..).to_string(), "[1 1 2 2]");
/// assert_eq!(hloom::repeat([[1, 2], [3, 4]], [1, 2], 0).to_string(), "[[1 2]\n [3 4]\n [3 4]]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.repeat.html>
#[track_caller]
pub fn repeat<'a, 'b>(x: impl IntoOperand<'a>, repeats: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
    let (x, repeats, axes) = (x.into_operand(), repeats.into_operand(), axis.into());
    let call = Call::of("repeat", &x);
    match Repeats::read(&repeats) {
        Ok(Repeats::All(count)) => call.record(|builder| {
            let (x, axis) = line(builder, &x, &axes)?;
            let count = usize::try_from(count).map_err(|_| Error::value("negative dimensions are not allowed"))?;
            each(builder, x, axis, count)
        }),
        Ok(Repeats::Each(counts)) => {
            // The positions become an array before the recorder is locked.
            let extent = extent_along(&x, &axes);
            match extent.and_then(|extent| positions(&counts, extent)) {
                Ok(places) => call.record(|builder| {
                    let (x, axis) = line(builder, &x, &axes)?;
                    gather(builder, x, axis, places.node())
                }),
                Err(error) => call.error(error),
            }
        }
        Err(error) => call.error(error),
    }
}

/// How often elements are repeated.
enum Repeats {
    /// All so often.
    All(i64),
    /// Each as often as its number says.
    Each(Vec<i64>),
}

impl Repeats {
    #[track_caller]
    fn read(repeats: &Operand<'_>) -> Result<Repeats> {
        let array = match repeats {
            Operand::Number(Weak::Complex(number)) => {
                return Err(Error::type_(format!("expected a real number of repetitions, got {number}")));
            }
            Operand::Number(number) => {
                let literal = number.to_literal(DType::I64)?;
                let Weak::Int(count) = literal.weak() else { return Err(Error::internal("an int64 is no integer")) };
                return Ok(Repeats::All(i64::try_from(count).unwrap_or(i64::MAX)));
            }
            Operand::Borrowed(array) => *array,
            Operand::Owned(array) => array,
        };
        let ty = array.try_type()?;
        if !can_cast(ty.dtype, DType::I64, Casting::Safe) {
            return Err(Error::type_(format!(
                "Cannot cast array data from dtype('{}') to dtype('int64') according to the rule 'safe'",
                ty.dtype
            )));
        }
        if ty.shape.ndim() > 1 {
            return Err(Error::value("object too deep for desired array"));
        }
        let counts = array.astype(DType::I64).elements::<i64>("repeat")?;
        Ok(match counts[..] {
            [count] => Repeats::All(count),
            _ => Repeats::Each(counts),
        })
    }
}

/// An array with the axis that is repeated along; a 0-d array has one position.
fn line(builder: &mut Builder<'_>, x: &Operand<'_>, axes: &Axes) -> Result<(NodeId, usize)> {
    axes.arguments("repeat", &[])?;
    let x = builder.operand(x)?;
    line_of(builder, x, axes.single()?, Of0d::OneAxis)
}

/// The extent of that axis.
fn extent_along(x: &Operand<'_>, axes: &Axes) -> Result<usize> {
    let shape = match x.as_array() {
        Some(array) => array.try_shape()?,
        None => Shape::scalar(),
    };
    let (shape, axis) = line_in(&shape, axes.single()?, Of0d::OneAxis)?;
    Ok(shape[axis])
}

/// The position of each repeated element.
#[track_caller]
fn positions(counts: &[i64], extent: usize) -> Result<NdArray> {
    if counts.len() != extent {
        let n_counts = counts.len();
        return Err(Error::value(format!(
            "operands could not be broadcast together with shape ({extent},) ({n_counts},)"
        )));
    }
    let mut total = 0usize;
    for &count in counts {
        let count = usize::try_from(count).map_err(|_| Error::value("repeats may not contain negative values."))?;
        total = total.saturating_add(count);
    }
    let shape = Shape::from([total]).checked()?;
    let mut positions: Vec<i64> = Vec::with_capacity(total);
    for (position, &count) in counts.iter().enumerate() {
        positions.resize(positions.len() + count as usize, position as i64);
    }
    Ok(from_checked_bytes(Type { dtype: DType::I64, shape }, bytemuck::cast_slice(&positions)))
}

/// Each position of an axis so many times.
fn each(builder: &mut Builder<'_>, x: NodeId, axis: usize, count: usize) -> Result<NodeId> {
    let shape = builder.shape(x)?;
    let (mut apart, mut spread, mut whole) = (shape.clone(), shape.clone(), shape);
    whole.as_mut_slice()[axis] = whole[axis].saturating_mul(count);
    whole.check()?;
    if count == 1 {
        return Ok(x);
    }
    apart.insert(axis + 1, 1);
    spread.insert(axis + 1, count);
    let x = builder.reshape(x, apart)?;
    let x = builder.broadcast(x, &spread)?;
    builder.reshape(x, whole)
}

/// The elements in row-major order under a new shape: cut off, or repeated from the start, if there are more or fewer of
/// them than it has room for.
///
/// **Shapes**: `[…]` to the shape given.
/// **Dtypes**: any, to the same.
///
/// # Errors
/// The result is in error (`ValueError`) for a negative extent, or an array that is too big.
///
/// # Examples
/// ```
/// assert_eq!(hloom::resize([1, 2, 3], [2, 4]).to_string(), "[[1 2 3 1]\n [2 3 1 2]]");
/// assert_eq!(hloom::resize([1, 2, 3], 2).to_string(), "[1 2]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.resize.html>
#[track_caller]
pub fn resize<'a>(x: impl IntoOperand<'a>, new_shape: impl IntoShape) -> NdArray {
    let (x, shape) = (x.into_operand(), new_shape.into_shape());
    Call::of("resize", &x).record(|builder| {
        let shape = shape?;
        let x = builder.operand(&x)?;
        let Type { dtype, shape: old } = builder.ty(x)?.clone();
        let (found, wanted) = (old.size(), shape.size());
        if found == 0 || wanted == 0 {
            return builder.full(Literal::zero(dtype), &shape);
        }
        filling(builder, x, &shape)
    })
}

/// The elements of an array in row-major order, repeated until they fill a shape. There are some, and room for some.
pub(super) fn filling(builder: &mut Builder<'_>, x: NodeId, shape: &Shape) -> Result<NodeId> {
    let (found, wanted) = (builder.ty(x)?.shape.size(), shape.size());
    if found == 1 {
        let element = builder.reshape(x, Shape::scalar())?;
        return builder.broadcast(element, shape);
    }
    let line = Shape::from([found]);
    let mut flat = builder.reshape(x, line.clone())?;
    if wanted > found {
        flat = side_by_side(builder, flat, &line, &Shape::from([wanted.div_ceil(found)]))?;
    }
    let cut = part(builder, flat, 0, 0..wanted)?;
    builder.reshape(cut, shape.clone())
}

/// Elements repeated.
impl NdArray {
    /// Each element so many times; see [`repeat`].
    #[track_caller]
    pub fn repeat<'b>(&self, repeats: impl IntoOperand<'b>, axis: impl Into<Axes>) -> NdArray {
        repeat(self, repeats, axis)
    }

    /// Makes this handle refer to the elements in row-major order under a new shape: cut off, or followed by zeros, where
    /// the function [`resize`] repeats them.
    ///
    /// # Errors
    /// The array is then in error (`ValueError`) for a negative extent, or an array that is too big.
    ///
    /// # Examples
    /// ```
    /// let mut x = hloom::array([1, 2, 3]);
    /// x.resize([2, 2]);
    /// assert_eq!(x.to_string(), "[[1 2]\n [3 0]]");
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.resize.html>
    #[track_caller]
    pub fn resize(&mut self, new_shape: impl IntoShape) {
        let shape = new_shape.into_shape();
        let resized = Call::of("resize", &*self).record(|builder| {
            let shape = shape?;
            let Type { dtype, shape: old } = builder.ty(self.node())?.clone();
            let (found, wanted) = (old.size(), shape.size());
            let flat = builder.reshape(self.node(), Shape::from([found]))?;
            let cut = part(builder, flat, 0, 0..found.min(wanted))?;
            let zero = builder.constant(Literal::zero(dtype));
            let filled = padded(builder, cut, 0, (0, wanted.saturating_sub(found)), zero)?;
            builder.reshape(filled, shape)
        });
        *self = resized;
    }
}
