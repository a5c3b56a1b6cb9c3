//! Scenarios of compiled functions that read counters of the whole process, or need one of their own.

use anyhow::{Context, Result};
use hloom::prelude::*;
use hloom::{Compiled, ShapeDtype};

/// Calls a function with arguments that are pending and with some that are not, and counts the programs that are
/// run and the operations that are recorded.
pub(crate) fn executions(_args: &[String]) -> Result<()> {
    let add = hloom::jit(|(x, y): (NdArray, NdArray)| &x * 2 + &y);
    let base = hloom::array([1.0, 2.0]);
    let (x, y) = (&base + 1, (&base + 1).sin());
    add.call((&base, &base))?;
    let counted = |name: &str, x: &NdArray, y: &NdArray| {
        let before = hloom::stats().executions;
        add.call((x, y))?.data()?;
        println!("{name}: {} executions", hloom::stats().executions - before);
        hloom::Result::Ok(())
    };
    counted("two pending arguments", &x, &y)?;
    counted("again", &x, &y)?;
    let z = &x - 3;
    counted("one of them pending", &x, &z)?;
    let recorded = hloom::stats().recorded;
    counted("no argument pending", &z, &x)?;
    println!("recorded by the calls: {}", hloom::stats().recorded - recorded);
    Ok(())
}

/// Reads arrays under a guard, each of which needs a program that is like one there is or unlike it.
pub(crate) fn denied(_args: &[String]) -> Result<()> {
    let x = hloom::array([1.0, 2.0, 3.0]);
    let show = |name: &str, y: &NdArray| {
        match hloom::deny_recompile(|| y.to_vec::<f64>()) {
            Ok(_) => println!("{name}: computed"),
            // Where in this file an operation stands is of no interest.
            Err(error) => {
                let mut text = error.to_string();
                while let Some(start) = text.find(", recorded at ") {
                    let end = text[start + 2..].find([' ', ';']).map_or(text.len(), |_| {
                        let rest = &text[start + ", recorded at ".len()..];
                        let len = rest.find([' ', ';']).unwrap_or(rest.len());
                        start + ", recorded at ".len() + len
                    });
                    text.replace_range(start..end, "");
                }
                println!("{name}: {text}");
            }
        }
    };
    let first = (&x * 2 + 1).sin();
    show("none", &first);
    first.to_vec::<f64>()?;
    show("same", &(&x * 5 + 7).sin());
    let other = (&x * 2 + 1).cos();
    show("other function", &other);
    show("longer", &-(&x * 2 + 1).sin());
    other.to_vec::<f64>()?;
    show("read again outside", &other);
    Ok(())
}

/// Compiles a function and writes it to a file.
pub(crate) fn save(args: &[String]) -> Result<()> {
    let double = hloom::jit(|x: NdArray| x * 2).name("double");
    let before = hloom::stats();
    let bytes = double.lower(ShapeDtype::new([3], float32)?)?.compile()?.serialize()?;
    let since = hloom::stats() - before;
    println!("compiled {}, loaded from disk {}", since.compiles, since.disk_hits);
    std::fs::write(args.first().context("expected a file")?, bytes)?;
    Ok(())
}

/// Loads a function from a file, calls it, and prints the result or the error.
pub(crate) fn load(args: &[String]) -> Result<()> {
    let bytes = std::fs::read(args.first().context("expected a file")?)?;
    let called = Compiled::load(&bytes).and_then(|double| double.call(vec![hloom::array([1.0f32, 2.0, 3.0])]));
    match called.and_then(|results| results[0].tolist()) {
        Ok(list) => println!("{list}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
