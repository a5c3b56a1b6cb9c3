//! The tables of a suite: what each side takes in each row, and what it costs to get there.

use maud::{Markup, html};

use crate::analysis::RowAnalysis;
use crate::benchmark::{Budget, Limit, Unit};
use crate::record::{Measured, Outcome, Row};
use crate::statistics::Estimate;

use super::cells::{in_bytes, in_ns, lost_cell, verdict_name};
use super::sides::{Sides, Standing, key, time};
use crate::units::{NOTHING, amount, bytes, grouped, interval, ratio, share};

/// Which columns a table needs, so that none is empty.
struct Columns<'a> {
    has_lazy: bool,
    has_floor: bool,
    has_roofline: bool,
    has_budget: bool,
    peers: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(rows: &[&RowAnalysis<'_>], sides: &Sides<'a>) -> Columns<'a> {
        let has = |side: &str| rows.iter().any(|row| row.side(side).is_some());
        Columns {
            has_lazy: has("lazy"),
            has_floor: has("floor"),
            has_roofline: rows.iter().any(|row| row.roofline.is_some()),
            has_budget: rows.iter().any(|row| row.row.budget.is_some()),
            peers: sides.peers_in(rows),
        }
    }
}

/// What each side takes once everything is warm, and how hloom compares.
pub(super) fn steady(
    suite: &str,
    rows: &[&RowAnalysis<'_>],
    sides: &Sides<'_>,
    anchor: impl Fn(&Row) -> String,
) -> Markup {
    let columns = Columns::of(rows, sides);
    html! {
        div .scroll tabindex="0" role="region" aria-label={ "Figures of " (suite) } {
            table .figures .sortable {
                caption .hidden { "What each side of " (suite) " takes" }
                thead {
                    tr {
                        th scope="col" rowspan="2" data-by="text" { "Row" }
                        th scope="col" rowspan="2" data-by="text" { "Size" }
                        th scope="col" rowspan="2" .number data-by="n" { "n" }
                        th scope="col" rowspan="2" .number data-by="amount" { "hloom" }
                        @if columns.has_lazy { th scope="col" rowspan="2" .number data-by="amount" { "Lazy" } }
                        @if columns.has_floor {
                            th scope="colgroup" colspan="2" .span { "Floor" }
                        }
                        @for peer in &columns.peers { th scope="colgroup" colspan="2" .span { (peer) } }
                        @if columns.has_roofline { th scope="col" rowspan="2" .number data-by="share" { "Of the roofline" } }
                        @if columns.has_budget { th scope="col" rowspan="2" data-by="text" { "Budget" } }
                    }
                    tr {
                        @for _ in (0..usize::from(columns.has_floor) + columns.peers.len()) {
                            th scope="col" .number .start data-by="amount" { "takes" }
                            th scope="col" .number data-by="ratio" { "ratio" }
                        }
                    }
                }
                tbody { @for row in rows { (steady_row(row, &columns, &anchor(row.row))) } }
            }
        }
    }
}

fn steady_row(row: &RowAnalysis<'_>, columns: &Columns<'_>, anchor: &str) -> Markup {
    html! {
        tr data-row=(key(row.row)) {
            th scope="row" { a href={ "#" (anchor) } title=(row.row.about) { (row.row.name) } }
            td .size { (row.row.size) }
            td .number data-n=(row.row.n) { (grouped(row.row.n as u64)) }
            (own_cell(row))
            @if columns.has_lazy { (time_cell(row, "lazy", "number")) }
            @if columns.has_floor { (time_cell(row, "floor", "number start")) (ratio_cell(row, "floor")) }
            @for peer in &columns.peers { (time_cell(row, peer, "number start")) (ratio_cell(row, peer)) }
            @if columns.has_roofline {
                td .number data-share=[row.roofline] { (row.roofline.map_or(NOTHING.into(), share)) }
            }
            @if columns.has_budget { (budget_cell(row)) }
        }
    }
}

/// What hloom takes, by the side that stands for it.
fn own_cell(row: &RowAnalysis<'_>) -> Markup {
    let (Some(subject), Some(estimate)) = (row.subject, row.time) else {
        return match Standing::of(row, "hloom") {
            Standing::Lost(measured) => lost_cell(measured, "number"),
            Standing::Compared(_) | Standing::Measured(_) | Standing::Absent => {
                html! { td .number .none data-side="hloom" { (NOTHING) } }
            }
        };
    };
    html! {
        (amount_cell("number own", &subject.side, estimate, row.row.unit, html! {
            @if subject.side != "hloom" { span .tag title="measured as it is recorded and read: it cannot be compiled" { (subject.side) } }
            small { (interval(estimate.low, estimate.high, row.row.unit)) }
            (unchecked(subject))
        }))
    }
}

fn time_cell(row: &RowAnalysis<'_>, side: &str, class: &str) -> Markup {
    match Standing::of(row, side) {
        Standing::Lost(measured) => lost_cell(measured, class),
        Standing::Absent => html! { td class={ (class) " none" } data-side=(side) { (NOTHING) } },
        Standing::Compared(_) | Standing::Measured(_) => match time(row, side) {
            Some(estimate) => amount_cell(
                class,
                side,
                estimate,
                row.row.unit,
                html! { @if let Some(it) = row.side(side) { (unchecked(it)) } },
            ),
            None => html! { td class={ (class) " none" } data-side=(side) { (NOTHING) } },
        },
    }
}

fn amount_cell(class: &str, side: &str, estimate: Estimate, unit: Unit, more: Markup) -> Markup {
    let value = Some(estimate.value);
    html! {
        td class=(class) data-side=(side) data-ns=[in_ns(value, unit)] data-bytes=[in_bytes(value, unit)]
            data-low=(estimate.low) data-high=(estimate.high)
            title=(interval(estimate.low, estimate.high, unit)) {
            (amount(estimate.value, unit)) (more)
        }
    }
}

fn unchecked(measured: &Measured) -> Markup {
    html! {
        @if measured.outcome == Outcome::Unchecked { small title="there was no NumPy to check the result" { "unchecked" } }
    }
}

fn ratio_cell(row: &RowAnalysis<'_>, side: &str) -> Markup {
    let Some(comparison) = row.comparison(side) else {
        return html! { td .number .none data-side=(side) { (NOTHING) } };
    };
    let (estimate, verdict) = (comparison.ratio, comparison.verdict);
    // The floor is no peer: that hloom is slower is no news.
    let class = if side == "floor" {
        "number ratio plain".into()
    } else {
        format!("number ratio is-{}", verdict_name(verdict))
    };
    html! {
        td class=(class) data-side=(side) data-ratio=(estimate.value) data-low=(estimate.low)
            data-high=(estimate.high) data-verdict=(verdict_name(verdict)) {
            b { (ratio(estimate.value)) }
            @if side != "floor" { " " span .verdict { (verdict.words()) } }
            small { (ratio(estimate.low)) "–" (ratio(estimate.high)) }
        }
    }
}

fn budget_cell(row: &RowAnalysis<'_>) -> Markup {
    let Some(budget) = &row.row.budget else { return html! { td .none { (NOTHING) } } };
    let (class, word) = match row.holds {
        Some(true) => ("holds", "holds"),
        Some(false) => ("exceeded", "exceeded"),
        None => ("open", "not known"),
    };
    html! {
        td class={ "budget is-" (class) } data-holds=[row.holds] title=(budget.rule) {
            b { (word) } small { (limit(budget, row.row.unit)) }
        }
    }
}

/// A budget as a formula.
pub(super) fn limit(budget: &Budget, unit: Unit) -> String {
    match budget.limit {
        Limit::Absolute(limit) => format!("≤ {}", amount(limit, unit)),
        Limit::OverFloor(excess) => format!("≤ floor + {}", amount(excess, unit)),
        Limit::TimesFloor(factor) => format!("≤ {} × floor", ratio(factor)),
        Limit::TimesPeer(factor) => format!("≤ {} × {}", ratio(factor), budget.peer.as_deref().unwrap_or("the peer")),
    }
}

/// What a process costs before everything is warm, and its memory, a line a side.
pub(super) fn stages(suite: &str, rows: &[&RowAnalysis<'_>]) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label={ "Start and memory of " (suite) } {
            table .figures .stages .sortable {
                caption .hidden { "Start and memory of each side of " (suite) }
                thead {
                    tr {
                        th scope="col" data-by="text" { "Row" }
                        th scope="col" data-by="text" { "Size" }
                        th scope="col" data-by="text" { "Side" }
                        th scope="col" .number data-by="cold" { "Cold process" }
                        th scope="col" .number data-by="compile" { "Compile" }
                        th scope="col" .number data-by="first" { "First call" }
                        th scope="col" .number data-by="amount" { "Steady state" }
                        th scope="col" .number data-by="peak" { "Peak memory" }
                        th scope="col" .number data-by="n" { "Samples" }
                    }
                }
                tbody {
                    @for row in rows { @for measured in &row.row.sides { (stages_row(row, measured)) } }
                }
            }
        }
    }
}

fn stages_row(row: &RowAnalysis<'_>, measured: &Measured) -> Markup {
    let time_of = |ns: Option<f64>| ns.map_or(NOTHING.into(), |ns| amount(ns, Unit::Ns));
    let n_samples = measured.rounds.iter().map(Vec::len).sum::<usize>();
    html! {
        tr data-row=(key(row.row)) data-side=(measured.side) {
            th scope="row" { (row.row.name) }
            td .size { (row.row.size) }
            td .side { (measured.side) }
            td .number data-cold=[measured.cold_ns] { (time_of(measured.cold_ns)) }
            td .number data-compile=[measured.compile_ns] { (time_of(measured.compile_ns)) }
            td .number data-first=[measured.first_ns] { (time_of(measured.first_ns)) }
            (time_cell(row, &measured.side, "number"))
            td .number data-peak=[measured.peak_bytes] { (measured.peak_bytes.map_or(NOTHING.into(), bytes)) }
            td .number data-n=(n_samples) {
                (grouped(n_samples as u64))
                @if measured.inner > 1 { small { "of " (grouped(measured.inner as u64)) " calls" } }
            }
        }
    }
}
