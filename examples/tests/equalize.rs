//! The equalize example: its pictures beside NumPy's, and what it makes of small ones and of arrays that are none.

use std::path::Path;

use hloom as np;
use hloom::prelude::*;
use hloom_examples::equalize::{self, Equalized, equalized};
use hloom_examples::kmeans;

const PHOTOGRAPH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chelsea.png");

/// What `python examples/data/equalize.py examples/data/chelsea.png` printed with NumPy 2.4.6: histogram and levels; of the
/// brightness before and after and of the picture, the sum and that of each element times the remainder of its place by 97.
#[rustfmt::skip]
const HISTOGRAM: [i64; 256] = [
    0, 0, 0, 0, 3, 27, 50, 58, 50, 55, 41, 36, 33, 39, 47, 39, 43, 44, 51, 49, 49, 71, 75, 96, 99, 102, 113, 90, 93,
    109, 85, 116, 126, 122, 124, 130, 109, 96, 113, 97, 145, 116, 128, 109, 140, 148, 148, 142, 161, 179, 165, 177, 210,
    200, 224, 219, 205, 244, 259, 238, 282, 278, 291, 275, 261, 307, 319, 355, 374, 361, 376, 388, 430, 459, 488, 467,
    493, 520, 533, 579, 628, 648, 678, 687, 664, 753, 759, 794, 845, 898, 941, 969, 1045, 1068, 1062, 1076, 1193, 1217,
    1304, 1340, 1320, 1392, 1359, 1385, 1518, 1437, 1477, 1561, 1663, 1563, 1602, 1647, 1629, 1725, 1678, 1695, 1707,
    1588, 1620, 1658, 1682, 1677, 1754, 1722, 1664, 1766, 1797, 1803, 1843, 1785, 1850, 1752, 1791, 1732, 1640, 1694,
    1679, 1609, 1711, 1592, 1506, 1477, 1400, 1312, 1375, 1336, 1266, 1201, 1237, 1087, 1073, 1151, 1038, 1041, 1032,
    971, 1011, 1005, 859, 850, 858, 902, 885, 857, 842, 687, 627, 529, 533, 548, 564, 609, 562, 736, 756, 570, 345, 233,
    183, 165, 207, 185, 132, 99, 114, 139, 147, 138, 108, 101, 92, 123, 57, 26, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];
#[rustfmt::skip]
const LEVELS: [i64; 256] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5,
    5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 9, 9, 10, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 16, 16, 17, 18, 18, 19,
    20, 21, 22, 23, 23, 24, 25, 27, 28, 29, 30, 31, 33, 34, 36, 37, 39, 40, 42, 44, 46, 48, 50, 52, 54, 57, 59, 62, 64,
    67, 69, 72, 75, 77, 80, 83, 86, 89, 92, 95, 98, 102, 105, 108, 111, 114, 117, 120, 124, 127, 130, 133, 136, 140,
    143, 146, 150, 153, 157, 160, 163, 167, 170, 173, 176, 179, 182, 185, 188, 191, 194, 196, 199, 201, 204, 206, 208,
    210, 212, 215, 216, 218, 220, 222, 224, 226, 228, 229, 231, 233, 234, 236, 237, 239, 240, 241, 242, 243, 244, 245,
    246, 248, 249, 250, 251, 251, 252, 252, 252, 253, 253, 253, 253, 253, 254, 254, 254, 254, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
];
const BEFORE: (i64, i64) = (16166008, 776187340);
const AFTER: (i64, i64) = (17401382, 835917672);
const PICTURE: (i64, i64) = (50327089, 2417088223);
const EDGES: (f64, f64) = (34508.74737605814, 1654397.1958969072);
const N_STEEPEST: i64 = 1353;
/// Row, column, element.
const SOME_EDGES: [(i64, i64, f64); 6] = [
    (0, 0, 0.19945307386856492),
    (60, 400, 0.03276004673473311),
    (120, 140, 0.09002228018391761),
    (150, 225, 0.2850971021103925),
    (220, 300, 0.4127326883205989),
    (299, 450, 0.18353042091607683),
];

/// Of the edges: sums are taken in another order than NumPy's.
const TOLERANCE: f64 = 1e-12;

fn sums(picture: &NdArray) -> (NdArray, NdArray) {
    let line = picture.ravel();
    (line.sum(..), (&line * (np::arange(line.size()) % 97)).sum(..))
}

fn check(equalized: &Equalized) -> anyhow::Result<()> {
    assert_eq!(equalized.histogram.tolist()?, HISTOGRAM);
    assert_eq!(equalized.levels.astype(int64).tolist()?, LEVELS);
    let pictures = [(&equalized.before, BEFORE), (&equalized.after, AFTER), (&equalized.picture, PICTURE)];
    for (picture, expected) in pictures {
        assert_eq!(picture.dtype(), uint8);
        let (sum, weighted) = sums(&picture.astype(int64));
        assert_eq!((sum.item::<i64>()?, weighted.item::<i64>()?), expected);
    }
    let (sum, weighted) = sums(&equalized.edges);
    assert!((sum.item::<f64>()? / EDGES.0 - 1.0).abs() < TOLERANCE);
    assert!((weighted.item::<f64>()? / EDGES.1 - 1.0).abs() < TOLERANCE);
    assert_eq!(equalized.edges.eq(1).count_nonzero(..).item::<i64>()?, N_STEEPEST);
    for (row, column, expected) in SOME_EDGES {
        assert!((equalized.edges.get((row, column)).item::<f64>()? - expected).abs() < TOLERANCE, "{row}, {column}");
    }
    Ok(())
}

#[test]
fn the_pictures_are_those_of_numpy_compiled() -> anyhow::Result<()> {
    check(&equalize::equalize(&kmeans::load(Path::new(PHOTOGRAPH))?)?)
}

#[test]
fn the_pictures_are_those_of_numpy_lazily() -> anyhow::Result<()> {
    check(&equalized(&kmeans::load(Path::new(PHOTOGRAPH))?))
}

#[test]
fn panels_stand_side_by_side_above_plots() -> anyhow::Result<()> {
    let picture = kmeans::load(Path::new(PHOTOGRAPH))?;
    let equalized = equalize::equalize(&picture)?;
    let panels = equalize::panels(&picture, &equalized);
    assert_eq!((panels.dtype(), panels.shape()), (uint8, np::Shape::from([420, 3 * 451, 3])));
    assert!(np::array_equal(panels.get((..300, ..451)), &picture, ..).item::<bool>()?);
    assert!(np::array_equal(panels.get((..300, 451..902)), &equalized.picture, ..).item::<bool>()?);
    // A plot has bars, a line and the white behind them, and no other colours.
    let plots = panels.get(300..).ravel();
    assert_eq!(np::unique(&plots, ..).tolist()?, [0u8, 150, 255]);
    // The line rises over the whole height: black is in the first row and in the last.
    for plot in [0..451, 451..902, 902..1353] {
        for row in [300, 419] {
            assert_eq!(panels.get((row, plot.clone())).min(..).item::<u8>()?, 0);
        }
    }
    Ok(())
}

#[test]
fn even_pictures_and_steps() -> anyhow::Result<()> {
    // One colour: nothing to spread, and no edge.
    let grey = equalize::equalize(&np::full((16, 16, 3), 99).astype(uint8))?;
    assert_eq!(grey.after.max(..).item::<u8>()?, 0);
    assert_eq!(grey.edges.max(..).item::<f64>()?, 0.0);
    // Two: darkest and brightest, whatever they were, and the steepest place is the line between them.
    let step = np::concatenate((np::full((16, 20, 3), 90), np::full((16, 20, 3), 95)), 1).astype(uint8);
    let step = equalize::equalize(&step)?;
    assert_eq!(np::unique(&step.after, ..).tolist()?, [0u8, 255]);
    assert_eq!(step.edges.argmax(1).tolist()?, [19; 16]);
    Ok(())
}

#[test]
fn what_is_no_picture_is_refused() {
    let refused = |picture: NdArray| equalize::equalize(&picture).map(drop).unwrap_err().to_string();
    let shape = "expected a picture of shape (height, width, 3) with at least 7 rows and columns, got ";
    assert_eq!(refused(np::zeros((20, 20)).astype(uint8)), format!("{shape}(20, 20)"));
    assert_eq!(refused(np::zeros((20, 6, 3)).astype(uint8)), format!("{shape}(20, 6, 3)"));
    assert_eq!(refused(np::zeros((20, 20, 3))), "expected a picture of uint8, got float64");
}
