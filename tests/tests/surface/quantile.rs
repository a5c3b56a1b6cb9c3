//! Medians and quantiles, against NumPy's answers and against a plain computation of long rows.

use hloom as np;
use hloom::prelude::*;
use hloom::{ErrorKind, jit};

/// What NumPy prints of quantiles 0.1, 0.3, 0.5 and 0.9 of five numbers, and of four with a NaN among them.
const METHODS: [(&str, &str, &str); 13] = [
    ("inverted_cdf", "[-2.    0.25  1.5   8.  ]", "[-1.  1.  1.  5.]"),
    ("averaged_inverted_cdf", "[-2.    0.25  1.5   8.  ]", "[-1.   1.   2.5  5. ]"),
    ("closest_observation", "[-2.    0.25  0.25  3.  ]", "[-1. -1.  1.  5.]"),
    ("interpolated_inverted_cdf", "[-2.    -0.875  0.875  5.5  ]", "[-1.  -0.6  1.   4.6]"),
    ("hazen", "[-2.    0.25  1.5   8.  ]", "[-1.   0.4  2.5  5. ]"),
    ("weibull", "[-2.  -0.2  1.5  8. ]", "[-1.   0.   2.5  5. ]"),
    ("linear", "[-1.1  0.5  1.5  6. ]", "[-0.4  0.8  2.5  4.7]"),
    ("median_unbiased", "[-2.   0.1  1.5  8. ]", "[-1.          0.26666667  2.5         5.        ]"),
    ("normal_unbiased", "[-2.      0.1375  1.5     8.    ]", "[-1.   0.3  2.5  5. ]"),
    ("lower", "[-2.    0.25  1.5   3.  ]", "[-1. -1.  1.  4.]"),
    ("higher", "[0.25 1.5  1.5  8.  ]", "[1. 1. 4. 5.]"),
    ("midpoint", "[-0.875  0.875  1.5    5.5  ]", "[0.  0.  2.5 4.5]"),
    ("nearest", "[-2.    0.25  1.5   8.  ]", "[-1.  1.  4.  5.]"),
];

#[test]
fn every_method_answers_as_numpy_does() -> hloom::Result<()> {
    let x = np::array([[3.0, 1.5, -2.0, 8.0, 0.25], [1.0, f64::NAN, 5.0, 4.0, -1.0]]);
    let q = np::array([0.1, 0.3, 0.5, 0.9]);
    let all = |x: NdArray, q: NdArray| {
        let of = |(method, ..): (&str, &str, &str)| {
            let axis = axis(1).method(method);
            np::stack([np::quantile(&x, &q, axis.clone()), np::nanpercentile(&x, &q * 100.0, axis)], 0)
        };
        np::stack(METHODS.map(of), 0)
    };
    let lazily = all(x.clone(), q.clone());
    let compiled = jit(all).call((&x, &q))?;
    assert_eq!(lazily.to_bytes()?, compiled.to_bytes()?);
    for (idx, (method, whole, holed)) in METHODS.into_iter().enumerate() {
        assert_eq!(lazily.get((idx, 0, .., 0)).to_string(), whole, "{method}");
        assert!(lazily.get((idx, 0, .., 1)).isnan().all(..).item::<bool>()?, "{method}");
        let left = lazily.get((idx, 1, ..));
        assert_eq!(left.get((.., 0)).to_string(), whole, "{method}");
        assert_eq!(left.get((.., 1)).to_string(), holed, "{method}");
    }
    Ok(())
}

/// Numbers in no order, each once: the positions on a cycle through all of them.
fn shuffled(n: i64) -> NdArray {
    let step = (n as f64 * 0.618) as i64 | 1;
    assert_eq!(gcd(step, n), 1);
    (np::arange(n) * step) % n
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[test]
fn quantiles_of_long_rows_are_where_they_are_in_order() -> hloom::Result<()> {
    for n in [4097, 5000, 65_536] {
        let whole = shuffled(n);
        for dtype in [int32, int64, float32, float64] {
            let x = np::stack([whole.astype(dtype), whole.astype(dtype) + 1], 0);
            let last = (n - 1) as f64;
            for q in [0.0, 0.25, 0.5, 0.99, 1.0] {
                let found = np::quantile(&x, q, 1).astype(float64).to_vec::<f64>()?;
                for (found, offset) in found.into_iter().zip([0.0, 1.0]) {
                    let tolerance = if dtype == float32 { 1e-6 * last } else { 1e-12 * last };
                    assert!((found - (last * q + offset)).abs() <= tolerance, "{n} {dtype} {q}: {found}");
                }
                let nearest = np::quantile(&x, q, axis(1).method("lower"));
                assert_eq!(nearest.dtype(), dtype);
                assert_eq!(nearest.astype(float64).to_vec::<f64>()?, [(last * q).floor(), (last * q).floor() + 1.0]);
            }
            let middle = np::median(&x, 1).astype(float64).to_vec::<f64>()?;
            assert_eq!(middle, [last / 2.0, last / 2.0 + 1.0]);
            let transposed = np::median(x.t(), 0).astype(float64).to_vec::<f64>()?;
            assert_eq!(transposed, middle);
        }
    }
    Ok(())
}

#[test]
fn each_slice_leaves_out_its_own_nan() -> hloom::Result<()> {
    let n = 6000;
    let mut x = np::stack([shuffled(n), shuffled(n), shuffled(n), shuffled(n)], 0).astype(float64);
    // Of the second row the upper half, of the third all but one, of the fourth everything.
    let upper = x.get(1).ge(n / 2);
    x.set((1, ..), np::where_(&upper, f64::NAN, x.get(1)));
    x.set((2, ..), np::where_(x.get(2).eq(17), 17.0, f64::NAN));
    x.set((3, ..), f64::NAN);
    assert_eq!(np::nanmedian(&x, 1).to_string(), "[2999.5 1499.5   17.     nan]");
    assert_eq!(np::median(&x, 1).to_string(), "[2999.5    nan    nan    nan]");
    assert_eq!(
        np::nanquantile(&x, [0.0, 1.0], 1).to_string(),
        "[[   0.    0.   17.   nan]\n [5999. 2999.   17.   nan]]"
    );
    assert_eq!(np::nanmedian(x.t(), axis(0).keepdims()).shape(), [1, 4]);
    let one = np::array([[f32::MAX, f32::NAN]]);
    assert_eq!(np::nanmedian(&one, 1).to_vec::<f32>()?, [f32::MAX]);
    let zeros = np::zeros((3, 4097));
    assert_eq!(np::median(-&zeros, 1).to_vec::<f64>()?, [0.0; 3]);
    assert_eq!(np::median(np::full((2, 5000), f64::INFINITY), 1).to_vec::<f64>()?, [f64::INFINITY; 2]);
    Ok(())
}

#[test]
fn weights_count_for_as_many_elements() -> hloom::Result<()> {
    let x = shuffled(4099).astype(float64);
    let weights = np::arange(4099) % 4;
    let repeated = np::repeat(&x, &weights, 0);
    for q in [0.0, 0.1, 0.5, 0.77, 1.0] {
        let by_weight = np::quantile(&x, q, axis(..).method("inverted_cdf").weights(&weights));
        let by_number = np::quantile(&repeated, q, axis(..).method("inverted_cdf"));
        assert_eq!(by_weight.item::<f64>()?, by_number.item::<f64>()?, "{q}");
    }
    let rows = np::array([[1.0, 2.0, 3.0], [f64::NAN, 5.0, 4.0]]);
    let axes = axis(1).method("inverted_cdf").weights([1, 0, 2]);
    assert_eq!(np::quantile(&rows, [0.2, 0.9], axes.clone()).to_string(), "[[ 1. nan]\n [ 3. nan]]");
    assert_eq!(np::nanquantile(&rows, [0.2, 0.9], axes).to_string(), "[[1. 4.]\n [3. 4.]]");
    Ok(())
}

#[test]
fn dtypes_are_numpys() -> hloom::Result<()> {
    let x = np::array([1, 2, 4]);
    assert_eq!(np::quantile(&x, 0.5, ..).dtype(), float64);
    assert_eq!(np::quantile(&x, 0, ..).dtype(), int32);
    assert_eq!(np::percentile(&x, 0, ..).dtype(), float64);
    let x = x.astype(float32);
    assert_eq!(np::quantile(&x, 0.5, ..).dtype(), float32);
    assert_eq!(np::quantile(&x, [0.5], ..).dtype(), float64);
    assert_eq!(np::quantile(&x, np::array([0.5]).astype(float32), ..).dtype(), float32);
    assert_eq!(np::median(x.astype(float16), ..).dtype(), float16);
    assert_eq!(np::median([true, false], ..).to_string(), "0.5");
    assert_eq!(np::median(np::array([np::c64(1.0, 2.0), np::c64(3.0, 0.0)]), ..).to_string(), "(2+1j)");
    Ok(())
}

#[test]
fn what_cannot_be_is_refused_when_it_is_known() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0, 3.0]);
    let error = |array: NdArray| array.to_bytes().map(|_| ()).unwrap_err();
    let kinds = [
        (np::quantile(&x, 1.5, ..), ErrorKind::Value, "Quantiles must be in the range [0, 1]"),
        (np::quantile(&x, [0.5, 1.5], ..), ErrorKind::Value, "Quantiles must be in the range [0, 1]"),
        (np::nanquantile(&x, [0.5, f64::NAN], ..), ErrorKind::Value, "Quantiles must be in the range [0, 1]"),
        (np::percentile(&x, -1, ..), ErrorKind::Value, "Percentiles must be in the range [0, 100]"),
        (np::percentile(&x, [101], ..), ErrorKind::Value, "Percentiles must be in the range [0, 100]"),
        (np::quantile(&x, 0.5, axis(0).method("middle")), ErrorKind::Value, "'middle' is not a valid method"),
        (np::quantile(&x, 0.5, axis(0).weights([1, 1, 1])), ErrorKind::Value, "Only method 'inverted_cdf'"),
        (np::quantile(np::zeros((0, 2)), 0.5, 0), ErrorKind::Index, "index -1 is out of bounds"),
        (np::quantile(np::zeros(2).astype(complex128), 0.5, 0), ErrorKind::Type, "a must be an array of real numbers"),
        (np::quantile([true, false], 0.5, 0), ErrorKind::Type, "boolean subtract"),
        (np::median(&x, 1), ErrorKind::Axis, "axis 1 is out of bounds"),
        (np::median(&x, axis(0).method("linear")), ErrorKind::Type, "unexpected keyword argument 'method'"),
        (np::nanargmax([f64::NAN, f64::NAN], ..), ErrorKind::Value, "All-NaN slice encountered"),
        (np::nanargmin([[f64::NAN, 1.0], [f64::NAN, 2.0]], 0), ErrorKind::Value, "All-NaN slice encountered"),
        (np::average(&x, axis(0).weights([1, -2, 1])), ErrorKind::ZeroDivision, "Weights sum to zero"),
    ];
    for (array, kind, message) in kinds {
        let found = error(array);
        assert_eq!(found.kind(), kind, "{found}");
        assert!(found.to_string().contains(message), "{found}");
    }
    let weighted = |weights: [f64; 3]| np::quantile(&x, 0.5, axis(0).method("inverted_cdf").weights(weights));
    assert!(error(weighted([1.0, -1.0, 1.0])).to_string().contains("Weights must be non-negative."));
    for weights in [[0.0; 3], [1.0, f64::NAN, 1.0], [1.0, f64::INFINITY, 1.0]] {
        assert!(error(weighted(weights)).to_string().contains("Weights included NaN, inf or were all zero."));
    }
    Ok(())
}

#[test]
fn a_compiled_function_refuses_values_that_it_is_given() -> hloom::Result<()> {
    let quantile = jit(|x: NdArray, q: NdArray| (np::quantile(&x, &q, ..), x.sum(..)));
    let x = np::arange(5).astype(float64);
    let (good, sum) = quantile.call((&x, np::array([0.5, 1.0])))?;
    assert_eq!((good.to_string(), sum.to_string()), ("[2. 4.]".into(), "10.0".into()));
    let (bad, sum) = quantile.call((&x, np::array([0.5, 2.0])))?;
    assert_eq!(sum.to_string(), "10.0");
    let error = bad.to_bytes().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.to_string().contains("Quantiles must be in the range [0, 1]"), "{error}");
    assert!(error.to_string().contains("quantile.rs"), "{error}");
    Ok(())
}

#[test]
fn a_saved_function_keeps_its_rules() -> hloom::Result<()> {
    let first = jit(|x: NdArray| np::nanargmax(&x, 0));
    let bytes = first.lower(np::zeros(3))?.compile()?.serialize()?;
    let loaded = hloom::Compiled::load(&bytes)?;
    assert_eq!(loaded.call(vec![np::array([0.0, f64::NAN, 7.0])])?[0].to_string(), "2");
    let error = loaded.call(vec![np::full(3, f64::NAN)])?[0].to_bytes().unwrap_err();
    assert!(error.to_string().contains("All-NaN slice encountered"), "{error}");
    assert!(error.to_string().contains("nanargmax"), "{error}");
    Ok(())
}
