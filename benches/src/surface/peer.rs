//! NumPy and jax measured in the same run: a process that is asked for times. Knows how it is asked, not what it measures.

use std::process::Stdio;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::python::Python;

const PROGRAM: &str = include_str!("../../peers/surface_peer.py");

/// A Python process with NumPy, and with jax if there is one.
pub(super) struct Peer {
    python: Python,
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
        let mut python = Python::start(PROGRAM, Stdio::inherit())?;
        let versions = python.said().context("no Python with NumPy: HLOOM_PYTHON names one")?;
        Ok(Peer { python, versions })
    }

    pub(super) fn ask(&mut self, expression: &str, size: usize, count: usize) -> Result<Answer> {
        self.python.ask(&serde_json::to_string(&Question { expression, size, count })?)
    }
}
