//! Shapes and array types: broadcasting, axes, sizes. Knows nothing about operations.

use std::fmt;
use std::ops::Deref;

use smallvec::SmallVec;

use crate::{DType, Error, Result};

/// The most axes an array may have, as in NumPy.
pub const MAX_NDIM: usize = 64;

/// The extents of an array, outermost axis first. A 0-d array has an empty shape.
///
/// Dereferences to `[usize]` and prints as a Python tuple.
#[derive(PartialEq, Eq, Hash, Default)]
pub struct Shape(SmallVec<[usize; 4]>);

impl Shape {
    /// The most elements an array may have: what fits in `isize` bytes of the widest dtype.
    const MAX_SIZE: usize = isize::MAX as usize / 16;

    /// The shape of a 0-d array.
    pub const fn scalar() -> Shape {
        Shape(SmallVec::new_const())
    }

    /// The number of elements.
    #[inline]
    pub fn size(&self) -> usize {
        self.0.iter().product()
    }

    /// The number of axes.
    #[inline]
    pub fn ndim(&self) -> usize {
        self.0.len()
    }

    /// Refuses a shape with more elements than can be addressed, or more axes than NumPy allows.
    ///
    /// # Errors
    /// `ValueError`.
    pub fn check(&self) -> Result<()> {
        if self.0.len() > MAX_NDIM {
            return Err(Error::value(format!(
                "maximum supported dimension for an ndarray is currently {MAX_NDIM}, found {}",
                self.0.len()
            )));
        }
        let mut size = 1usize;
        for &extent in self.0.iter().filter(|&&extent| extent != 0) {
            size = size.checked_mul(extent).filter(|&size| size <= Shape::MAX_SIZE).ok_or_else(|| {
                Error::value(format!("array is too big; shape {self} has more elements than can be addressed"))
            })?;
        }
        Ok(())
    }

    /// The shape, if it passes [`Shape::check`].
    ///
    /// # Errors
    /// `ValueError`.
    pub fn checked(self) -> Result<Shape> {
        self.check()?;
        Ok(self)
    }

    /// Appends an axis on the inside.
    #[inline]
    pub fn push(&mut self, extent: usize) {
        self.0.push(extent);
    }

    /// Inserts an axis.
    ///
    /// # Panics
    /// If `axis` is greater than the number of axes.
    pub fn insert(&mut self, axis: usize, extent: usize) {
        self.0.insert(axis, extent);
    }

    /// The extents as a mutable slice.
    #[inline]
    pub fn as_mut_slice(&mut self) -> &mut [usize] {
        &mut self.0
    }
}

impl Clone for Shape {
    #[inline]
    fn clone(&self) -> Shape {
        // Copies the extents at once; the derived clone goes through an iterator, and every recorded
        // operation clones a shape.
        Shape(SmallVec::from_slice(&self.0))
    }
}

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(extents: I) -> Shape {
        Shape(extents.into_iter().collect())
    }
}

impl From<&[usize]> for Shape {
    fn from(extents: &[usize]) -> Shape {
        Shape(SmallVec::from_slice(extents))
    }
}

impl From<Vec<usize>> for Shape {
    fn from(extents: Vec<usize>) -> Shape {
        Shape(SmallVec::from_vec(extents))
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(extents: [usize; N]) -> Shape {
        Shape(SmallVec::from_slice(&extents))
    }
}

impl PartialEq<[usize]> for Shape {
    fn eq(&self, other: &[usize]) -> bool {
        self.0.as_slice() == other
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        self.0.as_slice() == other
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => write!(f, "({only},)"),
            extents => {
                f.write_str("(")?;
                for (axis, extent) in extents.iter().enumerate() {
                    if axis > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{extent}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The dtype and shape of an array.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Type {
    /// The element type.
    pub dtype: DType,
    /// The extents.
    pub shape: Shape,
}

impl Type {
    /// An array type.
    pub fn new(dtype: DType, shape: impl Into<Shape>) -> Type {
        Type { dtype, shape: shape.into() }
    }

    /// The type of a 0-d array.
    pub const fn scalar(dtype: DType) -> Type {
        Type { dtype, shape: Shape::scalar() }
    }

    /// Bytes of an array of this type, dense.
    pub fn size_bytes(&self) -> usize {
        self.shape.size() * self.dtype.size()
    }

    /// Bytes of a dense array of this type, or `None` if no address space holds it.
    ///
    /// Zero extents do not excuse the others: compilers multiply them in an order of their own.
    pub fn checked_size_bytes(&self) -> Option<usize> {
        let mut size = self.dtype.size();
        let mut is_empty = false;
        for &extent in self.shape.iter() {
            is_empty |= extent == 0;
            size = size.checked_mul(extent.max(1)).filter(|&size| size <= isize::MAX as usize)?;
        }
        Some(if is_empty { 0 } else { size })
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[", self.dtype.short_name())?;
        for (axis, extent) in self.shape.iter().enumerate() {
            if axis > 0 {
                f.write_str(",")?;
            }
            write!(f, "{extent}")?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The shape that NumPy's broadcasting gives to operands of these shapes.
///
/// # Errors
/// `ValueError` naming every shape if two extents differ and neither is 1.
pub fn broadcast_shapes<'a>(shapes: impl Iterator<Item = &'a [usize]> + Clone) -> Result<Shape> {
    let ndim = shapes.clone().map(<[usize]>::len).max().unwrap_or(0);
    let mut result = Shape(SmallVec::from_elem(1, ndim));
    for shape in shapes.clone() {
        let offset = ndim - shape.len();
        for (axis, &extent) in shape.iter().enumerate() {
            let merged = &mut result.0[offset + axis];
            if *merged == 1 {
                *merged = extent;
            } else if extent != 1 && extent != *merged {
                let all: Vec<String> = shapes.map(tight).collect();
                return Err(Error::value(format!(
                    "operands could not be broadcast together with shapes {}",
                    all.join(" ")
                )));
            }
        }
    }
    Ok(result)
}

/// A shape as NumPy prints it in this one message: without spaces.
fn tight(shape: &[usize]) -> String {
    Shape::from(shape).to_string().replace(' ', "")
}

/// An axis counted from the end if negative, as an index.
///
/// # Errors
/// `AxisError` if the array has no such axis.
pub fn normalize_axis(axis: i64, ndim: usize) -> Result<usize> {
    let rank = ndim as i64;
    if axis < -rank || axis >= rank {
        return Err(Error::axis(format!("axis {axis} is out of bounds for array of dimension {ndim}")));
    }
    Ok(if axis < 0 { axis + rank } else { axis } as usize)
}

/// Several axes, each counted from the end if negative, in the order given.
///
/// # Errors
/// `AxisError` if the array lacks one, `ValueError` if one is given twice.
pub fn normalize_axes(axes: &[i64], ndim: usize) -> Result<SmallVec<[usize; 4]>> {
    let mut result = SmallVec::new();
    for &axis in axes {
        let axis = normalize_axis(axis, ndim)?;
        if result.contains(&axis) {
            return Err(Error::value("duplicate value in 'axis'"));
        }
        result.push(axis);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_print_as_tuples() {
        assert_eq!(Shape::scalar().to_string(), "()");
        assert_eq!(Shape::from([3]).to_string(), "(3,)");
        assert_eq!(Shape::from([2, 0]).to_string(), "(2, 0)");
        assert_eq!(Type::new(DType::F32, [2, 3]).to_string(), "f32[2,3]");
    }

    #[test]
    fn sizes_do_not_overflow() {
        assert_eq!(Type::new(DType::F32, [2, 3]).checked_size_bytes(), Some(24));
        assert_eq!(Type::scalar(DType::C128).checked_size_bytes(), Some(16));
        assert_eq!(Type::new(DType::F32, [0, 3]).checked_size_bytes(), Some(0));
        assert_eq!(Type::new(DType::F32, [usize::MAX]).checked_size_bytes(), None);
        assert_eq!(Type::new(DType::F32, [0, usize::MAX]).checked_size_bytes(), None);
        assert_eq!(Type::new(DType::F32, [0, usize::MAX, 2]).checked_size_bytes(), None);
        assert_eq!(Type::new(DType::F32, [1 << 32, 1 << 32]).checked_size_bytes(), None);
    }

    #[test]
    fn broadcasting_follows_numpy() {
        let broadcast = |shapes: &[&[usize]]| broadcast_shapes(shapes.iter().copied());
        assert_eq!(broadcast(&[&[3, 1], &[4]]).unwrap(), [3, 4]);
        assert_eq!(broadcast(&[&[0], &[1]]).unwrap(), [0]);
        assert_eq!(broadcast(&[]).unwrap(), Shape::scalar());
        assert_eq!(
            broadcast(&[&[3], &[2, 4]]).unwrap_err().message,
            "operands could not be broadcast together with shapes (3,) (2,4)"
        );
    }

    #[test]
    fn too_many_elements_are_refused() {
        assert!(Shape::from([1 << 40, 1 << 40]).checked().is_err());
        assert!(Shape::from([0, 1 << 40]).checked().is_ok());
    }

    #[test]
    fn axes_count_from_the_end() {
        assert_eq!(normalize_axis(-1, 3).unwrap(), 2);
        assert_eq!(normalize_axis(3, 3).unwrap_err().kind, crate::ErrorKind::Axis);
        assert!(normalize_axes(&[0, -3], 3).is_err());
    }
}
