//! Functions of real numbers lie within a few units in the last place of those of the C library's port to Rust, for numbers of all
//! sizes and many at once: there are formulas for them beside the compiler's instructions.

use hloom as np;
use hloom::prelude::*;
use num_complex::Complex;

/// The most units in the last place that a function may be off, of either dtype.
const UNITS: f64 = 5.0;

/// Numbers of which functions have something special to say.
const SPECIAL: [f64; 26] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    3.0,
    10.0,
    1000.0,
    8.0,
    27.0,
    0.4375,
    0.6875,
    1e-9,
    -1e-20,
    1e20,
    -1e30,
    2.5e-38,
    3e38,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    1.0 - 1e-7,
    1.0 + 1e-7,
    -0.999,
];

/// Pairs of numbers: of special ones each beside each, and others of all sizes.
fn pairs() -> (Vec<f64>, Vec<f64>) {
    let mut pairs: Vec<(f64, f64)> = SPECIAL.iter().flat_map(|&x| SPECIAL.iter().map(move |&y| (x, y))).collect();
    let mut rng = fastrand::Rng::with_seed(20);
    let mut number = || {
        let unit = rng.f64() * 2.0 - 1.0;
        match rng.u8(..4) {
            0 => unit,
            1 => unit * 2.0,
            2 => unit * 30.0,
            _ => unit * 2f64.powi(rng.i32(-120..120)),
        }
    };
    pairs.extend((0..20_000).map(|_| (number(), number())));
    pairs.into_iter().unzip()
}

/// How many units in the last place a number is off, of which numbers of a dtype have so many bits. Numbers below the least normal
/// one are taken for zero on processors.
fn units(found: f64, expected: f64, mantissa_bits: i32, least: f64) -> f64 {
    if found.is_nan() && expected.is_nan() {
        return 0.0;
    }
    if found.is_sign_negative() != expected.is_sign_negative() {
        return f64::INFINITY;
    }
    if found == expected || found == 0.0 && expected.abs() < least {
        return 0.0;
    }
    if !found.is_finite() || !expected.is_finite() {
        return f64::INFINITY;
    }
    let unit = 2f64.powi(expected.abs().max(least).log2().floor() as i32 - mantissa_bits);
    (found - expected).abs() / unit
}

#[track_caller]
fn check(name: &str, x: &[f64], y: &[f64], found: &NdArray, exact: impl Fn(f64, f64) -> f64) {
    let (bits, least, found) = if found.dtype() == float32 {
        (23, f64::from(f32::MIN_POSITIVE), found.astype(float64))
    } else {
        (52, f64::MIN_POSITIVE, found.clone())
    };
    let found = found.to_vec::<f64>().unwrap();
    assert_eq!(found.len(), x.len());
    for (found, (&x, &y)) in found.into_iter().zip(x.iter().zip(y)) {
        let expected = exact(x, y);
        // What does not fit into float32 is infinite.
        let expected = if bits == 23 && expected.abs() > f64::from(f32::MAX) * (1.0 + 2f64.powi(-25)) {
            f64::INFINITY.copysign(expected)
        } else {
            expected
        };
        let off = units(found, expected, bits, least);
        assert!(off <= UNITS, "{name} of {x:e}, {y:e}: {found:e} is {off} units off, expected {expected:e}");
    }
}

type Function = (&'static str, fn(&NdArray, &NdArray) -> NdArray, fn(f64, f64) -> f64);

const FUNCTIONS: [Function; 15] = [
    ("arctan", |x, _| np::arctan(x), |x, _| libm::atan(x)),
    ("arctan2", |x, y| np::arctan2(x, y), libm::atan2),
    ("arcsin", |x, _| np::arcsin(x), |x, _| libm::asin(x)),
    ("arccos", |x, _| np::arccos(x), |x, _| libm::acos(x)),
    ("sinh", |x, _| np::sinh(x), |x, _| libm::sinh(x)),
    ("cosh", |x, _| np::cosh(x), |x, _| libm::cosh(x)),
    ("tanh", |x, _| np::tanh(x), |x, _| libm::tanh(x)),
    ("arcsinh", |x, _| np::arcsinh(x), |x, _| libm::asinh(x)),
    ("arccosh", |x, _| np::arccosh(x), |x, _| if x < 1.0 { f64::NAN } else { libm::acosh(x) }),
    ("arctanh", |x, _| np::arctanh(x), |x, _| libm::atanh(x)),
    ("log", |x, _| np::log(x), |x, _| libm::log(x)),
    ("log2", |x, _| np::log2(x), |x, _| libm::log2(x)),
    ("log10", |x, _| np::log10(x), |x, _| libm::log10(x)),
    ("log1p", |x, _| np::log1p(x), |x, _| libm::log1p(x)),
    ("cbrt", |x, _| np::cbrt(x), |x, _| libm::cbrt(x)),
];

#[test]
fn many_of_float64() {
    let (x, y) = pairs();
    let (x_array, y_array) = (np::array(x.clone()), np::array(y.clone()));
    for (name, function, exact) in FUNCTIONS {
        check(name, &x, &y, &function(&x_array, &y_array), exact);
        let call = np::jit(move |(x, y): (NdArray, NdArray)| function(&x, &y));
        check(name, &x, &y, &call.call((&x_array, &y_array)).unwrap(), exact);
    }
}

#[test]
fn many_of_float32() {
    let (x, y) = pairs();
    let single = |numbers: Vec<f64>| numbers.into_iter().map(|number| number as f32).collect::<Vec<f32>>();
    let (x, y) = (single(x), single(y));
    let (x_array, y_array) = (np::array(x.clone()), np::array(y.clone()));
    let double = |numbers: Vec<f32>| numbers.into_iter().map(f64::from).collect::<Vec<f64>>();
    let (x, y) = (double(x), double(y));
    for (name, function, exact) in FUNCTIONS {
        check(name, &x, &y, &function(&x_array, &y_array), exact);
    }
}

/// Constants, and numbers alone, are computed as many are.
#[test]
fn single_numbers_and_constants() {
    for x in SPECIAL {
        for (name, function, exact) in FUNCTIONS {
            let number = np::array(x);
            check(name, &[x], &[1.0], &function(&number, &np::array(1.0)).reshape(1), exact);
            let call = np::jit(move |y: NdArray| function(&np::full(5, x), &y));
            check(name, &[x; 5], &[1.0; 5], &call.call(np::ones(5)).unwrap(), exact);
        }
    }
}

/// Complex functions at the ends of the range and of angles that are none, as NumPy 2.4 answers.
#[test]
fn complex_functions_at_their_edges() {
    let complex = |pairs: &[(f64, f64)]| {
        np::array(pairs.iter().map(|&(re, im)| Complex::new(re, im)).collect::<Vec<Complex<f64>>>())
    };
    let signs = |array: NdArray| -> Vec<bool> {
        array.to_vec::<Complex<f64>>().unwrap().iter().map(|z| z.im.is_sign_negative()).collect()
    };
    let z =
        complex(&[(0.0, 4.0), (0.0, 10.0), (-0.0, 4.0), (0.0, 1.0), (4.0, 0.0), (0.0, -4.0), (-2.0, 0.0), (2.0, -0.0)]);
    assert_eq!(signs(np::cosh(z)), [true, true, false, false, false, false, true, true]);
    let z = complex(&[(1e300, 0.0), (4.0, 0.0), (-4.0, -0.0), (0.5, -0.0)]);
    assert_eq!(signs(np::cos(z)), [false; 4]);
    let z = complex(&[
        (27.0, f64::NAN),
        (1e300, f64::INFINITY),
        (2.0, f64::NAN),
        (0.0, f64::NAN),
        (f64::INFINITY, f64::NAN),
    ]);
    let found = np::tanh(z).to_vec::<Complex<f64>>().unwrap();
    assert!(found[..3].iter().all(|z| z.re.is_nan() && z.im.is_nan()), "{found:?}");
    assert_eq!((found[3].re, found[4].re), (0.0, 1.0));
    let greatest = f64::MAX;
    let z = complex(&[(greatest, greatest), (-greatest, greatest / 2.0), (greatest, 0.0), (1.0, 0.0)]);
    let found = np::log(z).to_vec::<Complex<f64>>().unwrap();
    for (found, expected) in found.iter().zip([710.129_286_477_785, 709.894_284_671_6, 709.782_712_893_384, 0.0]) {
        assert!((found.re - expected).abs() < 1e-8, "{found}: {expected}");
    }
}

/// Powers have whole logarithms.
#[test]
fn logarithms_of_powers_are_whole() {
    let twos: Vec<f64> = (-1022..1024).map(|n| 2f64.powi(n)).collect();
    let found = np::log2(np::array(twos)).to_vec::<f64>().unwrap();
    assert!(found.into_iter().zip(-1022..).all(|(found, n)| found == f64::from(n)));
    let tens: Vec<f64> = (0..23).map(|n| 10f64.powi(n)).collect();
    let found = np::log10(np::array(tens)).to_vec::<f64>().unwrap();
    assert!(found.into_iter().zip(0..).all(|(found, n)| found == f64::from(n)));
    let cubes: Vec<f64> = (-1000i32..1000).map(|n| f64::from(n).powi(3)).collect();
    let found = np::cbrt(np::array(cubes)).to_vec::<f64>().unwrap();
    assert!(found.into_iter().zip(-1000..).all(|(found, n)| found == f64::from(n)));
}

/// Denormal numbers count as zero on processors, but where a formula takes them from their bits.
#[test]
fn denormal_numbers_have_angles_and_roots() {
    let (x, y) = (np::array([5e-324, 1e-310, -3e-310]), np::array([5e-324, -1e-310, 1e-310]));
    check("arctan2", &[5e-324, 1e-310, -3e-310], &[5e-324, -1e-310, 1e-310], &np::arctan2(&x, &y), libm::atan2);
    check("cbrt", &[5e-324, 1e-310, -3e-310], &[0.0; 3], &np::cbrt(&x), |x, _| libm::cbrt(x));
    let small = np::array([1e-40f32, -1e-45]);
    let exact = [f64::from(1e-40f32), f64::from(-1e-45f32)];
    check("cbrt", &exact, &[0.0; 2], &np::cbrt(&small), |x, _| libm::cbrt(x));
    for found in [np::arctan(&x), np::sinh(&x), np::arcsinh(&x), np::arctanh(&x)] {
        assert_eq!(found.to_vec::<f64>().unwrap(), [5e-324, 1e-310, -3e-310]);
    }
}

#[test]
fn nothing_that_functions_compute_on_the_way_is_written_to_memory() -> hloom::Result<()> {
    type Function = fn(&NdArray, &NdArray) -> NdArray;
    let functions: [(&str, Function); 24] = [
        ("arctan", |x, _| np::arctan(x)),
        ("arctan2", |x, y| np::arctan2(x, y)),
        ("arcsin", |x, _| np::arcsin(x)),
        ("arccos", |x, _| np::arccos(x)),
        ("sinh", |x, _| np::sinh(x)),
        ("cosh", |x, _| np::cosh(x)),
        ("tanh", |x, _| np::tanh(x)),
        ("arcsinh", |x, _| np::arcsinh(x)),
        ("arccosh", |x, _| np::arccosh(x)),
        ("arctanh", |x, _| np::arctanh(x)),
        ("log", |x, _| np::log(x)),
        ("log2", |x, _| np::log2(x)),
        ("log10", |x, _| np::log10(x)),
        ("log1p", |x, _| np::log1p(x)),
        ("logaddexp", |x, y| np::logaddexp(x, y)),
        ("logaddexp2", |x, y| np::logaddexp2(x, y)),
        ("cbrt", |x, _| np::cbrt(x)),
        ("exp2", |x, _| np::exp2(x)),
        ("expm1", |x, _| np::expm1(x)),
        ("hypot", |x, y| np::hypot(x, y)),
        ("sinc", |x, _| np::sinc(x)),
        ("quotient", |x, y| {
            let quotient = x / y;
            &quotient * &quotient + quotient
        }),
        ("norm", |x, y| {
            let norm = np::sqrt(x * x + y * y);
            x / &norm + y / norm
        }),
        ("logistic", |x, y| {
            let logistic = 1 / (np::exp(-(x + y)) + 1);
            &logistic * (1 - &logistic)
        }),
    ];
    for (name, function) in functions {
        for dtype in [float32, float64] {
            let array = np::ShapeDtype::new([200, 1000], dtype)?;
            let temporary = |reduced: fn(NdArray) -> NdArray| {
                let whole = np::jit(move |(x, y): (NdArray, NdArray)| reduced(function(&x, &y)));
                Ok::<_, hloom::Error>(whole.lower((array.clone(), array.clone()))?.compile()?.memory()?.temporary_bytes)
            };
            assert!(temporary(|z| z)? < 1 << 16, "{name} {dtype}");
            // A stage of a reduction leaves a quarter at most.
            let bytes = 200_000 * dtype.size() as u64;
            for found in [temporary(|z| z.max(1))?, temporary(|z| z.sum(..))?, temporary(|z| z.min(0))?] {
                assert!(found < bytes * 2 / 5, "{name} {dtype}: {found} of {bytes}");
            }
        }
    }
    Ok(())
}
