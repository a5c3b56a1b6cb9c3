//! Elements in random order, and some of them.

use std::panic::Location;

use hloom_ir::{Binary, DType, NodeId, Shape, Sort, Type, Unary, Weak, normalize_axis};
use hloom_transform::along::{gather, part};

use super::Generator;
use super::elementary::{log, with};
use super::philox::with_bits;
use super::size::Size;
use super::state::Source;
use super::uniform::joined;
use super::words::halves;
use crate::record::{Build, Builder, Call, IntoOperand, Operand};
use crate::{Axes, Error, NdArray, Result};

impl Generator {
    /// The integers below a number, or the elements of an array along an axis, in random order. `..` is the first axis.
    ///
    /// Each gets random bits by which they are sorted: 64 less those of a position, 44 for a million elements. Two that get the
    /// same keep their order, which makes no order more probable than another by more than a part of `n^3 / 2^63` for `n`
    /// elements.
    ///
    /// **Shapes**: `[n]` of a number, that of an array. **Dtypes**: int64 of a number, that of an array.
    ///
    /// # Errors
    /// The result is in error: `AxisError` for an axis that the array does not have.
    ///
    /// # Examples
    /// ```
    /// use hloom::random::default_rng;
    /// let x = default_rng(1).permutation(100, ..);
    /// assert!(x.sort(-1).eq(hloom::arange(100)).all(..).truth()?);
    /// let rows = hloom::arange(6).reshape((3, 2));
    /// assert_eq!(default_rng(1).permutation(&rows, 0).sum(0).to_string(), "[6 9]");
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.permutation.html>
    #[track_caller]
    pub fn permutation<'a>(&mut self, x: impl IntoOperand<'a>, axis: impl Into<Axes>) -> NdArray {
        let (x, axis) = (x.into_operand(), axis.into());
        let call = Call::of("permutation", &x).with(&axis);
        let asked = population(&x, &axis);
        let (n, axis) = match asked {
            Ok(asked) => asked,
            Err(error) => return call.error(error),
        };
        let source = self.take(n.div_ceil(2), Location::caller());
        call.record(|builder| {
            let order = order(builder, &source, n)?;
            match x.as_array() {
                Some(x) => gather(builder, x.node(), axis, order),
                None => Ok(order),
            }
        })
    }

    /// Puts the elements of an array along an axis in random order, which is what the handle then stands for. `..` is the
    /// first axis.
    ///
    /// # Errors
    /// The array is in error: as [`Generator::permutation`], and `TypeError` if it has no axis.
    ///
    /// # Examples
    /// ```
    /// let mut cards = hloom::arange(52);
    /// hloom::random::default_rng(1).shuffle(&mut cards, ..);
    /// assert_eq!(cards.sum(..).item::<i64>()?, 1326);
    /// assert!(cards.ne(hloom::arange(52)).any(..).truth()?);
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.shuffle.html>
    #[track_caller]
    pub fn shuffle(&mut self, x: &mut NdArray, axis: impl Into<Axes>) {
        *x = match x.try_shape() {
            Ok(shape) if shape.is_empty() => Call::of("shuffle", &*x).error(Error::type_("len() of unsized object")),
            _ => self.permutation(&*x, axis),
        };
    }

    /// Elements of an array along an axis, or integers below a number, drawn with or without replacement, equally probable or not.
    ///
    /// What is to be is said with the size: `size(3).replace(false).p([0.5, 0.25, 0.25]).axis(1)`. Probabilities that are an
    /// array are computed to look for what is wrong with them; inside of a trace that is not found. A number of integers that is
    /// a 0-d array is read.
    ///
    /// **Shapes**: the size in the place of the axis. **Dtypes**: int64 of a number, that of an array.
    ///
    /// # Errors
    /// The result is in error: `ValueError` for nothing to draw from, for more than there are without replacement, for
    /// probabilities that are NaN, negative, not one for each element, or do not sum to 1; `IndexError` for an axis that the
    /// array does not have; `TypeError` for other keyword arguments.
    ///
    /// # Examples
    /// ```
    /// use hloom::random::{default_rng, size};
    /// let mut rng = default_rng(1);
    /// let x = rng.choice([10, 20, 30], 5);
    /// assert!((x % 10).eq(0).all(..).truth()?);
    /// assert_eq!(rng.choice(3, size(3).replace(false)).sort(-1).to_string(), "[0 1 2]");
    /// assert_eq!(rng.choice(3, size(2).p([0.0, 1.0, 0.0])).to_string(), "[1 1]");
    /// # Ok::<(), hloom::Error>(())
    /// ```
    ///
    /// **Source**: <https://numpy.org/doc/stable/reference/random/generated/numpy.random.Generator.choice.html>; without replacement
    /// and with probabilities, the first of a race in which each element arrives after an exponential time:
    /// P. S. Efraimidis, P. G. Spirakis (2006), <https://doi.org/10.1016/j.ipl.2005.11.003>.
    #[track_caller]
    pub fn choice<'a>(&mut self, a: impl IntoOperand<'a>, size: impl Into<Size>) -> NdArray {
        let (a, size) = (a.into_operand(), size.into());
        let plan = match Choice::of(&a, &size) {
            Ok(plan) => plan,
            Err(error) => return Call::of("choice", &a).error(error),
        };
        let positions = self.positions(&plan);
        match plan.from {
            Some((a, axis)) => {
                Call::of("choice", &a).record(|builder| gather(builder, a.node(), axis, positions.node()))
            }
            None => positions,
        }
    }

    /// The positions that a choice draws.
    #[track_caller]
    fn positions(&mut self, plan: &Choice) -> NdArray {
        let Choice { n, shape, p, .. } = plan;
        if shape.size() == 0 {
            return Call::named("choice").record(|builder| builder.full(hloom_ir::Literal::new(0i64), shape));
        }
        match (p, plan.replace) {
            (None, true) => self.integers(0, *n as i64, shape),
            (Some(p), true) => {
                let sums = crate::cumsum(p, ..);
                let parts = &sums / sums.get(-1);
                crate::searchsorted(parts, self.random(shape), "right")
            }
            (_, false) => {
                let source = self.take(n.div_ceil(2), Location::caller());
                Call::named("choice").record(|builder| {
                    let order = match p {
                        None => order(builder, &source, *n)?,
                        Some(p) => race(builder, &source, p.node(), *n)?,
                    };
                    let first = part(builder, order, 0, 0..shape.size())?;
                    builder.reshape(first, shape.clone())
                })
            }
        }
    }
}

/// How many there are to put in order, and along which axis.
fn population(x: &Operand<'_>, axis: &Axes) -> Result<(usize, usize)> {
    axis.arguments("permutation", &[])?;
    let axis = axis.single()?.unwrap_or(0);
    let shape = match x {
        Operand::Number(Weak::Int(n)) => {
            let axis = normalize_axis(axis, 1)?;
            let n = (*n).clamp(0, i128::from(i64::MAX)) as usize;
            return Ok((Shape::from([n]).checked()?.size(), axis));
        }
        Operand::Number(_) => Shape::scalar(),
        Operand::Borrowed(array) => array.try_shape()?,
        Operand::Owned(array) => array.try_shape()?,
    };
    let axis = normalize_axis(axis, shape.ndim())?;
    Ok((shape[axis], axis))
}

/// What is to be drawn, and from what.
struct Choice {
    /// How many there are to draw from.
    n: usize,
    /// An array, and the axis that is drawn along.
    from: Option<(NdArray, usize)>,
    shape: Shape,
    replace: bool,
    /// Probabilities as float64.
    p: Option<NdArray>,
}

impl Choice {
    #[track_caller]
    fn of(a: &Operand<'_>, size: &Size) -> Result<Choice> {
        size.check("choice", &["replace", "p", "axis", "shuffle"])?;
        let (n, from) = drawn_from(a, size.axis.unwrap_or(0))?;
        let (shape, replace) = (size.shape()?, size.replace.unwrap_or(true));
        let n_drawn = shape.size();
        if n <= 0 && n_drawn > 0 {
            return Err(Error::value(match from {
                None => "a must be a positive integer unless no samples are taken",
                Some(_) => "a cannot be empty unless no samples are taken",
            }));
        }
        let n = usize::try_from(n).unwrap_or(0);
        let mut p = None;
        if let Some(given) = &size.p {
            let given = given.clone().into_array();
            let n_possible = check_probabilities(&given, n)?;
            if !replace && n_drawn <= n && n_possible.is_some_and(|n_possible| n_possible < n_drawn) {
                return Err(Error::value("Fewer non-zero entries in p than size"));
            }
            p = Some(given.astype(DType::F64));
        }
        if !replace && n_drawn > n {
            return Err(Error::value("Cannot take a larger sample than population when replace is False"));
        }
        Ok(Choice { n, from, shape, replace, p })
    }
}

/// How many there are to draw from, and the array with its axis if there is one.
#[track_caller]
fn drawn_from(a: &Operand<'_>, axis: i64) -> Result<(i128, Option<(NdArray, usize)>)> {
    let array = match a {
        Operand::Number(Weak::Int(n)) => return Ok((*n, None)),
        Operand::Number(Weak::Bool(n)) => return Ok((i128::from(*n), None)),
        Operand::Number(Weak::Float(_) | Weak::Complex(_)) => {
            let class = if matches!(a, Operand::Number(Weak::Float(_))) { "float" } else { "complex" };
            return Err(Error::value(format!("a must be a sequence or an integer, not <class '{class}'>")));
        }
        Operand::Borrowed(array) => (*array).clone(),
        Operand::Owned(array) => array.clone(),
    };
    let shape = array.try_shape()?;
    if shape.is_empty() {
        let dtype = array.try_dtype()?;
        if !dtype.is_integer() {
            return Err(Error::value("a must be a sequence or an integer, not <class 'numpy.ndarray'>"));
        }
        let n = match dtype == DType::U64 {
            true => array.elements::<u64>("choice")?.first().map(|&n| i128::from(n)),
            false => array.astype(DType::I64).elements::<i64>("choice")?.first().map(|&n| i128::from(n)),
        };
        return Ok((n.unwrap_or(0), None));
    }
    match normalize_axis(axis, shape.ndim()) {
        Ok(axis) => Ok((shape[axis] as i128, Some((array, axis)))),
        Err(_) => Err(Error::index("tuple index out of range")),
    }
}

/// Refuses probabilities of `n` elements in NumPy's words, and returns how many are not zero, if that is known without a trace.
#[track_caller]
fn check_probabilities(p: &NdArray, n: usize) -> Result<Option<usize>> {
    let (shape, dtype) = (p.try_shape()?, p.try_dtype()?);
    if shape.ndim() != 1 {
        return Err(Error::value("p must be 1-dimensional"));
    }
    if shape.size() != n {
        return Err(Error::value("a and p must have same size"));
    }
    if dtype.is_complex() {
        return Err(Error::type_("Cannot cast array data from complex numbers to dtype('float64')"));
    }
    if p.is_traced() {
        return Ok(None);
    }
    let probabilities = p.astype(DType::F64).elements::<f64>("choice")?;
    if probabilities.iter().any(|p| p.is_nan()) {
        return Err(Error::value("Probabilities contain NaN"));
    }
    if probabilities.iter().any(|&p| p < 0.0) {
        return Err(Error::value("Probabilities are not non-negative"));
    }
    // NumPy's tolerance: the root of what the dtype rounds to.
    let digits = if dtype.is_float() { dtype.mantissa_bits().min(DType::F64.mantissa_bits()) } else { 52 };
    let tolerance = 0.5f64.powi(digits as i32).sqrt();
    let sum: f64 = probabilities.iter().sum();
    if (sum - 1.0).abs() > tolerance {
        return Err(Error::value(
            "Probabilities do not sum to 1. See Notes section of docstring for more information.",
        ));
    }
    Ok(Some(probabilities.iter().filter(|&&p| p > 0.0).count()))
}

/// The positions below `n` in random order.
fn order(builder: &mut Builder<'_>, source: &Source, n: usize) -> Result<NodeId> {
    let [upper, lower] = halves(builder, source, n)?;
    let upper = with_bits(builder, Binary::LeftShift, upper, 32)?;
    let random = builder.apply(Binary::BitwiseOr, upper, lower)?;
    // Each position stands in the lowest bits of its own key: keys alone are sorted in a third of the time.
    let n_bits = n.max(2).next_power_of_two().ilog2();
    let below = (1u64 << n_bits) - 1;
    let random = with_bits(builder, Binary::BitwiseAnd, random, !below)?;
    let positions = builder.iota(Type { dtype: DType::U64, shape: Shape::from([n]) }, 0)?;
    let keys = builder.apply(Binary::BitwiseOr, random, positions)?;
    let keys = builder.op(Sort::Values { axis: 0 }, &[keys])?;
    let positions = with_bits(builder, Binary::BitwiseAnd, keys, below)?;
    builder.convert(positions, DType::I64)
}

/// The positions below `n` in the order in which they arrive, each after an exponential time of a rate.
fn race(builder: &mut Builder<'_>, source: &Source, rates: NodeId, n: usize) -> Result<NodeId> {
    let words = halves(builder, source, n)?;
    let bits = joined(builder, words, 0, 52)?;
    let part = with(builder, Binary::Add, bits, 0.5f64.powi(53))?;
    let logarithm = log(builder, part)?;
    let time = builder.op(Unary::Negative, &[logarithm])?;
    let time = builder.apply(Binary::Divide, time, rates)?;
    builder.op(Sort::Positions { axis: 0 }, &[time])
}
