//! What happens once in a process: from its start to its first result, and to the first result of a
//! program that an earlier process has compiled. Measured in child processes, beside children that do the
//! same with the backend alone; and the child that counts memory.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use hloom::NdArray;
use hloom_backend::{Argument, HostData, Signature};
use hloom_hlo::Options;
use hloom_pjrt::{Device, DeviceKind, DeviceSpec, Executable};
use serde::{Deserialize, Serialize};

use crate::chain::{Chain, Operand};
use crate::report::{Entry, Unit};
use crate::timing::{Samples, time};

/// How often every kind of start is measured.
const REPEATS: usize = 7;

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
    let (_, second_program) = time(|| read(&SECOND))?;
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

/// Measures starts of processes: with nothing known but the plugin, with no program compiled yet, and
/// with all programs compiled.
///
/// # Errors
/// If a child fails, or finds programs where there are none or none where there are.
pub fn cold_start() -> Result<Vec<Entry>> {
    let plugin = hloom_pjrt::find(DeviceKind::Cpu)?.path;
    let [mut new, mut empty, mut empty_floor] = [const { Vec::new() }; 3];
    let [mut warm, mut warm_floor] = [const { Vec::new() }; 2];
    for _ in 0..REPEATS {
        let folder = tempfile::tempdir()?;
        let spawn = |child| spawn(child, &plugin, folder.path());
        new.push(spawn(Child::Library)?);
        std::fs::remove_dir_all(folder.path().join("executables"))?;
        empty.push(spawn(Child::Library)?);
        empty_floor.push(spawn(Child::BackendCompile)?);
        warm.push(spawn(Child::Library)?);
        warm_floor.push(spawn(Child::BackendLoad)?);
    }
    for started in new.iter().chain(&empty) {
        ensure!((started.compiles, started.disk_hits) == (2, 0), "a first process found programs: {started:?}");
    }
    for started in &warm {
        ensure!((started.compiles, started.disk_hits) == (0, 2), "a second process compiled: {started:?}");
    }
    let summary = |runs: &[Started], field: fn(&Started) -> u64| {
        let mut samples = Samples::default();
        runs.iter().for_each(|started| samples.push(Duration::from_nanos(field(started))));
        samples.summary(runs.len())
    };
    let (first, second) = (|started: &Started| started.first_result, |started: &Started| started.second_program);
    Ok(vec![
        Entry::new(
            "cold_start_new",
            "main to first result, new cache: the plugin is hashed, once for a machine",
            Unit::Ns,
            summary(&new, first)?,
        )
        .over(&summary(&empty_floor, first)?)?,
        Entry::new("cold_start_empty", "main to first result, compiled", Unit::Ns, summary(&empty, first)?)
            .over(&summary(&empty_floor, first)?)?,
        Entry::new("cold_start_warm", "main to first result, from the disk cache", Unit::Ns, summary(&warm, first)?)
            .over(&summary(&warm_floor, first)?)?,
        Entry::new(
            "warm_program",
            "a further program of 10 operations, from the disk cache",
            Unit::Ns,
            summary(&warm, second)?,
        )
        .over(&summary(&warm_floor, second)?)?
        .within(2e6, "2 ms"),
    ])
}

fn spawn(child: Child, plugin: &Path, folder: &Path) -> Result<Started> {
    let name = child.to_possible_value().context("a child without a name")?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--child", name.get_name()]).arg("--folder").arg(folder);
    command.env("HLOOM_CACHE_DIR", folder).env("HLOOM_PLUGIN_CPU", plugin).env("HLOOM_DEVICE", "cpu");
    command.env("TF_CPP_MIN_LOG_LEVEL", "3").env_remove("HLOOM_DISK_CACHE");
    serde_json::from_str(&output(&mut command)?).context("a child printed something else than its times")
}

/// The bytes that a pending operation takes, counted in a process of their own.
///
/// # Errors
/// If that program cannot be built or run.
pub fn record_bytes() -> Result<Entry> {
    const PROGRAM: &str = "memory";
    // Cargo has built this program only, if it was asked for this program only.
    let mut command = match std::env::var_os("CARGO") {
        Some(cargo) => {
            let mut command = Command::new(cargo);
            command.args(["run", "--quiet", "--release", "--package", "hloom-benches", "--bin", PROGRAM]);
            command
        }
        None => Command::new(sibling(PROGRAM)?),
    };
    let bytes: f64 =
        output(&mut command)?.trim().parse().context("the program that counts memory printed no number")?;
    Ok(Entry::new("record_bytes", "memory of one pending addition, with its handle", Unit::Bytes, bytes.into())
        .within(300.0, "300 B"))
}

fn sibling(name: &str) -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name(name).with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(path.is_file(), "{} is not built; run this through cargo", path.display());
    Ok(path)
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
