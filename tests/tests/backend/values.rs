//! What goes in, is computed and comes out.

use std::sync::Arc;

use hloom_backend::{CompileOptions, HostBytes, HostData};
use hloom_ir::{Binary, DType, Elementwise, Op, Type, Unary};
use hloom_transform::{Build, ProgramBuilder};

use super::{Subject, binary, bytes_of, floats, floats_of, kept, options, program_of, sum};

/// Bytes that are valid elements of every dtype.
fn pattern(ty: &Type) -> Vec<u8> {
    let modulus = if ty.dtype == DType::Bool { 2 } else { 251 };
    (0..ty.size_bytes()).map(|idx| (idx % modulus) as u8).collect()
}

/// The program that returns its two inputs in turn.
fn exchange(ty: &Type) -> hloom_ir::Program {
    let mut builder = ProgramBuilder::new();
    let (first, second) = (builder.input(ty.clone()), builder.input(ty.clone()));
    builder.finish(&[second, first])
}

pub(super) fn every_dtype_goes_both_ways(subject: &Subject) {
    for dtype in DType::ALL {
        let ty = Type::new(dtype, [3, 5]);
        let (content, zeros) = (pattern(&ty), vec![0; ty.size_bytes()]);
        let (first, second) = (subject.bytes(&content, &ty), subject.bytes(&zeros, &ty));
        assert_eq!((first.ty(), &bytes_of(&*first).unwrap()), (&ty, &content), "{dtype:?}");
        first.wait().unwrap();
        let executable = subject.program(&exchange(&ty));
        let results = executable.execute(&[kept(&*first), kept(&*second)]).unwrap();
        results.iter().for_each(|result| result.wait().unwrap());
        assert_eq!(bytes_of(&*results[0]).unwrap(), zeros, "{dtype:?}");
        assert_eq!(bytes_of(&*results[1]).unwrap(), content, "{dtype:?}");
        assert_eq!(results[1].ty(), &ty);
    }
}

pub(super) fn programs_compute(subject: &Subject) {
    let executable = subject.program(&sum(3));
    assert_eq!(executable.signature().parameters, [floats_of(3), floats_of(3)]);
    assert_eq!(executable.signature().results, [floats_of(3)]);
    let (left, right) = (subject.floats(&[1.0, 2.0, 3.0]), subject.floats(&[0.5, -2.0, 4.0]));
    for _ in 0..3 {
        let results = executable.execute(&[kept(&*left), kept(&*right)]).unwrap();
        assert_eq!(floats(&*results[0]), [1.5, 0.0, 7.0]);
    }
    let results = executable.execute(&[kept(&*left), kept(&*left)]).unwrap();
    assert_eq!(floats(&*results[0]), [2.0, 4.0, 6.0]);
}

pub(super) fn several_results(subject: &Subject) {
    let program = program_of(2, 2, |builder, inputs| {
        let sum = binary(builder, Binary::Add, inputs[0], inputs[1]);
        let product = binary(builder, Binary::Multiply, inputs[0], inputs[1]);
        vec![sum, product, sum, inputs[1]]
    });
    let executable = subject.program(&program);
    let (left, right) = (subject.floats(&[1.0, 2.0]), subject.floats(&[3.0, 4.0]));
    let results = executable.execute(&[kept(&*left), kept(&*right)]).unwrap();
    let found: Vec<Vec<f32>> = results.iter().map(|result| floats(&**result)).collect();
    assert_eq!(found, [[4.0, 6.0], [3.0, 8.0], [4.0, 6.0], [3.0, 4.0]]);
}

pub(super) fn shapes_of_every_size(subject: &Subject) {
    for shape in [&[][..], &[1], &[0], &[0, 4], &[4, 0], &[1, 1, 1, 1], &[7], &[65], &[2, 3, 4], &[1, 1000, 3]] {
        let ty = Type::new(DType::F64, shape.to_vec());
        let mut builder = ProgramBuilder::new();
        let input = builder.input(ty.clone());
        let negative = builder.add(Op::from(Unary::Negative), [input].as_slice().into(), ty.clone());
        let executable = subject.program(&builder.finish(&[negative]));
        let values: Vec<f64> = (0..ty.shape.size()).map(|idx| idx as f64 + 1.0).collect();
        let bytes = |sign: f64| values.iter().flat_map(|value| (sign * value).to_le_bytes()).collect::<Vec<u8>>();
        let input = subject.bytes(&bytes(1.0), &ty);
        let results = executable.execute(&[kept(&*input)]).unwrap();
        assert_eq!(bytes_of(&*results[0]).unwrap(), bytes(-1.0), "{ty}");
        assert_eq!(results[0].ty(), &ty);
    }
}

pub(super) fn large_arrays(subject: &Subject) {
    const LEN: usize = 5_000_011;
    let executable = subject.program(&sum(LEN));
    let values: Vec<f32> = (0..LEN).map(|idx| (idx % 1000) as f32).collect();
    let (left, right) = (subject.floats(&values), subject.floats(&vec![0.5; LEN]));
    let results = executable.execute(&[kept(&*left), kept(&*right)]).unwrap();
    let found = floats(&*results[0]);
    assert_eq!(found.len(), LEN);
    assert!(found.iter().zip(&values).all(|(found, value)| *found == value + 0.5));
}

/// What XLA's own optimizations would change.
pub(super) fn values_are_kept(subject: &Subject) {
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    let run = |program: &hloom_ir::Program, inputs: &[&[f32]]| -> Vec<f32> {
        let buffers: Vec<_> = inputs.iter().map(|values| subject.floats(values)).collect();
        let arguments: Vec<_> = buffers.iter().map(|buffer| kept(&**buffer)).collect();
        floats(&*subject.program(program).execute(&arguments).unwrap()[0])
    };
    let maximum = program_of(2, 4, |builder, inputs| vec![binary(builder, Binary::Maximum, inputs[0], inputs[1])]);
    let found = run(&maximum, &[&[nan, 1.0, -0.0, inf], &[1.0, nan, 0.0, 1.0]]);
    assert!(found[0].is_nan() && found[1].is_nan() && found[3] == inf, "{found:?}");

    // A product with a truth value is no choice: inf * 0 is nan.
    let product = program_of(2, 3, |builder, inputs| {
        let truth = builder.add(Op::from(Binary::Less), inputs.into(), Type::new(DType::Bool, [3]));
        let number = builder.add(Op::Elementwise(Elementwise::Convert), [truth].as_slice().into(), floats_of(3));
        vec![binary(builder, Binary::Multiply, inputs[0], number)]
    });
    let found = run(&product, &[&[inf, -2.0, nan], &[0.0, 1.0, 1.0]]);
    assert!(found[0].is_nan() && found[1] == -2.0 && found[2].is_nan(), "{found:?}");

    // A power's logarithm is not its exponent times the base's.
    let logarithm = program_of(2, 2, |builder, inputs| {
        let power = binary(builder, Binary::Power, inputs[0], inputs[1]);
        vec![builder.add(Op::from(Unary::Log), [power].as_slice().into(), floats_of(2))]
    });
    let found = run(&logarithm, &[&[-2.0, 3.0], &[3.0, 2.0]]);
    assert!(found[0].is_nan() && (found[1] - 9f32.ln()).abs() < 1e-6, "{found:?}");
}

pub(super) fn inputs_in_any_order(subject: &Subject) {
    let difference = program_of(3, 1, |builder, inputs| {
        let first = binary(builder, Binary::Subtract, inputs[2], inputs[0]);
        vec![binary(builder, Binary::Multiply, first, inputs[1])]
    });
    let executable = subject.program(&difference);
    let buffers = [5.0, 10.0, 7.0].map(|value| subject.floats(&[value]));
    let arguments = [kept(&*buffers[0]), kept(&*buffers[1]), kept(&*buffers[2])];
    assert_eq!(floats(&*executable.execute(&arguments).unwrap()[0]), [20.0]);
}

/// Bytes that several may hold.
#[derive(Debug)]
struct Owned(Vec<f64>);

impl HostBytes for Owned {
    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(&self.0)
    }
}

pub(super) fn shared_bytes(subject: &Subject) {
    let values = Arc::new(Owned((0..1000).map(f64::from).collect()));
    let ty = Type::new(DType::F64, [1000]);
    let buffer = subject.backend.upload(HostData::Shared(values.clone()), &ty).unwrap();
    assert_eq!(bytes_of(&*buffer).unwrap(), values.bytes());
    let executable = subject.program(&exchange(&ty));
    let results = executable.execute(&[kept(&*buffer), kept(&*buffer)]).unwrap();
    let expected = values.bytes().to_vec();
    // Whoever computes from them has them even if nobody else does.
    drop((buffer, values));
    assert_eq!(bytes_of(&*results[0]).unwrap(), expected);
}

pub(super) fn modules_are_shown(subject: &Subject) {
    let options = CompileOptions { name: "shown".to_owned(), ..options() };
    let module = subject.driver.module(&sum(2), &options).unwrap();
    assert!(String::from_utf8_lossy(&module).contains("shown"));
    let text = subject.driver.module_text(&sum(2), &options).unwrap();
    assert!(text.starts_with("HloModule shown") && text.contains("f32[2]"), "{text}");
}
