//! The top of the page: what was run, when, where and with what; how sure it is; and what came out of it for each peer.

use std::collections::BTreeMap;

use maud::{Markup, html};

use crate::analysis::Analysis;
use crate::record::{Outcome, Run, Session, Side};
use crate::statistics::Verdict;

use super::details::fact;
use super::problems::is_lost;
use super::sides::{Sides, suites};
use crate::units::{NOTHING, command, count, elapsed, moment, percent, rate, ratio};

/// The title, a sentence on the run, and its command.
pub(super) fn header(run: &Run, analysis: &Analysis<'_>) -> Markup {
    let session = &run.session;
    let n_suites = suites(analysis).len();
    html! {
        header {
            h1 { "hloom bench" }
            p .lead {
                (count(run.rows.len(), "row")) " in " (count(n_suites, "suite"))
                @if !session.started.is_empty() { ", started " time datetime=(session.started) { (moment(&session.started)) } }
                @if let Some(end) = &run.end { ", in " (elapsed(end.seconds)) }
                @if let Some(cpu) = session.machine.get("cpu") { ", on " (cpu) }
                "."
            }
            @if !session.command.is_empty() { pre .command { code { (command(&session.command)) } } }
        }
    }
}

/// What makes the figures less sure, or fewer.
pub(super) fn notices(run: &Run) -> Markup {
    let own = |outcome: Outcome| {
        let is_own = |side: &str| ["hloom", "lazy"].contains(&side);
        let lost = |it: &crate::record::Measured| is_own(&it.side) && it.outcome == outcome && is_lost(it);
        run.rows.iter().filter(|row| row.sides.iter().any(lost)).count()
    };
    let (n_wrong, n_failed) = (own(Outcome::Wrong), own(Outcome::Failed));
    let missing: Vec<&Side> = run.session.sides.iter().filter(|side| side.missing.is_some()).collect();
    let mut items: Vec<(&str, Markup)> = Vec::new();
    if n_wrong > 0 {
        items.push((
            "bad",
            html! { "hloom's own answer is wrong in " a href="#problems" { (count(n_wrong, "row")) } "." },
        ));
    }
    if n_failed > 0 {
        items.push(("bad", html! { "hloom itself failed in " a href="#problems" { (count(n_failed, "row")) } "." }));
    }
    match &run.end {
        None => items.push(("bad", html! { "The file was cut short: it lacks its end, and rows may be missing." })),
        Some(end) if end.interrupted => {
            items.push(("warn", html! { "The run was interrupted: what had been measured until then is shown." }));
        }
        Some(_) => {}
    }
    if !run.dropped.is_empty() {
        items
            .push(("warn", html! { a href="#problems" { (count(run.dropped.len(), "row")) } " left out of the run." }));
    }
    items.extend(run.session.warnings.iter().map(|warning| ("warn", html! { (warning) })));
    items.extend(missing.iter().map(|side| {
        ("info", html! { b { (side.name) } " did not take part: " (side.missing.as_deref().unwrap_or_default()) })
    }));
    html! {
        @if !items.is_empty() {
            section .notices aria-label="Notices" {
                ul { @for (class, item) in items { li class=(class) { (item) } } }
            }
        }
    }
}

/// A card for each peer: the geometric mean, and how often hloom is faster or slower.
pub(super) fn results(analysis: &Analysis<'_>, sides: &Sides<'_>) -> Markup {
    html! {
        section #results {
            h2 .hidden { "Results" }
            div .cards {
                @for peer in &sides.peers { (card(analysis, peer)) }
                (noise(analysis))
            }
        }
    }
}

fn card(analysis: &Analysis<'_>, peer: &str) -> Markup {
    let verdicts: Vec<Verdict> = analysis.rows.iter().filter_map(|row| Some(row.comparison(peer)?.verdict)).collect();
    let n_of = |verdict: Verdict| verdicts.iter().filter(|found| **found == verdict).count();
    let n_lost = analysis.rows.iter().filter_map(|row| row.side(peer)).filter(|side| is_lost(side)).count();
    let counts = [
        ("faster", n_of(Verdict::Faster), "hloom faster"),
        ("same", n_of(Verdict::Same), "within noise"),
        ("undecided", n_of(Verdict::Undecided), "undecided"),
        ("slower", n_of(Verdict::Slower), "hloom slower"),
    ];
    let mean = analysis.mean_ratio(peer);
    html! {
        article .card data-side=(peer) data-mean=[mean.map(|(mean, _)| mean)] data-n=[mean.map(|(_, n)| n)]
            data-faster=(counts[0].1) data-same=(counts[1].1) data-undecided=(counts[2].1) data-slower=(counts[3].1)
            data-lost=(n_lost) {
            h3 { (peer) }
            @match mean {
                Some((mean, n)) => {
                    p .mean { (ratio(mean)) }
                    p .words { "geometric mean of " (count(n, "row")) ": " (in_words(mean)) }
                    div .bar aria-hidden="true" {
                        @for (class, n, _) in counts { @if n > 0 { span class=(class) style={ "flex-grow:" (n) } {} } }
                    }
                }
                None => p .words { "No row was compared." },
            }
            ul .counts {
                @for (class, n, words) in counts { li class=(class) .zero[n == 0] { b { (n) } " " (words) } }
                @if n_lost > 0 { li .lost { b { (n_lost) } " " a href="#problems" { "not measured" } } }
            }
        }
    }
}

fn in_words(mean: f64) -> String {
    if !mean.is_finite() || mean <= 0.0 {
        NOTHING.into()
    } else if mean < 1.0 {
        format!("hloom is {} times as fast", ratio(1.0 / mean))
    } else {
        format!("hloom takes {} times as long", ratio(mean))
    }
}

fn noise(analysis: &Analysis<'_>) -> Markup {
    html! {
        article .card .noise data-noise=[analysis.noise] {
            h3 { "Noise" }
            @match analysis.noise {
                Some(noise) => {
                    p .mean { "± " (percent(noise)) }
                    p .words {
                        "So far apart are two measurements of the same, in the median over the rows. No verdict is finer than this, "
                        "nor than what a row's own pair shows."
                    }
                }
                None => p .words { "No side was measured twice, so that nothing can be decided." },
            }
        }
    }
}

/// The machine, the environment and the versions.
pub(super) fn conditions(session: &Session) -> Markup {
    html! {
        section #conditions {
            h2 { "Measured with" }
            div .columns {
                div {
                    h3 { "Machine" }
                    dl .facts {
                        (facts(&session.machine))
                        @if let Some(roofline) = &session.roofline {
                            (fact("memory bandwidth", &rate(roofline.bytes_per_second, "B")))
                            (fact("float32 peak", &rate(roofline.flops_f32, "flop")))
                            (fact("float64 peak", &rate(roofline.flops_f64, "flop")))
                        }
                    }
                    h3 { "Environment" }
                    @if session.environment.is_empty() {
                        p .quiet { "No variable is set that changes how fast something is." }
                    } @else {
                        dl .facts .environment { (facts(&session.environment)) }
                    }
                }
                div {
                    h3 { "Sides" }
                    dl .facts .sides {
                        div { dt { "library" } dd { "hloom " (session.hloom) @if let Some(commit) = &session.commit { ", commit " code { (commit) } } } }
                        @for side in &session.sides { (side_fact(side, session)) }
                    }
                }
            }
        }
    }
}

fn facts(of: &BTreeMap<String, String>) -> Markup {
    html! { @for (term, text) in of { (fact(term, text)) } }
}

fn side_fact(side: &Side, session: &Session) -> Markup {
    let role = match side.name.as_str() {
        "hloom" => "compiled as one function",
        "lazy" => "hloom, recorded and read",
        "again" => "as hloom once more, for the noise",
        "floor" => "the same module through the bare C API of the plugin",
        _ => "",
    };
    let version = side.version.as_deref().filter(|version| *version != session.hloom || role.is_empty());
    html! {
        div .absent[side.missing.is_some()] {
            dt { (side.name) }
            dd {
                @if let Some(version) = version { (version) " " }
                @if !role.is_empty() { span .quiet { (role) } }
                @if let Some(missing) = &side.missing { " " span .quiet { "missing: " (missing) } }
                @if !side.details.is_empty() {
                    ul .details { @for (term, text) in &side.details { li { span .term { (term) } " " (text) } } }
                }
            }
        }
    }
}
