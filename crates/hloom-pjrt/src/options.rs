//! The options that every program is compiled with, and every client is created with.
//! Knows nothing about programs.

use crate::DeviceKind;
use crate::ffi::OptionValue;
use crate::wire::Writer;

/// Faster compiling on the CPU, in plugins that know it.
pub(crate) const FAST_LOWERING: &str = "xla_cpu_use_new_xtile_lowering";

/// The value of an option.
#[derive(Clone, Copy, Debug)]
enum Setting {
    Bool(bool),
    Text(&'static str),
}

/// What every program for the CPU is compiled with, so that it computes what was written. Each cure is measured in
/// `docs/src/decisions/0009-values-before-rewrites.md`.
const CPU_VALUES: &[(&str, Setting)] = &[
    // The default drops NaN from max, min and reductions with them.
    ("xla_cpu_enable_fast_min_max", Setting::Bool(false)),
    // The default leaves out roundings to a narrower dtype on the way.
    ("xla_allow_excess_precision", Setting::Bool(false)),
    // The algebraic simplifier makes `log(x ** 3)` into `3 * log(abs(x))`, products with a mask into choices, and more of
    // the kind; constant folding goes through arrays element by element, for seconds, and with its own arithmetic.
    ("xla_disable_hlo_passes", Setting::Text("algsimp,constant_folding")),
];

/// A serialized `CompileOptionsProto`.
///
/// `fast_lowering` asks for [`FAST_LOWERING`], which plugins that do not know it refuse by name.
/// `device_id` is left out for a client's first device, where it is the default.
pub(crate) fn compile_options(kind: DeviceKind, fast_lowering: bool, device_id: Option<i32>) -> Vec<u8> {
    // ExecutableBuildOptionsProto. Plugins end the process if either number is left out.
    let mut build = Writer::default().int(1, -1).int(4, 1).int(5, 1);
    if let Some(id) = device_id {
        // DeviceAssignmentProto: one replica of one computation, on this device.
        let computation = Writer::default().int(1, i64::from(id));
        build = build.message(9, Writer::default().int(1, 1).int(2, 1).message(3, computation));
    }
    let mut options = Writer::default().message(3, build);
    if kind == DeviceKind::Cpu {
        for &(name, setting) in CPU_VALUES {
            options = with(options, name, setting);
        }
        if fast_lowering {
            options = with(options, FAST_LOWERING, Setting::Bool(true));
        }
    }
    options.finish()
}

/// Adds an entry of `env_option_overrides`. A text sets a repeated option to the parts between its commas.
fn with(options: Writer, name: &str, setting: Setting) -> Writer {
    let value = match setting {
        Setting::Bool(value) => Writer::default().int(2, i64::from(value)),
        Setting::Text(value) => Writer::default().bytes(1, value.as_bytes()),
    };
    options.message(7, Writer::default().bytes(1, name.as_bytes()).message(2, value))
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
        let gpu = compile_options(DeviceKind::Gpu, true, None);
        let mut expected = vec![3 << 3 | 2, 15, 1 << 3];
        expected.extend([0xff; 9]);
        expected.extend([0x01, 4 << 3, 1, 5 << 3, 1]);
        assert_eq!(gpu, expected);
        let cpu = String::from_utf8_lossy(&compile_options(DeviceKind::Cpu, false, None)).into_owned();
        assert!(CPU_VALUES.iter().all(|(name, _)| cpu.contains(name)) && !cpu.contains(FAST_LOWERING));
        assert!(!String::from_utf8_lossy(&gpu).contains("xla_"));
        assert_ne!(gpu, compile_options(DeviceKind::Gpu, true, Some(1)));
    }
}
