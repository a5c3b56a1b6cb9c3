//! Uniform and normal numbers.

use hloom::prelude::*;
use hloom::random::{default_rng, size};

use super::{assert_bits, distance, drawn, normal_cdf, refused};

/// Computed from the definition in Python, with integers of any length and `statistics.NormalDist().inv_cdf`.
const UNIFORM: [f64; 5] =
    [0.6129598801477738, 0.07323173687503892, 0.9877186516453577, 0.513906146990624, 0.825866830783453];
const NORMAL: [f64; 5] =
    [-1.2109364533036298, 1.452137151120927, -0.030789639117257708, -2.1999239102981845, -0.4513550680675349];

#[test]
fn a_seed_stands_for_its_numbers() {
    assert_bits(&drawn(42, |rng| rng.random(5)), &UNIFORM);
    assert_eq!(
        drawn(42, |rng| rng.random(size(6).dtype(float32))).to_vec::<f32>().unwrap(),
        [0.61295986, 0.4685865, 0.0732317, 0.3408615, 0.98771864, 0.32706332]
    );
    let normal = drawn(42, |rng| rng.standard_normal(5)).to_vec::<f64>().unwrap();
    for (found, expected) in normal.into_iter().zip(NORMAL) {
        assert!((found - expected).abs() <= 1e-15 * expected.abs(), "{found:?} is not {expected:?}");
    }
}

/// The counter goes over 32 bits within a draw, and the key has all of its bits.
#[test]
fn counters_and_keys_have_64_bits() {
    let state = np_state(u64::MAX, u64::from(u32::MAX));
    assert_bits(
        &hloom::random::Generator::from_state(state).random(3),
        &[0.7591315991016568, 0.7567066037157397, 0.5222049723645529],
    );
}

fn np_state(key: u64, counter: u64) -> NdArray {
    NdArray::from([key, 0, counter, 0])
}

#[test]
fn draws_of_any_length_begin_alike() {
    let long = drawn(9, |rng| rng.random(10_001)).to_vec::<f64>().unwrap();
    for n in [1, 2, 3, 4095, 4096, 4097] {
        assert_bits(&default_rng(9).random(n), &long[..n as usize]);
    }
    assert_bits(&default_rng(9).random((73, 137)).ravel(), &long);
    assert_bits(&default_rng(9).random(..).reshape(1), &long[..1]);
    assert_eq!(default_rng(9).random((3, 0)).shape(), [3, 0]);
    // Two draws are one, if the first is a whole number of blocks.
    let mut rng = default_rng(9);
    let both = hloom::concatenate((rng.random(5000), rng.random(5001)), 0);
    assert_bits(&both, &long);
}

#[test]
fn uniform_numbers_are_uniform() {
    for n in [4096, 100_003] {
        let x = default_rng(3).random(n);
        assert!(x.ge(0).all(..).truth().unwrap() && x.lt(1).all(..).truth().unwrap());
        let wide = distance(x.to_vec().unwrap(), |x| x);
        assert!(wide < 1.95, "{wide}");
        let narrow = default_rng(3).random(size(n).dtype(float32));
        assert!(narrow.lt(1).all(..).truth().unwrap());
        let narrow = distance(narrow.astype(float64).to_vec().unwrap(), |x| x);
        assert!(narrow < 1.95, "{narrow}");
    }
    // Neighbours have nothing to do with each other: a correlation of 100,000 has a deviation of 0.003.
    let x = default_rng(3).random(100_001) - 0.5;
    let together = (x.get(..100_000) * x.get(1..)).mean(..).item::<f64>().unwrap() * 12.0;
    assert!(together.abs() < 0.01, "{together}");
    // Every bit is set in half of the numbers.
    let bits = (default_rng(3).random(100_000) * 2f64.powi(53)).astype(uint64).to_vec::<u64>().unwrap();
    for bit in 0..53 {
        let count = bits.iter().filter(|&bits| bits >> bit & 1 == 1).count();
        assert!((49_400..50_600).contains(&count), "bit {bit} is set in {count}");
    }
}

#[test]
fn normal_numbers_are_normal() {
    drawn(5, |rng| rng.standard_normal(70_001));
    for n in [4096, 100_003] {
        let x = default_rng(n).standard_normal(n);
        let found = distance(x.to_vec().unwrap(), normal_cdf);
        assert!(found < 1.95, "{found}");
    }
    let x = default_rng(8).standard_normal(1_000_000);
    let moment = |power: i32| x.pow(power).mean(..).item::<f64>().unwrap();
    // Four deviations of the means of a million.
    for (power, expected, deviation) in
        [(1, 0.0, 1.0), (2, 1.0, 2f64.sqrt()), (3, 0.0, 15f64.sqrt()), (4, 3.0, 96f64.sqrt())]
    {
        let found = moment(power);
        assert!((found - expected).abs() < 4.0 * deviation / 1e3, "{power}: {found}");
    }
    let narrow = default_rng(8).standard_normal(size(1_000_000).dtype(float32));
    assert!(narrow.eq(x.astype(float32)).all(..).truth().unwrap());
    // What is beyond 4.5 is there as often as it should be: 6.8 in a million.
    let beyond = x.abs().gt(4.5).sum(..).item::<i64>().unwrap();
    assert!((1..20).contains(&beyond), "{beyond}");
}

#[test]
fn arguments_broadcast() {
    let mut rng = default_rng(1);
    let x = rng.uniform([[0.0], [-10.0]], [1.0, 2.0, 3.0], ..);
    assert_eq!(x.shape(), [2, 3]);
    assert_eq!(x.dtype(), float64);
    assert!(x.get(0).lt([1.0, 2.0, 3.0]).all(..).truth().unwrap());
    assert!(x.get(1).lt([1.0, 2.0, 3.0]).all(..).truth().unwrap());
    let x = rng.normal(hloom::array([0, 1000]), 1.0f32, (5000, 2));
    assert!((x.mean(0) - hloom::array([0.0, 1000.0])).abs().lt(0.1).all(..).truth().unwrap());
    assert_eq!(rng.normal(3, 0, 2).tolist().unwrap(), [3.0, 3.0]);
    assert!(rng.normal(0, f64::NAN, ..).item::<f64>().unwrap().is_nan());
    assert_eq!(rng.uniform(2, 2, 2).tolist().unwrap(), [2.0, 2.0]);
}

#[test]
fn refusals_are_those_of_numpy() {
    let mut rng = default_rng(1);
    refused(rng.random(-1), "ValueError: negative dimensions are not allowed");
    refused(rng.random((2, -1)), "ValueError: negative dimensions are not allowed");
    refused(rng.random(size(3).dtype(float16)), "TypeError: Unsupported dtype dtype('float16') for random");
    refused(rng.random(size(3).dtype(int32)), "TypeError: Unsupported dtype dtype('int32') for random");
    refused(
        rng.standard_normal(size(3).dtype(float16)),
        "TypeError: Unsupported dtype dtype('float16') for standard_normal",
    );
    refused(rng.random(size(3).replace(true)), "TypeError: random() got an unexpected keyword argument 'replace'");
    refused(rng.uniform(1, 0, 3), "ValueError: high - low < 0");
    refused(rng.uniform([0, 1], [1, 0], ..), "ValueError: high - low < 0");
    refused(rng.uniform([0u8, 1], [1u8, 0], ..), "ValueError: high - low < 0");
    refused(rng.uniform([true], false, ..), "ValueError: high - low < 0");
    refused(rng.uniform(0, f64::INFINITY, 3), "OverflowError: high - low range exceeds valid bounds");
    refused(rng.uniform(-1e308, 1e308, 3), "OverflowError: high - low range exceeds valid bounds");
    refused(rng.uniform(0, f64::NAN, 3), "OverflowError: high - low range exceeds valid bounds");
    refused(rng.normal(0, -1, 3), "ValueError: scale < 0");
    refused(rng.normal(0, -0.0, 3), "ValueError: scale < 0");
    refused(rng.normal(0, [1, -1], ..), "ValueError: scale < 0");
    refused(
        rng.normal([0, 1], [1, 1], 3),
        "ValueError: shape mismatch: objects cannot be broadcast to a single shape.",
    );
    refused(rng.uniform(hloom::Complex::new(0.0, 1.0), 2, 3), "TypeError: float() argument must be");
    refused(default_rng(-1).random(3), "ValueError: expected non-negative integer");
    refused(hloom::random::Generator::from_state([1u64, 2]).random(3), "ValueError: from_state: expected the state");
    refused(hloom::random::rand(-1), "ValueError: negative dimensions are not allowed");
    refused(hloom::random::uniform(0, f64::INFINITY, 3), "OverflowError: Range exceeds valid bounds");
    assert!(hloom::random::uniform(2, 1, 3).le(2).all(..).truth().unwrap());
}
