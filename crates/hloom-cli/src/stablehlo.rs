//! `hloom stablehlo`: converts a module of HLO to StableHLO, by way of a Python that can: the C API of PJRT has no
//! converter.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::file;

/// Reads a module from standard input and writes its StableHLO text. The names are those of jax 0.7 and later, which
/// are not part of its public interface.
const PROGRAM: &str = "
import sys
from jax._src.interpreters import mlir
from jaxlib import _jax
module = _jax.mlir.hlo_to_stablehlo(sys.stdin.buffer.read())
with mlir.make_ir_context():
    sys.stdout.write(str(mlir.ir.Module.parse(module)))
";

/// Converts the module in a file, and writes its text to another, or to `out` if there is none.
pub(crate) fn run(module: &Path, output: Option<&Path>, out: &mut dyn Write) -> Result<()> {
    let text = convert(&file::content(module)?)?;
    match output {
        Some(path) => fs::write(path, text).with_context(|| format!("cannot write {}", path.display())),
        None => Ok(out.write_all(text.as_bytes())?),
    }
}

/// The StableHLO text of a serialized `HloModuleProto`.
fn convert(module: &[u8]) -> Result<String> {
    let python = std::env::var_os("HLOOM_PYTHON").unwrap_or_else(|| "python3".into());
    let failed = || format!("{} could not convert", python.to_string_lossy());
    let mut child = Command::new(&python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(failed)?;
    // Taken, so that the pipe is closed when all is written. A converter that fails early does not read to the
    // end; what it says on standard error is the better message.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(module);
    }
    let output = child.wait_with_output().with_context(failed)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        bail!("{}: {last}; it needs jax, and HLOOM_PYTHON names another Python", failed());
    }
    String::from_utf8(output.stdout).with_context(failed)
}
