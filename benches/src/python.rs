//! A Python process that answers lines with lines of JSON. Knows nothing of what it is asked.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

/// A running process. Dropping it ends it.
#[derive(Debug)]
pub struct Python {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Python {
    /// Starts a program with the Python that `HLOOM_PYTHON` names, else `python3`. What it complains of goes to `stderr`.
    ///
    /// # Errors
    /// If there is no such Python.
    pub fn start(program: &str, stderr: Stdio) -> Result<Python> {
        let python = std::env::var_os("HLOOM_PYTHON").unwrap_or_else(|| "python3".into());
        let mut process = Command::new(python)
            .args(["-c", program])
            .env("JAX_PLATFORMS", "cpu")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .context("no Python: HLOOM_PYTHON names one")?;
        let stdin = process.stdin.take().context("the process has no input")?;
        let stdout = BufReader::new(process.stdout.take().context("the process has no output")?);
        Ok(Python { process, stdin, stdout })
    }

    /// Writes a line and reads the answer.
    ///
    /// # Errors
    /// If the process does not take the line, has ended, or answers something else.
    pub fn ask<T: DeserializeOwned>(&mut self, line: &str) -> Result<T> {
        writeln!(self.stdin, "{line}")?;
        self.said()
    }

    /// Reads what the process says next.
    ///
    /// # Errors
    /// If it has ended, or says something else.
    pub fn said<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        ensure!(self.stdout.read_line(&mut line)? > 0, "the process has ended");
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
