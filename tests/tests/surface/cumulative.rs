//! Running sums, products and the like: the loop that computes them takes several elements at a time, so that every size and
//! shape has its own beginning and end.

use hloom as np;
use hloom::Binary;
use hloom::prelude::*;

/// Sizes around what a round of the loop takes, and past what other code is generated for.
const SIZES: [i64; 5] = [1, 7, 8, 17, 4099];

/// The results along the middle axis of an array of three, one element after another.
fn in_turn<T: Copy>(x: &[T], shape: [usize; 3], combine: impl Fn(T, T) -> T) -> Vec<T> {
    let [_, extent, inner] = shape;
    let mut results = x.to_vec();
    for idx in 0..x.len() {
        if idx / inner % extent > 0 {
            results[idx] = combine(results[idx - inner], x[idx]);
        }
    }
    results
}

/// Numbers of which no two sums round alike.
fn uneven(n: i64) -> NdArray {
    (np::arange(n) * 0.7310585786300049).sin() * 3.7
}

#[track_caller]
fn check<T: np::Element + PartialEq + std::fmt::Debug>(op: Binary, x: &NdArray, combine: impl Fn(T, T) -> T) {
    for axis in 0..3 {
        let mut shape = [1; 3];
        shape[0] = x.shape()[..axis].iter().product();
        shape[1] = x.shape()[axis];
        shape[2] = x.shape()[axis + 1..].iter().product();
        let expected = in_turn(&x.to_vec::<T>().unwrap(), shape, &combine);
        let y = np::accumulate(op, x, np::axis(axis).dtype(x.dtype()));
        assert_eq!(y.to_vec::<T>().unwrap(), expected, "{op:?} along axis {axis} of {:?}", x.shape());
    }
}

#[test]
fn floats_are_added_in_turn_however_many_there_are() {
    for n in SIZES {
        for shape in [[1, n, 1], [5, n, 1], [2, n, 3]] {
            let x = uneven(shape.iter().product()).reshape(shape);
            check(Binary::Add, &x, |a: f64, b| a + b);
        }
    }
    for shape in [[40, 11, 300], [3, 5000, 2], [1000, 3, 3]] {
        check(Binary::Add, &uneven(shape.iter().product()).reshape(shape).astype(float32), |a: f32, b| a + b);
    }
}

#[test]
fn integers_wrap() {
    for n in [9, 4099] {
        let x = np::arange(n).reshape([1, n, 1]) * 37 + 11;
        check(Binary::Add, &x.astype(int8), i8::wrapping_add);
        check(Binary::Multiply, &x.astype(uint8), u8::wrapping_mul);
        check(Binary::Subtract, &(&x * x.shape()[1] as i64).astype(int32), i32::wrapping_sub);
        check(Binary::Multiply, &x.astype(uint64), u64::wrapping_mul);
        check(Binary::BitwiseXor, &x.astype(uint16), |a: u16, b| a ^ b);
    }
}

#[test]
fn operations_that_are_not_associative_go_from_the_left() {
    for n in [4, 4099] {
        let x = (uneven(3 * n).reshape([3, n, 1]) / 8.0) + 1.0;
        check(Binary::Divide, &x, |a: f64, b| a / b);
        check(Binary::Subtract, &x, |a: f64, b| a - b);
        check(Binary::Copysign, &(&x - 1.0), |a: f64, b| a.copysign(b));
    }
}

#[test]
fn extremes_keep_nan_from_where_it_is() {
    for n in [12i64, 5000] {
        let mut x = uneven(n);
        x.set(n - 3, f64::NAN);
        for (op, function) in [(Binary::Maximum, f64::max as fn(f64, f64) -> f64), (Binary::Minimum, f64::min)] {
            let y: Vec<f64> = np::accumulate(op, &x, 0).to_vec().unwrap();
            let (before, after) = y.split_at(n as usize - 3);
            assert!(after.iter().all(|value| value.is_nan()) && before.iter().all(|value| !value.is_nan()));
            let ignoring = if op == Binary::Maximum { Binary::Fmax } else { Binary::Fmin };
            let y = np::accumulate(ignoring, &x, 0).to_vec::<f64>().unwrap();
            assert_eq!(y, in_turn(&x.to_vec().unwrap(), [1, n as usize, 1], function));
        }
    }
}

#[test]
fn complex_and_half_precision_numbers_are_accumulated() -> hloom::Result<()> {
    let n = 5000;
    let z = uneven(n) + uneven(n).get(s![..;-1]) * num_complex::Complex::new(0.0, 1.0);
    check(Binary::Add, &z.reshape([1, n, 1]), |a: num_complex::Complex<f64>, b| a + b);
    // Rounded after each element, the sum would stay at 2048.
    let ones = np::ones(4000).astype(float16);
    assert_eq!(ones.cumsum(0).get(-1).astype(float64).item::<f64>()?, 4000.0);
    assert_eq!(ones.cumsum(0).dtype(), float16);
    Ok(())
}

#[test]
fn signs_of_zeros_and_infinities_stay() -> hloom::Result<()> {
    let zeros = np::array([-0.0, -0.0, 0.0, -0.0]).cumsum(0).signbit();
    assert_eq!(zeros.tolist()?, [true, true, false, false]);
    let sums = np::array([f64::INFINITY, 1.0, f64::NEG_INFINITY, 1.0]).cumsum(0);
    assert_eq!(sums.to_string(), "[inf inf nan nan]");
    assert_eq!(np::nancumsum([f64::NAN, 1.0, f64::NAN], 0).tolist()?, [0.0, 1.0, 1.0]);
    assert_eq!(np::nancumprod(np::array([f64::NAN, 2.0]), axis(0).dtype(int32)).tolist()?, [1, 2]);
    Ok(())
}

#[test]
fn compiled_functions_accumulate_what_they_compute() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| ((&x * 2.0).cumsum(1) - 1.0).cumsum(0).cumprod(..).max(..));
    let x = uneven(6000).reshape([60, 100]) / 1e3;
    let lazily = ((&x * 2.0).cumsum(1) - 1.0).cumsum(0).cumprod(..).max(..);
    assert_eq!(f.call(&x)?.item::<f64>()?, lazily.item::<f64>()?);
    Ok(())
}

#[test]
fn what_cannot_be_accumulated_is_refused() {
    let x = np::ones([2, 3]);
    let kind = |array: NdArray| array.check().unwrap_err().kind();
    assert_eq!(kind(x.cumsum(2)), ErrorKind::Axis);
    assert_eq!(kind(x.cumsum((0, 1))), ErrorKind::Type);
    assert_eq!(kind(x.cumsum(axis(0).keepdims())), ErrorKind::Type);
    assert_eq!(kind(x.cumsum(axis(0).initial(1))), ErrorKind::Type);
    assert_eq!(kind(np::cumulative_sum(&x, ..)), ErrorKind::Value);
    assert_eq!(kind(np::accumulate(Binary::Add, &x, ..)), ErrorKind::Value);
    assert_eq!(kind(np::accumulate(Binary::Add, 3, 0)), ErrorKind::Type);
    assert_eq!(kind(np::accumulate(Binary::Less, &x, 0)), ErrorKind::Type);
    assert_eq!(kind(np::accumulate(Binary::Divide, &x, axis(0).dtype(int32))), ErrorKind::Type);
    let error = np::accumulate(Binary::BitwiseAnd, &x, 0).check().unwrap_err().to_string();
    assert!(error.contains("ufunc 'bitwise_and' not supported") && error.contains("cumulative.rs"), "{error}");
}
