//! Elements taken, put and chosen: many of them, lazily and compiled, and positions that only a run can tell to be wrong.

use hloom as np;
use hloom::prelude::*;
use hloom::{Casting, Copyto, IndexMode};

const N: i64 = 10_007;

/// Positions from `-N` to `N`, in no order.
fn positions(n: i64) -> NdArray {
    (np::arange(n) * 7919) % (2 * N) - N
}

fn message(array: &NdArray) -> String {
    array.data().map(drop).unwrap_err().message().to_owned()
}

#[test]
fn many_elements_are_taken() -> hloom::Result<()> {
    let (x, i) = (np::arange(N) * 3, positions(50_000));
    let taken = np::jit(|(x, i): (NdArray, NdArray)| x.take(&i, 0));
    let expected: Vec<i64> = i.to_vec::<i64>()?.iter().map(|&at| 3 * at.rem_euclid(N)).collect();
    assert_eq!(x.take(&i, 0).to_vec::<i64>()?, expected);
    assert_eq!(taken.call((&x, &i))?.to_vec::<i64>()?, expected);
    assert_eq!(x.take(i.astype(int32), ..).to_vec::<i64>()?, expected);
    let rows = np::arange(3 * N).reshape([3, N]);
    let columns = rows.take(&i, 1);
    assert_eq!(columns.shape(), [3, 50_000]);
    assert_eq!(columns.get(2).to_vec::<i64>()?, expected.iter().map(|at| at / 3 + 2 * N).collect::<Vec<i64>>());
    Ok(())
}

#[test]
fn no_mode_but_raise_reads_positions() -> hloom::Result<()> {
    let x = np::arange(N);
    let far = np::array([-N - 1, -1, N, 5 * N + 3, i64::MAX, i64::MIN]);
    let taken = np::deny_sync(|| [IndexMode::Wrap, IndexMode::Clip].map(|mode| x.take(&far * 1, axis(..).mode(mode))));
    assert_eq!(taken[0].to_vec::<i64>()?, [N - 1, N - 1, 0, 3, i64::MAX.rem_euclid(N), i64::MIN.rem_euclid(N)]);
    assert_eq!(taken[1].to_vec::<i64>()?, [0, 0, N - 1, N - 1, N - 1, 0]);
    // What is a position by itself is not read either.
    let table = np::array([[1, 5, 2], [9, 3, 4]]);
    let greatest = np::deny_sync(|| np::array([10, 20, 30]).take(table.argmax(1), 0));
    assert_eq!(greatest.tolist()?, [20, 10]);
    Ok(())
}

#[test]
fn what_is_out_of_bounds_is_found_in_any_way() -> hloom::Result<()> {
    let x = np::arange(4);
    type Access = fn(NdArray, NdArray) -> NdArray;
    let cases: [(Access, i64, &str); 7] = [
        (|x, i| x.take(i, 0), 4, "index 4 is out of bounds for axis 0 with size 4"),
        (|x, i| x.reshape([2, 2]).take(i, 1), -3, "index -3 is out of bounds for axis 1 with size 2"),
        (|x, i| np::take_along_axis(x, i, 0), -5, "index -5 is out of bounds for axis 0 with size 4"),
        (
            |mut x, i| {
                np::put(&mut x, i, 9, ..);
                x
            },
            7,
            "index 7 is out of bounds for axis 0 with size 4",
        ),
        (|x, i| np::choose(i, [&x, &x], ..), -1, "invalid entry in choice array"),
        (|x, i| np::ravel_multi_index((&x, &i), (4, 3), ..), 3, "invalid entry in coordinates array"),
        (|_, i| np::unravel_index(i, (2, 3), ..).remove(1), 6, "index 6 is out of bounds for array with size 6"),
    ];
    for (f, outside, expected) in cases {
        let i = np::array([0, 1, outside, 0]);
        assert_eq!(message(&f(x.clone(), i.clone())), expected);
        let compiled = np::jit(move |(x, i): (NdArray, NdArray)| f(x, i));
        assert_eq!(message(&compiled.call((&x, &i))?), expected);
        // Within bounds both are the same.
        let i = np::array([0, 1, 0, 1]);
        assert_eq!(f(x.clone(), i.clone()).tolist()?, compiled.call((&x, &i))?.tolist()?, "{expected}");
    }
    Ok(())
}

#[test]
fn an_only_choice_is_checked_too() -> hloom::Result<()> {
    let compiled = np::jit(|i: NdArray| np::choose(i, [[7, 8]], ..));
    assert_eq!(compiled.call(np::array([0, 0]))?.tolist()?, [7, 8]);
    assert_eq!(message(&compiled.call(np::array([0, 1]))?), "invalid entry in choice array");
    Ok(())
}

#[test]
fn places_have_positions_of_their_own() -> hloom::Result<()> {
    let x = ((np::arange(120 * 64) * 7919) % 1009).reshape([120, 64]);
    let order = ((np::arange(120 * 64) * 31) % 64).reshape([120, 64]);
    let along: [fn(NdArray, NdArray) -> NdArray; 2] =
        [|x, i| np::take_along_axis(x, i, 1), |x, i| np::take_along_axis(x.t(), i.t(), 0).t()];
    for f in along {
        for found in [f(x.clone(), order.clone()), np::jit(move |(x, i)| f(x, i)).call((&x, &order))?] {
            let (x, i) = (x.to_vec::<i64>()?, order.to_vec::<i64>()?);
            let expected: Vec<i64> = (0..120 * 64).map(|at| x[at / 64 * 64 + i[at] as usize]).collect();
            assert_eq!(found.to_vec::<i64>()?, expected);
        }
    }
    let mut written = np::zeros([3, 4]);
    np::put_along_axis(&mut written, [[1], [0], [-1]], [[1.5], [2.5], [3.5]], 1);
    assert_eq!(written.tolist()?, [[0.0, 1.5, 0.0, 0.0], [2.5, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 3.5]]);
    Ok(())
}

#[test]
fn the_last_of_many_values_for_one_place_counts() -> hloom::Result<()> {
    let i = (np::arange(20_000) * 7919) % 5000;
    let put = |mut x: NdArray, i: NdArray| {
        np::put(&mut x, &i, np::arange(20_000), ..);
        x
    };
    let expected = {
        let mut expected = vec![-1; 5000];
        i.to_vec::<i64>()?.iter().enumerate().for_each(|(value, &at)| expected[at as usize] = value as i64);
        expected
    };
    let x = np::full(5000, -1);
    assert_eq!(put(x.clone(), i.clone()).to_vec::<i64>()?, expected);
    assert_eq!(np::jit(move |(x, i)| put(x, i)).call((&x, &i))?.to_vec::<i64>()?, expected);
    let mut few = np::zeros([2, 3]);
    np::put(&mut few, [5, 0, 5], [1, 2], ..);
    assert_eq!(few.tolist()?, [[2.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    Ok(())
}

#[test]
fn masks_place_values_in_turn() -> hloom::Result<()> {
    let x = np::arange(5000);
    let mask = (&x % 7).eq(0);
    let (mut placed, mut masked) = (x.clone(), x.clone());
    np::place(&mut placed, &mask, [-1, -2, -3]);
    np::deny_sync(|| np::putmask(&mut masked, &mask, [-1, -2, -3]));
    let expected = |in_turn: bool| -> Vec<i64> {
        let value = |at: i64| -1 - if in_turn { at / 7 } else { at } % 3;
        (0..5000).map(|at| if at % 7 == 0 { value(at) } else { at }).collect()
    };
    assert_eq!(placed.to_vec::<i64>()?, expected(true));
    assert_eq!(masked.to_vec::<i64>()?, expected(false));
    // One value needs no look at the mask, and is put there in a trace too.
    let one = np::jit(|(mut x, mask): (NdArray, NdArray)| {
        np::place(&mut x, &mask, -5);
        x
    });
    assert_eq!(one.call((&x, &mask))?.sum(..).item::<i64>()?, x.sum(..).item::<i64>()? - 715 * 2499 - 5 * 715);
    let mut x = np::arange(3);
    np::place(&mut x, [false, true, false], np::zeros(0).astype(int64));
    assert_eq!(message(&x), "Cannot insert from an empty array!");
    let mut x = np::zeros(3).astype(float32);
    np::putmask(&mut x, [true, true, true], [1.0f64]);
    assert_eq!(
        message(&x),
        "Cannot cast array data from dtype('float64') to dtype('float32') according to the rule 'safe'"
    );
    Ok(())
}

#[test]
fn what_is_copied_is_cast_and_broadcast() -> hloom::Result<()> {
    let copied = |dtype: DType, f: &dyn Fn(&mut NdArray)| {
        let mut x = np::zeros([2, 3]).astype(dtype);
        f(&mut x);
        x
    };
    assert_eq!(copied(int8, &|x| np::copyto(x, [300, 1, 2], ..)).tolist()?, [[44, 1, 2]; 2]);
    assert_eq!(copied(float32, &|x| np::copyto(x, 1e300, ..)).get(s![0, 0]).item::<f32>()?, f32::INFINITY);
    let where_ = copied(int64, &|x| np::copyto(x, 7, [true, false, true]));
    assert_eq!(where_.tolist()?, [[7, 0, 7]; 2]);
    let unsafely = copied(int64, &|x| np::copyto(x, -2.5, Copyto::from(x.clone().eq(0)).casting(Casting::Unsafe)));
    assert_eq!(unsafely.tolist()?, [[-2; 3]; 2]);
    for (x, expected) in [
        (
            copied(int64, &|x| np::copyto(x, 7.5, ..)),
            "Cannot cast scalar from dtype('float64') to dtype('int64') according to the rule 'same_kind'",
        ),
        (
            copied(int8, &|x| np::copyto(x, [1i64, 2, 3], Casting::Safe)),
            "Cannot cast array data from dtype('int64') to dtype('int8') according to the rule 'safe'",
        ),
        (copied(int8, &|x| np::copyto(x, 300, ..)), "Python integer 300 out of bounds for int8"),
        (
            copied(int64, &|x| np::copyto(x, [1, 2], ..)),
            "could not broadcast input array from shape (2,) into shape (2,3)",
        ),
    ] {
        assert_eq!(message(&x), expected);
    }
    Ok(())
}

#[test]
fn choices_keep_every_bit() -> hloom::Result<()> {
    let (nan, zero) = (np::full(5000, f64::NAN), np::full(5000, -0.0));
    let number = np::arange(5000) % 2;
    for chosen in [
        np::choose(&number, (&nan, &zero), ..),
        np::jit(|(i, a, b): (NdArray, NdArray, NdArray)| np::choose(i, (&a, &b), ..)).call((&number, &nan, &zero))?,
        np::select((number.eq(0), number.eq(1)), (&nan, &zero), 7.0),
    ] {
        for (at, value) in chosen.to_vec::<f64>()?.into_iter().enumerate() {
            assert!(if at % 2 == 0 { value.is_nan() } else { value == 0.0 && value.is_sign_negative() }, "{at}");
        }
    }
    // Beside int8, a number that it does not hold wraps as a default and as a choice.
    let x = np::array([1i8, 2]);
    assert_eq!(np::select([x.gt(1)], [&x], 300).tolist()?, [44, 2]);
    assert_eq!(np::select([[true, false]], [np::array([1u64, 2])], ..).dtype(), uint64);
    assert_eq!(np::select([[1, 0]], [[1, 2]], ..).check().unwrap_err().kind(), ErrorKind::Type);
    Ok(())
}

#[test]
fn pieces_are_functions_and_values() -> hloom::Result<()> {
    let x = np::linspace(-1.0, 1.0, 5001);
    let f = |x: NdArray| {
        let (low, high) = (x.lt(-0.5), x.gt(0.5));
        np::piecewise(&x, (low, high), (|x: NdArray| -x, 9, |x: NdArray| x * 2))
    };
    for found in [f(x.clone()), np::jit(f).call(&x)?] {
        let expected = x.to_vec::<f64>()?.into_iter().map(|x| match x {
            ..-0.5 => -x,
            x if x > 0.5 => 9.0,
            x => x * 2.0,
        });
        assert_eq!(found.to_vec::<f64>()?, expected.collect::<Vec<f64>>());
    }
    // The last condition that holds counts, and results take the array's dtype.
    let x = np::arange(4);
    assert_eq!(np::piecewise(&x, (x.ge(1), x.ge(3)), (1.7, 2.9)).tolist()?, [0, 1, 1, 2]);
    assert_eq!(np::piecewise(&x, [true, false, true, false], (5, 6)).tolist()?, [5, 6, 5, 6]);
    assert_eq!(
        message(&np::piecewise(&x, [x.lt(1)], (1, 2, 3))),
        "with 1 condition(s), either 1 or 2 functions are expected"
    );
    Ok(())
}

#[test]
fn functions_go_along_axes() -> hloom::Result<()> {
    let x = np::arange(2 * 300 * 4).reshape([2, 300, 4]);
    let spans = np::apply_along_axis(|row: NdArray| np::stack((row.max(..), row.min(..)), 0), 1, &x);
    assert_eq!(spans.shape(), [2, 2, 4]);
    assert_eq!(spans.get(s![.., 0]).tolist()?, x.max(1).tolist()?);
    assert_eq!(spans.get(s![.., 1]).tolist()?, x.min(1).tolist()?);
    let outer = np::apply_along_axis(|row: NdArray| np::outer(&row, &row), -1, &x);
    assert_eq!(outer.shape(), [2, 300, 4, 4]);
    assert_eq!(np::apply_along_axis(|row: NdArray| row.sum(..), 0, np::arange(5)).tolist()?, 10);
    let none = np::apply_along_axis(|row: NdArray| row, 0, np::zeros([3, 0]));
    assert_eq!(message(&none), "Cannot apply_along_axis when any iteration dimensions are 0");
    let sums = np::apply_over_axes(|x: NdArray, axis| x.sum(axis), &x, (0, -1));
    assert_eq!(sums.tolist()?, x.sum(axis((0, 2)).keepdims()).tolist()?);
    Ok(())
}

#[test]
fn positions_are_ravelled_and_unravelled() -> hloom::Result<()> {
    let flat = np::arange(5 * 7 * 11);
    for order in [Order::C, Order::F] {
        let places = np::unravel_index(&flat, (5, 7, 11), order);
        assert_eq!(np::ravel_multi_index(&places, (5, 7, 11), order).tolist()?, flat.tolist()?);
        let last = places[if order == Order::C { 2 } else { 0 }].to_vec::<i64>()?;
        let extent = if order == Order::C { 11 } else { 5 };
        assert_eq!(last, (0..5 * 7 * 11).map(|at| at % extent).collect::<Vec<i64>>());
    }
    let modes = [IndexMode::Clip, IndexMode::Wrap];
    assert_eq!(np::ravel_multi_index(([3, 6, 6], [4, 5, 1]), (4, 4), modes).tolist()?, [12, 13, 13]);
    assert_eq!(
        message(&np::ravel_multi_index(([1], [1]), (2, 2, 2), ..)),
        "parameter multi_index must be a sequence of length 3"
    );
    assert_eq!(np::ravel_multi_index([[1.5]], 2, ..).check().unwrap_err().kind(), ErrorKind::Type);
    Ok(())
}
