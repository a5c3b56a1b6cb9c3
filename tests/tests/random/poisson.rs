//! Numbers of events: of small, large and mixed averages.

use hloom::prelude::*;
use hloom::random::{default_rng, poisson};

use super::{drawn, refused, squares};

/// The probabilities of 0, 1, … events, to where there are hardly any.
fn probabilities(lam: f64) -> Vec<f64> {
    let mut logarithm = -lam;
    let mut all = Vec::new();
    for n in 0.. {
        if n > 0 {
            logarithm += (lam / f64::from(n)).ln();
        }
        all.push(logarithm.exp());
        if f64::from(n) > lam + 12.0 * lam.sqrt() + 12.0 {
            return all;
        }
    }
    all
}

/// Counts of numbers and what is expected, of kinds that are expected at least ten times; all others are one kind at each end.
fn compare(numbers: &[i64], lam: f64) -> f64 {
    let (mut counts, mut expected) = (vec![0i64], vec![0.0]);
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    let n = numbers.len() as f64;
    let probabilities = probabilities(lam);
    let last = probabilities.len() as i64 - 1;
    for (number, probability) in probabilities.into_iter().enumerate() {
        let number = number as i64;
        let count = sorted.iter().filter(|&&found| found == number || number == last && found > last).count();
        let place = expected.len() - 1;
        expected[place] += probability * n;
        counts[place] += count as i64;
        if expected[place] >= 10.0 {
            expected.push(0.0);
            counts.push(0);
        }
    }
    let (rest, count) = (expected.pop().unwrap(), counts.pop().unwrap());
    *expected.last_mut().unwrap() += rest;
    *counts.last_mut().unwrap() += count;
    assert!(counts.len() > 1, "{counts:?}");
    squares(&counts, &expected)
}

#[test]
fn numbers_are_distributed_as_they_should_be() {
    for lam in [0.1, 1.0, 4.0, 9.99, 10.0, 12.5, 30.0, 100.0, 1000.0] {
        for n in [4096, 50_000] {
            let x = default_rng(n).poisson(lam, n);
            assert_eq!(x.dtype(), int64);
            let numbers = x.to_vec::<i64>().unwrap();
            let found = compare(&numbers, lam);
            assert!(found < 4.0, "{lam}, {n}: {found}");
            let mean = numbers.iter().sum::<i64>() as f64 / n as f64;
            assert!((mean - lam).abs() < 4.0 * (lam / n as f64).sqrt(), "{lam}: {mean}");
        }
    }
}

#[test]
fn averages_may_be_large() {
    for lam in [1e6, 1e12, 9.2e18] {
        let x = default_rng(5).poisson(lam, 10_000).astype(float64);
        let standard = (x - lam) / f64::sqrt(lam);
        let (mean, deviation) = (standard.mean(..).item::<f64>().unwrap(), standard.std(..).item::<f64>().unwrap());
        assert!(mean.abs() < 0.04 && (deviation - 1.0).abs() < 0.03, "{lam}: {mean}, {deviation}");
    }
}

#[test]
fn averages_broadcast() {
    let lam = hloom::array([0.0, 2.0, 9.5, 10.0, 500.0]);
    let x = default_rng(1).poisson(&lam, (20_000, 5));
    assert_eq!(x.shape(), [20_000, 5]);
    for (idx, lam) in lam.to_vec::<f64>().unwrap().into_iter().enumerate().skip(1) {
        let numbers = x.get((.., idx)).to_vec::<i64>().unwrap();
        let found = compare(&numbers, lam);
        assert!(found < 4.0, "{lam}: {found}");
    }
    assert_eq!(x.get((.., 0)).max(..).item::<i64>().unwrap(), 0);
    assert_eq!(default_rng(1).poisson([1, 20], ..).shape(), [2]);
    assert_eq!(default_rng(1).poisson(3, ..).shape(), []);
    assert_eq!(default_rng(1).poisson(30, ..).shape(), []);
    assert_eq!(default_rng(1).poisson(30, (0, 2)).shape(), [0, 2]);
    assert_eq!(poisson(0, 4).tolist().unwrap(), [0, 0, 0, 0]);
}

/// In a compiled function the averages are not known, and both ways are taken; lazily one is.
#[test]
fn numbers_are_the_same_however_they_are_drawn() {
    drawn(3, |rng| rng.poisson(4.5, 5000));
    drawn(3, |rng| rng.poisson(45.0, 5000));
    drawn(3, |rng| rng.poisson(hloom::arange(5000) % 25, ..));
    let inside = hloom::jit(|mut rng: hloom::random::Generator, lam: NdArray| rng.poisson(lam, 5000));
    for lam in [0.0, 4.5, 10.0, 45.0, 1e5] {
        let found = inside.call((&default_rng(3), lam)).unwrap();
        let expected = default_rng(3).poisson(lam, 5000);
        assert_eq!(found.tolist().unwrap(), expected.tolist().unwrap(), "{lam}");
    }
    // What is drawn next does not depend on how many trials there were.
    let next = |lam: f64| {
        let mut rng = default_rng(3);
        rng.poisson(lam, 5000);
        rng.random(3).tolist().unwrap()
    };
    assert_eq!(next(4.5), next(45.0));
    assert_eq!(drawn(7, |rng| rng.poisson(4.0, 12)).tolist().unwrap(), [8, 3, 0, 3, 3, 3, 6, 3, 0, 4, 5, 6]);
    assert_eq!(
        drawn(7, |rng| rng.poisson(40.0, 12)).tolist().unwrap(),
        [55, 38, 38, 38, 36, 37, 46, 43, 48, 41, 45, 46]
    );
}

#[test]
fn refusals_are_those_of_numpy() {
    let mut rng = default_rng(1);
    refused(rng.poisson(-1, 3), "ValueError: lam < 0 or lam is NaN");
    refused(rng.poisson(f64::NAN, 3), "ValueError: lam < 0 or lam is NaN");
    refused(rng.poisson([-1, 2], ..), "ValueError: lam < 0 or lam contains NaNs");
    refused(rng.poisson(f64::INFINITY, 3), "ValueError: lam value too large");
    refused(rng.poisson(1e19, 3), "ValueError: lam value too large");
    refused(rng.poisson([1e20, 2.0], ..), "ValueError: lam value too large");
    refused(rng.poisson([1, 2], 3), "ValueError: shape mismatch: objects cannot be broadcast to a single shape.");
    refused(rng.poisson(1, -1), "ValueError: negative dimensions are not allowed");
    refused(rng.poisson(hloom::Complex::new(1.0, 0.0), 2), "TypeError: float() argument must be");
    refused(
        rng.poisson(1, hloom::random::size(2).dtype(int32)),
        "TypeError: poisson() got an unexpected keyword argument 'dtype'",
    );
}
