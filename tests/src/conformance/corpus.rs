//! The committed corpus: NumPy's recorded answers, one case a line, compressed. Knows where the file is
//! and how to write it anew; what a line means is [`case`](super::case)'s.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::case::Case;

/// The file that is committed with the tests.
pub fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/cases.jsonl.gz")
}

/// The questions about statistics that are committed beside it.
pub fn statistics() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/statistics.jsonl.gz")
}

/// The programs that are committed beside it.
pub fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/programs.jsonl.gz")
}

/// The lines of a corpus, compressed if its name ends in `gz`.
///
/// # Errors
/// A file that cannot be read or is no UTF-8 text.
pub fn read(path: &Path) -> Result<Vec<String>> {
    let file = File::open(path).with_context(|| format!("corpus: cannot open {}", path.display()))?;
    let is_compressed = path.extension().is_some_and(|extension| extension == "gz");
    let reader: Box<dyn Read> = if is_compressed { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    let lines = BufReader::new(reader).lines().collect::<std::io::Result<Vec<String>>>();
    let lines = lines.with_context(|| format!("corpus: cannot read {}", path.display()))?;
    Ok(lines.into_iter().filter(|line| !line.trim().is_empty()).collect())
}

/// Writes lines as a compressed corpus, after reading each as a case. The same lines give the same bytes.
///
/// # Errors
/// A line that is no case, or a file that cannot be written.
pub fn write(path: &Path, lines: &[String]) -> Result<()> {
    let file = File::create(path).with_context(|| format!("corpus: cannot create {}", path.display()))?;
    let mut encoder = GzEncoder::new(file, Compression::best());
    for line in lines {
        Case::parse(line)?;
        writeln!(encoder, "{line}")?;
    }
    encoder.finish()?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_committed_line_is_a_case() -> Result<()> {
        let lines = read(&committed())?;
        let cases = lines.iter().map(|line| Case::parse(line)).collect::<Result<Vec<Case>>>()?;
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), cases.len(), "ids are unique");
        assert!(cases.len() > 14_000, "{} cases", cases.len());
        Ok(())
    }

    #[test]
    fn what_is_written_is_read() -> Result<()> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("some.jsonl.gz");
        let lines: Vec<String> = read(&committed())?.into_iter().take(3).collect();
        write(&path, &lines)?;
        assert_eq!(read(&path)?, lines);
        assert!(write(&path, &["{}".to_owned()]).is_err());
        Ok(())
    }
}
