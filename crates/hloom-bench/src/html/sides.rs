//! The sides of a run: in which order they are shown, how they are told apart in pictures, and how each stands in a row.

use crate::analysis::{Analysis, Comparison, RowAnalysis};
use crate::record::{Measured, Outcome, Row, Run};
use crate::sides::OWN;
use crate::statistics::{Estimate, median_interval, round_medians};

/// So many colours there are for peers.
const PEER_COLOURS: usize = 8;

/// The sides that the rows of a run know, in the order of the session.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    /// All of them, hloom's own first.
    pub(super) all: Vec<&'a str>,
    /// Those that hloom is compared with.
    pub(super) peers: Vec<&'a str>,
}

impl<'a> Sides<'a> {
    pub(super) fn of(run: &'a Run) -> Sides<'a> {
        let met = run.rows.iter().flat_map(|row| &row.sides).map(|side| side.side.as_str());
        let named = run.session.sides.iter().map(|side| side.name.as_str());
        let mut peers: Vec<&str> = Vec::new();
        for side in named.filter(|side| has(run.rows.iter(), side)).chain(met) {
            if !OWN.contains(&side) && !peers.contains(&side) {
                peers.push(side);
            }
        }
        let own = OWN.into_iter().filter(|side| has(run.rows.iter(), side));
        Sides { all: own.chain(peers.iter().copied()).collect(), peers }
    }

    /// The peers of some rows.
    pub(super) fn peers_in(&self, rows: &[&RowAnalysis<'_>]) -> Vec<&'a str> {
        self.peers.iter().copied().filter(|peer| has(rows.iter().map(|row| row.row), peer)).collect()
    }

    /// The class that gives a side its colour.
    pub(super) fn class(&self, side: &str) -> String {
        match self.peers.iter().position(|peer| *peer == side) {
            Some(idx) => format!("side-peer{}", idx % PEER_COLOURS),
            None => format!("side-{}", OWN.into_iter().find(|own| *own == side).unwrap_or("floor")),
        }
    }

    /// Which of the shapes of points a side has.
    pub(super) fn shape(&self, side: &str) -> usize {
        self.all.iter().position(|known| *known == side).unwrap_or_default()
    }
}

fn has<'r>(mut rows: impl Iterator<Item = &'r Row>, side: &str) -> bool {
    rows.any(|row| row.sides.iter().any(|measured| measured.side == side))
}

/// How a side stands in a row.
#[derive(Clone, Copy, Debug)]
pub(super) enum Standing<'a> {
    /// Compared with hloom.
    Compared(&'a Comparison<'a>),
    /// Measured, but there is nothing of hloom to compare it with, or it is hloom.
    Measured(&'a Measured),
    /// Not measured, for a reason.
    Lost(&'a Measured),
    /// It does not take part in the row.
    Absent,
}

impl<'a> Standing<'a> {
    pub(super) fn of(row: &'a RowAnalysis<'a>, side: &str) -> Standing<'a> {
        if let Some(comparison) = row.comparison(side) {
            return Standing::Compared(comparison);
        }
        match row.side(side) {
            None => Standing::Absent,
            Some(measured) => match measured.outcome {
                Outcome::Ok | Outcome::Unchecked if measured.rounds.iter().any(|round| !round.is_empty()) => {
                    Standing::Measured(measured)
                }
                Outcome::Ok | Outcome::Unchecked | Outcome::Wrong | Outcome::Unsupported | Outcome::Failed => {
                    Standing::Lost(measured)
                }
            },
        }
    }

    /// What the side takes.
    pub(super) fn time(&self) -> Option<Estimate> {
        match self {
            Standing::Compared(comparison) => comparison.time,
            Standing::Measured(measured) => median_interval(&round_medians(&measured.rounds)),
            Standing::Lost(_) | Standing::Absent => None,
        }
    }
}

/// What a side takes in a row.
pub(super) fn time(row: &RowAnalysis<'_>, side: &str) -> Option<Estimate> {
    if row.subject.is_some_and(|subject| subject.side == side) {
        return row.time;
    }
    Standing::of(row, side).time()
}

/// What a row is called.
pub(super) fn key(row: &Row) -> String {
    format!("{}/{}/{}", row.suite, row.name, row.size)
}

/// The suites of a run, each with its rows, in the order in which they were first met.
pub(super) fn suites<'a>(analysis: &'a Analysis<'a>) -> Vec<(&'a str, Vec<&'a RowAnalysis<'a>>)> {
    grouped(analysis.rows.iter(), |row| &row.row.suite)
}

/// Rows by a name of theirs, in the order in which it was first met.
pub(super) fn grouped<'a>(
    rows: impl IntoIterator<Item = &'a RowAnalysis<'a>>,
    name: impl Fn(&RowAnalysis<'a>) -> &'a str,
) -> Vec<(&'a str, Vec<&'a RowAnalysis<'a>>)> {
    let mut groups: Vec<(&str, Vec<&RowAnalysis<'_>>)> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|(known, _)| *known == name(row)) {
            Some((_, group)) => group.push(row),
            None => groups.push((name(row), vec![row])),
        }
    }
    groups
}
