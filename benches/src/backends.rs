//! What a backend costs through its traits alone: opening it, compiling, running, and the memory it takes. The same code
//! measures each backend, in a process of its own. Knows no backend but by its driver.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use hloom::backends::Driver;
use hloom_backend::{Argument, Backend, Buffer, CompileOptions, DeviceKind, DeviceSpec, Executable, HostData};
use hloom_bench::statistics::median;
use hloom_ir::{Contraction, DType, DotDims, Program, Type};
use hloom_transform::{Build, ProgramBuilder};
use serde::{Deserialize, Serialize};

use crate::chain::{Chain, Operand};

/// What is compiled again and again, under another name each time, and run on few elements.
const SMALL: Chain = Chain { len: 10, operand: Operand::Array, size: 4 };

/// What is run on many elements.
const LARGE: Chain = Chain { size: 10_000_000, ..SMALL };

/// The extent of the matrices that are multiplied.
const EXTENT: usize = 1024;

/// How often programs are compiled, and small ones run, in each of so many rounds.
const N_COMPILES: usize = 15;
const N_RUNS: usize = 5000;
const N_ROUNDS: usize = 9;

/// What was measured: times in nanoseconds, memory in bytes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Costs {
    /// Opening the first device.
    pub client_start: f64,
    /// Compiling a chain of 10 operations that was never compiled before.
    pub compile: f64,
    /// Compiling it again, which may read what the first time wrote to the disk.
    pub compile_again: f64,
    /// Running such a chain on 4 elements, and freeing the result.
    pub tiny_execute: f64,
    /// The same, and reading the result.
    pub tiny_read: f64,
    /// A product of two float32 matrices of 1024 rows and columns.
    pub product: f64,
    /// A chain of 10 operations on 10 million float32 elements, written to memory that was used before.
    pub large_chain: f64,
    /// Reading these 10 million elements.
    pub large_read: f64,
    /// What the process holds when the device is open.
    pub open_memory: u64,
}

/// Measures a backend.
///
/// # Errors
/// What opening, compiling and running reports.
pub fn measure(driver: &dyn Driver) -> Result<Costs> {
    let start = Instant::now();
    let backend = driver.open(&DeviceSpec { kind: DeviceKind::Cpu, index: 0 })?;
    let client_start = start.elapsed().as_secs_f64() * 1e9;
    let open_memory = resident()?;
    let backend = &*backend;
    let median = |times: Vec<f64>| median(&times).context("nothing was measured");

    let (mut compile, mut compile_again) = (Vec::new(), Vec::new());
    // No earlier run has compiled a program of this name.
    let run_id = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    for idx in 0..N_COMPILES {
        let program = SMALL.program();
        let options = CompileOptions { name: format!("benchmark_{run_id}_{idx}"), ..options(false) };
        for times in [&mut compile, &mut compile_again] {
            let start = Instant::now();
            backend.compile(&program, &options)?;
            // The first compilation starts what others find started.
            if idx > 0 {
                times.push(start.elapsed().as_secs_f64() * 1e9);
            }
        }
    }

    let small = backend.compile(&SMALL.program(), &options(false))?.executable;
    let inputs = [floats(backend, &SMALL.first())?, floats(backend, &SMALL.other())?];
    let tiny_execute = repeated(N_RUNS, || run(&*small, &inputs, None).map(|result| drop(black_box(result))))?;
    let tiny_read = repeated(N_RUNS, || read(&*run(&*small, &inputs, None)?))?;

    let matrix = floats_as(backend, &vec![0.5; EXTENT * EXTENT], &Type::new(DType::F32, [EXTENT, EXTENT]))?;
    let product = backend.compile(&product_program()?, &options(false))?.executable;
    let factors = [Arc::clone(&matrix), matrix];
    let product = repeated(3, || Ok(run(&*product, &factors, None)?.wait()?))?;

    let chain = backend.compile(&LARGE.program(), &options(true))?.executable;
    let inputs = [floats(backend, &LARGE.first())?, floats(backend, &LARGE.other())?];
    let mut place = backend.allocate(&LARGE.ty())?;
    let large_chain = repeated(3, || {
        let result = run(&*chain, &inputs, Some(&*place))?;
        result.wait()?;
        place = result;
        Ok(())
    })?;
    let large_read = repeated(3, || read(&*place))?;
    Ok(Costs {
        client_start,
        compile: median(compile)?,
        compile_again: median(compile_again)?,
        tiny_execute: median(tiny_execute)?,
        tiny_read: median(tiny_read)?,
        product: median(product)?,
        large_chain: median(large_chain)?,
        large_read: median(large_read)?,
        open_memory,
    })
}

/// The time of one run, in each round, after a round that is not counted.
fn repeated(n_runs: usize, mut run: impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    let mut samples = Vec::new();
    for round in 0..=N_ROUNDS {
        let start = Instant::now();
        for _ in 0..n_runs {
            run()?;
        }
        if round > 0 {
            samples.push(start.elapsed().as_secs_f64() * 1e9 / n_runs as f64);
        }
    }
    Ok(samples)
}

/// The first result of a program; `place` is the memory that it is written to.
fn run(executable: &dyn Executable, inputs: &[Arc<dyn Buffer>], place: Option<&dyn Buffer>) -> Result<Arc<dyn Buffer>> {
    let inputs = inputs.iter().map(|buffer| Argument { buffer: &**buffer, donated: false });
    let arguments: Vec<_> = inputs.chain(place.map(|buffer| Argument { buffer, donated: true })).collect();
    executable.execute(&arguments)?.into_iter().next().context("a program without results")
}

fn read(buffer: &dyn Buffer) -> Result<()> {
    let mut last = None;
    buffer.read(&mut |bytes| last = bytes.last().copied())?;
    ensure!(black_box(last).is_some(), "nothing was read");
    Ok(())
}

fn options(with_place: bool) -> CompileOptions {
    let output_buffers = if with_place { vec![0] } else { Vec::new() };
    CompileOptions { name: "benchmark".to_owned(), output_buffers, ..CompileOptions::default() }
}

fn product_program() -> Result<Program> {
    let mut builder = ProgramBuilder::new();
    let ty = Type::new(DType::F32, [EXTENT, EXTENT]);
    let factors = [builder.input(ty.clone()), builder.input(ty)];
    let dims = DotDims {
        lhs_batch: Default::default(),
        rhs_batch: Default::default(),
        lhs_contracting: [1].as_slice().into(),
        rhs_contracting: [0].as_slice().into(),
    };
    let product = builder.op(Contraction::Dot(Box::new(dims)), &factors)?;
    Ok(builder.finish(&[product]))
}

fn floats(backend: &dyn Backend, values: &[f32]) -> Result<Arc<dyn Buffer>> {
    floats_as(backend, values, &Type::new(DType::F32, [values.len()]))
}

fn floats_as(backend: &dyn Backend, values: &[f32], ty: &Type) -> Result<Arc<dyn Buffer>> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Ok(backend.upload(HostData::Borrowed(&bytes), ty)?)
}

/// The bytes of this process that are in memory.
///
/// # Errors
/// If the system does not say.
pub fn resident() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    let kib: u64 = line.split_whitespace().next().context("VmRSS has no value")?.parse()?;
    Ok(kib * 1024)
}

/// The median of how long a program takes to start and to end without doing anything.
///
/// # Errors
/// If it does not run.
pub fn process_start(command: &mut std::process::Command) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..N_ROUNDS {
        let start = Instant::now();
        let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
        times.push(start.elapsed());
        ensure!(status.success(), "{command:?} failed: {status}");
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_is_a_program() {
        product_program().unwrap().verify().unwrap();
    }

    #[test]
    fn this_process_is_in_memory() {
        assert!(resident().unwrap() > 1 << 20);
    }
}
