//! Who may use the memory of a buffer, and when it is gone.

use hloom_backend::{CompileOptions, Donation, ErrorKind};
use hloom_ir::{DType, Type};

use super::{CPU, Subject, bytes_of, donated, failed, floats, floats_of, kept, options, sum};

/// Sums whose result takes the memory of the first input.
fn in_place() -> CompileOptions {
    CompileOptions { donations: vec![Donation { input: 0, output: 0 }], ..options() }
}

pub(super) fn a_donated_input_is_gone(subject: &Subject) {
    let executable = subject.compile(&sum(300), &in_place()).unwrap();
    let (left, right) = (subject.floats(&[1.0; 300]), subject.floats(&[2.0; 300]));
    assert!(left.is_recyclable());
    let results = executable.execute(&[donated(&*left), kept(&*right)]).unwrap();
    assert_eq!(floats(&*results[0]), [3.0; 300]);
    assert!(!left.is_recyclable());
    assert_eq!(failed(bytes_of(&*left)).kind, ErrorKind::Donated);
    assert_eq!(failed(executable.execute(&[donated(&*left), kept(&*right)])).kind, ErrorKind::Donated);
    assert_eq!(failed(executable.execute(&[kept(&*left), kept(&*right)])).kind, ErrorKind::Donated);
    // The other one, and the result, are as good as before.
    let results = executable.execute(&[donated(&*results[0]), kept(&*right)]).unwrap();
    assert_eq!(floats(&*results[0]), [5.0; 300]);
}

pub(super) fn what_is_not_donated_stays(subject: &Subject) {
    let executable = subject.compile(&sum(300), &in_place()).unwrap();
    let (left, right) = (subject.floats(&[1.0; 300]), subject.floats(&[2.0; 300]));
    for _ in 0..3 {
        let results = executable.execute(&[kept(&*left), kept(&*right)]).unwrap();
        assert_eq!(floats(&*results[0]), [3.0; 300]);
        assert_eq!(floats(&*left), [1.0; 300]);
    }
    // A program that would not overwrite it takes it all the same.
    let executable = subject.program(&sum(300));
    let results = executable.execute(&[donated(&*left), kept(&*right)]).unwrap();
    assert_eq!(floats(&*results[0]), [3.0; 300]);
    assert_eq!(failed(bytes_of(&*left)).kind, ErrorKind::Donated);
}

pub(super) fn one_donation_only(subject: &Subject) {
    let executable = subject.compile(&sum(2), &in_place()).unwrap();
    let (left, right) = (subject.floats(&[1.0, 2.0]), subject.floats(&[3.0, 4.0]));
    for again in [donated(&*left), kept(&*left)] {
        assert_eq!(failed(executable.execute(&[donated(&*left), again])).kind, ErrorKind::Donated);
        // What did not run has taken nothing.
        assert_eq!(floats(&*left), [1.0, 2.0]);
    }
    let results = executable.execute(&[donated(&*left), donated(&*right)]).unwrap();
    assert_eq!(floats(&*results[0]), [4.0, 6.0]);
    assert_eq!(failed(bytes_of(&*right)).kind, ErrorKind::Donated);
}

pub(super) fn a_reader_keeps_its_buffer(subject: &Subject) {
    let executable = subject.compile(&sum(2), &in_place()).unwrap();
    let (left, right) = (subject.floats(&[1.0, 2.0]), subject.floats(&[3.0, 4.0]));
    let mut refused = None;
    left.read(&mut |bytes| {
        let before = bytes.to_vec();
        refused = Some(failed(executable.execute(&[donated(&*left), kept(&*right)])).kind);
        left.release();
        assert_eq!(bytes, before);
    })
    .unwrap();
    assert_eq!(refused, Some(ErrorKind::Donated));
    assert_eq!(floats(&*left), [1.0, 2.0]);
}

pub(super) fn outputs_take_given_memory(subject: &Subject) {
    let options = CompileOptions { output_buffers: vec![0], ..options() };
    let executable = subject.compile(&sum(300), &options).unwrap();
    assert_eq!(executable.signature().parameters.len(), 3);
    let (left, right) = (subject.floats(&[1.0; 300]), subject.floats(&[2.0; 300]));
    // Memory of any type of the size will do.
    let places = [floats_of(300), Type::new(DType::F64, [150]), Type::new(DType::U8, [30, 40])];
    let mut results = None;
    for ty in places {
        let place = subject.backend.allocate(&ty).unwrap();
        assert!(place.is_recyclable());
        let found = executable.execute(&[kept(&*left), kept(&*right), donated(&*place)]).unwrap();
        assert_eq!(floats(&*found[0]), [3.0; 300], "{ty}");
        assert!(!place.is_recyclable());
        results = Some(found);
    }
    // An earlier result is such memory, too.
    let earlier = results.unwrap();
    let found = executable.execute(&[kept(&*left), kept(&*left), donated(&*earlier[0])]).unwrap();
    assert_eq!(floats(&*found[0]), [2.0; 300]);
}

pub(super) fn memory_has_no_value(subject: &Subject) {
    let place = subject.backend.allocate(&floats_of(3)).unwrap();
    assert_eq!(place.ty(), &floats_of(3));
    assert_eq!(failed(bytes_of(&*place)).kind, ErrorKind::Internal);
    subject.backend.allocate(&floats_of(0)).unwrap();
}

pub(super) fn released_memory_is_gone(subject: &Subject) {
    let executable = subject.program(&sum(2));
    let (left, right) = (subject.floats(&[1.0, 2.0]), subject.floats(&[3.0, 4.0]));
    let results = executable.execute(&[kept(&*left), kept(&*right)]).unwrap();
    left.release();
    left.release();
    assert!(!left.is_recyclable());
    assert_eq!(failed(bytes_of(&*left)).kind, ErrorKind::Donated);
    assert_eq!(floats(&*results[0]), [4.0, 6.0]);
}

pub(super) fn buffers_know_their_backend(subject: &Subject) {
    let buffer = subject.floats(&[1.0, 2.0]);
    assert!(subject.backend.owns(&*buffer));
    // Buffers of a device that was opened twice are of both or of one, and what is said of them holds.
    let again = subject.driver.open(&CPU).unwrap();
    let executable = again.compile(&sum(2), &options()).unwrap().executable;
    let outcome = executable.execute(&[kept(&*buffer), kept(&*buffer)]);
    match again.owns(&*buffer) {
        true => assert_eq!(floats(&*outcome.unwrap()[0]), [2.0, 4.0]),
        false => assert_eq!(failed(outcome).kind, ErrorKind::Internal),
    }
}
