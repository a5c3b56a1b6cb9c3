//! What recording, materializing and reading cost in a running process, each beside the same executable called through
//! the bare C API.

use anyhow::{Context, Result, ensure};
use hloom::NdArray;
use hloom_bench::{Benchmark, Budget, Limit, Suite, Unit};
use hloom_pjrt::DeviceKind;
use hloom_pjrt::floor::{Device, Program};

use crate::chain::{Chain, Operand};
use crate::samples::{Sample, median_of};
use crate::start;

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

/// How many runs make a sample: their median.
const N_RUNS: usize = 40;

/// The suite.
pub fn suite() -> Suite {
    Suite::new(
        "overhead",
        "what recording, materializing and reading cost beside the bare executable",
        [
            record("record_add", "record one addition of f32[4]", false),
            record("record_add_drop", "record one addition of f32[4] and drop it later", true),
            record_bytes(),
            materialize("materialize_1", 1),
            materialize("materialize_10", 10),
            materialize("materialize_100", 100),
            materialize("materialize_1000", 1000),
            tolist(),
            large(),
        ],
    )
}

fn small(len: usize, operand: Operand) -> Chain {
    Chain { len, operand, size: SMALL }
}

fn device() -> Result<Device> {
    Ok(Device::open(DeviceKind::Cpu)?)
}

fn program(chain: &Chain) -> Result<Program> {
    device()?.program(&chain.module(false)?, &chain.arguments()).context("cannot compile the floor")
}

/// Calls of the program that a chain is lowered to.
fn floor(chain: &Chain, n_calls: usize) -> Result<Sample> {
    let program = program(chain)?;
    Ok(median_of(N_RUNS, 1, || (), move |()| Ok((0..n_calls).try_for_each(|_| program.call().map(drop))?)))
}

/// Recording one addition, and dropping it within the time or not.
fn record(name: &str, about: &str, is_dropped: bool) -> Benchmark {
    let benchmark = Benchmark::new(name, about)
        .sizes([("S", RECORDED)])
        .sampler("hloom", move |n| {
            let chain = small(1, Operand::Array);
            let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
            let cuts = hloom::stats().cuts;
            Ok(median_of(
                N_RUNS * 10,
                n,
                move || Vec::with_capacity(n),
                move |mut kept: Vec<NdArray>| {
                    kept.extend((0..n).map(|_| &x + &y));
                    ensure!(hloom::stats().cuts == cuts, "recording {n} operations started to compute them");
                    if is_dropped {
                        kept.clear();
                    }
                    Ok(kept)
                },
            ))
        })
        .sampler("floor", |_| floor(&small(1, Operand::Array), 1));
    if is_dropped { benchmark } else { benchmark.budget(|_| Budget::new(Limit::Absolute(PER_RECORD), "150 ns")) }
}

/// The memory of one pending operation, counted in a process of its own.
fn record_bytes() -> Benchmark {
    Benchmark::new("record_bytes", "memory of one pending addition, with its handle")
        .sizes([("S", 1)])
        .unit(Unit::Bytes)
        .sampler("hloom", |_| Ok(Box::new(start::record_bytes)))
        .budget(|_| Budget::new(Limit::Absolute(300.0), "300 B"))
}

/// Materializing a chain on four elements whose program is compiled: reading it as a `Vec`, if the library lets so many
/// operations be pending; else recording and reading it, beside as many calls as it is cut into pieces.
fn materialize(name: &str, len: usize) -> Benchmark {
    Benchmark::new(name, format!("read {len} recorded operations, program cached"))
        .sizes([("S", len)])
        .sampler("hloom", |len| {
            let chain = small(len, Operand::Array);
            let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
            if pieces(&chain)? > 1 {
                return Ok(median_of(N_RUNS, 1, || (), move |()| Ok(chain.record(&x, &y).to_vec::<f32>()?)));
            }
            ensure!(chain.record(&x, &y).to_bytes()? == program(&chain)?.call()?, "hloom and its program disagree");
            // The floor frees its result, too.
            let read = |recorded: NdArray| {
                let elements = recorded.to_vec::<f32>()?;
                drop(recorded);
                Ok(elements)
            };
            Ok(median_of(N_RUNS, 1, move || chain.record(&x, &y), read))
        })
        .sampler("floor", |len| {
            let chain = small(len, Operand::Array);
            let pieces = pieces(&chain)?;
            floor(&Chain { len: len.div_ceil(pieces), ..chain }, pieces)
        })
        .budget(|len| {
            // Whoever records a chain that is cut pays for recording it as well.
            match pieces(&small(len, Operand::Array)).unwrap_or(1) {
                1 => {
                    let excess = PER_PROGRAM + PER_OPERATION * len as f64;
                    Budget::new(Limit::OverFloor(excess), format!("floor + 2 us + 60 ns x {len}"))
                }
                n => {
                    let excess = PER_PROGRAM * n as f64 + (PER_OPERATION + PER_RECORD) * len as f64;
                    Budget::new(Limit::OverFloor(excess), format!("floor + 2 us x {n} + (150 + 60) ns x {len}"))
                }
            }
        })
}

/// Into how many programs the library cuts a chain, once it has compiled all of them.
fn pieces(chain: &Chain) -> Result<usize> {
    let (x, y) = (NdArray::from(chain.first()), NdArray::from(chain.other()));
    let mut quiet = 0;
    for _ in 0..MOST_WARM_UPS {
        let before = hloom::stats();
        chain.record(&x, &y).to_vec::<f32>()?;
        let after = hloom::stats();
        quiet = if (before.compiles, before.disk_hits) == (after.compiles, after.disk_hits) { quiet + 1 } else { 0 };
        if quiet >= 8 {
            break;
        }
    }
    ensure!(quiet > 0, "each of {MOST_WARM_UPS} reads of one chain compiled something new");
    let before = hloom::stats();
    chain.record(&x, &y).to_vec::<f32>()?;
    Ok(usize::try_from(hloom::stats().executions - before.executions)?.max(1))
}

/// `(x + 1.0).tolist()` on four elements: recorded, run and converted.
fn tolist() -> Benchmark {
    Benchmark::new("tolist_tiny", "(x + 1.0).tolist() on f32[4], in all")
        .sizes([("S", SMALL)])
        .sampler("hloom", |_| {
            let chain = small(1, Operand::Number);
            let x = NdArray::from(chain.first());
            ensure!(chain.record(&x, &x).to_bytes()? == program(&chain)?.call()?, "hloom and its program disagree");
            Ok(median_of(N_RUNS, 1, || (), move |()| Ok((&x + 1.0).tolist()?)))
        })
        .sampler("floor", |_| floor(&small(1, Operand::Number), 1))
        .budget(|_| Budget::new(Limit::Absolute(10_000.0), "10 us"))
}

/// Ten operations on ten million elements, `x = f(x)`: both sides write into memory that was used before.
fn large() -> Benchmark {
    let chain = |n| Chain { len: 10, operand: Operand::Number, size: n };
    Benchmark::new("chain_10M", "x = f(x), 10 operations on 10M f32")
        .sizes([("L", LARGE)])
        .sampler("hloom", move |n| {
            let chain = chain(n);
            let mut x = NdArray::from(chain.first());
            Ok(median_of(
                3,
                1,
                || (),
                move |()| {
                    x = chain.record(&x, &x);
                    Ok(x.data().map(drop)?)
                },
            ))
        })
        .sampler("floor", move |n| {
            let chain = chain(n);
            let mut floor = device()?.chain(&chain.module(true)?, &chain.arguments())?;
            Ok(median_of(3, 1, || (), move |()| Ok(floor.advance()?)))
        })
        .budget(|_| Budget::new(Limit::TimesFloor(1.1), "1.1 x floor"))
}
