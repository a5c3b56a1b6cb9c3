//! What was compiled for a row: hloom's operations and HLO, beside what jax.jit made of the same. Knows nothing of time.

use std::fmt::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::benchmark::{Benchmark, Implementation, Suite};
use crate::clock::Clock;
use crate::process::Process;
use crate::protocol::{Answer, Request};
use crate::sides::{HLOOM, Launcher, NUMPY};

/// How long a compiler may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// The texts of both sides about a benchmark at a size.
///
/// # Errors
/// If hloom cannot compile it. What jax cannot do is said in the text.
pub(crate) fn text(
    suite: &Suite,
    benchmark: &Benchmark,
    n: usize,
    launcher: &Launcher,
    clock: &Clock,
) -> Result<String> {
    let folder = tempfile::Builder::new().prefix("hloom-bench").tempdir().context("no place for temporary files")?;
    let path = format!("{}/{}", suite.name, benchmark.name);
    let prepare = Request::Prepare { benchmark: path.clone(), n, folder: folder.path().to_owned() };
    let mut own = Process::start(&mut launcher.helper()).map_err(|failure| anyhow!("{failure}"))?;
    let ask = |process: &mut Process, request: &Request| -> Result<Answer> {
        process.ask(request, PATIENCE, clock).map_err(|failure| anyhow!("{failure}"))
    };
    let prepared = ask(&mut own, &prepare)?;
    let types: Vec<&str> = prepared.details.values().map(String::as_str).collect();
    let mut text = format!("{path} with n = {n}: {}\ninputs: {}\n", benchmark.about, types.join(", "));
    let load = |side: &str, source: Option<&str>, files: &[PathBuf]| Request::Load {
        benchmark: path.clone(),
        side: side.into(),
        n,
        source: source.map(str::to_owned),
        files: files.to_vec(),
    };
    ask(&mut own, &load(HLOOM, None, &prepared.files))?;
    section(&mut text, "hloom", &ask(&mut own, &Request::Explain)?);
    drop(own);

    let source = match benchmark.implementation("jax").or_else(|| benchmark.implementation(NUMPY)) {
        Some(Implementation::Python(source)) => *source,
        Some(Implementation::Native(_) | Implementation::Sampler(_)) | None => {
            text.push_str("\njax.jit: it is not written for it\n");
            return Ok(text);
        }
    };
    let jax = launcher.command("jax").context("there is no Python").and_then(|mut command| {
        let mut jax = Process::start(&mut command).map_err(|failure| anyhow!("{failure}"))?;
        ask(&mut jax, &load("jax", Some(source), &prepared.files))?;
        ask(&mut jax, &Request::Explain)
    });
    match jax {
        Ok(answer) => section(&mut text, "jax.jit", &answer),
        Err(error) => text.push_str(&format!("\njax.jit: {error:#}\n")),
    }
    Ok(text)
}

fn section(text: &mut String, side: &str, answer: &Answer) {
    for (title, body) in &answer.texts {
        // Writing to a string does not fail.
        let _ = write!(text, "\n== {side}: {title} ==\n{}\n", body.trim_end());
        if title.contains("optimiz") && !title.contains("before") {
            let count = |what: &str| body.matches(what).count();
            let _ = writeln!(
                text,
                "-- {side}: {} fusions, {} calls of libraries, {} loops",
                count(" fusion("),
                count(" custom-call("),
                count(" while(")
            );
        }
    }
}
