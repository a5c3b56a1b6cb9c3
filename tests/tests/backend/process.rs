//! Whole programs on the `xla` crate: how it is chosen, and how processes end.

use hloom::backends::Pjrt;

use crate::child::Child;

/// A scenario on the `xla` crate.
fn child(scenario: &str) -> Child {
    Child::bare(scenario).env("HLOOM_BACKEND", "xla").env("HLOOM_DISK_CACHE", "0")
}

#[test]
fn programs_run() {
    let text = child("sum").stdout();
    assert!(text.starts_with("value 295\n"), "{text}");
    assert!(text.contains("disk_hits 0"), "{text}");
}

#[test]
fn names_of_backends() {
    let text = Child::bare("sum").env("HLOOM_BACKEND", "tflite").stdout();
    assert!(text.starts_with("PluginError: device: HLOOM_BACKEND is 'tflite', expected pjrt or xla"), "{text}");
    let text = child("sum").env("HLOOM_DEVICE", "cpu:7").stdout();
    assert!(
        text.starts_with("PluginError: device: the xla crate compiles for the first device of each kind only"),
        "{text}"
    );
    let text = child("sum").env("HLOOM_DEVICE", "gpu:0").stdout();
    assert!(text.starts_with("PluginError: device: gpu:0"), "{text}");
}

#[test]
fn options_are_not_read_from_files() {
    let text = child("sum").env("XLA_FLAGS", "flags.txt").stdout();
    assert!(text.starts_with("PluginError: XLA_FLAGS names the file 'flags.txt'"), "{text}");
}

#[test]
fn one_backend_is_chosen_once() {
    hloom::ones(2).tolist().unwrap();
    let error = hloom::set_backend(Pjrt).unwrap_err();
    assert!(error.message().starts_with("set_backend: a backend is in use already"), "{error}");
}

#[test]
fn forked_children_are_told() {
    let on_plugin = Child::new("fork").stdout();
    assert_eq!(child("fork").stdout(), on_plugin);
}

/// A process that starts threads before it opens a device has to be given XLA's options by its environment.
#[test]
fn threads_take_and_replace_one_array() {
    let contend = || child("contend").arg("16").arg("40");
    let outcome = contend().outcome();
    assert!(!outcome.status.success() && outcome.stdout.is_empty(), "{outcome:?}");
    let named = outcome.stderr.split("or set XLA_FLAGS='").nth(1).and_then(|rest| rest.split('\'').next());
    assert_eq!(contend().env("XLA_FLAGS", named.unwrap()).stdout(), "last 40\n");
}
