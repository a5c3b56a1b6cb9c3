//! Guards: what must not happen is an error that says why it would.

use expect_test::expect;
use hloom as np;
use hloom::prelude::*;

use super::without_line;
use crate::child::Child;

#[test]
fn a_new_signature_is_refused_with_the_difference() -> hloom::Result<()> {
    let f = np::jit(|(x, n): (NdArray, usize)| x * n).name("scaled");
    let x = np::array([1.0f32, 2.0]);
    let denied = |x: &NdArray, n| without_line(&np::deny_recompile(|| f.call((x, n))).unwrap_err());
    expect!["DeniedError: 'scaled' would be traced and compiled: it was not called yet"].assert_eq(&denied(&x, 2));
    f.call((&x, 2))?;
    np::deny_recompile(|| f.call((np::array([5.0f32, 6.0]), 2)))?;
    expect!["DeniedError: 'scaled' would be traced and compiled: argument [1] is 3, was 2"].assert_eq(&denied(&x, 3));
    expect!["DeniedError: 'scaled' would be traced and compiled: argument [0] is f32[1,2], was f32[2]"]
        .assert_eq(&denied(&np::array([[1.0f32, 2.0]]), 2));
    expect!["DeniedError: 'scaled' would be traced and compiled: argument [0] is f64[2], was f32[2]"]
        .assert_eq(&denied(&np::array([1.0, 2.0]), 2));
    // The guard is over, and was never a property of the function.
    f.call((&x, 3))?;
    Ok(())
}

#[test]
fn guards_nest_and_end() {
    let x = np::array([1.0, 2.0]) * 3;
    let read = || x.to_vec::<f64>();
    np::deny_sync(|| {
        np::deny_recompile(|| assert_eq!(read().unwrap_err().kind(), ErrorKind::Denied));
        assert_eq!(read().unwrap_err().kind(), ErrorKind::Denied);
    });
    let unwound =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| np::deny_sync(|| panic!("out of the guard"))));
    assert!(unwound.is_err());
    assert_eq!(read().unwrap(), [3.0, 6.0]);
}

#[test]
fn a_wait_is_refused_with_what_it_would_wait_for() -> hloom::Result<()> {
    let x = np::array([1.0, 2.0]);
    let y = &x + 1;
    let denied = |x: &NdArray| {
        let error = np::deny_sync(|| x.tolist()).unwrap_err();
        assert!(error.line().is_some_and(|line| line.file().ends_with("guards.rs")), "{error}");
        without_line(&error)
    };
    expect!["DeniedError: tolist would wait for f64[2], which is not computed yet"].assert_eq(&denied(&y));
    y.data()?;
    expect!["DeniedError: tolist would wait for f64[2], which a device holds or computes"].assert_eq(&denied(&y));
    // What never left the host can be read, and calls that read nothing are none of the guard's business.
    let host = np::array([7.0]);
    assert_eq!(np::deny_sync(|| host.item::<f64>())?, 7.0);
    let f = np::jit(|x: NdArray| x * 2);
    f.call(&x)?;
    let z = np::deny_sync(|| np::deny_recompile(|| f.call(&x)))?;
    assert_eq!(z.to_vec::<f64>()?, [2.0, 4.0]);
    Ok(())
}

#[test]
fn a_lazy_program_that_is_new_is_refused_with_the_nearest() {
    expect![[r#"
        none: DeniedError: a program of 3 operations that ends in sin to f64[3] would be compiled; none is compiled yet
        same: computed
        other function: DeniedError: a program of 3 operations that ends in cos to f64[3] would be compiled; the nearest compiled program has sin to f64[3] as step 3 where this one has cos to f64[3]
        longer: DeniedError: a program of 4 operations that ends in negative to f64[3] would be compiled; the nearest compiled program ends where this one goes on with negative to f64[3]
        read again outside: computed
    "#]]
    .assert_eq(&Child::new("denied").stdout());
}
