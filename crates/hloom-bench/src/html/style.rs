//! How the page looks, and what it does when something is clicked: a style sheet and a script that go into the page.

use maud::{Markup, PreEscaped, html};

/// What the page may load: nothing that is not in it.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// The style sheet.
pub(super) fn sheet() -> Markup {
    html! { (PreEscaped(include_str!("style.css"))) }
}

/// The script: it sorts tables and filters rows, and nothing is missing without it.
pub(super) fn script() -> Markup {
    html! { (PreEscaped(include_str!("script.js"))) }
}
