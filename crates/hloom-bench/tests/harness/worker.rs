//! The Python worker, line by line as the harness speaks with it. What needs no library is tested with any Python, the
//! rest with one that has NumPy, which is installed if need be.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use hloom_bench::peers;
use serde_json::{Value, json};

#[test]
fn a_python_without_libraries_answers() -> Result<()> {
    let mut worker = Worker::start(Path::new("python3"))?;
    let hello = worker.ask(&json!({"do": "hello", "side": null}))?;
    assert!(hello["versions"]["python"].as_str().is_some_and(|version| version.starts_with("3.")), "{hello}");
    assert!(hello.get("error").is_none(), "{hello}");
    let memory = worker.ask(&json!({"do": "memory"}))?["peak_bytes"].as_f64().context("no memory")?;
    assert!((1e6..1e9).contains(&memory), "{memory}");
    Ok(())
}

#[test]
fn what_is_no_request_is_answered_with_an_error() -> Result<()> {
    let mut worker = Worker::start(Path::new("python3"))?;
    for (line, expected) in [
        ("{\"do\":", "not JSON"),
        ("", "not JSON"),
        ("\u{7f}", "not JSON"),
        ("[1, 2]", "expected an object"),
        ("{\"do\": 3}", "expected an object"),
        ("{\"do\": \"judge\"}", "unknown request `judge`"),
        ("{\"do\": \"answer\"}", "unknown request `answer`"),
        ("{\"do\": \"hello\", \"side\": \"octave\"}", "unknown side `octave`: expected one of numpy, jax"),
        ("{\"do\": \"time\", \"count\": 1}", "missing a required argument: 'inner'"),
        ("{\"do\": \"save\", \"folder\": \"f\", \"n\": 3}", "unexpected keyword argument 'n'"),
        ("{\"do\": \"time\", \"count\": 1, \"inner\": 1}", "nothing was loaded"),
        ("{\"do\": \"explain\"}", "nothing was loaded"),
    ] {
        let answer = worker.ask_line(line)?;
        let error = answer["error"].as_str().with_context(|| format!("no error for {line}: {answer}"))?;
        assert!(error.contains(expected), "{line}: {error}");
        assert!(answer.get("unsupported").is_none(), "{line}");
    }
    // It is still there.
    assert!(worker.ask(&json!({"do": "hello"}))?.get("error").is_none());
    Ok(())
}

#[test]
fn numpy_computes_measures_and_writes() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let input = write_input(dir.path(), &[1.0, 2.0, 3.0, 4.0])?;
    let mut worker = Worker::with_numpy()?;
    let hello = worker.ask(&json!({"do": "hello", "side": "numpy"}))?;
    assert!(hello["versions"]["numpy"].is_string(), "{hello}");
    assert!(hello["details"]["blas"].is_string(), "{hello}");

    let source = "def run(np, x):\n    print('not an answer')\n    return 2 * x, np.sum(x)\n";
    let loaded = worker.load("numpy", source, &[&input])?;
    assert!(loaded["first_ns"].as_f64().is_some_and(|time| time > 0.0), "{loaded}");
    assert!(loaded.get("compile_ns").is_none(), "{loaded}");
    for inner in [1, 5] {
        let timed = worker.ask(&json!({"do": "time", "count": 3, "inner": inner}))?;
        let samples = timed["samples"].as_array().context("no samples")?;
        assert_eq!(samples.len(), 3);
        assert!(
            samples.iter().all(|sample| sample.as_f64().is_some_and(|time| (0.0..1e10).contains(&time))),
            "{timed}"
        );
    }
    let saved = worker.ask(&json!({"do": "save", "folder": dir.path()}))?;
    let files: Vec<PathBuf> = serde_json::from_value(saved["files"].clone())?;
    assert_eq!(files, [dir.path().join("out0.npy"), dir.path().join("out1.npy")]);
    assert_eq!(numbers(&files[0], 4)?, [2.0, 4.0, 6.0, 8.0]);
    assert_eq!(numbers(&files[1], 1)?, [10.0]);
    assert!(worker.ask(&json!({"do": "explain"}))?.get("error").is_none());
    Ok(())
}

#[test]
fn time_is_that_of_a_call() -> Result<()> {
    let mut worker = Worker::with_numpy()?;
    worker.load("numpy", "import time\ndef run(np):\n    time.sleep(0.02)\n    return np.zeros(1)\n", &[])?;
    for inner in [1, 3] {
        let timed = worker.ask(&json!({"do": "time", "count": 2, "inner": inner}))?;
        let samples: Vec<f64> = serde_json::from_value(timed["samples"].clone())?;
        assert!(samples.iter().all(|&time| (2e7..2e9).contains(&time)), "{samples:?}");
    }
    let refused = worker.ask(&json!({"do": "time", "count": 0, "inner": 1}))?;
    assert!(refused["error"].as_str().is_some_and(|error| error.contains("expected positive numbers")), "{refused}");
    Ok(())
}

#[test]
fn a_benchmark_that_fails_does_not_end_the_worker() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let input = write_input(dir.path(), &[1.0, 2.0])?;
    let mut worker = Worker::with_numpy()?;
    for (source, expected) in [
        ("def run(np, x):\n    raise SystemExit(3)\n", "SystemExit: 3"),
        ("def run(np, x):\n    raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("def run(np, x):\n    x[0] = 3\n    return x\n", "read-only"),
        ("def run(np, x):\n    return np.nothing_of_the_kind(x)\n", "AttributeError"),
        ("def run(np, x)\n", "SyntaxError"),
        ("import nothing_of_the_kind\n", "ModuleNotFoundError"),
        ("walk = 3\n", "s/b: the source defines no `run`"),
        ("def run(np):\n    return np.zeros(1)\n", "TypeError"),
    ] {
        let answer = worker.load("numpy", source, &[&input])?;
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(expected)), "{source}: {answer}");
        // What NumPy lacks is wrong in the source.
        assert!(answer.get("unsupported").is_none(), "{source}: {answer}");
        let timed = worker.ask(&json!({"do": "time", "count": 1, "inner": 1}))?;
        assert_eq!(timed["error"], "nothing was loaded");
    }
    let missing = worker.load("numpy", "def run(np, x):\n    return x\n", &[&dir.path().join("missing.npy")])?;
    assert!(missing["error"].as_str().is_some_and(|error| error.contains("FileNotFoundError")), "{missing}");
    Ok(())
}

#[test]
fn results_that_no_file_can_hold_are_refused() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let mut worker = Worker::with_numpy()?;
    let loaded = worker.load("numpy", "def run(np):\n    return np.zeros(2), {'a': 1}\n", &[])?;
    assert!(loaded.get("error").is_none(), "{loaded}");
    let saved = worker.ask(&json!({"do": "save", "folder": dir.path()}))?;
    assert_eq!(saved["error"], "result 1: NumPy has no dtype for it: object");
    worker.load("numpy", "def run(np):\n    return np.zeros(2)\n", &[])?;
    let saved = worker.ask(&json!({"do": "save", "folder": dir.path().join("missing")}))?;
    assert!(saved["error"].as_str().is_some_and(|error| error.contains("FileNotFoundError")), "{saved}");
    Ok(())
}

/// A running worker. Dropping it ends it.
struct Worker {
    process: Child,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    fn start(python: &Path) -> Result<Worker> {
        let mut process = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/worker.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("no Python")?;
        let answers = BufReader::new(process.stdout.take().context("the worker has no output")?);
        Ok(Worker { process, answers })
    }

    fn with_numpy() -> Result<Worker> {
        Worker::start(&peers::find_or_install("numpy")?)
    }

    fn load(&mut self, side: &str, source: &str, files: &[&Path]) -> Result<Value> {
        self.ask(&json!({"do": "load", "benchmark": "s/b", "side": side, "n": 1, "source": source, "files": files}))
    }

    fn ask(&mut self, request: &Value) -> Result<Value> {
        self.ask_line(&request.to_string())
    }

    fn ask_line(&mut self, line: &str) -> Result<Value> {
        writeln!(self.process.stdin.as_mut().context("the worker has no input")?, "{line}")?;
        let mut answer = String::new();
        ensure!(self.answers.read_line(&mut answer)? > 0, "the worker has ended");
        serde_json::from_str(&answer).with_context(|| format!("{line}: {answer}"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A worker ends when its input does.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Writes float64 numbers in [NumPy's format](https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
fn write_input(dir: &Path, values: &[f64]) -> Result<PathBuf> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}\n", values.len());
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len())?.to_le_bytes());
    bytes.extend(header.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    let path = dir.join("in0.npy");
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// The last numbers of a file.
fn numbers(path: &Path, count: usize) -> Result<Vec<f64>> {
    let bytes = std::fs::read(path)?;
    let start = bytes.len().checked_sub(8 * count).context("too short")?;
    Ok(bytes[start..].chunks_exact(8).filter_map(|chunk| Some(f64::from_le_bytes(chunk.try_into().ok()?))).collect())
}
