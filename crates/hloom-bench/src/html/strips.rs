//! The samples of a row: a lane a side, with the rounds from left to right, so that one sees how sure a figure is.

use std::fmt::Write;

use maud::{Markup, html};

use crate::record::{Measured, Row};
use crate::statistics::{median, round_medians};

use super::sides::Sides;
use crate::units::{amount, count, percent, share};

const WIDTH: f64 = 340.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 336.0;
const LANE: f64 = 38.0;
/// Half of the height that samples may take in a lane.
const REACH: f64 = 14.0;

/// The most samples that a lane shows.
const MOST: usize = 400;

/// Lanes reach at least this far from the median, so that a quiet row does not look like a noisy one.
const LEAST_RANGE: f64 = 0.02;

/// Lanes reach no further than this factor, as a logarithm: what is beyond lies on their edges.
const MOST_RANGE: f64 = 1.1;

/// A sample: where in the run, from 0 to 1, and how far from the side's median, as the logarithm of a factor.
type Sample = (f64, f64);

struct Lane<'a> {
    side: &'a str,
    median: f64,
    samples: Vec<Sample>,
    n_samples: usize,
}

/// The samples of a row. None if no side has any that are above zero.
pub(super) fn strip(row: &Row, sides: &Sides<'_>, id: &str) -> Option<Markup> {
    let lanes: Vec<Lane<'_>> = row.sides.iter().filter_map(lane).collect();
    let range = range(&lanes)?;
    let n_beyond = lanes.iter().flat_map(|lane| &lane.samples).filter(|(_, far)| far.abs() > range).count();
    let height = lanes.len() as f64 * LANE;
    Some(html! {
        figure .strip {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-labelledby={ (id) "-title " (id) "-text" } {
                title id={ (id) "-title" } { "Samples of " (row.name) " " (row.size) " by side and round" }
                desc id={ (id) "-text" } { (description(&lanes, row)) }
                @for (idx, lane) in lanes.iter().enumerate() { (drawn(lane, row, range, (idx as f64 + 0.5) * LANE, sides)) }
            }
            figcaption {
                "Samples in the order of the rounds, each beside the median of its side (line); a lane reaches from −"
                (share(1.0 - (-range).exp())) " to +" (percent(range.exp())) "."
                @if n_beyond > 0 { " " (count(n_beyond, "sample")) " beyond it lie on the edge." }
                @if lanes.iter().any(|lane| lane.samples.len() < lane.n_samples) { " Of many samples, some are shown." }
            }
        }
    })
}

fn lane(measured: &Measured) -> Option<Lane<'_>> {
    let middle = median(&round_medians(&measured.rounds)).filter(|it| *it > 0.0)?;
    let n_rounds = measured.rounds.len() as f64;
    let n_samples = measured.rounds.iter().map(Vec::len).sum::<usize>();
    let placed = measured.rounds.iter().enumerate().flat_map(|(round, samples)| {
        let n = samples.len() as f64;
        samples.iter().enumerate().map(move |(idx, sample)| {
            // Samples of a round stay together: a gap is between one round and the next.
            let within = 0.15 + 0.7 * (idx as f64 + 0.5) / n;
            ((round as f64 + within) / n_rounds, (sample / middle).ln())
        })
    });
    let step = n_samples.div_ceil(MOST).max(1);
    let samples: Vec<Sample> = placed.filter(|(_, far)| !far.is_nan()).step_by(step).collect();
    (!samples.is_empty()).then_some(Lane { side: &measured.side, median: middle, samples, n_samples })
}

/// How far lanes reach: to where all but the outermost samples are.
fn range(lanes: &[Lane<'_>]) -> Option<f64> {
    let mut far: Vec<f64> = lanes.iter().flat_map(|lane| &lane.samples).map(|(_, far)| far.abs()).collect();
    far.sort_by(f64::total_cmp);
    let most = far.get(far.len().checked_sub(1)? * 97 / 100)?;
    Some((most * 1.1).clamp(LEAST_RANGE, MOST_RANGE))
}

fn description(lanes: &[Lane<'_>], row: &Row) -> String {
    let parts = lanes.iter().map(|lane| {
        let far = lane.samples.iter().map(|(_, far)| far.exp());
        let (low, high) = far.fold((f64::INFINITY, 0.0_f64), |(low, high), it| (low.min(it), high.max(it)));
        let (low, high) = (amount(low * lane.median, row.unit), amount(high * lane.median, row.unit));
        let median = amount(lane.median, row.unit);
        format!("{}: {}, median {median}, from {low} to {high}.", lane.side, count(lane.n_samples, "sample"))
    });
    parts.collect::<Vec<String>>().join(" ")
}

fn drawn(lane: &Lane<'_>, row: &Row, range: f64, middle: f64, sides: &Sides<'_>) -> Markup {
    let (mut dots, mut beyond) = (String::new(), String::new());
    for (when, far) in &lane.samples {
        let x = LEFT + when * (RIGHT - LEFT);
        let y = middle - (far / range).clamp(-1.0, 1.0) * REACH;
        let into = if far.abs() > range { &mut beyond } else { &mut dots };
        // A line without length has round ends only: a dot.
        write!(into, "M{x:.1} {y:.1}h0").expect("a string takes what is written to it");
    }
    html! {
        g class={ "lane " (sides.class(lane.side)) } data-side=(lane.side) {
            rect .band x=(LEFT) y=(middle - REACH - 2.5) width=(RIGHT - LEFT) height=(2.0 * REACH + 5.0) rx="3" {}
            text .name x="0" y=(middle - 2.0) { (shortened(lane.side)) }
            text .tick x="0" y=(middle + 11.0) { (amount(lane.median, row.unit)) }
            line .middle x1=(LEFT) x2=(RIGHT) y1=(middle) y2=(middle) {}
            path .dots d=(dots) {}
            @if !beyond.is_empty() { path .dots .beyond d=(beyond) {} }
        }
    }
}

/// A name that fits beside a lane.
fn shortened(name: &str) -> String {
    if name.chars().count() <= 12 {
        return name.into();
    }
    name.chars().take(11).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(rounds: &[&[f64]]) -> Measured {
        Measured {
            side: "x".into(),
            rounds: rounds.iter().map(|round| round.to_vec()).collect(),
            ..Measured::default()
        }
    }

    #[test]
    fn samples_lie_by_round_and_by_distance_from_the_median() {
        let found = measured(&[&[100.0], &[200.0], &[100.0]]);
        let lane = lane(&found).unwrap();
        assert_eq!(lane.median, 100.0);
        let far: Vec<f64> = lane.samples.iter().map(|(_, far)| *far).collect();
        assert_eq!(far, [0.0, 2.0_f64.ln(), 0.0]);
        assert!(lane.samples.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn a_lane_is_thinned_and_needs_a_positive_median() {
        let many = vec![1.0; 3 * MOST];
        let found = measured(&[&many]);
        let lane_of_many = lane(&found).unwrap();
        assert_eq!((lane_of_many.samples.len(), lane_of_many.n_samples), (MOST, 3 * MOST));
        assert!(lane(&measured(&[&[0.0], &[0.0]])).is_none());
        assert!(lane(&measured(&[])).is_none());
    }

    #[test]
    fn names_are_shortened_by_characters() {
        assert_eq!(shortened("numpy"), "numpy");
        assert_eq!(shortened("ünïcödé-ünïcödé"), "ünïcödé-ünï…");
    }
}
