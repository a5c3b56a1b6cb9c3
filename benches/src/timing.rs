//! Samples of times, and how two things are measured beside each other. Knows nothing of what they are.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, ensure};

/// Measured values, in nanoseconds for times, in the order they were measured.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Adds a time.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1e9);
    }

    /// Adds a time that several equal things took together.
    pub fn push_each(&mut self, time: Duration, n: usize) {
        self.0.push(time.as_secs_f64() * 1e9 / n.max(1) as f64);
    }

    /// The median and the minimum of values measured in so many rounds, and the median of each round.
    ///
    /// # Errors
    /// If nothing was measured, or not the same number of values in each round.
    pub fn summary(&self, n_rounds: usize) -> Result<Summary> {
        ensure!(!self.0.is_empty(), "nothing was measured");
        ensure!(self.0.len().is_multiple_of(n_rounds), "{} values in {n_rounds} rounds", self.0.len());
        let rounds = self.0.chunks(self.0.len() / n_rounds).map(median).collect();
        let min = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        Ok(Summary { median: median(&self.0), min, rounds })
    }
}

/// The median of values, of which there are some.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
}

/// What is reported of samples. On a machine that does other things too, the minimum is the better
/// estimate of what something costs, and the median the better one of what a user sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The median.
    pub median: f64,
    /// The minimum.
    pub min: f64,
    /// The median of each round.
    pub rounds: Vec<f64>,
}

impl Summary {
    /// How this compares with something measured in the same rounds. A machine that is slow for a while is slow for
    /// both, so rounds are compared one by one, and of these comparisons the median counts.
    ///
    /// # Errors
    /// If the rounds are not as many.
    pub fn compared(&self, other: &Summary) -> Result<Compared> {
        let (n, n_other) = (self.rounds.len(), other.rounds.len());
        ensure!(n == n_other, "{n} rounds cannot be compared with {n_other}");
        let each = |compare: fn(f64, f64) -> f64| -> f64 {
            let pairs = self.rounds.iter().zip(&other.rounds);
            median(&pairs.map(|(&one, &other)| compare(one, other)).collect::<Vec<_>>())
        };
        Ok(Compared { ratio: each(|one, other| one / other), excess: each(|one, other| one - other) })
    }
}

impl From<f64> for Summary {
    /// A value that does not vary.
    fn from(value: f64) -> Summary {
        Summary { median: value, min: value, rounds: vec![value] }
    }
}

/// How something compares with something else that was measured in the same rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// What it takes over what the other takes.
    pub ratio: f64,
    /// What it takes beyond what the other takes.
    pub excess: f64,
}

/// How often something is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often the two things take turns, after one round that does not count.
    pub rounds: usize,
    /// How often each is done in its turn.
    pub batch: usize,
}

/// Measures two things in turns, so that what slows the machine down slows down both. Each adds what it
/// measured to the samples it is given.
///
/// # Errors
/// The first error of either.
pub fn interleave(
    plan: Plan,
    mut floor: impl FnMut(&mut Samples) -> Result<()>,
    mut subject: impl FnMut(&mut Samples) -> Result<()>,
) -> Result<(Summary, Summary)> {
    let mut floor = repeated(plan.batch, &mut floor);
    let mut subject = repeated(plan.batch, &mut subject);
    let [floor, subject] = take_turns(plan.rounds, [&mut floor, &mut subject])?;
    Ok((floor, subject))
}

/// A turn that does the same thing several times.
pub fn repeated(
    batch: usize,
    mut subject: impl FnMut(&mut Samples) -> Result<()>,
) -> impl FnMut(&mut Samples) -> Result<()> {
    move |samples| (0..batch).try_for_each(|_| subject(samples))
}

/// What has a turn in every round, and adds what it measured to its samples.
pub type Turn<'a> = &'a mut dyn FnMut(&mut Samples) -> Result<()>;

/// Measures several things in turns, for so many rounds after one that does not count.
///
/// # Errors
/// The first error of any; if one measured nothing.
pub fn take_turns<const N: usize>(rounds: usize, mut subjects: [Turn<'_>; N]) -> Result<[Summary; N]> {
    let mut samples: [Samples; N] = std::array::from_fn(|_| Samples::default());
    for round in 0..=rounds {
        for (subject, samples) in subjects.iter_mut().zip(&mut samples) {
            subject(samples)?;
        }
        if round == 0 {
            samples.fill_with(Samples::default);
        }
    }
    let summaries: Vec<Summary> = samples.iter().map(|samples| samples.summary(rounds)).collect::<Result<_>>()?;
    summaries.try_into().map_err(|_| anyhow!("as many summaries as there are subjects"))
}

/// Does something and says how long it took.
///
/// # Errors
/// The error of what is done.
pub fn time<T, E>(work: impl FnOnce() -> std::result::Result<T, E>) -> std::result::Result<(T, Duration), E> {
    let start = Instant::now();
    let value = work()?;
    Ok((value, start.elapsed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_are_medians_and_minima() {
        let mut samples = Samples::default();
        assert!(samples.summary(1).is_err());
        for nanos in [30, 10, 20] {
            samples.push(Duration::from_nanos(nanos));
        }
        assert_eq!(samples.summary(1).unwrap(), Summary { median: 20.0, min: 10.0, rounds: vec![20.0] });
        samples.push_each(Duration::from_nanos(80), 2);
        assert_eq!(samples.summary(1).unwrap(), Summary { median: 25.0, min: 10.0, rounds: vec![25.0] });
    }

    #[test]
    fn the_first_round_does_not_count() {
        let mut calls = 0;
        let subject = |samples: &mut Samples| {
            calls += 1;
            samples.push(Duration::from_nanos(if calls <= 3 { 1000 } else { 10 }));
            Ok(())
        };
        let floor = |samples: &mut Samples| {
            samples.push(Duration::from_nanos(1));
            Ok(())
        };
        let (_, subject) = interleave(Plan { rounds: 2, batch: 3 }, floor, subject).unwrap();
        assert_eq!(subject, Summary { median: 10.0, min: 10.0, rounds: vec![10.0, 10.0] });
    }
}
