//! The tools that CI runs beside cargo, pinned to versions and installed when they are missing.
//!
//! A tool of the right version on the path is used. Otherwise it is installed under the target folder,
//! so that no other project sees it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::{process, workspace};

/// A pinned tool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tool {
    /// The name of the program and of its package.
    name: &'static str,
    version: &'static str,
    source: Source,
}

/// Where a tool comes from.
#[derive(Clone, Copy, Debug)]
enum Source {
    /// Built by cargo, with these arguments.
    Cargo(&'static [&'static str]),
    /// A wheel with the program in it, which pip unpacks: far quicker than compiling it.
    Wheel,
}

pub(crate) const DENY: Tool =
    Tool { name: "cargo-deny", version: "0.20.2", source: Source::Cargo(&["--no-default-features"]) };
pub(crate) const MACHETE: Tool = Tool { name: "cargo-machete", version: "0.9.2", source: Source::Cargo(&[]) };
pub(crate) const MDBOOK: Tool = Tool {
    name: "mdbook",
    version: "0.5.4",
    source: Source::Cargo(&["--no-default-features", "--features", "search"]),
};
pub(crate) const TYPOS: Tool = Tool { name: "typos", version: "1.52.0", source: Source::Wheel };

impl Tool {
    /// The tool, ready to run in the root of the workspace; installed first if need be.
    pub(crate) fn command(self) -> Result<Command> {
        if self.is_at(&PathBuf::from(self.name)) {
            return Ok(process::program(self.name));
        }
        let folder = workspace::metadata()?.target.join("tools").join(format!("{}-{}", self.name, self.version));
        let path = folder.join("bin").join(self.name);
        if !self.is_at(&path) {
            self.install(&folder)?;
            ensure!(
                self.is_at(&path),
                "{} {}: installed, but {} does not run",
                self.name,
                self.version,
                path.display()
            );
        }
        Ok(process::program(path))
    }

    /// Whether the program at a path is this tool in this version.
    fn is_at(self, path: &PathBuf) -> bool {
        let printed = process::output(process::program(path).arg("--version"));
        printed.is_ok_and(|printed| printed.split_whitespace().any(|word| word.trim_start_matches('v') == self.version))
    }

    fn install(self, folder: &PathBuf) -> Result<()> {
        println!("installing {} {}", self.name, self.version);
        match self.source {
            Source::Cargo(arguments) => {
                // Tools run for seconds and compile for minutes: no optimization, no debug information, and
                // one folder for what they have in common.
                let build = folder.with_file_name("build");
                process::run(
                    process::cargo()
                        .args(["install", "--quiet", "--locked", "--debug", "--no-track", "--force"])
                        .args(arguments)
                        .arg("--root")
                        .arg(folder)
                        .arg("--target-dir")
                        .arg(build)
                        .arg(format!("{}@{}", self.name, self.version))
                        .env("CARGO_PROFILE_DEV_DEBUG", "0")
                        .env("CARGO_PROFILE_DEV_INCREMENTAL", "false")
                        .env_remove("RUSTFLAGS"),
                )
            }
            Source::Wheel => process::run(
                process::program("python3")
                    .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"])
                    .args(["--no-input", "--only-binary=:all:", "--upgrade", "--target"])
                    .arg(folder)
                    .arg(format!("{}=={}", self.name, self.version))
                    // In a container everything is root's, and nothing of the system is written to.
                    .env("PIP_ROOT_USER_ACTION", "ignore"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_not_taken() {
        let cargo = Tool { name: "cargo", version: "0.0.1", source: Source::Wheel };
        assert!(!cargo.is_at(&PathBuf::from("cargo")));
        assert!(!MDBOOK.is_at(&PathBuf::from("no-such-program")));
    }
}
