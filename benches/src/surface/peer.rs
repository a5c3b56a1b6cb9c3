//! NumPy and jax measured in the same run: a process that is asked for times. Knows how it is asked, not what it measures.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

const PROGRAM: &str = include_str!("../../peers/surface_peer.py");

/// A Python process with NumPy, and with jax if there is one.
pub(super) struct Peer {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    pub(super) versions: Vec<Option<String>>,
}

#[derive(Serialize)]
struct Question<'a> {
    expression: &'a str,
    size: usize,
    count: usize,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    pub(super) numpy: Option<Vec<u64>>,
    pub(super) jax: Option<Vec<u64>>,
}

impl Peer {
    pub(super) fn start() -> Result<Peer> {
        let python = std::env::var_os("HLOOM_PYTHON").unwrap_or_else(|| "python3".into());
        let mut process = Command::new(python)
            .args(["-c", PROGRAM])
            .env("JAX_PLATFORMS", "cpu")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("no Python: HLOOM_PYTHON names one")?;
        let stdin = process.stdin.take().context("the peer has no input")?;
        let stdout = BufReader::new(process.stdout.take().context("the peer has no output")?);
        let mut peer = Peer { process, stdin, stdout, versions: Vec::new() };
        peer.versions = serde_json::from_str(&peer.line().context("no Python with NumPy: HLOOM_PYTHON names one")?)?;
        Ok(peer)
    }

    pub(super) fn ask(&mut self, expression: &str, size: usize, count: usize) -> Result<Answer> {
        let question = serde_json::to_string(&Question { expression, size, count })?;
        writeln!(self.stdin, "{question}")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stdout.read_line(&mut line)? > 0, "the peer has ended");
        Ok(line)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
