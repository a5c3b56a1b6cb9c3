//! Calls: results, laziness, numbers, captured arrays, threads, functions within functions.

use std::sync::Barrier;

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::{Traces, without_line};
use crate::child::Child;

#[test]
fn a_function_computes_what_its_closure_does() -> hloom::Result<()> {
    let step = |(w, x): (NdArray, NdArray)| (&w * &x).sum(axis(0)).tanh() + 1;
    let (w, x) = (np::array([[0.5, -0.5], [0.25, 2.0]]), np::arange((0.0, 4.0, 1.0)).reshape([2, 2]));
    let expected = step((w.clone(), x.clone())).to_vec::<f64>()?;
    let compiled = np::jit(step);
    assert_eq!(compiled.call((&w, &x))?.to_vec::<f64>()?, expected);
    assert_eq!(compiled((w, x))?.to_vec::<f64>()?, expected);
    Ok(())
}

#[test]
fn every_kind_of_argument_stands_for_an_array() -> hloom::Result<()> {
    let total = np::jit(|(a, b): (NdArray, NdArray)| a.sum(..) + b.sum(..));
    let owned = np::array([1.0, 2.0]);
    assert_eq!(total.call((owned.clone(), 1))?.item::<f64>()?, 4.0);
    assert_eq!(total.call((&owned, 2.5f32))?.item::<f64>()?, 5.5);
    assert_eq!(total.call((true, &owned))?.item::<f64>()?, 4.0);
    assert_eq!(total.call((&&owned, num_complex::Complex::new(0.0, 1.0)))?.dtype(), complex128);
    Ok(())
}

#[test]
fn numbers_are_weak_and_make_no_new_trace() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let scale = np::jit(move |(x, by): (NdArray, NdArray)| {
        noted.note();
        x * by
    });
    let x = np::array([1.0f32, 2.0]);
    for by in [2.0, 0.5, -1.0, 0.0, 1.0] {
        let y = scale.call((&x, by))?;
        assert_eq!((y.dtype(), y.to_vec::<f32>()?), (float32, vec![by as f32, 2.0 * by as f32]));
    }
    assert_eq!(traces.count(), 1);
    // Another kind of number is another signature; an array of the same dtype is as well, as it is not weak.
    assert_eq!(scale.call((&x, 3))?.dtype(), float32);
    assert_eq!(scale.call((&x, np::array(3.0)))?.dtype(), float64);
    assert_eq!(traces.count(), 3);
    // What does not fit the dtype of what it meets is found at the call.
    let add = np::jit(|(x, n): (NdArray, NdArray)| x + n);
    let bytes = np::array([1u8, 2]);
    assert_eq!(add.call((&bytes, 3))?.to_vec::<u8>()?, [4, 5]);
    Ok(())
}

#[test]
fn pending_arguments_are_computed_together_and_once() {
    expect![[r#"
        two pending arguments: 2 executions
        again: 1 executions
        one of them pending: 2 executions
        no argument pending: 1 executions
        recorded by the calls: 0
    "#]]
    .assert_eq(&Child::new("jit-executions").stdout());
}

#[test]
fn results_are_ordinary_arrays() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| (x.clone() + 1, x.sum(..)));
    let (y, sum) = f.call(np::array([1.0, 2.0]))?;
    assert!(y.is_materialized() && sum.is_materialized());
    let mut z = &y * &sum;
    z.set(0, -1);
    assert_eq!(z.to_vec::<f64>()?, [-1.0, 9.0]);
    assert_eq!(f.call(&z)?.1.item::<f64>()?, 8.0);
    Ok(())
}

#[test]
fn arrays_around_a_function_are_read_as_they_were_when_it_was_traced() -> hloom::Result<()> {
    let traces = Traces::default();
    let (noted, offset, pending) = (traces.clone(), np::array([10.0, 20.0]), np::arange((0.0, 2.0, 1.0)).sin() * 0.0);
    let pending_is_materialized = pending.clone();
    let f = np::jit(move |x: NdArray| {
        noted.note();
        x + &offset + &pending + np::ones(2)
    });
    assert_eq!(f.call(np::array([1.0, 2.0]))?.to_vec::<f64>()?, [12.0, 23.0]);
    assert_eq!(f.call(np::array([0.0, 0.0]))?.to_vec::<f64>()?, [11.0, 21.0]);
    assert_eq!(traces.count(), 1);
    // What holds data is an input of the program. What is computed from nothing is computed there.
    let text = f.lower(np::ShapeDtype::new([2], float64)?)?.ir();
    assert_eq!(text.matches("input()").count(), 2, "{text}");
    assert!(text.contains("iota()") && text.contains("sin("), "{text}");
    assert!(!pending_is_materialized.is_materialized());
    Ok(())
}

#[test]
fn a_function_called_in_a_function_becomes_part_of_it() -> hloom::Result<()> {
    let inner = np::jit(|(x, by): (NdArray, NdArray)| x * by + 1);
    let called = inner.clone();
    let outer = np::jit(move |x: NdArray| -> hloom::Result<NdArray> { Ok(called.call((&x, 2))?.sum(..)) });
    assert_eq!(outer.call(np::array([1.0f32, 2.0]))??.item::<f32>()?, 8.0);
    assert_eq!(inner.n_signatures(), 0);
    // Its numbers, which are weak, stay so.
    assert_eq!(outer.call(np::array([1i8, 2]))??.dtype(), int64);
    // Without arrays of the trace it is a function of its own.
    let (called, base) = (inner.clone(), np::array([5.0]));
    let outer = np::jit(move |x: NdArray| -> hloom::Result<NdArray> { Ok(x + called.call((&base, 3.0))?) });
    assert_eq!(outer.call(np::array([1.0]))??.item::<f64>()?, 17.0);
    assert_eq!(inner.n_signatures(), 1);
    Ok(())
}

#[test]
fn a_function_that_calls_itself_is_refused() {
    use std::sync::{Arc, OnceLock};
    type Function = np::Jit<NdArray, hloom::Result<NdArray>>;
    let this: Arc<OnceLock<Function>> = Arc::default();
    let called = this.clone();
    // On an array of its own, as a call with the traced one would go on for ever in the closure itself.
    let f = np::jit(move |x: NdArray| -> hloom::Result<NdArray> {
        let again = called.get().expect("set below").call(np::array([1.0]))??;
        Ok(x + again)
    })
    .name("endless");
    this.set(f.clone()).expect("set once");
    let error = f.call(np::array([1.0])).unwrap().unwrap_err();
    expect!["TraceError: 'endless' calls itself with the arguments it is traced for, and would never end"]
        .assert_eq(&without_line(&error));
}

#[test]
fn the_error_of_a_function_is_the_error_of_its_call() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| -> hloom::Result<NdArray> {
        x.check()?;
        np::NdArray::from_bytes([0; 3], float64, [1])
    });
    assert_eq!(f.call(np::array([1.0]))?.unwrap_err().kind(), ErrorKind::Value);
    // It is traced again at the next call: what it depends on may have changed.
    assert_eq!(f.n_signatures(), 0);
    // An illegal operation is returned by the call, with its own line.
    let f = np::jit(|x: NdArray| (x + np::zeros(7)).sum(..));
    let error = f.call(np::array([1.0, 2.0])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Value);
    assert!(error.line().is_some_and(|line| line.file().ends_with("calls.rs")), "{error}");
    // The error of an argument comes before all.
    let bad = np::zeros(3) + np::zeros(4);
    assert_eq!(f.call(&bad).unwrap_err().to_string(), bad.check().unwrap_err().to_string());
    Ok(())
}

#[test]
fn functions_without_arrays_and_without_results() -> hloom::Result<()> {
    let f = np::jit(|(): ()| np::arange(3));
    assert_eq!(f.call(())?.to_vec::<i64>()?, [0, 1, 2]);
    let f = np::jit(|_: NdArray| ());
    f.call(np::array(1))?;
    let f = np::jit(|x: NdArray| (x, 7usize, "text"));
    let (x, n, text) = f.call(np::array([1, 2]))?;
    assert_eq!((x.to_vec::<i32>()?, n, text), (vec![1, 2], 7, "text"));
    Ok(())
}

#[test]
fn a_result_may_be_an_argument_or_a_constant_or_come_twice() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| (x.clone(), x.clone(), np::zeros(2), &x + 0));
    let x = np::array([3.0, 4.0]);
    let (a, b, zeros, c) = f.call(&x)?;
    for y in [&a, &b, &c] {
        assert_eq!(y.to_vec::<f64>()?, [3.0, 4.0]);
    }
    assert_eq!(zeros.to_vec::<f64>()?, [0.0, 0.0]);
    assert_eq!(x.to_vec::<f64>()?, [3.0, 4.0]);
    Ok(())
}

#[test]
fn large_results_are_whole() -> hloom::Result<()> {
    // Large results take memory of arrays that are gone, which must not be that of arguments.
    let f = np::jit(|x: NdArray| (&x + 1, &x * 2));
    let x = np::linspace(0.0, 1.0, 200_000);
    let host = x.to_vec::<f64>()?;
    for _ in 0..4 {
        let (a, b) = f.call(&x)?;
        assert!(a.to_vec::<f64>()?.iter().zip(&host).all(|(&a, x)| a == x + 1.0));
        assert!(b.to_vec::<f64>()?.iter().zip(&host).all(|(&b, x)| b == x * 2.0));
        assert_eq!(x.to_vec::<f64>()?, host);
    }
    Ok(())
}

#[test]
fn first_calls_of_many_threads_trace_once() -> hloom::Result<()> {
    const N_THREADS: usize = 8;
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |x: NdArray| {
        noted.note();
        (0..20).fold(x, |x, _| (x * 0.5).sin())
    });
    let x = np::array([0.25, 0.5]);
    let expected = (0..20).fold(x.clone(), |x, _| (x * 0.5).sin()).to_vec::<f64>()?;
    let barrier = Barrier::new(N_THREADS);
    std::thread::scope(|scope| {
        for _ in 0..N_THREADS {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..50 {
                    assert_eq!(f.call(&x).unwrap().to_vec::<f64>().unwrap(), expected);
                }
            });
        }
    });
    assert_eq!(traces.count(), 1);
    Ok(())
}

#[test]
fn an_argument_that_another_thread_computes_is_waited_for() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| x.sum(..));
    std::thread::scope(|scope| {
        for seed in 0..4i64 {
            let f = f.clone();
            scope.spawn(move || {
                let mut x = np::arange(1000) + seed;
                for _ in 0..200 {
                    x = &x + 1;
                }
                assert_eq!(f.call(&x).unwrap().item::<i64>().unwrap(), 499_500 + 1000 * (seed + 200));
            });
        }
    });
    Ok(())
}

#[test]
fn an_error_beside_arrays_is_the_error_of_the_call() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| (&x + 1, (&x + np::ones(7)).check().map(drop)));
    let error = f.call(np::ones(3)).unwrap_err();
    assert_eq!(error.message(), "operands could not be broadcast together with shapes (3,) (7,)");
    let (y, checked) = f.call(np::ones(7))?;
    assert_eq!((y.tolist()?, checked.is_ok()), (np::full(7, 2.0).tolist()?, true));
    Ok(())
}

#[test]
fn static_values_may_look_at_the_function_they_are_passed_to() -> hloom::Result<()> {
    use std::fmt;
    use std::sync::{Arc, OnceLock};

    type Function = np::Jit<(NdArray, np::Static<Curious>), NdArray>;

    #[derive(Clone)]
    struct Curious(usize, Arc<OnceLock<Function>>);
    impl PartialEq for Curious {
        fn eq(&self, other: &Curious) -> bool {
            self.1.get().is_some_and(|f| f.n_signatures() < 1000) && self.0 == other.0
        }
    }
    impl Eq for Curious {}
    impl std::hash::Hash for Curious {
        fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
    }
    impl fmt::Debug for Curious {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} of {:?}", self.0, self.1.get().map(Function::n_signatures))
        }
    }
    impl Drop for Curious {
        fn drop(&mut self) {
            self.1.get().map(Function::n_signatures);
        }
    }

    let cell = Arc::new(OnceLock::new());
    let f = np::jit(|(x, n): (NdArray, np::Static<Curious>)| x + n.0.0).name("curious");
    let _ = cell.set(f.clone());
    let x = np::array(0i64);
    // More than are kept, so that some are dropped.
    for n in 0..300 {
        assert_eq!(f.call((&x, np::Static(Curious(n, cell.clone()))))?.item::<i64>()?, n as i64);
    }
    let error = np::deny_recompile(|| f.call((&x, np::Static(Curious(300, cell.clone()))))).unwrap_err();
    assert!(error.message().contains("'curious' would be traced and compiled"), "{error}");
    Ok(())
}

#[test]
fn a_function_that_calls_itself_in_its_trace_is_refused() -> hloom::Result<()> {
    use std::sync::{Arc, OnceLock};

    type Function = np::Jit<NdArray, hloom::Result<NdArray>>;

    // With each call the array is shorter, so that there is an end.
    let (sum, itself) = (Arc::new(OnceLock::<Function>::new()), Arc::new(OnceLock::<Function>::new()));
    let inner = sum.clone();
    let f = np::jit(move |x: NdArray| match (x.len()?, inner.get()) {
        (0, _) | (_, None) => Ok(np::zeros(())),
        (_, Some(sum)) => Ok(x.get(0) + sum.call(x.get(s![1..]))??),
    });
    let _ = sum.set(f.clone());
    assert_eq!(f.call(np::arange((0.0, 20.0, 1.0)))??.item::<f64>()?, 190.0);

    let inner = itself.clone();
    let f = np::jit(move |x: NdArray| match inner.get() {
        Some(itself) => itself.call(x + 1)?,
        None => Ok(x),
    });
    let _ = itself.set(f.clone());
    let error = f.call(np::zeros(3))?.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trace);
    assert!(error.message().contains("100 deep"), "{error}");
    Ok(())
}

#[test]
fn a_trace_that_panics_leaves_no_signature() {
    use std::panic::AssertUnwindSafe;

    let f = np::jit(|x: NdArray| {
        assert!(x.shape()[0] != 2, "two");
        x + 1
    });
    let two = std::panic::catch_unwind(AssertUnwindSafe(|| f.call(np::ones(2))));
    assert!(two.is_err() && f.n_signatures() == 0);
    let denied = np::deny_recompile(|| f.call(np::ones(2))).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Denied);
}
