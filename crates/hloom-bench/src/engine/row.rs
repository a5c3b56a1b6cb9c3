//! One benchmark at one size. Knows nothing of the others.

use std::path::PathBuf;
use std::time::Duration;

use super::contender::Contender;
use super::effort::{Effort, effort};
use super::{Engine, Planned};
use crate::benchmark::{Implementation, Work};
use crate::process::Failure;
use crate::protocol::Request;
use crate::record::{Measured, Outcome, Row};
use crate::sides::{self, NUMPY};

/// How long a side may take for anything, as a multiple of the time of a row, and at least.
const PATIENCE: u32 = 15;
const LEAST_PATIENCE: Duration = Duration::from_secs(20);

/// What the turns of a row may take at most, as a multiple of what they should take: the fewest rounds of something slow.
const SLOW: u32 = 10;

/// The part of the time that is left which the turns of a row may take, where there is a limit: the rest is for starting
/// processes and compiling.
const TURNS: f64 = 0.35;

impl Engine<'_> {
    /// Measures a row, of which there are so many left.
    pub(super) fn row(&mut self, plan: &Planned<'_>, n_left: usize) -> Result<Row, Failure> {
        let (clock, launcher) = (self.clock, self.launcher);
        let share = clock.left().map(|left| left.mul_f64(TURNS / n_left.max(1) as f64));
        let row_time = share.map_or(self.settings.row_time, |share| self.settings.row_time.min(share));
        let patience = (self.settings.row_time * PATIENCE).max(LEAST_PATIENCE);
        let benchmark = plan.benchmark;

        let inputs = self.new_folder("inputs")?;
        let prepare = Request::Prepare { benchmark: plan.path(), n: plan.n, folder: inputs };
        let prepared = self.ask_helper(&prepare, patience)?;
        let (mut numpy, reference) = self.reference(plan, &prepared.files, patience)?.unzip();

        let result_bytes = reference.as_deref().and_then(size_of);
        let mut contenders = Vec::new();
        for side in self.side_names() {
            // What the others are compared with has computed already.
            if let Some(contender) = numpy.take_if(|_| side == NUMPY) {
                contenders.push(contender);
                continue;
            }
            let Some(load) = load(plan, &side, &prepared.files) else { continue };
            if let Some(reason) = self.is_missing(&side) {
                contenders.push(Contender::absent(&side, Outcome::Failed, reason));
                continue;
            }
            let mut contender = Contender::start(&side, &load, launcher, patience, clock);
            if let Some(reference) = &reference {
                self.check(&mut contender, reference, benchmark.tolerance, patience)?;
            }
            contenders.push(contender);
        }
        // Where NumPy is no peer, it has done its work.
        drop(numpy);
        if clock.is_over() {
            return Err(Failure::Over);
        }

        let times: Vec<(usize, f64)> = contenders
            .iter_mut()
            .enumerate()
            .filter_map(|(idx, contender)| Some((idx, contender.time_once(patience, clock)?)))
            .collect();
        let is_time = benchmark.program.is_some();
        // A slow row may take its fewest rounds, as long as the run has time left for the others.
        let slow = self.settings.row_time * SLOW;
        let most = clock.left().map_or(slow, |left| slow.min(left / 2));
        let mut effort = effort(&times.iter().map(|(_, time)| *time).collect::<Vec<_>>(), row_time, most);
        for turn in effort.turns.iter_mut().flatten() {
            // What measures itself knows how often.
            turn.inner = if is_time { turn.inner } else { 1 };
        }
        for ((side, time), turn) in times.iter().zip(&effort.turns) {
            if turn.is_none() {
                let reason = format!("one computation takes {:.1} s, too long for the time of a row", time / 1e9);
                contenders[*side].end(Outcome::Failed, reason);
            }
        }
        self.take_turns(&mut contenders, &times, &effort, patience);

        let n_rounds = contenders.iter().map(|contender| contender.measured.rounds.len()).filter(|&n| n > 0).min();
        let sides: Vec<Measured> = contenders
            .into_iter()
            .map(|contender| contender.finish(n_rounds.unwrap_or_default(), patience, clock))
            .collect();
        if clock.is_over() && n_rounds.is_none() {
            return Err(Failure::Over);
        }
        let moved = size_of(&prepared.files).zip(result_bytes).map(|(read, written)| read + written);
        let work = match &benchmark.work {
            Some(work) => Some(work(plan.n)),
            None => moved.filter(|_| is_time).map(|bytes| Work { bytes, flops: 0.0 }),
        };
        Ok(Row {
            suite: plan.suite.name.into(),
            name: benchmark.name.clone(),
            about: benchmark.about.clone(),
            size: plan.size.into(),
            n: plan.n,
            inputs: prepared.details.values().cloned().collect(),
            unit: benchmark.unit,
            bytes: work.map(|work| work.bytes),
            flops: work.map(|work| work.flops).filter(|&flops| flops > 0.0),
            bound_ns: work.and_then(|work| self.bound_ns(work, &prepared.details)),
            budget: benchmark.budget.as_ref().map(|budget| budget(plan.n)),
            rounds: n_rounds.unwrap_or_default(),
            sides,
        })
    }

    fn side_names(&self) -> Vec<String> {
        let own = sides::OWN.iter().map(|side| (*side).to_owned());
        own.chain(self.settings.peers.iter().cloned()).collect()
    }

    /// NumPy, and its results in files of their own; none where there is no NumPy or it failed.
    fn reference(
        &self,
        plan: &Planned<'_>,
        inputs: &[PathBuf],
        patience: Duration,
    ) -> Result<Option<(Contender, Vec<PathBuf>)>, Failure> {
        let Some(load) = load(plan, NUMPY, inputs).filter(|_| self.has_reference) else { return Ok(None) };
        let folder = self.new_folder("reference")?;
        let mut contender = Contender::start(NUMPY, &load, self.launcher, patience, self.clock);
        let files = contender.save(&folder, patience, self.clock);
        if self.clock.is_over() {
            return Err(Failure::Over);
        }
        contender.measured.outcome = Outcome::Ok;
        Ok(files.map(|files| (contender, files)))
    }

    /// Compares a side's result with NumPy's.
    fn check(
        &mut self,
        contender: &mut Contender,
        reference: &[PathBuf],
        tolerance: f64,
        patience: Duration,
    ) -> Result<(), Failure> {
        if !contender.is_running() {
            return Ok(());
        }
        let folder = self.new_folder("outputs")?;
        let Some(files) = contender.save(&folder, patience, self.clock) else { return Ok(()) };
        let judge = Request::Judge { files, reference: reference.to_vec(), tolerance };
        match self.ask_helper(&judge, patience) {
            Ok(answer) => match answer.difference {
                Some(difference) if difference.is_empty() => contender.measured.outcome = Outcome::Ok,
                Some(difference) => contender.end(Outcome::Wrong, difference),
                None => contender.end(Outcome::Failed, "its result could not be compared"),
            },
            Err(Failure::Over) => return Err(Failure::Over),
            Err(failure) => contender.end(Outcome::Failed, format!("its result could not be compared: {failure}")),
        }
        Ok(())
    }

    /// Lets all sides take turns, in an order that is turned around each round. The first round does not count.
    fn take_turns(&self, contenders: &mut [Contender], times: &[(usize, f64)], effort: &Effort, patience: Duration) {
        for round in 0..=effort.rounds {
            let mut order: Vec<_> = times.iter().zip(&effort.turns).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for ((side, _), turn) in order {
                if let Some(turn) = turn {
                    contenders[*side].turn(*turn, round > 0, patience, self.clock);
                }
            }
            if self.clock.is_over() {
                break;
            }
        }
    }

    /// The least time by the roofline: what has to be moved at the memory's pace, or computed at the peak.
    fn bound_ns(&self, work: Work, inputs: &std::collections::BTreeMap<String, String>) -> Option<f64> {
        let machine = self.roofline?;
        let is_single = inputs.values().any(|ty| ty.starts_with("f32"));
        let flops = if is_single { machine.flops_f32 } else { machine.flops_f64 };
        Some((work.bytes / machine.bytes_per_second).max(work.flops / flops) * 1e9)
    }
}

/// The bytes of the arrays in files, without the headers, which have 128 bytes for arrays of few axes.
fn size_of(files: &[PathBuf]) -> Option<f64> {
    let sizes = files.iter().map(|file| Some(std::fs::metadata(file).ok()?.len().saturating_sub(128) as f64));
    sizes.sum()
}

/// How a side is asked to get ready; none if the benchmark is not written for it.
fn load(plan: &Planned<'_>, side: &str, files: &[PathBuf]) -> Option<Request> {
    let benchmark = plan.benchmark;
    let own = benchmark.implementation(side);
    let source = match (own, sides::is_python(side)) {
        (Some(Implementation::Python(source)), _) => Some((*source).to_owned()),
        (Some(Implementation::Native(_) | Implementation::Sampler(_)), _) => None,
        (None, true) => {
            // A library's own source serves all its forms, and NumPy's those that have none.
            let library = side.split_once('-').map_or(side, |(library, _)| library);
            let source = benchmark.implementation(library).or_else(|| benchmark.implementation(NUMPY))?;
            let Implementation::Python(source) = source else { return None };
            Some((*source).to_owned())
        }
        (None, false) => {
            let has_program = benchmark.program.is_some();
            let is_there = match side {
                sides::HLOOM | sides::FLOOR => has_program && benchmark.is_compiled,
                sides::LAZY => has_program,
                sides::AGAIN => has_program || benchmark.implementation(sides::HLOOM).is_some(),
                _ => false,
            };
            is_there.then_some(None)?
        }
    };
    let path = plan.path();
    Some(Request::Load { benchmark: path, side: side.into(), n: plan.n, source, files: files.to_vec() })
}
