//! How long programs take to compile, by their size: chains, functions of many kinds, many results. The columns of
//! compiling, the first call and a cold process say it; what is computed is small.

use hloom as np;
use hloom::prelude::*;
use hloom_bench::{Benchmark, Suite};

/// The suite.
pub fn suite() -> Suite {
    Suite::new(
        "compile",
        "compiling, first calls and cold processes by the size of the program; the steady state is small",
        [chain(), mixed(), many_results()],
    )
}

const SIZES: [(&str, usize); 3] = [("10", 10), ("100", 100), ("1000", 1_000)];

fn chain() -> Benchmark {
    Benchmark::new("chain", "a chain of element-wise operations, as long as the size says")
        .sizes(SIZES)
        .inputs(input)
        .program(|inputs| vec![repeated(inputs, |x, _| (x * 0.5 + 1).sin())])
        .tolerance(1e-12)
        .python("def run(np, x, n):\n    for _ in range(len(n)):\n        x = np.sin(x * 0.5 + 1)\n    return x\n")
}

fn mixed() -> Benchmark {
    Benchmark::new("mixed", "element-wise operations, sums, products of matrices and slices in turn")
        .sizes([("10", 10), ("100", 100), ("300", 300)])
        .inputs(input)
        .program(|inputs| {
            let step = |x: NdArray, idx| match idx % 4 {
                0 => (x * 0.5 + 1).sin(),
                1 => &x - x.mean(axis(0).keepdims()),
                2 => x.matmul(x.t()) * 0.1,
                _ => np::concatenate((x.get(4..), x.get(..4)), 0),
            };
            vec![repeated(inputs, step)]
        })
        .tolerance(1e-10)
        .python(
            "def run(np, x, n):
    for step in range(len(n)):
        if step % 4 == 0:
            x = np.sin(x * 0.5 + 1)
        elif step % 4 == 1:
            x = x - x.mean(axis=0, keepdims=True)
        elif step % 4 == 2:
            x = (x @ x.T) * 0.1
        else:
            x = np.concatenate((x[4:], x[:4]), 0)
    return x
",
        )
}

fn many_results() -> Benchmark {
    Benchmark::new("results", "as many results as the size says, each of three operations")
        .sizes([("10", 10), ("100", 100), ("300", 300)])
        .inputs(input)
        .program(|inputs| (0..inputs[1].shape()[0]).map(|idx| (&inputs[0] * idx as i64 + 1).sin()).collect())
        .tolerance(1e-12)
        .python("def run(np, x, n):\n    return tuple(np.sin(x * i + 1) for i in range(len(n)))\n")
}

/// A matrix, and an array that is as long as the size: a program knows it by the shape.
fn input(n: usize) -> Vec<NdArray> {
    vec![np::linspace(-1.0, 1.0, 64).reshape((8, 8)), np::zeros(n)]
}

fn repeated(inputs: &[NdArray], step: impl Fn(NdArray, usize) -> NdArray) -> NdArray {
    (0..inputs[1].shape()[0]).fold(inputs[0].clone(), step)
}
