//! The share of each family that must pass: a ratchet in a committed file. Knows nothing about how the
//! shares come to be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::score::Report;

/// The passing share of each family's strict classes below which the suite fails, from 0 to 1.
///
/// A family without a floor, or with a floor of 0, is one that the library does not claim yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Floors(BTreeMap<String, f64>);

impl Floors {
    /// The file that is committed with the tests.
    pub fn committed() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/floors.json")
    }

    /// Reads a file of floors.
    ///
    /// # Errors
    /// A file that cannot be read, or a floor outside 0 to 1.
    pub fn read(path: &Path) -> Result<Floors> {
        let text = fs::read_to_string(path).with_context(|| format!("floors: cannot read {}", path.display()))?;
        let floors: BTreeMap<String, f64> = serde_json::from_str(&text).context("floors: no object of numbers")?;
        for (family, floor) in &floors {
            ensure!((0.0..=1.0).contains(floor), "floors: {family} is {floor}, expected 0 to 1");
        }
        Ok(Floors(floors))
    }

    /// Writes a file of floors.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(&self.0)? + "\n";
        fs::write(path, text).with_context(|| format!("floors: cannot write {}", path.display()))
    }

    /// What a run reached, rounded down so that the run itself is not below it.
    pub fn reached(report: &Report) -> Floors {
        const STEPS: f64 = 1000.0;
        let floor = |ratio: f64| (ratio * STEPS).floor() / STEPS;
        let families = report.families().iter();
        Floors(families.map(|(family, tally)| (family.clone(), floor(tally.strict_share().ratio()))).collect())
    }

    /// These floors, raised where another run reached more. None is lowered: that is for a person to do and to
    /// explain. Floors of 0 are left out.
    pub fn raised(mut self, reached: Floors) -> Floors {
        for (family, floor) in reached.0 {
            let current = self.0.entry(family).or_default();
            *current = current.max(floor);
        }
        self.0.retain(|_, floor| *floor > 0.0);
        self
    }

    /// Whether a family has a floor above 0.
    pub fn is_claimed(&self, family: &str) -> bool {
        self.0.get(family).is_some_and(|&floor| floor > 0.0)
    }

    /// The families of the report that are below their floors, each with a line that says so.
    pub fn violations(&self, report: &Report) -> Vec<(String, String)> {
        let below = report.families().iter().filter_map(|(family, tally)| {
            let floor = self.0.get(family).copied().unwrap_or_default();
            let share = tally.strict_share();
            let line = || format!("{family}: {} of {} pass, below the floor of {floor}", share.n_passed, share.n_cases);
            (share.ratio() < floor).then(|| (family.clone(), line()))
        });
        below.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::Case;
    use super::super::score::Verdict;
    use super::*;

    fn report(n_passed: usize, n_failed: usize) -> Result<Report> {
        let line = r#"{"id":"g.o/o/1","group":"g.o","op":"o","args":[],"expect":{"none":true},"class":"strict"}"#;
        let case = Case::parse(line)?;
        let mut report = Report::default();
        for idx in 0..n_passed + n_failed {
            let verdict = if idx < n_passed { Verdict::Pass } else { Verdict::Fail };
            report.add(&case, &(verdict, String::new()));
        }
        Ok(report)
    }

    #[test]
    fn a_run_holds_the_floor_it_reached_and_a_worse_one_does_not() -> Result<()> {
        let reached = Floors::reached(&report(2, 1)?);
        assert_eq!(reached, Floors(BTreeMap::from([("g".to_owned(), 0.666)])));
        assert!(reached.violations(&report(2, 1)?).is_empty());
        let line = "g: 1 of 3 pass, below the floor of 0.666";
        assert_eq!(reached.violations(&report(1, 2)?), [("g".to_owned(), line.to_owned())]);
        assert!(reached.is_claimed("g") && !reached.is_claimed("h"));
        Ok(())
    }

    #[test]
    fn floors_only_rise() -> Result<()> {
        let floors = || Ok::<_, anyhow::Error>(Floors::reached(&report(2, 1)?));
        assert_eq!(floors()?.raised(Floors::reached(&report(0, 1)?)), floors()?);
        assert_eq!(floors()?.raised(Floors::reached(&report(1, 0)?)), Floors::reached(&report(1, 0)?));
        assert_eq!(Floors::default().raised(Floors::reached(&report(0, 1)?)), Floors::default());
        Ok(())
    }

    #[test]
    fn floors_are_read_back() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("floors.json");
        let floors = Floors::reached(&report(3, 1)?);
        floors.write(&path)?;
        assert_eq!(Floors::read(&path)?, floors);
        fs::write(&path, r#"{"g": 1.5}"#)?;
        assert!(Floors::read(&path).is_err());
        Ok(())
    }

    #[test]
    fn the_committed_floors_are_floors() -> Result<()> {
        let floors = Floors::read(&Floors::committed())?;
        assert!(floors.is_claimed("promo"));
        Ok(())
    }
}
