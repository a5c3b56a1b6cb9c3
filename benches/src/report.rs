//! Results: what each measurement says, beside its floor and its budget, as JSON and as a table. Knows
//! nothing of how they were measured.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::timing::Summary;

/// What a measurement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Nanoseconds.
    Ns,
    /// Bytes.
    Bytes,
}

/// One measurement.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// What was measured, in a word.
    pub name: &'static str,
    /// What was measured, in a line.
    pub what: String,
    /// The unit of all numbers here but the ratio.
    pub unit: Unit,
    /// The median.
    pub median: f64,
    /// The minimum.
    pub min: f64,
    /// The median of the floor in the same run, where there is one.
    pub floor: Option<f64>,
    /// The minimum of the floor.
    pub floor_min: Option<f64>,
    /// What it takes over what the floor takes: the median of the rounds.
    pub ratio: Option<f64>,
    /// What it takes beyond what the floor takes: the median of the rounds.
    pub excess: Option<f64>,
    /// The median of the peer in the same run, where there is one.
    pub peer: Option<f64>,
    /// The minimum of the peer.
    pub peer_min: Option<f64>,
    /// What it takes over what the peer takes: the median of the rounds.
    pub peer_ratio: Option<f64>,
    /// What the median may be, where that is fixed.
    pub budget: Option<f64>,
    /// How the budget is computed.
    pub rule: Option<String>,
    /// Whether the budget is held: by the median, or by the ratio or the excess if it is a matter of these.
    pub holds: Option<bool>,
    #[serde(skip)]
    measured: Summary,
}

impl Entry {
    /// A measurement without floor and budget.
    pub fn new(name: &'static str, what: impl Into<String>, unit: Unit, measured: Summary) -> Entry {
        Entry {
            name,
            what: what.into(),
            unit,
            median: measured.median,
            min: measured.min,
            floor: None,
            floor_min: None,
            ratio: None,
            excess: None,
            peer: None,
            peer_min: None,
            peer_ratio: None,
            budget: None,
            rule: None,
            holds: None,
            measured,
        }
    }

    /// The measurement beside its floor.
    ///
    /// # Errors
    /// If they were not measured in as many rounds.
    pub fn over(mut self, floor: &Summary) -> Result<Entry> {
        let compared = self.measured.compared(floor)?;
        self.floor = Some(floor.median);
        self.floor_min = Some(floor.min);
        self.ratio = Some(compared.ratio).filter(|ratio| ratio.is_finite());
        self.excess = Some(compared.excess);
        Ok(self)
    }

    /// The measurement beside that of a peer.
    ///
    /// # Errors
    /// If they were not measured in as many rounds.
    pub fn beside(mut self, peer: &Summary) -> Result<Entry> {
        let compared = self.measured.compared(peer)?;
        self.peer = Some(peer.median);
        self.peer_min = Some(peer.min);
        self.peer_ratio = Some(compared.ratio).filter(|ratio| ratio.is_finite());
        Ok(self)
    }

    /// The measurement beside what it may be.
    pub fn within(self, budget: f64, rule: impl Into<String>) -> Entry {
        let holds = self.median <= budget;
        self.judged(budget, rule.into(), holds)
    }

    /// The measurement beside what it may take beyond its floor.
    ///
    /// # Errors
    /// If there is no floor.
    pub fn within_excess(self, limit: f64, rule: impl Into<String>) -> Result<Entry> {
        let (floor, excess) = self.floor.zip(self.excess).context("there is no floor to exceed")?;
        Ok(self.judged(floor + limit, rule.into(), excess <= limit))
    }

    /// The measurement beside how many times its floor it may take.
    ///
    /// # Errors
    /// If there is no floor.
    pub fn within_ratio(self, limit: f64, rule: impl Into<String>) -> Result<Entry> {
        let (floor, ratio) = self.floor.zip(self.ratio).context("there is no floor to compare with")?;
        Ok(self.judged(floor * limit, rule.into(), ratio <= limit))
    }

    /// The measurement beside how many times its peer it may take, if there is a peer.
    pub fn within_peer_ratio(self, limit: f64, rule: impl Into<String>) -> Entry {
        match self.peer.zip(self.peer_ratio) {
            Some((peer, ratio)) => self.judged(peer * limit, rule.into(), ratio <= limit),
            None => self,
        }
    }

    fn judged(self, budget: f64, rule: String, holds: bool) -> Entry {
        Entry { budget: Some(budget), rule: Some(rule), holds: Some(holds), ..self }
    }
}

/// All measurements of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The library's version.
    pub version: &'static str,
    /// The device, in the plugin's words.
    pub device: String,
    /// The name and version of the peer, where there is one.
    pub peer: Option<String>,
    /// The measurements.
    pub entries: Vec<Entry>,
}

impl Report {
    /// Prints the table, and writes the measurements as JSON where that is asked for.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn publish(&self, json: Option<&Path>) -> Result<()> {
        print!("{self}");
        let Some(path) = json else { return Ok(()) };
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "hloom {} on {}", self.version, self.device)?;
        let peer = self.peer.as_ref().map(|name| format!(" {name:>10} {:>10} {:>7}", "its min", "ratio"));
        writeln!(
            f,
            "{:<22} {:>10} {:>10} {:>10} {:>10} {:>7} {:>10}{} {:>10}        what",
            "name",
            "median",
            "min",
            "floor",
            "its min",
            "ratio",
            "excess",
            peer.unwrap_or_default(),
            "budget"
        )?;
        for entry in &self.entries {
            let show = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| quantity(value, entry.unit));
            let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), |ratio| format!("{ratio:.2}"));
            let peer = self.peer.as_ref().map(|_| {
                format!(" {:>10} {:>10} {:>7}", show(entry.peer), show(entry.peer_min), ratio(entry.peer_ratio))
            });
            let verdict = match entry.holds {
                Some(true) => "holds",
                Some(false) => "FAILS",
                None => "",
            };
            write!(
                f,
                "{:<22} {:>10} {:>10} {:>10} {:>10} {:>7} {:>10}{} {:>10} {:<6} {}",
                entry.name,
                show(Some(entry.median)),
                show(Some(entry.min)),
                show(entry.floor),
                show(entry.floor_min),
                ratio(entry.ratio),
                show(entry.excess),
                peer.unwrap_or_default(),
                show(entry.budget),
                verdict,
                entry.what
            )?;
            match &entry.rule {
                Some(rule) => writeln!(f, " (budget: {rule})")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

/// A number for people, with three digits that count.
fn quantity(value: f64, unit: Unit) -> String {
    if unit == Unit::Bytes {
        return format!("{value:.0} B");
    }
    let (scaled, name) = match value.abs() {
        magnitude if magnitude < 1e3 => (value, "ns"),
        magnitude if magnitude < 1e6 => (value / 1e3, "us"),
        magnitude if magnitude < 1e9 => (value / 1e6, "ms"),
        _ => (value / 1e9, "s"),
    };
    let digits = if scaled.abs() < 10.0 { 2 } else { usize::from(scaled.abs() < 100.0) };
    format!("{scaled:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::timing::Samples;

    #[test]
    fn quantities_are_scaled() {
        assert_eq!(quantity(132.4, Unit::Ns), "132 ns");
        assert_eq!(quantity(2_240.0, Unit::Ns), "2.24 us");
        assert_eq!(quantity(15_800_000.0, Unit::Ns), "15.8 ms");
        assert_eq!(quantity(1.5e9, Unit::Ns), "1.50 s");
        assert_eq!(quantity(296.0, Unit::Bytes), "296 B");
    }

    #[test]
    fn budgets_are_held_round_by_round() {
        let summary = |rounds: &[f64]| {
            let mut samples = Samples::default();
            rounds.iter().for_each(|&nanos| samples.push(Duration::from_secs_f64(nanos * 1e-9)));
            samples.summary(rounds.len()).unwrap()
        };
        // The machine was three times as slow in the last two rounds.
        let measured = Entry::new("x", "", Unit::Ns, summary(&[150.0, 450.0, 450.0]));
        assert_eq!((measured.median, measured.ratio, measured.holds), (450.0, None, None));
        assert!(measured.clone().within_excess(1.0, "").is_err());
        assert!(measured.clone().over(&summary(&[1.0])).is_err());
        let entry = measured.over(&summary(&[100.0, 100.0, 300.0])).unwrap();
        let near = |found: Option<f64>, expected: f64| (found.unwrap() - expected).abs() < 1e-6;
        assert!(near(entry.ratio, 1.5) && near(entry.excess, 150.0), "{entry:?}");
        assert_eq!(entry.clone().within(450.0, "").holds, Some(true));
        assert_eq!(entry.clone().within_excess(151.0, "").unwrap().holds, Some(true));
        assert_eq!(entry.clone().within_excess(149.0, "").unwrap().holds, Some(false));
        assert_eq!(entry.clone().within_ratio(1.6, "").unwrap().holds, Some(true));
        assert_eq!(entry.clone().within_peer_ratio(1.0, "").holds, None);
        let entry = entry.beside(&summary(&[300.0, 300.0, 900.0])).unwrap().within_peer_ratio(1.0, "jax");
        assert_eq!(entry.holds, Some(true));
        let report = Report {
            version: "0",
            device: "cpu".to_owned(),
            peer: Some("jax 1".to_owned()),
            entries: vec![entry.within(100.0, "one")],
        };
        let text = report.to_string();
        assert!(text.contains("FAILS") && text.contains("jax 1") && text.contains("0.50"), "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["entries"][0]["unit"], "ns");
        assert_eq!(json["entries"][0]["holds"], false);
    }
}
