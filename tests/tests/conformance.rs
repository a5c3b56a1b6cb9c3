//! Each family that the library claims keeps its floor of NumPy's answers, and all questions that are written here have
//! NumPy's.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use hloom_tests::conformance::case::Case;
use hloom_tests::conformance::corpus;
use hloom_tests::conformance::floors::Floors;
use hloom_tests::conformance::score::{Report, Verdict, judge};
use hloom_tests::conformance::worker::{Reply, Workers};

/// How many processes ask, and how long a case may take: compiling is slow on a loaded machine.
const N_WORKERS: usize = 2;
const LIMIT: Duration = Duration::from_secs(60);

/// Programs of several steps, a sixth of them on thousands of elements, made by `conformance/programs.py`.
#[test]
fn every_program_is_answered_as_numpy_does() -> Result<()> {
    let lines = corpus::read(&corpus::programs())?;
    let cases = lines.iter().map(|line| Case::parse(line)).collect::<Result<Vec<Case>>>()?;
    assert!(cases.len() >= 3_600, "{} programs", cases.len());
    assert!(cases.iter().filter(|case| case.group == "program.large").count() >= 600);
    all_pass(&lines, &cases)
}

/// Questions about functions that take sums, differences and elements in order, made by `conformance/statistics.py`.
#[test]
fn every_question_about_statistics_is_answered_as_numpy_does() -> Result<()> {
    let lines = corpus::read(&corpus::statistics())?;
    let cases = lines.iter().map(|line| Case::parse(line)).collect::<Result<Vec<Case>>>()?;
    assert!(cases.len() >= 1_600, "{} questions", cases.len());
    assert!(cases.iter().filter(|case| case.group.ends_with(".large")).count() >= 100);
    all_pass(&lines, &cases)
}

fn all_pass(lines: &[String], cases: &[Case]) -> Result<()> {
    let asked: Vec<&str> = lines.iter().map(String::as_str).collect();
    let mut failures = Vec::new();
    for (case, reply) in cases.iter().zip(workers().run(&asked, |_| ())?) {
        let (verdict, why) = judge(case, reply.outcome(), true);
        if verdict != Verdict::Pass {
            let why = if let Reply::Missing(why) = reply { why } else { why };
            failures.push(format!("{verdict:?} {}: {why}", case.id));
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
    Ok(())
}

fn workers() -> Workers {
    Workers { program: PathBuf::from(env!("CARGO_BIN_EXE_conformance")), count: N_WORKERS, limit: LIMIT }
}

#[test]
fn claimed_families_keep_their_floors() -> Result<()> {
    let floors = Floors::read(&Floors::committed())?;
    let lines = corpus::read(&corpus::committed())?;
    let mut cases = Vec::new();
    for line in &lines {
        let case = Case::parse(line)?;
        if floors.is_claimed(case.family()) {
            cases.push((line.as_str(), case));
        }
    }
    let asked: Vec<&str> = cases.iter().map(|(line, _)| *line).collect();
    let replies = workers().run(&asked, |_| ())?;
    let mut report = Report::default();
    for ((_, case), reply) in cases.iter().zip(&replies) {
        let mut judgement = judge(case, reply.outcome(), false);
        if let Reply::Missing(why) = reply {
            judgement.1.clone_from(why);
        }
        report.add(case, &judgement);
    }
    let violations = floors.violations(&report);
    if !violations.is_empty() {
        // Failures of families that keep their floors are known ones and would hide the new ones.
        let is_below = |id: &str| violations.iter().any(|(family, _)| id.split(['.', '/']).next() == Some(family));
        let failures = report.failures.iter().filter(|(id, ..)| is_below(id));
        let failures: Vec<String> = failures.map(|(id, verdict, why)| format!("{verdict:?} {id}: {why}")).collect();
        let violations: Vec<String> = violations.iter().map(|(_, violation)| violation.clone()).collect();
        panic!("{}\n{report}\n{}", failures.join("\n"), violations.join("\n"));
    }
    Ok(())
}
