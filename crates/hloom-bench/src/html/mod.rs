//! A run as one page of HTML that needs nothing beside it: a heat map, tables, curves and samples. Shows what
//! [`Analysis`](crate::analysis::Analysis) says, and judges nothing itself.

mod axis;
mod curves;
mod details;
mod heat;
mod page;
mod problems;
mod sides;
mod strips;
mod style;
mod tables;
mod top;
mod units;

use crate::record::Run;

/// The page of a run: a whole document.
///
/// It loads nothing, is complete without JavaScript, and shows every name and reason as text. Cells carry their figures
/// unrounded in attributes: `data-ns` and `data-bytes` for what a side takes, `data-ratio`, `data-low` and `data-high` for a
/// ratio with its interval, `data-verdict`; `data-side` names the side, and `data-row` of the table's row is `suite/name/size`.
pub fn page(run: &Run) -> String {
    page::of(run).into_string()
}
