//! What somebody who knows NumPy types first.
#![expect(clippy::needless_borrows_for_generic_args, reason = "what is lent is what is tested")]

use anyhow::Result;
use hloom::prelude::*;
use hloom::{self as np, IntoOperand};

#[test]
fn integers_are_written_as_tuples_arrays_and_vectors() -> Result<()> {
    let x = np::arange(24);
    for shape in [x.reshape((2, 3, -1)), x.reshape([2, 3, 4]), x.reshape(vec![2, -1, 4]), x.reshape(&[2, 3, 4])] {
        assert_eq!(shape.dims()?, [2, 3, 4]);
    }
    let x = x.reshape((2, 3, 4));
    assert_eq!(x.sum((1, 2)).tolist()?, x.sum([1, 2]).tolist()?);
    assert_eq!(x.sum((-1,)).tolist()?, x.sum(2).tolist()?);
    assert_eq!(x.transpose((2, 0, 1)).shape(), [4, 2, 3]);
    assert_eq!(x.transpose(..).shape(), [4, 3, 2]);
    assert_eq!(x.sum(()).shape(), [2, 3, 4]);
    assert_eq!(np::zeros((5, 2)).astype(float32).dtype(), float32);
    assert_eq!(np::eye((2, 3)).tolist()?, [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]);
    assert_eq!(np::eye((2, 3, -1)).tolist()?, [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]);
    Ok(())
}

#[test]
fn entries_of_an_index_are_written_as_a_tuple() -> Result<()> {
    let x = np::arange(12).reshape((3, 4));
    assert_eq!(x.get((0, 1)).item::<i64>()?, 1);
    assert_eq!(x.get((.., -1)).tolist()?, [3, 7, 11]);
    assert_eq!(x.get((1.., None, 2)).tolist()?, [[6], [10]]);
    assert_eq!(x.get(([2, 0], ..2)).tolist()?, [[8, 9], [0, 1]]);
    assert_eq!(x.get(s![.., None]).shape(), [3, 1, 4]);
    assert_eq!(x.get(None).shape(), [1, 3, 4]);
    assert_eq!(x.get(()).shape(), [3, 4]);
    let mut y = x.clone();
    y.set((0, ..2), -1);
    assert_eq!(y.get(0).tolist()?, [-1, -1, 2, 3]);
    Ok(())
}

#[test]
fn arrays_are_joined_as_they_come() -> Result<()> {
    let (a, b) = (np::arange(2), np::array([2.5]));
    let rows = vec![a.clone(), a.clone()];
    assert_eq!(np::concatenate((&a, b.clone()), 0).tolist()?, [0.0, 1.0, 2.5]);
    assert_eq!(np::concatenate((a.clone(), [7, 8], &b), 0).tolist()?, [0.0, 1.0, 7.0, 8.0, 2.5]);
    assert_eq!(np::concatenate(&rows, 0).tolist()?, [0, 1, 0, 1]);
    assert_eq!(np::stack(rows.iter().map(|row| row + 1), 0).tolist()?, [[1, 2], [1, 2]]);
    assert_eq!(np::stack([&&a, &&a], 1).tolist()?, [[0, 0], [1, 1]]);
    assert_eq!(np::concatenate((1, &rows[0], 2.0), ..).tolist()?, [1.0, 0.0, 1.0, 2.0]);
    assert_eq!(np::concatenate((&a, &a), (0, 1)).check().unwrap_err().kind(), ErrorKind::Type);
    Ok(())
}

#[test]
fn vectors_are_lent() -> Result<()> {
    let numbers = vec![1.5, 2.5];
    let nested = vec![vec![1, 2], vec![3, 4]];
    assert_eq!(np::array(&numbers).tolist()?, [1.5, 2.5]);
    assert_eq!(np::array(&nested).tolist()?, [[1, 2], [3, 4]]);
    assert_eq!(np::array(&[[true], [false]]).tolist()?, [[true], [false]]);
    assert_eq!((np::ones(2) + &numbers).tolist()?, [2.5, 3.5]);
    assert_eq!((np::ones(2) + numbers.as_slice()).tolist()?, [2.5, 3.5]);
    assert_eq!(np::sum(&nested, 0).tolist()?, [4, 6]);
    assert_eq!(np::array(&vec![vec![1, 2], vec![3]]).check().unwrap_err().kind(), ErrorKind::Value);
    Ok(())
}

#[test]
fn iterators_of_arrays_are_added_and_multiplied() -> Result<()> {
    let (x, y) = (np::array([1, 2]), np::array([0.5, -0.5]));
    assert_eq!([x.clone(), x.clone()].into_iter().sum::<NdArray>().tolist()?, [2, 4]);
    assert_eq!([&x, &y].into_iter().sum::<NdArray>().tolist()?, [1.5, 1.5]);
    assert_eq!([&x, &y, &x].into_iter().product::<NdArray>().tolist()?, [0.5, -2.0]);
    assert_eq!(Vec::<NdArray>::new().into_iter().sum::<NdArray>().item::<i64>()?, 0);
    Ok(())
}

#[test]
fn bounds_may_be_missing() -> Result<()> {
    let x = np::array([-2.0, 0.5, 3.0]);
    assert_eq!(x.clip(0.0, None).tolist()?, [0.0, 0.5, 3.0]);
    assert_eq!(x.clip(None, 1).tolist()?, [-2.0, 0.5, 1.0]);
    let high = Some(2.0);
    assert_eq!(x.clip(&np::zeros(3), high.map(IntoOperand::into_operand)).tolist()?, [0.0, 0.5, 2.0]);
    Ok(())
}

#[test]
fn complex_numbers_need_no_other_crate() -> Result<()> {
    let z = np::array([np::c64(1.0, 2.0), np::Complex::new(0.0, -1.0)]);
    assert_eq!((z.dtype(), (z * np::c64(0, 1)).to_string()), (complex128, "[-2.+1.j  1.+0.j]".to_owned()));
    Ok(())
}

#[test]
fn several_arrays_are_computed_by_one_program() -> Result<()> {
    let x = np::linspace(0.0, 1.0, 5000);
    let (low, high) = (x.square().min(..), (&x * 3.0).max(..));
    np::wait((&low, vec![high.clone()]))?;
    assert!(low.is_materialized() && high.is_materialized() && !x.is_materialized());
    assert_eq!((low.item::<f64>()?, high.item::<f64>()?), (0.0, 3.0));
    // What is there already is not computed again, and neither is nothing.
    np::deny_recompile(|| np::eval(((), &low, [&high, &high])))?;
    let bad = np::zeros(2) + np::zeros(3);
    assert_eq!(np::eval((&x, &bad)).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(bad.wait().unwrap_err().kind(), ErrorKind::Value);
    let y = np::arange(10) + 1;
    assert_eq!(np::deny_sync(|| y.wait()).unwrap_err().kind(), ErrorKind::Denied);
    np::deny_sync(|| np::eval(&y))?;
    let traced = np::jit(|x: NdArray| {
        assert_eq!(x.wait().unwrap_err().kind(), ErrorKind::Trace);
        x
    });
    traced.call(1.0)?;
    Ok(())
}

#[test]
fn functions_of_several_parameters_are_compiled() -> Result<()> {
    let f = np::jit(|x: NdArray, y: NdArray, n: usize| (0..n).fold(x, |x, _| &x * &y));
    assert_eq!(f.call((&np::array([1.0, 2.0]), 3.0, 2))?.tolist()?, [9.0, 18.0]);
    assert_eq!(f((np::array([1.0, 2.0]), np::array(2.0), 1))?.tolist()?, [2.0, 4.0]);
    // The same function as one of a tuple.
    let g = np::jit(|(x, y, n): (NdArray, NdArray, usize)| (0..n).fold(x, |x, _| &x * &y));
    assert_eq!(g.call((&np::array([1.0, 2.0]), 3.0, 2))?.tolist()?, [9.0, 18.0]);
    let offset = np::array([1.0, 1.0]);
    let h = np::jit(move |x: NdArray, y: NdArray| (&x + &offset, x - y)).donate(1);
    let (sum, difference) = h.call((np::ones(2), np::ones(2)))?;
    assert_eq!((sum.tolist()?, difference.tolist()?), (vec![2.0, 2.0].into(), vec![0.0, 0.0].into()));
    Ok(())
}

#[test]
fn keywords_that_a_function_does_not_have_are_refused() -> Result<()> {
    let x = np::ones((2, 3));
    let error = x.sum(axis(0).ddof(1)).check().unwrap_err();
    assert_eq!(error.message(), "sum() got an unexpected keyword argument 'ddof'");
    assert_eq!(error.kind(), ErrorKind::Type);
    assert_eq!(x.max(axis(..).dtype(float32)).check().unwrap_err().kind(), ErrorKind::Type);
    assert_eq!(x.argmax(axis(0).where_(true)).check().unwrap_err().kind(), ErrorKind::Type);
    Ok(())
}

#[test]
fn reductions_take_their_keywords_at_any_size() -> Result<()> {
    for size in [3i64, 5000] {
        let x = np::arange(size).astype(float64);
        let even = (np::arange(size) % 2).eq(0);
        let n_even = (size + 1) / 2;
        let sum = (n_even - 1) * n_even;
        assert_eq!(x.sum(axis(..).where_(&even)).item::<f64>()?, sum as f64);
        assert_eq!(x.mean(axis(..).where_(&even)).item::<f64>()?, (n_even - 1) as f64);
        assert_eq!(x.max(axis(0).initial(1e9)).item::<f64>()?, 1e9);
        assert_eq!(x.max(axis(0).initial(-1).where_(x.lt(2))).item::<f64>()?, 1.0);
        let n = size as f64;
        let variance = (n * n - 1.0) / 12.0;
        let found = x.var(..).item::<f64>()?;
        assert!((found - variance).abs() <= 1e-12 * variance, "{found} {variance}");
        let unbiased = x.var(axis(..).ddof(1)).item::<f64>()?;
        assert!((unbiased - variance * n / (n - 1.0)).abs() <= 1e-12 * unbiased);
        assert_eq!(x.astype(uint8).sum(axis(..).dtype(uint8)).dtype(), uint8);
        assert_eq!(np::full(size, -0.0).sum(axis(..).where_(false)).item::<f64>()?.to_bits(), 0.0f64.to_bits());
    }
    Ok(())
}
