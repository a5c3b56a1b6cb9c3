//! Sets: what the corpus does not ask, which is long arrays, NaN, integers beyond floats, and many columns.

use expect_test::expect;
use hloom::prelude::*;
use hloom::{ErrorKind, NdArray};

use super::check;

#[test]
fn distinct_elements_of_a_long_array() {
    let mut rng = fastrand::Rng::with_seed(9);
    let host: Vec<i64> = (0..20_000).map(|_| rng.i64(-3000..3000)).collect();
    let x = NdArray::from(host.clone()).reshape([100, 200]);
    let (values, indices, inverse, counts) = hloom::unique_all(&x, ..);
    let mut sorted = host.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(values.to_vec::<i64>().unwrap(), sorted);
    assert_eq!(hloom::unique(&x, ..).to_vec::<i64>().unwrap(), sorted);
    let first: Vec<i64> = sorted.iter().map(|v| host.iter().position(|x| x == v).unwrap() as i64).collect();
    assert_eq!(indices.to_vec::<i64>().unwrap(), first);
    assert!(values.get(inverse).eq(&x).all(..).truth().unwrap());
    let count = |value: &i64| host.iter().filter(|&x| x == value).count() as i64;
    assert_eq!(counts.to_vec::<i64>().unwrap(), sorted.iter().map(count).collect::<Vec<i64>>());
}

#[test]
fn nan_is_one_element_or_many() {
    let x = hloom::array([f64::NAN, 1.0, -f64::NAN, 1.0]);
    check(&hloom::unique(&x, ..), expect!["array([ 1., nan])"]);
    check(&hloom::unique(&x, axis(..).equal_nan(false)), expect!["array([ 1., nan, nan])"]);
    check(&hloom::unique_counts(&x, ..).1, expect!["array([2, 1, 1])"]);
    check(&hloom::unique_counts(&x, axis(..).equal_nan(true)).1, expect!["array([2, 2])"]);
    check(&hloom::unique_index(&x, ..).1, expect!["array([1, 0])"]);
}

#[test]
fn the_first_complex_nan_stands_for_all() {
    use num_complex::Complex;
    let x = [Complex::new(f64::NAN, 1.0), Complex::new(1.0, f64::NAN), Complex::new(1.0, 0.0)];
    check(&hloom::unique(x, ..), expect!["array([ 1.+0.j, nan+1.j])"]);
    // With positions, as in NumPy, it is the first in order.
    check(&hloom::unique_index(x, ..).0, expect!["array([1. +0.j, 1.+nanj])"]);
}

#[test]
fn distinct_parts_along_axes() {
    let mut rng = fastrand::Rng::with_seed(2);
    let rows: Vec<Vec<i32>> = (0..5000).map(|_| (0..12).map(|_| rng.i32(0..2)).collect()).collect();
    let x = NdArray::from(rows.clone());
    let mut sorted = rows.clone();
    sorted.sort();
    sorted.dedup();
    let (values, indices, inverse, counts) = hloom::unique_all(&x, 0);
    assert!(values.eq(NdArray::from(sorted.clone())).all(..).truth().unwrap());
    assert!(x.get(&indices).eq(&values).all(..).truth().unwrap());
    assert!(values.get(&inverse).eq(&x).all(..).truth().unwrap());
    assert_eq!(counts.sum(..).item::<i64>().unwrap(), 5000);
    assert!(hloom::unique(x.t(), 1).eq(values.t()).all(..).truth().unwrap());
    let blocks = hloom::array([[[1, 2], [1, 2], [0, 5]]]);
    check(
        &hloom::unique(&blocks, 1),
        expect![[r#"
        array([[[0, 5],
                [1, 2]]], dtype=int32)"#]],
    );
    check(&hloom::unique_all(hloom::zeros([3, 0]), 0).3, expect!["array([3])"]);
    check(&hloom::unique(hloom::zeros([0, 3]), 0), expect!["array([], shape=(0, 3), dtype=float64)"]);
    check(
        &hloom::unique([[f64::NAN, 1.0], [f64::NAN, 1.0]], 0),
        expect![[r#"
        array([[nan,  1.],
               [nan,  1.]])"#]],
    );
}

#[test]
fn sets_of_long_arrays() {
    let (a, b) = (hloom::arange((0, 30_000, 2)), hloom::arange((0, 30_000, 3)));
    let same = |found: NdArray, expected: NdArray| {
        assert_eq!(found.shape(), expected.shape());
        assert!(found.eq(expected).all(..).truth().unwrap());
    };
    let all = hloom::arange(30_000);
    let (by_two, by_three) = ((&all % 2).eq(0), (&all % 3).eq(0));
    same(hloom::union1d(&a, &b), all.get(&by_two | &by_three));
    same(hloom::intersect1d(&a, &b), all.get(&by_two & &by_three));
    same(hloom::setxor1d(&a, &b), all.get(&by_two ^ &by_three));
    same(hloom::setdiff1d(&a, &b), all.get(&by_two & by_three.logical_not()));
    same(hloom::isin(&all, &b, ..), by_three.clone());
    let (values, in_a, in_b) = hloom::intersect1d_indices(&a, &b);
    same(a.get(in_a), values.clone());
    same(b.get(in_b), values);
    let compiled = hloom::jit(|(x, others): (NdArray, NdArray)| hloom::isin(x, others, true));
    same(compiled.call((all, b)).unwrap(), by_three.logical_not());
}

#[test]
fn integers_are_compared_exactly() {
    let beyond = 1_u64 << 63;
    let unsigned = hloom::array([beyond + 1, 5, (1 << 53) + 1]);
    let signed = hloom::array([i64::MIN + 1, 5, 1 << 53, -1]);
    check(&hloom::isin(&unsigned, &signed, ..), expect!["array([False,  True, False])"]);
    check(&hloom::isin(&signed, &unsigned, ..), expect!["array([False,  True, False, False])"]);
    check(&hloom::isin([u64::MAX], [-1_i64], ..), expect!["array([False])"]);
    check(&hloom::isin([300], hloom::array([44]).astype(uint8), ..), expect!["array([False])"]);
    check(&hloom::isin([f64::NAN, 1.0], [f64::NAN], ..), expect!["array([False, False])"]);
    check(&hloom::isin([1, 2], Vec::<i32>::new(), true), expect!["array([ True,  True])"]);
}

#[test]
fn empty_sets() {
    let none = Vec::<f64>::new();
    check(&hloom::unique(none.clone(), ..), expect!["array([], dtype=float64)"]);
    check(&hloom::setxor1d(none.clone(), none.clone()), expect!["array([], dtype=float64)"]);
    check(&hloom::intersect1d(none.clone(), [1]), expect!["array([], dtype=float64)"]);
    check(&hloom::union1d(none, [1]), expect!["array([1.])"]);
    check(&hloom::setxor1d([1], [1]), expect!["array([], dtype=int32)"]);
}

#[test]
fn what_hangs_on_values_is_an_error_in_a_trace() {
    let compiled = hloom::jit(|x: NdArray| hloom::unique(x, ..));
    assert!(compiled.call(hloom::array([1, 2])).is_err());
    let x = hloom::array([[1, 2]]);
    assert_eq!(hloom::unique(&x, 2).check().unwrap_err().kind(), ErrorKind::Axis);
    assert_eq!(hloom::unique(&x, axis(..).ddof(1)).check().unwrap_err().kind(), ErrorKind::Type);
    assert_eq!(hloom::unique_all(hloom::array(5), 0).2.check().unwrap_err().kind(), ErrorKind::Axis);
}
