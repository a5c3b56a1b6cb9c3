//! The surface that `tf.experimental.numpy.ndarray` has, row by row, and the design's decisions that a
//! user can see.

mod conversions;
mod cumulative;
mod decisions;
mod divisions;
mod einsum;
mod elements;
mod files;
mod first;
mod functions;
mod histogram;
mod join;
mod layout;
mod names;
mod nan;
mod numbers;
mod operators;
mod places;
mod polynomials;
mod product;
mod quantile;
mod quotients;
mod ranges;
mod rounding;
mod search;
mod sets;
mod signal;
mod sort;
mod take;
mod updates;
mod users;
mod values;
mod written;

use expect_test::Expect;
use hloom::NdArray;

/// Compares what an array prints as, with its dtype and shape.
fn check(array: &NdArray, expected: Expect) {
    let text = match array.repr() {
        Ok(text) => text,
        Err(error) => error.to_string().split(", recorded at ").next().unwrap_or_default().to_owned(),
    };
    expected.assert_eq(&text);
}
