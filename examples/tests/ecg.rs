//! The ecg example: what it makes of the record beside NumPy's answers, and records that it cannot use.

use std::path::Path;

use hloom as np;
use hloom::prelude::*;
use hloom_examples::ecg::{self, Beats, Filtered, RATE};

const RECORD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/ecg.npz");

/// A name, the sum of magnitudes, and elements with their places.
type Line = (&'static str, f64, [(usize, f64); 7]);

/// What `python examples/data/ecg.py examples/data/ecg.npz` printed with NumPy 2.4.6.
const LINES: [Line; 5] = [
    (
        "record",
        49980.744999999995,
        [
            (0, -0.245),
            (17999, -0.495),
            (35999, -1.565),
            (53999, -0.125),
            (71999, -0.13),
            (89999, 0.295),
            (107999, -0.385),
        ],
    ),
    (
        "baseline",
        41791.71402777778,
        [
            (0, -0.11),
            (17999, -0.6494444444444445),
            (35999, -1.4736458333333335),
            (53999, -0.06993055555555557),
            (71999, -0.03),
            (89999, 0.10993055555555556),
            (107999, -0.26),
        ],
    ),
    (
        "smooth",
        21229.877525614756,
        [
            (0, -0.061449593469062196),
            (17999, 0.1663039485448092),
            (35999, -0.10291294193588543),
            (53999, -0.04333666537131875),
            (71999, -0.03902908734353865),
            (89999, 0.1690354530898609),
            (107999, -0.0842778640450004),
        ],
    ),
    (
        "energy",
        36444378.66156622,
        [
            (0, 1.6735309183751976),
            (17999, 27.155682278393606),
            (35999, 866.0185724194197),
            (53999, 626.6903532971476),
            (71999, 1473.4867068089486),
            (89999, 9.049937631892968),
            (107999, 33.12136296937186),
        ],
    ),
    (
        "threshold",
        44618949.73837833,
        [
            (0, 445.4762695398299),
            (17999, 445.43865356295555),
            (35999, 445.4762695398299),
            (53999, 445.44470013309194),
            (71999, 440.3645971730507),
            (89999, 445.44255152213816),
            (107999, 445.4762695398299),
        ],
    ),
];
const N_BEATS: usize = 497;
const SUM_OF_PLACES: i64 = 26208019;
const WEIGHTED_PLACES: i64 = 8757381548;
const FIRST_PLACES: [i64; 8] = [125, 342, 552, 748, 944, 1130, 1316, 1500];
const RATE_A_MINUTE: f64 = 105.3658536585366;
const SLOWEST: f64 = 93.91304347826087;
const FASTEST: f64 = 127.05882352941177;
const VARIABILITY: (f64, f64) = (0.07578813961134877, 0.10336490386475487);
const N_EARLY: i64 = 22;
const HISTOGRAM: [i64; 10] = [6, 30, 126, 183, 83, 24, 12, 17, 8, 1];

/// Sums are taken in another order than NumPy's, and a slope is a difference of neighbours.
const TOLERANCE: f64 = 1e-11;

#[track_caller]
fn assert_close(found: f64, expected: f64, margin: f64, name: &str) {
    assert!((found - expected).abs() <= margin, "{name}: expected {expected}, got {found}");
}

fn check_lines(record: &NdArray, filtered: &Filtered) -> anyhow::Result<()> {
    let Filtered { baseline, smooth, energy, threshold, .. } = filtered;
    for ((name, magnitudes, elements), found) in LINES.iter().zip([record, baseline, smooth, energy, threshold]) {
        let found = found.to_vec::<f64>()?;
        assert_eq!(found.len(), 108_000);
        assert_close(found.iter().map(|x| x.abs()).sum(), *magnitudes, TOLERANCE * magnitudes, name);
        let greatest = found.iter().fold(0.0, |greatest: f64, x| greatest.max(x.abs()));
        for (place, expected) in elements {
            assert_close(found[*place], *expected, TOLERANCE * greatest, name);
        }
    }
    Ok(())
}

fn check_beats(beats: &Beats) -> anyhow::Result<()> {
    let places = beats.places.to_vec::<i64>()?;
    assert_eq!(places.len(), N_BEATS);
    assert_eq!(places[..8], FIRST_PLACES);
    assert_eq!(places.iter().sum::<i64>(), SUM_OF_PLACES);
    assert_eq!(places.iter().zip(0..).map(|(place, idx)| place * idx).sum::<i64>(), WEIGHTED_PLACES);
    assert_close(beats.rate().item()?, RATE_A_MINUTE, 1e-12 * RATE_A_MINUTE, "rate");
    let running = beats.running_rates();
    assert_eq!(running.len()?, N_BEATS - 9);
    assert_close(running.min(..).item()?, SLOWEST, 1e-12 * SLOWEST, "slowest");
    assert_close(running.max(..).item()?, FASTEST, 1e-12 * FASTEST, "fastest");
    let (deviation, successive) = beats.variability();
    assert_close(deviation.item()?, VARIABILITY.0, TOLERANCE * VARIABILITY.0, "deviation");
    assert_close(successive.item()?, VARIABILITY.1, TOLERANCE * VARIABILITY.1, "from one to the next");
    assert_eq!(beats.n_early().item::<i64>()?, N_EARLY);
    let (counts, ends) = beats.histogram();
    assert_eq!(counts.tolist()?, HISTOGRAM);
    assert_eq!(ends.len()?, HISTOGRAM.len() + 1);
    Ok(())
}

#[test]
fn the_beats_are_those_of_numpy_lazily() -> anyhow::Result<()> {
    let record = ecg::load(Path::new(RECORD))?;
    let filtered = ecg::filter(&record);
    check_lines(&record, &filtered)?;
    check_beats(&ecg::beats(&filtered))
}

#[test]
fn the_beats_are_those_of_numpy_compiled() -> anyhow::Result<()> {
    let record = ecg::load(Path::new(RECORD))?;
    let filter = np::jit(|record: NdArray| ecg::filter(&record)).name("filter");
    let filtered = filter.call(&record)?;
    check_lines(&record, &filtered)?;
    check_beats(&ecg::beats(&filtered))
}

#[test]
fn regular_spikes_are_beats() -> anyhow::Result<()> {
    // A spike every 300 measurements on a baseline that moves.
    let time = np::arange(20 * RATE);
    let spikes = (&time % 300).eq(150).astype(float64) * 2;
    let record = np::convolve(spikes, np::hanning(15), "same") + (&time / 500.0).sin();
    let beats = ecg::beats(&ecg::filter(&record));
    let places = beats.places.to_vec::<i64>()?;
    assert_eq!(places.len(), 24);
    for (place, expected) in places.iter().zip((150..).step_by(300)) {
        assert!((place - expected).abs() <= 1, "expected {expected}, got {place}");
    }
    assert_close(beats.rate().item()?, 72.0, 0.5, "rate");
    assert_eq!(beats.n_early().item::<i64>()?, 0);
    Ok(())
}

#[test]
fn what_is_no_record_is_refused() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let refused = |name: &str, array: NdArray| -> anyhow::Result<String> {
        let path = folder.join(format!("{name}.npz"));
        np::savez(&path, [(name, array)])?;
        Ok(ecg::load(&path).map(drop).unwrap_err().to_string())
    };
    let expected = "expected a line of at least 1080 measurements, got ";
    assert_eq!(refused("ecg", np::zeros((2, 1080)))?, format!("{expected}(2, 1080)"));
    assert_eq!(refused("ecg", np::zeros(1079))?, format!("{expected}(1079,)"));
    assert!(refused("other", np::zeros(1080))?.contains("ecg"));
    assert!(ecg::load(Path::new("no/such.npz")).map(drop).unwrap_err().to_string().contains("no/such.npz"));
    Ok(())
}
