//! What compiled functions cost: calls and first calls beside their floor, and two programs of loops beside jax.jit.

use std::hint::black_box;

use hloom as np;
use hloom::prelude::*;
use hloom::{Jit, ShapeDtype};
use hloom_bench::{Benchmark, Budget, Limit, Suite, Work};

use crate::chain::{Chain, Operand};
use crate::rows::{ONE, spread};
use crate::samples::median_of;

/// What a call may cost beyond its floor.
const PER_CALL: f64 = 500.0;

/// What tracing and lowering may cost for an operation.
const PER_TRACED: f64 = 2_000.0;

/// The operations of the functions that are traced.
const N_OPERATIONS: usize = 200;

const N_INPUTS: usize = 100;

/// K-means: dimensions, centres, and iterations of one call.
const N_DIMS: usize = 16;
const N_CENTRES: usize = 16;
const N_ROUNDS: usize = 20;

/// The heat equation: steps of one call.
const N_STEPS: usize = 100;

/// The suite.
pub fn suite() -> Suite {
    Suite::new(
        "jit",
        "calls, traces and first calls of compiled functions, and two programs of loops",
        [call_tiny(), call_100(), trace(), first_call(), kmeans_rounds(), heat_steps()],
    )
}

fn call_tiny() -> Benchmark {
    Benchmark::new("call_tiny", "call a function of two f32[4] and wait for the result")
        .sizes([("S", 4)])
        .inputs(|n| vec![np::arange(n).astype(float32), np::arange(n).astype(float32)])
        .program(|inputs| vec![&inputs[0] + &inputs[1]])
        .python("def run(np, x, y):\n    return x + y\n")
        .budget(|_| Budget::new(Limit::OverFloor(PER_CALL), "floor + 0.5 us"))
}

fn call_100() -> Benchmark {
    Benchmark::new("call_100", format!("call a function of {N_INPUTS} f32[4] and wait for the result"))
        .sizes([("S", 4)])
        .inputs(|n| (0..N_INPUTS).map(|idx| np::full(n, idx as f32)).collect())
        .program(|inputs| vec![inputs[1..].iter().fold(inputs[0].clone(), |total, x| total + x)])
        .python("def run(np, first, *rest):\n    for x in rest:\n        first = first + x\n    return first\n")
}

/// A function that was never called.
fn fresh(chain: &Chain) -> Jit<NdArray, NdArray> {
    let chain = chain.clone();
    np::jit(move |x: NdArray| chain.record(&x, &x))
}

fn chain() -> Chain {
    Chain { len: N_OPERATIONS, operand: Operand::Number, size: 4 }
}

fn trace() -> Benchmark {
    Benchmark::new("trace_lower_op", format!("trace and lower, for each of {N_OPERATIONS} operations"))
        .sizes([("S", N_OPERATIONS)])
        .sampler("hloom", |_| {
            let chain = chain();
            let spec = ShapeDtype::new([chain.size], float32)?;
            let lower = move |()| Ok(black_box(fresh(&chain).lower(&spec)?.hlo_proto()?));
            Ok(median_of(5, N_OPERATIONS, || (), lower))
        })
        .budget(|_| Budget::new(Limit::Absolute(PER_TRACED), "2 us"))
}

fn first_call() -> Benchmark {
    Benchmark::new(
        "first_call_200",
        format!("first call of a function of {N_OPERATIONS} operations: trace, lower, compile, run"),
    )
    .sizes([("S", N_OPERATIONS)])
    .sampler("hloom", |_| {
        let chain = chain();
        let x = NdArray::from(chain.first());
        Ok(median_of(1, 1, || (), move |()| Ok(fresh(&chain).call(&x)?.to_vec::<f32>()?)))
    })
}

/// Lloyd's algorithm: the centres after some iterations.
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

const KMEANS: &str = "
def run(np, points, centres):
    for _ in range(20):
        label = np.argmin((centres * centres).sum(1) - (2 * points) @ centres.T, 1)
        sums = np.zeros_like(centres)
        np.add.at(sums, label, points)
        counts = np.bincount(label, minlength=len(centres))[:, None].astype(points.dtype)
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres)
    return centres
";

const KMEANS_JAX: &str = "
import jax

def run(np, points, centres):
    n = len(centres)

    def step(_, centres):
        label = np.argmin((centres * centres).sum(1) - (2 * points) @ centres.T, 1)
        sums = jax.ops.segment_sum(points, label, n)
        counts = jax.ops.segment_sum(np.ones(len(points), points.dtype), label, n)[:, None]
        return np.where(counts > 0, sums / np.maximum(counts, 1), centres)

    return jax.lax.fori_loop(0, 20, step, centres)
";

fn kmeans_rounds() -> Benchmark {
    Benchmark::new("kmeans", format!("{N_ROUNDS} iterations of k-means, {N_CENTRES} centres of {N_DIMS} dimensions"))
        .sizes([("S", 1_000), ("M", 10_000), ("L", 100_000)])
        .inputs(|n| {
            // In groups, each on an axis of its own: a point between two centres would go to either, by how sums are rounded.
            let group = np::eye((N_CENTRES, N_DIMS)).get(np::arange(n) % N_CENTRES);
            let points = (spread(n * N_DIMS, ONE).reshape([n, N_DIMS]) + 4 * group).astype(float32);
            vec![points.clone(), points.get(s![..N_CENTRES])]
        })
        .program(|inputs| vec![kmeans(&inputs[0], &inputs[1], N_ROUNDS as i64)])
        .tolerance(1e-4)
        .work(|n| {
            let products = (2 * n * N_DIMS * N_CENTRES * N_ROUNDS) as f64;
            Work { bytes: (4 * n * N_DIMS) as f64, flops: products }
        })
        .python(KMEANS)
        .python_for("jax", KMEANS_JAX)
        .budget(|_| Budget::new(Limit::TimesPeer(1.0), "1.0 x jax.jit").beside("jax"))
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

const HEAT: &str = "
def run(np, u):
    u = u.copy()
    for _ in range(100):
        around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
        u[1:-1, 1:-1] += np.float32(0.2) * (around - 4 * u[1:-1, 1:-1])
    return u
";

/// Of the forms that read well, the one that runs fastest: `u.at[1:-1, 1:-1].add(...)` takes four times as long.
const HEAT_JAX: &str = "
import jax

def run(np, u):
    def step(_, u):
        around = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]
        return u + np.pad(np.float32(0.2) * (around - 4 * u[1:-1, 1:-1]), 1)

    return jax.lax.fori_loop(0, 100, step, u)
";

fn heat_steps() -> Benchmark {
    Benchmark::new("heat", format!("{N_STEPS} steps of the heat equation on a square plate of float32"))
        .sizes([("S", 30), ("M", 300), ("L", 1_000)])
        .inputs(|n| {
            let mut plate = np::zeros([n, n]).astype(float32);
            plate.set(s![n / 4..n / 2, n / 4..n / 2], 1);
            vec![plate]
        })
        .program(|inputs| vec![heat(&inputs[0], N_STEPS as i64)])
        .tolerance(1e-5)
        .work(|n| Work { bytes: (8 * n * n * N_STEPS) as f64, flops: (7 * n * n * N_STEPS) as f64 })
        .python(HEAT)
        .python_for("jax", HEAT_JAX)
        .budget(|_| Budget::new(Limit::TimesPeer(1.0), "1.0 x jax.jit").beside("jax"))
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
        let numbers = spread(1000, ONE).astype(float32).to_vec::<f32>().unwrap();
        assert_eq!(numbers[0], 0.0);
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!((numbers.iter().sum::<f32>() / 1000.0 - 0.5).abs() < 0.01);
    }
}
