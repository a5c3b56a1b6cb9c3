//! What an array says of itself, and how it is read. What can be computed with it is in [`crate::numpy`].

use std::panic::Location;
use std::sync::Arc;

use hloom_ir::{DType, Element, Kind, Shape, Type};

use crate::eval::driver::driver;
use crate::eval::program::lazy_options;
use crate::eval::value::Value;
use crate::list::List;
use crate::record::{self, Purpose, ScopeId};
use crate::{Error, NdArray, Result, guard};

impl NdArray {
    /// Dtype and shape.
    ///
    /// # Errors
    /// The error of an array in error.
    pub fn try_type(&self) -> Result<Type> {
        record::lock().ty(self.node()).cloned()
    }

    /// The extents, outermost axis first.
    ///
    /// # Errors
    /// The error of an array in error.
    pub fn try_shape(&self) -> Result<Shape> {
        record::lock().ty(self.node()).map(|ty| ty.shape.clone())
    }

    /// The element type.
    ///
    /// # Errors
    /// The error of an array in error.
    pub fn try_dtype(&self) -> Result<DType> {
        record::lock().ty(self.node()).map(|ty| ty.dtype)
    }

    /// The extents, outermost axis first. Runs nothing.
    ///
    /// # Panics
    /// If the array is in error, with that error. [`NdArray::try_shape`] does not panic.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::zeros([2, 3]);
    /// assert_eq!(x.shape(), [2, 3]);
    /// ```
    #[track_caller]
    pub fn shape(&self) -> Shape {
        or_panic(self.try_shape())
    }

    /// The extents as an array of as many as are expected. Runs nothing.
    ///
    /// # Errors
    /// `ValueError` if the array has another number of axes; the error of an array in error.
    ///
    /// # Examples
    /// ```
    /// let [n, m] = hloom::zeros((2, 3)).dims()?;
    /// assert_eq!((n, m), (2, 3));
    /// assert!(hloom::zeros(3).dims::<2>().is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    pub fn dims<const N: usize>(&self) -> Result<[usize; N]> {
        let shape = self.try_shape()?;
        let error = || Error::value(format!("dims: expected {N} axes, got an array of shape {shape}"));
        <[usize; N]>::try_from(&*shape).map_err(|_| error())
    }

    /// The element type. Runs nothing.
    ///
    /// # Panics
    /// If the array is in error, with that error. [`NdArray::try_dtype`] does not panic.
    #[track_caller]
    pub fn dtype(&self) -> DType {
        or_panic(self.try_dtype())
    }

    /// The number of axes.
    ///
    /// # Panics
    /// If the array is in error, with that error.
    #[track_caller]
    pub fn ndim(&self) -> usize {
        self.shape().ndim()
    }

    /// The number of elements.
    ///
    /// # Panics
    /// If the array is in error, with that error.
    #[track_caller]
    pub fn size(&self) -> usize {
        self.shape().size()
    }

    /// Bytes of one element.
    ///
    /// # Panics
    /// If the array is in error, with that error.
    #[track_caller]
    pub fn itemsize(&self) -> usize {
        self.dtype().size()
    }

    /// Bytes of all elements.
    ///
    /// # Panics
    /// If the array is in error, with that error.
    #[track_caller]
    pub fn nbytes(&self) -> usize {
        or_panic(self.try_type()).size_bytes()
    }

    /// The extent of axis 0, as Python's `len()`.
    ///
    /// # Errors
    /// `TypeError` for a 0-d array; the error of an array in error.
    ///
    /// # Examples
    /// ```
    /// assert_eq!(hloom::zeros([5, 2]).len()?, 5);
    /// assert!(hloom::array(1.0).len().is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "len is Python's len(), the extent of axis 0, and can fail")]
    pub fn len(&self) -> Result<usize> {
        self.try_shape()?.first().copied().ok_or_else(|| Error::type_("len() of unsized object"))
    }

    /// Returns the error of an array in error, without running anything.
    ///
    /// # Errors
    /// The error of the operation at fault, with its line.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let bad = hloom::zeros(3) + hloom::zeros(4);
    /// assert_eq!(bad.check().unwrap_err().kind(), ErrorKind::Value);
    /// ```
    pub fn check(&self) -> Result<&NdArray> {
        self.try_dtype().map(|_| self)
    }

    /// The materialized array: computes what is recorded, and keeps the result on the device.
    ///
    /// # Errors
    /// The error of an array in error; what compiling or running reports.
    ///
    /// # Examples
    /// ```
    /// let x = hloom::arange(3) * 2;
    /// let tensor = x.data()?;
    /// assert_eq!(*tensor.shape(), [3]);
    /// let y = hloom::NdArray::from_tensor(&tensor);
    /// assert_eq!(y.tolist()?, [0, 2, 4]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn data(&self) -> Result<Tensor> {
        let value = self.materialize("data")?;
        // Wait for the result, so that an error of the run is reported here and not to a later reader.
        value.ready()?;
        Ok(Tensor { value })
    }

    /// An array of a tensor's value. The buffer is shared, not copied.
    #[track_caller]
    pub fn from_tensor(tensor: &Tensor) -> NdArray {
        record::leaf(tensor.value.clone())
    }

    /// The nested list of the elements, as Python's `ndarray.tolist()`.
    ///
    /// # Errors
    /// As [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// let x = hloom::arange(4).reshape([2, 2]);
    /// assert_eq!(x.tolist()?.to_string(), "[[0, 1], [2, 3]]");
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.tolist.html>
    #[track_caller]
    pub fn tolist(&self) -> Result<List> {
        let value = self.materialize("tolist")?;
        value.read(|bytes| List::from_bytes(bytes, value.ty()))?.map_err(Error::internal)
    }

    /// The elements in row-major order.
    ///
    /// # Errors
    /// `TypeError` if `T` is not the array's element type; else as [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// let x = hloom::linspace(0.0, 1.0, 3);
    /// assert_eq!(x.to_vec::<f64>()?, [0.0, 0.5, 1.0]);
    /// assert!(x.to_vec::<f32>().is_err());
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        self.elements("to_vec")
    }

    /// The elements, for an operation that has to know them.
    #[track_caller]
    pub(crate) fn elements<T: Element>(&self, what: &'static str) -> Result<Vec<T>> {
        let dtype = self.try_dtype()?;
        if dtype != T::DTYPE {
            return Err(Error::type_(format!(
                "{what}: expected elements of {}, got an array of {dtype}; astype converts",
                T::DTYPE
            )));
        }
        self.materialize(what)?.read(T::from_bytes)
    }

    /// The elements' bytes in row-major order and native byte order.
    ///
    /// # Errors
    /// As [`NdArray::data`].
    #[track_caller]
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.bytes_for("to_bytes")
    }

    /// The bytes for an operation that has to know them.
    #[track_caller]
    pub(crate) fn bytes_for(&self, what: &'static str) -> Result<Vec<u8>> {
        self.materialize(what)?.read(<[u8]>::to_vec)
    }

    /// The one element of an array of size 1.
    ///
    /// # Errors
    /// `ValueError` if the size is not 1, `TypeError` if `T` is not the element type; else as
    /// [`NdArray::data`].
    ///
    /// # Examples
    /// ```
    /// assert_eq!(hloom::ones([2, 3]).sum(..).item::<f64>()?, 6.0);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.ndarray.item.html>
    #[track_caller]
    pub fn item<T: Element>(&self) -> Result<T> {
        if self.try_shape()?.size() != 1 {
            return Err(Error::value("can only convert an array of size 1 to a Python scalar"));
        }
        let elements = self.elements::<T>("item")?;
        elements.first().copied().ok_or_else(|| Error::internal("an array of size 1 has no element"))
    }

    /// The truth of an array of size 1, as Python's `bool()`; also `bool::try_from(&x)`.
    ///
    /// # Errors
    /// `ValueError` if the size is not 1; else as [`NdArray::data`].
    #[track_caller]
    pub fn truth(&self) -> Result<bool> {
        match self.try_shape()?.size() {
            1 => self.materialize("bool")?.read(|bytes| is_true(bytes, self.try_dtype().unwrap_or(DType::Bool))),
            0 => Err(Error::value(
                "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array \
                 is not empty.",
            )),
            _ => Err(Error::value(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            )),
        }
    }

    /// The HLO text of the program that reading this array would compile. Runs nothing.
    ///
    /// A value already there is one parameter, returned as it is.
    ///
    /// # Errors
    /// The error of an array in error.
    ///
    /// # Examples
    /// ```
    /// let y = (hloom::zeros(3) + 1.0).sin();
    /// assert!(y.hlo()?.contains("sine("));
    /// # Ok::<(), hloom::Error>(())
    /// ```
    pub fn hlo(&self) -> Result<String> {
        let program = self.program()?;
        Ok(driver().module_text(&program, &lazy_options(&program))?)
    }

    /// The recorded program that reading this array would compile, in the library's own notation. Runs
    /// nothing.
    ///
    /// # Errors
    /// The error of an array in error.
    pub fn ir(&self) -> Result<String> {
        self.program().map(|program| program.to_string())
    }

    fn program(&self) -> Result<hloom_ir::Program> {
        let mut recorder = record::lock();
        recorder.ty(self.node())?;
        let extraction = recorder.extract(&[self.node()], Purpose::Show);
        Ok(recorder.program(&extraction))
    }

    /// The value, for an operation that waits for it: cut out of the graph, compiled and started if it is not
    /// there yet.
    #[track_caller]
    pub(crate) fn materialize(&self, what: &'static str) -> Result<Arc<Value>> {
        let line = Location::caller();
        let recorder = record::lock();
        recorder.ty(self.node())?;
        if recorder.scope(self.node()) != ScopeId::ROOT {
            return Err(recorder.valueless(self.node(), what, line));
        }
        let value = recorder.value(self.node()).cloned();
        if guard::denies_sync() && !value.as_ref().is_some_and(|value| value.is_on_host()) {
            let described = recorder.describe(self.node());
            return Err(guard::sync_denied(what, &described, value.is_some(), line));
        }
        if let Some(value) = value {
            return Ok(value);
        }
        let value = record::start(recorder, &[self.node()], |recorder| recorder.value(self.node()).cloned());
        value.ok_or_else(|| Error::internal("an array was not computed"))
    }

    /// Whether the array belongs to a trace: what it stands for is known when the program runs.
    pub(crate) fn is_traced(&self) -> bool {
        record::lock().scope(self.node()) != ScopeId::ROOT
    }

    /// Whether the value is known or being computed, so that reading it compiles nothing.
    pub fn is_materialized(&self) -> bool {
        record::lock().value(self.node()).is_some()
    }
}

/// Whether one element is true: not zero; NaN is true.
fn is_true(bytes: &[u8], dtype: DType) -> bool {
    // A negative zero is false, though its sign bit is set.
    let sign_free = |part: &[u8]| {
        part.iter().enumerate().any(|(idx, &byte)| {
            let is_top = idx + 1 == part.len();
            if is_top && cfg!(target_endian = "little") { byte & 0x7f != 0 } else { byte != 0 }
        })
    };
    match dtype.kind() {
        Kind::Float => sign_free(bytes),
        Kind::Complex => bytes.chunks(dtype.real().size()).any(sign_free),
        Kind::Bool | Kind::Signed | Kind::Unsigned => bytes.iter().any(|&byte| byte != 0),
    }
}

/// The value, or a panic with the error: for accessors that the design lets panic.
#[track_caller]
fn or_panic<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

impl TryFrom<&NdArray> for bool {
    type Error = Error;

    /// The truth of an array of size 1; see [`NdArray::truth`].
    #[track_caller]
    fn try_from(array: &NdArray) -> Result<bool> {
        array.truth()
    }
}

impl TryFrom<NdArray> for bool {
    type Error = Error;

    #[track_caller]
    fn try_from(array: NdArray) -> Result<bool> {
        array.truth()
    }
}

/// A materialized array: an immutable, typed and shaped buffer, as the attribute `data` of
/// `tf.experimental.numpy.ndarray` returns it.
#[derive(Clone, Debug)]
pub struct Tensor {
    value: Arc<Value>,
}

impl Tensor {
    /// The element type.
    pub fn dtype(&self) -> DType {
        self.value.ty().dtype
    }

    /// The extents.
    pub fn shape(&self) -> &Shape {
        &self.value.ty().shape
    }

    /// Lends the elements' bytes, in row-major order, without a copy where the device shares memory
    /// with the host.
    ///
    /// # Errors
    /// What the transfer reports.
    pub fn read<T>(&self, reader: impl FnOnce(&[u8]) -> T) -> Result<T> {
        self.value.read(reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truth_of_single_elements() {
        assert!(!is_true(&(-0.0f64).to_ne_bytes(), DType::F64));
        assert!(is_true(&f32::NAN.to_ne_bytes(), DType::F32));
        assert!(is_true(&f32::MIN_POSITIVE.to_ne_bytes(), DType::F32));
        assert!(!is_true(&[0; 8], DType::I64));
        assert!(is_true(&(-128i8).to_ne_bytes(), DType::I8));
        let imaginary = [0.0f32.to_ne_bytes(), 2.0f32.to_ne_bytes()].concat();
        assert!(is_true(&imaginary, DType::C64));
        let zero = [(-0.0f32).to_ne_bytes(), 0.0f32.to_ne_bytes()].concat();
        assert!(!is_true(&zero, DType::C64));
    }
}
