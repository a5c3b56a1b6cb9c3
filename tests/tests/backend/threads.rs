//! Many threads on one device.

use hloom_backend::{CompileOptions, Donation};
use hloom_ir::Binary;

use super::{Subject, binary, donated, floats, kept, options, program_of, sum};

pub(super) fn many_threads_run_one_program(subject: &Subject) {
    let executable = subject.program(&sum(100));
    let shared = subject.floats(&[1.0; 100]);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (executable, shared) = (&executable, &shared);
            scope.spawn(move || {
                for run in 0..200 {
                    let own = subject.floats(&[(thread * 1000 + run) as f32; 100]);
                    let results = executable.execute(&[kept(&**shared), kept(&*own)]).unwrap();
                    assert_eq!(floats(&*results[0]), [(thread * 1000 + run + 1) as f32; 100]);
                }
            });
        }
    });
    assert_eq!(floats(&*shared), [1.0; 100]);
}

pub(super) fn many_threads_compile(subject: &Subject) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for len in [1, 10, 100] {
                    let len = len + thread;
                    let executable = subject.program(&sum(len));
                    let one = subject.floats(&vec![1.0; len]);
                    assert_eq!(floats(&*executable.execute(&[kept(&*one); 2]).unwrap()[0]), vec![2.0; len]);
                }
            });
        }
    });
}

/// Results that may not be ready are inputs, with and without being overwritten.
pub(super) fn results_feed_programs(subject: &Subject) {
    const LEN: usize = 1 << 16;
    let program = program_of(2, LEN, |builder, inputs| vec![binary(builder, Binary::Add, inputs[0], inputs[1])]);
    let in_place = CompileOptions { donations: vec![Donation { input: 0, output: 0 }], ..options() };
    let one = subject.floats(&[1.0; LEN]);
    for options in [options(), in_place] {
        let executable = subject.compile(&program, &options).unwrap();
        let mut value = subject.floats(&[0.0; LEN]);
        for _ in 0..200 {
            let first = if options.donations.is_empty() { kept(&*value) } else { donated(&*value) };
            value = executable.execute(&[first, kept(&*one)]).unwrap().remove(0);
        }
        assert_eq!(floats(&*value), [200.0; LEN]);
    }
}
