//! Everything that CI checks, step by step. Knows which steps there are and how each is run; what the
//! layers and the documentation ask for is elsewhere.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::{docs, layers, page, process, tools, xla};

/// One check. The order is that of the run: what fails quickly comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// Sources are formatted.
    Fmt,
    /// Crates and files know only what they may.
    Layers,
    /// Generated tables are up to date, and the links between pages lead somewhere.
    Docs,
    /// Nothing is misspelt.
    Typos,
    /// No lint fires.
    Clippy,
    /// Unit, integration and documentation tests pass.
    Tests,
    /// The page of a benchmark run is right in Chromium, which has to be there.
    Page,
    /// The reference documentation builds without warnings.
    Rustdoc,
    /// Every dependency is used.
    Machete,
    /// Dependencies have licences, sources and versions that are allowed.
    Deny,
    /// The book builds.
    Book,
    /// The backend over the `xla` crate passes its tests, which takes its library, libclang and a C++ compiler.
    Xla,
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    fn run(self) -> Result<()> {
        match self {
            Step::Fmt => process::run(process::cargo().args(["fmt", "--all", "--check"])),
            Step::Layers => layers::check(),
            Step::Docs => docs::run(true),
            Step::Typos => process::run(&mut tools::TYPOS.command()?),
            Step::Clippy => process::run(process::cargo().args([
                "clippy",
                "--workspace",
                "--all-targets",
                // The test of the page is built with it only.
                "--features",
                "hloom-bench/browser",
                "--keep-going",
                "--",
                "-D",
                "warnings",
            ])),
            Step::Tests => process::run(process::cargo().args(["test", "--workspace", "--no-fail-fast"])),
            Step::Page => page::check(),
            // Libraries only: the program's name is that of the library, whose pages it would replace.
            Step::Rustdoc => process::run(
                process::cargo()
                    .args(["doc", "--workspace", "--lib", "--no-deps", "--keep-going"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            Step::Machete => process::run(tools::MACHETE.command()?.args(["--with-metadata"])),
            Step::Deny => deny(),
            Step::Book => process::run(tools::MDBOOK.command()?.args(["build", "docs"])),
            Step::Xla => xla::run(xla::Task::Test),
        }
    }
}

/// Checks dependencies. Known vulnerabilities are looked up where their database can be fetched: it is
/// not a package of a registry, and a machine may reach only those.
fn deny() -> Result<()> {
    let check = |what: &[&str]| -> Result<Command> {
        let mut command = tools::DENY.command()?;
        command.args(["--workspace", "--all-features", "check", "--hide-inclusion-graph"]).args(what);
        Ok(command)
    };
    process::run(&mut check(&["bans", "licenses", "sources"])?)?;
    if process::output(tools::DENY.command()?.args(["fetch", "db"]).env("GIT_TERMINAL_PROMPT", "0")).is_err() {
        println!("the database of advisories cannot be fetched: known vulnerabilities were not looked up");
        return Ok(());
    }
    process::run(&mut check(&["advisories"])?)
}

/// Runs the steps that are asked for, all of them even if some fail, and says how each went.
pub(crate) fn run(skip: &[Step], only: &[Step]) -> Result<()> {
    let is_wanted = |step: &Step| !skip.contains(step) && (only.is_empty() || only.contains(step));
    let steps: Vec<Step> = Step::value_variants().iter().copied().filter(is_wanted).collect();
    let start = Instant::now();
    let mut outcomes: Vec<(Step, Duration, Result<()>)> = Vec::new();
    for (idx, &step) in steps.iter().enumerate() {
        println!("\n==> {} ({} of {})", step.name(), idx + 1, steps.len());
        let start = Instant::now();
        let outcome = step.run();
        if let Err(error) = &outcome {
            println!("{error:#}");
        }
        outcomes.push((step, start.elapsed(), outcome));
    }
    println!("\n==> summary");
    for (step, time, outcome) in &outcomes {
        println!("{:8} {:>7.1} s  {}", step.name(), time.as_secs_f64(), if outcome.is_ok() { "ok" } else { "FAILED" });
    }
    println!("{:8} {:>7.1} s", "total", start.elapsed().as_secs_f64());
    let failed: Vec<String> =
        outcomes.iter().filter(|(_, _, outcome)| outcome.is_err()).map(|(step, ..)| step.name()).collect();
    if !failed.is_empty() {
        bail!("{} of {} steps failed: {}", failed.len(), steps.len(), failed.join(", "));
    }
    Ok(())
}
