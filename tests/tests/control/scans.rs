//! `scan` and `map`.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::check_error;

#[test]
fn a_scan_carries_a_state_and_stacks_what_is_beside_it() -> hloom::Result<()> {
    let x = np::array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let cumsum = |x: &NdArray| {
        np::scan(
            |sum: NdArray, row: NdArray| {
                let sum = sum + row;
                (sum.clone(), sum)
            },
            np::zeros(2),
            x,
        )
    };
    let (last, sums) = cumsum(&x);
    assert_eq!(last.to_vec::<f64>()?, [9.0, 12.0]);
    assert_eq!(sums.tolist()?, [[1.0, 2.0], [4.0, 6.0], [9.0, 12.0]]);
    let compiled = np::jit(move |x: NdArray| cumsum(&x));
    assert_eq!(compiled.call(&x)?.1.tolist()?, [[1.0, 2.0], [4.0, 6.0], [9.0, 12.0]]);
    Ok(())
}

#[test]
fn states_rows_and_results_are_trees() -> hloom::Result<()> {
    let xs = (np::arange(4), vec![np::linspace(0.0, 1.0, 4)]);
    let (state, ys) = np::scan(
        |(n, sum): (NdArray, NdArray), (i, zs): (NdArray, Vec<NdArray>)| {
            let sum = sum + &zs[0];
            ((n + &i, sum.clone()), (sum, i * 10))
        },
        (0, 0.0),
        &xs,
    );
    assert_eq!((state.0.item::<i64>()?, state.1.item::<f64>()?), (6, 2.0));
    assert_eq!(ys.1.to_vec::<i64>()?, [0, 10, 20, 30]);
    assert_eq!(ys.0.get(3).item::<f64>()?, 2.0);
    Ok(())
}

#[test]
fn a_map_has_no_state() -> hloom::Result<()> {
    let x = np::arange(6).reshape([3, 2]);
    assert_eq!(np::map(|row: NdArray| row.sum(..), &x).to_vec::<i64>()?, [1, 5, 9]);
    let (a, b) = np::map(|(x, y): (NdArray, NdArray)| (&x + &y, x), (&x, np::arange(3)));
    assert_eq!(a.tolist()?, [[0, 1], [3, 4], [6, 7]]);
    assert_eq!(b.tolist()?, x.tolist()?);
    Ok(())
}

#[test]
fn no_rows_give_empty_results() -> hloom::Result<()> {
    let (last, sums) = np::scan(|s: NdArray, x: NdArray| (s.clone() + x.sum(..), s), 5.0, np::zeros([0, 3]));
    assert_eq!(last.item::<f64>()?, 5.0);
    assert_eq!((sums.shape(), sums.dtype()), ([0].into(), float64));
    assert_eq!(np::map(|x: NdArray| x * 2, np::zeros([0, 3])).shape(), [0, 3]);
    Ok(())
}

#[test]
fn rows_that_do_not_fit_are_refused() {
    let ones = np::ones(3);
    check_error(
        &np::map(|(x, y): (NdArray, NdArray)| x + y, (&ones, np::ones(4))),
        expect!["ValueError: map: xs[1] has 4 rows, the arrays before it have 3, in map"],
    );
    check_error(
        &np::map(|x: NdArray| x, np::array(1.0)),
        expect!["ValueError: map: expected arrays with rows, got a 0-d array as xs, in map"],
    );
    let (state, ys) = np::scan(|s: NdArray, (): ()| (s.clone(), s), 1.0, ());
    check_error(&state, expect!["ValueError: scan: expected at least one array to take rows of, in scan"]);
    check_error(&ys, expect!["ValueError: scan: expected at least one array to take rows of, in scan"]);
    let (state, ys) = np::scan(|s: NdArray, x: NdArray| (s.reshape([1]), x), 1.0, &ones);
    check_error(
        &state,
        expect![
            "TypeError: scan: the body makes f64[1] of the state, which is f64[]; dtypes and shapes must stay the same, in scan"
        ],
    );
    check_error(
        &ys,
        expect![
            "TypeError: scan: the body makes f64[1] of the state, which is f64[]; dtypes and shapes must stay the same, in scan"
        ],
    );
    let bad = &ones + np::zeros(4);
    let (state, _) = np::scan(|s: NdArray, x: NdArray| (s.clone() + x, s), 1.0, &bad);
    assert_eq!(state.check().unwrap_err().to_string(), bad.check().unwrap_err().to_string());
}

#[test]
fn a_long_scan_writes_in_place() -> hloom::Result<()> {
    let n = 100_000;
    let scan = |xs: NdArray| np::scan(|s: NdArray, x: NdArray| (s.clone() + &x, s * 2 + x), 0i64, xs);
    // No round copies more than its row: of all rows there are at most the copies before and after the loop.
    let program = np::jit(scan).lower(np::ShapeDtype::new([n], int64)?)?.compile()?.optimized_hlo()?;
    assert!(program.contains("dynamic-update-slice"), "{program}");
    let is_computation = |line: &&str| line.ends_with('{');
    let mut within = "";
    for line in program.lines() {
        within = Some(line).filter(is_computation).unwrap_or(within);
        let copies = line.contains("s64[100000]") && line.contains(" copy(");
        assert!(!copies || within.starts_with("ENTRY"), "{line}\nin {within}");
    }
    let (_, ys) = scan(np::arange(n));
    let (mut sum, mut expected) = (0, Vec::new());
    for x in 0..n {
        expected.push(sum * 2 + x);
        sum += x;
    }
    assert_eq!(ys.to_vec::<i64>()?, expected);
    Ok(())
}

#[test]
fn a_recurrence_agrees_with_a_loop_of_rust() -> hloom::Result<()> {
    // An exponential moving average, as a filter of signals has it.
    let x = np::linspace(0.0, 10.0, 50).sin();
    let smooth = np::jit(|(x, by): (NdArray, NdArray)| {
        np::scan(
            |mean: NdArray, x: NdArray| {
                let mean = &mean + &by * (x - &mean);
                (mean.clone(), mean)
            },
            x.get(0),
            &x,
        )
        .1
    });
    let found = smooth.call((&x, 0.2))?.to_vec::<f64>()?;
    let host = x.to_vec::<f64>()?;
    let mut mean = host[0];
    for (found, x) in found.iter().zip(&host) {
        mean += 0.2 * (x - mean);
        assert!((found - mean).abs() < 1e-14, "{found} {mean}");
    }
    Ok(())
}

#[test]
fn a_scan_of_what_is_in_error_passes_the_error_on() {
    let bad = np::zeros(3) + np::zeros(4);
    // The function looks at shapes, of which those are known that are not in error.
    let row_sums = |sum: NdArray, x: NdArray| (&sum + x.shape()[0], x.sum(..) + sum);
    let (sum, rows) = np::scan(row_sums, &bad, np::ones([2, 5]));
    for result in [sum, rows] {
        assert!(result.check().unwrap_err().message().contains("could not be broadcast together"));
    }
    let unlike = (np::ones([2, 5]), np::ones([3, 5]));
    let (_, rows) = np::scan(|n: NdArray, (x, y): (NdArray, NdArray)| (n, x + y.shape()[0]), 0, (&unlike.0, &unlike.1));
    assert_eq!(rows.check().unwrap_err().kind(), ErrorKind::Value);
}

#[test]
fn an_error_that_no_array_could_hold_is_not_lost() {
    let bad = || np::zeros(3) + np::zeros(4);
    let nothing = std::panic::catch_unwind(|| np::map(|_: NdArray| Vec::<NdArray>::new(), bad()));
    assert!(nothing.is_err());
}
