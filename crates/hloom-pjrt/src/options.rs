//! The options that every program is compiled with, and every client is created with.
//! Knows nothing about programs.

use prost::Message;

use crate::DeviceKind;
use crate::ffi::OptionValue;

/// Faster compiling on the CPU, in plugins that know it.
pub(crate) const FAST_LOWERING: &str = "xla_cpu_use_new_xtile_lowering";

/// The value of an option.
#[derive(Clone, Copy, Debug)]
enum Setting<'s> {
    Bool(bool),
    Text(&'s str),
}

/// What every program for the CPU is compiled with, so that it computes what was written. Each cure is measured in
/// `docs/src/decisions/0009-values-before-rewrites.md`.
const CPU_VALUES: &[(&str, Setting<'static>)] = &[
    // The default drops NaN from max, min and reductions with them.
    ("xla_cpu_enable_fast_min_max", Setting::Bool(false)),
    // The default leaves out roundings to a narrower dtype on the way.
    ("xla_allow_excess_precision", Setting::Bool(false)),
];

/// Passes that no program for the CPU is compiled with. The algebraic simplifier makes `log(x ** 3)` into `3 * log(abs(x))`,
/// products with a mask into choices, and more of the kind; constant folding goes through arrays element by element, for
/// seconds, and with its own arithmetic.
const AVOIDED_PASSES: &[&str] = &["algsimp", "constant_folding"];

/// `CompileOptionsProto`, with the fields that are set here. Tags are those of XLA's
/// [`compile_options.proto`](https://github.com/openxla/xla/blob/main/xla/pjrt/proto/compile_options.proto).
#[derive(Clone, PartialEq, Message)]
struct CompileOptions {
    #[prost(message, optional, tag = "3")]
    build: Option<BuildOptions>,
    #[prost(message, repeated, tag = "7")]
    overrides: Vec<Override>,
}

/// `ExecutableBuildOptionsProto`.
#[derive(Clone, PartialEq, Message)]
struct BuildOptions {
    #[prost(int64, tag = "1")]
    device_ordinal: i64,
    #[prost(int64, tag = "4")]
    num_replicas: i64,
    #[prost(int64, tag = "5")]
    num_partitions: i64,
    #[prost(message, optional, tag = "9")]
    device_assignment: Option<DeviceAssignment>,
}

/// `DeviceAssignmentProto`.
#[derive(Clone, PartialEq, Message)]
struct DeviceAssignment {
    #[prost(int32, tag = "1")]
    replica_count: i32,
    #[prost(int32, tag = "2")]
    computation_count: i32,
    #[prost(message, repeated, tag = "3")]
    computation_devices: Vec<ComputationDevice>,
}

/// `DeviceAssignmentProto.ComputationDevice`.
#[derive(Clone, PartialEq, Message)]
struct ComputationDevice {
    #[prost(int64, repeated, tag = "1")]
    replica_device_ids: Vec<i64>,
}

/// An entry of the map `env_option_overrides`.
#[derive(Clone, PartialEq, Message)]
struct Override {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "2")]
    value: Option<OverrideValue>,
}

/// `OptionOverrideProto`, which has one of the fields. A text sets a repeated option to the parts between its commas.
#[derive(Clone, PartialEq, Message)]
struct OverrideValue {
    #[prost(string, optional, tag = "1")]
    text: Option<String>,
    #[prost(bool, optional, tag = "2")]
    bool: Option<bool>,
}

/// A serialized `CompileOptionsProto`.
///
/// `fast_lowering` asks for [`FAST_LOWERING`], which plugins that do not know it refuse by name. `avoided_passes` are left out
/// beside those that all programs are compiled without. `device_id` is left out for a client's first device, where it is the default.
pub(crate) fn compile_options(
    kind: DeviceKind,
    fast_lowering: bool,
    avoided_passes: &[&str],
    device_id: Option<i32>,
) -> Vec<u8> {
    // One replica of one computation, on this device.
    let device_assignment = device_id.map(|id| DeviceAssignment {
        replica_count: 1,
        computation_count: 1,
        computation_devices: vec![ComputationDevice { replica_device_ids: vec![id.into()] }],
    });
    // Plugins end the process if either number is left out.
    let build = BuildOptions { device_ordinal: -1, num_replicas: 1, num_partitions: 1, device_assignment };
    let fast_lowering = fast_lowering.then_some((FAST_LOWERING, Setting::Bool(true)));
    let passes = [AVOIDED_PASSES, avoided_passes].concat().join(",");
    let passes = ("xla_disable_hlo_passes", Setting::Text(&passes));
    let overrides = match kind {
        DeviceKind::Cpu => CPU_VALUES.iter().copied().chain([passes]).chain(fast_lowering).map(set).collect(),
        DeviceKind::Gpu | DeviceKind::Tpu => Vec::new(),
    };
    CompileOptions { build: Some(build), overrides }.encode_to_vec()
}

fn set((name, setting): (&str, Setting<'_>)) -> Override {
    let value = match setting {
        Setting::Bool(value) => OverrideValue { bool: Some(value), ..Default::default() },
        Setting::Text(value) => OverrideValue { text: Some(value.to_owned()), ..Default::default() },
    };
    Override { name: name.to_owned(), value: Some(value) }
}

/// The options that a client is created with, and without which one may still be had.
pub(crate) fn client_options(kind: DeviceKind) -> &'static [(&'static str, OptionValue)] {
    match kind {
        // The default is four devices, which would share the cores.
        DeviceKind::Cpu => &[("cpu_device_count", OptionValue::Int(1))],
        // The default takes three quarters of the memory at once.
        DeviceKind::Gpu => &[("preallocate", OptionValue::Bool(false))],
        DeviceKind::Tpu => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_the_tags_of_the_protocol() {
        let gpu = compile_options(DeviceKind::Gpu, true, &[], None);
        let mut expected = vec![3 << 3 | 2, 15, 1 << 3];
        expected.extend([0xff; 9]);
        expected.extend([0x01, 4 << 3, 1, 5 << 3, 1]);
        assert_eq!(gpu, expected);
        let cpu = String::from_utf8_lossy(&compile_options(DeviceKind::Cpu, false, &[], None)).into_owned();
        assert!(CPU_VALUES.iter().all(|(name, _)| cpu.contains(name)) && !cpu.contains(FAST_LOWERING));
        assert!(cpu.contains("algsimp,constant_folding"));
        let more = compile_options(DeviceKind::Cpu, false, &["cse"], None);
        assert!(String::from_utf8_lossy(&more).contains("algsimp,constant_folding,cse"));
        assert!(!String::from_utf8_lossy(&gpu).contains("xla_"));
        assert_ne!(gpu, compile_options(DeviceKind::Gpu, true, &[], Some(1)));
    }
}
