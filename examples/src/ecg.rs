//! Finds the beats of a heart in an electrocardiogram: the baseline is taken out by running medians, noise by a window, and what
//! is left is a beat where its slope has more energy than anything near.
//!
//! A simplified form of the [algorithm of Pan and Tompkins](https://en.wikipedia.org/wiki/Pan%E2%80%93Tompkins_algorithm). Knows
//! nothing of arguments, printing and plots.

use std::path::Path;

use anyhow::{Result, ensure};
use hloom as np;
use hloom::prelude::*;

/// Measurements a second.
pub const RATE: usize = 360;

/// The level of the converter that stands for 0 mV, and its levels for each mV.
const ZERO: i64 = 1024;
const GAIN: i64 = 200;

/// The baseline is the median of this many measurements, 0.6 s: longer than the spike of a beat, which is the lesser part of
/// them. It is taken ten times a second.
const BASELINE_WIDTH: usize = 216;
const BASELINE_STEP: usize = 36;
/// The window of 30 ms that noise is smoothed with.
const SMOOTH_WIDTH: usize = 11;
/// The 150 ms that energy is averaged over, about the time of a spike.
const ENERGY_WIDTH: usize = 54;
/// How near beats can be: no heart beats twice within 250 ms.
const APART: usize = 90;
/// A beat has at least this share of the energy that spikes have in the 2 s around it.
const SHARE: f64 = 0.3;
/// The spike of a beat is at most 100 ms from where its energy is greatest.
const SPIKE: usize = 36;
/// The beats of a running median of the rate.
pub const RUNNING_BEATS: usize = 9;

/// Reads the record `ecg` of an archive, in mV.
///
/// # Errors
/// What reading the archive reports; a record that is no line of at least 3 s.
pub fn load(path: &Path) -> Result<NdArray> {
    let levels = np::load_npz(path)?.get("ecg")?;
    let shape = levels.try_shape()?;
    ensure!(
        matches!(shape[..], [n] if n >= 3 * RATE),
        "expected a line of at least {} measurements, got {shape:?}",
        3 * RATE
    );
    Ok((levels.astype(int64) - ZERO) / GAIN)
}

/// What is made of a record, each array as long as that.
#[derive(Clone, Debug, Tree)]
pub struct Filtered {
    /// What changes slowly, in mV: the running median.
    pub baseline: NdArray,
    /// The record without its baseline and noise, in mV.
    pub smooth: NdArray,
    /// The energy of the slope, in (mV/s)².
    pub energy: NdArray,
    /// The energy that a beat has at least.
    pub threshold: NdArray,
    /// Whether the energy is the greatest near and beyond the threshold.
    pub is_beat: NdArray,
}

/// Filters a record. Nothing in it depends on values, so that it can be compiled as one function.
pub fn filter(record: &NdArray) -> Filtered {
    let n = record.size();
    let (middles, medians) = running(record, 50, BASELINE_WIDTH, BASELINE_STEP);
    let baseline = np::interp(np::arange(n), &middles, medians, ..);

    let window = np::hanning(SMOOTH_WIDTH as i64);
    let smooth = np::convolve(record - &baseline, &window / window.sum(..), "same");
    let slope = np::gradient(&smooth, axis(0).spacing(1.0 / RATE as f64)).remove(0);
    let energy = np::convolve(slope.square(), np::ones(ENERGY_WIDTH) / ENERGY_WIDTH, "same");

    // Spikes may be small for a while, but neither an artefact nor a pause moves the threshold far.
    let (middles, high) = running(&energy, 95, 2 * RATE, RATE);
    let usual = np::median(&high, ..);
    let high = high.clip(0.4 * &usual, &usual);
    let threshold = SHARE * np::interp(np::arange(n), middles, high, ..);

    let is_beat = energy.eq(running_max(&energy, APART)) & energy.gt(&threshold);
    Filtered { baseline, smooth, energy, threshold, is_beat }
}

/// A percentile of every `width` elements, each `step` on: where the middles of these are, and the percentiles.
fn running(x: &NdArray, percent: i64, width: usize, step: usize) -> (NdArray, NdArray) {
    let starts = np::arange((0, x.size() - width + 1, step));
    let windows = x.get(starts.get((.., None)) + np::arange(width));
    (starts + (width - 1) as f64 / 2.0, np::percentile(windows, percent, 1))
}

/// The greatest element among each one and those that are up to `reach` away from it.
fn running_max(x: &NdArray, reach: usize) -> NdArray {
    // The maximum of twice as many elements is that of two maxima.
    let (mut x, mut covered, width) = (np::pad(x, reach as i64, "edge"), 1, 2 * reach + 1);
    while covered < width {
        let by = covered.min(width - covered) as i64;
        x = np::maximum(x.get(..-by), x.get(by..));
        covered += by as usize;
    }
    x
}

/// The beats of a record: arrays whose length is their number.
#[derive(Clone, Debug)]
pub struct Beats {
    /// Where the spikes are in the record: int64.
    pub places: NdArray,
    /// The times between them, in s: one less.
    pub intervals: NdArray,
}

/// The beats of a filtered record. How many there are is known when the record is: this reads it.
pub fn beats(filtered: &Filtered) -> Beats {
    let found = np::flatnonzero(&filtered.is_beat);
    let reach = SPIKE as i64;
    let near = found.get((.., None)) + np::arange(-reach..reach + 1);
    let heights = np::take(&filtered.smooth, near, axis(..).mode(np::IndexMode::Clip)).abs();
    let places = (found + heights.argmax(1) - reach).clip(0, filtered.smooth.size() as i64 - 1);
    let intervals = np::diff(&places, -1) / RATE;
    Beats { places, intervals }
}

impl Beats {
    /// The usual rate, in beats a minute: the median, which beats that were missed do not change.
    pub fn rate(&self) -> NdArray {
        60 / np::median(&self.intervals, ..)
    }

    /// The rate from beat to beat, in beats a minute.
    pub fn rates(&self) -> NdArray {
        60 / &self.intervals
    }

    /// The median of each [`RUNNING_BEATS`] rates in turn.
    pub fn running_rates(&self) -> NdArray {
        running(&self.rates(), 50, RUNNING_BEATS, 1).1
    }

    /// How much times between beats vary, in s: their standard deviation, and the root of the mean square of the differences from
    /// one to the next. Times beyond twice the usual one, in which a beat must have been missed, are left out.
    pub fn variability(&self) -> (NdArray, NdArray) {
        let seen = self.intervals.get(self.intervals.le(2 * np::median(&self.intervals, ..)));
        (seen.std(axis(..).ddof(1)), np::diff(seen, -1).square().mean(..).sqrt())
    }

    /// How many beats come early: after less than 85 % of the usual time.
    pub fn n_early(&self) -> NdArray {
        self.intervals.lt(0.85 * np::median(&self.intervals, ..)).count_nonzero(..)
    }

    /// How many times between beats there are in each part of 0.05 s from 0.4 s to 0.9 s, and the ends of these in s.
    pub fn histogram(&self) -> (NdArray, NdArray) {
        np::histogram(&self.intervals, np::bins(10).range((0.4, 0.9)))
    }
}
