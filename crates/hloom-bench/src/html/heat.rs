//! The heat map: rows by peers, coloured by how hloom compares.

use maud::{Markup, html};

use crate::analysis::{Analysis, Comparison, RowAnalysis};
use crate::record::Outcome;
use crate::statistics::Verdict;

use super::cells::{lost_cell, lost_title, lost_word, verdict_name};
use super::sides::{Sides, Standing, key, suites};
use crate::units::{NOTHING, count, ratio};

/// From which factor on a colour is deeper by one step: about equal steps of the logarithm.
const STEPS: [f64; 5] = [1.1, 1.5, 2.5, 5.0, 10.0];

/// The class of the colour of a ratio: `fast5` to `fast1`, `even`, `slow1` to `slow5`.
pub(super) fn colour(ratio: f64) -> String {
    let step = |factor: f64| STEPS.iter().filter(|least| factor >= **least).count();
    match (step(1.0 / ratio), step(ratio)) {
        _ if ratio.is_nan() => "even".into(),
        (0, 0) => "even".into(),
        (fast, 0) => format!("fast{fast}"),
        (_, slow) => format!("slow{slow}"),
    }
}

/// The heat map of a run, with the geometric means and what the colours and marks say.
pub(super) fn map(analysis: &Analysis<'_>, sides: &Sides<'_>) -> Markup {
    html! {
        section #heat {
            h2 { "hloom beside its peers" }
            p .lead {
                "What hloom takes over what the peer takes: at 0.50 hloom needs half the time. "
                "Verdicts speak of hloom; colours are on a logarithmic scale."
            }
            (legend())
            div .scroll tabindex="0" role="region" aria-label="Heat map of ratios" {
                table .heat .sortable {
                    caption .hidden { "Ratio of hloom to each peer, by row" }
                    thead {
                        tr {
                            th scope="col" data-by="text" { "Row" }
                            th scope="col" data-by="text" { "Size" }
                            @for peer in &sides.peers { th scope="col" .cell data-by="ratio" { (peer) } }
                        }
                        tr .means {
                            th scope="row" colspan="2" { "Geometric mean" }
                            @for peer in &sides.peers { (mean_cell(analysis, peer)) }
                        }
                    }
                    @for (suite, rows) in suites(analysis) {
                        tbody {
                            tr .group { th scope="rowgroup" colspan=(2 + sides.peers.len()) { span { (suite) } } }
                            @for (idx, row) in rows.iter().enumerate() {
                                // The name is said once for all sizes, and more quietly for the others.
                                tr .more[idx > 0 && rows[idx - 1].row.name == row.row.name] data-row=(key(row.row)) {
                                    th scope="row" title=(row.row.about) { (row.row.name) (own_loss(row)) }
                                    td .size { (row.row.size) }
                                    @for peer in &sides.peers { (cell(row, peer)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn mean_cell(analysis: &Analysis<'_>, peer: &str) -> Markup {
    html! {
        @match analysis.mean_ratio(peer) {
            Some((mean, n)) => td class={ "cell " (colour(mean)) } data-side=(peer) data-ratio=(mean) data-n=(n)
                title={ "geometric mean of " (count(n, "row")) } { (ratio(mean)) },
            None => td .cell .none data-side=(peer) title="no row was compared" { (NOTHING) },
        }
    }
}

/// Why a row has no ratios: what became of hloom's own sides.
fn own_loss(row: &RowAnalysis<'_>) -> Markup {
    let lost = row.side("hloom").or_else(|| row.side("lazy")).filter(|_| row.subject.is_none());
    html! {
        @if let Some(measured) = lost {
            " " span .tag title=(lost_title(measured)) { (measured.side) " " (lost_word(measured)) }
        }
    }
}

fn cell(row: &RowAnalysis<'_>, peer: &str) -> Markup {
    match Standing::of(row, peer) {
        Standing::Compared(comparison) => compared(comparison),
        Standing::Measured(measured) => {
            let own = ["hloom", "lazy"].into_iter().filter_map(|side| row.side(side));
            let reasons: Vec<String> = own.map(lost_title).collect();
            let title = if row.subject.is_some() || reasons.is_empty() {
                "nothing to compare it with".into()
            } else {
                reasons.join("; ")
            };
            html! { td .cell .none data-side=(measured.side) title=(title) { (NOTHING) } }
        }
        Standing::Lost(measured) => lost_cell(measured, "cell"),
        Standing::Absent => html! { td .cell .none data-side=(peer) title="not part of this row" {} },
    }
}

fn compared(comparison: &Comparison<'_>) -> Markup {
    let estimate = comparison.ratio;
    let is_unchecked = comparison.side.outcome == Outcome::Unchecked;
    html! {
        td class={ "cell " (colour(estimate.value)) " is-" (verdict_name(comparison.verdict)) }
            data-side=(comparison.side.side) data-ratio=(estimate.value) data-low=(estimate.low) data-high=(estimate.high)
            data-verdict=(verdict_name(comparison.verdict))
            title={ (comparison.verdict.words()) ": " (ratio(estimate.low)) "–" (ratio(estimate.high))
                @if is_unchecked { "; its result was not checked" } } {
            (ratio(estimate.value)) (mark(comparison.verdict))
            @if is_unchecked { sup title="its result was not checked" { "u" } }
        }
    }
}

/// What a verdict adds to the number, where the colour does not say it.
fn mark(verdict: Verdict) -> Markup {
    html! {
        @match verdict {
            Verdict::Undecided => span .mark { "?" span .hidden { " cannot decide" } },
            Verdict::Same => span .mark { "≈" span .hidden { " within noise" } },
            Verdict::Faster | Verdict::Slower => "",
        }
    }
}

fn legend() -> Markup {
    let fast = (1..=STEPS.len()).rev().map(|step| (format!("fast{step}"), format!("{}×", STEPS[step - 1])));
    let slow = (1..=STEPS.len()).map(|step| (format!("slow{step}"), format!("{}×", STEPS[step - 1])));
    html! {
        div .legend {
            div .scale {
                span .end { "hloom faster, at least" }
                span .end { "hloom slower, at least" }
                @for (class, label) in fast { span class={ "swatch " (class) } { (label) } }
                span .swatch .even { "even" }
                @for (class, label) in slow { span class={ "swatch " (class) } { (label) } }
            }
            ul .marks {
                li { span .key { "≈" } " within noise" }
                li { span .key .dashed { "?" } " cannot decide" }
                li { span .key { "u" } " result not checked" }
                li { span .key .lost { "wrong" } " not NumPy's answer, not ranked" }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_symmetric_in_the_logarithm() {
        for (ratio, expected) in [
            (1.0, "even"),
            (1.09, "even"),
            (0.95, "even"),
            (1.2, "slow1"),
            (1.0 / 1.2, "fast1"),
            (3.0, "slow3"),
            (1.0 / 3.0, "fast3"),
            (50.0, "slow5"),
            (0.0, "fast5"),
            (f64::INFINITY, "slow5"),
            (f64::NAN, "even"),
        ] {
            assert_eq!(colour(ratio), expected, "{ratio}");
        }
    }
}
