//! Asks the library what NumPy was asked and says how often they agree.
//!
//! Without arguments it runs the committed corpus in child processes of this program, prints a table by
//! family and fails when a family is below its floor. It can also score what another runner wrote, and
//! write the committed corpus and floors anew. Knows no operations: those are the dispatcher's.
#![forbid(unsafe_code)]

use std::fs::{self, File};
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use hloom_tests::conformance::case::Case;
use hloom_tests::conformance::encode::Outcome;
use hloom_tests::conformance::floors::Floors;
use hloom_tests::conformance::score::{Report, Verdict, judge};
use hloom_tests::conformance::worker::{self, Reply, Workers};
use hloom_tests::conformance::{corpus, dispatch};

/// Holds the library against NumPy's recorded answers.
#[derive(Debug, Parser)]
#[command(name = "conformance")]
struct Options {
    /// The corpus, one case a line, compressed if the name ends in gz [default: the committed one]
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
    /// Writes a result line for each case that got an answer
    #[arg(long, value_name = "FILE")]
    results: Option<PathBuf>,
    /// Only this family, the part of a group before the dot; may be repeated
    #[arg(long, value_name = "NAME")]
    family: Vec<String>,
    /// Only cases whose id starts with this; may be repeated
    #[arg(long, value_name = "ID")]
    id: Vec<String>,
    /// Prints the first failures, with what was wanted and what came
    #[arg(long, value_name = "N", default_value_t = 0)]
    fails: usize,
    /// An expected error must be of NumPy's kind
    #[arg(long)]
    strict_errors: bool,
    /// Scores result lines that a runner wrote, and runs nothing
    #[arg(long, value_name = "FILE", conflicts_with = "results")]
    score: Option<PathBuf>,
    /// Writes each case's verdict and its reason
    #[arg(long, value_name = "FILE")]
    verdicts: Option<PathBuf>,
    /// Processes at a time
    #[arg(long, value_name = "N", default_value_t = 2)]
    workers: usize,
    /// Seconds that a case may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    limit: u64,
    /// Runs the cases in this process, for a debugger; a crash ends the run
    #[arg(long)]
    in_process: bool,
    /// Writes FILE's cases as the committed corpus, and runs nothing
    #[arg(long, value_name = "FILE")]
    pack: Option<PathBuf>,
    /// Raises the committed floors of the families that did better in this run
    #[arg(long)]
    write_floors: bool,
    /// Serves cases on the standard input and output
    #[arg(long, hide = true)]
    worker: bool,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if options.worker {
        worker::serve(dispatch::probe, dispatch::answer_line)?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(path) = &options.pack {
        let lines = corpus::read(path)?;
        corpus::write(&corpus::committed(), &lines)?;
        println!("{} cases", lines.len());
        return Ok(ExitCode::SUCCESS);
    }
    let lines = corpus::read(options.cases.as_deref().unwrap_or(&corpus::committed()))?;
    let mut cases = Vec::with_capacity(lines.len());
    for line in &lines {
        let case = Case::parse(line)?;
        if options.selects(&case) {
            cases.push((line.as_str(), case));
        }
    }
    if cases.is_empty() {
        bail!("no case is selected");
    }
    let replies = options.replies(&cases)?;
    options.report(&cases, &replies)
}

impl Options {
    fn selects(&self, case: &Case) -> bool {
        let is_of_family = self.family.is_empty() || self.family.iter().any(|family| family == case.family());
        let is_named = self.id.is_empty() || self.id.iter().any(|id| case.id.starts_with(id.as_str()));
        is_of_family && is_named
    }

    fn replies(&self, cases: &[(&str, Case)]) -> Result<Vec<Reply>> {
        if let Some(path) = &self.score {
            let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let written = text.lines().filter(|line| !line.trim().is_empty()).map(Outcome::parse_line);
            let written = written.collect::<Result<std::collections::HashMap<_, _>>>()?;
            let reply = |(_, case): &(&str, Case)| match written.get(&case.id) {
                Some(outcome) => Reply::Outcome(outcome.clone()),
                None => Reply::Missing("no result line".to_owned()),
            };
            return Ok(cases.iter().map(reply).collect());
        }
        if self.in_process {
            let reply = |(line, _): &(&str, Case)| match worker::guarded(|| dispatch::answer_line(line)) {
                Ok((_, outcome)) => Reply::Outcome(outcome),
                Err(message) => Reply::Missing(format!("panicked: {message}")),
            };
            return Ok(cases.iter().map(reply).collect());
        }
        let workers = Workers {
            program: std::env::current_exe().context("this program has no path")?,
            count: self.workers,
            limit: Duration::from_secs(self.limit),
        };
        let lines: Vec<&str> = cases.iter().map(|(line, _)| *line).collect();
        let is_watched = std::io::stderr().is_terminal();
        let replies = workers.run(&lines, |n_done| {
            const STRIDE: usize = 100;
            if is_watched && n_done.is_multiple_of(STRIDE) {
                eprint!("\r{n_done} of {}", lines.len());
            }
        })?;
        if is_watched {
            eprint!("\r\x1b[K");
        }
        Ok(replies)
    }

    fn report(&self, cases: &[(&str, Case)], replies: &[Reply]) -> Result<ExitCode> {
        let mut results = self.results.as_ref().map(File::create).transpose()?.map(BufWriter::new);
        let mut verdicts = self.verdicts.as_ref().map(File::create).transpose()?.map(BufWriter::new);
        let (mut report, mut n_shown) = (Report::default(), 0);
        for ((line, case), reply) in cases.iter().zip(replies) {
            let mut judgement = judge(case, reply.outcome(), self.strict_errors);
            if let Reply::Missing(why) = reply {
                judgement.1.clone_from(why);
            }
            let written = reply.outcome().and_then(|outcome| outcome.to_line(&case.id));
            if let (Some(file), Some(written)) = (&mut results, &written) {
                writeln!(file, "{written}")?;
            }
            if let Some(file) = &mut verdicts {
                writeln!(file, "{}\t{}\t{}", case.id, name(judgement.0), judgement.1)?;
            }
            if matches!(judgement.0, Verdict::Fail | Verdict::Missing) && n_shown < self.fails {
                n_shown += 1;
                println!("{} {}: {}", name(judgement.0), case.id, judgement.1);
                println!("  case {line}");
                println!("  got  {}", written.unwrap_or_default());
            }
            report.add(case, &judgement);
        }
        for file in [results, verdicts].into_iter().flatten() {
            file.into_inner().map_err(|error| error.into_error())?.sync_all()?;
        }
        print!("{report}");
        if self.write_floors {
            let path = Floors::committed();
            Floors::read(&path)?.raised(Floors::reached(&report)).write(&path)?;
            return Ok(ExitCode::SUCCESS);
        }
        // A part of a family says nothing about the family.
        if !self.id.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let violations = Floors::read(&Floors::committed())?.violations(&report);
        violations.iter().for_each(|(_, violation)| println!("{violation}"));
        Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// A verdict's name in the report.
fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Alt => "alt",
        Verdict::Fail => "fail",
        Verdict::Unsupported => "unsup",
        Verdict::Missing => "missing",
    }
}
