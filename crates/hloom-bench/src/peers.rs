//! Where the Python libraries come from that hloom is compared with: which Python runs them, and a virtual environment of
//! hloom's own that holds them in pinned versions. Knows nothing of what they compute.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use hloom_pjrt::{PrivateDir, cache_dir};
use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::protocol::{Answer, Request};

/// The worker that speaks with the harness, as a program for any Python.
pub(crate) const WORKER: &str = include_str!("../python/worker.py");

/// The variable that names a Python.
const VARIABLE: &str = "HLOOM_PYTHON";

/// The oldest Python that the pinned versions work with.
const OLDEST: (u32, u32) = (3, 11);

/// The file that is written when all is installed: a folder without it was left by an installation that was cut short.
const MARKER: &str = "hloom-peers.json";

/// How many of pip's last lines an error shows.
const LAST_LINES: usize = 6;

/// A Python library that hloom is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its name, which is that of its side and of its package.
    pub name: &'static str,
    /// What it is, in a line.
    pub about: &'static str,
    /// What pip installs for it.
    pub requirements: &'static [&'static str],
    /// Whether it is installed where no names are given.
    pub is_default: bool,
}

/// The Python libraries that hloom is compared with. NumPy is always installed: it says what is right.
pub const PEERS: &[Peer] = &[
    Peer {
        name: "numpy",
        about: "what hloom's results are checked against",
        requirements: &["numpy==2.4.6", "threadpoolctl==3.8.0"],
        is_default: true,
    },
    Peer {
        name: "jax",
        about: "the same compiler by way of jax.jit; also op by op as jax-eager",
        requirements: &["jax==0.10.2", "jaxlib==0.10.2", "ml_dtypes==0.6.0", "opt_einsum==3.4.0", "scipy==1.17.1"],
        is_default: true,
    },
    Peer {
        name: "mlx",
        about: "arrays that are computed when they are read, on the CPU",
        requirements: if cfg!(target_os = "linux") { &["mlx[cpu]==0.32.4"] } else { &["mlx==0.32.4"] },
        is_default: true,
    },
    Peer {
        name: "torch",
        about: "PyTorch on the CPU; its package brings CUDA, several gigabytes, so it is installed by name only",
        requirements: &["torch==2.15.0"],
        is_default: false,
    },
];

/// A Python, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Python {
    /// Its program: a path, or a name that is on the path.
    pub program: PathBuf,
    /// How it was found.
    pub origin: Origin,
}

/// How a Python was found, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was given with the command.
    Given,
    /// `HLOOM_PYTHON` names it.
    Variable,
    /// It is the one of hloom's own environment.
    Own,
    /// It is the `python3` of the path.
    Path,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Origin::Given => "as given with --python",
            Origin::Variable => "as HLOOM_PYTHON names it",
            Origin::Own => "installed by hloom bench peers --install",
            Origin::Path => "python3 of the path",
        })
    }
}

/// Which Python libraries there are.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The Python.
    pub python: Python,
    /// Its version.
    pub python_version: String,
    /// Each peer and its version, if it is there.
    pub peers: Vec<(Peer, Option<String>)>,
}

/// The Python that runs peers: the given one, the one that `HLOOM_PYTHON` names, the one of hloom's own environment if that
/// was installed, or the `python3` of the path.
///
/// # Errors
/// If the given or named one is no Python, or there is none at all.
pub fn find(given: Option<&Path>) -> Result<Python> {
    if let Some(program) = given {
        version_of(program)?;
        return Ok(Python { program: program.to_owned(), origin: Origin::Given });
    }
    if let Some(program) = std::env::var_os(VARIABLE).filter(|program| !program.is_empty()) {
        let program = PathBuf::from(program);
        version_of(&program).with_context(|| format!("{VARIABLE} names a Python that does not work"))?;
        return Ok(Python { program, origin: Origin::Variable });
    }
    if let Some(environment) = Environment::open()?.filter(|environment| environment.installed().is_some()) {
        return Ok(Python { program: environment.python(), origin: Origin::Own });
    }
    let program = PathBuf::from("python3");
    version_of(&program)
        .with_context(|| format!("no Python was found: install python3, or name one with --python or {VARIABLE}"))?;
    Ok(Python { program, origin: Origin::Path })
}

/// Which peers the Python that [`find`] finds has.
///
/// # Errors
/// Those of [`find`], or if the Python does not run the worker.
pub fn list(given: Option<&Path>) -> Result<Listing> {
    let python = find(given)?;
    let versions = versions(&python.program)?;
    let python_version = versions.get("python").cloned().unwrap_or_default();
    let peers = PEERS.iter().map(|peer| (*peer, versions.get(peer.name).cloned())).collect();
    Ok(Listing { python, python_version, peers })
}

/// A Python that has a peer: the one that [`find`] finds, or else hloom's own, into which the peer is installed.
///
/// # Errors
/// Those of [`list`] and [`install`].
pub fn find_or_install(peer: &str) -> Result<PathBuf> {
    let found = list(None)?;
    let is_there = found.peers.iter().any(|(known, version)| known.name == peer && version.is_some());
    if is_there { Ok(found.python.program) } else { install(&[peer.to_owned()], None) }
}

/// Installs peers in pinned versions into an environment of hloom's own in its cache folder, and returns the environment's
/// Python. Without names, all are installed that are not very large. What is there already stays. pip's progress goes to
/// standard error.
///
/// The environment is made by `base`, or by the `python3` of the path.
///
/// # Errors
/// If a name is unknown, there is no Python or it is too old or lacks `venv`, or pip fails: then with what it said last.
/// What was there before is kept.
pub fn install(names: &[String], base: Option<&Path>) -> Result<PathBuf> {
    let wanted = requirements(names)?;
    let environment = Environment::create()?;
    let _lock = environment.lock()?;
    let installed = environment.installed();
    if installed.as_ref().is_some_and(|installed| wanted.is_subset(&installed.requirements)) {
        return Ok(environment.python());
    }
    let before = match installed {
        Some(before) => Some(before),
        None => {
            environment.make(base.unwrap_or(Path::new("python3")))?;
            None
        }
    };
    let mut marker = before.clone().unwrap_or_default();
    marker.requirements.extend(wanted);
    // While pip works the environment does not count; what pip could not do it has undone.
    environment.unmark()?;
    let done = environment.pip_install(&marker.requirements);
    match (&done, before) {
        (Ok(()), _) => environment.mark(&marker)?,
        (Err(_), Some(before)) => environment.mark(&before)?,
        (Err(_), None) => environment.remove()?,
    }
    done.map(|()| environment.python())
}

/// What pip has to install for peers of these names.
fn requirements(names: &[String]) -> Result<BTreeSet<String>> {
    let known = || PEERS.iter().map(|peer| peer.name).collect::<Vec<_>>().join(", ");
    for name in names {
        ensure!(
            PEERS.iter().any(|peer| peer.name == name),
            "unknown peer `{name}`: those that can be installed are {}",
            known()
        );
    }
    let is_wanted = |peer: &&Peer| match names {
        [] => peer.is_default,
        names => peer.name == "numpy" || names.iter().any(|name| name == peer.name),
    };
    let wanted = PEERS.iter().filter(is_wanted).flat_map(|peer| peer.requirements);
    Ok(wanted.map(|&requirement| requirement.to_owned()).collect())
}

/// What is installed, as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Installed {
    requirements: BTreeSet<String>,
}

/// hloom's own environment, whether it is there or not.
#[derive(Debug)]
struct Environment {
    /// The folder around it, which only the user can write.
    folder: PrivateDir,
}

impl Environment {
    fn create() -> Result<Environment> {
        Ok(Environment { folder: PrivateDir::create(&cache_dir()?.join("peers"))? })
    }

    /// None if nothing was ever installed.
    fn open() -> Result<Option<Environment>> {
        // Without a cache folder nothing can have been installed.
        let Ok(folder) = cache_dir().map(|dir| dir.join("peers")) else { return Ok(None) };
        if !folder.exists() {
            return Ok(None);
        }
        Ok(Some(Environment { folder: PrivateDir::open(&folder)? }))
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("venv")
    }

    fn python(&self) -> PathBuf {
        self.root().join("bin").join("python")
    }

    fn marker(&self) -> PathBuf {
        self.root().join(MARKER)
    }

    /// Waits for others that install. The lock is held as long as the file is open.
    fn lock(&self) -> Result<File> {
        let path = self.folder.path().join(".lock");
        let file = File::create(&path).with_context(|| format!("cannot create {}", path.display()))?;
        if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
            eprintln!("waiting for another process that installs peers");
            flock(&file, FlockOperation::LockExclusive).context("cannot lock the folder of peers")?;
        }
        Ok(file)
    }

    /// What is installed; none if nothing is, an installation was cut short, or the Python that it was made of is gone.
    fn installed(&self) -> Option<Installed> {
        let marker = serde_json::from_slice(&fs::read(self.marker()).ok()?).ok()?;
        version_of(&self.python()).ok()?;
        Some(marker)
    }

    fn mark(&self, installed: &Installed) -> Result<()> {
        let marker = self.marker();
        let text = serde_json::to_string_pretty(installed)?;
        fs::write(&marker, text).with_context(|| format!("cannot write {}", marker.display()))
    }

    fn unmark(&self) -> Result<()> {
        let marker = self.marker();
        match fs::remove_file(&marker) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", marker.display()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn remove(&self) -> Result<()> {
        let root = self.root();
        match fs::remove_dir_all(&root) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", root.display()))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Makes the environment anew, without any package but pip. An environment cannot be moved, so it is made in its place.
    fn make(&self, base: &Path) -> Result<()> {
        let version = version_of(base).context("peers need a Python: install python3, or name one with --python")?;
        let (major, minor) = version;
        ensure!(
            version >= OLDEST,
            "peers need Python {}.{} or later, and `{}` is {major}.{minor}: name another with --python",
            OLDEST.0,
            OLDEST.1,
            base.display()
        );
        self.remove()?;
        let mut command = Command::new(base);
        command.args(["-I", "-m", "venv"]).arg(self.root());
        shown(command).with_context(|| {
            let program = base.display();
            format!("`{program} -m venv` failed: on Debian and Ubuntu the module is in the package python3-venv")
        })
    }

    fn pip_install(&self, requirements: &BTreeSet<String>) -> Result<()> {
        let mut command = Command::new(self.python());
        command.args(["-I", "-m", "pip", "install", "--only-binary=:all:"]).args(requirements);
        command.env("PIP_DISABLE_PIP_VERSION_CHECK", "1").env("PIP_NO_INPUT", "1");
        // A target or a user folder of the user's settings would put the packages elsewhere.
        command.env_remove("PIP_TARGET").env_remove("PIP_PREFIX").env_remove("PIP_USER");
        let wanted = requirements.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
        shown(command).with_context(|| format!("pip could not install {wanted}"))
    }
}

/// Runs a command whose output is shown on standard error, line by line.
fn shown(mut command: Command) -> Result<()> {
    let (reader, writer) = std::io::pipe()?;
    let mut child =
        command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer).spawn().context("cannot be started")?;
    // It holds writing ends, too, and as long as there is one reading does not end.
    drop(command);
    let mut last = VecDeque::new();
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        eprintln!("{text}");
        if !text.is_empty() {
            last.push_back(text);
        }
        if last.len() > LAST_LINES {
            last.pop_front();
        }
        line.clear();
    }
    let status = child.wait()?;
    let last: Vec<String> = last.into();
    ensure!(status.success(), "{}", if last.is_empty() { status.to_string() } else { last.join("\n") });
    Ok(())
}

/// The version of a Python, which shows that it is one.
fn version_of(program: &Path) -> Result<(u32, u32)> {
    let name = program.display();
    let output = Command::new(program)
        .args(["-I", "-c", "import sys; print(*sys.version_info[:2])"])
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{name}`"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Option<Vec<u32>> = text.split_whitespace().map(|word| word.parse().ok()).collect();
    match numbers.as_deref() {
        Some(&[major, minor]) if output.status.success() => Ok((major, minor)),
        Some(_) | None => bail!("`{name}` is no Python: it answers {}", answer_of(&output)),
    }
}

/// What a program answered, in short.
fn answer_of(output: &std::process::Output) -> String {
    let said = [&output.stderr, &output.stdout].map(|text| String::from_utf8_lossy(text).trim().to_owned());
    let said = said.iter().flat_map(|text| text.lines()).find(|line| !line.is_empty()).map(|line| format!("`{line}`"));
    said.unwrap_or_else(|| format!("nothing, with {}", output.status))
}

/// The libraries that a Python has, by asking a worker.
fn versions(program: &Path) -> Result<BTreeMap<String, String>> {
    let failed = || format!("`{}` does not run the worker", program.display());
    let mut worker = Command::new(program)
        .args(["-c", WORKER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(failed)?;
    if let Some(mut stdin) = worker.stdin.take() {
        // If it has ended already, what it answers says why.
        let _ = writeln!(stdin, "{}", serde_json::to_string(&Request::Hello { side: None })?);
    }
    let output = worker.wait_with_output().with_context(failed)?;
    let answer: Answer =
        serde_json::from_slice(&output.stdout).with_context(|| answer_of(&output)).with_context(failed)?;
    match answer.error {
        Some(error) => bail!("{}: {error}", failed()),
        None => Ok(answer.versions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(names: &[&str]) -> Result<BTreeSet<String>> {
        requirements(&names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn numpy_comes_with_every_peer_and_torch_by_name_only() {
        let is_there = |names: &[&str], package: &str| {
            wanted(names).unwrap().iter().any(|requirement| requirement.split(['=', '[']).next() == Some(package))
        };
        assert!(is_there(&["jax"], "numpy") && is_there(&["jax"], "jaxlib") && !is_there(&["jax"], "mlx"));
        assert!(is_there(&[], "mlx") && !is_there(&[], "torch"));
        assert!(is_there(&["torch"], "torch") && is_there(&["torch"], "threadpoolctl"));
    }

    #[test]
    fn an_unknown_peer_lists_the_known() {
        let message = wanted(&["jax", "pytorch"]).unwrap_err().to_string();
        assert_eq!(message, "unknown peer `pytorch`: those that can be installed are numpy, jax, mlx, torch");
    }

    #[test]
    fn every_version_is_pinned() {
        assert!(PEERS.iter().flat_map(|peer| peer.requirements).all(|requirement| requirement.contains("==")));
    }

    #[test]
    fn what_is_no_python_is_said_to_be_none() {
        let dir = tempfile::tempdir().unwrap();
        let missing = dir.path().join("missing");
        assert!(format!("{:#}", find(Some(&missing)).unwrap_err()).contains("cannot start"));
        let message = find(Some(Path::new("echo"))).unwrap_err().to_string();
        assert!(message.starts_with("`echo` is no Python: it answers `-I -c import sys"), "{message}");
    }

    #[test]
    fn a_python_is_asked_what_it_has() {
        let listing = list(Some(Path::new("python3"))).unwrap();
        assert_eq!(listing.python.origin, Origin::Given);
        assert!(listing.python_version.starts_with("3."), "{}", listing.python_version);
        assert_eq!(listing.peers.len(), PEERS.len());
    }

    #[test]
    fn what_was_cut_short_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        let environment = Environment { folder: PrivateDir::create(&dir.path().join("peers")).unwrap() };
        let marker = Installed { requirements: wanted(&["numpy"]).unwrap() };
        fs::create_dir(environment.root()).unwrap();
        assert_eq!(environment.installed(), None);
        environment.mark(&marker).unwrap();
        assert_eq!(environment.installed(), None);
        environment.make(Path::new("python3")).unwrap();
        assert_eq!(environment.installed(), None);
        environment.mark(&marker).unwrap();
        assert_eq!(environment.installed(), Some(marker));
        environment.unmark().unwrap();
        assert_eq!(environment.installed(), None);
        environment.remove().unwrap();
        assert!(!environment.root().exists());
    }

    #[test]
    fn a_command_that_fails_is_an_error_with_what_it_said_last() {
        let mut command = Command::new("sh");
        command.args(["-c", "for i in 1 2 3 4 5 6 7 8; do echo line $i; done; echo end >&2; exit 1"]);
        let message = shown(command).unwrap_err().to_string();
        assert_eq!(message, "line 4\nline 5\nline 6\nline 7\nline 8\nend");
        let mut silent = Command::new("sh");
        silent.args(["-c", "exit 4"]);
        assert!(shown(silent).unwrap_err().to_string().contains('4'));
    }
}
