//! A run as Markdown, for a page of a book. Knows nothing of how it was measured.

use std::fmt::Write;

use crate::analysis::{Analysis, RowAnalysis};
use crate::record::{Measured, Outcome, Run};
use crate::sides::{FLOOR, HLOOM, LAZY, OWN};
use crate::statistics::Verdict;
use crate::units;

/// The tables of a run: what was measured with, means, and every row.
pub fn text(run: &Run) -> String {
    let analysis = Analysis::of(run);
    let mut text = String::new();
    about(&mut text, run, &analysis);
    means(&mut text, &analysis);
    for (suite, rows) in analysis.suites() {
        table(&mut text, suite, &rows, &analysis.peers());
    }
    losses(&mut text, run);
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

fn about(text: &mut String, run: &Run, analysis: &Analysis<'_>) {
    let session = &run.session;
    let fact = |name: &str| session.machine.get(name).map_or("unknown", String::as_str);
    let program = session.command.first().map_or("hloom", |program| program.rsplit('/').next().unwrap_or(program));
    let words: Vec<&str> = session.command.iter().skip(1).map(String::as_str).collect();
    line(text, &format!("```sh\n{program} {}\n```\n", words.join(" ")));
    let sides = session.sides.iter().filter(|side| !OWN.contains(&side.name.as_str()));
    let sides = sides.filter_map(|side| Some(format!("{} {}", side.name, side.version.as_ref()?)));
    let sides: Vec<String> = sides.collect();
    let noise = analysis.noise.map_or("unknown".into(), |noise| format!("{:.1} %", (noise - 1.0) * 100.0));
    line(
        text,
        &format!(
            "{} cores of {}, {}, begun {}; {}. Two measurements of the same were {noise} apart in the median.",
            fact("cores"),
            fact("cpu"),
            fact("memory"),
            session.started,
            sides.join(", ")
        ),
    );
    if let Some(roofline) = &session.roofline {
        line(
            text,
            &format!(
                "The machine moves {:.1} GB/s, and computes {:.0} Gflop/s in float32 and {:.0} in float64.",
                roofline.bytes_per_second / 1e9,
                roofline.flops_f32 / 1e9,
                roofline.flops_f64 / 1e9
            ),
        );
    }
    for warning in &session.warnings {
        line(text, &format!("*{}.*", escaped(warning)));
    }
}

fn means(text: &mut String, analysis: &Analysis<'_>) {
    line(text, "\n| beside | hloom's time over its time | rows | faster | slower | within noise | cannot decide |");
    line(text, "| --- | --: | --: | --: | --: | --: | --: |");
    for side in analysis.peers() {
        let Some((mean, n)) = analysis.mean_ratio(side) else { continue };
        let [faster, slower, same, undecided] = analysis.verdicts(side);
        let mean = units::ratio(mean);
        line(text, &format!("| {side} | **{mean}** | {n} | {faster} | {slower} | {same} | {undecided} |"));
    }
}

fn table(text: &mut String, suite: &str, rows: &[&RowAnalysis<'_>], peers: &[&str]) {
    let peers: Vec<&str> =
        peers.iter().copied().filter(|peer| rows.iter().any(|row| row.side(peer).is_some())).collect();
    line(text, &format!("\n## {suite}\n"));
    let columns: String = peers.iter().map(|peer| format!(" {peer} | ratio |")).collect();
    line(text, &format!("| benchmark | size | hloom | lazily | over the floor | first call |{columns}"));
    line(text, &format!("| --- | --- | --: | --: | --: | --: |{}", " --: | --: |".repeat(peers.len())));
    for row in rows {
        let unit = row.row.unit;
        let value = |value: Option<f64>| value.map_or_else(|| "–".into(), |value| units::amount(value, unit));
        let subject = row.subject.filter(|subject| subject.side == HLOOM).and(row.time).map(|time| time.value);
        let lazily = match row.comparison(LAZY) {
            Some(lazily) => lazily.time.map(|time| time.value),
            None => row.subject.filter(|subject| subject.side == LAZY).and(row.time).map(|time| time.value),
        };
        let floor = row.comparison(FLOOR).map_or_else(|| "–".into(), |floor| units::ratio(floor.ratio.value));
        let first = row.side(HLOOM).and_then(|side| side.first_ns).map_or_else(|| "–".into(), units::time);
        let name = escaped(&row.row.name);
        let mut cells =
            format!("| `{name}` | {} | {} | {} | {floor} | {first} |", row.row.size, value(subject), value(lazily));
        for peer in &peers {
            let (time, ratio) = match (row.comparison(peer), row.side(peer)) {
                (Some(found), _) => {
                    let ratio = units::ratio(found.ratio.value);
                    let ratio = match found.verdict {
                        Verdict::Faster => format!("**{ratio}**"),
                        Verdict::Slower => ratio,
                        Verdict::Same => format!("{ratio} ="),
                        Verdict::Undecided => format!("{ratio} ?"),
                    };
                    (value(found.time.map(|time| time.value)), ratio)
                }
                (None, Some(side)) => (outcome(side).into(), String::new()),
                (None, None) => ("–".into(), String::new()),
            };
            cells += &format!(" {time} | {ratio} |");
        }
        line(text, &cells);
    }
}

/// What was not measured, and why.
fn losses(text: &mut String, run: &Run) {
    let mut lost = Vec::new();
    for row in &run.rows {
        for side in &row.sides {
            if let Some(reason) = &side.reason {
                let reason = escaped(reason.lines().next().unwrap_or_default());
                lost.push(format!(
                    "- `{}` {}, {}: {}: {reason}",
                    escaped(&row.name),
                    row.size,
                    side.side,
                    outcome(side)
                ));
            }
        }
    }
    let dropped = run.dropped.iter();
    lost.extend(dropped.map(|row| format!("- `{}` {}: {}", escaped(&row.name), row.size, escaped(&row.reason))));
    if !lost.is_empty() {
        line(text, "\n## Not measured\n");
        lost.iter().for_each(|lost| line(text, lost));
    }
}

fn outcome(side: &Measured) -> &'static str {
    match side.outcome {
        Outcome::Ok | Outcome::Unchecked => "–",
        Outcome::Wrong => "wrong",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
    }
}

/// Text that means nothing to Markdown within a table.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
