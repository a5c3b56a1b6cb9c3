//! Asks cases in child processes, so that a crash, a hang or a stack overflow costs one case and not
//! the run. Knows cases as lines of text; what a child does with a line is a function that is passed in.
//!
//! A child is the same program started with [`WORKER_FLAG`]. It says so once its device answers,
//! then reads a case a line and writes a reply a line. Whatever else a plugin prints on its standard
//! output is ignored.

use std::io::{BufRead, BufReader, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::json;

use super::encode::Outcome;

/// The argument that makes a program a worker.
pub const WORKER_FLAG: &str = "--worker";

/// What a worker says when its device answers.
const READY: &str = "ready";

/// What a worker says before the reason why its device does not answer.
const NOT_READY: &str = "not ready: ";

/// How long a worker may take to find its device, a first download of the plugin among it.
const START_LIMIT: Duration = Duration::from_secs(600);

/// How cases are asked.
#[derive(Clone, Debug)]
pub struct Workers {
    /// The program that becomes a worker with [`WORKER_FLAG`].
    pub program: PathBuf,
    /// How many processes there are at a time.
    pub count: usize,
    /// How long a case may take.
    pub limit: Duration,
}

/// What became of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The worker had something to say.
    Outcome(Outcome),
    /// It had not: it panicked, died or took too long.
    Missing(String),
}

impl Reply {
    /// The outcome, if there is one.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Reply::Outcome(outcome) => Some(outcome),
            Reply::Missing(_) => None,
        }
    }
}

impl Workers {
    /// Asks every case and returns the replies in order. `progress` is called after each with the number
    /// of replies so far.
    ///
    /// # Errors
    /// A worker that cannot be started or finds no device.
    pub fn run(&self, lines: &[&str], progress: impl Fn(usize) + Sync) -> Result<Vec<Reply>> {
        let replies: Vec<Mutex<Option<Reply>>> = lines.iter().map(|_| Mutex::new(None)).collect();
        let (next, n_done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let serve = || -> Result<()> {
            let mut worker = None;
            loop {
                let idx = next.fetch_add(1, Ordering::Relaxed);
                let Some(line) = lines.get(idx) else { return Ok(()) };
                let current = match worker.take() {
                    Some(worker) => worker,
                    None => Worker::start(self)?,
                };
                let (reply, survivor) = current.ask(line, self.limit);
                worker = survivor;
                *replies[idx].lock().map_err(|_| anyhow!("worker: a thread panicked"))? = Some(reply);
                progress(n_done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.count.clamp(1, lines.len().max(1))).map(|_| scope.spawn(serve)).collect();
            threads.into_iter().try_for_each(|thread| match thread.join() {
                Ok(result) => result,
                Err(_) => bail!("worker: a thread panicked"),
            })
        })?;
        let reply =
            |slot: Mutex<Option<Reply>>| slot.into_inner().ok().flatten().context("worker: a case got no reply");
        replies.into_iter().map(reply).collect()
    }
}

/// A child process that is ready for cases. Dropping it ends it.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Worker {
    fn start(workers: &Workers) -> Result<Worker> {
        let mut child = Command::new(&workers.program)
            .arg(WORKER_FLAG)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("worker: cannot start {}", workers.program.display()))?;
        let (stdin, stdout) = match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => (stdin, stdout),
            _ => bail!("worker: its pipes are missing"),
        };
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(std::io::Result::ok);
            lines.take_while(|line| sender.send(line.clone()).is_ok()).for_each(drop);
        });
        let worker = Worker { child, stdin, lines };
        let greeting = worker.receive(START_LIMIT, |line| {
            (line == READY).then_some(Ok(())).or_else(|| Some(Err(line.strip_prefix(NOT_READY)?.to_owned())))
        });
        match greeting {
            Ok(Ok(())) => Ok(worker),
            Ok(Err(why)) => bail!("worker: no device: {why}"),
            Err(why) => bail!("worker: did not start: {}", worker.epitaph(why)),
        }
    }

    /// The reply to a case, and the worker if it can go on.
    fn ask(mut self, line: &str, limit: Duration) -> (Reply, Option<Worker>) {
        let id = serde_json::from_str::<serde_json::Value>(line)
            .ok()
            .and_then(|json| Some(json.get("id")?.as_str()?.to_owned()));
        let Some(id) = id else { return (Reply::Missing("no case".to_owned()), Some(self)) };
        // A failed write means that the child is gone, which the receiving end notices too.
        let _ = writeln!(self.stdin, "{line}").and_then(|()| self.stdin.flush());
        match self.receive(limit, |line| reply(line, &id)) {
            Ok(reply) => (reply, Some(self)),
            Err(why) => (Reply::Missing(self.epitaph(why)), None),
        }
    }

    /// The first line of which `parse` makes something.
    fn receive<T>(&self, limit: Duration, parse: impl Fn(&str) -> Option<T>) -> Result<T, RecvTimeoutError> {
        loop {
            let line = self.lines.recv_timeout(limit)?;
            if let Some(parsed) = parse(&line) {
                return Ok(parsed);
            }
        }
    }

    /// Why a worker is no longer there, or has to go.
    fn epitaph(mut self, why: RecvTimeoutError) -> String {
        match why {
            RecvTimeoutError::Timeout => "took too long".to_owned(),
            RecvTimeoutError::Disconnected => match exit_status(&mut self.child) {
                Some(status) => format!("died: {status}"),
                None => "closed its output".to_owned(),
            },
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A child that has ended by itself cannot be killed; that it is gone is all that is asked.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a reply to the case `id`; other lines are noise.
fn reply(line: &str, id: &str) -> Option<Reply> {
    let json: serde_json::Value = serde_json::from_str(line).ok()?;
    if json.get("id")?.as_str()? != id {
        return None;
    }
    Some(match json.get("panic") {
        Some(message) => Reply::Missing(format!("panicked: {}", message.as_str().unwrap_or_default())),
        None => Reply::Outcome(Outcome::parse_line(line).ok()?.1),
    })
}

/// Serves as a worker until the standard input ends: `start` is called once and tells whether the device
/// answers, `answer` for each case.
///
/// # Errors
/// A standard output that is closed.
pub fn serve(start: impl FnOnce() -> Result<()>, answer: impl Fn(&str) -> (String, Outcome)) -> Result<()> {
    // What a panic says is reported with its case; the default hook would print it a second time.
    std::panic::set_hook(Box::new(|_| {}));
    let mut stdout = std::io::stdout().lock();
    match guarded(start) {
        Ok(Ok(())) => writeln!(stdout, "{READY}")?,
        Ok(Err(error)) => writeln!(stdout, "{NOT_READY}{}", one_line(&format!("{error:#}")))?,
        Err(message) => writeln!(stdout, "{NOT_READY}panicked: {}", one_line(&message))?,
    }
    stdout.flush()?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let reply = match guarded(|| answer(&line)) {
            Ok((id, outcome)) => match outcome.to_line(&id) {
                Some(reply) => reply,
                None => json!({ "id": id, "panic": "a result without notation" }).to_string(),
            },
            Err(message) => {
                let id = serde_json::from_str::<serde_json::Value>(&line).unwrap_or_default();
                json!({ "id": id.get("id"), "panic": message }).to_string()
            }
        };
        writeln!(stdout, "{reply}")?;
        stdout.flush()?;
    }
    Ok(())
}

/// Runs a function and returns what its panic says, if it panics.
pub fn guarded<T>(function: impl FnOnce() -> T) -> Result<T, String> {
    // Nothing that a panic left half done is looked at again but by the library under test, whose own
    // invariants must survive a caught panic anyway.
    catch_unwind(AssertUnwindSafe(function)).map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
    })
}

fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}

/// How a child ended that has closed its output and so is about to end.
fn exit_status(child: &mut Child) -> Option<ExitStatus> {
    const PATIENCE: Duration = Duration::from_millis(20);
    const N_LOOKS: usize = 50;
    for _ in 0..N_LOOKS {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(PATIENCE);
    }
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A worker that is a shell script: it shows the parent's side without any library.
    fn script(body: &str) -> Result<(tempfile::TempDir, Workers)> {
        let directory = tempfile::tempdir()?;
        let program = directory.path().join("worker.sh");
        fs::write(&program, format!("#!/bin/sh\n{body}\n"))?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
        Ok((directory, Workers { program, count: 2, limit: Duration::from_secs(2) }))
    }

    #[test]
    fn a_death_or_a_hang_costs_one_case() -> Result<()> {
        let (_directory, workers) = script(
            r#"echo noise; echo ready
            while read -r line; do
              case "$line" in
                *die*) kill -9 $$ ;;
                *hang*) sleep 60 ;;
                *panic*) echo '{"id":"panic","panic":"boom"}' ;;
                *) echo '{"id":"other","unsupported":"stale"}'; echo '{"id":"fine","unsupported":"no"}' ;;
              esac
            done"#,
        )?;
        let lines = ["fine", "die", "fine", "panic", "hang", "fine", "fine"].map(|id| format!(r#"{{"id":"{id}"}}"#));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let n_seen = AtomicUsize::new(0);
        let replies = workers.run(&lines, |n_done| {
            n_seen.fetch_max(n_done, Ordering::Relaxed);
        })?;
        let fine = Reply::Outcome(Outcome::Unsupported("no".to_owned()));
        for idx in [0, 2, 5, 6] {
            assert_eq!(replies[idx], fine);
        }
        assert!(matches!(&replies[1], Reply::Missing(why) if why.starts_with("died: signal: 9")), "{replies:?}");
        assert_eq!(replies[3], Reply::Missing("panicked: boom".to_owned()));
        assert_eq!(replies[4], Reply::Missing("took too long".to_owned()));
        assert_eq!(n_seen.into_inner(), lines.len());
        Ok(())
    }

    #[test]
    fn a_worker_without_a_device_ends_the_run() -> Result<()> {
        let (_directory, workers) = script("echo 'not ready: no plugin'")?;
        let error = workers.run(&[r#"{"id":"a"}"#], |_| ()).expect_err("there is no device");
        assert_eq!(error.to_string(), "worker: no device: no plugin");
        let (_directory, workers) = script("exit 3")?;
        let error = workers.run(&[r#"{"id":"a"}"#], |_| ()).expect_err("there is no worker");
        assert!(error.to_string().starts_with("worker: did not start: died: exit status: 3"), "{error}");
        Ok(())
    }

    #[test]
    fn panics_are_told() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let message = guarded(|| -> u8 { panic!("boom {}", 1) });
        std::panic::set_hook(hook);
        assert_eq!(message, Err("boom 1".to_owned()));
        assert_eq!(guarded(|| 3), Ok(3));
    }
}
