//! Compiles and runs one tiny program, to see whether a backend works. Knows that one program only.

use std::time::{Duration, Instant};

use hloom_backend::{Argument, Backend, Error, ErrorKind, HostData, Result, Signature};
use hloom_ir::{DType, Element, Type};

use crate::wire::Writer;

/// How a backend did in a [`self_test`].
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

/// Doubles four numbers on a backend and checks the result.
///
/// # Errors
/// Those of the backend; [`ErrorKind::Execute`] if the result is wrong.
pub fn self_test(backend: &dyn Backend) -> Result<SelfTest> {
    const RUNS: u32 = 100;
    let ty = Type::new(DType::F32, [4]);
    let signature = Signature { parameters: vec![ty.clone()], results: vec![ty.clone()] };
    let start = Instant::now();
    let executable = backend.compile(&doubling_module(), &signature)?;
    let compile = start.elapsed();

    let start = Instant::now();
    let input = [1.5f32, -2.0, 0.0, 1e30];
    let buffer = backend.upload(HostData::Borrowed(f32::as_bytes(&input)), &ty)?;
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
    const F32: i64 = 11;
    const TUPLE: i64 = 13;
    let array = || {
        let layout = Writer::default().bytes(1, &[0]);
        Writer::default().int(2, F32).bytes(3, &[4]).message(5, layout)
    };
    let tuple = || Writer::default().int(2, TUPLE).message(4, array());
    let program = || Writer::default().message(1, array()).message(2, tuple()).bytes(3, b"x");
    let instruction = |name: &str, opcode: &str, shape: Writer, id: i64, operands: &[u8]| {
        Writer::default()
            .bytes(1, name.as_bytes())
            .bytes(2, opcode.as_bytes())
            .message(3, shape)
            .int(35, id)
            .bytes(36, operands)
    };
    let computation = Writer::default()
        .bytes(1, b"main")
        .message(2, instruction("x", "parameter", array(), 1, &[]))
        .message(2, instruction("sum", "add", array(), 2, &[1, 1]))
        .message(2, instruction("result", "tuple", tuple(), 3, &[2]))
        .message(4, program())
        .int(5, 1)
        .int(6, 3);
    Writer::default()
        .bytes(1, b"self_test")
        .bytes(2, b"main")
        .message(3, computation)
        .message(4, program())
        .int(5, 1)
        .int(6, 1)
        .finish()
}
