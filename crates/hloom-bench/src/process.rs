//! A worker as the harness sees it: a process that is asked and answers within a time, and is killed when it does not.
//! Knows nothing of what it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock::Clock;
use crate::protocol::{Answer, Request};

/// How long a wait lasts before the clock is looked at again.
const TICK: Duration = Duration::from_millis(50);

/// The most bytes of an answer: texts of programs are the longest.
const LONGEST_ANSWER: u64 = 256 << 20;

/// The last lines of a worker's standard error that are kept to say why it died.
const LAST_LINES: usize = 4;

/// Why a worker gave no answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// It said why.
    Error(String),
    /// Its library lacks something.
    Unsupported(String),
    /// It took too long and was killed.
    TooLong(Duration),
    /// It ended.
    Died(String),
    /// The run is over: the time is up or the user ended it.
    Over,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Error(message) | Failure::Unsupported(message) => f.write_str(message),
            Failure::TooLong(limit) => write!(f, "took more than {:.1} s and was ended", limit.as_secs_f64()),
            Failure::Died(message) => f.write_str(message),
            Failure::Over => f.write_str("the run was over"),
        }
    }
}

/// A running worker. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    answers: Receiver<String>,
    complaints: Arc<Mutex<Vec<String>>>,
    /// When it was started.
    pub(crate) started: Instant,
}

impl Process {
    /// Starts a worker.
    pub(crate) fn start(command: &mut Command) -> Result<Process, Failure> {
        let started = Instant::now();
        // In a process group of its own, it does not hear the interrupt that ends the run: it is ended in order.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let spawned = command.spawn();
        let failed =
            |error: std::io::Error| Failure::Died(format!("cannot start {:?}: {error}", command.get_program()));
        let mut child = spawned.map_err(failed)?;
        let (sender, answers) = channel();
        if let Some(output) = child.stdout.take() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(output);
                loop {
                    let mut line = String::new();
                    match reader.by_ref().take(LONGEST_ANSWER).read_line(&mut line) {
                        Ok(0) | Err(_) => break,
                        Ok(_) if sender.send(line).is_err() => break,
                        Ok(_) => {}
                    }
                }
            });
        }
        let complaints = Arc::new(Mutex::new(Vec::new()));
        if let Some(errors) = child.stderr.take() {
            let complaints = Arc::clone(&complaints);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(errors);
                let mut line = Vec::new();
                while matches!(reader.by_ref().take(1 << 16).read_until(b'\n', &mut line), Ok(1..)) {
                    let mut kept = complaints.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.push(String::from_utf8_lossy(&line).trim_end().to_owned());
                    if kept.len() > LAST_LINES {
                        kept.remove(0);
                    }
                    line.clear();
                }
            });
        }
        let input = child.stdin.take();
        Ok(Process { child, input, answers, complaints, started })
    }

    /// Asks, and waits for the answer no longer than a limit.
    pub(crate) fn ask(&mut self, request: &Request, limit: Duration, clock: &Clock) -> Result<Answer, Failure> {
        let asked = Instant::now();
        let line = serde_json::to_string(request).map_err(|error| Failure::Error(error.to_string()))?;
        let sent = self.input.as_mut().map(|input| writeln!(input, "{line}").and_then(|()| input.flush()));
        if !matches!(sent, Some(Ok(()))) {
            return Err(self.died());
        }
        loop {
            match self.answers.recv_timeout(TICK) {
                Ok(line) => return read(&line),
                Err(RecvTimeoutError::Disconnected) => return Err(self.died()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if clock.is_over() {
                self.end();
                return Err(Failure::Over);
            }
            if asked.elapsed() > limit {
                self.end();
                return Err(Failure::TooLong(limit));
            }
        }
    }

    fn end(&mut self) {
        self.input = None;
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn died(&mut self) -> Failure {
        self.input = None;
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        // What it said last may still be on its way.
        std::thread::sleep(TICK);
        let said = self.complaints.lock().unwrap_or_else(PoisonError::into_inner).join(" | ");
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        Failure::Died(format!("the process ended ({status}){said}"))
    }
}

fn read(line: &str) -> Result<Answer, Failure> {
    let answer: Answer =
        serde_json::from_str(line).map_err(|error| Failure::Error(format!("the answer is none ({error})")))?;
    match answer.error {
        Some(message) if answer.unsupported => Err(Failure::Unsupported(message)),
        Some(message) => Err(Failure::Error(message)),
        None => Ok(answer),
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Process {
        Process::start(Command::new("sh").args(["-c", script])).unwrap()
    }

    fn ask(script: &str, limit: Duration) -> Result<Answer, Failure> {
        shell(script).ask(&Request::Memory, limit, &Clock::new(None))
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn an_answer_is_read() {
        let answer = ask("read line; echo '{\"peak_bytes\": 7}'", LONG).unwrap();
        assert_eq!(answer.peak_bytes, Some(7.0));
    }

    #[test]
    fn what_goes_wrong_is_told_apart() {
        let failed = ask("read line; echo '{\"error\": \"no\"}'", LONG);
        assert_eq!(failed.unwrap_err(), Failure::Error("no".into()));
        let unsupported = ask("read line; echo '{\"error\": \"no\", \"unsupported\": true}'", LONG);
        assert_eq!(unsupported.unwrap_err(), Failure::Unsupported("no".into()));
        let died = ask("echo first >&2; echo last words >&2; exit 3", LONG).unwrap_err().to_string();
        assert!(died.contains("status: 3") && died.contains("last words"), "{died}");
        let hangs = ask("sleep 60", Duration::from_millis(200)).unwrap_err();
        assert_eq!(hangs, Failure::TooLong(Duration::from_millis(200)));
        let babble = ask("read line; echo hello", LONG).unwrap_err().to_string();
        assert!(babble.contains("the answer is none"), "{babble}");
        let missing = Process::start(&mut Command::new("/nonexistent/worker")).unwrap_err().to_string();
        assert!(missing.contains("/nonexistent/worker"), "{missing}");
    }

    #[test]
    fn a_run_that_is_over_waits_for_nobody() {
        let clock = Clock::new(Some(Duration::ZERO));
        let start = Instant::now();
        assert_eq!(shell("sleep 60").ask(&Request::Memory, LONG, &clock).unwrap_err(), Failure::Over);
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}
