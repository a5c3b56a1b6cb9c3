//! Medians, ratios with intervals, and verdicts. Knows nothing of where the numbers come from.

use serde::{Deserialize, Serialize};

/// How often values are drawn anew for an interval.
const RESAMPLES: usize = 1_000;

/// The share of what is drawn that an interval leaves out at each end: 95 % lie within.
const TAIL: f64 = 0.025;

/// The fewest rounds of which an interval says something: of fewer, even the widest interval that can be drawn covers the
/// median with less than 93 %.
pub const FEWEST_ROUNDS: usize = 5;

/// The median of values; none if there are none.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    Some(if sorted.len() % 2 == 1 { upper } else { (sorted[middle - 1] + upper) / 2.0 })
}

/// The geometric mean of positive values; none if there are none.
pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| (values.iter().map(|value| value.ln()).sum::<f64>() / values.len() as f64).exp())
}

/// The medians of rounds that have values.
pub fn round_medians(rounds: &[Vec<f64>]) -> Vec<f64> {
    rounds.iter().filter_map(|round| median(round)).collect()
}

/// A number with an interval that holds it with 95 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Estimate {
    /// How far from 1 a ratio may be by chance, as the logarithm of a factor.
    pub fn spread(&self) -> f64 {
        self.low.ln().abs().max(self.high.ln().abs())
    }
}

/// The median of one value a round over another's, round by round, with a
/// [bootstrap](https://en.wikipedia.org/wiki/Bootstrapping_(statistics)) interval. None without rounds, or if they are not as
/// many. A machine that is slow for a while is slow for both.
pub fn paired_ratio(ones: &[f64], others: &[f64]) -> Option<Estimate> {
    if ones.len() != others.len() {
        return None;
    }
    let ratios: Vec<f64> = ones.iter().zip(others).map(|(one, other)| one / other).collect();
    estimate(&ratios, |rng, drawn| drawn.fill_with(|| ratios[rng.usize(..ratios.len())]))
}

/// The median of values over the median of others that were measured in another run, with a bootstrap interval.
pub fn ratio(ones: &[f64], others: &[f64]) -> Option<Estimate> {
    let value = median(ones)? / median(others)?;
    let mut rng = fastrand::Rng::with_seed(0);
    let mut draw = |values: &[f64]| {
        let drawn: Vec<f64> = (0..values.len()).map(|_| values[rng.usize(..values.len())]).collect();
        median(&drawn)
    };
    let drawn: Option<Vec<f64>> = (0..RESAMPLES).map(|_| Some(draw(ones)? / draw(others)?)).collect();
    interval(value, drawn?)
}

/// The median of values with a bootstrap interval; none if there are none.
pub fn median_interval(values: &[f64]) -> Option<Estimate> {
    estimate(values, |rng, drawn| drawn.fill_with(|| values[rng.usize(..values.len())]))
}

fn estimate(values: &[f64], draw: impl Fn(&mut fastrand::Rng, &mut [f64])) -> Option<Estimate> {
    let value = median(values)?;
    let mut rng = fastrand::Rng::with_seed(0);
    let mut resample = vec![0.0; values.len()];
    let drawn: Option<Vec<f64>> = (0..RESAMPLES)
        .map(|_| {
            draw(&mut rng, &mut resample);
            median(&resample)
        })
        .collect();
    interval(value, drawn?)
}

fn interval(value: f64, mut drawn: Vec<f64>) -> Option<Estimate> {
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn.get((share * (drawn.len() - 1) as f64).round() as usize).copied();
    Some(Estimate { value, low: at(TAIL)?, high: at(1.0 - TAIL)? })
}

/// What a ratio says, in view of the noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It takes less time.
    Faster,
    /// It takes more time.
    Slower,
    /// The difference, if there is one, is smaller than the noise.
    Same,
    /// The interval reaches from within the noise to beyond it, or there were too few rounds.
    Undecided,
}

impl Verdict {
    /// All verdicts.
    pub const ALL: [Verdict; 4] = [Verdict::Faster, Verdict::Slower, Verdict::Same, Verdict::Undecided];

    /// The verdict in words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Same => "within noise",
            Verdict::Undecided => "cannot decide",
        }
    }

    /// What a ratio says that was measured in so many rounds. The noise is the logarithm of the factor by which two
    /// measurements of the same may differ.
    pub fn of(ratio: &Estimate, noise: f64, rounds: usize) -> Verdict {
        let (low, high) = (ratio.low.ln(), ratio.high.ln());
        if rounds < FEWEST_ROUNDS || !low.is_finite() || !high.is_finite() {
            Verdict::Undecided
        } else if high < -noise {
            Verdict::Faster
        } else if low > noise {
            Verdict::Slower
        } else if low >= -noise && high <= noise {
            Verdict::Same
        } else {
            Verdict::Undecided
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_means() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(geometric_mean(&[]), None);
        assert!((geometric_mean(&[0.5, 2.0]).unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(round_medians(&[vec![1.0, 3.0], vec![], vec![5.0]]), [2.0, 5.0]);
    }

    #[test]
    fn a_slow_spell_slows_both() {
        let floor = [1.0, 1.0, 10.0, 1.0, 1.0, 10.0, 1.0];
        let subject: Vec<f64> = floor.iter().map(|time| time * 1.5).collect();
        assert_eq!(paired_ratio(&subject, &floor), Some(Estimate { value: 1.5, low: 1.5, high: 1.5 }));
        assert_eq!(paired_ratio(&subject, &floor[1..]), None);
        assert_eq!(paired_ratio(&[], &[]), None);
    }

    #[test]
    fn an_interval_holds_the_median_of_the_distribution_about_as_often_as_it_says() {
        let mut rng = fastrand::Rng::with_seed(7);
        let held = (0..400).filter(|_| {
            let values: Vec<f64> = (0..25).map(|_| rng.f64()).collect();
            let found = median_interval(&values).unwrap();
            found.low <= 0.5 && 0.5 <= found.high
        });
        let share = held.count() as f64 / 400.0;
        assert!((0.90..=0.99).contains(&share), "{share}");
    }

    #[test]
    fn verdicts_are_no_finer_than_the_noise() {
        let of = |low: f64, high: f64| Verdict::of(&Estimate { value: (low * high).sqrt(), low, high }, 0.05, 9);
        assert_eq!(of(0.5, 0.6), Verdict::Faster);
        assert_eq!(of(1.2, 1.3), Verdict::Slower);
        assert_eq!(of(0.97, 1.03), Verdict::Same);
        assert_eq!(of(0.96, 1.3), Verdict::Undecided);
        assert_eq!(of(0.9, 1.1), Verdict::Undecided);
        assert_eq!(of(0.96, 0.97), Verdict::Same);
        let few = Verdict::of(&Estimate { value: 2.0, low: 1.9, high: 2.1 }, 0.05, FEWEST_ROUNDS - 1);
        assert_eq!(few, Verdict::Undecided);
        let broken = Verdict::of(&Estimate { value: f64::NAN, low: f64::NAN, high: f64::NAN }, 0.05, 9);
        assert_eq!(broken, Verdict::Undecided);
    }

    #[test]
    fn runs_are_compared_by_medians() {
        let found = ratio(&[2.0, 2.0, 2.0], &[1.0, 1.0, 1.0]).unwrap();
        assert_eq!(found, Estimate { value: 2.0, low: 2.0, high: 2.0 });
        assert_eq!(ratio(&[], &[1.0]), None);
    }
}
