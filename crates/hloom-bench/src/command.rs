//! The command: what is asked for on a command line, and what is printed and written. Knows nothing of how anything is
//! measured.

use std::ffi::OsString;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::benchmark::Suite;
use crate::clock::Clock;
use crate::compare::Changes;
use crate::engine::{Engine, Observer, Planned, Settings};
use crate::file::{self, Writer};
use crate::record::{Line, Measured, Outcome, Run};
use crate::select::{self, Selection};
use crate::sides::{self, Launcher};
use crate::{html, peers, table, worker};

/// The peers that take part where none are named, if they are there.
const DEFAULT_PEERS: [&str; 3] = ["numpy", "jax", "ndarray"];

/// What `bench` can be asked for.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    measure: Measure,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show all suites, benchmarks, sizes and peers.
    List,
    /// Compare two runs: what became faster or slower from A to B.
    Compare {
        /// The earlier run, a file of `--json`.
        a: PathBuf,
        /// The later run.
        b: PathBuf,
        /// Exit with 1 if something became so, beyond the noise of both runs.
        #[arg(long, value_name = "VERDICT")]
        fail_on: Option<FailOn>,
    },
    /// Show a run that was kept.
    Show {
        /// A file of `--json`.
        file: PathBuf,
        /// Write it as a page, too.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        /// Write its tables as Markdown, too.
        #[arg(long, value_name = "FILE")]
        markdown: Option<PathBuf>,
    },
    /// Show what hloom compiled for a benchmark, beside what jax.jit made of it.
    Why {
        /// The benchmark: its name, or suite/name.
        row: String,
        /// The size, by name or number; the largest if it is not given.
        #[arg(long)]
        size: Option<String>,
        /// The Python that has jax.
        #[arg(long, value_name = "PATH")]
        python: Option<PathBuf>,
    },
    /// Show which peers are there, or install them.
    Peers {
        /// Install these, or all of Python's: into a private environment, with pinned versions.
        #[arg(long, value_name = "NAMES", num_args = 0.., value_delimiter = ',')]
        install: Option<Vec<String>>,
        /// The Python that is looked at, or that makes the environment.
        #[arg(long, value_name = "PATH")]
        python: Option<PathBuf>,
    },
    /// Serve as the process of one side.
    #[command(hide = true)]
    Worker,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    /// Something takes more time than before.
    Slower,
}

#[derive(Debug, Args)]
struct Measure {
    /// Suites to measure; all if none are given.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    suite: Vec<String>,
    /// Only benchmarks whose name contains this.
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,
    /// Only these sizes: names such as S, or numbers.
    #[arg(long, value_name = "SIZES", value_delimiter = ',')]
    sizes: Vec<String>,
    /// The peers to measure beside hloom; NumPy, jax and ndarray if they are there.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    peers: Option<Vec<String>>,
    /// The Python of the peers.
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// End after so long, such as 90s or 20m, and say what was dropped.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    time_limit: Option<Duration>,
    /// How long the turns of one row take together.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, default_value = "2s")]
    row_time: Duration,
    /// Let every side have so many of the cores.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Keep the run in this file, as lines of JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the run as a page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Compare with an earlier run, a file of `--json`.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
}

/// The program of a crate that has benchmarks of its own: `fn main() -> ExitCode { hloom_bench::main([suite()]) }`.
pub fn main(suites: impl IntoIterator<Item = Suite>) -> ExitCode {
    #[derive(Debug, Parser)]
    #[command(about = "Measures array functions: hloom beside its floor, NumPy, JAX and Rust crates")]
    struct Whole {
        #[command(flatten)]
        arguments: Arguments,
    }
    let suites: Vec<Suite> = suites.into_iter().collect();
    match run(Whole::parse().arguments, &suites, &[], &mut std::io::stdout()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Does what is asked for. `words` are the arguments that lead to these in the program at hand, such as `bench`.
///
/// # Errors
/// What is wrong with what was asked for, with its files or its Python.
pub fn run(arguments: Arguments, suites: &[Suite], words: &[&str], out: &mut dyn Write) -> Result<ExitCode> {
    match arguments.command {
        None => measure(&arguments.measure, suites, words, out),
        Some(Command::List) => list(suites, out),
        Some(Command::Compare { a, b, fail_on }) => {
            let changes = Changes::between(&file::read(&a)?, &file::read(&b)?);
            write!(out, "{changes}")?;
            Ok(match fail_on {
                Some(FailOn::Slower) if changes.has_regression() => ExitCode::from(1),
                Some(FailOn::Slower) | None => ExitCode::SUCCESS,
            })
        }
        Some(Command::Show { file, html, markdown }) => {
            let run = file::read(&file)?;
            write!(out, "{}", table::text(&run))?;
            write_page(html.as_deref(), &run)?;
            if let Some(path) = &markdown {
                let text = crate::markdown::text(&run);
                std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Why { row, size, python }) => {
            let (suite, benchmark) = select::find(&row, suites)?;
            let sizes: Vec<String> = size.into_iter().collect();
            let chosen = [suite.clone()];
            let selection = Selection { suites: &[], filter: &benchmark.name, sizes: &sizes };
            let planned = selection.of(&chosen)?;
            let planned = planned.iter().rfind(|plan| plan.benchmark.name == benchmark.name);
            let n = planned.context("it has no such size")?.n;
            let script = Script::write()?;
            let launcher = launcher(words, python.as_deref(), &script)?;
            write!(out, "{}", crate::why::text(suite, benchmark, n, &launcher, &Clock::new(None))?)?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Peers { install, python }) => {
            if let Some(names) = install {
                peers::install(&names, python.as_deref())?;
                show_peers(None, out)?;
            } else {
                show_peers(python.as_deref(), out)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Worker) => {
            worker::serve(suites, BufReader::new(std::io::stdin()), std::io::stdout())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(suites: &[Suite], out: &mut dyn Write) -> Result<ExitCode> {
    for suite in suites {
        writeln!(out, "{}: {}", suite.name, suite.about)?;
        let width = suite.benchmarks.iter().map(|benchmark| benchmark.name.chars().count()).max().unwrap_or(0);
        for benchmark in &suite.benchmarks {
            let sizes: Vec<String> = benchmark.sizes.iter().map(|size| format!("{} ({})", size.name, size.n)).collect();
            writeln!(out, "  {:<width$}  {}  [{}]", benchmark.name, benchmark.about, sizes.join(", "))?;
        }
    }
    writeln!(out, "peers:")?;
    for (name, about) in sides::PYTHON.iter().chain(&sides::NATIVE) {
        writeln!(out, "  {name:<10} {about}")?;
    }
    Ok(ExitCode::SUCCESS)
}

fn show_peers(python: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    let listing = peers::list(python)?;
    let python = &listing.python;
    writeln!(out, "{}, Python {}, {}", python.program.display(), listing.python_version, python.origin)?;
    for (peer, version) in &listing.peers {
        let version = version.as_deref().unwrap_or("not there");
        writeln!(out, "  {:<8} {version:<12} {}", peer.name, peer.about)?;
    }
    Ok(())
}

fn measure(asked: &Measure, suites: &[Suite], words: &[&str], out: &mut dyn Write) -> Result<ExitCode> {
    let selection = Selection { suites: &asked.suite, filter: &asked.filter, sizes: &asked.sizes };
    let planned = selection.of(suites)?;
    let native = native_peers(suites);
    let names: Vec<&str> = sides::PYTHON.iter().map(|(name, _)| *name).chain(native.iter().copied()).collect();
    let peers = match &asked.peers {
        Some(asked) => {
            sides::known("peer", asked, &sides::peers().collect::<Vec<_>>())?;
            for peer in asked {
                ensure!(
                    names.contains(&peer.as_str()),
                    "'{peer}' is not in this program: build it with the feature {peer}"
                );
            }
            asked.clone()
        }
        None => DEFAULT_PEERS.iter().filter(|name| names.contains(*name)).map(|name| (*name).to_owned()).collect(),
    };
    ensure!(!asked.row_time.is_zero(), "--row-time has to be more than nothing");
    if let Some(n) = asked.threads {
        bind_to_cores(n)?;
    }
    // What cannot be read or written is said before an hour of measuring, not after it.
    let baseline = asked.baseline.as_deref().map(file::read).transpose()?;
    let writer = asked.json.as_deref().map(Writer::create).transpose()?;
    if let Some(page) = &asked.html {
        std::fs::File::create(page).with_context(|| format!("cannot write {}", page.display()))?;
    }
    let script = Script::write()?;
    let launcher = launcher(words, asked.python.as_deref(), &script)?;
    let clock = Clock::new(asked.time_limit);
    clock.listen()?;

    let settings = Settings { peers, row_time: asked.row_time };
    let mut keeper = Keeper { run: Run::default(), writer, bar: progress(&planned) };
    let mut engine = Engine::new(&settings, &launcher, &clock, &mut keeper)?;
    keeper.line(Line::Session(engine.session(std::env::args().collect())))?;
    let measured = engine.run(&planned, &mut keeper);
    keeper.bar.finish_and_clear();
    // What was measured is shown, whatever became of the file.
    write!(out, "{}", table::text(&keeper.run))?;
    write_page(asked.html.as_deref(), &keeper.run)?;
    measured?;
    if let Some(baseline) = baseline {
        write!(out, "\nsince the baseline:\n{}", Changes::between(&baseline, &keeper.run))?;
    }
    let is_own = |side: &&Measured| sides::OWN.contains(&side.side.as_str());
    let own = keeper.run.rows.iter().flat_map(|row| &row.sides).filter(is_own);
    let n_wrong = own.filter(|side| side.outcome == Outcome::Wrong).count();
    ensure!(n_wrong == 0, "{n_wrong} results of hloom are not NumPy's");
    Ok(if clock.is_interrupted() { ExitCode::from(130) } else { ExitCode::SUCCESS })
}

/// Keeps what a run brings forth: in memory, and in a file if there is one. Shows how far it is.
struct Keeper {
    run: Run,
    writer: Option<Writer>,
    bar: ProgressBar,
}

impl Observer for Keeper {
    fn line(&mut self, line: Line) -> Result<()> {
        let written = self.writer.as_mut().map_or(Ok(()), |writer| writer.write(&line));
        match line {
            Line::Session(session) => self.run.session = session,
            Line::Row(row) => {
                self.run.rows.push(row);
                self.bar.inc(1);
            }
            Line::Dropped(dropped) => {
                self.run.dropped.push(dropped);
                self.bar.inc(1);
            }
            Line::End(end) => self.run.end = Some(end),
        }
        written
    }

    fn doing(&mut self, what: &str) {
        self.bar.set_message(what.to_owned());
    }
}

fn progress(planned: &[Planned<'_>]) -> ProgressBar {
    let bar = ProgressBar::new(planned.len() as u64);
    // The template is a constant, and right.
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn write_page(path: Option<&Path>, run: &Run) -> Result<()> {
    let Some(path) = path else { return Ok(()) };
    std::fs::write(path, html::page(run)).with_context(|| format!("cannot write {}", path.display()))
}

/// The native peers that some benchmark has.
fn native_peers(suites: &[Suite]) -> Vec<&'static str> {
    let benchmarks = || suites.iter().flat_map(|suite| &suite.benchmarks);
    let has = |name: &str| benchmarks().any(|benchmark| benchmark.implementation(name).is_some());
    sides::NATIVE.iter().map(|(name, _)| *name).filter(|name| has(name)).collect()
}

/// Lets this process and those it starts have so many cores only: every library then uses as many threads.
fn bind_to_cores(n: usize) -> Result<()> {
    let all = rustix::thread::sched_getaffinity(None).context("cannot ask for the cores of this process")?;
    ensure!(n >= 1 && n <= all.count() as usize, "--threads: expected 1 to {}, got {n}", all.count());
    let mut chosen = rustix::thread::CpuSet::new();
    (0..rustix::thread::CpuSet::MAX_CPU).filter(|&core| all.is_set(core)).take(n).for_each(|core| chosen.set(core));
    rustix::thread::sched_setaffinity(None, &chosen).context("cannot choose the cores of this process")
}

/// The worker's script in a file that lives as long as this.
struct Script(tempfile::NamedTempFile);

impl Script {
    fn write() -> Result<Script> {
        let mut file = tempfile::Builder::new()
            .prefix("hloom-bench")
            .suffix(".py")
            .tempfile()
            .context("no place for temporary files")?;
        file.write_all(peers::WORKER.as_bytes()).context("no place for temporary files")?;
        Ok(Script(file))
    }
}

fn launcher(words: &[&str], python: Option<&Path>, script: &Script) -> Result<Launcher> {
    let program = std::env::current_exe().context("this program does not know its own file")?;
    let mut arguments: Vec<OsString> = words.iter().map(OsString::from).collect();
    arguments.push("worker".into());
    let found = peers::find(python);
    // Without a Python hloom is still measured beside its floor; one that was named has to work.
    let python = match (found, python) {
        (Ok(found), _) => Some((found.program, script.0.path().to_owned())),
        (Err(error), Some(_)) => return Err(error),
        (Err(_), None) => None,
    };
    Ok(Launcher { worker: (program, arguments), python })
}
