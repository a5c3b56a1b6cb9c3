//! Search: what the corpus does not ask, which is long arrays, NaN, mixed dtypes, and places found inside of programs.

use expect_test::expect;
use hloom::prelude::*;
use hloom::{ErrorKind, NdArray};

use super::check;

/// Places lazily and inside of a compiled function.
fn places(a: &NdArray, v: &NdArray, side: &'static str) -> Vec<i64> {
    let lazily = a.searchsorted(v, side).to_vec::<i64>().unwrap();
    let compiled = hloom::jit(move |(a, v): (NdArray, NdArray)| a.searchsorted(v, side));
    assert_eq!(compiled.call((a.clone(), v.clone())).unwrap().to_vec::<i64>().unwrap(), lazily);
    lazily
}

#[test]
fn places_are_those_of_a_search_on_the_host() {
    let mut rng = fastrand::Rng::with_seed(5);
    for n in [0, 1, 2, 3, 7, 8, 9, 1000, 4097, 70_000] {
        let mut sorted: Vec<i32> = (0..n).map(|_| rng.i32(-1000..1000)).collect();
        sorted.sort_unstable();
        let values: Vec<i32> = (0..5000).map(|_| rng.i32(-1010..1010)).collect();
        let expected = |before: fn(&i32, &i32) -> bool| -> Vec<i64> {
            values.iter().map(|value| sorted.partition_point(|element| before(element, value)) as i64).collect()
        };
        let (a, v) = (NdArray::from(sorted.clone()), NdArray::from(values.clone()));
        assert_eq!(places(&a, &v, "left"), expected(|element, value| element < value));
        assert_eq!(places(&a, &v, "right"), expected(|element, value| element <= value));
        let (a, v) = (a.astype(float16), v.astype(float16));
        assert_eq!(places(&a, &v, "left"), expected(|element, value| element < value));
    }
}

#[test]
fn nan_is_behind_all_numbers() {
    let a = hloom::array([f64::NEG_INFINITY, -0.0, 0.0, f64::INFINITY, f64::NAN, f64::NAN]);
    let v = hloom::array([f64::NAN, f64::INFINITY, 0.0, -0.0, f64::NEG_INFINITY, -f64::NAN]);
    assert_eq!(places(&a, &v, "left"), [4, 3, 1, 1, 0, 4]);
    assert_eq!(places(&a, &v, "right"), [6, 4, 3, 3, 1, 6]);
}

#[test]
fn complex_numbers_have_places() {
    use num_complex::Complex;
    let c = Complex::<f64>::new;
    let nan = f64::NAN;
    let a = hloom::array([c(0.0, 1.0), c(1.0, -1.0), c(1.0, 1.0), c(0.0, nan), c(2.0, nan), c(nan, 0.0), c(nan, nan)]);
    assert_eq!(places(&a, &a, "left"), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(places(&a, &a, "right"), [1, 2, 3, 4, 5, 6, 7]);
    let v = hloom::array([c(1.0, 0.0), c(9.0, 0.0), c(1.0, nan), c(nan, -9.0), c(nan, 9.0)]);
    assert_eq!(places(&a, &v, "left"), [2, 3, 4, 5, 6]);
}

#[test]
fn elements_are_compared_as_promoted() {
    let narrow = hloom::array([1, 2, 3]).astype(int8);
    check(&narrow.searchsorted([300, -300], ..), expect!["array([3, 0])"]);
    let single = hloom::array([0.1f32, 0.2]);
    // The nearest float32 is greater than 0.1.
    check(&single.searchsorted(0.1, "right"), expect!["array(0)"]);
    check(&single.searchsorted([0.1f32], "right"), expect!["array([1])"]);
    check(&hloom::array([true]).searchsorted(2, ..), expect!["array(1)"]);
}

#[test]
fn a_sorter_is_followed() {
    let x = hloom::array([3.0, 1.0, 2.0]);
    check(&x.searchsorted([2.0, 2.5], hloom::sorter(x.argsort(0)).side("right")), expect!["array([2, 2])"]);
    let kind = |sorter: NdArray| x.searchsorted(2.0, hloom::sorter(sorter)).data().unwrap_err().kind();
    assert_eq!(kind(hloom::array([0, 1])), ErrorKind::Value);
    assert_eq!(kind(hloom::array([0.0, 1.0, 2.0])), ErrorKind::Type);
    assert_eq!(kind(hloom::array([[0, 1, 2]])), ErrorKind::Type);
    assert_eq!(kind(hloom::array([0, 1, 3])), ErrorKind::Index);
}

#[test]
fn errors_of_searches_are_numpys() {
    let x = hloom::array([1, 2]);
    check(
        &x.searchsorted(1, "middle"),
        expect!["ValueError: search side must be 'left' or 'right' (got 'middle'), in searchsorted(i32[2], 1)"],
    );
    check(
        &x.expand_dims(0).searchsorted(1, ..),
        expect!["ValueError: object too deep for desired array, in searchsorted(i32[1,2], 1)"],
    );
    check(
        &hloom::searchsorted(1, 1, ..),
        expect!["ValueError: object of too small depth for desired array, in searchsorted(1, 1)"],
    );
}

#[test]
fn bins_increase_or_decrease() {
    let x = hloom::array([-1.0, 0.0, 0.5, 1.0, 2.0, 9.0, f64::NAN]);
    let (up, down) = (hloom::array([0.0, 1.0, 2.0]), hloom::array([2.0, 1.0, 0.0]));
    let compiled = hloom::jit(|(x, bins): (NdArray, NdArray)| hloom::digitize(x, bins, true));
    for (bins, expected) in [(&up, [0, 0, 1, 1, 2, 3, 3]), (&down, [3, 3, 2, 2, 1, 0, 0])] {
        assert_eq!(hloom::digitize(&x, bins, true).to_vec::<i64>().unwrap(), expected);
        let traced = compiled.call((x.clone(), bins.clone())).unwrap();
        assert_eq!(traced.to_vec::<i64>().unwrap(), expected);
    }
    check(&hloom::digitize(&x, &down, ..), expect!["array([3, 2, 2, 1, 0, 0, 0])"]);
    let error = |bins: NdArray| hloom::digitize(&x, bins, ..).check().unwrap_err().kind();
    assert_eq!(error(hloom::array([1.0, 3.0, 2.0])), ErrorKind::Value);
    assert_eq!(error(hloom::array(1.0)), ErrorKind::Value);
    assert_eq!(error(hloom::array([1.0]).astype(complex64)), ErrorKind::Type);
    assert_eq!(hloom::digitize(x.astype(complex64), up, ..).check().unwrap_err().kind(), ErrorKind::Type);
    check(&hloom::digitize([1], Vec::<f64>::new(), ..), expect!["array([0])"]);
}

#[test]
fn positions_of_what_is_not_zero() {
    let x = hloom::arange(6000).reshape([2, 30, 100]);
    let is_seventh = (&x % 7).eq(0);
    let rows = hloom::argwhere(&is_seventh);
    assert_eq!(rows.shape(), [858, 3]);
    let flat = hloom::flatnonzero(&is_seventh);
    assert!(flat.eq(hloom::arange((0, 6000, 7))).all(..).truth().unwrap());
    let weights = hloom::array([3000, 100, 1]);
    assert!((rows * weights).sum(1).eq(flat).all(..).truth().unwrap());
    check(&hloom::argwhere(5), expect!["array([], shape=(1, 0), dtype=int64)"]);
    check(&hloom::argwhere(0), expect!["array([], shape=(0, 0), dtype=int64)"]);
    check(&hloom::flatnonzero(3), expect!["array([0])"]);
    assert_eq!(hloom::nonzero(3).unwrap_err().kind(), ErrorKind::Value);
    check(&hloom::argwhere([f64::NAN, -0.0]), expect!["array([[0]])"]);
}
