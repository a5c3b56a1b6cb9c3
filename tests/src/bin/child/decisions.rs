//! Scenarios of the design's decisions that show in counters: numbers never recompile, errors can be
//! eager.

use anyhow::{Result, ensure};
use hloom::prelude::*;

/// Runs one program with different numbers, indices and windows, and counts the compiles after the
/// first run of each.
pub(crate) fn numbers(_args: &[String]) -> Result<()> {
    let x = NdArray::from(vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
    let check = |name: &str, values: &[i64], compute: &dyn Fn(i64) -> NdArray, expected: &dyn Fn(i64) -> Vec<f64>| {
        let mut compiles = Vec::new();
        for &value in values {
            let before = hloom::stats().compiles;
            let found = compute(value).ravel().to_vec::<f64>()?;
            ensure!(found == expected(value), "{name} of {value} gave {found:?}, expected {:?}", expected(value));
            compiles.push((hloom::stats().compiles - before).to_string());
        }
        println!("{name}: {}", compiles.join(" "));
        Ok(())
    };
    let host = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
    let each = |f: &dyn Fn(f64) -> f64| host.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    check("integer", &[2, 3, 1, 0, -1], &|n| &x * n + n, &|n| each(&|x| x * n as f64 + n as f64))?;
    check("float", &[2, 3, 1, 0], &|n| &x * (n as f64) - 0.5, &|n| each(&|x| x * n as f64 - 0.5))?;
    check("number first", &[2, 1, 0, -3], &|n| n - &x, &|n| each(&|x| n as f64 - x))?;
    check("index", &[0, 1, 5, -1, -6], &|n| x.get(n), &|n| vec![host[n.rem_euclid(6) as usize]])?;
    check("window", &[0, 1, 3, 4], &|n| x.get(n..n + 2), &|n| host[n as usize..n as usize + 2].to_vec())?;
    check("full", &[7, 8, 1], &|n| hloom::full([2], n).astype(float64), &|n| vec![n as f64; 2])?;
    check("where", &[7, 8, 1], &|n| hloom::where_(x.gt(n), &x, n), &|n| each(&|x| x.max(n as f64)))?;
    check("clip", &[2, 3, 1], &|n| x.clip(n, n + 4), &|n| each(&|x| x.clamp(n as f64, n as f64 + 4.0)))?;
    check(
        "set",
        &[0, 5, -2, 3],
        &|n| {
            let mut changed = x.clone();
            changed.set(n, n * 10);
            changed
        },
        &|n| {
            let mut changed = host.to_vec();
            changed[n.rem_euclid(6) as usize] = n as f64 * 10.0;
            changed
        },
    )?;
    check("arange", &[2, 3, 5], &|n| hloom::arange((n, n + 4, 1)).astype(float64), &|n| {
        (n..n + 4).map(|value| value as f64).collect()
    })?;
    // What shapes a program makes a new one: the control that the counts above could have been others.
    check("length", &[2, 3, 4], &|n| x.get(..n) * 7, &|n| host[..n as usize].iter().map(|x| x * 7.0).collect())?;
    Ok(())
}

/// Records an illegal operation, and says so if that did not end the scenario.
pub(crate) fn eager(_args: &[String]) -> Result<()> {
    let sum = hloom::zeros(3) + hloom::zeros(4);
    println!("recorded; {}", sum.check().is_err());
    Ok(())
}
