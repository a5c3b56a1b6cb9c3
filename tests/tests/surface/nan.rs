//! Reductions without NaN, past the size from which on compilers take reductions to libraries.

use hloom as np;
use hloom::prelude::*;

/// A row of numbers with NaN in every third place, of which the greatest is 7 and the least -9.
fn holed(n: i64) -> NdArray {
    let mut x = (np::arange(n) * 0.7310585786300049).sin();
    x.set(s![1..;3], f64::NAN);
    x.set(2, 7);
    x.set(-(n % 3 + 1), -9);
    x
}

fn reductions(x: &NdArray, axes: impl Into<Axes>) -> Vec<NdArray> {
    let axes = axes.into();
    [np::nanmax, np::nanmin, np::nansum, np::nanmean, np::nanstd].map(|reduce| reduce(x, axes.clone())).into()
}

#[test]
fn nan_is_left_out_however_many_elements_there_are() -> hloom::Result<()> {
    for n in [9, 4098, 30_000] {
        let x = holed(n);
        let kept: Vec<f64> = x.to_vec::<f64>()?.into_iter().filter(|value| !value.is_nan()).collect();
        let (sum, count) = (kept.iter().sum::<f64>(), kept.len() as f64);
        let variance = kept.iter().map(|value| (value - sum / count).powi(2)).sum::<f64>() / count;
        for dtype in [float16, float32, float64] {
            let magnitude: f64 = kept.iter().map(|value| value.abs()).sum();
            let tolerance = 2f64.powi(-(dtype.mantissa_bits() as i32)) * (10.0 + magnitude);
            let expected = [7.0, -9.0, sum, sum / count, variance.sqrt()];
            for (found, expected) in reductions(&x.astype(dtype), ..).iter().zip(expected) {
                assert_eq!(found.dtype(), dtype);
                let found = found.astype(float64).item::<f64>()?;
                assert!((found - expected).abs() < tolerance, "{n} {dtype}: {found} for {expected}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_slice_of_nothing_else_is_nan() -> hloom::Result<()> {
    for n in [3, 5000] {
        let mut x = np::stack([holed(n), np::ones(n), holed(n)], 0);
        x.set(1, f64::NAN);
        for (idx, (rows, columns)) in reductions(&x, 1).iter().zip(reductions(&x.t(), 0)).enumerate() {
            let is_sum = idx == 2;
            assert_eq!(rows.isnan().tolist()?, [false, !is_sum, false]);
            assert_eq!(rows.isnan().tolist()?, columns.isnan().tolist()?);
        }
        assert_eq!(np::nansum(&x, 1).get(1).item::<f64>()?, 0.0);
    }
    Ok(())
}

#[test]
fn infinities_and_the_least_numbers_count() -> hloom::Result<()> {
    let n = 5000;
    for dtype in [float16, float32, float64] {
        let mut x = np::full(n, f64::NAN).astype(dtype);
        x.set(7, f64::NEG_INFINITY);
        assert_eq!(np::nanmax(&x, ..).astype(float64).item::<f64>()?, f64::NEG_INFINITY);
        x.set(8, f64::INFINITY);
        assert_eq!(np::nanmin(&x, ..).astype(float64).item::<f64>()?, f64::NEG_INFINITY);
        assert_eq!(np::nanargmax(&x, ..).item::<i64>()?, 8);
    }
    let z = np::array([f64::NAN, 1.0, 2.0]) + num_complex::Complex::new(0.0, 1.0);
    assert_eq!(np::nanmin(&z, ..).to_string(), "(1+1j)");
    assert_eq!(np::nanmax(np::array([i64::MIN, i64::MIN]), ..).item::<i64>()?, i64::MIN);
    Ok(())
}

#[test]
fn compiled_functions_leave_it_out_too() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| np::stack(reductions(&(&x * 2.0), 0), 0));
    let x = np::stack([holed(6000), holed(6000)], 1);
    assert_eq!(f.call(&x)?.to_vec::<f64>()?, np::stack(reductions(&(&x * 2.0), 0), 0).to_vec::<f64>()?);
    Ok(())
}

#[test]
fn what_is_not_theirs_is_refused() {
    let kind = |array: NdArray| array.check().unwrap_err().kind();
    assert_eq!(kind(np::nanmax(np::zeros([0, 3]), 0)), ErrorKind::Value);
    assert_eq!(kind(np::nanmean([1.0], axis(0).dtype(int32))), ErrorKind::Type);
    assert_eq!(kind(np::nanmean([1.0], axis(0).ddof(1))), ErrorKind::Type);
    assert_eq!(kind(np::nanmean(3, 0)), ErrorKind::Axis);
    assert_eq!(kind(np::nanmax([1.0, 2.0], axis(0).where_([true, false]))), ErrorKind::Value);
}
