//! Values that a compiler changes if it is let: each was wrong once. All are asked lazily and compiled, of constants as of
//! data, below and beyond the sizes from which another library computes.

use hloom::prelude::*;
use hloom::{NdArray, jit};

/// Sizes around the one from which reductions go to a library.
const SIZES: [usize; 4] = [64, 4095, 4096, 20_000];

/// The result of a function of data, lazily and compiled, which must be the same.
#[track_caller]
fn both(data: &NdArray, f: impl Fn(&NdArray) -> NdArray + Send + Sync + Clone + 'static) -> Vec<f64> {
    let lazily = f(data).astype(float64).to_vec::<f64>().unwrap();
    let g = f.clone();
    let compiled = jit(move |x: NdArray| g(&x)).call(data).unwrap();
    let compiled = compiled.astype(float64).to_vec::<f64>().unwrap();
    let bits =
        |values: &[f64]| values.iter().map(|value| value.to_bits() | u64::from(value.is_nan())).collect::<Vec<_>>();
    assert!(
        bits(&lazily).iter().zip(bits(&compiled)).zip(&lazily).all(|((a, b), value)| *a == b || value.is_nan()),
        "lazily {lazily:?}, compiled {compiled:?}"
    );
    lazily
}

fn floats() -> [DType; 4] {
    [float16, bfloat16, float32, float64]
}

#[test]
fn extremes_keep_a_lone_nan_of_either_sign_wherever_it_is() {
    for (dtype, size) in floats().into_iter().flat_map(|dtype| SIZES.map(|size| (dtype, size))) {
        let rows = if size % 4 == 0 { 4 } else { 5 };
        let extremes = jit(move |x: NdArray| {
            let (flat, wide) = (x.reshape([size]), x.reshape([rows, size / rows]));
            [flat.max(..), flat.min(..), wide.max(0), wide.min(0), wide.max(1), wide.min(1)]
        });
        for (place, nan) in [(0, f64::NAN), (size / 3, -f64::NAN), (size / 2, f64::NAN), (size - 1, -f64::NAN)] {
            let mut values: Vec<f64> = (0..size).map(|idx| 1.0 - (idx % 17) as f64).collect();
            values[place] = nan;
            let x = NdArray::from(values).astype(dtype);
            let places =
                [0, 0, place % (size / rows), place % (size / rows), place / (size / rows), place / (size / rows)];
            for (idx, (result, place)) in extremes.call(&x).unwrap().iter().zip(places).enumerate() {
                let result = result.astype(float64).to_vec::<f64>().unwrap();
                let found: Vec<usize> = (0..result.len()).filter(|&at| result[at].is_nan()).collect();
                assert_eq!(found, [place], "reduction {idx} of {dtype}[{size}]");
            }
        }
    }
}

#[test]
fn extremes_are_those_of_the_elements() {
    for (dtype, size) in floats().into_iter().flat_map(|dtype| SIZES.map(|size| (dtype, size))) {
        // Exact in each dtype, in no order, with both infinities' neighbours far away.
        let values: Vec<f64> = (0..size).map(|idx| ((idx * 7919) % 251) as f64 - 125.0).collect();
        let x = NdArray::from(values.clone()).astype(dtype);
        let greatest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(both(&x, |x| x.max(..)), [greatest], "{dtype}[{size}]");
        assert_eq!(both(&x, |x| (-x).min(..)), [-greatest], "{dtype}[{size}]");
        assert_eq!(both(&x, |x| (x / 0.0).max(..)).first().map(|value| value.is_nan()), Some(true));
        assert_eq!(both(&x, |x| x.abs().maximum(1.0).min(..)), [1.0]);
        assert_eq!(both(&x, |x| (x * f64::INFINITY).abs().fmax(0.0).max(..)), [f64::INFINITY]);
    }
}

#[test]
fn extremes_over_any_axes_are_those_of_the_elements() {
    let shape = [3usize, 41, 67];
    let values: Vec<f64> =
        (0..shape.iter().product::<usize>()).map(|idx| ((idx * 7919) % 2039) as f64 - 1000.0).collect();
    let cube = NdArray::from(values.clone()).reshape(shape);
    for dtype in floats() {
        // Half-precision numbers have few digits: what they are is asked of the library.
        let cube = cube.astype(dtype);
        let values = cube.astype(float64).to_vec::<f64>().unwrap();
        for axes in [vec![0], vec![1], vec![2], vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]] {
            let kept: Vec<usize> = (0..3).filter(|axis| !axes.contains(axis)).collect();
            let mut expected = vec![f64::INFINITY; kept.iter().map(|&axis| shape[axis]).product()];
            for (flat, &value) in values.iter().enumerate() {
                let place = [flat / (41 * 67), flat / 67 % 41, flat % 67];
                let at = kept.iter().fold(0, |at, &axis| at * shape[axis] + place[axis]);
                expected[at] = value.min(expected[at]);
            }
            let axes: Vec<i64> = axes.into_iter().map(|axis| axis as i64).collect();
            let of = axes.clone();
            assert_eq!(both(&cube, move |x| x.min(axis(of.clone()))), expected, "{dtype} over {axes:?}");
            let (of, negated) = (axes.clone(), expected.iter().map(|value| -value).collect::<Vec<_>>());
            assert_eq!(both(&cube, move |x| (-x).max(axis(of.clone()))), negated, "{dtype} over {axes:?}");
        }
    }
}

/// Extents that stages of every number of rows divide, and primes, of which each stage leaves something over.
#[test]
fn every_element_is_reduced_once() {
    for size in [4096, 4099, 5000, 7919, 20_011, 65_537] {
        let values: Vec<i64> = (0..size).map(|idx| (idx * 7919) % 1009 - 300).collect();
        let positive: Vec<i64> = values.iter().copied().filter(|&value| value > 0).collect();
        let x = NdArray::from(values.clone());
        assert_eq!(both(&x, |x| x.sum(..)), [values.iter().sum::<i64>() as f64], "{size}");
        assert_eq!(both(&x, |x| x.gt(0).sum(..)), [positive.len() as f64], "{size}");
        // Means of what is no float where it lies: the sum is whole and exact.
        assert_eq!(both(&x, |x| x.mean(..)), [values.iter().sum::<i64>() as f64 / size as f64], "{size}");
        assert_eq!(both(&x.gt(0), |x| x.mean(..)), [positive.len() as f64 / size as f64], "{size}");
        // Whole numbers in float64, which any order sums alike.
        let floats = x.astype(float64);
        let sum = [positive.iter().sum::<i64>() as f64];
        assert_eq!(both(&floats, |x| hloom::where_(x.gt(0), x, 0.0).sum(..)), sum, "{size}");
        assert_eq!(both(&floats, |x| (x * x.gt(0)).sum(..)), sum, "{size}");
        assert_eq!(both(&floats, |x| hloom::diff(x, axis(0)).sum(..)), [(values[values.len() - 1] - values[0]) as f64]);
        for place in [0, 1, size / 2, size - 2, size - 1] {
            let one = hloom::arange(size).eq(place);
            assert_eq!(both(&one, |x| x.any(..)), [1.0], "{place} of {size}");
            assert_eq!(both(&one, |x| x.logical_not().all(..)), [0.0], "{place} of {size}");
            assert_eq!(both(&one, |x| (x.astype(float32) + 1).prod(..)), [2.0], "{place} of {size}");
            assert_eq!(both(&one, |x| x.argmax(..)), [place as f64], "{place} of {size}");
        }
    }
}

#[test]
fn sums_over_any_axes_are_those_of_the_elements() {
    let shape = [18usize, 5, 37, 3];
    let values: Vec<i64> = (0..shape.iter().product::<usize>() as i64).map(|idx| (idx * 7919) % 2039 - 1000).collect();
    let array = NdArray::from(values.clone()).reshape(shape);
    for mask in 1u32..16 {
        let axes: Vec<usize> = (0..4).filter(|axis| mask >> axis & 1 == 1).collect();
        let kept: Vec<usize> = (0..4).filter(|axis| !axes.contains(axis)).collect();
        let mut expected = vec![0.0; kept.iter().map(|&axis| shape[axis]).product()];
        for (flat, &value) in values.iter().enumerate() {
            let place = [flat / (5 * 37 * 3), flat / (37 * 3) % 5, flat / 3 % 37, flat % 3];
            expected[kept.iter().fold(0, |at, &axis| at * shape[axis] + place[axis])] += value as f64;
        }
        let axes: Vec<i64> = axes.into_iter().map(|axis| axis as i64).collect();
        let of = axes.clone();
        assert_eq!(both(&array, move |x| x.sum(axis(of.clone()))), expected, "over {axes:?}");
        let of = axes.clone();
        let floats = array.astype(float32);
        assert_eq!(
            both(&floats, move |x| hloom::where_(x.lt(2000), x, 0).sum(axis(of.clone()))),
            expected,
            "over {axes:?}"
        );
    }
}

#[test]
fn narrow_integers_wrap_on_their_way_into_a_reduction() {
    for size in SIZES {
        let threes = NdArray::from(vec![3u8; size]);
        assert_eq!(both(&threes, |x| (x - 5).max(..)), [254.0]);
        assert_eq!(both(&threes, |x| (x * 100).min(..)), [44.0]);
        assert_eq!(both(&threes, |x| (x * 10).square().mean(..)), [132.0]);
        assert_eq!(both(&threes, |x| (x + 254).sum(..)), [size as f64]);
        let least = NdArray::from(vec![-128i8; size]);
        assert_eq!(both(&least, |x| x.abs().mean(..)), [-128.0]);
        assert_eq!(both(&least, |x| (-x).max(..)), [-128.0]);
        // What comes after a reduction is computed with it.
        let scaled = |x: &NdArray| (x * x.max(..)) / 2;
        assert_eq!(both(&NdArray::from(vec![100i8; size]), scaled), vec![8.0; size]);
        assert_eq!(both(&NdArray::from(vec![100u8; size]), |x| x + (x.min(..) + 200)), vec![144.0; size]);
        assert_eq!(both(&NdArray::from(vec![300i32; size]), |x| x.astype(uint8).max(..)), [44.0]);
        assert_eq!(both(&NdArray::from(vec![200i16; size]), |x| x.astype(int8).mean(..)), [-56.0]);
    }
}

#[test]
fn updates_read_before_they_write() {
    for size in [8usize, 4096] {
        let data = NdArray::from((0..size as i64).collect::<Vec<_>>());
        let expected: Vec<f64> =
            (0..size).map(|idx| if (2..6).contains(&idx) { idx - 2 } else { idx } as f64).collect();
        let shifted = |x: &NdArray| {
            let mut changed = x + 0;
            changed.set(s![2..6], changed.get(s![0..4]));
            changed
        };
        assert_eq!(both(&data, move |x| shifted(x).expand_dims(0)), expected);
        assert_eq!(both(&data, move |x| hloom::stack([shifted(x)], 0)), expected);
        assert_eq!(both(&data, move |x| shifted(x).reshape([size, 1, 1])), expected);
        let reversed = |x: &NdArray| {
            let mut changed = x + 0;
            changed.set(s![..], changed.get(s![..;-1]));
            changed.expand_dims(0)
        };
        assert_eq!(both(&data, reversed), (0..size).rev().map(|idx| idx as f64).collect::<Vec<_>>());
    }
}

#[test]
fn functions_of_powers_are_of_what_the_powers_are() {
    let x = NdArray::from(vec![-1.5, 1e200, 2.0]);
    for (f, log8) in
        [(NdArray::log as fn(&NdArray) -> NdArray, 8f64.ln()), (NdArray::log2, 3.0), (NdArray::log10, 8f64.log10())]
    {
        for power in [
            |x: &NdArray| x.power(3),
            |x: &NdArray| x.power(NdArray::from(vec![3.0; 3])),
            |x: &NdArray| x.float_power(3.0),
        ] {
            let found = both(&x, move |x| f(&power(x)));
            assert!(found[0].is_nan() && found[1] == f64::INFINITY && (found[2] - log8).abs() < 1e-15, "{found:?}");
        }
    }
}

#[test]
fn powers_of_constants_are_those_of_data() {
    for size in SIZES {
        for dtype in [float32, float64] {
            let exponent = (hloom::arange(size as i64) * 0.37).sin() * 20;
            let exponent = exponent.astype(dtype);
            exponent.wait().unwrap();
            // Powers of two with exponents that are none, and other numbers.
            for base in [8.0, 0.125, 32.0, 3.0, 10.0, 2.0] {
                let data = (hloom::zeros(size as i64) + base).astype(dtype);
                data.wait().unwrap();
                let of_data = data.power(&exponent).astype(float64).to_vec::<f64>().unwrap();
                let constant = move |x: &NdArray| hloom::full(size as i64, base).astype(dtype).power(x);
                assert_eq!(both(&exponent, constant), of_data, "{base} of {dtype}");
                let number = move |x: &NdArray| hloom::power(base, x);
                assert_eq!(both(&exponent, number), of_data, "the number {base} of {dtype}");
                let in_a_loop = move |x: &NdArray| {
                    hloom::fori_loop(0, x.shape()[0] as i64 / 32, x.clone(), {
                        let x = x.clone();
                        move |_, _: NdArray| hloom::full(size as i64, base).astype(dtype).power(&x)
                    })
                };
                assert_eq!(both(&exponent, in_a_loop), of_data, "{base} of {dtype} in a loop");
            }
            let of_spacing = move |x: &NdArray| hloom::spacing(hloom::ones(size as i64).astype(dtype)).power(x);
            let spacing = hloom::spacing(hloom::ones(size as i64).astype(dtype));
            spacing.wait().unwrap();
            let of_data = spacing.power(&exponent).astype(float64).to_vec::<f64>().unwrap();
            assert_eq!(both(&exponent, of_spacing), of_data, "spacing, {dtype}");
        }
    }
}

#[test]
fn products_with_truths_are_products() {
    let x = NdArray::from(vec![f64::NAN, f64::INFINITY, -1.5]);
    let is_right =
        |found: &[f64]| found[0].is_nan() && found[1].is_nan() && found[2] == 0.0 && found[2].is_sign_negative();
    assert!(is_right(&both(&x, |x| x * false)));
    assert!(is_right(&both(&x, |x| x * hloom::zeros(3).astype(bool_))));
    assert!(is_right(&both(&x, |x| x * x.equal(7.0))));
    assert!(both(&x, |x| (x * x.equal(7.0)).sum(..))[0].is_nan());
    assert!(both(&x, |x| x.matmul(x.equal(7.0)))[0].is_nan());
}

#[test]
fn constants_are_computed_as_data_is() {
    let none = NdArray::from(vec![0.0; 3]);
    assert_eq!(both(&none, |_| hloom::hypot(hloom::zeros(3), hloom::zeros(3))), [0.0; 3]);
    assert_eq!(both(&none, |_| hloom::zeros(3).astype(complex128).abs()), [0.0; 3]);
    assert_eq!(both(&none, |_| hloom::zeros(3).astype(complex128).log().real()), [f64::NEG_INFINITY; 3]);
    assert_eq!(both(&none, |_| hloom::zeros(3).astype(complex128).sqrt().real()), [0.0; 3]);
    assert_eq!(both(&none, |_| (hloom::zeros(3).astype(float32) * 1e30).square()), [0.0; 3]);
    assert_eq!(both(&none, |_| hloom::full(3, f64::INFINITY).astype(complex128).sum(..).imag()), [0.0]);
    assert_eq!(both(&none, |_| hloom::arctan2(hloom::zeros(3), hloom::zeros(3))), [0.0; 3]);
    assert_eq!(both(&none, |_| hloom::arctan2(hloom::arange(2), hloom::arange(2)).get(0)), [0.0]);
    let sum = both(&none, |_| (-hloom::zeros(3)).sum(..));
    assert!(sum[0] == 0.0 && sum[0].is_sign_positive());
}

#[test]
fn each_operation_rounds_by_itself() {
    let n = 5000;
    let x = NdArray::from((0..n).map(|idx| f64::from(idx) * 0.1).collect::<Vec<_>>());
    let y = NdArray::from((0..n).map(|idx| 1.0 / (f64::from(idx) + 3.0)).collect::<Vec<_>>());
    for dtype in [float32, float64] {
        let (x, y) = (x.astype(dtype), y.astype(dtype));
        let product = NdArray::from_bytes((&x * &y).to_bytes().unwrap(), dtype, [n as usize]).unwrap();
        assert_eq!((&x * &y - &y * &x).to_bytes().unwrap(), hloom::zeros_like(&x).to_bytes().unwrap());
        let (x_, y_) = (x.clone(), y.clone());
        let compiled = jit(move |x: NdArray| (&x * &y_ + &x, &x - (&x * &y_).reshape([50, 100]).reshape([5000])));
        let (sum, difference) = compiled.call(&x_).unwrap();
        assert_eq!(sum.to_bytes().unwrap(), (&product + &x).to_bytes().unwrap(), "{dtype}");
        assert_eq!(difference.to_bytes().unwrap(), (&x - &product).to_bytes().unwrap(), "{dtype}");
    }
    // 1 + 2^-8 is a tie in bfloat16, and rounds to 1.
    let ones = NdArray::from(vec![1.0f32; 5000]).astype(bfloat16);
    assert_eq!(both(&ones, |x| ((x + 0.003_906_25) + 0.003_906_25).get(s![..2])), [1.0, 1.0]);
}

#[test]
fn constants_are_not_gone_through_by_the_compiler() {
    let start = std::time::Instant::now();
    assert_eq!(hloom::ones(1 << 20).argmax(..).item::<i64>().unwrap(), 0);
    assert_eq!(hloom::ones([1 << 16, 16]).max(1).sum(..).item::<f64>().unwrap(), f64::from(1 << 16));
    assert_eq!(hloom::ones(1 << 18).prod(..).item::<f64>().unwrap(), 1.0);
    let masked = hloom::where_(hloom::arange(1 << 20).gt(5), 1.0, 0.0);
    assert_eq!(masked.argmax(..).item::<i64>().unwrap(), 6);
    assert!(start.elapsed() < std::time::Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn sums_and_products_of_nothing_are_their_identities() {
    let nothing = NdArray::from(Vec::<f64>::new());
    for dtype in [bool_, int8, int64, float16, float32, float64, complex64] {
        let (wide, tall) =
            (move |x: &NdArray| x.reshape([2, 0]).astype(dtype), move |x: &NdArray| x.reshape([0, 3]).astype(dtype));
        assert_eq!(both(&nothing, move |x| wide(x).matmul(tall(x))), [0.0; 6], "{dtype}");
        assert_eq!(both(&nothing, move |x| x.astype(dtype).matmul(x.astype(dtype))), [0.0], "{dtype}");
        assert_eq!(both(&nothing, move |x| wide(x).sum(1)), [0.0; 2], "{dtype}");
        assert_eq!(both(&nothing, move |x| tall(x).prod(0)), [1.0; 3], "{dtype}");
        assert_eq!(both(&nothing, move |x| wide(x).all(1).astype(int8) + wide(x).any(1)), [1.0; 2], "{dtype}");
    }
}

#[test]
fn transpositions_cancel_without_changing_anything() {
    let x = NdArray::from((0..24).map(f64::from).collect::<Vec<_>>()).reshape([2, 3, 4]);
    let expected: Vec<f64> = (0..24).map(|value| f64::from(value) * 2.0 + 1.0).collect();
    assert_eq!(both(&x, |x| (x.t() * 2.0 + 1.0).t()), expected);
    assert_eq!(both(&x, |x| (x.transpose([1, 2, 0]) * 2.0 + 1.0).transpose([2, 0, 1])), expected);
    assert_ne!(both(&x, |x| (x.transpose([1, 2, 0]) * 2.0 + 1.0).transpose([1, 2, 0])), expected);
    let sum: Vec<f64> = (0..24).map(|value| f64::from(value) * 2.0).collect();
    assert_eq!(both(&x, |x| (x.t() + x.t()).t()), sum);
    assert_eq!(both(&x, |x| hloom::where_(x.t().gt(3.0), x.t(), 0.0).t().get(s![0, 0])), [0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn a_product_of_one_complex_number_begins_with_one() {
    for shape in [&[][..], &[1][..], &[1, 1][..]] {
        let infinity = hloom::full(shape, num_complex::Complex::new(f64::INFINITY, 0.0));
        for x in [infinity.clone(), NdArray::from_bytes(infinity.to_bytes().unwrap(), complex128, shape).unwrap()] {
            let product = x.prod(..);
            assert_eq!(product.real().item::<f64>().unwrap(), f64::INFINITY, "{shape:?}");
            assert!(product.imag().item::<f64>().unwrap().is_nan(), "{shape:?}");
        }
    }
}

#[test]
fn complex_numbers_are_added_and_subtracted_as_written() {
    let parts = |x: &NdArray| hloom::stack(&[x.real(), x.imag()], 0);
    for size in SIZES {
        let zeros = hloom::zeros(size).astype(complex128);
        let minus = NdArray::from_bytes((-&zeros).to_bytes().unwrap(), complex128, [size]).unwrap();
        let number = |number: f64| num_complex::Complex::new(number, number);
        let is = |values: Vec<f64>, sign: bool| values.iter().all(|v| *v == 0.0 && v.is_sign_negative() == sign);
        assert!(is(both(&minus, move |x| parts(&(x - number(-0.0)))), false), "-0 - -0 of {size}");
        assert!(is(both(&minus, move |x| parts(&(x + number(0.0)))), false), "-0 + 0 of {size}");
        assert!(is(both(&minus, move |x| parts(&(x + number(-0.0)))), true), "-0 + -0 of {size}");
        assert!(is(both(&minus, move |x| parts(&(x - number(0.0)))), true), "-0 - 0 of {size}");
        let small = hloom::full(size, num_complex::Complex::new(1e-20, -1e-20));
        let small = NdArray::from_bytes(small.to_bytes().unwrap(), complex128, [size]).unwrap();
        let large = NdArray::from_bytes((&small * 1e20).to_bytes().unwrap(), complex128, [size]).unwrap();
        for f in [|x: &NdArray, y: &NdArray| (x - y) + y, |x: &NdArray, y: &NdArray| (x + y) - y] {
            let large = large.clone();
            assert!(is(both(&small, move |x| parts(&f(x, &large)).abs()), false), "rounded away, of {size}");
        }
    }
}

#[test]
fn products_of_half_precision_matrices_take_transposed_ones() {
    for dtype in [float16, bfloat16] {
        let matrix = |shape: Vec<usize>| {
            let size = shape.iter().product::<usize>() as i64;
            let x = (hloom::arange(size) * 7 % 11 - 5).astype(dtype).reshape(shape);
            NdArray::from_bytes(x.to_bytes().unwrap(), dtype, x.try_shape().unwrap()).unwrap()
        };
        // Small ones, one of a library's block, and vectors; alone and in stacks.
        for [m, k, n] in [[1, 1, 1], [4, 16, 4], [16, 4, 16], [65, 129, 2], [1, 64, 64], [64, 64, 1], [3, 1, 5]] {
            for stack in [vec![], vec![3]] {
                let of = |a: usize, b: usize| matrix(stack.iter().copied().chain([a, b]).collect());
                let swapped = |x: NdArray| if stack.is_empty() { x.t() } else { x.transpose([0, 2, 1]) };
                let pairs = [
                    (of(m, k), of(k, n)),
                    (swapped(of(k, m)), of(k, n)),
                    (of(m, k), swapped(of(n, k))),
                    (swapped(of(k, m)), swapped(of(n, k))),
                    (swapped(of(k, m) * 2), swapped(of(n, k)) + 1),
                ];
                for (idx, (x, y)) in pairs.into_iter().enumerate() {
                    let expected = x.astype(float32).matmul(y.astype(float32)).astype(dtype).to_bytes().unwrap();
                    let found = x.matmul(&y).to_bytes();
                    assert_eq!(found.unwrap(), expected, "{dtype} {m} x {k} x {n}, stack {stack:?}, pair {idx}");
                }
            }
        }
    }
}
