//! One suite of the traits of backends, run on every backend that there is: what `hloom` relies on, and no more. Knows no
//! backend but by its driver.

mod errors;
mod memory;
#[cfg(feature = "xla")]
mod process;
mod threads;
mod values;

use std::sync::{Arc, OnceLock};

use hloom::backends::{Driver, Pjrt};
use hloom_backend::{
    Argument, Backend, Buffer, CompileOptions, DeviceKind, DeviceSpec, Error, Executable, HostData, Result,
};
use hloom_ir::{Binary, DType, NodeId, Op, Program, Type};
use hloom_transform::{Build, ProgramBuilder};

/// A backend under test.
struct Subject {
    driver: Box<dyn Driver>,
    backend: Arc<dyn Backend>,
}

const CPU: DeviceSpec = DeviceSpec { kind: DeviceKind::Cpu, index: 0 };

impl Subject {
    fn new(driver: impl Driver + 'static) -> Subject {
        let backend = driver.open(&CPU).unwrap();
        Subject { driver: Box::new(driver), backend }
    }

    fn compile(&self, program: &Program, options: &CompileOptions) -> Result<Arc<dyn Executable>> {
        Ok(self.backend.compile(program, options)?.executable)
    }

    /// The compiled form of a program that is accepted, without donations.
    fn program(&self, program: &Program) -> Arc<dyn Executable> {
        self.compile(program, &options()).unwrap()
    }

    fn bytes(&self, bytes: &[u8], ty: &Type) -> Arc<dyn Buffer> {
        self.backend.upload(HostData::Borrowed(bytes), ty).unwrap()
    }

    fn floats(&self, values: &[f32]) -> Arc<dyn Buffer> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.bytes(&bytes, &floats_of(values.len()))
    }
}

fn pjrt() -> &'static Subject {
    static SUBJECT: OnceLock<Subject> = OnceLock::new();
    SUBJECT.get_or_init(|| {
        // Installs a plugin if there is none.
        crate::child::plugin();
        Subject::new(Pjrt)
    })
}

#[cfg(feature = "xla")]
fn xla() -> &'static Subject {
    static SUBJECT: OnceLock<Subject> = OnceLock::new();
    SUBJECT.get_or_init(|| Subject::new(hloom::backends::Xla::new()))
}

/// The tests of each backend.
macro_rules! suite {
    ($($module:ident: $($case:ident)*;)*) => {
        mod on_pjrt {
            $(mod $module { $(#[test] fn $case() { super::super::$module::$case(super::super::pjrt()); })* })*
        }
        #[cfg(feature = "xla")]
        mod on_xla {
            $(mod $module { $(#[test] fn $case() { super::super::$module::$case(super::super::xla()); })* })*
        }
    };
}

suite! {
    values: every_dtype_goes_both_ways programs_compute several_results shapes_of_every_size large_arrays
        values_are_kept inputs_in_any_order shared_bytes modules_are_shown;
    memory: a_donated_input_is_gone what_is_not_donated_stays one_donation_only a_reader_keeps_its_buffer
        outputs_take_given_memory memory_has_no_value released_memory_is_gone buffers_know_their_backend;
    errors: arguments_are_checked uploads_are_checked what_fits_nowhere_is_refused programs_are_verified
        devices_that_are_not_there optional_functions;
    threads: many_threads_run_one_program many_threads_compile results_feed_programs;
}

/// Options without donations. XLA asks for a name.
fn options() -> CompileOptions {
    CompileOptions { name: "test".to_owned(), ..CompileOptions::default() }
}

fn floats_of(len: usize) -> Type {
    Type::new(DType::F32, [len])
}

/// A program of float32 vectors of one length.
fn program_of(
    n_inputs: usize,
    len: usize,
    build: impl FnOnce(&mut ProgramBuilder, &[NodeId]) -> Vec<NodeId>,
) -> Program {
    let mut builder = ProgramBuilder::new();
    let inputs: Vec<NodeId> = (0..n_inputs).map(|_| builder.input(floats_of(len))).collect();
    let outputs = build(&mut builder, &inputs);
    builder.finish(&outputs)
}

/// Element-wise sums.
fn sum(len: usize) -> Program {
    program_of(2, len, |builder, inputs| vec![binary(builder, Binary::Add, inputs[0], inputs[1])])
}

fn binary(builder: &mut ProgramBuilder, op: Binary, left: NodeId, right: NodeId) -> NodeId {
    let ty = builder.ty(left).unwrap().clone();
    builder.add(Op::from(op), [left, right].as_slice().into(), ty)
}

fn kept(buffer: &dyn Buffer) -> Argument<'_> {
    Argument { buffer, donated: false }
}

fn donated(buffer: &dyn Buffer) -> Argument<'_> {
    Argument { buffer, donated: true }
}

/// The bytes of a buffer.
fn bytes_of(buffer: &dyn Buffer) -> Result<Vec<u8>> {
    let mut found = None;
    buffer.read(&mut |bytes| found = Some(bytes.to_vec()))?;
    Ok(found.unwrap())
}

fn floats(buffer: &dyn Buffer) -> Vec<f32> {
    bytes_of(buffer).unwrap().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// The error of what must fail.
fn failed<T>(outcome: Result<T>) -> Error {
    match outcome {
        Ok(_) => panic!("expected an error"),
        Err(error) => error,
    }
}
