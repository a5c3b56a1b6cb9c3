//! Rust data to arrays and back.

use std::sync::Arc;

use half::{bf16, f16};
use hloom_backend::HostBytes;
use hloom_ir::{DType, Element, Shape, Type, Weak};
use num_complex::Complex;

use crate::eval::value::Value;
use crate::memory::Aligned;
use crate::record::{self, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// A vector of elements that became an array without being copied.
#[derive(Debug)]
struct Elements<T>(Vec<T>);

impl<T: Element> HostBytes for Elements<T> {
    fn bytes(&self) -> &[u8] {
        T::as_bytes(&self.0)
    }
}

/// The array of host memory whose length fits the type.
#[track_caller]
fn host_array(ty: Type, bytes: Arc<dyn HostBytes>) -> NdArray {
    record::leaf(Value::host(ty, bytes))
}

/// An array of as many elements as the shape has, which are not copied.
#[track_caller]
pub(crate) fn from_elements<T: Element>(shape: Shape, elements: Vec<T>) -> NdArray {
    host_array(Type { dtype: T::DTYPE, shape }, Arc::new(Elements(elements)))
}

/// An array of bytes that a caller has checked to fit the type; copied to aligned memory.
#[track_caller]
pub(crate) fn from_checked_bytes(ty: Type, bytes: &[u8]) -> NdArray {
    host_array(ty, Arc::new(Aligned::copy_of(bytes)))
}

/// An array of the bytes that `fill` puts in the place of zeros, at their final place in memory. Those of truth
/// values must be 0 or 1.
///
/// # Errors
/// `MemoryError`, and those of `fill`.
#[track_caller]
pub(crate) fn from_filled(ty: Type, fill: impl FnOnce(&mut [u8]) -> Result<()>) -> Result<NdArray> {
    let mut memory = Aligned::zeroed(ty.size_bytes())?;
    fill(memory.bytes_mut())?;
    Ok(host_array(ty, Arc::new(memory)))
}

/// Rust data that has the shape of an array: an element, or an array or vector of such data.
///
/// Vectors may be nested; their lengths must agree at every depth.
pub trait Nested: Sized {
    /// The element type at the bottom.
    type Scalar: Element;

    /// Appends the shape below this value, seen along the first element of every level.
    fn shape(&self, shape: &mut Shape);

    /// Appends the elements, checking them against the shape.
    ///
    /// # Errors
    /// `ValueError` if lengths differ at some depth.
    fn flatten(self, shape: &[usize], elements: &mut Vec<Self::Scalar>) -> Result<()>;

    /// The elements of a vector of such data, without a copy where it is one of elements.
    ///
    /// # Errors
    /// `ValueError` if lengths differ at some depth.
    fn flatten_vec(values: Vec<Self>, shape: &[usize]) -> Result<Vec<Self::Scalar>> {
        let mut elements = Vec::with_capacity(shape.iter().product());
        flatten_all(values.len(), values, shape, &mut elements)?;
        Ok(elements)
    }
}

fn flatten_all<T: Nested>(
    n_values: usize,
    values: impl IntoIterator<Item = T>,
    shape: &[usize],
    elements: &mut Vec<T::Scalar>,
) -> Result<()> {
    let (&extent, below) =
        shape.split_first().ok_or_else(|| Error::internal("nested data is deeper than its shape"))?;
    if n_values != extent {
        return Err(Error::value(format!(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape: expected \
             {extent} elements, got {n_values}"
        )));
    }
    values.into_iter().try_for_each(|value| value.flatten(below, elements))
}

macro_rules! scalars {
    ($($ty:ty),* $(,)?) => { $(
        impl Nested for $ty {
            type Scalar = $ty;

            fn shape(&self, _shape: &mut Shape) {}

            fn flatten(self, _shape: &[usize], elements: &mut Vec<$ty>) -> Result<()> {
                elements.push(self);
                Ok(())
            }

            fn flatten_vec(values: Vec<$ty>, _shape: &[usize]) -> Result<Vec<$ty>> {
                Ok(values)
            }
        }

        impl From<$ty> for NdArray {
            /// A 0-d array of the number's own dtype.
            #[track_caller]
            fn from(value: $ty) -> NdArray {
                from_checked_bytes(Type::scalar(<$ty>::DTYPE), <$ty>::as_bytes(&[value]))
            }
        }
    )* };
}

scalars!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64, Complex<f32>, Complex<f64>);

macro_rules! pointer_sized {
    ($($ty:ty),*) => { $(
        /// Positions and lengths are int64, as NumPy's `intp` is.
        impl Nested for $ty {
            type Scalar = i64;

            fn shape(&self, _shape: &mut Shape) {}

            fn flatten(self, _shape: &[usize], elements: &mut Vec<i64>) -> Result<()> {
                let element = i64::try_from(self);
                elements.push(element.map_err(|_| hloom_ir::Error::overflow(format!("{self} out of bounds for int64")))?);
                Ok(())
            }
        }
    )* };
}

pointer_sized!(usize, isize);

impl From<Weak> for NdArray {
    /// A 0-d array of the default dtype of the number's kind; an integer beyond int64 is uint64.
    #[track_caller]
    fn from(number: Weak) -> NdArray {
        let dtype = number.own_dtype();
        match number.to_literal(dtype) {
            Ok(literal) => from_checked_bytes(Type::scalar(dtype), literal.bytes()),
            Err(error) => Call::named("array").error(error.into()),
        }
    }
}

impl<T: Nested, const N: usize> Nested for [T; N] {
    type Scalar = T::Scalar;

    fn shape(&self, shape: &mut Shape) {
        shape.push(N);
        if let Some(first) = self.first() {
            first.shape(shape);
        }
    }

    fn flatten(self, shape: &[usize], elements: &mut Vec<T::Scalar>) -> Result<()> {
        flatten_all(N, self, shape, elements)
    }
}

impl<T: Nested> Nested for Vec<T> {
    type Scalar = T::Scalar;

    fn shape(&self, shape: &mut Shape) {
        shape.push(self.len());
        if let Some(first) = self.first() {
            first.shape(shape);
        }
    }

    fn flatten(self, shape: &[usize], elements: &mut Vec<T::Scalar>) -> Result<()> {
        flatten_all(self.len(), self, shape, elements)
    }
}

impl<T: Nested, const N: usize> From<[T; N]> for NdArray {
    /// An array of a Rust array, nested to any depth.
    #[track_caller]
    fn from(values: [T; N]) -> NdArray {
        NdArray::from(Vec::from(values))
    }
}

impl<T: Nested> From<Vec<T>> for NdArray {
    /// An array of a vector, nested to any depth. A vector of elements is not copied.
    ///
    /// Vectors of different lengths at one depth give an array in error (`ValueError`).
    #[track_caller]
    fn from(values: Vec<T>) -> NdArray {
        let mut shape = Shape::scalar();
        Nested::shape(&values, &mut shape);
        match T::flatten_vec(values, &shape) {
            Ok(elements) => from_elements(shape, elements),
            Err(error) => Call::named("array").error(error),
        }
    }
}

impl<T: Nested + Clone> From<&Vec<T>> for NdArray {
    /// An array of a copy of a vector, nested to any depth.
    ///
    /// Vectors of different lengths at one depth give an array in error (`ValueError`).
    #[track_caller]
    fn from(values: &Vec<T>) -> NdArray {
        NdArray::from(values.clone())
    }
}

impl<T: Nested + Clone, const N: usize> From<&[T; N]> for NdArray {
    /// An array of a copy of a Rust array, nested to any depth.
    #[track_caller]
    fn from(values: &[T; N]) -> NdArray {
        NdArray::from(values.clone())
    }
}

impl<T: Element + Nested> From<&[T]> for NdArray {
    /// A 1-d array with a copy of the elements.
    #[track_caller]
    fn from(values: &[T]) -> NdArray {
        from_checked_bytes(Type::new(T::DTYPE, [values.len()]), T::as_bytes(values))
    }
}

impl<'a, T: Nested, const N: usize> IntoOperand<'a> for [T; N] {
    #[track_caller]
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(NdArray::from(self))
    }
}

impl<'a, T: Nested + Clone> IntoOperand<'a> for &Vec<T> {
    #[track_caller]
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(NdArray::from(self))
    }
}

impl<'a, T: Nested + Clone, const N: usize> IntoOperand<'a> for &[T; N] {
    #[track_caller]
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(NdArray::from(self))
    }
}

impl<'a, T: Element + Nested> IntoOperand<'a> for &[T] {
    #[track_caller]
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(NdArray::from(self))
    }
}

impl<'a, T: Nested> IntoOperand<'a> for Vec<T> {
    #[track_caller]
    fn into_operand(self) -> Operand<'a> {
        Operand::Owned(NdArray::from(self))
    }
}

impl Operand<'_> {
    /// The operand as an array; a number becomes 0-d with the default dtype of its kind.
    ///
    /// # Examples
    /// ```
    /// use hloom::IntoOperand;
    /// assert_eq!(2.5.into_operand().into_array().dtype(), hloom::float64);
    /// ```
    #[track_caller]
    pub fn into_array(self) -> NdArray {
        match self {
            Operand::Borrowed(array) => array.clone(),
            Operand::Owned(array) => array,
            Operand::Number(number) => NdArray::from(number),
        }
    }
}

impl From<&NdArray> for NdArray {
    fn from(array: &NdArray) -> NdArray {
        array.clone()
    }
}

impl<T: Element, D: ndarray::Dimension> From<ndarray::Array<T, D>> for NdArray {
    /// An array of the same elements in row-major order; not copied if they lie so in memory.
    #[track_caller]
    fn from(array: ndarray::Array<T, D>) -> NdArray {
        let shape = Shape::from(array.shape());
        let elements = if array.is_standard_layout() {
            let (elements, offset) = array.into_raw_vec_and_offset();
            match offset {
                Some(0) | None if elements.len() == shape.size() => elements,
                offset => {
                    let offset = offset.unwrap_or(0);
                    elements[offset..offset + shape.size()].to_vec()
                }
            }
        } else {
            array.iter().copied().collect()
        };
        host_array(Type { dtype: T::DTYPE, shape }, Arc::new(Elements(elements)))
    }
}

impl<T: Element> TryFrom<&NdArray> for ndarray::ArrayD<T> {
    type Error = Error;

    /// The materialized elements as an array of the `ndarray` crate.
    fn try_from(array: &NdArray) -> Result<ndarray::ArrayD<T>> {
        let shape = array.try_shape()?;
        ndarray::ArrayD::from_shape_vec(&*shape, array.to_vec::<T>()?).map_err(Error::internal)
    }
}

impl NdArray {
    /// An array of elements given as bytes in row-major order and native byte order.
    ///
    /// # Errors
    /// `ValueError` if the number of bytes is not that of the shape and dtype.
    ///
    /// # Examples
    /// ```
    /// use hloom::prelude::*;
    /// let x = NdArray::from_bytes(vec![1, 0, 255], int8, [3])?;
    /// assert_eq!(x.tolist()?, [1, 0, -1]);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    #[track_caller]
    pub fn from_bytes(bytes: impl AsRef<[u8]>, dtype: DType, shape: impl crate::IntoShape) -> Result<NdArray> {
        let ty = Type { dtype, shape: shape.into_shape()? };
        let bytes = bytes.as_ref();
        if bytes.len() != ty.size_bytes() {
            return Err(Error::value(format!(
                "from_bytes: expected {} bytes for {dtype} of shape {}, got {}",
                ty.size_bytes(),
                ty.shape,
                bytes.len()
            )));
        }
        if dtype == DType::Bool && bytes.iter().any(|&byte| byte > 1) {
            // Devices compute with the bytes as they are: anything but 0 and 1 would be neither.
            let truths: Vec<bool> = bytes.iter().map(|&byte| byte != 0).collect();
            return Ok(from_checked_bytes(ty, bool::as_bytes(&truths)));
        }
        Ok(from_checked_bytes(ty, bytes))
    }
}
