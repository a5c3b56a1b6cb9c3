//! What a run leaves behind: lines of JSON, each an object with a `kind`. `docs/src/benchmark-format.md` describes them for
//! people. Knows nothing of how anything was measured or is shown.
//!
//! The first line is a [`Session`], then a [`Row`] for each benchmark and size and a [`Dropped`] for each that was left out,
//! and an [`End`]. A file that was cut short lacks the end, and maybe part of its last line: what is whole is still read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::benchmark::{Budget, Unit};

/// The version of the format that this library writes.
pub const FORMAT: u32 = 1;

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Line {
    /// The first line.
    Session(Session),
    /// A benchmark at a size.
    Row(Row),
    /// A benchmark at a size that was not measured.
    Dropped(Dropped),
    /// The last line.
    End(End),
}

impl Line {
    /// Reads a line.
    ///
    /// # Errors
    /// If it is no JSON, is of no known kind, or lacks something.
    pub fn parse(text: &str) -> serde_json::Result<Line> {
        // What serde derives keeps a line in memory until it knows the kind, and numbers then as whatever they are written
        // like: floats were none, depending on features that other crates ask for.
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Kind {
            Session,
            Row,
            Dropped,
            End,
        }
        #[derive(Deserialize)]
        struct Head {
            kind: Kind,
        }
        let head: Head = serde_json::from_str(text)?;
        match head.kind {
            Kind::Session => serde_json::from_str(text).map(Line::Session),
            Kind::Row => serde_json::from_str(text).map(Line::Row),
            Kind::Dropped => serde_json::from_str(text).map(Line::Dropped),
            Kind::End => serde_json::from_str(text).map(Line::End),
        }
    }
}

/// What was measured with, and where.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The version of the format.
    pub format: u32,
    /// When the run began, in UTC as `2026-01-31T12:00:00Z`.
    pub started: String,
    /// The command, word by word.
    pub command: Vec<String>,
    /// The version of the library.
    pub hloom: String,
    /// The commit of the sources, if they are a checkout; `-dirty` if it had changes.
    pub commit: Option<String>,
    /// The machine: `cpu`, `cores`, `memory`, `governor`, `kernel`, `load`.
    pub machine: BTreeMap<String, String>,
    /// Environment variables that change how fast something is.
    pub environment: BTreeMap<String, String>,
    /// Each side that took part, in the order of the columns.
    pub sides: Vec<Side>,
    /// What the machine can do, as measured at the start.
    pub roofline: Option<Roofline>,
    /// What makes the figures less sure: a busy machine, a governor that saves power.
    pub warnings: Vec<String>,
}

/// An implementation that takes part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// Its name: `hloom` (compiled), `lazy` (hloom, recorded and read), `again` (as `hloom`, for the noise), `floor` (the same module
    /// through the bare C API of the plugin), or a peer.
    pub name: String,
    /// The version of its library.
    pub version: Option<String>,
    /// What else is known: kernels, threads.
    pub details: BTreeMap<String, String>,
    /// Why it does not take part after all.
    pub missing: Option<String>,
}

/// What the machine can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Roofline {
    /// Bytes a second between memory and all cores together, reading two arrays and writing one.
    pub bytes_per_second: f64,
    /// Additions and multiplications a second in the fastest float32 matrix product.
    pub flops_f32: f64,
    /// The same in float64.
    pub flops_f64: f64,
}

/// A benchmark at a size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The suite.
    pub suite: String,
    /// The benchmark.
    pub name: String,
    /// What is computed.
    pub about: String,
    /// The name of the size.
    pub size: String,
    /// The number that the inputs were made for.
    pub n: usize,
    /// The inputs' types, such as `f64[1000,80]`.
    pub inputs: Vec<String>,
    /// What the samples count.
    pub unit: Unit,
    /// Bytes that have to be moved at least.
    pub bytes: Option<f64>,
    /// Additions and multiplications that have to be done.
    pub flops: Option<f64>,
    /// The least time by the roofline, in nanoseconds.
    pub bound_ns: Option<f64>,
    /// What hloom may take.
    pub budget: Option<Budget>,
    /// How many rounds each side has.
    pub rounds: usize,
    /// What each side did.
    pub sides: Vec<Measured>,
}

impl Row {
    /// What a side did, if it was measured.
    pub fn measured(&self, side: &str) -> Option<&Measured> {
        self.sides.iter().find(|measured| measured.side == side && measured.is_measured())
    }
}

/// What one side did in a row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The side.
    pub side: String,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, where it was not measured.
    pub reason: Option<String>,
    /// From the start of a process to the first result, in nanoseconds.
    pub cold_ns: Option<f64>,
    /// What compiling took, where it is known.
    pub compile_ns: Option<f64>,
    /// The first computation, compiling included.
    pub first_ns: Option<f64>,
    /// The most memory of the process.
    pub peak_bytes: Option<f64>,
    /// How many computations make one sample.
    pub inner: usize,
    /// The samples of each round, in the row's unit.
    pub rounds: Vec<Vec<f64>>,
}

impl Measured {
    /// Whether there are samples that count.
    pub fn is_measured(&self) -> bool {
        let is_right = matches!(self.outcome, Outcome::Ok | Outcome::Unchecked);
        is_right && self.rounds.iter().any(|round| !round.is_empty())
    }
}

/// How a side of a row ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The result is NumPy's, and was measured.
    #[default]
    Ok,
    /// Measured, but there was no NumPy to check the result.
    Unchecked,
    /// The result is not NumPy's; not measured.
    Wrong,
    /// The library lacks something that the computation needs.
    Unsupported,
    /// It failed, crashed or took too long.
    Failed,
}

/// A benchmark at a size that was not measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dropped {
    /// The suite.
    pub suite: String,
    /// The benchmark.
    pub name: String,
    /// The name of the size.
    pub size: String,
    /// Why.
    pub reason: String,
}

/// The last line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// How long the run took, in seconds.
    pub seconds: f64,
    /// Whether the user ended it.
    pub interrupted: bool,
}

/// A run as it is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// With what and where.
    pub session: Session,
    /// The rows.
    pub rows: Vec<Row>,
    /// What was left out.
    pub dropped: Vec<Dropped>,
    /// The end, unless the file was cut short.
    pub end: Option<End>,
}
