//! Convolution, correlation and interpolation, against sums that are written out.

use hloom as np;
use hloom::prelude::*;
use hloom::{ErrorKind, jit};

/// The full convolution, sum by sum.
fn convolved(a: &[f64], v: &[f64]) -> Vec<f64> {
    let sum = |k: usize| (0..v.len()).filter(|&j| j <= k && k - j < a.len()).map(|j| a[k - j] * v[j]).sum();
    (0..a.len() + v.len() - 1).map(sum).collect()
}

fn close(found: &[f64], wanted: &[f64]) {
    assert_eq!(found.len(), wanted.len());
    for (idx, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        let is_same = found == wanted || found.is_nan() && wanted.is_nan();
        assert!(is_same || (found - wanted).abs() < 1e-9, "{idx}: {found} for {wanted}");
    }
}

#[test]
fn sums_are_those_that_are_written_out() -> hloom::Result<()> {
    // Numbers of taps on both sides of what one program takes, and of what an iteration does.
    for (n, m) in [(1, 1), (5, 3), (40, 32), (33, 33), (50, 41), (5000, 7), (4100, 100), (300, 299)] {
        let a = (np::arange(n) * 0.7310585786300049).sin();
        let v = (np::arange(m) * 0.3310585786300049).cos();
        let (rows, taps) = (a.to_vec::<f64>()?, v.to_vec::<f64>()?);
        let whole = convolved(&rows, &taps);
        let (n, m) = (n as usize, m as usize);
        let same = &whole[(m - 1) / 2..][..n];
        let valid = &whole[m - 1..][..n - m + 1];
        for (mode, wanted) in [("full", &whole[..]), ("same", same), ("valid", valid)] {
            close(&np::convolve(&a, &v, mode).to_vec::<f64>()?, wanted);
            close(&np::convolve(&v, &a, mode).to_vec::<f64>()?, wanted);
            close(&np::correlate(&a, v.get(s![..;-1]), mode).to_vec::<f64>()?, wanted);
            let compiled = jit(move |a: NdArray, v: NdArray| np::convolve(&a, &v, mode));
            close(&compiled.call((&a, &v))?.to_vec::<f64>()?, wanted);
            let turned: Vec<f64> = np::correlate(v.get(s![..;-1]), &a, mode).get(s![..;-1]).to_vec()?;
            close(&turned, wanted);
        }
    }
    Ok(())
}

#[test]
fn what_is_not_finite_spreads_to_the_sums_that_it_is_in() -> hloom::Result<()> {
    for m in [3, 31, 33, 100] {
        let n = 4200;
        let mut a = np::ones(n);
        a.set(2, f64::INFINITY);
        a.set(n - 40, f64::NAN);
        let mut v = np::ones(m);
        v.set(m - 1, f64::INFINITY);
        v.set(1, 0.0);
        for (a, v) in [(a.clone(), np::ones(m)), (np::ones(n), v.clone()), (a, v)] {
            let wanted = convolved(&a.to_vec::<f64>()?, &v.to_vec::<f64>()?);
            close(&np::convolve(&a, &v, ..).to_vec::<f64>()?, &wanted);
        }
    }
    Ok(())
}

#[test]
fn convolutions_keep_dtypes() -> hloom::Result<()> {
    let bytes = np::array([100, 100]).astype(int8);
    assert_eq!(np::convolve(&bytes, np::array([1, 1]).astype(int8), ..).tolist()?, [100, -56, 100]);
    let sums = np::convolve([true, true, false], [true, true], ..);
    assert_eq!((sums.dtype(), sums.to_string()), (bool_, "[ True  True  True False]".into()));
    let z = np::array([np::c64(1.0, 1.0), np::c64(0.0, 2.0)]);
    assert_eq!(np::correlate(&z, &z, ..).to_string(), "[6.+0.j]");
    assert_eq!(np::convolve(&z, 2, ..).to_string(), "[2.+2.j 0.+4.j]");
    let half = np::full(3000, 1.0).astype(float16);
    assert_eq!(np::convolve(&half, &half, "valid").tolist()?, [3000.0]);
    assert_eq!(np::convolve(np::arange(3).astype(float32), np::arange(2), ..).dtype(), float64);
    Ok(())
}

#[test]
fn lines_that_are_none_are_refused() {
    let line = np::ones(3);
    let refused = [
        (np::convolve(np::zeros(0), &line, ..), "a cannot be empty"),
        (np::convolve(&line, np::zeros(0), ..), "v cannot be empty"),
        (np::correlate(&line, np::zeros(0), ..), "second array argument cannot be empty"),
        (np::convolve(np::ones((2, 2)), &line, ..), "object too deep for desired array"),
        (np::correlate(&line, 3, ..), "object of too small depth for desired array"),
        (np::convolve(&line, &line, "middle"), "mode must be one of 'valid', 'same', or 'full' (got 'middle')"),
        (np::interp(1, np::zeros(0), np::zeros(0), ..), "array of sample points is empty"),
        (np::interp(1, [1, 2], [1], ..), "fp and xp are not of the same length."),
        (np::interp(1, [1, 2], [1, 2], np::period(0)), "period must be a non-zero value"),
        (np::interp(1, [[1, 2]], [[1, 2]], np::period(1)), "Data points must be 1-D sequences"),
    ];
    for (array, message) in refused {
        let error = array.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "{error}");
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.to_string().contains("signal.rs"), "{error}");
    }
    let types = [
        np::interp(np::array([np::c64(0.0, 1.0)]), [1, 2], [1, 2], ..),
        np::interp(0, [1, 2], [1, 2], np::left(np::c64(0.0, 1.0))),
    ];
    for array in types {
        assert_eq!(array.check().unwrap_err().kind(), ErrorKind::Type);
    }
}

#[test]
fn values_lie_on_the_lines_between_sample_points() -> hloom::Result<()> {
    let n = 5000;
    let xp = np::arange(n).astype(float64) * 3;
    let fp = (np::arange(n) * 0.11).sin();
    let x = np::arange((-2.0, n as f64 * 3.0 + 2.0, 0.7));
    let found = np::interp(&x, &xp, &fp, ..).to_vec::<f64>()?;
    let (places, points) = (x.to_vec::<f64>()?, fp.to_vec::<f64>()?);
    let wanted = places.iter().map(|&x| {
        let before = ((x / 3.0).floor().max(0.0) as usize).min(points.len() - 1);
        let behind = (before + 1).min(points.len() - 1);
        let share = ((x / 3.0) - before as f64).clamp(0.0, 1.0);
        points[before] + share * (points[behind] - points[before])
    });
    close(&found, &wanted.collect::<Vec<f64>>());
    let compiled = jit(|x: NdArray, xp: NdArray, fp: NdArray| np::interp(&x, &xp, &fp, ..));
    assert_eq!(compiled.call((&x, &xp, &fp))?.to_vec::<f64>()?, found);
    Ok(())
}

#[test]
fn ends_infinities_and_periods_are_numpys() {
    let x = np::array([-1.0, 0.0, 0.5, 1.0, 2.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
    assert_eq!(np::interp(&x, [0, 1], [2, 3], ..).to_string(), "[2.  2.  2.5 3.  3.  nan 3.  2. ]");
    let ends = np::left(-9).right(f64::NAN);
    assert_eq!(np::interp(&x, [0, 1], [2, 3], ends).to_string(), "[-9.   2.   2.5  3.   nan  nan  nan -9. ]");
    assert_eq!(np::interp(&x, [1], [2], ..).to_string(), "[2. 2. 2. 2. 2. 2. 2. 2.]");
    let infinite = [f64::INFINITY, 3.0, f64::NAN];
    assert_eq!(np::interp([0.5, 1.0, 1.5], [0, 1, 2], infinite, ..).to_string(), "[inf  3. nan]");
    assert_eq!(np::interp([0.0, 0.5], [0, 1], [f64::INFINITY; 2], ..).to_string(), "[inf inf]");
    assert_eq!(np::interp([0.5, 1.0, 2.0], [0, 1, 1, 2], [2, 3, 5, 6], ..).to_string(), "[2.5 5.  6. ]");
    let angles =
        np::interp([-180, -170, -185, 185, -10, -5, 0, 365], [190, -190, 350, -350], [5, 10, 3, 4], np::period(360));
    assert_eq!(angles.to_string(), "[7.5  5.   8.75 6.25 3.   3.25 3.5  3.75]");
    let values = np::array([np::c64(1.0, 2.0), np::c64(3.0, 0.0)]);
    assert_eq!(np::interp([0.5, 9.0], [0, 1], values, ..).to_string(), "[2.+1.j 3.+0.j]");
}
