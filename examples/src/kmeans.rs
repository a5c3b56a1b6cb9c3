//! Clusters the pixels of a picture into a palette: k-means by Lloyd's algorithm, in compiled functions.
//!
//! Sums of colours are whole numbers and exact, so that neither the order of additions nor the device changes
//! the palette. Knows nothing of arguments and printing.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use hloom as np;
use hloom::prelude::*;
use hloom::{Jit, Tree};
use image::{ImageFormat, RgbImage};

/// The most colours of a palette, as many as an indexed picture may have.
pub const MAX_COLORS: usize = 256;

/// A palette is found when no colour moves farther than this in a round, in levels of 0 to 255.
pub const TOLERANCE: f64 = 0.05;

/// The rounds of one call: often enough for people to see how it goes on, rare enough to cost nothing.
pub const ROUNDS_PER_CALL: i64 = 5;

/// The rounds after which the colours are taken as they are.
pub const MAX_ROUNDS: i64 = 500;

/// Reads a picture as uint8 of shape (height, width, 3): red, green, blue. What is transparent in it is not.
///
/// # Errors
/// What reading the file reports; a file that is not a picture as PNG; one without pixels.
pub fn load(path: &Path) -> Result<NdArray> {
    let named = || format!("cannot read {}", path.display());
    let bytes = std::fs::read(path).with_context(named)?;
    let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Png).with_context(named)?.to_rgb8();
    let (width, height) = picture.dimensions();
    Ok(np::array(picture.into_raw()).reshape([height as usize, width as usize, 3]))
}

/// Writes a picture of shape (height, width, 3) and dtype uint8 as a PNG file.
///
/// # Errors
/// An array of another shape or dtype; what writing the file reports.
pub fn save(path: &Path, picture: &NdArray) -> Result<()> {
    let shape = picture.shape();
    let &[height, width, 3] = &shape[..] else { anyhow::bail!("expected a shape (height, width, 3), got {shape:?}") };
    let extent = |n: usize| u32::try_from(n).context("the picture is too large");
    let pixels = picture.to_vec::<u8>()?;
    let picture = RgbImage::from_raw(extent(width)?, extent(height)?, pixels).context("pixels are missing")?;
    picture.save_with_format(path, ImageFormat::Png).with_context(|| format!("cannot write {}", path.display()))
}

/// Colours, and what is known of them.
#[derive(Clone, Debug, Tree)]
pub struct Palette {
    /// The colours: float64 of shape (colours, 3), in levels of 0 to 255.
    pub colors: NdArray,
    /// How many pixels are nearest to each colour of the round before: int64 of shape (colours,).
    pub counts: NdArray,
    /// How far the colour that moved most did in the last round: float64, 0-d.
    pub moved: NdArray,
    /// The rounds so far: int64, 0-d.
    pub rounds: NdArray,
}

/// The compiled functions. Each is compiled when it is first called for a size of picture and palette.
#[derive(Clone, Debug)]
pub struct Kmeans {
    start: Jit<(NdArray, usize), Palette>,
    improve: Jit<(NdArray, Palette), Palette>,
    paint: Jit<(NdArray, NdArray), (NdArray, NdArray)>,
}

impl Default for Kmeans {
    fn default() -> Kmeans {
        Kmeans::new()
    }
}

impl Kmeans {
    /// Functions that are compiled when they are called.
    pub fn new() -> Kmeans {
        Kmeans {
            start: np::jit(|(picture, n_colors): (NdArray, usize)| start(&pixels(&picture), n_colors)).name("start"),
            improve: np::jit(|(picture, palette): (NdArray, Palette)| improve(&pixels(&picture), palette))
                .name("improve"),
            paint: np::jit(|(picture, colors): (NdArray, NdArray)| paint(&picture, &colors)).name("paint"),
        }
    }

    /// Colours to start with: see [`Kmeans::improve`].
    ///
    /// # Errors
    /// A picture of another shape than (height, width, 3); no colours, or more than [`MAX_COLORS`].
    pub fn start(&self, picture: &NdArray, n_colors: usize) -> Result<Palette> {
        let shape = picture.try_shape()?;
        ensure!(
            matches!(shape[..], [height, width, 3] if height > 0 && width > 0),
            "expected a picture of shape (height, width, 3) with pixels, got {shape:?}"
        );
        ensure!((1..=MAX_COLORS).contains(&n_colors), "expected 1 to {MAX_COLORS} colours, got {n_colors}");
        Ok(self.start.call((picture, n_colors))?)
    }

    /// Moves each colour to the mean of the pixels that are nearest to it, for [`ROUNDS_PER_CALL`] rounds or until
    /// none moves farther than [`TOLERANCE`]. Waits for nothing.
    ///
    /// # Errors
    /// What a call reports.
    pub fn improve(&self, picture: &NdArray, palette: &Palette) -> Result<Palette> {
        Ok(self.improve.call((picture, palette))?)
    }

    /// The picture in the colours of a palette, and the number of each pixel's colour: uint8 of the picture's shape,
    /// and int64 of shape (height, width).
    ///
    /// # Errors
    /// What a call reports.
    pub fn paint(&self, picture: &NdArray, palette: &Palette) -> Result<(NdArray, NdArray)> {
        Ok(self.paint.call((picture, &palette.colors))?)
    }

    /// The palette of a picture. `progress` sees it after each call.
    ///
    /// # Errors
    /// Those of [`Kmeans::start`] and of `progress`.
    pub fn fit(
        &self,
        picture: &NdArray,
        n_colors: usize,
        mut progress: impl FnMut(&Palette) -> Result<()>,
    ) -> Result<Palette> {
        let mut palette = self.start(picture, n_colors)?;
        while palette.moved.item::<f64>()? > TOLERANCE && palette.rounds.item::<i64>()? < MAX_ROUNDS {
            palette = self.improve(picture, &palette)?;
            progress(&palette)?;
        }
        Ok(palette)
    }
}

/// The pixels of a picture in a row, as int64.
fn pixels(picture: &NdArray) -> NdArray {
    picture.astype(int64).reshape([-1, 3])
}

/// The squared distance of each pixel to each colour.
fn distances(pixels: &NdArray, colors: &NdArray) -> NdArray {
    (pixels.get(s![.., newaxis]) - colors).square().sum(-1)
}

/// Pixels far from each other: the first is that in the middle of the picture, the next is always that farthest from
/// all so far. So colours that are rare but unlike all others have their place.
fn start(pixels: &NdArray, n_colors: usize) -> Palette {
    let n_pixels = pixels.shape()[0];
    let first = pixels.get(s![n_pixels / 2, newaxis]);
    let colors = np::zeros([n_colors, 3]).astype(int64) + &first;
    let apart = distances(pixels, &first).ravel();
    let (colors, _): (NdArray, NdArray) =
        np::fori_loop(1, n_colors as i64, (colors, apart), |i, (mut colors, apart)| {
            let farthest = pixels.get(s![&apart.argmax(..)]);
            let apart = np::minimum(&apart, distances(pixels, &farthest.get(s![newaxis])).ravel());
            colors.set(s![&i], farthest);
            (colors, apart)
        });
    Palette {
        colors: colors.astype(float64),
        counts: np::zeros(n_colors).astype(int64),
        moved: np::array(f64::INFINITY),
        rounds: np::array(0i64),
    }
}

fn improve(pixels: &NdArray, palette: Palette) -> Palette {
    let last = np::minimum(&palette.rounds + ROUNDS_PER_CALL, MAX_ROUNDS);
    np::while_loop(
        palette,
        |palette: Palette| palette.moved.gt(TOLERANCE) & palette.rounds.lt(&last),
        |Palette { colors, counts, rounds, .. }| {
            let nearest = distances(pixels, &colors).argmin(1);
            let mut sums = np::zeros(colors.shape()).astype(int64);
            sums.add_at(&nearest, pixels);
            let mut next_counts = np::zeros_like(&counts);
            next_counts.add_at(&nearest, 1);
            let means = sums / np::maximum(&next_counts, 1).get(s![.., newaxis]);
            // A colour that no pixel is nearest to stays.
            let next = np::where_(next_counts.get(s![.., newaxis]).gt(0), means, &colors);
            let moved = (&next - &colors).square().sum(-1).sqrt().max(..);
            Palette { colors: next, counts: next_counts, moved, rounds: rounds + 1 }
        },
    )
}

fn paint(picture: &NdArray, colors: &NdArray) -> (NdArray, NdArray) {
    let nearest = distances(&pixels(picture), colors).argmin(1);
    let levels = colors.rint().astype(uint8);
    (levels.get(s![&nearest]).reshape(picture.shape()), nearest.reshape(&picture.shape()[..2]))
}
