//! What memory a scenario takes, and what happens where there is none.

use anyhow::{Context, Result};
use hloom::ErrorKind;

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

/// Reduces constants that no machine can hold, which a compiler may want to do itself, and goes on.
pub(crate) fn constant(_args: &[String]) -> Result<()> {
    for reduced in [hloom::ones(1i64 << 40).argmax(..), hloom::ones(1i64 << 40).max(..)] {
        println!("value {}", reduced.tolist()?);
    }
    println!("then {}", (hloom::arange(3) + 1).tolist()?);
    Ok(())
}
