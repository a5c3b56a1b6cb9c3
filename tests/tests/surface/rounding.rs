//! Arithmetic that a compiler could reorder: it rounds, overflows and keeps signs of zeros as NumPy's does, one
//! operation after another, whether numbers are inputs of the program or part of it.

use hloom as np;
use hloom::prelude::*;

/// Enough elements for the compiler to vectorize.
const N: usize = 8;

/// Applies a formula to `x` lazily and compiled, and compares the bits with what Rust computes.
#[track_caller]
fn check(formula: fn(NdArray) -> NdArray, x: f64, expected: f64) {
    let array = np::array(vec![x; N]);
    let lazy = formula(array.clone()).to_vec::<f64>().unwrap();
    let compiled = np::jit(formula).call(&array).unwrap().to_vec::<f64>().unwrap();
    // Alone, too: a 0-d array is computed by other instructions.
    let alone = np::jit(formula).call(np::array(x)).unwrap().item::<f64>().unwrap();
    for (how, found) in [("lazily", lazy[N - 1]), ("compiled", compiled[N - 1]), ("alone", alone)] {
        let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(same, "{how}: {found:e}, expected {expected:e}");
    }
}

#[test]
fn quotients_are_rounded_once() {
    check(|x| x / 49.0, 49.0, 1.0);
    check(|x| x / 49, 49.0, 1.0);
    check(|x| x / 10, 3.0, 0.3);
    check(|x| &x / np::array(49.0), 49.0, 1.0);
    check(|x| x / np::full([1], 49.0), 49.0, 1.0);
    check(|x| 2.0 / x.sqrt(), 49.3, 2.0 / 49.3f64.sqrt());
    check(|x| &x / x.sqrt(), 49.3, 49.3 / 49.3f64.sqrt());
    check(|x| 1.0 / (3.0 / x), 49.0, 1.0 / (3.0 / 49.0));
    for n in 1..200 {
        let x = np::ones(n) * 3;
        assert_eq!(x.mean(..).item::<f64>().unwrap(), 3.0, "the mean of {n}");
    }
    let x = np::array([[49.0f32, 1.0], [98.0, 2.0]]);
    let rows = &x / x.get(s![0]);
    assert_eq!(rows.to_vec::<f32>().unwrap(), [1.0, 1.0, 2.0, 2.0]);
}

#[test]
fn quotients_of_quotients_stay_in_range() {
    check(|x| &x / &x / &x, 1e-200, 1.0 / 1e-200);
    check(|x| x / 1e200 / 1e200, 1e300, 1e300 / 1e200 / 1e200);
    check(|x| 1e-300 / x / 1e-200, 1e-200, 1e-300 / 1e-200 / 1e-200);
    check(|x| &x / (&x / 1e-10), 1e300, 1e300 / (1e300 / 1e-10));
    check(|x| (&x / 1e-10).reshape(-1) / 1e10, 1e305, f64::INFINITY);
}

#[test]
fn numbers_in_a_row_are_not_made_one() {
    check(|x| x * 1e200 * 1e200, 1e-300, 1e-300 * 1e200 * 1e200);
    check(|x| x * 0.1 * 10, 0.7, 0.7 * 0.1 * 10.0);
    check(|x| x + 1e16 - 1e16, 0.7, 0.7 + 1e16 - 1e16);
    check(|x| x + 0.1 + 0.2, 0.7, 0.7 + 0.1 + 0.2);
    check(|x| 1.1 - (0.3 - x), 0.7, 1.1 - (0.3 - 0.7));
    check(|x| -(x * 1e200) * 1e200, 1e-300, -(1e-300 * 1e200) * 1e200);
    check(|x| (x * 1e200).reshape(-1) * 1e200, 1e-300, 1e-300 * 1e200 * 1e200);
    check(|x| (&x * 1e200) * (&x * 1e-200), 1e-100, (1e-100 * 1e200) * (1e-100 * 1e-200));
    check(|x| (&x + 1e16) - (&x + 1e16), 0.7, 0.0);
    check(
        |x| np::fori_loop(0, 2, x, |_, x: NdArray| x * 1e200 * 1e-200),
        1e-300,
        1e-300 * 1e200 * 1e-200 * 1e200 * 1e-200,
    );
}

#[test]
fn zeros_keep_their_signs() {
    check(|x| x + 0.0, -0.0, 0.0);
    check(|x| x + 0, -0.0, 0.0);
    check(|x| 0.0 + x, -0.0, 0.0);
    check(|x| x - 0.0, -0.0, -0.0);
    check(|x| 0.0 - x, 0.0, 0.0);
    check(|x| x + -0.0, -0.0, -0.0);
    check(|x| x * -0.0, 3.0, -0.0);
    check(|x| 0.0 / x, -3.0, -0.0);
    check(|x| x * 0.0, f64::INFINITY, f64::NAN);
    check(|x| &x - &x, f64::INFINITY, f64::NAN);
}

#[test]
fn nan_comes_through_what_hides_operands() {
    check(|x| x / 3.0, f64::NAN, f64::NAN);
    check(|x| 3.0 / x, f64::NAN, f64::NAN);
    check(|x| x / f64::NAN, 3.0, f64::NAN);
    check(|x| x / 0.0, 3.0, f64::INFINITY);
    check(|x| x / 0.0, -3.0, f64::NEG_INFINITY);
    check(|x| x / 0.0, 0.0, f64::NAN);
    check(|x| x * 2.0 * 3.0, f64::NAN, f64::NAN);
}
