//! Control flow in programs: loops and choices, recorded lazily and in traces, and what they refuse.

mod checks;
mod choices;
mod loops;
mod rounding;
mod scans;
mod updates;

use expect_test::Expect;
use hloom::NdArray;

/// The error of an array, without the line it was recorded at.
fn check_error(array: &NdArray, expected: Expect) {
    let error = array.check().unwrap_err();
    let line = error.line().expect("an illegal operation has a line");
    assert!(line.file().contains("tests/control"), "{line}");
    expected.assert_eq(error.to_string().split(", recorded at ").next().unwrap_or_default());
}
