//! The page as a whole: its parts, and how they hang together.

use maud::{DOCTYPE, Markup, html};

use crate::analysis::{Analysis, RowAnalysis};
use crate::record::{Row, Run};

use super::sides::{Sides, suites};
use super::{curves, details, heat, problems, style, tables, top};

/// The page of a run.
pub(super) fn of(run: &Run) -> Markup {
    let analysis = Analysis::of(run);
    let sides = Sides::of(run);
    let suites = suites(&analysis);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(style::POLICY);
                title { "hloom bench" @if let Some(day) = run.session.started.get(..10) { ", " (day) } }
                link rel="icon" href="data:,";
                style { (style::sheet()) }
            }
            body {
                main {
                    (top::header(run, &analysis))
                    (top::notices(run))
                    (top::results(&analysis, &sides))
                    (contents(run, &suites))
                    @if sides.peers.is_empty() || run.rows.is_empty() {
                        p .quiet { "There is no row with a peer, and so no heat map." }
                    } @else {
                        (heat::map(&analysis, &sides))
                    }
                    (problems::list(run, &sides))
                    @for (idx, (name, rows)) in suites.iter().enumerate() { (suite(idx, name, rows, &sides)) }
                    (top::conditions(&run.session))
                }
                footer { p { "Written by " code { "hloom bench --html" } ". Ratios are medians of the rounds' ratios with 95 % bootstrap intervals." } }
                script { (style::script()) }
            }
        }
    }
}

fn contents(run: &Run, suites: &[(&str, Vec<&RowAnalysis<'_>>)]) -> Markup {
    let has_problems = !run.dropped.is_empty() || run.rows.iter().flat_map(|row| &row.sides).any(problems::is_lost);
    html! {
        nav aria-label="Contents" {
            ul {
                li { a href="#heat" { "Heat map" } }
                @if has_problems { li { a href="#problems" { "Not measured" } } }
                @for (idx, (name, _)) in suites.iter().enumerate() { li { a href={ "#suite-" (idx) } { (name) } } }
                li { a href="#conditions" { "Measured with" } }
            }
        }
    }
}

fn suite(idx: usize, name: &str, rows: &[&RowAnalysis<'_>], sides: &Sides<'_>) -> Markup {
    let anchor = |row: &Row| {
        let place = rows.iter().position(|other| std::ptr::eq(other.row, row)).unwrap_or_default();
        format!("row-{idx}-{place}")
    };
    html! {
        section .suite id={ "suite-" (idx) } {
            h2 { (name) }
            (tables::steady(name, rows, sides, anchor))
            @if let Some(gallery) = curves::gallery(name, rows, sides, &format!("curve-{idx}")) {
                details open { summary { h3 { "By size" } } (gallery) }
            }
            details { summary { h3 { "Start and memory" } } (tables::stages(name, rows)) }
            details {
                summary { h3 { "Samples" } }
                div .samples { @for row in rows { (details::section(row, sides, &anchor(row.row))) } }
            }
        }
    }
}
