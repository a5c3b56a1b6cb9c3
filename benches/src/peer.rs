//! Another library measured in the same run: a process that is asked for times in turn with everything else.
//! Knows how it is asked, not what it measures.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::timing::Samples;

/// What the peer runs.
const PROGRAM: &str = include_str!("../peers/jax_peer.py");

/// A Python process with jax.
#[derive(Debug)]
pub struct Peer {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    version: String,
}

#[derive(Deserialize)]
struct Greeting {
    version: String,
}

impl Peer {
    /// Starts the peer, if there is a Python with jax: the one that `HLOOM_PYTHON` names, else `python3`.
    pub fn start() -> Option<Peer> {
        let python = std::env::var_os("HLOOM_PYTHON").unwrap_or_else(|| "python3".into());
        let mut process = Command::new(python)
            .args(["-c", PROGRAM])
            .env("JAX_PLATFORMS", "cpu")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let (stdin, stdout) = (process.stdin.take()?, BufReader::new(process.stdout.take()?));
        let mut peer = Peer { process, stdin, stdout, version: String::new() };
        // Without jax it ends before it says anything.
        let greeting: Greeting = serde_json::from_str(&peer.line().ok()?).ok()?;
        peer.version = greeting.version;
        Some(peer)
    }

    /// The version of jax.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Has something measured `n` times. Each time is divided by `n_parts`.
    ///
    /// # Errors
    /// If the peer does not answer with as many times.
    pub fn measure(&mut self, name: &str, n: usize, n_parts: usize, samples: &mut Samples) -> Result<()> {
        let times: Vec<u64> = self.ask(name, &n.to_string())?;
        ensure!(times.len() == n, "the peer measured {name} {} times, not {n}", times.len());
        for time in times {
            samples.push_each(Duration::from_nanos(time), n_parts);
        }
        Ok(())
    }

    /// The numbers of a result.
    ///
    /// # Errors
    /// If the peer does not answer.
    pub fn result(&mut self, name: &str) -> Result<Vec<f64>> {
        self.ask("check", name)
    }

    fn ask<T: for<'de> Deserialize<'de>>(&mut self, name: &str, argument: &str) -> Result<T> {
        writeln!(self.stdin, "{name} {argument}").with_context(|| format!("the peer does not take {name}"))?;
        serde_json::from_str(&self.line()?).with_context(|| format!("the peer does not answer {name}"))
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
