//! Runs hand-built modules on the real CPU plugin, which is installed on first use.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod module;

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hloom_backend::{Argument, Buffer, ErrorKind, HostBytes, HostData, Signature};
use hloom_ir::{DType, Element, Type};
use hloom_pjrt::{Device, DeviceKind, DeviceSpec, Executable, find, open, open_plugin, self_test};
use module::{Alias, Module, primitive};

fn cpu() -> Device {
    open(&"cpu".parse().unwrap()).unwrap()
}

fn upload<T: Element>(backend: &Device, values: &[T]) -> Arc<dyn Buffer> {
    let ty = Type::new(T::DTYPE, [values.len()]);
    backend.upload(HostData::Borrowed(T::as_bytes(values)), &ty).unwrap()
}

fn read<T: Element>(buffer: &Arc<dyn Buffer>) -> Vec<T> {
    let mut values = Vec::new();
    buffer.read(&mut |bytes| values = T::from_bytes(bytes)).unwrap();
    values
}

fn kept(buffer: &Arc<dyn Buffer>) -> Argument<'_> {
    Argument { buffer: &**buffer, donated: false }
}

fn donated(buffer: &Arc<dyn Buffer>) -> Argument<'_> {
    Argument { buffer: &**buffer, donated: true }
}

/// `f(x, y) = (x opcode y,)` with an optional alias.
fn binary(backend: &Device, opcode: &str, ty: &Type, alias: Option<Alias>) -> Executable {
    let (module, signature) = Module::binary(opcode, ty, alias);
    backend.compile(&module.encode(), &signature).unwrap()
}

fn f32s(len: usize) -> Type {
    Type::new(DType::F32, [len])
}

/// Where a buffer's memory begins.
fn address(buffer: &Arc<dyn Buffer>) -> usize {
    let mut address = 0;
    buffer.read(&mut |bytes| address = bytes.as_ptr().addr()).unwrap();
    address
}

#[test]
fn programs_compile_and_run() {
    let backend = cpu();
    assert_eq!(backend.platform(), "cpu");
    assert!(backend.description().starts_with("cpu:0"), "{}", backend.description());
    let add = binary(&backend, "add", &f32s(4), None);
    let x = upload(&backend, &[1.0f32, 2.0, 3.0, f32::NAN]);
    let results = add.execute(&[kept(&x), kept(&x)]).unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0].ty(), &f32s(4));
    results[0].wait().unwrap();
    let values: Vec<f32> = read(&results[0]);
    assert_eq!(values[..3], [2.0, 4.0, 6.0]);
    assert!(values[3].is_nan());
    assert_eq!(read::<f32>(&x)[..3], [1.0, 2.0, 3.0]);
    assert!(!add.optimized_module().unwrap().is_empty());
    self_test(&backend).unwrap();
}

#[test]
fn nan_survives_maximum() {
    let backend = cpu();
    let maximum = binary(&backend, "maximum", &f32s(2), None);
    let x = upload(&backend, &[f32::NAN, 1.0]);
    let y = upload(&backend, &[0.0f32, f32::NAN]);
    let results = maximum.execute(&[kept(&x), kept(&y)]).unwrap();
    assert!(read::<f32>(&results[0]).iter().all(|value| value.is_nan()));
}

#[test]
fn donated_memory_becomes_the_output() {
    let backend = cpu();
    let len = 1 << 16;
    for alias in [Alias::May(0), Alias::Must(0)] {
        let add = binary(&backend, "add", &f32s(len), Some(alias));
        let x = upload(&backend, &vec![1.0f32; len]);
        let y = upload(&backend, &vec![2.0f32; len]);
        let place = address(&x);
        assert!(x.is_recyclable());
        let results = add.execute(&[donated(&x), kept(&y)]).unwrap();
        assert_eq!(read::<f32>(&results[0]), vec![3.0; len]);
        assert_eq!(address(&results[0]), place, "{alias:?}");
        assert!(!x.is_recyclable());

        let error = x.read(&mut |_| ()).unwrap_err();
        assert!(error.message.contains("donated"), "{error}");
        for arguments in [[kept(&x), kept(&y)], [donated(&x), kept(&y)]] {
            let error = add.execute(&arguments).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Donated);
            assert!(error.message.contains("argument 0"), "{error}");
        }
    }
}

#[test]
fn what_is_not_donated_is_not_overwritten() {
    let backend = cpu();
    let len = 1 << 16;
    let add = binary(&backend, "add", &f32s(len), Some(Alias::May(0)));
    let x = upload(&backend, &vec![1.0f32; len]);
    for _ in 0..3 {
        let results = add.execute(&[kept(&x), kept(&x)]).unwrap();
        assert_eq!(read::<f32>(&results[0]), vec![2.0; len]);
        assert_eq!(read::<f32>(&x), vec![1.0; len]);
    }
    // One array as a donated and as a kept argument cannot be, and is not lost by asking for it.
    for arguments in [[donated(&x), kept(&x)], [kept(&x), donated(&x)], [donated(&x), donated(&x)]] {
        let error = add.execute(&arguments).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Donated);
        assert_eq!(read::<f32>(&x), vec![1.0; len]);
    }
    // While it is read it cannot be overwritten.
    x.read(&mut |bytes| {
        assert!(add.execute(&[donated(&x), kept(&x)]).is_err());
        assert_eq!(bytes[..4], 1.0f32.to_ne_bytes());
    })
    .unwrap();
    assert_eq!(read::<f32>(&x), vec![1.0; len]);
}

#[test]
fn unused_parameters_are_places_for_outputs() {
    let backend = cpu();
    let len = 1 << 16;
    let ty = f32s(len);
    // Other dtype and shape, same size.
    for place in [ty.clone(), Type::new(DType::I32, [len]), Type::new(DType::F64, [2, len / 4])] {
        let module = Module::negate_into(&ty);
        let signature = Signature { parameters: vec![ty.clone(), ty.clone()], results: vec![ty.clone()] };
        let negate = backend.compile(&module.encode(), &signature).unwrap();
        let x = upload(&backend, &vec![1.0f32; len]);
        let scratch = backend.allocate(&place).unwrap();
        assert!(scratch.is_recyclable());
        assert!(scratch.read(&mut |_| ()).is_err(), "memory without a value is not lent");
        if place != ty {
            let error = negate.execute(&[kept(&x), kept(&scratch)]).unwrap_err();
            assert!(error.message.contains("argument 1"), "{error}");
        }
        let results = negate.execute(&[kept(&x), donated(&scratch)]).unwrap();
        assert_eq!(read::<f32>(&results[0]), vec![-1.0; len]);
        assert!(!scratch.is_recyclable());
    }
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let backend = cpu();
    let add = binary(&backend, "add", &f32s(4), None);
    let good = upload(&backend, &[1.0f32; 4]);
    let long = upload(&backend, &[1.0f32; 5]);
    let ints = upload(&backend, &[1i32; 4]);
    let flat = backend.upload(HostData::Borrowed(&[0; 16]), &Type::new(DType::F32, [2, 2])).unwrap();
    for bad in [kept(&long), donated(&long), kept(&ints), kept(&flat)] {
        let error = add.execute(&[kept(&good), bad]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Internal);
        assert!(error.message.contains("argument 1") && error.message.contains("f32[4]"), "{error}");
    }
    for arguments in [vec![], vec![kept(&good)], vec![kept(&good); 3]] {
        let error = add.execute(&arguments).unwrap_err();
        assert!(error.message.contains("expected 2"), "{error}");
    }
    assert_eq!(read::<f32>(&long), [1.0; 5], "a refused donation is none");
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let backend = cpu();
    for (bytes, ty) in [
        (15, f32s(4)),
        (17, f32s(4)),
        (0, Type::scalar(DType::U8)),
        (0, Type::new(DType::F32, [0, usize::MAX])),
        (0, Type::new(DType::F32, [1 << 62, 1 << 62])),
    ] {
        let error = backend.upload(HostData::Borrowed(&vec![0; bytes]), &ty).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Internal, "{error}");
    }
    for extents in [vec![1 << 45], vec![usize::MAX], vec![1 << 40, 1 << 40]] {
        let error = backend.allocate(&Type::new(DType::F32, extents)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutOfMemory, "{error}");
    }
}

#[test]
fn modules_that_are_none_are_refused() {
    let backend = cpu();
    let (module, signature) = Module::binary("add", &f32s(4), None);
    let bytes = module.encode();
    let compile = |bytes: &[u8], signature: &Signature| backend.compile(bytes, signature).unwrap_err();
    assert_eq!(compile(b"", &signature).kind, ErrorKind::Compile);
    assert_eq!(compile(&bytes[..bytes.len() / 2], &signature).kind, ErrorKind::Compile);
    assert_eq!(compile(&[0xff; 64], &signature).kind, ErrorKind::Compile);
    let (unknown, _) = Module::binary("no-such-opcode", &f32s(4), None);
    let error = compile(&unknown.encode(), &signature);
    assert!(error.message.contains("no-such-opcode"), "{error}");
    let other = Signature { results: vec![f32s(5)], ..signature };
    let error = compile(&bytes, &other);
    assert!(error.message.contains("f32[4]") && error.message.contains("f32[5]"), "{error}");
}

#[test]
fn serialized_programs_load_and_run() {
    let backend = cpu();
    let len = 1 << 10;
    let (module, signature) = Module::binary("add", &f32s(len), Some(Alias::May(0)));
    let add = backend.compile(&module.encode(), &signature).unwrap();
    let bytes = add.serialize().unwrap();
    let loaded = backend.load(&bytes, &signature).unwrap();
    assert_eq!(loaded.signature(), &signature);
    let x = upload(&backend, &vec![1.0f32; len]);
    let results = loaded.execute(&[kept(&x), kept(&x)]).unwrap();
    assert_eq!(read::<f32>(&results[0]), vec![2.0; len]);
    assert_eq!(read::<f32>(&x), vec![1.0; len], "aliases are known after loading, too");
    // Plugins would write it without its code.
    assert_eq!(loaded.serialize().unwrap_err().kind, ErrorKind::Unsupported);

    let other = Signature { results: vec![f32s(5)], ..signature.clone() };
    for (bytes, signature) in [
        (&bytes[..], &other),
        (&bytes[..bytes.len() - 1], &signature),
        (b"garbage that is no program".as_slice(), &signature),
        (&[], &signature),
    ] {
        assert_eq!(backend.load(bytes, signature).unwrap_err().kind, ErrorKind::Compile);
    }
}

#[test]
fn every_dtype_goes_and_comes_back() {
    let backend = cpu();
    for dtype in DType::ALL {
        let ty = Type::new(dtype, [3, 5]);
        let bytes: Vec<u8> = match dtype {
            DType::Bool => (0..ty.size_bytes()).map(|index| u8::from(index % 3 == 0)).collect(),
            _ => (0..ty.size_bytes()).map(|index| (index * 7 % 60) as u8).collect(),
        };
        let sent = backend.upload(HostData::Borrowed(&bytes), &ty).unwrap();
        sent.read(&mut |read| assert_eq!(read, bytes, "{dtype}")).unwrap();
        // Through a program, so that the compiler's and the buffers' dtypes are seen to agree.
        let (module, signature) = Module::copy(&ty);
        let copy = backend.compile(&module.encode(), &signature).unwrap();
        let results = copy.execute(&[kept(&sent)]).unwrap();
        results[0].read(&mut |read| assert_eq!(read, bytes, "{dtype}")).unwrap();
        assert!(primitive(dtype) > 0);
    }
}

#[test]
fn empty_arrays_and_scalars_work() {
    let backend = cpu();
    for ty in [Type::new(DType::F32, [0]), Type::new(DType::F32, [2, 0, 3]), Type::scalar(DType::F32)] {
        let bytes = vec![0u8; ty.size_bytes()];
        let shared = HostData::Shared(Arc::new(Counted::new(&bytes, 64)));
        for data in [HostData::Borrowed(&bytes), shared] {
            let x = backend.upload(data, &ty).unwrap();
            let add = binary(&backend, "add", &ty, Some(Alias::May(0)));
            let kept_results = add.execute(&[kept(&x), kept(&x)]).unwrap();
            kept_results[0].read(&mut |read| assert_eq!(read, bytes)).unwrap();
            let y = backend.allocate(&ty).unwrap();
            let results = add.execute(&[donated(&y), kept(&x)]).unwrap();
            results[0].read(&mut |read| assert_eq!(read.len(), bytes.len())).unwrap();
        }
    }
}

/// Host bytes at a chosen alignment that count how often they were freed.
#[derive(Debug)]
struct Counted {
    bytes: Vec<u8>,
    start: usize,
    len: usize,
    freed: Arc<AtomicUsize>,
}

impl Counted {
    /// A copy that begins `alignment` bytes after a multiple of 128.
    fn new(bytes: &[u8], alignment: usize) -> Counted {
        let mut memory = vec![0u8; bytes.len() + 256];
        let start = memory.as_ptr().align_offset(128) + alignment;
        memory[start..start + bytes.len()].copy_from_slice(bytes);
        Counted { bytes: memory, start, len: bytes.len(), freed: Arc::default() }
    }
}

impl HostBytes for Counted {
    fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.start + self.len]
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.bytes.fill(0xff);
        self.freed.fetch_add(1, Ordering::SeqCst);
    }
}

/// Waits until a condition holds, for what plugins do on threads of their own.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn aligned_shared_memory_is_read_in_place_and_freed_once() {
    let backend = cpu();
    let len = 1 << 16;
    let values: Vec<f32> = (0..len).map(|index| index as f32).collect();
    let add = binary(&backend, "add", &f32s(len), None);
    for (alignment, in_place) in [(64, true), (0, true), (16, false), (4, false), (1, false)] {
        let data = Counted::new(f32::as_bytes(&values), alignment);
        let (freed, place) = (Arc::clone(&data.freed), data.bytes().as_ptr().addr());
        let x = backend.upload(HostData::Shared(Arc::new(data)), &f32s(len)).unwrap();
        assert_eq!(x.is_recyclable(), !in_place, "{alignment}");
        assert_eq!(address(&x) == place, in_place, "{alignment}");
        assert_eq!(read::<f32>(&x), values);
        if in_place {
            assert_eq!(freed.load(Ordering::SeqCst), 0);
        }
        // The program may still run when the buffer is gone.
        let results = add.execute(&[kept(&x), kept(&x)]).unwrap();
        drop(x);
        let doubled: Vec<f32> = values.iter().map(|value| value * 2.0).collect();
        assert_eq!(read::<f32>(&results[0]), doubled);
        eventually("the memory is freed", || freed.load(Ordering::SeqCst) == 1);
    }
}

#[test]
fn donating_shared_memory_does_not_change_it() {
    let backend = cpu();
    let len = 1 << 16;
    let add = binary(&backend, "add", &f32s(len), Some(Alias::May(0)));
    let data = Arc::new(Counted::new(f32::as_bytes(&vec![1.0f32; len]), 64));
    let shared: Arc<dyn HostBytes> = Arc::clone(&data) as Arc<dyn HostBytes>;
    let x = backend.upload(HostData::Shared(shared), &f32s(len)).unwrap();
    let y = upload(&backend, &vec![2.0f32; len]);
    let results = add.execute(&[donated(&x), kept(&y)]).unwrap();
    assert_eq!(read::<f32>(&results[0]), vec![3.0; len]);
    assert_eq!(f32::from_bytes(data.bytes()), vec![1.0; len]);
}

#[test]
fn threads_share_a_backend() {
    let backend = cpu();
    let add = binary(&backend, "add", &f32s(64), Some(Alias::May(0)));
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (backend, add) = (&backend, &add);
            scope.spawn(move || {
                let one = upload(backend, &[1.0f32; 64]);
                let mut sum = upload(backend, &[thread as f32; 64]);
                for _ in 0..500 {
                    sum = add.execute(&[donated(&sum), kept(&one)]).unwrap().remove(0);
                }
                assert_eq!(read::<f32>(&sum), [thread as f32 + 500.0; 64]);
            });
        }
        for _ in 0..2 {
            let backend = &backend;
            scope.spawn(move || {
                for len in 1..5 {
                    binary(backend, "multiply", &f32s(len), None);
                }
            });
        }
    });
}

#[test]
fn threads_that_read_and_donate_do_not_meet() {
    let backend = cpu();
    let len = 1 << 14;
    let add = binary(&backend, "add", &f32s(len), Some(Alias::May(0)));
    let one = upload(&backend, &vec![1.0f32; len]);
    for _ in 0..50 {
        let x = upload(&backend, &vec![1.0f32; len]);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                // Whoever comes first: the reader sees the old values or an error, never new ones.
                for _ in 0..20 {
                    let _ = x.read(&mut |bytes| assert_eq!(f32::from_bytes(bytes), vec![1.0; len]));
                }
            });
            scope.spawn(|| {
                while add.execute(&[donated(&x), kept(&one)]).is_err() {
                    std::hint::spin_loop();
                }
            });
        });
    }
}

#[test]
fn fingerprints_are_of_the_plugin() {
    let backend = cpu();
    assert_eq!(backend.fingerprint(), cpu().fingerprint());
    assert_eq!(backend.fingerprint().len(), 64);
}

#[test]
fn devices_that_are_not_there_are_refused() {
    cpu();
    let error = open(&DeviceSpec { kind: DeviceKind::Cpu, index: 1 }).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Plugin);
    assert!(error.message.contains("cpu:1"), "{error}");
}

#[test]
fn files_that_are_no_plugins_are_refused() {
    cpu();
    let found = find(DeviceKind::Cpu).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let check = |name: &str, bytes: &[u8], expected: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let mut found = found.clone();
        found.path = path;
        let error = open_plugin(&"cpu".parse().unwrap(), &found).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Plugin);
        assert!(error.message.contains(expected), "{error}");
    };
    check("empty.so", b"", "not a shared library");
    check("text.so", &[b'x'; 4096], "not a shared library");
    let plugin = std::fs::read(&found.path).unwrap();
    check("cut.so", &plugin[..plugin.len() / 3], "not complete");
    check("header.so", &plugin[..64], "not complete");
    let libz = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"]
        .map(|dir| std::path::Path::new(dir).join("libm.so.6"));
    let library = libz.iter().find(|path| path.is_file()).expect("the C library is somewhere");
    check("libm.so", &std::fs::read(library).unwrap(), "does not export GetPjrtApi");
    let mut missing = found.clone();
    missing.path = dir.path().join("missing.so");
    assert!(open_plugin(&"cpu".parse().unwrap(), &missing).is_err());
}

#[test]
fn a_plugin_for_another_device_is_refused() {
    cpu();
    let found = find(DeviceKind::Cpu).unwrap();
    for device in ["gpu", "tpu:0"] {
        let error = open_plugin(&device.parse().unwrap(), &found).unwrap_err();
        assert!(error.message.contains("plugin for cpu"), "{error}");
    }
}

/// Things that are sent between threads must say so.
#[test]
fn everything_is_send_and_sync() {
    fn check<T: Send + Sync + Debug + ?Sized>() {}
    check::<Device>();
    check::<Executable>();
    check::<dyn Buffer>();
}

#[test]
fn released_memory_is_given_back_unless_it_is_read() {
    let backend = cpu();
    let x = upload(&backend, &[1.0f32; 64]);
    x.read(&mut |bytes| {
        x.release();
        assert_eq!(bytes[..4], 1.0f32.to_ne_bytes());
    })
    .unwrap();
    assert_eq!(read::<f32>(&x), [1.0; 64]);
    x.release();
    assert!(!x.is_recyclable());
    assert!(x.read(&mut |_| ()).unwrap_err().message.contains("donated"));
    let add = binary(&backend, "add", &f32s(64), None);
    assert!(add.execute(&[kept(&x), kept(&x)]).is_err());
    x.release();
}
