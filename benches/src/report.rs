//! Results: what each measurement says, beside its floor and its budget, as JSON and as a table. Knows
//! nothing of how they were measured.

use std::fmt;

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
    /// The median over the floor's.
    pub ratio: Option<f64>,
    /// The median of the peer in the same run, where there is one.
    pub peer: Option<f64>,
    /// The minimum of the peer.
    pub peer_min: Option<f64>,
    /// The median over the peer's.
    pub peer_ratio: Option<f64>,
    /// What the median may be, where that is fixed.
    pub budget: Option<f64>,
    /// How the budget is computed.
    pub rule: Option<String>,
    /// Whether the median is within the budget.
    pub holds: Option<bool>,
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
            peer: None,
            peer_min: None,
            peer_ratio: None,
            budget: None,
            rule: None,
            holds: None,
        }
    }

    /// The measurement beside its floor.
    pub fn over(mut self, floor: Summary) -> Entry {
        self.floor = Some(floor.median);
        self.floor_min = Some(floor.min);
        self.ratio = (floor.median > 0.0).then(|| self.median / floor.median);
        self
    }

    /// The measurement beside that of a peer.
    pub fn beside(mut self, peer: Summary) -> Entry {
        self.peer = Some(peer.median);
        self.peer_min = Some(peer.min);
        self.peer_ratio = (peer.median > 0.0).then(|| self.median / peer.median);
        self
    }

    /// The measurement beside what it may be.
    pub fn within(mut self, budget: f64, rule: impl Into<String>) -> Entry {
        self.budget = Some(budget);
        self.rule = Some(rule.into());
        self.holds = Some(self.median <= budget);
        self
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

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "hloom {} on {}", self.version, self.device)?;
        let peer = self.peer.as_ref().map(|name| format!(" {name:>10} {:>10} {:>7}", "its min", "ratio"));
        writeln!(
            f,
            "{:<22} {:>10} {:>10} {:>10} {:>10} {:>7}{} {:>10}        what",
            "name",
            "median",
            "min",
            "floor",
            "its min",
            "ratio",
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
                "{:<22} {:>10} {:>10} {:>10} {:>10} {:>7}{} {:>10} {:<6} {}",
                entry.name,
                show(Some(entry.median)),
                show(Some(entry.min)),
                show(entry.floor),
                show(entry.floor_min),
                ratio(entry.ratio),
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
    let (scaled, name) = match value {
        value if value < 1e3 => (value, "ns"),
        value if value < 1e6 => (value / 1e3, "us"),
        value if value < 1e9 => (value / 1e6, "ms"),
        value => (value / 1e9, "s"),
    };
    let digits = if scaled < 10.0 { 2 } else { usize::from(scaled < 100.0) };
    format!("{scaled:.digits$} {name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_scaled() {
        assert_eq!(quantity(132.4, Unit::Ns), "132 ns");
        assert_eq!(quantity(2_240.0, Unit::Ns), "2.24 us");
        assert_eq!(quantity(15_800_000.0, Unit::Ns), "15.8 ms");
        assert_eq!(quantity(1.5e9, Unit::Ns), "1.50 s");
        assert_eq!(quantity(296.0, Unit::Bytes), "296 B");
    }

    #[test]
    fn budgets_are_held_by_medians() {
        let measured = Summary { median: 150.0, min: 90.0 };
        let entry = Entry::new("x", "", Unit::Ns, measured).over(Summary { median: 100.0, min: 80.0 });
        assert_eq!((entry.ratio, entry.holds), (Some(1.5), None));
        assert_eq!(entry.clone().within(150.0, "").holds, Some(true));
        let entry = entry.beside(Summary { median: 300.0, min: 290.0 });
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
