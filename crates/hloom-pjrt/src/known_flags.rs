//! Which flags of XLA a plugin knows, as its file says. Knows nothing of the environment.
//!
//! A flag sets a field of the message `xla.DebugOptions`, whose descriptor is part of the file and gives the
//! field's type. The flag is registered under its name, which is therefore a constant of its own in the file;
//! fields without a flag have none. A few flags set no field of their own: they are listed here, and known to the
//! plugins that hold their name.

use std::collections::{BTreeMap, HashSet};

use memchr::memmem;
use prost::Message;

/// How the descriptor of the file that declares `DebugOptions` begins: its name, and its package.
const DESCRIPTOR: &[u8] = b"\n\rxla/xla.proto\x12\x03xla";

/// The most of a file that is looked at as that descriptor, which has some tens of KiB.
const MAX_DESCRIPTOR: usize = 1 << 20;

/// How the constants begin that may be names of flags: after the end of the constant before.
const CONSTANT: &[u8] = b"\0xla_";

/// The longest name that is looked at.
const MAX_NAME: usize = 128;

/// Flags without a field of their own.
const WITHOUT_FIELD: [(&str, Kind); 15] = [
    ("xla_cpu_collective_call_warn_stuck_timeout_seconds", Kind::Int32),
    ("xla_cpu_use_thunk_runtime", Kind::Bool),
    ("xla_fuel", Kind::Fuel),
    ("xla_gpu_enable_cudnn_fmha", Kind::Bool),
    ("xla_gpu_enable_libnvjitlink", Kind::Bool),
    ("xla_gpu_enable_pipelined_all_gather", Kind::Bool),
    ("xla_gpu_enable_pipelined_all_reduce", Kind::Bool),
    ("xla_gpu_enable_pipelined_collectives", Kind::Bool),
    ("xla_gpu_enable_pipelined_reduce_scatter", Kind::Bool),
    ("xla_gpu_enable_triton_gemm_int4", Kind::Bool),
    ("xla_gpu_executable_terminate_timeout", Kind::Int32),
    ("xla_gpu_executable_warn_stuck_timeout", Kind::Int32),
    ("xla_gpu_experimental_thunk_buffer_debug_filter_by_profile_annotation_re", Kind::Text),
    ("xla_gpu_experimental_thunk_buffer_debug_filter_by_thunk_id_ranges", Kind::Int64),
    ("xla_gpu_strict_conv_algorithm_picker", Kind::Bool),
];

/// What a flag takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `true` or `false`, `1` or `0`.
    Bool,
    /// An integer.
    Int32,
    /// An integer.
    Int64,
    /// A number.
    Float,
    /// Any text.
    Text,
    /// A name and an integer, as in `pass=3`.
    Fuel,
    /// One of these names.
    Choice(Vec<String>),
    /// Any number of these names, with commas between them and perhaps a sign before each.
    Choices(Vec<String>),
}

impl Kind {
    /// Whether XLA can read the text as a value of this kind. A flag may still have reasons of its own to refuse it.
    pub(crate) fn accepts(&self, text: &str) -> bool {
        match self {
            Kind::Bool => matches!(text.to_ascii_lowercase().as_str(), "true" | "false" | "1" | "0"),
            Kind::Int32 => text.parse::<i32>().is_ok(),
            Kind::Int64 => text.parse::<i64>().is_ok(),
            Kind::Float => text.parse::<f32>().is_ok(),
            Kind::Text => true,
            Kind::Fuel => text.split(',').all(|pass| {
                let pair = pass.split_once('=');
                pair.is_some_and(|(name, fuel)| !name.is_empty() && fuel.parse::<i64>().is_ok())
            }),
            Kind::Choice(names) => is_part_of_any(names, text),
            Kind::Choices(names) => {
                let mut choices = text.split(',').map(|choice| choice.strip_prefix(['+', '-']).unwrap_or(choice));
                text.is_empty() || choices.all(|choice| is_part_of_any(names, choice))
            }
        }
    }

    /// What is accepted, in words.
    pub(crate) fn expected(&self) -> String {
        match self {
            Kind::Bool => "true or false".to_owned(),
            Kind::Int32 => "an integer of 32 bits".to_owned(),
            Kind::Int64 => "an integer of 64 bits".to_owned(),
            Kind::Float => "a number".to_owned(),
            Kind::Text => "a text".to_owned(),
            Kind::Fuel => "a name and a number, as in pass=3".to_owned(),
            Kind::Choice(names) => format!("one of {}", names.join(", ")),
            Kind::Choices(names) => format!("a list of {}", names.join(", ")),
        }
    }
}

/// Whether a text is a name, or some of its words: flags leave out what all names have in common.
fn is_part_of_any(names: &[String], text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    !text.is_empty() && names.iter().any(|name| format!("_{name}_").contains(&format!("_{text}_")))
}

/// The flags of a plugin.
#[derive(Debug)]
pub(crate) struct KnownFlags(BTreeMap<String, Kind>);

impl KnownFlags {
    /// Finds the flags in the bytes of a plugin's file; `None` if the file does not describe them.
    pub(crate) fn find(library: &[u8]) -> Option<KnownFlags> {
        let fields = memmem::find_iter(library, DESCRIPTOR).find_map(|at| fields(&library[at..]))?;
        let constants = constants(library);
        let without_field = WITHOUT_FIELD.into_iter().map(|(name, kind)| (name.to_owned(), kind));
        let known = fields.into_iter().chain(without_field);
        Some(KnownFlags(known.filter(|(name, _)| constants.contains(name.as_bytes())).collect()))
    }

    /// What a flag takes, if it is known.
    pub(crate) fn get(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    /// The known flag whose name differs least.
    pub(crate) fn nearest(&self, name: &str) -> Option<&str> {
        // Distances are quadratic in the lengths, and a user may give any text.
        let name: String = name.chars().take(MAX_NAME).collect();
        self.0.keys().map(String::as_str).min_by_key(|known| strsim::levenshtein(known, &name))
    }
}

/// The constants of a library that look like names of flags.
fn constants(library: &[u8]) -> HashSet<&[u8]> {
    let starts = memmem::find_iter(library, CONSTANT).map(|at| at + 1);
    let texts = starts.filter_map(|start| {
        let longest = &library[start..library.len().min(start + MAX_NAME)];
        longest.split(|&byte| byte == 0).next().filter(|text| text.len() < longest.len())
    });
    texts.collect()
}

/// `FileDescriptorProto`, with the fields that matter here. Tags are those of
/// [`descriptor.proto`](https://github.com/protocolbuffers/protobuf/blob/main/src/google/protobuf/descriptor.proto).
#[derive(Clone, PartialEq, Message)]
struct FileDescriptor {
    #[prost(message, repeated, tag = "4")]
    messages: Vec<Descriptor>,
}

/// `DescriptorProto`.
#[derive(Clone, PartialEq, Message)]
struct Descriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    fields: Vec<FieldDescriptor>,
    #[prost(message, repeated, tag = "4")]
    enums: Vec<EnumDescriptor>,
}

/// `FieldDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
struct FieldDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "4")]
    label: i32,
    #[prost(int32, tag = "5")]
    ty: i32,
    #[prost(string, tag = "6")]
    type_name: String,
}

/// `EnumDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
struct EnumDescriptor {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    values: Vec<EnumValueDescriptor>,
}

/// `EnumValueDescriptorProto`.
#[derive(Clone, PartialEq, Message)]
struct EnumValueDescriptor {
    #[prost(string, tag = "1")]
    name: String,
}

/// The fields of `DebugOptions` in a `FileDescriptorProto` that bytes begin with; `None` if it has no such message.
fn fields(bytes: &[u8]) -> Option<Vec<(String, Kind)>> {
    let mut file = FileDescriptor::default();
    // Where the descriptor ends is not written in it. The zero behind it is no field, and ends the reading with an
    // error; what was read before stays.
    let _ = file.merge(&bytes[..bytes.len().min(MAX_DESCRIPTOR)]);
    let options = file.messages.into_iter().find(|message| message.name == "DebugOptions")?;
    let names = |declared: EnumDescriptor| declared.values.into_iter().map(|value| value.name).collect();
    let enums = options.enums.into_iter().map(|declared| (declared.name.clone(), names(declared)));
    let enums: BTreeMap<String, Vec<String>> = enums.collect();
    let kind = |field: &FieldDescriptor| {
        let is_repeated = field.label == 3;
        // The numbers are those of `FieldDescriptorProto.Type`.
        match field.ty {
            8 if !is_repeated => Kind::Bool,
            5 if !is_repeated => Kind::Int32,
            3 if !is_repeated => Kind::Int64,
            1 | 2 if !is_repeated => Kind::Float,
            14 => match field.type_name.rsplit('.').next().and_then(|name| enums.get(name)).cloned() {
                Some(names) if is_repeated => Kind::Choices(names),
                Some(names) => Kind::Choice(names),
                None => Kind::Text,
            },
            _ => Kind::Text,
        }
    };
    Some(options.fields.into_iter().map(|field| (field.name.clone(), kind(&field))).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The bytes of a made-up plugin with these fields (name, repeated, type) and these constants.
    pub(crate) fn library(fields: &[(&str, bool, i32)], constants: &[&str]) -> Vec<u8> {
        let values = ["MODE_OFF", "MODE_FAST_CODE"].map(|name| EnumValueDescriptor { name: name.to_owned() });
        let mode = EnumDescriptor { name: "Mode".to_owned(), values: values.to_vec() };
        let fields = fields.iter().map(|&(name, is_repeated, ty)| FieldDescriptor {
            name: name.to_owned(),
            label: if is_repeated { 3 } else { 1 },
            ty,
            type_name: ".xla.DebugOptions.Mode".to_owned(),
        });
        let options = Descriptor { name: "DebugOptions".to_owned(), fields: fields.collect(), enums: vec![mode] };
        let other = Descriptor { name: "Other".to_owned(), ..Default::default() };
        let file = FileDescriptor { messages: vec![other, options] };
        let constants = constants.iter().flat_map(|constant| [constant.as_bytes(), b"\0"]).collect::<Vec<_>>().concat();
        [b"\0beginning\0", &*constants, DESCRIPTOR, &file.encode_to_vec(), &[0; 16]].concat()
    }

    #[test]
    fn a_flag_has_a_field_and_a_constant_of_its_own() {
        let fields = [("xla_number", false, 5), ("xla_unflagged", false, 8), ("xla_mode", false, 14)];
        let constants = ["xla_number", "prefix_xla_unflagged", "xla_mode", "xla_text", "xla_fuel"];
        let known = KnownFlags::find(&library(&fields, &constants)).unwrap();
        assert_eq!(known.get("xla_number"), Some(&Kind::Int32));
        let names = ["MODE_OFF".to_owned(), "MODE_FAST_CODE".to_owned()].to_vec();
        assert_eq!(known.get("xla_mode"), Some(&Kind::Choice(names)));
        assert_eq!(known.get("xla_fuel"), Some(&Kind::Fuel));
        assert_eq!(known.get("xla_unflagged"), None);
        assert_eq!(known.get("xla_text"), None);
        assert_eq!(known.nearest("xla_numbers"), Some("xla_number"));
    }

    #[test]
    fn values_are_checked_by_kind() {
        let names: Vec<String> = ["MODE_OFF", "MODE_FAST_CODE"].map(str::to_owned).to_vec();
        let cases: [(Kind, &[&str], &[&str]); 7] = [
            (Kind::Bool, &["true", "False", "1", "0"], &["", "yes", "2", "t"]),
            (Kind::Int32, &["0", "-7", "+7", "007"], &["", "x", "1.5", "1x", "9999999999"]),
            (Kind::Int64, &["9999999999"], &["99999999999999999999"]),
            (Kind::Float, &["1", "1.5", "-1e3", "nan"], &["", "x", "1x"]),
            (Kind::Fuel, &["pass=3", "a=1,b=2"], &["", "pass", "=1", "a=1,"]),
            (Kind::Choice(names.clone()), &["MODE_OFF", "off", "fast_code", "mode_fast_code"], &["", "o", "1", "fas"]),
            (Kind::Choices(names), &["", "off", "+off,-FAST_CODE"], &["off,", "+", "on"]),
        ];
        for (kind, accepted, refused) in cases {
            accepted.iter().for_each(|text| assert!(kind.accepts(text), "{kind:?}: '{text}'"));
            refused.iter().for_each(|text| assert!(!kind.accepts(text), "{kind:?}: '{text}'"));
        }
    }

    #[test]
    fn damaged_descriptors_are_not_believed() {
        let bytes = library(&[("xla_number", false, 5)], &["xla_number"]);
        assert!(KnownFlags::find(b"").is_none());
        assert!(KnownFlags::find(DESCRIPTOR).is_none());
        for cut in 0..bytes.len() {
            // Whatever is left is read to its end or not at all.
            let _ = KnownFlags::find(&bytes[..cut]);
        }
    }
}
