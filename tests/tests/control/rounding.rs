//! What is computed in loops and choices is rounded as it is written, however small the arrays are: a product before it is
//! added to something.

use hloom::prelude::*;
use hloom::{DType, cond, fori_loop, jit, map, scan, while_loop};
use hloom_ir::Unary;

/// Numbers from 0 to 2, and from -1 to 1.
fn numbers(n: i64, dtype: DType) -> hloom::Result<(NdArray, NdArray)> {
    let a = ((hloom::arange(n) * 0.7310585786300049).sin() + 1.0).astype(dtype);
    let b = ((hloom::arange(n) * 0.3310585786300049).cos()).astype(dtype);
    a.wait()?;
    b.wait()?;
    Ok((a, b))
}

/// `x - a * x`
fn f(a: &NdArray, x: &NdArray) -> NdArray {
    x - a * x
}

/// The same, computed operation by operation.
fn step(a: &NdArray, x: &NdArray) -> hloom::Result<NdArray> {
    let product = a * x;
    product.wait()?;
    let difference = x - product;
    difference.wait()?;
    Ok(difference)
}

#[test]
fn a_product_in_a_loop_is_rounded_before_it_is_subtracted() -> hloom::Result<()> {
    const N_STEPS: i64 = 12;
    for n in [1, 4, 8, 17, 64, 4097] {
        for dtype in [float16, bfloat16, float32, float64] {
            let (a, b) = numbers(n, dtype)?;
            let mut wanted = b.clone();
            for _ in 0..N_STEPS {
                wanted = step(&a, &wanted)?;
            }
            let wanted = wanted.to_bytes()?;
            let by_count = |a: NdArray, b: NdArray| fori_loop(0, N_STEPS, b, |_, x: NdArray| f(&a, &x));
            assert_eq!(jit(by_count).call((&a, &b))?.to_bytes()?, wanted, "fori_loop, {n} of {dtype}");
            assert_eq!(by_count(a.clone(), b.clone()).to_bytes()?, wanted, "lazy fori_loop, {n} of {dtype}");

            let by_condition = |a: NdArray, b: NdArray| {
                let is_left = |(i, _): (NdArray, NdArray)| i.less(N_STEPS);
                while_loop((hloom::array(0), b), is_left, |(i, x): (NdArray, NdArray)| (i + 1, f(&a, &x))).1
            };
            assert_eq!(jit(by_condition).call((&a, &b))?.to_bytes()?, wanted, "while_loop, {n} of {dtype}");

            let by_choice = |a: NdArray, b: NdArray| {
                fori_loop(0, N_STEPS, b, |i, x: NdArray| cond(i.ge(0), || f(&a, &x), || x.clone()))
            };
            assert_eq!(jit(by_choice).call((&a, &b))?.to_bytes()?, wanted, "cond in fori_loop, {n} of {dtype}");

            let nested = |a: NdArray, b: NdArray| {
                fori_loop(0, 3, b, |_, x: NdArray| fori_loop(0, N_STEPS / 3, x, |_, x: NdArray| f(&a, &x)))
            };
            assert_eq!(jit(nested).call((&a, &b))?.to_bytes()?, wanted, "nested loops, {n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn a_product_in_a_choice_is_rounded_before_it_is_added() -> hloom::Result<()> {
    for n in [1, 8, 64, 4097] {
        for dtype in [float16, bfloat16, float32, float64] {
            let (a, b) = numbers(n, dtype)?;
            let wanted = step(&a, &b)?.to_bytes()?;
            let choose = jit(|a: NdArray, b: NdArray| cond(b.sum(..).ne(7), || &b - &a * &b, || b.clone()));
            assert_eq!(choose.call((&a, &b))?.to_bytes()?, wanted, "{n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn a_product_is_rounded_before_it_becomes_complex() -> hloom::Result<()> {
    for n in [1, 17, 64, 4097] {
        for (dtype, complex) in [(float16, complex64), (float32, complex64), (float64, complex128)] {
            let (a, b) = numbers(n, dtype)?;
            let product = &a * &b;
            product.wait()?;
            let wanted = (product.astype(complex) + 1.0).to_bytes()?;
            let sum = move |a: &NdArray, b: &NdArray| (a * b).astype(complex) + 1.0;
            assert_eq!(sum(&a, &b).to_bytes()?, wanted, "lazily, {n} of {dtype}");
            let compiled = jit(move |a: NdArray, b: NdArray| sum(&a, &b));
            assert_eq!(compiled.call((&a, &b))?.to_bytes()?, wanted, "compiled, {n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn rows_of_a_scan_and_of_a_map_are_rounded_as_one_array_is() -> hloom::Result<()> {
    const N_ROWS: i64 = 40;
    for n in [1, 4, 17, 64, 200] {
        for dtype in [float16, bfloat16, float32, float64] {
            let (a, b) = numbers(N_ROWS * n, dtype)?;
            let wanted = step(&a, &b)?.to_bytes()?;
            let rows = move |x: &NdArray| x.reshape((N_ROWS, n));
            let scanned = jit(move |a: NdArray, b: NdArray| {
                let row = |count: NdArray, (a, b): (NdArray, NdArray)| (count + 1, &b - &a * &b);
                scan(row, 0.0, (rows(&a), rows(&b))).1
            });
            assert_eq!(scanned.call((&a, &b))?.to_bytes()?, wanted, "scan, {n} of {dtype}");
            let mapped =
                jit(move |a: NdArray, b: NdArray| map(|(a, b): (NdArray, NdArray)| &b - &a * &b, (rows(&a), rows(&b))));
            assert_eq!(mapped.call((&a, &b))?.to_bytes()?, wanted, "map, {n} of {dtype}");
        }
    }
    Ok(())
}

#[test]
fn every_function_of_floats_is_computed_in_a_small_loop() -> hloom::Result<()> {
    for dtype in [float16, bfloat16, float32, float64, complex64, complex128] {
        let x = (hloom::arange(4) * 0.2 + 0.1).astype(dtype);
        let rows = Unary::ALL.iter().filter(|&&row| hloom::unary(row, &x).check().is_ok());
        let rows: Vec<Unary> = rows.copied().collect();
        let all = rows.clone();
        let in_loops = jit(move |x: NdArray, n: NdArray| -> Vec<NdArray> {
            let in_loop = |&row: &Unary| {
                let start = hloom::zeros_like(hloom::unary(row, &x));
                // The operand depends on the iteration: what does not is computed before the loop.
                fori_loop(0, &n, start, |i, _| hloom::unary(row, hloom::where_(i.less(&n), &x, 0)))
            };
            all.iter().map(in_loop).collect()
        });
        let found = in_loops.call((&x, NdArray::from(2)))?;
        for (row, found) in rows.iter().zip(found) {
            let wanted = hloom::unary(*row, &x);
            let (rtol, atol) = (2f64.powi(4 - wanted.dtype().mantissa_bits() as i32), 0.0);
            let is_close = hloom::isclose(&found, &wanted, hloom::rtol(rtol).atol(atol).equal_nan());
            assert!(is_close.all(..).item::<bool>()?, "{row:?} of {dtype}: {found} for {wanted}");
        }
    }
    Ok(())
}
