//! Arrays from memory: bytes that already are elements, and what iterators yield.

use hloom_ir::{DType, Element, Shape, Type};

use crate::convert::{Nested, from_filled};
use crate::{Error, NdArray, Result};

/// The array of bytes that are elements already, in this machine's order; they are copied.
///
/// A part of the bytes is a slice of them: NumPy's `offset` and `count` are not needed.
///
/// **Shapes**: to `[n]`, as many as the bytes hold.
/// **Dtypes**: as given. To bool every byte but 0 is true.
///
/// # Errors
/// `ValueError` if the number of bytes is no multiple of the element's size; `MemoryError`.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let bytes = [1u8, 0, 2, 0, 255, 255];
/// assert_eq!(hloom::frombuffer(&bytes, int16)?.tolist()?, [1, 2, -1]);
/// assert!(hloom::frombuffer(&bytes, int32).is_err());
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.frombuffer.html>
#[track_caller]
pub fn frombuffer(buffer: impl AsRef<[u8]>, dtype: DType) -> Result<NdArray> {
    let bytes = buffer.as_ref();
    if !bytes.len().is_multiple_of(dtype.size()) {
        return Err(Error::value(format!(
            "buffer size must be a multiple of element size: got {} bytes for elements of {} bytes ({dtype})",
            bytes.len(),
            dtype.size()
        )));
    }
    let ty = Type { dtype, shape: Shape::from([bytes.len() / dtype.size()]) };
    from_filled(ty, |memory| {
        memory.copy_from_slice(bytes);
        if dtype == DType::Bool {
            memory.iter_mut().for_each(|byte| *byte = u8::from(*byte != 0));
        }
        Ok(())
    })
}

/// A 1-d array of what an iterator yields, of the dtype of the elements.
///
/// # Examples
/// ```
/// let x = hloom::fromiter((0..4).map(|n| f64::from(n) / 2.0));
/// assert_eq!(x.to_string(), "[0.  0.5 1.  1.5]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.fromiter.html>
#[track_caller]
pub fn fromiter<T: Element + Nested<Scalar = T>>(iter: impl IntoIterator<Item = T>) -> NdArray {
    NdArray::from(iter.into_iter().collect::<Vec<T>>())
}
