//! Integers: what a seed stands for, all bounds, and that they are equally probable.

use hloom::prelude::*;
use hloom::random::{default_rng, randint, size};

use super::{drawn, refused, squares};

/// Computed from the definition in Python, with integers of any length.
#[test]
fn a_seed_stands_for_its_integers() {
    assert_eq!(drawn(42, |rng| rng.integers(0, 100, 6)).tolist().unwrap(), [61, 98, 82, 72, 32, 31i64]);
    assert_eq!(drawn(42, |rng| rng.integers(-5, 5, 4)).tolist().unwrap(), [1, 4, 3, 2i64]);
    let whole = drawn(42, |rng| rng.integers(i64::MIN, i64::MAX, size(3).endpoint(true)));
    assert_eq!(whole.tolist().unwrap(), [2083742018897791291, 8996821133394865405, 6011181963397258699i64]);
    let whole = drawn(42, |rng| rng.integers(0, 1i128 << 64, size(3).dtype(uint64)));
    assert_eq!(whole.tolist().unwrap(), [11307114055752567099, 18220193170249641213, 15234554000252034507u64]);
    let odd = drawn(42, |rng| rng.integers(-3_000_000_000_000i64, 5_000_000_000_000i64, 3));
    assert_eq!(odd.tolist().unwrap(), [1903679049515, 4901749207316, 3606934617568i64]);
    let long = default_rng(42).integers(0, 100, 5000);
    assert_eq!(long.get(..6).tolist().unwrap(), [61, 98, 82, 72, 32, 31i64]);
}

#[test]
fn every_dtype_has_all_of_its_integers() {
    let mut rng = default_rng(1);
    for dtype in [int8, uint8] {
        let range = if dtype == int8 { (-128, 128) } else { (0, 256) };
        let x = rng.integers(range.0, range.1, size(20_000).dtype(dtype));
        assert_eq!(x.dtype(), dtype);
        assert_eq!(hloom::unique(x, ..).size(), 256);
    }
    for dtype in [int16, int32, int64, uint16, uint32, uint64] {
        let (low, high) = dtype.int_range().unwrap();
        let x =
            rng.integers(hloom::Scalar::Int(low), hloom::Scalar::Int(high), size(10_000).dtype(dtype).endpoint(true));
        assert_eq!(x.dtype(), dtype);
        let mean = x.astype(float64).mean(..).item::<f64>().unwrap();
        let (low, width) = (low as f64, (high - low) as f64);
        assert!(((mean - low) / width - 0.5).abs() < 0.012, "{dtype}: {mean}");
        let extreme = (x.max(..).astype(float64) - x.min(..).astype(float64)).item::<f64>().unwrap();
        assert!(extreme > 0.999 * width, "{dtype}");
    }
    let x = rng.integers(0, 2, size(5000).dtype(bool_));
    assert_eq!(x.dtype(), bool_);
    assert!((2_350..2_650).contains(&x.sum(..).item::<i64>().unwrap()));
    assert_eq!(rng.integers(0.5, 3.7, 5000).max(..).item::<i64>().unwrap(), 2);
    assert_eq!(rng.integers(2, 2, size(3).endpoint(true)).tolist().unwrap(), [2, 2, 2]);
    assert_eq!(randint(3, 4, (2, 2)).tolist().unwrap(), [[3, 3], [3, 3]]);
}

#[test]
fn integers_are_equally_probable() {
    for (n, kinds) in [(70_000, 7), (100_000, 1000), (4096, 2)] {
        let x = default_rng(2).integers(0, kinds, n);
        let counts = hloom::bincount(&x, hloom::minlength(kinds)).to_vec::<i64>().unwrap();
        let expected = vec![n as f64 / kinds as f64; kinds as usize];
        let found = squares(&counts, &expected);
        assert!(found < 3.3, "{found}");
    }
}

#[test]
fn bounds_broadcast() {
    let low = hloom::array([[0i64], [1000]]);
    let high = hloom::array([1i64 << 40, 2000, 1001]);
    let x = default_rng(3).integers(&low, &high, ..);
    assert_eq!(x.shape(), [2, 3]);
    assert!(x.ge(&low).all(..).truth().unwrap() && x.lt(&high).all(..).truth().unwrap());
    assert_eq!(x.get((1, 2)).item::<i64>().unwrap(), 1000);
    let x = default_rng(3).integers(&low, &high, (1000, 2, 3));
    assert!(x.ge(&low).all(..).truth().unwrap() && x.lt(&high).all(..).truth().unwrap());
    // Each place has its own stretch, which is filled.
    let means = x.get((.., 0, ..)).astype(float64).mean(0) / high.astype(float64);
    assert!((means - 0.5).abs().lt(0.04).all(..).truth().unwrap());
}

#[test]
fn bounds_beyond_int64_are_kept_whatever_their_dtype() {
    for (low, high) in [(1.5e19, 1.6e19), (0.0, 1.8e19), (9e18, 9.5e18), (0.0, 18446744073709551616.0)] {
        let bounds = [hloom::array([low]), hloom::array([high])];
        let draw = |bounds: &[NdArray; 2]| default_rng(3).integers(&bounds[0], &bounds[1], size(5000).dtype(uint64));
        let x = draw(&bounds);
        let numbers = x.to_vec::<u64>().unwrap();
        assert!(numbers.iter().all(|&x| x as f64 >= low && x as f64 <= high), "{low} to {high}");
        let middle = (low + high) / 2.0;
        let n_above = numbers.iter().filter(|&&x| x as f64 > middle).count();
        assert!((2350..2650).contains(&n_above), "{low} to {high}: {n_above} in the upper half");
        let compiled =
            hloom::jit(|low: NdArray, high: NdArray| default_rng(3).integers(low, high, size(5000).dtype(uint64)));
        assert_eq!(compiled.call((&bounds[0], &bounds[1])).unwrap().to_vec::<u64>().unwrap(), numbers);
    }
    assert_eq!(default_rng(1).integers(5, 5, size(0)).size(), 0);
}

#[test]
fn refusals_are_those_of_numpy() {
    let mut rng = default_rng(1);
    refused(rng.integers(5, 5, ..), "ValueError: low >= high");
    refused(rng.integers(3, 0, 3), "ValueError: low >= high");
    refused(rng.integers(0, -1, 3), "ValueError: high <= 0");
    refused(rng.integers(3, 2, size(3).endpoint(true)), "ValueError: low > high");
    refused(rng.integers([0, 5], [1, 5], ..), "ValueError: low >= high");
    refused(rng.integers([1, 2], [0, 5], ..), "ValueError: low >= high");
    refused(rng.integers(0, 300, size(3).dtype(uint8)), "ValueError: high is out of bounds for uint8");
    refused(rng.integers(-1, 3, size(3).dtype(uint8)), "ValueError: low is out of bounds for uint8");
    refused(
        rng.integers([0, 0], [3i64, (1 << 31) + 1], size(2).dtype(int32)),
        "ValueError: high is out of bounds for int32",
    );
    refused(rng.integers(0, (1i128 << 63) + 1, 2), "ValueError: high is out of bounds for int64");
    refused(rng.integers(0, 3, size(3).dtype(bool_)), "ValueError: high is out of bounds for bool");
    refused(rng.integers(0, 3, size(3).dtype(float64)), "TypeError: Unsupported dtype dtype('float64') for integers");
    refused(rng.integers(f64::NAN, 3, 3), "ValueError: cannot convert float NaN to integer");
    refused(
        rng.integers([1, 2], [3, 4], 3),
        "ValueError: shape mismatch: objects cannot be broadcast to a single shape.",
    );
    refused(rng.integers(0, 3, -1), "ValueError: negative dimensions are not allowed");
    refused(randint(0, 0, 3), "ValueError: low >= high");
    refused(
        randint(0, 3, size(3).endpoint(true)),
        "TypeError: randint() got an unexpected keyword argument 'endpoint'",
    );
    assert_eq!(rng.integers([0, 3], [5, 4], ..).get(1).item::<i64>().unwrap(), 3);
}
