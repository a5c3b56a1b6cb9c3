//! Indexing: what a caller may write in brackets, and the plan it comes to.
//!
//! A plan has two steps, as NumPy's indexing has: slices, integers and new axes first, then index
//! arrays on what is left. Reading and writing follow the same plan.

mod at;
mod cut;
mod get;
mod located;
mod mode;
mod plan;
mod set;
mod step;
mod update;

pub(crate) use cut::{Cut, slice, within};
pub(crate) use set::{INPUT_ARRAY, assigned, fitted, value_as};

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

pub use at::at;
pub use mode::IndexMode;

pub(crate) use located::{Located, require_positions};

use crate::{IntoExtent, NdArray};

/// One entry of an index, as between the commas of Python's brackets.
///
/// Made from integers, ranges, arrays and vectors of integers or truths by `into()`; the macro
/// [`s!`](crate::s) writes them all.
#[derive(Clone, Debug)]
pub enum Index {
    /// One position of an axis, counted from the end if negative; the axis vanishes.
    At(i64),
    /// Positions `step` apart; bounds beyond the axis are clipped.
    Slice {
        /// The first position; the first of the axis (the last for a negative step) if `None`.
        start: Option<i64>,
        /// The position before which to stop; the end of the axis if `None`.
        stop: Option<i64>,
        /// The distance between positions; negative goes backwards.
        step: i64,
    },
    /// As many whole axes as the other entries leave over.
    Ellipsis,
    /// A new axis of extent 1.
    NewAxis,
    /// The elements where an array of bool is true, or at the positions that an array of integers names.
    Array(NdArray),
}

/// A new axis of extent 1, in an index.
#[expect(non_upper_case_globals, reason = "this is NumPy's name")]
pub const newaxis: Index = Index::NewAxis;

/// As many whole axes as the other entries of an index leave over.
#[expect(non_upper_case_globals, reason = "this is NumPy's name")]
pub const ellipsis: Index = Index::Ellipsis;

impl Index {
    /// The entry with its positions `step` apart, if it is a slice.
    #[doc(hidden)]
    pub fn with_step(self, step: i64) -> Index {
        match self {
            Index::Slice { start, stop, .. } => Index::Slice { start, stop, step },
            other => other,
        }
    }
}

/// Writes an index as Python's brackets do.
///
/// Entries are separated by commas: integers, ranges (`1..`, `..-1`, `..`), ranges with a step after a
/// semicolon (`..;-1`, `0..10;2`), `...` for an ellipsis, `None` or `newaxis`, bool and integer arrays.
///
/// # Examples
/// ```
/// use hloom::prelude::*;
/// let x = hloom::arange(12).reshape([3, 4]);
/// assert_eq!(x.get(s![0, ..3;2]).tolist()?, [0, 2]);
/// assert_eq!(x.get(s![..;-1, -1]).tolist()?, [11, 7, 3]);
/// assert_eq!(x.get(s![..., None, 0]).shape(), [3, 1]);
/// assert_eq!(x.get((1, ..2)).tolist()?, [4, 5]);
/// # Ok::<(), hloom::Error>(())
/// ```
#[macro_export]
macro_rules! s {
    ($($entries:tt)*) => { $crate::__index!([] $($entries)*) };
}

/// Collects the entries of [`s!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __index {
    ([$($done:expr,)*]) => { [$($done,)*] as [$crate::Index; <[()]>::len(&[$($crate::__unit!($done)),*])] };
    ([$($done:expr,)*] ...) => { $crate::__index!([$($done,)* $crate::Index::Ellipsis,]) };
    ([$($done:expr,)*] ..., $($rest:tt)*) => { $crate::__index!([$($done,)* $crate::Index::Ellipsis,] $($rest)*) };
    ([$($done:expr,)*] $entry:expr; $step:expr) => {
        $crate::__index!([$($done,)* $crate::Index::with_step($crate::__entry!($entry), $step),])
    };
    ([$($done:expr,)*] $entry:expr; $step:expr, $($rest:tt)*) => {
        $crate::__index!([$($done,)* $crate::Index::with_step($crate::__entry!($entry), $step),] $($rest)*)
    };
    ([$($done:expr,)*] $entry:expr) => { $crate::__index!([$($done,)* $crate::__entry!($entry),]) };
    ([$($done:expr,)*] $entry:expr, $($rest:tt)*) => {
        $crate::__index!([$($done,)* $crate::__entry!($entry),] $($rest)*)
    };
}

/// One entry of [`s!`]. A range such as `1..-1` runs backwards for Rust and not for an index.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($entry:expr) => {{
        #[allow(clippy::reversed_empty_ranges, reason = "a negative bound counts from the end")]
        let entry = $crate::Index::from($entry);
        entry
    }};
}

/// Stands for one entry where they are counted.
#[doc(hidden)]
#[macro_export]
macro_rules! __unit {
    ($entry:expr) => {
        ()
    };
}

impl From<RangeFull> for Index {
    fn from(_: RangeFull) -> Index {
        Index::Slice { start: None, stop: None, step: 1 }
    }
}

/// What `None` in an index is a `None` of; it has no values.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum NoEntry {}

impl From<Option<NoEntry>> for Index {
    /// `None` is a new axis of extent 1, as in NumPy.
    fn from(_: Option<NoEntry>) -> Index {
        Index::NewAxis
    }
}

/// The exclusive bound after an inclusive one: past -1, the last position, is the end of the axis.
fn after(last: i64) -> Option<i64> {
    if last == -1 { None } else { Some(last.saturating_add(1)) }
}

macro_rules! positions {
    ($($ty:ty),*) => { $(
        impl From<$ty> for Index {
            fn from(position: $ty) -> Index {
                Index::At(position.into_extent())
            }
        }

        impl From<Range<$ty>> for Index {
            fn from(range: Range<$ty>) -> Index {
                Index::Slice {
                    start: Some(range.start.into_extent()),
                    stop: Some(range.end.into_extent()),
                    step: 1,
                }
            }
        }

        impl From<RangeInclusive<$ty>> for Index {
            fn from(range: RangeInclusive<$ty>) -> Index {
                Index::Slice {
                    start: Some(range.start().into_extent()),
                    stop: after(range.end().into_extent()),
                    step: 1,
                }
            }
        }

        impl From<RangeFrom<$ty>> for Index {
            fn from(range: RangeFrom<$ty>) -> Index {
                Index::Slice { start: Some(range.start.into_extent()), stop: None, step: 1 }
            }
        }

        impl From<RangeTo<$ty>> for Index {
            fn from(range: RangeTo<$ty>) -> Index {
                Index::Slice { start: None, stop: Some(range.end.into_extent()), step: 1 }
            }
        }

        impl From<RangeToInclusive<$ty>> for Index {
            fn from(range: RangeToInclusive<$ty>) -> Index {
                Index::Slice { start: None, stop: after(range.end.into_extent()), step: 1 }
            }
        }
    )* };
}

positions!(i32, i64, isize, u32, u64, usize);

impl From<bool> for Index {
    #[track_caller]
    fn from(truth: bool) -> Index {
        Index::Array(NdArray::from(truth))
    }
}

impl From<NdArray> for Index {
    fn from(array: NdArray) -> Index {
        Index::Array(array)
    }
}

impl From<&NdArray> for Index {
    fn from(array: &NdArray) -> Index {
        Index::Array(array.clone())
    }
}

impl<T: crate::Nested> From<Vec<T>> for Index {
    #[track_caller]
    fn from(positions: Vec<T>) -> Index {
        Index::Array(NdArray::from(positions))
    }
}

impl<T: crate::Nested, const N: usize> From<[T; N]> for Index {
    #[track_caller]
    fn from(positions: [T; N]) -> Index {
        Index::Array(NdArray::from(positions))
    }
}

/// A whole index: the entries that [`s!`](crate::s) makes, a tuple of entries, or one entry alone.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no index",
    label = "expected an integer, a range, an array of integers or bools, a tuple of these, or `s![…]`"
)]
pub trait IntoIndex {
    /// The entries.
    fn into_index(self) -> Vec<Index>;
}

impl<const N: usize> IntoIndex for [Index; N] {
    fn into_index(self) -> Vec<Index> {
        self.into()
    }
}

impl IntoIndex for Vec<Index> {
    fn into_index(self) -> Vec<Index> {
        self
    }
}

impl IntoIndex for &[Index] {
    fn into_index(self) -> Vec<Index> {
        self.to_vec()
    }
}

macro_rules! arrays_of_positions {
    ($($ty:ty),*) => { $(
        impl<const N: usize> IntoIndex for [$ty; N] {
            /// One entry: the positions along the first axis.
            #[track_caller]
            fn into_index(self) -> Vec<Index> {
                vec![Index::from(self)]
            }
        }
    )* };
}

arrays_of_positions!(bool, i32, i64, usize);

macro_rules! single_entries {
    ($($ty:ty),* $(,)?) => { $(
        impl IntoIndex for $ty {
            #[track_caller]
            fn into_index(self) -> Vec<Index> {
                vec![Index::from(self)]
            }
        }
    )* };
}

macro_rules! single_positions {
    ($($ty:ty),*) => { $(
        single_entries!($ty, Range<$ty>, RangeInclusive<$ty>, RangeFrom<$ty>, RangeTo<$ty>, RangeToInclusive<$ty>);
    )* };
}

single_entries!(Index, RangeFull, bool, Option<NoEntry>, NdArray, &NdArray, Vec<bool>, Vec<i64>, Vec<i32>, Vec<usize>);
single_positions!(i32, i64, isize, u32, u64, usize);

macro_rules! tuples {
    ($(($($name:ident)*))*) => { $(
        impl<$($name: Into<Index>),*> IntoIndex for ($($name,)*) {
            #[track_caller]
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_index(self) -> Vec<Index> {
                let ($($name,)*) = self;
                vec![$($name.into()),*]
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }

impl IntoIndex for () {
    /// No entries, as Python's empty tuple: the whole array.
    fn into_index(self) -> Vec<Index> {
        Vec::new()
    }
}
