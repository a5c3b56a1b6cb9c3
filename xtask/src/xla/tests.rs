//! The tests of the backend over the `xla` crate: its own, the suite of backends on it, NumPy's recorded answers and random
//! programs. Knows not what they test.

use anyhow::Result;

use super::environment::Environment;
use crate::process;

/// How many random programs are compared. They are as many as take a minute or two.
const N_PROGRAMS: &str = "320";

/// Where its answers differ from those of a plugin, with the reasons.
const KNOWN: &str = "tests/conformance/xla.tsv";

/// Installs what is missing, and runs everything.
pub(crate) fn run() -> Result<()> {
    let environment = Environment::find_or_install()?;
    let cargo = |words: &[&str]| -> Result<()> {
        let mut command = process::cargo();
        // The crate's C++ file takes minutes to compile, and longer if it is optimized.
        command.args([
            "--config",
            "profile.dev.package.xla.opt-level=0",
            "--config",
            "profile.dev.package.xla.debug=false",
        ]);
        command.args(words).env("HLOOM_BACKEND", "xla");
        process::run(environment.apply(&mut command))
    };
    let linked = ["--package", "hloom-xla", "--features", "hloom-xla/link"];
    cargo(&[&["clippy", "--all-targets"], &linked[..], &["--", "-D", "warnings"]].concat())?;
    cargo(&[&["test"], &linked[..]].concat())?;
    let suites = ["--package", "hloom-tests", "--features", "hloom-tests/xla"];
    cargo(&[&["test", "--test", "main"], &suites[..], &["--", "backend::"]].concat())?;
    let examples = ["--package", "hloom-examples", "--features", "hloom-examples/xla"];
    cargo(&[&["test", "--test", "co2", "--test", "kmeans"], &examples[..]].concat())?;
    cargo(&[&["run", "--bin", "conformance"], &suites[..], &["--", "--known", KNOWN]].concat())?;
    cargo(
        &[&["run", "--bin", "differential"], &suites[..], &["--", "--count", N_PROGRAMS, "--together", "16"]].concat(),
    )
}
