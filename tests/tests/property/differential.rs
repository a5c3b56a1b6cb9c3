//! Random programs over every operation, computed in five ways that must agree. `PROPTEST_CASES` asks for more; the
//! program `differential` checks any number.

use hloom_tests::differential::check::check;
use hloom_tests::differential::draw;

/// The seeds that are checked each time.
const SEEDS: std::ops::Range<u64> = 0..320;

/// How many programs are compiled together.
const TOGETHER: usize = 16;

#[test]
fn random_programs_agree_however_they_are_computed() {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let seeds: Vec<u64> = (SEEDS.start..asked.unwrap_or(SEEDS.end)).collect();
    let mut differences = Vec::new();
    for seeds in seeds.chunks(TOGETHER) {
        let programs: Vec<_> = seeds.iter().map(|&seed| draw::program(seed)).collect();
        differences.extend(check(&programs).iter().map(ToString::to_string));
    }
    assert!(differences.is_empty(), "{} differences\n{}", differences.len(), differences.join("\n"));
}

/// What the suite compares by has to be able to fail.
#[test]
fn what_differs_is_found() {
    use hloom_ir::DType;
    use hloom_tests::conformance::value::{HostArray, PyScalar};
    use hloom_tests::differential::agree::compare;

    let array = |values: &[f64]| {
        let scalars: Vec<PyScalar> = values.iter().map(|&value| PyScalar::Float(value)).collect();
        HostArray::from_scalars(DType::F64, vec![values.len()], &scalars).unwrap()
    };
    let near = 1.0 + f64::EPSILON;
    let expected = array(&[1.0, 0.0, f64::NAN]);
    assert!(compare(&expected, &array(&[1.0, 0.0, f64::NAN]), &[]).is_ok());
    for other in [[near, 0.0, f64::NAN], [1.0, -0.0, f64::NAN], [1.0, 0.0, 1.0], [1.0, f64::NAN, f64::NAN]] {
        assert!(compare(&expected, &array(&other), &[]).is_err(), "{other:?}");
    }
    // What hangs on the least numbers may be zero, but no NaN.
    let tiny = array(&[f64::MIN_POSITIVE * 2.0, 0.0, f64::NAN]);
    assert!(compare(&tiny, &array(&[0.0, 0.0, f64::NAN]), std::slice::from_ref(&tiny)).is_ok());
    assert!(compare(&tiny, &array(&[f64::NAN, 0.0, f64::NAN]), std::slice::from_ref(&tiny)).is_err());
    assert!(compare(&tiny, &array(&[0.0, 0.0, f64::NAN]), &[]).is_err());
    // A result that moves with the rounding may differ by as much, and one that turns into NaN says nothing.
    assert!(compare(&expected, &array(&[near, 0.0, f64::NAN]), &[array(&[near, 0.0, f64::NAN])]).is_ok());
    assert!(compare(&expected, &array(&[1.0, 2.0, f64::NAN]), &[array(&[1.0, f64::NAN, f64::NAN])]).is_ok());
    assert!(compare(&expected, &array(&[1.0 + 1e-9, 0.0, f64::NAN]), &[array(&[near, 0.0, f64::NAN])]).is_err());
}
