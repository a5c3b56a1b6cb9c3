//! Grids, triangles and diagonals, and numbers spaced between bounds: NumPy's positions and NumPy's bits.

use hloom as np;
use hloom::num;
use hloom::prelude::*;
use num_complex::Complex;

#[track_caller]
fn kind(array: NdArray) -> ErrorKind {
    array.check().map(drop).unwrap_err().kind()
}

/// Positions of a matrix where a condition holds, as rows and columns.
fn places(n: i64, m: i64, holds: impl Fn(i64, i64) -> bool) -> [Vec<i64>; 2] {
    let all = (0..n).flat_map(|row| (0..m).map(move |column| (row, column)));
    let (rows, columns) = all.filter(|&(row, column)| holds(row, column)).unzip();
    [rows, columns]
}

#[test]
fn triangles_are_those_of_a_mask() -> hloom::Result<()> {
    let read = |pair: [NdArray; 2]| -> hloom::Result<[Vec<i64>; 2]> {
        let [rows, columns] = pair;
        Ok([rows.to_vec()?, columns.to_vec()?])
    };
    for (n, m) in [(0, 3), (3, 0), (1, 1), (4, 4), (3, 6), (6, 3), (120, 97)] {
        for k in [-200, -5, -2, -1, 0, 1, 2, 4, 200] {
            let lower = read(np::tril_indices((n, k, m)))?;
            assert_eq!(lower, places(n, m, |row, column| column <= row + k), "tril {n} {k} {m}");
            let upper = read(np::triu_indices((n, k, m)))?;
            assert_eq!(upper, places(n, m, |row, column| column >= row + k), "triu {n} {k} {m}");
        }
    }
    let [rows, columns] = np::jit(|x: NdArray| np::tril_indices_from(x, -1)).call(np::zeros([90, 90]))?;
    assert_eq!(read([rows, columns])?, places(90, 90, |row, column| column < row));
    let [rows, _] = np::tril_indices_from(np::zeros(3), ..);
    assert_eq!(kind(rows), ErrorKind::Value);
    let [rows, _] = np::tril_indices(1i64 << 40);
    assert_eq!(kind(rows), ErrorKind::Value);
    Ok(())
}

#[test]
fn diagonals_are_read_and_written() -> hloom::Result<()> {
    let x = np::arange(6000).reshape([60, 100]);
    for k in [-70i64, -59, -3, 0, 5, 99, 100] {
        let on_it = |row: i64| (0..100).contains(&(row + k)).then_some(row * 100 + row + k);
        let expected: Vec<i64> = (0..60).filter_map(on_it).collect();
        assert_eq!(np::diagonal(&x, k).to_vec::<i64>()?, expected, "{k}");
        assert_eq!(np::jit(move |x: NdArray| np::diag(x, k)).call(&x)?.to_vec::<i64>()?, expected, "{k}");
    }
    let cube = np::arange(24).reshape([2, 3, 4]);
    assert_eq!(np::diagonal(&cube, (0, -1, 0)).tolist()?, [[0, 13], [4, 17], [8, 21]]);
    assert_eq!(kind(np::diagonal(&cube, (0, 1, 1))), ErrorKind::Value);
    assert_eq!(kind(np::diagonal(&cube, (0, 1, 3))), ErrorKind::Axis);
    assert_eq!(kind(np::diagonal(np::zeros(3), ..)), ErrorKind::Value);
    // What is not a number stays where it is, and zeros are zeros.
    let matrix = np::array([[f64::NAN, f64::INFINITY], [-0.0, 1.0]]);
    assert_eq!(np::tril(&matrix, ..).repr()?, "array([[nan,  0.],\n       [-0.,  1.]])");
    assert_eq!(np::triu(&matrix, 1).repr()?, "array([[ 0., inf],\n       [ 0.,  0.]])");
    let vector: Vec<f64> = (0..80).map(f64::from).collect();
    let placed = np::diag(np::array(vector.clone()), -2);
    assert_eq!((placed.shape(), np::diag(&placed, -2).to_vec::<f64>()?), (vec![82, 82].into(), vector));
    assert_eq!(placed.sum(..).item::<f64>()?, 80.0 * 79.0 / 2.0);
    assert_eq!(np::tril([1, 2, 3], ..).tolist()?, [[1, 0, 0], [1, 2, 0], [1, 2, 3]]);
    assert_eq!(kind(np::tril(3, ..)), ErrorKind::Type);
    Ok(())
}

#[test]
fn diagonals_are_filled_again_and_again() -> hloom::Result<()> {
    let filled = |shape: &[usize], value: &[f64], wraps: bool| -> hloom::Result<Vec<f64>> {
        let mut x = np::full(shape, 7.5);
        let value = np::array(value.to_vec());
        if wraps {
            x.fill_diagonal_wrap(&value)
        } else {
            x.fill_diagonal(&value)
        };
        x.to_vec()
    };
    let expected = |size: usize, end: usize, step: usize, value: &[f64]| -> Vec<f64> {
        let at = |place: usize| match place < end && place.is_multiple_of(step) {
            true => value[place / step % value.len()],
            false => 7.5,
        };
        (0..size).map(at).collect()
    };
    let value = [1.0, f64::INFINITY, -0.0];
    assert_eq!(filled(&[80, 80], &value, false)?, expected(6400, 6400, 81, &value));
    assert_eq!(filled(&[90, 7], &value, false)?, expected(630, 49, 8, &value));
    assert_eq!(filled(&[90, 7], &value, true)?, expected(630, 630, 8, &value));
    assert_eq!(filled(&[7, 90], &value, true)?, expected(630, 630, 91, &value));
    assert_eq!(filled(&[5, 5, 5], &[2.0], false)?, expected(125, 125, 31, &[2.0]));
    assert_eq!(filled(&[2, 2], &[], false)?, [7.5; 4]);
    let mut x = np::zeros([2, 3]).astype(int8);
    x.fill_diagonal(300);
    assert_eq!(kind(x), ErrorKind::Overflow);
    let mut x = np::zeros([2, 2, 3]);
    x.fill_diagonal(1);
    assert_eq!(kind(x), ErrorKind::Value);
    Ok(())
}

#[test]
fn grids_have_every_combination() -> hloom::Result<()> {
    let grid = np::mgrid(((0, 3, 0.5), (-1, 1, Complex::new(0.0, 5.0))));
    assert_eq!((grid.shape(), grid.dtype()), (vec![2, 6, 5].into(), float64));
    assert_eq!(grid.get(s![0, .., 2]).tolist()?, [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]);
    assert_eq!(grid.get(s![1, 3]).tolist()?, [-1.0, -0.5, 0.0, 0.5, 1.0]);
    assert_eq!(np::mgrid(s![0..2, 0..6;2]).get(1).tolist()?, [[0, 2, 4], [0, 2, 4]]);
    assert_eq!(np::mgrid([(5, 0, -2)]).tolist()?, [[5, 3, 1]]);
    assert_eq!(np::mgrid([(0, 2, Complex::new(0.0, 1.0))]).dtype(), float64);
    assert_eq!(np::ogrid((0..70, 0..80))[1].shape(), [1, 80]);
    for bad in
        [np::mgrid([(5, 0)]), np::mgrid([(0, 1, 0)]), np::mgrid([(0.0, f64::NAN)]), np::mgrid([0..i64::MAX, 0..9])]
    {
        assert_eq!(kind(bad), ErrorKind::Value);
    }
    let (x, y) = (np::arange(70), np::arange(80) + 0.5);
    let both = np::meshgrid((&x, &y), ..);
    assert_eq!((both[0].shape(), both[0].dtype(), both[1].dtype()), (vec![80, 70].into(), int64, float64));
    assert_eq!(both[0].get(s![9, 3]).item::<i64>()?, 3);
    assert_eq!(both[1].get(s![9, 3]).item::<f64>()?, 9.5);
    let lines = np::meshgrid((&x, &y, 1), np::indexing("ij").sparse());
    assert_eq!((lines[1].shape(), lines[2].shape()), (vec![1, 80, 1].into(), vec![1, 1, 1].into()));
    assert!(np::meshgrid((&x, &y), "yx").into_iter().all(|array| kind(array) == ErrorKind::Value));
    assert_eq!(np::indices((3, 4)).get(1).get(2).tolist()?, [0, 1, 2, 3]);
    assert_eq!(np::indices(()).shape(), [0]);
    let sums = np::fromfunction(|[i, j]| i * 100 + j, (60, 90));
    assert_eq!(sums.get(s![59, 89]).item::<f64>()?, 5989.0);
    assert_eq!(kind(np::fromfunction(|[i, j]| i + j, 3)), ErrorKind::Value);
    let table = x.reshape([7, 10]);
    let mesh = np::ix_((vec![true, false, false, true, false, false, false], [9, 0]));
    assert_eq!(table.get(s![&mesh[0], &mesh[1]]).tolist()?, [[9, 0], [39, 30]]);
    assert_eq!(kind(np::ix_(([[1]],)).remove(0)), ErrorKind::Value);
    Ok(())
}

#[test]
fn bounds_that_are_arrays_have_the_bits_of_numpy() -> hloom::Result<()> {
    let (start, stop) = ([0.1, -3.0, 1e-3], [0.7, 7.0, 1e9]);
    for num_samples in [0usize, 1, 2, 7, 3000] {
        for endpoint in [true, false] {
            let n_steps = num_samples.saturating_sub(usize::from(endpoint)) as f64;
            let at = |idx: usize, line: usize| {
                let distance = stop[line] - start[line];
                let step = if n_steps > 0.0 { distance / n_steps } else { distance };
                match endpoint && num_samples > 1 && idx == num_samples - 1 {
                    true => stop[line],
                    false => idx as f64 * step + start[line],
                }
            };
            let expected: Vec<f64> = (0..3 * num_samples).map(|place| at(place / 3, place % 3)).collect();
            let samples = num(num_samples).endpoint(endpoint);
            let make = move |(start, stop): (NdArray, NdArray)| np::linspace(start, stop, samples.clone());
            let bounds = (np::array(start), np::array(stop));
            let lazy = make(bounds.clone());
            for found in [lazy, np::jit(make).call(&bounds)?] {
                assert_eq!(found.to_vec::<f64>()?, expected, "{num_samples} {endpoint}");
            }
        }
    }
    // A step too small for a number: all are divided first.
    let (numbers, step) = np::linspace_step([0.0, 1.0], [5e-324, 2.0], 3);
    assert_eq!(numbers.to_vec::<f64>()?, [0.0, 1.0, 0.0, 1.5, 5e-324, 2.0]);
    assert_eq!(step.to_vec::<f64>()?, [0.0, 0.5]);
    assert_eq!(np::linspace([0.0f32], 1, 3).dtype(), float32);
    assert_eq!(np::linspace([0i8], [1i8], 3).dtype(), float64);
    assert_eq!(np::linspace([0, 1], [5, 6], num(3).axis(-1)).tolist()?, [[0.0, 2.5, 5.0], [1.0, 3.5, 6.0]]);
    assert_eq!(np::linspace(-1, 1, num(4).dtype(int32)).tolist()?, [-1, -1, 0, 1]);
    assert_eq!(kind(np::linspace(0, Complex::new(0.0, 1.0), num(3).dtype(int64))), ErrorKind::Type);
    assert_eq!(kind(np::linspace(0, 1, num(3).axis(1))), ErrorKind::Axis);
    assert_eq!(kind(np::linspace(0, 1, num(3).base(2))), ErrorKind::Type);
    assert!(np::linspace_step(0, 1, 1).1.item::<f64>()?.is_nan());
    Ok(())
}

#[test]
fn quotients_are_constant_and_bounds_exact() -> hloom::Result<()> {
    let (start, stop) = (0.3, 7e5);
    let numbers = np::geomspace(start, stop, 5000).to_vec::<f64>()?;
    assert_eq!((numbers[0], numbers[4999]), (start, stop));
    let ratio = (stop / start).powf(1.0 / 4999.0);
    assert!(numbers.windows(2).all(|pair| (pair[1] / pair[0] / ratio - 1.0).abs() < 1e-12));
    let down = np::geomspace(-1e3, -1e-3, 7).to_vec::<f64>()?;
    assert_eq!((down[0], down[6]), (-1e3, -1e-3));
    assert!(down.iter().all(|number| *number < 0.0));
    let spiral = np::geomspace(Complex::new(0.0, 1.0), Complex::new(0.0, 16.0), 3).to_vec::<Complex<f64>>()?;
    assert!((spiral[1] - Complex::new(0.0, 4.0)).norm() < 1e-14 && spiral[2] == Complex::new(0.0, 16.0));
    assert_eq!(np::geomspace([1.0f32], [4.0f32], 3).dtype(), float64);
    assert_eq!(np::geomspace(1, 4, num(3).dtype(float32)).dtype(), float32);
    assert_eq!(kind(np::geomspace(0, 1, 3)), ErrorKind::Value);
    assert_eq!(kind(np::geomspace([1, 0], 2, 3)), ErrorKind::Value);
    let table = np::logspace([0, 1], [2, 3], num(3).base([2.0, 3.0]).axis(-1));
    let expected = [1.0, 2.0, 4.0, 3.0, 9.0, 27.0];
    assert!(table.to_vec::<f64>()?.iter().zip(expected).all(|(found, wanted)| (found / wanted - 1.0).abs() < 1e-15));
    Ok(())
}

#[test]
fn third_powers_are_the_same_products_however_they_are_computed() -> hloom::Result<()> {
    for (n, dtype) in [(60, float32), (5000, float32), (60, float64), (5000, float64), (5000, float16)] {
        let x = (np::arange(n) * 0.0137 - 3.0).astype(dtype);
        x.wait()?;
        let square = &x * &x;
        square.wait()?;
        let cubes = if dtype == float16 { x.power(3) } else { square * &x }.to_bytes()?;
        for power in [|x: &NdArray| x.power(3), |x: &NdArray| x.power(3.0)] {
            assert_eq!(power(&x).to_bytes()?, cubes, "{n} of {dtype}");
            assert_eq!(np::jit(move |x: NdArray| power(&x)).call(&x)?.to_bytes()?, cubes, "compiled, {n} of {dtype}");
            let looped = np::jit(move |x: NdArray, n: NdArray| {
                np::fori_loop(0, &n, np::zeros_like(&x), |i, _| power(&np::where_(i.less(&n), &x, 0)))
            });
            assert_eq!(looped.call((&x, NdArray::from(2)))?.to_bytes()?, cubes, "in a loop, {n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn powers_are_products_one_after_another() -> hloom::Result<()> {
    let x = [0.1, -3.7, f64::INFINITY, 1e-200, f64::NAN];
    for n_columns in [0usize, 1, 2, 20, 100] {
        let found = np::vander(x, (n_columns, true)).to_vec::<f64>()?;
        let falling = np::jit(move |x: NdArray| np::vander(x, n_columns)).call(np::array(x))?.to_vec::<f64>()?;
        for (row, &element) in x.iter().enumerate() {
            let powers: Vec<f64> = (0..n_columns)
                .scan(1.0, |power, column| {
                    *power = if column < 2 { [1.0, element][column] } else { *power * element };
                    Some(*power)
                })
                .collect();
            let line = row * n_columns..(row + 1) * n_columns;
            let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan();
            assert!(found[line.clone()].iter().zip(&powers).all(same), "{element} {n_columns}");
            assert!(falling[line].iter().rev().zip(&powers).all(same), "{element} {n_columns}");
        }
    }
    assert_eq!(np::vander([2i8, 3], 9).dtype(), int64);
    assert_eq!(kind(np::vander([[1]], ..)), ErrorKind::Value);
    let product = np::kron(np::arange(60).reshape([6, 10]), np::arange(12).reshape([1, 4, 3]));
    assert_eq!((product.shape(), product.get(s![0, 23, 29]).item::<i64>()?), (vec![1, 24, 30].into(), 59 * 11));
    assert_eq!(np::kron([true, false], [true]).tolist()?, [true, false]);
    Ok(())
}
