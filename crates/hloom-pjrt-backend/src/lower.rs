//! From a program and how it is compiled to an HLO module. Knows no devices.

use hloom_backend::{CompileOptions, Error, ErrorKind, Result};
use hloom_hlo::{Donation, Lowered, Options, Place, Target};
use hloom_ir::Program;
use hloom_transform::simplify;

/// Verifies, simplifies and lowers a program.
pub(crate) fn lower(program: &Program, options: &CompileOptions, target: Target) -> Result<Lowered> {
    program.verify().map_err(|error| Error::caused(ErrorKind::Internal, error.message.clone(), error))?;
    let program = &*simplify(program);
    let results = program.result_types();
    let places = options.output_buffers.iter().filter_map(|&output| {
        let ty = results.get(output)?.clone();
        Some(Place { output, ty })
    });
    let donations =
        options.donations.iter().map(|donation| Donation { parameter: donation.input, output: donation.output });
    let options =
        Options { places: places.collect(), donations: donations.collect(), module_name: options.name.clone(), target };
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
