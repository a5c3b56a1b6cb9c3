//! `hloom run`: calls a function that was saved. Knows files and texts; what a function is the library does.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use hloom::{Compiled, NdArray, Type};

use crate::file;

type Function = Compiled<Vec<NdArray>, Vec<NdArray>>;

/// Calls the function in a file with the inputs, and writes its results to the outputs, or to `out` if there are none.
pub(crate) fn run(file: &Path, inputs: &[String], outputs: &[PathBuf], out: &mut dyn Write) -> Result<()> {
    let function = load(file)?;
    let arguments = function.argument_types();
    ensure!(
        inputs.len() == arguments.len(),
        "'{}' takes {}, got {}\n{}",
        function.name(),
        count(arguments.len(), "input"),
        inputs.len(),
        signature(&function)
    );
    let results = function.result_types();
    ensure!(
        outputs.is_empty() || outputs.len() == results.len(),
        "'{}' has {}, got {} to write\n{}",
        function.name(),
        count(results.len(), "result"),
        count(outputs.len(), "output"),
        signature(&function)
    );
    let pairs = inputs.iter().zip(&arguments);
    let values = pairs.map(|(input, (place, ty))| {
        read(input, ty).with_context(|| format!("cannot use {input} as the argument {place}, {ty}"))
    });
    let values = values.collect::<Result<Vec<_>>>()?;
    // The line of the call is one of this program's, and of no use to its user.
    let results = function.call(values).map_err(|error| anyhow!("{:?}: {}", error.kind(), error.message()))?;
    if outputs.is_empty() {
        for result in &results {
            writeln!(out, "{}", result.repr()?)?;
        }
        return Ok(());
    }
    // All results are there before the first file is written.
    for result in &results {
        result.data()?;
    }
    for (result, output) in results.iter().zip(outputs) {
        hloom::save(output, result)?;
    }
    Ok(())
}

/// Shows what the function in a file takes and returns.
pub(crate) fn show(file: &Path, out: &mut dyn Write) -> Result<()> {
    let function = load(file)?;
    writeln!(out, "{}\n{}", function.name(), signature(&function))?;
    Ok(())
}

fn load(path: &Path) -> Result<Function> {
    let bytes = file::content(path)?;
    Compiled::load(&bytes).with_context(|| format!("cannot load {}", path.display()))
}

/// The arguments and results of a function, one a line.
fn signature(function: &Function) -> String {
    let arguments = function.argument_types().into_iter().map(|(place, ty)| {
        let place = if place.is_empty() { "the argument".to_owned() } else { format!("argument {place}") };
        format!("  {place}: {ty}")
    });
    let results = function.result_types().iter().enumerate().map(|(idx, ty)| format!("  result {idx}: {ty}"));
    arguments.chain(results).collect::<Vec<_>>().join("\n")
}

/// An input: a file, or a number where the function takes one.
fn read(input: &str, ty: &Type) -> Result<NdArray> {
    let path = Path::new(input);
    if ty.shape.is_empty() && !path.exists() {
        let zero = NdArray::new((), ty.dtype);
        let integer = input.parse::<i64>().map(|integer| hloom::full_like(&zero, integer));
        if let Ok(integer) = integer.or_else(|_| input.parse::<u64>().map(|integer| hloom::full_like(&zero, integer))) {
            // It may be out of bounds for the dtype.
            integer.check()?;
            return Ok(integer);
        }
        if let Ok(number) = input.parse::<f64>() {
            ensure!(!ty.dtype.is_integer(), "expected an integer");
            return Ok(NdArray::from(number).astype(ty.dtype));
        }
        if let Ok(truth) = input.parse::<bool>() {
            return Ok(NdArray::from(truth).astype(ty.dtype));
        }
    }
    Ok(hloom::load(path)?)
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
