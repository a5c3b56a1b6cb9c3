//! Rules for the number of bins of a histogram, by what is read of its elements.

use std::f64::consts::PI;

use hloom_ir::{AxisSet, Binary, DType, Kind, Literal, NodeId, Reducer, Shape, Type, Unary, Weak};

use super::bincount::{counted, extremes};
use super::ends::{Ends, between};
use crate::record::{Build, Builder, Call};
use crate::{Error, NdArray, Result};

/// A rule.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    Auto,
    FreedmanDiaconis,
    Doane,
    Scott,
    Stone,
    Rice,
    Sturges,
    Sqrt,
}

/// The fewest bins that Stone's rule looks at.
const STONE_MIN: usize = 100;

impl Rule {
    /// The rule of NumPy's name.
    pub(super) fn of(name: &str) -> Result<Rule> {
        Ok(match name {
            "auto" => Rule::Auto,
            "fd" => Rule::FreedmanDiaconis,
            "doane" => Rule::Doane,
            "scott" => Rule::Scott,
            "stone" => Rule::Stone,
            "rice" => Rule::Rice,
            "sturges" => Rule::Sturges,
            "sqrt" => Rule::Sqrt,
            other => return Err(Error::value(format!("'{other}' is not a valid estimator for `bins`"))),
        })
    }

    /// The number of bins between two ends. With `is_cut`, elements that are not between them do not count.
    #[track_caller]
    pub(super) fn count(self, name: &'static str, a: &NdArray, ends: &Ends, is_cut: bool) -> Result<usize> {
        let Some((first, last)) = ends.values(name)? else {
            // Reading an array of a trace says why there is no value.
            return a.elements::<u8>(name).map(|_| 1);
        };
        let a = match ends {
            Ends::Given(first, last) if is_cut => {
                let is_inside = Call::of(name, a).record(|builder| between(builder, a, *first, *last));
                a.get(is_inside)
            }
            _ => a.clone(),
        };
        if a.try_shape()?.size() == 0 {
            return Ok(1);
        }
        let sample = Sample::of(name, a)?;
        let width = self.width(&sample, (first, last))?;
        if width.value == 0.0 {
            return Ok(1);
        }
        let is_whole = !sample.dtype.is_float();
        let width = if is_whole && width.value < 1.0 { Width { value: 1.0, ..width } } else { width };
        // An end that is a number of Python's makes float64 of the quotient.
        let is_found = matches!(ends, Ends::Found(_));
        let quotient = match (is_found, width.is_own) {
            (true, true) => sample.rounded((last - first) / width.value),
            _ => (last - first) / width.value,
        };
        Ok((quotient.ceil() as usize).max(1))
    }

    #[track_caller]
    fn width(self, sample: &Sample, ends: (f64, f64)) -> Result<Width> {
        let n = sample.n as f64;
        let wide = |value: f64| Ok(Width { value, is_own: false });
        let own = |value: f64| Ok(Width { value: sample.rounded(value), is_own: true });
        match self {
            Rule::Sqrt => wide(sample.extent()? / n.sqrt()),
            Rule::Sturges => wide(sample.extent()? / (n.log2() + 1.0)),
            Rule::Rice => own(sample.extent()? / sample.rounded(2.0 * n.powf(1.0 / 3.0))),
            Rule::Scott => {
                let factor = (24.0 * PI.powf(0.5) / n).powf(1.0 / 3.0);
                own(sample.rounded(factor) * sample.number(sample.a.std(..))?)
            }
            Rule::FreedmanDiaconis => {
                let twice = sample.rounded(2.0 * sample.quartile_range()?);
                own(twice * sample.rounded(n.powf(-1.0 / 3.0)))
            }
            Rule::Doane => doane(sample).and_then(wide),
            Rule::Stone => stone(sample, ends).and_then(wide),
            Rule::Auto => {
                let [fd, sturges, sqrt] = [Rule::FreedmanDiaconis, Rule::Sturges, Rule::Sqrt];
                let (fd, sturges, sqrt) =
                    (fd.width(sample, ends)?, sturges.width(sample, ends)?, sqrt.width(sample, ends)?);
                let half = Width { value: sqrt.value / 2.0, is_own: false };
                let narrow = if half.value > fd.value { half } else { fd };
                Ok(if sturges.value < narrow.value { sturges } else { narrow })
            }
        }
    }
}

/// The width of a bin, and whether it is a number of the elements' dtype; else it is float64.
struct Width {
    value: f64,
    is_own: bool,
}

/// The elements that a rule looks at.
struct Sample {
    name: &'static str,
    a: NdArray,
    n: usize,
    dtype: DType,
}

impl Sample {
    fn of(name: &'static str, a: NdArray) -> Result<Sample> {
        let Type { dtype, shape } = a.try_type()?;
        Ok(Sample { name, a, n: shape.size(), dtype })
    }

    /// A number of the elements' dtype.
    fn rounded(&self, value: f64) -> f64 {
        if self.dtype.is_float() { Weak::Float(value).saturating_literal(self.dtype).weak().real() } else { value }
    }

    #[track_caller]
    fn number(&self, x: NdArray) -> Result<f64> {
        let elements = x.astype(DType::F64).elements::<f64>(self.name)?;
        elements.first().copied().ok_or_else(|| Error::internal("a number without a value"))
    }

    /// The distance of the least from the greatest element.
    #[track_caller]
    fn extent(&self) -> Result<f64> {
        let extremes = extremes(self.name, &self.a);
        let wide = match self.dtype.kind() {
            // The distance of signed integers may be beyond them.
            Kind::Bool | Kind::Signed | Kind::Unsigned => extremes.astype(DType::U64),
            Kind::Float | Kind::Complex => extremes,
        };
        self.number(wide.get(1) - wide.get(0))
    }

    /// The distance of the first from the third quartile, by linear interpolation.
    #[track_caller]
    fn quartile_range(&self) -> Result<f64> {
        let sorted = self.a.sort(0);
        let mut quartiles = [0.0; 2];
        for (quartile, part) in quartiles.iter_mut().zip([0.25, 0.75]) {
            let place = (self.n - 1) as f64 * part;
            let (before, rest) = (place.floor(), place.fract());
            let at = |place: f64| sorted.get((place as usize).min(self.n - 1));
            let (low, high) = (self.number(at(before))?, self.number(at(before + 1.0))?);
            let between = if rest < 0.5 { low + (high - low) * rest } else { high - (high - low) * (1.0 - rest) };
            *quartile = self.rounded(between);
        }
        Ok(self.rounded(quartiles[1] - quartiles[0]))
    }
}

#[track_caller]
fn doane(sample: &Sample) -> Result<f64> {
    let (n, a) = (sample.n as f64, &sample.a);
    if sample.n <= 2 {
        return Ok(0.0);
    }
    let sigma = a.std(..);
    if sample.number(sigma.clone())? <= 0.0 {
        return Ok(0.0);
    }
    let skewness = ((a - a.mean(..)) / sigma).power(3).mean(..);
    let (skewness, spread) = (sample.number(skewness)?, (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt());
    Ok(sample.extent()? / (1.0 + n.log2() + (1.0 + skewness.abs() / spread).log2()))
}

/// The width of as many bins as have the least estimated loss.
#[track_caller]
fn stone(sample: &Sample, (first, last): (f64, f64)) -> Result<f64> {
    let extent = sample.extent()?;
    if sample.n <= 1 || extent == 0.0 {
        return Ok(0.0);
    }
    let most = STONE_MIN.max((sample.n as f64).sqrt() as usize);
    let x = sample.a.astype(DType::F64);
    let start =
        Call::named(sample.name).record(|builder| builder.full(Literal::zero(DType::F64), &Shape::from([most])));
    let line = std::panic::Location::caller();
    let losses = crate::fori_loop(0, most as i64, start, |round: NdArray, losses: NdArray| {
        Call::named(sample.name).at(line).record(|builder| {
            let round = builder.convert(round.node(), DType::I64)?;
            let loss = loss(builder, x.node(), round, most, (first, last), extent)?;
            let rounds = builder.iota(Type { dtype: DType::I64, shape: Shape::from([most]) }, 0)?;
            let is_own = builder.apply(Binary::Equal, rounds, round)?;
            builder.select(is_own, loss, losses.node())
        })
    });
    let losses = losses.elements::<f64>(sample.name)?;
    let least = losses.iter().enumerate().fold(
        (0, f64::INFINITY),
        |least, (round, &loss)| {
            if loss < least.1 { (round, loss) } else { least }
        },
    );
    Ok(extent / (least.0 + 1) as f64)
}

/// The estimated loss of `round + 1` bins.
fn loss(
    builder: &mut Builder<'_>,
    x: NodeId,
    round: NodeId,
    most: usize,
    (first, last): (f64, f64),
    extent: f64,
) -> Result<NodeId> {
    let n = builder.ty(x)?.shape.size() as f64;
    let one = builder.constant(Literal::one(DType::I64));
    let count = builder.apply(Binary::Add, round, one)?;
    let count = builder.convert(count, DType::F64)?;
    let [first, last, width] = [first, last, last - first].map(|end| builder.scalar(Literal::new(end)));
    let offset = builder.apply(Binary::Subtract, x, first)?;
    let part = builder.apply(Binary::Divide, offset, width)?;
    let place = builder.apply(Binary::Multiply, part, count)?;
    let place = builder.op(Unary::Trunc, &[place])?;
    let zero = builder.constant(Literal::zero(DType::F64));
    let float_round = builder.convert(round, DType::F64)?;
    let place = builder.apply(Binary::Minimum, place, float_round)?;
    // The quotient may be off by one where an element lies on an edge.
    let step = builder.apply(Binary::Divide, width, count)?;
    let unit = builder.constant(Literal::one(DType::F64));
    let edge = |builder: &mut Builder<'_>, place: NodeId| -> Result<NodeId> {
        let distance = builder.apply(Binary::Multiply, place, step)?;
        let sum = builder.apply(Binary::Add, distance, first)?;
        let is_end = builder.apply(Binary::Equal, place, count)?;
        builder.select(is_end, last, sum)
    };
    let below = edge(builder, place)?;
    let is_below = builder.apply(Binary::Less, x, below)?;
    let before = builder.apply(Binary::Subtract, place, unit)?;
    let place = builder.select(is_below, before, place)?;
    let behind = builder.apply(Binary::Add, place, unit)?;
    let above = edge(builder, behind)?;
    let is_above = builder.apply(Binary::GreaterEqual, x, above)?;
    let place = builder.select(is_above, behind, place)?;
    let place = builder.apply(Binary::Minimum, place, float_round)?;
    let place = builder.apply(Binary::Maximum, place, zero)?;
    let place = builder.convert(place, DType::I64)?;
    let counts = counted(builder, place, None, most)?;
    let counts = builder.convert(counts, DType::F64)?;
    let n_elements = builder.constant(Literal::new(n));
    let parts = builder.apply(Binary::Divide, counts, n_elements)?;
    let squares = builder.op(Unary::Square, &[parts])?;
    let squares = builder.reduce(Reducer::Sum, squares, AxisSet::all(1))?;
    let (two, more) = (builder.constant(Literal::new(2.0)), builder.constant(Literal::new(n + 1.0)));
    let weighted = builder.apply(Binary::Multiply, more, squares)?;
    let rest = builder.apply(Binary::Subtract, two, weighted)?;
    let extent = builder.scalar(Literal::new(extent));
    let bin = builder.apply(Binary::Divide, extent, count)?;
    builder.apply(Binary::Divide, rest, bin)
}
