//! The kmeans example: its palette beside NumPy's, what its calls may not do, and pictures it cannot use.

use std::path::Path;

use hloom as np;
use hloom::prelude::*;
use hloom_examples::kmeans::{self, Kmeans, Palette};

const PHOTOGRAPH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/chelsea.png");

const N_COLORS: usize = 16;

/// A colour, how many pixels it has, and the sums of their rows and of their columns.
type Row = ([f64; 3], i64, i64, i64);

/// The palette, as `python examples/data/kmeans.py examples/data/chelsea.png 16` printed it with NumPy 2.4.6.
const PALETTE: [Row; N_COLORS] = [
    ([155.34587534682277, 119.31995668944982, 96.8413751099682], 14784, 2324845, 3181068),
    ([163.0, 178.5, 219.0], 2, 203, 338),
    ([37.35753176043557, 23.206533575317604, 11.964065335753176], 2755, 321008, 672474),
    ([185.1567664135775, 145.75055828494862, 117.73023671281823], 8956, 1333568, 1829643),
    ([120.73997268098846, 89.29007823171489, 72.06978765677387], 8053, 1041105, 2442631),
    ([115.1764192139738, 60.64606986899563, 25.3117903930131], 4579, 790794, 881489),
    ([130.92792621470002, 84.08985452125131, 47.582105163069315], 10516, 1531532, 1684860),
    ([173.91878776780808, 131.18247573704448, 96.14347189159494], 10916, 1465766, 2196779),
    ([162.0268303774443, 132.42391996361982, 118.99054115507049], 11000, 1876280, 2746671),
    ([191.70737073707372, 169.126100110011, 164.30005500550055], 7272, 1338730, 2109967),
    ([133.8297963101205, 106.24101525007998, 92.30009597952437], 9377, 1415893, 3079996),
    ([178.9607863974495, 152.32933049946865, 141.85557917109458], 9410, 2011046, 2193862),
    ([103.83014728925102, 71.41820745847697, 49.80053274835475], 6381, 595644, 1661578),
    ([142.63153462914883, 99.86414988421865, 64.70984492316329], 14254, 1916730, 2357323),
    ([78.04049640757675, 47.66688438928805, 25.750054430655346], 4597, 485318, 1074505),
    ([158.81570075453524, 113.84154759993578, 73.5592390431851], 12448, 1778888, 2329316),
];
const ROUNDS: i64 = 125;
const MOVED: f64 = 0.03353239992345913;
const SQUARED_DIFFERENCE: i64 = 22361887;

fn photograph() -> anyhow::Result<NdArray> {
    kmeans::load(Path::new(PHOTOGRAPH))
}

#[test]
fn the_palette_is_that_of_numpy() -> anyhow::Result<()> {
    let picture = photograph()?;
    assert_eq!(picture.shape(), [300, 451, 3]);
    assert_eq!(picture.dtype(), uint8);
    let kmeans = Kmeans::new();
    let mut seen = Vec::new();
    let palette = kmeans.fit(&picture, N_COLORS, |palette| {
        seen.push(palette.rounds.item::<i64>()?);
        Ok(())
    })?;
    assert_eq!(seen, (5..=ROUNDS).step_by(5).collect::<Vec<i64>>());
    assert_eq!(palette.rounds.item::<i64>()?, ROUNDS);
    // Means of the same pixels; only what follows from them may be rounded differently.
    assert_eq!(palette.colors.tolist()?, PALETTE.map(|(color, ..)| color));
    assert!((palette.moved.item::<f64>()? / MOVED - 1.0).abs() < 1e-9);

    let (painted, nearest) = kmeans.paint(&picture, &palette)?;
    let (row, column) = (np::arange(300).get(s![.., newaxis]), np::arange(451));
    for (idx, (_, count, rows, columns)) in PALETTE.iter().enumerate() {
        let own = nearest.equal(idx as i64);
        assert_eq!(own.sum(..).item::<i64>()?, *count, "pixels of colour {idx}");
        assert_eq!((&own * &row).sum(..).item::<i64>()?, *rows, "rows of colour {idx}");
        assert_eq!((&own * &column).sum(..).item::<i64>()?, *columns, "columns of colour {idx}");
    }
    assert_eq!((painted.dtype(), painted.shape()), (uint8, picture.shape()));
    let difference = painted.astype(int64) - picture.astype(int64);
    assert_eq!(difference.square().sum(..).item::<i64>()?, SQUARED_DIFFERENCE);
    Ok(())
}

#[test]
fn after_the_first_calls_nothing_is_compiled_and_nothing_waited_for() -> anyhow::Result<()> {
    let picture = photograph()?;
    let kmeans = Kmeans::new();
    let palette = kmeans.start(&picture, N_COLORS)?;
    kmeans.paint(&picture, &kmeans.improve(&picture, &palette)?)?;

    // The negative has the negative of each colour, found from start to end without a wait in between.
    let negative = 255 - photograph()?;
    negative.data()?;
    let (palette, nearest) = np::deny_recompile(|| {
        np::deny_sync(|| {
            let mut palette = kmeans.start(&negative, N_COLORS)?;
            for _ in 0..30 {
                palette = kmeans.improve(&negative, &palette)?;
            }
            let (_, nearest) = kmeans.paint(&negative, &palette)?;
            anyhow::Ok((palette, nearest))
        })
    })?;
    assert_eq!(palette.rounds.item::<i64>()?, ROUNDS);
    let difference = palette.colors - (255 - np::array(PALETTE.map(|(color, ..)| color)));
    assert!(difference.abs().max(..).item::<f64>()? < 1e-9, "{difference}");
    for (idx, (_, count, ..)) in PALETTE.iter().enumerate() {
        assert_eq!(nearest.equal(idx as i64).sum(..).item::<i64>()?, *count, "pixels of colour {idx}");
    }
    Ok(())
}

#[test]
fn what_the_guards_refuse_says_why() -> anyhow::Result<()> {
    let picture = photograph()?;
    let kmeans = Kmeans::new();
    let palette = kmeans.start(&picture, N_COLORS)?;
    let error = np::deny_sync(|| palette.moved.item::<f64>()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("item would wait for f64[]"), "{error}");

    let cropped = picture.get(s![..100]);
    let error = np::deny_recompile(|| kmeans.start(&cropped, N_COLORS)).unwrap_err().to_string();
    assert!(error.contains("'start' would be traced") && error.contains("u8[100,451,3], was u8[300,451,3]"), "{error}");
    let error = np::deny_recompile(|| kmeans.start(&picture, 8)).unwrap_err().to_string();
    assert!(error.contains("'start' would be traced") && error.contains('8') && error.contains("16"), "{error}");
    Ok(())
}

#[test]
fn palettes_of_small_pictures() -> anyhow::Result<()> {
    let kmeans = Kmeans::new();
    let picture = np::array([[[0u8, 0, 0], [0, 0, 2]], [[250, 0, 0], [250, 4, 0]]]);
    let palette = kmeans.fit(&picture, 2, |_| Ok(()))?;
    let (painted, nearest) = kmeans.paint(&picture, &palette)?;
    assert_eq!(painted.tolist()?, [[[0, 0, 1], [0, 0, 1]], [[250, 2, 0], [250, 2, 0]]]);
    assert_eq!(nearest.get(s![.., 0]).tolist()?, nearest.get(s![.., 1]).tolist()?);
    // More colours than the picture has: the others have no pixels, and stay.
    let palette = kmeans.fit(&picture, 6, |_| Ok(()))?;
    assert_eq!(palette.counts.sum(..).item::<i64>()?, 4);
    assert_eq!(kmeans.paint(&picture, &palette)?.0.tolist()?, picture.tolist()?);
    Ok(())
}

#[test]
fn what_is_no_picture_is_refused() -> anyhow::Result<()> {
    let kmeans = Kmeans::new();
    let refused = |picture: NdArray, n_colors| match kmeans.start(&picture, n_colors) {
        Ok(Palette { .. }) => "no error".to_owned(),
        Err(error) => format!("{error:#}"),
    };
    let shape = "expected a picture of shape (height, width, 3) with pixels, got ";
    assert_eq!(refused(np::zeros([2, 2]), 2), format!("{shape}(2, 2)"));
    assert_eq!(refused(np::zeros([0, 2, 3]), 2), format!("{shape}(0, 2, 3)"));
    assert_eq!(refused(np::zeros([2, 2, 4]), 2), format!("{shape}(2, 2, 4)"));
    assert_eq!(refused(np::zeros([2, 2, 3]), 0), "expected 1 to 256 colours, got 0");
    assert_eq!(refused(np::zeros([2, 2, 3]), 257), "expected 1 to 256 colours, got 257");

    let error = kmeans::load(Path::new("no/such.png")).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "cannot read no/such.png");
    let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/data/co2.csv");
    assert!(kmeans::load(Path::new(csv)).is_err());
    Ok(())
}

#[test]
fn pictures_are_saved_as_they_are() -> anyhow::Result<()> {
    let picture = (np::arange(4 * 5 * 3) * 4).astype(uint8).reshape([4, 5, 3]);
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kmeans_saved.png");
    kmeans::save(&path, &picture)?;
    assert_eq!(kmeans::load(&path)?.tolist()?, picture.tolist()?);
    assert!(kmeans::save(&path, &picture.get(0)).is_err());
    assert!(kmeans::save(&path, &picture.astype(float32)).is_err());
    Ok(())
}
