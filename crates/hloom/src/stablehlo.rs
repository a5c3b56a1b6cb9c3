//! StableHLO, by way of a Python that can convert: the C API of PJRT has no converter.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::{Error, ErrorKind, Result};

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

/// The StableHLO text of a serialized `HloModuleProto`.
///
/// # Errors
/// [`ErrorKind::Io`] if there is no Python with jax, or it fails.
pub(crate) fn convert(module: &[u8]) -> Result<String> {
    let python = std::env::var_os("HLOOM_PYTHON").unwrap_or_else(|| "python3".into());
    let name = python.to_string_lossy().into_owned();
    let failed = |why: String| Error::new(ErrorKind::Io, format!("stablehlo: {name} could not convert: {why}"));
    let mut child = Command::new(&python)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    // Taken, so that the pipe is closed when all is written. A converter that fails early does not read to the
    // end; what it says on standard error is the better message.
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(module);
    }
    let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let last = stderr.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        return Err(failed(format!("{last}; it needs jax, and HLOOM_PYTHON names another Python")));
    }
    String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))
}
