//! From a program and how it is compiled to an HLO module. Knows no devices.

use hloom_backend::{CompileOptions, Error, ErrorKind, Result};
use hloom_hlo::{Donation, Lowered, Options, OutputBuffer, Target};
use hloom_ir::Program;
use hloom_transform::simplify;

/// Verifies, simplifies and lowers a program, for a device that knows the kernels or one that does not.
pub(crate) fn lower(program: &Program, options: &CompileOptions, target: Target, has_kernels: bool) -> Result<Lowered> {
    program.verify().map_err(|error| Error::caused(ErrorKind::Internal, error.message.clone(), error))?;
    let program = &*simplify(program);
    let results = program.result_types();
    let buffer = |&output: &usize| match results.get(output) {
        Some(ty) => Ok(OutputBuffer { output, ty: ty.clone() }),
        None => Err(Error::new(ErrorKind::Internal, format!("compile: there is no output {output} to be placed"))),
    };
    let output_buffers = options.output_buffers.iter().map(buffer).collect::<Result<Vec<OutputBuffer>>>()?;
    let donations =
        options.donations.iter().map(|donation| Donation { parameter: donation.input, output: donation.output });
    let (donations, module_name) = (donations.collect(), options.name.clone());
    let options = Options { output_buffers, donations, module_name, target, has_kernels };
    hloom_hlo::lower(program, &options).map_err(failure)
}

/// A failure of lowering, or of reading a module.
pub(crate) fn failure(error: hloom_hlo::Error) -> Error {
    let kind = match error {
        hloom_hlo::Error::TooLarge { .. } => ErrorKind::OutOfMemory,
        hloom_hlo::Error::Malformed(_) => ErrorKind::Compile,
        _ => ErrorKind::Internal,
    };
    Error::caused(kind, error.to_string(), error)
}
