//! Draws a part of the record, how beats are found in it, and the rate. Knows nothing of how they were computed.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hloom::NdArray;
use hloom_examples::ecg::{Beats, Filtered, RATE, RUNNING_BEATS};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

/// A line in time.
type Line = Vec<(f64, f64)>;

const SIZE: (u32, u32) = (1600, 1200);
const FONT: &str = "sans-serif";
const RECORD: RGBColor = RGBColor(0x44, 0x66, 0x88);
const MADE: RGBColor = RGBColor(0xd9, 0x5f, 0x02);
const BEAT: RGBColor = RGBColor(0xb0, 0x10, 0x30);
/// The part of the record that is drawn, in s, where it is this long.
const PART: Range<f64> = 14.0..28.0;

/// What a panel shows in its frame.
struct Panel<'a> {
    caption: &'a str,
    below: &'a str,
    beside: &'a str,
    lines: Vec<(&'a str, RGBColor, Line)>,
    dots: Option<(&'a str, RGBColor, Line)>,
    bounds: Range<f64>,
}

/// Writes the plot as a PNG file.
///
/// # Errors
/// What computing the arrays or writing the file reports.
pub(crate) fn draw(path: &Path, record: &NdArray, filtered: &Filtered, beats: &Beats) -> Result<()> {
    // A font that comes with a crate: the plot needs none from the system.
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| anyhow!("the font of the plot cannot be read"))?;
    let n = record.len()?;
    let part = if n as f64 / RATE as f64 > PART.end { PART } else { 0.0..n as f64 / RATE as f64 };
    let within = (part.start * RATE as f64) as usize..(part.end * RATE as f64) as usize;
    let line = |values: &NdArray| -> Result<Line> {
        let values = values.get(within.clone()).to_vec::<f64>()?;
        Ok(values.into_iter().enumerate().map(|(idx, value)| (time(within.start + idx), value)).collect())
    };
    let places = beats.places.to_vec::<i64>()?;
    let heights = record.get(&beats.places).to_vec::<f64>()?;
    let spikes = places.iter().map(|&place| time(place as usize)).zip(heights).collect();

    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let areas = root.split_evenly((3, 1));
    Panel {
        caption: "Electrocardiogram: beats above a running median",
        below: "",
        beside: "mV",
        lines: vec![("record", RECORD, line(record)?), ("baseline", MADE, line(&filtered.baseline)?)],
        dots: Some(("beat", BEAT, spikes)),
        bounds: -1.5..3.5,
    }
    .draw(&areas[0], &part)?;
    Panel {
        caption: "",
        below: "",
        beside: "slope (mV/s, root mean square)",
        lines: vec![
            ("energy of the slope", RECORD, line(&filtered.energy.sqrt())?),
            ("threshold", MADE, line(&filtered.threshold.sqrt())?),
        ],
        dots: None,
        bounds: 0.0..60.0,
    }
    .draw(&areas[1], &part)?;
    let times: Vec<f64> = places.iter().map(|&place| time(place as usize)).collect();
    let rates = beats.rates().to_vec::<f64>()?;
    let running = beats.running_rates().to_vec::<f64>()?;
    Panel {
        caption: "",
        below: "s",
        beside: "beats a minute",
        lines: vec![("running median", MADE, times.iter().skip(RUNNING_BEATS / 2 + 1).copied().zip(running).collect())],
        dots: Some(("rate from beat to beat", RECORD, times.iter().skip(1).copied().zip(rates).collect())),
        bounds: 40.0..150.0,
    }
    .draw(&areas[2], &(0.0..time(n)))?;
    root.present().with_context(|| format!("cannot write {}", path.display()))
}

/// When a measurement was taken, in s.
fn time(place: usize) -> f64 {
    place as f64 / RATE as f64
}

impl Panel<'_> {
    fn draw(self, area: &Area<'_>, part: &Range<f64>) -> Result<()> {
        let mut chart = ChartBuilder::on(area);
        chart.margin(16).x_label_area_size(if self.below.is_empty() { 30 } else { 56 }).y_label_area_size(80);
        if !self.caption.is_empty() {
            chart.caption(self.caption, (FONT, 34));
        }
        let mut chart = chart.build_cartesian_2d(part.clone(), self.bounds.clone())?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_labels(15)
            .y_labels(6)
            .x_label_formatter(&|time| format!("{time:.0}"))
            .y_label_formatter(&|value| format!("{value:.0}"))
            .x_desc(self.below)
            .y_desc(self.beside)
            .label_style((FONT, 20))
            .axis_desc_style((FONT, 22))
            .draw()?;
        for (name, color, line) in self.lines {
            chart
                .draw_series(LineSeries::new(line, color.stroke_width(2)))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], color.stroke_width(2)));
        }
        if let Some((name, color, dots)) = self.dots {
            let shown = dots.into_iter().filter(|dot| part.contains(&dot.0) && self.bounds.contains(&dot.1));
            chart
                .draw_series(shown.map(|dot| Circle::new(dot, 4, color.filled())))?
                .label(name)
                .legend(move |(x, y)| Circle::new((x + 12, y), 4, color.filled()));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .margin(10)
            .legend_area_size(34)
            .label_font((FONT, 20))
            .background_style(WHITE.mix(0.9))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        Ok(())
    }
}
