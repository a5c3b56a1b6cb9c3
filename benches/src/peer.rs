//! Another library measured in the same run: a process that is asked for times in turn with everything else.
//! Knows how it is asked, not what it measures.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::python::Python;
use crate::timing::Samples;

/// What the peer runs.
const PROGRAM: &str = include_str!("../peers/jax_peer.py");

/// A Python process with jax.
#[derive(Debug)]
pub struct Peer {
    python: Python,
    version: String,
}

#[derive(Deserialize)]
struct Greeting {
    version: String,
}

impl Peer {
    /// Starts the peer, if there is a Python with jax: the one that `HLOOM_PYTHON` names, else `python3`.
    pub fn start() -> Option<Peer> {
        let mut python = Python::start(PROGRAM, Stdio::null()).ok()?;
        // Without jax it ends before it says anything.
        let Greeting { version } = python.said().ok()?;
        Some(Peer { python, version })
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
        self.python.ask(&format!("{name} {argument}")).with_context(|| format!("the peer does not answer {name}"))
    }
}
