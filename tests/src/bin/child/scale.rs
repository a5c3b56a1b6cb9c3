//! Scenarios of size: chains of a million operations, many users, loops with long bodies.

use std::sync::Barrier;

use anyhow::{Context, Result, ensure};
use hloom::{NdArray, Stats};

use crate::memory;

/// Prints what changed since `before`, and the most memory this process had.
fn report(before: Stats) -> Result<()> {
    let after = hloom::stats();
    println!("recorded {}", after.recorded - before.recorded);
    println!("pending {}", after.pending);
    println!("pending_peak {}", after.pending_peak);
    println!("compiles {}", after.compiles - before.compiles);
    println!("executions {}", after.executions - before.executions);
    println!("peak_kib {}", memory::peak_kib()?);
    Ok(())
}

fn count(args: &[String], idx: usize) -> Result<usize> {
    Ok(args.get(idx).context("expected a count")?.parse()?)
}

/// Runs the smallest program there is, so that memory that a plugin takes once is not counted.
fn warm_up() -> Result<Stats> {
    hloom::ones(1).tolist()?;
    println!("start_kib {}", memory::peak_kib()?);
    Ok(hloom::stats())
}

/// An array of so many rows taken apart into them, each of which is held and read.
pub(crate) fn parts(args: &[String]) -> Result<()> {
    let n = count(args, 0)?;
    let before = warm_up()?;
    let rows = hloom::unstack(hloom::arange(2 * n as i64).reshape((n, 2)), 0);
    for (place, row) in rows.iter().enumerate() {
        let expected = 2 * place as i64;
        ensure!(row.to_vec::<i64>()? == [expected, expected + 1], "row {place} is {row}");
    }
    report(before)
}

/// `w = w * a + b`, so many rounds, read once.
pub(crate) fn chain(args: &[String]) -> Result<()> {
    let n_rounds = count(args, 0)?;
    let before = warm_up()?;
    let (a, b) = (NdArray::from(vec![3i64, 5, 7]), NdArray::from(vec![1i64, -2, 3]));
    let mut w = NdArray::from(vec![1i64, 2, 3]);
    for _ in 0..n_rounds {
        w = &w * &a + &b;
    }
    let mut expected = [1i64, 2, 3];
    for _ in 0..n_rounds {
        for (value, (a, b)) in expected.iter_mut().zip([(3, 1), (5, -2), (7, 3)]) {
            *value = value.wrapping_mul(a).wrapping_add(b);
        }
    }
    let found = w.to_vec::<i64>()?;
    ensure!(found == expected, "the chain gave {found:?}, expected {expected:?}");
    report(before)
}

/// A chain whose every array is held; then the older half is dropped oldest first, the newer newest first.
pub(crate) fn handles(args: &[String]) -> Result<()> {
    let n_handles = count(args, 0)?;
    let before = warm_up()?;
    let mut handles = Vec::with_capacity(n_handles);
    let mut x = NdArray::from(1i64);
    for _ in 0..n_handles {
        x += 1;
        handles.push(x.clone());
    }
    ensure!(x.item::<i64>()? == 1 + n_handles as i64, "the last of the chain is {x}");
    for idx in [0, n_handles / 3, n_handles - 2] {
        let found = handles[idx].item::<i64>()?;
        ensure!(found == 2 + idx as i64, "array {idx} of the chain is {found}");
    }
    drop(x);
    let newer = handles.split_off(n_handles / 2);
    handles.into_iter().for_each(drop);
    newer.into_iter().rev().for_each(drop);
    report(before)
}

/// One array read by so many operations, all of which add up.
pub(crate) fn users(args: &[String]) -> Result<()> {
    let n_users = count(args, 0)?;
    let before = warm_up()?;
    let x = NdArray::from(vec![2i64, 3]);
    let y = &x * 5;
    let mut total = NdArray::from(vec![0i64, 0]);
    for _ in 0..n_users / 2 {
        total = &total + (&y ^ 3);
    }
    let expected: Vec<i64> = [2i64, 3].iter().map(|x| ((x * 5) ^ 3) * (n_users / 2) as i64).collect();
    let found = total.to_vec::<i64>()?;
    ensure!(found == expected, "the users add up to {found:?}, expected {expected:?}");
    report(before)
}

/// Writes to no element, so often: `unused <writes>`. Every write records operations that nothing reads.
pub(crate) fn unused(args: &[String]) -> Result<()> {
    let n_writes = count(args, 0)?;
    let before = warm_up()?;
    let x = hloom::zeros(4);
    for _ in 0..n_writes {
        let mut same = x.clone();
        same.set(2..2, [1i32]);
        ensure!(same.shape() == [4], "writing nothing gave {same:?}");
    }
    ensure!(x.to_vec::<f64>()? == [0.0; 4], "writing nothing changed {x}");
    report(before)
}

/// A loop whose body is so many operations that repeat in no shorter piece: `body <operations> <rounds>`.
pub(crate) fn body(args: &[String]) -> Result<()> {
    let (n_operations, n_rounds) = (count(args, 0)?, count(args, 1)?);
    let before = warm_up()?;
    let start = [1i64, -7, 1 << 40, 12345];
    let mut x = NdArray::from(start.to_vec());
    let mut expected = start;
    for _ in 0..n_rounds {
        let mut state = 1u64;
        for _ in 0..n_operations {
            // The steps of a linear congruential generator: an order that does not repeat within a body.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let choice = state >> 33;
            x = match choice % 6 {
                0 => x + 11,
                1 => x * 3,
                2 => x ^ 0x55,
                3 => x - 40,
                4 => -x,
                _ => x | 4,
            };
            for value in &mut expected {
                *value = match choice % 6 {
                    0 => value.wrapping_add(11),
                    1 => value.wrapping_mul(3),
                    2 => *value ^ 0x55,
                    3 => value.wrapping_sub(40),
                    4 => value.wrapping_neg(),
                    _ => *value | 4,
                };
            }
        }
    }
    let found = x.to_vec::<i64>()?;
    ensure!(found == expected, "the loop gave {found:?}, expected {expected:?}");
    report(before)
}

/// A loop that looks at a number each round: `scalar-loop <rounds>`.
pub(crate) fn scalar_loop(args: &[String]) -> Result<()> {
    let n_rounds = count(args, 0)?;
    let before = warm_up()?;
    let mut w = NdArray::from(vec![1i64, 2, 3]);
    let mut expected = [1i64, 2, 3];
    for round in 0..n_rounds {
        w = w * 3 + round as i64;
        expected = expected.map(|value| value.wrapping_mul(3).wrapping_add(round as i64));
        let sum = w.sum(..).item::<i64>()?;
        let expected = expected.iter().fold(0i64, |sum, &value| sum.wrapping_add(value));
        ensure!(sum == expected, "round {round} gave {sum}, expected {expected}");
    }
    report(before)
}

/// Threads that all need one program at once: `one-compile <threads> shared|own`.
pub(crate) fn one_compile(args: &[String]) -> Result<()> {
    let n_threads = count(args, 0)?;
    let shared = args.get(1).is_some_and(|which| which == "shared");
    let before = warm_up()?;
    let start = Barrier::new(n_threads);
    let make = |scale: i64| (hloom::arange(1000) * scale).sum(..);
    let one = make(1);
    let values = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads)
            .map(|thread| {
                let (start, one, make) = (&start, &one, &make);
                scope.spawn(move || {
                    let own = if shared { one.clone() } else { make(thread as i64) };
                    start.wait();
                    own.item::<i64>()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
    });
    for (thread, value) in values.into_iter().enumerate() {
        let value = value.map_err(|_| anyhow::anyhow!("thread {thread} panicked"))??;
        let scale = if shared { 1 } else { thread as i64 };
        ensure!(value == 499_500 * scale, "thread {thread} got {value}");
    }
    report(before)
}
