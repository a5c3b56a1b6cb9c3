//! The leaves of trees: arrays, what stands for arrays, and Rust's own values, which are static.

use hloom_ir::{DType, Shape, Type, Weak};
use num_complex::Complex;

use super::{Arrays, Tree, Visitor};
use crate::{IntoShape, NdArray, Result};

impl Tree for NdArray {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.array(self);
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> NdArray {
        arrays.next()
    }
}

/// What an array is, without its elements: a function can be lowered for it.
///
/// # Examples
/// ```
/// use hloom::{ShapeDtype, float32};
///
/// let double = hloom::jit(|x: hloom::NdArray| x * 2);
/// let lowered = double.lower(&ShapeDtype::new([1000, 1000], float32)?)?;
/// assert!(lowered.hlo_text()?.contains("f32[1000,1000]"));
/// # Ok::<(), hloom::Error>(())
/// ```
///
/// **Source**: <https://docs.jax.dev/en/latest/_autosummary/jax.ShapeDtypeStruct.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShapeDtype(Type);

impl ShapeDtype {
    /// The type of arrays of a shape and a dtype.
    ///
    /// # Errors
    /// `ValueError` for an extent that is negative, or more elements than can be addressed.
    pub fn new(shape: impl IntoShape, dtype: DType) -> Result<ShapeDtype> {
        let shape = shape.into_shape()?;
        Ok(ShapeDtype(Type { dtype, shape }))
    }

    /// The type of an array.
    ///
    /// # Errors
    /// The error of an array in error.
    pub fn of(array: &NdArray) -> Result<ShapeDtype> {
        array.try_type().map(ShapeDtype)
    }

    /// The extents.
    pub fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.0.dtype
    }

    /// An array that has this type and no value, to stand in a struct that a function is lowered for. To read
    /// it is an error.
    #[track_caller]
    pub fn abstract_array(&self) -> NdArray {
        crate::record::specified(self.0.clone())
    }

    pub(crate) fn of_type(ty: Type) -> ShapeDtype {
        ShapeDtype(ty)
    }

    pub(crate) fn ty(&self) -> &Type {
        &self.0
    }
}

impl Tree<NdArray> for ShapeDtype {
    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.spec(self);
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> NdArray {
        arrays.next()
    }
}

/// Numbers: a static value where a function takes the number's own type, a 0-d array where it takes an array.
macro_rules! numbers {
    ($($ty:ty, $number:ident => $($word:expr),+;)*) => { $(
        impl Tree for $ty {
            const IS_STATIC: bool = true;

            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                let $number = *self;
                visitor.words(&[$($word),+], self);
            }

            fn rebuild(&self, _arrays: &mut Arrays<'_>) -> $ty {
                *self
            }
        }

        impl Tree<NdArray> for $ty {
            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.number(Weak::from(*self));
            }

            fn rebuild(&self, arrays: &mut Arrays<'_>) -> NdArray {
                arrays.next()
            }
        }
    )* };
}

numbers! {
    bool, x => u64::from(x);
    i8, x => x as u64;
    i16, x => x as u64;
    i32, x => x as u64;
    i64, x => x as u64;
    i128, x => x as u64, (x >> 64) as u64;
    isize, x => x as u64;
    u8, x => u64::from(x);
    u16, x => u64::from(x);
    u32, x => u64::from(x);
    u64, x => x;
    usize, x => x as u64;
    half::f16, x => u64::from(x.to_bits());
    half::bf16, x => u64::from(x.to_bits());
    f32, x => u64::from(x.to_bits());
    f64, x => x.to_bits();
    Complex<f32>, x => u64::from(x.re.to_bits()), u64::from(x.im.to_bits());
    Complex<f64>, x => x.re.to_bits(), x.im.to_bits();
}

impl Tree for char {
    const IS_STATIC: bool = true;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.words(&[u64::from(*self)], self);
    }

    fn rebuild(&self, _arrays: &mut Arrays<'_>) -> char {
        *self
    }
}

impl Tree for DType {
    const IS_STATIC: bool = true;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.words(&[*self as u64], self);
    }

    fn rebuild(&self, _arrays: &mut Arrays<'_>) -> DType {
        *self
    }
}

impl Tree for String {
    const IS_STATIC: bool = true;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.bytes(self.as_bytes(), self);
    }

    fn rebuild(&self, _arrays: &mut Arrays<'_>) -> String {
        self.clone()
    }
}

impl Tree for &'static str {
    const IS_STATIC: bool = true;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.bytes(self.as_bytes(), self);
    }

    fn rebuild(&self, _arrays: &mut Arrays<'_>) -> &'static str {
        self
    }
}
