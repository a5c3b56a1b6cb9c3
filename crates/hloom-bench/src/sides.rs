//! The implementations that can take part: their names, and how a process of each is started. Knows nothing of benchmarks.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

/// hloom as a compiled function.
pub const HLOOM: &str = "hloom";
/// hloom, recorded and read.
pub const LAZY: &str = "lazy";
/// hloom a second time, which shows the noise.
pub const AGAIN: &str = "again";
/// The compiled function's module through the bare C API of the plugin.
pub const FLOOR: &str = "floor";
/// What every result is compared with.
pub const NUMPY: &str = "numpy";

/// hloom's own sides.
pub const OWN: [&str; 4] = [HLOOM, LAZY, AGAIN, FLOOR];

/// The libraries of Python, and what each is.
pub const PYTHON: [(&str, &str); 6] = [
    (NUMPY, "NumPy"),
    ("jax", "jax.jit: compiled, with fresh pages for each large result"),
    ("jax-reuse", "jax.jit, with an allocator that uses the pages of freed results again"),
    ("jax-eager", "jax.numpy without jit"),
    ("mlx", "MLX, lazily"),
    ("torch", "PyTorch, eagerly"),
];

/// The libraries of this process, each behind the feature of its name.
pub const NATIVE: [(&str, &str); 3] = [
    ("ndarray", "the crate ndarray"),
    ("candle", "the crate candle-core"),
    ("burn", "the crate burn with its CPU backend"),
];

/// The names of all peers.
pub fn peers() -> impl Iterator<Item = &'static str> {
    PYTHON.iter().chain(&NATIVE).map(|(name, _)| *name)
}

/// Whether a side is a library of Python.
pub fn is_python(side: &str) -> bool {
    PYTHON.iter().any(|(name, _)| *name == side)
}

/// Finds names among known ones, and says which are known if one is not.
///
/// # Errors
/// If a name is not known.
pub fn known<'a>(what: &str, asked: &'a [String], names: &[&str]) -> Result<&'a [String]> {
    for name in asked {
        if !names.contains(&name.as_str()) {
            let likeness = |known: &&&str| strsim::normalized_damerau_levenshtein(known, name);
            let near = names.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
            let near = near.filter(|near| likeness(near) > 0.5);
            let near = near.map_or_else(String::new, |near| format!(", did you mean '{near}'?"));
            bail!("there is no {what} '{name}'{near} known: {}", names.join(", "));
        }
    }
    Ok(asked)
}

/// How workers are started.
#[derive(Clone, Debug)]
pub(crate) struct Launcher {
    /// The program that serves as a worker, and its arguments.
    pub(crate) worker: (PathBuf, Vec<OsString>),
    /// The Python, and the script of its workers.
    pub(crate) python: Option<(PathBuf, PathBuf)>,
}

impl Launcher {
    /// The command of a worker for a side; none for a library of Python where there is no Python.
    pub(crate) fn command(&self, side: &str) -> Option<Command> {
        let mut command = if is_python(side) {
            let (python, script) = self.python.as_ref()?;
            let mut command = Command::new(python);
            command.arg(script);
            command
        } else {
            let mut command = Command::new(&self.worker.0);
            command.args(&self.worker.1);
            // Compiling is measured, so that no program may be found on disk.
            command.env("HLOOM_DISK_CACHE", "0");
            command
        };
        command.env("TF_CPP_MIN_LOG_LEVEL", "3");
        if is_python(side) {
            // A kernel that was chosen by hand, for an older library maybe, is not what the library would choose.
            for (name, _) in std::env::vars_os() {
                if name.to_string_lossy().starts_with("OPENBLAS_") {
                    command.env_remove(name);
                }
            }
        }
        if side == "jax-reuse" {
            // glibc then keeps what is freed, instead of giving its pages back to the system.
            command
                .env("MALLOC_MMAP_MAX_", "0")
                .env("MALLOC_TRIM_THRESHOLD_", "68719476736")
                .env("MALLOC_TOP_PAD_", "268435456");
        }
        Some(command)
    }

    /// The command of a worker that prepares and judges, and is not measured.
    pub(crate) fn helper(&self) -> Command {
        let mut command = Command::new(&self.worker.0);
        command.args(&self.worker.1).env("TF_CPP_MIN_LOG_LEVEL", "3");
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let names: Vec<&str> = peers().collect();
        let error = known("peer", &["nunpy".into()], &names).unwrap_err().to_string();
        assert!(
            error.contains("did you mean 'numpy'?") && error.contains("jax-eager") && error.contains("burn"),
            "{error}"
        );
        let error = known("peer", &["?".into()], &names).unwrap_err().to_string();
        assert!(!error.contains("did you mean"), "{error}");
        assert!(known("peer", &["numpy".into(), "candle".into()], &names).is_ok());
    }

    #[test]
    fn pythons_workers_choose_their_kernels_themselves() {
        let mut launcher = Launcher { worker: ("hloom".into(), vec!["bench".into(), "worker".into()]), python: None };
        assert!(launcher.command("numpy").is_none());
        launcher.python = Some(("python3".into(), "worker.py".into()));
        let reuse = launcher.command("jax-reuse").unwrap();
        assert!(reuse.get_envs().any(|(name, _)| name == "MALLOC_MMAP_MAX_"));
        let own = launcher.command("hloom").unwrap();
        assert!(
            own.get_envs().any(|(name, value)| name == "HLOOM_DISK_CACHE" && value.is_some_and(|value| value == "0"))
        );
        assert!(!launcher.helper().get_envs().any(|(name, _)| name == "HLOOM_DISK_CACHE"));
    }
}
