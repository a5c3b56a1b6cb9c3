//! Trees of trees: tuples, sequences, options, maps, references.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::hash::Hash;

use indexmap::IndexMap;

use super::{Arrays, Tree, Visitor};
use crate::Result;

impl<T, X: Tree<T> + ?Sized> Tree<T> for &X {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        (**self).visit(visitor);
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> T {
        (**self).rebuild(arrays)
    }
}

impl<T, X: Tree<T>> Tree<Box<T>> for Box<X> {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        (**self).visit(visitor);
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> Box<T> {
        Box::new((**self).rebuild(arrays))
    }
}

impl<T, X: Tree<T>> Tree<Vec<T>> for Vec<X> {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.tag(self.len() as u64);
        for (idx, item) in self.iter().enumerate() {
            visitor.item(idx, item);
        }
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> Vec<T> {
        self.iter().map(|item| item.rebuild(arrays)).collect()
    }
}

impl<T, X: Tree<T>, const N: usize> Tree<[T; N]> for [X; N] {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        for (idx, item) in self.iter().enumerate() {
            visitor.item(idx, item);
        }
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> [T; N] {
        std::array::from_fn(|idx| self[idx].rebuild(arrays))
    }
}

impl<T, X: Tree<T>> Tree<Option<T>> for Option<X> {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.tag(u64::from(self.is_some()));
        if let Some(value) = self {
            value.visit(visitor);
        }
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> Option<T> {
        self.as_ref().map(|value| value.rebuild(arrays))
    }
}

/// For what a function returns: nothing is compiled if it is an error.
impl<T, X: Tree<T>> Tree<Result<T>> for Result<X> {
    const IS_STATIC: bool = X::IS_STATIC;

    fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
        visitor.tag(u64::from(self.is_ok()));
        match self {
            Ok(value) => value.visit(visitor),
            Err(error) => visitor.fail(error),
        }
    }

    fn rebuild(&self, arrays: &mut Arrays<'_>) -> Result<T> {
        match self {
            Ok(value) => Ok(value.rebuild(arrays)),
            Err(error) => Err(error.clone()),
        }
    }
}

macro_rules! maps {
    ($($map:ident: $($bound:ident)+;)*) => { $(
        impl<K, T, X: Tree<T>> Tree<$map<K, T>> for $map<K, X>
        where
            K: $($bound +)+ Clone + Debug + Eq + Hash + Send + Sync + 'static,
        {
            const IS_STATIC: bool = X::IS_STATIC;

            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                visitor.tag(self.len() as u64);
                for (key, value) in self {
                    visitor.key(key);
                    visitor.entry(key, value);
                }
            }

            fn rebuild(&self, arrays: &mut Arrays<'_>) -> $map<K, T> {
                self.iter().map(|(key, value)| (key.clone(), value.rebuild(arrays))).collect()
            }
        }
    )* };
}

maps! {
    BTreeMap: Ord;
    IndexMap: Hash;
}

impl Tree for () {
    fn visit<'a>(&'a self, _visitor: &mut Visitor<'a>) {}

    fn rebuild(&self, _arrays: &mut Arrays<'_>) {}
}

macro_rules! tuples {
    ($(($n:literal: $($idx:tt $T:ident $X:ident),+);)*) => { $(
        impl<$($T, $X: Tree<$T>),+> Tree<($($T,)+)> for ($($X,)+) {
            const IS_STATIC: bool = $($X::IS_STATIC)&&+;

            fn visit<'a>(&'a self, visitor: &mut Visitor<'a>) {
                $( visitor.element($idx, $n, &self.$idx); )+
            }

            fn rebuild(&self, arrays: &mut Arrays<'_>) -> ($($T,)+) {
                ($( self.$idx.rebuild(arrays), )+)
            }
        }
    )* };
}

tuples! {
    (1: 0 A X0);
    (2: 0 A X0, 1 B X1);
    (3: 0 A X0, 1 B X1, 2 C X2);
    (4: 0 A X0, 1 B X1, 2 C X2, 3 D X3);
    (5: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4);
    (6: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5);
    (7: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6);
    (8: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6, 7 H X7);
    (9: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6, 7 H X7, 8 I X8);
    (10: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6, 7 H X7, 8 I X8, 9 J X9);
    (11: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6, 7 H X7, 8 I X8, 9 J X9, 10 K X10);
    (12: 0 A X0, 1 B X1, 2 C X2, 3 D X3, 4 E X4, 5 F X5, 6 G X6, 7 H X7, 8 I X8, 9 J X9, 10 K X10, 11 L X11);
}
