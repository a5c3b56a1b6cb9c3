//! The tests of the backend over the `xla` crate: its own, the suite of backends on it, NumPy's recorded answers and random
//! programs. Knows not what they test.

use anyhow::Result;

use super::environment::Environment;
use crate::process;

/// How many random programs are compared. They are as many as take a minute or two.
const N_PROGRAMS: &str = "320";

/// Installs what is missing, and runs everything.
pub(crate) fn run() -> Result<()> {
    let environment = Environment::find_or_install()?;
    let cargo = |backend: &str, words: &[&str]| -> Result<()> {
        let mut command = process::cargo();
        // The crate's C++ file takes minutes to compile, and longer if it is optimized.
        command.args([
            "--config",
            "profile.dev.package.xla.opt-level=0",
            "--config",
            "profile.dev.package.xla.debug=false",
        ]);
        command.args(words).env("HLOOM_BACKEND", backend);
        process::run(environment.apply(&mut command))
    };
    let linked = ["--package", "hloom-xla", "--features", "hloom-xla/link"];
    cargo("pjrt", &[&["clippy", "--all-targets"], &linked[..], &["--", "-D", "warnings"]].concat())?;
    cargo("pjrt", &[&["test"], &linked[..]].concat())?;
    // The suite opens every backend itself.
    let suites = ["--package", "hloom-tests", "--features", "hloom-tests/xla"];
    cargo("pjrt", &[&["test", "--test", "main"], &suites[..], &["--", "backend::"]].concat())?;
    let examples = ["--package", "hloom-examples", "--features", "hloom-examples/xla"];
    cargo("xla", &[&["test", "--test", "co2", "--test", "kmeans"], &examples[..]].concat())?;
    cargo("xla", &[&["run", "--bin", "conformance"], &suites[..]].concat())?;
    let count = ["--", "--count", N_PROGRAMS, "--together", "16"];
    cargo("xla", &[&["run", "--bin", "differential"], &suites[..], &count].concat())
}
