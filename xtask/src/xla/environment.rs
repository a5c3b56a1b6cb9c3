//! What the `xla` crate needs to be built and run: where its library is, where bindgen finds libclang, and a C++ compiler.
//! Installs nothing.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, anyhow, bail, ensure};

use super::install;
use crate::process;

/// The variables, with values that this process does not have to share.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    variables: Vec<(&'static str, String)>,
}

impl Environment {
    /// The environment of the folder in `XLA_EXTENSION_DIR`, else of the installation.
    pub(crate) fn find() -> Result<Environment> {
        let named = env::var_os("XLA_EXTENSION_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        let installed = install::installed()?;
        let extension = match (named, &installed) {
            (Some(named), _) => named,
            (None, Some(installed)) => installed.clone(),
            (None, None) => {
                bail!(
                    "xla: no xla_extension is known; run `cargo xtask xla install`, or name its folder in XLA_EXTENSION_DIR"
                )
            }
        };
        let library = extension.join("lib/libxla_extension.so");
        ensure!(library.is_file(), "xla: {} is missing, so that this is no xla_extension", library.display());
        let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
        ensure!(
            process::output(process::program(&compiler).arg("--version")).is_ok(),
            "xla: `{compiler} --version` does not work, but the `xla` crate needs a C++ compiler; install one, or name it in CXX"
        );
        let mut variables = vec![("XLA_EXTENSION_DIR", text(&extension)?)];
        if let Some(folder) = libclang(installed.as_deref())? {
            variables.push(("LIBCLANG_PATH", text(&folder)?));
        }
        if env::var_os("BINDGEN_EXTRA_CLANG_ARGS").is_none() {
            // The wheel's libclang comes without the headers that belong to a compiler.
            let headers = process::output(process::program(&compiler).arg("-print-file-name=include"))?;
            variables.push(("BINDGEN_EXTRA_CLANG_ARGS", format!("-I{}", headers.trim())));
        }
        let libraries = text(&extension.join("lib"))?;
        let searched = match env::var("LD_LIBRARY_PATH") {
            Ok(others) if !others.is_empty() => format!("{libraries}:{others}"),
            _ => libraries,
        };
        variables.push(("LD_LIBRARY_PATH", searched));
        // The library prints a line about them when it is loaded, and hloom's programs use none of these operations.
        if env::var_os("TF_ENABLE_ONEDNN_OPTS").is_none() {
            variables.push(("TF_ENABLE_ONEDNN_OPTS", "0".to_owned()));
        }
        // A program sets them itself, unless it starts threads before it opens a device, as a program of tests does.
        let flags = hloom_xla::flags::completed(&env::var("XLA_FLAGS").unwrap_or_default());
        if let Some(flags) = flags.map_err(|message| anyhow!("xla: {message}"))? {
            variables.push(("XLA_FLAGS", flags));
        }
        Ok(Environment { variables })
    }

    /// As [`Environment::find`], after installing what is pinned if no folder is named.
    pub(crate) fn find_or_install() -> Result<Environment> {
        if env::var_os("XLA_EXTENSION_DIR").is_none() {
            install::install()?;
        }
        Environment::find()
    }

    /// Gives the variables to a command.
    pub(crate) fn apply<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.envs(self.variables.iter().map(|(name, value)| (name, value)))
    }
}

impl fmt::Display for Environment {
    /// Commands that set the variables in a shell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            writeln!(f, "export {name}={}", quoted(value))?;
        }
        Ok(())
    }
}

/// The folder of libclang, if bindgen has to be told: that of the installation.
fn libclang(installed: Option<&Path>) -> Result<Option<PathBuf>> {
    if let Some(named) = env::var_os("LIBCLANG_PATH").map(PathBuf::from) {
        ensure!(
            has_libclang(&named),
            "xla: LIBCLANG_PATH is {}, where there is no libclang; unset it, or name the folder of libclang.so",
            named.display()
        );
        return Ok(None);
    }
    if let Some(installed) = installed {
        return Ok(Some(installed.join("clang")));
    }
    // bindgen looks at the same places.
    let llvm = process::output(process::program("llvm-config").arg("--libdir")).ok();
    let system = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/lib/x86_64-linux-gnu"];
    let places = llvm.iter().map(|folder| folder.trim()).chain(system);
    ensure!(
        places.map(Path::new).any(has_libclang),
        "xla: there is no libclang, with which the `xla` crate reads headers; run `cargo xtask xla install`, which brings one, \
         or name its folder in LIBCLANG_PATH"
    );
    Ok(None)
}

/// Whether a folder holds libclang, or the path is the library itself.
fn has_libclang(path: &Path) -> bool {
    let is_libclang = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_versioned = name.starts_with("libclang-") && !name.starts_with("libclang-cpp") && name.contains(".so");
        name.starts_with("libclang.so") || is_versioned
    };
    let entries = path.read_dir().into_iter().flatten().flatten();
    path.is_file() && is_libclang(path) || entries.map(|entry| entry.path()).any(|path| is_libclang(&path))
}

fn text(path: &Path) -> Result<String> {
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => bail!("xla: {} is not valid UTF-8", path.display()),
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_shell_are_quoted() {
        assert_eq!(quoted("a b"), "'a b'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        let environment = Environment { variables: vec![("A", "$b".to_owned()), ("C", "d".to_owned())] };
        assert_eq!(environment.to_string(), "export A='$b'\nexport C='d'\n");
    }

    #[test]
    fn libclang_is_found_by_its_name() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!has_libclang(dir.path()));
        std::fs::write(dir.path().join("libclang-cpp.so.14"), "").unwrap();
        assert!(!has_libclang(dir.path()));
        std::fs::write(dir.path().join("libclang.so.18"), "").unwrap();
        assert!(has_libclang(dir.path()) && has_libclang(&dir.path().join("libclang.so.18")));
    }
}
