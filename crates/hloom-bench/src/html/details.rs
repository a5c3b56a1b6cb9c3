//! What is known of one row beyond its figures: inputs, limits, samples.

use maud::{Markup, html};

use crate::analysis::RowAnalysis;

use super::cells::lost_title;
use super::sides::{Sides, key};
use super::strips::strip;
use super::tables::limit;
use crate::units::{amount, bytes, grouped, interval, percent, time};

/// A row's section, closed at first. The anchor is inside, so that a link to it opens the section.
pub(super) fn section(row: &RowAnalysis<'_>, sides: &Sides<'_>, anchor: &str) -> Markup {
    let record = row.row;
    html! {
        details .row data-row=(key(record)) {
            summary {
                span .name { (record.name) } " " span .size { (record.size) }
                @if let Some(estimate) = row.time { " " span .figure { (amount(estimate.value, record.unit)) } }
            }
            div .body id=(anchor) {
                dl .facts {
                    @if !record.about.is_empty() { (fact("Computes", &record.about)) }
                    (fact("n", &grouped(record.n as u64)))
                    @if !record.inputs.is_empty() { (fact("Inputs", &record.inputs.join("; "))) }
                    (fact("Rounds", &grouped(record.rounds as u64)))
                    @if let Some(estimate) = row.time {
                        (fact("hloom takes", &format!(
                            "{} ({}, 95 %)",
                            amount(estimate.value, record.unit),
                            interval(estimate.low, estimate.high, record.unit),
                        )))
                    }
                    @if let Some(noise) = row.noise { (fact("Noise", &format!("± {}", percent(noise)))) }
                    @if let Some(least) = record.bytes { (fact("Moves at least", &bytes(least))) }
                    @if let Some(flops) = record.flops { (fact("Adds and multiplies", &operations(flops))) }
                    @if let Some(bound) = record.bound_ns { (fact("Least time by the roofline", &time(bound))) }
                    @if let Some(budget) = &record.budget {
                        (fact("Budget", &format!("{}: {}", limit(budget, record.unit), budget.rule)))
                    }
                    @for measured in &record.sides {
                        @if let Some(reason) = &measured.reason {
                            div .lost-reason { dt { (measured.side) } dd title=(lost_title(measured)) { (reason) } }
                        }
                    }
                }
                @if let Some(strip) = strip(record, sides, &format!("{anchor}-samples")) { (strip) }
            }
        }
    }
}

fn operations(flops: f64) -> String {
    if flops < 1e5 { grouped(flops.max(0.0) as u64) } else { format!("{flops:.2e}") }
}

/// A line of a list of facts.
pub(super) fn fact(term: &str, text: &str) -> Markup {
    html! { div { dt { (term) } dd { (text) } } }
}
