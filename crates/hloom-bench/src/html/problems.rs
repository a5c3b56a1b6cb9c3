//! What was not measured or not ranked, with its reasons, to be read without pointing at anything.

use maud::{Markup, html};

use crate::record::{Dropped, Measured, Outcome, Row, Run};

use super::cells::lost_word;
use super::sides::{Sides, key};
use crate::units::count;

/// Rows in which a side ended in one way for one reason.
struct Loss<'a> {
    side: &'a str,
    outcome: Outcome,
    word: &'static str,
    reason: &'a str,
    rows: Vec<String>,
}

/// The sides that were not measured in some row, and the rows that were left out. Empty if there are none.
pub(super) fn list(run: &Run, sides: &Sides<'_>) -> Markup {
    let losses = losses(run, sides);
    html! {
        @if !losses.is_empty() || !run.dropped.is_empty() {
            section #problems {
                h2 { "Not measured" }
                @if !losses.is_empty() { (table(&losses)) }
                @if !run.dropped.is_empty() { (dropped(&run.dropped)) }
            }
        }
    }
}

/// What was lost, wrong answers first.
fn losses<'a>(run: &'a Run, sides: &Sides<'a>) -> Vec<Loss<'a>> {
    let mut losses: Vec<Loss<'a>> = Vec::new();
    for (row, measured) in run.rows.iter().flat_map(|row| row.sides.iter().map(move |side| (row, side))) {
        if is_lost(measured) {
            add(&mut losses, row, measured);
        }
    }
    let weight = |outcome: Outcome| match outcome {
        Outcome::Wrong => 0,
        Outcome::Failed => 1,
        Outcome::Ok | Outcome::Unchecked => 2,
        Outcome::Unsupported => 3,
    };
    losses.sort_by_key(|loss| (weight(loss.outcome), sides.shape(loss.side)));
    losses
}

/// Whether a side has no figure in a row.
pub(super) fn is_lost(measured: &Measured) -> bool {
    match measured.outcome {
        Outcome::Ok | Outcome::Unchecked => measured.rounds.iter().all(Vec::is_empty),
        Outcome::Wrong | Outcome::Unsupported | Outcome::Failed => true,
    }
}

fn add<'a>(losses: &mut Vec<Loss<'a>>, row: &Row, measured: &'a Measured) {
    let reason = measured.reason.as_deref().unwrap_or("no reason is known");
    let known = losses
        .iter_mut()
        .find(|loss| loss.side == measured.side && loss.outcome == measured.outcome && loss.reason == reason);
    match known {
        Some(loss) => loss.rows.push(key(row)),
        None => losses.push(Loss {
            side: &measured.side,
            outcome: measured.outcome,
            word: lost_word(measured),
            reason,
            rows: vec![key(row)],
        }),
    }
}

fn table(losses: &[Loss<'_>]) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="Sides that were not measured" {
            table .losses .sortable {
                caption .hidden { "Sides that were not measured, with the reasons" }
                thead {
                    tr {
                        th scope="col" data-by="text" { "Side" }
                        th scope="col" data-by="text" { "Outcome" }
                        th scope="col" data-by="text" { "Reason" }
                        th scope="col" data-by="n" { "Rows" }
                    }
                }
                tbody {
                    @for loss in losses {
                        tr {
                            th scope="row" { (loss.side) }
                            td { span .outcome .{ "is-" (loss.word.replace(' ', "-")) } { (loss.word) } }
                            td .reason { (loss.reason) }
                            td .rows data-n=(loss.rows.len()) {
                                @if loss.rows.len() > 3 {
                                    details { summary { (count(loss.rows.len(), "row")) } (loss.rows.join(", ")) }
                                } @else { (loss.rows.join(", ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn dropped(dropped: &[Dropped]) -> Markup {
    html! {
        h3 { "Left out of the run" }
        ul .dropped {
            @for it in dropped {
                li { span .name { (it.suite) "/" (it.name) "/" (it.size) } ": " (it.reason) }
            }
        }
    }
}
