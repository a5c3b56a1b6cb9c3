//! What the samples of a run say: for each row how hloom compares with every other side, how sure that is, and how far it is
//! from its limits. Everything that is shown of a run comes from here. Knows nothing of how it is shown.

use crate::benchmark::Limit;
use crate::record::{Measured, Row, Run};
use crate::sides::{AGAIN, HLOOM, LAZY, OWN};
use crate::statistics::{Estimate, Verdict, geometric_mean, median, median_interval, paired_ratio, round_medians};

/// The side that stands for hloom where it was measured, and the one that stands for it elsewhere.
const SUBJECTS: [&str; 2] = [HLOOM, LAZY];

/// The rows of a run, each with what its samples say.
#[derive(Clone, Debug)]
pub struct Analysis<'a> {
    /// The rows.
    pub rows: Vec<RowAnalysis<'a>>,
    /// The noise of the session: the median over the rows of how far two measurements of the same were apart, as a factor
    /// (1.02 for 2 %). None where no pair was measured.
    pub noise: Option<f64>,
}

/// What the samples of a row say.
#[derive(Clone, Debug)]
pub struct RowAnalysis<'a> {
    /// The row.
    pub row: &'a Row,
    /// The side that stands for hloom, if it was measured.
    pub subject: Option<&'a Measured>,
    /// What it takes.
    pub time: Option<Estimate>,
    /// How far two measurements of the same may be apart here, as a factor.
    pub noise: Option<f64>,
    /// How hloom compares with each other side that was measured.
    pub comparisons: Vec<Comparison<'a>>,
    /// The least time by the roofline over hloom's: the share of what the machine can do.
    pub roofline: Option<f64>,
    /// Whether the budget is held, if there is one and its sides were measured.
    pub holds: Option<bool>,
}

/// How hloom compares with another side.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The other side.
    pub side: &'a Measured,
    /// What the other takes.
    pub time: Option<Estimate>,
    /// What hloom takes over what the other takes: below 1 hloom is faster.
    pub ratio: Estimate,
    /// What that says of hloom.
    pub verdict: Verdict,
}

impl<'a> Analysis<'a> {
    /// Says what a run shows.
    pub fn of(run: &'a Run) -> Analysis<'a> {
        let noises: Vec<f64> = run.rows.iter().filter_map(noise).collect();
        let session = median(&noises);
        let rows = run.rows.iter().map(|row| RowAnalysis::of(row, session)).collect();
        Analysis { rows, noise: session.map(f64::exp) }
    }

    /// The geometric mean of hloom's ratios to a side, over the rows in which both were measured, and how many these are.
    pub fn mean_ratio(&self, side: &str) -> Option<(f64, usize)> {
        let ratios: Vec<f64> = self.rows.iter().filter_map(|row| Some(row.comparison(side)?.ratio.value)).collect();
        Some((geometric_mean(&ratios)?, ratios.len()))
    }

    /// How often each of [`Verdict::ALL`] was given of hloom beside a side.
    pub fn verdicts(&self, side: &str) -> [usize; 4] {
        Verdict::ALL.map(|verdict| {
            let found = self.rows.iter().filter_map(|row| row.comparison(side));
            found.filter(|comparison| comparison.verdict == verdict).count()
        })
    }

    /// The rows of each suite, in the order in which they were measured.
    pub fn suites(&self) -> Vec<(&'a str, Vec<&RowAnalysis<'a>>)> {
        let mut suites: Vec<(&str, Vec<&RowAnalysis<'_>>)> = Vec::new();
        for row in &self.rows {
            match suites.iter_mut().find(|(suite, _)| *suite == row.row.suite) {
                Some((_, rows)) => rows.push(row),
                None => suites.push((&row.row.suite, vec![row])),
            }
        }
        suites
    }

    /// The sides that hloom is compared with in some row, peers only, in the order in which they were first met.
    pub fn peers(&self) -> Vec<&'a str> {
        let mut peers: Vec<&str> = Vec::new();
        for side in self.rows.iter().flat_map(|row| &row.row.sides) {
            if !OWN.contains(&side.side.as_str()) && !peers.contains(&side.side.as_str()) {
                peers.push(&side.side);
            }
        }
        peers
    }
}

impl<'a> RowAnalysis<'a> {
    fn of(row: &'a Row, session_noise: Option<f64>) -> RowAnalysis<'a> {
        let subject = SUBJECTS.iter().find_map(|side| row.measured(side));
        let own = subject.map(|subject| round_medians(&subject.rounds));
        // One row's pair may agree by luck: what the session shows counts as well.
        let noise = match (noise(row), session_noise) {
            (Some(here), Some(session)) => Some(here.max(session)),
            (here, session) => here.or(session),
        };
        let comparisons =
            row.sides.iter().filter(|side| Some(side.side.as_str()) != subject.map(|it| it.side.as_str()));
        let comparisons = comparisons.filter(|side| side.is_measured()).filter_map(|side| {
            let rounds = round_medians(&side.rounds);
            let ratio = paired_ratio(own.as_ref()?, &rounds)?;
            let verdict = match noise {
                Some(noise) => Verdict::of(&ratio, noise, rounds.len()),
                None => Verdict::Undecided,
            };
            Some(Comparison { side, time: median_interval(&rounds), ratio, verdict })
        });
        let comparisons: Vec<Comparison<'_>> = comparisons.collect();
        let time = own.as_deref().and_then(median_interval);
        let roofline = row.bound_ns.zip(time).map(|(bound, time)| bound / time.value);
        let mut analysis =
            RowAnalysis { row, subject, time, noise: noise.map(f64::exp), comparisons, roofline, holds: None };
        analysis.holds = analysis.holds_budget();
        analysis
    }

    /// How hloom compares with a side, if both were measured.
    pub fn comparison(&self, side: &str) -> Option<&Comparison<'a>> {
        self.comparisons.iter().find(|comparison| comparison.side.side == side)
    }

    /// What a side did, measured or not.
    pub fn side(&self, side: &str) -> Option<&'a Measured> {
        self.row.sides.iter().find(|measured| measured.side == side)
    }

    fn holds_budget(&self) -> Option<bool> {
        let budget = self.row.budget.as_ref()?;
        let time = self.time?.value;
        match budget.limit {
            Limit::Absolute(limit) => Some(time <= limit),
            Limit::OverFloor(excess) => {
                let (own, floor) = (self.subject?, self.comparison("floor")?.side);
                let pairs = round_medians(&own.rounds).into_iter().zip(round_medians(&floor.rounds));
                let excesses: Vec<f64> = pairs.map(|(own, floor)| own - floor).collect();
                Some(median(&excesses)? <= excess)
            }
            Limit::TimesFloor(factor) => Some(self.comparison("floor")?.ratio.value <= factor),
            Limit::TimesPeer(factor) => Some(self.comparison(budget.peer.as_deref()?)?.ratio.value <= factor),
        }
    }
}

/// How far two measurements of the same are apart, as the logarithm of a factor.
fn noise(row: &Row) -> Option<f64> {
    let (one, other) = (SUBJECTS.iter().find_map(|side| row.measured(side))?, row.measured(AGAIN)?);
    let found = paired_ratio(&round_medians(&one.rounds), &round_medians(&other.rounds))?.spread();
    found.is_finite().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmark::{Budget, Unit};
    use crate::record::{Outcome, Session};

    fn row(sides: &[(&str, f64)], limit: Option<Limit>) -> Row {
        let wobble = [1.0, 1.01, 0.99, 1.0, 1.02, 1.0, 0.98];
        Row {
            suite: "s".into(),
            name: "r".into(),
            about: String::new(),
            size: "S".into(),
            n: 1,
            inputs: Vec::new(),
            unit: Unit::Ns,
            bytes: None,
            flops: None,
            bound_ns: Some(25.0),
            budget: limit.map(|limit| Budget { limit, peer: Some("jax".into()), rule: String::new() }),
            rounds: wobble.len(),
            sides: sides
                .iter()
                .enumerate()
                .map(|(idx, &(side, time))| Measured {
                    side: side.into(),
                    rounds: (0..wobble.len()).map(|round| vec![time * wobble[(round + idx) % wobble.len()]]).collect(),
                    ..Measured::default()
                })
                .collect(),
        }
    }

    fn run(rows: Vec<Row>) -> Run {
        Run { session: Session::default(), rows, dropped: Vec::new(), end: None }
    }

    #[test]
    fn hloom_is_compared_with_each_side() {
        let run = run(vec![row(&[("hloom", 100.0), ("again", 100.0), ("numpy", 200.0), ("jax", 50.0)], None)]);
        let analysis = Analysis::of(&run);
        let row = &analysis.rows[0];
        let verdict = |side| row.comparison(side).map(|found| found.verdict);
        assert_eq!(verdict("numpy"), Some(Verdict::Faster));
        assert_eq!(verdict("jax"), Some(Verdict::Slower));
        assert_eq!(verdict("torch"), None);
        assert_eq!(row.roofline, Some(0.25));
        assert!(analysis.noise.unwrap() > 1.0 && analysis.noise.unwrap() < 1.05);
        let (mean, n) = analysis.mean_ratio("numpy").unwrap();
        assert!((mean - 0.5).abs() < 0.02 && n == 1);
        assert_eq!(analysis.peers(), ["numpy", "jax"]);
    }

    #[test]
    fn without_a_pair_nothing_is_decided() {
        let run = run(vec![row(&[("hloom", 100.0), ("numpy", 900.0)], None)]);
        assert_eq!(Analysis::of(&run).rows[0].comparisons[0].verdict, Verdict::Undecided);
    }

    #[test]
    fn what_is_wrong_is_not_ranked() {
        let mut wrong = row(&[("hloom", 100.0), ("again", 100.0), ("jax", 50.0)], None);
        wrong.sides[2].outcome = Outcome::Wrong;
        let run = run(vec![wrong]);
        let analysis = Analysis::of(&run);
        assert!(analysis.rows[0].comparison("jax").is_none());
        assert!(analysis.rows[0].side("jax").is_some());
        assert_eq!(analysis.mean_ratio("jax"), None);
    }

    #[test]
    fn budgets_are_held_or_not() {
        let holds = |limit| {
            let run = run(vec![row(&[("hloom", 100.0), ("floor", 80.0), ("jax", 50.0)], Some(limit))]);
            Analysis::of(&run).rows[0].holds
        };
        assert_eq!(holds(Limit::Absolute(101.0)), Some(true));
        assert_eq!(holds(Limit::Absolute(99.0)), Some(false));
        assert_eq!(holds(Limit::OverFloor(22.0)), Some(true));
        assert_eq!(holds(Limit::OverFloor(18.0)), Some(false));
        assert_eq!(holds(Limit::TimesFloor(1.3)), Some(true));
        assert_eq!(holds(Limit::TimesFloor(1.2)), Some(false));
        assert_eq!(holds(Limit::TimesPeer(2.1)), Some(true));
        assert_eq!(holds(Limit::TimesPeer(1.9)), Some(false));
    }

    #[test]
    fn where_hloom_cannot_be_compiled_it_is_the_lazy_side_that_counts() {
        let run = run(vec![row(&[("lazy", 100.0), ("again", 100.0), ("numpy", 200.0)], None)]);
        let analysis = Analysis::of(&run);
        assert_eq!(analysis.rows[0].subject.map(|side| side.side.as_str()), Some("lazy"));
        assert_eq!(analysis.rows[0].comparison("numpy").map(|found| found.verdict), Some(Verdict::Faster));
    }
}
