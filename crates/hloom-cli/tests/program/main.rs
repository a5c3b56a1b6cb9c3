//! Runs the program as a user would, where it has to fail cleanly: each case is a process of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bench;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn hloom(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hloom"));
    command.args(arguments);
    command
}

/// Standard output and standard error together.
fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

#[track_caller]
fn check_failure(command: &mut Command, expected: &str) {
    let output = command.output().unwrap();
    let text = text(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(expected), "{text}");
}

/// The files under a folder.
fn files(dir: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    files
}

#[test]
fn a_working_cpu_is_reported() {
    let output = hloom(&["doctor", "cpu"]).output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("works"), "{text}");
}

#[test]
fn unknown_xla_flags_are_reported_instead_of_aborting() {
    // The plugin has to be there before its flags can be looked up.
    assert!(hloom(&["doctor", "cpu"]).status().unwrap().success());
    let expected = "does not know --xla_no_such_flag";
    check_failure(hloom(&["doctor", "cpu"]).env("XLA_FLAGS", "--xla_no_such_flag=1"), expected);
    check_failure(hloom(&["doctor", "cpu"]).env("XLA_FLAGS", "nonsense"), "neither a flag nor a file");
    let mut known = hloom(&["doctor", "cpu"]);
    assert!(known.env("XLA_FLAGS", "--xla_cpu_enable_fast_math=false").status().unwrap().success());
}

#[test]
fn a_file_that_is_no_plugin_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("plugin.so");
    check_failure(hloom(&["doctor"]).env("HLOOM_PLUGIN_CPU", &file), "not a file");
    fs::write(&file, "not a library").unwrap();
    check_failure(hloom(&["doctor"]).env("HLOOM_PLUGIN_CPU", &file), "not a shared library");
}

#[test]
fn a_missing_plugin_names_the_command_that_installs_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = hloom(&["doctor", "cpu"]);
    command.env("HLOOM_CACHE_DIR", dir.path()).env("PATH", "").env("HLOOM_AUTO_INSTALL", "0");
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX", "HLOOM_PLUGIN_CPU"] {
        command.env_remove(variable);
    }
    check_failure(&mut command, "hloom plugin install cpu");
}

#[test]
fn an_installation_that_fails_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut without_pip = hloom(&["plugin", "install", "cpu"]);
    without_pip.env("HLOOM_CACHE_DIR", dir.path()).env("PATH", "");
    check_failure(&mut without_pip, "none of the programs that fetch wheels could be run");
    assert_eq!(files(dir.path()), [".lock"]);

    // An index that refuses connections.
    let mut without_network = hloom(&["plugin", "install", "cpu"]);
    without_network.env("HLOOM_CACHE_DIR", dir.path());
    without_network.env("PIP_CONFIG_FILE", "/dev/null").env("PIP_RETRIES", "0");
    without_network.env("PIP_NO_INDEX", "0").env("PIP_INDEX_URL", "http://127.0.0.1:1/simple");
    without_network.env("PIP_FIND_LINKS", "").env("PIP_NO_CACHE_DIR", "1");
    without_network.env("PIP_EXTRA_INDEX_URL", "").env("UV_INDEX_URL", "http://127.0.0.1:1/simple");
    check_failure(&mut without_network, "failed: ");
    assert_eq!(files(dir.path()), [".lock"]);

    check_failure(&mut hloom(&["plugin", "install", "no-such-plugin"]), "cpu-alt");
}

/// A function of a matrix and a number, as a file in a folder.
fn saved_function(folder: &Path) -> PathBuf {
    use hloom::{NdArray, ShapeDtype, float32};
    let scaled = hloom::jit(|(x, by): (NdArray, NdArray)| (&x * by, x.sum(..))).name("scaled");
    let spec = ShapeDtype::new([2, 2], float32).unwrap();
    let bytes = scaled.lower((spec, 2)).unwrap().compile().unwrap().serialize().unwrap();
    let path = folder.join("scaled.hloom");
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn what_has_no_end_is_not_read() {
    let dir = tempfile::tempdir().unwrap();
    let function = saved_function(dir.path());
    for path in ["/dev/zero", "/dev", "/proc/self/fd/0"] {
        let mut command = hloom(&["run", path]);
        command.stdin(std::process::Stdio::piped());
        check_failure(&mut command, "not a regular file");
    }
    let mut command = hloom(&["run"]);
    command.arg(&function).args(["--input", "/dev/zero", "--input", "1"]);
    check_failure(&mut command, "not a regular file");
}

#[test]
fn a_saved_function_runs_on_files() {
    let dir = tempfile::tempdir().unwrap();
    let function = saved_function(dir.path());
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let x = hloom::array([[1.0f32, 2.0], [3.0, 4.0]]);
    hloom::save(file("x"), &x).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = hloom(&["run"]);
        command.arg(&function).args(arguments);
        command
    };
    let output = run(&["--signature"]).output().unwrap();
    assert_eq!(
        text(&output),
        "scaled\n  argument [0]: f32[2,2]\n  argument [1]: i64[]\n  result 0: f32[2,2]\n  result 1: f32[]\n"
    );
    let (x, y, sum) = (file("x.npy"), file("y.npy"), file("sum"));
    let output = run(&["--input", &x, "--input", "-3", "--output", &y, "--output", &sum]).output().unwrap();
    assert_eq!((output.status.success(), text(&output).as_str()), (true, ""));
    assert_eq!(hloom::load(&y).unwrap().tolist().unwrap(), [[-3.0, -6.0], [-9.0, -12.0]]);
    assert_eq!(hloom::load(file("sum.npy")).unwrap().item::<f32>().unwrap(), 10.0);
    let output = run(&["--input", &x, "--input", "1"]).output().unwrap();
    assert_eq!(text(&output), "array([[1., 2.],\n       [3., 4.]], dtype=float32)\narray(10., dtype=float32)\n");

    check_failure(&mut run(&["--input", &x]), "'scaled' takes 2 inputs, got 1");
    check_failure(&mut run(&["--input", &x, "--input", "1", "--output", &y]), "'scaled' has 2 results, got 1 output");
    check_failure(&mut run(&["--input", &x, "--input", "1.5"]), "as the argument [1], i64[]: expected an integer");
    let beyond = u64::MAX.to_string();
    check_failure(
        &mut run(&["--input", &x, "--input", &beyond]),
        "integer 18446744073709551615 out of bounds for int64",
    );
    check_failure(&mut run(&["--input", &file("none.npy"), "--input", "1"]), "as the argument [0], f32[2,2]");
    hloom::save(file("x"), hloom::zeros([2, 3])).unwrap();
    check_failure(&mut run(&["--input", &x, "--input", "1"]), "argument [0] is f64[2,3], was f32[2,2]");
    fs::write(&x, "no array").unwrap();
    check_failure(&mut run(&["--input", &x, "--input", "1"]), "the magic string is not correct");
}

#[test]
fn what_is_no_saved_function_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let function = saved_function(dir.path());
    let run = |path: &Path| {
        let mut command = hloom(&["run", "--signature"]);
        command.arg(path);
        command
    };
    check_failure(&mut run(dir.path()), "cannot read");
    check_failure(&mut run(&dir.path().join("none")), "cannot read");
    let bytes = fs::read(&function).unwrap();
    fs::write(&function, &bytes[..bytes.len() / 2]).unwrap();
    check_failure(&mut run(&function), "the bytes are no compiled function of hloom: the checksum differs");
    fs::write(&function, "").unwrap();
    check_failure(&mut run(&function), "the bytes are no compiled function of hloom");
}

#[test]
fn a_module_is_converted_by_a_python_with_jax() {
    use hloom::{NdArray, ShapeDtype, float32};
    let dir = tempfile::tempdir().unwrap();
    let (module, converted) = (dir.path().join("double.pb"), dir.path().join("double.mlir"));
    let double = hloom::jit(|x: NdArray| x * 2).name("double");
    let lowered = double.lower(ShapeDtype::new([3], float32).unwrap()).unwrap();
    fs::write(&module, lowered.hlo_proto().unwrap()).unwrap();
    let convert = || {
        let mut command = hloom(&["stablehlo"]);
        command.arg(&module);
        command
    };
    // What Python there is on the machine that runs this is not known; both ends are real.
    let printed = convert().output().unwrap();
    let printed_text = text(&printed);
    if printed.status.success() {
        let is_right = printed_text.contains("stablehlo.multiply") && printed_text.contains("tensor<3xf32>");
        assert!(is_right, "{printed_text}");
        assert!(convert().arg("-o").arg(&converted).status().unwrap().success());
        assert_eq!(fs::read_to_string(&converted).unwrap().as_bytes(), printed.stdout);
    } else {
        assert!(printed_text.contains("could not convert"), "{printed_text}");
    }
    check_failure(convert().env("HLOOM_PYTHON", dir.path().join("none")), "none could not convert");
    fs::write(&module, "no module").unwrap();
    check_failure(&mut convert(), "could not convert");
    fs::remove_file(&module).unwrap();
    check_failure(&mut convert(), "cannot read");
}

#[cfg(unix)]
#[test]
fn what_the_converter_prints_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let (module, converted) = (dir.path().join("module.pb"), dir.path().join("module.mlir"));
    fs::write(&module, "a module").unwrap();
    let convert = |python: &str| {
        let mut command = hloom(&["stablehlo"]);
        command.arg(&module).env("HLOOM_PYTHON", python);
        command
    };
    // Prints its arguments, which are the program that converts.
    let printed = convert("echo").output().unwrap();
    assert!(printed.status.success() && text(&printed).contains("hlo_to_stablehlo"));
    let written = convert("echo").arg("--output").arg(&converted).output().unwrap();
    assert_eq!((written.status.success(), text(&written).as_str()), (true, ""));
    assert_eq!(fs::read(&converted).unwrap(), printed.stdout);
    let expected = "false could not convert: it said nothing; it needs jax, and HLOOM_PYTHON names another Python";
    check_failure(&mut convert("false"), expected);
}

#[test]
fn clearing_keeps_plugins_unless_asked() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, [0; 10]).unwrap();
    };
    write("executables/one");
    write("plugins/cpu/1/plugin.so");
    write("unrelated");
    let run = |arguments: &[&str]| {
        let output = hloom(arguments).env("HLOOM_CACHE_DIR", dir.path()).output().unwrap();
        assert!(output.status.success());
        text(&output)
    };
    assert!(run(&["cache", "info"]).contains("executables       1 files"));
    run(&["cache", "clear"]);
    assert_eq!(files(dir.path()).len(), 2);
    run(&["cache", "clear", "--plugins"]);
    assert_eq!(files(dir.path()), ["unrelated"]);
}
