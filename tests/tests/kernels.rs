//! Programs that call kernels against the same programs in HLO alone.

use std::sync::Arc;

use hloom as np;
use hloom::backends::{Driver, Pjrt};
use hloom::prelude::*;
use hloom_backend::{Argument, Backend, Buffer, CompileOptions, DeviceKind, DeviceSpec, HostData, Signature};
use hloom_ir::{DType, Kind, NodeId, Program, Sort, Type};
use hloom_transform::{Build, ProgramBuilder};
use rayon::prelude::*;

const CPU: DeviceSpec = DeviceSpec { kind: DeviceKind::Cpu, index: 0 };

/// Elements of every kind that an order has to decide on: all bits at random, few different values, and special ones.
fn elements(rng: &mut fastrand::Rng, ty: &Type) -> Vec<u8> {
    let size = ty.dtype.size();
    let element = |rng: &mut fastrand::Rng| -> Vec<u8> {
        let real = |rng: &mut fastrand::Rng, size: usize| -> Vec<u8> {
            let specials =
                [0.0, -0.0, 1.0, -1.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e-310, -1e-40];
            let special = specials[rng.usize(..specials.len())];
            match (rng.u8(..4), size) {
                (0, 8) => special.to_ne_bytes().to_vec(),
                (0, 4) => (special as f32).to_ne_bytes().to_vec(),
                (0, _) => half::f16::from_f64(special).to_bits().to_ne_bytes().to_vec(),
                _ => (0..size).map(|_| rng.u8(..)).collect(),
            }
        };
        match ty.dtype.kind() {
            Kind::Bool => vec![u8::from(rng.bool())],
            Kind::Float => real(rng, size),
            Kind::Complex => [real(rng, size / 2), real(rng, size / 2)].concat(),
            Kind::Signed | Kind::Unsigned => match rng.u8(..3) {
                0 => (0..size).map(|_| if rng.bool() { 0 } else { 255 }).collect(),
                1 => i64::from(rng.u8(..3)).to_ne_bytes()[..size].to_vec(),
                _ => (0..size).map(|_| rng.u8(..)).collect(),
            },
        }
    };
    (0..ty.shape.size()).flat_map(|_| element(rng)).collect()
}

/// The results of a program with kernels, loaded from its serialized form too, and without.
fn check(
    (backend, device): &(Arc<dyn Backend>, hloom_pjrt::Device),
    program: &Program,
    inputs: &[(Type, Vec<u8>)],
    kernels: &[&str],
) {
    let options = CompileOptions { name: "kernels".to_owned(), serializable: true, ..CompileOptions::default() };
    let with = backend.compile(program, &options).unwrap().executable;
    let text = with.optimized_text().unwrap();
    kernels.iter().for_each(|kernel| assert!(text.contains(kernel), "no {kernel} in {text}"));
    let signature = Signature { parameters: program.parameter_types(), results: program.result_types() };
    let loaded = backend.load(&with.serialize().unwrap(), &signature).unwrap();
    let without = device.compile(&Pjrt.module(program, &options).unwrap(), &signature).unwrap();

    let upload = |(ty, bytes): &(Type, Vec<u8>)| backend.upload(HostData::Borrowed(bytes), ty).unwrap();
    let buffers: Vec<Arc<dyn Buffer>> = inputs.iter().map(upload).collect();
    let arguments: Vec<Argument<'_>> =
        buffers.iter().map(|buffer| Argument { buffer: &**buffer, donated: false }).collect();
    let read = |results: Vec<Arc<dyn Buffer>>| -> Vec<Vec<u8>> {
        let bytes = |buffer: &Arc<dyn Buffer>| {
            let mut found = Vec::new();
            buffer.read(&mut |bytes| found = bytes.to_vec()).unwrap();
            found
        };
        results.iter().map(bytes).collect()
    };
    let expected = read(without.execute(&arguments).unwrap().into_iter().collect());
    assert!(read(with.execute(&arguments).unwrap().into_iter().collect()) == expected, "{program:?}");
    assert!(read(loaded.execute(&arguments).unwrap().into_iter().collect()) == expected, "loaded: {program:?}");
    // What went in is as it was, although results take the memory of operands.
    for (buffer, (_, bytes)) in buffers.iter().zip(inputs) {
        buffer.read(&mut |found| assert!(found == bytes, "an input has changed")).unwrap();
    }
}

/// A program of an array and positions.
fn program(
    ty: &Type,
    positions: &Type,
    build: impl FnOnce(&mut ProgramBuilder, NodeId, NodeId) -> Vec<NodeId>,
) -> Program {
    let mut builder = ProgramBuilder::new();
    let (x, places) = (builder.input(ty.clone()), builder.input(positions.clone()));
    let outputs = build(&mut builder, x, places);
    builder.finish(&outputs)
}

#[test]
fn kernels_give_what_hlo_gives() {
    let devices = devices();
    let mut rng = fastrand::Rng::with_seed(20);
    for dtype in DType::ALL {
        let shapes: &[(&[usize], usize)] = match dtype.kind() {
            Kind::Complex => &[(&[4097], 0)],
            _ => &[(&[2], 0), (&[4097], 0), (&[33, 130], 1), (&[70, 3, 5], 0), (&[2, 20_000], 1), (&[40_000], 0)],
        };
        for &(extents, axis) in shapes {
            let ty = Type::new(dtype, extents.to_vec());
            let mut positions = Type::new(DType::I64, extents.to_vec());
            positions.shape.as_mut_slice()[axis] = 3;
            let ends = [i64::MIN, -1, 0, 1, extents[axis] as i64 - 1, i64::MAX];
            let any = |rng: &mut fastrand::Rng| match rng.bool() {
                true => ends[rng.usize(..ends.len())],
                false => rng.i64(0..extents[axis] as i64),
            };
            let places: Vec<u8> = (0..positions.shape.size()).flat_map(|_| any(&mut rng).to_ne_bytes()).collect();
            let program = program(&ty, &positions, |builder, x, places| {
                let sorted = builder.op(Sort::Values { axis }, &[x]).unwrap();
                let order = builder.op(Sort::Positions { axis }, &[x]).unwrap();
                let selected = builder.op(Sort::Select { axis }, &[x, places]).unwrap();
                let again = builder.op(Sort::Select { axis }, &[sorted, places]).unwrap();
                vec![sorted, order, selected, again, x]
            });
            let kernels: &[&str] = match dtype.kind() {
                // Of two integers an element, the order is found by positions.
                Kind::Complex => &["hloom.sort"],
                _ if extents[axis] < 64 => &["hloom.sort"],
                _ => &["hloom.sort", "hloom.select"],
            };
            let data = elements(&mut rng, &ty);
            check(&devices, &program, &[(ty.clone(), data), (positions.clone(), places.clone())], kernels);
            if extents == [4097] {
                // Of elements that are all equal there are many orders, and one that is stable.
                let equal = elements(&mut rng, &Type::scalar(dtype)).repeat(ty.shape.size());
                check(&devices, &program, &[(ty, equal), (positions, places)], kernels);
            }
        }
    }
}

#[test]
fn positions_of_all_lines_are_those_of_each() {
    let (devices, mut rng) = (devices(), fastrand::Rng::with_seed(21));
    for (extents, axis, n_positions, kernels) in [
        // Few of many, many of few, and an axis of one element.
        ([7, 500], 1, 4, &["hloom.select"][..]),
        ([500, 7], 0, 4, &["hloom.select"]),
        ([300, 5], 1, 40, &["hloom.sort"]),
        ([300, 1], 1, 3, &[]),
    ] {
        let ty = Type::new(DType::F64, extents);
        let mut shared = [1, 1];
        shared[axis] = n_positions;
        let positions = Type::new(DType::I64, shared);
        let program = program(&ty, &positions, |builder, x, places| {
            let mut each = extents;
            each[axis] = n_positions;
            let of_each = builder.broadcast(places, &each.as_slice().into()).unwrap();
            let of_all = builder.op(Sort::Select { axis }, &[x, places]).unwrap();
            vec![of_all, builder.op(Sort::Select { axis }, &[x, of_each]).unwrap()]
        });
        let places = (0..n_positions).flat_map(|_| rng.i64(-2..extents[axis] as i64 + 2).to_ne_bytes()).collect();
        check(&devices, &program, &[(ty.clone(), elements(&mut rng, &ty)), (positions, places)], kernels);
    }
}

#[test]
fn kernels_are_called_in_loops_and_in_branches() {
    let x = np::random::default_rng(3).standard_normal((3, 500));
    let step = |x: NdArray| {
        let sorted = (x.sort(1) * 1.25).sin();
        &sorted - np::median(&sorted, axis(1).keepdims())
    };
    let expected = (0..5).fold(x.clone(), |x, _| step(x).copy());
    let looped = np::jit(move |x: NdArray| np::fori_loop(0, 5, x, |_, x: NdArray| step(x)));
    assert_eq!(looped.call(&x).unwrap().to_bytes().unwrap(), expected.to_bytes().unwrap());
    let chosen = np::jit(|x: NdArray| np::cond(x.sum(..).lt(1e9), || x.sort(0), || np::zeros((3, 500))));
    assert_eq!(chosen.call(&x).unwrap().to_bytes().unwrap(), x.sort(0).to_bytes().unwrap());
}

/// The application's own threads wait for programs, which call kernels: none of these may wait for one of those threads.
#[test]
fn an_application_may_use_rayon() {
    let x = np::random::default_rng(4).standard_normal(100_000);
    let expected = (&x + 1.0).sort(-1).get(5).item::<f64>().unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let found: Vec<f64> = pool.install(|| {
        let one = |_| {
            assert_eq!(np::median(x.reshape((100, -1)), 1).size(), 100);
            (&x + 1.0).sort(-1).get(5).item::<f64>().unwrap()
        };
        (0..16).into_par_iter().map(one).collect()
    });
    assert_eq!(found, [expected; 16]);
    // The global pool is still the application's to build.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let found: Vec<f64> = (0..4).into_par_iter().map(|_| (&x + 1.0).sort(-1).get(5).item::<f64>().unwrap()).collect();
    assert_eq!(found, [expected; 4]);
}

fn devices() -> (Arc<dyn Backend>, hloom_pjrt::Device) {
    crate::child::plugin();
    (Pjrt.open(&CPU).unwrap(), hloom_pjrt::open(&CPU).unwrap())
}
