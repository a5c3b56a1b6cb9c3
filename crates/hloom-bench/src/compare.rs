//! Two runs beside each other: what became faster or slower. Knows nothing of how they were measured.

use std::fmt;

use crate::analysis::Analysis;
use crate::record::{Measured, Row, Run};
use crate::sides::{HLOOM, LAZY};
use crate::statistics::{Estimate, Verdict, ratio, round_medians};
use crate::units;

/// Sides that are hloom's own, which is what a change of hloom changes.
const COMPARED: [&str; 2] = [HLOOM, LAZY];

/// A side of a row in both runs.
#[derive(Clone, Debug)]
pub struct Change {
    /// The suite, the benchmark and the size.
    pub row: String,
    /// The side.
    pub side: String,
    /// What it took, in the row's unit: before and after.
    pub times: [f64; 2],
    /// After over before.
    pub ratio: Estimate,
    /// What that says, in view of the noise of both runs.
    pub verdict: Verdict,
    unit: crate::benchmark::Unit,
}

/// What differs between two runs.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The sides that both have.
    pub changes: Vec<Change>,
    /// Rows that only one of them has, or that one could not measure.
    pub unpaired: Vec<String>,
    /// What makes them hard to compare.
    pub warnings: Vec<String>,
}

impl Changes {
    /// Compares a run with an earlier one. Rows are paired by suite, name, size and inputs.
    pub fn between(before: &Run, after: &Run) -> Changes {
        let noises = [before, after].map(Analysis::of);
        let mut changes = Vec::new();
        let mut unpaired = Vec::new();
        for (row, analysed) in before.rows.iter().zip(&noises[0].rows) {
            let Some(place) = after.rows.iter().position(|other| is_same(row, other)) else {
                unpaired.push(format!("{}: only before", title(row)));
                continue;
            };
            let (other, other_analysed) = (&after.rows[place], &noises[1].rows[place]);
            let noise = analysed.noise.zip(other_analysed.noise).map(|(one, other)| one.max(other).ln());
            for side in COMPARED {
                match (row.measured(side), other.measured(side)) {
                    (Some(one), Some(two)) => changes.extend(change(row, side, one, two, noise)),
                    (None, None) => {}
                    (Some(_), None) => unpaired.push(format!("{} {side}: only before", title(row))),
                    (None, Some(_)) => unpaired.push(format!("{} {side}: only after", title(row))),
                }
            }
        }
        let is_new = |row: &&Row| !before.rows.iter().any(|other| is_same(row, other));
        unpaired.extend(after.rows.iter().filter(is_new).map(|row| format!("{}: only after", title(row))));
        let mut warnings = Vec::new();
        for fact in ["cpu", "cores"] {
            let (one, other) = (before.session.machine.get(fact), after.session.machine.get(fact));
            if one != other {
                warnings.push(format!("the runs are of different machines: {fact} {one:?}, {other:?}"));
            }
        }
        if before.session.environment != after.session.environment {
            warnings.push("the runs had different environment variables".into());
        }
        Changes { changes, unpaired, warnings }
    }

    /// Whether something became slower beyond the noise of both runs.
    pub fn has_regression(&self) -> bool {
        self.changes.iter().any(|change| change.verdict == Verdict::Slower)
    }
}

fn change(row: &Row, side: &str, before: &Measured, after: &Measured, noise: Option<f64>) -> Option<Change> {
    let rounds = [before, after].map(|side| round_medians(&side.rounds));
    let ratio = ratio(&rounds[1], &rounds[0])?;
    let verdict = match noise {
        Some(noise) => Verdict::of(&ratio, noise, rounds[0].len().min(rounds[1].len())),
        None => Verdict::Undecided,
    };
    let median = |values: &[f64]| crate::statistics::median(values);
    let times = [median(&rounds[0])?, median(&rounds[1])?];
    Some(Change { row: title(row), side: side.into(), times, ratio, verdict, unit: row.unit })
}

fn is_same(one: &Row, other: &Row) -> bool {
    (&one.suite, &one.name, &one.size, one.n, &one.inputs)
        == (&other.suite, &other.name, &other.size, other.n, &other.inputs)
}

fn title(row: &Row) -> String {
    format!("{}/{} {}", row.suite, row.name, row.size)
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        let width = self.changes.iter().map(|change| change.row.chars().count()).max().unwrap_or(0);
        for change in &self.changes {
            let [before, after] = change.times.map(|time| units::amount(time, change.unit));
            writeln!(
                f,
                "{:<width$}  {:<6} {before:>9} -> {after:>9}  {:>5} [{}, {}]  {}",
                change.row,
                change.side,
                units::ratio(change.ratio.value),
                units::ratio(change.ratio.low),
                units::ratio(change.ratio.high),
                change.verdict.words()
            )?;
        }
        for row in &self.unpaired {
            writeln!(f, "not compared: {row}")?;
        }
        let count = |verdict| self.changes.iter().filter(|change| change.verdict == verdict).count();
        let counts = Verdict::ALL.map(|verdict| format!("{} {}", count(verdict), verdict.words()));
        writeln!(f, "{}", counts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmark::Unit;

    fn run(name: &str, time: f64) -> Run {
        let side = |side: &str, shift: f64| Measured {
            side: side.into(),
            rounds: (0..9).map(|round| vec![time * (1.0 + shift + 0.002 * f64::from(round % 3))]).collect(),
            ..Measured::default()
        };
        let row = Row {
            suite: "s".into(),
            name: name.into(),
            about: String::new(),
            size: "S".into(),
            n: 1,
            inputs: vec!["float64[1]".into()],
            unit: Unit::Ns,
            bytes: None,
            flops: None,
            bound_ns: None,
            budget: None,
            rounds: 9,
            sides: vec![side("hloom", 0.0), side("again", 0.005)],
        };
        Run { rows: vec![row], ..Run::default() }
    }

    #[test]
    fn what_became_slower_is_a_regression() {
        let changes = Changes::between(&run("a", 100.0), &run("a", 150.0));
        assert!(changes.has_regression());
        assert_eq!(changes.changes[0].verdict, Verdict::Slower);
        assert!(changes.to_string().contains("1.50 ["), "{changes}");
    }

    #[test]
    fn what_is_within_the_noise_or_faster_is_none() {
        assert!(!Changes::between(&run("a", 100.0), &run("a", 100.2)).has_regression());
        let faster = Changes::between(&run("a", 100.0), &run("a", 50.0));
        assert_eq!(faster.changes[0].verdict, Verdict::Faster);
    }

    #[test]
    fn rows_of_one_run_only_are_named() {
        let mut after = run("b", 1.0);
        after.session.machine.insert("cpu".into(), "another".into());
        let changes = Changes::between(&run("a", 1.0), &after);
        assert_eq!(changes.unpaired, ["s/a S: only before", "s/b S: only after"]);
        assert!(changes.changes.is_empty() && changes.warnings[0].contains("cpu"));
    }
}
