//! Plugins and devices that are not there, are not what they should be, or appear later.

use expect_test::{Expect, expect};
use hloom_pjrt::Plugin;

use crate::child::{Child, plugin};

/// What a process prints that cannot use its device, with the changing parts of paths left out.
fn check(child: Child, folder: &tempfile::TempDir, expected: Expect) {
    let text = child.stdout().replace(&folder.path().display().to_string(), "FOLDER");
    let text = text.replace(&plugin().display().to_string(), "PLUGIN");
    expected.assert_eq(&text);
}

#[test]
fn a_file_that_is_no_plugin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugin.so");
    for content in [&b"not a library"[..], &[0; 4096], b"\x7fELF\x02\x01\x01", b""] {
        std::fs::write(&path, content).unwrap();
        let text = Child::bare("sum").env("HLOOM_PLUGIN_CPU", &path).stdout();
        let named = format!("PluginError: plugin {}: ", path.display());
        assert_eq!(text.lines().filter(|line| line.starts_with(&named)).count(), 2, "{text}");
    }
    let missing = Child::bare("sum").env("HLOOM_PLUGIN_CPU", folder.path().join("none.so"));
    check(
        missing,
        &folder,
        expect![[r#"
            PluginError: plugin FOLDER/none.so: HLOOM_PLUGIN_CPU names it, but it is not a file
            PluginError: plugin FOLDER/none.so: HLOOM_PLUGIN_CPU names it, but it is not a file
            compiles 0
            disk_hits 0
        "#]],
    );
}

/// A process that finds no plugin anywhere: an empty cache, and no Python that could have one.
fn without_plugin(scenario: &str, folder: &tempfile::TempDir) -> Child {
    Child::bare(scenario)
        .env("HLOOM_CACHE_DIR", folder.path().join("cache"))
        .env("HLOOM_AUTO_INSTALL", "0")
        .env("PATH", folder.path())
}

#[test]
fn a_missing_plugin_names_the_command_that_installs_it() {
    let folder = tempfile::tempdir().unwrap();
    check(
        without_plugin("sum", &folder),
        &folder,
        expect![[r#"
            PluginError: plugin: none is installed for cpu; install one with `hloom plugin install cpu`, or name a file in HLOOM_PLUGIN_CPU
            PluginError: plugin: none is installed for cpu; install one with `hloom plugin install cpu`, or name a file in HLOOM_PLUGIN_CPU
            compiles 0
            disk_hits 0
        "#]],
    );
}

#[test]
fn a_plugin_that_appears_is_used_by_what_failed_before() {
    let folder = tempfile::tempdir().unwrap();
    let installed = Plugin::for_kind(hloom_pjrt::DeviceKind::Cpu).next().unwrap().installed_path();
    let path = folder.path().join("cache/plugins").join(installed);
    let child = without_plugin("retry", &folder)
        .env("HLOOM_TEST_PATH", path)
        .env("HLOOM_TEST_TARGET", plugin())
        .env("HLOOM_DISK_CACHE", "0");
    check(
        child,
        &folder,
        expect![[r#"
            PluginError: plugin: none is installed for cpu; install one with `hloom plugin install cpu`, or name a file in HLOOM_PLUGIN_CPU
            value [1, 2, 3, 4]
            value [2, 4, 6, 8]
        "#]],
    );
}

/// Who can change a folder above a plugin decides what is run.
#[test]
fn plugins_that_others_can_change_are_not_loaded() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let installed = Plugin::for_kind(hloom_pjrt::DeviceKind::Cpu).next().unwrap().installed_path();
    let path = folder.path().join("cache/plugins").join(installed);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::copy(plugin(), &path).unwrap();
    let open = || without_plugin("open", &folder).stdout();
    assert!(open().starts_with("opened cpu:0"), "{}", open());
    for at in path.ancestors().take_while(|at| *at != folder.path()) {
        let before = std::fs::metadata(at).unwrap().permissions();
        set_permissions(at, Permissions::from_mode(before.mode() | 0o022)).unwrap();
        let expected = format!("refused cache: {} is a link or can be changed by others", at.display());
        assert!(open().starts_with(&expected), "{}: {}", at.display(), open());
        set_permissions(at, before).unwrap();
    }
    let target = path.with_extension("target");
    std::fs::rename(&path, &target).unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(open().starts_with("refused cache: "), "{}", open());
}

#[test]
fn devices_that_do_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    check(
        Child::new("sum").env("HLOOM_DEVICE", "fpga:0"),
        &folder,
        expect![[r#"
            PluginError: device: 'fpga:0' is not a device, expected cpu, gpu or tpu with an optional index such as gpu:0
            PluginError: device: 'fpga:0' is not a device, expected cpu, gpu or tpu with an optional index such as gpu:0
            compiles 0
            disk_hits 0
        "#]],
    );
    check(
        Child::new("sum").env("HLOOM_DEVICE", "cpu:7"),
        &folder,
        expect![[r#"
            PluginError: device: cpu:7 does not exist, PLUGIN offers 1 device(s)
            PluginError: device: cpu:7 does not exist, PLUGIN offers 1 device(s)
            compiles 0
            disk_hits 0
        "#]],
    );
}

/// Under a limit of address space, memory that cannot be had is an error, and the next program runs.
#[test]
fn memory_that_is_not_there_is_an_error() {
    let text = Child::limited("allocate", 4 << 20).arg("6144").stdout();
    assert_eq!(text, "refused MemoryError\nthen [1, 2, 3]\n");
}

#[test]
fn an_empty_device_is_none_at_all() {
    assert!(Child::new("sum").env("HLOOM_DEVICE", "").stdout().starts_with("value 295\n"));
}

/// Once folded by the compiler element by element, until it found no memory and threw an exception.
#[test]
fn a_constant_that_no_machine_can_hold_is_reduced() {
    let text = Child::limited("constant", 8 << 20).stdout();
    assert_eq!(text, "value 0\nvalue 1.0\nthen [1, 2, 3]\n");
}

#[test]
fn memory_that_is_there_is_used() {
    assert_eq!(Child::limited("allocate", 4 << 20).arg("8").stdout(), "computed (1048576,)\nthen [1, 2, 3]\n");
}
