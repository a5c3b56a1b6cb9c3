//! Arrays put together from blocks, laid out as nested lists are.

use std::panic::Location;

use super::as_array::leading;
use super::join::concatenated;
use crate::record::{Call, Operand, for_each_number};
use crate::{Error, NdArray, Result};

/// What [`block`] lays out: an array or a number, or a list of such, as an array, a vector or, if they are of different
/// types, a tuple.
#[derive(Clone, Debug)]
pub struct Block<'a>(Form<'a>);

#[derive(Clone, Debug)]
enum Form<'a> {
    Array(Operand<'a>),
    List(Vec<Block<'a>>),
}

/// An array put together from blocks: those of the innermost lists lie along the last axis, those of the lists around
/// them along the one before, and so on.
///
/// **Shapes**: those in a list equal but for its axis. Blocks with fewer axes than others, or than lists are deep, get
/// axes of extent 1 in front.
/// **Dtypes**: promoted; a number has the default dtype of its kind.
///
/// # Errors
/// The result is in error (`ValueError`) for shapes that do not fit, lists of different depth, and empty ones.
///
/// # Examples
/// ```
/// let (a, b) = (hloom::ones([2, 2]), hloom::zeros([2, 1]));
/// let x = hloom::block([[&a, &b], [&b.t(), &hloom::array([[5.0]])]]);
/// assert_eq!(x.to_string(), "[[1. 1. 0.]\n [1. 1. 0.]\n [0. 0. 5.]]");
/// assert_eq!(hloom::block((&a.ravel(), 7)).to_string(), "[1. 1. 1. 1. 7.]");
/// ```
///
/// **Source**: <https://numpy.org/doc/stable/reference/generated/numpy.block.html>, where a tuple is refused.
#[track_caller]
pub fn block<'a>(arrays: impl Into<Block<'a>>) -> NdArray {
    let whole = arrays.into();
    match whole.layout() {
        Ok(layout) => whole.joined(layout.depth, layout.ndim.max(layout.depth)),
        Err(error) => Call::named("block").error(error),
    }
}

/// How blocks are nested.
#[derive(Clone, Debug)]
struct Layout {
    /// How deep the lists are.
    depth: usize,
    /// The most axes of an array.
    ndim: usize,
}

impl<'a> Block<'a> {
    fn layout(&self) -> Result<Layout> {
        let mut place = Vec::new();
        let mut found = Layout { depth: self.depth(), ndim: 0 };
        self.inspect(&mut place, &mut found)?;
        Ok(found)
    }

    /// How deep the lists are along their first entries.
    fn depth(&self) -> usize {
        match &self.0 {
            Form::Array(_) => 0,
            Form::List(blocks) => 1 + blocks.first().map_or(0, Block::depth),
        }
    }

    /// Looks at every array, and refuses lists that are empty or of another depth than the first.
    fn inspect(&self, place: &mut Vec<usize>, found: &mut Layout) -> Result<()> {
        match &self.0 {
            Form::Array(operand) => {
                if place.len() != found.depth {
                    return Err(Error::value(format!(
                        "List depths are mismatched. First element was at depth {}, but there is an element at depth \
                         {} ({})",
                        found.depth,
                        place.len(),
                        named(place)
                    )));
                }
                if let Some(array) = operand.as_array() {
                    found.ndim = found.ndim.max(array.try_shape()?.ndim());
                }
            }
            Form::List(blocks) => {
                if blocks.is_empty() {
                    return Err(Error::value(format!("List at {} cannot be empty", named(place))));
                }
                for (idx, block) in blocks.iter().enumerate() {
                    place.push(idx);
                    block.inspect(place, found)?;
                    place.pop();
                }
            }
        }
        Ok(())
    }

    /// The array of a block in lists that are `depth` deep, with `ndim` axes.
    #[track_caller]
    fn joined(self, depth: usize, ndim: usize) -> NdArray {
        let line = Location::caller();
        match self.0 {
            Form::Array(operand) => leading("block", operand, ndim, line),
            Form::List(blocks) => {
                let mut arrays = Vec::with_capacity(blocks.len());
                for block in blocks {
                    arrays.push(Operand::Owned(block.joined(depth - 1, ndim)));
                }
                concatenated("block", arrays, (-(depth as i64)).into())
            }
        }
    }
}

/// A place in nested lists as Python writes it.
fn named(place: &[usize]) -> String {
    let indices: String = place.iter().map(|idx| format!("[{idx}]")).collect();
    format!("arrays{indices}")
}

impl<'a> From<Operand<'a>> for Block<'a> {
    fn from(array: Operand<'a>) -> Block<'a> {
        Block(Form::Array(array))
    }
}

impl<'a> From<&'a NdArray> for Block<'a> {
    fn from(array: &'a NdArray) -> Block<'a> {
        Block(Form::Array(Operand::Borrowed(array)))
    }
}

impl From<NdArray> for Block<'_> {
    fn from(array: NdArray) -> Self {
        Block(Form::Array(Operand::Owned(array)))
    }
}

macro_rules! numbers {
    ($($ty:ty),* $(,)?) => { $(
        impl From<$ty> for Block<'_> {
            fn from(number: $ty) -> Self {
                Block(Form::Array(Operand::Number(number.into())))
            }
        }
    )* };
}

for_each_number!(numbers);

impl<'a, T: Into<Block<'a>>, const N: usize> From<[T; N]> for Block<'a> {
    fn from(blocks: [T; N]) -> Block<'a> {
        Block(Form::List(blocks.into_iter().map(T::into).collect()))
    }
}

impl<'a, T: Into<Block<'a>>> From<Vec<T>> for Block<'a> {
    fn from(blocks: Vec<T>) -> Block<'a> {
        Block(Form::List(blocks.into_iter().map(T::into).collect()))
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<'a, $($name: Into<Block<'a>>),+> From<($($name,)+)> for Block<'a> {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn from(($($name,)+): ($($name,)+)) -> Block<'a> {
                Block(Form::List(vec![$($name.into()),+]))
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
