//! Benchmarks of a crate's own: `cargo run --release --example own -- --sizes S`. Three of its peers go wrong on purpose: one
//! computes something else, one crashes and one never ends, which costs their columns and nothing else.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use hloom as np;
use hloom::NdArray;
use hloom_bench::{NativeRun, Suite, benchmark};

/// Computes what a closure computes.
struct By<F>(F, Vec<NdArray>);

impl<F: FnMut() -> NdArray> NativeRun for By<F> {
    fn call(&mut self) -> Result<()> {
        self.1 = vec![(self.0)()];
        Ok(())
    }

    fn results(&self) -> Result<Vec<NdArray>> {
        Ok(self.1.clone())
    }
}

fn by(call: impl FnMut() -> NdArray + 'static) -> Result<Box<dyn NativeRun>> {
    Ok(Box::new(By(call, Vec::new())))
}

fn main() -> ExitCode {
    let mean_of_squares = benchmark! {
        "mean_of_squares": "the mean of the squares of numbers",
        sizes: [("S", 5_000), ("M", 50_000)],
        inputs: |n| vec![np::linspace(-1.0, 1.0, n)],
        program: |inputs| vec![inputs[0].square().mean(..)],
        tolerance: 1e-13,
        python: "def run(np, x):\n    return np.mean(np.square(x))\n",
    };
    let mean_of_squares = mean_of_squares
        .native("ndarray", |inputs| {
            let numbers = inputs[0].to_vec::<f64>()?;
            by(move || np::array(numbers.iter().map(|x| x * x).sum::<f64>() / numbers.len() as f64))
        })
        // The squares are forgotten.
        .native("candle", |inputs| {
            let numbers = inputs[0].to_vec::<f64>()?;
            by(move || np::array(numbers.iter().sum::<f64>() / numbers.len() as f64))
        })
        .native("burn", |_| {
            let mut n_calls = 0;
            by(move || {
                n_calls += 1;
                if n_calls > 1 {
                    std::process::abort();
                }
                np::array(1.0 / 3.0) * (5_001.0 / 4_999.0)
            })
        });
    let hangs = benchmark! {
        "hangs": "a sum beside a peer that never ends",
        sizes: [("S", 100)],
        inputs: |n| vec![np::ones(n)],
        program: |inputs| vec![inputs[0].sum(..)],
        python: "def run(np, x):\n    return np.sum(x)\n",
    };
    let hangs = hangs.native("ndarray", |_| {
        by(|| {
            std::thread::sleep(Duration::from_secs(3600));
            np::array(0.0)
        })
    });
    hloom_bench::main([Suite::new("own", "benchmarks of this program", [mean_of_squares, hangs])])
}
