//! `XLA_FLAGS`, on which XLA ends the process if it cannot read them: they are refused before, whatever they are.

use std::collections::BTreeSet;
use std::fs;

use crate::child::{Child, plugin};

/// What a process says that opens its device under these flags. It must not be ended by them.
fn open(flags: &str) -> String {
    Child::new("open").env("XLA_FLAGS", flags).stdout()
}

#[test]
fn flags_that_would_end_the_process_are_errors() {
    let path = plugin().display().to_string();
    for (flags, why) in [
        ("--xla_no_such_flag=1", "does not know --xla_no_such_flag"),
        ("--xla_dump=1", "the nearest flag that it knows is --xla_dump_to"),
        ("--xla_gpu=1", &*path),
        ("--xla_cpu_enable_fast_mth=true", "the nearest flag that it knows is --xla_cpu_enable_fast_math"),
        // Fields of the options that no flag sets.
        ("--xla_enable_dumping=1", "does not know --xla_enable_dumping"),
        ("--xla_gpu_libnvjitlink_mode=LIB_NV_JIT_LINK_MODE_AUTO", "does not know"),
        ("--xla_dump_to", "--xla_dump_to has no value"),
        ("--xla_cpu_enable_fast_math", "has no value"),
        ("--xla_cpu_enable_fast_math=", "takes true or false, got ''"),
        ("--xla_cpu_enable_fast_math=2", "takes true or false, got '2'"),
        ("--xla_backend_optimization_level=x", "takes an integer of 32 bits"),
        ("--xla_gpu_autotune_gemm_rtol=x", "takes a number"),
        ("--xla_cpu_scheduler_type=none", "CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"),
        ("--xla_cpu_experimental_ynn_fusion_type=all", "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"),
        ("--xla_fuel=1", "takes a name and a number"),
        ("-xla_cpu_enable_fast_math=true", "form"),
        ("--xla_cpu_enable_fast_math=true nonsense", "form"),
        (" ", "nothing but blanks"),
        ("\t\n", "nothing but blanks"),
        ("/dev/zero", "not a regular file"),
        ("nonsense", "neither a flag nor a file"),
    ] {
        let text = open(flags);
        assert!(text.starts_with("refused XLA_FLAGS: ") && text.contains(why), "{flags:?}: {text}");
    }
}

#[test]
fn flags_that_a_plugin_knows_reach_it() {
    let flags = "--xla_cpu_enable_fast_math=false --xla_backend_optimization_level=2 --xla_gpu_autotune_gemm_rtol=0.5 \
                 --xla_cpu_scheduler_type=CPU_SCHEDULER_TYPE_DEFAULT --xla_disable_hlo_passes=algsimp,dce \
                 --xla_cpu_experimental_ynn_fusion_type= --xla_cpu_use_thunk_runtime=true --xla_dump_hlo_pass_re='a b'";
    assert!(open(flags).starts_with("opened cpu:0"), "{}", open(flags));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("flags");
    fs::write(&file, flags.replace(' ', "\n").replace("a\nb", "b")).unwrap();
    assert!(open(file.to_str().unwrap()).starts_with("opened cpu:0"));
    assert!(open("").starts_with("opened cpu:0"));
}

/// Anything in the plugin's file that looks like a flag is one, or is refused.
#[test]
fn no_constant_of_a_plugin_ends_the_process() {
    /// Every how many constants one is tried: each needs a process.
    const STRIDE: usize = 12;
    let library = fs::read(plugin()).unwrap();
    let texts = library.split(|&byte| byte == 0).filter(|text| text.starts_with(b"xla_") && text.len() < 100);
    let is_name = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let names: BTreeSet<&str> = texts.filter_map(|text| std::str::from_utf8(text).ok()).filter(is_name).collect();
    assert!(names.len() > 200, "{}", names.len());
    let tried: Vec<String> = names.iter().step_by(STRIDE).map(|name| open(&format!("--{name}=1"))).collect();
    assert!(tried.iter().all(|text| text.starts_with("opened ") || text.contains("XLA_FLAGS: ")), "{tried:#?}");
    assert!(tried.iter().filter(|text| text.starts_with("opened ")).count() > tried.len() / 3, "{tried:#?}");
}
