//! What compiled functions cost: calls, traces and first calls beside their floor, and two programs of loops beside
//! jax.jit, if that is there. Everything is measured as often as `effort` times its usual rounds.

use std::hint::black_box;

use anyhow::{Context, Result, ensure};
use hloom as np;
use hloom::prelude::*;
use hloom::{Jit, ShapeDtype};
use hloom_ir::Type;
use hloom_pjrt::floor::{Device, Program};

use crate::chain::{Chain, Operand};
use crate::peer::Peer;
use crate::report::{Entry, Unit};
use crate::timing::{Samples, repeated, take_turns, time};

/// What a call may cost beyond its floor.
const PER_CALL: f64 = 500.0;

/// What tracing and lowering may cost for an operation.
const PER_TRACED: f64 = 2_000.0;

/// The operations of the functions that are traced.
const N_OPERATIONS: usize = 200;

const N_INPUTS: usize = 100;

/// K-means: points, their dimensions, centres, and rounds of one call.
const N_POINTS: usize = 100_000;
const N_DIMS: usize = 16;
const N_CENTRES: usize = 16;
const N_ROUNDS: usize = 20;

/// The heat equation: points along each side of the plate, and steps of one call.
const GRID: usize = 1000;
const N_STEPS: usize = 500;

/// One thing to be measured, with its floor and its peer.
struct Bench<'a> {
    name: &'static str,
    what: String,
    rounds: usize,
    batch: usize,
    /// What each measured time is divided by.
    n_parts: usize,
    floor: Option<&'a Program>,
}

impl Bench<'_> {
    fn run(&self, peer: Option<&mut Peer>, mut subject: impl FnMut() -> Result<()>) -> Result<Entry> {
        let mut subject = repeated(self.batch, |samples: &mut Samples| {
            let ((), elapsed) = time(&mut subject)?;
            samples.push_each(elapsed, self.n_parts);
            anyhow::Ok(())
        });
        let mut floor = repeated(self.batch, |samples: &mut Samples| {
            let elapsed = match self.floor {
                Some(floor) => time(|| floor.run())?.1,
                None => Default::default(),
            };
            samples.push_each(elapsed, self.n_parts);
            anyhow::Ok(())
        });
        let (floor, measured, peer) = match peer {
            None => {
                let [floor, measured] = take_turns(self.rounds, [&mut floor, &mut subject])?;
                (floor, measured, None)
            }
            Some(peer) => {
                let mut peer = |samples: &mut Samples| peer.measure(self.name, self.batch, self.n_parts, samples);
                let [floor, measured, peer] = take_turns(self.rounds, [&mut floor, &mut subject, &mut peer])?;
                (floor, measured, Some(peer))
            }
        };
        let entry = Entry::new(self.name, self.what.clone(), Unit::Ns, measured);
        let entry = if self.floor.is_some() { entry.over(&floor)? } else { entry };
        match peer {
            Some(peer) => entry.beside(&peer),
            None => Ok(entry),
        }
    }

    /// Measures calls until their result is there, which is the same as that of the floor.
    fn calls(&self, peer: Option<&mut Peer>, call: impl Fn() -> hloom::Result<NdArray>) -> Result<Entry> {
        if let Some(floor) = self.floor {
            ensure!(call()?.to_bytes()? == floor.call()?, "{}: the library and its program disagree", self.name);
        }
        self.run(peer, || Ok(call()?.data().map(drop)?))
    }
}

/// Calls of functions that are compiled, on four elements: what a call costs is all they take.
///
/// # Errors
/// What compiling or running reports; if the library computes something else than its program does.
pub fn calls(device: &Device, mut peer: Option<&mut Peer>, effort: usize) -> Result<Vec<Entry>> {
    let add = np::jit(|(x, y): (NdArray, NdArray)| x + y);
    let x = np::array([1.0f32, 2.0, 3.0, 4.0]);
    let floor = floor(device, &add.lower((&x, &x))?.hlo_proto()?, &[&x, &x])?;
    let bench = Bench {
        name: "call_tiny",
        what: "call a function of two f32[4] and wait for the result".to_owned(),
        rounds: 200 * effort,
        batch: 100,
        n_parts: 1,
        floor: Some(&floor),
    };
    let tiny = bench.calls(peer.as_deref_mut(), || add.call((&x, &x)))?;
    let tiny = tiny.within_excess(PER_CALL, "floor + 0.5 us")?;

    let add_all = np::jit(|xs: Vec<NdArray>| xs[1..].iter().fold(xs[0].clone(), |total, x| total + x));
    let xs: Vec<NdArray> = (0..N_INPUTS).map(|idx| np::array([idx as f32; 4])).collect();
    let references: Vec<&NdArray> = xs.iter().collect();
    let floor = self::floor(device, &add_all.lower(&xs)?.hlo_proto()?, &references)?;
    let bench = Bench {
        name: "call_100",
        what: format!("call a function of {N_INPUTS} f32[4] in a Vec and wait for the result"),
        rounds: 200 * effort,
        batch: 10,
        n_parts: 1,
        floor: Some(&floor),
    };
    let many = bench.calls(peer, || add_all.call(&xs))?;
    Ok(vec![tiny, many])
}

/// A function that was never called, of a chain of operations: what tracing and lowering cost for each of them, and
/// how long it takes until the first result is there.
///
/// # Errors
/// What compiling or running reports; if programs are kept on disk, where a first call would find one.
pub fn traces(mut peer: Option<&mut Peer>, effort: usize) -> Result<Vec<Entry>> {
    ensure!(
        std::env::var_os("HLOOM_DISK_CACHE").is_some_and(|value| value == "0"),
        "first calls are measured without programs on disk: set HLOOM_DISK_CACHE=0, as `cargo xtask bench jit` does"
    );
    let chain = Chain { len: N_OPERATIONS, operand: Operand::Number, size: 4 };
    let fresh = || -> Jit<NdArray, NdArray> {
        let chain = chain.clone();
        np::jit(move |x: NdArray| chain.record(&x, &x))
    };
    let spec = ShapeDtype::new([chain.size], float32)?;
    let bench = Bench {
        name: "trace_lower_op",
        what: format!("trace and lower, for each of {N_OPERATIONS} operations"),
        rounds: 60 * effort,
        batch: 1,
        n_parts: N_OPERATIONS,
        floor: None,
    };
    let traced = bench.run(peer.as_deref_mut(), || {
        black_box(fresh().lower(&spec)?.hlo_proto()?);
        Ok(())
    })?;
    let x = NdArray::from(chain.first());
    let bench = Bench {
        name: "first_call_200",
        what: format!("first call of a function of {N_OPERATIONS} operations: trace, lower, compile, run"),
        rounds: 8 * effort,
        batch: 1,
        n_parts: 1,
        floor: None,
    };
    let first = bench.run(peer, || Ok(fresh().call(&x)?.to_vec::<f32>().map(drop)?))?;
    Ok(vec![traced.within(PER_TRACED, "2 us"), first])
}

/// Lloyd's algorithm: the centres after some rounds.
pub fn kmeans(points: &NdArray, centres: &NdArray, n_rounds: impl Into<i64>) -> NdArray {
    let (n_centres, n_dims) = (centres.shape()[0], points.shape()[1]);
    let twice = 2 * points;
    np::fori_loop(0, n_rounds.into(), centres, |_, centres: NdArray| {
        let label = ((&centres * &centres).sum(1) - twice.matmul(centres.t())).argmin(1);
        let mut sums = np::zeros([n_centres, n_dims]).astype(float32);
        sums.add_at(&label, points);
        let mut counts = np::zeros([n_centres, 1]).astype(float32);
        counts.add_at(&label, 1);
        np::where_(counts.gt(0), sums / np::maximum(&counts, 1), centres)
    })
}

/// Heat that spreads over a plate whose rim keeps its temperature.
pub fn heat(plate: &NdArray, n_steps: impl Into<i64>) -> NdArray {
    np::fori_loop(0, n_steps.into(), plate, |_, mut u: NdArray| {
        let around = u.get(s![2.., 1..-1]) + u.get(s![..-2, 1..-1]) + u.get(s![1..-1, 2..]) + u.get(s![1..-1, ..-2]);
        let inner = u.get(s![1..-1, 1..-1]);
        u.add_at(s![1..-1, 1..-1], 0.2 * (around - 4 * inner));
        u
    })
}

/// K-means and the heat equation, for each of their steps.
///
/// # Errors
/// What compiling or running reports; if the library computes something else than its program or the peer does.
pub fn loops(device: &Device, mut peer: Option<&mut Peer>, effort: usize) -> Result<Vec<Entry>> {
    let points = NdArray::from(spread(N_POINTS * N_DIMS)).reshape([N_POINTS, N_DIMS]);
    let centres = points.get(s![..N_CENTRES]);
    let compiled = np::jit(|(points, centres): (NdArray, NdArray)| kmeans(&points, &centres, N_ROUNDS as i64));
    let program = floor(device, &compiled.lower((&points, &centres))?.hlo_proto()?, &[&points, &centres])?;
    agree("kmeans_step", &compiled.call((&points, &centres))?.to_vec()?, peer.as_deref_mut())?;
    let bench = Bench {
        name: "kmeans_step",
        what: format!("a round of k-means on {N_POINTS} x {N_DIMS} points, {N_CENTRES} centres"),
        rounds: 30 * effort,
        batch: 2,
        n_parts: N_ROUNDS,
        floor: Some(&program),
    };
    let clustered = bench.calls(peer.as_deref_mut(), || compiled.call((&points, &centres)))?;

    let mut plate = np::zeros([GRID, GRID]).astype(float32);
    plate.set(s![GRID / 4..GRID / 2, GRID / 4..GRID / 2], 1);
    let compiled = np::jit(|plate: NdArray| heat(&plate, N_STEPS as i64));
    let spare = np::zeros([GRID, GRID]).astype(float32);
    let program = floor(device, &compiled.lower(&plate)?.hlo_proto()?, &[&plate, &spare])?;
    agree("heat_step", &compiled.call(&plate)?.to_vec()?, peer.as_deref_mut())?;
    let bench = Bench {
        name: "heat_step",
        what: format!("a step of the heat equation on {GRID} x {GRID} float32"),
        rounds: 12 * effort,
        batch: 1,
        n_parts: N_STEPS,
        floor: Some(&program),
    };
    let heated = bench.calls(peer, || compiled.call(&plate))?;
    Ok([clustered, heated].map(|entry| entry.within_peer_ratio(1.0, "1.0 x jax.jit")).into())
}

/// Numbers from 0 to 1 in no order, as the peer makes them.
fn spread(n: usize) -> Vec<f32> {
    let number = |idx: usize| (idx as u64).wrapping_mul(2_654_435_761) % (1 << 32);
    (0..n).map(|idx| (number(idx) as f64 / (1u64 << 32) as f64) as f32).collect()
}

/// Compares a result with the peer's.
fn agree(name: &str, found: &[f32], peer: Option<&mut Peer>) -> Result<()> {
    let Some(peer) = peer else { return Ok(()) };
    let expected = peer.result(name)?;
    ensure!(found.len() == expected.len(), "{name}: {} numbers, jax has {}", found.len(), expected.len());
    for (idx, (&found, expected)) in found.iter().zip(expected).enumerate() {
        let found = f64::from(found);
        ensure!(
            (found - expected).abs() <= 1e-3 * expected.abs().max(1.0),
            "{name}: {found} at {idx}, jax has {expected}"
        );
    }
    Ok(())
}

/// A program with its arguments, to be called through the bare C API.
fn floor(device: &Device, module: &[u8], arguments: &[&NdArray]) -> Result<Program> {
    let arguments = arguments.iter().map(|array| Ok((array.try_type()?, array.to_bytes()?)));
    let arguments = arguments.collect::<Result<Vec<(Type, Vec<u8>)>>>()?;
    device.program(module, &arguments).context("cannot compile the floor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kmeans_finds_the_centres_of_clusters() {
        let points = np::array([[0.0f32, 0.0], [0.0, 1.0], [10.0, 10.0], [10.0, 11.0]]);
        let centres = kmeans(&points, &points.get(s![1..3]), 5);
        assert_eq!(centres.tolist().unwrap(), [[0.0, 0.5], [10.0, 10.5]]);
        // A centre without points stays.
        let centres = kmeans(&points, &np::array([[0.0f32, 0.0], [99.0, 99.0], [10.0, 10.0]]), 5);
        assert_eq!(centres.get(1).tolist().unwrap(), [99.0, 99.0]);
    }

    #[test]
    fn heat_spreads_and_the_rim_stays() {
        let mut plate = np::zeros([5, 5]).astype(float32);
        plate.set(s![2, 2], 1);
        let next = heat(&plate, 1);
        assert!((next.get(s![2, 2]).item::<f32>().unwrap() - 0.2).abs() < 1e-6);
        assert!((next.get(s![1, 2]).item::<f32>().unwrap() - 0.2).abs() < 1e-6);
        let later = heat(&plate, 50);
        assert_eq!(later.get(0).to_vec::<f32>().unwrap(), [0.0; 5]);
        assert!(later.sum(..).item::<f32>().unwrap() < 0.2);
    }

    #[test]
    fn numbers_are_spread() {
        let numbers = spread(1000);
        assert_eq!(numbers[0], 0.0);
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!((numbers.iter().sum::<f32>() / 1000.0 - 0.5).abs() < 0.01);
    }
}
