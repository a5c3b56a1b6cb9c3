//! Evenly spaced numbers have NumPy's bits: read at once, in a compiled function, in a branch and in a loop.

use hloom as np;
use hloom::prelude::*;
use num_complex::Complex;

/// Every way of computing what a function makes.
fn ways(make: fn(NdArray) -> NdArray) -> [(&'static str, NdArray); 4] {
    let yes = np::array(true);
    let looped = || {
        let empty = np::zeros_like(make(np::array(0.0)));
        np::fori_loop(0, 1, empty, move |_, old: NdArray| make(old.sum(..)))
    };
    [
        ("lazily", make(np::array(0.0))),
        ("compiled", np::jit(make).call(np::array(0.0)).unwrap()),
        ("in a branch", np::cond(&yes, || make(np::array(0.0)), || make(np::array(0.0)) * 2)),
        ("in a loop", looped()),
    ]
}

#[track_caller]
fn check(make: fn(NdArray) -> NdArray, expected: &[f64]) {
    for (how, array) in ways(make) {
        let found = array.to_vec::<f64>().unwrap();
        assert_eq!(found.len(), expected.len(), "{how}");
        for (idx, (found, expected)) in found.iter().zip(expected).enumerate() {
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            assert!(same, "{how}, element {idx}: {found:e}, expected {expected:e}");
        }
    }
}

/// NumPy's order of operations.
fn spaced(start: f64, stop: f64, num: usize) -> Vec<f64> {
    let delta = stop - start;
    let step = if num > 1 { delta / (num - 1) as f64 } else { delta };
    let mut numbers: Vec<f64> = (0..num).map(|idx| idx as f64 * step + start).collect();
    if num > 1 {
        numbers[num - 1] = stop;
    }
    numbers
}

/// NumPy's `DOUBLE_fill`.
fn ranged(start: f64, stop: f64, step: f64) -> Vec<f64> {
    let len = ((stop - start) / step).ceil() as usize;
    let second = start + step;
    let delta = second - start;
    (0..len)
        .map(|idx| match idx {
            0 => start,
            1 => second,
            _ => start + idx as f64 * delta,
        })
        .collect()
}

macro_rules! linspaces {
    ([$($num:literal),*] $bounds:tt) => {
        $(linspaces!(@ $num $bounds);)*
    };
    ([$num:literal] $($bounds:tt)*) => {
        $(linspaces!(@ $num $bounds);)*
    };
    (@ $num:literal ($start:expr, $stop:expr)) => {
        check(|_| np::linspace($start, $stop, $num), &spaced($start as f64, $stop as f64, $num))
    };
}

#[test]
fn linspace_has_the_bits_of_numpy() {
    linspaces!([0, 1, 2, 11, 101, 5000](-4.0, 4.0));
    linspaces!([101](-1, 1)(0.1, 0.7)(5, -3)(1e-3, 1e9)(-0.3, -7)(0, i64::MAX)(2.5, 2.5)(1e308, -1e307));
    check(
        |_| np::linspace(-1, 1, 11),
        &[
            -1.0,
            -0.8,
            -0.6,
            -0.399_999_999_999_999_9,
            -0.199_999_999_999_999_96,
            0.0,
            0.200_000_000_000_000_18,
            0.400_000_000_000_000_13,
            0.600_000_000_000_000_1,
            0.8,
            1.0,
        ],
    );
}

#[test]
fn linspace_at_the_ends_of_the_range() {
    let (infinity, nan) = (f64::INFINITY, f64::NAN);
    check(|_| np::linspace(0, f64::INFINITY, 1), &[nan]);
    check(|_| np::linspace(0, f64::INFINITY, 3), &[nan, infinity, infinity]);
    check(|_| np::linspace(1, f64::NAN, 1), &[nan]);
    check(|_| np::linspace(-0.0, -0.0, 3), &[0.0, 0.0, -0.0]);
    check(|_| np::linspace(-0.0, 5, 1), &[0.0]);
    assert_eq!(np::linspace(0, 1, -1).check().unwrap_err().message(), "Number of samples, -1, must be non-negative.");
}

#[test]
fn arange_has_the_bits_of_numpy() {
    check(|_| np::arange((0.1, 50, 0.3)), &ranged(0.1, 50.0, 0.3));
    check(|_| np::arange((5, -5, -0.01)), &ranged(5.0, -5.0, -0.01));
    check(|_| np::arange((-1e6, 1e6, 333.3)), &ranged(-1e6, 1e6, 333.3));
    check(|_| np::arange((1e-5, 1, 0.7e-3)), &ranged(1e-5, 1.0, 0.7e-3));
    check(|_| np::arange((-0.0, 3.0, 1)), &[-0.0, 1.0, 2.0]);
    check(|_| np::arange((0.0, 5.0, f64::INFINITY)), &[0.0]);
    check(|_| np::arange((1e-300, 2e-300, f64::INFINITY)), &[1e-300]);
    check(|_| np::arange((0.0, -5.0, f64::INFINITY)), &[]);
    let far = 2f64.powi(60);
    check(|_| np::arange((1i64 << 60, (1i64 << 60) + 3, 1.0)), &[far, far, far]);
}

#[test]
fn integers_that_do_not_fit_become_what_numpy_makes_of_them() -> hloom::Result<()> {
    let far = 2f64.powi(63);
    check(|_| np::arange(((1i128 << 63) - 3, 1i128 << 63, 1)), &[far, far, far]);
    check(|_| np::arange((0, 1i128 << 63, 1i64 << 62)), &[0.0, far / 2.0]);
    assert_eq!(np::arange((0, (1i64 << 60) + 1, 1i64 << 59)).to_vec::<i64>()?, [0, 1 << 59]);
    for array in [np::arange((1i128 << 64, (1i128 << 64) + 3, 1)), np::full(2, 1i128 << 64), np::full(2, i128::MIN)] {
        assert_eq!(array.check().unwrap_err().kind(), ErrorKind::Overflow);
    }
    assert_eq!(np::full(2, u64::MAX).to_vec::<u64>()?, [u64::MAX; 2]);
    Ok(())
}

#[test]
fn complex_linspace_has_the_bits_of_numpy() -> hloom::Result<()> {
    let spaced = |start: Complex<f64>, stop: Complex<f64>, num: usize| {
        let delta = stop - start;
        let scale = 1.0 / (num - 1) as f64;
        let step = [delta.re * scale, delta.im * scale];
        let mut numbers: Vec<[f64; 2]> =
            (0..num).map(|idx| [idx as f64 * step[0] + start.re, idx as f64 * step[1] + start.im]).collect();
        numbers[num - 1] = [stop.re, stop.im];
        numbers
    };
    for num in [2, 11, 101, 5000] {
        for (start, stop) in [
            (Complex::new(1.0, 1.0), Complex::new(2.0, 0.0)),
            (Complex::new(-4.0, 0.3), Complex::new(4.0, -7.7)),
            (Complex::new(0.1, 0.0), Complex::new(0.0, 0.7)),
        ] {
            let make = move |_: NdArray| np::linspace(start, stop, num);
            for array in [make(np::zeros(1)), np::jit(make).call(np::zeros(1))?] {
                let found = array.to_vec::<Complex<f64>>()?;
                let found: Vec<[f64; 2]> = found.into_iter().map(|z| [z.re, z.im]).collect();
                let differs =
                    found.iter().zip(spaced(start, stop, num)).position(|(found, expected)| *found != expected);
                assert_eq!((found.len(), differs), (num, None), "from {start} to {stop}");
            }
        }
    }
    let i = Complex::new(0.0, 1.0);
    assert_eq!(np::linspace(i, 2, 1).to_vec::<Complex<f64>>()?, [i]);
    assert_eq!((np::linspace(i, 2, 0).shape(), np::linspace(1, i, 0).dtype()), (vec![0].into(), complex128));
    assert_eq!(np::linspace(2, i, 2).to_vec::<Complex<f64>>()?, [Complex::new(2.0, 0.0), i]);
    Ok(())
}

#[test]
fn arange_of_a_dtype_is_filled_from_its_first_two_numbers() -> hloom::Result<()> {
    let text = |array: NdArray| array.repr().unwrap_or_else(|error| error.to_string());
    assert_eq!(text(np::arange((0, 5, 1, float32))), "array([0., 1., 2., 3., 4.], dtype=float32)");
    // NumPy's answers: a step of less than one is lost, and whole numbers stay as far apart as the first two.
    assert_eq!(text(np::arange((0.5, 3, 1, int64))), "array([0, 1, 2])");
    assert_eq!(text(np::arange((0, 3, 0.5, int64))), "array([0, 0, 0, 0, 0, 0])");
    assert_eq!(text(np::arange((1, 0, -0.25, int64))), "array([ 1,  0, -1, -2])");
    assert_eq!(
        text(np::arange((0, 1, 0.3, complex64))),
        "array([0.        +0.j, 0.3       +0.j, 0.6       +0.j, 0.90000004+0.j],\n      dtype=complex64)"
    );
    assert_eq!(text(np::arange((0, 2, 1, bool_))), "array([False,  True])");
    assert_eq!(text(np::arange((3, 3, 1, bool_))), "array([], dtype=bool)");
    for dtype in [int8, uint16, int32, float16, float32, float64] {
        let numbers = np::arange((-100, 100, 7, dtype));
        if dtype == uint16 {
            assert_eq!(numbers.check().unwrap_err().kind(), hloom::ErrorKind::Overflow);
            continue;
        }
        assert_eq!(numbers.dtype(), dtype);
        assert_eq!(numbers.astype(int64).to_vec::<i64>()?, (-100..100).step_by(7).collect::<Vec<i64>>());
    }
    let long = np::arange((0, 5000, 1, int32));
    assert_eq!(long.sum(..).item::<i64>()?, 4999 * 2500);
    let kind = |array: NdArray| array.check().unwrap_err().kind();
    assert_eq!(kind(np::arange((0, 3, 1, bool_))), hloom::ErrorKind::Type);
    assert_eq!(kind(np::arange((0, 3, 0, bool_))), hloom::ErrorKind::ZeroDivision);
    assert_eq!(kind(np::arange((300, 302, 1, uint8))), hloom::ErrorKind::Overflow);
    Ok(())
}
