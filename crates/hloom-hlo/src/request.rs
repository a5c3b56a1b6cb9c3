//! From a program and how a backend is asked to compile it to an HLO module. Knows no devices.

use hloom_backend::{CompileOptions, Error, ErrorKind, Result};
use hloom_ir::Program;
use hloom_transform::simplify;

use crate::{Donation, Lowered, Options, OutputBuffer, Target, lower};

/// Verifies, simplifies and lowers a program, for a device that knows the [kernels](crate::Kernel) or one that does not.
///
/// # Errors
/// [`ErrorKind::Internal`] if the program breaks a rule of the verifier or an output that is to be placed is not there; as
/// [`lower`].
pub fn lower_request(
    program: &Program,
    options: &CompileOptions,
    target: Target,
    has_kernels: bool,
) -> Result<Lowered> {
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
    Ok(lower(program, &Options { output_buffers, donations, module_name, target, has_kernels })?)
}

impl From<crate::Error> for Error {
    fn from(error: crate::Error) -> Error {
        let kind = match error {
            crate::Error::TooLarge { .. } => ErrorKind::OutOfMemory,
            crate::Error::Malformed(_) => ErrorKind::Compile,
            crate::Error::Internal(_) => ErrorKind::Internal,
        };
        Error::caused(kind, error.to_string(), error)
    }
}
