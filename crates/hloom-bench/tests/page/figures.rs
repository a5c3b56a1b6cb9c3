//! The figures on a page against those of its run, raw and as they are shown.

use std::collections::BTreeMap;

use hloom_bench::Unit;
use hloom_bench::analysis::{Analysis, RowAnalysis};
use hloom_bench::record::Outcome;
use hloom_bench::sides::OWN;
use hloom_bench::statistics::Verdict;
use serde_json::Value;

use crate::browser::Browser;

/// What a cell says, by row, side and what it says it of.
type Cells = BTreeMap<(String, String, &'static str), f64>;

/// Takes what a cell shows and holds: `[row, side, text, {attributes}]` for each cell of a kind of table.
fn cells(browser: &Browser, tables: &str) -> Vec<Value> {
    let found = browser.evaluate(&format!(
        "[...document.querySelectorAll('{tables}')].flatMap((table) => [...table.querySelectorAll('tr[data-row]')].flatMap((row) =>
           [...row.cells].map((cell) => [row.dataset.row, cell.dataset.side ?? row.dataset.side ?? '', (cell.querySelector('b') ?? cell.firstChild)?.textContent ?? '', {{ ...cell.dataset }}])))"
    ));
    found.unwrap().as_array().unwrap().clone()
}

/// The cells that hold an attribute, as numbers.
fn held(cells: &[Value], attributes: &[&'static str]) -> Cells {
    let mut held = Cells::new();
    for cell in cells {
        let (row, side) = (cell[0].as_str().unwrap().to_owned(), cell[1].as_str().unwrap().to_owned());
        for attribute in attributes {
            if let Some(text) = cell[3].get(attribute) {
                let number = text.as_str().unwrap().parse().unwrap();
                held.insert((row.clone(), side.clone(), attribute), number);
            }
        }
    }
    held
}

fn key(row: &RowAnalysis<'_>) -> String {
    format!("{}/{}/{}", row.row.suite, row.row.name, row.row.size)
}

/// Checks every figure of the page that is open.
pub(crate) fn check(browser: &Browser, analysis: &Analysis<'_>) {
    heat_map(browser, analysis);
    tables(browser, analysis);
    stages(browser, analysis);
    cards(browser, analysis);
}

fn ratios(analysis: &Analysis<'_>, is_wanted: impl Fn(&str) -> bool) -> Cells {
    let mut ratios = Cells::new();
    for row in &analysis.rows {
        for comparison in row.comparisons.iter().filter(|it| is_wanted(&it.side.side)) {
            let mut add = |what, value| ratios.insert((key(row), comparison.side.side.clone(), what), value);
            add("ratio", comparison.ratio.value);
            add("low", comparison.ratio.low);
            add("high", comparison.ratio.high);
        }
    }
    ratios
}

fn is_peer(side: &str) -> bool {
    !OWN.contains(&side)
}

fn heat_map(browser: &Browser, analysis: &Analysis<'_>) {
    let cells = cells(browser, ".heat");
    assert_eq!(held(&cells, &["ratio", "low", "high"]), ratios(analysis, is_peer));
    shown_as(&cells, "ratio");
    let reasons =
        browser.evaluate("[...document.querySelectorAll('#problems .reason')].map((it) => it.textContent)").unwrap();
    // Verdicts, and what became of those that have none.
    for row in &analysis.rows {
        for side in row.row.sides.iter().filter(|side| is_peer(&side.side)) {
            let cell = cells.iter().find(|cell| cell[0] == key(row).as_str() && cell[1] == side.side.as_str()).unwrap();
            let verdict = row.comparison(&side.side).map(|it| match it.verdict {
                Verdict::Faster => "faster",
                Verdict::Slower => "slower",
                Verdict::Same => "same",
                Verdict::Undecided => "undecided",
            });
            assert_eq!(cell[3].get("verdict").and_then(Value::as_str), verdict, "{cell}");
            let word = match side.outcome {
                Outcome::Ok | Outcome::Unchecked => continue,
                Outcome::Wrong => "wrong",
                Outcome::Unsupported => "unsupported",
                Outcome::Failed => "failed",
            };
            assert_eq!(cell[2], word);
            let is_said = reasons.as_array().unwrap().iter().any(|it| it.as_str() == side.reason.as_deref());
            assert!(is_said, "{side:?} {reasons}");
        }
    }
}

fn tables(browser: &Browser, analysis: &Analysis<'_>) {
    let cells = cells(browser, ".figures:not(.stages)");
    let with_ratio: Vec<Value> = cells.iter().filter(|cell| cell[3].get("ratio").is_some()).cloned().collect();
    let expected = ratios(analysis, |side| side == "floor" || is_peer(side));
    assert_eq!(held(&with_ratio, &["ratio", "low", "high"]), expected);
    shown_as(&with_ratio, "ratio");
    let mut expected = Cells::new();
    for row in &analysis.rows {
        let unit = match row.row.unit {
            Unit::Ns => "ns",
            Unit::Bytes => "bytes",
        };
        let mut add = |side: &str, value| expected.insert((key(row), side.to_owned(), unit), value);
        if let (Some(subject), Some(time)) = (row.subject, row.time) {
            add(&subject.side, time.value);
        }
        for comparison in row.comparisons.iter().filter(|it| it.side.side != "again") {
            add(&comparison.side.side, comparison.time.unwrap().value);
        }
        // Measured, but there was nothing of hloom to compare it with.
        if row.subject.is_none() {
            let measured = row.row.sides.iter().filter(|side| side.side != "again" && side.outcome == Outcome::Ok);
            for side in measured {
                let rounds = hloom_bench::statistics::round_medians(&side.rounds);
                add(&side.side, hloom_bench::statistics::median(&rounds).unwrap());
            }
        }
    }
    assert_eq!(held(&cells, &["ns", "bytes"]), expected);
    shown_as(&cells, "ns");
    shown_as(&cells, "bytes");
    let shares: Vec<f64> = held(&cells, &["share"]).into_values().collect();
    assert_eq!(shares.len(), analysis.rows.iter().filter(|row| row.roofline.is_some()).count());
    for row in &analysis.rows {
        let holds =
            cells.iter().find_map(|cell| (cell[0] == key(row).as_str()).then(|| cell[3].get("holds")).flatten());
        assert_eq!(holds.map(|it| it == "true"), row.holds, "{}", key(row));
    }
}

fn stages(browser: &Browser, analysis: &Analysis<'_>) {
    let cells = cells(browser, ".stages");
    let mut expected = Cells::new();
    for row in &analysis.rows {
        for side in &row.row.sides {
            let figures = [
                ("cold", side.cold_ns),
                ("compile", side.compile_ns),
                ("first", side.first_ns),
                ("peak", side.peak_bytes),
            ];
            for (what, value) in figures {
                if let Some(value) = value {
                    expected.insert((key(row), side.side.clone(), what), value);
                }
            }
        }
    }
    assert_eq!(held(&cells, &["cold", "compile", "first", "peak"]), expected);
    for what in ["cold", "compile", "first", "peak"] {
        shown_as(&cells, what);
    }
}

fn cards(browser: &Browser, analysis: &Analysis<'_>) {
    let cards = browser
        .evaluate("[...document.querySelectorAll('.card[data-side]')].map((it) => ({ ...it.dataset }))")
        .unwrap();
    let cards = cards.as_array().unwrap();
    assert_eq!(cards.len(), analysis.peers().len());
    for card in cards {
        let side = card["side"].as_str().unwrap();
        let number = |what: &str| card[what].as_str().unwrap().parse::<f64>().unwrap();
        assert_eq!(Some((number("mean"), number("n") as usize)), analysis.mean_ratio(side), "{side}");
        let verdicts: Vec<Verdict> =
            analysis.rows.iter().filter_map(|row| Some(row.comparison(side)?.verdict)).collect();
        let n_of = |verdict| verdicts.iter().filter(|it| **it == verdict).count() as f64;
        assert_eq!(number("faster"), n_of(Verdict::Faster));
        assert_eq!(number("slower"), n_of(Verdict::Slower));
        assert_eq!(number("same"), n_of(Verdict::Same));
        assert_eq!(number("undecided"), n_of(Verdict::Undecided));
    }
    let noise = browser.evaluate("document.querySelector('[data-noise]').dataset.noise").unwrap();
    assert_eq!(noise.as_str().unwrap().parse::<f64>().ok(), analysis.noise);
}

/// Checks that what is shown is the raw figure, rounded and with a unit.
fn shown_as(cells: &[Value], attribute: &str) {
    for cell in cells {
        let Some(raw) = cell[3].get(attribute) else { continue };
        let raw: f64 = raw.as_str().unwrap().parse().unwrap();
        let text = cell[2].as_str().unwrap();
        let (number, unit) = text.split_once('\u{202f}').unwrap_or((text, ""));
        let scale = match unit {
            "" | "ns" | "B" => 1.0,
            "µs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            other => panic!("{other} in {cell}"),
        };
        let shown = number.parse::<f64>().unwrap() * scale;
        assert!((shown / raw - 1.0).abs() < 0.06, "{cell}");
    }
}
