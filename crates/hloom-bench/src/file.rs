//! Runs in files: written line by line, read whole. Knows nothing of what the lines say.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use crate::record::{FORMAT, Line, Run};

/// The most bytes of a file that is read: a run of all suites has some hundred thousand.
const LONGEST_FILE: u64 = 1 << 30;

/// A file that a run is written to. Every line is in the file when the call returns, so that a run that is ended from
/// outside leaves what it had.
#[derive(Debug)]
pub(crate) struct Writer {
    file: File,
    path: PathBuf,
}

impl Writer {
    /// Makes the file, which must be one that can be written.
    pub(crate) fn create(path: &Path) -> Result<Writer> {
        let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Writer { file, path: path.to_owned() })
    }

    /// Adds a line.
    pub(crate) fn write(&mut self, line: &Line) -> Result<()> {
        let text = serde_json::to_string(line)? + "\n";
        self.file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Reads a run. One whose file was cut short has no end.
///
/// # Errors
/// If the file cannot be read, is none of this format, or of a version that this library does not know.
pub fn read(path: &Path) -> Result<Run> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    let read = file.take(LONGEST_FILE).read_to_string(&mut text);
    read.with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| format!("cannot use {}", path.display()))
}

fn parse(text: &str) -> Result<Run> {
    let mut run = Run::default();
    let mut lines = text.split_inclusive('\n').enumerate();
    let Some((_, first)) = lines.next() else { bail!("it is empty") };
    #[derive(serde::Deserialize)]
    struct Head {
        kind: String,
        format: u32,
    }
    let head: Head = serde_json::from_str(first).context("its first line is none of a run")?;
    ensure!(head.kind == "session", "its first line is none of a run");
    ensure!(head.format == FORMAT, "it has version {} of the format, this program knows version {FORMAT}", head.format);
    match Line::parse(first)? {
        Line::Session(session) => run.session = session,
        Line::Row(_) | Line::Dropped(_) | Line::End(_) => bail!("its first line is none of a run"),
    }
    for (idx, line) in lines {
        let parsed = match Line::parse(line) {
            Ok(parsed) => parsed,
            // The last line of a file that was cut short.
            Err(_) if !line.ends_with('\n') => break,
            Err(error) => return Err(error).with_context(|| format!("line {}", idx + 1)),
        };
        ensure!(run.end.is_none(), "line {}: there is more behind the end", idx + 1);
        match parsed {
            Line::Session(_) => bail!("line {}: a second run begins", idx + 1),
            Line::Row(row) => run.rows.push(row),
            Line::Dropped(dropped) => run.dropped.push(dropped),
            Line::End(end) => run.end = Some(end),
        }
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Dropped, End, Session};

    fn lines() -> Vec<Line> {
        let dropped = Dropped { suite: "s".into(), name: "n".into(), size: "S".into(), reason: "why".into() };
        vec![
            Line::Session(Session { format: FORMAT, started: "now".into(), ..Session::default() }),
            Line::Dropped(dropped),
            Line::End(End { seconds: 1.5, interrupted: true }),
        ]
    }

    fn text(lines: &[Line]) -> String {
        lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect()
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let mut writer = Writer::create(&path).unwrap();
        lines().iter().for_each(|line| writer.write(line).unwrap());
        let run = read(&path).unwrap();
        assert_eq!(run.session.started, "now");
        assert_eq!(run.dropped[0].reason, "why");
        assert_eq!(run.end, Some(End { seconds: 1.5, interrupted: true }));
    }

    #[test]
    fn a_file_cut_anywhere_is_read_or_refused() {
        let whole = text(&lines());
        let first = whole.find('\n').unwrap();
        for len in 0..whole.len() {
            let found = parse(&whole[..len]);
            assert_eq!(found.is_ok(), len >= first, "{len}: {found:?}");
            assert!(found.is_err() || found.unwrap().end.is_none() || len == whole.len() - 1);
        }
    }

    #[test]
    fn other_files_are_refused() {
        let error = |text: &str| format!("{:#}", parse(text).unwrap_err());
        assert_eq!(error(""), "it is empty");
        assert!(error("hello").contains("none of a run"));
        assert!(error("{\"kind\":\"session\",\"format\":99}").contains("version 99"));
        let lines = lines();
        assert!(error(&text(&lines[1..])).contains("none of a run"));
        let wrong = text(&lines[..1]) + "{\"kind\":\"row\"}\n" + &text(&lines[1..]);
        assert!(error(&wrong).contains("line 2"), "{}", error(&wrong));
        assert!(error(&(text(&lines) + &text(&lines[1..]))).contains("behind the end"));
        assert!(error(&text(&[lines[0].clone(), lines[0].clone()])).contains("second run"));
        assert!(format!("{:#}", read(Path::new("/nonexistent/run.json")).unwrap_err()).contains("cannot read"));
        assert!(
            format!("{:#}", Writer::create(Path::new("/nonexistent/run.json")).unwrap_err()).contains("cannot write")
        );
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut full = Writer::create(Path::new("/dev/full")).unwrap();
        assert!(format!("{:#}", full.write(&lines()[0]).unwrap_err()).contains("/dev/full"));
    }
}
