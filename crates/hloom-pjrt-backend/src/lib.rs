//! The backend over PJRT plugins: a program is verified, lowered to an HLO module, found on disk or compiled, and run.
//!
//! Puts `hloom-hlo`, `hloom-pjrt` and `hloom-kernels` together, which know nothing of each other. Knows no NumPy and no
//! recorder.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test fails by panicking"))]

mod backend;
mod disk;
mod kernels;

use std::sync::Arc;

use hloom_backend::{Backend, CompileOptions, DeviceSpec, Driver, Result};
use hloom_hlo::Target;
use hloom_ir::Program;

/// The driver of PJRT plugins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pjrt;

impl Driver for Pjrt {
    fn open(&self, device: &DeviceSpec) -> Result<Arc<dyn Backend>> {
        Ok(Arc::new(backend::PjrtBackend::new(hloom_pjrt::open(device)?)))
    }

    fn check_process(&self) -> Result<()> {
        if hloom_pjrt::is_forked() { Err(hloom_pjrt::Error::Forked.into()) } else { Ok(()) }
    }

    fn at_exit(&self, handler: extern "C" fn()) -> bool {
        hloom_pjrt::at_exit(handler)
    }

    fn module(&self, program: &Program, options: &CompileOptions) -> Result<Vec<u8>> {
        Ok(hloom_hlo::lower_request(program, options, Target::Cpu, false)?.encode())
    }

    fn module_text(&self, program: &Program, options: &CompileOptions) -> Result<String> {
        Ok(hloom_hlo::lower_request(program, options, Target::Cpu, false)?.text())
    }
}
