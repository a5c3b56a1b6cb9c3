//! Draws the record, the fit and the residual. Knows nothing of how they were computed.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hloom_examples::co2::{Fit, Record};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::register_font;

type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;

const SIZE: (u32, u32) = (1600, 1000);
/// Pixels from the top at which the panel of the residual begins.
const SPLIT: u32 = 680;
const FONT: &str = "sans-serif";
const RECORD: RGBColor = RGBColor(0x44, 0x66, 0x88);
const FITTED: RGBColor = RGBColor(0xd9, 0x5f, 0x02);

/// Writes the plot as a PNG file.
///
/// # Errors
/// What computing the arrays or writing the file reports.
pub(crate) fn draw(path: &Path, record: &Record, fit: &Fit) -> Result<()> {
    // A font that comes with a crate: the plot needs none from the system.
    register_font(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT)
        .map_err(|_| anyhow!("the font of the plot cannot be read"))?;
    let year = record.year.to_vec::<f64>()?;
    let points = |values: Vec<f64>| year.iter().copied().zip(values).collect::<Vec<_>>();
    let measured = points(record.ppm.to_vec()?);
    let fitted = points(fit.fitted.to_vec()?);
    let residual = points(fit.residual.to_vec()?);

    let root = BitMapBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (upper, lower) = root.split_vertically(SPLIT);
    draw_record(&upper, &measured, &fitted)?;
    draw_residual(&lower, &residual)?;
    root.present().with_context(|| format!("cannot write {}", path.display()))
}

fn draw_record(area: &Area<'_>, measured: &[(f64, f64)], fitted: &[(f64, f64)]) -> Result<()> {
    let years = range(measured, |point| point.0);
    // The fit is within about two ppm of the record; leave room for it.
    let ppm = range(measured, |point| point.1);
    let ppm = ppm.start - 3.0..ppm.end + 3.0;
    let mut chart = ChartBuilder::on(area)
        .caption("CO₂ in the air at Mauna Loa: trend and seasons by gradient descent", (FONT, 34))
        .margin(20)
        .x_label_area_size(20)
        .y_label_area_size(80)
        .build_cartesian_2d(years, ppm)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(10)
        .x_label_formatter(&|year| format!("{year:.0}"))
        .y_label_formatter(&|ppm| format!("{ppm:.0}"))
        .y_desc("CO₂ (ppm)")
        .label_style((FONT, 20))
        .axis_desc_style((FONT, 24))
        .draw()?;
    chart
        .draw_series(LineSeries::new(fitted.iter().copied(), FITTED.stroke_width(2)))?
        .label("fit: parabola and three harmonics of the year")
        .legend(|(x, y)| PathElement::new([(x, y), (x + 24, y)], FITTED.stroke_width(2)));
    chart
        .draw_series(measured.iter().map(|&point| Circle::new(point, 2, RECORD.filled())))?
        .label("record: monthly means")
        .legend(|(x, y)| Circle::new((x + 12, y), 3, RECORD.filled()));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .margin(16)
        .legend_area_size(34)
        .label_font((FONT, 22))
        .background_style(WHITE.mix(0.9))
        .border_style(BLACK.mix(0.3))
        .draw()?;
    Ok(())
}

fn draw_residual(area: &Area<'_>, residual: &[(f64, f64)]) -> Result<()> {
    let years = range(residual, |point| point.0);
    // The same distance above and below zero.
    let largest = residual.iter().fold(0.0, |largest: f64, point| largest.max(point.1.abs())) * 1.1;
    let mut chart = ChartBuilder::on(area)
        .margin(20)
        .x_label_area_size(60)
        .y_label_area_size(80)
        .build_cartesian_2d(years, -largest..largest)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_labels(10)
        .y_labels(6)
        .x_label_formatter(&|year| format!("{year:.0}"))
        .y_label_formatter(&|ppm| format!("{ppm:.0}"))
        .x_desc("year")
        .y_desc("record − fit (ppm)")
        .label_style((FONT, 20))
        .axis_desc_style((FONT, 24))
        .draw()?;
    chart.draw_series(LineSeries::new(residual.iter().copied(), RECORD.stroke_width(1)))?;
    Ok(())
}

/// From the least to the greatest of a coordinate.
fn range(points: &[(f64, f64)], coordinate: impl Fn(&(f64, f64)) -> f64) -> std::ops::Range<f64> {
    let bounds = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = points.iter().map(coordinate).fold(bounds, |(low, high), x| (low.min(x), high.max(x)));
    low..high
}
