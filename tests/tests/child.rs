//! Scenarios in processes of their own: for what may crash, what sets the environment, and what reads
//! counters of the whole process. Knows how to run them, not what they do.

use std::ffi::OsStr;
use std::io::{Read, Seek};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use hloom_pjrt::DeviceKind;

/// A scenario that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Every how often a running scenario is looked at.
const POLL: Duration = Duration::from_millis(5);

/// The environment that a scenario must not inherit.
const VARIABLES: [&str; 10] = [
    "HLOOM_AUTO_INSTALL",
    "HLOOM_BACKEND",
    "HLOOM_CACHE_DIR",
    "HLOOM_DEVICE",
    "HLOOM_DISK_CACHE",
    "HLOOM_EAGER_ERRORS",
    "HLOOM_PLUGIN_CPU",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "XLA_FLAGS",
];

/// The plugin that this process runs on, installed if it was missing.
pub(crate) fn plugin() -> PathBuf {
    static PLUGIN: LazyLock<PathBuf> = LazyLock::new(|| {
        // Reading a value loads the plugin, and installs it first where the workspace asks for that.
        hloom::ones(1).tolist().expect("the tests need a plugin for the CPU");
        hloom_pjrt::find(DeviceKind::Cpu).expect("a plugin that was loaded can be found").path
    });
    PLUGIN.clone()
}

/// A scenario about to be run.
pub(crate) struct Child {
    command: Command,
}

/// How a scenario ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Child {
    /// A scenario with this process's plugin and without a disk cache, whose hits would hide compiles.
    pub(crate) fn new(scenario: &str) -> Child {
        Child::bare(scenario).env("HLOOM_PLUGIN_CPU", plugin()).env("HLOOM_DISK_CACHE", "0")
    }

    /// A scenario without any of hloom's variables.
    pub(crate) fn bare(scenario: &str) -> Child {
        Child::of(Command::new(env!("CARGO_BIN_EXE_child")), scenario)
    }

    /// A scenario with this process's plugin, under a limit of address space in KiB.
    pub(crate) fn limited(scenario: &str, kib: u64) -> Child {
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("ulimit -v {kib}; exec \"$0\" \"$@\"")).arg(env!("CARGO_BIN_EXE_child"));
        Child::of(command, scenario).env("HLOOM_PLUGIN_CPU", plugin()).env("HLOOM_DISK_CACHE", "0")
    }

    fn of(mut command: Command, scenario: &str) -> Child {
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command.arg(scenario).stdin(Stdio::null());
        Child { command }
    }

    pub(crate) fn env(mut self, variable: &str, value: impl AsRef<OsStr>) -> Child {
        self.command.env(variable, value);
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Child {
        self.command.arg(arg);
        self
    }

    /// Runs the scenario to its end, however it ends.
    pub(crate) fn outcome(mut self) -> Outcome {
        // Files take any amount of output; pipes would stall a scenario that nobody reads from.
        let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        self.command.stdout(stdout.try_clone().unwrap()).stderr(stderr.try_clone().unwrap());
        let mut child = self.command.spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > LIMIT {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{:?} took more than {LIMIT:?}", self.command);
            }
            std::thread::sleep(POLL);
        };
        let text = |file: &mut std::fs::File| {
            let mut bytes = Vec::new();
            file.rewind().unwrap();
            file.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Outcome { status, stdout: text(&mut stdout), stderr: text(&mut stderr) }
    }

    /// Runs a scenario that must succeed, and returns what it printed.
    pub(crate) fn stdout(self) -> String {
        let outcome = self.outcome();
        assert!(outcome.status.success(), "{outcome:#?}");
        outcome.stdout
    }

    /// Runs a scenario that must succeed, and returns the numbers that it printed as `name value` lines.
    pub(crate) fn numbers(self) -> Numbers {
        Numbers(self.stdout())
    }
}

/// What a scenario measured, as `name value` lines.
#[derive(Debug)]
pub(crate) struct Numbers(String);

impl Numbers {
    pub(crate) fn get(&self, name: &str) -> u64 {
        let mut lines = self.0.lines().filter_map(|line| line.split_once(' '));
        let (_, value) = lines.find(|(found, _)| *found == name).unwrap_or_else(|| panic!("no {name} in {}", self.0));
        value.parse().unwrap()
    }
}
