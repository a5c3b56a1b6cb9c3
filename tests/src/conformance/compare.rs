//! Holds an answer against NumPy's within a case's tolerance, element by element. Knows nothing about how answers
//! come to be, nor what a difference costs.

use std::fmt::Display;

use half::{bf16, f16};
use hloom_ir::{DType, Element};
use num_complex::Complex;

use super::case::{Mode, Tolerance};
use super::value::{Answer, HostArray, Nested, PyScalar};

/// Nothing, or in which way two answers differ. The first word is the kind of difference, which the
/// report counts.
pub type Comparison = Result<(), String>;

/// Compares an answer with the one expected.
///
/// # Errors
/// In which way they differ.
pub fn compare(expected: &Answer, got: &Answer, tolerance: &Tolerance) -> Comparison {
    match (expected, got) {
        (Answer::Tuple(expected), Answer::Tuple(got)) => {
            require(expected.len() == got.len(), "arity")?;
            for (idx, (expected, got)) in expected.iter().zip(got).enumerate() {
                compare(expected, got, tolerance).map_err(|why| format!("out{idx}: {why}"))?;
            }
            Ok(())
        }
        (Answer::Array(expected), Answer::Array(got)) => compare_arrays(expected, got, tolerance),
        // A Python number will do for an array without axes, and the other way round.
        (Answer::Array(expected), Answer::Py(got)) if expected.shape.is_empty() => {
            match HostArray::from_scalars(expected.dtype, Vec::new(), &[*got]) {
                Ok(got) => compare_arrays(expected, &got, tolerance),
                Err(_) => Err("kind".to_owned()),
            }
        }
        (Answer::Py(expected), Answer::Array(got)) if got.shape.is_empty() => match got.scalars().as_slice() {
            [got] => compare_scalars(*expected, *got, tolerance),
            _ => Err("kind".to_owned()),
        },
        (Answer::Py(expected), Answer::Py(got)) => compare_scalars(*expected, *got, tolerance),
        (Answer::Nested(expected), Answer::Nested(got)) => require(is_same_nested(expected, got), "value"),
        (Answer::Text(expected), Answer::Text(got)) => {
            let words = |text: &str| text.split_whitespace().collect::<String>();
            require(words(expected) == words(got), "text")
        }
        (Answer::DType(expected), Answer::DType(got)) => require(expected == got, format!("dtype {got}!={expected}")),
        (Answer::DType(expected), _) => Err(format!("dtype !={expected}")),
        (Answer::None, Answer::None) => Ok(()),
        _ => Err("kind".to_owned()),
    }
}

fn require(holds: bool, otherwise: impl Display) -> Comparison {
    if holds { Ok(()) } else { Err(otherwise.to_string()) }
}

fn compare_arrays(expected: &HostArray, got: &HostArray, tolerance: &Tolerance) -> Comparison {
    let dtype = expected.dtype;
    require(dtype == got.dtype, format_args!("dtype {}!={}", got.dtype.short_name(), dtype.short_name()))?;
    require(expected.shape == got.shape, format_args!("shape {:?}!={:?}", got.shape, expected.shape))?;
    if tolerance.mode == Mode::DtypeShape {
        return Ok(());
    }
    match dtype {
        DType::F16 => compare_floats::<f16>(expected, got, tolerance),
        DType::BF16 => compare_floats::<bf16>(expected, got, tolerance),
        DType::F32 => compare_floats::<f32>(expected, got, tolerance),
        DType::F64 => compare_floats::<f64>(expected, got, tolerance),
        DType::C64 => compare_complex::<f32>(expected, got, tolerance),
        DType::C128 => compare_complex::<f64>(expected, got, tolerance),
        DType::Bool
        | DType::I8
        | DType::I16
        | DType::I32
        | DType::I64
        | DType::U8
        | DType::U16
        | DType::U32
        | DType::U64 => {
            let is_near = || {
                expected.scalars().into_iter().zip(got.scalars()).all(|pair| match pair {
                    (PyScalar::Int(expected), PyScalar::Int(got)) => (expected - got).abs() <= tolerance.integer_atol,
                    (expected, got) => expected == got,
                })
            };
            require(expected.bytes == got.bytes || is_near(), "value")
        }
    }
}

/// A float as the comparison needs it.
trait Float: Element {
    fn widen(self) -> f64;

    /// The distance from zero in units in the last place, with the number's sign; both zeros are 0.
    fn ulps_from_zero(self) -> i128;
}

macro_rules! floats {
    ($($ty:ident($widen:expr)),*) => { $(
        impl Float for $ty {
            fn widen(self) -> f64 {
                let widen: fn($ty) -> f64 = $widen;
                widen(self)
            }

            fn ulps_from_zero(self) -> i128 {
                let magnitude = i128::from((if self.is_sign_negative() { -self } else { self }).to_bits());
                if self.is_sign_negative() { -magnitude } else { magnitude }
            }
        }
    )* };
}
floats!(f16(f16::to_f64), bf16(bf16::to_f64), f32(f64::from), f64(|value| value));

fn compare_floats<T: Float>(expected: &HostArray, got: &HostArray, tolerance: &Tolerance) -> Comparison {
    float_slices(&T::from_bytes(&expected.bytes), &T::from_bytes(&got.bytes), tolerance)
}

fn float_slices<T: Float>(expected: &[T], got: &[T], tolerance: &Tolerance) -> Comparison {
    let wide: Vec<(f64, f64)> = expected.iter().zip(got).map(|(e, g)| (e.widen(), g.widen())).collect();
    require(wide.iter().all(|(e, g)| e.is_nan() == g.is_nan()), "nan position")?;
    let is_zero_sign_kept =
        |(e, g): &(f64, f64)| *e != 0.0 || *g != 0.0 || e.is_sign_negative() == g.is_sign_negative();
    if tolerance.mode == Mode::Exact {
        require(wide.iter().all(|(e, g)| e.is_nan() || e == g), "value")?;
        return require(!tolerance.zero_signs || wide.iter().all(is_zero_sign_kept), "zero sign");
    }
    require(
        wide.iter().all(|(e, g)| e.is_infinite() == g.is_infinite() && (!e.is_infinite() || e == g)),
        "inf position",
    )?;
    require(!tolerance.zero_signs || wide.iter().all(is_zero_sign_kept), "zero sign")?;
    let is_finite = |(e, _): &&(f64, f64)| e.is_finite();
    match tolerance.mode {
        Mode::Ulp => {
            let distance = |e: &T, g: &T| (e.ulps_from_zero() - g.ulps_from_zero()).abs();
            let finite = || expected.iter().zip(got).filter(|(e, _)| e.widen().is_finite());
            let is_off =
                |e: &T, g: &T| distance(e, g) as f64 > tolerance.ulp && (e.widen() - g.widen()).abs() > tolerance.atol;
            let largest = || finite().map(|(e, g)| distance(e, g)).max().unwrap_or_default();
            if finite().any(|(e, g)| is_off(e, g)) { Err(format!("value (max {} ulp)", largest())) } else { Ok(()) }
        }
        _ => {
            let is_near = |&(e, g): &(f64, f64)| (e - g).abs() <= tolerance.atol + tolerance.rtol * e.abs();
            require(wide.iter().filter(is_finite).all(is_near), "value")
        }
    }
}

/// Compares complex numbers with parts of a type.
fn compare_complex<T: Float>(expected: &HostArray, got: &HostArray, tolerance: &Tolerance) -> Comparison {
    if tolerance.mode != Mode::Relative {
        // A complex array lies in memory as pairs of floats, so its parts are every other element.
        return compare_parts::<T>(expected, got, tolerance);
    }
    let pairs: Vec<_> = expected.complexes().into_iter().zip(got.complexes()).collect();
    require(pairs.iter().all(|(e, g)| e.is_finite() == g.is_finite()), "nonfinite position")?;
    let (finite, rest): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(e, _)| e.is_finite());
    // Which part of a complex number is infinite or NaN is left open: a product of infinities may
    // put it in either.
    let is_same = |e: f64, g: f64| e == g || (e.is_nan() && g.is_nan());
    let is_equal = |(e, g): &(Complex<f64>, Complex<f64>)| is_same(e.re, g.re) && is_same(e.im, g.im);
    let is_alike = |(e, g): &(Complex<f64>, Complex<f64>)| e.is_nan() == g.is_nan();
    require(rest.iter().all(is_equal) || rest.iter().all(is_alike), "nonfinite value")?;
    let is_near = |(e, g): &(Complex<f64>, Complex<f64>)| (e - g).norm() <= tolerance.atol + tolerance.rtol * e.norm();
    require(finite.iter().all(is_near), "value")
}

fn compare_parts<T: Float>(expected: &HostArray, got: &HostArray, tolerance: &Tolerance) -> Comparison {
    let (expected, got) = (T::from_bytes(&expected.bytes), T::from_bytes(&got.bytes));
    let part = |values: &[T], offset: usize| values.iter().skip(offset).step_by(2).copied().collect::<Vec<T>>();
    float_slices(&part(&expected, 0), &part(&got, 0), tolerance)?;
    float_slices(&part(&expected, 1), &part(&got, 1), tolerance)
}

fn compare_scalars(expected: PyScalar, got: PyScalar, tolerance: &Tolerance) -> Comparison {
    match (expected, got) {
        (PyScalar::Bool(expected), PyScalar::Bool(got)) => require(expected == got, "value"),
        (PyScalar::Bool(_), _) | (_, PyScalar::Bool(_)) => Err("kind".to_owned()),
        (PyScalar::Float(expected), got) if expected.is_nan() => require(got.as_complex().is_nan(), "value"),
        (PyScalar::Float(expected), got) if tolerance.mode == Mode::Relative => {
            let got = got.as_complex();
            let is_equal = got.im == 0.0 && got.re == expected;
            let limit = tolerance.atol + tolerance.rtol * expected.abs();
            require(is_equal || (got - expected).norm() <= limit, "value")
        }
        _ => require(expected == got, "value"),
    }
}

/// Nested lists are equal as text is: a float is no integer and the zeros differ.
fn is_same_nested(expected: &Nested, got: &Nested) -> bool {
    let is_same = |e: f64, g: f64| e.to_bits() == g.to_bits() || (e.is_nan() && g.is_nan());
    match (expected, got) {
        (Nested::List(expected), Nested::List(got)) => {
            expected.len() == got.len() && expected.iter().zip(got).all(|(e, g)| is_same_nested(e, g))
        }
        (Nested::Number(PyScalar::Float(e)), Nested::Number(PyScalar::Float(g))) => is_same(*e, *g),
        (Nested::Number(PyScalar::Complex(e)), Nested::Number(PyScalar::Complex(g))) => {
            is_same(e.re, g.re) && is_same(e.im, g.im)
        }
        _ => expected == got,
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::Case;
    use super::*;

    fn judge(expected: &str, got: &str, tolerance: &str) -> String {
        let line = format!(
            r#"{{"id":"a/b/c","group":"a","op":"b","args":[],"expect":{expected},"tol":{tolerance},"class":"strict"}}"#
        );
        let case = Case::parse(&line).expect("the literals of this file are a case");
        let super::super::case::Expected::Answer(expected) = &case.expected else { panic!("no answer expected") };
        let got = serde_json::from_str(got).map(|json| Answer::parse(&json));
        let got = got.expect("JSON").expect("an answer");
        compare(expected, &got, &case.tolerance).err().unwrap_or_default()
    }

    fn floats(dtype: &str, data: &str) -> String {
        let length = if data.is_empty() { 0 } else { data.split(',').count() };
        format!(r#"{{"dtype":"{dtype}","shape":[{length}],"data":[{data}]}}"#)
    }

    const EXACT: &str = r#"{"mode":"exact"}"#;
    const SIGNED: &str = r#"{"mode":"exact","sz":true}"#;
    const RELATIVE: &str = r#"{"mode":"rel","rtol":1e-3,"atol":1e-6}"#;

    #[test]
    fn exact_means_equal_values_and_perhaps_signs() {
        let zero = floats("f32", "0,\"nan\",\"inf\"");
        let negative = floats("f32", "-0.0,\"nan\",\"inf\"");
        assert_eq!(judge(&zero, &negative, EXACT), "");
        assert_eq!(judge(&zero, &negative, SIGNED), "zero sign");
        assert_eq!(judge(&zero, &floats("f32", "0,\"nan\",\"-inf\""), EXACT), "value");
        assert_eq!(judge(&zero, &floats("f32", "0,1,\"inf\""), EXACT), "nan position");
        assert_eq!(judge(&zero, &floats("f64", "0,\"nan\",\"inf\""), EXACT), "dtype f64!=f32");
        assert_eq!(judge(&zero, &floats("f32", "0"), EXACT), "shape [1]!=[3]");
        assert_eq!(judge(&floats("i8", "3"), &floats("i8", "4"), EXACT), "value");
        assert_eq!(judge(&floats("i8", "3"), &floats("i8", "4"), r#"{"iatol":1}"#), "");
    }

    #[test]
    fn units_in_the_last_place_are_counted_across_zero() {
        let ulp = |n: u32, atol: &str| format!(r#"{{"mode":"ulp","ulp":{n},"atol":{atol}}}"#);
        let tiny = f64::from_bits(1);
        let (low, high) = (floats("f64", &format!("-{tiny:e}")), floats("f64", &format!("{tiny:e}")));
        assert_eq!(judge(&low, &high, &ulp(2, "0")), "");
        assert_eq!(judge(&low, &high, &ulp(1, "0")), "value (max 2 ulp)");
        assert_eq!(judge(&low, &high, &ulp(1, "1e-300")), "");
        assert_eq!(judge(&floats("f16", "2048"), &floats("f16", "2050"), &ulp(1, "0")), "");
        assert_eq!(judge(&floats("f16", "2048"), &floats("f16", "2052"), &ulp(1, "0")), "value (max 2 ulp)");
        assert_eq!(judge(&floats("bf16", "1"), &floats("bf16", "1.0078125"), &ulp(1, "0")), "");
        assert_eq!(judge(&floats("f32", "\"inf\""), &floats("f32", "3.4028234e38"), &ulp(9, "0")), "inf position");
    }

    #[test]
    fn relative_limits_add_up() {
        assert_eq!(judge(&floats("f64", "1000,0"), &floats("f64", "1000.999,1e-6"), RELATIVE), "");
        assert_eq!(judge(&floats("f64", "1000,0"), &floats("f64", "1001.1,0"), RELATIVE), "value");
        assert_eq!(judge(&floats("f64", "0"), &floats("f64", "1.1e-6"), RELATIVE), "value");
        let complex = |data: &str| format!(r#"{{"dtype":"c64","shape":[1],"data":[{data}]}}"#);
        assert_eq!(judge(&complex("[1000,0]"), &complex("[1000,0.5]"), RELATIVE), "");
        assert_eq!(judge(&complex("[1000,0]"), &complex("[1000,1.5]"), RELATIVE), "value");
        assert_eq!(judge(&complex("[\"inf\",0]"), &complex("[0,\"inf\"]"), RELATIVE), "");
        assert_eq!(judge(&complex("[\"inf\",0]"), &complex("[\"nan\",0]"), RELATIVE), "nonfinite value");
        assert_eq!(judge(&complex("[\"inf\",0]"), &complex("[1,0]"), RELATIVE), "nonfinite position");
        assert_eq!(judge(&complex("[1,0]"), &complex("[1,-0.0]"), SIGNED), "zero sign");
    }

    #[test]
    fn python_numbers_and_arrays_without_axes_stand_in_for_each_other() {
        let scalar = r#"{"dtype":"i8","shape":[],"data":[3]}"#;
        assert_eq!(judge(scalar, r#"{"py":"int","v":3}"#, EXACT), "");
        assert_eq!(judge(scalar, r#"{"py":"int","v":300}"#, EXACT), "kind");
        assert_eq!(judge(&floats("i8", "3"), r#"{"py":"int","v":3}"#, EXACT), "kind");
        assert_eq!(judge(r#"{"py":"int","v":3}"#, scalar, EXACT), "");
        assert_eq!(judge(r#"{"py":"float","v":3}"#, scalar, EXACT), "value");
        assert_eq!(judge(r#"{"py":"bool","v":true}"#, r#"{"py":"int","v":1}"#, EXACT), "kind");
        assert_eq!(judge(r#"{"py":"float","v":"nan"}"#, r#"{"py":"float","v":"nan"}"#, EXACT), "");
        assert_eq!(judge(r#"{"py":"float","v":1}"#, r#"{"py":"float","v":1.0005}"#, RELATIVE), "");
        assert_eq!(judge(r#"{"py":"float","v":1}"#, r#"{"py":"float","v":1.0005}"#, EXACT), "value");
    }

    #[test]
    fn text_tuples_and_lists() {
        assert_eq!(judge(r#"{"str":"[1 2]"}"#, r#"{"str":"[ 1\n2 ]"}"#, EXACT), "");
        assert_eq!(judge(r#"{"str":"[1 2]"}"#, r#"{"str":"[1 3]"}"#, EXACT), "text");
        assert_eq!(judge(r#"{"dt":"f32"}"#, r#"{"dt":"f64"}"#, EXACT), "dtype f64!=f32");
        let pair = |second: u8| format!(r#"{{"tuple":[{{"py":"int","v":1}},{{"py":"int","v":{second}}}]}}"#);
        assert_eq!(judge(&pair(2), &pair(2), EXACT), "");
        assert_eq!(judge(&pair(2), &pair(3), EXACT), "out1: value");
        assert_eq!(judge(&pair(2), r#"{"tuple":[]}"#, EXACT), "arity");
        assert_eq!(judge(r#"{"nested":[{"f":1}]}"#, r#"{"nested":[1]}"#, EXACT), "value");
        assert_eq!(judge(r#"{"nested":[{"f":0}]}"#, r#"{"nested":[{"f":-0.0}]}"#, EXACT), "value");
        assert_eq!(judge(r#"{"nested":[{"f":"nan"}]}"#, r#"{"nested":[{"f":"nan"}]}"#, EXACT), "");
    }
}
