//! Fits trend and seasons to the record of CO2 at Mauna Loa by gradient descent.
//!
//! The model is linear in its coefficients: a parabola in time and three harmonics of the year. `lstsq`
//! would solve it at once; gradient descent shows what hloom does with a loop. Knows nothing of plots.

use std::f64::consts::TAU;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hloom as np;
use hloom::prelude::*;

/// The name and unit of each coefficient of the model, in order. Time runs in years from the middle of
/// the record; the harmonics start with the calendar year.
pub const TERMS: [(&str, &str); 9] = [
    ("level at mid-record", "ppm"),
    ("rise at mid-record", "ppm/yr"),
    ("half the acceleration", "ppm/yr²"),
    ("cos, once a year", "ppm"),
    ("sin, once a year", "ppm"),
    ("cos, twice a year", "ppm"),
    ("sin, twice a year", "ppm"),
    ("cos, 3 times a year", "ppm"),
    ("sin, 3 times a year", "ppm"),
];

const N_HARMONICS: usize = 3;

/// A record of monthly means, without the months that have none.
#[derive(Clone, Debug)]
pub struct Record {
    /// The middle of each month, in years: 1958.125 is the middle of February 1958.
    pub year: NdArray,
    /// The mean of each month, in ppm.
    pub ppm: NdArray,
}

/// Reads a file of lines `1958-03,316.10` below a heading `month,ppm`; a month without a value is left out.
///
/// # Errors
/// What reading the file reports; the number and text of a line that cannot be understood.
pub fn load(path: &Path) -> Result<Record> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("in {}", path.display()))
}

/// The record that the text of a file holds; see [`load`].
///
/// # Errors
/// The number and text of a line that cannot be understood; a record too short to fit.
pub fn parse(text: &str) -> Result<Record> {
    let (mut year, mut ppm) = (Vec::new(), Vec::new());
    for (idx, line) in text.lines().enumerate() {
        let at_line = || format!("line {}: `{line}`", idx + 1);
        if idx == 0 {
            ensure!(line == "month,ppm", "{}: expected the heading `month,ppm`", at_line());
            continue;
        }
        if let Some((month, value)) = parse_line(line).with_context(at_line)? {
            year.push(month);
            ppm.push(value);
        }
    }
    ensure!(ppm.len() >= TERMS.len(), "expected at least {} months, got {}", TERMS.len(), ppm.len());
    Ok(Record { year: np::array(year), ppm: np::array(ppm) })
}

/// The middle of a month in years, and its value if there is one.
fn parse_line(line: &str) -> Result<Option<(f64, f64)>> {
    let (date, value) = line.split_once(',').context("expected `month,ppm`")?;
    let (year, month) = date.split_once('-').context("expected the month as yyyy-mm")?;
    let year: u16 = year.parse().context("expected a year before the dash")?;
    let month: u8 = month.parse().context("expected a month after the dash")?;
    ensure!((1..=12).contains(&month), "expected a month from 1 to 12, got {month}");
    if value.trim().is_empty() {
        return Ok(None);
    }
    let value: f64 = value.trim().parse().context("expected a number of ppm after the comma")?;
    ensure!(value.is_finite(), "expected a finite number of ppm, got {value}");
    Ok(Some((f64::from(year) + (f64::from(month) - 0.5) / 12.0, value)))
}

/// What gradient descent found. All arrays; nothing is computed until one of them is read.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The coefficients, in the order and units of [`TERMS`].
    pub coefficients: NdArray,
    /// The middle of the record, in years.
    pub middle: NdArray,
    /// The model at each month of the record, in ppm.
    pub fitted: NdArray,
    /// The record less the model, in ppm.
    pub residual: NdArray,
}

/// Fits the model by `n_steps` steps of gradient descent on the mean squared residual.
///
/// The loop only records its steps. When a few hundred operations are pending, the library runs them up
/// to a place where the loop repeats, so that however many steps there are, at most three programs
/// are compiled: the start of the loop, the rounds that follow, again and again, and the rest.
pub fn fit(record: &Record, n_steps: usize) -> Fit {
    let Record { year, ppm } = record;
    let (first, last) = (year.min(..), year.max(..));
    let middle = (&first + &last) / 2.0;
    let half_span = (&last - &first) / 2.0;

    // Time from -1 to 1 keeps the columns at similar sizes, which gradient descent needs to converge.
    let time = (year - &middle) / &half_span;
    let design = np::concatenate([trend(&time), seasons(year)], 1);
    let n = ppm.size() as f64;

    // The gradient is linear in the weights with the matrix 2/n XᵀX. Steps up to the inverse of its
    // greatest eigenvalue cannot overshoot, and no eigenvalue exceeds the greatest sum of a row's
    // magnitudes (Gershgorin's circle theorem).
    let curvature = design.t().matmul(&design) * (2.0 / n);
    let rate = 1.0 / curvature.abs().sum(axis(1)).max(..);

    let mut weights = np::zeros(TERMS.len());
    for _ in 0..n_steps {
        let residual = design.matmul(&weights) - ppm;
        let gradient = design.t().matmul(&residual) * (2.0 / n);
        weights = &weights - &rate * &gradient;
    }

    let fitted = design.matmul(&weights);
    let residual = ppm - &fitted;
    // From weights of the scaled time to coefficients per year and per year squared.
    let trend = weights.get(s![..3]) / np::power(&half_span, np::arange((0.0, 3.0, 1.0)));
    let coefficients = np::concatenate([trend, weights.get(s![3..])], 0);
    Fit { coefficients, middle, fitted, residual }
}

impl Fit {
    /// The yearly rise of the trend at some time, in ppm per year.
    pub fn rise(&self, year: &NdArray) -> NdArray {
        let acceleration = 2.0 * self.coefficients.get(2);
        self.coefficients.get(1) + acceleration * (year - &self.middle)
    }

    /// The difference between the highest and the lowest day of the seasonal cycle, in ppm.
    pub fn seasonal_range(&self) -> NdArray {
        let days = np::linspace(0.0, 1.0, 366);
        let cycle = seasons(&days).matmul(self.coefficients.get(s![3..]));
        cycle.max(..) - cycle.min(..)
    }

    /// The root of the mean squared residual, in ppm.
    pub fn rms(&self) -> NdArray {
        self.residual.square().mean(..).sqrt()
    }
}

/// The columns 1, t, t² at each time.
fn trend(time: &NdArray) -> NdArray {
    np::stack([&np::ones_like(time), time, &time.square()], 1)
}

/// The columns cos and sin of each harmonic of the year, at times in years.
fn seasons(year: &NdArray) -> NdArray {
    let waves = (1..=N_HARMONICS).flat_map(|harmonic| {
        let angle = TAU * harmonic as f64 * year;
        [angle.cos(), angle.sin()]
    });
    np::stack(waves, 1)
}
