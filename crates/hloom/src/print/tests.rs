//! Printing and `tolist` against a table of what NumPy printed; `cases/record.py` says how it was made.

use half::f16;
use hloom_ir::{Element, Shape};

use super::*;
use crate::List;

const CASES: &str = include_str!("cases/numpy.tsv");

struct Case<'a> {
    line: usize,
    ty: Type,
    options: PrintOptions,
    bytes: Vec<u8>,
    str: String,
    repr: String,
    list: &'a str,
}

fn cases(table: &str) -> impl Iterator<Item = Case<'_>> {
    table.lines().enumerate().map(|(index, text)| {
        let columns: Vec<&str> = text.split('\t').collect();
        let [dtype, extents, options, hex, str, repr, list] = columns[..] else {
            panic!("line {} has {} columns", index + 1, columns.len());
        };
        let shape: Shape = extents.split(',').filter(|text| !text.is_empty()).map(|n| n.parse().unwrap()).collect();
        let ty = Type::new(dtype.parse().unwrap(), shape);
        Case {
            line: index + 1,
            options: options_from(options),
            bytes: native_bytes(hex, ty.dtype),
            ty,
            str: str.replace("\\n", "\n"),
            repr: repr.replace("\\n", "\n"),
            list,
        }
    })
}

fn options_from(text: &str) -> PrintOptions {
    let mut options = PrintOptions::default();
    for setting in text.split(';').filter(|setting| !setting.is_empty()) {
        let (key, value) = setting.split_once('=').unwrap();
        let number = || value.parse().unwrap();
        match key {
            "precision" => options.precision = number(),
            "threshold" => options.threshold = number(),
            "edgeitems" => options.edgeitems = number(),
            "linewidth" => options.linewidth = number(),
            "suppress" => options.suppress = value == "True",
            "sign" => options.sign = [Sign::Minus, Sign::Plus, Sign::Space]["-+ ".find(value).unwrap()],
            "floatmode" => {
                options.floatmode = match value {
                    "fixed" => FloatMode::Fixed,
                    "unique" => FloatMode::Unique,
                    "maxprec" => FloatMode::MaxPrec,
                    "maxprec_equal" => FloatMode::MaxPrecEqual,
                    other => panic!("unknown floatmode {other}"),
                }
            }
            other => panic!("unknown option {other}"),
        }
    }
    options
}

/// The table's little-endian bytes in this machine's order.
fn native_bytes(hex: &str, dtype: DType) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
    let mut bytes: Vec<u8> = (0..hex.len() / 2).map(byte).collect();
    if cfg!(target_endian = "big") {
        bytes.chunks_mut(dtype.real().size()).for_each(<[u8]>::reverse);
    }
    bytes
}

fn check(case: &Case<'_>) {
    let Case { line, ty, options, bytes, .. } = case;
    assert_eq!(str_with(bytes, ty, options), case.str, "str of line {line}, {ty}");
    assert_eq!(repr_with(bytes, ty, options), case.repr, "repr of line {line}, {ty}");
    assert_eq!(List::from_bytes(bytes, ty).unwrap().to_string(), case.list, "tolist of line {line}, {ty}");
}

fn str_of_values<T: Element>(values: &[T], shape: &[usize]) -> String {
    str(T::as_bytes(values), &Type::new(T::DTYPE, shape))
}

fn repr_of_values<T: Element>(values: &[T], shape: &[usize]) -> String {
    repr(T::as_bytes(values), &Type::new(T::DTYPE, shape))
}

#[test]
fn the_table_is_printed_as_numpy_printed_it() {
    let mut seen = std::collections::BTreeSet::new();
    let mut summarized = 0;
    for case in cases(CASES) {
        check(&case);
        seen.insert(case.ty.dtype);
        summarized += usize::from(case.str.contains("..."));
    }
    assert_eq!(seen.len(), DType::ALL.len(), "the table lacks a dtype");
    assert!(summarized >= 10, "the table has only {summarized} summarized arrays");
}

#[test]
fn large_arrays_are_summarized() {
    let range: Vec<i64> = (0..1001).collect();
    assert_eq!(str_of_values(&range, &[1001]), "[   0    1    2 ...  998  999 1000]");
    assert_eq!(repr_of_values(&range, &[1001]), "array([   0,    1,    2, ...,  998,  999, 1000], shape=(1001,))");
    let ramp: Vec<f32> = (0..1200).map(|index| 1.0 + index as f32 / 4.0).collect();
    assert_eq!(
        repr_of_values(&ramp, &[300, 4]),
        "array([[  1.  ,   1.25,   1.5 ,   1.75],\n       [  2.  ,   2.25,   2.5 ,   2.75],\n       \
         [  3.  ,   3.25,   3.5 ,   3.75],\n       ...,\n       [298.  , 298.25, 298.5 , 298.75],\n       \
         [299.  , 299.25, 299.5 , 299.75],\n       [300.  , 300.25, 300.5 , 300.75]], \
         shape=(300, 4), dtype=float32)"
    );
}

#[test]
fn elements_out_of_sight_change_nothing() {
    let mut values = vec![1.0f64; 2000];
    let plain = str_of_values(&values, &[2000]);
    values[1000] = -1e300;
    assert_eq!(str_of_values(&values, &[2000]), plain);
    assert_eq!(plain, "[1. 1. 1. ... 1. 1. 1.]");
}

#[test]
fn scalars_ignore_the_options() {
    let options = PrintOptions { precision: 2, ..PrintOptions::default() };
    let ty = Type::scalar(DType::F64);
    let bytes = f64::as_bytes(&[1.0 / 3.0]);
    assert_eq!(str_with(bytes, &ty, &options), "0.3333333333333333");
    assert_eq!(repr_with(bytes, &ty, &options), "array(0.33)");
    assert_eq!(repr_of_values(&[2.5f32], &[]), "array(2.5, dtype=float32)");
    assert_eq!(str_of_values(&[f16::MAX], &[]), "6.55e+04");
}

#[test]
fn long_rows_wrap() {
    let values: Vec<f64> = (0..12).map(|index| f64::from(index) / 7.0).collect();
    assert_eq!(
        repr_of_values(&values, &[12]),
        "array([0.        , 0.14285714, 0.28571429, 0.42857143, 0.57142857,\n       0.71428571, 0.85714286, \
         1.        , 1.14285714, 1.28571429,\n       1.42857143, 1.57142857])"
    );
}

#[test]
fn extreme_options_are_carried_out() {
    let ty = Type::new(DType::F64, [2]);
    let values = [1.5, f64::from_bits(1)];
    let bytes = f64::as_bytes(&values);
    let options = PrintOptions {
        precision: usize::MAX,
        linewidth: usize::MAX,
        edgeitems: usize::MAX,
        threshold: 0,
        ..PrintOptions::default()
    };
    assert_eq!(str_with(bytes, &ty, &options), "[1.5e+000 4.9e-324]");
    let fixed = PrintOptions { floatmode: FloatMode::Fixed, linewidth: 0, suppress: true, ..options.clone() };
    assert!(str_with(bytes, &ty, &fixed).contains("\n"));
    let none = PrintOptions { edgeitems: 0, precision: 0, ..options };
    assert_eq!(str_with(bytes, &ty, &none), "[... 5.e-324]");
}
