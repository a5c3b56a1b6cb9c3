//! What is refused, and how it is said.

use std::error::Error as _;

use hloom_backend::{CompileOptions, DeviceKind, DeviceSpec, ErrorKind, HostData, Signature};
use hloom_ir::{Binary, DType, Op, Type};
use hloom_transform::Build;

use super::{Subject, failed, floats, floats_of, kept, options, program_of, sum};

pub(super) fn arguments_are_checked(subject: &Subject) {
    let executable = subject.program(&sum(2));
    let (good, long) = (subject.floats(&[1.0, 2.0]), subject.floats(&[1.0, 2.0, 3.0]));
    let other = subject.bytes(&[0; 8], &Type::new(DType::I32, [2]));
    for arguments in
        [&[][..], &[kept(&*good)], &[kept(&*good); 3], &[kept(&*good), kept(&*long)], &[kept(&*other), kept(&*good)]]
    {
        let error = failed(executable.execute(arguments));
        assert_eq!(error.kind, ErrorKind::Internal, "{error}");
        assert!(error.to_string().starts_with("execute: "), "{error}");
    }
    assert_eq!(floats(&*executable.execute(&[kept(&*good); 2]).unwrap()[0]), [2.0, 4.0]);
}

pub(super) fn uploads_are_checked(subject: &Subject) {
    for (len, ty) in [(0, floats_of(1)), (7, floats_of(2)), (9, floats_of(2)), (1, floats_of(0))] {
        let error = failed(subject.backend.upload(HostData::Borrowed(&vec![0; len]), &ty));
        assert_eq!(error.kind, ErrorKind::Internal, "{error}");
        assert_eq!(error.to_string(), format!("upload: {len} bytes do not make {ty}"));
    }
}

pub(super) fn what_fits_nowhere_is_refused(subject: &Subject) {
    for len in [1 << 45, 1 << 60, usize::MAX] {
        let error = failed(subject.backend.allocate(&floats_of(len)));
        assert_eq!(error.kind, ErrorKind::OutOfMemory, "{error}");
    }
    let error = failed(subject.compile(&sum(1 << 45), &options()));
    assert_eq!(error.kind, ErrorKind::OutOfMemory, "{error}");
}

pub(super) fn programs_are_verified(subject: &Subject) {
    let wrong = program_of(2, 2, |builder, inputs| {
        vec![builder.add(Op::from(Binary::Add), inputs.into(), Type::new(DType::F64, [3]))]
    });
    let error = failed(subject.compile(&wrong, &options()));
    assert_eq!(error.kind, ErrorKind::Internal, "{error}");
    assert!(error.source().is_some());
    let nowhere = CompileOptions { output_buffers: vec![1], ..options() };
    assert_eq!(failed(subject.compile(&sum(2), &nowhere)).kind, ErrorKind::Internal);
}

pub(super) fn devices_that_are_not_there(subject: &Subject) {
    for device in [DeviceSpec { kind: DeviceKind::Cpu, index: 7 }, DeviceSpec { kind: DeviceKind::Tpu, index: 0 }] {
        let error = failed(subject.driver.open(&device));
        assert_eq!(error.kind, ErrorKind::Plugin, "{error}");
        assert!(error.to_string().contains(device.kind.name()), "{error}");
    }
}

/// What a backend may do without, but then has to say so.
pub(super) fn optional_functions(subject: &Subject) {
    let options = CompileOptions { serializable: true, ..options() };
    let executable = subject.compile(&sum(2), &options).unwrap();
    match executable.serialize() {
        Ok(bytes) => {
            let loaded = subject.backend.load(&bytes, executable.signature()).unwrap();
            let buffer = subject.floats(&[1.0, 2.0]);
            assert_eq!(floats(&*loaded.execute(&[kept(&*buffer); 2]).unwrap()[0]), [2.0, 4.0]);
        }
        Err(error) => assert_eq!(error.kind, ErrorKind::Unsupported, "{error}"),
    }
    let garbage = failed(subject.backend.load(b"not a program", &Signature::default()));
    assert!(matches!(garbage.kind, ErrorKind::Compile | ErrorKind::Unsupported), "{garbage}");
    match executable.memory() {
        Ok(memory) => assert_eq!(memory.argument_bytes, 16),
        Err(error) => assert_eq!(error.kind, ErrorKind::Unsupported, "{error}"),
    }
    match executable.optimized_text() {
        Ok(text) => assert!(text.starts_with("HloModule"), "{text}"),
        Err(error) => assert_eq!(error.kind, ErrorKind::Unsupported, "{error}"),
    }
}
