//! One side of a row: its process, and what it did so far. Knows nothing of the other sides.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::effort::Turn;
use crate::clock::Clock;
use crate::process::{Failure, Process};
use crate::protocol::Request;
use crate::record::{Measured, Outcome};
use crate::sides::Launcher;

/// A side of a row.
pub(super) struct Contender {
    /// What it did so far.
    pub(super) measured: Measured,
    /// Its process, until it failed.
    process: Option<Process>,
}

impl Contender {
    /// A side that does not take part.
    pub(super) fn absent(side: &str, outcome: Outcome, reason: impl Into<String>) -> Contender {
        let measured = Measured { side: side.into(), outcome, reason: Some(reason.into()), ..Measured::default() };
        Contender { measured, process: None }
    }

    /// Starts a process, which reads the inputs and computes once.
    pub(super) fn start(
        side: &str,
        load: &Request,
        launcher: &Launcher,
        patience: Duration,
        clock: &Clock,
    ) -> Contender {
        let measured = Measured { side: side.into(), outcome: Outcome::Unchecked, ..Measured::default() };
        let mut contender = Contender { measured, process: None };
        let Some(mut command) = launcher.command(side) else {
            return Contender::absent(side, Outcome::Failed, "there is no Python");
        };
        match Process::start(&mut command) {
            Ok(process) => contender.process = Some(process),
            Err(failure) => contender.failed(&failure),
        }
        let started = contender.process.as_ref().map(|process| process.started);
        if let Some(answer) = contender.ask(load, patience, clock) {
            let elapsed_ns = started.map(|start| start.elapsed().as_secs_f64() * 1e9 - answer.again_ns.unwrap_or(0.0));
            contender.measured.cold_ns = answer.first_ns.and(elapsed_ns);
            contender.measured.compile_ns = answer.compile_ns;
            contender.measured.first_ns = answer.first_ns;
        }
        contender
    }

    /// Whether it can go on.
    pub(super) fn is_running(&self) -> bool {
        self.process.is_some()
    }

    /// Ends the side for a reason.
    pub(super) fn end(&mut self, outcome: Outcome, reason: impl Into<String>) {
        self.process = None;
        self.measured.outcome = outcome;
        self.measured.reason = Some(reason.into());
    }

    /// Writes the results of the first computation.
    pub(super) fn save(&mut self, folder: &Path, patience: Duration, clock: &Clock) -> Option<Vec<PathBuf>> {
        Some(self.ask(&Request::Save { folder: folder.to_owned() }, patience, clock)?.files)
    }

    /// What one computation takes, in nanoseconds.
    pub(super) fn time_once(&mut self, patience: Duration, clock: &Clock) -> Option<f64> {
        let answer = self.ask(&Request::Time { count: 1, inner: 1 }, patience, clock)?;
        answer.samples.first().copied()
    }

    /// Measures one turn, and keeps the samples if they count.
    pub(super) fn turn(&mut self, turn: Turn, counts: bool, patience: Duration, clock: &Clock) {
        let request = Request::Time { count: turn.count, inner: turn.inner };
        let Some(answer) = self.ask(&request, patience, clock) else { return };
        if answer.samples.len() != turn.count
            || answer.samples.iter().any(|sample| !sample.is_finite() || *sample < 0.0)
        {
            self.end(Outcome::Failed, format!("expected {} times, got {:?}", turn.count, answer.samples));
        } else if counts {
            self.measured.inner = turn.inner;
            self.measured.rounds.push(answer.samples);
        }
    }

    /// Asks for the peak of the memory, and ends the process.
    pub(super) fn finish(mut self, n_rounds: usize, patience: Duration, clock: &Clock) -> Measured {
        if let Some(process) = &mut self.process {
            // The figure is left out where there is none.
            self.measured.peak_bytes =
                process.ask(&Request::Memory, patience, clock).ok().and_then(|answer| answer.peak_bytes);
        }
        self.measured.rounds.truncate(n_rounds);
        self.measured
    }

    fn ask(&mut self, request: &Request, patience: Duration, clock: &Clock) -> Option<crate::protocol::Answer> {
        match self.process.as_mut()?.ask(request, patience, clock) {
            Ok(answer) => Some(answer),
            Err(failure) => {
                self.failed(&failure);
                None
            }
        }
    }

    fn failed(&mut self, failure: &Failure) {
        match failure {
            Failure::Unsupported(reason) => self.end(Outcome::Unsupported, reason.clone()),
            // What was measured before the end stays.
            Failure::Over => self.process = None,
            Failure::Error(_) | Failure::TooLong(_) | Failure::Died(_) => {
                self.measured.rounds.clear();
                self.end(Outcome::Failed, failure.to_string());
            }
        }
    }
}
