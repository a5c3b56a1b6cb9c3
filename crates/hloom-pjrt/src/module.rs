//! Looks into a module for the parameters that it may overwrite. Knows no operations.
//!
//! Tags are those of XLA's [`hlo.proto`](https://github.com/openxla/xla/blob/main/xla/service/hlo.proto).

use prost::Message;
use thiserror::Error;

use crate::messages::Aliases;

/// Bytes that are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the module is not a valid HloModuleProto")]
pub(crate) struct Malformed;

/// The parts of `HloModuleProto` that say what may be overwritten.
#[derive(Clone, PartialEq, Message)]
struct Donatable {
    #[prost(message, optional, tag = "8")]
    input_output_alias: Option<Aliases>,
    #[prost(message, optional, tag = "18")]
    buffer_donor: Option<Donors>,
}

/// `HloBufferDonorProto`.
#[derive(Clone, PartialEq, Message)]
struct Donors {
    #[prost(message, repeated, tag = "1")]
    entries: Vec<DonorEntry>,
}

/// `HloBufferDonorProto.BufferDonorEntryProto`.
#[derive(Clone, PartialEq, Message)]
struct DonorEntry {
    #[prost(int64, tag = "1")]
    parameter_number: i64,
}

/// `HloModuleProtoWithConfig`.
#[derive(Clone, PartialEq, Message)]
struct Configured {
    #[prost(bytes = "vec", optional, tag = "1")]
    module: Option<Vec<u8>>,
}

/// The parameters that a module aliases to an output or offers as a place for one.
pub(crate) fn donatable_parameters(module: &[u8]) -> Result<Vec<i64>, Malformed> {
    let Donatable { input_output_alias, buffer_donor } = Donatable::decode(module).map_err(|_| Malformed)?;
    let aliased = input_output_alias.into_iter().flat_map(|aliases| aliases.entries);
    let donors = buffer_donor.into_iter().flat_map(|donors| donors.entries);
    let aliased = aliased.map(|entry| entry.parameter_number);
    Ok(aliased.chain(donors.map(|entry| entry.parameter_number)).collect())
}

/// The serialized module of a serialized `HloModuleProtoWithConfig`.
pub(crate) fn without_config(bytes: &[u8]) -> Result<Vec<u8>, Malformed> {
    Configured::decode(bytes).ok().and_then(|configured| configured.module).ok_or(Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::{AliasEntry, Module};

    #[test]
    fn aliased_and_donor_parameters_are_found() {
        let entries = vec![
            AliasEntry { output_shape_index: vec![0], parameter_number: 300, kind: 1 },
            AliasEntry { kind: 2, ..Default::default() },
        ];
        let module =
            Module { name: "name".into(), id: -1, input_output_alias: Some(Aliases { entries }), ..Default::default() };
        let donors = Donors { entries: vec![DonorEntry { parameter_number: 7 }] };
        let donors = Donatable { buffer_donor: Some(donors), ..Default::default() };
        let module = [module.encode_to_vec(), donors.encode_to_vec()].concat();
        assert_eq!(donatable_parameters(&module), Ok(vec![300, 0, 7]));
        assert_eq!(donatable_parameters(&[]), Ok(vec![]));
    }

    #[test]
    fn the_module_of_a_configured_module_is_found() {
        let configured = b"\x12\x0dconfiguration\x0a\x06module";
        assert_eq!(without_config(configured), Ok(b"module".to_vec()));
        assert_eq!(without_config(&[1 << 3, 3]), Err(Malformed));
        assert_eq!(without_config(&[]), Err(Malformed));
    }

    #[test]
    fn malformed_modules_are_refused() {
        let module = Module { name: "name".into(), ..Default::default() }.encode_to_vec();
        assert_eq!(donatable_parameters(&module[..3]), Err(Malformed));
        assert_eq!(donatable_parameters(&[0xff; 20]), Err(Malformed));
        assert_eq!(donatable_parameters(&[8 << 3, 1]), Err(Malformed));
        assert_eq!(donatable_parameters(&[0x0f]), Err(Malformed));
    }
}
