//! How often each side of a row is measured. Knows nothing of processes.

use std::time::Duration;

use crate::statistics::FEWEST_ROUNDS;

/// A sample takes at least so long, so that reading the clock is no part of it.
const SAMPLE: f64 = 200e3;

/// The most computations of a sample.
const MOST_INNER: f64 = 1_000.0;

/// The most rounds, and the most samples of a side in a round.
const MOST_ROUNDS: f64 = 21.0;
const MOST_SAMPLES: f64 = 10.0;

/// How often the sides of a row are measured.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Effort {
    /// How many rounds count.
    pub(super) rounds: usize,
    /// For each side, how many computations make a sample, and how many samples it takes in a round; none where one
    /// computation takes too long.
    pub(super) turns: Vec<Option<Turn>>,
}

/// A side's turn in each round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) inner: usize,
    pub(super) count: usize,
}

/// Decides by what one computation of each side takes, in nanoseconds, how often each is measured so that all of it takes
/// the budget, or at most so much where even the fewest rounds take longer.
pub(super) fn effort(times: &[f64], budget: Duration, most: Duration) -> Effort {
    let [budget, most] = [budget, most].map(|time| time.as_secs_f64() * 1e9);
    let mut left: Vec<usize> = (0..times.len()).collect();
    left.sort_by(|&one, &other| times[one].total_cmp(&times[other]));
    // The slowest goes until the fewest rounds of the others fit; never the only one.
    while left.len() > 1 && round(times, &left) * (FEWEST_ROUNDS + 1) as f64 > most {
        left.pop();
    }
    let share = budget / (MOST_ROUNDS * left.len().max(1) as f64);
    let mut turns = vec![None; times.len()];
    let mut total = 0.0;
    for &side in &left {
        let inner = (SAMPLE / times[side]).ceil().clamp(1.0, MOST_INNER);
        let count = (share / (times[side] * inner)).floor().clamp(1.0, MOST_SAMPLES);
        total += times[side] * inner * count;
        turns[side] = Some(Turn { inner: inner as usize, count: count as usize });
    }
    let rounds = (budget / total).floor().clamp(FEWEST_ROUNDS as f64, MOST_ROUNDS);
    Effort { rounds: if rounds.is_finite() { rounds as usize } else { FEWEST_ROUNDS }, turns }
}

/// What a round takes in which each side computes once.
fn round(times: &[f64], sides: &[usize]) -> f64 {
    sides.iter().map(|&side| times[side]).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Duration = Duration::from_secs(2);
    const MOST: Duration = Duration::from_secs(20);

    #[test]
    fn fast_things_are_measured_together_and_slow_ones_alone() {
        let found = effort(&[5e3, 50e6], BUDGET, MOST);
        assert_eq!(found.turns[0], Some(Turn { inner: 40, count: 10 }));
        assert_eq!(found.turns[1], Some(Turn { inner: 1, count: 1 }));
        assert!(found.rounds >= 20, "{found:?}");
    }

    #[test]
    fn what_takes_too_long_is_left_out() {
        let found = effort(&[1e6, 30e9, 2e6], BUDGET, MOST);
        assert_eq!(found.turns[1], None);
        assert!(found.turns[0].is_some() && found.turns[2].is_some());
        // The only side stays, whatever it takes.
        assert!(effort(&[30e9], BUDGET, MOST).turns[0].is_some());
        assert_eq!(effort(&[30e9], BUDGET, MOST).rounds, FEWEST_ROUNDS);
    }

    #[test]
    fn no_time_is_no_division_by_zero() {
        let found = effort(&[0.0, f64::NAN], BUDGET, MOST);
        assert!(found.rounds >= FEWEST_ROUNDS && found.rounds <= 21, "{found:?}");
        assert_eq!(effort(&[], BUDGET, MOST).turns, []);
    }
}
