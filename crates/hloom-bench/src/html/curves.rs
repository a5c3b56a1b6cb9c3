//! How a benchmark grows with its size: a line a side on two logarithmic axes.

use std::fmt::Write;

use maud::{Markup, html};

use crate::analysis::RowAnalysis;
use crate::benchmark::Unit;

use super::axis::Axis;
use super::sides::{Sides, grouped, time};
use crate::units::{amount, grouped as digits, power};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 350.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 200.0;

/// What one side takes at each size.
struct Line<'a> {
    side: &'a str,
    /// Sizes and what it takes there, from small to large.
    points: Vec<(f64, f64)>,
}

/// The curves of the benchmarks of a suite that were measured at two sizes or more. None if there are none.
pub(super) fn gallery(suite: &str, rows: &[&RowAnalysis<'_>], sides: &Sides<'_>, id: &str) -> Option<Markup> {
    let benchmarks = grouped(rows.iter().copied(), |row| &row.row.name);
    let figures: Vec<Markup> = benchmarks
        .iter()
        .enumerate()
        .filter_map(|(idx, (name, rows))| figure(suite, name, rows, sides, &format!("{id}-{idx}")))
        .collect();
    (!figures.is_empty()).then(|| html! { div .gallery { @for figure in figures { (figure) } } })
}

fn figure(suite: &str, name: &str, rows: &[&RowAnalysis<'_>], sides: &Sides<'_>, id: &str) -> Option<Markup> {
    let unit = rows.first()?.row.unit;
    let lines = lines(rows, sides);
    let mut sizes: Vec<f64> = lines.iter().flat_map(|line| &line.points).map(|(n, _)| *n).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    if sizes.len() < 2 {
        return None;
    }
    let x = Axis::over(sizes, LEFT + 8.0, RIGHT - 8.0)?;
    let y = Axis::over(lines.iter().flat_map(|line| &line.points).map(|(_, value)| *value), BOTTOM, TOP)?;
    let title = format!("{name} by size");
    Some(html! {
        figure .curves data-benchmark={ (suite) "/" (name) } {
            figcaption { (name) }
            svg viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby={ (id) "-title " (id) "-text" } {
                title id={ (id) "-title" } { (title) }
                desc id={ (id) "-text" } { (description(&lines, unit)) }
                (grid(&x, &y, unit))
                // The first side is hloom: it is drawn last, above the others.
                @for line in lines.iter().rev() { (drawn(line, &x, &y, sides)) }
            }
            ul .names {
                @for line in &lines { li { (swatch(line.side, sides)) (line.side) } }
            }
        }
    })
}

/// What each side takes at each size. The second measurement of hloom is left out: it would hide the first.
fn lines<'s>(rows: &[&RowAnalysis<'_>], sides: &Sides<'s>) -> Vec<Line<'s>> {
    let shown = sides.all.iter().copied().filter(|side| *side != "again");
    let lines = shown.map(|side| {
        let mut points: Vec<(f64, f64)> =
            rows.iter().filter_map(|row| Some((row.row.n as f64, time(row, side)?.value))).collect();
        points.retain(|(n, value)| *n > 0.0 && *value > 0.0 && value.is_finite());
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        Line { side, points }
    });
    lines.filter(|line| !line.points.is_empty()).collect()
}

fn description(lines: &[Line<'_>], unit: Unit) -> String {
    let mut text = String::new();
    for line in lines {
        let gap = if text.is_empty() { "" } else { " " };
        let points: Vec<String> = line
            .points
            .iter()
            .map(|(n, value)| format!("{} at n = {}", amount(*value, unit), digits(*n as u64)))
            .collect();
        write!(text, "{gap}{}: {}.", line.side, points.join(", ")).expect("a string takes what is written to it");
    }
    text
}

fn grid(x: &Axis, y: &Axis, unit: Unit) -> Markup {
    let label = |exponent: i32| match unit {
        Unit::Ns => power_of_time(exponent),
        Unit::Bytes => power(exponent),
    };
    html! {
        g .grid {
            @for (exponent, at) in y.ticks(7) {
                line x1=(LEFT) x2=(RIGHT) y1=(short(at)) y2=(short(at)) {}
                text .tick x=(LEFT - 6.0) y=(short(at + 3.5)) text-anchor="end" { (label(exponent)) }
            }
            @for (exponent, at) in x.ticks(9) {
                line x1=(short(at)) x2=(short(at)) y1=(TOP) y2=(BOTTOM) {}
                text .tick x=(short(at)) y=(BOTTOM + 15.0) text-anchor="middle" { (power(exponent)) }
            }
            line .base x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            text .title x=((LEFT + RIGHT) / 2.0) y=(HEIGHT - 7.0) text-anchor="middle" { "n" }
            text .title x=(10.0) y=((TOP + BOTTOM) / 2.0) text-anchor="middle"
                transform={ "rotate(-90 10 " ((TOP + BOTTOM) / 2.0) ")" } {
                @match unit { Unit::Ns => "time a call", Unit::Bytes => "bytes" }
            }
        }
    }
}

/// A power of ten of nanoseconds, such as `100 µs`.
fn power_of_time(exponent: i32) -> String {
    let (unit, group) = match exponent {
        ..3 => ("ns", 0),
        3..6 => ("µs", 3),
        6..9 => ("ms", 6),
        9.. => ("s", 9),
    };
    match exponent - group {
        rest @ 0..=2 => format!("{}\u{202f}{unit}", 10_u32.pow(rest.unsigned_abs())),
        rest => format!("{}\u{202f}{unit}", power(rest)),
    }
}

fn drawn(line: &Line<'_>, x: &Axis, y: &Axis, sides: &Sides<'_>) -> Markup {
    let points: Vec<(f64, f64)> =
        line.points.iter().filter_map(|(n, value)| Some((x.at(*n)?, y.at(*value)?))).collect();
    let mut road = String::new();
    let mut marks = String::new();
    for (idx, (x, y)) in points.iter().enumerate() {
        let step = if idx == 0 { 'M' } else { 'L' };
        write!(road, "{step}{} {}", short(*x), short(*y)).expect("a string takes what is written to it");
        marks.push_str(&shape(sides.shape(line.side), *x, *y));
    }
    html! {
        g class={ "line " (sides.class(line.side)) } data-side=(line.side) {
            path .road d=(road) {}
            path .points d=(marks) {}
        }
    }
}

/// A point as a closed path: sides are told apart by more than colour.
fn shape(which: usize, x: f64, y: f64) -> String {
    let (x, y) = (short(x), short(y));
    match which % 5 {
        0 => format!("M{x} {y}m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0z"),
        1 => format!("M{x} {y}m-2.8-2.8h5.6v5.6h-5.6z"),
        2 => format!("M{x} {y}m0-3.8l3.6 6.4h-7.2z"),
        3 => format!("M{x} {y}m0-4l4 4l-4 4l-4-4z"),
        _ => format!("M{x} {y}m0 3.8l3.6-6.4h-7.2z"),
    }
}

fn swatch(side: &str, sides: &Sides<'_>) -> Markup {
    html! {
        svg class={ "swatch " (sides.class(side)) } viewBox="0 0 24 10" aria-hidden="true" {
            path .road d="M0 5H24" {}
            path .points d=(shape(sides.shape(side), 12.0, 5.0)) {}
        }
    }
}

fn short(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_of_time_have_units() {
        let shown = [-1, 0, 2, 3, 5, 6, 8, 9, 12].map(|it| power_of_time(it).replace('\u{202f}', " "));
        assert_eq!(shown, ["10⁻¹ ns", "1 ns", "100 ns", "1 µs", "100 µs", "1 ms", "100 ms", "1 s", "10³ s"]);
    }
}
