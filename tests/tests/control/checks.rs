//! Indices that a program computes: within bounds they read and write, out of bounds they are NumPy's error,
//! with the line of the index, for whatever depends on it.

use expect_test::{Expect, expect};
use hloom as np;
use hloom::prelude::*;
use hloom::{Compiled, ShapeDtype};

/// The error that reading an array gives, without its line, which must be in this file.
fn check(array: &NdArray, expected: Expect) {
    let error = array.tolist().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Index);
    assert!(error.line().is_some_and(|line| line.file().ends_with("checks.rs")), "{error}");
    expected.assert_eq(error.to_string().split(", recorded at ").next().unwrap_or_default());
}

fn x() -> NdArray {
    np::array([10.0, 20.0, 30.0, 40.0])
}

#[test]
fn a_traced_index_reads_as_a_known_one() -> hloom::Result<()> {
    let m = np::arange(24).reshape([2, 3, 4]);
    let (i, j) = (np::array([[0i64, -1], [1, 0]]), np::array([2i64, -3]));
    type Take = fn(&NdArray, &NdArray, &NdArray) -> NdArray;
    let takes: [(&str, Take); 8] = [
        ("[i]", |m, i, _| m.get(i)),
        ("[i, j]", |m, i, j| m.get(s![i, j])),
        ("[:, j]", |m, _, j| m.get(s![.., j])),
        ("[i, :, j]", |m, i, j| m.get(s![i, .., j])),
        ("[0, j]", |m, _, j| m.get(s![0, j])),
        ("[j, 1:, None]", |m, _, j| m.get(s![j.clip(0, 1), 1.., newaxis])),
        ("[..., i]", |m, i, _| m.get(s![..., i])),
        ("[[1, 0], j]", |m, _, j| m.get(s![vec![1i64, 0], j])),
    ];
    for (name, take) in takes {
        let expected = take(&m, &i, &j);
        let f = np::jit(move |(m, i, j): (NdArray, NdArray, NdArray)| take(&m, &i, &j));
        let found = f.call((&m, &i, &j))?;
        assert_eq!(found.shape(), expected.shape(), "{name}");
        assert_eq!(found.tolist()?, expected.tolist()?, "{name}");
    }
    // An integer alone takes its axis away.
    let row = np::jit(|(m, k): (NdArray, NdArray)| (m.get(&k), m.get(s![.., &k, ..2])));
    for k in [0i64, 1, -1, -2] {
        let (a, b) = row.call((&m, k))?;
        assert_eq!(a.tolist()?, m.get(k).tolist()?);
        assert_eq!(b.tolist()?, m.get(s![.., k, ..2]).tolist()?);
    }
    Ok(())
}

#[test]
fn a_traced_index_writes_as_a_known_one() -> hloom::Result<()> {
    let x = np::zeros([3, 4]);
    let (i, j) = (np::array([2i64, 0]), np::array([-1i64, 1]));
    type Write = fn(&mut NdArray, &NdArray, &NdArray);
    let writes: [(&str, Write); 6] = [
        ("rows", |x, i, _| x.set(i, [1.0, 2.0, 3.0, 4.0])),
        ("places", |x, i, j| x.set(s![i, j], [5.0, 6.0])),
        ("columns", |x, _, j| x.set(s![1.., j], 7)),
        ("added", |x, i, _| x.add_at(s![i, vec![0i64, 0]], 1)),
        ("greater", |x, i, j| x.maximum_at(s![i, j], [-1.0, 9.0])),
        ("row", |x, i, _| x.set(i.get(0), 8)),
    ];
    for (name, write) in writes {
        let mut expected = x.clone();
        write(&mut expected, &i, &j);
        let f = np::jit(move |(mut x, i, j): (NdArray, NdArray, NdArray)| {
            write(&mut x, &i, &j);
            x
        });
        assert_eq!(f.call((&x, &i, &j))?.tolist()?, expected.tolist()?, "{name}");
    }
    Ok(())
}

#[test]
fn integers_of_every_dtype_are_indices() -> hloom::Result<()> {
    let take = np::jit(|(x, i): (NdArray, NdArray)| x.get(&i));
    for dtype in DType::ALL.into_iter().filter(|dtype| dtype.is_integer()) {
        assert_eq!(take.call((x(), np::array([3, 0]).astype(dtype)))?.to_vec::<f64>()?, [40.0, 10.0], "{dtype}");
        let error = take.call((x(), np::array([3, 100]).astype(dtype)))?.tolist().unwrap_err();
        assert_eq!(error.message(), "index 100 is out of bounds for axis 0 with size 4", "{dtype}");
    }
    check(
        &take.call((x(), np::array([u64::MAX])))?,
        expect!["IndexError: index 9223372036854775807 is out of bounds for axis 0 with size 4, in getitem(f64[4])"],
    );
    check(
        &take.call((x(), np::array([i64::MIN])))?,
        expect!["IndexError: index -9223372036854775808 is out of bounds for axis 0 with size 4, in getitem(f64[4])"],
    );
    Ok(())
}

#[test]
fn the_first_index_that_is_out_of_bounds_is_named() -> hloom::Result<()> {
    let take = np::jit(|(x, i): (NdArray, NdArray)| x.get(&i));
    check(
        &take.call((x(), np::array([[0i64, 3], [-5, 7]])))?,
        expect!["IndexError: index -5 is out of bounds for axis 0 with size 4, in getitem(f64[4])"],
    );
    let write = np::jit(|(mut x, i): (NdArray, NdArray)| {
        x.set(&i, 0);
        x
    });
    check(
        &write.call((x(), np::array([1i64, 4])))?,
        expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in setitem(f64[4])"],
    );
    let both = np::jit(|(m, i, j): (NdArray, NdArray, NdArray)| m.get(s![&i, &j]));
    let m = np::zeros([2, 3]);
    check(
        &both.call((&m, np::array([1i64, 0]), np::array([0i64, 3])))?,
        expect!["IndexError: index 3 is out of bounds for axis 1 with size 3, in getitem(f64[2,3])"],
    );
    let nothing = np::jit(|(x, i): (NdArray, NdArray)| x.get(&i));
    let error = nothing.call((np::zeros(0), np::array([0i64]))).unwrap_err();
    assert_eq!(error.message(), "index is out of bounds for axis 0 with size 0");
    assert_eq!(nothing.call((np::zeros(0), np::zeros(0).astype(int64)))?.shape(), [0]);
    Ok(())
}

#[test]
fn what_depends_on_it_is_in_error_and_nothing_else() -> hloom::Result<()> {
    let take = np::jit(|(x, i): (NdArray, NdArray)| x.get(&i));
    let bad = take.call((x(), np::array([0i64, 9])))?;
    let good = take.call((x(), np::array([0i64, 3])))?;
    let text = bad.tolist().unwrap_err().to_string();
    let double = np::jit(|x: NdArray| x * 2);
    let later = [
        &bad + 1,
        np::concatenate([&good, &bad], 0),
        (&bad - &bad).sum(..),
        double.call(&bad)?,
        double.call(&(&bad + 1))?,
    ];
    for array in &later {
        assert_eq!(array.tolist().unwrap_err().to_string(), text);
        assert_eq!(array.data().unwrap_err().to_string(), text);
        assert_eq!(array.to_string(), format!("<{text}>"));
        assert_eq!(bool::try_from(&array.any(..)).unwrap_err().to_string(), text);
    }
    // An array that is computed in the same program, and does not depend on it.
    let (apart, with) = (&good.sum(..) + 1, &good.sum(..) + &bad);
    assert_eq!(with.tolist().unwrap_err().to_string(), text);
    assert_eq!(apart.item::<f64>()?, 51.0);
    // Reading once more gives the same error once more.
    assert_eq!(bad.tolist().unwrap_err().to_string(), text);
    Ok(())
}

#[test]
fn independent_lazy_loops_are_in_error_for_their_own_reasons() -> hloom::Result<()> {
    let sum_to = |n: i64| np::fori_loop(0, n, 0.0, |i, sum: NdArray| sum + x().get(&i));
    let (good, bad) = (sum_to(4), sum_to(5));
    let (with_good, with_bad) = (&good * 2, &bad * 2);
    let both = np::concatenate([&with_good.reshape(1), &with_bad.reshape(1)], 0);
    check(&both, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    assert_eq!(good.item::<f64>()?, 100.0);
    assert_eq!(with_good.item::<f64>()?, 200.0);
    check(&with_bad, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    check(&bad, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    Ok(())
}

#[test]
fn loops_and_choices_pass_it_on() -> hloom::Result<()> {
    // In the body, in the condition, in a loop within a loop, in a branch, in rows of a scan.
    let found = |wanted: f64| {
        let x = x();
        np::while_loop(0, |i: NdArray| x.get(&i).ne(wanted), |i| i + 1)
    };
    assert_eq!(found(30.0).item::<i64>()?, 2);
    check(&found(35.0), expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    let nested = |n: i64| {
        let x = x();
        np::fori_loop(0, 3, 0.0, |i, sum: NdArray| {
            np::fori_loop(0, n, sum, |j, sum: NdArray| sum + x.get(&i) + x.get(&j))
        })
    };
    assert_eq!(nested(2).item::<f64>()?, 2.0 * 60.0 + 3.0 * 30.0);
    check(&nested(5), expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    let chosen = np::jit(|(x, i): (NdArray, NdArray)| np::cond(i.lt(4), || x.get(&i), || x.get(&i - 7)));
    for (i, expected) in [(0i64, 10.0), (3, 40.0), (4, 20.0), (6, 40.0)] {
        assert_eq!(chosen.call((x(), i))?.item::<f64>()?, expected);
    }
    // In the branch that is not taken it does not count.
    check(
        &chosen.call((x(), -5))?,
        expect!["IndexError: index -5 is out of bounds for axis 0 with size 4, in getitem(f64[4])"],
    );
    check(
        &chosen.call((x(), 11))?,
        expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"],
    );
    let (last, rows) = np::scan(|n: NdArray, i: NdArray| (n + 1, x().get(&i)), 0, np::array([1i64, 4]));
    check(&rows, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    assert_eq!(last.item::<i64>()?, 2);
    Ok(())
}

#[test]
fn each_result_of_a_loop_or_a_choice_is_in_error_for_its_own_reasons() -> hloom::Result<()> {
    let is_bad = |array: &NdArray| {
        check(array, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    };
    let zeros = || (np::array(0.0), np::array(0.0), np::array(0.0), np::array(0.0));
    type Four = (NdArray, NdArray, NdArray, NdArray);
    let run = |n: i64| np::fori_loop(0, n, zeros(), |i, (_, b, c, d): Four| (x().get(&i), &b + 1, c + b, d + 2));
    let (a, b, c, d) = run(5);
    is_bad(&a);
    assert_eq!((b.item::<f64>()?, c.item::<f64>()?, d.item::<f64>()?), (5.0, 10.0, 10.0));
    // The second follows from the first a round later, the third from that another round later.
    let chained = |n: i64| np::fori_loop(0, n, zeros(), |i, (a, b, _, d): Four| (x().get(&i), a, b, d + 2));
    let (a, b, c, d) = chained(5);
    [a, b, c].iter().for_each(is_bad);
    assert_eq!(d.item::<f64>()?, 10.0);
    let (a, b, c, d) = chained(4);
    assert_eq!((a.item::<f64>()?, b.item::<f64>()?, c.item::<f64>()?, d.item::<f64>()?), (40.0, 30.0, 20.0, 8.0));
    // The number of rounds hangs on what is checked, so that everything does.
    let (i, n): (NdArray, NdArray) =
        np::while_loop((0, 0), |(i, _): (NdArray, NdArray)| x().get(&i).ge(0), |(i, n)| (i + 1, n + 2));
    is_bad(&i);
    is_bad(&n);
    // A check in the one branch or the other, of the one result or the other.
    let chosen = np::jit(|(x, i, first): (NdArray, NdArray, NdArray)| {
        np::cond(first, || (x.get(&i), x.sum(..)), || (x.sum(..), x.get(i.clone() + 0)))
    });
    for (i, first) in [(4i64, true), (4, false), (3, true), (3, false)] {
        let (a, b) = chosen.call((x(), i, first))?;
        let (read, sum) = if first { (a, b) } else { (b, a) };
        assert_eq!(sum.item::<f64>()?, 100.0, "{i} {first}");
        if i == 4 { is_bad(&read) } else { assert_eq!(read.item::<f64>()?, 40.0) }
    }
    // A loop within a loop, and a choice within one.
    let (a, b): (NdArray, NdArray) = np::fori_loop(0, 2, (0.0, 0.0), |_, (a, b): (NdArray, NdArray)| {
        let (inner, count): (NdArray, NdArray) =
            np::fori_loop(3, 5, (a, b), |j, (sum, count): (NdArray, NdArray)| (sum + x().get(&j), count + 1));
        np::cond(inner.isnan(), || (inner.clone(), count.clone()), || (inner.clone() + 1, count.clone()))
    });
    is_bad(&a);
    // The choice is made by what is in error.
    is_bad(&b);
    Ok(())
}

#[test]
fn a_loop_ends_when_its_index_is_out_of_bounds() {
    // The next place follows from the last one; NumPy would raise, and a clamped index go round for ever.
    let next = np::array([1i64, 2, 9, 0]);
    let end = np::while_loop(0i64, |i: NdArray| i.ge(0), |i| next.get(&i));
    check(&end, expect!["IndexError: index 9 is out of bounds for axis 0 with size 4, in getitem(i64[4])"]);
}

#[test]
fn positions_that_are_surely_within_bounds_are_not_checked() -> hloom::Result<()> {
    let counts = np::jit(|x: NdArray| {
        let mut counts = np::zeros(3);
        counts.add_at(x.argmax(1), 1);
        counts
    });
    let x = np::array([[1.0, 5.0, 2.0], [0.0, 7.0, 1.0], [3.0, 1.0, 2.0]]);
    assert_eq!(counts.call(&x)?.to_vec::<f64>()?, [1.0, 2.0, 0.0]);
    assert!(!counts.lower(&x)?.ir().contains("require("));
    let fewer = np::jit(|x: NdArray| x.get(x.argmax(1)));
    assert!(!fewer.lower(&x)?.ir().contains("require("));
    assert!(fewer.lower(x.get(s![..2]))?.ir().contains("require("));
    Ok(())
}

#[test]
fn a_chain_of_calls_does_not_gather_checks() -> hloom::Result<()> {
    let permute = np::jit(|i: NdArray| i.get(&i));
    let mut i = np::array([1i64, 2, 3, 0]);
    for _ in 0..2000 {
        i = permute.call(&i)?;
    }
    assert_eq!(i.to_vec::<i64>()?.len(), 4);
    // The first error stays, however long it goes on.
    let mut bad = permute.call(np::array([1i64, 2, 3, 4]))?;
    for _ in 0..100 {
        bad = permute.call(&bad)?;
    }
    check(&bad, expect!["IndexError: index 4 is out of bounds for axis 0 with size 4, in getitem(i64[4])"]);
    Ok(())
}

#[test]
fn each_result_of_a_call_is_in_error_for_its_own_reasons() -> hloom::Result<()> {
    let f = np::jit(|(x, i, j, z): (NdArray, NdArray, NdArray, NdArray)| {
        let (a, b) = (x.get(&i), x.get(&j));
        (&a + 1, &b * 2, x.sum(..), &a + b, z)
    });
    let (good, bad) = (np::array([0i64, 3]), np::array([1i64, 9]));
    let is_in_error = |array: &NdArray| {
        check(array, expect!["IndexError: index 9 is out of bounds for axis 0 with size 4, in getitem(f64[4])"]);
    };
    let (a, b, sum, both, z) = f.call((x(), &bad, &good, np::zeros(1)))?;
    is_in_error(&a);
    is_in_error(&both);
    assert_eq!(b.to_vec::<f64>()?, [20.0, 80.0]);
    assert_eq!((sum.item::<f64>()?, z.to_vec::<f64>()?), (100.0, vec![0.0]));
    let (a, b, _, both, _) = f.call((x(), &good, &bad, np::zeros(1)))?;
    assert_eq!(a.to_vec::<f64>()?, [11.0, 41.0]);
    is_in_error(&b);
    is_in_error(&both);

    // What is wrong with an argument is wrong with what depends on it.
    let in_error = np::jit(|(x, i): (NdArray, NdArray)| x.get(&i)).call((x(), &bad))?;
    let (a, b, sum, both, z) = f.call((x(), &good, &good, &in_error))?;
    assert_eq!(a.to_vec::<f64>()?, [11.0, 41.0]);
    assert_eq!(b.to_vec::<f64>()?, [20.0, 80.0]);
    assert_eq!(both.to_vec::<f64>()?, [20.0, 80.0]);
    assert_eq!(sum.item::<f64>()?, 100.0);
    is_in_error(&z);

    // The bytes of a function hold it too.
    let spec = |dtype, n: i64| ShapeDtype::new([n], dtype);
    let bytes =
        f.lower((spec(float64, 4)?, spec(int64, 2)?, spec(int64, 2)?, spec(float64, 1)?))?.compile()?.serialize()?;
    let loaded: Compiled<Vec<NdArray>, Vec<NdArray>> = Compiled::load(&bytes)?;
    let results = loaded.call(vec![x(), bad, good, np::zeros(1)])?;
    let is_fine: Vec<bool> = results.iter().map(|result| result.data().is_ok()).collect();
    assert_eq!(is_fine, [false, true, true, false, true]);
    Ok(())
}
