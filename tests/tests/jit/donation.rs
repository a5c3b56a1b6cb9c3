//! Donated arguments: their memory is taken, and using them again is an error that names the call.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::without_line;

/// Larger than what is always copied.
const N: usize = 300_000;

/// The address of an array's elements.
fn address(x: &NdArray) -> hloom::Result<usize> {
    x.data()?.read(|bytes| bytes.as_ptr().addr())
}

#[test]
fn a_result_takes_the_memory() -> hloom::Result<()> {
    let step = np::jit(|(x, by): (NdArray, NdArray)| x * by + 1).name("step").donate(0);
    // Computed, not handed over by the host, whose memory is not to be written to.
    let x = np::zeros(N) + 0;
    let before = address(&x)?;
    let y = step.call((&x, 2.0))?;
    assert_eq!(address(&y)?, before);
    assert_eq!(y.get(N - 1).item::<f64>()?, 1.0);
    let error = x.tolist().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Donated);
    expect![
        "DonatedError: the array was donated to 'step' as argument [0] and its memory is gone; use what the call returned, or do not donate it"
    ]
    .assert_eq(&without_line(&error));
    assert!(error.line().is_some_and(|line| line.file().ends_with("donation.rs")), "{error}");
    // Whatever is computed from it says the same, and so does a second call.
    assert_eq!((&x + 1).sum(..).tolist().unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(step.call((&x, 2.0)).unwrap_err().kind(), ErrorKind::Donated);
    // The result can be donated in turn, over and over.
    let y = (0..5).try_fold(y, |y, _| step.call((&y, 2.0)))?;
    assert_eq!(address(&y)?, before);
    assert_eq!(y.get(0).item::<f64>()?, 63.0);
    Ok(())
}

#[test]
fn memory_of_the_host_is_left_alone() -> hloom::Result<()> {
    let step = np::jit(|x: NdArray| x + 1).donate(0);
    let x = np::array(vec![1.0; N]);
    let y = step.call(&x)?;
    assert_eq!(y.get(0).item::<f64>()?, 2.0);
    assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    Ok(())
}

#[test]
fn an_array_donated_twice_in_one_call_is_refused_and_kept() -> hloom::Result<()> {
    let f = np::jit(|(x, y): (NdArray, NdArray)| x + y).name("add").donate(0);
    let x = np::zeros(N) + 1;
    for error in [f.call((&x, &x)).unwrap_err(), f.call((x.clone(), x.clone())).unwrap_err()] {
        expect![
            "DonatedError: 'add' takes the memory of argument [0], which is passed to it a second time or captured by it"
        ]
        .assert_eq(&without_line(&error));
    }
    assert_eq!(x.get(0).item::<f64>()?, 1.0);
    let held = x.clone();
    let f = np::jit(move |x: NdArray| x + &held).donate(0);
    assert_eq!(f.call(&x).unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(x.get(0).item::<f64>()?, 1.0);
    Ok(())
}

#[test]
fn a_donated_array_that_is_not_used_is_taken_all_the_same() -> hloom::Result<()> {
    let f = np::jit(|(_x, y): (NdArray, NdArray)| y + 1).donate(0);
    let x = np::zeros(N) + 1;
    f.call((&x, 1))?;
    assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    Ok(())
}

#[test]
fn a_donated_argument_that_a_result_is_keeps_its_value() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| (x.clone(), x * 2)).donate(0);
    let x = np::zeros(N) + 3;
    let (same, double) = f.call(&x)?;
    assert_eq!(same.get(N - 1).item::<f64>()?, 3.0);
    assert_eq!(double.get(N - 1).item::<f64>()?, 6.0);
    Ok(())
}

#[test]
fn a_call_that_fails_takes_nothing() -> hloom::Result<()> {
    let f = np::jit(|(x, y): (NdArray, NdArray)| x + y).donate(0);
    let x = np::zeros(N) + 3;
    assert_eq!(f.call((&x, np::zeros(7))).unwrap_err().kind(), ErrorKind::Value);
    let error = np::deny_recompile(|| f.call((&x, 1))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert_eq!(x.get(0).item::<f64>()?, 3.0);
    assert_eq!(f.call((&x, 1))?.get(0).item::<f64>()?, 4.0);
    Ok(())
}

#[test]
fn what_others_hold_keeps_its_value() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| x + 1).name("next").donate(0);
    let x = np::zeros(N) + 3;
    let (handle, tensor) = (x.clone(), x.data()?);
    let pending = &x * 2;
    let y = f.call(&x)?;
    assert_eq!(y.get(0).item::<f64>()?, 4.0);
    // The handle that was given away is told, and what is made of it.
    let error = x.tolist().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Donated);
    expect![
        "DonatedError: the array was donated to 'next' as the argument and its memory is gone; use what the call returned, or do not donate it"
    ]
    .assert_eq(&without_line(&error));
    assert_eq!((&x + 1).tolist().unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(x.clone().data().unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(f.call(&x).unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(x.shape(), [N]);
    // All others keep it.
    assert_eq!(handle.get(N - 1).item::<f64>()?, 3.0);
    assert_eq!(pending.get(N - 1).item::<f64>()?, 6.0);
    assert_eq!(NdArray::from_tensor(&tensor).get(0).item::<f64>()?, 3.0);
    assert_eq!(tensor.read(<[u8]>::len)?, 8 * N);
    Ok(())
}

#[test]
fn the_last_holder_gives_the_memory() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| x + 1).donate(0);
    let x = np::zeros(N) + 3;
    let before = address(&x)?;
    let (handle, pending) = (x.clone(), &x * 2);
    assert_ne!(address(&f.call(x)?)?, before);
    assert_eq!(pending.get(0).item::<f64>()?, 6.0);
    drop(pending);
    // What was read of it is computed: nobody else has a use for it.
    let y = f.call(&handle)?;
    assert_eq!(address(&y)?, before);
    assert_eq!(handle.tolist().unwrap_err().kind(), ErrorKind::Donated);
    Ok(())
}

#[test]
fn arrays_that_are_not_read_or_are_joined_are_kept_for_others() -> hloom::Result<()> {
    let unread = np::jit(|(_x, y): (NdArray, NdArray)| y + 1).donate(0);
    let nothing = np::jit(|_: NdArray| ()).donate(0);
    let x = np::zeros(N) + 1;
    let handle = x.clone();
    unread.call((&x, 1))?;
    assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    let x = handle.clone();
    nothing.call(&x)?;
    assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(handle.get(0).item::<f64>()?, 1.0);
    // Values that wait to be copied together hold their parts.
    let f = np::jit(|x: NdArray| x * 2).donate(0);
    let parts: Vec<NdArray> = (0..100).map(|idx| np::array([idx as f64, 1.0])).collect();
    let whole = np::stack(&parts, 0);
    assert_eq!(f.call(&parts[7])?.tolist()?, [14.0, 2.0]);
    assert_eq!(parts[7].tolist().unwrap_err().kind(), ErrorKind::Donated);
    assert_eq!(whole.get(7).tolist()?, [7.0, 1.0]);
    Ok(())
}

#[test]
fn a_function_without_results_takes_what_it_is_given() -> hloom::Result<()> {
    for keep_unused in [false, true] {
        let forget = np::jit(|_: NdArray| ()).donate(0).keep_unused(keep_unused);
        let x = np::zeros(3) + 1;
        forget.call(&x)?;
        assert_eq!(x.tolist().unwrap_err().kind(), ErrorKind::Donated);
    }
    Ok(())
}

#[test]
fn what_is_static_has_no_memory_to_donate() {
    let f = np::jit(|x: NdArray| x + 1).static_args([0]).donate(0).name("next");
    let error = f.call(np::zeros(3)).unwrap_err();
    assert_eq!(error.message(), "argument 0 of 'next' is static, and has no memory that could be donated");
}

#[test]
fn donating_what_others_use_is_refused_or_not() -> hloom::Result<()> {
    // Whoever comes first: the others are told that it is donated, or that it is in use and stays.
    let f = np::jit(|x: NdArray| x * 2).donate(0);
    for _ in 0..50 {
        let x = np::array(vec![1.0; 100_000]) + 0;
        x.data()?;
        let outcomes = std::thread::scope(|scope| {
            let read = scope.spawn(|| x.to_vec::<f64>().map(|values| values[0]));
            let calls: Vec<_> = (0..2).map(|_| scope.spawn(|| f.call(&x)?.get(0).item::<f64>())).collect();
            let mut outcomes = vec![read.join().expect("no panic").map(|value| value * 2.0)];
            outcomes.extend(calls.into_iter().map(|call| call.join().expect("no panic")));
            outcomes
        });
        for outcome in outcomes {
            match outcome {
                Ok(value) => assert_eq!(value, 2.0),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Donated, "{error}"),
            }
        }
    }
    Ok(())
}
