//! `einsum`: long and many-fold sums, diagonals, the order of products, and what it records.

use hloom as np;
use hloom::prelude::*;
use hloom::{Optimize, sublists, subscripts};

fn numbers(shape: &[usize], modulus: i64) -> NdArray {
    let size: usize = shape.iter().product();
    ((np::arange(size as i64) * 7919) % modulus - modulus / 2).reshape(shape)
}

fn message(array: &NdArray) -> String {
    array.check().map(drop).unwrap_err().message().to_owned()
}

#[test]
fn sums_agree_with_sums_of_products() -> hloom::Result<()> {
    let (a, b) = (numbers(&[70, 90], 17), numbers(&[90, 80], 19));
    let product = np::matmul(&a, &b);
    let check = |text: &str, expected: &NdArray| -> hloom::Result<()> {
        for found in [
            np::einsum(text, (&a, &b)),
            np::jit({
                let text = text.to_owned();
                move |(a, b): (NdArray, NdArray)| np::einsum(&text, (&a, &b))
            })
            .call((&a, &b))?,
        ] {
            assert_eq!(found.tolist()?, expected.tolist()?, "{text}");
        }
        Ok(())
    };
    check("ij,jk", &product)?;
    check("ij,jk->ki", &product.t())?;
    check("ij,jk->i", &product.sum(1))?;
    check("ij,jk->j", &(a.sum(0) * b.sum(1)))?;
    check("ij,jk->", &product.sum(..))?;
    check("ij,kl->", &(a.sum(..) * b.sum(..)))?;
    let square = numbers(&[80, 80], 23);
    assert_eq!(np::einsum("ii", [&square]).tolist()?, square.trace(..).tolist()?);
    assert_eq!(np::einsum("ij,ij->i", (&square, &square)).tolist()?, (&square * &square).sum(1).tolist()?);
    assert_eq!(np::einsum("ij,ji->", (&square, &square)).tolist()?, square.matmul(&square).trace(..).tolist()?);
    Ok(())
}

#[test]
fn diagonals_of_any_axes() -> hloom::Result<()> {
    let x = numbers(&[12, 9, 12, 9], 101);
    let found = np::einsum("ijij->ji", [&x]);
    let by_hand = np::stack((0..9).map(|j| np::stack((0..12).map(|i| x.get(s![i, j, i, j])), 0)), 0);
    assert_eq!(found.tolist()?, by_hand.tolist()?);
    let thrice = np::einsum("iii->i", [numbers(&[5, 5, 5], 7)]);
    assert_eq!(thrice.tolist()?, numbers(&[5, 5, 5], 7).ravel().get(s![..;31]).tolist()?);
    Ok(())
}

#[test]
fn ellipses_and_extents_of_one_are_broadcast() -> hloom::Result<()> {
    let (a, b) = (numbers(&[4, 1, 3, 5], 17), numbers(&[6, 5, 2], 19));
    assert_eq!(np::einsum("...ij,...jk", (&a, &b)).tolist()?, np::matmul(&a, &b).tolist()?);
    let column = numbers(&[3, 1], 7);
    assert_eq!(
        np::einsum("ij,ij->ij", (&column, numbers(&[3, 4], 5))).tolist()?,
        (&column * numbers(&[3, 4], 5)).tolist()?
    );
    let summed = np::einsum("ij,jk->ik", (&column, numbers(&[4, 2], 5)));
    assert_eq!(summed.tolist()?, (&column * numbers(&[4, 2], 5).sum(0)).tolist()?);
    Ok(())
}

#[test]
fn numbers_stand_for_letters() -> hloom::Result<()> {
    let (a, b) = (numbers(&[3, 4], 17), numbers(&[4, 5], 19));
    let product = np::matmul(&a, &b);
    assert_eq!(np::einsum(sublists([[7, 3], [3, 9]]), (&a, &b)).tolist()?, product.tolist()?);
    assert_eq!(np::einsum(sublists([[9, 3], [3, 7]]), (&a, &b)).tolist()?, product.t().tolist()?);
    let rows = sublists((s![..., 0], [0, 1])).output(s![1, ...]);
    assert_eq!(np::einsum(rows, (&a, &b)).tolist()?, product.t().tolist()?);
    assert_eq!(message(&np::einsum(sublists([[52]]), [[1]])), "subscript is not within the valid range [0, 52)");
    assert_eq!(
        message(&np::einsum(sublists([s![.., 1]]), [&a])),
        "each subscript must be either an integer or an ellipsis"
    );
    Ok(())
}

#[test]
fn many_operands_are_multiplied_in_the_cheapest_order() -> hloom::Result<()> {
    let (long, square) = (numbers(&[2, 300], 9), numbers(&[300, 300], 9));
    let operands = (&long, &square, &square, long.t());
    let chain = np::einsum("ab,bc,cd,de->ae", operands.clone());
    assert!(!chain.ir()?.contains("i64[300, 300] dot"), "{}", chain.ir()?);
    let by_hand = long.matmul(&square).matmul(&square).matmul(long.t());
    assert_eq!(chain.tolist()?, by_hand.tolist()?);
    for optimize in [Optimize::No, Optimize::Greedy, Optimize::Optimal, Optimize::from(true)] {
        let found = np::einsum(subscripts("ab,bc,cd,de->ae").optimize(optimize.clone()), operands.clone());
        assert_eq!(found.tolist()?, by_hand.tolist()?, "{optimize:?}");
    }
    let (path, report) = np::einsum_path("ab,bc,cd,de->ae", operands.clone())?;
    assert_eq!(path.len(), 3);
    assert!(report.starts_with("  Complete contraction:  ab,bc,cd,de->ae\n         Naive scaling:  5\n"), "{report}");
    let found = np::einsum(subscripts("ab,bc,cd,de->ae").optimize(path), operands);
    assert_eq!(found.tolist()?, by_hand.tolist()?);
    let short = np::einsum(subscripts("i,i").optimize(vec![vec![0]]), ([1, 2], [3, 4]));
    assert_eq!(message(&short), "Invalid einsum_path is specified: 1 more operands has to be contracted.");
    Ok(())
}

#[test]
fn what_is_summed_at_once_is_one_operation() -> hloom::Result<()> {
    let (a, b) = (np::zeros([4, 5, 6]), np::zeros([4, 6, 7]));
    let text = np::einsum("bij,bjk->bik", (&a, &b)).ir()?;
    assert_eq!((text.matches(" dot").count(), text.matches(" transpose").count()), (1, 0), "{text}");
    // The result in another order is computed so, and not transposed.
    let text = np::einsum("ij,jk->ki", (np::zeros([4, 5]), np::zeros([5, 6]))).ir()?;
    assert_eq!((text.matches(" dot").count(), text.matches(" transpose").count()), (1, 0), "{text}");
    let text = np::einsum("ijk,k->ij", (&a, np::zeros(6))).ir()?;
    assert_eq!((text.matches(" dot").count(), text.matches(" transpose").count()), (1, 0), "{text}");
    Ok(())
}

#[test]
fn dtypes_are_promoted_or_asked_for() -> hloom::Result<()> {
    let x = np::array([100i8, 100]);
    assert_eq!(np::einsum("i,i", (&x, &x)).item::<i8>()?, 32);
    assert_eq!(np::einsum("i->", [&x]).item::<i8>()?, -56);
    assert_eq!(np::einsum(subscripts("i,i").dtype(int64), (&x, &x)).item::<i64>()?, 20_000);
    assert_eq!(np::einsum(",i", (2.5, np::array([1.0f32]))).dtype(), float64);
    // As with `result_type`, int8 and uint16 beside float32 are float32.
    let mixed = np::einsum("i,i,i", (&x, np::array([1u16, 2]), np::array([1.0f32, 2.0])));
    assert_eq!(mixed.dtype(), float32);
    assert_eq!(np::einsum("i,i->", (np::array([true, false]), np::array([true, true]))).tolist()?, true);
    let halves = np::full(60_000, 1.0).astype(float16);
    let sum = np::einsum("i,i,i->", (&halves, &halves, &halves)).astype(float64).item::<f64>()?;
    assert!((sum - 60_000.0).abs() <= 32.0, "{sum}");
    let refused = np::einsum(subscripts("i,i").dtype(int64), ([1.5, 2.0], [1.0, 1.0]));
    assert_eq!(refused.check().unwrap_err().kind(), ErrorKind::Type);
    let unsafely = subscripts("i,i").dtype(int64).casting(hloom::Casting::Unsafe);
    assert_eq!(np::einsum(unsafely, ([1.5, 2.0], [1.0, 1.0])).item::<i64>()?, 3);
    Ok(())
}

#[test]
fn what_is_written_wrongly_is_refused_in_numpys_words() {
    let (x, y) = (np::zeros([2, 3]), np::zeros(3));
    let one = |text: &str| message(&np::einsum(text, [&x]));
    assert_eq!(one("ij->ii"), "einstein sum subscripts string includes output subscript 'i' multiple times");
    assert_eq!(
        one("ij->k"),
        "einstein sum subscripts string included output subscript 'k' which never appeared in an input"
    );
    assert_eq!(one("ijk"), "einstein sum subscripts string contains too many subscripts for operand 0");
    assert_eq!(
        one("i..j"),
        "einstein sum subscripts string contains a '.' that is not part of an ellipsis ('...') in operand 0"
    );
    assert_eq!(one("i1"), "invalid subscript '1' in einstein sum subscripts string, subscripts must be letters");
    assert_eq!(one("ij-k"), "einstein sum subscript string does not contain proper '->' output specified");
    assert_eq!(one("ii->i"), "dimensions in single operand for collapsing index 'i' don't match (2 != 3)");
    assert_eq!(one("ii"), "dimensions in operand 0 for collapsing index 'i' don't match (2 != 3)");
    let two = |text: &str| message(&np::einsum(text, (&x, &y)));
    assert_eq!(
        two("ij,i"),
        "operands could not be broadcast together with remapped shapes [original->remapped]: (2,3)->(3,2) (3,)->(3) "
    );
    assert_eq!(
        two("ij,i,k"),
        "more operands provided to einstein sum function than specified in the subscripts string"
    );
    assert_eq!(two("ij"), "fewer operands provided to einstein sum function than specified in the subscripts string");
    assert!(two("i...,j->ij").starts_with("output has more dimensions than subscripts given in einstein sum"));
    assert_eq!(np::einsum_path("ij,i", (&x, &y)).unwrap_err().kind(), ErrorKind::Value);
}
