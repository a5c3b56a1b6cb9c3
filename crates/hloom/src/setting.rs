//! A single setting that a caller gives as a value, or leaves to NumPy.

use std::ops::RangeFull;

use hloom_ir::Weak;

use crate::record::for_each_number;

/// A setting: a value of the kind `T`, or `..` for what NumPy has as the default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no setting of the kind `{T}`",
    label = "expected a value or `..`"
)]
pub trait IntoSetting<T> {
    /// The value, or `None` for the default.
    fn into_setting(self) -> Option<T>;
}

impl<T> IntoSetting<T> for RangeFull {
    fn into_setting(self) -> Option<T> {
        None
    }
}

impl IntoSetting<bool> for bool {
    fn into_setting(self) -> Option<bool> {
        Some(self)
    }
}

macro_rules! integers {
    ($($ty:ty),*) => { $(
        impl IntoSetting<i64> for $ty {
            fn into_setting(self) -> Option<i64> {
                Some(crate::IntoExtent::into_extent(self))
            }
        }
    )* };
}

integers!(i32, i64, isize, u32, u64, usize);

macro_rules! numbers {
    ($($ty:ty),* $(,)?) => { $(
        impl IntoSetting<Weak> for $ty {
            fn into_setting(self) -> Option<Weak> {
                Some(self.into())
            }
        }
    )* };
}

for_each_number!(numbers);
