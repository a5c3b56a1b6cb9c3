//! What cells of several tables have in common: attributes, and what stands where a side was not measured.

use maud::{Markup, html};

use crate::benchmark::Unit;
use crate::record::{Measured, Outcome};
use crate::statistics::Verdict;

/// How a side ended that was not measured, in a word.
pub(super) fn lost_word(measured: &Measured) -> &'static str {
    match measured.outcome {
        Outcome::Ok | Outcome::Unchecked => "no samples",
        Outcome::Wrong => "wrong",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
    }
}

/// How a side ended that was not measured, and why.
pub(super) fn lost_title(measured: &Measured) -> String {
    format!(
        "{}: {}: {}",
        measured.side,
        lost_word(measured),
        measured.reason.as_deref().unwrap_or("no reason is known")
    )
}

/// The name of a verdict in attributes and classes.
pub(super) const fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "slower",
        Verdict::Same => "same",
        Verdict::Undecided => "undecided",
    }
}

/// The value as `data-ns` if the unit is time.
pub(super) fn in_ns(value: Option<f64>, unit: Unit) -> Option<f64> {
    value.filter(|_| unit == Unit::Ns)
}

/// The value as `data-bytes` if the unit is bytes.
pub(super) fn in_bytes(value: Option<f64>, unit: Unit) -> Option<f64> {
    value.filter(|_| unit == Unit::Bytes)
}

/// The cell of a side that was not measured in a row.
pub(super) fn lost_cell(measured: &Measured, class: &str) -> Markup {
    html! {
        td class={ (class) " lost lost-" (lost_class(measured)) } data-side=(measured.side) data-outcome=(lost_class(measured))
            title=(lost_title(measured)) { (lost_word(measured)) }
    }
}

const fn lost_class(measured: &Measured) -> &'static str {
    match measured.outcome {
        Outcome::Ok | Outcome::Unchecked => "empty",
        Outcome::Wrong => "wrong",
        Outcome::Unsupported => "unsupported",
        Outcome::Failed => "failed",
    }
}
