//! What makes a new trace and what does not.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::{Traces, without_line};

#[test]
fn shapes_dtypes_structure_and_static_values_do() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |(xs, n): (Vec<NdArray>, usize)| {
        noted.note();
        xs.iter().fold(np::zeros(()), |sum, x| sum + x.sum(..)) * n
    });
    let (a, b) = (np::array([1.0, 2.0]), np::array([3.0, 4.0]));
    let mut expected = 0;
    let mut check = |xs: Vec<&NdArray>, n: usize, is_new: bool, total: f64| {
        assert_eq!(f.call((xs, n))?.item::<f64>()?, total);
        expected += usize::from(is_new);
        assert_eq!(traces.count(), expected);
        hloom::Result::Ok(())
    };
    check(vec![&a], 1, true, 3.0)?;
    check(vec![&b], 1, false, 7.0)?;
    check(vec![&b], 2, true, 14.0)?;
    check(vec![&a, &b], 1, true, 10.0)?;
    check(vec![&a.astype(float32)], 1, true, 3.0)?;
    check(vec![&a.reshape([2, 1])], 1, true, 3.0)?;
    check(vec![&a.reshape([1, 2])], 1, true, 3.0)?;
    check(vec![], 5, true, 0.0)?;
    check(vec![&a, &a], 1, false, 6.0)?;
    check(vec![&b], 2, false, 14.0)?;
    Ok(())
}

fn power() -> np::Jit<(NdArray, NdArray), NdArray> {
    let power = |(x, n): (NdArray, NdArray)| {
        let n = n.item::<i64>().expect("a static argument has a value");
        (0..n).fold(np::ones_like(&x), |y, _| y * &x)
    };
    np::jit(power).static_args([1]).name("power")
}

#[test]
fn static_arguments_may_be_numbers_and_pending() -> hloom::Result<()> {
    let (power, x) = (power(), np::array([2.0, 3.0]));
    assert_eq!(power.call((&x, 3))?.tolist()?, [8.0, 27.0]);
    assert_eq!(power.call((&x, 2))?.tolist()?, [4.0, 9.0]);
    assert_eq!(power.call((&x, np::array(2i64) + 1))?.tolist()?, [8.0, 27.0]);
    // The numbers 3 and 2, and the array 3.
    assert_eq!(power.n_signatures(), 3);
    let three = np::array(3i64) + 0;
    three.data()?;
    let refused = np::deny_sync(|| power.call((&x, &three))).unwrap_err();
    expect!["DeniedError: a static argument would wait for i64[], which a device holds or computes"]
        .assert_eq(&without_line(&refused));
    Ok(())
}

#[test]
fn static_arguments_are_read_when_lowered_in_a_branch() -> hloom::Result<()> {
    let (power, x) = (power(), np::array([2.0, 3.0]));
    let three = np::array(3i64);
    let mut compiled = None;
    let y = np::cond(
        x.sum(..).gt(0),
        || {
            compiled = Some(power.lower((&x, &three)).and_then(np::Lowered::compile));
            x.clone()
        },
        || x.clone(),
    );
    let compiled = compiled.expect("the branch was traced")?;
    assert_eq!(compiled.call((&x, &three))?.tolist()?, [8.0, 27.0]);
    assert_eq!(y.tolist()?, [2.0, 3.0]);
    Ok(())
}

#[test]
fn static_arguments_stay_static_when_compiled_and_saved() -> hloom::Result<()> {
    let (power, x) = (power(), np::array([2.0, 3.0]));
    let spec = np::ShapeDtype::new([2], float64)?;
    for three in [&np::array(3i64), &(np::array(2i64) + 1)] {
        let compiled = power.lower((&spec, three))?.compile()?;
        assert_eq!(compiled.call((&x, three))?.tolist()?, [8.0, 27.0]);
        let refused = compiled.call((&x, np::array(2i64))).unwrap_err();
        expect!["TypeError: 'power' is compiled for other arguments: the structure of the arguments or the elements of a static argument differ"]
            .assert_eq(&without_line(&refused));
        let types: Vec<String> = compiled.argument_types().iter().map(|(path, ty)| format!("{path} {ty}")).collect();
        assert_eq!(types, ["[0] f64[2]"]);
        let loaded = np::Compiled::load(&compiled.serialize()?)?;
        assert_eq!(loaded.argument_types(), [("[0]".to_owned(), x.try_type()?)]);
        assert_eq!(loaded.call(vec![x.clone()])?[0].tolist()?, [8.0, 27.0]);
        assert!(loaded.call(vec![x.clone(), three.clone()]).is_err());
    }
    assert_eq!(power.lower((&spec, 2))?.compile()?.call((&x, 2))?.tolist()?, [4.0, 9.0]);
    let refused = power.lower((&spec, np::ShapeDtype::new((), int64)?)).unwrap_err();
    expect!["TypeError: 'power' is lowered with a ShapeDtype in argument 1, which is static and needs elements"]
        .assert_eq(&without_line(&refused));
    Ok(())
}

#[test]
fn static_arguments_keep_their_values() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let power = np::jit(move |(x, n): (NdArray, NdArray)| {
        noted.note();
        let n = n.item::<i64>().expect("a static argument has a value");
        (0..n).fold(np::ones_like(&x), |y, _| y * &x)
    })
    .static_args([1]);
    let x = np::array([2.0, 3.0]);
    assert_eq!(power.call((&x, np::array(3i64)))?.to_vec::<f64>()?, [8.0, 27.0]);
    assert_eq!(power.call((&x, np::array(2i64)))?.to_vec::<f64>()?, [4.0, 9.0]);
    assert_eq!(power.call((&x, np::array(3i64)))?.to_vec::<f64>()?, [8.0, 27.0]);
    assert_eq!(traces.count(), 2);
    let refused = np::jit(|x: NdArray| x).name("identity").static_args([1]).call(&x).unwrap_err();
    expect!["TypeError: 'identity' has no argument 1: they are counted from 0, and there are 1"]
        .assert_eq(&without_line(&refused));
    let refused = np::jit(|x: NdArray| x).name("identity").donate(3).call(&x).unwrap_err();
    expect!["TypeError: 'identity' has no argument 3: they are counted from 0, and there are 1"]
        .assert_eq(&without_line(&refused));
    Ok(())
}

#[test]
fn static_numbers_are_compared_by_their_bits() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |(x, by): (NdArray, f64)| {
        noted.note();
        x * by
    });
    let x = np::array([1.0]);
    for (by, n_traces) in [(0.0, 1), (-0.0, 2), (f64::NAN, 3), (f64::NAN, 3), (0.0, 3)] {
        let y = f.call((&x, by))?.item::<f64>()?;
        assert!(y.to_bits() == by.to_bits() || y.is_nan(), "{y} {by}");
        assert_eq!(traces.count(), n_traces);
    }
    Ok(())
}

#[test]
fn programs_of_old_signatures_make_room() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    // Nothing to compute: tracing is what is looked at.
    let f = np::jit(move |n: usize| {
        noted.note();
        n
    });
    for n in 0..1000 {
        assert_eq!(f.call(n)?, n);
    }
    assert_eq!(traces.count(), 1000);
    assert!(f.n_signatures() <= 256, "{}", f.n_signatures());
    // The latest are still there.
    assert_eq!(f.call(999)?, 999);
    assert_eq!(traces.count(), 1000);
    Ok(())
}

#[test]
fn what_changes_a_function_makes_another() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |x: NdArray| {
        noted.note();
        x + 1
    });
    let (named, clone) = (f.name("plus"), f.clone());
    let x = np::array([1.0]);
    f.call(&x)?;
    clone.call(&x)?;
    assert_eq!(traces.count(), 1);
    named.call(&x)?;
    assert_eq!(traces.count(), 2);
    assert_eq!(format!("{named:?}"), r#"Jit { name: "plus", signatures: 1, .. }"#);
    assert!(format!("{f:?}").contains("signatures.rs:"), "{f:?}");
    Ok(())
}
