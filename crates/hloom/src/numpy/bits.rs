//! Bits packed into bytes, and taken out of them.

use hloom_ir::{AxisSet, Binary, DType, Kind, Literal, NodeId, Reducer, Shape, Type};

use super::along::{Of0d, line_of, padded, part};
use crate::record::{Build, Builder, Call, IntoOperand};
use crate::{Axes, BitOrder, Error, NdArray, Result};

/// Bits of a byte.
const N_BITS: usize = 8;

/// The elements as bits, eight to a byte: whether they are not zero. The last byte is filled up with zeros.
///
/// **Shapes**: `[…, n, …]` to `[…, ⌈n/8⌉, …]` along an axis, or flattened with `..`.
/// **Dtypes**: bool and integers, to uint8.
/// **Keywords**, through [`axis`](crate::axis()): bitorder.
///
/// # Errors
/// The result is in error: `TypeError` for other dtypes or several axes, `AxisError`.
///
/// # Examples
/// ```
/// use hloom::{BitOrder, axis};
/// let x = hloom::array([[1, 0, 1], [0, 0, 3]]);
/// assert_eq!(hloom::packbits(&x, 1).to_string(), "[[160]\n [ 32]]");
/// assert_eq!(hloom::packbits(&x, axis(..).bitorder(BitOrder::Little)).to_string(), "[37]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.packbits.html>
#[track_caller]
pub fn packbits<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("packbits", &a).record(|builder| {
        let keywords = axes.arguments("packbits", &["bitorder"])?;
        let a = builder.operand(&a)?;
        if !matches!(builder.dtype(a)?.kind(), Kind::Bool | Kind::Signed | Kind::Unsigned) {
            return Err(Error::type_("Expected an input array of integer or boolean data type"));
        }
        let truths = builder.convert(a, DType::Bool)?;
        let bits = builder.convert(truths, DType::U8)?;
        let (bits, axis) = line_of(builder, bits, axes.single()?, Of0d::OneAxis)?;
        let n_bytes = builder.shape(bits)?[axis].div_ceil(N_BITS);
        let bits = resized(builder, bits, axis, N_BITS * n_bytes)?;
        let mut shape = builder.shape(bits)?;
        shape.as_mut_slice()[axis] = n_bytes;
        shape.insert(axis + 1, N_BITS);
        let bits = builder.reshape(bits, shape)?;
        let shifts = shifts(builder, keywords.bitorder.unwrap_or_default(), bits, axis + 1)?;
        let shifted = builder.apply(Binary::LeftShift, bits, shifts)?;
        builder.reduce(Reducer::Sum, shifted, AxisSet::from_iter([axis + 1]))
    })
}

/// The bits of bytes, as zeros and ones.
///
/// **Shapes**: `[…, n, …]` to `[…, 8n, …]` along an axis, or flattened with `..`; with `count` so many of these bits,
/// filled up with zeros, or, if it is negative, without so many at the end.
/// **Dtypes**: uint8, to uint8.
/// **Keywords**, through [`axis`](crate::axis()): count, bitorder.
///
/// # Errors
/// The result is in error: `TypeError` for other dtypes or several axes, `AxisError`, `ValueError` for a `count` that
/// leaves out more bits than there are.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::array([5u8, 255]);
/// assert_eq!(hloom::unpackbits(&x, axis(0).count(11)).to_string(), "[0 0 0 0 0 1 0 1 1 1 1]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.unpackbits.html>
#[track_caller]
pub fn unpackbits<'a>(a: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
    let (a, axes) = (a.into_operand(), axis.into());
    Call::of("unpackbits", &a).record(|builder| {
        let keywords = axes.arguments("unpackbits", &["bitorder", "count"])?;
        let a = builder.operand(&a)?;
        if builder.dtype(a)? != DType::U8 {
            return Err(Error::type_("Expected an input array of unsigned byte data type"));
        }
        let (bytes, axis) = line_of(builder, a, axes.single()?, Of0d::OneAxis)?;
        let mut shape = builder.shape(bytes)?;
        let n_bits = (N_BITS * shape[axis]) as i64;
        let count = match keywords.count {
            Some(count) if n_bits.saturating_add(count) < 0 => {
                return Err(Error::value("-count larger than number of elements"));
            }
            Some(count) if count < 0 => n_bits + count,
            count => count.unwrap_or(n_bits),
        };
        let mut apart = shape.clone();
        apart.insert(axis + 1, 1);
        let bytes = builder.reshape(bytes, apart)?;
        let shifts = shifts(builder, keywords.bitorder.unwrap_or_default(), bytes, axis + 1)?;
        let shifted = builder.apply(Binary::RightShift, bytes, shifts)?;
        let one = builder.constant(Literal::new(1u8));
        let bits = builder.apply(Binary::BitwiseAnd, shifted, one)?;
        shape.as_mut_slice()[axis] *= N_BITS;
        let bits = builder.reshape(bits, shape)?;
        resized(builder, bits, axis, count as usize)
    })
}

/// How far each bit is from the lowest one, along an axis of an array.
fn shifts(builder: &mut Builder<'_>, order: BitOrder, x: NodeId, axis: usize) -> Result<NodeId> {
    let n_after = builder.shape(x)?.ndim() - axis - 1;
    let shape: Shape = std::iter::once(N_BITS).chain(std::iter::repeat_n(1, n_after)).collect();
    let places = builder.iota(Type { dtype: DType::U8, shape }, 0)?;
    match order {
        BitOrder::Little => Ok(places),
        BitOrder::Big => {
            let last = builder.constant(Literal::new(N_BITS as u8 - 1));
            builder.apply(Binary::Subtract, last, places)
        }
    }
}

/// The first elements along an axis, filled up with zeros where there are not so many.
fn resized(builder: &mut Builder<'_>, x: NodeId, axis: usize, extent: usize) -> Result<NodeId> {
    let Type { dtype, shape } = builder.ty(x)?.clone();
    let own = shape[axis];
    let first = part(builder, x, axis, 0..extent.min(own))?;
    let zero = builder.constant(Literal::zero(dtype));
    padded(builder, first, axis, (0, extent.saturating_sub(own)), zero)
}
