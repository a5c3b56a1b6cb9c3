//! Runs benchmarks: each side in a process of its own, results compared with NumPy's, then all sides in turns. Knows nothing
//! of how a run is shown or kept.

mod contender;
mod effort;
mod row;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::benchmark::{Benchmark, Suite};
use crate::clock::Clock;
use crate::process::{Failure, Process};
use crate::protocol::Request;
use crate::record::{Dropped, End, Line, Roofline, Session, Side};
use crate::sides::Launcher;

/// How long a worker may take to say who it is: libraries that have to be imported take seconds.
const HELLO: Duration = Duration::from_secs(120);

/// How long the machine may take to be measured.
const ROOFLINE: Duration = Duration::from_secs(60);

/// What is measured, and how.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The peers, in the order of the columns.
    pub(crate) peers: Vec<String>,
    /// How long the turns of a row take together.
    pub(crate) row_time: Duration,
}

/// A benchmark at a size, to be measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planned<'a> {
    pub(crate) suite: &'a Suite,
    pub(crate) benchmark: &'a Benchmark,
    pub(crate) size: &'a str,
    pub(crate) n: usize,
}

impl Planned<'_> {
    fn path(&self) -> String {
        format!("{}/{}", self.suite.name, self.benchmark.name)
    }

    fn dropped(&self, reason: impl Into<String>) -> Line {
        Line::Dropped(Dropped {
            suite: self.suite.name.into(),
            name: self.benchmark.name.clone(),
            size: self.size.into(),
            reason: reason.into(),
        })
    }
}

/// Hears what a run brings forth, line by line, and what it is at.
pub(crate) trait Observer {
    /// A line that is to be kept.
    fn line(&mut self, line: Line) -> Result<()>;
    /// What is being done now.
    fn doing(&mut self, what: &str);
}

/// What runs benchmarks.
pub(crate) struct Engine<'a> {
    settings: &'a Settings,
    launcher: &'a Launcher,
    clock: &'a Clock,
    /// The sides that take part, those missing included.
    sides: Vec<Side>,
    /// Whether NumPy is there to compare with.
    has_reference: bool,
    helper: Option<Process>,
    roofline: Option<Roofline>,
    folder: tempfile::TempDir,
}

impl<'a> Engine<'a> {
    /// Looks who is there and what the machine can do.
    ///
    /// # Errors
    /// If there is no place for temporary files.
    pub(crate) fn new(
        settings: &'a Settings,
        launcher: &'a Launcher,
        clock: &'a Clock,
        observer: &mut dyn Observer,
    ) -> Result<Engine<'a>> {
        let folder =
            tempfile::Builder::new().prefix("hloom-bench").tempdir().context("no place for temporary files")?;
        let mut engine = Engine {
            settings,
            launcher,
            clock,
            sides: Vec::new(),
            has_reference: false,
            helper: None,
            roofline: None,
            folder,
        };
        for side in crate::sides::OWN.iter().copied().chain(settings.peers.iter().map(String::as_str)) {
            observer.doing(&format!("looking for {side}"));
            engine.sides.push(engine.look_for(side));
        }
        let reference = engine.sides.iter().find(|side| side.name == crate::sides::NUMPY).cloned();
        let reference = reference.unwrap_or_else(|| engine.look_for(crate::sides::NUMPY));
        engine.has_reference = reference.missing.is_none();
        observer.doing("measuring what the machine can do");
        engine.roofline = engine.ask_helper(&Request::Roofline, ROOFLINE).ok().and_then(|answer| answer.roofline);
        Ok(engine)
    }

    /// The first line of the run.
    pub(crate) fn session(&self, command: Vec<String>) -> Session {
        let mut session = crate::machine::session(command);
        session.sides.clone_from(&self.sides);
        session.roofline = self.roofline;
        if !self.has_reference {
            session.warnings.push("there is no NumPy: no result was checked (`hloom bench peers --install`)".into());
        }
        if self.roofline.is_none() {
            session.warnings.push("what the machine can do could not be measured".into());
        }
        session
    }

    /// Measures what is planned, in that order.
    ///
    /// # Errors
    /// If a line cannot be kept.
    pub(crate) fn run(&mut self, planned: &[Planned<'_>], observer: &mut dyn Observer) -> Result<()> {
        for (idx, plan) in planned.iter().enumerate() {
            let reason = if self.clock.is_interrupted() {
                Some("the run was interrupted")
            } else if self.clock.is_over() {
                Some("the time was up")
            } else {
                None
            };
            if let Some(reason) = reason {
                observer.line(plan.dropped(reason))?;
                continue;
            }
            observer.doing(&format!("{} {}", plan.path(), plan.size));
            let line = match self.row(plan, planned.len() - idx) {
                Ok(row) => Line::Row(row),
                Err(Failure::Over) if self.clock.is_interrupted() => plan.dropped("the run was interrupted"),
                Err(Failure::Over) => plan.dropped("the time was up"),
                Err(failure) => plan.dropped(failure.to_string()),
            };
            observer.line(line)?;
        }
        observer.line(Line::End(End {
            seconds: self.clock.elapsed().as_secs_f64(),
            interrupted: self.clock.is_interrupted(),
        }))
    }

    fn look_for(&self, name: &str) -> Side {
        let mut side = Side { name: name.into(), ..Side::default() };
        let Some(mut command) = self.launcher.command(name) else {
            side.missing = Some("there is no Python that has it: `hloom bench peers --install`".into());
            return side;
        };
        let asked = Process::start(&mut command)
            .and_then(|mut worker| worker.ask(&Request::Hello { side: Some(name.into()) }, HELLO, self.clock));
        match asked {
            Ok(answer) => {
                let library = name.split_once('-').map_or(name, |(library, _)| library);
                let own = crate::sides::OWN.contains(&name).then_some("hloom");
                side.version = answer.versions.get(own.unwrap_or(library)).cloned();
                side.details = answer.details;
            }
            Err(failure) => side.missing = Some(failure.to_string()),
        }
        side
    }

    /// Asks the worker that prepares and judges; a new one where the last one died.
    fn ask_helper(&mut self, request: &Request, limit: Duration) -> Result<crate::protocol::Answer, Failure> {
        let mut helper = match self.helper.take() {
            Some(helper) => helper,
            None => Process::start(&mut self.launcher.helper())?,
        };
        let answer = helper.ask(request, limit, self.clock);
        if matches!(answer, Ok(_) | Err(Failure::Error(_) | Failure::Unsupported(_))) {
            self.helper = Some(helper);
        }
        answer
    }

    fn is_missing(&self, side: &str) -> Option<&str> {
        self.sides.iter().find(|known| known.name == side)?.missing.as_deref()
    }

    fn new_folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.path().join(name);
        // What an earlier row left there is of no use.
        let _ = std::fs::remove_dir_all(&folder);
        let made = std::fs::create_dir(&folder);
        made.map_err(|error| Failure::Error(format!("cannot make {}: {error}", folder.display())))?;
        Ok(folder)
    }
}
