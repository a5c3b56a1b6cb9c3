//! Many arrays joined: the host copies them together, or a program joins them in groups.

use hloom as np;
use hloom::IntoOperand as _;
use hloom::prelude::*;

/// More than a program joins outside of traced functions.
const MANY: usize = 100;

fn rows(n: usize) -> Vec<NdArray> {
    (0..n as i64).map(|row| np::array(vec![3 * row, 3 * row + 1, 3 * row + 2])).collect()
}

#[test]
fn thousands_of_values_are_joined_without_a_program() -> hloom::Result<()> {
    let rows = rows(4000);
    np::deny_recompile(|| {
        let expected: Vec<i64> = (0..12_000).collect();
        assert_eq!(np::stack(&rows, 0).to_vec::<i64>()?, expected);
        assert_eq!(np::concatenate(&rows, 0).to_vec::<i64>()?, expected);
        let columns = np::stack(&rows, -1);
        assert_eq!(columns.shape(), [3, 4000]);
        let by_column = (0..12_000).map(|idx| 3 * (idx % 4000) + idx / 4000);
        assert_eq!(columns.to_vec::<i64>()?, by_column.collect::<Vec<i64>>());
        assert_eq!(np::stack(0..4000i64, 0).to_vec::<i64>()?, (0..4000).collect::<Vec<i64>>());
        Ok(())
    })
}

#[test]
fn the_extents_of_what_is_joined_may_differ() -> hloom::Result<()> {
    // Columns of 2 rows: 0, 1, 2, 0, 1, 2 … of them.
    let part = |idx: i64| {
        let extent = idx % 3;
        (np::arange(extent) + 10 * idx) + np::array([[0i64], [5]])
    };
    let parts: Vec<NdArray> = (0..MANY as i64).map(part).collect();
    let whole = np::concatenate(&parts, 1);
    let row = |low: i64| (0..MANY as i64).flat_map(move |idx| (0..idx % 3).map(move |at| 10 * idx + at + low));
    assert_eq!(whole.to_vec::<i64>()?, row(0).chain(row(5)).collect::<Vec<i64>>());
    let empty: Vec<NdArray> = (0..MANY).map(|_| np::zeros([0, 2])).collect();
    assert_eq!(np::concatenate(&empty, 0).tolist()?.to_string(), "[]");
    assert_eq!(np::stack(&empty, 1).shape(), [0, MANY, 2]);
    Ok(())
}

#[test]
fn dtypes_are_promoted_in_any_order() -> hloom::Result<()> {
    let part = |idx: usize| match idx % 4 {
        0 => np::array([idx as i32, 1]),
        1 => np::array([idx as f32, 0.5]),
        2 => np::array([true, false]),
        _ => np::array([idx as i16, -1]),
    };
    let joined = np::stack((0..MANY).map(part), 1);
    // int32 and float32 make float64.
    assert_eq!(joined.dtype(), float64);
    let first = |idx: usize| if idx % 4 == 2 { 1.0 } else { idx as f64 };
    let second = |idx: usize| [1.0, 0.5, 0.0, -1.0][idx % 4];
    let expected: Vec<f64> = (0..MANY).map(first).chain((0..MANY).map(second)).collect();
    assert_eq!(joined.to_vec::<f64>()?, expected);
    // Numbers take the dtype of the arrays.
    let one = np::array(1u8);
    let operands = (0..MANY).map(|idx| match idx % 2 {
        0 => idx.into_operand(),
        _ => (&one).into_operand(),
    });
    let joined = np::stack(operands, 0);
    assert_eq!(joined.dtype(), uint8);
    assert_eq!(joined.sum(..).item::<u64>()?, (0..100).step_by(2).sum::<u64>() + 50);
    Ok(())
}

#[test]
fn what_is_recorded_is_joined_too() -> hloom::Result<()> {
    let x = np::arange(300).reshape([MANY, 3]);
    let parts = (0..MANY).map(|idx| x.get(idx) * 2 + 1).collect::<Vec<_>>();
    assert_eq!(np::stack(&parts, 0).to_vec::<i64>()?, (0..300).map(|value| 2 * value + 1).collect::<Vec<i64>>());
    // The result is an array as any other.
    let mut whole = np::stack(&parts, 0);
    whole.set(0, 7);
    assert_eq!((&whole + 1).get(s![..2, 0]).tolist()?, [8, 8]);
    Ok(())
}

#[test]
fn joined_arrays_are_joined_again() -> hloom::Result<()> {
    let mut whole = np::array([0i64]);
    for round in 1..=20 {
        let more = (0..MANY as i64).map(|idx| np::array([round * 1000 + idx]));
        whole = np::concatenate([whole].into_iter().chain(more), 0);
    }
    let expected = (1..=20).flat_map(|round| (0..MANY as i64).map(move |idx| round * 1000 + idx));
    assert_eq!(whole.to_vec::<i64>()?, [0].into_iter().chain(expected).collect::<Vec<i64>>());
    Ok(())
}

#[test]
fn errors_are_those_of_few_arrays() {
    let many = |n: usize| {
        let mut parts: Vec<NdArray> = (0..n).map(|_| np::zeros(3)).collect();
        parts.push(np::zeros([2, 2]));
        parts
    };
    let message = |array: NdArray| array.check().map(drop).unwrap_err().message().to_owned();
    assert_eq!(message(np::stack(many(MANY), 0)), message(np::stack(many(2), 0)));
    assert!(np::concatenate(many(MANY), 0).check().is_err());
    let same = |n: usize| (0..n).map(|_| np::zeros(3));
    assert_eq!(message(np::stack(same(MANY), 2)), message(np::stack(same(2), 2)));
    assert_eq!(message(np::concatenate(same(MANY), 1)), message(np::concatenate(same(2), 1)));
    let numbers = |n: usize| np::stack((0..n).map(|_| 300i32.into_operand()).chain([np::array(1u8).into_operand()]), 0);
    assert_eq!(message(numbers(MANY)), message(numbers(2)));
    let bad = np::zeros(3) + np::zeros(4);
    let with_bad = same(MANY).chain([bad.clone()]);
    assert_eq!(message(np::stack(with_bad, 0)), message(bad));
    assert_eq!(
        message(np::concatenate((0..MANY as i64).map(np::array), 0)),
        message(np::concatenate([np::array(1i64)], 0))
    );
}

#[test]
fn an_error_of_a_part_is_that_of_the_whole() -> hloom::Result<()> {
    // Out of bounds only when it runs.
    let get = np::jit(|(x, i): (NdArray, NdArray)| x.get(i));
    let x = np::arange(3);
    let part = |idx: i64| get.call((&x, np::array([idx])));
    let mut parts = (0..MANY as i64).map(|idx| part(idx % 3)).collect::<hloom::Result<Vec<_>>>()?;
    assert_eq!(np::concatenate(&parts, 0).to_vec::<i64>()?.len(), MANY);
    parts.push(part(7)?);
    for error in [
        np::concatenate(&parts, 0).tolist().unwrap_err(),
        (np::concatenate(&parts, 0) + 1).tolist().unwrap_err(),
        np::jit(|x: NdArray| x + 1).call(np::concatenate(&parts, 0))?.tolist().unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Index, "{error}");
    }
    Ok(())
}

#[test]
fn what_was_refused_is_tried_again() -> hloom::Result<()> {
    let part = |idx: i64| ((np::array([idx, 4, 5]) ^ 21) % 1000) ^ 3;
    let (whole, next) = np::deny_recompile(|| {
        let whole = np::concatenate((0..MANY as i64).map(part), 0);
        assert_eq!(whole.tolist().unwrap_err().kind(), ErrorKind::Denied);
        let next = &whole + 1;
        assert_eq!(next.tolist().unwrap_err().kind(), ErrorKind::Denied);
        (whole, next)
    });
    let expected: Vec<i64> =
        (0..MANY as i64).flat_map(|idx| [idx, 4, 5]).map(|value| ((value ^ 21) % 1000) ^ 3).collect();
    assert_eq!(next.to_vec::<i64>()?, expected.iter().map(|value| value + 1).collect::<Vec<i64>>());
    assert_eq!(whole.to_vec::<i64>()?, expected);
    Ok(())
}

#[test]
fn traced_functions_join_in_groups() -> hloom::Result<()> {
    let join = np::jit(|parts: Vec<NdArray>| {
        let twice: Vec<NdArray> = parts.iter().map(|part| part * 2).collect();
        (np::stack(&twice, 1), np::concatenate(&parts, 0))
    });
    let rows = rows(MANY);
    let (columns, whole) = join.call(&rows)?;
    let by_column = (0..3).flat_map(|at| (0..MANY as i64).map(move |row| 2 * (3 * row + at)));
    assert_eq!(columns.to_vec::<i64>()?, by_column.collect::<Vec<i64>>());
    assert_eq!(whole.to_vec::<i64>()?, (0..300).collect::<Vec<i64>>());
    let text = join.lower(&rows)?.hlo_text()?;
    let joins: Vec<usize> = text
        .lines()
        .filter_map(|line| line.split_once(" concatenate("))
        .map(|(_, operands)| operands.split_once(')').map_or(0, |(operands, _)| operands.split(',').count()))
        .collect();
    assert!(!joins.is_empty() && joins.iter().all(|&n_operands| n_operands <= 16), "{joins:?}");
    // As in a loop, and in a branch that is not taken.
    let summed = np::fori_loop(0, 3, np::zeros(2 * MANY), |i, x: NdArray| {
        let parts = (0..2 * MANY).map(|idx| x.get(2 * MANY - 1 - idx) + idx + &i);
        np::stack(parts.collect::<Vec<_>>(), 0)
    });
    // Every round turns it around: 2 rounds of `idx + i` from one end, one from the other.
    let n = 2.0 * MANY as f64;
    let expected = |idx: f64| (idx + 2.0) + (n - 1.0 - idx + 1.0) + idx;
    assert_eq!(summed.to_vec::<f64>()?, (0..2 * MANY).map(|idx| expected(idx as f64)).collect::<Vec<f64>>());
    let x = np::ones(2);
    for (predicate, expected) in [(true, 2.0), (false, 0.0)] {
        let ones = || np::stack((0..MANY).map(|_| x.sum(..)), 0);
        let chosen = np::cond(np::array(predicate), ones, || np::zeros(MANY));
        assert_eq!(chosen.to_vec::<f64>()?, vec![expected; MANY]);
    }
    Ok(())
}

#[test]
fn few_elements_are_joined_to_many() -> hloom::Result<()> {
    for dtype in [uint8, float32, float64, complex128] {
        let x = np::arange(70_000).astype(dtype);
        let whole = x.to_bytes()?;
        let (size, len) = (dtype.size(), whole.len());
        for shift in [1usize, 3, 250] {
            let at = shift * size;
            let rolled = np::roll(&x, shift as i64, 0).to_bytes()?;
            assert!(rolled[..at] == whole[len - at..] && rolled[at..] == whole[..len - at], "{dtype} {shift}");
            let back = np::roll(&x, -(shift as i64), 0).to_bytes()?;
            assert!(back[..len - at] == whole[at..] && back[len - at..] == whole[..at], "{dtype} {shift}");
        }
        let rows = np::stack((&x, &x + 1), 0);
        let expected = [np::concatenate((x.get(..2), &x), 0), np::concatenate((x.get(..2) + 1, &x + 1), 0)];
        let joined = np::concatenate((rows.get(s![.., ..2]), &rows), 1);
        assert!(joined.to_bytes()? == [expected[0].to_bytes()?, expected[1].to_bytes()?].concat(), "{dtype}");
    }
    // Every bit stays as it is.
    let odd = np::full(20_000, f64::from_bits(0x7ff0_0000_0000_0001));
    let joined = np::concatenate(([-0.0], &odd), 0).to_bytes()?;
    assert!(joined[..8] == (-0.0f64).to_ne_bytes() && joined[8..] == odd.to_bytes()?);
    Ok(())
}
