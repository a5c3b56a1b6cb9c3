//! What memory a scenario takes, and what happens where there is none.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, anyhow, bail, ensure};
use hloom::{ErrorKind, NdArray};

/// The most resident memory that this process ever had.
pub(crate) fn peak_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Computes an array of so many MiB, then a small one: `allocate <MiB>`.
pub(crate) fn allocate(args: &[String]) -> Result<()> {
    let mib: usize = args.first().context("expected a size")?.parse()?;
    hloom::ones(1).tolist()?;
    let x = hloom::NdArray::from(1.5) + hloom::zeros([mib << 17]);
    match x.data() {
        Ok(tensor) => println!("computed {}", tensor.shape()),
        Err(error) if error.kind() == ErrorKind::OutOfMemory => println!("refused {}", error.kind().name()),
        Err(error) => println!("failed {error}"),
    }
    println!("then {}", (hloom::arange(3) + 1).tolist()?);
    Ok(())
}

/// Replaces an array of so many MiB by what follows from it, so often, and reads each: `replace <MiB> <rounds> <how>`.
/// The array is let go of (`read`, `unread`), or every array of the chain is held until the next is there (`held`).
pub(crate) fn replace(args: &[String]) -> Result<()> {
    let [mib, rounds, how] = args else { bail!("expected a size, a number of rounds and how") };
    let (mib, rounds): (usize, i32) = (mib.parse()?, rounds.parse()?);
    hloom::ones(1).tolist()?;
    println!("start_kib {}", peak_kib()?);
    let mut x = hloom::full([mib << 17], 1.0);
    x.data()?;
    let before = hloom::stats();
    for _ in 0..rounds {
        let next = &x * 2 + 1;
        if how == "held" {
            next.data()?;
        }
        x = next;
        if how == "read" {
            x.data()?;
        }
    }
    x.data()?;
    let expected = 2f64.powi(rounds + 1) - 1.0;
    let found = number(&x)?;
    ensure!(found == expected, "the last of the chain is {found}, expected {expected}");
    println!("compiles {}", hloom::stats().compiles - before.compiles);
    println!("peak_kib {}", peak_kib()?);
    Ok(())
}

/// The first and the last element of an array that has one number in every place.
fn number(x: &NdArray) -> Result<f64> {
    let [first, last] = [x.get(0).item::<f64>()?, x.get(-1).item::<f64>()?];
    ensure!(first == last, "the first element is {first}, the last {last}");
    Ok(first)
}

/// Who still holds an array of so many MiB has it as it was after another took its place: `keep <MiB>`.
pub(crate) fn keep(args: &[String]) -> Result<()> {
    let mib: usize = args.first().context("expected a size")?.parse()?;
    let ones = || -> Result<NdArray> {
        let x = hloom::full([mib << 17], 1.0);
        x.data()?;
        Ok(x)
    };
    let next = |x: NdArray| -> Result<()> {
        let next = x * 2 + 1;
        let found = number(&next)?;
        next.data()?;
        ensure!(found == 3.0 && number(&next)? == 3.0, "the next is {found}");
        Ok(())
    };
    next(ones()?)?;
    let x = ones()?;
    let clone = x.clone();
    next(x)?;
    println!("clone {}", number(&clone)?);
    let tensor = clone.data()?;
    next(clone)?;
    println!("tensor {}", number(&NdArray::from_tensor(&tensor))?);
    // Two arrays of one value in one program.
    let [a, b] = [NdArray::from_tensor(&tensor), NdArray::from_tensor(&tensor)];
    drop(tensor);
    let sum = a + b * 2;
    sum.data()?;
    println!("twice {}", number(&sum)?);
    let x = ones()?;
    let pending = &x + 5;
    next(x)?;
    println!("pending {}", number(&pending)?);
    let x = ones()?;
    let parts: Vec<NdArray> = (0..70).map(|part| if part == 0 { x.clone() } else { hloom::full(1, 1.0) }).collect();
    let joined = hloom::concatenate(&parts, 0);
    drop(parts);
    next(x)?;
    println!("joined {}", number(&joined)?);
    let x = ones()?;
    let captured = x.clone();
    let traced = hloom::jit(move |y: NdArray| y + &captured);
    println!("call {}", number(&traced.call(hloom::array(1.0))?)?);
    next(x)?;
    println!("captured {}", number(&traced.call(hloom::array(1.0))?)?);
    // A program that is compiled in place, and not allowed to be compiled anew, computes the same without.
    let x = ones()?;
    let kept = x.clone();
    let scaled = x * 3 - 1;
    let first = ones()? * 3 - 1;
    first.data()?;
    let denied = hloom::deny_recompile(|| scaled.data().map(|_| ()));
    println!("denied {}", denied.is_ok());
    println!("kept {} {}", number(&kept)?, number(&scaled)?);
    Ok(())
}

/// Threads that take an array of so many MiB while another replaces it: `contend <MiB> <rounds>`.
pub(crate) fn contend(args: &[String]) -> Result<()> {
    let [mib, rounds] = args else { bail!("expected a size and a number of rounds") };
    let (mib, rounds): (usize, usize) = (mib.parse()?, rounds.parse()?);
    let slot = Mutex::new(hloom::full([mib << 17], 0.0));
    let is_done = AtomicBool::new(false);
    let current = || slot.lock().map(|slot| slot.clone()).map_err(|_| anyhow!("a thread panicked"));
    std::thread::scope(|scope| -> Result<()> {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| -> Result<usize> {
                    let (mut seen, mut n_seen) = (-1.0, 0);
                    while !is_done.load(Ordering::Relaxed) {
                        let now = number(&current()?)?;
                        ensure!(now >= seen, "{now} was seen after {seen}");
                        n_seen += usize::from(now > seen);
                        seen = now;
                    }
                    Ok(n_seen)
                })
            })
            .collect();
        let replaced = (0..rounds).try_for_each(|_| -> Result<()> {
            let mut slot = slot.lock().map_err(|_| anyhow!("a thread panicked"))?;
            let next = &*slot + 1;
            *slot = next.clone();
            drop(slot);
            next.data()?;
            Ok(())
        });
        is_done.store(true, Ordering::Relaxed);
        replaced?;
        for reader in readers {
            reader.join().map_err(|_| anyhow!("a reader panicked"))??;
        }
        Ok(())
    })?;
    println!("last {}", number(&current()?)?);
    Ok(())
}

/// Reduces constants that no machine can hold, which a compiler may want to do itself, and goes on.
pub(crate) fn constant(_args: &[String]) -> Result<()> {
    for reduced in [hloom::ones(1i64 << 40).argmax(..), hloom::ones(1i64 << 40).max(..)] {
        println!("value {}", reduced.tolist()?);
    }
    println!("then {}", (hloom::arange(3) + 1).tolist()?);
    Ok(())
}
