//! What needs a value while a function is traced, and what else a trace refuses.

use expect_test::{Expect, expect};
use hloom as np;
use hloom::prelude::*;

use super::{Traces, without_line};

/// The error of a function that reads its argument, an array of three numbers.
fn check<T>(read: impl Fn(&NdArray) -> hloom::Result<T> + Send + Sync + 'static, expected: Expect)
where
    T: np::Tree + Send + Sync + 'static,
{
    let f = np::jit(move |x: NdArray| read(&x)).name("f");
    let error = f.call(np::array([1.0, 2.0, 3.0])).unwrap().err().expect("reading is refused");
    assert_eq!(error.kind(), ErrorKind::Trace);
    assert!(error.line().is_some_and(|line| line.file().ends_with("traces.rs")), "{error}");
    expected.assert_eq(&without_line(&error));
}

#[test]
fn what_needs_a_value_says_what_to_write_instead() {
    check(
        |x| bool::try_from(&x.sum(..)),
        expect![
            "TraceError: bool needs a value, but f64[] stands for one that is not known while 'f' is traced; choose with where_ or cond, loop with while_loop, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.tolist().map(|_| ()),
        expect![
            "TraceError: tolist needs a value, but f64[3] stands for one that is not known while 'f' is traced; compute with the array, with where_, cond or while_loop where the value decides, and read the result, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.sum(..).item::<f64>(),
        expect![
            "TraceError: item needs a value, but f64[] stands for one that is not known while 'f' is traced; compute with the array, with where_, cond or while_loop where the value decides, and read the result, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.nonzero(),
        expect![
            "TraceError: nonzero needs a value, but bool[3] stands for one that is not known while 'f' is traced; its shape would depend on values: choose with where_ and keep the shape, or do it outside, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.get(x.gt(1)).check().map(|_| ()),
        expect![
            "TraceError: getitem needs a value, but bool[3] stands for one that is not known while 'f' is traced; its shape would depend on values: choose with where_ and keep the shape, or do it outside, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.iter().try_for_each(|row| row.check().map(|_| ())),
        expect![
            "TraceError: iter needs a value, but f64[3] stands for one that is not known while 'f' is traced; loop over rows with scan or map, or index with get, or make what it depends on a static argument"
        ],
    );
    check(
        |x| x.data().map(|_| ()),
        expect![
            "TraceError: data needs a value, but f64[3] stands for one that is not known while 'f' is traced; compute with the array, with where_, cond or while_loop where the value decides, and read the result, or make what it depends on a static argument"
        ],
    );
}

#[test]
fn printing_shows_what_an_array_stands_for() -> hloom::Result<()> {
    let f = np::jit(|x: NdArray| {
        assert_eq!(format!("{x} {x:?}"), "<traced float64 (3,) in f> <traced float64 (3,) in f>");
        assert_eq!((x.shape(), x.dtype(), x.ndim(), x.is_materialized()), ([3].into(), float64, 1, false));
        x
    })
    .name("f");
    f.call(np::array([1.0, 2.0, 3.0]))?;
    Ok(())
}

#[test]
fn an_array_that_outlives_its_trace_is_refused() -> hloom::Result<()> {
    use std::sync::{Arc, Mutex};
    let kept: Arc<Mutex<Option<NdArray>>> = Arc::default();
    let keep = kept.clone();
    let f = np::jit(move |x: NdArray| {
        *keep.lock().unwrap() = Some(&x * 2);
        x
    });
    f.call(np::array([1.0]))?;
    let leaked = kept.lock().unwrap().take().unwrap();
    let text = "tolist needs a value, but f64[1] belongs to a traced function that has ended; return arrays from the function instead of keeping them";
    assert_eq!(leaked.tolist().unwrap_err().message(), text);
    let error = np::jit(|(x, leaked): (NdArray, NdArray)| x + leaked).call((&np::array([1.0]), &leaked)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trace);
    let captured = leaked.clone();
    let error = np::jit(move |x: NdArray| x + &captured).call(np::array([1.0])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Trace);
    Ok(())
}

#[test]
fn values_that_are_known_can_be_read() -> hloom::Result<()> {
    let table = np::array([2, 3, 5]);
    let f = np::jit(move |x: NdArray| -> hloom::Result<NdArray> {
        let picked = table.get(vec![0i64, 2]).to_vec::<i32>()?;
        Ok(x * picked[1])
    });
    assert_eq!(f.call(np::array([1.0]))??.item::<f64>()?, 5.0);
    Ok(())
}

#[test]
fn a_closure_that_panics_can_be_called_again() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |x: NdArray| {
        noted.note();
        assert!(noted.count() > 1, "the first trace fails");
        x + 1
    });
    let x = np::array([1.0]);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| f.call(&x)));
    assert!(outcome.is_err());
    assert_eq!(f.call(&x)?.item::<f64>()?, 2.0);
    Ok(())
}

#[test]
fn side_effects_happen_once_for_a_signature() -> hloom::Result<()> {
    let traces = Traces::default();
    let noted = traces.clone();
    let f = np::jit(move |x: NdArray| {
        noted.note();
        x + noted.count()
    });
    let x = np::array([0.0]);
    // The count is a number of the program: that of the time when it was traced.
    assert_eq!(f.call(&x)?.item::<f64>()?, 1.0);
    assert_eq!(f.call(&x)?.item::<f64>()?, 1.0);
    assert_eq!(f.call(np::array([[0.0]]))?.item::<f64>()?, 2.0);
    Ok(())
}
