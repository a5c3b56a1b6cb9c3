//! Products of vectors, matrices and arrays: long sums, many axes, empty ones, and what cannot be multiplied.

use hloom as np;
use hloom::linalg;
use hloom::prelude::*;
use num_complex::Complex;

/// The same computed lazily and compiled.
#[track_caller]
fn both(f: fn(NdArray, NdArray) -> NdArray, a: &NdArray, b: &NdArray) -> [NdArray; 2] {
    let lazily = f(a.clone(), b.clone());
    let compiled = np::jit(move |(a, b): (NdArray, NdArray)| f(a, b)).call((a, b));
    [lazily, compiled.unwrap_or_else(|error| panic!("{error}"))]
}

fn numbers(shape: impl np::IntoExtents, modulus: i64) -> NdArray {
    let extents = shape.into_extents();
    let size: i128 = extents.iter().product();
    let shape: Vec<i64> = extents.iter().map(|&extent| extent as i64).collect();
    ((np::arange(size as i64) * 7919) % modulus - modulus / 2).reshape(shape)
}

#[test]
fn long_sums_are_exact_where_integers_are() -> hloom::Result<()> {
    for n in [4095, 4096, 5000, 100_003] {
        let (a, b) = (numbers(n, 101), numbers(n, 97));
        let expected: i64 = a.to_vec::<i64>()?.iter().zip(b.to_vec::<i64>()?).map(|(a, b)| a * b).sum();
        for dtype in [int64, int32, float64, complex128] {
            let (a, b) = (a.astype(dtype), b.astype(dtype));
            for f in [|a, b| np::dot(a, b), |a, b| np::vdot(a, b), |a, b| np::inner(a, b), |a, b| np::vecdot(a, b, ..)]
            {
                for sum in both(f, &a, &b) {
                    assert_eq!(sum.dtype(), dtype);
                    assert_eq!(sum.astype(float64).item::<f64>()?, expected as f64, "{dtype} {n}");
                }
            }
        }
    }
    Ok(())
}

#[test]
fn matrices_past_a_vector_of_elements() -> hloom::Result<()> {
    let (n, k, m) = (67, 129, 65);
    let (a, b) = (numbers([n, k], 31), numbers([k, m], 29));
    let (a_rows, b_rows) = (a.to_vec::<i64>()?, b.to_vec::<i64>()?);
    let mut expected = vec![0i64; n * m];
    for row in 0..n {
        for column in 0..m {
            expected[row * m + column] = (0..k).map(|at| a_rows[row * k + at] * b_rows[at * m + column]).sum();
        }
    }
    for dtype in [int64, int16, float32, complex64] {
        let (a, b) = (a.astype(dtype), b.astype(dtype));
        let expected: Vec<f64> =
            expected.iter().map(|&sum| if dtype == int16 { f64::from(sum as i16) } else { sum as f64 }).collect();
        for product in both(|a, b| np::dot(a, b), &a, &b) {
            assert_eq!(product.astype(float64).to_vec::<f64>()?, expected, "{dtype}");
        }
        for product in both(|a, b| np::tensordot(a, b.t(), (1, 1)), &a, &b) {
            assert_eq!(product.astype(float64).to_vec::<f64>()?, expected, "{dtype}");
        }
    }
    Ok(())
}

#[test]
fn stacks_are_broadcast() -> hloom::Result<()> {
    let (a, b) = (numbers([5, 1, 3, 4], 11), numbers([6, 4, 2], 13));
    let (stack, one) = (np::matmul(&a, &b), |i: i64, j: i64| np::matmul(a.get(s![i, 0]), b.get(j)));
    assert_eq!(stack.shape(), [5, 6, 3, 2]);
    for (i, j) in [(0, 0), (4, 5), (2, 3)] {
        assert_eq!(stack.get(s![i, j]).tolist()?, one(i, j).tolist()?);
    }
    // A matrix beside a stack on either side.
    let left = np::matmul(numbers([3, 4], 11), &b);
    let right = np::matmul(b.mt(), numbers([4, 3], 11));
    for j in 0..6 {
        assert_eq!(left.get(j).tolist()?, np::matmul(numbers([3, 4], 11), b.get(j)).tolist()?);
        assert_eq!(right.get(j).tolist()?, np::matmul(b.get(j).t(), numbers([4, 3], 11)).tolist()?);
    }
    let vectors = np::matvec(b.mt(), numbers([5, 1, 4], 7));
    assert_eq!(vectors.shape(), [5, 6, 2]);
    assert_eq!(vectors.get(s![3, 2]).tolist()?, np::dot(b.get(2).t(), numbers([5, 1, 4], 7).get(s![3, 0])).tolist()?);
    Ok(())
}

#[test]
fn bool_products_are_or_of_and_while_half_floats_round_once() -> hloom::Result<()> {
    let n = 70_000;
    let mut truths = np::zeros(n).astype(bool_);
    assert!(!np::dot(&truths, &truths).item::<bool>()?);
    truths.set(n - 1, true);
    for sum in both(|a, b| np::dot(a, b), &truths, &truths) {
        assert!(sum.item::<bool>()?);
    }
    // In half precision a sum of ones would stop at 2,048.
    let ones = np::ones(30_000).astype(float16);
    for sum in both(|a, b| np::vecdot(a, b, ..), &ones, &ones) {
        assert_eq!((sum.dtype(), sum.astype(float64).item::<f64>()?), (float16, 30_000.0));
    }
    // Each product is beyond the dtype, their sum is not.
    let big = np::array([1000.0, 1000.0]).astype(float16);
    let signs = np::array([100.0, -100.0]).astype(float16);
    assert_eq!(np::dot(&big, &signs).astype(float64).item::<f64>()?, 0.0);
    Ok(())
}

#[test]
fn nan_and_infinities_are_summed() -> hloom::Result<()> {
    let x = np::array([[f64::INFINITY, 1.0], [0.0, f64::NAN]]);
    for product in both(|a, b| np::dot(a, b), &x, &np::array([0.0, 1.0])) {
        assert!(product.to_vec::<f64>()?.iter().all(|value| value.is_nan()));
    }
    for product in both(|a, b| np::outer(a, b), &np::array([f64::INFINITY, -1.0]), &np::array([-0.0, 2.0])) {
        let found = product.to_vec::<f64>()?;
        assert!(found[0].is_nan() && found[1] == f64::INFINITY && found[3] == -2.0);
        assert!(found[2] == 0.0 && found[2].is_sign_positive());
    }
    Ok(())
}

#[test]
fn the_first_vector_is_conjugated_where_numpy_does() -> hloom::Result<()> {
    let i = Complex::new(0.0, 1.0);
    let x = np::array([i, Complex::new(1.0, 2.0)]);
    let of = |array: NdArray| array.to_vec::<Complex<f64>>();
    assert_eq!(of(np::dot(&x, &x))?, [Complex::new(-4.0, 4.0)]);
    assert_eq!(of(np::vdot(&x, &x))?, [Complex::new(6.0, 0.0)]);
    assert_eq!(of(np::vecdot(&x, &x, ..))?, [Complex::new(6.0, 0.0)]);
    let matrix = x.reshape([2, 1]);
    assert_eq!(of(np::vecmat(&x, &matrix))?, [Complex::new(6.0, 0.0)]);
    assert_eq!(of(np::matvec(matrix.t(), &x))?, [Complex::new(-4.0, 4.0)]);
    Ok(())
}

#[test]
fn numbers_are_arrays_of_their_own_dtype() -> hloom::Result<()> {
    let x = np::array([1.0f32, 2.0]);
    for product in [np::dot(&x, 3), np::inner(2.0, &x), np::outer(&x, 3), np::tensordot(&x, 2, 0)] {
        assert_eq!(product.dtype(), float64);
    }
    assert_eq!(np::dot(np::array([100i8]), 3).tolist()?, [300]);
    Ok(())
}

#[test]
fn nothing_is_summed_to_zero() -> hloom::Result<()> {
    let (rows, columns) = (np::zeros([2, 0]), np::zeros([0, 3]));
    assert_eq!(np::dot(&rows, &columns).tolist()?, [[0.0; 3]; 2]);
    assert_eq!(np::tensordot(&rows, &columns, ((1,), (0,))).tolist()?, [[0.0; 3]; 2]);
    assert_eq!(np::vecdot(&rows, &rows, ..).tolist()?, [0.0; 2]);
    assert_eq!(np::matmul(np::zeros([0, 2, 3]), np::zeros([3, 4])).shape(), [0, 2, 4]);
    assert_eq!(np::trace(np::zeros([0, 4, 5]), (7, 1, 2)).shape(), [0]);
    Ok(())
}

#[test]
fn diagonals_lie_anywhere() -> hloom::Result<()> {
    let n = 71;
    let x = np::arange(3 * n * 80).reshape([3, n, 80]);
    for (offset, first) in [(0i64, 0), (9, 9), (12, 12), (-70, 70 * 80), (-3, 240)] {
        let expected: Vec<i64> = (0..3)
            .map(|plane| {
                (0..71 - if offset < 0 { -offset } else { (offset - 9).max(0) })
                    .map(|at| plane * 71 * 80 + first + at * 81)
                    .sum()
            })
            .collect();
        assert_eq!(linalg::trace(&x, offset).to_vec::<i64>()?, expected, "{offset}");
        assert_eq!(np::trace(&x, (offset, 1, 2)).to_vec::<i64>()?, expected, "{offset}");
        let diagonal = linalg::diagonal(&x, offset);
        assert_eq!(diagonal.sum(1).to_vec::<i64>()?, expected, "{offset}");
    }
    let text = np::jit(|x: NdArray| x.trace(..)).lower(np::zeros([300, 300]))?.hlo_text()?;
    assert!(!text.contains(" gather("), "{text}");
    Ok(())
}

#[test]
fn chains_are_multiplied_in_the_cheapest_order() -> hloom::Result<()> {
    let arrays = [numbers([40, 2], 9), numbers([2, 50], 9), numbers([50, 3], 9), numbers([3, 60], 9)];
    let product = linalg::multi_dot(&arrays);
    let by_hand = arrays[0].matmul(&arrays[1]).matmul(&arrays[2]).matmul(&arrays[3]);
    assert_eq!(product.tolist()?, by_hand.tolist()?);
    let text = product.ir()?;
    assert!(!text.contains("40, 50"), "the first two are multiplied last: {text}");
    let row = linalg::multi_dot((arrays[0].get(s![.., 0]), &arrays[0], &arrays[1]));
    assert_eq!(row.shape(), [50]);
    Ok(())
}

#[test]
fn powers_of_matrices_take_as_many_products_as_bits() -> hloom::Result<()> {
    let turn = np::array([[0i64, -1], [1, 0]]);
    assert_eq!(linalg::matrix_power(&turn, 4 * 1_000_000_000_000i64 + 3).tolist()?, [[0, 1], [-1, 0]]);
    assert_eq!(linalg::matrix_power(np::full([2, 2], f64::NAN), 0).tolist()?, [[1.0, 0.0], [0.0, 1.0]]);
    let error = linalg::matrix_power(&turn, -1).check().map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused_in_numpys_words() {
    let (a, b) = (np::zeros([2, 3]), np::zeros([4, 5]));
    for (array, kind, message) in [
        (np::dot(&a, &b), ErrorKind::Value, "shapes (2,3) and (4,5) not aligned: 3 (dim 1) != 4 (dim 0)"),
        (np::inner(&a, &b), ErrorKind::Value, "shapes (2,3) and (5,4) not aligned: 3 (dim 1) != 5 (dim 0)"),
        (np::vdot(&a, &b), ErrorKind::Value, "cannot reshape array of size 20 into shape (6,)"),
        (np::tensordot(&a, &b, 1), ErrorKind::Value, "shape-mismatch for sum"),
        (np::tensordot(&a, &a, ((0, 0), (0, 0))), ErrorKind::Value, "duplicate axes are not allowed in tensordot"),
        (np::tensordot(&a, &a, 3), ErrorKind::Index, "tuple index out of range"),
        (
            np::cross(&b, &b, ..),
            ErrorKind::Value,
            "incompatible dimensions for cross product\n(dimension must be 2 or 3)",
        ),
        (np::cross(&a, &a, 2), ErrorKind::Axis, "axisa: axis 2 is out of bounds for array of dimension 2"),
        (np::trace([1], ..), ErrorKind::Value, "diag requires an array of at least two dimensions"),
        (linalg::matrix_power(&a, 2), ErrorKind::LinAlg, "Last 2 dimensions of the array must be square"),
        (linalg::multi_dot([&a]), ErrorKind::Value, "Expecting at least two arrays."),
        (
            linalg::outer(&a, [1.0]),
            ErrorKind::Value,
            "Input arrays must be one-dimensional, but they are x1.ndim=2 and x2.ndim=1.",
        ),
    ] {
        let error = array.check().map(drop).unwrap_err();
        assert_eq!((error.kind(), error.message()), (kind, message));
        assert!(error.line().is_some_and(|line| line.file().ends_with("product.rs")), "{error}");
    }
    let keyword = np::vecdot(&a, &a, axis(0).dtype(float32)).check().map(drop).unwrap_err();
    assert_eq!(keyword.message(), "vecdot() got an unexpected keyword argument 'dtype'");
    let truths = np::array([true, false, true]);
    assert_eq!(np::cross(&truths, &truths, ..).check().unwrap_err().kind(), ErrorKind::Type);
}

#[test]
fn a_complex_sum_that_is_infinite_in_one_part_is_not_nan_in_the_other() -> hloom::Result<()> {
    for (n, dtype, most) in
        [(6, complex128, 9e307), (5000, complex128, 9e307), (6, complex64, 3e38), (5000, complex64, 3e38)]
    {
        let mut row = np::full(n, np::c64(1.0, -0.5)).astype(dtype);
        row.set(2, np::c64(-most, 0.0));
        let imag = -((n - 1) as f64);
        let matrix = np::stack([&row, &row], 0);
        let products = [
            row.matmul(&row),
            np::einsum("i,i->", (&row, &row)),
            np::vecdot(row.conj(), &row, -1),
            matrix.matmul(&row).get(1),
            matrix.matmul(matrix.t()).get((0, 1)),
        ];
        for product in products {
            let found: Vec<np::Complex<f64>> = product.astype(complex128).ravel().to_vec()?;
            assert_eq!(found, [np::c64(f64::INFINITY, imag)], "{n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn products_without_axes_of_their_own_are_sums() -> hloom::Result<()> {
    for shape in [[3, 4], [40, 130], [5000, 3], [2, 4097]] {
        let size = shape[0] * shape[1];
        let (a, b) = (np::arange(size).reshape(shape) % 7 - 3, np::arange(size).reshape(shape) % 5 - 1);
        for dtype in [int8, uint8, int64, float16, bfloat16, float32, float64, complex64, bool_] {
            let (a, b) = (a.astype(dtype), b.astype(dtype));
            // Small enough to be exact in half floats, in a loop over the last axis.
            let rows = (0..shape[0].min(5)).map(|row| (a.get(row).astype(int64), b.get(row).astype(int64)));
            let wanted: Vec<i64> = match dtype {
                _ if dtype == bool_ => {
                    rows.map(|(a, b)| (a * b).any(..).astype(int64).item()).collect::<hloom::Result<_>>()?
                }
                _ if dtype.is_complex() => continue,
                _ => rows.map(|(a, b)| (a * b).sum(..).item()).collect::<hloom::Result<_>>()?,
            };
            let found = np::vecdot(&a, &b, -1).get(s![..5]);
            assert_eq!(found.dtype(), dtype);
            let wanted = NdArray::from(wanted).astype(dtype);
            assert!(np::array_equal(&found, &wanted, ..).item::<bool>()?, "{shape:?} {dtype}: {found} for {wanted}");
            let whole = np::einsum("ij,ij->", (&a, &b));
            let sums = np::einsum("ij,ij->i", (&a, &b)).astype(float64).sum(..);
            if dtype.is_float() && !dtype.is_half() || dtype == int64 {
                assert_eq!(whole.astype(float64).item::<f64>()?, sums.item::<f64>()?, "{shape:?} {dtype}");
            }
        }
    }
    Ok(())
}
