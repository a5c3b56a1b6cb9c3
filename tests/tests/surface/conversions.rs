//! Constructors and conversions: from Rust data and back.

use expect_test::expect;
use hloom::prelude::*;

use super::check;

#[test]
fn constructors() {
    check(
        &NdArray::new([2, 2], float32),
        expect![[r#"
        array([[0., 0.],
               [0., 0.]], dtype=float32)"#]],
    );
    check(&NdArray::new((), int8), expect!["array(0, dtype=int8)"]);
    check(&NdArray::new(3, bool_), expect!["array([False, False, False])"]);
    check(&NdArray::with_buffer([2], float32, [1.0, 2.5]).unwrap(), expect!["array([1. , 2.5], dtype=float32)"]);
    let wrong = NdArray::with_buffer([3], float32, [1.0, 2.5]).unwrap_err();
    expect!["ValueError: Unexpected buffer shape: expected (3,), got (2,)"].assert_eq(&wrong.to_string());
    assert_eq!(NdArray::with_buffer([-1], float32, [1.0]).unwrap_err().kind(), ErrorKind::Value);
    let bad = hloom::zeros(2) + hloom::zeros(3);
    assert_eq!(NdArray::with_buffer([2], float32, &bad).unwrap_err().to_string(), bad.check().unwrap_err().to_string());
}

#[test]
fn rust_data() {
    check(
        &NdArray::from([[1, 2], [3, 4]]),
        expect![[r#"
        array([[1, 2],
               [3, 4]], dtype=int32)"#]],
    );
    check(
        &NdArray::from(vec![vec![1.5f32], vec![2.0]]),
        expect![[r#"
        array([[1.5],
               [2. ]], dtype=float32)"#]],
    );
    check(&NdArray::from(vec![[true, false]]), expect!["array([[ True, False]])"]);
    check(&NdArray::from(7u8), expect!["array(7, dtype=uint8)"]);
    check(&NdArray::from(vec![3usize]), expect!["array([3])"]);
    check(&NdArray::from(&[1i64, 2][..]), expect!["array([1, 2])"]);
    check(&hloom::array(num_complex::Complex::new(1.0, -2.0)), expect!["array(1.-2.j)"]);
    check(
        &NdArray::from(vec![vec![1, 2], vec![3]]),
        expect![
            "ValueError: setting an array element with a sequence. The requested array has an inhomogeneous shape: expected 2 elements, got 1, in array"
        ],
    );
}

#[test]
fn arrays_of_the_ndarray_crate() {
    let host = ndarray::ArrayD::from_shape_vec(vec![2, 3], vec![1, 2, 3, 4, 5, 6i64]).unwrap();
    let x = NdArray::from(host.clone());
    check(
        &x,
        expect![[r#"
        array([[1, 2, 3],
               [4, 5, 6]])"#]],
    );
    // Neither in row-major order nor from the first element on.
    let mut view = host.clone().reversed_axes();
    check(
        &NdArray::from(view.clone()),
        expect![[r#"
        array([[1, 4],
               [2, 5],
               [3, 6]])"#]],
    );
    view = host.clone();
    view.slice_collapse(ndarray::s![1.., ..]);
    check(&NdArray::from(view), expect!["array([[4, 5, 6]])"]);
    assert_eq!(ndarray::ArrayD::<i64>::try_from(&(x * 2)).unwrap(), host * 2);
    assert_eq!(ndarray::ArrayD::<f32>::try_from(&hloom::ones(2)).unwrap_err().kind(), ErrorKind::Type);
}

#[test]
fn elements_come_back() {
    let x = hloom::array([[1.5f32, -2.0], [0.0, 4.0]]);
    assert_eq!(x.to_vec::<f32>().unwrap(), [1.5, -2.0, 0.0, 4.0]);
    assert_eq!(x.to_vec::<f64>().unwrap_err().kind(), ErrorKind::Type);
    assert_eq!(x.max(..).item::<f32>().unwrap(), 4.0);
    let error = x.item::<f32>().unwrap_err();
    expect!["ValueError: can only convert an array of size 1 to a Python scalar"].assert_eq(&error.to_string());
    let bytes = x.to_bytes().unwrap();
    assert_eq!(NdArray::from_bytes(bytes, float32, [2, 2]).unwrap().tolist().unwrap(), x.tolist().unwrap());
    assert_eq!(NdArray::from_bytes([0; 3], float32, [1]).unwrap_err().kind(), ErrorKind::Value);
}

#[test]
fn lists_survive_serde() {
    let complex = hloom::array([num_complex::Complex::new(1.0, 2.0)]);
    for array in [hloom::array([[1, 2], [3, 4]]), hloom::array([0.1, -0.0]), hloom::array(true), complex] {
        let list = array.tolist().unwrap();
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(serde_json::from_str::<List>(&text).unwrap(), list, "{text}");
    }
    let list = hloom::array([[1.5, 2.0]]).tolist().unwrap();
    assert_eq!(serde_json::to_string(&list).unwrap(), "[[1.5,2.0]]");
    assert_eq!(list, [[1.5, 2.0]]);
    assert_eq!(list.to_string(), "[[1.5, 2.0]]");
}

#[test]
fn tensors_keep_the_value() {
    let x = hloom::arange(3) * 2;
    assert!(!x.is_materialized());
    let tensor = x.data().unwrap();
    assert!(x.is_materialized());
    assert_eq!((tensor.dtype(), &tensor.shape()[..]), (int64, &[3][..]));
    assert_eq!(tensor.read(<[u8]>::len).unwrap(), 24);
    let again = NdArray::from_tensor(&tensor);
    assert!(again.is_materialized());
    drop(x);
    assert_eq!((again + 1).to_vec::<i64>().unwrap(), [1, 3, 5]);
}
