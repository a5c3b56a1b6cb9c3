//! The process that runs one implementation of one benchmark: reads requests, answers them. Knows nothing of the other
//! implementations and of what is made of the figures.

mod judge;
mod roofline;
mod run;

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use hloom as np;
use hloom::NdArray;

pub use self::judge::difference;
use self::run::Running;
use crate::benchmark::{Benchmark, Suite};
use crate::protocol::{Answer, Request};

/// A library lacks something that the computation needs.
#[derive(Debug)]
pub(crate) struct Unsupported(pub(crate) String);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unsupported {}

/// Answers requests, a line each, until there are no more.
///
/// # Errors
/// If the harness is gone.
pub(crate) fn serve(suites: &[Suite], requests: impl BufRead, mut answers: impl Write) -> Result<()> {
    let mut worker = Worker { suites, running: None };
    for line in requests.lines() {
        let answer = serde_json::from_str(&line?).map_err(anyhow::Error::from).and_then(|asked| worker.answer(asked));
        let answer = answer.unwrap_or_else(|error| Answer {
            unsupported: error.is::<Unsupported>(),
            error: Some(format!("{error:#}")),
            ..Answer::default()
        });
        serde_json::to_writer(&mut answers, &answer)?;
        answers.write_all(b"\n")?;
        answers.flush()?;
    }
    Ok(())
}

struct Worker<'a> {
    suites: &'a [Suite],
    running: Option<Running>,
}

impl Worker<'_> {
    fn answer(&mut self, request: Request) -> Result<Answer> {
        match request {
            Request::Hello { .. } => Ok(hello(self.suites)),
            Request::Prepare { benchmark, n, folder } => {
                let inputs = (self.benchmark(&benchmark)?.inputs)(n);
                let types = inputs
                    .iter()
                    .enumerate()
                    .map(|(idx, input)| Ok((format!("{idx:03}"), input.try_type()?.to_string())));
                let details = types.collect::<Result<_>>()?;
                Ok(Answer { files: save(&inputs, &folder, "in")?, details, ..Answer::default() })
            }
            Request::Load { benchmark, side, n, files, source: _ } => {
                let benchmark = self.benchmark(&benchmark)?;
                let inputs = load(&files)?;
                let start = Instant::now();
                let (mut running, compile_ns) = Running::new(benchmark, &side, n, inputs)?;
                running.first()?;
                let first_ns = running.is_computation().then(|| start.elapsed().as_secs_f64() * 1e9);
                let start = Instant::now();
                running.settle()?;
                let again_ns = Some(start.elapsed().as_secs_f64() * 1e9);
                self.running = Some(running);
                Ok(Answer { compile_ns, first_ns, again_ns, ..Answer::default() })
            }
            Request::Save { folder } => {
                let files = save(&self.running()?.results()?, &folder, "out")?;
                Ok(Answer { files, ..Answer::default() })
            }
            Request::Time { count, inner } => {
                Ok(Answer { samples: self.running()?.time(count, inner)?, ..Answer::default() })
            }
            Request::Memory => Ok(Answer { peak_bytes: Some(peak_bytes()?), ..Answer::default() }),
            Request::Explain => Ok(Answer { texts: self.running()?.explain()?, ..Answer::default() }),
            Request::Judge { files, reference, tolerance } => {
                let difference = judge::difference(&load(&files)?, &load(&reference)?, tolerance)?;
                Ok(Answer { difference: Some(difference.unwrap_or_default()), ..Answer::default() })
            }
            Request::Roofline => Ok(Answer { roofline: Some(roofline::measure()?), ..Answer::default() }),
        }
    }

    fn benchmark(&self, path: &str) -> Result<&Benchmark> {
        let found = path.split_once('/').and_then(|(suite, name)| {
            let suite = self.suites.iter().find(|known| known.name == suite)?;
            suite.benchmarks.iter().find(|known| known.name == name)
        });
        found.with_context(|| format!("there is no benchmark {path}"))
    }

    fn running(&mut self) -> Result<&mut Running> {
        self.running.as_mut().context("nothing is loaded")
    }
}

fn hello(suites: &[Suite]) -> Answer {
    let mut answer = Answer::default();
    answer.versions.insert("hloom".into(), env!("CARGO_PKG_VERSION").into());
    for (peer, version) in suites.iter().flat_map(|suite| &suite.benchmarks).flat_map(|benchmark| &benchmark.versions) {
        answer.versions.insert((*peer).into(), (*version).into());
    }
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    answer.details.insert("threads".into(), threads.to_string());
    answer
}

fn load(files: &[PathBuf]) -> Result<Vec<NdArray>> {
    let arrays: Vec<NdArray> = files.iter().map(np::load).collect::<np::Result<_>>()?;
    np::wait(&arrays)?;
    Ok(arrays)
}

fn save(arrays: &[NdArray], folder: &Path, prefix: &str) -> Result<Vec<PathBuf>> {
    let files = arrays.iter().enumerate().map(|(idx, array)| {
        let file = folder.join(format!("{prefix}{idx}.npy"));
        np::save(&file, array)?;
        Ok(file)
    });
    files.collect()
}

/// The most memory that this process has had so far, as the kernel counts it.
fn peak_bytes() -> Result<f64> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("this system does not tell a process's memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let Some(kib) = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()) else {
        bail!("this system does not tell the peak of a process's memory");
    };
    Ok(kib * 1024.0)
}
