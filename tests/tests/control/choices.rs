//! `cond` and `switch`.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::check_error;

#[test]
fn the_predicate_chooses() -> hloom::Result<()> {
    let x = np::array([3.0, 4.0]);
    let normalized = |x: &NdArray| np::cond(x.sum(..).gt(5), || x / x.sum(..), || x.clone());
    assert_eq!(normalized(&x).sum(..).item::<f64>()?, 1.0);
    assert_eq!(normalized(&(&x / 8)).to_vec::<f64>()?, [0.375, 0.5]);
    let f = np::jit(move |x: NdArray| normalized(&x));
    assert_eq!(f.call(&x)?.sum(..).item::<f64>()?, 1.0);
    assert_eq!(f.call(&(&x / 8))?.to_vec::<f64>()?, [0.375, 0.5]);
    // Numbers and Rust's bools choose as well.
    assert_eq!(np::cond(true, || np::array(1), || np::array(2)).item::<i32>()?, 1);
    assert_eq!(np::cond(0.0, || np::array(1), || np::array(2)).item::<i32>()?, 2);
    assert_eq!(np::cond(np::array(f64::NAN), || np::array(1), || np::array(2)).item::<i32>()?, 1);
    Ok(())
}

#[test]
fn a_choice_is_one_operation_with_both_branches() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0]);
    let y = np::cond(x.sum(..).gt(0), || &x * 2, || -&x);
    expect![[r#"
        %0 = input() : f64[2]
        %1 = sum(%0) {axes=[0]} : f64[]
        %2 = scalar() : f64[]
        %3 = greater(%1, %2) : bool[]
        %4 = scalar() : f64[]
        %5 = switch(%3, %0, %4) : f64[2]
          region 0:
            %0 = input() : f64[2]
            %1 = input() : f64[]
            %2 = negative(%0) : f64[2]
            return %2
          region 1:
            %0 = input() : f64[2]
            %1 = input() : f64[]
            %2 = multiply(%0, %1) : f64[2]
            return %2
        %6 = part(%5) {idx=0} : f64[2]
        return %6
    "#]]
    .assert_eq(&y.ir()?);
    let text = y.hlo()?;
    assert!(text.contains("conditional(") && text.contains("branch_computations="), "{text}");
    assert_eq!(y.to_vec::<f64>()?, [2.0, 4.0]);
    Ok(())
}

#[test]
fn numbers_choose_one_of_several_and_the_nearest_if_there_is_none() -> hloom::Result<()> {
    let x = np::array(2.0);
    let pick = |i: NdArray| np::switch(i, [&|| &x + 1, &|| &x * 10, &|| -&x]).item::<f64>();
    let results = [i64::MIN, -1, 0, 1, 2, 3, i64::MAX].map(|i| pick(np::array(i)).unwrap());
    assert_eq!(results, [3.0, 3.0, 3.0, 20.0, -2.0, -2.0, -2.0]);
    assert_eq!(pick(np::array(u64::MAX))?, -2.0);
    assert_eq!(pick(np::array(1u8))?, 20.0);
    assert_eq!(np::switch(1, [&|| np::array(5), &|| np::array(6)]).item::<i32>()?, 6);
    assert_eq!(np::switch(7, [&|| np::array(5)]).item::<i32>()?, 5);
    Ok(())
}

#[test]
fn branches_return_trees_and_one_of_them_runs() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0]);
    let f = np::jit(move |i: NdArray| {
        np::cond(i.gt(0), || (x.clone(), vec![x.sum(..)]), || (&x - &x, vec![np::zeros(())]))
    });
    let (x, sums) = f.call(1)?;
    assert_eq!((x.to_vec::<f64>()?, sums[0].item::<f64>()?), (vec![1.0, 2.0], 3.0));
    let (x, sums) = f.call(0)?;
    assert_eq!((x.to_vec::<f64>()?, sums[0].item::<f64>()?), (vec![0.0, 0.0], 0.0));
    // A loop that would not end is in the branch that is not taken.
    let endless = || np::while_loop(1, |n: NdArray| n.gt(0), |n| n);
    assert_eq!(np::cond(np::array(false), endless, || np::array(7i64)).item::<i64>()?, 7);
    Ok(())
}

#[test]
fn a_function_called_in_a_branch_runs_with_it() -> hloom::Result<()> {
    let (x, slow) =
        (np::array([1.0, 2.0]), np::jit(|x: NdArray| np::while_loop(x, |x: NdArray| x.sum(..).gt(0), |x| x)));
    let called = || slow.call(&x).unwrap();
    // Outside of the branch it would be called at once, and never end.
    assert_eq!(np::cond(np::array(false), called, || -&x).to_vec::<f64>()?, [-1.0, -2.0]);
    Ok(())
}

#[test]
fn numbers_in_branches_take_the_dtype_of_the_others() -> hloom::Result<()> {
    let x = np::array(1.5f32);
    let f = np::jit(move |i: NdArray| np::cond(i.gt(0), || x.clone(), || np::zeros(()).astype(float32)));
    assert_eq!(f.call(1)?.dtype(), float32);
    Ok(())
}

#[test]
fn branches_that_disagree_are_refused() {
    let x = np::array([1.0f32, 2.0]);
    let cond_of = |other: &dyn Fn() -> NdArray| np::cond(x.sum(..).gt(0), || x.clone(), other);
    check_error(
        &cond_of(&|| x.astype(float64)),
        expect![
            "TypeError: cond: branches return different types: result 0 of on_true is f32[2], of on_false f64[2], in cond"
        ],
    );
    check_error(
        &cond_of(&|| x.sum(..)),
        expect![
            "TypeError: cond: branches return different types: result 0 of on_true is f32[2], of on_false f32[], in cond"
        ],
    );
    let pair = np::cond(x.sum(..).gt(0), || vec![x.clone(), x.clone()], || vec![x.clone()]);
    check_error(
        &pair[0],
        expect![
            "TypeError: cond: what on_true returns has another structure: expected 1 arrays and static values, got 2, in cond"
        ],
    );
    check_error(
        &np::cond(x.gt(0), || x.clone(), || x.clone()),
        expect!["ValueError: expected a 0-d condition, got bool[2]; reduce it with any or all, in cond"],
    );
    check_error(
        &np::switch(&x, [&|| x.clone(), &|| x.clone()]),
        expect!["TypeError: switch: expected a 0-d integer as index, got f32[2], in switch"],
    );
    check_error(
        &cond_of(&|| &x + np::zeros(3)),
        expect!["ValueError: operands could not be broadcast together with shapes (2,) (3,), in add(f32[2], f64[3])"],
    );
}

#[test]
fn branches_may_be_long() -> hloom::Result<()> {
    // Longer than what a thread may have pending: what belongs to a branch is not cut off.
    let x = np::array([0.5, 1.5]);
    let long = |x: &NdArray| (0..300).fold(x.clone(), |x, _| (x * 0.99).sin());
    let y = np::cond(x.sum(..).gt(0), || long(&x), || long(&(-&x)));
    let expected = [0.5f64, 1.5].map(|x| (0..300).fold(x, |x, _| (x * 0.99).sin()));
    for (found, expected) in y.to_vec::<f64>()?.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14, "{found} {expected}");
    }
    Ok(())
}

#[test]
fn choices_nest_in_loops_and_loops_in_choices() -> hloom::Result<()> {
    // Collatz: the number of steps to 1.
    let steps = |n: i64| {
        let (_, steps): (NdArray, NdArray) = np::while_loop(
            (np::array(n), 0),
            |(n, _): (NdArray, NdArray)| n.ne(1),
            |(n, steps)| (np::cond((&n % 2).eq(0), || &n / 2, || 3.0 * &n + 1).astype(int64), steps + 1),
        );
        steps.item::<i64>()
    };
    assert_eq!([steps(1)?, steps(6)?, steps(27)?], [0, 8, 111]);
    let x = np::array(3.0);
    let y = np::cond(
        x.gt(0),
        || np::fori_loop(0, 3, &x, |_, x: NdArray| np::cond(x.gt(10), || x.clone(), || &x * 2)),
        || x.clone(),
    );
    assert_eq!(y.item::<f64>()?, 12.0);
    Ok(())
}

#[test]
fn branches_of_another_structure_are_never_one_of_them() {
    let x = np::array([1.0]);
    let some = np::cond(x.sum(..).gt(0), || None, || Some(x.clone()));
    assert_eq!(some.map(|x| x.check().unwrap_err().kind()), Some(ErrorKind::Type));
    let rows = np::cond(x.sum(..).gt(0), || vec![x.clone()], Vec::new);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].check().unwrap_err().message().contains("what on_true returns has another structure"));
    // Where nothing can be in error, there is no result at all.
    type State = (Vec<NdArray>, i64);
    let changed = || {
        np::while_loop((Vec::<NdArray>::new(), 1i64), |_: State| np::array(true), |(empty, n): State| (empty, n + 1))
    };
    let nothing = std::panic::catch_unwind(changed);
    assert!(nothing.is_err());
}
