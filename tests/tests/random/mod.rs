//! Random numbers: the same for a seed in every version and however they are computed, and distributed as they should be. Seeds
//! are fixed, so that no test fails by chance.

mod floats;
mod integers;
mod permutations;
mod poisson;
mod streams;

use hloom::NdArray;

/// Draws lazily, and in a compiled function to which the generator is passed; both must agree bit for bit. Returns the draw.
fn drawn(seed: u64, draw: fn(&mut hloom::random::Generator) -> NdArray) -> NdArray {
    let mut rng = hloom::random::default_rng(seed);
    let compiled = hloom::jit(move |mut rng: hloom::random::Generator| draw(&mut rng)).call(&rng).unwrap();
    let lazily = draw(&mut rng);
    assert_eq!(lazily.repr().unwrap(), compiled.repr().unwrap());
    assert_eq!(lazily.to_bytes().unwrap(), compiled.to_bytes().unwrap());
    lazily
}

/// Checks what an array is in error for.
#[track_caller]
fn refused(x: NdArray, expected: &str) {
    let error = x.check().unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}");
}

/// Compares float64 numbers bit for bit.
#[track_caller]
fn assert_bits(found: &NdArray, expected: &[f64]) {
    let found: Vec<u64> = found.to_vec::<f64>().unwrap().into_iter().map(f64::to_bits).collect();
    let expected: Vec<u64> = expected.iter().map(|number| number.to_bits()).collect();
    assert_eq!(found, expected);
}

/// How far numbers are from a distribution, by Kolmogorov and Smirnov: the greatest distance of the distribution functions times
/// the root of how many numbers there are. One in a thousand samples is beyond 1.95.
fn distance(mut numbers: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let n = numbers.len() as f64;
    let far = |(idx, &x): (usize, &f64)| (cdf(x) - idx as f64 / n).abs().max(((idx + 1) as f64 / n - cdf(x)).abs());
    numbers.iter().enumerate().map(far).fold(0.0, f64::max) * n.sqrt()
}

/// The distribution function of the standard normal distribution, to 1e-7 (Abramowitz and Stegun, 7.1.26).
fn normal_cdf(x: f64) -> f64 {
    let z = x.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let series = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .into_iter()
        .fold(0.0, |sum, coefficient| sum * t + coefficient);
    let tail = 0.5 * series * t * (-z * z).exp();
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// How far counts are from what is expected, by Pearson: the sum of squares, in deviations from what that is on average. One in
/// a thousand samples is beyond 3.3, if there are enough kinds.
fn squares(counts: &[i64], expected: &[f64]) -> f64 {
    let sum: f64 =
        counts.iter().zip(expected).map(|(&count, expected)| (count as f64 - expected).powi(2) / expected).sum();
    let free = counts.len() as f64 - 1.0;
    (sum - free) / (2.0 * free).sqrt()
}
