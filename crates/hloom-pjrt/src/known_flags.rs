//! Which flags of XLA a plugin knows, as its file says. Knows nothing of the environment.
//!
//! A flag sets a field of the message `xla.DebugOptions`, whose descriptor is part of the file and gives the
//! field's type. The flag is registered under its name, which is therefore a constant of its own in the file;
//! fields without a flag have none. A few flags set no field of their own: they are listed here, and known to the
//! plugins that hold their name.

use std::collections::{BTreeMap, HashSet};

use memchr::memmem;

use crate::wire::{Malformed, Reader, Value};

/// How the descriptor of the file that declares `DebugOptions` begins: its name, and its package.
const DESCRIPTOR: &[u8] = b"\n\rxla/xla.proto\x12\x03xla";

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
        let fields = memmem::find_iter(library, DESCRIPTOR).find_map(|at| fields(&library[at..]).ok().flatten())?;
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

/// The fields of `DebugOptions` in a `FileDescriptorProto` that bytes begin with; `None` if it has no such message.
fn fields(bytes: &[u8]) -> Result<Option<Vec<(String, Kind)>>, Malformed> {
    const MESSAGE: u64 = 4;
    /// The last tag of `FileDescriptorProto` that may come before the messages' end.
    const LAST: u64 = 14;
    let mut file = Reader::new(bytes);
    // Where the descriptor ends is not written in it.
    while let Some((tag, value)) = file.field()? {
        match value {
            Value::Bytes(message) if tag == MESSAGE && text_of(message, 1)?.as_deref() == Some("DebugOptions") => {
                return fields_of(message).map(Some);
            }
            _ if tag > LAST => break,
            _ => {}
        }
    }
    Ok(None)
}

/// The fields of a `DescriptorProto`.
fn fields_of(message: &[u8]) -> Result<Vec<(String, Kind)>, Malformed> {
    const FIELD: u64 = 2;
    const ENUM: u64 = 4;
    let mut enums = BTreeMap::new();
    for declaration in messages(message, ENUM)? {
        let names = messages(declaration, 2)?.into_iter().filter_map(|value| text_of(value, 1).transpose());
        enums.insert(text_of(declaration, 1)?.unwrap_or_default(), names.collect::<Result<Vec<_>, _>>()?);
    }
    let mut fields = Vec::new();
    for field in messages(message, FIELD)? {
        let Some(name) = text_of(field, 1)? else { continue };
        let is_repeated = int_of(field, 4)? == 3;
        // The numbers are those of `FieldDescriptorProto.Type`.
        let kind = match int_of(field, 5)? {
            8 if !is_repeated => Kind::Bool,
            5 if !is_repeated => Kind::Int32,
            3 if !is_repeated => Kind::Int64,
            1 | 2 if !is_repeated => Kind::Float,
            14 => {
                let path = text_of(field, 6)?.unwrap_or_default();
                let names = path.rsplit('.').next().and_then(|name| enums.get(name)).cloned();
                match names {
                    Some(names) if is_repeated => Kind::Choices(names),
                    Some(names) => Kind::Choice(names),
                    None => Kind::Text,
                }
            }
            _ => Kind::Text,
        };
        fields.push((name, kind));
    }
    Ok(fields)
}

/// The messages, texts and bytes in a message's fields of one tag.
fn messages(message: &[u8], tag: u64) -> Result<Vec<&[u8]>, Malformed> {
    let mut found = Vec::new();
    let mut fields = Reader::new(message);
    while let Some((field, value)) = fields.field()? {
        if let (true, Value::Bytes(bytes)) = (field == tag, value) {
            found.push(bytes);
        }
    }
    Ok(found)
}

fn text_of(message: &[u8], tag: u64) -> Result<Option<String>, Malformed> {
    let text = messages(message, tag)?.pop();
    text.map(|text| String::from_utf8(text.to_vec()).map_err(|_| Malformed)).transpose()
}

fn int_of(message: &[u8], tag: u64) -> Result<u64, Malformed> {
    let mut found = 0;
    let mut fields = Reader::new(message);
    while let Some((field, value)) = fields.field()? {
        if let (true, Value::Int(value)) = (field == tag, value) {
            found = value;
        }
    }
    Ok(found)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::wire::Writer;

    /// The bytes of a made-up plugin with these fields (name, repeated, type) and these constants.
    pub(crate) fn library(fields: &[(&str, bool, i64)], constants: &[&str]) -> Vec<u8> {
        let text = |tag, text: &str| Writer::default().bytes(tag, text.as_bytes());
        let mode = text(1, "Mode").message(2, text(1, "MODE_OFF")).message(2, text(1, "MODE_FAST_CODE"));
        let mut options = text(1, "DebugOptions").message(4, mode);
        for &(name, is_repeated, ty) in fields {
            let field = text(1, name).int(4, if is_repeated { 3 } else { 1 }).int(5, ty);
            options = options.message(2, field.bytes(6, b".xla.DebugOptions.Mode"));
        }
        let file = text(1, "xla/xla.proto").bytes(2, b"xla").message(4, text(1, "Other")).message(4, options);
        let mut bytes = b"\0beginning\0".to_vec();
        for constant in constants {
            bytes.extend([constant.as_bytes(), b"\0"].concat());
        }
        bytes.extend(file.finish());
        bytes.extend([0; 16]);
        bytes
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
