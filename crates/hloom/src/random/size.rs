//! How many numbers are drawn, and the keyword arguments that hang on it.

use hloom_ir::{DType, Shape, broadcast_shapes};

use crate::record::{IntoOperand, Operand};
use crate::{Error, IntoExtent, IntoShape, Result};

/// How many numbers are drawn, NumPy's `size`, and NumPy's other keyword arguments of the function.
///
/// Written as a shape, or as `..` (NumPy's `None`) for one number, or one for each element of the arguments. [`size`] adds
/// keyword arguments: `size(3).dtype(float32)`, `size((2, 2)).replace(false)`. One that the function does not have gives a
/// result in error (`TypeError`).
#[derive(Clone, Debug)]
pub struct Size {
    shape: Option<Result<Shape>>,
    pub(super) dtype: Option<DType>,
    pub(super) endpoint: Option<bool>,
    pub(super) replace: Option<bool>,
    pub(super) p: Option<Operand<'static>>,
    pub(super) axis: Option<i64>,
    pub(super) shuffle: Option<bool>,
}

/// How many numbers are drawn, to add keyword arguments.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// use hloom::random::{default_rng, size};
///
/// let mut rng = default_rng(1);
/// assert_eq!(rng.random(size((2, 3)).dtype(float32)).dtype(), float32);
/// assert_eq!(rng.integers(6, 6, size(2).endpoint(true)).to_string(), "[6 6]");
/// assert_eq!(rng.choice(3, size(3).replace(false)).sum(..).item::<i64>()?, 3);
/// # Ok::<(), hloom::Error>(())
/// ```
pub fn size(size: impl Into<Size>) -> Size {
    size.into()
}

impl Size {
    fn new(shape: Option<Result<Shape>>) -> Size {
        Size { shape, dtype: None, endpoint: None, replace: None, p: None, axis: None, shuffle: None }
    }

    /// The dtype of the numbers.
    pub fn dtype(self, dtype: DType) -> Size {
        Size { dtype: Some(dtype), ..self }
    }

    /// Whether the upper bound is drawn too.
    pub fn endpoint(self, endpoint: bool) -> Size {
        Size { endpoint: Some(endpoint), ..self }
    }

    /// Whether an element can be drawn again, which it can if nothing is said.
    pub fn replace(self, replace: bool) -> Size {
        Size { replace: Some(replace), ..self }
    }

    /// How probable each element is, instead of all equally.
    pub fn p<'a>(self, p: impl IntoOperand<'a>) -> Size {
        Size { p: Some(p.into_operand().into_owned()), ..self }
    }

    /// The axis that is drawn along.
    pub fn axis(self, axis: impl IntoExtent) -> Size {
        Size { axis: Some(axis.into_extent()), ..self }
    }

    /// Whether what is drawn without replacement is in random order, which it is in either case.
    pub fn shuffle(self, shuffle: bool) -> Size {
        Size { shuffle: Some(shuffle), ..self }
    }

    /// Refuses keyword arguments that a function does not have.
    pub(super) fn check(&self, function: &str, known: &[&str]) -> Result<()> {
        let given = [
            (self.dtype.is_some(), "dtype"),
            (self.endpoint.is_some(), "endpoint"),
            (self.replace.is_some(), "replace"),
            (self.p.is_some(), "p"),
            (self.axis.is_some(), "axis"),
            (self.shuffle.is_some(), "shuffle"),
        ];
        match given.iter().find(|(is_given, name)| *is_given && !known.contains(name)) {
            None => Ok(()),
            Some((_, name)) => Err(Error::type_(format!("{function}() got an unexpected keyword argument '{name}'"))),
        }
    }

    /// The shape of numbers that depend on nothing.
    pub(super) fn shape(&self) -> Result<Shape> {
        self.shape.clone().unwrap_or_else(|| Ok(Shape::scalar()))
    }

    /// The shape of numbers that depend on arguments of some shapes, which broadcast to it.
    pub(super) fn over(&self, arguments: &[Shape]) -> Result<Shape> {
        let all = broadcast_shapes(arguments.iter().map(|shape| &**shape))?;
        let Some(shape) = self.shape.clone().transpose()? else { return Ok(all) };
        match broadcast_shapes([&*all, &*shape].into_iter()) {
            Ok(both) if both == shape => Ok(shape),
            Ok(both) => Err(Error::value(format!(
                "Output size {shape} is not compatible with broadcast dimensions of inputs {both}."
            ))),
            Err(_) => Err(Error::value(format!(
                "shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape \
                 {all} and arg 1 with shape {shape}."
            ))),
        }
    }
}

impl<T: IntoShape> From<T> for Size {
    fn from(shape: T) -> Size {
        Size::new(Some(shape.into_shape()))
    }
}

impl From<std::ops::RangeFull> for Size {
    fn from(_: std::ops::RangeFull) -> Size {
        Size::new(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(size: impl Into<Size>, arguments: &[&[usize]], expected: &str) {
        let arguments: Vec<Shape> = arguments.iter().map(|&shape| shape.iter().copied().collect()).collect();
        let found = match size.into().over(&arguments) {
            Ok(shape) => shape.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn arguments_broadcast_to_the_size() {
        check(.., &[&[], &[]], "()");
        check(.., &[&[2, 1], &[3]], "(2, 3)");
        check(5, &[&[], &[]], "(5,)");
        check((3, 2), &[&[2], &[]], "(3, 2)");
        check(
            3,
            &[&[2]],
            "ValueError: shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape (2,) and arg 1 with shape (3,).",
        );
        check(
            2,
            &[&[2, 1], &[2]],
            "ValueError: Output size (2,) is not compatible with broadcast dimensions of inputs (2, 2).",
        );
        check(-1, &[&[]], "ValueError: negative dimensions are not allowed");
    }

    #[test]
    fn unknown_keywords_are_refused() {
        let error = size(3).dtype(DType::F32).check("uniform", &["endpoint"]).unwrap_err();
        assert_eq!(error.to_string(), "TypeError: uniform() got an unexpected keyword argument 'dtype'");
    }
}
