//! Turns outcomes into verdicts and verdicts into tables. Knows the classes of cases, not how an outcome
//! came to be.

use std::collections::BTreeMap;
use std::fmt;

use super::case::{Case, Class, Expected, Mode, Tolerance};
use super::compare::{Comparison, compare};
use super::decomposition;
use super::encode::Outcome;
use super::value::Answer;

/// What an outcome is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// NumPy's answer.
    Pass,
    /// Not NumPy's answer, but one that the case's class accepts.
    Alt,
    /// A wrong answer.
    Fail,
    /// The operation is not offered.
    Unsupported,
    /// No outcome: a crash, a panic, or too much time.
    Missing,
}

/// A verdict and the reason for it, empty for a pass.
pub type Judgement = (Verdict, String);

/// Judges the outcome of a case. With `is_strict_about_errors` an expected error must be of NumPy's kind.
pub fn judge(case: &Case, outcome: Option<&Outcome>, is_strict_about_errors: bool) -> Judgement {
    let fail = |why: String| (Verdict::Fail, why);
    match (&case.expected, outcome) {
        (_, None) => (Verdict::Missing, String::new()),
        (_, Some(Outcome::Unsupported(reason))) => (Verdict::Unsupported, reason.clone()),
        (Expected::Error { kind, .. }, Some(Outcome::Error { kind: got, .. })) => {
            if is_strict_about_errors && got != kind {
                return fail(format!("error kind {got} != {kind}"));
            }
            (Verdict::Pass, String::new())
        }
        (Expected::Error { kind, .. }, Some(outcome)) => match alternative(case, outcome) {
            Some(library) => (Verdict::Alt, library),
            None if case.class == Class::ErrorOptional => (Verdict::Alt, case.class.name().to_owned()),
            None => fail(format!("expected {kind}")),
        },
        (Expected::Answer(_), Some(Outcome::Error { kind, .. })) => {
            let raising = case.alternatives.iter().find(|(_, answer)| matches!(answer, Expected::Error { .. }));
            match raising {
                Some((library, _)) => (Verdict::Alt, library.clone()),
                None if case.class == Class::ImplDefined => (Verdict::Alt, case.class.name().to_owned()),
                None => fail(format!("raised {kind}")),
            }
        }
        (Expected::Answer(_), Some(Outcome::Malformed(why))) => fail(format!("malformed: {why}")),
        (Expected::Answer(expected), Some(outcome @ Outcome::Answer(got))) => {
            let Err(why) = held_against(expected, got, &case.tolerance, case) else {
                return (Verdict::Pass, String::new());
            };
            let is_only_value = ["value", "nan", "inf", "zero"].iter().any(|kind| why.starts_with(kind));
            if let Some(library) = alternative(case, outcome) {
                (Verdict::Alt, library)
            } else if case.is_int_div_zero && why.contains("value") {
                (Verdict::Alt, "int_div_zero".to_owned())
            } else if case.class == Class::ImplDefined && is_only_value {
                (Verdict::Alt, case.class.name().to_owned())
            } else {
                fail(why)
            }
        }
    }
}

/// The library whose recorded answer this is.
fn alternative(case: &Case, outcome: &Outcome) -> Option<String> {
    let Outcome::Answer(got) = outcome else { return None };
    let tolerance = alternative_tolerance(&case.tolerance);
    let is_same = |answer: &Expected| match answer {
        Expected::Answer(answer) => held_against(answer, got, &tolerance, case).is_ok(),
        Expected::Error { .. } => false,
    };
    case.alternatives.iter().find(|(_, answer)| is_same(answer)).map(|(library, _)| library.clone())
}

/// Compares an answer with the one expected, factors that are not unique by what they multiply back to.
pub(super) fn held_against(expected: &Answer, got: &Answer, tolerance: &Tolerance, case: &Case) -> Comparison {
    match (tolerance.decomposition, expected, got) {
        (Some(kind), Answer::Tuple(expected), Answer::Tuple(got)) if expected.len() == got.len() => {
            decomposition::check(kind, case, expected, got, tolerance)
        }
        _ => compare(expected, got, tolerance),
    }
}

/// Another library's answer was computed elsewhere, so that the last bits of it are nobody's promise.
fn alternative_tolerance(tolerance: &Tolerance) -> Tolerance {
    const LIMIT: f64 = 1e-6;
    if tolerance.mode != Mode::Exact || tolerance.zero_signs {
        *tolerance
    } else {
        Tolerance { mode: Mode::Relative, rtol: LIMIT, atol: LIMIT, ..Tolerance::default() }
    }
}

/// How many cases got each verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    verdicts: BTreeMap<Verdict, usize>,
    strict: Share,
    strict_dtype: Share,
    reasons: BTreeMap<String, usize>,
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many passed.
    pub n_passed: usize,
    /// Of how many.
    pub n_cases: usize,
}

impl Share {
    /// The part as a number from 0 to 1; a part of nothing is all of it.
    pub fn ratio(self) -> f64 {
        if self.n_cases == 0 { 1.0 } else { self.n_passed as f64 / self.n_cases as f64 }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.n_cases == 0 {
            return f.pad("-");
        }
        // Rounded down, so that only a whole is shown as one.
        f.pad(&format!("{:.1}%", (self.ratio() * 1000.0).floor() / 10.0))
    }
}

impl Tally {
    /// How many cases got a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.verdicts.get(&verdict).copied().unwrap_or_default()
    }

    /// How many cases there are.
    pub fn n_cases(&self) -> usize {
        self.verdicts.values().sum()
    }

    /// The passes among the classes that accept nothing but NumPy's answer. Floors are about this share.
    pub fn strict_share(&self) -> Share {
        Share {
            n_passed: self.strict.n_passed + self.strict_dtype.n_passed,
            n_cases: self.strict.n_cases + self.strict_dtype.n_cases,
        }
    }

    fn add(&mut self, class: Class, (verdict, why): &Judgement) {
        *self.verdicts.entry(*verdict).or_default() += 1;
        let share = match class {
            Class::Strict => Some(&mut self.strict),
            Class::StrictDtype => Some(&mut self.strict_dtype),
            _ => None,
        };
        if let Some(share) = share {
            share.n_cases += 1;
            share.n_passed += usize::from(*verdict == Verdict::Pass);
        }
        if *verdict == Verdict::Fail {
            *self.reasons.entry(bucket(why).to_owned()).or_default() += 1;
        }
    }
}

/// The kind of a difference, for counting.
fn bucket(why: &str) -> &str {
    const KINDS: [&str; 16] = [
        "dtype",
        "shape",
        "value",
        "nan",
        "inf",
        "zero sign",
        "kind",
        "raised",
        "expected",
        "error kind",
        "out",
        "arity",
        "malformed",
        "text",
        "nonfinite",
        "singular",
    ];
    KINDS.into_iter().find(|kind| why.starts_with(kind)).unwrap_or("factors")
}

/// The verdicts on a run, by family and by class.
#[derive(Clone, Debug, Default)]
pub struct Report {
    families: BTreeMap<String, Tally>,
    classes: BTreeMap<Class, Tally>,
    /// The cases that failed, are unsupported or are missing: id, verdict and reason.
    pub failures: Vec<(String, Verdict, String)>,
}

impl Report {
    /// Counts a verdict.
    pub fn add(&mut self, case: &Case, judgement: &Judgement) {
        self.families.entry(case.family().to_owned()).or_default().add(case.class, judgement);
        self.classes.entry(case.class).or_default().add(case.class, judgement);
        if !matches!(judgement.0, Verdict::Pass | Verdict::Alt) {
            self.failures.push((case.id.clone(), judgement.0, judgement.1.clone()));
        }
    }

    /// The verdicts by family.
    pub fn families(&self) -> &BTreeMap<String, Tally> {
        &self.families
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["total", "pass", "alt", "fail", "unsup", "miss"];
        write!(f, "{:20}", "family")?;
        header.iter().try_for_each(|name| write!(f, "{name:>7}"))?;
        writeln!(f, "{:>8}{:>8}{:>8}  why", "pass%", "strict", "s_dtype")?;
        let mut total = Tally::default();
        for (family, tally) in &self.families {
            row(f, family, tally)?;
            total.merge(tally);
        }
        row(f, "TOTAL", &total)?;
        for (class, tally) in &self.classes {
            row(f, class.name(), tally)?;
        }
        Ok(())
    }
}

impl Tally {
    fn merge(&mut self, other: &Tally) {
        for (verdict, count) in &other.verdicts {
            *self.verdicts.entry(*verdict).or_default() += count;
        }
        for (mine, theirs) in [(&mut self.strict, other.strict), (&mut self.strict_dtype, other.strict_dtype)] {
            mine.n_passed += theirs.n_passed;
            mine.n_cases += theirs.n_cases;
        }
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, tally: &Tally) -> fmt::Result {
    write!(f, "{name:20}{:7}", tally.n_cases())?;
    for verdict in [Verdict::Pass, Verdict::Alt, Verdict::Fail, Verdict::Unsupported, Verdict::Missing] {
        write!(f, "{:7}", tally.count(verdict))?;
    }
    let passed = Share { n_passed: tally.count(Verdict::Pass), n_cases: tally.n_cases() };
    write!(f, "{passed:>8}{:>8}{:>8} ", tally.strict, tally.strict_dtype)?;
    for (reason, count) in &tally.reasons {
        write!(f, " {reason}:{count}")?;
    }
    writeln!(f)
}

#[cfg(test)]
mod tests {
    use anyhow::Result;

    use super::*;

    fn case(class: &str, expected: &str, rest: &str) -> Result<Case> {
        Case::parse(&format!(
            r#"{{"id":"g.o/o/1","group":"g.o","op":"o","args":[],"expect":{expected},"class":"{class}"{rest}}}"#
        ))
    }

    fn verdict(case: &Case, line: &str) -> Result<Judgement> {
        Ok(judge(case, Some(&Outcome::parse_line(line)?.1), true))
    }

    const TWO: &str = r#"{"py":"int","v":2}"#;
    const GOT_TWO: &str = r#"{"id":"","result":{"py":"int","v":2}}"#;
    const GOT_THREE: &str = r#"{"id":"","result":{"py":"int","v":3}}"#;
    const RAISED: &str = r#"{"id":"","error":{"kind":"ValueError","msg":""}}"#;

    #[test]
    fn only_the_expected_answer_passes() -> Result<()> {
        let strict = case("strict", TWO, "")?;
        assert_eq!(verdict(&strict, GOT_TWO)?, (Verdict::Pass, String::new()));
        assert_eq!(verdict(&strict, GOT_THREE)?, (Verdict::Fail, "value".to_owned()));
        assert_eq!(verdict(&strict, RAISED)?, (Verdict::Fail, "raised ValueError".to_owned()));
        assert_eq!(judge(&strict, None, false).0, Verdict::Missing);
        assert_eq!(verdict(&strict, r#"{"id":"","unsupported":"no"}"#)?.0, Verdict::Unsupported);
        assert_eq!(verdict(&strict, r#"{"id":"","result":{"py":"int"}}"#)?.0, Verdict::Fail);
        Ok(())
    }

    #[test]
    fn recorded_alternatives_are_acceptable_unless_by_dtype() -> Result<()> {
        let three = r#","alt":{"jax":{"py":"int","v":3}},"dev":{"jax":"value"}"#;
        assert_eq!(verdict(&case("deviates_jax", TWO, three)?, GOT_THREE)?, (Verdict::Alt, "jax".to_owned()));
        let by_dtype = three.replace("\"value\"", "\"dtype\"");
        assert_eq!(verdict(&case("strict_dtype", TWO, &by_dtype)?, GOT_THREE)?.0, Verdict::Fail);
        let raising = r#","alt":{"tf":{"error":"ValueError"}}"#;
        assert_eq!(verdict(&case("deviates_tf", TWO, raising)?, RAISED)?.0, Verdict::Alt);
        Ok(())
    }

    #[test]
    fn expected_errors() -> Result<()> {
        let error = r#"{"error":"ValueError","msg":""}"#;
        assert_eq!(verdict(&case("strict", error, "")?, RAISED)?.0, Verdict::Pass);
        assert_eq!(verdict(&case("strict", error, "")?, GOT_TWO)?, (Verdict::Fail, "expected ValueError".to_owned()));
        assert_eq!(verdict(&case("error_optional", error, "")?, GOT_TWO)?.0, Verdict::Alt);
        let other = case("strict", r#"{"error":"TypeError","msg":""}"#, "")?;
        assert_eq!(verdict(&other, RAISED)?.0, Verdict::Fail);
        assert_eq!(judge(&other, Some(&Outcome::parse_line(RAISED)?.1), false).0, Verdict::Pass);
        Ok(())
    }

    #[test]
    fn values_of_platforms_and_of_division_by_zero_are_left_open() -> Result<()> {
        assert_eq!(verdict(&case("impl_defined", TWO, "")?, GOT_THREE)?.0, Verdict::Alt);
        let wrong_kind = r#"{"id":"","result":{"py":"bool","v":true}}"#;
        assert_eq!(verdict(&case("impl_defined", TWO, "")?, wrong_kind)?.0, Verdict::Fail);
        let tagged = case("deviates_jax", TWO, r#","tags":["int_div_zero"]"#)?;
        assert_eq!(verdict(&tagged, GOT_THREE)?.0, Verdict::Alt);
        Ok(())
    }

    #[test]
    fn shares_count_the_strict_classes_only() -> Result<()> {
        let mut report = Report::default();
        for (class, verdict) in [
            ("strict", Verdict::Pass),
            ("strict", Verdict::Fail),
            ("strict_dtype", Verdict::Pass),
            ("deviates_jax", Verdict::Fail),
        ] {
            report.add(&case(class, TWO, "")?, &(verdict, "value".to_owned()));
        }
        let tally = &report.families()["g"];
        assert_eq!(tally.strict_share(), Share { n_passed: 2, n_cases: 3 });
        assert_eq!((tally.n_cases(), tally.count(Verdict::Fail), report.failures.len()), (4, 2, 2));
        let table = report.to_string();
        assert!(table.contains("value:2") && table.contains("50.0%"), "{table}");
        Ok(())
    }
}
