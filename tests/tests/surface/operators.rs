//! Operators: borrowed, owned and plain numbers on either side, and the methods that Python has operators
//! for.

use expect_test::expect;
use hloom::NdArray;
use hloom::prelude::*;

use super::check;

/// Every form of one operator gives the same values.
macro_rules! forms {
    ($a:expr, $op:tt, $assign:tt, $b:expr, $right:expr, $left:expr => $array:literal, $with_number:literal, $number_with:literal) => {{
        let (a, b) = ($a, $b);
        check(&(&a $op &b), expect![$array]);
        let expected = (&a $op &b).tolist().unwrap();
        assert_eq!((&a $op b.clone()).tolist().unwrap(), expected);
        assert_eq!((a.clone() $op &b).tolist().unwrap(), expected);
        assert_eq!((a.clone() $op b.clone()).tolist().unwrap(), expected);
        let mut changed = a.clone();
        changed $assign &b;
        assert_eq!(changed.tolist().unwrap(), expected);
        let mut changed = a.clone();
        changed $assign b;
        assert_eq!(changed.tolist().unwrap(), expected);
        check(&(&a $op $right), expect![$with_number]);
        let expected = (&a $op $right).tolist().unwrap();
        assert_eq!((a.clone() $op $right).tolist().unwrap(), expected);
        let mut changed = a.clone();
        changed $assign $right;
        assert_eq!(changed.tolist().unwrap(), expected);
        check(&($left $op &a), expect![$number_with]);
        assert_eq!(($left $op a.clone()).tolist().unwrap(), ($left $op &a).tolist().unwrap());
    }};
}

fn integers() -> NdArray {
    NdArray::from(vec![7i64, -7, 0])
}

fn divisors() -> NdArray {
    NdArray::from(vec![2i64, 2, -3])
}

fn floats() -> NdArray {
    NdArray::from(vec![1.5, -2.0, 0.5])
}

#[test]
fn arithmetic_in_every_form() {
    forms!(integers(), +, +=, divisors(), 2, 10 => "array([ 9, -5, -3])", "array([ 9, -5,  2])", "array([17,  3, 10])");
    forms!(integers(), -, -=, divisors(), 2, 10 => "array([ 5, -9,  3])", "array([ 5, -9, -2])", "array([ 3, 17, 10])");
    forms!(integers(), *, *=, divisors(), 2, 10 => "array([ 14, -14,   0])", "array([ 14, -14,   0])", "array([ 70, -70,   0])");
    forms!(integers(), %, %=, divisors(), 4, 10 => "array([1, 1, 0])", "array([3, 1, 0])", "array([ 3, -4,  0])");
    forms!(floats(), /, /=, divisors(), 2.0, 1.0 => "array([ 0.75      , -1.        , -0.16666667])", "array([ 0.75, -1.  ,  0.25])", "array([ 0.66666667, -0.5       ,  2.        ])");
}

#[test]
fn bits_in_every_form() {
    forms!(integers(), &, &=, divisors(), 6, 12 => "array([2, 0, 0])", "array([6, 0, 0])", "array([4, 8, 0])");
    forms!(integers(), |, |=, divisors(), 8, 8 => "array([ 7, -5, -3])", "array([15, -7,  8])", "array([15, -7,  8])");
    forms!(integers(), ^, ^=, divisors(), 1, 1 => "array([ 5, -5, -3])", "array([ 6, -8,  1])", "array([ 6, -8,  1])");
    let shifts = NdArray::from(vec![1i64, 2, 3]);
    forms!(shifts.clone(), <<, <<=, shifts.clone(), 2, 1 => "array([ 2,  8, 24])", "array([ 4,  8, 12])", "array([2, 4, 8])");
    forms!(shifts.clone() * 8, >>, >>=, shifts.clone(), 2, 1 << 20 => "array([4, 4, 3])", "array([2, 4, 6])", "array([4096,   16,    0])");
}

#[test]
fn signs_and_truths() {
    check(&-integers(), expect!["array([-7,  7,  0])"]);
    check(&-&floats(), expect!["array([-1.5,  2. , -0.5])"]);
    check(&!integers(), expect!["array([-8,  6, -1])"]);
    check(&!&NdArray::from(vec![true, false]), expect!["array([False,  True])"]);
    check(&integers().abs(), expect!["array([7, 7, 0])"]);
    check(&integers().neg(), expect!["array([-7,  7,  0])"]);
    check(&floats().pos(), expect!["array([ 1.5, -2. ,  0.5])"]);
}

#[test]
fn methods_for_pythons_operators() {
    let (a, b) = (integers(), divisors());
    check(&a.add(&b), expect!["array([ 9, -5, -3])"]);
    check(&a.sub(&b), expect!["array([ 5, -9,  3])"]);
    check(&a.mul(2), expect!["array([ 14, -14,   0])"]);
    check(&a.truediv(2), expect!["array([ 3.5, -3.5,  0. ])"]);
    check(&a.floordiv(&b), expect!["array([ 3, -4,  0])"]);
    check(&hloom::floor_divide(20, &b), expect!["array([10, 10, -7])"]);
    check(&a.floordiv(0), expect!["array([0, 0, 0])"]);
    check(&a.mod_(&b), expect!["array([1, 1, 0])"]);
    check(&a.pow(2), expect!["array([49, 49,  0])"]);
    check(&hloom::power(2, NdArray::from(vec![0i64, 3, 5])), expect!["array([ 1,  8, 32])"]);
    check(&floats().pow(-1), expect!["array([ 0.66666667, -0.5       ,  2.        ])"]);
    check(&a.matmul(&b), expect!["array(0)"]);
    check(&hloom::matmul([[1, 2], [3, 4]], [10, 1]), expect!["array([12, 34], dtype=int32)"]);
}

#[test]
fn comparisons() {
    let (a, b) = (integers(), divisors());
    check(&a.eq(0), expect!["array([False, False,  True])"]);
    check(&a.ne(0), expect!["array([ True,  True, False])"]);
    check(&a.lt(&b), expect!["array([False,  True, False])"]);
    check(&a.le(0), expect!["array([False,  True,  True])"]);
    check(&a.gt(&b), expect!["array([ True, False,  True])"]);
    check(&a.ge(0.0), expect!["array([ True, False,  True])"]);
    check(&NdArray::from(f64::NAN).eq(f64::NAN), expect!["array(False)"]);
}

#[test]
fn numbers_take_the_dtype_beside_them() {
    let narrow = NdArray::from(vec![1.5f32, 2.0]);
    assert_eq!((&narrow + 1.0f64).dtype(), float32);
    assert_eq!((1.0 + &narrow).dtype(), float32);
    assert_eq!((NdArray::from(vec![1u8]) + 1).dtype(), uint8);
    assert_eq!((NdArray::from(vec![1u8]) + 1.0).dtype(), float64);
    assert_eq!((&narrow + num_complex::Complex::new(0.0, 1.0)).dtype(), complex64);
    assert_eq!((&narrow + NdArray::from(1.0f64)).dtype(), float64);
    assert_eq!((NdArray::from(vec![1i32]) / 2).dtype(), float64);
}

/// NumPy's rule for operators that assign: dtype and shape stay, or it is an error.
#[test]
fn assigning_forms_keep_dtype_and_shape() {
    let mut single = hloom::arange(3).astype(float32);
    single += hloom::ones(3);
    assert_eq!((single.dtype(), single.to_vec::<f32>().unwrap()), (float32, vec![1.0, 2.0, 3.0]));
    let mut narrow = hloom::array([1i32, 2]);
    narrow += hloom::array([1i64, 5]);
    assert_eq!((narrow.dtype(), narrow.to_vec::<i32>().unwrap()), (int32, vec![2, 7]));

    let mut pixels = hloom::array([10u8, 250]);
    pixels *= 1.5;
    let error = pixels.check().unwrap_err().clone();
    assert_eq!(error.kind(), ErrorKind::Type);
    assert_eq!(
        error.message(),
        "Cannot cast ufunc 'multiply' output from dtype('float64') to dtype('uint8') with casting rule 'same_kind'"
    );
    let mut matrix = hloom::zeros([2, 3]);
    matrix += hloom::ones([3, 2, 3]);
    let error = matrix.check().unwrap_err().clone();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert_eq!(
        error.message(),
        "non-broadcastable output operand with shape (2, 3) doesn't match the broadcast shape (3, 2, 3)"
    );
}

/// A float that is written into integers is cut, or refused where it does not fit.
#[test]
fn floats_written_into_integers() {
    let written = |value: f64| {
        let mut bytes = hloom::array([1u8, 2]);
        bytes.set(0, value);
        bytes.to_vec::<u8>().map_err(|error| error.message().to_owned())
    };
    assert_eq!(written(7.9), Ok(vec![7, 2]));
    assert_eq!(written(300.7), Err("Python integer 300 out of bounds for uint8".to_owned()));
    assert_eq!(written(f64::NAN), Err("cannot convert float NaN to integer".to_owned()));
    assert_eq!(written(f64::INFINITY), Err("cannot convert float infinity to integer".to_owned()));
    assert_eq!(hloom::full_like(hloom::array([1u8]), 300.7).to_vec::<u8>().unwrap(), [44]);
}

#[test]
fn precision_width_and_alignment() {
    let total = hloom::array(2234.75);
    let line = hloom::array([1.5, 2.25]);
    assert_eq!(format!("{total:.1}|{total:>10}|{total:^11}|{total:<9}|"), "2234.8|   2234.75|  2234.75  |2234.75  |");
    assert_eq!(format!("{line:.3}|{line:>12.1}"), "[1.500 2.250]|   [1.5 2.2]");
}
