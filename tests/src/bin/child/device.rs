//! Scenarios of finding a device: what the environment names, and what appears later.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long a plugin that appeared may go unseen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Computes something and prints it, or the error, and how it was compiled.
pub(crate) fn sum(_args: &[String]) -> Result<()> {
    let before = hloom::stats();
    let x = hloom::arange(10);
    match (&x * &x + 1).sum(..).tolist() {
        Ok(value) => println!("value {value}"),
        Err(error) => println!("{error}"),
    }
    // A second program of another shape, so that a cache of programs holds two.
    match hloom::linspace(0.0, 1.0, 5).tolist() {
        Ok(value) => println!("value {value}"),
        Err(error) => println!("{error}"),
    }
    let after = hloom::stats();
    println!("compiles {}", after.compiles - before.compiles);
    println!("disk_hits {}", after.disk_hits - before.disk_hits);
    Ok(())
}

/// Opens the device without running anything on it, and prints its name, or the error.
pub(crate) fn open(_args: &[String]) -> Result<()> {
    match hloom_pjrt::open(&"cpu".parse()?) {
        Ok(device) => println!("opened {}", device.description()),
        Err(error) => println!("refused {error}"),
    }
    Ok(())
}

/// Computes two programs that take and return the same types.
pub(crate) fn twins(_args: &[String]) -> Result<()> {
    let (a, b) = (hloom::NdArray::from(vec![1i64, 2, 3]), hloom::NdArray::from(vec![4i64, 5, 6]));
    println!("value {}", (&a + &b).tolist()?);
    println!("value {}", (&a * &b).tolist()?);
    Ok(())
}

/// Computes so many programs that all take and return the same types: `family <programs>`.
pub(crate) fn family(args: &[String]) -> Result<()> {
    let n_programs: u32 = args.first().context("expected a number of programs")?.parse()?;
    let before = hloom::stats();
    let (x, y) = (hloom::array([3i64, 5, 7]), hloom::array([2i64, 4, 6]));
    for program in 0..n_programs {
        let mut z = x.clone();
        for bit in 0..u32::BITS - n_programs.leading_zeros() {
            z = if program >> bit & 1 == 1 { &z + &y } else { &z * &y };
        }
        println!("value {program} {}", z.tolist()?);
    }
    let after = hloom::stats();
    println!("compiles {}", after.compiles - before.compiles);
    println!("disk_hits {}", after.disk_hits - before.disk_hits);
    Ok(())
}

/// Reads an array before and after a plugin appears where hloom installs it.
pub(crate) fn retry(_args: &[String]) -> Result<()> {
    let x = hloom::arange(4) + 1;
    let y = &x * 2;
    match x.tolist() {
        Ok(value) => println!("value {value}"),
        Err(error) => println!("{error}"),
    }
    let target = std::env::var("HLOOM_TEST_TARGET").context("no HLOOM_TEST_TARGET")?;
    let path = std::env::var("HLOOM_TEST_PATH").context("no HLOOM_TEST_PATH")?;
    fs::create_dir_all(Path::new(&path).parent().context("a plugin lies in a folder")?)?;
    // A link takes no time, where the file system allows one.
    fs::hard_link(&target, &path).or_else(|_| fs::copy(&target, &path).map(|_| ()))?;
    // That there was none is remembered for a moment.
    let start = Instant::now();
    while x.tolist().is_err() && start.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!("value {}", x.tolist()?);
    println!("value {}", y.tolist()?);
    Ok(())
}
