//! Compiles and runs one tiny program, to see whether a device works. Knows that one program only.

use std::time::{Duration, Instant};

use hloom_backend::{Argument, Error, ErrorKind, HostData, Result, Signature};
use hloom_ir::{DType, Element, Type};
use prost::Message;

use crate::Device;
use crate::messages::{Computation, Instruction, Layout, Module, ProgramShape, Shape};

/// How a device did in a [`self_test`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SelfTest {
    /// What compiling took.
    pub compile: Duration,
    /// What the first upload, run and read took.
    pub first_run: Duration,
    /// What a run and a read took on average afterwards.
    pub run: Duration,
}

/// Doubles four numbers on a device and checks the result.
///
/// # Errors
/// Those of the device; [`ErrorKind::Execute`] if the result is wrong.
pub fn self_test(device: &Device) -> Result<SelfTest> {
    const RUNS: u32 = 100;
    let ty = Type::new(DType::F32, [4]);
    let signature = Signature { parameters: vec![ty.clone()], results: vec![ty.clone()] };
    let start = Instant::now();
    let executable = device.compile(&doubling_module(), &signature)?;
    let compile = start.elapsed();

    let start = Instant::now();
    let input = [1.5f32, -2.0, 0.0, 1e30];
    let buffer = device.upload(HostData::Borrowed(f32::as_bytes(&input)), &ty)?;
    let arguments = [Argument { buffer: &*buffer, donated: false }];
    let run = || {
        let results = executable.execute(&arguments)?;
        let mut values = Vec::new();
        for result in &results {
            result.read(&mut |bytes| values.extend(f32::from_bytes(bytes)))?;
        }
        if values == input.map(|value| value * 2.0) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Execute, format!("self test: got {values:?} for twice {input:?}")))
    };
    run()?;
    let first_run = start.elapsed();
    let start = Instant::now();
    for _ in 0..RUNS {
        run()?;
    }
    Ok(SelfTest { compile, first_run, run: start.elapsed() / RUNS })
}

/// `f(x) = (x + x,)` for `f32[4]`, as a serialized `HloModuleProto`.
fn doubling_module() -> Vec<u8> {
    const F32: i32 = 11;
    const TUPLE: i32 = 13;
    let layout = Some(Layout { minor_to_major: vec![0] });
    let array = Shape { element_type: F32, dimensions: vec![4], layout, ..Default::default() };
    let tuple = Shape { element_type: TUPLE, tuple_shapes: vec![array.clone()], ..Default::default() };
    let program = ProgramShape {
        parameters: vec![array.clone()],
        result: Some(tuple.clone()),
        parameter_names: vec!["x".to_owned()],
    };
    let instruction = |name: &str, opcode: &str, shape: &Shape, id: i64, operands: &[i64]| Instruction {
        name: name.to_owned(),
        opcode: opcode.to_owned(),
        shape: Some(shape.clone()),
        id,
        operand_ids: operands.to_vec(),
        ..Default::default()
    };
    let computation = Computation {
        name: "main".to_owned(),
        instructions: vec![
            instruction("x", "parameter", &array, 1, &[]),
            instruction("sum", "add", &array, 2, &[1, 1]),
            instruction("result", "tuple", &tuple, 3, &[2]),
        ],
        program_shape: Some(program.clone()),
        id: 1,
        root_id: 3,
    };
    let module = Module {
        name: "self_test".to_owned(),
        entry_computation_name: "main".to_owned(),
        computations: vec![computation],
        host_program_shape: Some(program),
        id: 1,
        entry_computation_id: 1,
        ..Default::default()
    };
    module.encode_to_vec()
}
