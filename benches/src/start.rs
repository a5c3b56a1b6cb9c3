//! What happens once in a process: from its start to its first result, and to the first result of a program that an
//! earlier process has compiled. Measured in child processes (`src/bin/start.rs`), beside children that do the same with
//! the backend alone; and the child that counts memory (`src/bin/memory.rs`).

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use hloom::NdArray;
use hloom_backend::{Argument, HostData, Signature};
use hloom_bench::{Benchmark, Budget, Limit, Suite};
use hloom_hlo::Options;
use hloom_pjrt::{Device, DeviceKind, DeviceSpec, Executable};
use serde::{Deserialize, Serialize};

use crate::chain::{Chain, Operand};
use crate::samples::Sample;

/// What the first result of a process comes from.
const FIRST: Chain = Chain { len: 2, operand: Operand::Array, size: 4 };

/// The program that is measured once the device is open.
const SECOND: Chain = Chain { len: 10, operand: Operand::Array, size: 4 };

/// What a child process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Child {
    /// Computes with arrays.
    Library,
    /// Compiles with the backend alone, and keeps the programs.
    BackendCompile,
    /// Runs what another child kept, with the backend alone.
    BackendLoad,
}

/// What a child measured, in nanoseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Started {
    /// From the start of `main` to the first result.
    first_result: u64,
    /// From the first to the second result, which comes from another program.
    second_program: u64,
    /// Programs compiled.
    compiles: u64,
    /// Programs loaded from the disk cache.
    disk_hits: u64,
}

/// What a child process measures; `start` is when it started, `folder` is shared by the children.
///
/// # Errors
/// What compiling, loading or running reports.
pub fn run_child(child: Child, start: Instant, folder: &Path) -> Result<Started> {
    match child {
        Child::Library => library(start),
        Child::BackendCompile => backend(start, folder, true),
        Child::BackendLoad => backend(start, folder, false),
    }
}

fn library(start: Instant) -> Result<Started> {
    let read = |chain: &Chain| {
        let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
        chain.record(&x, &y).to_vec::<f32>()
    };
    read(&FIRST)?;
    let first_result = nanos(start.elapsed());
    let (_, second_program) = time(|| Ok(read(&SECOND)?))?;
    let stats = hloom::stats();
    Ok(Started {
        first_result,
        second_program: nanos(second_program),
        compiles: stats.compiles,
        disk_hits: stats.disk_hits,
    })
}

fn backend(start: Instant, folder: &Path, compile: bool) -> Result<Started> {
    let backend = hloom_pjrt::open(&DeviceSpec { kind: DeviceKind::Cpu, index: 0 })?;
    let (first_file, second_file) = (folder.join("first"), folder.join("second"));
    let first = backend_read(&backend, &FIRST, &first_file, compile)?;
    let first_result = nanos(start.elapsed());
    let (second, second_program) = time(|| backend_read(&backend, &SECOND, &second_file, compile))?;
    if compile {
        std::fs::write(&first_file, first.serialize()?)?;
        std::fs::write(&second_file, second.serialize()?)?;
    }
    Ok(Started { first_result, second_program: nanos(second_program), compiles: 0, disk_hits: 0 })
}

/// Gets a program, runs it and reads its result. Lowering is part of it only if the program is compiled.
fn backend_read(device: &Device, chain: &Chain, file: &Path, compile: bool) -> Result<Executable> {
    let signature = Signature { parameters: vec![chain.ty(); 2], results: vec![chain.ty()] };
    let executable = if compile {
        device.compile(&hloom_hlo::lower(&chain.program(), &Options::default())?.encode(), &signature)?
    } else {
        device.load(&std::fs::read(file)?, &signature)?
    };
    let mut buffers = Vec::new();
    for (ty, bytes) in chain.arguments() {
        buffers.push(device.upload(HostData::Borrowed(&bytes), &ty)?);
    }
    let arguments: Vec<Argument<'_>> =
        buffers.iter().map(|buffer| Argument { buffer: &**buffer, donated: false }).collect();
    let results = executable.execute(&arguments)?;
    let result = results.first().context("a program without results was run")?;
    let mut bytes = Vec::new();
    result.read(&mut |read| bytes = read.to_vec())?;
    ensure!(bytes.len() == chain.ty().size_bytes(), "a result has {} bytes", bytes.len());
    Ok(executable)
}

/// What a row of the suite measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// The cache folder is new: the plugin is hashed, once for a machine.
    New,
    /// No program was compiled yet.
    Empty,
    /// An earlier process has compiled all programs.
    Warm,
}

/// The suite.
pub fn suite() -> Suite {
    let first = |started: &Started| started.first_result;
    let second = |started: &Started| started.second_program;
    Suite::new(
        "start",
        "from the start of a process to its first result, beside the backend alone",
        [
            row("cold_start_new", "main to first result, new cache: the plugin is hashed", Start::New, first),
            row("cold_start_empty", "main to first result, compiled", Start::Empty, first),
            row("cold_start_warm", "main to first result, from the disk cache", Start::Warm, first),
            row("warm_program", "a further program of 10 operations, from the disk cache", Start::Warm, second)
                .budget(|_| Budget::new(Limit::Absolute(2e6), "2 ms")),
        ],
    )
}

fn row(name: &str, about: &str, start: Start, field: fn(&Started) -> u64) -> Benchmark {
    Benchmark::new(name, about)
        .sizes([("S", 1)])
        .sampler("hloom", move |_| starts(start, Child::Library, field))
        .sampler("floor", move |_| match start {
            Start::New | Start::Empty => starts(Start::Empty, Child::BackendCompile, field),
            Start::Warm => starts(Start::Warm, Child::BackendLoad, field),
        })
}

/// A child's time, from a process that is started for each sample.
fn starts(start: Start, child: Child, field: fn(&Started) -> u64) -> Result<Sample> {
    let plugin = hloom_pjrt::find(DeviceKind::Cpu)?.path;
    let folder = tempfile::tempdir()?;
    // The first process hashes the plugin and leaves its programs.
    let filler = if child == Child::BackendLoad { Child::BackendCompile } else { child };
    spawn(filler, &plugin, folder.path())?;
    Ok(Box::new(move || {
        match start {
            Start::New => clear(folder.path())?,
            Start::Empty => clear(&folder.path().join("executables"))?,
            Start::Warm => {}
        }
        let started = spawn(child, &plugin, folder.path())?;
        if child == Child::Library {
            let expected = if start == Start::Warm { (0, 2) } else { (2, 0) };
            ensure!((started.compiles, started.disk_hits) == expected, "expected other programs: {started:?}");
        }
        Ok(field(&started) as f64)
    }))
}

/// Empties a folder that may not be there.
fn clear(folder: &Path) -> Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() { std::fs::remove_dir_all(path)? } else { std::fs::remove_file(path)? }
    }
    Ok(())
}

fn spawn(child: Child, plugin: &Path, folder: &Path) -> Result<Started> {
    let name = child.to_possible_value().context("a child without a name")?;
    let mut command = program("start")?;
    command.args(["--child", name.get_name()]).arg("--folder").arg(folder);
    command.env("HLOOM_CACHE_DIR", folder).env("HLOOM_PLUGIN_CPU", plugin).env("HLOOM_DEVICE", "cpu");
    command.env("TF_CPP_MIN_LOG_LEVEL", "3").env_remove("HLOOM_DISK_CACHE");
    serde_json::from_str(&output(&mut command)?).context("a child printed something else than its times")
}

/// The bytes that a pending operation takes, counted in a process of their own.
///
/// # Errors
/// If that program is not built, or fails.
pub fn record_bytes() -> Result<f64> {
    let text = output(&mut program("memory")?)?;
    text.trim().parse().context("the program that counts memory printed no number")
}

/// A program of this package: beside this one, which may be a test, or built by cargo.
fn program(name: &str) -> Result<Command> {
    let this = std::env::current_exe()?;
    let folders = this.ancestors().skip(1).take(2);
    let mut beside = folders.map(|folder| folder.join(name).with_extension(std::env::consts::EXE_EXTENSION));
    if let Some(found) = beside.find(|path| path.is_file()) {
        return Ok(Command::new(found));
    }
    let cargo =
        std::env::var_os("CARGO").context("a program of the benchmarks is not built; run this through cargo")?;
    let mut build = Command::new(&cargo);
    build.args(["build", "--quiet", "--release", "--package", "hloom-benches", "--bin", name]);
    output(&mut build)?;
    let mut run = Command::new(cargo);
    run.args(["run", "--quiet", "--release", "--package", "hloom-benches", "--bin", name, "--"]);
    Ok(run)
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn time<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let start = Instant::now();
    let value = work()?;
    Ok((value, start.elapsed()))
}
