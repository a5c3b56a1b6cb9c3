//! How the harness speaks with its workers: a line of JSON each way. A worker is a process that runs one implementation
//! of one benchmark at one size; `python/worker.py` speaks the same. Knows nothing of what is said.
//!
//! The harness writes a [`Request`] to the worker's standard input and reads an [`Answer`] from its standard output; what
//! else a library prints goes to standard error. A worker ends when its input does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a worker is asked to do, told apart by `do`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub(crate) enum Request {
    /// Say which libraries there are: answered with [`Answer::versions`] and [`Answer::details`].
    Hello {
        /// The side whose library is to be imported, or none for a look at all.
        side: Option<String>,
    },
    /// Write the inputs of a benchmark: answered with [`Answer::files`], and their types in order as [`Answer::details`]. For
    /// workers of this program only.
    Prepare {
        /// The suite and name of the benchmark, `suite/name`.
        benchmark: String,
        /// The size.
        n: usize,
        /// Where the files go, `in0.npy` and so on.
        folder: PathBuf,
    },
    /// Read the inputs, get ready and compute once: answered with [`Answer::compile_ns`] and [`Answer::first_ns`].
    Load {
        /// The suite and name of the benchmark.
        benchmark: String,
        /// The side: `hloom`, `lazy`, `floor` or a peer.
        side: String,
        /// The size.
        n: usize,
        /// The source of a Python implementation, which defines `run`.
        source: Option<String>,
        /// The inputs.
        files: Vec<PathBuf>,
    },
    /// Write the results of the last computation: answered with [`Answer::files`].
    Save {
        /// Where the files go, `out0.npy` and so on.
        folder: PathBuf,
    },
    /// Compute, and measure: answered with [`Answer::samples`], `count` of them.
    Time {
        /// How many values are wanted.
        count: usize,
        /// How many computations, one after the other, make one value.
        inner: usize,
    },
    /// The most memory that the process has had so far: answered with [`Answer::peak_bytes`].
    Memory,
    /// What the library made of the computation, as text for people: answered with [`Answer::texts`].
    Explain,
    /// Compare results with what they should be: answered with [`Answer::difference`]. For workers of this program only.
    Judge {
        /// The results.
        files: Vec<PathBuf>,
        /// What they should be.
        reference: Vec<PathBuf>,
        /// How far they may be from it, relative to the greatest magnitude.
        #[serde(with = "text")]
        tolerance: f64,
    },
    /// What the machine can do: answered with [`Answer::roofline`]. For workers of this program only.
    Roofline,
}

/// What a worker answers. What was not asked for is left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    /// Why it could not be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<String>,
    /// Whether the library lacks something that the computation needs, so that nothing is wrong.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unsupported: bool,
    /// Libraries and their versions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) versions: BTreeMap<String, String>,
    /// What else is to be known about the library: its kernels, its threads.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) details: BTreeMap<String, String>,
    /// Files that were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) files: Vec<PathBuf>,
    /// What compiling took, where the library tells it apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) compile_ns: Option<f64>,
    /// What the first computation took, compiling included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_ns: Option<f64>,
    /// What was done again behind the first computation, before the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) again_ns: Option<f64>,
    /// Measured values: nanoseconds a computation, or what the benchmark counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) samples: Vec<f64>,
    /// The most memory that the process has had so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) peak_bytes: Option<f64>,
    /// Texts, each with a title.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) texts: Vec<(String, String)>,
    /// In what results differ from what they should be; empty if they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) difference: Option<String>,
    /// What the machine can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) roofline: Option<crate::record::Roofline>,
}

/// A float as text: an infinite one is no number of JSON.
mod text {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances_arrive_as_they_were_sent() {
        for tolerance in [0.0, 3e-5, 1e-13, f64::INFINITY] {
            let request = Request::Judge { files: vec![], reference: vec![], tolerance };
            let line = serde_json::to_string(&request).unwrap();
            let Request::Judge { tolerance: found, .. } = serde_json::from_str(&line).unwrap() else {
                panic!("{line}");
            };
            assert_eq!(found, tolerance, "{line}");
        }
    }
}
