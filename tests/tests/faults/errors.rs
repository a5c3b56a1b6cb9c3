//! Illegal operations: NumPy's kind and wording, the shapes and the line, carried to the first read.

use expect_test::{Expect, expect};
use hloom::prelude::*;

use crate::child::Child;

/// The error of an array, without the line it was recorded at.
fn check(array: &NdArray, expected: Expect) {
    let error = array.check().unwrap_err();
    let line = error.line().expect("an illegal operation has a line");
    assert!(line.file().ends_with("errors.rs"), "{line}");
    let text = error.to_string();
    let (text, place) = text.split_once(", recorded at ").expect("the text names the line");
    assert_eq!(place, line.to_string());
    expected.assert_eq(text);
}

#[test]
fn shapes_that_do_not_fit() {
    check(
        &(hloom::zeros([2, 3]) + hloom::zeros(4)),
        expect![
            "ValueError: operands could not be broadcast together with shapes (2,3) (4,), in add(f64[2,3], f64[4])"
        ],
    );
    check(
        &hloom::zeros([2, 3]).reshape([4, -1]),
        expect!["ValueError: cannot reshape array of size 6 into shape (4,newaxis), in reshape(f64[2,3], [4, -1])"],
    );
    check(
        &hloom::zeros([2, 3]).sum(2),
        expect!["AxisError: axis 2 is out of bounds for array of dimension 2, in sum(f64[2,3])"],
    );
    let mut x = hloom::zeros([2, 3]);
    x.set(0, hloom::zeros(2));
    check(
        &x,
        expect!["ValueError: could not broadcast input array from shape (2,) into shape (3,), in setitem(f64[2,3])"],
    );
}

#[test]
fn dtypes_that_do_not_fit() {
    check(
        &(NdArray::from(true) - NdArray::from(false)),
        expect![
            "TypeError: numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead., in subtract(bool[], bool[])"
        ],
    );
    check(
        &!hloom::zeros(2),
        expect![
            "TypeError: ufunc 'invert' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe'', in invert(f64[2])"
        ],
    );
    check(
        &(hloom::zeros(2).astype(uint8) + 256),
        expect!["OverflowError: Python integer 256 out of bounds for uint8, in add(u8[2], 256)"],
    );
}

#[test]
fn indices_that_do_not_fit() {
    let x = hloom::arange(6).reshape([2, 3]);
    check(&x.get(2), expect!["IndexError: index 2 is out of bounds for axis 0 with size 2, in getitem(i64[2,3])"]);
    check(
        &x.get(s![0, 0, 0]),
        expect![
            "IndexError: too many indices for array: array is 2-dimensional, but 3 were indexed, in getitem(i64[2,3])"
        ],
    );
    check(
        &x.get(vec![0i64, -3]),
        expect!["IndexError: index -3 is out of bounds for axis 0 with size 2, in getitem(i64[2,3])"],
    );
    check(&x.get(s![..;0]), expect!["ValueError: slice step cannot be zero, in getitem(i64[2,3])"]);
}

#[test]
fn the_line_is_that_of_the_operation() {
    let (x, y) = (hloom::zeros(3), hloom::zeros(4));
    let (bad, line) = (&x * &y, line!());
    let error = bad.check().unwrap_err();
    assert_eq!(error.line().unwrap().line(), line);
    assert!(error.to_string().ends_with(&format!("errors.rs:{line}:{}", error.line().unwrap().column())), "{error}");
}

#[test]
fn errors_travel_unchanged_to_the_first_read() {
    let bad = hloom::zeros(3) + hloom::zeros(4);
    let expected = bad.check().unwrap_err().to_string();
    let mut later = hloom::where_(true, bad.sin().reshape([7, 7]).sum(5), 1.0).get(99).matmul(hloom::ones(2));
    later += 1;
    later.set(0, 1);
    let mut carrier = hloom::zeros(3);
    carrier.set(0, bad.get(0));
    for array in [&later, &carrier, &hloom::concatenate([&hloom::zeros(2), &bad], 0), &hloom::zeros(3).get(&bad)] {
        let errors = [
            array.tolist().unwrap_err(),
            array.to_vec::<f64>().unwrap_err(),
            array.item::<f64>().unwrap_err(),
            array.data().unwrap_err(),
            array.len().unwrap_err(),
            array.truth().unwrap_err(),
            array.try_type().unwrap_err(),
            array.repr().unwrap_err(),
            array.hlo().unwrap_err(),
            array.ir().unwrap_err(),
            ndarray::ArrayD::<f64>::try_from(array).unwrap_err(),
            array.iter().next().unwrap().check().unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.to_string(), expected);
            assert_eq!(error.kind(), ErrorKind::Value);
        }
        assert_eq!(array.to_string(), format!("<{expected}>"));
        assert_eq!(format!("{array:?}"), format!("<{expected}>"));
    }
    // An error touches nothing but what is computed from it.
    assert_eq!(hloom::ones(3).sum(..).item::<f64>().unwrap(), 3.0);
}

#[test]
fn the_shape_of_an_error_panics_with_its_text() {
    let bad = hloom::zeros(3) + hloom::zeros(4);
    let expected = bad.check().unwrap_err().to_string();
    let hook = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bad.shape()));
    assert_eq!(hook.unwrap_err().downcast_ref::<String>(), Some(&expected));
}

#[test]
fn eager_errors_panic_at_the_line() {
    let outcome = Child::new("eager").env("HLOOM_EAGER_ERRORS", "1").outcome();
    assert!(!outcome.status.success(), "{outcome:?}");
    assert_eq!(outcome.stdout, "");
    let at_fault = "ValueError: operands could not be broadcast together with shapes (3,) (4,)";
    assert!(outcome.stderr.contains(at_fault) && outcome.stderr.contains("decisions.rs:"), "{outcome:?}");
    assert_eq!(Child::new("eager").stdout(), "recorded; true\n");
}
