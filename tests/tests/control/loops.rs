//! `while_loop` and `fori_loop`.

use std::collections::BTreeMap;

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::check_error;

/// The greatest common divisor by Euclid's algorithm.
fn gcd(a: &NdArray, b: &NdArray) -> NdArray {
    let (a, _): (NdArray, NdArray) =
        np::while_loop((a, b), |(_, b): (NdArray, NdArray)| b.ne(0), |(a, b)| (b.clone(), a % b));
    a
}

#[test]
fn a_loop_runs_as_often_as_its_values_say() -> hloom::Result<()> {
    for (a, b, expected) in [(1071, 462, 21), (17, 5, 1), (0, 9, 9), (9, 0, 9)] {
        assert_eq!(gcd(&np::array(a), &np::array(b)).item::<i32>()?, expected);
    }
    let compiled = np::jit(|(a, b): (NdArray, NdArray)| gcd(&a, &b));
    assert_eq!(compiled.call((&np::array(1071), &np::array(462)))?.item::<i32>()?, 21);
    Ok(())
}

#[test]
fn a_loop_is_one_operation_of_one_program() -> hloom::Result<()> {
    let x = np::array([1.0f32, 2.0]);
    let y = np::fori_loop(0, 1000, &x, |_, x: NdArray| x * 0.5 + 1);
    expect![[r#"
        %0 = scalar() : i64[]
        %1 = convert(%0) : i64[]
        %2 = convert(%1) : i64[]
        %3 = input() : f32[2]
        %4 = scalar() : f32[]
        %5 = scalar() : f32[]
        %6 = scalar() : i64[]
        %7 = convert(%6) : i64[]
        %8 = while(%2, %3, %4, %5, %7) : i64[]
          region 0:
            %0 = input() : i64[]
            %1 = input() : f32[2]
            %2 = input() : f32[]
            %3 = input() : f32[]
            %4 = input() : i64[]
            %5 = less(%0, %4) : bool[]
            return %5
          region 1:
            %0 = input() : i64[]
            %1 = input() : f32[2]
            %2 = input() : f32[]
            %3 = input() : f32[]
            %4 = input() : i64[]
            %5 = constant() {1} : i64[]
            %6 = add(%0, %5) : i64[]
            %7 = convert(%6) : i64[]
            %8 = multiply(%1, %2) : f32[2]
            %9 = add(%8, %3) : f32[2]
            return %7, %9
        %9 = part(%8) {idx=1} : f32[2]
        return %9
    "#]]
    .assert_eq(&y.ir()?);
    assert_eq!(y.to_vec::<f32>()?, [2.0, 2.0]);
    Ok(())
}

#[test]
fn bounds_and_numbers_make_no_new_program() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0]);
    let run = |n: i64, by: f64| np::fori_loop(0, n, &x, |i, x: NdArray| x * by + i).to_vec::<f64>();
    let expected = |n: i64, by: f64| (0..n).fold([1.0, 2.0], |x, i| x.map(|x| x * by + i as f64));
    run(3, 0.5)?;
    for (n, by) in [(0, 0.5), (1, 2.0), (10, 1.0), (-5, 3.0)] {
        assert_eq!(np::deny_recompile(|| run(n, by))?, expected(n, by));
    }
    // Arrays as bounds, also of a trace.
    let total = np::jit(|(low, high): (NdArray, NdArray)| np::fori_loop(low, high, 0, |i, sum: NdArray| sum + i));
    assert_eq!(total.call((&np::array(3i64), &np::array(6i64)))?.item::<i64>()?, 12);
    assert_eq!(total.call((3, 6))?.item::<i64>()?, 12);
    Ok(())
}

#[test]
fn an_integer_in_a_body_makes_one_new_program_when_it_changes_first() -> hloom::Result<()> {
    // Single numbers and arrays beyond every threshold; the integers shift, mask, change bits and are compared with.
    let run = |x: &NdArray, by: i64, mask: i64, weight: f32| {
        let step = |i: NdArray, (x, y): (NdArray, NdArray)| {
            let halved = &x >> by;
            let odd = (&x & mask).eq(mask);
            (np::where_(odd, &halved ^ 0x8408, halved + i.astype(uint16)), y * weight)
        };
        let (x, y): (NdArray, NdArray) = np::fori_loop(0, 20, (x, np::array(1.0f32)), step);
        hloom::Result::Ok((np::reshape(x, -1).to_vec::<u16>()?, y.item::<f32>()?))
    };
    let expected = |x: u16, by: i64, mask: u16| {
        (0..20u16).fold(x, |x, i| {
            let halved = x.checked_shr(by as u32).unwrap_or(0);
            if x & mask == mask { halved ^ 0x8408 } else { halved.wrapping_add(i) }
        })
    };
    for n in [1, 4097] {
        let data: Vec<u16> = (0..n).map(|k| (k as u16).wrapping_mul(40503)).collect();
        let x = np::array(data.clone());
        // The first shape finds the places as they are; for the second, the integers have changed before.
        let mut rounds = vec![(3, 5, 1.0)];
        if n == 1 {
            assert_eq!(run(&x, 1, 1, 1.0)?.0, [expected(data[0], 1, 1)]);
            assert_eq!(np::deny_recompile(|| run(&x, 1, 1, 0.5))?.0, [expected(data[0], 1, 1)]);
            for (by, mask) in [(2, 1), (2, 3)] {
                let error = np::deny_recompile(|| run(&x, by, mask, 1.0)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Denied);
                rounds.push((by, mask, 1.0));
            }
        }
        for &(by, mask, weight) in &rounds {
            run(&x, by, mask, weight)?;
        }
        for (by, mask, weight) in [(1, 1, 1.0), (4, 9, 0.25), (15, 0, 2.0), (16, 1, 1.0), (0, 1, 1.0), (70, 65535, 1.0)]
        {
            let wanted: Vec<u16> = data.iter().map(|&x| expected(x, by, mask)).collect();
            let found = np::deny_recompile(|| run(&x, by, i64::from(mask), weight))?;
            assert_eq!(found, (wanted, weight.powi(20)), "{by} {mask}");
        }
    }
    Ok(())
}

#[test]
fn the_state_is_any_tree() -> hloom::Result<()> {
    type Sums = BTreeMap<&'static str, Vec<NdArray>>;
    let init: Sums = [("a", vec![np::array(1), np::array(2)]), ("b", vec![np::array([1.5, 2.5])])].into();
    let sums = np::fori_loop(0, 3, &init, |i, mut sums: Sums| {
        for arrays in sums.values_mut() {
            for x in arrays {
                *x += &i;
            }
        }
        sums
    });
    assert_eq!(sums["a"].iter().map(NdArray::item::<i32>).collect::<hloom::Result<Vec<_>>>()?, [4, 5]);
    assert_eq!(sums["b"][0].to_vec::<f64>()?, [4.5, 5.5]);
    // What holds no array comes out as it went in.
    let (n, x): (usize, NdArray) =
        np::fori_loop(0, 2, (7usize, np::array(1)), |_, (n, x): (usize, NdArray)| (n, x * 2));
    assert_eq!((n, x.item::<i32>()?), (7, 4));
    let nothing = np::fori_loop(0, 2, Vec::<NdArray>::new(), |_, nothing: Vec<NdArray>| nothing);
    assert!(nothing.is_empty());
    Ok(())
}

#[test]
fn numbers_of_the_state_take_the_dtypes_of_the_body() -> hloom::Result<()> {
    let x = np::array([1.0f32, 2.0]);
    let sum = np::fori_loop(0, 3, 0, |i, sum: NdArray| sum + x.sum(..) * i);
    assert_eq!((sum.dtype(), sum.item::<f32>()?), (float32, 9.0));
    // So does the counter, as a number of Python's range, whatever its bounds are.
    let (low, high) = (np::array(1i64), np::array([3i64]).sum(..));
    let sum = np::fori_loop(&low, &high, &x, |i, x: NdArray| x + i);
    assert_eq!((sum.dtype(), sum.to_vec::<f32>()?), (float32, vec![4.0, 5.0]));
    assert_eq!((&np::array([1i8]) + &low).dtype(), int64, "a bound stays an array");
    // Numbers alone have the dtypes of Python's numbers.
    let (i, y): (NdArray, NdArray) =
        np::while_loop((0, 1.0), |(i, _): (NdArray, NdArray)| i.lt(10), |(i, y)| (i + 1, y * 2));
    assert_eq!((i.item::<i64>()?, y.item::<f64>()?), (10, 1024.0));
    // An integer that meets floats becomes one, also two rounds later.
    let (a, b): (NdArray, NdArray) = np::fori_loop(0, 3, (0, 0), |_, (a, b): (NdArray, NdArray)| (&a + 0.5, b + a));
    assert_eq!((a.item::<f64>()?, b.item::<f64>()?), (1.5, 1.5));
    Ok(())
}

#[test]
fn loops_nest_and_read_what_is_around_them() -> hloom::Result<()> {
    let (table, offset) = (np::array([[1.0, 2.0], [3.0, 4.0]]), np::array(10.0) + 0);
    let mandel = |table: &NdArray| {
        np::fori_loop(0, 3, np::zeros(2), |i, x: NdArray| {
            let inner = np::fori_loop(0, &i, np::zeros(2), |j, y: NdArray| y + table.get(&j) + &i);
            x + inner + &offset
        })
    };
    // By hand: i = 1 gives row 0 + 1, i = 2 gives row 0 + row 1 + 4.
    let expected = [2.0 + 8.0 + 30.0, 3.0 + 10.0 + 30.0];
    assert_eq!(mandel(&table).to_vec::<f64>()?, expected);
    let held = offset.clone();
    let compiled = np::jit(move |table: NdArray| {
        np::fori_loop(0, 3, np::zeros(2), |i, x: NdArray| {
            let inner = np::fori_loop(0, &i, np::zeros(2), |j, y: NdArray| y + table.get(&j) + &i);
            x + inner + &held
        })
    });
    assert_eq!(compiled.call(&table)?.to_vec::<f64>()?, expected);
    Ok(())
}

#[test]
fn what_does_not_change_is_computed_once() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0]);
    let y = np::fori_loop(0, 10, np::zeros(2), |_, y: NdArray| y + x.exp());
    let text = y.ir()?;
    // The exponential does not depend on the state: it stands before the loop.
    let before = text.split("while(").next().unwrap_or_default();
    assert!(before.contains("exp(") && text.matches("exp(").count() == 1, "{text}");
    let expected: Vec<f64> = [1.0f64, 2.0].map(|x| (0..10).fold(0.0, |sum, _| sum + x.exp())).into();
    assert_eq!(y.to_vec::<f64>()?, expected);
    Ok(())
}

#[test]
fn a_long_loop_takes_constant_room() -> hloom::Result<()> {
    let x = np::fori_loop(0, 1_000_000, 0, |i, sum: NdArray| sum + i % 7);
    let ir = x.ir()?;
    assert!(ir.lines().count() < 100, "{ir}");
    assert_eq!(x.item::<i64>()?, (0..1_000_000).map(|i| i % 7).sum::<i64>());
    Ok(())
}

/// Rounds of a function on the result of the round before, after something else was recorded.
fn rounds_of(function: impl Fn(&NdArray) -> NdArray) -> NdArray {
    (0..60).fold(np::ones(3) + 1, |x, _| function(&x))
}

#[test]
fn a_recording_is_never_cut_between_a_loop_and_its_results() -> hloom::Result<()> {
    let counted = rounds_of(|x| np::fori_loop(0, 3, x, |i, x: NdArray| x + i));
    assert_eq!(counted.tolist()?, [182.0; 3]);
    let conditional = rounds_of(|x| {
        let (x, _): (NdArray, NdArray) =
            np::while_loop((x, 0), |(_, n): (NdArray, NdArray)| n.lt(2), |(x, n)| (x + 1, n + 1));
        x
    });
    assert_eq!(conditional.tolist()?, [122.0; 3]);
    let chosen = rounds_of(|x| {
        let (x, y) = np::cond(x.sum(..).gt(9), || (x + 1, x * 2), || (x + 2, x * 3));
        np::where_(y.gt(0), x, 0)
    });
    // 2, 4, then one more each.
    assert_eq!(chosen.tolist()?, [63.0; 3]);
    let scanned = rounds_of(|x| {
        let (last, rows) = np::scan(|sum: NdArray, x: NdArray| (&sum + 1, x + sum), 0, x);
        rows - np::arange(3) + last / 3
    });
    assert_eq!(scanned.tolist()?, [62.0; 3]);
    Ok(())
}

#[test]
fn results_can_go_on_lazily() -> hloom::Result<()> {
    let x = np::fori_loop(0, 3, np::ones(4), |_, x: NdArray| x * 2);
    let y = (&x + 1).sum(..);
    assert!(!x.is_materialized() && !y.is_materialized());
    assert_eq!(y.item::<f64>()?, 36.0);
    // A loop is dear to compute again, so that its result is kept where it is held.
    assert!(x.is_materialized());
    Ok(())
}

#[test]
fn bounds_beyond_int64_count_as_its_greatest() -> hloom::Result<()> {
    let most = i64::MAX as u64;
    let rounds = |lower: u64, upper: u64| np::fori_loop(np::array(lower), np::array(upper), 0, |_, n: NdArray| n + 1);
    assert_eq!(rounds(u64::MAX - 1, u64::MAX).item::<i64>()?, 0);
    assert_eq!(rounds(most - 2, u64::MAX).item::<i64>()?, 2);
    assert_eq!(rounds(3, 10).item::<i64>()?, 7);
    Ok(())
}

#[test]
fn a_body_that_changes_the_state_is_refused() {
    let x = np::array([1.0f32, 2.0]);
    let loop_of = |body: &dyn Fn(NdArray) -> NdArray| np::fori_loop(0, 3, &x, |_, x: NdArray| body(x));
    check_error(
        &loop_of(&|x| x.astype(float64)),
        expect![
            "TypeError: fori_loop: the body makes f64[2] of the state, which is f32[2]; dtypes and shapes must stay the same, in fori_loop"
        ],
    );
    check_error(
        &loop_of(&|x| x.reshape([2, 1])),
        expect![
            "TypeError: fori_loop: the body makes f32[2,1] of the state, which is f32[2]; dtypes and shapes must stay the same, in fori_loop"
        ],
    );
    let (a, _): (NdArray, Vec<NdArray>) = np::while_loop(
        (&x, vec![&x]),
        |(x, _): (NdArray, Vec<NdArray>)| x.sum(..).lt(10),
        |(x, mut xs)| {
            xs.push(x.clone());
            (x, xs)
        },
    );
    check_error(
        &a,
        expect![
            "TypeError: while_loop: what the body returns has another structure: expected 2 arrays and static values, got 3, in while_loop"
        ],
    );
    check_error(
        &np::while_loop(&x, |x: NdArray| x.lt(10), |x| x + 1),
        expect!["ValueError: expected a 0-d condition, got bool[2]; reduce it with any or all, in while_loop"],
    );
    check_error(
        &np::fori_loop(0, 2.5, &x, |_, x: NdArray| x),
        expect!["TypeError: fori_loop: expected a 0-d integer as bound, got float64 (), in fori_loop"],
    );
    check_error(
        &np::fori_loop(0, 2, &x, |_, x: NdArray| x + np::zeros(3)),
        expect!["ValueError: operands could not be broadcast together with shapes (2,) (3,), in add(f32[2], f64[3])"],
    );
}

#[test]
fn a_condition_that_is_no_bool_is_taken_for_its_truth() -> hloom::Result<()> {
    let countdown = np::while_loop(5, |n: NdArray| n, |n| n - 1);
    assert_eq!(countdown.item::<i64>()?, 0);
    let halving = np::while_loop(1.0f64, |x: NdArray| x.clone(), |x| (x * 0.5).floor());
    assert_eq!(halving.item::<f64>()?, 0.0);
    Ok(())
}

#[test]
fn what_needs_a_value_is_refused_in_a_loop_too() {
    let seen = std::cell::RefCell::new(None);
    let x = np::fori_loop(0, 3, 0, |i, x: NdArray| {
        *seen.borrow_mut() = bool::try_from(&i).err();
        x + i
    });
    assert_eq!(x.item::<i64>().unwrap(), 3);
    let error = seen.into_inner().unwrap();
    assert_eq!(error.kind(), ErrorKind::Trace);
    assert!(error.message().contains("while 'fori_loop' is traced"), "{error}");
}

#[test]
fn a_program_of_many_loops_runs_in_order() -> hloom::Result<()> {
    let mut x = np::array([1i64, 2]);
    for round in 0..40 {
        x = np::fori_loop(0, 2, &x, |i, x: NdArray| (x + i + round) % 1000);
    }
    let expected = (0..40).fold([1i64, 2], |x, round| x.map(|x| ((x + round) % 1000 + 1 + round) % 1000));
    assert_eq!(x.to_vec::<i64>()?, expected);
    Ok(())
}

#[test]
fn every_dtype_goes_round() -> hloom::Result<()> {
    for dtype in DType::ALL {
        let x = np::array([0, 1]).astype(dtype);
        let y = np::fori_loop(0, 3, &x, |_, x: NdArray| np::where_(x.ne(0), &x, &x));
        assert_eq!((y.dtype(), y.tolist()?.to_string()), (dtype, x.tolist()?.to_string()), "{dtype}");
    }
    let empty = np::fori_loop(0, 3, np::zeros([0, 2]), |i, x: NdArray| x + i);
    assert_eq!(empty.tolist()?.to_string(), "[]");
    Ok(())
}

#[test]
fn two_rounds_in_one_are_two_rounds() -> hloom::Result<()> {
    // Large enough for its copies to be saved; every number on the way is rounded.
    let plate = (np::arange(360 * 250) * 37 % 1000).astype(float32).reshape([360, 250]) / 7;
    let step = |i: NdArray, mut u: NdArray| {
        let around = u.get(s![2.., 1..-1]) + u.get(s![..-2, 1..-1]) + u.get(s![1..-1, 2..]) + u.get(s![1..-1, ..-2]);
        u.set(s![1..-1, 1..-1], 0.3 * around + (i % 3) * 0.7);
        u * 0.9 * 1.1
    };
    let looped = np::jit(move |(lower, upper, u): (NdArray, NdArray, NdArray)| np::fori_loop(lower, upper, u, step));
    let text = looped.lower((0, 1, &plate))?.hlo_text()?;
    assert!(text.contains("%twice"), "{text}");
    let once = np::jit(move |(i, u): (NdArray, NdArray)| step(i, u));
    for (lower, upper) in [(0, 0), (4, 3), (0, 1), (0, 2), (-2, 3), (7, 11), (i64::MAX - 3, i64::MAX)] {
        let mut expected = plate.clone();
        for i in lower..upper {
            expected = once.call((i, &expected))?;
        }
        let found = looped.call((lower, upper, &plate))?;
        assert_eq!(found.to_vec::<f32>()?, expected.to_vec::<f32>()?, "from {lower} to {upper}");
        assert!(found.mean(..).item::<f32>()?.is_finite());
    }
    Ok(())
}
