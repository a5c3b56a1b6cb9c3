//! What indices name and what is written there, where NumPy's rules are less than obvious.

use hloom as np;
use hloom::prelude::*;
use num_complex::Complex;

fn no_truths(shape: impl np::IntoShape) -> NdArray {
    np::zeros(shape).astype(bool_)
}

fn table() -> NdArray {
    np::arange(12).reshape([3, 4])
}

#[test]
fn masks_without_elements_name_nothing() -> hloom::Result<()> {
    assert_eq!(np::arange(3).get(no_truths(0)).shape(), [0]);
    let m = table();
    assert_eq!(m.get(no_truths(0)).shape(), [0, 4]);
    assert_eq!(m.get(s![.., no_truths(0)]).shape(), [3, 0]);
    assert_eq!(m.get(s![0, no_truths(0)]).shape(), [0]);
    for shape in [[0, 0], [3, 0], [0, 4]] {
        assert_eq!(m.get(no_truths(shape)).shape(), [0], "{shape:?}");
        let mut written = m.clone();
        written.set(no_truths(shape), 7);
        written.add_at(no_truths(shape), 7);
        assert_eq!(written.tolist()?, m.tolist()?, "{shape:?}");
    }
    // Without a value to read, such a mask is an index of a trace too.
    assert_eq!(np::jit(|m: NdArray| m.get(no_truths(0)) + 1).call(&m)?.shape(), [0, 4]);
    for shape in [[0, 5], [1, 0], [2, 0]] {
        let error = m.get(no_truths(shape)).check().unwrap_err().clone();
        assert_eq!(error.kind(), ErrorKind::Index, "{shape:?}");
        assert!(error.message().starts_with("boolean index did not match"), "{error}");
    }
    assert_eq!(np::array(5).get(no_truths(0)).check().unwrap_err().kind(), ErrorKind::Index);
    let mut x = np::arange(3);
    for value in [vec![], vec![7i64]] {
        x.set(no_truths(0), value);
        assert_eq!(x.to_vec::<i64>()?, [0, 1, 2]);
    }
    x.set(no_truths(0), [7i64, 8]);
    assert_eq!(x.check().unwrap_err().kind(), ErrorKind::Value);
    Ok(())
}

/// An assignment at places that a first argument names among none: in bounds and out of bounds.
type Write = fn(&mut NdArray, &NdArray);

#[track_caller]
fn written(write: Write, i: NdArray) -> [hloom::Result<NdArray>; 2] {
    let mut lazily = table();
    write(&mut lazily, &i);
    let f = np::jit(move |(mut x, i): (NdArray, NdArray)| {
        write(&mut x, &i);
        x
    });
    let compiled = f.call((table(), &i));
    [lazily.data().map(|_| lazily), compiled.and_then(|x| x.data().map(|_| x))]
}

#[test]
fn positions_are_looked_at_where_nothing_is_written() -> hloom::Result<()> {
    let looked_at: [Write; 7] = [
        |x, i| x.set(s![i, 0..0], 7),
        |x, i| x.add_at(s![i, 0..0], 7),
        |x, i| x.set(s![1..1, i], 7),
        |x, i| x.set(s![i.get(0), 0..0], 7),
        |x, i| x.set(s![i.get(0), no_truths(4)], 7),
        |x, i| x.set(s![i, newaxis, 2..2], np::zeros(0)),
        |x, i| x.set(s![true, i, 0..0], 7),
    ];
    for (at, write) in looked_at.into_iter().enumerate() {
        for result in written(write, np::array([1i64])) {
            assert_eq!(result?.tolist()?, table().tolist()?);
        }
        for result in written(write, np::array([9i64])) {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Index, "write {at}: {error}");
            assert!(error.message().starts_with("index 9 is out of bounds for axis"), "write {at}: {error}");
        }
    }
    // Beside an empty array, an array names no positions.
    let ignored: [Write; 4] = [
        |x, i| x.set(s![i, no_truths(4)], 7),
        |x, i| x.set(s![i, Vec::<i64>::new()], 7),
        |x, i| x.set(s![false, i], 7),
        |x, i| x.add_at(s![i, no_truths(4)], 7),
    ];
    for write in ignored {
        for i in [1i64, 9] {
            for result in written(write, np::array([i])) {
                assert_eq!(result?.tolist()?, table().tolist()?);
            }
        }
    }
    let take = np::jit(|(x, i): (NdArray, NdArray)| x.get(s![&i, no_truths(4)]));
    assert_eq!(take.call((table(), np::array([9i64])))?.to_vec::<i64>()?.len(), 0);
    assert_eq!(table().get(s![np::array([9i64]), no_truths(4)]).to_vec::<i64>()?.len(), 0);
    Ok(())
}

#[test]
fn real_parts_of_complex_arrays_are_written() -> hloom::Result<()> {
    let complex = np::array([Complex::new(1.5, 7.0), Complex::new(-2.5, 1.0), Complex::new(0.0, 1.0)]);
    let into = |dtype: DType| {
        let mut x = NdArray::new(3, dtype);
        x.set(.., &complex);
        x
    };
    assert_eq!(into(float32).to_vec::<f32>()?, [1.5, -2.5, 0.0]);
    assert_eq!(into(int8).to_vec::<i8>()?, [1, -2, 0]);
    assert_eq!(into(bool_).to_vec::<bool>()?, [true, true, true]);
    let mut x = np::zeros(3);
    x.set(vec![2i64, 0], complex.get(s![..2]));
    x.set(1, complex.get(0));
    x.set(x.gt(1), complex.get(1));
    assert_eq!(x.to_vec::<f64>()?, [-2.5, -2.5, -2.5]);
    Ok(())
}

#[test]
fn complex_numbers_have_no_place_in_real_arrays() -> hloom::Result<()> {
    let i = Complex::new(2.0, 1.0);
    for dtype in [float64, float16, int32] {
        let mut x = NdArray::new(3, dtype);
        x.set(0, i);
        assert_eq!(x.check().unwrap_err().kind(), ErrorKind::Type, "{dtype}");
        let mut x = NdArray::new(3, dtype);
        x.set(x.lt(1), i);
        assert_eq!(x.check().unwrap_err().kind(), ErrorKind::Type, "{dtype}");
        // What is combined is converted.
        let mut x = NdArray::new(3, dtype);
        x.add_at(0, i);
        assert_eq!(x.astype(float64).to_vec::<f64>()?, [2.0, 0.0, 0.0], "{dtype}");
    }
    let mut truths = no_truths(2);
    truths.set(0, i);
    assert_eq!(truths.to_vec::<bool>()?, [true, false]);
    Ok(())
}

#[test]
fn bits_of_truths_are_counted() -> hloom::Result<()> {
    let counts = np::bitwise_count(np::array([true, false]));
    assert_eq!(counts.to_vec::<u8>()?, [1, 0]);
    Ok(())
}

/// NumPy's: the second of two zeros in float32 and float64, the first in other dtypes.
#[test]
fn the_greater_of_zeros_is_one_of_them() -> hloom::Result<()> {
    for (dtype, takes_second) in
        [(float64, true), (float32, true), (float16, false), (complex64, false), (complex128, false)]
    {
        let plus = np::zeros(70).astype(dtype);
        let minus = np::full(70, -0.0).astype(dtype);
        type Choose = fn((NdArray, NdArray)) -> NdArray;
        let choices: [Choose; 4] =
            [|(x, y)| np::maximum(x, y), |(x, y)| np::minimum(x, y), |(x, y)| np::fmax(x, y), |(x, y)| np::fmin(x, y)];
        for (at, choose) in choices.into_iter().enumerate() {
            for (x, y, is_negative) in [(&plus, &minus, takes_second), (&minus, &plus, !takes_second)] {
                let sign = |z: NdArray| np::signbit(np::real(z)).to_vec::<bool>();
                let n = x.size();
                assert_eq!(sign(choose((x.clone(), y.clone())))?, vec![is_negative; n], "{dtype} {at}");
                assert_eq!(sign(np::jit(choose).call((x, y))?)?, vec![is_negative; n], "{dtype} {at}");
            }
        }
    }
    Ok(())
}
