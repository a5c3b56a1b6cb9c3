//! Compiled functions as bytes: what they hold, and what is refused.

use std::io::Write;

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;
use hloom::{Compiled, ShapeDtype};

use super::without_line;
use crate::child::{Child, plugin};

type Loaded = Compiled<Vec<NdArray>, Vec<NdArray>>;

fn saved<A: np::Tree + 'static, R: np::Tree + Send + Sync + 'static>(
    f: &np::Jit<A, R>,
    arguments: impl np::Tree<A>,
) -> hloom::Result<Vec<u8>> {
    f.lower(arguments)?.compile()?.serialize()
}

#[test]
fn a_loaded_function_computes_the_same() -> hloom::Result<()> {
    let base = np::array([[1.0, 2.0], [3.0, 4.0]]);
    let held = base.clone();
    let f = np::jit(move |(x, by, n): (Vec<NdArray>, NdArray, usize)| {
        let y = x[0].matmul(&held) * by + n;
        (y.sum(0), y)
    })
    .name("affine");
    let spec = ShapeDtype::new([3, 2], float64)?;
    let bytes = saved(&f, (vec![spec], 0.5, 7))?;
    let loaded: Loaded = Compiled::load(&bytes)?;
    assert_eq!(loaded.name(), "affine");
    let types: Vec<String> = loaded.argument_types().iter().map(|(path, ty)| format!("{path} {ty}")).collect();
    assert_eq!(types, ["[0][0] f64[3,2]", "[1] f64[]"]);
    let x = np::arange((0.0, 6.0, 1.0)).reshape([3, 2]);
    let (sum, y) = f.call((vec![&x], 0.25, 7))?;
    let results = loaded.call(vec![x.clone(), np::array(0.25)])?;
    assert_eq!(results[0].to_vec::<f64>()?, sum.to_vec::<f64>()?);
    assert_eq!(results[1].to_vec::<f64>()?, y.to_vec::<f64>()?);
    let refused = |arguments: Vec<NdArray>| without_line(&loaded.call(arguments).unwrap_err());
    expect!["TypeError: 'affine' is compiled for other arguments: argument [0] is f64[6], was f64[3,2]"]
        .assert_eq(&refused(vec![x.ravel(), np::array(0.25)]));
    expect![
        "TypeError: 'affine' is compiled for other arguments: the arguments hold 1 arrays and static values, held 2"
    ]
    .assert_eq(&refused(vec![x]));
    Ok(())
}

#[test]
fn large_results_checks_and_donations_survive() -> hloom::Result<()> {
    let f = np::jit(|(x, i): (NdArray, NdArray)| (x.get(&i), x + 1)).donate(0);
    let loaded: Loaded =
        Compiled::load(&saved(&f, (ShapeDtype::new([300_000], float64)?, ShapeDtype::new([2], int64)?))?)?;
    let x = || np::zeros(300_000) + 2;
    let given = vec![x(), np::array([0i64, -1])];
    let results = loaded.call(&given)?;
    assert_eq!(results[0].to_vec::<f64>()?, [2.0, 2.0]);
    assert_eq!(results[1].get(299_999).item::<f64>()?, 3.0);
    assert_eq!(given[0].tolist().unwrap_err().kind(), ErrorKind::Donated);
    let results = loaded.call(vec![x(), np::array([0i64, 300_000])])?;
    let error = results[0].tolist().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Index);
    assert_eq!(error.message(), "index 300000 is out of bounds for axis 0 with size 300000");
    assert!(error.to_string().contains("files.rs:"), "{error}");
    Ok(())
}

#[test]
fn a_function_that_came_from_the_disk_can_be_saved() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let child = Child::new("save-function").env("HLOOM_CACHE_DIR", folder.path()).env("HLOOM_DISK_CACHE", "1");
        let saved = folder.path().join(name);
        let text = child.arg(&saved).stdout();
        text + &Child::new("load-function").arg(&saved).stdout()
    };
    expect![[r#"
        compiled 1, loaded from disk 0
        [2.0, 4.0, 6.0]
        compiled 0, loaded from disk 1
        [2.0, 4.0, 6.0]
    "#]]
    .assert_eq(&(run("first") + &run("second")));
}

#[test]
fn a_function_belongs_to_its_plugin_wherever_that_lies() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("function");
    Child::new("save-function").env("HLOOM_CACHE_DIR", folder.path()).arg(&saved).stdout();
    let load = |plugin: &std::path::Path| {
        let child = Child::new("load-function").env("HLOOM_CACHE_DIR", folder.path()).env("HLOOM_PLUGIN_CPU", plugin);
        child.arg(&saved).stdout()
    };
    let copy = folder.path().join("copy.so");
    std::fs::copy(plugin(), &copy).unwrap();
    assert_eq!(load(&copy), "[2.0, 4.0, 6.0]\n");
    // What follows the end of a library does not matter to whoever loads it, but it is another file.
    std::fs::OpenOptions::new().append(true).open(&copy).unwrap().write_all(b"x").unwrap();
    expect![[r#"
        CompileError: load: the program was compiled by another plugin, for another processor, with other options or another signature
    "#]]
    .assert_eq(&load(&copy));
}

#[test]
fn damaged_bytes_are_refused() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| x * 2);
    let bytes = saved(&f, ShapeDtype::new([3], float32)?)?;
    let kind = |bytes: &[u8]| Compiled::load(bytes).unwrap_err().kind();
    for len in (0..200).chain([bytes.len() - 1]) {
        assert_eq!(kind(&bytes[..len]), ErrorKind::Io, "cut at {len}");
    }
    let mut extended = bytes.clone();
    extended.push(0);
    assert_eq!(kind(&extended), ErrorKind::Io);
    for at in (0..bytes.len()).step_by(bytes.len() / 300) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert_eq!(kind(&damaged), ErrorKind::Io, "damaged at {at}");
    }
    assert_eq!(kind(b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}"), ErrorKind::Io);
    Ok(())
}

/// Bytes whose checksum is right and whose content is not: made by whoever wants to see the library fall.
#[test]
fn forged_bytes_are_refused() -> hloom::Result<()> {
    use sha2::{Digest, Sha256};
    const HEAD: usize = 8 + 32;
    let f = np::jit(|(x, n): (NdArray, NdArray)| x * n);
    let bytes = saved(&f, (ShapeDtype::new([3], float32)?, 2))?;
    let forge = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut body = bytes[HEAD..].to_vec();
        change(&mut body);
        let digest = Sha256::digest(&body);
        let forged = [&bytes[..8], digest.as_slice(), &body].concat();
        Compiled::load(&forged).map(drop)
    };
    assert!(forge(&|_| ()).is_ok());
    // Up to the executable, which has a checksum of its own, every byte is tried with several values.
    let n_plain = bytes.len().min(HEAD + 400) - HEAD;
    let mut n_accepted = 0;
    for at in 0..n_plain {
        for value in [0x00, 0x01, 0x7f, 0x80, 0xff] {
            n_accepted += usize::from(forge(&|body| body[at] = value).is_ok());
        }
        assert!(forge(&|body| body.truncate(at)).is_err(), "cut at {at}");
    }
    // Names and the text of places may change; the rest is held together by the types.
    assert!(n_accepted < 5 * n_plain / 2, "{n_accepted} of {} forgeries were accepted", 5 * n_plain);
    Ok(())
}
