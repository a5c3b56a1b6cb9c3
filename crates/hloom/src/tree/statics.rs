//! Static values of any type: those that are neither trees nor Rust's own.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use rustc_hash::FxHasher;

use super::{Arrays, Tree, Visitor};

/// A value that is part of a function's signature: a function is traced anew for each value.
///
/// For values whose type is not a [`Tree`] itself. In a struct with `#[derive(Tree)]`, the attribute
/// `#[tree(static)]` has the same effect on a field.
///
/// # Examples
/// ```
/// use hloom::{NdArray, Static};
///
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
/// enum Norm { Sum, Max }
///
/// let scale = hloom::jit(|(x, norm): (NdArray, Static<Norm>)| match *norm {
///     Norm::Sum => &x / x.sum(..),
///     Norm::Max => &x / x.max(..),
/// });
/// let x = hloom::array([1.0, 3.0]);
/// assert_eq!(scale.call((&x, Static(Norm::Sum)))?.tolist()?, [0.25, 0.75]);
/// assert_eq!(scale.call((&x, Static(Norm::Max)))?.tolist()?, [1.0 / 3.0, 1.0]);
/// # Ok::<(), hloom::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Static<T>(pub T);

impl<T> Deref for Static<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone + Debug + Eq + Hash + Send + Sync + 'static> Tree for Static<T> {
    const IS_STATIC: bool = true;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.static_value(&self.0);
    }

    fn rebuild(&self, _arrays: &mut Arrays<'_>) -> Static<T> {
        self.clone()
    }
}

/// A static value of a type that is not known where it is compared.
pub(crate) trait StaticValue: Send + Sync {
    fn equals(&self, other: &dyn StaticValue) -> bool;
    fn hash_value(&self) -> u64;
    fn boxed(&self) -> Box<dyn StaticValue>;
    fn as_any(&self) -> &dyn Any;
}

impl<T: Clone + Eq + Hash + Send + Sync + 'static> StaticValue for T {
    fn equals(&self, other: &dyn StaticValue) -> bool {
        other.as_any().downcast_ref::<T>() == Some(self)
    }

    fn hash_value(&self) -> u64 {
        let mut hasher = FxHasher::default();
        self.hash(&mut hasher);
        hasher.finish()
    }

    fn boxed(&self) -> Box<dyn StaticValue> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
