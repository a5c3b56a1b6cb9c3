//! A run as one page of HTML that needs nothing beside it: a heat map, tables, curves and samples. Shows what
//! [`Analysis`](crate::analysis::Analysis) says, and judges nothing itself.

mod axis;
mod cells;
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

use crate::record::Run;

/// The page of a run: a whole document.
///
/// It loads nothing, is complete without JavaScript, and shows every name and reason as text. Cells carry their figures
/// unrounded in attributes: `data-ns` and `data-bytes` for what a side takes, `data-ratio`, `data-low` and `data-high` for a
/// ratio with its interval, `data-verdict`; `data-side` names the side, and `data-row` of the table's row is `suite/name/size`.
pub fn page(run: &Run) -> String {
    page::of(run).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Analysis;
    use crate::benchmark::{Budget, Limit, Unit};
    use crate::record::{Dropped, End, Measured, Outcome, Row, Session, Side};

    fn measured(side: &str, time: f64) -> Measured {
        let rounds = (0..7).map(|round| vec![time * (1.0 + 0.001 * f64::from(round)), time]).collect();
        Measured { side: side.into(), rounds, ..Measured::default() }
    }

    fn row(name: &str, sides: Vec<Measured>) -> Row {
        Row {
            suite: "suite".into(),
            name: name.into(),
            about: String::new(),
            size: "S".into(),
            n: 1000,
            inputs: Vec::new(),
            unit: Unit::Ns,
            bytes: None,
            flops: None,
            bound_ns: None,
            budget: None,
            rounds: 7,
            sides,
        }
    }

    fn run(rows: Vec<Row>) -> Run {
        Run { rows, end: Some(End { seconds: 3.0, interrupted: false }), ..Run::default() }
    }

    /// The text of a page without its markup.
    fn text(page: &str) -> String {
        let body = page.split_once("</style>").unwrap().1.split_once("<script>").unwrap().0;
        let mut text = String::new();
        for part in body.split('<') {
            text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
        }
        text
    }

    #[test]
    fn cells_hold_the_figures_that_the_analysis_has() {
        let run =
            run(vec![row("r", vec![measured("hloom", 100.0), measured("again", 100.0), measured("numpy", 251.0)])]);
        let page = page(&run);
        let analysis = Analysis::of(&run);
        let found = analysis.rows[0].comparison("numpy").unwrap();
        let (ratio, time) = (found.ratio, found.time.unwrap());
        let figures = format!(
            r#"data-side="numpy" data-ratio="{}" data-low="{}" data-high="{}" data-verdict="faster""#,
            ratio.value, ratio.low, ratio.high
        );
        // In the heat map, and in the table of the suite.
        assert_eq!(page.matches(&figures).count(), 2);
        assert!(page.contains(&format!(r#"data-side="numpy" data-ns="{}""#, time.value)));
        assert!(text(&page).contains("251\u{202f}ns"));
    }

    #[test]
    fn what_others_wrote_is_text() {
        const MARKUP: &str = "\"><script>alert('&')</script>";
        let mut lost = measured(MARKUP, 1.0);
        (lost.outcome, lost.reason, lost.rounds) = (Outcome::Failed, Some(MARKUP.into()), Vec::new());
        let mut other = row(MARKUP, vec![measured("hloom", 1.0), measured(MARKUP, 2.0)]);
        other.inputs = vec![MARKUP.into()];
        (other.suite, other.size, other.about) = (MARKUP.into(), MARKUP.into(), MARKUP.into());
        other.budget = Some(Budget { limit: Limit::TimesPeer(2.0), peer: Some(MARKUP.into()), rule: MARKUP.into() });
        let mut larger = other.clone();
        larger.n *= 10;
        let texts = std::collections::BTreeMap::from([(MARKUP.to_owned(), MARKUP.to_owned())]);
        let side = Side {
            name: MARKUP.into(),
            version: Some(MARKUP.into()),
            details: texts.clone(),
            missing: Some(MARKUP.into()),
        };
        let session = Session {
            started: MARKUP.into(),
            command: vec![MARKUP.into()],
            hloom: MARKUP.into(),
            commit: Some(MARKUP.into()),
            machine: texts.clone(),
            environment: texts,
            sides: vec![side],
            warnings: vec![MARKUP.into()],
            ..Session::default()
        };
        let dropped =
            |text: &str| Dropped { suite: text.into(), name: text.into(), size: text.into(), reason: text.into() };
        let page = page(&Run {
            session,
            rows: vec![row("r", vec![measured("hloom", 1.0), lost]), other, larger],
            dropped: vec![dropped(MARKUP)],
            end: None,
        });
        assert!(!page.contains("<script>alert") && !page.contains("\">\""));
        assert_eq!(page.matches("<script>").count(), 1, "the script of the page itself");
        assert!(page.matches("&lt;script&gt;alert").count() > 20);
    }

    #[test]
    fn nothing_is_loaded() {
        let page = page(&run(vec![row("r", vec![measured("hloom", 1.0), measured("numpy", 2.0)])]));
        for loading in ["http:", "https:", " src=", "url(", "@import", "<link rel=\"stylesheet"] {
            assert!(!page.contains(loading), "{loading}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn a_run_that_did_not_end_well_says_so() {
        let mut run = run(vec![row("r", vec![measured("hloom", 1.0), measured("numpy", 2.0)])]);
        assert!(!text(&page(&run)).contains("interrupted") && !text(&page(&run)).contains("cut short"));
        run.end = Some(End { seconds: 3.0, interrupted: true });
        assert!(text(&page(&run)).contains("The run was interrupted"));
        run.end = None;
        assert!(text(&page(&run)).contains("The file was cut short"));
        run.dropped.push(Dropped { suite: "a".into(), name: "b".into(), size: "L".into(), reason: "no time".into() });
        assert!(text(&page(&run)).contains("a/b/L: no time"));
        assert!(text(&page(&run)).contains("nothing can be decided"), "there was no second measurement");
    }

    #[test]
    fn losses_are_listed_with_their_rows() {
        let lost = |outcome, reason: &str| Measured {
            side: "jax".into(),
            outcome,
            reason: Some(reason.into()),
            ..Measured::default()
        };
        let mut own = lost(Outcome::Wrong, "all zeros");
        own.side = "hloom".into();
        let page = page(&run(vec![
            row("a", vec![measured("hloom", 1.0), lost(Outcome::Unsupported, "no sort")]),
            row("b", vec![measured("hloom", 1.0), lost(Outcome::Unsupported, "no sort")]),
            row("c", vec![own, measured("jax", 2.0)]),
        ]));
        let text = text(&page);
        assert!(text.contains("no sort"), "{text}");
        assert!(text.contains("suite/a/S, suite/b/S"), "{text}");
        assert!(text.contains("hloom's own answer is wrong in 1 row."), "{text}");
        assert!(page.contains(r#"title="hloom: wrong: all zeros""#));
    }

    #[test]
    fn a_run_without_rows_or_with_odd_figures_has_a_page() {
        assert!(text(&page(&Run::default())).contains("no heat map"));
        let odd = [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-300, 1e300];
        let rows = odd.iter().map(|&time| {
            let mut row = row("odd", vec![measured("hloom", time), measured("again", 1.0), measured("numpy", 1.0)]);
            row.sides[1].rounds.clear();
            (row.n, row.bound_ns) = (usize::MAX, Some(time));
            row
        });
        let page = page(&run(rows.collect()));
        assert!(page.ends_with("</html>"));
        let paths = page.split(" d=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
        assert!(paths.clone().count() > 3);
        for path in paths {
            assert!(!path.contains("NaN") && !path.contains("inf"), "{path}");
        }
    }
}
