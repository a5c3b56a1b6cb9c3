//! A run as tables on a terminal. Knows nothing of how it was measured.

use std::fmt::Write;

use comfy_table::{Cell, CellAlignment, Color, ContentArrangement, Table, presets};

use crate::analysis::{Analysis, Comparison, RowAnalysis};
use crate::record::{Outcome, Run};
use crate::sides::{AGAIN, FLOOR, HLOOM, LAZY, OWN};
use crate::statistics::Verdict;
use crate::units;

/// A run as text, with colours only where a terminal shows them, as wide as the terminal is.
pub fn text(run: &Run) -> String {
    let analysis = Analysis::of(run);
    let mut text = String::new();
    head(&mut text, run, &analysis);
    for (suite, rows) in analysis.suites() {
        line(&mut text, &format!("\n{suite}"));
        line(&mut text, &rows_table(&rows).to_string());
        line(&mut text, &costs_table(&rows).to_string());
    }
    means(&mut text, &analysis);
    reasons(&mut text, run);
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

fn head(text: &mut String, run: &Run, analysis: &Analysis<'_>) {
    let session = &run.session;
    let fact = |name: &str| session.machine.get(name).map_or("unknown", String::as_str);
    let commit = session.commit.as_ref().map(|commit| format!(" ({commit})")).unwrap_or_default();
    line(
        text,
        &format!("hloom {}{commit}, {}, {} cores, {}", session.hloom, fact("cpu"), fact("cores"), session.started),
    );
    let sides = session.sides.iter().filter(|side| !OWN.contains(&side.name.as_str()));
    for side in sides {
        let about = match (&side.missing, &side.version) {
            (Some(missing), _) => format!("not there: {missing}"),
            (None, Some(version)) => version.clone(),
            (None, None) => "version unknown".into(),
        };
        let details: Vec<String> = side.details.iter().map(|(name, detail)| format!("{name} {detail}")).collect();
        line(text, format!("  {}: {about}  {}", side.name, details.join(", ")).trim_end());
    }
    if let Some(roofline) = &session.roofline {
        let giga = 1e9;
        line(
            text,
            &format!(
                "  the machine: {:.1} GB/s, {:.0} Gflop/s in float32, {:.0} in float64",
                roofline.bytes_per_second / giga,
                roofline.flops_f32 / giga,
                roofline.flops_f64 / giga
            ),
        );
    }
    for warning in &session.warnings {
        line(text, &format!("  warning: {warning}"));
    }
    match analysis.noise {
        Some(noise) => {
            line(text, &format!("  noise: two measurements of the same are {:.1} % apart", (noise - 1.0) * 100.0))
        }
        None => line(text, "  noise: unknown, so that nothing is decided"),
    }
}

fn table(header: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// What a computation takes: hloom, and each other side with hloom's ratio to it.
fn rows_table(rows: &[&RowAnalysis<'_>]) -> Table {
    let others: Vec<&str> = sides(rows).into_iter().filter(|side| *side != HLOOM && *side != AGAIN).collect();
    let mut header = vec!["benchmark".to_owned(), "size".into(), "hloom".into(), "±".into()];
    header.extend(others.iter().flat_map(|side| [(*side).to_owned(), "ratio".into()]));
    header.extend(["roofline".to_owned(), "budget".into()]);
    let mut table = table(header);
    for row in rows {
        let mut cells = vec![Cell::new(&row.row.name), Cell::new(&row.row.size)];
        let subject = row.subject.filter(|subject| subject.side == HLOOM);
        match (row.time, subject, row.side(HLOOM)) {
            (Some(time), Some(_), _) => {
                cells.push(Cell::new(units::amount(time.value, row.row.unit)));
                cells.push(Cell::new(format!("{:.0} %", (time.high / time.low).sqrt().ln() * 100.0)));
            }
            (_, _, Some(side)) => cells.extend([Cell::new(outcome(side.outcome)), Cell::new("")]),
            (_, _, None) => cells.extend([Cell::new("-"), Cell::new("")]),
        }
        for &other in &others {
            match (row.comparison(other), row.side(other)) {
                (Some(found), _) => cells.extend(comparison(found, row)),
                (None, Some(side)) if row.subject.is_some_and(|subject| subject.side == side.side) => {
                    let time = row.time.map_or_else(String::new, |time| units::amount(time.value, row.row.unit));
                    cells.extend([Cell::new(time), Cell::new("")]);
                }
                (None, Some(side)) => cells.extend([Cell::new(outcome(side.outcome)), Cell::new("")]),
                (None, None) => cells.extend([Cell::new("-"), Cell::new("")]),
            }
        }
        cells.push(Cell::new(row.roofline.map_or_else(String::new, |share| format!("{:.0} %", share * 100.0))));
        cells.push(match row.holds {
            Some(true) => Cell::new("holds"),
            Some(false) => Cell::new("FAILS").fg(Color::Red),
            None => Cell::new(""),
        });
        table.add_row(cells);
    }
    table
}

fn comparison(found: &Comparison<'_>, row: &RowAnalysis<'_>) -> [Cell; 2] {
    let time = found.time.map_or_else(String::new, |time| units::amount(time.value, row.row.unit));
    let ratio = units::ratio(found.ratio.value);
    let ratio = match found.verdict {
        Verdict::Faster => Cell::new(ratio).fg(Color::Green),
        Verdict::Slower => Cell::new(ratio).fg(Color::Red),
        Verdict::Same => Cell::new(format!("{ratio} =")),
        Verdict::Undecided => Cell::new(format!("{ratio} ?")),
    };
    [Cell::new(time), ratio]
}

/// What comes before the steady state, and the peak of the memory.
fn costs_table(rows: &[&RowAnalysis<'_>]) -> Table {
    let mut table =
        table(["", "size", "side", "cold process", "compile", "first call", "peak memory"].map(String::from).to_vec());
    for row in rows {
        for side in &row.row.sides {
            if side.first_ns.is_none() || side.side == AGAIN {
                continue;
            }
            let time = |ns: Option<f64>| ns.map_or_else(String::new, units::time);
            table.add_row([
                row.row.name.clone(),
                row.row.size.clone(),
                side.side.clone(),
                time(side.cold_ns),
                time(side.compile_ns),
                time(side.first_ns),
                side.peak_bytes.map_or_else(String::new, units::bytes),
            ]);
        }
    }
    table
}

fn means(text: &mut String, analysis: &Analysis<'_>) {
    line(text, "\nhloom's time over another's (below 1 hloom is faster), geometric mean over the rows that both have:");
    for side in [LAZY, FLOOR].into_iter().chain(analysis.peers()) {
        let Some((mean, n)) = analysis.mean_ratio(side) else { continue };
        let counts = Verdict::ALL.iter().zip(analysis.verdicts(side));
        let verdicts: Vec<String> = counts.map(|(verdict, n)| format!("{n} {}", verdict.words())).collect();
        line(text, &format!("  {side:<10} {:>6}  {n} rows: {}", units::ratio(mean), verdicts.join(", ")));
    }
}

/// Why sides of rows, and rows, were not measured.
fn reasons(text: &mut String, run: &Run) {
    let mut found = Vec::new();
    for row in &run.rows {
        for side in &row.sides {
            if let Some(reason) = &side.reason {
                let reason = reason.lines().next().unwrap_or_default();
                found.push(format!("  {} {} {}: {}: {reason}", row.name, row.size, side.side, outcome(side.outcome)));
            }
        }
    }
    found.extend(run.dropped.iter().map(|dropped| format!("  {} {}: {}", dropped.name, dropped.size, dropped.reason)));
    if !found.is_empty() {
        line(text, "\nnot measured:");
        found.iter().for_each(|reason| line(text, reason));
    }
    match &run.end {
        Some(end) if end.interrupted => line(text, &format!("\ninterrupted after {:.0} s", end.seconds)),
        Some(end) => line(text, &format!("\n{:.0} s in all", end.seconds)),
        None => line(text, "\nthe run was cut short"),
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok | Outcome::Unchecked => "",
        Outcome::Wrong => "WRONG",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
    }
}

/// The sides of some rows, in the order in which they are met.
fn sides<'a>(rows: &[&RowAnalysis<'a>]) -> Vec<&'a str> {
    let mut sides: Vec<&str> = Vec::new();
    for side in rows.iter().flat_map(|row| &row.row.sides) {
        if !sides.contains(&side.side.as_str()) {
            sides.push(&side.side);
        }
    }
    sides
}
