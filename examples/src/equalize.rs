//! Spreads the brightness of a picture evenly by its histogram, and finds its edges, in one compiled function.
//!
//! Knows nothing of files, arguments and printing.

use anyhow::{Result, ensure};
use hloom as np;
use hloom::prelude::*;

/// The levels of brightness.
pub const N_LEVELS: i64 = 256;

/// How bright red, green and blue are, by [Recommendation ITU-R BT.601](https://www.itu.int/rec/R-REC-BT.601).
const BRIGHTNESS: [f64; 3] = [0.299, 0.587, 0.114];

/// How far the blur before edges are looked for reaches, and its standard deviation, in pixels.
const REACH: i64 = 6;
const DEVIATION: f64 = 2.0;

/// What is made of a picture.
#[derive(Clone, Debug, Tree)]
pub struct Equalized {
    /// How bright each pixel was: uint8 of shape (height, width).
    pub before: NdArray,
    /// How many pixels have each level of brightness: int64 of shape (256,).
    pub histogram: NdArray,
    /// The level that each level becomes: uint8 of shape (256,).
    pub levels: NdArray,
    /// How bright each pixel is with these: uint8 of shape (height, width).
    pub after: NdArray,
    /// The picture with that brightness and its colours: uint8 of shape (height, width, 3).
    pub picture: NdArray,
    /// How steeply brightness changes, from 0 to 1, where 1 is the steepest hundredth: float64 of shape (height, width).
    pub edges: NdArray,
}

/// Equalizes a picture of shape (height, width, 3) in a function that is compiled for its size.
///
/// # Errors
/// A picture of another shape or another dtype than uint8, or too small to be blurred; what a call reports.
pub fn equalize(picture: &NdArray) -> Result<Equalized> {
    let shape = picture.try_shape()?;
    let least = REACH as usize + 1;
    ensure!(
        matches!(shape[..], [height, width, 3] if height >= least && width >= least),
        "expected a picture of shape (height, width, 3) with at least {least} rows and columns, got {shape:?}"
    );
    ensure!(picture.dtype() == uint8, "expected a picture of uint8, got {}", picture.dtype());
    Ok(np::jit(|picture: NdArray| equalized(&picture)).name("equalize").call(picture)?)
}

/// The same, recorded and not computed yet.
pub fn equalized(picture: &NdArray) -> Equalized {
    let before = picture.matmul(np::array(BRIGHTNESS)).rint().astype(uint8);
    let (histogram, _) = counts(&before);
    let levels = spread(&histogram);
    let after = np::take(&levels, &before, ..);
    let brighter = &after / np::maximum(&before, 1).astype(float64);
    let picture = (picture * brighter.get(s![..., newaxis])).rint().clip(0, N_LEVELS - 1).astype(uint8);
    let edges = edges(&after);
    Equalized { before, histogram, levels, after, picture, edges }
}

/// How many pixels have each level, and where levels begin and end.
fn counts(brightness: &NdArray) -> (NdArray, NdArray) {
    np::histogram(brightness, np::bins(N_LEVELS).range((0, N_LEVELS)))
}

/// The levels that make a histogram even: each becomes the share of pixels that are not brighter.
/// See [histogram equalization](https://en.wikipedia.org/wiki/Histogram_equalization#Implementation).
fn spread(histogram: &NdArray) -> NdArray {
    let below = histogram.cumsum(..);
    // The darkest level that there is becomes 0.
    let darkest = below.get(histogram.gt(0).argmax(..));
    let share = (&below - &darkest) / np::maximum(below.get(-1) - &darkest, 1);
    (share * (N_LEVELS - 1)).rint().clip(0, N_LEVELS - 1).astype(uint8)
}

/// How steep a blurred picture is.
fn edges(picture: &NdArray) -> NdArray {
    let window = (-0.5 * (np::arange(-REACH..REACH + 1) / DEVIATION).square()).exp();
    let window = &window / window.sum(..);
    // Rows and columns one after the other: the bell curve of two dimensions is a product of two of one.
    let blurred = blur(&blur(&picture.astype(float64), &window, 0), &window, 1);
    let slopes = np::gradient(blurred, ..);
    let steepness = np::hypot(&slopes[0], &slopes[1]);
    let steep = np::percentile(&steepness, 99, ..);
    // A picture that is even almost everywhere has no steepest hundredth.
    (&steepness / np::where_(steep.gt(0), &steep, 1)).clip(0, 1)
}

/// The sum of a picture's copies that are moved along an axis, each with its weight. The border is continued.
fn blur(picture: &NdArray, window: &NdArray, along: i64) -> NdArray {
    let n = picture.shape()[along as usize] as i64;
    let mut width = [(0, 0); 2];
    width[along as usize] = (REACH, REACH);
    let padded = np::pad(picture, width, "edge");
    let moved = |by: i64| if along == 0 { padded.get(by..by + n) } else { padded.get((.., by..by + n)) };
    (0..=2 * REACH).fold(np::zeros_like(picture), |sum, by| sum + window.get(by) * moved(by))
}

/// The picture, what it became and its edges side by side, plots of their histograms below: uint8.
pub fn panels(picture: &NdArray, equalized: &Equalized) -> NdArray {
    let width = picture.shape()[1];
    let grey = |brightness: NdArray| np::stack((&brightness, &brightness, &brightness), -1).astype(uint8);
    let steepness = &equalized.edges * 255.0;
    let pictures = np::concatenate((picture, &equalized.picture, grey(255.0 - &steepness)), 1);
    let histograms = [equalized.histogram.clone(), counts(&equalized.after).0, counts(&steepness).0];
    let plots = np::concatenate(histograms.map(|histogram| plot(&histogram, width)), 1);
    np::concatenate((pictures, grey(plots)), 0)
}

/// The height of a plot, in pixels.
const PLOT_HEIGHT: i64 = 120;

/// A histogram as a picture: grey bars on white, and a line for the share of pixels that are not brighter.
fn plot(histogram: &NdArray, width: usize) -> NdArray {
    let heights = |values: NdArray| PLOT_HEIGHT as f64 - (&values / values.max(..) * (PLOT_HEIGHT - 1)).rint();
    let columns = np::arange(width) * N_LEVELS / width;
    let bars = heights(np::interp(&columns, np::arange(N_LEVELS), histogram.sqrt(), ..));
    let line = heights(np::interp(&columns, np::arange(N_LEVELS), histogram.cumsum(..), ..));
    let row = np::arange(PLOT_HEIGHT).get((.., None)) + 1;
    np::select((np::abs(&row - line).le(1), row.ge(bars)), (0, 150), 255)
}
