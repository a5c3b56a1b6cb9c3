//! Polynomials of many coefficients, and what depends on their values.

use hloom as np;
use hloom::prelude::*;

#[test]
fn many_coefficients_are_evaluated_as_few_are() -> hloom::Result<()> {
    let n = 300;
    let coefficients = np::arange(n) % 5 - 2;
    let x = np::linspace(-1.0, 1.0, 4099);
    let horner = |x: f64| (0..n).fold(0.0, |sum, idx| sum * x + f64::from(idx % 5 - 2));
    let expected: Vec<f64> = x.to_vec::<f64>()?.into_iter().map(horner).collect();
    let compiled = np::jit(|(p, x): (NdArray, NdArray)| np::polyval(p, x)).call((&coefficients, &x))?;
    for found in [np::polyval(&coefficients, &x), compiled] {
        assert_eq!(found.to_vec::<f64>()?, expected);
    }
    Ok(())
}

#[test]
fn products_of_long_polynomials_are_those_of_their_values() -> hloom::Result<()> {
    let (a, b) = (np::arange(700) % 7 - 3, np::arange(90) % 4);
    let product = np::polymul(&a, &b);
    assert_eq!(product.shape(), [700 + 90 - 1 - 1]);
    let at = |p: &NdArray| np::polyval(p, [1i64, -1]).to_vec::<i64>();
    let expected: Vec<i64> = at(&a)?.into_iter().zip(at(&b)?).map(|(a, b)| a * b).collect();
    assert_eq!(at(&product)?, expected);
    Ok(())
}

#[test]
fn quotients_and_remainders_give_the_dividend_back() -> hloom::Result<()> {
    let (u, v) = (np::arange(60) % 7 - 3, np::array([2, -1, 0, 3]));
    let (quotient, remainder) = np::polydiv(&u, &v);
    assert_eq!(quotient.shape(), [57]);
    let back = np::polyadd(np::polymul(&quotient, &v), &remainder);
    let small = np::allclose(&back, &u, np::atol(1e-6));
    assert!(small.truth()?, "{back}");
    let (quotient, remainder) = np::polydiv([1, 2], [1, 2, 3]);
    assert_eq!(
        (quotient.tolist()?.to_string(), remainder.tolist()?.to_string()),
        ("[0.0]".into(), "[1.0, 2.0]".into())
    );
    // A divisor that is one: nothing is left but a zero.
    let (_, nothing) = np::polydiv([2.0, -3.0, 1.0], [1.0, -1.0]);
    assert_eq!(nothing.tolist()?, [0.0]);
    Ok(())
}

#[test]
fn zeros_are_where_they_were_put() -> hloom::Result<()> {
    let zeros = np::linspace(-1.0, 1.0, 12);
    let polynomial = np::poly(&zeros);
    assert!(np::allclose(np::polyval(&polynomial, &zeros), 0, ..).truth()?);
    let compiled = np::jit(|x: NdArray| np::poly(x)).call(&zeros)?;
    assert_eq!(compiled.to_vec::<f64>()?, polynomial.to_vec::<f64>()?);
    Ok(())
}

#[test]
fn what_depends_on_values_is_no_part_of_a_trace() {
    let x = np::array([0.0, 1.0, 2.0]);
    let product = np::jit(|x: NdArray| np::polymul(&x, &x)).call(&x).unwrap_err();
    assert_eq!(product.kind(), ErrorKind::Trace);
    let quotient = np::jit(|x: NdArray| np::polydiv(&x, [2.0, 1.0]).0).call(&x).unwrap();
    assert_eq!(quotient.tolist().unwrap(), [0.0, 0.5]);
    let remainder = np::jit(|x: NdArray| np::polydiv(&x, [2.0, 1.0]).1).call(&x).unwrap_err();
    assert_eq!(remainder.kind(), ErrorKind::Trace);
}

#[test]
fn illegal_polynomials_are_errors_of_numpys_kinds() {
    let kind = |x: NdArray| x.check().map(|_| ()).unwrap_err().kind();
    let square = np::ones([2, 2]);
    assert_eq!(kind(np::polymul(&square, 1)), ErrorKind::Value);
    assert_eq!(kind(np::polyder([1, 2], -1)), ErrorKind::Value);
    assert_eq!(kind(np::polyint([1, 2], -1)), ErrorKind::Value);
    assert_eq!(kind(np::polyint([1, 2], (3, [1, 2]))), ErrorKind::Value);
    assert_eq!(kind(np::polyder(1, ..)), ErrorKind::Type);
    assert_eq!(kind(np::polyval(1, 1)), ErrorKind::Type);
    assert_eq!(kind(np::polydiv(np::zeros(0), 1).0), ErrorKind::Index);
    assert_eq!(kind(np::poly(np::ones([2, 3]))), ErrorKind::Value);
}
