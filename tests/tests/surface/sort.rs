//! Order: what the corpus does not ask, which is long axes, zeros, NaN of both signs, and orders inside of programs.

use expect_test::expect;
use hloom::prelude::*;
use hloom::{ErrorKind, NdArray};

use super::check;

/// Numbers that look random.
fn numbers(n: usize, seed: u64) -> Vec<u64> {
    let mut rng = fastrand::Rng::with_seed(seed);
    (0..n).map(|_| rng.u64(..)).collect()
}

/// The positions of a stable sort on the host.
fn positions_by<T>(elements: &[T], compare: impl Fn(&T, &T) -> std::cmp::Ordering) -> Vec<i64> {
    let mut positions: Vec<i64> = (0..elements.len() as i64).collect();
    positions.sort_by(|&a, &b| compare(&elements[a as usize], &elements[b as usize]));
    positions
}

/// Positions lazily and inside of a compiled function.
fn argsort(x: &NdArray, axis: i64) -> Vec<i64> {
    let lazily = x.argsort(axis).to_vec::<i64>().unwrap();
    let compiled = hloom::jit(move |x: NdArray| x.argsort(axis)).call(x.clone()).unwrap();
    assert_eq!(compiled.to_vec::<i64>().unwrap(), lazily);
    lazily
}

const SIZES: [usize; 5] = [1, 2, 255, 5000, 70_001];

#[test]
fn long_axes_are_sorted_stably() {
    for n in SIZES {
        let wide = numbers(n, n as u64);
        let few: Vec<i64> = wide.iter().map(|&number| (number % 100) as i64 - 50).collect();
        assert_eq!(argsort(&few.clone().into(), -1), positions_by(&few, Ord::cmp));
        let signed: Vec<i64> = wide.iter().map(|&number| number as i64).collect();
        assert_eq!(argsort(&signed.clone().into(), -1), positions_by(&signed, Ord::cmp));
        assert_eq!(argsort(&wide.clone().into(), -1), positions_by(&wide, Ord::cmp));
        let narrow: Vec<u32> = wide.iter().map(|&number| number as u32).collect();
        assert_eq!(argsort(&narrow.clone().into(), -1), positions_by(&narrow, Ord::cmp));
        let bytes: Vec<i8> = wide.iter().map(|&number| number as i8).collect();
        assert_eq!(argsort(&bytes.clone().into(), -1), positions_by(&bytes, Ord::cmp));
        let truths: Vec<bool> = wide.iter().map(|&number| number % 2 == 0).collect();
        assert_eq!(argsort(&truths.clone().into(), -1), positions_by(&truths, Ord::cmp));
        let mut sorted = signed.clone();
        sorted.sort_unstable();
        assert_eq!(NdArray::from(signed).sort(-1).to_vec::<i64>().unwrap(), sorted);
    }
}

#[test]
fn bits_of_floats_survive_in_order() {
    for n in SIZES {
        // All kinds of numbers, NaN with every payload and sign among them.
        let floats: Vec<f32> = numbers(n, 7).iter().map(|&number| f32::from_bits(number as u32)).collect();
        let order =
            |a: &f32, b: &f32| a.is_nan().cmp(&b.is_nan()).then(a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        let x = NdArray::from(floats.clone());
        let positions = argsort(&x, 0);
        assert_eq!(positions, positions_by(&floats, order));
        let sorted = x.sort(0).to_vec::<f32>().unwrap();
        assert!(sorted.windows(2).all(|pair| order(&pair[0], &pair[1]).is_le()));
        let bits = |floats: &[f32]| {
            let mut bits: Vec<u32> = floats.iter().map(|float| float.to_bits()).collect();
            bits.sort_unstable();
            bits
        };
        assert_eq!(bits(&sorted), bits(&floats));
    }
}

#[test]
fn zeros_are_equal_and_keep_their_signs() {
    let x = hloom::array([0.0, -0.0, -1.0, 0.0, -0.0]);
    check(&x.argsort(0), expect!["array([2, 0, 1, 3, 4])"]);
    check(&x.get(x.argsort(0)).signbit(), expect!["array([ True, False,  True, False,  True])"]);
    check(&x.sort(0).signbit().sum(..), expect!["array(3)"]);
}

#[test]
fn nan_comes_last_whatever_its_sign() {
    for dtype in [float16, bfloat16, float32, float64] {
        let x = hloom::array([-f64::NAN, f64::INFINITY, f64::NAN, -1.0, f64::NEG_INFINITY]).astype(dtype);
        assert_eq!(x.argsort(0).to_vec::<i64>().unwrap(), [4, 3, 1, 0, 2]);
        assert_eq!(
            x.sort(0).get(s![..3]).astype(float64).to_vec::<f64>().unwrap(),
            [f64::NEG_INFINITY, -1.0, f64::INFINITY]
        );
    }
}

#[test]
fn complex_numbers_go_by_both_parts() {
    use num_complex::Complex;
    let c = Complex::<f64>::new;
    let nan = f64::NAN;
    let x = [c(1.0, 1.0), c(nan, 1.0), c(1.0, nan), c(3.0, 0.0), c(nan, nan), c(nan, -5.0), c(0.0, nan), c(1.0, -1.0)];
    for dtype in [complex64, complex128] {
        let x = hloom::array(x).astype(dtype);
        assert_eq!(x.argsort(0).to_vec::<i64>().unwrap(), [7, 0, 3, 6, 2, 5, 1, 4]);
        check(
            &x.sort(0).astype(complex128),
            expect![[r#"
                array([ 1. -1.j,  1. +1.j,  3. +0.j,  0.+nanj,  1.+nanj, nan -5.j,
                       nan +1.j, nan+nanj])"#]],
        );
    }
}

#[test]
fn every_axis_is_sorted() {
    let x = NdArray::from(numbers(4 * 300 * 5, 3)).astype(int32).reshape([4, 300, 5]);
    for axis in 0..3 {
        let sorted = x.sort(axis);
        let moved = sorted.transpose([[1, 2, 0], [0, 2, 1], [0, 1, 2]][axis as usize]);
        let extent = moved.shape()[2] as i64;
        let steps = moved.get(s![.., .., 1..]).ge(moved.get(s![.., .., ..(extent - 1)]));
        assert!(steps.all(..).truth().unwrap());
        assert!(sorted.sum(axis).eq(x.sum(axis)).all(..).truth().unwrap());
    }
    assert_eq!(x.sort(..).shape(), [6000]);
}

#[test]
fn keys_are_taken_from_the_last_to_the_first() {
    let (first, second) = (numbers(5000, 1), numbers(5000, 2));
    let pairs: Vec<(u8, u8)> = first.iter().zip(&second).map(|(a, b)| ((a % 7) as u8, (b % 7) as u8)).collect();
    let (minor, major): (Vec<u8>, Vec<u8>) = pairs.iter().copied().unzip();
    let expected = positions_by(&pairs, |a, b| (a.1, a.0).cmp(&(b.1, b.0)));
    assert_eq!(
        hloom::lexsort((&minor.into(), &major.into()) as (&NdArray, &NdArray), 0).to_vec::<i64>().unwrap(),
        expected
    );
    let rows = hloom::array([[3, 1, 2], [1, 1, 0]]);
    check(&hloom::lexsort(&rows, -1), expect!["array([2, 1, 0])"]);
    let stacked = hloom::array([[[3, 1], [1, 0]]]);
    check(&hloom::lexsort(&stacked, 0), expect!["array([[1, 1],\n       [0, 0]])"]);
}

#[test]
fn errors_are_numpys() {
    let x = hloom::array([3, 1, 2]);
    let kind = |array: NdArray| array.check().unwrap_err().kind();
    assert_eq!(kind(x.sort(1)), ErrorKind::Axis);
    assert_eq!(kind(hloom::sort(5, -1)), ErrorKind::Axis);
    assert_eq!(kind(x.sort([0, 0])), ErrorKind::Type);
    assert_eq!(kind(x.sort(axis(0).keepdims())), ErrorKind::Type);
    check(&x.partition(3, 0), expect!["ValueError: kth(=3) out of bounds (3), in partition(i32[3])"]);
    assert_eq!(kind(x.partition(.., 0)), ErrorKind::Type);
    assert_eq!(kind(hloom::lexsort([&x, &x.get(s![1..])], 0)), ErrorKind::Value);
    assert_eq!(kind(hloom::lexsort(Vec::<NdArray>::new(), 0)), ErrorKind::Type);
    check(&hloom::argsort(5, 0), expect!["array([0])"]);
    check(&hloom::zeros([2, 0]).argsort(1), expect!["array([], shape=(2, 0), dtype=int64)"]);
}
