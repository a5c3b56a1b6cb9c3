//! One implementation, ready to compute. Knows nothing of requests.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use hloom as np;
use hloom::{Compiled, Jit, NdArray, Type};
use hloom_pjrt::DeviceKind;
use hloom_pjrt::floor::{self, Device};

use super::Unsupported;
use crate::benchmark::{Benchmark, Implementation, NativeRun, Program};

type Function = Jit<Vec<NdArray>, Vec<NdArray>>;
type Executable = Compiled<Vec<NdArray>, Vec<NdArray>>;

/// An implementation with its inputs and its last results.
pub(super) enum Running {
    /// hloom, recorded and read.
    Lazy { program: Program, inputs: Vec<NdArray>, results: Vec<NdArray> },
    /// hloom, as a compiled function; until it has been called, with what was compiled of it.
    Compiled { function: Function, executable: Option<Box<Executable>>, inputs: Vec<NdArray>, results: Vec<NdArray> },
    /// The module of the compiled function through the bare C API, and the types of its results.
    Floor { program: floor::Program, types: Vec<Type> },
    /// Another library of this process.
    Native(Box<dyn NativeRun>),
    /// Something that measures itself.
    Sampler(Box<dyn FnMut() -> Result<f64>>),
}

impl Running {
    /// Gets a side ready, and says what compiling took where that is a step of its own.
    pub(super) fn new(
        benchmark: &Benchmark,
        side: &str,
        n: usize,
        inputs: Vec<NdArray>,
    ) -> Result<(Running, Option<f64>)> {
        // A second measurement of hloom's own side shows the noise.
        let side = match side {
            "again" if benchmark.is_compiled => "hloom",
            "again" => "lazy",
            side => side,
        };
        match benchmark.implementation(side) {
            Some(Implementation::Native(make)) => return Ok((Running::Native(make(&inputs)?), None)),
            Some(Implementation::Sampler(make)) => return Ok((Running::Sampler(make(n)?), None)),
            Some(Implementation::Python(_)) => return Err(Unsupported(format!("{side} is a matter of Python")).into()),
            None => {}
        }
        let program = || benchmark.program.clone().ok_or_else(|| Unsupported(format!("it is not written for {side}")));
        match side {
            "lazy" => Ok((Running::Lazy { program: program()?, inputs, results: Vec::new() }, None)),
            "hloom" | "floor" => {
                if !benchmark.is_compiled {
                    let message = "the shapes of its results depend on values, so that it cannot be compiled";
                    return Err(Unsupported(message.into()).into());
                }
                let program = program()?;
                let start = Instant::now();
                let function = np::jit(move |inputs: Vec<NdArray>| program(&inputs)).keep_unused(true);
                let lowered = function.lower(&inputs)?;
                if side == "floor" {
                    // The bare API compiles the module; compiling it here too would count as the floor's.
                    let types = lowered.result_types().to_vec();
                    let floor = floor(&lowered.hlo_proto()?, types, &inputs, &lowered.output_buffers())?;
                    return Ok((floor, None));
                }
                let executable = Some(Box::new(lowered.compile()?));
                let compile_ns = start.elapsed().as_secs_f64() * 1e9;
                Ok((Running::Compiled { function, executable, inputs, results: Vec::new() }, Some(compile_ns)))
            }
            side => Err(Unsupported(format!("it is not written for {side}")).into()),
        }
    }

    /// Computes for the first time.
    pub(super) fn first(&mut self) -> Result<()> {
        match self {
            // What measures itself has been got ready.
            Running::Sampler(_) => Ok(()),
            Running::Compiled { executable: Some(executable), inputs, results, .. } => {
                *results = executable.call(&*inputs)?;
                Ok(np::wait(&*results)?)
            }
            _ => self.call(),
        }
    }

    /// Does once what only the first of the calls that are timed would do: the function's own first call compiles again.
    pub(super) fn settle(&mut self) -> Result<()> {
        let Running::Compiled { executable, .. } = self else { return Ok(()) };
        if executable.take().is_some() { self.call() } else { Ok(()) }
    }

    /// Whether it computes results, rather than measuring itself.
    pub(super) fn is_computation(&self) -> bool {
        !matches!(self, Running::Sampler(_))
    }

    fn call(&mut self) -> Result<()> {
        match self {
            Running::Lazy { program, inputs, results } => {
                *results = program(inputs);
                np::wait(&*results)?;
            }
            Running::Compiled { function, inputs, results, .. } => {
                *results = function.call(&*inputs)?;
                np::wait(&*results)?;
            }
            Running::Floor { program, .. } => program.run()?,
            Running::Native(native) => native.call()?,
            Running::Sampler(sample) => {
                sample()?;
            }
        }
        Ok(())
    }

    /// Frees the last results, which is no part of the next computation.
    fn clear(&mut self) {
        match self {
            Running::Lazy { results, .. } | Running::Compiled { results, .. } => results.clear(),
            Running::Floor { .. } | Running::Native(_) | Running::Sampler(_) => {}
        }
    }

    /// Computes `count` times `inner` times, and says what one computation took each time.
    pub(super) fn time(&mut self, count: usize, inner: usize) -> Result<Vec<f64>> {
        ensure!(inner > 0, "at least one computation makes a sample");
        let samples = (0..count).map(|_| {
            if let Running::Sampler(sample) = self {
                return sample();
            }
            self.clear();
            let start = Instant::now();
            for _ in 0..inner {
                self.call()?;
            }
            Ok(start.elapsed().as_secs_f64() * 1e9 / inner as f64)
        });
        samples.collect()
    }

    /// The results of the last computation.
    pub(super) fn results(&self) -> Result<Vec<NdArray>> {
        match self {
            Running::Lazy { results, .. } | Running::Compiled { results, .. } => Ok(results.clone()),
            Running::Floor { program, types } => {
                let arrays = program.results()?.into_iter().zip(types).map(|(bytes, ty)| {
                    let array = np::frombuffer(bytes, ty.dtype)?;
                    Ok(array.reshape(&ty.shape[..]))
                });
                arrays.collect()
            }
            Running::Native(native) => native.results(),
            Running::Sampler(_) => Ok(Vec::new()),
        }
    }

    /// What was compiled, as texts for people.
    pub(super) fn explain(&self) -> Result<Vec<(String, String)>> {
        let Running::Compiled { function, inputs, .. } = self else { return Ok(Vec::new()) };
        let lowered = function.lower(inputs)?;
        let (operations, before) = (lowered.ir(), lowered.hlo_text()?);
        let cost = lowered.cost();
        let compiled = lowered.compile()?;
        let memory = compiled.memory()?;
        let after = compiled.optimized_hlo()?;
        Ok(vec![
            ("operations".into(), operations),
            ("cost".into(), format!("{cost:?}")),
            ("memory".into(), format!("{memory:?}")),
            ("HLO before optimization".into(), before),
            ("HLO after optimization".into(), after),
        ])
    }
}

fn floor(module: &[u8], types: Vec<Type>, inputs: &[NdArray], in_places: &[usize]) -> Result<Running> {
    let arguments = inputs.iter().map(|array| Ok((array.try_type()?, array.to_bytes()?)));
    let arguments = arguments.collect::<Result<Vec<(Type, Vec<u8>)>>>()?;
    let device = Device::open(DeviceKind::Cpu)?;
    let program = match device.program_in_places(module, &arguments, in_places) {
        // The plugin checks how many arguments there are.
        Err(error) if error.to_string().contains("but compiled program expected") => {
            let message = "the function holds arrays of its own, which the module takes as further arguments";
            return Err(Unsupported(message.into()).into());
        }
        program => program.context("the floor")?,
    };
    Ok(Running::Floor { program, types })
}
