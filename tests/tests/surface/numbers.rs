//! Numbers taken apart and put together, compared, rounded and packed: for every bit pattern, at sizes where compilers change
//! their code, and in compiled functions alike.

use hloom as np;
use hloom::BitOrder;
use hloom::prelude::*;
use num_complex::Complex;

/// More elements than compilers take one by one, and not a multiple of a vector.
const N: usize = 5003;

/// Numbers of every bit pattern: most of them are far from 1, some are below the normal ones, infinite or NaN.
fn patterns() -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let odd = [0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, f64::MAX, f64::MIN, f64::MIN_POSITIVE];
    let mut numbers: Vec<f64> = (odd.len()..N).map(|_| f64::from_bits(next())).collect();
    for number in numbers.iter_mut().step_by(7) {
        // Below the normal numbers.
        *number = f64::from_bits(number.to_bits() & 0x800F_FFFF_FFFF_FFFF);
    }
    numbers.extend(odd);
    numbers
}

#[track_caller]
fn assert_same(found: &[f64], expected: impl Iterator<Item = f64>, what: &str) {
    let expected: Vec<f64> = expected.collect();
    assert_eq!(found.len(), expected.len(), "{what}");
    for (idx, (found, expected)) in found.iter().zip(expected).enumerate() {
        let is_same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(is_same, "{what}, element {idx}: {found:e}, expected {expected:e}");
    }
}

/// The results of a function of one array, lazily and compiled.
fn both<const K: usize>(function: fn(NdArray) -> [NdArray; K], x: &NdArray) -> [(&'static str, [NdArray; K]); 2] {
    let compiled = np::jit(function).call(x).unwrap();
    [("lazily", function(x.clone())), ("compiled", compiled)]
}

/// `frexp` of C.
fn taken_apart(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    // A number below the normal ones is made one, exactly.
    let (normal, lift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(54), 54) } else { (x, 0) };
    let bits = normal.to_bits();
    let exponent = ((bits >> 52) & 0x7FF) as i32 - 1022;
    (f64::from_bits(bits & 0x800F_FFFF_FFFF_FFFF | 1022 << 52), exponent - lift)
}

#[test]
fn every_number_is_taken_apart_and_put_together() {
    let numbers = patterns();
    let x = np::array(numbers.clone());
    for (how, [significand, exponent, whole]) in both(
        |x| {
            let (significand, exponent) = np::frexp(&x);
            let whole = np::ldexp(&significand, &exponent);
            [significand, exponent, whole]
        },
        &x,
    ) {
        let parts = || numbers.iter().map(|&x| taken_apart(x));
        assert_same(&significand.to_vec().unwrap(), parts().map(|(significand, _)| significand), how);
        assert_eq!(
            exponent.to_vec::<i32>().unwrap(),
            parts().map(|(_, exponent)| exponent).collect::<Vec<_>>(),
            "{how}"
        );
        assert_same(&whole.to_vec().unwrap(), numbers.iter().copied(), how);
    }
}

#[test]
fn products_with_powers_of_two_are_rounded_once() {
    let numbers: Vec<f64> = patterns().into_iter().map(|x| taken_apart(x).0).collect();
    let x = np::array(numbers.clone());
    for exponent in [-1020, -1022, -1023, -1040, -1073, -1074, -1075, -1080] {
        // The first quotient is exact, and the second is rounded by a processor that has numbers below the normal ones.
        let expected = numbers.iter().map(|&x| x / 2f64.powi(-exponent - 500) / 2f64.powi(500));
        assert_same(&np::ldexp(&x, exponent).to_vec().unwrap(), expected, &exponent.to_string());
    }
    let narrow = np::array([1.5f32, -1.0, 3.0]);
    assert_eq!(np::ldexp(&narrow, [-150, -149, 200]).to_vec::<f32>().unwrap(), [1e-45, -1e-45, f32::INFINITY]);
}

#[test]
fn fractions_and_whole_parts_add_up() {
    let numbers = patterns();
    let x = np::array(numbers.clone());
    for (how, [fraction, whole]) in both(|x| np::modf(x).into(), &x) {
        let fraction_of = |x: f64| if x.is_infinite() { 0f64.copysign(x) } else { (x - x.trunc()).copysign(x) };
        assert_same(&fraction.to_vec().unwrap(), numbers.iter().map(|&x| fraction_of(x)), how);
        assert_same(&whole.to_vec().unwrap(), numbers.iter().map(|x| x.trunc()), how);
    }
}

#[test]
fn numbers_are_as_far_apart_as_their_bits_say() {
    let numbers = patterns();
    let x = np::array(numbers.clone());
    let spacing = |x: f64| match x {
        _ if !x.is_finite() => f64::NAN,
        0.0 => f64::from_bits(1),
        _ => f64::from_bits(x.to_bits() + 1) - x,
    };
    for (how, [found]) in both(|x| [x.spacing()], &x) {
        assert_same(&found.to_vec().unwrap(), numbers.iter().map(|&x| spacing(x)), how);
    }
    // Of float16, the next greater number is meant.
    let half = np::array([-128.0, 128.0, 65504.0]).astype(float16);
    assert_eq!(np::spacing(&half).astype(float64).to_vec::<f64>().unwrap(), [0.0625, 0.125, f64::INFINITY]);
}

#[test]
fn bessel_functions_are_those_of_the_tables() {
    // Abramowitz and Stegun, table 9.8: exp(-x) I0(x).
    let table = [(0.0, 1.0), (0.2, 0.826938552), (2.0, 0.3085083226), (5.0, 0.1835408126), (8.0, 0.1434317818)];
    for (x, expected) in table {
        let found = np::i0(x).item::<f64>().unwrap() * f64::exp(-x);
        assert!((found - expected).abs() < 1e-9, "{x}: {found}");
    }
    let x = np::linspace(-20.0, 20.0, N);
    let [one_by_one, all]: [Vec<f64>; 2] = [
        (0..N).step_by(501).map(|idx| np::i0(x.get(idx)).item::<f64>().unwrap()).collect(),
        x.i0().to_vec::<f64>().unwrap().into_iter().step_by(501).collect(),
    ];
    for (one, all) in one_by_one.iter().zip(&all) {
        assert!((one - all).abs() <= 1e-14 * one, "{one} {all}");
    }
}

#[test]
fn what_is_not_real_enough_stays_complex() -> hloom::Result<()> {
    let z = np::array([Complex::new(1.0, 1e-14), Complex::new(f64::NAN, 0.0)]);
    assert_eq!(np::real_if_close(&z, ..).dtype(), float64);
    assert_eq!(np::real_if_close(&z, 10).dtype(), complex128);
    let lost = np::array([Complex::new(1.0, f64::NAN)]);
    assert_eq!(np::real_if_close(lost, ..).dtype(), complex128);
    let traced = np::jit(|z: NdArray| np::real_if_close(z, ..)).call(&z).unwrap_err();
    assert_eq!(traced.kind(), ErrorKind::Trace);
    // Nothing has to be known of a real array.
    let real = np::jit(|x: NdArray| np::real_if_close(x, ..)).call(np::array([1.0, 2.0]))?;
    assert_eq!(real.tolist()?, [1.0, 2.0]);
    Ok(())
}

#[test]
fn each_part_of_a_complex_number_is_rounded_and_repaired_alone() -> hloom::Result<()> {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let z = np::array([Complex::new(1.234, inf), Complex::new(nan, -0.0), Complex::new(-inf, -0.055)]);
    let parts =
        |z: NdArray| z.to_vec::<Complex<f64>>().map(|all| all.iter().flat_map(|z| [z.re, z.im]).collect::<Vec<_>>());
    assert_same(&parts(z.round(1))?, [1.2, inf, nan, -0.0, -inf, -0.1].into_iter(), "rounded");
    let repaired = [1.234, f64::MAX, 5.0, -0.0, f64::MIN, -0.055];
    assert_same(&parts(np::nan_to_num(&z, 5))?, repaired.into_iter(), "repaired");
    Ok(())
}

#[test]
fn settings_that_are_numbers_compile_nothing() -> hloom::Result<()> {
    let x = np::array([0.126, 25.5, f64::NAN]);
    let rounded = |decimals: i64| np::round(&x, decimals).get(s![..2]).to_vec::<f64>();
    let near = |by: f64| np::isclose(&x, 25.0, np::rtol(by).atol(by)).to_vec::<bool>();
    let repaired = |by: f64| np::nan_to_num(&x, by).to_vec::<f64>();
    let shaped = |beta: f64| np::kaiser(5, beta).to_vec::<f64>();
    let moved = |by: i32| np::ldexp(&x, by).get(s![..2]).to_vec::<f64>();
    let compiled = (rounded(1)?, near(0.1)?, repaired(1.0)?, shaped(1.0)?, moved(1)?);
    drop(compiled);
    np::deny_recompile(|| {
        assert_eq!(rounded(2)?, [0.13, 25.5]);
        assert_eq!(near(0.5)?, [false, true, false]);
        assert_eq!(repaired(-2.5)?, [0.126, 25.5, -2.5]);
        assert_eq!(shaped(0.0)?, [1.0; 5]);
        assert_eq!(moved(2)?, [0.504, 102.0]);
        Ok(())
    })
}

#[test]
fn bits_survive_packing() -> hloom::Result<()> {
    let truths: Vec<bool> = (0..N).map(|idx| idx % 3 == 0 || idx % 7 == 2).collect();
    for order in [BitOrder::Big, BitOrder::Little] {
        for (how, [packed, unpacked]) in both(
            if order == BitOrder::Big {
                |x| packed_and_back(x, BitOrder::Big)
            } else {
                |x| packed_and_back(x, BitOrder::Little)
            },
            &np::array(truths.clone()),
        ) {
            assert_eq!(packed.size(), N.div_ceil(8), "{how}");
            assert_eq!(unpacked.astype(bool_).to_vec::<bool>()?, truths, "{how}");
        }
    }
    let first = np::packbits(np::array(truths), axis(0).bitorder(BitOrder::Little)).get(0);
    assert_eq!(first.item::<u8>()?, 0b0100_1101);
    Ok(())
}

fn packed_and_back(x: NdArray, order: BitOrder) -> [NdArray; 2] {
    let packed = np::packbits(&x, axis(0).bitorder(order));
    let unpacked = np::unpackbits(&packed, axis(0).bitorder(order).count(x.size()));
    [packed, unpacked]
}

#[test]
fn arrays_that_do_not_fit_are_not_equal_but_an_error_is_one() -> hloom::Result<()> {
    assert!(!np::array_equal(np::zeros(2), np::zeros(3), ..).truth()?);
    assert!(!np::array_equiv(np::zeros(2), np::zeros(3)).truth()?);
    // A number is an array of its own dtype here, and takes no other one.
    assert!(!np::array_equal(np::array(0.1f32), 0.1, ..).truth()?);
    assert!(np::allclose(np::zeros([0]), np::ones(1), ..).truth()?);
    let bad = np::zeros(2) + np::zeros(3);
    assert_eq!(np::array_equal(&bad, &bad, ..).check().unwrap_err().kind(), ErrorKind::Value);
    let error = np::array_equal(1, 1, np::rtol(0.5)).check().unwrap_err();
    assert_eq!(error.message(), "array_equal() got an unexpected keyword argument 'rtol'");
    Ok(())
}

#[test]
fn what_numpy_refuses_is_an_error_of_its_kind() {
    let kind = |x: NdArray| x.check().map(|_| ()).unwrap_err().kind();
    let z = np::array([Complex::new(1.0, 2.0)]);
    for refused in [np::isposinf(&z), np::isneginf(&z), np::i0(&z), np::fix(&z), np::spacing(&z), np::frexp(&z).1] {
        assert_eq!(kind(refused), ErrorKind::Type);
    }
    assert_eq!(kind(np::ldexp(1.0, 2.0)), ErrorKind::Type);
    assert_eq!(kind(np::ldexp(np::array(1.0), 1i64 << 40)), ErrorKind::Overflow);
    assert_eq!(kind(np::round([true], 1)), ErrorKind::Type);
    assert_eq!(kind(np::packbits([1.5], ..)), ErrorKind::Type);
    assert_eq!(kind(np::packbits([1], 1)), ErrorKind::Axis);
    assert_eq!(kind(np::packbits([1], axis(0).count(1))), ErrorKind::Type);
    assert_eq!(kind(np::array([1]).sum(axis(0).bitorder(BitOrder::Big))), ErrorKind::Type);
    assert_eq!(kind(np::unpackbits([1i8], 0)), ErrorKind::Type);
    assert_eq!(kind(np::unpackbits([1u8], axis(0).count(-9))), ErrorKind::Value);
    assert_eq!(kind(np::nan_to_num([1.0], Complex::new(1.0, 0.0))), ErrorKind::Type);
    assert_eq!(kind(np::nan_to_num([1.0, 2.0], np::posinf([1.0, 2.0, 3.0]))), ErrorKind::Value);
}

#[test]
fn limits_are_those_of_rusts_own_numbers() -> hloom::Result<()> {
    let (single, double) = (np::finfo(float32)?, np::finfo(complex128)?);
    assert_eq!([single.max, single.eps, single.tiny], [f32::MAX, f32::EPSILON, f32::MIN_POSITIVE].map(f64::from));
    assert_eq!((single.smallest_subnormal, single.precision), (f64::from(f32::from_bits(1)), 6));
    assert_eq!(single.resolution, f64::from(1e-6f32));
    assert_eq!([double.max, double.min, double.eps], [f64::MAX, f64::MIN, f64::EPSILON]);
    assert_eq!((double.smallest_normal, double.smallest_subnormal), (f64::MIN_POSITIVE, f64::from_bits(1)));
    assert_eq!((double.dtype, double.bits, double.precision, double.nmant), (float64, 64, 15, 52));
    assert_eq!([double.machep, double.negep, double.minexp, double.maxexp], [-52, -53, -1022, 1024]);
    assert_eq!((np::finfo(float16)?.max, np::finfo(bfloat16)?.eps), (65504.0, 0.0078125));
    assert_eq!((np::iinfo(int8)?.min, np::iinfo(uint64)?.max), (-128, i128::from(u64::MAX)));
    assert_eq!(np::finfo(int32).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::iinfo(bool_).unwrap_err().kind(), ErrorKind::Value);
    Ok(())
}

#[test]
fn dtypes_belong_to_the_classes_that_numpy_puts_them_in() -> hloom::Result<()> {
    for dtype in [int8, uint16, float16, float64, complex64] {
        assert!(
            np::issubdtype(dtype, np::number) && np::issubdtype(dtype, np::generic) && np::issubdtype(dtype, dtype)
        );
        assert_eq!(np::issubdtype(dtype, np::inexact), np::isdtype(dtype, ("real floating", "complex floating"))?);
        assert_eq!(np::issubdtype(dtype, np::integer), np::isdtype(dtype, "integral")?);
    }
    assert!(!np::issubdtype(bool_, np::number) && !np::issubdtype(np::number, np::integer));
    assert_eq!(np::isdtype(int8, "whole").unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(np::min_scalar_type(np::array(-200i64))?, int16);
    assert_eq!(np::min_scalar_type(i128::from(u64::MAX) + 1).unwrap_err().kind(), ErrorKind::Overflow);
    assert_eq!(np::common_type((np::ones(1), 1.0)).unwrap_err().kind(), ErrorKind::Type);
    assert_eq!(np::result_type((int8, 3.5))?, float64);
    Ok(())
}
