//! Several arrays as a caller writes them.

use crate::record::{IntoOperand, Operand};

/// Several operands: a tuple of them, mixed as one likes, or whatever yields them one by one, such as an array, a vector, a
/// reference to either, or an iterator.
///
/// `Form` only tells these two apart, and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of arrays",
    label = "expected a tuple of arrays and numbers, or an array, vector, slice or iterator of them"
)]
pub trait IntoOperands<'a, Form> {
    /// The operands.
    fn into_operands(self) -> Vec<Operand<'a>>;
}

/// Operands that are yielded one by one.
#[derive(Debug)]
pub struct Yielded;

/// Operands in a tuple.
#[derive(Debug)]
pub struct Tupled;

impl<'a, I: IntoIterator<Item: IntoOperand<'a>>> IntoOperands<'a, Yielded> for I {
    fn into_operands(self) -> Vec<Operand<'a>> {
        self.into_iter().map(IntoOperand::into_operand).collect()
    }
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => { $(
        impl<'a, $($name: IntoOperand<'a>),+> IntoOperands<'a, Tupled> for ($($name,)+) {
            #[expect(non_snake_case, reason = "each field is named by its type")]
            fn into_operands(self) -> Vec<Operand<'a>> {
                let ($($name,)+) = self;
                vec![$($name.into_operand()),+]
            }
        }
    )* };
}

tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }
