//! Numbers of events that happen independently, by Poisson's distribution.

use std::panic::Location;

use hloom_ir::{AxisSet, Binary, DType, Literal, NodeId, Reducer, Shape, SourceLine, Unary};

use super::Generator;
use super::elementary::{exp, log, number, number_with, polynomial, with};
use super::philox::{SPAWNING, with_bits};
use super::size::Size;
use super::state::Source;
use super::uniform::{float64, joined, known, shapes, written};
use super::words::whole;
use crate::control::while_loop;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Error, NdArray, Result};

/// Below it numbers are found by adding up probabilities, from it on by transformed rejection, which takes as long for any `lam`:
/// the bound of Hörmann's and of NumPy.
const LARGE: f64 = 10.0;

/// By so many terms the probabilities of a `lam` below [`LARGE`] have come to 1.
const MOST_TERMS: f64 = 100.0;

impl Generator {
    /// Numbers of the Poisson distribution: how many events happen where `lam` of them happen on average.
    ///
    /// An array of averages is computed to look for what is wrong with it; inside of a trace that is not found, and a number of
    /// an impossible average means nothing.
    ///
    /// **Shapes**: to the size, to which `lam` broadcasts; with `..` that of `lam`. **Dtypes**: `lam` real numbers; to int64.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for an average that is negative, NaN or beyond 9.2e18, and for shapes that do not
    /// broadcast; `TypeError` for complex averages.
    ///
    /// # Examples
    /// ```
    /// use hloom::random::default_rng;
    /// let x = default_rng(1).poisson([1.0, 100.0], (10_000, 2));
    /// let means = x.mean(0).to_vec::<f64>()?;
    /// assert!((means[0] - 1.0).abs() < 0.05 && (means[1] - 100.0).abs() < 0.5);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.poisson.html>; W. Hörmann, "The
    /// transformed rejection method for generating Poisson random variables", Insurance: Mathematics and Economics 12 (1993),
    /// <https://doi.org/10.1016/0167-6687(93)90997-4>, PTRS, from an average of 10 on.
    #[track_caller]
    pub fn poisson<'a>(&mut self, lam: impl IntoOperand<'a>, size: impl Into<Size>) -> NdArray {
        let (lam, size, line) = (lam.into_operand(), size.into(), Location::caller());
        let asked = size.check("poisson", &[]).and_then(|()| {
            let shape = size.over(&shapes(std::array::from_ref(&lam))?)?;
            Ok((shape, check(&lam)?))
        });
        let (shape, range) = match asked {
            Ok(asked) => asked,
            Err(error) => return Call::of("poisson", &lam).error(error),
        };
        let source = self.take(shape.size(), line);
        let drawing = Drawing {
            lam: Call::of("poisson", &lam).at(line).record(|builder| float64(builder, &lam)),
            source,
            shape,
            line,
        };
        let (small, large) = match range {
            Some((_, greatest)) if greatest < LARGE => (Some(drawing.small(false)), None),
            Some((least, _)) if least >= LARGE => (None, Some(drawing.large(false))),
            _ => (Some(drawing.small(true)), Some(drawing.large(true))),
        };
        Call::of("poisson", &lam).at(line).record(|builder| {
            let number = match (&small, &large) {
                (Some(small), Some(large)) => {
                    let is_small = with(builder, Binary::Less, drawing.lam.node(), LARGE)?;
                    let is_small = builder.broadcast(is_small, &drawing.shape)?;
                    builder.select(is_small, small.node(), large.node())?
                }
                (Some(found), None) | (None, Some(found)) => found.node(),
                (None, None) => return Err(Error::internal("no way to draw")),
            };
            let number = builder.convert(number, DType::I64)?;
            written(builder, number)
        })
    }
}

/// The least and the greatest average, if they are known without a trace and there are any.
///
/// # Errors
/// `ValueError` in NumPy's words for averages that cannot be.
#[track_caller]
fn check(lam: &Operand<'_>) -> Result<Option<(f64, f64)>> {
    let Some(averages) = known("poisson", lam)? else { return Ok(None) };
    let is_array = lam.as_array().is_some_and(|array| array.try_shape().is_ok_and(|shape| !shape.is_empty()));
    if averages.iter().any(|lam| lam.is_nan() || *lam < 0.0) {
        let what = if is_array { "lam < 0 or lam contains NaNs" } else { "lam < 0 or lam is NaN" };
        return Err(Error::value(what));
    }
    // NumPy's bound: ten deviations below the greatest int64.
    let greatest = i64::MAX as f64;
    if averages.iter().any(|lam| *lam > greatest - greatest.sqrt() * 10.0) {
        return Err(Error::value("lam value too large"));
    }
    // Which of both ways numbers are drawn is decided by the averages: of those on one side no other is recorded.
    let ends = averages.iter().fold(None, |ends: Option<(f64, f64)>, &lam| {
        Some(ends.map_or((lam, lam), |(least, greatest)| (least.min(lam), greatest.max(lam))))
    });
    Ok(ends)
}

/// A draw of numbers, which are float64 until they are all there.
struct Drawing {
    /// float64, of a shape that broadcasts.
    lam: NdArray,
    source: Source,
    shape: Shape,
    line: SourceLine,
}

impl Drawing {
    fn call(&self) -> Call<'static> {
        Call::named("poisson").at(self.line)
    }

    /// Two numbers between 0 and 1, neither end, for each element, of the block of a trial.
    fn pair(&self, builder: &mut Builder<'_>, trial: Option<NodeId>) -> Result<[NodeId; 2]> {
        let words = whole(builder, &self.source, self.shape.size(), trial)?;
        let mut pair = [words[0]; 2];
        for (idx, part) in pair.iter_mut().enumerate() {
            let bits = joined(builder, [words[2 * idx], words[2 * idx + 1]], 0, 52)?;
            let inside = with(builder, Binary::Add, bits, 0.5f64.powi(53))?;
            let inside = builder.reshape(inside, self.shape.clone())?;
            *part = written(builder, inside)?;
        }
        Ok(pair)
    }

    /// Numbers of averages below [`LARGE`]; others are 0 if there are some.
    ///
    /// A number is how many of the sums of the first probabilities are below one between 0 and 1. All elements look at one
    /// more probability at a time.
    fn small(&self, is_mixed: bool) -> NdArray {
        let start = self.call().record_several(4, |builder| {
            let lam = self.lam.node();
            let lam = if is_mixed { clipped(builder, lam, true)? } else { lam };
            let [part, _] = self.pair(builder, None)?;
            let opposite = builder.op(Unary::Negative, &[lam])?;
            let probability = exp(builder, opposite)?;
            let none = builder.full(Literal::new(0.0), &self.shape)?;
            Ok(vec![lam, part, probability, none])
        });
        let [lam, part, probability, none] = &start[..] else { return self.failed() };
        let term = self.call().record(|builder| Ok(number(builder, 0.0)));
        // The position of the last term, its probability, the sum of those so far, and the numbers.
        type State = (NdArray, NdArray, NdArray, NdArray);
        let is_beyond = |builder: &mut Builder<'_>, (term, probability, sum, _): &State| {
            // The sum may end a rounding below 1. What adds nothing to it ends the search.
            let counts = with(builder, Binary::Greater, probability.node(), 0.5f64.powi(64))?;
            let is_early = builder.apply(Binary::Less, term.node(), lam.node())?;
            let counts = builder.apply(Binary::LogicalOr, counts, is_early)?;
            let is_below = builder.apply(Binary::Less, sum.node(), part.node())?;
            builder.apply(Binary::LogicalAnd, is_below, counts)
        };
        let (_, _, _, numbers): State = while_loop(
            (term, probability.clone(), probability.clone(), none.clone()),
            |state: State| {
                self.call().record(|builder| {
                    let is_beyond = is_beyond(builder, &state)?;
                    let any = builder.reduce(Reducer::Any, is_beyond, AxisSet::all(self.shape.ndim()))?;
                    let is_early = with(builder, Binary::Less, state.0.node(), MOST_TERMS)?;
                    builder.apply(Binary::LogicalAnd, any, is_early)
                })
            },
            |state: State| {
                let next = self.call().record_several(4, |builder| {
                    let is_beyond = is_beyond(builder, &state)?;
                    let step = builder.convert(is_beyond, DType::F64)?;
                    let numbers = builder.apply(Binary::Add, state.3.node(), step)?;
                    let term = with(builder, Binary::Add, state.0.node(), 1.0)?;
                    let factor = builder.apply(Binary::Divide, lam.node(), term)?;
                    let probability = builder.apply(Binary::Multiply, state.1.node(), factor)?;
                    let sum = builder.apply(Binary::Add, state.2.node(), probability)?;
                    Ok(vec![term, probability, sum, numbers])
                });
                <[NdArray; 4]>::try_from(next)
                    .map_or(state, |[term, probability, sum, numbers]| (term, probability, sum, numbers))
            },
        );
        numbers
    }

    /// Numbers of averages from [`LARGE`] on; if there are others, these are of that average.
    ///
    /// In each trial all elements try, and those that have no number yet take theirs if it is accepted. Each trial has blocks of
    /// its own, so that the generator goes on in the same place however many there are.
    fn large(&self, is_mixed: bool) -> NdArray {
        let factors = self.call().record_several(7, |builder| {
            let lam = self.lam.node();
            let lam = if is_mixed { clipped(builder, lam, false)? } else { lam };
            Factors::of(builder, lam)
        });
        // Which trial is next, and the numbers, of which those that are missing are -1.
        type State = (NdArray, NdArray);
        let trial = self.call().record(|builder| Ok(builder.constant(Literal::new(0u64))));
        let none = self.call().record(|builder| builder.full(Literal::new(-1.0), &self.shape));
        let (_, numbers): State = while_loop(
            (trial, none),
            |(trial, numbers): State| {
                self.call().record(|builder| {
                    let is_missing = with(builder, Binary::Less, numbers.node(), 0.0)?;
                    let any = builder.reduce(Reducer::Any, is_missing, AxisSet::all(self.shape.ndim()))?;
                    // Of more trials than there are purposes of blocks, nobody will ever see one.
                    let is_early = with_bits(builder, Binary::Less, trial.node(), SPAWNING)?;
                    builder.apply(Binary::LogicalAnd, any, is_early)
                })
            },
            |(trial, numbers): State| {
                let next = self.call().record(|builder| {
                    let [first, second] = self.pair(builder, Some(trial.node()))?;
                    let (number, is_accepted) = Factors::read(&factors)?.attempt(builder, first, second)?;
                    let is_missing = with(builder, Binary::Less, numbers.node(), 0.0)?;
                    let is_found = builder.apply(Binary::LogicalAnd, is_missing, is_accepted)?;
                    builder.select(is_found, number, numbers.node())
                });
                let trial = self.call().record(|builder| with_bits(builder, Binary::Add, trial.node(), 1));
                (trial, next)
            },
        );
        numbers
    }

    fn failed(&self) -> NdArray {
        self.call().error(Error::internal("another number of results than was asked for"))
    }
}

/// Averages that are not beyond [`LARGE`], or not below it.
fn clipped(builder: &mut Builder<'_>, lam: NodeId, is_small: bool) -> Result<NodeId> {
    with(builder, if is_small { Binary::Minimum } else { Binary::Maximum }, lam, LARGE)
}

/// What transformed rejection takes from an average.
struct Factors {
    lam: NodeId,
    log_lam: NodeId,
    a: NodeId,
    b: NodeId,
    inverse_alpha: NodeId,
    v_r: NodeId,
    /// `lam + 0.43`
    center: NodeId,
}

impl Factors {
    /// The factors, in the order of the fields. The constants are Hörmann's.
    fn of(builder: &mut Builder<'_>, lam: NodeId) -> Result<Vec<NodeId>> {
        let log_lam = log(builder, lam)?;
        let root = builder.op(Unary::Sqrt, &[lam])?;
        let b = with(builder, Binary::Multiply, root, 2.53)?;
        let b = with(builder, Binary::Add, b, 0.931)?;
        let a = with(builder, Binary::Multiply, b, 0.024_83)?;
        let a = with(builder, Binary::Subtract, a, 0.059)?;
        let part = with(builder, Binary::Subtract, b, 3.4)?;
        let part = number_with(builder, Binary::Divide, 1.1328, part)?;
        let inverse_alpha = with(builder, Binary::Add, part, 1.1239)?;
        let part = with(builder, Binary::Subtract, b, 2.0)?;
        let part = number_with(builder, Binary::Divide, 3.6224, part)?;
        let v_r = number_with(builder, Binary::Subtract, 0.9277, part)?;
        let center = with(builder, Binary::Add, lam, 0.43)?;
        Ok(vec![lam, log_lam, a, b, inverse_alpha, v_r, center])
    }

    fn read(factors: &[NdArray]) -> Result<Factors> {
        let [lam, log_lam, a, b, inverse_alpha, v_r, center] =
            <&[NdArray; 7]>::try_from(factors).map_err(|_| Error::internal("expected seven factors"))?;
        let [lam, log_lam, a, b, inverse_alpha, v_r, center] =
            [lam, log_lam, a, b, inverse_alpha, v_r, center].map(NdArray::node);
        Ok(Factors { lam, log_lam, a, b, inverse_alpha, v_r, center })
    }

    /// A number of two numbers between 0 and 1, and whether it is accepted.
    fn attempt(&self, builder: &mut Builder<'_>, u: NodeId, v: NodeId) -> Result<(NodeId, NodeId)> {
        let u = with(builder, Binary::Subtract, u, 0.5)?;
        let size = builder.op(Unary::Absolute, &[u])?;
        let us = number_with(builder, Binary::Subtract, 0.5, size)?;
        // floor((2 a / us + b) u + lam + 0.43)
        let twice = builder.apply(Binary::Add, self.a, self.a)?;
        let slope = builder.apply(Binary::Divide, twice, us)?;
        let slope = builder.apply(Binary::Add, slope, self.b)?;
        let place = builder.apply(Binary::Multiply, slope, u)?;
        let place = builder.apply(Binary::Add, place, self.center)?;
        let found = builder.op(Unary::Floor, &[place])?;

        let is_inner = with(builder, Binary::GreaterEqual, us, 0.07)?;
        let is_low = builder.apply(Binary::LessEqual, v, self.v_r)?;
        let is_plain = builder.apply(Binary::LogicalAnd, is_inner, is_low)?;

        let is_negative = with(builder, Binary::Less, found, 0.0)?;
        let is_outer = with(builder, Binary::Less, us, 0.013)?;
        let is_above = builder.apply(Binary::Greater, v, us)?;
        let is_out = builder.apply(Binary::LogicalAnd, is_outer, is_above)?;
        let is_out = builder.apply(Binary::LogicalOr, is_negative, is_out)?;
        let is_in = builder.op(Unary::LogicalNot, &[is_out])?;

        // log(v inverse_alpha / (a / us^2 + b)) <= log of the probability
        let whole = with(builder, Binary::Maximum, found, 0.0)?;
        let square = builder.apply(Binary::Multiply, us, us)?;
        let hat = builder.apply(Binary::Divide, self.a, square)?;
        let hat = builder.apply(Binary::Add, hat, self.b)?;
        let height = builder.apply(Binary::Multiply, v, self.inverse_alpha)?;
        let height = builder.apply(Binary::Divide, height, hat)?;
        let (factor, probability) = self.probability(builder, whole)?;
        let height = builder.apply(Binary::Multiply, height, factor)?;
        let height = log(builder, height)?;
        let is_under = builder.apply(Binary::LessEqual, height, probability)?;
        let is_under = builder.apply(Binary::LogicalAnd, is_in, is_under)?;
        Ok((whole, builder.apply(Binary::LogicalOr, is_plain, is_under)?))
    }

    /// The logarithm of the probability of a number of events times a factor, and that factor.
    ///
    /// What Hörmann and NumPy have, `number log(lam) - lam - log(number!)`, is a small difference of great numbers, from an
    /// average of 1e14 on of nothing but roundings. By Stirling's formula it is the deviance, which has a series where number and
    /// average are near each other. **Source**: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
    fn probability(&self, builder: &mut Builder<'_>, number: NodeId) -> Result<(NodeId, NodeId)> {
        let great = with(builder, Binary::Maximum, number, FEW)?;
        let distance = builder.apply(Binary::Subtract, great, self.lam)?;
        let sum = builder.apply(Binary::Add, great, self.lam)?;
        let part = builder.apply(Binary::Divide, distance, sum)?;
        let square = builder.apply(Binary::Multiply, part, part)?;
        let series = polynomial(builder, square, &DEVIANCE)?;
        let cube = builder.apply(Binary::Multiply, square, part)?;
        let series = builder.apply(Binary::Multiply, series, cube)?;
        let series = builder.apply(Binary::Multiply, series, great)?;
        let first = builder.apply(Binary::Multiply, distance, part)?;
        let near = builder.apply(Binary::Add, first, series)?;
        let quotient = builder.apply(Binary::Divide, great, self.lam)?;
        let quotient = log(builder, quotient)?;
        let far = builder.apply(Binary::Multiply, great, quotient)?;
        let far = builder.apply(Binary::Subtract, far, distance)?;
        let size = builder.op(Unary::Absolute, &[part])?;
        let is_near = with(builder, Binary::Less, size, 0.1)?;
        let deviance = builder.select(is_near, near, far)?;
        let rest = stirling(builder, great)?;
        let many = builder.apply(Binary::Add, deviance, rest)?;
        let many = builder.op(Unary::Negative, &[many])?;
        let factor = with(builder, Binary::Multiply, great, std::f64::consts::TAU)?;
        let factor = builder.op(Unary::Sqrt, &[factor])?;

        let few = builder.apply(Binary::Multiply, number, self.log_lam)?;
        let few = builder.apply(Binary::Subtract, few, self.lam)?;
        let factorial = log_of_few(builder, number)?;
        let few = builder.apply(Binary::Subtract, few, factorial)?;
        let is_few = with(builder, Binary::Less, number, FEW)?;
        let shape = builder.shape(number)?;
        let one = builder.full(Literal::new(1.0), &shape)?;
        Ok((builder.select(is_few, one, factor)?, builder.select(is_few, few, many)?))
    }
}

/// Below it factorials are numbers of a table, from it on Stirling's series is exact enough.
const FEW: f64 = 7.0;

/// `2 / (2 j + 1)` for `j` from 9 to 1: of the deviance of two numbers of which neither is a quarter greater than the other.
const DEVIANCE: [f64; 9] =
    [2.0 / 19.0, 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0, 2.0 / 11.0, 2.0 / 9.0, 2.0 / 7.0, 2.0 / 5.0, 2.0 / 3.0];

/// The coefficients of Stirling's series, from the highest power: those of NumPy's `random_loggam`, after S. Zhang and J. Jin,
/// "Computation of Special Functions" (1996).
const STIRLING: [f64; 10] = [
    -1.392_432_216_905_9,
    1.796_443_723_688_307e-1,
    -2.955_065_359_477_124e-2,
    6.410_256_410_256_41e-3,
    -1.917_526_917_526_918e-3,
    8.417_508_417_508_418e-4,
    -5.952_380_952_380_952e-4,
    7.936_507_936_507_937e-4,
    -2.777_777_777_777_778e-3,
    8.333_333_333_333_333e-2,
];

/// What the logarithm of a factorial of at least [`FEW`] has beyond Stirling's formula.
fn stirling(builder: &mut Builder<'_>, n: NodeId) -> Result<NodeId> {
    let inverse = number_with(builder, Binary::Divide, 1.0, n)?;
    let square = builder.apply(Binary::Multiply, inverse, inverse)?;
    let series = polynomial(builder, square, &STIRLING)?;
    builder.apply(Binary::Multiply, series, inverse)
}

/// The logarithm of the factorial of an integer below [`FEW`].
fn log_of_few(builder: &mut Builder<'_>, n: NodeId) -> Result<NodeId> {
    let shape = builder.shape(n)?;
    let mut found = builder.full(Literal::new(0.0), &shape)?;
    for (factor, logarithm) in (2..).map(f64::from).zip(LOG_FACTORIALS) {
        let is_reached = with(builder, Binary::GreaterEqual, n, factor)?;
        let own = builder.full(Literal::new(logarithm), &shape)?;
        found = builder.select(is_reached, own, found)?;
    }
    Ok(found)
}

/// The logarithms of the factorials of 2 to 6.
const LOG_FACTORIALS: [f64; 5] = [
    std::f64::consts::LN_2,
    1.791_759_469_228_055,
    3.178_053_830_347_945_8,
    4.787_491_742_782_046,
    6.579_251_212_010_101,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Probabilities by their definition.
    #[test]
    fn probabilities_are_those_of_the_distribution() {
        for lam in [10.0, 17.3, 60.0, 200.0] {
            let numbers: Vec<f64> = (0..300).map(f64::from).collect();
            let (x, averages) = (NdArray::from(numbers.as_slice()), NdArray::from(lam));
            let found = Call::named("test").record_several(2, |builder| {
                let factors = Factors::of(builder, averages.node())?;
                let [lam, log_lam, a, b, inverse_alpha, v_r, center] = factors[..] else {
                    return Err(Error::internal("expected seven factors"));
                };
                let factors = Factors { lam, log_lam, a, b, inverse_alpha, v_r, center };
                factors.probability(builder, x.node()).map(|(factor, logarithm)| vec![factor, logarithm])
            });
            let [factors, logarithms] = [0, 1].map(|idx| found[idx].to_vec::<f64>().unwrap());
            let mut exact = -lam;
            for (n, (factor, logarithm)) in numbers.into_iter().zip(factors.into_iter().zip(logarithms)) {
                if n > 0.0 {
                    exact += (lam / n).ln();
                }
                let found = logarithm - factor.ln();
                assert!((found - exact).abs() <= 1e-12 * exact.abs().max(1.0), "{lam}, {n}: {found} is not {exact}");
            }
        }
    }
}
