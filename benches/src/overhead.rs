//! What recording, materializing and reading cost in a running process, each beside the same executable
//! called through the bare C API. Everything is measured as often as `effort` times its usual rounds.

use anyhow::{Context, Result, ensure};
use hloom::NdArray;
use hloom_pjrt::floor::{Device, Program};

use crate::chain::{Chain, Operand};
use crate::report::{Entry, Unit};
use crate::timing::{Plan, Samples, interleave, time};

/// Operations recorded before the clock is read again: fewer than the library lets a thread have pending
/// before it starts to compute them, which would be measured along.
const RECORDED: usize = 50;

/// The elements of small arrays: computing with them takes no time.
const SMALL: usize = 4;

/// The elements of large arrays, which no cache holds.
const LARGE: usize = 10_000_000;

/// What materializing may cost beyond its floor: for the program, and for each of its operations.
const PER_PROGRAM: f64 = 2_000.0;
const PER_OPERATION: f64 = 60.0;

/// What recording an operation may cost.
const PER_RECORD: f64 = 150.0;

/// Reads of a chain that the library cuts, after which it must have compiled all its pieces.
const MOST_WARM_UPS: usize = 64;

/// Recording one addition, and recording and dropping it.
///
/// # Errors
/// What compiling or running reports.
pub fn record(device: &Device, effort: usize) -> Result<Vec<Entry>> {
    let chain = Chain { len: 1, operand: Operand::Array, size: SMALL };
    let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
    let floor = program(device, &chain)?;
    let plan = Plan { rounds: 400 * effort, batch: 8 };
    let mut kept = Vec::with_capacity(RECORDED);
    let cuts = hloom::stats().cuts;
    let (floor_time, recorded) = interleave(
        plan,
        |samples| call(&floor, samples),
        |samples| {
            let (_, elapsed) = time(|| {
                kept.extend((0..RECORDED).map(|_| &x + &y));
                anyhow::Ok(())
            })?;
            samples.push_each(elapsed, RECORDED);
            kept.clear();
            Ok(())
        },
    )?;
    let (drop_floor_time, dropped) = interleave(
        plan,
        |samples| call(&floor, samples),
        |samples| {
            let (_, elapsed) = time(|| {
                kept.extend((0..RECORDED).map(|_| &x + &y));
                kept.clear();
                anyhow::Ok(())
            })?;
            samples.push_each(elapsed, RECORDED);
            Ok(())
        },
    )?;
    ensure!(hloom::stats().cuts == cuts, "record_add: recording {RECORDED} operations started to compute them");
    Ok(vec![
        Entry::new("record_add", "record one addition of f32[4]", Unit::Ns, recorded)
            .over(&floor_time)?
            .within(PER_RECORD, "150 ns"),
        Entry::new("record_add_drop", "record one addition and drop it later", Unit::Ns, dropped)
            .over(&drop_floor_time)?,
    ])
}

/// Materializing a chain of `len` operations on four elements whose program is compiled: reading it as a
/// `Vec`, if the library lets so many operations be pending; else recording and reading it.
///
/// # Errors
/// What compiling or running reports; if the library computes something else than its program does.
pub fn materialize(device: &Device, effort: usize, name: &'static str, len: usize) -> Result<Entry> {
    let chain = Chain { len, operand: Operand::Array, size: SMALL };
    let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
    let cuts = hloom::stats().cuts;
    drop(chain.record(&x, &y));
    if hloom::stats().cuts > cuts {
        return materialize_cut(device, effort, name, len);
    }
    let floor = program(device, &chain)?;
    ensure!(chain.record(&x, &y).to_bytes()? == floor.call()?, "{name}: hloom and its program disagree");
    let plan = Plan { rounds: 200 * effort, batch: 20 };
    let (floor_time, read) = interleave(
        plan,
        |samples| call(&floor, samples),
        |samples| {
            let recorded = chain.record(&x, &y);
            // The floor frees its result too.
            let (_, elapsed) = time(|| {
                let elements = recorded.to_vec::<f32>();
                drop(recorded);
                elements
            })?;
            samples.push(elapsed);
            Ok(())
        },
    )?;
    let excess = PER_PROGRAM + PER_OPERATION * len as f64;
    Entry::new(name, format!("read {len} recorded operations, program cached"), Unit::Ns, read)
        .over(&floor_time)?
        .within_excess(excess, format!("floor + 2 us + 60 ns x {len}"))
}

/// Recording and reading a chain that is longer than the library lets a graph grow, so that it runs in
/// pieces. The floor is as many calls of a program of as many operations as a piece has.
fn materialize_cut(device: &Device, effort: usize, name: &'static str, len: usize) -> Result<Entry> {
    let chain = Chain { len, operand: Operand::Array, size: SMALL };
    let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
    let read = || chain.record(&x, &y).to_vec::<f32>();
    let mut quiet = 0;
    for _ in 0..MOST_WARM_UPS {
        let before = hloom::stats();
        read()?;
        let after = hloom::stats();
        quiet = if (before.compiles, before.disk_hits) == (after.compiles, after.disk_hits) { quiet + 1 } else { 0 };
        if quiet >= 8 {
            break;
        }
    }
    ensure!(quiet > 0, "{name}: each of {MOST_WARM_UPS} reads of one chain compiled something new");
    let before = hloom::stats();
    read()?;
    let pieces = usize::try_from(hloom::stats().executions - before.executions)?.max(1);
    let piece = Chain { len: len.div_ceil(pieces), ..chain.clone() };
    let floor = program(device, &piece)?;
    let plan = Plan { rounds: 60 * effort, batch: 4 };
    let before = hloom::stats();
    let (floor_time, read_time) = interleave(
        plan,
        |samples| {
            let (_, elapsed) = time(|| (0..pieces).try_for_each(|_| floor.call().map(drop)))?;
            samples.push(elapsed);
            Ok(())
        },
        |samples| {
            let (_, elapsed) = time(read)?;
            samples.push(elapsed);
            Ok(())
        },
    )?;
    let after = hloom::stats();
    let compiled = after.compiles + after.disk_hits - before.compiles - before.disk_hits;
    let excess = PER_PROGRAM * pieces as f64 + (PER_OPERATION + PER_RECORD) * len as f64;
    let what = format!("record and read {len} operations, cut into {pieces} programs, {compiled} compiled meanwhile");
    Entry::new(name, what, Unit::Ns, read_time)
        .over(&floor_time)?
        .within_excess(excess, format!("floor + 2 us x {pieces} + (150 + 60) ns x {len}"))
}

/// `(x + 1.0).tolist()` on four elements: recorded, run and converted.
///
/// # Errors
/// What compiling or running reports; if the library computes something else than its program does.
pub fn tolist(device: &Device, effort: usize) -> Result<Entry> {
    let chain = Chain { len: 1, operand: Operand::Number, size: SMALL };
    let x = NdArray::from(chain.first());
    let floor = program(device, &chain)?;
    ensure!(chain.record(&x, &x).to_bytes()? == floor.call()?, "tolist_tiny: hloom and its program disagree");
    let plan = Plan { rounds: 200 * effort, batch: 20 };
    let (floor_time, read) = interleave(
        plan,
        |samples| call(&floor, samples),
        |samples| {
            let (_, elapsed) = time(|| (&x + 1.0).tolist())?;
            samples.push(elapsed);
            Ok(())
        },
    )?;
    Ok(Entry::new("tolist_tiny", "(x + 1.0).tolist() on f32[4], in all", Unit::Ns, read)
        .over(&floor_time)?
        .within(10_000.0, "10 us"))
}

/// Ten operations on ten million elements, `x = f(x)`: both sides write into memory that was used before.
///
/// # Errors
/// What compiling or running reports; if the library computes something else than its program does.
pub fn large(device: &Device, effort: usize) -> Result<Entry> {
    let chain = Chain { len: 10, operand: Operand::Number, size: LARGE };
    let mut x = NdArray::from(chain.first());
    let mut floor = device.chain(&chain.module(true)?, &chain.arguments())?;
    x = chain.record(&x, &x);
    ensure!(x.to_bytes()? == floor.value()?, "chain_10M: hloom and its program disagree");
    let plan = Plan { rounds: 24 * effort, batch: 3 };
    let (floor_time, read) = interleave(
        plan,
        |samples| {
            let ((), elapsed) = time(|| floor.advance())?;
            samples.push(elapsed);
            Ok(())
        },
        |samples| {
            let (_, elapsed) = time(|| {
                x = chain.record(&x, &x);
                x.data().map(drop)
            })?;
            samples.push(elapsed);
            Ok(())
        },
    )?;
    Entry::new("chain_10M", "x = f(x), 10 operations on 10M f32", Unit::Ns, read)
        .over(&floor_time)?
        .within_ratio(1.1, "1.1 x floor")
}

fn program(device: &Device, chain: &Chain) -> Result<Program> {
    device.program(&chain.module(false)?, &chain.arguments()).context("cannot compile the floor")
}

fn call(floor: &Program, samples: &mut Samples) -> Result<()> {
    let (_, elapsed) = time(|| floor.call())?;
    samples.push(elapsed);
    Ok(())
}
