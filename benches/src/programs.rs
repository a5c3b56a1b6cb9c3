//! Whole programs, at three sizes each, as [`hloom_programs`] has them.

use hloom_bench::{Benchmark, Suite, Work};
use hloom_programs::PROGRAMS;

use crate::native;

/// The suite.
pub fn suite() -> Suite {
    let benchmarks = PROGRAMS.iter().map(|program| {
        let [small, middle, large] = program.sizes;
        let benchmark = Benchmark::new(program.name, program.about)
            .sizes([("S", small), ("M", middle), ("L", large)])
            .inputs(program.inputs)
            .program(program.run)
            .tolerance(program.measured_tolerance())
            .work(|n| {
                let (bytes, flops) = (program.work)(n);
                Work { bytes, flops }
            })
            .python(program.numpy);
        let benchmark = native::attach(benchmark);
        match program.jax {
            Some(source) => benchmark.python_for("jax", source),
            None => benchmark,
        }
    });
    Suite::new("programs", "whole programs: simulation, statistics, pictures, networks, graphs", benchmarks)
}
