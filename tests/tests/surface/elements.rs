//! Attributes, elements and shapes: what an array is, and its parts.

use expect_test::expect;
use hloom::prelude::*;
use num_complex::Complex;

use super::check;

fn table() -> NdArray {
    hloom::arange(6).reshape([2, 3])
}

#[test]
fn attributes() {
    let x = table().astype(float32);
    assert_eq!((x.dtype(), x.ndim(), x.size(), x.itemsize(), x.nbytes()), (float32, 2, 6, 4, 24));
    assert_eq!(x.shape(), [2, 3]);
    assert_eq!(x.len().unwrap(), 2);
    assert_eq!(hloom::array(1).len().unwrap_err().to_string(), "TypeError: len() of unsized object");
    check(
        &table().t(),
        expect![[r#"
        array([[0, 3],
               [1, 4],
               [2, 5]])"#]],
    );
}

#[test]
fn casts() {
    check(&hloom::array([1.7, -1.7, 0.0]).astype(int8), expect!["array([ 1, -1,  0], dtype=int8)"]);
    check(&hloom::array([1.7, -0.0, f64::NAN]).astype(bool_), expect!["array([ True, False,  True])"]);
    check(&hloom::array([300, -1]).astype(uint8), expect!["array([ 44, 255], dtype=uint8)"]);
}

#[test]
fn shapes_in_both_orders() {
    let x = table();
    check(&x.ravel(), expect!["array([0, 1, 2, 3, 4, 5])"]);
    check(&x.ravel_order(Order::F), expect!["array([0, 3, 1, 4, 2, 5])"]);
    check(
        &x.reshape([3, -1]),
        expect![[r#"
        array([[0, 1],
               [2, 3],
               [4, 5]])"#]],
    );
    check(
        &x.reshape_order([3, 2], Order::F),
        expect![[r#"
        array([[0, 4],
               [3, 2],
               [1, 5]])"#]],
    );
    check(
        &x.transpose([1, 0]),
        expect![[r#"
        array([[0, 3],
               [1, 4],
               [2, 5]])"#]],
    );
    assert_eq!(hloom::zeros([2, 3, 4]).transpose([-1, 0, 1]).shape(), [4, 2, 3]);
    check(
        &x.clip(1, 4),
        expect![[r#"
        array([[1, 1, 2],
               [3, 4, 4]])"#]],
    );
    check(
        &x.clip(None, 2),
        expect![[r#"
        array([[0, 1, 2],
               [2, 2, 2]])"#]],
    );
}

#[test]
fn parts_are_read() {
    let x = table();
    check(&x.get(1), expect!["array([3, 4, 5])"]);
    check(&x.get(s![-1, 0]), expect!["array(3)"]);
    check(
        &x.get(s![.., ..;-2]),
        expect![[r#"
        array([[2, 0],
               [5, 3]])"#]],
    );
    check(&x.get(s![..., newaxis, 1..=-1]).reshape(-1), expect!["array([1, 2, 4, 5])"]);
    check(&x.get(x.gt(2)), expect!["array([3, 4, 5])"]);
    check(&x.get(s![vec![0i64, 1], vec![-1i64, 0]]), expect!["array([2, 3])"]);
}

#[test]
fn parts_are_written_and_other_handles_keep_the_old() {
    let mut x = table();
    let before = x.clone();
    x.set(s![0, ..], [7i64, 8, 9]);
    x.set(s![1, -1], -1);
    check(
        &x,
        expect![[r#"
        array([[ 7,  8,  9],
               [ 3,  4, -1]])"#]],
    );
    x.set(x.lt(4), 0);
    x.set(vec![1i64, 1], [[1i64, 1, 1], [2, 2, 2]]);
    check(
        &x,
        expect![[r#"
        array([[7, 8, 9],
               [2, 2, 2]])"#]],
    );
    check(
        &before,
        expect![[r#"
        array([[0, 1, 2],
               [3, 4, 5]])"#]],
    );
}

#[test]
fn rows_are_iterated() {
    let x = table();
    let rows: Vec<Vec<i64>> = x.iter().map(|row| row.to_vec().unwrap()).collect();
    assert_eq!(rows, [[0, 1, 2], [3, 4, 5]]);
    assert_eq!(x.iter().len(), 2);
    let mut n_rows = 0;
    for row in &x {
        assert_eq!(row.shape(), [3]);
        n_rows += 1;
    }
    assert_eq!(n_rows, 2);
    let error = hloom::array(1).iter().next().unwrap().check().unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Type, "iteration over a 0-d array"));
}

#[test]
fn truth() {
    assert!(bool::try_from(&hloom::array(2)).unwrap());
    assert!(!bool::try_from(hloom::array([[-0.0]])).unwrap());
    let text = |array: NdArray| bool::try_from(array).unwrap_err().to_string();
    expect!["ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"]
        .assert_eq(&text(table()));
    expect!["ValueError: The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not empty."]
        .assert_eq(&text(hloom::zeros([0])));
}

/// What each update does to what an index names.
fn updates<I: hloom::IntoIndex + Clone>(x: &NdArray, index: &I) -> [NdArray; 4] {
    let mut updated: [NdArray; 4] = std::array::from_fn(|_| x.clone());
    updated[0].add_at(index.clone(), 2);
    updated[1].multiply_at(index.clone(), 2);
    updated[2].minimum_at(index.clone(), 0.5);
    updated[3].maximum_at(index.clone(), 0.5);
    updated
}

#[test]
fn what_an_update_does_not_name_keeps_every_bit() -> hloom::Result<()> {
    let odd = [-0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY, f64::MIN_POSITIVE / 4.0, 1.0, -1.0];
    let x = hloom::array(odd);
    let by_slice = [updates(&x, &s![5..6]), updates(&x, &s![4..;2]), updates(&x, &s![6..4;-1])];
    for (updated, named) in by_slice.iter().zip([&[5][..], &[4, 6], &[6, 5]]) {
        for y in updated {
            for (idx, (old, new)) in odd.iter().zip(y.to_vec::<f64>()?).enumerate() {
                let is_kept = old.to_bits() == new.to_bits();
                assert!(is_kept || named.contains(&idx), "{old} became {new}, where {named:?} were named");
            }
        }
    }
    // The parts of complex numbers are no less.
    let odd = odd.map(|re| Complex::new(re, -0.0));
    for y in updates(&hloom::array(odd), &s![5..6]) {
        for (idx, (old, new)) in odd.iter().zip(y.to_vec::<Complex<f64>>()?).enumerate() {
            let is_kept = old.re.to_bits() == new.re.to_bits() && old.im.to_bits() == new.im.to_bits();
            assert!(is_kept || idx == 5, "{old} became {new}");
        }
    }
    Ok(())
}

#[test]
fn one_value_through_a_mask_reads_nothing() -> hloom::Result<()> {
    // NumPy's: `x[mask] = v`, and `np.add.at(x, mask, v)` and so on.
    let x = hloom::array([[1.0, -2.0], [3.0, -4.0]]);
    let updated = |update: &dyn Fn(&mut NdArray)| {
        let mut x = x.clone();
        hloom::deny_sync(|| update(&mut x));
        assert!(!x.is_materialized());
        x
    };
    let set = updated(&|x| x.set(x.lt(0), 9));
    let added = updated(&|x| x.add_at(x.lt(0), 1));
    let multiplied = updated(&|x| x.multiply_at(x.sum(1).lt(0), 10));
    let least = updated(&|x| x.minimum_at(x.gt(2), 2.5));
    let greatest = updated(&|x| x.maximum_at(x.sum(..).lt(0), 0));
    let none = updated(&|x| x.set(x.sum(..).gt(0), 0));
    assert_eq!(set.tolist()?, [[1.0, 9.0], [3.0, 9.0]]);
    assert_eq!(added.tolist()?, [[1.0, -1.0], [3.0, -3.0]]);
    assert_eq!(multiplied.tolist()?, [[10.0, -20.0], [30.0, -40.0]]);
    assert_eq!(least.tolist()?, [[1.0, -2.0], [2.5, -4.0]]);
    assert_eq!(greatest.tolist()?, [[1.0, 0.0], [3.0, 0.0]]);
    assert_eq!(none.tolist()?, x.tolist()?);
    let mut number = hloom::array(5i64);
    number.set(number.gt(3), -1);
    assert_eq!(number.item::<i64>()?, -1);
    Ok(())
}
