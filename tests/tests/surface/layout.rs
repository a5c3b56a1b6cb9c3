//! Elements moved: turned around, joined, repeated, padded, taken out and put in. What comes out is what went in, bit by
//! bit, read at once and from a compiled function, at sizes where compilers change their code.

use hloom as np;
use hloom::Pad;
use hloom::prelude::*;

/// More than XLA keeps in one piece.
const MANY: usize = 5000;

/// Elements that tell apart whoever computes with them: every NaN has bits of its own.
fn elements(n: usize) -> Vec<f64> {
    let element = |idx: usize| match idx % 7 {
        0 => f64::from_bits(0x7ff8_0000_0000_0000 | idx as u64),
        1 => -0.0,
        2 => f64::INFINITY,
        3 => f64::from_bits(idx as u64),
        _ => idx as f64 - 2.5,
    };
    (0..n).map(element).collect()
}

fn bits(elements: &[f64]) -> Vec<u64> {
    elements.iter().map(|element| element.to_bits()).collect()
}

/// Checks that a function of an array of a shape moves the elements at these positions of it, or zeros for `None`.
#[track_caller]
fn check(
    shape: &[usize],
    make: impl Fn(NdArray) -> NdArray + Clone + Send + Sync + 'static,
    expected: impl IntoIterator<Item = Option<usize>>,
) {
    let data = elements(shape.iter().product());
    let x = np::array(data.clone()).reshape(shape);
    let expected: Vec<f64> = expected.into_iter().map(|place| place.map_or(0.0, |place| data[place])).collect();
    let compiled = np::jit(make.clone()).call(&x).unwrap();
    for (how, found) in [("lazily", make(x.clone())), ("compiled", compiled)] {
        assert_eq!(bits(&found.to_vec::<f64>().unwrap()), bits(&expected), "{how}, of {shape:?}");
    }
}

/// Positions of a matrix, row by row.
fn matrix(rows: usize, columns: usize, at: impl Fn(usize, usize) -> Option<usize>) -> Vec<Option<usize>> {
    (0..rows * columns).map(|place| at(place / columns, place % columns)).collect()
}

#[track_caller]
fn kind(array: NdArray) -> ErrorKind {
    array.check().map(drop).unwrap_err().kind()
}

#[test]
fn elements_are_turned_around() {
    check(&[MANY], move |x| np::flip(x, ..), (0..MANY).rev().map(Some));
    for shift in [0, 1, 1234, -1, -4999, 12_345_678] {
        let from = |place: usize| (place as i64 - shift).rem_euclid(MANY as i64) as usize;
        check(&[MANY], move |x| np::roll(x, shift, ..), (0..MANY).map(|place| Some(from(place))));
    }
    let (n, m) = (60, 90);
    check(&[n, m], np::fliplr, matrix(n, m, |row, column| Some(row * m + m - 1 - column)));
    check(
        &[n, m],
        move |x| np::roll(x, (7, -11), (0, 1)),
        matrix(n, m, |row, column| Some((row + n - 7) % n * m + (column + 11) % m)),
    );
    check(&[n, m], move |x| np::rot90(x, ..), matrix(m, n, |row, column| Some(column * m + m - 1 - row)));
    check(&[n, m], move |x| np::rot90(x, -1), matrix(m, n, |row, column| Some((n - 1 - column) * m + row)));
    check(&[n, m], move |x| np::rot90(x, 6), matrix(n, m, |row, column| Some((n - 1 - row) * m + m - 1 - column)));
}

#[test]
fn elements_are_repeated() {
    check(&[MANY], move |x| np::tile(x, 3), (0..3 * MANY).map(|place| Some(place % MANY)));
    check(
        &[3, 4],
        move |x| np::tile(x, (2, 1, 500)),
        (0..2 * 3 * 2000).map(|place| Some(place / 2000 % 3 * 4 + place % 4)),
    );
    check(&[MANY], move |x| np::repeat(x, 2, ..), (0..2 * MANY).map(|place| Some(place / 2)));
    check(&[70, 80], move |x| np::repeat(x, 3, 1), matrix(70, 240, |row, column| Some(row * 80 + column / 3)));
    check(&[7], move |x| np::resize(x, [600, 9]), (0..5400).map(|place| Some(place % 7)));
    check(&[MANY], move |x| np::resize(x, [2, 3]), (0..6).map(Some));
    let counts: Vec<i64> = (0..MANY as i64).map(|idx| idx % 3).collect();
    let expected = (0..MANY).flat_map(|idx| std::iter::repeat_n(Some(idx), idx % 3));
    let counts = np::array(counts);
    check(&[MANY], move |x| np::repeat(x, &counts, ..), expected);
    let mut x = np::array([1, 2, 3]);
    x.resize(5);
    assert_eq!(x.to_vec::<i32>().unwrap(), [1, 2, 3, 0, 0]);
}

#[test]
fn repetitions_that_are_known_when_the_program_runs_are_refused() {
    let repeat = np::jit(|(x, counts): (NdArray, NdArray)| np::repeat(x, counts, ..));
    let error = repeat.call((np::array([1.0, 2.0]), np::array([1, 2]))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trace, "{error}");
    assert_eq!(kind(np::repeat([1, 2], [1, -1], ..)), ErrorKind::Value);
    assert_eq!(kind(np::repeat([1, 2], [1, 2, 3], ..)), ErrorKind::Value);
    assert_eq!(kind(np::repeat([1, 2], [1.0, 2.0], ..)), ErrorKind::Type);
    assert_eq!(kind(np::repeat([1, 2], [1u64, 2], ..)), ErrorKind::Type);
    assert_eq!(kind(np::repeat([1, 2], i64::MAX, ..)), ErrorKind::Value);
}

#[test]
fn widths_larger_than_the_array_go_around_it_again_and_again() {
    for (low, high) in [(3, 0), (40, MANY)] {
        for n in [1usize, 2, 7] {
            let place = move |idx: usize| idx as i64 - low as i64;
            let total = low + n + high;
            let period = n as i64;
            let wrapped = (0..total).map(|idx| Some(place(idx).rem_euclid(period) as usize));
            check(&[n], move |x| np::pad(x, (low, high), "wrap"), wrapped);
            let symmetric = (0..total).map(|idx| {
                let at = place(idx).rem_euclid(2 * period);
                Some(at.min(2 * period - 1 - at) as usize)
            });
            check(&[n], move |x| np::pad(x, (low, high), "symmetric"), symmetric);
            let reflected = (0..total).map(|idx| {
                let at = place(idx).rem_euclid((2 * period - 2).max(1));
                Some(at.min(2 * period - 2 - at) as usize)
            });
            check(&[n], move |x| np::pad(x, (low, high), "reflect"), reflected);
            let edge = (0..total).map(|idx| Some(place(idx).clamp(0, period - 1) as usize));
            check(&[n], move |x| np::pad(x, (low, high), "edge"), edge);
        }
    }
}

#[test]
fn corners_follow_from_sides() -> hloom::Result<()> {
    let (n, m) = (60, 90);
    check(
        &[n, m],
        move |x| np::pad(x, ((1, 2), (3, 0)), ..),
        matrix(n + 3, m + 3, |row, column| (row >= 1 && row <= n && column >= 3).then(|| (row - 1) * m + column - 3)),
    );
    check(
        &[n, m],
        move |x| np::pad(x, 2, "reflect"),
        matrix(n + 4, m + 4, |row, column| {
            let mirrored = |at: usize, n: usize| match at {
                0 | 1 => 2 - at,
                at if at < n + 2 => at - 2,
                at => 2 * n - at,
            };
            Some(mirrored(row, n) * m + mirrored(column, m))
        }),
    );
    let x = np::array([[1, 2], [3, 4]]);
    let constants = np::pad(&x, 1, np::constant_values(((1, 2), (3, 4))));
    assert_eq!(constants.tolist()?, [[3, 1, 1, 4], [3, 1, 2, 4], [3, 3, 4, 4], [3, 2, 2, 4]]);
    // Numbers of the user's are inputs of the program.
    np::deny_recompile(|| {
        let constants = np::pad(&x, 1, np::constant_values(((5, 6), (7, 8))));
        assert_eq!(constants.tolist()?, [[7, 5, 5, 8], [7, 1, 2, 8], [7, 3, 4, 8], [7, 6, 6, 8]]);
        hloom::Result::Ok(())
    })
}

#[test]
fn odd_reflections_and_ramps_and_statistics_are_computed_as_numpy_does() -> hloom::Result<()> {
    let odd = |mode: &str| Pad::mode(mode).reflect_type("odd");
    assert_eq!(np::pad([1, 2, 3], 5, odd("reflect")).tolist()?, [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(np::pad([1, 2, 3], 5, odd("symmetric")).tolist()?, [-2, -1, -1, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6]);
    assert_eq!(np::pad([1u8, 250], 3, odd("reflect")).tolist()?, [22, 15, 8, 1, 250, 243, 236, 229]);
    let bools = np::pad([true, false, false], 2, odd("reflect"));
    assert_eq!(bools.tolist()?, [true, true, true, false, false, false, true]);
    let ramp = |ends: (i32, i32)| Pad::mode("linear_ramp").end_values(ends);
    assert_eq!(np::pad([1, 2, 3], (2, 3), ramp((5, -5))).tolist()?, [5, 3, 1, 2, 3, 0, -3, -5]);
    assert_eq!(
        np::pad([1.0, 2.0, 3.0], (2, 3), ramp((5, -5))).tolist()?,
        [5.0, 3.0, 1.0, 2.0, 3.0, 0.333_333_333_333_333_04, -2.333_333_333_333_333_5, -5.0]
    );
    let narrow = np::pad([1.0f32, 2.0], 3, Pad::mode("linear_ramp").end_values(0.1));
    let expected = [0.1, 0.4, 0.7, 1.0, 2.0, 1.366_666_7, 0.733_333_35, 0.1f32];
    assert_eq!(narrow.to_vec::<f32>()?, expected);
    assert_eq!(np::pad([1, 2, 4], 2, Pad::mode("mean").stat_length(2)).tolist()?, [2, 2, 1, 2, 4, 3, 3]);
    assert_eq!(np::pad([1, 9, 4], 1, "median").tolist()?, [4, 1, 9, 4, 4]);
    assert_eq!(
        np::pad([1.0, 9.0, 4.0, 2.0], (2, 0), Pad::mode("median").stat_length(2)).tolist()?,
        [5.0, 5.0, 1.0, 9.0, 4.0, 2.0]
    );
    assert_eq!(np::pad([true, false], 1, "mean").tolist()?, [true, true, false, true]);
    let statistic = Pad::mode("minimum").stat_length((1, 20));
    assert_eq!(np::pad([4, 2, 1], 1, statistic).tolist()?, [4, 4, 2, 1, 1]);
    Ok(())
}

#[test]
fn what_pad_does_not_have_is_refused() {
    let x = || np::array([1, 2]);
    assert_eq!(kind(np::pad(x(), -1, ..)), ErrorKind::Value);
    assert_eq!(kind(np::pad(x(), 1.0, ..)), ErrorKind::Type);
    assert_eq!(kind(np::pad(x(), [1, 2, 3], ..)), ErrorKind::Value);
    assert_eq!(kind(np::pad(x(), 1, "around")), ErrorKind::Value);
    assert_eq!(kind(np::pad(x(), 1, Pad::mode("edge").constant_values(1))), ErrorKind::Value);
    assert_eq!(kind(np::pad(x(), 1, Pad::mode("maximum").stat_length(0))), ErrorKind::Value);
    assert_eq!(kind(np::pad(np::zeros(0), 1, "edge")), ErrorKind::Value);
    assert_eq!(kind(np::pad(np::array([1i8]), 1, np::constant_values(300))), ErrorKind::Overflow);
    assert_eq!(kind(np::pad(x(), i64::MAX, ..)), ErrorKind::Value);
    assert_eq!(np::pad(np::zeros(0), 1, ..).shape(), [2]);
    assert_eq!(np::pad(np::zeros([0, 2]), ((0, 0), (1, 1)), "edge").shape(), [0, 4]);
    assert_eq!(np::pad(5, 1, ..).to_string(), "5");
}

#[test]
fn elements_are_taken_out_at_any_place_by_one_program() -> hloom::Result<()> {
    let x = np::array((0..MANY as i64).collect::<Vec<i64>>());
    let without =
        |gone: std::ops::Range<usize>| (0..MANY as i64).filter(move |place| !gone.contains(&(*place as usize)));
    assert_eq!(np::delete(&x, 0, ..).to_vec::<i64>()?, without(0..1).collect::<Vec<i64>>());
    assert_eq!(np::delete(&x, 10..20, ..).to_vec::<i64>()?, without(10..20).collect::<Vec<i64>>());
    np::deny_recompile(|| {
        for place in [1, 77, MANY - 1] {
            assert_eq!(np::delete(&x, place, ..).to_vec::<i64>()?, without(place..place + 1).collect::<Vec<i64>>());
        }
        assert_eq!(np::delete(&x, 4000..4010, ..).to_vec::<i64>()?, without(4000..4010).collect::<Vec<i64>>());
        hloom::Result::Ok(())
    })?;
    for (start, step) in [(3i64, 2i64), (0, 7), (4990, 9)] {
        let gone = |place: &i64| *place >= start && (place - start) % step == 0;
        let left: Vec<i64> = (0..MANY as i64).filter(|place| !gone(place)).collect();
        let slice = hloom::Index::Slice { start: Some(start), stop: None, step };
        assert_eq!(np::delete(&x, slice, ..).to_vec::<i64>()?, left, "{start} {step}");
    }
    let table = x.reshape([50, 100]);
    let left = np::delete(&table, vec![1i64, -1, 1], 0);
    assert_eq!((left.shape(), left.get(s![.., 0]).to_vec::<i64>()?[1]), (vec![48, 100].into(), 200));
    let mask: Vec<bool> = (0..100).map(|column| column % 10 != 4).collect();
    assert_eq!(
        np::delete(&table, mask, 1).get(1).tolist()?.to_string(),
        "[104, 114, 124, 134, 144, 154, 164, 174, 184, 194]"
    );
    let slice = hloom::Index::Slice { start: Some(8), stop: Some(1), step: -3 };
    assert_eq!(np::delete(np::arange(10), slice, ..).tolist()?, [0, 1, 3, 4, 6, 7, 9]);
    assert_eq!(kind(np::delete(&table, 50, 0)), ErrorKind::Index);
    assert_eq!(kind(np::delete(&table, [0, 100], 1)), ErrorKind::Index);
    assert_eq!(kind(np::delete(&table, true, 0)), ErrorKind::Value);
    assert_eq!(kind(np::delete(&table, [0.5], 0)), ErrorKind::Index);
    assert_eq!(kind(np::delete(&table, 0, 2)), ErrorKind::Axis);
    assert_eq!(kind(np::delete(&table, 0, axis(0).keepdims())), ErrorKind::Type);
    Ok(())
}

#[test]
fn elements_are_put_in_at_any_place_by_one_program() -> hloom::Result<()> {
    let x = np::array((0..MANY as i64).collect::<Vec<i64>>());
    let with = |place: usize, values: &[i64]| {
        let mut all: Vec<i64> = (0..MANY as i64).collect();
        all.splice(place..place, values.iter().copied());
        all
    };
    assert_eq!(np::insert(&x, 3, [7, 8], ..).to_vec::<i64>()?, with(3, &[7, 8]));
    np::deny_recompile(|| {
        for place in [0, 1, 4321, MANY] {
            assert_eq!(
                np::insert(&x, place, [-7, place as i32], ..).to_vec::<i64>()?,
                with(place, &[-7, place as i64])
            );
        }
        hloom::Result::Ok(())
    })?;
    let table = np::arange(6).reshape([2, 3]);
    assert_eq!(np::insert(&table, [0, 2], [7, 8], 1).tolist()?, [[7, 0, 1, 8, 2], [7, 3, 4, 8, 5]]);
    assert_eq!(np::insert(&table, vec![1i64], [7, 8], 1).tolist()?, [[0, 7, 8, 1, 2], [3, 7, 8, 4, 5]]);
    assert_eq!(np::insert(&table, 1, [7, 8], 1).tolist()?, [[0, 7, 1, 2], [3, 8, 4, 5]]);
    assert_eq!(np::insert([1, 2, 3], [2, 0], [9, 8], 0).tolist()?, [8, 1, 2, 9, 3]);
    assert_eq!(np::insert([1, 2, 3], vec![true, false, true], 9, 0).tolist()?, [9, 1, 2, 9, 3]);
    assert_eq!(np::insert([1, 2, 3], 0..2, 9, 0).tolist()?, [9, 1, 9, 2, 3]);
    assert_eq!(np::insert([1, 2], [-2, -2], [3, 4], 0).tolist()?, [3, 4, 1, 2]);
    assert_eq!(np::insert([1, 2, 3], 1, 2.7, ..).tolist()?, [1, 2, 2, 3]);
    assert_eq!(kind(np::insert([1, 2], 3, 0, ..)), ErrorKind::Index);
    assert_eq!(kind(np::insert([1, 2], [0, 5], 0, ..)), ErrorKind::Index);
    assert_eq!(kind(np::insert([1i8, 2], 1, 300, ..)), ErrorKind::Overflow);
    assert_eq!(kind(np::insert(&table, 1, [7, 8, 9], 1)), ErrorKind::Value);
    assert_eq!(kind(np::insert([1, 2], [[0, 1]], 0, ..)), ErrorKind::Value);
    Ok(())
}

#[test]
fn zeros_at_the_ends_are_taken_off_and_nan_is_none() -> hloom::Result<()> {
    let mut data = vec![0.0; MANY];
    (data[10], data[4000]) = (f64::NAN, -1.0);
    let x = np::array(data);
    assert_eq!(np::trim_zeros(&x, ..).shape(), [3991]);
    assert_eq!(np::trim_zeros(&x, axis(..).trim("f")).shape(), [4990]);
    assert_eq!(np::trim_zeros(&x, axis(0).trim("B")).shape(), [4001]);
    let table = np::array([[0, 0, 0], [0, 1, 0], [0, 2, 0]]);
    assert_eq!(np::trim_zeros(&table, ..).tolist()?, [[1], [2]]);
    assert_eq!(np::trim_zeros(&table, 0).tolist()?, [[0, 1, 0], [0, 2, 0]]);
    assert_eq!(np::trim_zeros(np::zeros([2, 3]), 1).shape(), [2, 0]);
    assert_eq!(kind(np::trim_zeros(&table, axis(..).trim("x"))), ErrorKind::Value);
    assert_eq!(kind(np::trim_zeros(&table, 2)), ErrorKind::Axis);
    assert_eq!(np::extract([0, 1, 1], [5, 6, 7, 8]).tolist()?, [6, 7]);
    assert_eq!(kind(np::extract([0, 0, 1], [5, 6])), ErrorKind::Index);
    Ok(())
}

#[test]
fn parts_of_one_length_are_one_program() -> hloom::Result<()> {
    let x = np::array((0..MANY as i64).map(|place| 2 * place).collect::<Vec<i64>>());
    let first = np::split(&x, 10, 0);
    assert_eq!(first[0].to_vec::<i64>()?, (0..500).map(|place| 2 * place).collect::<Vec<i64>>());
    np::deny_recompile(|| {
        for (part, found) in first.iter().enumerate().skip(1) {
            let start = 500 * part as i64;
            assert_eq!(found.to_vec::<i64>()?, (start..start + 500).map(|place| 2 * place).collect::<Vec<i64>>());
        }
        hloom::Result::Ok(())
    })?;
    let extents = |parts: Vec<NdArray>| parts.iter().map(|part| part.shape()[0]).collect::<Vec<usize>>();
    assert_eq!(extents(np::array_split(&x, 7, 0)), [715, 715, 714, 714, 714, 714, 714]);
    assert_eq!(extents(np::split(&x, [4, 2, -1, 9999], 0)), [4, 0, 4997, 1, 0]);
    let rows = np::unstack(x.reshape([50, 100]), 1);
    assert_eq!((rows.len(), rows[3].get(s![..3]).tolist()?.to_string()), (100, "[6, 206, 406]".to_owned()));
    for (bad, expected) in [
        (np::split(&x, 3, 0), ErrorKind::Value),
        (np::split(&x, 0, 0), ErrorKind::ZeroDivision),
        (np::array_split(&x, 0, 0), ErrorKind::Value),
        (np::split(&x, 2, 1), ErrorKind::Index),
        (np::vsplit(&x, 2), ErrorKind::Value),
        (np::unstack(&x, 1), ErrorKind::Axis),
        (np::unstack(3, 0), ErrorKind::Value),
    ] {
        assert!(!bad.is_empty() && bad.into_iter().all(|part| kind(part) == expected), "{expected:?}");
    }
    assert_eq!(np::split(&x, 3, 0).len(), 3);
    Ok(())
}

#[test]
fn blocks_fit_or_say_where_they_do_not() -> hloom::Result<()> {
    let (a, b) = (np::ones([40, 50]), np::zeros([40, 70]));
    let whole = np::block([[&a, &b], [&b, &a]]);
    assert_eq!((whole.shape(), whole.sum(..).item::<f64>()?), (vec![80, 120].into(), 4000.0));
    assert_eq!(np::block([[1, 2], [3, 4]]).tolist()?, [[1, 2], [3, 4]]);
    assert_eq!(np::block(((np::array([1i8]), 2), (3.5, 4))).dtype(), float64);
    assert_eq!(np::block(7).shape(), []);
    let message = |array: NdArray| array.check().map(drop).unwrap_err().message().to_owned();
    assert_eq!(message(np::block(Vec::<i32>::new())), "List at arrays cannot be empty");
    assert_eq!(
        message(np::block((1, [2]))),
        "List depths are mismatched. First element was at depth 1, but there is an element at depth 2 (arrays[1][0])"
    );
    assert_eq!(kind(np::block([[&a, &b.t()]])), ErrorKind::Value);
    Ok(())
}

#[test]
fn joins_convert_as_they_are_told() -> hloom::Result<()> {
    let (x, y) = (np::array([1.5, 2.5]), np::array([3i8]));
    let joined = np::concatenate((&x, &y), axis(0).dtype(float32));
    assert_eq!((joined.dtype(), joined.tolist()?.to_string()), (float32, "[1.5, 2.5, 3.0]".to_owned()));
    assert_eq!(kind(np::concatenate((&x, &y), axis(0).dtype(int8))), ErrorKind::Type);
    let unsafely = np::concatenate((&x, &y, 300), axis(..).dtype(int8).casting(hloom::Casting::Unsafe));
    assert_eq!(unsafely.tolist()?, [1, 2, 3, 44]);
    assert_eq!(kind(np::concatenate((&x, &y), axis(0).casting(hloom::Casting::No))), ErrorKind::Type);
    assert_eq!(kind(np::concatenate((&x, &y), axis(0).keepdims())), ErrorKind::Type);
    assert_eq!(kind(np::stack((&x, &x), axis(0).dtype(int64))), ErrorKind::Type);
    assert_eq!(np::append(&y, 300, ..).dtype(), int64);
    assert_eq!(np::hstack((&y, 1)).dtype(), int64);
    assert_eq!(np::vstack((np::zeros(MANY), np::ones([2, MANY]))).sum(1).tolist()?, [0.0, 5000.0, 5000.0]);
    assert_eq!(np::dstack((np::zeros([3, MANY]), np::ones([3, MANY]))).shape(), [3, MANY, 2]);
    assert_eq!(np::column_stack((np::arange(3), np::ones([3, 2]))).tolist()?[1], [1.0, 1.0, 1.0]);
    Ok(())
}

#[test]
fn axes_are_named_in_errors() {
    let x = np::zeros([2, 3]);
    let message = |array: NdArray| array.check().map(drop).unwrap_err().message().to_owned();
    assert_eq!(message(np::moveaxis(&x, 5, 0)), "source: axis 5 is out of bounds for array of dimension 2");
    assert_eq!(message(np::moveaxis(&x, (0, 1), (1, 1))), "repeated axis in `destination` argument");
    assert_eq!(message(np::swapaxes(&x, 0, 2)), "axis2: axis 2 is out of bounds for array of dimension 2");
    assert_eq!(message(np::rollaxis(&x, (0, -3))), "'start' arg requires -2 <= start < 3, but -1 was passed in");
    assert_eq!(message(np::rot90(&x, (1, (0, 3)))), "Axes=(0, 3) out of range for array of ndim=2.");
    assert_eq!(message(np::flip(&x, (0, 0))), "repeated axis");
    assert_eq!(kind(np::expand_dims(&x, (0, 0))), ErrorKind::Value);
    assert_eq!(kind(np::expand_dims(&x, 3)), ErrorKind::Axis);
    assert_eq!(kind(np::flip(&x, axis(0).dtype(float32))), ErrorKind::Type);
    assert_eq!(np::rollaxis(np::zeros([3, 4, 5, 6]), (3, 1)).shape(), [3, 6, 4, 5]);
    assert_eq!(np::moveaxis(np::zeros([3, 4, 5]), (0, 1), (-1, -2)).shape(), [5, 4, 3]);
}
