//! Which closures can be compiled: those of one parameter, and those of several.

use std::sync::Arc;

use crate::Tree;

/// A closure that [`jit`](crate::jit()) takes: of one parameter, or of several, which a call passes as a tuple.
///
/// `Form` only tells these apart, and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be compiled",
    label = "expected a closure such as `|x: NdArray| …` or `|w: NdArray, x: NdArray| …` that takes and returns trees of arrays",
    note = "it is called more than once and from any thread: it must be `Fn + Send + Sync + 'static`, so that captured arrays are moved into it (`move |…| …`) and not changed by it"
)]
pub trait Function<A, R, Form> {
    /// The closure as one of one parameter.
    fn into_function(self) -> Arc<dyn Fn(A) -> R + Send + Sync>;
}

/// One parameter.
#[derive(Debug)]
pub struct Single;

/// Several parameters.
#[derive(Debug)]
pub struct Several;

impl<A: Tree, R, F: Fn(A) -> R + Send + Sync + 'static> Function<A, R, Single> for F {
    fn into_function(self) -> Arc<dyn Fn(A) -> R + Send + Sync> {
        Arc::new(self)
    }
}

macro_rules! several {
    ($(($($name:ident)+))*) => { $(
        impl<$($name: Tree,)+ R, F: Fn($($name),+) -> R + Send + Sync + 'static> Function<($($name,)+), R, Several> for F {
            #[expect(non_snake_case, reason = "each parameter is named by its type")]
            fn into_function(self) -> Arc<dyn Fn(($($name,)+)) -> R + Send + Sync> {
                Arc::new(move |($($name,)+)| self($($name),+))
            }
        }
    )* };
}

several! { (A B) (A B C) (A B C D) (A B C D E) (A B C D E G) (A B C D E G H) (A B C D E G H I) }
