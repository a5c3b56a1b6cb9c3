//! The page of a run in a browser: its figures are those of the run, it fits narrow and wide screens in light and dark, it
//! sorts, and it is whole without scripts. `cargo xtask page` runs this where there is a Chromium.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod browser;
mod figures;
mod sample;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use hloom_bench::analysis::Analysis;
use hloom_bench::html;
use hloom_bench::record::Run;
use serde_json::Value;

use browser::{Browser, View};

const WIDE: View = View { width: 1280, is_dark: false, has_scripts: true };
const NARROW: View = View { width: 390, is_dark: false, has_scripts: true };

/// All ways to look at a page.
const VIEWS: [View; 4] = [WIDE, View { is_dark: true, ..WIDE }, NARROW, View { is_dark: true, ..NARROW }];

/// The folder of the pages and of the pictures of them, which stay for people to look at.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The invented run.
static RUN: LazyLock<Run> = LazyLock::new(sample::run);

/// What it says.
static ANALYSIS: LazyLock<Analysis<'_>> = LazyLock::new(|| Analysis::of(&RUN));

/// The file with its page.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let file = folder().join("page.html");
    fs::write(&file, html::page(&RUN)).unwrap();
    file
});

/// A browser that shows the page of the invented run.
fn shown(view: View) -> Browser {
    let browser = Browser::start().unwrap();
    browser.open(&FILE, view).unwrap();
    browser
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|it| it.as_str().unwrap_or("null").to_owned()).collect()
}

#[test]
fn the_figures_are_those_of_the_run_at_every_width_and_in_both_schemes() {
    let browser = shown(WIDE);
    for view in VIEWS {
        browser.open(&FILE, view).unwrap();
        figures::check(&browser, &ANALYSIS);
        assert_eq!(browser.complaints(), [""; 0], "{view:?}");
        let asked = browser.requests();
        assert!(
            asked.iter().all(|url| url.starts_with("file:") && url.ends_with("page.html") || url == "data:,"),
            "{asked:?}"
        );
        assert_eq!(browser.evaluate("document.title").unwrap(), "hloom bench, 2026-01-31", "a name was run");
        let scheme = if view.is_dark { "dark" } else { "light" };
        let picture = browser.picture(view.width, 3_000).unwrap();
        keep(&picture, &folder().join(format!("{}-{scheme}.png", view.width)));
    }
}

/// Writes a picture where a person finds it.
fn keep(base64: &str, file: &Path) {
    let mut decoder =
        Command::new("base64").arg("--decode").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = decoder.stdin.take().unwrap();
    let text = base64.to_owned();
    // It writes while it reads: whoever does one after the other waits for ever.
    let writer = thread::spawn(move || input.write_all(text.as_bytes()));
    let decoded = decoder.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(decoded.status.success() && decoded.stdout.starts_with(b"\x89PNG"), "{:?}", decoded.status);
    fs::write(file, decoded.stdout).unwrap();
}

#[test]
fn nothing_reaches_beyond_the_screen() {
    let browser = shown(NARROW);
    for width in [390, 1280] {
        browser.open(&FILE, View { width, ..NARROW }).unwrap();
        browser.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })").unwrap();
        let page =
            browser.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]").unwrap();
        assert_eq!(page, serde_json::json!([width, width, width]));
        // What is wider scrolls in a box of its own.
        let beyond = browser.evaluate(
            "[...document.querySelectorAll('main *, footer *')]
               .filter((it) => !it.parentElement.closest('.scroll') && !it.closest('svg'))
               .filter((it) => it.getBoundingClientRect().right > innerWidth + 0.5 || it.getBoundingClientRect().left < -0.5)
               .map((it) => it.outerHTML.slice(0, 120))",
        );
        assert_eq!(strings(&beyond.unwrap()), [""; 0], "at {width}");
    }
}

#[test]
fn every_text_stands_out_from_what_is_behind_it() {
    let browser = shown(WIDE);
    for view in VIEWS {
        browser.open(&FILE, view).unwrap();
        browser.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })").unwrap();
        let found = browser.evaluate(include_str!("contrast.js")).unwrap();
        assert!(found["texts"].as_u64().unwrap() > 2_000, "{found}");
        assert_eq!(strings(&found["faint"]), [""; 0], "{view:?}");
        // The page follows the system: dark behind light, or light behind dark.
        let behind = found["page"].as_f64().unwrap();
        assert_eq!(behind < 0.2, view.is_dark, "{behind} {view:?}");
    }
}

/// The order of the rows of the first suite's table, and the direction that its header tells.
fn order(browser: &Browser, column: usize) -> (Vec<String>, String) {
    let found = browser
        .evaluate(&format!(
            "(() => {{ const table = document.querySelector('#suite-1 table');
               const sorted = [...table.tHead.querySelectorAll('[aria-sort]')].map((it) => it.getAttribute('aria-sort'));
               return [[...table.tBodies[0].rows].map((row) => row.cells[{column}].dataset.ratio ?? row.cells[{column}].textContent), sorted.join()]; }})()"
        ))
        .unwrap();
    (strings(&found[0]), found[1].as_str().unwrap().to_owned())
}

#[test]
fn a_click_on_a_header_sorts_the_rows() {
    let browser = shown(WIDE);
    let numbers = |order: &[String]| order.iter().filter_map(|it| it.parse::<f64>().ok()).collect::<Vec<f64>>();

    // The ratio to candle-core, which lacks some rows: the table's columns are row, size, n, hloom, lazy, then two a side.
    let column = 5 + 2 * 5 + 1;
    let header = "#suite-1 thead tr:nth-child(2) th:nth-child(12) button";
    let (before, direction) = order(&browser, column);
    assert!(!numbers(&before).is_sorted() && direction.is_empty(), "{before:?} {direction}");
    browser.click(header).unwrap();
    let (up, direction) = order(&browser, column);
    assert_eq!(direction, "ascending");
    assert!(numbers(&up).is_sorted() && numbers(&up).len() == 9, "{up:?}");
    assert_eq!(up[9..], ["–"; 3], "what is missing comes last");
    browser.click(header).unwrap();
    let (down, direction) = order(&browser, column);
    assert_eq!(direction, "descending");
    assert!(numbers(&down).is_sorted_by(|one, other| one >= other), "{down:?}");
    assert_eq!(down[9..], ["–"; 3]);

    // Sizes are texts with numbers in them; the sign moves to the other header.
    browser.click("#suite-1 thead tr:first-child th:nth-child(2) button").unwrap();
    let (sizes, direction) = order(&browser, 1);
    assert_eq!(direction, "ascending");
    assert_eq!(sizes, ["1e3", "1e3", "1e3", "1e3", "1e5", "1e5", "1e5", "1e5", "1e7", "1e7", "1e7", "1e7"]);

    // The rows of the heat map stay in their suites.
    browser.click(".heat thead th:nth-child(4) button").unwrap();
    let suites = browser
        .evaluate(
            "[...document.querySelectorAll('.heat tbody')].map((body) => {
               const ratios = [...body.querySelectorAll('[data-row] td:nth-child(4)')].map((it) => it.dataset.ratio);
               const numbers = ratios.filter((it) => it !== undefined).map(Number);
               return body.rows[0].textContent + ' ' + numbers.every((it, idx) => idx === 0 || it >= numbers[idx - 1]); })",
        )
        .unwrap();
    assert_eq!(strings(&suites), ["overhead true", "elementwise true", "programs true", "scaling true"]);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn rows_are_filtered_by_what_is_typed() {
    let browser = shown(NARROW);
    let rows = "[...document.querySelectorAll('.heat [data-row]')].filter((it) => it.offsetHeight > 0).map((it) => it.dataset.row)";
    browser.click("nav input").unwrap();
    browser.write("JACOBI").unwrap();
    let found = browser.evaluate(rows).unwrap();
    assert_eq!(strings(&found), ["programs/jacobi_2d/S", "programs/jacobi_2d/M", "programs/jacobi_2d/L"]);
    assert_eq!(browser.evaluate("document.querySelector('nav output').textContent").unwrap(), "3 of 74");
    let curves = "[...document.querySelectorAll('.curves')].filter((it) => it.offsetHeight > 0).length";
    assert_eq!(browser.evaluate(curves).unwrap(), 1);
}

#[test]
fn a_link_to_a_row_opens_its_samples() {
    let browser = shown(WIDE);
    browser.click("#suite-2 tbody tr:nth-child(2) a").unwrap();
    let opened = "[...document.querySelectorAll('details.row[open]')].map((it) => it.dataset.row)";
    assert_eq!(strings(&browser.evaluate(opened).unwrap()), ["programs/go_fast/M"]);
    let is_there = "document.querySelector('details.row[open] svg').getBoundingClientRect().height > 100";
    assert_eq!(browser.evaluate(is_there).unwrap(), true);
    let targets = "[...document.querySelectorAll('a[href^=\"#\"]')].filter((it) => !document.getElementById(it.hash.slice(1))).map((it) => it.href)";
    assert_eq!(strings(&browser.evaluate(targets).unwrap()), [""; 0], "links that lead nowhere");
}

#[test]
fn the_page_is_whole_without_scripts() {
    let browser = shown(View { has_scripts: false, ..NARROW });
    figures::check(&browser, &ANALYSIS);
    assert_eq!(
        browser.evaluate("document.querySelectorAll('button, input').length").unwrap(),
        0,
        "nothing that would not work"
    );
    let is_there = "['.heat', '#suite-0 table', '.curves svg', '#problems', '#conditions'].map((it) => String(document.querySelector(it).getBoundingClientRect().height > 40))";
    assert_eq!(strings(&browser.evaluate(is_there).unwrap()), ["true"; 5]);
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn pictures_have_titles_and_descriptions() {
    let browser = shown(WIDE);
    let unnamed =
        "[...document.querySelectorAll('svg:not([aria-hidden])')].filter((it) => it.getAttribute('role') !== 'img' ||
        it.getAttribute('aria-labelledby').split(' ').some((id) => !it.querySelector('#' + id)?.textContent)).length";
    assert_eq!(browser.evaluate(unnamed).unwrap(), 0);
    let twice = "(() => { const ids = [...document.querySelectorAll('[id]')].map((it) => it.id); return ids.length - new Set(ids).size; })()";
    assert_eq!(browser.evaluate(twice).unwrap(), 0, "an id is there twice");
    // One line a side that was measured at two sizes; one lane a side that was measured in the row.
    let lines =
        "document.querySelector('figure[data-benchmark=\"programs/azimint_hist\"]').querySelectorAll('.line').length";
    assert_eq!(browser.evaluate(lines).unwrap(), 6);
    let lanes = "document.querySelector('details[data-row=\"programs/nbody/M\"]').querySelectorAll('.lane').length";
    assert_eq!(browser.evaluate(lanes).unwrap(), 9);
    let dots = "document.querySelector('details[data-row=\"programs/go_fast/S\"] .lane').querySelectorAll('.dots')";
    let n_dots =
        format!("[...{dots}].map((it) => it.getAttribute('d').split('M').length - 1).reduce((sum, n) => sum + n)");
    assert_eq!(browser.evaluate(&n_dots).unwrap(), 60);
}
